//! Whether the clone has the tags that a plan begins at where the remote has them.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use releasekit_core::VersionScheme;
use releasekit_core::model::{TagName, Version};
use releasekit_core::vcs::{Lack, Need, RemoteRefs};

use crate::error::{Error, Result};
use crate::history::{Changes, MemberChanges};
use crate::session::{Session, Snapshot};

/// Refuses a plan that other clones would not make: where the remote has tags of ours that the clone lacks, and where a
/// tag that decides what the last release was is elsewhere on the remote, or not there.
pub(crate) fn refuse_others(
    session: &Session,
    changes: &Changes,
    snapshot: &Snapshot,
    remote: &RemoteRefs,
) -> Result<()> {
    refuse_missing(session, changes, snapshot, remote)?;
    for (member, found) in snapshot.discovery.members.iter().zip(&changes.members) {
        let scheme = snapshot.discovery.scheme(member);
        for tag in deciding(found, scheme) {
            let there = remote.tag(tag).map(|found| &found.commit);
            if let (Some(here), Some(there)) = (changes.tags.get(tag), there)
                && here != there
            {
                let take = session.vcs.hint(&Need::RemoteTags);
                let (tag, here, there) = (tag.clone(), here.clone(), there.clone());
                return Err(Error::LastTagMoved { tag, here, there, take });
            }
        }
        refuse_unshared(session, found, remote)?;
    }
    Ok(())
}

/// The tags of a package that decide what its last release was. Those of lower versions do not, as a `v2` that is moved
/// along with 2.1.0 and 2.2.0.
fn deciding<'a>(found: &'a MemberChanges, scheme: &'a dyn VersionScheme) -> impl Iterator<Item = &'a TagName> {
    let is_below = |version: &Version| {
        let last = found.last.as_ref();
        last.is_some_and(|last| scheme.compare(version, &last.version) == Ordering::Less)
    };
    let counts = move |(version, tag): &&(Version, TagName)| !is_below(version) && !found.ignored.contains(tag);
    found.tagged.iter().filter(counts).map(|(_, tag)| tag)
}

/// Refuses where the remote has tags of ours that the clone lacks.
fn refuse_missing(session: &Session, changes: &Changes, snapshot: &Snapshot, remote: &RemoteRefs) -> Result<()> {
    let tags = remote.tags().into_iter().map(|tag| tag.name);
    let unknown: Vec<TagName> = tags.filter(|name| !changes.tags.contains_key(name)).collect();
    let index = crate::naming::TagIndex::new(&unknown);
    let ours = (0..snapshot.discovery.members.len())
        .flat_map(|member| changes.naming.versions(&snapshot.discovery, member, &index));
    let missing: BTreeSet<TagName> = ours.map(|(_, tag)| tag).collect();
    if missing.is_empty() { Ok(()) } else { Err(session.lacks(Lack::Tags(missing.into_iter().collect()))) }
}

/// Refuses where a package's last release has a tag in this clone alone.
fn refuse_unshared(session: &Session, found: &MemberChanges, remote: &RemoteRefs) -> Result<()> {
    let Some(last) = &found.last else { return Ok(()) };
    let mut namesakes = found.tagged.iter().filter(|(version, _)| *version == last.version);
    let is_shared = remote.tag(&last.tag).is_some()
        || namesakes.any(|(_, tag)| remote.tag(tag).is_some_and(|there| there.commit == last.commit));
    if is_shared {
        return Ok(());
    }
    let delete = session.vcs.hint(&Need::DeleteTag(last.tag.clone()));
    Err(Error::LastTagUnshared { tag: last.tag.clone(), delete })
}

//! Dependencies that do not move with a release and are not live yet: which earlier release brought them.

use std::collections::BTreeSet;

use releasekit_core::model::{CommitId, TagName};
use releasekit_core::vcs::RemoteRefs;

use crate::artifacts::Sources;
use crate::error::{Error, Result};
use crate::failure::Failure;
use crate::locate;
use crate::naming::{Naming, TagIndex};
use crate::observe::Lacking;
use crate::session::Session;

/// Who waits for what.
#[derive(Debug)]
pub(crate) struct Waiting {
    /// The dependency, and who needs it.
    pub error: Error,
    /// Whether the remote has a tag of that version.
    pub is_tagged: bool,
    /// The release that brought it, which `publish --release` takes.
    pub release: Option<CommitId>,
}

/// Refuses to publish what needs something that is not live.
pub(crate) async fn refuse(session: &Session, sources: &Sources, lacking: &[Lacking]) -> Result<()> {
    if lacking.is_empty() {
        return Ok(());
    }
    let remote = session.vcs.remote_refs(&session.policies.current().remote).await?;
    Error::raise(errors(session, sources, lacking, &remote).await?)
}

/// What `publish` refuses.
pub(crate) async fn errors(
    session: &Session,
    sources: &Sources,
    lacking: &[Lacking],
    remote: &RemoteRefs,
) -> Result<Vec<Error>> {
    let waiting = waiting(session, sources, lacking, remote).await?;
    Ok(waiting.into_iter().map(|waiting| waiting.error).collect())
}

/// Warns of what was tagged and waits for its own publication, and refuses what never was: no later command would bring it.
/// Gives the releases that have to be published first, in that order.
pub(crate) async fn warn(
    session: &Session,
    sources: &Sources,
    lacking: &[Lacking],
    remote: &RemoteRefs,
) -> Result<Vec<CommitId>> {
    let (tagged, untagged): (Vec<_>, Vec<_>) =
        waiting(session, sources, lacking, remote).await?.into_iter().partition(|waiting| waiting.is_tagged);
    Error::raise(untagged.into_iter().map(|waiting| waiting.error))?;
    for Waiting { error, release, .. } in &tagged {
        let first = match release {
            Some(release) => format!("`releasekit publish --release {}` brings it", release.short()),
            None => "it has a tag: bring it there first".to_owned(),
        };
        session.warn_of(error, &format!("`publish` will stop here until it is live; {first}"));
    }
    oldest_first(session, tagged.into_iter().filter_map(|waiting| waiting.release).collect()).await
}

/// A later release may need what an earlier one brings, and never the other way round.
async fn oldest_first(session: &Session, releases: BTreeSet<CommitId>) -> Result<Vec<CommitId>> {
    let all: Vec<CommitId> = releases.into_iter().collect();
    let mut ranked = session.ranked(&all).await?;
    ranked.sort();
    Ok(ranked.into_iter().map(|(_, release)| release).collect())
}

async fn waiting(
    session: &Session,
    sources: &Sources,
    lacking: &[Lacking],
    remote: &RemoteRefs,
) -> Result<Vec<Waiting>> {
    let (discovery, policy) = (&sources.snapshot.discovery, &sources.snapshot.policy);
    let names: Vec<TagName> = remote.tags().into_iter().map(|tag| tag.name).collect();
    let index = TagIndex::new(&names);
    let naming = Naming::resolve(discovery, policy, &index)?;
    let mut found = Vec::new();
    for Lacking { package, member, version, registry } in lacking {
        let scheme = discovery.scheme(&discovery.members[*member]);
        let tags = naming.versions(discovery, *member, &index).into_iter();
        let tag =
            tags.filter(|(tagged, _)| scheme.compare(tagged, version).is_eq()).find_map(|(_, tag)| remote.tag(&tag));
        let needs = discovery.members[*member].id.clone();
        let release = match tag {
            Some(tag) => locate::brought(session, &tag.commit, &needs, version).await?,
            None => None,
        };
        let (package, version, registry) = (package.clone(), version.clone(), registry.clone());
        let error = Failure::DependencyNotLive { package, needs, version, registry, release: release.clone() }.into();
        found.push(Waiting { error, is_tagged: tag.is_some(), release });
    }
    Ok(found)
}

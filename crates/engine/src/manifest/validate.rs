//! Holds a manifest against the commit that it releases: its packages, their files, and the tags that they get.

use releasekit_core::model::{TagName, Version};
use releasekit_core::policy::Participation;

use super::Manifest;
use crate::discover::Member;
use crate::error::{Error, Fault};
use crate::naming::{Naming, TagIndex};
use crate::plan::Row;
use crate::session::Snapshot;

/// Whether the tags of a manifest exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tagging {
    /// They are about to be made, and must be what the formats in force give or read.
    ToCome,
    /// They were made, perhaps when other formats were detected.
    Made,
}

/// Everything that is wrong with a manifest, as its commit stands. `tags` are those that formats are detected from.
pub(crate) fn validate(manifest: &Manifest, snapshot: &Snapshot, tags: &[TagName], tagging: Tagging) -> Vec<Error> {
    let mut found: Vec<Error> = manifest.faults().into_iter().map(Error::ManifestFault).collect();
    let naming = Naming::resolve(&snapshot.discovery, &snapshot.policy, &TagIndex::new(tags));
    for row in &manifest.packages {
        let Some(index) = snapshot.discovery.index_of(&row.id()) else {
            found.push(Error::ManifestFault(Fault::Unknown { package: row.id() }));
            continue;
        };
        let member = &snapshot.discovery.members[index];
        found.extend(misplaced(row, member, snapshot).into_iter().map(Error::ManifestFault));
        found.extend(version_drift(row, member, snapshot));
        if let Ok(naming) = &naming {
            found.extend(tag_drift(row, index, snapshot, naming, tagging));
        }
    }
    found.extend(umbrella_drift(manifest, snapshot).filter(|_| tagging == Tagging::ToCome).map(Error::ManifestFault));
    // Formats of which no package can tell its tags are no reason to keep what is tagged from being published.
    found.extend(naming.err().filter(|_| tagging == Tagging::ToCome));
    found
}

/// What a row says of a package beside its version and its tag.
fn misplaced(row: &Row, member: &Member, snapshot: &Snapshot) -> Vec<Fault> {
    let package = row.id();
    let ecosystem = snapshot.discovery.workspace(member).ecosystem.ecosystem;
    let fields = [
        ("path", row.path.to_string(), member.package.path.to_string()),
        ("ecosystem", row.ecosystem.clone(), ecosystem.to_owned()),
    ];
    let differs = fields.into_iter().filter(|(_, found, wanted)| found != wanted);
    let differs =
        differs.map(|(field, found, wanted)| Fault::Differs { package: package.clone(), field, found, wanted });
    let not_released = (member.release == Participation::None).then(|| Fault::NotReleased { package: package.clone() });
    not_released.into_iter().chain(differs).collect()
}

/// A version that differs from the one in the files.
fn version_drift(row: &Row, member: &Member, snapshot: &Snapshot) -> Option<Error> {
    let wanted = row.next.as_ref()?;
    let found = member.package.version.as_ref();
    if found.is_none() && member.package.version_file.is_none() {
        return in_tags_only(row, wanted, member, snapshot).map(Error::ManifestFault);
    }
    (found != Some(wanted)).then(|| Error::ManifestDrift {
        package: row.id(),
        file: Some(member.package.manifest.clone()),
        found: found.cloned(),
        wanted: Some(wanted.clone()),
    })
}

/// No file says the version of such a package, so it can only be one of its scheme's.
fn in_tags_only(row: &Row, wanted: &Version, member: &Member, snapshot: &Snapshot) -> Option<Fault> {
    let scheme = snapshot.discovery.scheme(member);
    let is_known = scheme.parse(wanted.as_str()).is_ok_and(|version| version == *wanted);
    (!is_known).then(|| Fault::NoVersion { package: row.id(), version: wanted.clone(), scheme: scheme.id() })
}

/// An umbrella tag that is not what the configuration gives; where that names no package, somebody else says so.
fn umbrella_drift(manifest: &Manifest, snapshot: &Snapshot) -> Option<Fault> {
    let wanted = super::umbrella(&snapshot.policy, &snapshot.discovery, &manifest.packages).ok()?;
    let found = manifest.umbrella.clone();
    (found != wanted).then_some(Fault::Umbrella { found, wanted })
}

/// A tag that the commit's own formats do not read as that version: no later plan would know what was released.
fn tag_drift(row: &Row, index: usize, snapshot: &Snapshot, naming: &Naming, tagging: Tagging) -> Option<Error> {
    let (tag, next) = (row.tag.as_ref()?, row.next.as_ref()?);
    let discovery = &snapshot.discovery;
    let expected = naming.tag(discovery, index, next);
    let reads = || naming.versions(discovery, index, &TagIndex::new([tag])).iter().any(|(version, _)| version == next);
    let gave = || tagging == Tagging::Made && naming.may_have_given(discovery, index, tag, next);
    let fits = *tag == expected || reads() || gave();
    (!fits).then(|| Error::TagDrift { package: row.id(), tag: tag.clone(), expected })
}

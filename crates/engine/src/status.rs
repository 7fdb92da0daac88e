//! What is wanted against what is there: for each package of a release its tag, and what the registries serve of it.

use std::collections::BTreeSet;

use releasekit_core::Diagnostic;
use releasekit_core::model::{CommitId, LiveFile, PackageId, TagName, Version};
use releasekit_core::registry::Observed;
use releasekit_core::vcs::RemoteRefs;

use crate::artifacts::Sources;
use crate::discover::Member;
use crate::error::{Error, Result};
use crate::globs::globs;
use crate::locate::{self, ReleaseCommit};
use crate::manifest::{self, Manifest};
use crate::observe::{self, Observation, Question, Registries, Tagged, registry_name};
use crate::plan::Row;
use crate::publish::same_digest;
use crate::receipt::Receipt;
use crate::session::{Policies, Session, Snapshot};
use crate::state::ReleaseState;
use crate::{check, codes, waiting};

/// Where a tag stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TagState {
    /// The package has none.
    None,
    /// The remote lacks it.
    Missing(TagName),
    /// It is on the release commit.
    There(TagName),
    /// It is on another commit.
    Elsewhere(TagName, CommitId),
}

/// What a registry serves of a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RegistryState {
    /// Nothing.
    Absent,
    /// These files, which equal a receipt of ours.
    Proven(Vec<String>),
    /// These files; no receipt here proves them.
    Live(Vec<String>),
    /// These files, and a release of the package consists of more.
    Partial(Vec<String>),
    /// It waits for approval.
    AwaitingApproval,
    /// The registry did not say.
    Unknown(String),
}

/// What one registry has of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Served {
    /// The registry.
    pub registry: String,
    /// What it serves.
    pub state: RegistryState,
    /// Which of the files it lists as yanked: installers pass over them, whatever else is right.
    pub yanked: Vec<String>,
}

impl Served {
    /// Whether the registry serves all of it.
    pub fn is_live(&self) -> bool {
        matches!(self.state, RegistryState::Proven(_) | RegistryState::Live(_))
    }
}

/// One package of a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusRow {
    /// Which package.
    pub id: PackageId,
    /// The version that is wanted.
    pub version: Version,
    /// Its tag.
    pub tag: TagState,
    /// What each of its registries serves; empty for a package that none takes.
    pub registries: Vec<Served>,
}

impl StatusRow {
    /// Whether every registry that it goes to serves all of it.
    pub fn is_live(&self) -> bool {
        self.registries.iter().all(Served::is_live)
    }
}

/// How far a release is.
#[derive(Debug)]
pub struct ReleaseStatus {
    /// Which.
    pub release: ReleaseCommit,
    /// Its packages.
    pub rows: Vec<StatusRow>,
    /// What `release`, or `publish` where all tags are there, would refuse.
    pub in_the_way: Vec<Error>,
}

/// Asks the registries about every package of a release. Takes no lock and writes nothing.
///
/// A registry that does not say is a row of its own, not an error. A manifest whose packages are not those of its commit
/// is [`Error::ManifestFault`].
pub async fn status(session: &Session, release: &ReleaseCommit, remote: &RemoteRefs) -> Result<ReleaseStatus> {
    let snapshot = session.snapshot_at(&release.commit.id, Policies::Committed).await?;
    let mut in_the_way = check::in_the_way(session, release, &snapshot, remote).await?;
    if in_the_way.iter().any(|error| matches!(error, Error::ManifestFault(_))) {
        return Err(Error::together(in_the_way).expect("one of them is a fault"));
    }
    let rows = rows(session, release, &snapshot, remote).await?;
    let is_open = in_the_way.is_empty() && !rows.iter().all(StatusRow::is_live);
    if is_open && locate::missing(&release.manifest, remote).is_empty() {
        in_the_way = waits_for(session, release, snapshot, remote).await?;
    }
    Ok(ReleaseStatus { release: release.clone(), rows, in_the_way })
}

/// What a tagged release needs before it can be published.
async fn waits_for(
    session: &Session,
    release: &ReleaseCommit,
    snapshot: Snapshot,
    remote: &RemoteRefs,
) -> Result<Vec<Error>> {
    let sources = Sources::with_snapshot(session, release, snapshot).await?;
    let registries = Registries::new(session);
    let lacking = observe::known_lacking(&registries, sources.inquiry(Tagged::Yes)).await?;
    waiting::errors(session, &sources, &lacking, remote).await
}

/// What the releases before the present ones tagged and did not publish, of packages that no later release holds.
pub async fn left_behind(
    session: &Session,
    present: &[&ReleaseCommit],
    remote: &RemoteRefs,
) -> Result<Vec<ReleaseStatus>> {
    let held = present.iter().flat_map(|release| release.manifest.packages.iter().map(Row::id));
    let mut later: BTreeSet<PackageId> = held.collect();
    let mut found = Vec::new();
    for release in present {
        found.extend(left_before(session, release, &mut later, remote).await?);
    }
    Ok(found)
}

async fn left_before(
    session: &Session,
    last: &ReleaseCommit,
    later: &mut BTreeSet<PackageId>,
    remote: &RemoteRefs,
) -> Result<Vec<ReleaseStatus>> {
    let mut found = Vec::new();
    for run in session.vcs.path_runs(&last.commit.id, &last.path).await?.into_iter().skip(1) {
        let manifest = run.content.as_deref().map(|content| Manifest::from_json(content, run.oldest.as_str()));
        // What cannot be read any more was written by another releasekit, and is not this one's to judge.
        let Some(Ok(manifest)) = manifest else { continue };
        let known: BTreeSet<PackageId> = manifest.packages.iter().map(Row::id).collect();
        let own: BTreeSet<PackageId> = known.difference(later).cloned().collect();
        if own.is_empty() || !locate::missing(&manifest, remote).is_empty() {
            continue;
        }
        later.extend(known);
        let earlier = locate::brought_by(session, &run.oldest, &last.path).await?;
        let mut earlier = match status(session, &earlier, remote).await {
            // Nor is one that was edited: nobody can mend it any more.
            Err(error) if error.code() == codes::RELEASE_MANIFEST_DRIFT => continue,
            earlier => earlier?,
        };
        earlier.rows.retain(|row| own.contains(&row.id) && !row.is_live());
        found.extend(Some(earlier).filter(|earlier| !earlier.rows.is_empty()));
    }
    Ok(found)
}

async fn rows(
    session: &Session,
    release: &ReleaseCommit,
    snapshot: &Snapshot,
    remote: &RemoteRefs,
) -> Result<Vec<StatusRow>> {
    let run = manifest::slug(&release.manifest.options.group);
    let receipts = ReleaseState::read(session, &release.commit.id, run.as_deref()).receipts()?;
    let releasing = observe::releasing(snapshot, &release.manifest)?;
    let tagged = |id: &PackageId| {
        let row = release.manifest.packages.iter().find(|row| row.id() == *id);
        let tag = row.and_then(|row| row.tag.as_ref());
        if tag.is_some_and(|tag| remote.tag(tag).is_some()) { Tagged::Yes } else { Tagged::No }
    };
    let questions: Vec<Question> = releasing
        .iter()
        .flat_map(|package| {
            let question = |target| Question::of(package, target, tagged(&package.id));
            package.targets.iter().map(question).collect::<Vec<_>>()
        })
        .collect();
    let registries = Registries::new(session);
    let observations = observe::ask(&registries, &questions).await?;
    let mut rows = Vec::new();
    for row in &release.manifest.packages {
        let Some(version) = row.next.clone() else { continue };
        let id = row.id();
        let member = snapshot.discovery.members.iter().find(|member| member.id == id);
        let mut served = Vec::new();
        for observation in observations.iter().filter(|observation| observation.id == id) {
            let state = registry_state(&registries, snapshot, member, observation, &receipts)?;
            let yanked = match &observation.observed {
                Observed::Live(files) => observe::yanked(files),
                _ => Vec::new(),
            };
            served.push(Served { registry: registry_name(&observation.target), state, yanked });
        }
        rows.push(StatusRow { tag: tag_state(row, release, remote), id, version, registries: served });
    }
    Ok(rows)
}

fn tag_state(row: &Row, release: &ReleaseCommit, remote: &RemoteRefs) -> TagState {
    let Some(tag) = row.tag.clone() else { return TagState::None };
    match remote.tag(&tag) {
        None => TagState::Missing(tag),
        Some(found) if found.commit == release.commit.id => TagState::There(tag),
        Some(found) => TagState::Elsewhere(tag, found.commit.clone()),
    }
}

fn registry_state(
    registries: &Registries<'_>,
    snapshot: &Snapshot,
    member: Option<&Member>,
    observation: &Observation,
    receipts: &[Receipt],
) -> Result<RegistryState> {
    let live = match &observation.observed {
        Observed::Live(live) => live,
        Observed::Staged => return Ok(RegistryState::AwaitingApproval),
        Observed::Unknown(error) => return Ok(RegistryState::Unknown(error.to_string())),
        _ => return Ok(RegistryState::Absent),
    };
    let mut names: Vec<String> = live.iter().map(|file| file.file_name.clone()).collect();
    names.sort();
    let registry = registries.get(&observation.target)?;
    let shows = |receipt: &&Receipt| {
        let about = receipt.id() == observation.id && receipt.version == observation.version;
        let served = |file: &LiveFile| {
            let kept = receipt.files.iter().find(|kept| kept.name == file.file_name);
            kept.is_some_and(|kept| same_digest(registry.as_ref(), &kept.digests, file) == Some(true))
        };
        about
            && receipt.registry == registry_name(&observation.target)
            && receipt.files.len() == live.len()
            && live.iter().all(served)
    };
    if receipts.iter().any(|receipt| shows(&receipt)) {
        return Ok(RegistryState::Proven(names));
    }
    let complete = member.map_or(Ok(true), |member| is_complete(snapshot, member, &names))?;
    Ok(if complete { RegistryState::Live(names) } else { RegistryState::Partial(names) })
}

/// Whether files can be all that a release of the package consists of, as far as their names tell.
fn is_complete(snapshot: &Snapshot, member: &Member, names: &[String]) -> Result<bool> {
    let declared = &member.policy.artifacts;
    if declared.is_empty() {
        return Ok(names.len() >= snapshot.discovery.package_manager(member).capabilities().artifacts.len());
    }
    let globs = globs(declared)?;
    let matched: BTreeSet<usize> = names.iter().flat_map(|name| globs.matches(name)).collect();
    Ok(matched.len() == declared.len())
}

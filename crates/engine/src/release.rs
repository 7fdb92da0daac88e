//! `release`: from a merged manifest to its tags. Everything that can fail without a trace comes first.

use std::collections::BTreeSet;
use std::path::PathBuf;

use releasekit_core::model::{CommitId, PackageId, TagName};
use releasekit_core::registry::Observed;
use releasekit_core::vcs::RemoteRefs;
use releasekit_core::{Diagnostic, ErrorKind};

use crate::artifacts::{self, Built, Job, Sources};
use crate::cancel::Cancel;
use crate::error::{Error, Fault, Result};
use crate::locate::{self, Located, ReleaseCommit};
use crate::observe::{self, Observation, Observations, Registries};
use crate::publish::Adoption;
use crate::session::{Policies, Session};
use crate::state::State;
use crate::{check, tag, tools, waiting, words};

/// Whether packages are built before they are tagged.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Building {
    /// Each is, so that no failing build burns a version.
    #[default]
    Here,
    /// They were, elsewhere, into this folder.
    Elsewhere(PathBuf),
    /// They are not.
    Waived,
}

/// How to release.
#[derive(Debug, Clone, Default)]
pub struct ReleaseOptions {
    /// The release commits, where they are not those that HEAD's manifests lead to.
    pub revisions: Vec<String>,
    /// Whether packages are built first.
    pub building: Building,
    /// Whether versions that are live before their tags are tagged where they are what is built. They are built for that,
    /// whatever `building` says.
    pub adopt: bool,
}

/// What `release` did.
#[derive(Debug)]
pub enum Released {
    /// There is no manifest.
    Nothing,
    /// All tags were there.
    Already(ReleaseCommit),
    /// Tags were made.
    Tagged(Tagged),
}

impl Released {
    /// The release whose tags are there now.
    pub fn release(&self) -> Option<&ReleaseCommit> {
        match self {
            Self::Nothing => None,
            Self::Already(release) => Some(release),
            Self::Tagged(tagged) => Some(&tagged.release),
        }
    }
}

/// What was tagged.
#[derive(Debug)]
pub struct Tagged {
    /// The release.
    pub release: ReleaseCommit,
    /// The tags that were made.
    pub tags: Vec<TagName>,
    /// Earlier releases that have to be published first, for this one needs what they brought.
    pub waits_for: Vec<CommitId>,
}

/// Releases what waits for it, the oldest first: what the manifests of HEAD ask for, or what named commits brought. One that is
/// refused stops no other. A second run changes nothing.
pub async fn release(
    session: &Session,
    state: &State,
    options: &ReleaseOptions,
    cancel: &Cancel,
) -> Result<Vec<Result<Released>>> {
    let run = Run { session, state, options, cancel };
    let mut remote = run.remote().await?;
    let mut outcomes = Vec::new();
    for located in find(session, options, &remote).await? {
        if !outcomes.is_empty() {
            // What was released before it has its tags by now.
            remote = run.remote().await?;
        }
        match run.carry_on(located, &remote).await {
            Err(error) if error.kind() == ErrorKind::Cancelled => return Err(error),
            outcome => outcomes.push(outcome),
        }
    }
    Ok(outcomes)
}

async fn find(session: &Session, options: &ReleaseOptions, remote: &RemoteRefs) -> Result<Vec<Located>> {
    if options.revisions.is_empty() {
        return locate::locate(session, &session.vcs.head().await?.commit, remote).await;
    }
    let mut found = Vec::new();
    for revision in &options.revisions {
        found.extend(by_name(session, revision, remote).await?);
    }
    Ok(found)
}

/// Those that the commit brought, else the one that came last.
async fn by_name(session: &Session, revision: &str, remote: &RemoteRefs) -> Result<Vec<Located>> {
    let commit = locate::resolve(session, revision).await?;
    let mut found = locate::locate(session, &commit, remote).await?;
    let is_own = |located: &Located| located.release().is_some_and(|release| release.commit.id == commit);
    if found.iter().any(is_own) {
        found.retain(is_own);
    } else {
        found.drain(..found.len().saturating_sub(1));
    }
    if found.is_empty() { Err(Error::NoManifest) } else { Ok(found) }
}

/// What a release that waits is worked on with.
struct Run<'a> {
    session: &'a Session,
    state: &'a State,
    options: &'a ReleaseOptions,
    cancel: &'a Cancel,
}

impl Run<'_> {
    async fn carry_on(&self, located: Located, remote: &RemoteRefs) -> Result<Released> {
        match located {
            Located::Empty => Err(Error::ManifestFault(Fault::Empty)),
            Located::Released(release) => {
                tag::follow(self.session, &release, remote).await?;
                Ok(Released::Already(release))
            }
            Located::Pending(release) => self.tag_checked(release, remote).await,
        }
    }

    async fn tag_checked(&self, release: ReleaseCommit, remote: &RemoteRefs) -> Result<Released> {
        let session = self.session;
        session.phase(format!(
            "checking the release of {} at {}",
            words::count(release.manifest.packages.len(), "package"),
            release.commit.id.short()
        ));
        let snapshot = session.snapshot_at(&release.commit.id, Policies::Committed).await?;
        let checked = check::check(session, &release, &snapshot, remote).await?;
        let sources = Sources::with_snapshot(session, &release, snapshot).await?;
        if self.builds() {
            let released = sources.releasing.iter().map(|package| package.member);
            tools::require(&sources.snapshot.discovery, released).await?;
        }
        let registries = Registries::new(session);
        let seen = observe::observe(&registries, sources.inquiry(observe::Tagged::No)).await?;
        let live = self.live(&release, &seen)?;
        let waits_for = waiting::warn(session, &sources, &seen.lacking, remote).await?;
        let built = self.build(&sources, &live).await?;
        if !live.is_empty() {
            // A tag cannot be taken back, and what is live with other content could never be published under it.
            let (sources, registries, observations, built) = (&sources, &registries, &seen, &built);
            let adoption = Adoption { session, release: &release, sources, registries, observations, built };
            adoption.compare(self.state, self.cancel).await?;
        }
        self.cancel.check()?;
        // Builds take minutes, in which others push.
        let remote = self.remote().await?;
        let branch = check::once_more(session, &release, &sources.snapshot.policy, &remote).await?;
        let tags = tag::tag(session, &release, &checked.replanned, &remote, branch).await?;
        tag::follow(session, &release, &self.remote().await?).await?;
        Ok(Released::Tagged(Tagged { release, tags, waits_for }))
    }

    /// Whether anything may have to be built here.
    fn builds(&self) -> bool {
        match self.options.building {
            Building::Here => true,
            Building::Waived => self.options.adopt,
            Building::Elsewhere(_) => false,
        }
    }

    async fn remote(&self) -> Result<RemoteRefs> {
        Ok(self.session.vcs.remote_refs(&self.session.policies.current().remote).await?)
    }

    /// The packages that are live before they were tagged: they came from somewhere else, unless the user says otherwise.
    fn live(&self, release: &ReleaseCommit, seen: &Observations) -> Result<BTreeSet<PackageId>> {
        let live = seen.all.iter().filter(|observation| matches!(observation.observed, Observed::Live(_)));
        if self.options.adopt {
            return Ok(live.map(|observation| observation.id.clone()).collect());
        }
        let error = |observation: &Observation| Error::AlreadyLive {
            package: observation.id.clone(),
            version: observation.version.clone(),
            registry: observe::registry_name(&observation.target),
            is_first: release.is_first(&observation.id),
        };
        Error::together(live.map(error).collect()).map_or(Ok(BTreeSet::new()), Err)
    }

    /// Builds what is released; where nobody wants that, what is live and has to be compared.
    async fn build(&self, sources: &Sources, live: &BTreeSet<PackageId>) -> Result<Built> {
        let all = || sources.releasing.iter().map(|package| package.id.clone()).collect();
        let (wanted, folder): (BTreeSet<_>, _) = match &self.options.building {
            Building::Waived if live.is_empty() => return Ok(Built::default()),
            Building::Waived => (live.clone(), None),
            Building::Elsewhere(folder) => (all(), Some(folder.as_path())),
            Building::Here => (all(), None),
        };
        let kept = self.state.of_release(&sources.commit.id, sources.run.as_deref());
        let job = Job { session: self.session, sources, cancel: self.cancel };
        artifacts::obtain(job, &wanted, folder, &kept).await?.complete()
    }
}

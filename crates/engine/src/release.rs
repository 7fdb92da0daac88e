//! `release`: from a merged manifest to its tags. Everything that can fail without a trace comes first.

use std::collections::BTreeSet;
use std::path::PathBuf;

use releasekit_core::model::TagName;
use releasekit_core::registry::Observed;
use releasekit_core::vcs::RemoteRefs;

use crate::artifacts::{self, Job, Sources};
use crate::cancel::Cancel;
use crate::error::{Error, Fault, Result};
use crate::locate::{self, Located, ReleaseCommit};
use crate::observe::{self, Registries, Tagged};
use crate::session::{Policies, Session};
use crate::state::State;
use crate::{check, tag, tools, words};

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
    /// The release commit, where it is not the one that HEAD's manifest leads to.
    pub revision: Option<String>,
    /// Whether packages are built first.
    pub building: Building,
    /// Whether versions that are live before their tags are tagged.
    pub adopt: bool,
}

/// What `release` did.
#[derive(Debug)]
pub enum Released {
    /// There is no manifest.
    Nothing,
    /// All tags were there.
    Already(ReleaseCommit),
    /// These tags were made.
    Tagged(ReleaseCommit, Vec<TagName>),
}

/// Releases what waits for it. A second run changes nothing.
pub async fn release(session: &Session, state: &State, options: &ReleaseOptions, cancel: &Cancel) -> Result<Released> {
    let policy = session.policies.current();
    let head = session.vcs.head().await?;
    let remote = session.vcs.remote_refs(&policy.remote).await?;
    let located = match &options.revision {
        Some(revision) => by_name(session, revision, &remote).await?,
        None => locate::locate(session, &head.commit, &remote).await?,
    };
    match located {
        Located::Nothing => Ok(Released::Nothing),
        Located::Empty => Err(Error::ManifestFault(Fault::Empty)),
        Located::Released(release) => {
            tag::follow(session, &release, &remote).await?;
            Ok(Released::Already(release))
        }
        Located::Pending(release) => Run { session, state, options, cancel }.tag_checked(release, &remote).await,
    }
}

async fn by_name(session: &Session, revision: &str, remote: &RemoteRefs) -> Result<Located> {
    match locate::locate(session, &locate::resolve(session, revision).await?, remote).await? {
        Located::Nothing => Err(Error::NoManifest),
        located => Ok(located),
    }
}

/// What a release that waits is worked on with.
struct Run<'a> {
    session: &'a Session,
    state: &'a State,
    options: &'a ReleaseOptions,
    cancel: &'a Cancel,
}

impl Run<'_> {
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
        if self.options.building == Building::Here {
            let released = sources.releasing.iter().map(|package| package.member);
            tools::require(&sources.snapshot.discovery, released).await?;
        }
        self.refuse_live(&sources).await?;
        self.build(&sources).await?;
        self.cancel.check()?;
        // Builds take minutes, in which others push.
        let remote = self.remote().await?;
        let branch = check::once_more(session, &release, &sources.snapshot.policy, &remote).await?;
        let tags = tag::tag(session, &release, &checked.replanned, &remote, branch).await?;
        tag::follow(session, &release, &self.remote().await?).await?;
        Ok(Released::Tagged(release, tags))
    }

    async fn remote(&self) -> Result<RemoteRefs> {
        Ok(self.session.vcs.remote_refs(&self.session.policies.current().remote).await?)
    }

    /// A version that is live before it was tagged came from somewhere else, unless the user says so.
    async fn refuse_live(&self, sources: &Sources) -> Result<()> {
        let registries = Registries::new(self.session);
        let seen = observe::observe(&registries, sources.inquiry(Tagged::No)).await?;
        if self.options.adopt {
            return Ok(());
        }
        let live = seen.all.iter().filter(|observation| matches!(observation.observed, Observed::Live(_)));
        let error = |observation: &observe::Observation| Error::AlreadyLive {
            package: observation.id.clone(),
            version: observation.version.clone(),
            registry: observe::registry_name(&observation.target),
        };
        Error::together(live.map(error).collect()).map_or(Ok(()), Err)
    }

    async fn build(&self, sources: &Sources) -> Result<()> {
        let folder = match &self.options.building {
            Building::Waived => return Ok(()),
            Building::Elsewhere(folder) => Some(folder.as_path()),
            Building::Here => None,
        };
        let wanted: BTreeSet<_> = sources.releasing.iter().map(|package| package.id.clone()).collect();
        let kept = self.state.of_release(&sources.commit.id);
        let job = Job { session: self.session, sources, cancel: self.cancel };
        artifacts::obtain(job, &wanted, folder, &kept).await?.complete()?;
        Ok(())
    }
}

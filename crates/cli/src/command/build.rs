//! `build`: artifacts of a release into a folder, on any machine and without any credential.

use std::collections::BTreeSet;
use std::path::PathBuf;

use releasekit_core::model::CommitId;
use releasekit_core::policy::{Participation, PublishPolicy};
use releasekit_engine::Session;
use releasekit_engine::artifacts::{self, Sources};
use releasekit_engine::locate::{self, Located, ReleaseCommit};

use serde::Serialize;

use crate::answer::Answer;
use crate::error::Result;
use crate::invocation::Invocation;
use crate::options::{Format, Globals};
use crate::render::json;
use crate::render::style::clean;

/// Build artifacts into a folder, without any credential
///
/// Builds the release that HEAD's manifest names, or those where it has several, with requirements on siblings pinned as they will be published. The
/// folder is what `release --artifacts` and `publish --artifacts` take.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Build this package; may be given several times; without it all packages of the release
    #[arg(long, value_name = "NAME")]
    package: Vec<String>,
    /// Put the artifacts into this folder, those of each package into one of its own
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Build what this commit brought (may be given several times), and ask no remote; its tags need not be there
    #[arg(long, value_name = "COMMIT", conflicts_with = "commit")]
    release: Vec<String>,
    /// Build this commit instead of the release that HEAD's manifest names
    #[arg(long, value_name = "COMMIT")]
    commit: Option<String>,
    /// Do not build crates and the like from what was packed of them
    #[arg(long)]
    no_verify: bool,
    /// Choose the format
    #[arg(long, default_value = "table")]
    format: Format,
}

/// Builds.
pub(crate) async fn run(options: &Options, invocation: &Invocation, globals: &Globals) -> Result<Answer> {
    let verify = |policy: &mut PublishPolicy, _: &mut _| policy.verify &= !options.no_verify;
    let opened = invocation.open_with(globals, None, verify).await?;
    let session = &opened.session;
    let out = invocation.world.folder.join(&options.out);
    let into = Some(out.as_path()).filter(|_| !globals.dry_run);
    let cancel = invocation.stopping.cancel();
    let mut built = Vec::new();
    for sources in sources(session, options, globals.offline).await? {
        let packages = packages(&sources, &options.package)?;
        let files = artifacts::build_into(session, &sources, &packages, into, &cancel).await?;
        // As the user named the folder.
        let files = files.iter().map(|file| options.out.join(file).display().to_string()).collect();
        built.push(Document { schema: 1, commit: sources.commit.id, files });
    }
    Ok(Answer::new(match options.format {
        Format::Table => built.iter().flat_map(|built| &built.files).map(|file| format!("{}\n", clean(file))).collect(),
        Format::Json => json::of_releases(built),
    }))
}

#[derive(Serialize)]
struct Document {
    schema: u32,
    commit: CommitId,
    files: Vec<String>,
}

/// The commit that was named, else the releases of HEAD's manifests that wait for their tags, else the newest that has them,
/// else HEAD.
async fn sources(session: &Session, options: &Options, offline: bool) -> Result<Vec<Sources>> {
    if let Some(revision) = &options.commit {
        return Ok(vec![Sources::of_commit(session, &locate::resolve(session, revision).await?).await?]);
    }
    let head = session.vcs.head().await?.commit;
    let releases = match options.release.as_slice() {
        [] if offline => Vec::new(),
        [] => located(session, &head).await?,
        commits => named(session, commits).await?,
    };
    if releases.is_empty() {
        return Ok(vec![Sources::of_commit(session, &head).await?]);
    }
    let mut all = Vec::new();
    for release in releases {
        all.push(Sources::of_release(session, &release).await?);
    }
    Ok(all)
}

/// What several commits brought.
pub(crate) async fn named(session: &Session, commits: &[String]) -> Result<Vec<ReleaseCommit>> {
    let mut found = Vec::new();
    for commit in commits {
        found.extend(locate::named(session, commit).await?);
    }
    Ok(found)
}

async fn located(session: &Session, head: &CommitId) -> Result<Vec<ReleaseCommit>> {
    let remote = session.vcs.remote_refs(&session.policies.current().remote).await?;
    let found = locate::locate(session, head, &remote).await?;
    let is_any_pending = found.iter().any(Located::is_pending);
    let mut releases: Vec<ReleaseCommit> =
        found.iter().filter(|it| it.is_pending() || !is_any_pending).filter_map(Located::release).cloned().collect();
    if !is_any_pending {
        releases.drain(..releases.len().saturating_sub(1));
    }
    Ok(releases)
}

/// The packages that were named, else those of the release, else all that are published.
fn packages(sources: &Sources, names: &[String]) -> Result<Vec<usize>> {
    let discovery = &sources.snapshot.discovery;
    if names.is_empty() && !sources.releasing.is_empty() {
        return Ok(sources.releasing.iter().map(|package| package.member).collect());
    }
    if names.is_empty() {
        let published =
            discovery.members.iter().enumerate().filter(|(_, member)| member.release == Participation::Publish);
        return Ok(published.map(|(index, _)| index).collect());
    }
    let found: BTreeSet<usize> = names.iter().map(|name| discovery.find(name)).collect::<Result<_, _>>()?;
    Ok(found.into_iter().collect())
}

//! `build`: artifacts of a release into a folder, on any machine and without any credential.

use std::collections::BTreeSet;
use std::path::PathBuf;

use releasekit_core::policy::{Participation, PublishPolicy};
use releasekit_engine::Session;
use releasekit_engine::artifacts::{self, Sources};
use releasekit_engine::locate::{self, Located};

use crate::answer::Answer;
use crate::error::Result;
use crate::invocation::Invocation;
use crate::options::{Format, Globals};
use crate::render::json;
use crate::render::style::clean;

/// Build artifacts into a folder, without any credential
///
/// Builds the release that HEAD's manifest names, with requirements on siblings pinned as they will be published. The
/// folder is what `release --artifacts` and `publish --artifacts` take.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Build this package; may be given several times; without it all packages of the release
    #[arg(long, value_name = "NAME")]
    package: Vec<String>,
    /// Put the artifacts into this folder, those of each package into one of its own
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Build the release that this commit brought, and ask no remote; its tags need not be there
    #[arg(long, value_name = "COMMIT", conflicts_with = "commit")]
    release: Option<String>,
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
    let sources = match &options.release {
        Some(revision) => Sources::of_release(session, &locate::named(session, revision).await?).await?,
        None => sources(session, options.commit.as_deref(), globals.offline).await?,
    };
    let packages = packages(&sources, &options.package)?;
    let cancel = invocation.stopping.cancel();
    let out = invocation.world.folder.join(&options.out);
    let into = Some(out.as_path()).filter(|_| !globals.dry_run);
    let files = artifacts::build_into(session, &sources, &packages, into, &cancel).await?;
    // As the user named the folder.
    let files: Vec<String> = files.iter().map(|file| options.out.join(file).display().to_string()).collect();
    Ok(Answer::new(match options.format {
        Format::Table => files.iter().map(|file| format!("{}\n", clean(file))).collect(),
        Format::Json => json::pretty(&serde_json::json!({"schema": 1, "commit": sources.commit.id, "files": files})),
    }))
}

/// The commit that was named, else the release of HEAD's manifest, else HEAD.
async fn sources(session: &Session, commit: Option<&str>, offline: bool) -> Result<Sources> {
    if let Some(revision) = commit {
        return Ok(Sources::of_commit(session, &locate::resolve(session, revision).await?).await?);
    }
    let head = session.vcs.head().await?.commit;
    if offline {
        return Ok(Sources::of_commit(session, &head).await?);
    }
    let remote = session.vcs.remote_refs(&session.policies.current().remote).await?;
    Ok(match locate::locate(session, &head, &remote).await? {
        Located::Pending(release) | Located::Released(release) => Sources::of_release(session, &release).await?,
        Located::Nothing | Located::Empty => Sources::of_commit(session, &head).await?,
    })
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

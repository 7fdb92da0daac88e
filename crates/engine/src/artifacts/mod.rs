//! The artifacts of a release, complete, checked and on disk before anything is sent.
//!
//! They come from an earlier run, from a folder the user names, or are built in an export of the release commit, in which
//! internal requirements are pinned. Whatever their source, name, version, requirements and completeness are checked.

mod built;
mod check;
mod collect;
mod job;
mod lane;
mod make;
mod pins;
mod sources;
mod store;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use releasekit_core::model::PackageId;

pub use crate::observe::Releasing;
pub(crate) use built::{Built, BuiltFile};
pub(crate) use job::Job;
pub(crate) use make::Source;
pub use sources::Sources;

use crate::cancel::Cancel;
use crate::error::{Error, Result};
use crate::scratch::Scratch;
use crate::session::Session;
use crate::state::ReleaseState;
use crate::{surroundings, tools};

/// Brings the artifacts of the wanted packages to disk.
///
/// What an earlier run left there and is unchanged is taken as it is. The rest is built, or with `folder` taken from
/// there: then no code of the repository runs, the set must be complete, and any fault is an error. Packages that fail to
/// build are in the result, and those that do not need them are built all the same.
pub(crate) async fn obtain(
    job: Job<'_>,
    wanted: &BTreeSet<PackageId>,
    folder: Option<&Path>,
    state: &ReleaseState,
) -> Result<Built> {
    let Job { session, sources, .. } = job;
    if let Some(folder) = folder {
        let pinned = pins::pin(sources).await?;
        let packages = collect::collect(session, sources, wanted, folder, &pinned)?;
        return Ok(Built::default().with(store::put_all(state, sources, packages)?));
    }
    let stored = store::load(session, sources, state)?;
    let missing: Vec<usize> = sources
        .releasing
        .iter()
        .filter(|package| wanted.contains(&package.id) && !stored.contains_key(&package.id))
        .map(|package| package.member)
        .collect();
    let mut built = Built::default();
    if !missing.is_empty() {
        let into = make::Destination::State(state);
        let make = make::make(job, &missing, &stored, &into);
        built = surroundings::unchanged_by(session, make).await?;
    }
    built = built.with(stored);
    built.drop_changed(sources);
    store::save(state, sources, &built.packages)?;
    built.packages.retain(|id, _| wanted.contains(id));
    Ok(built)
}

/// The artifacts that earlier runs left on disk, unchanged; nothing is built.
pub(crate) fn at_hand(
    session: &Session,
    sources: &Sources,
    state: &ReleaseState,
) -> Result<BTreeMap<PackageId, Vec<BuiltFile>>> {
    store::load(session, sources, state)
}

/// Lays out once more what a package was built from, for a tool that makes its artifact again to send it. Commands of the
/// configuration are code of the repository.
pub(crate) async fn source(job: Job<'_>, package: usize, scratch: &Path, runs_commands: bool) -> Result<Source> {
    make::source(job, package, scratch, runs_commands).await
}

/// Builds single packages into a folder, with what is needed to build them; without a folder nothing is kept. Gives the
/// files as they are called in the folder, sorted.
pub async fn build_into(
    session: &Session,
    sources: &Sources,
    packages: &[usize],
    out: Option<&Path>,
    cancel: &Cancel,
) -> Result<Vec<PathBuf>> {
    for index in packages {
        if sources.version(*index).is_none() {
            let member = sources.member(*index);
            return Err(Error::VersionMissing { package: member.id.clone(), file: member.package.manifest.clone() });
        }
    }
    tools::require(&sources.snapshot.discovery, packages.iter().copied()).await?;
    let scratch = Scratch::create(&session.context.cache, "dry-run")?;
    let out = out.unwrap_or(scratch.path());
    let into = make::Destination::Folder(out);
    let stored = BTreeMap::new();
    let make = make::make(Job { session, sources, cancel }, packages, &stored, &into);
    let built = surroundings::unchanged_by(session, make).await?.complete()?;
    let files = built.packages.into_values().flatten();
    let mut names: Vec<PathBuf> =
        files.filter_map(|file| Some(file.artifact.path.strip_prefix(out).ok()?.to_owned())).collect();
    names.sort();
    Ok(names)
}

//! The tool itself, lockfiles and checks.

use std::collections::BTreeSet;

use releasekit_core::model::Package;
use releasekit_core::package_manager::Finding;
use releasekit_core::workspace::Move;
use releasekit_core::{BackendError, Diagnostic, ErrorKind, FileEdit};

use super::world::{World, text, untouched};
use crate::snapshot::Snapshot;
use crate::suite::{Kept, held};

pub(super) async fn the_tool_says_which_it_is(world: &World) -> Kept {
    let tool = world.manager.tool().await.map_err(text)?;
    let is_named = !tool.name.is_empty() && !tool.version.is_empty() && !tool.least.is_empty();
    held(is_named, format!("{tool:?} in place of a name, a version and the least one"))?;
    let (version, least) = (numbers(&tool.version), numbers(tool.least));
    held(version >= least, format!("{tool:?} is older than the least one, in place of `ToolMissing`"))
}

/// The numbers that a version begins with.
fn numbers(version: &str) -> Vec<u64> {
    version.split('.').map_while(|part| part.parse().ok()).collect()
}

pub(super) async fn a_tool_that_is_too_old_is_told(world: &World) -> Kept {
    let Some(outdated) = world.around.outdated() else { return Ok(()) };
    let tool = outdated.tool().await;
    let is_missing = tool.as_ref().is_err_and(|error| error.kind() == ErrorKind::ToolMissing);
    held(is_missing, format!("the program is older than the least one: {tool:?} in place of `ToolMissing`"))
}

pub(super) async fn what_counts_lies_outside_of_exports(world: &World) -> Kept {
    let files = world.manager.trusted_files();
    let inside = files.iter().find(|file| !file.is_absolute() || file.starts_with(&world.folder));
    held(
        inside.is_none(),
        format!("{inside:?} decides what programs do, and is no absolute path outside of the export"),
    )
}

/// What became of lockfiles when packages had moved.
struct Locked {
    edits: Result<Vec<FileEdit>, BackendError>,
    /// What changed in the folder meanwhile.
    changes: Vec<String>,
}

impl Locked {
    /// Asks a tool that has a lockfile; `None` where it has none, says so and touches nothing.
    async fn after(world: &World, step: &(Package, Move)) -> Result<Option<Self>, String> {
        let before = Snapshot::of(&world.folder);
        let edits = world.locks(step).await;
        if !world.manager.capabilities().lockfile {
            return untouched(&edits, &before, &world.folder).map(|()| None);
        }
        Ok(Some(Self { edits, changes: before.changes(&Snapshot::of(&world.folder)) }))
    }

    fn is_nothing(&self, why: &str) -> Kept {
        let Self { edits, changes } = self;
        let is_left = edits.as_ref().is_ok_and(Vec::is_empty) && changes.is_empty();
        held(is_left, format!("lockfile: {why}: {edits:?} and {changes:?} changed in place of nothing"))
    }
}

pub(super) async fn locks_follow_the_package_files(world: &World) -> Kept {
    let step = world.moved("2.0.0").await?;
    let Some(Locked { edits, .. }) = Locked::after(world, &step).await? else { return Ok(()) };
    let edits = edits.map_err(|error| format!("lockfile: the first package moves to 2.0.0: {}", text(error)))?;
    held(!edits.is_empty(), "lockfile: the first package moves to 2.0.0: no edit in place of the lockfile's")?;
    world.write(&edits);
    let again = world.locks(&step).await.map_err(text)?;
    held(again.is_empty(), format!("lockfile: the edits are made, and more are asked for: {again:?} in place of none"))
}

pub(super) async fn a_lock_that_fits_is_left(world: &World) -> Kept {
    let step = world.moved("1.0.0").await?;
    let Some(locked) = Locked::after(world, &step).await? else { return Ok(()) };
    locked.is_nothing("it fits")
}

pub(super) async fn a_lock_that_was_stale_is_told(world: &World) -> Kept {
    world.around.forget_lock(&world.folder);
    let step = world.moved("2.0.0").await?;
    let Some(Locked { edits, .. }) = Locked::after(world, &step).await? else { return Ok(()) };
    let is_told = edits.as_ref().is_err_and(|error| error.kind() == ErrorKind::Precondition);
    held(is_told, format!("lockfile: it was stale before the move to 2.0.0: {edits:?} in place of `Precondition`"))
}

pub(super) async fn where_there_is_no_lock_none_is_made(world: &World) -> Kept {
    world.around.remove_lock(&world.folder);
    let step = world.moved("2.0.0").await?;
    let Some(locked) = Locked::after(world, &step).await? else { return Ok(()) };
    locked.is_nothing("there is none")
}

pub(super) async fn what_is_in_the_way_is_found(world: &World) -> Kept {
    let before = Snapshot::of(&world.folder);
    let request = world.check_request().await?;
    let findings = world.manager.check(&request).await;
    if !world.manager.capabilities().checks {
        return untouched(&findings, &before, &world.folder);
    }
    let is_clear = findings.as_ref().is_ok_and(Vec::is_empty);
    held(is_clear, format!("checks: nothing is in the way: {findings:?} in place of no finding"))?;
    world.around.spoil(&world.folder);
    let found = world.findings().await?;
    let is_found = found.iter().any(|finding| finding.fixable);
    held(is_found, format!("checks: something fixable is in the way: {found:?} in place of a finding that is fixable"))
}

/// What tells one finding from another.
fn told(findings: &[Finding]) -> BTreeSet<String> {
    findings.iter().map(|it| format!("{} {} {:?}", it.code, it.message, it.place)).collect()
}

pub(super) async fn all_that_is_in_the_way_is_told(world: &World) -> Kept {
    world.around.spoil(&world.folder);
    world.around.spoil_otherwise(&world.folder);
    let before = Snapshot::of(&world.folder);
    let findings = world.manager.check(&world.check_request().await?).await;
    if !world.manager.capabilities().checks {
        return untouched(&findings, &before, &world.folder);
    }
    let found = findings.map_err(text)?;
    let has_both = told(&found).len() > 1 && found.iter().any(|it| it.fixable) && found.iter().any(|it| !it.fixable);
    held(
        has_both,
        format!("checks: one thing that is fixable and one that is not are in the way: {found:?} in place of both"),
    )
}

pub(super) async fn what_is_fixable_is_mended(world: &World) -> Kept {
    world.around.spoil(&world.folder);
    let before = Snapshot::of(&world.folder);
    let edits = world.manager.fix(&world.check_request().await?).await;
    if !world.manager.capabilities().checks {
        return untouched(&edits, &before, &world.folder);
    }
    world.write(&edits.map_err(text)?);
    let found = world.findings().await?;
    let is_mended = !found.iter().any(|finding| finding.fixable);
    held(is_mended, format!("checks: what is fixable is mended: {found:?} in place of nothing that is fixable"))
}

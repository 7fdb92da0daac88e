//! What is sent, and what installers make of it.

use std::fs;
use std::time::Duration;

use releasekit_core::package_manager::{Reply, Resolved};
use releasekit_core::{BackendError, Diagnostic, ErrorKind};

use super::world::{World, is_unsupported, text};
use crate::suite::{Kept, held};

pub(super) async fn a_file_goes_by_the_route(world: &World) -> Kept {
    let artifact = world.built("out").await?.remove(0);
    let reply = world.upload(&artifact).await?;
    let stored = world.around.stored();
    if world.sends_files() {
        let digest = artifact.digests.first().map(|digest| digest.value.as_str());
        let is_there = matches!(reply, Reply::Accepted) && stored.values().map(String::as_str).eq(digest);
        let what = format!("route: `{}` is sent: {reply:?} with {stored:?} stored", artifact.file_name);
        return held(is_there, format!("{what} in place of accepted with {digest:?}"));
    }
    let is_refused = matches!(&reply, Reply::Refused(error) if error.kind() == ErrorKind::Unsupported);
    let what = format!("route: the tool sends no file: {reply:?} with {stored:?} stored");
    held(is_refused && stored.is_empty(), format!("{what} in place of `Unsupported` with nothing"))
}

pub(super) async fn other_bytes_are_refused(world: &World) -> Kept {
    if !world.sends_files() {
        return Ok(());
    }
    let artifact = world.built("out").await?.remove(0);
    world.upload(&artifact).await?;
    let before = world.around.stored();
    world.around.rework(&world.folder);
    let other = world.built("other").await?.remove(0);
    let is_other = other.file_name == artifact.file_name && other.digests != artifact.digests;
    held(
        is_other,
        format!("the first package is reworked: {other:?} in place of other bytes of `{}`", artifact.file_name),
    )?;
    let reply = world.upload(&other).await?;
    let is_refused = matches!(&reply, Reply::Refused(error) if error.kind() == ErrorKind::Conflict);
    let what = format!("other bytes of the name `{}`", artifact.file_name);
    held(is_refused, format!("{what}: {reply:?} in place of a refusal with `Conflict`"))?;
    let after = world.around.stored();
    held(after == before, format!("{what}: {after:?} is stored in place of {before:?}"))
}

pub(super) async fn a_delay_is_told_where_it_is_known(world: &World) -> Kept {
    if !world.sends_files() {
        return Ok(());
    }
    let artifact = world.built("out").await?.remove(0);
    world.around.ask_to_wait(&artifact.file_name, 7);
    let reply = world.upload(&artifact).await?;
    let Reply::Refused(error) = &reply else {
        return held(false, format!("the registry asks to wait: {reply:?} in place of a refusal with `RateLimited`"));
    };
    let expected = (ErrorKind::RateLimited, world.manager.capabilities().retry_after.then(|| Duration::from_secs(7)));
    let found = (error.kind(), error.retry_after());
    held(found == expected, format!("retry_after: the registry asks for 7 seconds: {found:?} in place of {expected:?}"))
}

/// Holds a tool that sends nothing to what it says that it can do: the suite has nothing live to ask for.
fn answered<T: std::fmt::Debug>(capability: &str, result: &Result<T, BackendError>) -> Kept {
    held(!is_unsupported(result), format!("{capability}: it is a capability: {result:?} in place of an answer"))
}

pub(super) async fn installers_choose_what_is_live(world: &World) -> Kept {
    if !world.manager.capabilities().resolves {
        let chosen = world.resolve(0).await?;
        return held(is_unsupported(&chosen), format!("without resolves: {chosen:?} in place of `Unsupported`"));
    }
    if !world.sends_files() {
        return answered("resolves", &world.resolve(0).await?);
    }
    let missing = world.resolve(0).await?.map_err(text)?;
    let name = world.package(0).await?.name;
    let is_missing =
        matches!(&missing, Resolved::NotChosen { packages, .. } if packages == std::slice::from_ref(&name));
    held(is_missing, format!("resolves: nothing is live: {missing:?} in place of `{name}`, not chosen"))?;
    world.released(0).await?;
    let chosen = world.resolve(0).await?.map_err(text)?;
    held(chosen == Resolved::Chosen, format!("resolves: `{name}` 1.0.0 is live: {chosen:?} in place of chosen"))
}

pub(super) async fn what_contradicts_is_not_chosen(world: &World) -> Kept {
    if !world.manager.capabilities().resolves {
        let chosen = world.resolve(1).await?;
        return held(is_unsupported(&chosen), format!("without resolves: {chosen:?} in place of `Unsupported`"));
    }
    if !world.sends_files() {
        return answered("resolves", &world.resolve(1).await?);
    }
    let second = world.installable(1).await?;
    world.released(1).await?;
    let old = world.installable(0).await?;
    world.released(0).await?;
    world.moved("2.0.0").await?;
    let new = world.installable(0).await?;
    world.released(0).await?;
    let apart = world.resolve_all("apart", vec![second.clone(), new]).await?.map_err(text)?;
    let is_told = matches!(apart, Resolved::NotChosen { .. });
    let what = "resolves: the second requires the first below 2.0.0";
    held(is_told, format!("{what}, and both are asked for at 1.0.0 and 2.0.0: {apart:?} in place of not chosen"))?;
    let together = world.resolve_all("together", vec![second, old]).await?.map_err(text)?;
    held(
        together == Resolved::Chosen,
        format!("{what}, and both are asked for at 1.0.0: {together:?} in place of chosen"),
    )
}

pub(super) async fn what_is_live_can_be_installed(world: &World) -> Kept {
    if !world.manager.capabilities().smoke_test {
        let installed = world.install(0, "1.0.0").await?;
        return held(
            is_unsupported(&installed),
            format!("without smoke_test: {installed:?} in place of `Unsupported`"),
        );
    }
    if !world.sends_files() {
        return answered("smoke_test", &world.install(0, "1.0.0").await?);
    }
    world.released(0).await?;
    let installed = world.install(0, "1.0.0").await?;
    held(installed.is_ok(), format!("smoke_test: 1.0.0 is live: {installed:?} in place of installed"))?;
    let folder = world.install_folder(0, "1.0.0");
    let mut entries = fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    held(
        entries.next().is_some(),
        "smoke_test: 1.0.0 is installed: its folder is empty in place of what was installed",
    )?;
    let missing = world.install(0, "9.9.9").await?;
    let is_told = missing.as_ref().is_err_and(|error| error.kind() == ErrorKind::ToolFailed);
    held(is_told, format!("smoke_test: 9.9.9 is not live: {missing:?} in place of `ToolFailed`"))
}

pub(super) async fn what_is_required_is_installed_too(world: &World) -> Kept {
    if !world.manager.capabilities().smoke_test {
        let installed = world.install(1, "1.0.0").await?;
        return held(
            is_unsupported(&installed),
            format!("without smoke_test: {installed:?} in place of `Unsupported`"),
        );
    }
    if !world.sends_files() {
        return answered("smoke_test", &world.install(1, "1.0.0").await?);
    }
    world.released(1).await?;
    let alone = world.install(1, "1.0.0").await?;
    let is_told = alone.as_ref().is_err_and(|error| error.kind() == ErrorKind::ToolFailed);
    held(is_told, format!("smoke_test: what the second requires is not live: {alone:?} in place of `ToolFailed`"))?;
    world.released(0).await?;
    let together = world.install(1, "1.0.0").await?;
    held(together.is_ok(), format!("smoke_test: both are live: {together:?} in place of installed"))
}

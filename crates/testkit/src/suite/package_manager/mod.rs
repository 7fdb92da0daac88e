//! What package managers promise.

mod world;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Duration;

use releasekit_core::model::{ArtifactKind, Identity};
use releasekit_core::package_manager::{Reply, Resolved};
use releasekit_core::{Diagnostic, ErrorKind};

use super::{Case, Kept, held};
use crate::snapshot::Snapshot;
use crate::{cases, sha256};
use world::{is_unsupported, text, untouched};

pub use world::{Surroundings, World};

/// Every promise.
pub const CASES: &[Case<World>] = cases![
    the_tool_says_which_it_is,
    what_counts_lies_outside_of_exports,
    locks_follow_the_package_files by lockfile,
    a_lock_that_fits_is_left by lockfile,
    what_is_in_the_way_is_found by checks,
    what_is_fixable_is_mended by checks,
    a_build_makes_the_usual_artifacts by artifacts,
    artifacts_are_ordered_as_they_are_uploaded,
    artifacts_are_what_lies_in_the_folder,
    two_builds_have_one_content,
    an_artifact_says_whose_it_is,
    what_is_no_artifact_is_told,
    a_file_goes_by_the_route by route,
    other_bytes_are_refused by route,
    a_delay_is_told_where_it_is_known by retry_after,
    installers_choose_what_is_live by resolves,
    what_is_live_can_be_installed by smoke_test,
];

async fn the_tool_says_which_it_is(world: &World) -> Kept {
    let tool = world.manager.tool().await.map_err(text)?;
    held(!tool.name.is_empty() && !tool.version.is_empty() && !tool.least.is_empty(), format!("it is named: {tool:?}"))
}

async fn what_counts_lies_outside_of_exports(world: &World) -> Kept {
    let files = world.manager.trusted_files();
    let inside = files.iter().find(|file| !file.is_absolute() || file.starts_with(&world.folder));
    held(inside.is_none(), format!("no file of an export decides what programs do: {inside:?}"))
}

async fn locks_follow_the_package_files(world: &World) -> Kept {
    let step = world.moved("2.0.0").await?;
    let before = Snapshot::of(&world.folder);
    let edits = world.locks(&step).await;
    if !world.manager.capabilities().lockfile {
        return untouched(&edits, &before, &world.folder);
    }
    let edits = edits.map_err(text)?;
    held(!edits.is_empty(), "lockfile: a moved package is a change of the lockfile")?;
    world.write(&edits);
    let again = world.locks(&step).await.map_err(text)?;
    held(again.is_empty(), format!("lockfile: what was written fits: {again:?}"))
}

async fn a_lock_that_fits_is_left(world: &World) -> Kept {
    let step = world.moved("1.0.0").await?;
    let before = Snapshot::of(&world.folder);
    let edits = world.locks(&step).await;
    if !world.manager.capabilities().lockfile {
        return untouched(&edits, &before, &world.folder);
    }
    let changes = before.changes(&Snapshot::of(&world.folder));
    let is_left = edits.as_ref().is_ok_and(Vec::is_empty) && changes.is_empty();
    held(is_left, format!("lockfile: it fits: {edits:?} {changes:?}"))
}

async fn what_is_in_the_way_is_found(world: &World) -> Kept {
    let before = Snapshot::of(&world.folder);
    let request = world.check_request().await?;
    let findings = world.manager.check(&request).await;
    if !world.manager.capabilities().checks {
        return untouched(&findings, &before, &world.folder);
    }
    held(findings.as_ref().is_ok_and(Vec::is_empty), format!("checks: nothing is in the way: {findings:?}"))?;
    world.around.spoil(&world.folder);
    let found = world.findings().await?;
    held(found.iter().any(|finding| finding.fixable), format!("checks: what is fixable is found: {found:?}"))
}

async fn what_is_fixable_is_mended(world: &World) -> Kept {
    world.around.spoil(&world.folder);
    let before = Snapshot::of(&world.folder);
    let edits = world.manager.fix(&world.check_request().await?).await;
    if !world.manager.capabilities().checks {
        return untouched(&edits, &before, &world.folder);
    }
    world.write(&edits.map_err(text)?);
    let found = world.findings().await?;
    held(!found.iter().any(|finding| finding.fixable), format!("checks: nothing is left to mend: {found:?}"))
}

async fn a_build_makes_the_usual_artifacts(world: &World) -> Kept {
    let artifacts = world.built("out").await?;
    let kinds: Vec<ArtifactKind> =
        artifacts.iter().filter(|artifact| artifact.classifier.is_none()).map(|artifact| artifact.kind).collect();
    let usual = world.manager.capabilities().artifacts;
    let is_usual = kinds.len() == usual.len() && kinds.iter().collect::<BTreeSet<_>>() == usual.iter().collect();
    held(is_usual, format!("artifacts: one of each of {usual:?}: {kinds:?}"))?;
    for artifact in &artifacts {
        let platform = world.manager.inspect(&artifact.path).map_err(text)?.platform;
        held(platform.is_none(), format!("artifacts: they are bound to no platform: {platform:?}"))?;
    }
    Ok(())
}

async fn artifacts_are_ordered_as_they_are_uploaded(world: &World) -> Kept {
    let kinds: Vec<ArtifactKind> = world.built("out").await?.iter().map(|artifact| artifact.kind).collect();
    held(kinds.is_sorted(), format!("what installers prefer comes first: {kinds:?}"))
}

async fn artifacts_are_what_lies_in_the_folder(world: &World) -> Kept {
    for artifact in world.built("out").await? {
        let bytes = fs::read(&artifact.path).map_err(|error| error.to_string())?;
        let first = artifact.digests.first().map(|digest| digest.value.as_str());
        let is_there = artifact.path.starts_with(world.scratch("out")) && artifact.size == bytes.len() as u64;
        held(is_there && first == Some(sha256(&bytes).as_str()), format!("it lies there as described: {artifact:?}"))?;
        let described = world.manager.artifact(&artifact.path).map_err(text)?;
        held(described.as_ref() == Some(&artifact), format!("it is described alike: {described:?}"))?;
    }
    Ok(())
}

async fn two_builds_have_one_content(world: &World) -> Kept {
    for (one, other) in world.built("one").await?.iter().zip(world.built("other").await?) {
        let content =
            |file: &Path| world.manager.inspect(file).map(|identity: Identity| identity.members).map_err(text);
        let members = content(&one.path)?;
        held(!members.is_empty(), format!("{} has content, by which others are told from it", one.file_name))?;
        held(members == content(&other.path)?, format!("{} has one content", one.file_name))?;
    }
    Ok(())
}

async fn an_artifact_says_whose_it_is(world: &World) -> Kept {
    for artifact in world.built("out").await? {
        let identity = world.manager.inspect(&artifact.path).map_err(text)?;
        let names = [identity.name.as_str(), world.packages[0]].map(|name| world.workspace.normalize(name));
        held(names[0] == names[1] && identity.version.as_str() == "1.0.0", format!("it is the package: {identity:?}"))?;
    }
    Ok(())
}

async fn what_is_no_artifact_is_told(world: &World) -> Kept {
    let artifact = world.built("out").await?.remove(0);
    let (other, empty) = (world.scratch("other").join("README"), world.scratch("empty").join(&artifact.file_name));
    for file in [&other, &empty] {
        fs::write(file, "nothing").expect("the folder is ours");
    }
    let described = world.manager.artifact(&other).map_err(text)?;
    held(described.is_none(), format!("a name tells that it is none: {described:?}"))?;
    let read = world.manager.inspect(&empty);
    let is_invalid = read.as_ref().is_err_and(|error| error.kind() == ErrorKind::Invalid);
    held(is_invalid, format!("what is not one inside is invalid: {read:?}"))
}

async fn a_file_goes_by_the_route(world: &World) -> Kept {
    let artifact = world.built("out").await?.remove(0);
    let reply = world.upload(&artifact).await?;
    let stored = world.around.stored();
    if world.sends_files() {
        let digest = artifact.digests.first().map(|digest| digest.value.as_str());
        let is_there = stored.values().map(String::as_str).eq(digest);
        return held(matches!(reply, Reply::Accepted) && is_there, format!("route: the file is sent: {reply:?}"));
    }
    let is_refused = matches!(&reply, Reply::Refused(error) if error.kind() == ErrorKind::Unsupported);
    held(is_refused && stored.is_empty(), format!("route: it sends nothing: {reply:?}"))
}

async fn other_bytes_are_refused(world: &World) -> Kept {
    if !world.sends_files() {
        return Ok(());
    }
    let artifact = world.built("out").await?.remove(0);
    world.upload(&artifact).await?;
    let before = world.around.stored();
    let other = world.scratch("other").join(&artifact.file_name);
    let bytes = [fs::read(&artifact.path).expect("it was built"), b"more = 1\n".to_vec()].concat();
    fs::write(&other, bytes).expect("the folder is ours");
    let other = world.manager.artifact(&other).map_err(text)?.ok_or("its name is an artifact's")?;
    let reply = world.upload(&other).await?;
    let is_refused = matches!(&reply, Reply::Refused(_)) && world.around.stored() == before;
    held(is_refused, format!("other bytes of the same name are refused, and the first ones stay: {reply:?}"))
}

async fn a_delay_is_told_where_it_is_known(world: &World) -> Kept {
    if !world.sends_files() {
        return Ok(());
    }
    let artifact = world.built("out").await?.remove(0);
    world.around.ask_to_wait(&artifact.file_name, 7);
    let reply = world.upload(&artifact).await?;
    let Reply::Refused(error) = &reply else { return held(false, format!("it is refused for now: {reply:?}")) };
    let known = world.manager.capabilities().retry_after.then(|| Duration::from_secs(7));
    let is_told = error.kind() == ErrorKind::RateLimited && error.retry_after() == known;
    held(is_told, format!("retry_after: what the registry asks for: {:?}", error.retry_after()))
}

async fn installers_choose_what_is_live(world: &World) -> Kept {
    if !world.manager.capabilities().resolves {
        let chosen = world.resolve(0).await?;
        return held(is_unsupported(&chosen), format!("without resolves it is unsupported: {chosen:?}"));
    }
    if !world.sends_files() {
        return Ok(());
    }
    let missing = world.resolve(0).await?.map_err(text)?;
    let name = world.package(0).await?.name;
    let is_missing = matches!(&missing, Resolved::NotChosen { packages, .. } if *packages == [name]);
    held(is_missing, format!("resolves: what is not live is not chosen: {missing:?}"))?;
    world.released().await?;
    let chosen = world.resolve(0).await?.map_err(text)?;
    held(chosen == Resolved::Chosen, format!("resolves: what is live is chosen: {chosen:?}"))
}

async fn what_is_live_can_be_installed(world: &World) -> Kept {
    if !world.manager.capabilities().smoke_test {
        let installed = world.install("1.0.0").await?;
        return held(is_unsupported(&installed), format!("without smoke_test it is unsupported: {installed:?}"));
    }
    if !world.sends_files() {
        return Ok(());
    }
    world.released().await?;
    world.install("1.0.0").await?.map_err(|error| format!("smoke_test: what is live is installed: {error}"))?;
    let missing = world.install("9.9.9").await?;
    held(missing.is_err_and(|error| error.kind() == ErrorKind::ToolFailed), "smoke_test: what is not live is not")
}

//! What is built, and what it says of itself.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use releasekit_core::model::{Artifact, ArtifactKind, Identity, Member, Requirement};
use releasekit_core::{Diagnostic, ErrorKind};

use super::world::{World, text, untouched};
use crate::sha256;
use crate::snapshot::Snapshot;
use crate::suite::{Kept, held};

pub(super) async fn a_build_makes_the_usual_artifacts(world: &World) -> Kept {
    let artifacts = world.built("out").await?;
    let kinds: Vec<ArtifactKind> =
        artifacts.iter().filter(|artifact| artifact.classifier.is_none()).map(|artifact| artifact.kind).collect();
    let usual = world.manager.capabilities().artifacts;
    let is_usual = kinds.len() == usual.len() && kinds.iter().collect::<BTreeSet<_>>() == usual.iter().collect();
    held(is_usual, format!("artifacts: a build makes {kinds:?} in place of one of each of {usual:?}"))?;
    for artifact in &artifacts {
        let platform = world.manager.inspect(&artifact.path).map_err(text)?.platform;
        held(
            platform.is_none(),
            format!("artifacts: `{}` is bound to {platform:?} in place of none", artifact.file_name),
        )?;
    }
    Ok(())
}

pub(super) async fn artifacts_are_ordered_as_they_are_uploaded(world: &World) -> Kept {
    let kinds: Vec<ArtifactKind> = world.built("out").await?.iter().map(|artifact| artifact.kind).collect();
    let mut expected = kinds.clone();
    expected.sort();
    held(kinds == expected, format!("what installers prefer comes first: {kinds:?} in place of {expected:?}"))
}

pub(super) async fn artifacts_are_what_lies_in_the_folder(world: &World) -> Kept {
    for artifact in world.built("out").await? {
        let bytes = fs::read(&artifact.path).map_err(|error| error.to_string())?;
        let first = artifact.digests.first().map(|digest| digest.value.as_str());
        let out = world.scratch("out");
        let is_there = artifact.path.starts_with(&out) && artifact.size == bytes.len() as u64;
        let expected = (bytes.len(), sha256(&bytes));
        held(
            is_there && first == Some(expected.1.as_str()),
            format!("what was built in {} is described as {artifact:?} in place of {expected:?}", out.display()),
        )?;
        let described = world.manager.artifact(&artifact.path).map_err(text)?;
        let is_alike = described.as_ref() == Some(&artifact);
        held(
            is_alike,
            format!("what `build` describes, `artifact` describes: {described:?} in place of {artifact:?}"),
        )?;
    }
    Ok(())
}

pub(super) async fn nothing_else_lies_beside_artifacts(world: &World) -> Kept {
    world.scratch("out-1");
    let artifacts = world.built_of(1, "out").await?;
    let folders = [world.scratch("out-beside-0"), world.scratch("out-1")];
    let mut described: Vec<PathBuf> = artifacts.into_iter().map(|artifact| artifact.path).collect();
    let beside = fs::read_dir(&folders[0]).map_err(|error| error.to_string())?.flatten();
    for file in beside.map(|entry| entry.path()) {
        described.extend(world.manager.artifact(&file).map_err(text)?.map(|artifact| artifact.path));
    }
    described.extend(folders.clone());
    let root = folders[0].parent().unwrap_or(&folders[0]);
    let mut strange: Vec<PathBuf> = world.scratched().entries().keys().map(|path| root.join(path)).collect();
    strange.retain(|path| !described.contains(path));
    held(
        strange.is_empty(),
        format!("both packages are built: {strange:?} lie outside of the export and are no artifact"),
    )?;
    let missing: Vec<&PathBuf> = described.iter().filter(|path| !path.exists()).collect();
    let is_left = missing.is_empty() && described.iter().any(|path| path.parent() == Some(folders[0].as_path()));
    held(is_left, format!("both packages are built: {missing:?} and what was built first are gone in place of left"))
}

pub(super) async fn a_build_of_nothing_is_told(world: &World) -> Kept {
    let built = world.built_from_nothing().await?;
    held(built.is_err(), format!("the first package's folder is gone: a build makes {built:?} in place of a failure"))
}

/// The content of artifacts.
fn contents(world: &World, artifacts: &[Artifact]) -> Result<Vec<Vec<Member>>, String> {
    artifacts.iter().map(|it| world.manager.inspect(&it.path).map(|identity| identity.members).map_err(text)).collect()
}

pub(super) async fn other_sources_have_other_content(world: &World) -> Kept {
    let one = contents(world, &world.built("one").await?)?;
    let step = world.moved("2.0.0").await?;
    // A build may want a lockfile that fits; whether it can be had is the matter of other cases.
    if let Ok(edits) = world.locks(&step).await {
        world.write(&edits);
    }
    let other = contents(world, &world.built("other").await?)?;
    let alike = one.iter().zip(&other).find(|(one, other)| !one.is_empty() && one == other);
    held(
        alike.is_none(),
        format!("the first package moves to 2.0.0, and is built: {alike:?} are members of both versions"),
    )
}

pub(super) async fn what_is_inside_counts_whatever_its_file_is_called(world: &World) -> Kept {
    for artifact in world.built("out").await? {
        let expected = world.manager.inspect(&artifact.path).map_err(text)?;
        let name = artifact.file_name.replace("1.0.0", "9.9.9").replace(world.packages[0], "strange");
        let file = world.scratch("elsewhere").join(&name);
        fs::copy(&artifact.path, &file).map_err(|error| error.to_string())?;
        let found = world.manager.inspect(&file);
        let is_so = match &found {
            Ok(found) => *found == expected,
            Err(error) => error.kind() == ErrorKind::Invalid,
        };
        let what = format!("`{}` lies elsewhere as `{name}`", artifact.file_name);
        held(is_so, format!("{what}: it says {found:?} in place of {expected:?} or `Invalid`"))?;
    }
    Ok(())
}

pub(super) async fn a_file_is_described_as_it_is_now(world: &World) -> Kept {
    for artifact in world.built("out").await? {
        world.manager.artifact(&artifact.path).map_err(text)?;
        let bytes = [fs::read(&artifact.path).map_err(|error| error.to_string())?, b"\n".to_vec()].concat();
        fs::write(&artifact.path, &bytes).map_err(|error| error.to_string())?;
        let found = world.manager.artifact(&artifact.path).map_err(text)?;
        let found = found.map(|it| (it.size, it.digests.first().map(|digest| digest.value.clone())));
        let expected = Some((bytes.len() as u64, Some(sha256(&bytes))));
        let what = format!("`{}` has one byte more than before", artifact.file_name);
        held(found == expected, format!("{what}: {found:?} in place of {expected:?}"))?;
    }
    Ok(())
}

pub(super) async fn what_is_inspected_stays_as_it_is(world: &World) -> Kept {
    let artifacts = world.built("out").await?;
    let before = world.scratched();
    for artifact in &artifacts {
        world.manager.inspect(&artifact.path).map_err(text)?;
        world.manager.artifact(&artifact.path).map_err(text)?;
    }
    let changes = before.changes(&world.scratched());
    held(changes.is_empty(), format!("artifacts are inspected and described: {changes:?} changed in place of nothing"))
}

pub(super) async fn two_builds_have_one_content(world: &World) -> Kept {
    for (one, other) in world.built("one").await?.iter().zip(world.built_elsewhere("other").await?) {
        let content =
            |file: &Path| world.manager.inspect(file).map(|identity: Identity| identity.members).map_err(text);
        let members = [content(&one.path)?, content(&other.path)?];
        let name = &one.file_name;
        held(
            !members[0].is_empty(),
            format!("`{name}` has no member in place of those by which others are told from it"),
        )?;
        held(members[0].is_sorted(), format!("`{name}` has members in another order than theirs: {:?}", members[0]))?;
        held(members[0] == members[1], format!("two builds of `{name}` have members that differ: {members:?}"))?;
    }
    Ok(())
}

pub(super) async fn what_is_built_together_is_what_is_built_alone(world: &World) -> Kept {
    let before = Snapshot::of(&world.folder);
    let together = world.built_together("together").await?;
    if !world.manager.capabilities().builds_together {
        return untouched(&together, &before, &world.folder);
    }
    let together = together.map_err(text)?;
    let mut alone = Vec::new();
    for which in [0, 1] {
        alone.push(world.built_of(which, "alone").await?);
    }
    let described = |all: &[Vec<Artifact>]| -> Result<Vec<_>, String> {
        let one = |artifacts: &Vec<Artifact>| {
            let names: Vec<String> = artifacts.iter().map(|artifact| artifact.file_name.clone()).collect();
            Ok((names, contents(world, artifacts)?))
        };
        all.iter().map(one).collect()
    };
    let (found, expected) = (described(&together)?, described(&alone)?);
    let what = "builds_together: both packages are built at once, in the order of the requests";
    held(found == expected, format!("{what}: {found:?} in place of {expected:?}"))
}

pub(super) async fn an_artifact_says_whose_it_is(world: &World) -> Kept {
    let expected = (world.workspace.normalize(world.packages[0]), "1.0.0".to_owned());
    for artifact in world.built("out").await? {
        let identity = world.manager.inspect(&artifact.path).map_err(text)?;
        let found = (world.workspace.normalize(identity.name.as_str()), identity.version.to_string());
        held(
            found == expected,
            format!("`{}` says that it is {found:?} in place of {expected:?}", artifact.file_name),
        )?;
    }
    Ok(())
}

pub(super) async fn an_artifact_says_what_it_requires(world: &World) -> Kept {
    let sorted = |mut requirements: Vec<Requirement>| {
        requirements.sort();
        requirements
    };
    for which in [0, 1] {
        let package = world.package(which).await?;
        let expected = sorted(package.requirements);
        held(
            which == 0 || !expected.is_empty(),
            format!("`{}` requires the first, and says nothing of it", package.name),
        )?;
        for artifact in world.built_of(which, "out").await? {
            let found = sorted(world.manager.inspect(&artifact.path).map_err(text)?.requirements);
            let what = format!("`{}` requires what the package file says", artifact.file_name);
            held(found == expected, format!("{what}: {found:?} in place of {expected:?}"))?;
        }
    }
    Ok(())
}

pub(super) async fn what_is_no_artifact_is_told(world: &World) -> Kept {
    let artifact = world.built("out").await?.remove(0);
    let (other, empty) = (world.scratch("other").join("README"), world.scratch("empty").join(&artifact.file_name));
    let half = world.scratch("other").join(format!("{}.part", artifact.file_name));
    for file in [&other, &half] {
        fs::write(file, "nothing").expect("the folder is ours");
        let described = world.manager.artifact(file).map_err(text)?;
        let what = format!("{} is no artifact by its name", file.display());
        held(described.is_none(), format!("{what}: {described:?} in place of none"))?;
    }
    let missing = world.manager.artifact(&empty);
    let what = format!("`{}` is an artifact by its name, and is not there", artifact.file_name);
    held(!matches!(missing, Ok(None)), format!("{what}: {missing:?} in place of a failure"))?;
    for content in [&b"nothing"[..], b"", &[0x1f, 0x8b, 0xff]] {
        fs::write(&empty, content).expect("the folder is ours");
        let read = world.manager.inspect(&empty);
        let is_invalid = read.as_ref().is_err_and(|error| error.kind() == ErrorKind::Invalid);
        let what = format!("`{}` is none inside, but {content:?}", artifact.file_name);
        held(is_invalid, format!("{what}: {read:?} in place of `Invalid`"))?;
    }
    Ok(())
}

//! What is built, and what it says of itself.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use releasekit_core::model::{ArtifactKind, Identity, Requirement};
use releasekit_core::{Diagnostic, ErrorKind};

use super::world::{World, text};
use crate::sha256;
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

pub(super) async fn two_builds_have_one_content(world: &World) -> Kept {
    for (one, other) in world.built("one").await?.iter().zip(world.built("other").await?) {
        let content =
            |file: &Path| world.manager.inspect(file).map(|identity: Identity| identity.members).map_err(text);
        let members = [content(&one.path)?, content(&other.path)?];
        let name = &one.file_name;
        held(
            !members[0].is_empty(),
            format!("`{name}` has no member in place of those by which others are told from it"),
        )?;
        held(members[0] == members[1], format!("two builds of `{name}` have members that differ: {members:?}"))?;
    }
    Ok(())
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
    for file in [&other, &empty] {
        fs::write(file, "nothing").expect("the folder is ours");
    }
    let described = world.manager.artifact(&other).map_err(text)?;
    held(described.is_none(), format!("`README` is no artifact by its name: {described:?} in place of none"))?;
    let read = world.manager.inspect(&empty);
    let is_invalid = read.as_ref().is_err_and(|error| error.kind() == ErrorKind::Invalid);
    held(is_invalid, format!("`{}` is none inside: {read:?} in place of `Invalid`", artifact.file_name))
}

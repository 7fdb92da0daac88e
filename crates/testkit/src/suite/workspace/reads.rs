//! What is found in the files.

use std::sync::Arc;

use releasekit_core::model::{DependencyKind, Order, Package, Propagation, Published, RepoPath};
use releasekit_core::tree::{MemoryTree, Overlay};
use releasekit_core::workspace::{DetectRequest, DiscoverRequest};
use releasekit_core::{Diagnostic, ErrorKind, FileEdit, Tree};

use super::world::{State, World, path, said};
use crate::suite::{Kept, held};

pub(super) async fn roots_are_found_and_sorted(world: &World) -> Kept {
    let found = world.roots_without(&[]).await?;
    held(found == world.roots, format!("the roots: {found:?} in place of {:?}", world.roots))
}

pub(super) async fn where_no_workspace_is_none_is_found(world: &World) -> Kept {
    let tree: Arc<dyn Tree> = Arc::new(MemoryTree::new([(path("README.md"), "nothing")]));
    let found = world.workspace.detect(&DetectRequest::new(tree.clone())).await.map_err(said)?;
    held(found.is_empty(), format!("there is a `README.md` and nothing else: the roots are {found:?} in place of none"))
}

pub(super) async fn what_is_excluded_is_no_root(world: &World) -> Kept {
    let Some((excluded, others)) = world.roots.split_last().filter(|(last, _)| !last.is_empty()) else {
        // The repository's own folder is no glob.
        return Ok(());
    };
    for globs in [&[*excluded][..], &["nothing-here", excluded]] {
        let found = world.roots_without(globs).await?;
        held(found == others, format!("{globs:?} are excluded: the roots are {found:?} in place of {others:?}"))?;
    }
    Ok(())
}

pub(super) async fn packages_are_ordered_by_path(world: &World) -> Kept {
    let state = world.begin().await?;
    let names: Vec<_> = state.packages.iter().map(|package| world.workspace.normalize(package.name.as_str())).collect();
    let expected = world.packages.map(|name| world.workspace.normalize(name));
    held(names == expected, format!("all packages by their paths: {names:?} in place of {expected:?}"))
}

pub(super) async fn what_lies_beside_a_root_belongs_to_none_of_it(world: &World) -> Kept {
    let Some(root) = world.roots.first().filter(|root| !root.is_empty()) else { return Ok(()) };
    let state = world.begin().await?;
    let below = world.files.iter().filter_map(|(file, text)| Some((file.strip_prefix(root)?, text)));
    let copies = below.map(|(file, text)| FileEdit::write(path(&format!("{root}-too{file}")), text.as_str()));
    let after = world.after(&state, copies.collect()).await?;
    let paths = |state: &State| state.packages.iter().map(|it| it.path.to_string()).collect::<Vec<_>>();
    let (found, expected) = (paths(&after), paths(&state));
    held(found == expected, format!("`{root}-too` is like `{root}`, where {found:?} are in place of {expected:?}"))
}

pub(super) async fn a_version_is_said_in_its_canonical_spelling(world: &World) -> Kept {
    let scheme = world.workspace.scheme();
    let is_other = |text: &&str| scheme.parse(text).is_ok_and(|version| version.as_str() == "1.0.0");
    let Some(spelling) = ["v1.0.0", "01.0.0", "1.0"].into_iter().find(is_other) else { return Ok(()) };
    let state = world.with_first(&world.begin().await?, |text| text.replace("1.0.0", spelling)).await?;
    let found = world.version(&state, 0)?;
    held(
        found.as_deref() == Some("1.0.0"),
        format!("the first package's file says `{spelling}`: it is at {found:?} in place of 1.0.0"),
    )
}

pub(super) async fn packages_say_what_their_files_say(world: &World) -> Kept {
    let state = world.begin().await?;
    for which in [0, 1] {
        let package = world.find(&state, which)?;
        let (name, version) = (&package.name, package.version.as_ref().map(ToString::to_string));
        held(version.as_deref() == Some("1.0.0"), format!("`{name}` is at {version:?} in place of 1.0.0"))?;
        let file = package.version_file.as_ref();
        let is_there = file.map(|file| state.tree.read(file)).transpose().map_err(said)?.flatten().is_some();
        held(is_there, format!("the version of `{name}` stands in {file:?} in place of a file that is there"))?;
        let has_file = state.tree.read(&package.manifest).map_err(said)?.is_some();
        let is_inside = has_file && package.manifest.starts_with(&package.path);
        let (file, folder) = (&package.manifest, &package.path);
        held(
            is_inside,
            format!("the package file of `{name}`: `{file}` in place of a file in its folder, `{folder}`"),
        )?;
    }
    let (dependency, first) = (world.dependency(&state)?, world.find(&state, 0)?);
    let (found, expected) = (&dependency.name, &first.name);
    held(
        found == expected,
        format!("a dependency names the package as that names itself: {found} in place of {expected}"),
    )?;
    let is_needed = dependency.kind != DependencyKind::Dev && dependency.published != Published::No;
    held(is_needed, format!("whoever uses the second package needs `{found}`: {dependency:?} in place of that"))?;
    let admits = [world.admits(&state, "1.1.0")?, world.admits(&state, "2.0.0")?];
    let what = format!("`{}` admits 1.1.0 and not 2.0.0", dependency.requirement);
    held(admits == [true, false], format!("{what}: {admits:?} in place of [true, false]"))
}

pub(super) async fn what_is_required_of_others_is_no_dependency(world: &World) -> Kept {
    let Some(outsider) = world.outsider else { return Ok(()) };
    let state = world.begin().await?;
    let second = world.find(&state, 1)?;
    let is_it = |name: &str| world.workspace.normalize(name) == world.workspace.normalize(outsider);
    let edge = second.dependencies.iter().find(|dependency| is_it(dependency.name.as_str()));
    held(edge.is_none(), format!("`{outsider}` is nobody's here, and is a dependency of `{}`: {edge:?}", second.name))
}

pub(super) async fn requirements_are_those_that_are_published(world: &World) -> Kept {
    let state = world.begin().await?;
    let mut expected: Vec<String> = [Some(world.packages[0]), world.outsider]
        .into_iter()
        .flatten()
        .map(|name| world.workspace.normalize(name))
        .collect();
    expected.sort();
    let of = |package: &Package| -> Vec<String> {
        let mut names: Vec<_> = package.requirements.iter().map(|it| it.name.clone()).collect();
        names.sort();
        names
    };
    let second = world.find(&state, 1)?;
    let found = of(second);
    held(found == expected, format!("`{}` publishes requirements on {found:?} in place of {expected:?}", second.name))?;
    let Some(developers) = world.developers else { return Ok(()) };
    let state = world.with_second(&state, developers).await?;
    let found = of(world.find(&state, 1)?);
    held(found.is_empty(), format!("developers alone require something: {found:?} is published in place of nothing"))
}

pub(super) async fn what_is_marked_private_is_private(world: &World) -> Kept {
    let state = world.begin().await?;
    let marks = |state: &State| -> Result<[Option<String>; 2], String> {
        Ok([world.find(state, 0)?.private.clone(), world.find(state, 1)?.private.clone()])
    };
    let before = marks(&state)?;
    held(before == [None, None], format!("no package is marked: private is {before:?} in place of none"))?;
    let Some(private) = world.private else { return Ok(()) };
    let after = marks(&world.with_second(&state, private).await?)?;
    let is_marked = matches!(after, [None, Some(_)]);
    held(is_marked, format!("the second package is marked: private is {after:?} in place of [None, Some(..)]"))
}

pub(super) async fn where_a_package_is_published_is_said(world: &World) -> Kept {
    let state = world.begin().await?;
    let before = &world.find(&state, 1)?.registries;
    held(before.is_empty(), format!("no package names a registry: the second names {before:?} in place of none"))?;
    let Some((text, expected)) = world.published else { return Ok(()) };
    let after = world.with_second(&state, text).await?;
    let found = &world.find(&after, 1)?.registries;
    held(found == expected, format!("the second package names registries: {found:?} in place of {expected:?}"))
}

pub(super) async fn what_developers_require_holds_nobody(world: &World) -> Kept {
    let Some(developers) = world.developers else { return Ok(()) };
    let state = world.with_second(&world.begin().await?, developers).await?;
    let found = world.dependency(&state)?;
    let says = (found.kind, found.orders, found.published, found.propagates);
    // It may order as far as it can, where what developers require is written into what is published.
    let expected = (DependencyKind::Dev, found.orders.max(Order::UnlessCircular), Published::No, Propagation::Never);
    held(says == expected, format!("developers alone require `{}`: {says:?} in place of {expected:?}", found.name))
}

pub(super) async fn what_is_excluded_is_left_out(world: &World) -> Kept {
    let state = world.begin().await?;
    let folder = world.find(&state, 0)?.path.to_string();
    let (rest, last) = folder.split_at(folder.len() - 1);
    let expected = [world.find(&state, 1)?.name.clone()];
    // What lies below is left out with it.
    let second = &world.find(&state, 1)?.manifest;
    let text = state.tree.read(second).map_err(said)?.unwrap_or_default();
    let below = path(&format!("{folder}/below/{}", second.file_name().unwrap_or_default()));
    let tree: Arc<dyn Tree> = Arc::new(Overlay::new(state.tree.clone(), [FileEdit::write(below, text)]));
    for globs in
        [vec![folder.clone()], vec![format!("{rest}[{last}]")], vec!["nothing-here".to_owned(), folder.clone()]]
    {
        let left = world.discover(&tree, globs.clone()).await.map_err(said)?;
        let left: Vec<_> = left.into_iter().map(|package| package.name).collect();
        held(left == expected, format!("{globs:?} are excluded: {left:?} is left in place of {expected:?}"))?;
    }
    Ok(())
}

pub(super) async fn where_nothing_is_left_nothing_fails(world: &World) -> Kept {
    let state = world.begin().await?;
    let folders = state.packages.iter().map(|package| package.path.to_string()).collect::<Vec<_>>();
    let left = world.discover(&state.tree, folders.clone()).await;
    held(left.is_ok(), format!("{folders:?} are excluded, and no package lies elsewhere: {left:?} in place of none"))
}

pub(super) async fn every_package_belongs_to_one_root(world: &World) -> Kept {
    let state = world.begin().await?;
    let manifest = &world.find(&state, 0)?.manifest;
    let text = state.tree.read(manifest).map_err(said)?.unwrap_or_default();
    let loose = path(&format!("loose/deep/{}", manifest.file_name().unwrap_or_default()));
    let tree: Arc<dyn Tree> = Arc::new(Overlay::new(state.tree.clone(), [FileEdit::write(loose, text)]));
    let roots = world.workspace.detect(&DetectRequest::new(tree.clone())).await.map_err(said)?;
    let mut found = Vec::new();
    for root in &roots {
        let request = DiscoverRequest::new(tree.clone(), root.clone());
        let packages = world.workspace.discover(&request).await.map_err(said)?.packages;
        found.extend(packages.into_iter().filter(|it| it.path.as_str() == "loose/deep").map(|_| root.clone()));
    }
    let what = format!("`loose/deep` lies outside of the workspaces, and the roots are {roots:?}");
    held(found.len() == 1, format!("{what}: it belongs to {found:?} in place of one"))
}

pub(super) async fn a_star_stays_within_a_folder(world: &World) -> Kept {
    let state = world.begin().await?;
    let folder = world.find(&state, 0)?.path.to_string();
    let (Some((first, _)), Some((_, last))) = (folder.split_once('/'), folder.rsplit_once('/')) else { return Ok(()) };
    let glob = format!("{first}*{last}");
    let left = world.discover(&state.tree, vec![glob.clone()]).await.map_err(said)?;
    let names: Vec<_> = left.iter().map(|package| &package.name).collect();
    let what = format!("`{glob}` is excluded, and a package lies in `{folder}`");
    held(names.len() == 2, format!("{what}: {names:?} are left in place of both"))
}

/// What discovering says once the package files of these packages are unreadable.
async fn unreadable(world: &World, which: &[usize]) -> Result<releasekit_core::Result<Vec<Package>>, String> {
    let state = world.begin().await?;
    let files: Vec<RepoPath> =
        which.iter().map(|at| world.find(&state, *at).map(|it| it.manifest.clone())).collect::<Result<_, _>>()?;
    let edits = files.into_iter().map(|file| FileEdit::write(file, world.unreadable));
    let tree: Arc<dyn Tree> = Arc::new(Overlay::new(state.tree.clone(), edits));
    Ok(world.discover(&tree, Vec::new()).await)
}

pub(super) async fn what_cannot_be_read_is_invalid(world: &World) -> Kept {
    let found = unreadable(world, &[1]).await?;
    let is_invalid = found.as_ref().is_err_and(|error| error.kind() == ErrorKind::Invalid);
    held(is_invalid, format!("the second package file cannot be read: {found:?} in place of `Invalid`"))
}

pub(super) async fn independent_faults_are_told_together(world: &World) -> Kept {
    let one = unreadable(world, &[1]).await?.err().map_or(0, |error| error.parts().len().max(1));
    let found = unreadable(world, &[0, 1]).await?;
    let parts = found.as_ref().err().map_or(0, |error| error.parts().len().max(1));
    held(
        parts > one,
        format!(
            "two package files cannot be read: {parts} faults in place of more than the {one} of one file: {found:?}"
        ),
    )
}

pub(super) async fn a_name_has_one_normal_form(world: &World) -> Kept {
    let normal = |name: &str| world.workspace.normalize(name);
    let form = normal(world.packages[0]);
    let (again, other) = (normal(&form), normal(world.spelling));
    let what = format!("`{}` is `{form}`", world.packages[0]);
    held(again == form, format!("{what}, and the form of that is `{again}` in place of itself"))?;
    held(other == form, format!("{what}, and `{}` is `{other}` in place of the same", world.spelling))?;
    held(form != normal(world.packages[1]), format!("{what}, and `{}` is the same", world.packages[1]))
}

/// Where a workspace names no package files, there is nothing to hold it to.
pub(super) async fn package_files_name_their_packages(world: &World) -> Kept {
    let (state, files) = (world.begin().await?, world.workspace.package_files());
    for package in state.packages.iter().filter(|_| !files.is_empty()) {
        let is_named = files.iter().any(|name| Some(*name) == package.manifest.file_name());
        held(is_named, format!("the package files are {files:?}, and `{}` is none of them", package.manifest))?;
        let content = state.tree.read(&package.manifest).map_err(said)?.unwrap_or_default();
        let name = world.workspace.package_name(&content).map(|name| world.workspace.normalize(&name));
        held(
            name == Some(world.workspace.normalize(package.name.as_str())),
            format!("`{}` names {name:?} in place of `{}`", package.manifest, package.name),
        )?;
    }
    let name = world.workspace.package_name(b"\xff");
    held(name.is_none(), format!("what cannot be read names {name:?} in place of nothing"))
}

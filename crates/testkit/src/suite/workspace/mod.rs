//! What workspaces promise.

mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use releasekit_core::model::RepoPath;
use releasekit_core::requirements::Pin;
use releasekit_core::tree::{MemoryTree, Overlay};
use releasekit_core::workspace::DetectRequest;
use releasekit_core::{Diagnostic, ErrorKind, FileEdit, Tree};

use super::{Case, Kept, held};
use crate::cases;
use world::{State, path, said};

pub use world::World;

/// Every promise.
pub const CASES: &[Case<World>] = cases![
    roots_are_found_and_sorted,
    where_no_workspace_is_none_is_found,
    packages_are_ordered_by_path,
    packages_say_what_their_files_say,
    what_is_excluded_is_left_out,
    what_cannot_be_read_is_invalid,
    a_name_has_one_normal_form,
    a_move_to_the_same_version_edits_nothing,
    versions_are_set,
    other_packages_keep_their_versions,
    only_package_files_are_edited,
    requirements_follow_what_leaves_them,
    requirements_that_admit_are_left,
    the_order_of_moves_does_not_count,
    edits_that_are_made_need_no_more,
    what_does_not_move_stays_as_it_is,
    pins_are_exact,
    what_is_kept_is_not_pinned,
];

async fn roots_are_found_and_sorted(world: &World) -> Kept {
    let found = world.workspace.detect(&DetectRequest::new(world.tree())).await.map_err(said)?;
    let found: Vec<_> = found.iter().map(RepoPath::as_str).collect();
    held(found == world.roots, format!("the roots are {:?}: {found:?}", world.roots))
}

async fn where_no_workspace_is_none_is_found(world: &World) -> Kept {
    let tree: Arc<dyn Tree> = Arc::new(MemoryTree::new([(path("README.md"), "nothing")]));
    let found = world.workspace.detect(&DetectRequest::new(tree.clone())).await.map_err(said)?;
    held(found.is_empty(), format!("there is none: {found:?}"))
}

async fn packages_are_ordered_by_path(world: &World) -> Kept {
    let state = world.begin().await?;
    let names: Vec<_> = state.packages.iter().map(|package| world.workspace.normalize(package.name.as_str())).collect();
    let expected = world.packages.map(|name| world.workspace.normalize(name));
    held(names == expected, format!("all packages, by their paths: {names:?}"))
}

async fn packages_say_what_their_files_say(world: &World) -> Kept {
    let state = world.begin().await?;
    for which in [0, 1] {
        let package = world.find(&state, which)?;
        let is_read = package.version.as_ref().is_some_and(|version| version.as_str() == "1.0.0");
        held(is_read && package.version_file.is_some(), format!("its version stands in a file: {package:?}"))?;
        let has_file = state.tree.read(&package.manifest).map_err(said)?.is_some();
        held(
            has_file && package.manifest.starts_with(&package.path),
            format!("its file is in its folder: {package:?}"),
        )?;
    }
    let (dependency, first) = (world.dependency(&state)?, world.find(&state, 0)?);
    held(dependency.name == first.name, format!("it is named as it names itself: {dependency:?}"))?;
    held(world.admits(&state, "1.1.0")? && !world.admits(&state, "2.0.0")?, "the requirement is read as written")
}

async fn what_is_excluded_is_left_out(world: &World) -> Kept {
    let state = world.begin().await?;
    let folder = world.find(&state, 0)?.path.to_string();
    let (rest, last) = folder.split_at(folder.len() - 1);
    for excluded in [folder.clone(), format!("{rest}[{last}]")] {
        let left = world.discover(&state.tree, vec![excluded.clone()]).await.map_err(said)?;
        held(left.len() == state.packages.len() - 1, format!("`{excluded}` is one package less: {left:?}"))?;
    }
    Ok(())
}

async fn what_cannot_be_read_is_invalid(world: &World) -> Kept {
    let state = world.begin().await?;
    let manifest = world.find(&state, 1)?.manifest.clone();
    let tree: Arc<dyn Tree> = Arc::new(Overlay::new(state.tree.clone(), [FileEdit::write(manifest, world.unreadable)]));
    let found = world.discover(&tree, Vec::new()).await;
    let is_invalid = found.as_ref().is_err_and(|error| error.kind() == ErrorKind::Invalid);
    held(is_invalid, format!("the package file is invalid: {found:?}"))
}

async fn a_name_has_one_normal_form(world: &World) -> Kept {
    let form = world.workspace.normalize(world.packages[0]);
    let is_one = world.workspace.normalize(&form) == form && world.workspace.normalize(world.spelling) == form;
    held(is_one && form != world.workspace.normalize(world.packages[1]), format!("`{}` is `{form}`", world.spelling))
}

async fn a_move_to_the_same_version_edits_nothing(world: &World) -> Kept {
    let state = world.begin().await?;
    let edits = world.edits(&state, &[(0, "1.0.0"), (1, "1.0.0")]).await?;
    let after = world.after(&state, edits).await?;
    let differing = world.differing(&state, &after)?;
    held(differing.is_empty(), format!("every file is as it was, byte for byte: {differing:?}"))
}

async fn versions_are_set(world: &World) -> Kept {
    let after = world.moved(&[(0, "1.1.0"), (1, "1.2.0")]).await?;
    let set = [world.version(&after, 0)?, world.version(&after, 1)?];
    held(set == ["1.1.0", "1.2.0"].map(|text| Some(text.to_owned())), format!("they have their versions: {set:?}"))
}

async fn other_packages_keep_their_versions(world: &World) -> Kept {
    let after = world.moved(&[(0, "2.0.0")]).await?;
    let kept = world.version(&after, 1)?;
    held(kept.as_deref() == Some("1.0.0"), format!("what does not move keeps its version: {kept:?}"))
}

async fn only_package_files_are_edited(world: &World) -> Kept {
    let state = world.begin().await?;
    let edits = world.edits(&state, &[(0, "2.0.0"), (1, "2.0.0")]).await?;
    let own = |path: &RepoPath| {
        state.packages.iter().any(|it| it.manifest == *path || it.version_file.as_ref() == Some(path))
    };
    let strange = edits.iter().find(|edit| !own(&edit.path) || edit.content.is_none());
    held(strange.is_none(), format!("files of packages are edited, and no other: {strange:?}"))?;
    let paths: BTreeSet<&RepoPath> = edits.iter().map(|edit| &edit.path).collect();
    held(paths.len() == edits.len(), "each file has one edit")
}

async fn requirements_follow_what_leaves_them(world: &World) -> Kept {
    let after = world.moved(&[(0, "2.0.0")]).await?;
    let requirement = world.dependency(&after)?.requirement;
    held(world.admits(&after, "2.0.0")?, format!("the requirement admits what moved: {requirement}"))
}

async fn requirements_that_admit_are_left(world: &World) -> Kept {
    let before = world.dependency(&world.begin().await?)?;
    let after = world.dependency(&world.moved(&[(0, "1.1.0")]).await?)?;
    held(before == after, format!("it admits 1.1.0 and stays: {after:?}"))
}

async fn the_order_of_moves_does_not_count(world: &World) -> Kept {
    let state = world.begin().await?;
    let mut all = Vec::new();
    for moves in [[(0, "2.0.0"), (1, "1.1.0")], [(1, "1.1.0"), (0, "2.0.0")]] {
        let edits = world.edits(&state, &moves).await?;
        all.push(edits.into_iter().map(|edit| (edit.path, edit.content)).collect::<BTreeMap<_, _>>());
    }
    held(all[0] == all[1], "the same moves are the same edits")
}

async fn edits_that_are_made_need_no_more(world: &World) -> Kept {
    let moves = [(0, "2.0.0"), (1, "1.1.0")];
    let once = world.moved(&moves).await?;
    let edits = world.edits(&once, &moves).await?;
    let twice = world.after(&once, edits).await?;
    let differing = world.differing(&once, &twice)?;
    held(differing.is_empty(), format!("nothing is left to edit: {differing:?}"))
}

async fn what_does_not_move_stays_as_it_is(world: &World) -> Kept {
    let state = world.begin().await?;
    let edits = world.edits(&state, &[(0, "1.1.0")]).await?;
    let after = world.after(&state, edits).await?;
    let lines = |state: &State, file: &RepoPath| -> Result<Vec<String>, String> {
        let bytes = state.tree.read(file).map_err(said)?.unwrap_or_default();
        Ok(String::from_utf8_lossy(&bytes).split('\n').map(str::to_owned).collect())
    };
    for file in world.differing(&state, &after)? {
        let (before, after) = (lines(&state, &file)?, lines(&after, &file)?);
        let touched: Vec<_> = before.iter().zip(&after).filter(|(before, after)| before != after).collect();
        let is_version = touched.iter().all(|(before, after)| before.replace("1.0.0", "1.1.0") == **after);
        held(before.len() == after.len() && is_version, format!("{file}: only the version changes: {touched:?}"))?;
    }
    Ok(())
}

async fn pins_are_exact(world: &World) -> Kept {
    let (_, after) = world.pinned(Pin::Exact).await?;
    let requirement = world.dependency(&after)?.requirement;
    let is_exact = world.admits(&after, "1.0.0")? && !world.admits(&after, "1.1.0")?;
    held(is_exact, format!("the version beside it, and no other: {requirement}"))
}

async fn what_is_kept_is_not_pinned(world: &World) -> Kept {
    let (before, after) = world.pinned(Pin::Keep).await?;
    let (before, after) = (world.dependency(&before)?, world.dependency(&after)?);
    held(before == after, format!("the requirement stays as written: {after:?}"))
}

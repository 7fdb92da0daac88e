//! How the files change.

use std::collections::{BTreeMap, BTreeSet};

use std::sync::Arc;

use releasekit_core::model::{Bump, Prerelease, PrereleaseLabel, RepoPath};
use releasekit_core::requirements::Pin;
use releasekit_core::tree::Overlay;
use releasekit_core::workspace::Move;
use releasekit_core::{Diagnostic, ErrorKind, FileEdit, Tree};

use super::world::{State, World, said, version};
use crate::suite::{Kept, held};

pub(super) async fn a_move_to_the_same_version_edits_nothing(world: &World) -> Kept {
    let state = world.begin().await?;
    let edits = world.edits(&state, &[(0, "1.0.0"), (1, "1.0.0")]).await?;
    let edited: Vec<_> = edits.iter().map(|edit| &edit.path).collect();
    held(edited.is_empty(), format!("both move from 1.0.0 to 1.0.0: {edited:?} are edited in place of no file"))
}

pub(super) async fn versions_are_set(world: &World) -> Kept {
    let after = world.moved(&[(0, "1.1.0"), (1, "1.2.0")]).await?;
    let set = [world.version(&after, 0)?, world.version(&after, 1)?];
    let expected = ["1.1.0", "1.2.0"].map(|text| Some(text.to_owned()));
    held(set == expected, format!("both move: they are at {set:?} in place of {expected:?}"))
}

pub(super) async fn a_move_leads_where_it_says_from_anywhere(world: &World) -> Kept {
    for (from, to) in [(Some("1.0.0"), "0.9.0"), (None, "1.1.0")] {
        let state = world.begin().await?;
        let first = world.find(&state, 0)?.name.clone();
        let edits = world.edits_of(&state, vec![Move::new(first, from.map(version), version(to))]).await?;
        let after = world.after(&state, edits).await?;
        let found = world.version(&after, 0)?;
        let what = format!("the first stands at 1.0.0 and moves from {from:?} to {to}");
        held(found.as_deref() == Some(to), format!("{what}: it is at {found:?} in place of {to}"))?;
    }
    Ok(())
}

pub(super) async fn a_private_package_moves_too(world: &World) -> Kept {
    let Some(private) = world.private else { return Ok(()) };
    let state = world.with_second(&world.begin().await?, private).await?;
    let edits = world.edits(&state, &[(1, "1.1.0")]).await?;
    let found = world.version(&world.after(&state, edits).await?, 1)?;
    held(found.as_deref() == Some("1.1.0"), format!("what is private moves: it is at {found:?} in place of 1.1.0"))
}

pub(super) async fn other_packages_keep_their_versions(world: &World) -> Kept {
    let after = world.moved(&[(0, "2.0.0")]).await?;
    let kept = world.version(&after, 1)?;
    held(kept.as_deref() == Some("1.0.0"), format!("the first moves: the second is at {kept:?} in place of 1.0.0"))
}

pub(super) async fn only_package_files_are_edited(world: &World) -> Kept {
    let state = world.begin().await?;
    let edits = world.edits(&state, &[(0, "2.0.0"), (1, "2.0.0")]).await?;
    let own = |path: &RepoPath| {
        state.packages.iter().any(|it| it.manifest == *path || it.version_file.as_ref() == Some(path))
    };
    let strange = edits.iter().find(|edit| !own(&edit.path) || edit.content.is_none());
    held(strange.is_none(), format!("files of packages are written, and no other: {strange:?}"))?;
    let paths: BTreeSet<&RepoPath> = edits.iter().map(|edit| &edit.path).collect();
    held(paths.len() == edits.len(), format!("{} files have {} edits in place of one each", paths.len(), edits.len()))
}

pub(super) async fn requirements_follow_what_leaves_them(world: &World) -> Kept {
    let after = world.moved(&[(0, "2.0.0")]).await?;
    let requirement = world.dependency(&after)?.requirement;
    held(world.admits(&after, "2.0.0")?, format!("the first moves to 2.0.0: `{requirement}` does not admit that"))
}

pub(super) async fn requirements_follow_a_prerelease(world: &World) -> Kept {
    let pre = Prerelease { label: PrereleaseLabel::RC, start: 1 };
    let Ok(to) = world.workspace.scheme().bump(&version("1.0.0"), Bump::Major, Some(&pre)) else { return Ok(()) };
    let after = world.moved(&[(0, to.as_str())]).await?;
    let requirement = world.dependency(&after)?.requirement;
    held(world.admits(&after, to.as_str())?, format!("the first moves to {to}: `{requirement}` does not admit that"))
}

pub(super) async fn what_developers_require_follows_too(world: &World) -> Kept {
    let Some(developers) = world.developers else { return Ok(()) };
    let state = world.with_second(&world.begin().await?, developers).await?;
    let edits = world.edits(&state, &[(0, "2.0.0")]).await?;
    let after = world.after(&state, edits).await?;
    let requirement = world.dependency(&after)?.requirement;
    let what = "developers alone require the first, which moves to 2.0.0";
    held(world.admits(&after, "2.0.0")?, format!("{what}: `{requirement}` does not admit that"))
}

pub(super) async fn requirements_that_admit_are_left(world: &World) -> Kept {
    let before = world.dependency(&world.begin().await?)?;
    let after = world.dependency(&world.moved(&[(0, "1.1.0")]).await?)?;
    held(before == after, format!("the first moves to 1.1.0, which is admitted: {after:?} in place of {before:?}"))
}

pub(super) async fn the_order_of_moves_does_not_count(world: &World) -> Kept {
    let state = world.begin().await?;
    let mut all = Vec::new();
    for moves in [[(0, "2.0.0"), (1, "1.1.0")], [(1, "1.1.0"), (0, "2.0.0")]] {
        let edits = world.edits(&state, &moves).await?;
        all.push(edits.into_iter().map(|edit| (edit.path, edit.content)).collect::<BTreeMap<_, _>>());
    }
    let differing: Vec<_> =
        all[0].keys().chain(all[1].keys()).filter(|file| all[0].get(*file) != all[1].get(*file)).collect();
    held(differing.is_empty(), format!("the same moves in two orders: the edits of {differing:?} differ"))
}

pub(super) async fn edits_that_are_made_need_no_more(world: &World) -> Kept {
    let moves = [(0, "2.0.0"), (1, "1.1.0")];
    let once = world.moved(&moves).await?;
    let edits = world.edits(&once, &moves).await?;
    let edited: Vec<_> = edits.iter().map(|edit| &edit.path).collect();
    held(edited.is_empty(), format!("the same moves once more: {edited:?} are edited in place of no file"))
}

pub(super) async fn what_does_not_move_stays_as_it_is(world: &World) -> Kept {
    only_the_version_changes(world, world.begin().await?).await
}

pub(super) async fn ends_of_lines_stay(world: &World) -> Kept {
    // Lines end as elsewhere, and the last one does not end.
    let with_ends = |text: &str| text.replace("\r\n", "\n").trim_end().replace('\n', "\r\n");
    only_the_version_changes(world, world.with_first(&world.begin().await?, with_ends).await?).await
}

async fn only_the_version_changes(world: &World, state: State) -> Kept {
    let edits = world.edits(&state, &[(0, "1.1.0")]).await?;
    let after = world.after(&state, edits).await?;
    let lines = |state: &State, file: &RepoPath| -> Result<Vec<String>, String> {
        let bytes = state.tree.read(file).map_err(said)?.unwrap_or_default();
        Ok(String::from_utf8_lossy(&bytes).split('\n').map(str::to_owned).collect())
    };
    for file in world.differing(&state, &after)? {
        let (before, after) = (lines(&state, &file)?, lines(&after, &file)?);
        let count = (before.len(), after.len());
        held(count.0 == count.1, format!("{file}: a version changes: {} lines in place of {}", count.1, count.0))?;
        let wrong = before
            .iter()
            .zip(&after)
            .find(|(before, after)| before != after && before.replace("1.0.0", "1.1.0") != **after);
        if let Some((before, after)) = wrong {
            return held(false, format!("{file}: only the version changes: {after:?} stands where {before:?} was"));
        }
    }
    Ok(())
}

pub(super) async fn what_a_package_requires_stays_where_it_moves_itself(world: &World) -> Kept {
    let before = world.begin().await?;
    let after = world.moved(&[(1, "1.1.0")]).await?;
    let requires = |state: &State| world.find(state, 1).map(|it| (it.dependencies.clone(), it.requirements.clone()));
    let (found, expected) = (requires(&after)?, requires(&before)?);
    held(found == expected, format!("the second moves alone: it requires {found:?} in place of {expected:?}"))
}

pub(super) async fn what_is_no_text_is_kept_or_refused(world: &World) -> Kept {
    let state = world.begin().await?;
    let file = world.find(&state, 0)?.manifest.clone();
    let read = |tree: &Arc<dyn Tree>| tree.read(&file).map(Option::unwrap_or_default).map_err(said);
    let bytes = [read(&state.tree)?, vec![0xff]].concat();
    let tree: Arc<dyn Tree> = Arc::new(Overlay::new(state.tree.clone(), [FileEdit::write(file.clone(), bytes)]));
    let packages = match world.discover(&tree, Vec::new()).await {
        Ok(packages) => packages,
        Err(error) => {
            let is_invalid = error.kind() == ErrorKind::Invalid;
            return held(is_invalid, format!("{file} is no text: {error:?} in place of `Invalid` or its packages"));
        }
    };
    let state = State { tree, packages };
    let edits = world.edits(&state, &[(0, "1.1.0")]).await?;
    let after: Arc<dyn Tree> = Arc::new(Overlay::new(state.tree.clone(), edits));
    let found = read(&after)?.pop();
    held(
        found == Some(0xff),
        format!("{file} ends in 0xff, which is no text, and is edited: it ends in {found:#x?} in place of that"),
    )
}

/// Pins to a version, and says whether what comes of it admits others as expected.
async fn pins(world: &World, pin: Pin, to: &str, table: &[(&str, bool)]) -> Kept {
    let (_, after) = world.pinned(pin, to).await?;
    let requirement = world.dependency(&after)?.requirement;
    for (version, expected) in table {
        let admits = world.admits(&after, version)?;
        let what = format!("pinned to {to} as {pin:?}, it is `{requirement}`");
        held(admits == *expected, format!("{what}: whether it admits {version} is {admits} in place of {expected}"))?;
    }
    Ok(())
}

pub(super) async fn pins_are_exact(world: &World) -> Kept {
    pins(world, Pin::Exact, "1.0.0", &[("1.0.0", true), ("1.1.0", false), ("2.0.0", false)]).await
}

pub(super) async fn pins_can_be_compatible(world: &World) -> Kept {
    pins(world, Pin::Compatible, "2.0.0", &[("1.0.0", false), ("2.0.0", true), ("2.0.1", true), ("3.0.0", false)]).await
}

pub(super) async fn pins_can_be_minimums(world: &World) -> Kept {
    pins(world, Pin::Minimum, "1.1.0", &[("1.0.0", false), ("1.1.0", true), ("3.0.0", true)]).await
}

pub(super) async fn what_is_kept_is_not_pinned(world: &World) -> Kept {
    let (before, after) = world.pinned(Pin::Keep, "1.0.0").await?;
    let (before, after) = (world.dependency(&before)?, world.dependency(&after)?);
    held(before == after, format!("what is kept is not pinned: {after:?} in place of {before:?}"))
}

pub(super) async fn a_pin_admits_a_prerelease(world: &World) -> Kept {
    let pre = Prerelease { label: PrereleaseLabel::RC, start: 1 };
    let Ok(to) = world.workspace.scheme().bump(&version("1.0.0"), Bump::Major, Some(&pre)) else { return Ok(()) };
    for pin in [Pin::Exact, Pin::Compatible, Pin::Minimum] {
        pins(world, pin, to.as_str(), &[(to.as_str(), true), ("1.0.0", false)]).await?;
    }
    Ok(())
}

pub(super) async fn pins_move_no_version(world: &World) -> Kept {
    let (_, after) = world.pinned(Pin::Exact, "2.0.0").await?;
    let found = [world.version(&after, 0)?, world.version(&after, 1)?];
    let expected = ["1.0.0", "1.0.0"].map(|text| Some(text.to_owned()));
    held(
        found == expected,
        format!("requirements are pinned to 2.0.0: versions are {found:?} in place of {expected:?}"),
    )
}

pub(super) async fn pins_leave_what_others_provide(world: &World) -> Kept {
    let Some(outsider) = world.outsider else { return Ok(()) };
    let (before, after) = world.pinned(Pin::Exact, "2.0.0").await?;
    let normal = world.workspace.normalize(outsider);
    let of_others = |state: &State| -> Result<Vec<_>, String> {
        let mut requirements = world.find(state, 1)?.requirements.clone();
        requirements.retain(|it| world.workspace.normalize(&it.name) == normal);
        Ok(requirements)
    };
    let (found, expected) = (of_others(&after)?, of_others(&before)?);
    held(found == expected, format!("`{outsider}` has no version in the request: {found:?} in place of {expected:?}"))
}

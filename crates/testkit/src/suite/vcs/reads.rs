//! Where the repository stands, and what its files are.

use releasekit_core::ErrorKind::{NotFound, Precondition};
use releasekit_core::model::{BranchName, ObjectId, TagName};
use releasekit_core::vcs::{Lack, Need};
use releasekit_core::{Diagnostic, FileEdit};

use super::world::*;
use crate::suite::{Kept, held};

pub(super) async fn head_is_the_commit_that_is_checked_out(world: &World) -> Kept {
    let head = world.vcs.head().await.told()?;
    same(head.branch, Some(BranchName::new(MAIN)), "the branch")?;
    held(!head.shallow, "history is whole")?;
    same(there(&*world.vcs, MAIN).await?, Some(head.commit), "what was cloned is checked out")
}

pub(super) async fn the_status_names_what_differs(world: &World) -> Kept {
    same(world.vcs.status().await.told()?.len(), 0, "a fresh clone")?;
    let edits = [write("z/new", "1\n"), write("top", "2\n"), FileEdit::delete(path("a/x"))];
    world.vcs.write_work_tree(&edits).await.told()?;
    let status: Vec<String> = world.vcs.status().await.told()?.iter().map(ToString::to_string).collect();
    same(status, ["a/x", "top", "z/new"], "changed, deleted and new files, sorted")
}

pub(super) async fn the_work_tree_is_written_and_nothing_else(world: &World) -> Kept {
    let head = world.head().await?;
    let edits = [write("new/file", "1\r\n"), write("top", "2\n"), FileEdit::delete(path("a/x"))];
    let edits = [edits.as_slice(), &[FileEdit::delete(path("never/there"))]].concat();
    for _ in 0..2 {
        world.vcs.write_work_tree(&edits).await.told()?;
        let tree = world.vcs.work_tree().await.told()?;
        same(listed(&*tree)?, ["a/deep/y", "b/z", "new/file", "top"], "the files of the work tree")?;
        same(read(&*tree, "new/file")?.as_deref(), Some("1\r\n"), "bytes are kept")?;
        same(read(&*tree, "top")?.as_deref(), Some("2\n"), "a file is written anew")?;
    }
    same(world.head().await?, head.clone(), "HEAD stays")?;
    let committed = world.vcs.tree(&head).await.told()?;
    same(read(&*committed, "top")?.as_deref(), Some("1\n"), "the commit stays")
}

pub(super) async fn a_commit_has_its_files(world: &World) -> Kept {
    let head = world.head().await?;
    world.vcs.write_work_tree(&[write("top", "dirty\n")]).await.told()?;
    let tree = world.vcs.tree(&head).await.told()?;
    same(listed(&*tree)?, START.iter().map(|(file, _)| *file).collect::<Vec<_>>(), "all files, sorted")?;
    for (file, content) in START {
        same(read(&*tree, file)?.as_deref(), Some(*content), "what was committed")?;
    }
    for nothing in ["a", "nothing", "top/below"] {
        same(read(&*tree, nothing)?, None, "what is no file")?;
    }
    fails(world.vcs.tree(&nobodys(&head)).await, NotFound, "a commit that the clone lacks")
}

pub(super) async fn commits_are_described_in_the_order_asked(world: &World) -> Kept {
    let head = world.head().await?;
    let child = world.commit(&head, "top", "2\n").await?;
    let back = world.commit(&child, "top", "1\n").await?;
    let asked = [back.clone(), head.clone(), child.clone()];
    let found = world.vcs.commits(&asked).await.told()?;
    same(found.iter().map(|info| info.id.clone()).collect::<Vec<_>>(), asked, "the order")?;
    same(&found[0].parents, &vec![child], "the parents")?;
    same(found[1].parents.len(), 0, "a root has none")?;
    same(found[0].message.trim_end(), "top\n\nbody ü", "the whole message")?;
    same(found[0].time, 1_800_000_000, "the time")?;
    held(found[0].tree == found[1].tree, "the same files are the same tree")?;
    held(found[0].tree != found[2].tree, "other files are another tree")?;
    fails(world.vcs.commits(&[head.clone(), nobodys(&head)]).await, NotFound, "a commit that the clone lacks")
}

pub(super) async fn a_revision_names_one_commit_or_none(world: &World) -> Kept {
    let head = world.head().await?;
    for revision in [MAIN, head.as_str()] {
        same(world.vcs.resolve(revision).await.told()?, Some(head.clone()), revision)?;
    }
    let made = world.vcs.tag(&tags(&head, &["v1"])).await.told()?;
    if let ([update], false) = (made.as_slice(), world.vcs.capabilities().tag_is_commit) {
        let object = update.new.as_ref().map_or("", ObjectId::as_str);
        same(world.vcs.resolve(object).await.told()?, Some(head.clone()), "an object that leads to it")?;
    }
    for revision in ["", "nothing", "v1", nobodys(&head).as_str()] {
        same(world.vcs.resolve(revision).await.told()?, None, revision)?;
    }
    Ok(())
}

pub(super) async fn places_are_absolute_and_apart(world: &World) -> Kept {
    let (root, private) = (world.vcs.root(), world.vcs.private_folder());
    held(root.is_absolute() && private.is_absolute(), "root and private folder are absolute")?;
    let trusted = world.vcs.trusted_files().await.told()?;
    held(
        !trusted.is_empty() && trusted.iter().all(|file| file.is_absolute()),
        "trusted files are named, by whole paths",
    )?;
    let tree = world.vcs.work_tree().await.told()?;
    let inside = listed(&*tree)?.iter().any(|file| root.join(file).starts_with(&private));
    held(!inside && private != root, "no file of the work tree is in the private folder")
}

pub(super) async fn what_a_user_would_run_is_said(world: &World) -> Kept {
    let object = ObjectId::from(world.head().await?);
    let object = Need::Object { remote: REMOTE.to_owned(), object };
    let needs = [Need::History, Need::Pull, Need::RemoteTags, Need::DeleteTag(TagName::new("v1")), object];
    for need in &needs {
        let hint = world.vcs.hint(need);
        let is_command = hint.starts_with('`') && hint.ends_with('`') && hint.matches('`').count() % 2 == 0;
        held(is_command, format!("{need:?} is one command or several, in backticks: {hint}"))?;
    }
    held(world.vcs.hint(&needs[3]).contains("v1"), "the tag is named")
}

pub(super) async fn what_a_clone_lacks_is_said_with_help(world: &World) -> Kept {
    let head = world.head().await?;
    let named = |setting| Lack::Commit { name: "v1".to_owned(), setting };
    for lack in [Lack::History(head), Lack::Tags(vec![TagName::new("v1")]), named(None), named(Some("base"))] {
        let error = world.vcs.incomplete(lack.clone());
        held(error.help().is_some(), format!("there is help for {lack:?}"))?;
        fails::<()>(Err(error), Precondition, "what is lacking")?;
    }
    Ok(())
}

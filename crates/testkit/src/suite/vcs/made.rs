//! Commits, replays, tags and exports.

use releasekit_core::ErrorKind::{Conflict, Invalid, NotFound, Precondition, Unsupported};
use releasekit_core::model::CommitId;
use releasekit_core::vcs::{Expected, ExportRequest, RefName, Sign};
use releasekit_core::{Diagnostic, FileEdit, Result};

use super::world::*;
use crate::suite::{Kept, held};

pub(super) async fn a_commit_changes_what_is_asked_and_nothing_else(world: &World) -> Kept {
    let (head, before) = (world.head().await?, world.around().visible());
    let edits = [write("new/file", "1\r\n"), write("top", "2\n"), FileEdit::delete(path("a/x"))];
    let edits = [edits.as_slice(), &[FileEdit::delete(path("never/there"))]].concat();
    let made = world.vcs.commit(&request(&head, edits, "made")).await.told()?;
    let tree = world.vcs.tree(&made).await.told()?;
    same(listed(&*tree)?, ["a/deep/y", "b/z", "new/file", "top"], "the files of the commit")?;
    same(read(&*tree, "new/file")?.as_deref(), Some("1\r\n"), "bytes are kept")?;
    same(read(&*tree, "top")?.as_deref(), Some("2\n"), "a file is written anew")?;
    same(world.around().visible(), before, "no ref and no file of the user's changes")
}

pub(super) async fn the_same_commit_again_is_the_same(world: &World) -> Kept {
    let head = world.head().await?;
    let one = world.commit(&head, "top", "2\n").await?;
    let before = world.around().everything();
    same(world.commit(&head, "top", "2\n").await?, one.clone(), "the same request")?;
    same(world.around().everything(), before, "nothing is added")?;
    held(world.commit(&head, "top", "3\n").await? != one, "another content is another commit")
}

pub(super) async fn only_files_are_edited(world: &World) -> Kept {
    let (head, before) = (world.head().await?, world.around().visible());
    let make = async |edit| world.vcs.commit(&request(&head, vec![edit], "odd")).await;
    for edit in [write("a", "1\n"), write("top/below", "1\n"), FileEdit::delete(path("a"))] {
        let what = format!("{edit:?}");
        fails(make(edit).await, Precondition, &what)?;
    }
    same(world.around().visible(), before, "nothing is made")
}

pub(super) async fn a_commit_stands_on_one_that_is_here(world: &World) -> Kept {
    let parent = nobodys(&world.head().await?);
    fails(world.vcs.commit(&request(&parent, vec![write("top", "2\n")], "odd")).await, NotFound, "a parent")
}

pub(super) async fn what_must_be_signed_and_cannot_is_refused(world: &World) -> Kept {
    let head = world.head().await?;
    let unsigned = request(&head, vec![write("top", "2\n")], "signed");
    let made = world.vcs.commit(&unsigned.with_sign(Sign::Require)).await;
    fails(made, Precondition, "a commit without a key")?;
    let mut tags = tags(&head, &["v1"]);
    tags.sign = Sign::Require;
    fails(world.vcs.tag(&tags).await, Precondition, "a tag without a key")
}

async fn made_of(world: &World, tip: &CommitId, onto: &CommitId) -> std::result::Result<Vec<String>, String> {
    let made = world.vcs.commits_between(onto, tip).await.told()?;
    Ok(made.iter().map(|info| info.message.lines().next().unwrap_or_default().to_owned()).collect())
}

pub(super) async fn commits_are_replayed_in_order(world: &World) -> Kept {
    let (head, before) = (world.head().await?, world.around().visible());
    let first = world.commit(&head, "a/x", "2\n").await?;
    let second = world.commit(&first, "a/x", "3\n").await?;
    let onto = world.commit(&head, "b/z", "2\n").await?;
    let asked = replay(&[&first, &second], &onto, &[]);
    let tip = world.vcs.replay(&asked).await.told()?;
    same(made_of(world, &tip, &onto).await?, ["a/x", "a/x"], "each is made anew, with its message")?;
    let tree = world.vcs.tree(&tip).await.told()?;
    same((read(&*tree, "a/x")?, read(&*tree, "b/z")?), (Some("3\n".into()), Some("2\n".into())), "both changes")?;
    same(world.vcs.replay(&asked).await.told()?, tip, "the same again is the same")?;
    same(world.around().visible(), before, "no ref and no file of the user's changes")
}

pub(super) async fn what_is_there_already_is_not_replayed(world: &World) -> Kept {
    let head = world.head().await?;
    let change = world.commit(&head, "a/x", "2\n").await?;
    let onto = world.commit(&head, "b/z", "2\n").await?;
    let once = world.vcs.replay(&replay(&[&change], &onto, &[])).await.told()?;
    same(world.vcs.replay(&replay(&[&change], &once, &[])).await.told()?, once, "what is there")?;
    same(world.vcs.replay(&replay(&[], &onto, &[])).await.told()?, onto, "nothing at all")
}

pub(super) async fn files_are_left_out_of_a_replay(world: &World) -> Kept {
    let head = world.head().await?;
    let edits = vec![write("a/x", "2\n"), write("b/z", "theirs\n")];
    let change = world.vcs.commit(&request(&head, edits, "both")).await.told()?;
    let onto = world.commit(&head, "b/z", "ours\n").await?;
    let tip = world.vcs.replay(&replay(&[&change], &onto, &["b/z"])).await.told()?;
    let tree = world.vcs.tree(&tip).await.told()?;
    same((read(&*tree, "a/x")?, read(&*tree, "b/z")?), (Some("2\n".into()), Some("ours\n".into())), "the rest")?;
    let nothing = replay(&[&change], &onto, &["b/z", "a/x"]);
    same(world.vcs.replay(&nothing).await.told()?, onto, "a commit of which nothing is left")
}

pub(super) async fn a_replay_that_clashes_is_a_conflict(world: &World) -> Kept {
    let head = world.head().await?;
    let change = world.commit(&head, "a/x", "theirs\n").await?;
    let onto = world.commit(&head, "a/x", "ours\n").await?;
    let result: Result<CommitId> = world.vcs.replay(&replay(&[&change], &onto, &[])).await;
    fails(result, Conflict, "both change one file")
}

pub(super) async fn tags_are_made_as_the_capability_says(world: &World) -> Kept {
    let (head, before) = (world.head().await?, world.around().visible());
    let asked = tags(&head, &["v1", "@scope/b@2.0.0-rc.1+x"]);
    let updates = world.vcs.tag(&asked).await.told()?;
    same(world.around().visible(), before, "no ref is set")?;
    if !world.vcs.capabilities().tag_is_commit {
        let names: Vec<RefName> = asked.tags.iter().map(|(name, _)| RefName::Tag(name.clone())).collect();
        same(updates.iter().map(|update| update.name.clone()).collect::<Vec<_>>(), names, "each is a ref of its own")?;
        return held(updates.iter().all(|it| it.expected == Expected::Absent && it.new.is_some()), "none was there");
    }
    let [update] = updates.as_slice() else { return held(false, "one branch moves, and nothing else") };
    let from = branch(MAIN, None, Some(&head));
    same((&update.name, &update.expected), (&from.name, &from.expected), "the branch moves from where it is")?;
    let new: Vec<CommitId> = update.new.iter().map(|object| CommitId::new(object.as_str())).collect();
    same(world.vcs.commits(&new).await.told()?[0].parents.as_slice(), [head.clone()], "one commit stands on it")?;
    let changed = world.vcs.own_changes(&new[0]).await.told()?.paths;
    let kept =
        |file: &_| world.vcs.bookkeeping().iter().any(|own| releasekit_core::model::RepoPath::starts_with(file, own));
    held(changed.iter().all(kept), format!("its files are the system's own: {changed:?}"))
}

pub(super) async fn the_same_tags_again_are_the_same(world: &World) -> Kept {
    let asked = tags(&world.head().await?, &["v1", "v2"]);
    let updates = world.vcs.tag(&asked).await.told()?;
    same(world.vcs.tag(&asked).await.told()?, updates, "the same request")
}

pub(super) async fn tags_that_cannot_be_are_refused(world: &World) -> Kept {
    let head = world.head().await?;
    for name in ["a b", "-x", "a..b", "", "a~1", "a:b"] {
        fails(world.vcs.tag(&tags(&head, &["fine", name])).await, Invalid, name)?;
    }
    fails(world.vcs.tag(&tags(&nobodys(&head), &["fine"])).await, NotFound, "a commit that the clone lacks")
}

pub(super) async fn an_export_has_the_files_and_leaves_the_clone_alone(world: &World) -> Kept {
    let head = world.head().await?;
    let made = world.commit(&head, "new/file", "1\r\n").await?;
    world.vcs.write_work_tree(&[write("top", "dirty\n")]).await.told()?;
    let (into, before) = (world.folder("export"), world.around().everything());
    let asked = ExportRequest::new(made, into.clone());
    world.vcs.export(&asked).await.told()?;
    let read = |file: &str| std::fs::read_to_string(into.join(file)).ok();
    for (file, content) in START.iter().chain(&[("new/file", "1\r\n")]) {
        same(read(file).as_deref(), Some(*content), &format!("`{file}` of the export"))?;
    }
    same(world.around().everything(), before, "the clone is as it was")
}

pub(super) async fn an_export_goes_to_an_empty_folder(world: &World) -> Kept {
    let (commit, into) = (world.head().await?, world.folder("taken"));
    std::fs::create_dir_all(into.join("something")).map_err(|error| error.to_string())?;
    let asked = ExportRequest::new(commit.clone(), into.clone());
    fails(world.vcs.export(&asked).await, Precondition, "a folder with something in it")?;
    held(!into.join("top").exists(), "nothing is written")?;
    let asked = ExportRequest::new(nobodys(&commit), world.folder("none"));
    fails(world.vcs.export(&asked).await, NotFound, "a commit that the clone lacks")
}

pub(super) async fn what_is_hidden_in_an_export_has_not_changed(world: &World) -> Kept {
    let into = world.folder("pinned");
    world.vcs.export(&ExportRequest::new(world.head().await?, into.clone())).await.told()?;
    for file in ["a/x", "top"] {
        std::fs::write(into.join(file), "pinned\n").map_err(|error| error.to_string())?;
    }
    same(world.around().changed(&into), ["a/x", "top"], "two files of the export have changed")?;
    let before = world.around().everything();
    let told: &[&str] = match world.vcs.hide(&into, &[path("top")]).await {
        Err(error) if error.kind() == Unsupported => &["a/x", "top"],
        done => done.told().map(|()| ["a/x"].as_slice())?,
    };
    same(world.around().changed(&into), told, "`top` is hidden, where that is supported, and the other is not")?;
    let content = std::fs::read_to_string(into.join("top")).map_err(|error| error.to_string())?;
    same(content, "pinned\n", "what is hidden stays as it is")?;
    same(world.around().everything(), before, "the clone is as it was")
}

//! The same repository whose new objects are thrown away. Without the capability there is none.

use std::sync::Arc;

use releasekit_core::ErrorKind::{NotFound, Precondition, Unsupported};
use releasekit_core::Vcs;
use releasekit_core::model::{CommitId, ObjectId};
use releasekit_core::vcs::{ExportRequest, Sign};

use super::world::*;
use crate::suite::{Kept, held};

/// The scratch, where there can be one. Without the capability, holds the refusal.
async fn scratch(world: &World) -> Result<Option<Arc<dyn Vcs>>, String> {
    let into = world.folder("scratch");
    if world.vcs.capabilities().scratch {
        return Ok(Some(world.vcs.scratch(&into).await.told()?));
    }
    let before = world.around().everything();
    fails(world.vcs.scratch(&into).await, Unsupported, "without the capability")?;
    held(is_empty(&into), "nothing is written")?;
    same(world.around().everything(), before, "the clone is as it was")?;
    Ok(None)
}

/// Somebody else's commit, on the remote alone.
async fn theirs(world: &World, head: &CommitId) -> Result<CommitId, String> {
    let other = world.around().other();
    let theirs = commit(&*other, head, "top", "theirs\n").await?;
    held(push(&*other, &[branch("theirs", Some(&theirs), None)]).await?, "somebody else pushes")?;
    Ok(theirs)
}

pub(super) async fn what_is_made_in_a_scratch_stays_there(world: &World) -> Kept {
    let head = world.head().await?;
    let Some(scratch) = scratch(world).await? else { return Ok(()) };
    let (theirs, before) = (theirs(world, &head).await?, world.around().everything());
    let one = commit(&*scratch, &head, "a/x", "2\n").await?;
    let two = commit(&*scratch, &head, "b/z", "2\n").await?;
    let both = scratch.replay(&replay(&[&two], &one, &[])).await.told()?;
    let made = scratch.tag(&tags(&both, &["v1"])).await.told()?;
    scratch.fetch(REMOTE, &[ObjectId::from(theirs.clone())]).await.told()?;
    held(scratch.is_contained(&two, &both).await.told()?, "what is made can be compared")?;
    let into = world.folder("export");
    scratch.export(&ExportRequest::new(both.clone(), into.clone())).await.told()?;
    held(into.join("b/z").is_file(), "what is made can be exported")?;
    same(world.around().everything(), before, "nothing of the clone is written")?;
    let objects = made.iter().filter_map(|update| update.new.as_ref()).map(|object| CommitId::new(object.as_str()));
    for commit in [one, both, theirs].into_iter().chain(objects) {
        held(scratch.resolve(commit.as_str()).await.told()?.is_some(), "what was made is here")?;
        fails(world.vcs.commits(std::slice::from_ref(&commit)).await, NotFound, "the clone knows nothing of it")?;
    }
    Ok(())
}

pub(super) async fn a_scratch_reads_what_the_clone_holds(world: &World) -> Kept {
    let head = world.head().await?;
    let next = world.commit(&head, "top", "2\n").await?;
    world.vcs.update_refs(&[branch("side", Some(&next), None)]).await.told()?;
    let Some(scratch) = scratch(world).await? else { return Ok(()) };
    same(scratch.head().await.told()?, world.vcs.head().await.told()?, "where it stands")?;
    same(scratch.resolve("side").await.told()?, Some(next.clone()), "its branches")?;
    let made = commit(&*scratch, &next, "top", "3\n").await?;
    let between = scratch.commits_between(&head, &made).await.told()?;
    same(
        between.iter().map(|info| info.id.clone()).collect::<Vec<_>>(),
        [next, made],
        "its history, below what is made",
    )?;
    same(scratch.remote_refs(REMOTE).await.told()?, world.vcs.remote_refs(REMOTE).await.told()?, "its remote")
}

pub(super) async fn nothing_is_signed_in_a_scratch(world: &World) -> Kept {
    let head = world.head().await?;
    let Some(scratch) = scratch(world).await? else { return Ok(()) };
    let unsigned = request(&head, vec![write("top", "2\n")], "signed");
    let made = scratch.commit(&unsigned.clone().with_sign(Sign::Require)).await.told()?;
    same(scratch.commit(&unsigned).await.told()?, made, "a commit")?;
    let mut asked = tags(&head, &["v1"]);
    let plain = scratch.tag(&asked).await.told()?;
    asked.sign = Sign::Require;
    same(scratch.tag(&asked).await.told()?, plain, "a tag")
}

pub(super) async fn a_scratch_sets_no_ref_and_writes_no_file(world: &World) -> Kept {
    let head = world.head().await?;
    let Some(scratch) = scratch(world).await? else { return Ok(()) };
    let before = world.around().everything();
    let update = [branch("new", Some(&head), None)];
    fails(scratch.push(REMOTE, &update).await, Unsupported, "a push")?;
    fails(scratch.update_refs(&update).await, Unsupported, "a change of refs")?;
    fails(scratch.write_work_tree(&[write("top", "2\n")]).await, Unsupported, "a change of the work tree")?;
    same(there(&*world.vcs, "new").await?, None, "the remote is as it was")?;
    same(world.around().everything(), before, "the clone is as it was")
}

pub(super) async fn a_scratch_goes_to_an_empty_folder(world: &World) -> Kept {
    let into = world.folder("taken");
    std::fs::create_dir_all(into.join("something")).map_err(|error| error.to_string())?;
    let kind = if world.vcs.capabilities().scratch { Precondition } else { Unsupported };
    fails(world.vcs.scratch(&into).await, kind, "a folder with something in it")
}

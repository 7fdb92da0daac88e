//! Commits that the forge makes, and workflows that it starts.

use releasekit_core::forge::{DispatchRequest, ForgeCommitRequest};
use releasekit_core::model::{BranchName, CommitId, RepoPath};
use releasekit_core::{ErrorKind, FileEdit};

use super::outcome::{created, head, refused, unchanged};
use super::world::{Event, World};
use crate::cases;
use crate::suite::{Case, Kept, held, same};

pub(super) const CASES: &[Case<World>] = cases![
    a_commit_is_made_once by signed_commits,
    a_branch_that_is_not_there_is_made by signed_commits,
    a_branch_that_has_moved_is_left_alone by signed_commits,
    a_commit_that_changes_nothing_is_refused by signed_commits,
    a_workflow_is_started by dispatch,
    a_payload_that_is_no_object_is_refused by dispatch,
];

/// A commit on the branch of the suite, from where it is.
pub(super) async fn commit(world: &World, content: &str) -> Result<ForgeCommitRequest, String> {
    let parent = world.tip(&head()).await.ok_or("the branch is there")?;
    let path = RepoPath::new("CHANGELOG.md").map_err(|error| error.to_string())?;
    Ok(ForgeCommitRequest::new(head(), parent, vec![FileEdit::write(path, content)], "chore: release\n\nbody"))
}

async fn a_commit_is_made_once(world: &World) -> Kept {
    if !world.forge().capabilities().signed_commits {
        return Ok(());
    }
    world.happens(&Event::Pushed(head())).await;
    let wanted = commit(world, "one").await?;
    let made = created(world.forge().commit(&wanted).await, "a commit is made")?;
    held(made != wanted.parent, "it is a commit of its own")?;
    same(world.tip(&head()).await, Some(made.clone()), "the branch is at the commit that was made")?;
    let before = world.writes().await;
    let again = unchanged(world, before, world.forge().commit(&wanted).await, "a commit is made once").await?;
    same(&made, &again, "the commit that is there is the one that was made")
}

async fn a_branch_that_is_not_there_is_made(world: &World) -> Kept {
    if !world.forge().capabilities().signed_commits {
        return Ok(());
    }
    world.happens(&Event::Pushed(head())).await;
    let mut wanted = commit(world, "one").await?;
    wanted.branch = nowhere();
    let made = created(world.forge().commit(&wanted).await, "a branch that is not there is made")?;
    same(world.tip(&nowhere()).await, Some(made), "the new branch is at the commit")?;
    same(world.tip(&head()).await, Some(wanted.parent), "no other branch moves")
}

async fn a_branch_that_has_moved_is_left_alone(world: &World) -> Kept {
    if !world.forge().capabilities().signed_commits {
        return Ok(());
    }
    world.happens(&Event::Pushed(head())).await;
    let mut wanted = commit(world, "one").await?;
    world.happens(&Event::Pushed(head())).await;
    let before = world.writes().await;
    let written = world.forge().commit(&wanted).await;
    refused(world, before, (ErrorKind::Precondition, written), "a branch that has moved is left alone").await?;
    wanted.branch = nowhere();
    wanted.parent = CommitId::new("0123456789012345678901234567890123456789");
    let written = world.forge().commit(&wanted).await;
    refused(world, before, (ErrorKind::Precondition, written), "a parent that the forge lacks is refused").await
}

async fn a_commit_that_changes_nothing_is_refused(world: &World) -> Kept {
    if !world.forge().capabilities().signed_commits {
        return Ok(());
    }
    world.happens(&Event::Pushed(head())).await;
    let mut wanted = commit(world, "one").await?;
    wanted.edits.clear();
    let before = world.writes().await;
    let written = world.forge().commit(&wanted).await;
    refused(world, before, (ErrorKind::Invalid, written), "a commit that changes nothing is refused").await
}

/// A branch that nobody pushes.
fn nowhere() -> BranchName {
    BranchName::new("nowhere")
}

/// A workflow of a repository beside ours.
pub(super) fn workflow(payload: &str) -> DispatchRequest {
    DispatchRequest::new("owner/downstream", "releasekit", payload)
}

async fn a_workflow_is_started(world: &World) -> Kept {
    if !world.forge().capabilities().dispatch {
        return Ok(());
    }
    created(world.forge().dispatch(&workflow(r#"{"packages": []}"#)).await, "a workflow is started")?;
    same(world.dispatched().await, 1, "it is started once")
}

async fn a_payload_that_is_no_object_is_refused(world: &World) -> Kept {
    if !world.forge().capabilities().dispatch {
        return Ok(());
    }
    let before = world.writes().await;
    let written = world.forge().dispatch(&workflow("[]")).await;
    refused(world, before, (ErrorKind::Invalid, written), "a payload that is no object is refused").await?;
    same(world.dispatched().await, 0, "nothing is started")
}

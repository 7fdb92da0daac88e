//! Replies that are lost, requests that are refused, forges that say nothing.

use releasekit_core::forge::{
    AskRequest, AutoMergeRequest, CommentUpsert, LabelRequest, MergeMethod, PublishReleaseRequest, ReleaseUpsert,
    Written,
};
use releasekit_core::{BackendError, Diagnostic, ErrorKind};

use super::commits::{commit, workflow};
use super::outcome::{asset, base, head, opened, refused, released, request, tag, text, unchanged, unknown};
use super::world::{Event, World};
use crate::cases;
use crate::suite::{Case, Kept, held, same};

pub(super) const CASES: &[Case<World>] = cases![
    a_request_is_found_after_a_lost_reply,
    a_close_is_found_after_a_lost_reply,
    a_comment_is_found_after_a_lost_reply,
    labels_are_found_after_a_lost_reply by labels,
    people_are_found_after_a_lost_reply,
    merging_is_found_after_a_lost_reply by auto_merge,
    a_release_is_found_after_a_lost_reply by releases,
    a_file_is_found_after_a_lost_reply by releases,
    a_published_release_is_found_after_a_lost_reply by draft_releases,
    a_commit_is_found_after_a_lost_reply by signed_commits,
    a_workflow_is_not_started_again by dispatch,
    what_is_refused_changes_nothing,
    what_is_not_said_is_no_request,
    what_is_not_said_is_no_comment,
    what_is_not_said_is_no_release by releases,
    nothing_is_made_after_a_look_that_failed,
];

/// A call whose reply is lost is `Unknown`; the same call then finds what it did.
macro_rules! is_found_again {
    ($world:expr, $what:literal, $call:expr) => {{
        $world.happens(&Event::ReplyLost).await;
        unknown($call.await, concat!("the lost reply of ", $what, " leaves it unknown"))?;
        let before = $world.writes().await;
        unchanged($world, before, $call.await, concat!($what, " is found after a lost reply")).await
    }};
}

async fn a_request_is_found_after_a_lost_reply(world: &World) -> Kept {
    world.happens(&Event::Pushed(head())).await;
    let wanted = request("Release", "notes");
    is_found_again!(world, "a change request", world.forge().upsert_change_request(&wanted))?;
    let all = world.forge().change_requests(&head(), &base()).await.map_err(text)?;
    same(all.len(), 1, "there is one change request")
}

async fn a_close_is_found_after_a_lost_reply(world: &World) -> Kept {
    let number = opened(world).await?.number;
    is_found_again!(world, "closing", world.forge().close_change_request(number)).map(drop)
}

async fn a_comment_is_found_after_a_lost_reply(world: &World) -> Kept {
    let wanted = CommentUpsert::new(opened(world).await?.number, "releasekit:closed", "text");
    is_found_again!(world, "a comment", world.forge().upsert_comment(&wanted)).map(drop)
}

async fn labels_are_found_after_a_lost_reply(world: &World) -> Kept {
    if !world.forge().capabilities().labels {
        return Ok(());
    }
    let wanted = LabelRequest::new(opened(world).await?.number, vec!["one".to_owned()]);
    is_found_again!(world, "a label", world.forge().set_labels(&wanted)).map(drop)
}

async fn people_are_found_after_a_lost_reply(world: &World) -> Kept {
    let [one, _] = world.people();
    let wanted = AskRequest::new(opened(world).await?.number, vec![one]);
    is_found_again!(world, "asking somebody", world.forge().ask(&wanted)).map(drop)
}

async fn merging_is_found_after_a_lost_reply(world: &World) -> Kept {
    if !world.forge().capabilities().auto_merge {
        return Ok(());
    }
    let opened = opened(world).await?;
    let wanted = AutoMergeRequest::new(opened.number, opened.head_commit, MergeMethod::Merge);
    is_found_again!(world, "merging", world.forge().auto_merge(&wanted)).map(drop)
}

async fn a_release_is_found_after_a_lost_reply(world: &World) -> Kept {
    let forge = world.forge();
    if !forge.capabilities().releases {
        return Ok(());
    }
    world.happens(&Event::Tagged(tag("v1"))).await;
    let wanted = ReleaseUpsert::new(tag("v1"), "v1", "notes");
    let wanted = if forge.capabilities().draft_releases { wanted.with_draft() } else { wanted };
    is_found_again!(world, "a release", forge.upsert_release(&wanted)).map(drop)
}

async fn a_file_is_found_after_a_lost_reply(world: &World) -> Kept {
    if !world.forge().capabilities().releases {
        return Ok(());
    }
    released(world, "v1", true).await?;
    let wanted = asset(world, &tag("v1"), "file", b"bytes")?;
    is_found_again!(world, "a file", world.forge().upload_asset(&wanted)).map(drop)
}

async fn a_published_release_is_found_after_a_lost_reply(world: &World) -> Kept {
    if !world.forge().capabilities().draft_releases {
        return Ok(());
    }
    released(world, "v1", true).await?;
    let wanted = PublishReleaseRequest::new(tag("v1"), false);
    is_found_again!(world, "publishing", world.forge().publish_release(&wanted)).map(drop)
}

async fn a_commit_is_found_after_a_lost_reply(world: &World) -> Kept {
    if !world.forge().capabilities().signed_commits {
        return Ok(());
    }
    world.happens(&Event::Pushed(head())).await;
    let wanted = commit(world, "one").await?;
    let found = is_found_again!(world, "a commit", world.forge().commit(&wanted))?;
    same(world.tip(&head()).await, Some(found), "the branch is at the commit that was made")
}

async fn a_workflow_is_not_started_again(world: &World) -> Kept {
    if !world.forge().capabilities().dispatch {
        return Ok(());
    }
    world.happens(&Event::ReplyLost).await;
    unknown(world.forge().dispatch(&workflow("{}")).await, "the lost reply of a dispatch leaves it unknown")?;
    same(world.dispatched().await, 1, "a call starts a workflow once, whatever is said to it")
}

async fn what_is_refused_changes_nothing(world: &World) -> Kept {
    world.happens(&Event::Pushed(head())).await;
    world.happens(&Event::Refused).await;
    let before = world.writes().await;
    let written = world.forge().upsert_change_request(&request("Release", "notes")).await;
    refused(world, before, (ErrorKind::Forbidden, written), "a lack of rights is said").await?;
    let all = world.forge().change_requests(&head(), &base()).await.map_err(text)?;
    held(all.is_empty(), "what is refused is not there")
}

async fn what_is_not_said_is_no_request(world: &World) -> Kept {
    opened(world).await?;
    world.happens(&Event::Silent).await;
    not_said(world.forge().change_requests(&head(), &base()).await, "change requests that nobody told of are not none")
}

async fn what_is_not_said_is_no_comment(world: &World) -> Kept {
    let number = opened(world).await?.number;
    world.happens(&Event::Silent).await;
    not_said(world.forge().comment(number, "releasekit:x").await, "a comment that nobody told of is not absent")
}

async fn what_is_not_said_is_no_release(world: &World) -> Kept {
    if !world.forge().capabilities().releases {
        return Ok(());
    }
    world.happens(&Event::Silent).await;
    not_said(world.forge().release(&tag("v1")).await, "a release that nobody told of is not absent")
}

async fn nothing_is_made_after_a_look_that_failed(world: &World) -> Kept {
    opened(world).await?;
    world.happens(&Event::Silent).await;
    let written = world.forge().upsert_change_request(&request("Release", "other notes")).await;
    held(matches!(written, Written::Refused(_) | Written::Unknown(_)), "silence is no success")?;
    world.happens(&Event::Answering).await;
    let all = world.forge().change_requests(&head(), &base()).await.map_err(text)?;
    same(all.len(), 1, "after a look that failed nothing is opened")
}

fn not_said<T>(read: Result<T, BackendError>, promise: &str) -> Kept {
    let failed = read.err().map(|error| (error.kind().is_retryable(), text(error)));
    let what = format!("{promise}: {failed:?} in place of a failure that can be retried");
    held(failed.is_some_and(|(is_retryable, _)| is_retryable), what)
}

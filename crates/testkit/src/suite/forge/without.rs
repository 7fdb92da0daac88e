//! What a forge cannot: the method says so, and nothing changed.

use releasekit_core::ErrorKind;
use releasekit_core::forge::{
    AskRequest, AssetFetch, AutoMergeRequest, LabelRequest, MergeMethod, PublishReleaseRequest, ReleaseUpsert,
};

use super::commits::{commit, workflow};
use super::outcome::{asset, fails, head, opened, refused, tag};
use super::world::{Event, World};
use crate::cases;
use crate::suite::{Case, Kept};

pub(super) const CASES: &[Case<World>] = cases![
    without_labels_none_are_set by labels,
    without_assignees_nobody_is_assigned by assignees,
    without_auto_merge_nothing_is_merged by auto_merge,
    without_releases_none_is_made by releases,
    without_releases_no_file_is_sent by releases,
    without_drafts_none_is_made by draft_releases,
    without_prereleases_none_is_made by prereleases,
    without_latest_none_is_chosen by latest,
    without_dispatch_nothing_is_started by dispatch,
    without_signed_commits_none_is_made by signed_commits,
];

async fn without_labels_none_are_set(world: &World) -> Kept {
    if world.forge().capabilities().labels {
        return Ok(());
    }
    let wanted = LabelRequest::new(opened(world).await?.number, vec!["one".to_owned()]);
    let before = world.writes().await;
    let written = world.forge().set_labels(&wanted).await;
    refused(world, before, (ErrorKind::Unsupported, written), "without labels none are set").await
}

async fn without_assignees_nobody_is_assigned(world: &World) -> Kept {
    if world.forge().capabilities().assignees {
        return Ok(());
    }
    let [one, _] = world.people();
    let wanted = AskRequest::new(opened(world).await?.number, Vec::new()).with_assignees(vec![one]);
    let before = world.writes().await;
    let written = world.forge().ask(&wanted).await;
    refused(world, before, (ErrorKind::Unsupported, written), "without assignees nobody is assigned").await
}

async fn without_auto_merge_nothing_is_merged(world: &World) -> Kept {
    if world.forge().capabilities().auto_merge {
        return Ok(());
    }
    let opened = opened(world).await?;
    let before = world.writes().await;
    let wanted = AutoMergeRequest::new(opened.number, opened.head_commit, MergeMethod::Merge);
    let written = world.forge().auto_merge(&wanted).await;
    refused(world, before, (ErrorKind::Unsupported, written), "without auto_merge nothing is merged").await
}

/// Makes a release that needs what the forge lacks.
async fn release_is_refused(world: &World, wanted: ReleaseUpsert, promise: &str) -> Kept {
    world.happens(&Event::Tagged(wanted.tag.clone())).await;
    let before = world.writes().await;
    let written = world.forge().upsert_release(&wanted).await;
    refused(world, before, (ErrorKind::Unsupported, written), promise).await
}

fn wanted() -> ReleaseUpsert {
    ReleaseUpsert::new(tag("v1"), "v1", "notes")
}

async fn without_releases_none_is_made(world: &World) -> Kept {
    if world.forge().capabilities().releases {
        return Ok(());
    }
    release_is_refused(world, wanted(), "without releases none is made").await?;
    fails(world.forge().release(&tag("v1")).await, ErrorKind::Unsupported, "without releases none is looked for")
}

async fn without_releases_no_file_is_sent(world: &World) -> Kept {
    if world.forge().capabilities().releases {
        return Ok(());
    }
    let before = world.writes().await;
    let written = world.forge().upload_asset(&asset(world, &tag("v1"), "file", b"bytes")?).await;
    refused(world, before, (ErrorKind::Unsupported, written), "without releases no file is sent").await?;
    let fetch = AssetFetch::new(tag("v1"), "file", world.folder().join("fetched"), 100);
    fails(world.forge().fetch_asset(&fetch).await, ErrorKind::Unsupported, "without releases no file is fetched")
}

async fn without_drafts_none_is_made(world: &World) -> Kept {
    if world.forge().capabilities().draft_releases {
        return Ok(());
    }
    release_is_refused(world, wanted().with_draft(), "without draft_releases no draft is made").await?;
    let before = world.writes().await;
    let written = world.forge().publish_release(&PublishReleaseRequest::new(tag("v1"), false)).await;
    refused(world, before, (ErrorKind::Unsupported, written), "without draft_releases none is published").await
}

async fn without_prereleases_none_is_made(world: &World) -> Kept {
    if world.forge().capabilities().prereleases {
        return Ok(());
    }
    release_is_refused(world, wanted().with_prerelease(), "without prereleases none is made").await
}

async fn without_latest_none_is_chosen(world: &World) -> Kept {
    if world.forge().capabilities().latest {
        return Ok(());
    }
    release_is_refused(world, wanted().with_latest(), "without latest none is chosen").await
}

async fn without_dispatch_nothing_is_started(world: &World) -> Kept {
    if world.forge().capabilities().dispatch {
        return Ok(());
    }
    let before = world.writes().await;
    let written = world.forge().dispatch(&workflow("{}")).await;
    refused(world, before, (ErrorKind::Unsupported, written), "without dispatch nothing is started").await
}

async fn without_signed_commits_none_is_made(world: &World) -> Kept {
    if world.forge().capabilities().signed_commits {
        return Ok(());
    }
    world.happens(&Event::Pushed(head())).await;
    let wanted = commit(world, "one").await?;
    let before = world.writes().await;
    let written = world.forge().commit(&wanted).await;
    refused(world, before, (ErrorKind::Unsupported, written), "without signed_commits none is made").await
}

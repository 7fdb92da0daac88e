//! Files of releases.

use std::fs;

use releasekit_core::ErrorKind;
use releasekit_core::forge::{AssetFetch, AssetState, PublishReleaseRequest};
use releasekit_core::registry::Fetched;

use super::outcome::{asset, created, fails, refused, released, tag, text, unchanged, updated};
use super::world::{Event, World};
use crate::cases;
use crate::suite::{Case, Kept, held, same};

pub(super) const CASES: &[Case<World>] = cases![
    a_file_is_uploaded_and_fetched by releases,
    the_same_file_is_unchanged by releases,
    other_bytes_are_a_conflict by releases,
    half_a_file_is_replaced by releases,
    half_a_file_is_not_fetched by releases,
    half_a_file_is_not_published by draft_releases,
    a_frozen_release_takes_no_file by releases,
    another_file_on_disk_is_refused by releases,
    a_name_that_would_change_is_refused by releases,
    a_file_needs_a_release by releases,
    a_file_that_is_too_long_is_not_kept by releases,
];

const NAME: &str = "receipts.json";

async fn a_file_is_uploaded_and_fetched(world: &World) -> Kept {
    let forge = world.forge();
    if !forge.capabilities().releases {
        return Ok(());
    }
    released(world, "v1", true).await?;
    let wanted = asset(world, &tag("v1"), NAME, b"bytes\r\n\0\xff")?;
    created(forge.upload_asset(&wanted).await, "a file is uploaded")?;
    let release = forge.release(&tag("v1")).await.map_err(text)?;
    let shown = release.and_then(|release| release.asset(NAME).cloned()).ok_or("the file is listed by its name")?;
    same(&shown.state, &AssetState::Complete, "it is complete")?;
    same(&shown.size, &wanted.size, "it is complete")?;
    held(shown.digest.is_none_or(|digest| digest == wanted.digest), "the digest that is served is that of its bytes")?;
    let into = world.folder().join("fetched");
    let fetched = forge.fetch_asset(&AssetFetch::new(tag("v1"), NAME, into.clone(), wanted.size)).await;
    same(fetched.map_err(text)?, Fetched::Whole, "a file of the size that is asked for is fetched")?;
    held(fs::read(&into).is_ok_and(|bytes| bytes == b"bytes\r\n\0\xff"), "what is fetched is what was uploaded")
}

async fn the_same_file_is_unchanged(world: &World) -> Kept {
    let forge = world.forge();
    if !forge.capabilities().releases {
        return Ok(());
    }
    released(world, "v1", true).await?;
    let wanted = asset(world, &tag("v1"), NAME, b"bytes")?;
    created(forge.upload_asset(&wanted).await, "a file is uploaded")?;
    let before = world.writes().await;
    unchanged(world, before, forge.upload_asset(&wanted).await, "the same file is left alone").await.map(drop)
}

async fn other_bytes_are_a_conflict(world: &World) -> Kept {
    let forge = world.forge();
    if !forge.capabilities().releases {
        return Ok(());
    }
    released(world, "v1", true).await?;
    created(forge.upload_asset(&asset(world, &tag("v1"), NAME, b"bytes")?).await, "a file is uploaded")?;
    let before = world.writes().await;
    let written = forge.upload_asset(&asset(world, &tag("v1"), NAME, b"other")?).await;
    refused(world, before, (ErrorKind::Conflict, written), "a complete file with other bytes is left alone").await
}

async fn half_a_file_is_replaced(world: &World) -> Kept {
    let forge = world.forge();
    if !forge.capabilities().releases {
        return Ok(());
    }
    released(world, "v1", true).await?;
    if !world.happens(&Event::HalfUploaded(tag("v1"), NAME)).await {
        return Ok(());
    }
    let release = forge.release(&tag("v1")).await.map_err(text)?.ok_or("the release is found")?;
    let is_half = release.asset(NAME).is_some_and(|asset| asset.state == AssetState::Half);
    held(is_half, "half a file is listed as half a file")?;
    updated(forge.upload_asset(&asset(world, &tag("v1"), NAME, b"bytes")?).await, "half a file is replaced")?;
    let release = forge.release(&tag("v1")).await.map_err(text)?.ok_or("the release is found")?;
    let states: Vec<AssetState> = release.assets.iter().map(|asset| asset.state).collect();
    same(&states, &[AssetState::Complete], "the whole file stands in the place of the half")
}

async fn half_a_file_is_not_fetched(world: &World) -> Kept {
    let forge = world.forge();
    if !forge.capabilities().releases {
        return Ok(());
    }
    released(world, "v1", true).await?;
    let into = world.folder().join("fetched");
    let fetch = AssetFetch::new(tag("v1"), NAME, into.clone(), 100);
    fails(forge.fetch_asset(&fetch).await, ErrorKind::NotFound, "what is not there is not fetched")?;
    if world.happens(&Event::HalfUploaded(tag("v1"), NAME)).await {
        fails(forge.fetch_asset(&fetch).await, ErrorKind::NotFound, "half a file is not fetched")?;
    }
    held(!into.exists(), "nothing is left of what was not fetched")
}

async fn half_a_file_is_not_published(world: &World) -> Kept {
    let forge = world.forge();
    if !forge.capabilities().draft_releases {
        return Ok(());
    }
    released(world, "v1", true).await?;
    if !world.happens(&Event::HalfUploaded(tag("v1"), NAME)).await {
        return Ok(());
    }
    let before = world.writes().await;
    let written = forge.publish_release(&PublishReleaseRequest::new(tag("v1"), false)).await;
    refused(world, before, (ErrorKind::Precondition, written), "a draft with half a file is not published").await
}

async fn a_frozen_release_takes_no_file(world: &World) -> Kept {
    let forge = world.forge();
    if !forge.capabilities().releases {
        return Ok(());
    }
    released(world, "v1", false).await?;
    let there = asset(world, &tag("v1"), NAME, b"bytes")?;
    created(forge.upload_asset(&there).await, "a file is uploaded")?;
    if !world.happens(&Event::Frozen(tag("v1"))).await {
        return Ok(());
    }
    let release = forge.release(&tag("v1")).await.map_err(text)?.ok_or("the release is found")?;
    held(release.immutable, "a release that takes no more files says so")?;
    let before = world.writes().await;
    unchanged(world, before, forge.upload_asset(&there).await, "a file that it has is as asked").await?;
    let written = forge.upload_asset(&asset(world, &tag("v1"), "late", b"late")?).await;
    refused(world, before, (ErrorKind::Precondition, written), "a release that is frozen takes no more files").await
}

async fn another_file_on_disk_is_refused(world: &World) -> Kept {
    let forge = world.forge();
    if !forge.capabilities().releases {
        return Ok(());
    }
    released(world, "v1", true).await?;
    let wanted = asset(world, &tag("v1"), NAME, b"bytes")?;
    fs::write(&wanted.path, b"moved").map_err(|error| error.to_string())?;
    let before = world.writes().await;
    let written = forge.upload_asset(&wanted).await;
    refused(world, before, (ErrorKind::Precondition, written), "a file that is not the described one is not sent").await
}

async fn a_name_that_would_change_is_refused(world: &World) -> Kept {
    let forge = world.forge();
    if !forge.capabilities().releases {
        return Ok(());
    }
    released(world, "v1", true).await?;
    let before = world.writes().await;
    let written = forge.upload_asset(&asset(world, &tag("v1"), "a b/c", b"bytes")?).await;
    refused(world, before, (ErrorKind::Invalid, written), "a name that would be listed as another is refused").await
}

async fn a_file_needs_a_release(world: &World) -> Kept {
    let forge = world.forge();
    if !forge.capabilities().releases {
        return Ok(());
    }
    world.happens(&Event::Tagged(tag("v1"))).await;
    let before = world.writes().await;
    let written = forge.upload_asset(&asset(world, &tag("v1"), NAME, b"bytes")?).await;
    refused(world, before, (ErrorKind::Precondition, written), "without a release no file is uploaded").await
}

async fn a_file_that_is_too_long_is_not_kept(world: &World) -> Kept {
    let forge = world.forge();
    if !forge.capabilities().releases {
        return Ok(());
    }
    released(world, "v1", true).await?;
    created(forge.upload_asset(&asset(world, &tag("v1"), NAME, b"bytes")?).await, "a file is uploaded")?;
    let into = world.folder().join("fetched");
    let fetched = forge.fetch_asset(&AssetFetch::new(tag("v1"), NAME, into.clone(), 4)).await.map_err(text)?;
    same(fetched, Fetched::TooLong, "what is longer than is asked for is not kept")?;
    same(into.exists(), false, "what is longer than is asked for is not kept")
}

//! Releases of tags.

use releasekit_core::ErrorKind;
use releasekit_core::forge::{PublishReleaseRequest, Release, ReleaseUpsert};

use super::outcome::{created, fails, refused, released, tag, text, unchanged, updated};
use super::world::{Event, World};
use crate::cases;
use crate::suite::{Case, Kept, held, same};

pub(super) const CASES: &[Case<World>] = cases![
    a_release_is_made by releases,
    a_release_as_asked_is_unchanged by releases,
    a_release_is_updated by releases,
    a_missing_tag_is_refused by releases,
    the_longest_notes_are_taken by releases,
    longer_notes_are_refused by releases,
    a_draft_is_published by draft_releases,
    a_published_release_is_no_draft_again by draft_releases,
    a_draft_is_found_with_its_tag by draft_releases,
    two_drafts_are_a_conflict by draft_releases,
    a_prerelease_says_so by prereleases,
    the_latest_stays_where_nobody_asks by latest,
    the_latest_moves_where_it_is_asked by latest,
    a_prerelease_is_not_the_latest by latest,
];

async fn found(world: &World, name: &str) -> Result<Release, String> {
    let found = world.forge().release(&tag(name)).await.map_err(text)?;
    found.ok_or_else(|| "the release of a tag is found".to_owned())
}

async fn a_release_is_made(world: &World) -> Kept {
    let forge = world.forge();
    if !forge.capabilities().releases {
        return Ok(());
    }
    held(forge.release(&tag("v1")).await.map_err(text)?.is_none(), "without a release none is found")?;
    world.happens(&Event::Tagged(tag("v1"))).await;
    let wanted = ReleaseUpsert::new(tag("v1"), "name 1 é", "## Notes\n\n* é 🚀 `x` & <y>\n");
    created(forge.upsert_release(&wanted).await, "a release is made")?;
    let found = found(world, "v1").await?;
    same(&found.title, &wanted.title, "title and notes come back as they were written")?;
    same(&found.body, &wanted.body, "title and notes come back as they were written")?;
    held(!found.draft && !found.prerelease && found.assets.is_empty(), "it is final and public, without files")
}

async fn a_release_as_asked_is_unchanged(world: &World) -> Kept {
    let forge = world.forge();
    if !forge.capabilities().releases {
        return Ok(());
    }
    released(world, "v1", false).await?;
    let before = world.writes().await;
    let again = forge.upsert_release(&ReleaseUpsert::new(tag("v1"), "v1", "notes")).await;
    unchanged(world, before, again, "a release that is as asked is left alone").await.map(drop)
}

async fn a_release_is_updated(world: &World) -> Kept {
    let forge = world.forge();
    if !forge.capabilities().releases {
        return Ok(());
    }
    released(world, "v1", false).await?;
    released(world, "v2", false).await?;
    let again = forge.upsert_release(&ReleaseUpsert::new(tag("v1"), "new", "new notes")).await;
    updated(again, "a release is brought to what is asked")?;
    let (one, two) = (found(world, "v1").await?, found(world, "v2").await?);
    held(one.title == "new" && one.body == "new notes", "title and notes are as asked")?;
    held(two.title == "v2" && two.body == "notes", "the release of another tag stays")
}

async fn a_missing_tag_is_refused(world: &World) -> Kept {
    let forge = world.forge();
    if !forge.capabilities().releases {
        return Ok(());
    }
    let before = world.writes().await;
    let written = forge.upsert_release(&ReleaseUpsert::new(tag("v1"), "v1", "notes")).await;
    refused(world, before, (ErrorKind::Precondition, written), "a tag that nobody pushed is not made").await
}

fn longest(world: &World) -> String {
    let limit = world.forge().capabilities().release_body;
    let start = "🚀 é ";
    format!("{start}{}", "x".repeat(limit.most - limit.measure(start)))
}

async fn the_longest_notes_are_taken(world: &World) -> Kept {
    let forge = world.forge();
    if !forge.capabilities().releases {
        return Ok(());
    }
    world.happens(&Event::Tagged(tag("v1"))).await;
    let wanted = ReleaseUpsert::new(tag("v1"), "v1", longest(world));
    created(forge.upsert_release(&wanted).await, "the longest notes are taken")?;
    held(found(world, "v1").await?.body == wanted.body, "the longest notes come back whole")
}

async fn longer_notes_are_refused(world: &World) -> Kept {
    let forge = world.forge();
    if !forge.capabilities().releases {
        return Ok(());
    }
    world.happens(&Event::Tagged(tag("v1"))).await;
    let before = world.writes().await;
    let written = forge.upsert_release(&ReleaseUpsert::new(tag("v1"), "v1", longest(world) + "x")).await;
    refused(world, before, (ErrorKind::Invalid, written), "notes over the limit are refused").await
}

async fn a_draft_is_published(world: &World) -> Kept {
    let forge = world.forge();
    if !forge.capabilities().draft_releases {
        return Ok(());
    }
    released(world, "v1", true).await?;
    let publish = PublishReleaseRequest::new(tag("v1"), false);
    updated(forge.publish_release(&publish).await, "a draft is published")?;
    held(!found(world, "v1").await?.draft, "what is published is no draft")?;
    let before = world.writes().await;
    unchanged(world, before, forge.publish_release(&publish).await, "it is published once").await?;
    let absent = forge.publish_release(&PublishReleaseRequest::new(tag("v2"), false)).await;
    refused(world, before, (ErrorKind::NotFound, absent), "without a release nothing is published").await
}

async fn a_published_release_is_no_draft_again(world: &World) -> Kept {
    let forge = world.forge();
    if !forge.capabilities().draft_releases {
        return Ok(());
    }
    released(world, "v1", false).await?;
    let again = forge.upsert_release(&ReleaseUpsert::new(tag("v1"), "v1", "more notes").with_draft()).await;
    updated(again, "its notes are brought to what is asked")?;
    held(!found(world, "v1").await?.draft, "what is published stays published")
}

async fn a_draft_is_found_with_its_tag(world: &World) -> Kept {
    let forge = world.forge();
    if !forge.capabilities().draft_releases {
        return Ok(());
    }
    released(world, "v1", true).await?;
    held(found(world, "v1").await?.draft, "a draft is found with its tag, as a draft")?;
    let before = world.writes().await;
    let again = forge.upsert_release(&ReleaseUpsert::new(tag("v1"), "v1", "notes").with_draft()).await;
    unchanged(world, before, again, "a draft that is as asked is left alone").await.map(drop)
}

async fn two_drafts_are_a_conflict(world: &World) -> Kept {
    let forge = world.forge();
    if !forge.capabilities().draft_releases {
        return Ok(());
    }
    released(world, "v1", true).await?;
    if !world.happens(&Event::DraftedTwice(tag("v1"))).await {
        return Ok(());
    }
    fails(forge.release(&tag("v1")).await, ErrorKind::Conflict, "several drafts of a tag are a conflict")?;
    let before = world.writes().await;
    let written = forge.upsert_release(&ReleaseUpsert::new(tag("v1"), "v1", "more")).await;
    refused(world, before, (ErrorKind::Conflict, written), "of several drafts none is written to").await
}

async fn a_prerelease_says_so(world: &World) -> Kept {
    let forge = world.forge();
    if !forge.capabilities().prereleases {
        return Ok(());
    }
    world.happens(&Event::Tagged(tag("v1"))).await;
    let wanted = ReleaseUpsert::new(tag("v1"), "v1", "notes");
    created(forge.upsert_release(&wanted.clone().with_prerelease()).await, "a prerelease is made")?;
    held(found(world, "v1").await?.prerelease, "a prerelease says that it is one")?;
    updated(forge.upsert_release(&wanted).await, "it becomes final")?;
    held(!found(world, "v1").await?.prerelease, "what became final is no prerelease")
}

async fn the_latest_stays_where_nobody_asks(world: &World) -> Kept {
    let forge = world.forge();
    if !forge.capabilities().latest {
        return Ok(());
    }
    for name in ["v1", "v2"] {
        world.happens(&Event::Tagged(tag(name))).await;
    }
    let first = ReleaseUpsert::new(tag("v1"), "v1", "notes").with_latest();
    created(forge.upsert_release(&first).await, "a release is made")?;
    released(world, "v2", true).await?;
    if forge.capabilities().draft_releases {
        let publish = PublishReleaseRequest::new(tag("v2"), false);
        updated(forge.publish_release(&publish).await, "a draft is published")?;
    }
    let (one, two) = (found(world, "v1").await?, found(world, "v2").await?);
    same(
        &[one.latest, two.latest],
        &[Some(true), Some(false)],
        "a release that nobody calls the latest leaves it where it is",
    )
}

async fn the_latest_moves_where_it_is_asked(world: &World) -> Kept {
    let forge = world.forge();
    if !forge.capabilities().latest {
        return Ok(());
    }
    for name in ["v1", "v2"] {
        released(world, name, false).await?;
        let wanted = ReleaseUpsert::new(tag(name), name, "notes").with_latest();
        forge.upsert_release(&wanted).await.value().map_err(text)?;
    }
    let (one, two) = (found(world, "v1").await?, found(world, "v2").await?);
    same(&[one.latest, two.latest], &[Some(false), Some(true)], "the latest is the release that is called so last")
}

async fn a_prerelease_is_not_the_latest(world: &World) -> Kept {
    let forge = world.forge();
    if !forge.capabilities().latest || !forge.capabilities().prereleases {
        return Ok(());
    }
    world.happens(&Event::Tagged(tag("v1"))).await;
    let before = world.writes().await;
    let wanted = ReleaseUpsert::new(tag("v1"), "v1", "notes").with_prerelease().with_latest();
    let written = forge.upsert_release(&wanted).await;
    refused(world, before, (ErrorKind::Invalid, written), "a prerelease is never the latest").await
}

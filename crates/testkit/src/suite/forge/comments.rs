//! Comments, which are found again by a marker.

use releasekit_core::ErrorKind;
use releasekit_core::forge::{CommentUpsert, marker_line};

use super::outcome::{created, opened, refused, text, unchanged, updated};
use super::world::{Event, World};
use crate::cases;
use crate::suite::{Case, Kept, same};

pub(super) const CASES: &[Case<World>] = cases![
    a_comment_is_found_by_its_marker,
    a_comment_as_asked_is_unchanged,
    a_comment_is_updated,
    a_quoted_marker_is_anothers,
    a_closed_request_takes_comments,
    a_marker_that_cannot_be_hidden_is_refused,
    a_longer_comment_is_refused,
];

const MARKER: &str = "releasekit:closed";

async fn a_comment_is_found_by_its_marker(world: &World) -> Kept {
    let number = opened(world).await?.number;
    let none = world.forge().comment(number, MARKER).await.map_err(text)?;
    same(none.map(|found| found.text), None, "without a comment none is found")?;
    world
        .forge()
        .upsert_comment(&CommentUpsert::new(number, "releasekit:other", "other"))
        .await
        .value()
        .map_err(text)?;
    let wanted = CommentUpsert::new(number, MARKER, "Closed: é 🚀\n\n`x` & <y>");
    created(world.forge().upsert_comment(&wanted).await, "a comment is written")?;
    let found = world.forge().comment(number, MARKER).await.map_err(text)?;
    same(found.map(|found| found.text), Some(wanted.text), "a comment is found by its marker, as it was written")
}

async fn a_comment_as_asked_is_unchanged(world: &World) -> Kept {
    let wanted = CommentUpsert::new(opened(world).await?.number, MARKER, "text");
    created(world.forge().upsert_comment(&wanted).await, "a comment is written")?;
    let before = world.writes().await;
    let again = world.forge().upsert_comment(&wanted).await;
    unchanged(world, before, again, "a comment that is as asked is left alone").await.map(drop)
}

async fn a_comment_is_updated(world: &World) -> Kept {
    let number = opened(world).await?.number;
    let first = world.forge().upsert_comment(&CommentUpsert::new(number, MARKER, "one")).await;
    let first = created(first, "a comment is written")?;
    let second = world.forge().upsert_comment(&CommentUpsert::new(number, MARKER, "two")).await;
    let second = updated(second, "a comment is brought to what is asked")?;
    same(&first.id, &second.id, "it is the same comment")?;
    let found = world.forge().comment(number, MARKER).await.map_err(text)?;
    same(found.map(|found| found.text).as_deref(), Some("two"), "its text is as asked")
}

async fn a_quoted_marker_is_anothers(world: &World) -> Kept {
    let number = opened(world).await?.number;
    let line = marker_line(MARKER).ok_or("the marker can be hidden")?;
    world.happens(&Event::Commented(number, format!("> {line}\n> Closed\n\nWhy?"))).await;
    world.happens(&Event::Commented(number, format!("It begins with\n{line}\n"))).await;
    let found = world.forge().comment(number, MARKER).await.map_err(text)?;
    same(found.map(|found| found.text), None, "people who quote a marker have written a comment of their own")
}

async fn a_closed_request_takes_comments(world: &World) -> Kept {
    let number = opened(world).await?.number;
    world.happens(&Event::Closed(number)).await;
    let written = world.forge().upsert_comment(&CommentUpsert::new(number, MARKER, "text")).await;
    created(written, "a closed change request takes comments").map(drop)
}

async fn a_marker_that_cannot_be_hidden_is_refused(world: &World) -> Kept {
    let number = opened(world).await?.number;
    let before = world.writes().await;
    let written = world.forge().upsert_comment(&CommentUpsert::new(number, "a-->b", "text")).await;
    refused(world, before, (ErrorKind::Invalid, written), "a marker that readers would see is refused").await
}

async fn a_longer_comment_is_refused(world: &World) -> Kept {
    let number = opened(world).await?.number;
    let before = world.writes().await;
    let text = "x".repeat(world.forge().capabilities().request_body.most);
    let written = world.forge().upsert_comment(&CommentUpsert::new(number, MARKER, text)).await;
    refused(world, before, (ErrorKind::Invalid, written), "marker and text over the limit are refused").await
}

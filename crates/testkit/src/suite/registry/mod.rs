//! What registries promise.

mod world;

use releasekit_core::package_manager::Reply;
use releasekit_core::registry::{Fetched, Observed};
use releasekit_core::{Diagnostic, ErrorKind};

use super::{Case, Kept, held};
use crate::{cases, sha256};
use world::bytes;

pub use world::{Differences, Surroundings, World};

/// Every promise.
pub const CASES: &[Case<World>] = cases![
    what_was_sent_is_listed_under_its_name,
    sizes_are_true,
    digests_are_those_it_is_verified_by by digest,
    what_is_not_there_is_absent,
    versions_are_told_apart,
    answers_come_in_the_order_of_the_questions,
    a_question_that_is_asked_twice_is_answered_twice,
    spellings_of_a_name_are_one,
    a_question_that_has_no_answer_is_unknown,
    tags_fill_it by filled_from_tags,
    a_file_is_fetched_whole,
    a_file_that_is_too_long_is_not_kept,
    a_file_that_is_gone_is_not_found,
    other_bytes_are_refused,
    the_same_bytes_change_nothing,
    the_api_takes_a_file_or_nothing,
    a_channel_points_to_what_was_sent by channels,
];

async fn what_was_sent_is_listed_under_its_name(world: &World) -> Kept {
    let artifact = world.sent("1.0.0").await?;
    let names = world.names("1.0.0").await;
    held(names == [artifact.file_name.as_str()], format!("exactly what was sent is listed: {names:?}"))
}

async fn sizes_are_true(world: &World) -> Kept {
    let artifact = world.sent("1.0.0").await?;
    let size = world.listed("1.0.0").await?.size;
    held(size == world.differences.sizes.then_some(artifact.size), format!("the size is none or true: {size:?}"))
}

async fn digests_are_those_it_is_verified_by(world: &World) -> Kept {
    let sent = world.sent("1.0.0").await?;
    let file = world.listed("1.0.0").await?;
    let algorithm = world.registry.capabilities().digest;
    let digest = file.digest(algorithm).map(|digest| digest.value.clone());
    let expected = world.digest_stored(&sent.file_name).filter(|_| world.differences.digests);
    held(digest == expected, format!("digest: files are listed with {}: {digest:?}", algorithm.as_str()))
}

async fn what_is_not_there_is_absent(world: &World) -> Kept {
    world.sent("1.0.0").await?;
    let package = world.differences.package;
    let (longer, shorter) = (format!("{package}-and-more"), &package[..package.len() - 1]);
    let observed = world.observe(&[(package, "1.0.1"), (&longer, "1.0.0"), (shorter, "1.0.0")]).await;
    held(observed.iter().all(|one| matches!(one, Observed::Absent)), format!("it is absent: {observed:?}"))
}

async fn versions_are_told_apart(world: &World) -> Kept {
    let one = world.sent("1.0.1").await?.file_name;
    let ten = world.sent("1.0.10").await?.file_name;
    let (of_one, of_ten) = (world.names("1.0.1").await, world.names("1.0.10").await);
    let is_apart = !of_one.contains(&ten) && !of_ten.contains(&one);
    held(is_apart && !of_one.is_empty() && !of_ten.is_empty(), format!("each has its own files: {of_one:?} {of_ten:?}"))
}

async fn answers_come_in_the_order_of_the_questions(world: &World) -> Kept {
    world.sent("1.0.0").await?;
    let package = world.differences.package;
    let observed = world.observe(&[(package, "1.0.0"), (package, "2.0.0")]).await;
    let is_first = matches!(observed.as_slice(), [Observed::Live(_), other] if !matches!(other, Observed::Live(_)));
    held(is_first, format!("answers follow the questions: {observed:?}"))
}

async fn a_question_that_is_asked_twice_is_answered_twice(world: &World) -> Kept {
    let observed = world.observe(&[(world.differences.package, "1.0.0"); 2]).await;
    held(observed.len() == 2, format!("each question has its answer: {observed:?}"))
}

async fn spellings_of_a_name_are_one(world: &World) -> Kept {
    world.sent("1.0.0").await?;
    let observed = world.observe(&[world.differences.spelling]).await;
    held(matches!(observed.as_slice(), [Observed::Live(_)]), format!("another spelling is the same: {observed:?}"))
}

async fn a_question_that_has_no_answer_is_unknown(world: &World) -> Kept {
    world.sent("1.0.0").await?;
    let observed = world.observe(&[(world.differences.no_name, "1.0.0"), (world.differences.package, "1.0.0")]).await;
    let is_apart = matches!(observed.as_slice(), [Observed::Unknown(_), Observed::Live(_)]);
    held(is_apart, format!("what cannot be asked is unknown, and nothing else is: {observed:?}"))
}

async fn tags_fill_it(world: &World) -> Kept {
    world.around.tag("2.0.0");
    let is_live = !world.names("2.0.0").await.is_empty();
    let fills = world.registry.capabilities().filled_from_tags;
    held(is_live == fills, format!("filled_from_tags: a tag is enough ({fills}), and looking finds it: {is_live}"))?;
    held(fills || world.around.stored().is_empty(), "without filled_from_tags looking changes nothing")
}

async fn a_file_is_fetched_whole(world: &World) -> Kept {
    let artifact = world.sent("1.0.0").await?;
    let (fetched, found) = world.fetch(&world.listed("1.0.0").await?, artifact.size).await;
    let is_whole = matches!(fetched, Ok(Fetched::Whole)) && found == Some(bytes(&artifact));
    held(is_whole, format!("what was sent comes back: {fetched:?}"))
}

async fn a_file_that_is_too_long_is_not_kept(world: &World) -> Kept {
    let artifact = world.sent("1.0.0").await?;
    let (fetched, found) = world.fetch(&world.listed("1.0.0").await?, artifact.size - 1).await;
    held(matches!(fetched, Ok(Fetched::TooLong)) && found.is_none(), format!("no more than is asked for: {fetched:?}"))
}

async fn a_file_that_is_gone_is_not_found(world: &World) -> Kept {
    world.sent("1.0.0").await?;
    let mut file = world.listed("1.0.0").await?;
    file.url.push_str("-gone");
    let (fetched, found) = world.fetch(&file, u64::MAX).await;
    let is_missing = fetched.as_ref().is_err_and(|error| error.kind() == ErrorKind::NotFound);
    held(is_missing && found.is_none(), format!("what is gone is not found, and no file is made: {fetched:?}"))
}

async fn other_bytes_are_refused(world: &World) -> Kept {
    let first = sha256(&bytes(&world.sent("1.0.0").await?));
    let (is_taken, other) = world.send("1.0.0", "two").await;
    let stored = world.digest_stored(&other.file_name);
    held(!is_taken && stored == Some(first), "other bytes of the same name are refused, and the first ones stay")
}

async fn the_same_bytes_change_nothing(world: &World) -> Kept {
    world.sent("1.0.0").await?;
    let before = world.around.stored();
    let (is_taken, _) = world.send("1.0.0", "one").await;
    let is_so = is_taken == world.differences.same_bytes && world.around.stored() == before;
    held(is_so, format!("the same bytes again change nothing: {is_taken}"))
}

async fn the_api_takes_a_file_or_nothing(world: &World) -> Kept {
    let channel = world.registry.capabilities().channels.then_some("latest");
    let artifact = world.around.artifact("1.0.0", "one");
    let reply = world.registry.upload(&world.request("1.0.0", artifact.clone(), channel)).await;
    let is_stored = world.digest_stored(&artifact.file_name) == Some(sha256(&bytes(&artifact)));
    if world.differences.api {
        return held(matches!(reply, Reply::Accepted) && is_stored, format!("the API takes a file: {reply:?}"));
    }
    let is_refused = matches!(&reply, Reply::Refused(error) if error.kind() == ErrorKind::Unsupported);
    let is_empty = world.around.stored().is_empty();
    held(is_refused && is_empty, format!("without an API it is unsupported, and nothing is sent: {reply:?}"))
}

async fn a_channel_points_to_what_was_sent(world: &World) -> Kept {
    if !world.registry.capabilities().channels {
        world.sent("1.0.0").await?;
        return held(world.around.channel("latest").is_none(), "without channels no name points anywhere");
    }
    let artifact = world.around.artifact("2.0.0", "one");
    let is_taken = world.around.send(&world.request("2.0.0", artifact, Some("beta"))).await;
    let points = world.around.channel("beta");
    held(is_taken && points.as_deref() == Some("2.0.0"), format!("channels: the name points to it: {points:?}"))?;
    held(world.around.channel("latest").is_none(), "channels: no other name moves")
}

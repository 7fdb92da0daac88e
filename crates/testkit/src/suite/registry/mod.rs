//! What registries promise.

mod world;

use std::collections::BTreeMap;
use std::fs;

use releasekit_core::model::{DigestAlgorithm, PackageName, Version};
use releasekit_core::package_manager::Reply;
use releasekit_core::registry::{Fetched, NameStatus, Observed, Offer, Wanted};
use releasekit_core::{Diagnostic, ErrorKind};

use super::{Case, Kept, held};
use crate::{cases, sha256, sha512};
use world::{FETCHED, bytes};

pub use world::{Differences, Surroundings, World};

/// Every promise.
pub const CASES: &[Case<World>] = cases![
    who_can_send_lacks_no_credential,
    what_was_sent_is_listed_under_its_name,
    sizes_are_true,
    digests_are_those_it_is_verified_by by digest,
    what_is_withdrawn_is_said_to_be,
    what_is_not_there_is_absent,
    versions_are_told_apart,
    answers_come_in_the_order_of_the_questions,
    a_question_that_is_asked_twice_is_answered_twice,
    spellings_of_a_name_are_one,
    a_question_that_has_no_answer_is_unknown,
    a_registry_that_does_not_answer_has_nothing_absent,
    what_was_absent_is_seen_once_it_is_sent,
    tags_fill_it by filled_from_tags,
    a_file_is_fetched_whole,
    a_file_that_is_too_long_is_not_kept,
    a_file_that_is_gone_is_not_found,
    what_lies_there_is_not_written_over,
    a_download_leaves_nothing_beside,
    other_bytes_are_refused,
    the_same_bytes_change_nothing,
    the_api_takes_a_file_or_nothing,
    what_is_not_on_disk_is_not_sent,
    a_channel_points_to_what_was_sent by channels,
    a_yes_says_that_the_channel_points_there by channels,
    a_refused_upload_moves_no_channel by channels,
    where_channels_point_is_told by channels,
    a_listing_names_no_channel_that_points_elsewhere by channels,
    a_channel_is_moved_alone by channels,
    a_channel_points_to_nothing_that_is_not_there by channels,
    what_is_yanked_is_passed_over_until_it_is_offered_again by yank,
    what_is_not_there_is_not_yanked by yank,
    a_name_is_new_until_it_is_sent by pacing,
];

async fn who_can_send_lacks_no_credential(world: &World) -> Kept {
    let before = world.registry.check_credential();
    let artifact = world.sent("1.0.0").await?;
    held(before.is_ok(), format!("`{}` is taken, and before it was {before:?} in place of Ok", artifact.file_name))
}

async fn what_was_sent_is_listed_under_its_name(world: &World) -> Kept {
    let artifact = world.sent("1.0.0").await?;
    let names = world.names("1.0.0").await;
    let expected = [artifact.file_name.as_str()];
    held(names == expected, format!("the files that are listed of 1.0.0: {names:?} in place of {expected:?}"))
}

async fn sizes_are_true(world: &World) -> Kept {
    let artifact = world.sent("1.0.0").await?;
    let size = world.listed("1.0.0").await?.size;
    let expected = world.differences.sizes.then_some(artifact.size);
    held(
        size == expected,
        format!("the size that is listed of `{}`: {size:?} in place of {expected:?}", artifact.file_name),
    )
}

async fn digests_are_those_it_is_verified_by(world: &World) -> Kept {
    let sent = world.sent("1.0.0").await?;
    let file = world.listed("1.0.0").await?;
    let algorithm = world.registry.capabilities().digest;
    let digest = file.digest(algorithm).map(|digest| digest.value.clone());
    let stored = world.digest_stored(&sent.file_name).filter(|_| world.differences.digests);
    let expected = match algorithm {
        // What is stored is known by another digest, so it has to be what was sent.
        DigestAlgorithm::Sha512 => {
            stored.filter(|stored| *stored == sha256(&bytes(&sent))).map(|_| sha512(&bytes(&sent)))
        }
        _ => stored,
    };
    let what = format!("digest: the {} that is listed of `{}`", algorithm.as_str(), sent.file_name);
    held(digest == expected, format!("{what}: {digest:?} in place of {expected:?}"))
}

async fn what_is_withdrawn_is_said_to_be(world: &World) -> Kept {
    let withdrawn = world.sent("1.0.0").await?.file_name;
    world.sent("1.1.0").await?;
    // What was said before it was withdrawn is no longer so.
    world.listed("1.0.0").await?;
    let expected = [world.around.withdraw(&withdrawn), false];
    let yanked = [world.listed("1.0.0").await?.yanked, world.listed("1.1.0").await?.yanked];
    let what = format!("`{withdrawn}` is withdrawn, where that is possible, and its successor is not");
    held(yanked == expected, format!("{what}: yanked is {yanked:?} in place of {expected:?}"))
}

async fn what_is_not_there_is_absent(world: &World) -> Kept {
    world.sent("1.0.0").await?;
    let package = world.differences.package;
    let (longer, shorter) = (format!("{package}-and-more"), &package[..package.len() - 1]);
    let asked = [(package, "1.0.1"), (longer.as_str(), "1.0.0"), (shorter, "1.0.0")];
    let observed = world.observe(&asked).await;
    let is_absent = observed.iter().all(|one| matches!(one, Observed::Absent));
    held(is_absent, format!("{package} 1.0.0 is all there is: {asked:?} are {observed:?} in place of absent"))
}

async fn versions_are_told_apart(world: &World) -> Kept {
    let one = world.sent("1.0.1").await?.file_name;
    let ten = world.sent("1.0.10").await?.file_name;
    let found = [world.names("1.0.1").await, world.names("1.0.10").await];
    let is_apart = !found[0].contains(&ten) && !found[1].contains(&one) && found.iter().all(|names| !names.is_empty());
    held(is_apart, format!("the files of 1.0.1 and 1.0.10: {found:?} in place of [[{one:?}], [{ten:?}]]"))
}

async fn answers_come_in_the_order_of_the_questions(world: &World) -> Kept {
    world.sent("1.0.0").await?;
    let package = world.differences.package;
    let observed = world.observe(&[(package, "1.0.0"), (package, "2.0.0")]).await;
    let is_first = matches!(observed.as_slice(), [Observed::Live(_), other] if !matches!(other, Observed::Live(_)));
    held(is_first, format!("1.0.0, which is live, and 2.0.0, which is not, are in this order {observed:?}"))
}

async fn a_question_that_is_asked_twice_is_answered_twice(world: &World) -> Kept {
    let observed = world.observe(&[(world.differences.package, "1.0.0"); 2]).await;
    held(observed.len() == 2, format!("one question, asked twice, has {} answers in place of 2", observed.len()))
}

async fn spellings_of_a_name_are_one(world: &World) -> Kept {
    world.sent("1.0.0").await?;
    let (name, version) = world.differences.spelling;
    let observed = world.observe(&[(name, version)]).await;
    let is_live = matches!(observed.as_slice(), [Observed::Live(_)]);
    held(is_live, format!("`{name}` {version} is what was sent, otherwise spelled: {observed:?} in place of live"))
}

async fn a_question_that_has_no_answer_is_unknown(world: &World) -> Kept {
    world.sent("1.0.0").await?;
    let no_name = world.differences.no_name;
    let observed = world.observe(&[(no_name, "1.0.0"), (world.differences.package, "1.0.0")]).await;
    let is_apart = matches!(observed.as_slice(), [Observed::Unknown(_), Observed::Live(_)]);
    held(
        is_apart,
        format!("`{no_name}`, which is no name, and what was sent: {observed:?} in place of [unknown, live]"),
    )
}

async fn a_registry_that_does_not_answer_has_nothing_absent(world: &World) -> Kept {
    let silent = world.around.silent();
    held(!silent.is_empty(), "the world has no registry that does not answer, and each kind can have one")?;
    for (why, registry) in silent {
        let wanted = Wanted::new(PackageName::new(world.differences.package), Version::from_canonical("1.0.0"));
        let observed = registry.observe(&[wanted]).await;
        let is_unknown = matches!(observed.as_slice(), [Observed::Unknown(_)]);
        held(is_unknown, format!("{why}: 1.0.0 is {observed:?} in place of unknown"))?;
    }
    Ok(())
}

async fn what_was_absent_is_seen_once_it_is_sent(world: &World) -> Kept {
    // What fills itself remembers a no.
    if world.registry.capabilities().filled_from_tags {
        return Ok(());
    }
    let before = world.names("1.0.0").await;
    held(before.is_empty(), format!("nothing was sent: the files of 1.0.0 are {before:?} in place of none"))?;
    let file = world.sent("1.0.0").await?.file_name;
    let after = world.names("1.0.0").await;
    held(
        !after.is_empty(),
        format!("1.0.0 was absent, and `{file}` is sent: its files are {after:?} in place of that one"),
    )
}

async fn tags_fill_it(world: &World) -> Kept {
    world.around.tag("2.0.0");
    let names = world.names("2.0.0").await;
    let fills = world.registry.capabilities().filled_from_tags;
    let expected = if fills { "some" } else { "none" };
    let what = "filled_from_tags: the files of 2.0.0, which is tagged and was not sent";
    held(names.is_empty() != fills, format!("{what}: {names:?} in place of {expected}"))?;
    let stored = world.around.stored();
    held(fills || stored.is_empty(), format!("without filled_from_tags looking changes nothing: it stores {stored:?}"))
}

async fn a_file_is_fetched_whole(world: &World) -> Kept {
    let artifact = world.sent("1.0.0").await?;
    let (fetched, found) = world.fetch(&world.listed("1.0.0").await?, artifact.size).await;
    let length = found.as_ref().map(Vec::len);
    let is_whole = matches!(fetched, Ok(Fetched::Whole)) && found == Some(bytes(&artifact));
    let what = format!("`{}` of {} bytes is fetched", artifact.file_name, artifact.size);
    held(is_whole, format!("{what}: {fetched:?} with {length:?} bytes in place of its own, whole"))
}

async fn a_file_that_is_too_long_is_not_kept(world: &World) -> Kept {
    let artifact = world.sent("1.0.0").await?;
    let (fetched, found) = world.fetch(&world.listed("1.0.0").await?, artifact.size - 1).await;
    let is_refused = matches!(fetched, Ok(Fetched::TooLong)) && found.is_none();
    let length = found.map(|bytes| bytes.len());
    held(
        is_refused,
        format!("one byte less is asked for: {fetched:?} with {length:?} bytes in place of `TooLong` and no file"),
    )
}

async fn a_file_that_is_gone_is_not_found(world: &World) -> Kept {
    world.sent("1.0.0").await?;
    let mut file = world.listed("1.0.0").await?;
    file.url.push_str("-gone");
    let (fetched, found) = world.fetch(&file, u64::MAX).await;
    let is_missing = fetched.as_ref().is_err_and(|error| error.kind() == ErrorKind::NotFound);
    let what = format!("a file that is gone: {fetched:?} in place of `NotFound`");
    held(is_missing && found.is_none(), format!("{what}, and {} in place of no file", told(found.is_some())))
}

fn told(is_there: bool) -> &'static str {
    if is_there { "a file" } else { "no file" }
}

async fn what_lies_there_is_not_written_over(world: &World) -> Kept {
    let artifact = world.sent("1.0.0").await?;
    fs::write(world.path(FETCHED), "somebody's").expect("the folder is ours");
    let (fetched, found) = world.fetch(&world.listed("1.0.0").await?, artifact.size).await;
    let is_kept = fetched.is_err() && found.as_deref() == Some(b"somebody's");
    let length = found.map(|bytes| bytes.len());
    held(
        is_kept,
        format!("10 bytes lie where a download is to go: {fetched:?} with {length:?} bytes in place of a failure"),
    )
}

async fn a_download_leaves_nothing_beside(world: &World) -> Kept {
    let artifact = world.sent("1.0.0").await?;
    let listed = world.listed("1.0.0").await?;
    let before = world.beside();
    for largest in [artifact.size - 1, artifact.size] {
        let (fetched, _) = world.fetch(&listed, largest).await;
        let mut after = world.beside();
        after.retain(|file| !before.contains(file));
        held(
            after.is_empty(),
            format!("{fetched:?} of at most {largest} bytes leaves {after:?} in place of its own file alone"),
        )?;
    }
    Ok(())
}

async fn other_bytes_are_refused(world: &World) -> Kept {
    let first = Some(sha256(&bytes(&world.sent("1.0.0").await?)));
    let (answer, is_refused, other) = if world.differences.api {
        let (reply, other) = world.upload("1.0.0", "two").await;
        let is_refused = matches!(&reply, Reply::Refused(error) if error.kind() == ErrorKind::Conflict);
        (format!("{reply:?} in place of a refusal with `Conflict`"), is_refused, other)
    } else {
        let (is_taken, other) = world.send("1.0.0", "two").await;
        ("taken in place of refused".to_owned(), !is_taken, other)
    };
    held(is_refused, format!("other bytes of the name `{}`: {answer}", other.file_name))?;
    let stored = world.digest_stored(&other.file_name);
    held(stored == first, format!("the first bytes of `{}` stay: {stored:?} in place of {first:?}", other.file_name))
}

async fn the_same_bytes_change_nothing(world: &World) -> Kept {
    world.sent("1.0.0").await?;
    let before = world.around.stored();
    let (is_taken, _) = world.send("1.0.0", "one").await;
    let expected = world.differences.same_bytes;
    held(is_taken == expected, format!("the same bytes again: taken is {is_taken} in place of {expected}"))?;
    let after = world.around.stored();
    held(after == before, format!("the same bytes again: it stores {after:?} in place of {before:?}"))
}

async fn the_api_takes_a_file_or_nothing(world: &World) -> Kept {
    let (reply, artifact) = world.upload("1.0.0", "one").await;
    let stored = world.around.stored();
    let is_left = artifact.path.exists();
    held(
        is_left,
        format!("the API is sent `{}`: {reply:?}, and the file is gone in place of left", artifact.file_name),
    )?;
    if world.differences.api {
        let is_stored = stored.get(&artifact.file_name) == Some(&sha256(&bytes(&artifact)));
        let is_taken = matches!(reply, Reply::Accepted) && is_stored;
        return held(
            is_taken,
            format!("the API is sent a new file: {reply:?} with {stored:?} in place of accepted and stored"),
        );
    }
    let is_refused = matches!(&reply, Reply::Refused(error) if error.kind() == ErrorKind::Unsupported);
    let what = format!("{reply:?} with {stored:?} stored");
    held(is_refused && stored.is_empty(), format!("without an API: {what} in place of `Unsupported` and nothing"))
}

async fn what_is_not_on_disk_is_not_sent(world: &World) -> Kept {
    if !world.differences.api {
        return Ok(());
    }
    let artifact = world.around.artifact("1.0.0", "one");
    fs::remove_file(&artifact.path).map_err(|error| error.to_string())?;
    let channel = world.registry.capabilities().channels.then_some("latest");
    let reply = world.registry.upload(&world.request("1.0.0", artifact, channel)).await;
    let stored = world.around.stored();
    let is_refused = matches!(reply, Reply::Refused(_)) && stored.is_empty();
    held(is_refused, format!("a file that is gone is sent: {reply:?} with {stored:?} in place of refused with nothing"))
}

async fn a_channel_points_to_what_was_sent(world: &World) -> Kept {
    if !world.registry.capabilities().channels {
        world.sent("1.0.0").await?;
        let points = world.around.channel("latest");
        return held(points.is_none(), format!("without channels no name points anywhere: `latest` to {points:?}"));
    }
    let (is_taken, _) = world.send_to("2.0.0", "one", "beta").await;
    held(is_taken, "channels: 2.0.0 is new, and is refused for `beta`")?;
    let points = world.around.channel("beta");
    held(points.as_deref() == Some("2.0.0"), format!("channels: `beta` points to {points:?} in place of 2.0.0"))?;
    let latest = world.around.channel("latest");
    let expected = world.differences.first_is_latest.then_some("2.0.0");
    let what = "channels: `latest` was not named";
    held(latest.as_deref() == expected, format!("{what}, and points to {latest:?} in place of {expected:?}"))
}

async fn a_yes_says_that_the_channel_points_there(world: &World) -> Kept {
    if !world.registry.capabilities().channels {
        return Ok(());
    }
    world.sent("1.0.0").await?;
    let (is_taken, _) = world.send_to("1.0.0", "one", "beta").await;
    let (points, expected) = (world.around.channel("beta"), is_taken.then_some("1.0.0"));
    let what = format!("channels: the same bytes for `beta`, taken is {is_taken}");
    held(points.as_deref() == expected, format!("{what}: it points to {points:?} in place of {expected:?}"))
}

async fn a_refused_upload_moves_no_channel(world: &World) -> Kept {
    if !world.registry.capabilities().channels {
        return Ok(());
    }
    world.sent("1.0.0").await?;
    let (is_taken, _) = world.send_to("1.0.0", "two", "beta").await;
    let points = world.around.channel("beta");
    let is_left = !is_taken && points.is_none();
    let what = format!("channels: other bytes for `beta`, taken is {is_taken}");
    held(is_left, format!("{what}: it points to {points:?} in place of nothing"))
}

async fn where_channels_point_is_told(world: &World) -> Kept {
    if !world.registry.capabilities().channels {
        let answer = world.points().await;
        let is_refused = answer.as_ref().is_err_and(|error| error.kind() == ErrorKind::Unsupported);
        return held(
            is_refused,
            format!("without channels they are not asked for: {answer:?} in place of `Unsupported`"),
        );
    }
    let nowhere = world.points().await.map_err(|error| error.to_string())?;
    held(
        nowhere.is_empty(),
        format!("channels: of a package that is not there they are {nowhere:?} in place of none"),
    )?;
    world.sent("1.0.0").await?;
    world.send_to("2.0.0", "one", "beta").await;
    let points = world.points().await.map_err(|error| error.to_string())?;
    let expected = [("beta", "2.0.0"), ("latest", "1.0.0")].map(|(name, to)| (name.to_owned(), to.to_owned()));
    held(points == BTreeMap::from(expected.clone()), format!("channels: they are {points:?} in place of {expected:?}"))
}

async fn a_listing_names_no_channel_that_points_elsewhere(world: &World) -> Kept {
    world.sent("1.0.0").await?;
    world.sent("2.0.0").await?;
    for version in ["1.0.0", "2.0.0"] {
        let named = world.listed(version).await?.channels;
        let is_so = named.iter().all(|channel| world.around.channel(channel).as_deref() == Some(version));
        held(is_so, format!("channels: `latest` points to 2.0.0 alone: {version} is listed with {named:?}"))?;
    }
    Ok(())
}

async fn a_channel_is_moved_alone(world: &World) -> Kept {
    world.sent("1.0.0").await?;
    world.sent("1.1.0").await?;
    if !world.registry.capabilities().channels {
        let answer = world.point("latest", "1.0.0").await;
        let is_refused = answer.as_ref().is_err_and(|error| error.kind() == ErrorKind::Unsupported);
        return held(is_refused, format!("without channels none is moved: {answer:?} in place of `Unsupported`"));
    }
    // One that is new, one to and fro, and what is so already is no error.
    for (channel, version, expected) in [
        ("beta", "1.0.0", [Some("1.1.0"), Some("1.0.0")]),
        ("latest", "1.0.0", [Some("1.0.0"), Some("1.0.0")]),
        ("latest", "1.1.0", [Some("1.1.0"), Some("1.0.0")]),
        ("latest", "1.1.0", [Some("1.1.0"), Some("1.0.0")]),
    ] {
        let answer = world.point(channel, version).await;
        let points = ["latest", "beta"].map(|channel| world.around.channel(channel));
        let is_so = answer.is_ok() && points.each_ref().map(Option::as_deref) == expected;
        let what = format!("channels: `{channel}` is to point to {version}: {answer:?}");
        held(is_so, format!("{what}, and `latest` and `beta` point to {points:?} in place of {expected:?}"))?;
    }
    Ok(())
}

async fn a_channel_points_to_nothing_that_is_not_there(world: &World) -> Kept {
    if !world.registry.capabilities().channels {
        return Ok(());
    }
    world.sent("1.0.0").await?;
    let answer = world.point("beta", "1.0.1").await;
    let is_refused = answer.as_ref().is_err_and(|error| error.kind() == ErrorKind::NotFound);
    let points = world.around.channel("beta");
    let what = format!("channels: `beta` is to point to 1.0.1, which is not there: {answer:?}");
    held(
        is_refused && points.is_none(),
        format!("{what}, and it points to {points:?} in place of `NotFound` and nothing"),
    )
}

async fn what_is_yanked_is_passed_over_until_it_is_offered_again(world: &World) -> Kept {
    world.sent("1.0.0").await?;
    world.sent("1.1.0").await?;
    if !world.registry.capabilities().yank {
        return no_yank(world).await;
    }
    // Twice each: what is so already is no error.
    for (offer, expected) in
        [(Offer::Withdrawn, true), (Offer::Withdrawn, true), (Offer::Offered, false), (Offer::Offered, false)]
    {
        let answer = world.yank("1.0.0", offer).await;
        held(answer.is_ok(), format!("yank: 1.0.0 is to be {offer:?}: {answer:?} in place of done"))?;
        let yanked = [world.listed("1.0.0").await?.yanked, world.listed("1.1.0").await?.yanked];
        let what = format!("yank: 1.0.0 is {offer:?}, and 1.1.0 is not touched");
        held(yanked == [expected, false], format!("{what}: yanked is {yanked:?} in place of {:?}", [expected, false]))?;
    }
    Ok(())
}

async fn no_yank(world: &World) -> Kept {
    let answer = world.yank("1.0.0", Offer::Withdrawn).await;
    let is_refused = answer.as_ref().is_err_and(|error| error.kind() == ErrorKind::Unsupported);
    let yanked = world.listed("1.0.0").await?.yanked;
    let what = "without yank nothing is withdrawn";
    held(is_refused && !yanked, format!("{what}: {answer:?} and yanked {yanked} in place of `Unsupported` and nothing"))
}

async fn what_is_not_there_is_not_yanked(world: &World) -> Kept {
    if !world.registry.capabilities().yank {
        return Ok(());
    }
    world.sent("1.0.0").await?;
    let answer = world.yank("1.0.1", Offer::Withdrawn).await;
    let is_refused = answer.as_ref().is_err_and(|error| error.kind() == ErrorKind::NotFound);
    held(is_refused, format!("yank: 1.0.1 is not there: {answer:?} in place of `NotFound`"))
}

async fn a_name_is_new_until_it_is_sent(world: &World) -> Kept {
    let names = [PackageName::new("nobody"), PackageName::new(world.differences.package)];
    let before = world.registry.name_status(&names).await;
    if world.registry.capabilities().pacing.is_none() {
        let is_unknown = before.iter().all(|status| matches!(status, NameStatus::Unknown(_)));
        return held(is_unknown, format!("without a pacing names are not asked for: {before:?} in place of unknown"));
    }
    world.sent("1.0.0").await?;
    let after = world.registry.name_status(&names).await;
    let is_new = matches!(before.as_slice(), [NameStatus::New, NameStatus::New]);
    let is_known = matches!(after.as_slice(), [NameStatus::New, NameStatus::Known]);
    held(is_new && is_known, format!("pacing: names before and after {} is sent: {before:?} and {after:?}", names[1]))
}

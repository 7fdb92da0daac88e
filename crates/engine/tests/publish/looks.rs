//! Looking for what was sent: how long, how often, what is shown, and that every look has an end.

use std::time::Duration;

use releasekit_core::event::{Event, Progress, Step};
use releasekit_core::{Diagnostic, ErrorKind};
use tokio::time::Instant;

use crate::world::{World, failures};
use crate::{outcomes, pairs};
use releasekit_testkit::memory::{Fault, Silence};

const BIN: &str = "a-1.0.0.bin";

fn world(fault: Fault, retries: u32) -> World {
    let mut world = World::new(&[("a", &[])]);
    world.policy.publish.max_retries = retries;
    world.policy.publish.poll_timeout = Duration::from_secs(300);
    world.index().fault(BIN, fault);
    world
}

/// What was said of waits, in order.
fn waits(world: &World) -> Vec<String> {
    let of_waits = |event| match event {
        Event::Step { step: Step::Await, progress: Progress::Waiting, detail, .. } => detail,
        Event::Step { step: Step::Upload, progress: Progress::Retrying, detail, .. } => detail,
        _ => None,
    };
    world.seen.all().into_iter().filter_map(of_waits).collect()
}

fn seconds(start: Instant) -> u64 {
    start.elapsed().as_secs()
}

#[tokio::test(start_paused = true)]
async fn a_complete_5xx_is_looked_for_during_15_seconds_and_a_lost_reply_to_the_end() {
    for (fault, least, most, said) in [
        (Fault::ServerError(500, None), 14, 16, "looking for up to 15 s whether it arrived"),
        (Fault::Reset, 298, 302, "looking for up to 300 s whether it arrived"),
    ] {
        let world = world(fault.clone(), 0);
        let start = Instant::now();
        assert_eq!(outcomes(&world.publish().await.unwrap()), pairs(&[("a", "RK-TEST-FAULT")]));
        let passed = seconds(start);
        assert!((least..=most).contains(&passed), "{fault:?}: {passed} s");
        let waits = waits(&world);
        assert!(waits[0].ends_with(said), "{waits:?}");
        let reminders = waits.iter().filter(|text| text.contains("is not listed yet; looking since")).count();
        assert_eq!(reminders, if most > 100 { 9 } else { 0 }, "{waits:?}");
    }
}

/// Fifteen seconds of silence are no look.
#[tokio::test(start_paused = true)]
async fn a_complete_5xx_is_worth_three_answers() {
    let slow = Silence::Slow(Duration::from_secs(8));
    let world = world(Fault::ServerError(500, None), 0);
    // The first is the question before anything is sent.
    world.index().silences = vec![Silence::Slow(Duration::ZERO), slow, slow, slow, slow];
    let start = Instant::now();
    world.publish().await.unwrap();
    assert!((24..27).contains(&seconds(start)), "{} s", seconds(start));
    assert_eq!(world.index().looks, 4);
}

#[tokio::test(start_paused = true)]
async fn a_short_poll_timeout_is_the_end_of_every_look() {
    let mut world = world(Fault::ServerError(500, None), 0);
    world.policy.publish.poll_timeout = Duration::from_secs(6);
    let start = Instant::now();
    world.publish().await.unwrap();
    assert!((6..8).contains(&seconds(start)), "{} s", seconds(start));
    assert!(waits(&world)[0].contains("looking for up to 6 s"));
}

#[tokio::test(start_paused = true)]
async fn a_registry_that_drips_is_given_up_at_the_end_of_poll_timeout() {
    for fault in [Fault::ServerError(500, None), Fault::Reset, Fault::Dropped] {
        let world = world(fault.clone(), 2);
        world.index().silences = vec![Silence::Slow(Duration::ZERO), Silence::Drip];
        let start = Instant::now();
        let report = world.publish().await.unwrap();
        assert_eq!(outcomes(&report), pairs(&[("a", "RK-REGISTRY-NO-ANSWER")]), "{fault:?}");
        let error = failures(&report).next().unwrap();
        assert_eq!(error.kind(), ErrorKind::Transient);
        assert!(
            error.to_string().contains("within 300 s") && error.help().unwrap().contains("poll_timeout"),
            "{error}"
        );
        assert!((300..=303).contains(&seconds(start)), "{fault:?}: {} s", seconds(start));
        assert_eq!(world.index().uploads, [BIN], "what is unknown is not sent again");
    }
}

#[tokio::test(start_paused = true)]
async fn the_first_look_ends_too() {
    let world = world(Fault::Dropped, 0);
    world.index().silences = vec![Silence::Drip];
    let start = Instant::now();
    let error = world.publish().await.unwrap_err();
    assert_eq!((error.code().as_str(), error.kind()), ("RK-REGISTRY-NO-ANSWER", ErrorKind::Transient));
    assert_eq!((seconds(start), world.index().uploads.len(), world.builds().built.len()), (300, 0, 0));
}

/// Many packages take a registry longer than few.
#[tokio::test(start_paused = true)]
async fn the_first_look_has_longer_for_more() {
    let names: Vec<String> = (0..120).map(|number| format!("p{number}")).collect();
    let packages: Vec<(&str, &[&str])> = names.iter().map(|name| (name.as_str(), &[][..])).collect();
    let world = World::new(&packages);
    world.index().silences = vec![Silence::Drip];
    let start = Instant::now();
    world.publish().await.unwrap_err();
    assert_eq!(seconds(start), 90);
}

#[tokio::test(start_paused = true)]
async fn a_registry_that_is_asked_just_before_and_does_not_say_gets_nothing() {
    let world = world(Fault::Dropped, 0);
    // What takes longer than an answer counts is asked about again.
    world.builds().slow = true;
    world.index().silences = vec![Silence::Slow(Duration::ZERO), Silence::Later(Duration::from_secs(1))];
    assert_eq!(outcomes(&world.publish().await.unwrap()), pairs(&[("a", "RK-TEST-FAULT")]));
    assert_eq!(world.index().uploads.len(), 0);
}

#[tokio::test(start_paused = true)]
async fn an_answer_of_a_moment_ago_is_not_asked_for_again() {
    for (slow, looks) in [(false, 3), (true, 5)] {
        let world = World::new(&[("a", &[])]);
        world.builds().slow = slow;
        assert!(world.publish().await.unwrap().is_complete());
        // One before all, and one after each of the two files; before each of them too where builds took long.
        assert_eq!(world.index().looks, looks, "slow builds: {slow}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_came_between_the_first_look_and_the_upload_is_not_sent() {
    let world = World::new(&[("a", &[])]);
    world.builds().slow = true;
    let other = world.second_clone();
    let later = async {
        tokio::time::sleep(Duration::from_secs(30)).await;
        other.publish().await
    };
    let (one, two) = tokio::join!(world.publish(), later);
    assert_eq!(outcomes(&one.unwrap()), pairs(&[("a", "published")]));
    assert_eq!(outcomes(&two.unwrap()), pairs(&[("a", "live, Compared(Content)")]));
    assert_eq!(world.index().uploads.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn looks_come_no_sooner_than_the_registry_asks() {
    let world = world(Fault::Late(Duration::from_secs(5)), 0);
    let wait = Silence::Later(Duration::from_secs(40));
    world.index().silences = vec![Silence::Slow(Duration::ZERO), wait];
    let start = Instant::now();
    assert!(world.publish().await.unwrap().is_complete());
    assert!((41..46).contains(&seconds(start)), "{} s", seconds(start));

    let world = self::world(Fault::Dropped, 0);
    let wait = Silence::Later(Duration::from_secs(400));
    world.index().silences = vec![Silence::Slow(Duration::ZERO), wait];
    let start = Instant::now();
    assert_eq!(outcomes(&world.publish().await.unwrap()), pairs(&[("a", "RK-TEST-FAULT")]));
    assert!(seconds(start) < 5, "nobody waits for a look that may not come");
}

#[tokio::test(start_paused = true)]
async fn an_upload_comes_no_sooner_than_the_registry_asks() {
    for (said, asked, least, most, words) in [
        (true, Some(90), 90, 93, "next try in 90 s"),
        (false, None, 30, 34, "a figure of ours, for what the registry asked for cannot be seen through the tool"),
        (true, None, 0, 4, "next try in 0 s"),
    ] {
        let world = world(Fault::Busy(asked), 1);
        world.index().says_delays = said;
        assert!(world.publish().await.unwrap().is_complete());
        let at = world.index().sent_at.clone();
        let between = at[1] - at[0];
        assert!((least..=most).contains(&between.as_secs()), "{asked:?}: {between:?}");
        assert!(waits(&world).iter().any(|text| text.contains(words)), "{:?}", waits(&world));
    }
}

#[tokio::test(start_paused = true)]
async fn a_503_is_sent_again_after_a_figure_of_ours_that_doubles() {
    let world = world(Fault::ServerError(503, None), 2);
    world.index().fault(BIN, Fault::ServerError(503, None));
    assert!(world.publish().await.unwrap().is_complete());
    let at = world.index().sent_at.clone();
    let (first, second) = ((at[1] - at[0]).as_secs(), (at[2] - at[1]).as_secs());
    assert!((30..34).contains(&first) && (60..66).contains(&second), "{first} s and {second} s");
}

#[tokio::test(start_paused = true)]
async fn a_registry_that_asks_for_more_than_anybody_waits_is_left_alone_and_its_time_is_said() {
    let world = world(Fault::Busy(Some(4000)), 3);
    world.index().says_delays = true;
    let start = Instant::now();
    let report = world.publish().await.unwrap();
    assert_eq!(outcomes(&report), pairs(&[("a", "RK-TEST-FAULT")]));
    assert!(failures(&report).next().unwrap().help().unwrap().contains("4000 s"));
    assert!(seconds(start) < 5 && world.index().uploads.len() == 1);
}

#[tokio::test(start_paused = true)]
async fn what_is_waited_for_is_said_once_waiting_begins() {
    let world = world(Fault::Late(Duration::from_secs(40)), 0);
    assert!(world.publish().await.unwrap().is_complete());
    let waits = waits(&world);
    assert_eq!(waits[0], "`a-1.0.0.bin` was accepted and is not listed yet; looking for up to 300 s for it");
    assert!(waits[1].starts_with("`a-1.0.0.bin` is not listed yet; looking since 3"), "{waits:?}");
    assert_eq!(waits.len(), 2, "what is there at once is not waited for: {waits:?}");
}

#[tokio::test(start_paused = true)]
async fn what_is_yanked_is_live_and_proven_and_warned_of() {
    let warnings = |world: &World| -> Vec<String> {
        let all = world.seen.all().into_iter();
        all.filter_map(|event| match event {
            Event::Warning { message, help: Some(_), .. } if message.contains("as yanked") => Some(message),
            _ => None,
        })
        .collect()
    };
    let world = World::new(&[("a", &[]), ("b", &[])]);
    assert!(world.publish().await.unwrap().is_complete());
    assert_eq!(warnings(&world), Vec::<String>::new());
    // By its receipt here, and by comparison in a clone that has none.
    world.index().yanked = ["a-1.0.0.src", "a-1.0.0.bin"].map(str::to_owned).to_vec();
    for world in [&world, &world.second_clone()] {
        let before = warnings(world).len();
        assert!(world.publish().await.unwrap().is_complete());
        let words = "`http://index.invalid/simple` lists `a-1.0.0.bin`, `a-1.0.0.src` of `mem:a` 1.0.0 as yanked";
        let warned = &warnings(world)[before..];
        assert!(warned.len() == 1 && warned[0].starts_with(words), "{warned:?}");
    }
    // And where it is listed so as soon as it was sent.
    let world = World::new(&[("a", &[])]);
    world.index().yanked = vec!["a-1.0.0.src".to_owned()];
    assert!(world.publish().await.unwrap().is_complete());
    assert!(warnings(&world).len() == 1 && warnings(&world)[0].contains("`a-1.0.0.src` of"), "{:?}", warnings(&world));
}

//! What was sent is never forgotten: what nobody knew, what was accepted, and what of a package is live beside a failure.

use std::time::Duration;

use releasekit_core::policy::VerifyChecksums;
use releasekit_core::{Diagnostic, ErrorKind};
use releasekit_engine::publish::{Live, Outcome};
use tokio::time::Instant;

use crate::world::{World, failures};
use crate::{outcomes, pairs};
use releasekit_testkit::memory::Fault;

const BIN: &str = "a-1.0.0.bin";
const SRC: &str = "a-1.0.0.src";

fn world(faults: &[(&str, Fault)]) -> World {
    let world = World::new(&[("a", &[])]);
    for (file, fault) in faults {
        world.index().fault(file, fault.clone());
    }
    world
}

fn sends(world: &World, file: &str) -> usize {
    world.index().uploads.iter().filter(|name| *name == file).count()
}

fn journal(world: &World) -> String {
    std::fs::read_to_string(world.release_folder().join("journal.jsonl")).unwrap()
}

#[tokio::test(start_paused = true)]
async fn what_is_unknown_stays_so_and_the_next_run_looks_to_the_end_before_it_sends_again() {
    for fault in [Fault::Reset, Fault::ServerError(500, None), Fault::ServerError(503, None)] {
        let world = world(&[(BIN, fault.clone())]);
        assert_eq!(outcomes(&world.publish().await.unwrap()), pairs(&[("a", "RK-TEST-FAULT")]));
        assert!(
            journal(&world).trim_end().ends_with(r#""outcome":"unknown","code":"RK-TEST-FAULT"}"#),
            "{}",
            journal(&world)
        );
        let start = Instant::now();
        assert!(world.publish().await.unwrap().is_complete());
        assert!(start.elapsed() >= Duration::from_secs(29), "{fault:?}: {:?}", start.elapsed());
        assert_eq!(world.index().uploads, [BIN, BIN, SRC], "a lost upload is sent in the end");
    }
}

/// The file comes after everybody has given up on it.
#[tokio::test(start_paused = true)]
async fn a_file_that_comes_late_is_found_and_not_sent_again() {
    for late in [5, 20, 40, 60] {
        let world = world(&[(BIN, Fault::ServerError(500, Some(Duration::from_secs(late))))]);
        let mut runs = 0;
        while !world.publish().await.unwrap().is_complete() {
            runs += 1;
            assert!(runs < 4, "{late} s");
        }
        assert_eq!(sends(&world, BIN), if late < 43 { 1 } else { 2 }, "{late} s");
        assert_eq!(runs, usize::from(late > 15), "{late} s");
    }
}

/// It is on its way while the look before the second attempt finds nothing: then the index refuses the second one.
#[tokio::test(start_paused = true)]
async fn an_attempt_that_meets_the_first_one_is_refused_and_the_file_is_ours() {
    let mut world = world(&[(BIN, Fault::ServerError(500, Some(Duration::from_secs(17))))]);
    world.policy.publish.max_retries = 1;
    let report = world.publish().await.unwrap();
    assert_eq!(outcomes(&report), pairs(&[("a", "published")]));
    assert_eq!(sends(&world, BIN), 2);
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_is_refused_does_not_undo_an_earlier_one_that_may_have_arrived() {
    let mut world = world(&[(BIN, Fault::Reset), (BIN, Fault::Refused(ErrorKind::Invalid))]);
    world.policy.publish.max_retries = 1;
    assert_eq!(outcomes(&world.publish().await.unwrap()), pairs(&[("a", "RK-TEST-FAULT")]));
    assert_eq!(sends(&world, BIN), 2);
    let start = Instant::now();
    assert!(world.publish().await.unwrap().is_complete());
    assert!(start.elapsed() >= Duration::from_secs(29), "the first may still come: {:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn what_was_seen_once_is_known_to_have_arrived_even_when_it_is_hidden_later() {
    let world = world(&[(BIN, Fault::LostReply), (SRC, Fault::Refused(ErrorKind::Invalid))]);
    assert!(!world.publish().await.unwrap().is_complete());
    assert!(journal(&world).contains(r#"{"end":1,"outcome":"accepted"}"#), "{}", journal(&world));
    world.index().remove(BIN);
    assert_eq!(outcomes(&world.publish().await.unwrap()), pairs(&[("a", "RK-PUBLISH-NOT-VISIBLE")]));
    assert_eq!(sends(&world, BIN), 1);
}

#[tokio::test(start_paused = true)]
async fn what_the_registry_accepted_comes_back_byte_by_byte_in_every_run() {
    let mut world = world(&[(BIN, Fault::OtherBytes)]);
    let mismatch = pairs(&[("a", "RK-PUBLISH-CHECKSUM-MISMATCH")]);
    for _ in 0..3 {
        assert_eq!(outcomes(&world.publish().await.unwrap()), mismatch);
    }
    // The same content in other bytes is no better, where bytes are asked for.
    let sent = world.builds().built.len();
    let other = String::from_utf8(world.index().bytes(BIN).unwrap().to_vec()).unwrap();
    world.index().put(BIN, other.replace("more = x\n", "").replace("stamp = ", "stamp = theirs-"));
    assert_eq!(outcomes(&world.publish().await.unwrap()), mismatch);
    assert_eq!((sends(&world, BIN), world.builds().built.len()), (1, sent));
    // Who asks for content gets it, and a receipt of that proves nothing to who asks for bytes.
    world.policy.publish.verify_checksums = VerifyChecksums::Content;
    assert!(world.publish().await.unwrap().is_complete());
    world.policy.publish.verify_checksums = VerifyChecksums::Bytes;
    assert_eq!(outcomes(&world.publish().await.unwrap()), mismatch);
}

/// The artifacts are gone, and a build never gives the same bytes twice: what was sent counts, not what would be sent.
#[tokio::test(start_paused = true)]
async fn what_comes_back_is_compared_with_what_was_sent_and_not_with_a_later_build() {
    let world = world(&[(SRC, Fault::Refused(ErrorKind::Invalid))]);
    assert!(!world.publish().await.unwrap().is_complete());
    std::fs::remove_dir_all(world.release_folder().join("artifacts")).unwrap();
    let report = world.publish().await.unwrap();
    assert_eq!(outcomes(&report), pairs(&[("a", "published, Compared(Content)")]));
}

#[tokio::test(start_paused = true)]
async fn a_package_of_which_a_file_is_live_is_partly_live() {
    let world = World::new(&[("a", &[]), ("b", &["a"])]);
    world.index().fault(SRC, Fault::ServerError(503, None));
    let report = world.publish().await.unwrap();
    let live: Vec<Live> = report.packages.iter().map(|package| package.live).collect();
    assert_eq!(live, [Live::Some, Live::Nothing]);
    assert!(report.is_partly_live() && !report.packages[0].is_live());
    assert!(matches!(&report.packages[0].outcome, Outcome::Failed(error) if error.kind() == ErrorKind::Transient));

    world.index().fault(SRC, Fault::Refused(ErrorKind::Invalid));
    let report = world.publish().await.unwrap();
    assert!(report.is_partly_live(), "what an earlier run sent counts as much");
    let report = world.publish().await.unwrap();
    assert!(report.packages.iter().all(|package| package.live == Live::All));
}

#[tokio::test(start_paused = true)]
async fn nothing_is_partly_live_where_nothing_was_proven() {
    let world = world(&[(BIN, Fault::OtherBytes)]);
    let report = world.publish().await.unwrap();
    assert!(!report.is_partly_live() && report.packages[0].live == Live::Nothing);
}

/// What is longer than anything that it could be is not taken to its end.
#[tokio::test(start_paused = true)]
async fn a_file_without_an_end_is_another_file() {
    for silent in [true, false] {
        let world = world(&[(BIN, Fault::Endless(3_000_000))]);
        world.index().silent_on_digests = silent;
        for _ in 0..2 {
            let report = world.publish().await.unwrap();
            assert_eq!(outcomes(&report), pairs(&[("a", "RK-PUBLISH-CHECKSUM-MISMATCH")]));
            let error = failures(&report).next().unwrap();
            assert!(error.to_string().contains("as more than 1"), "{error}");
        }
        let other = world.second_clone();
        let report = other.publish().await.unwrap();
        assert_eq!(outcomes(&report), pairs(&[("a", "RK-PUBLISH-CONTENT-CONFLICT")]));
    }
}

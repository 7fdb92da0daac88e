//! Each fault of an upload: the code it ends in, how many uploads it costs, and what a later run makes of it.

use std::time::Duration;

use releasekit_core::package_manager::Route;
use releasekit_core::vcs::RemoteRefs;
use releasekit_core::{Diagnostic, ErrorKind};
use releasekit_engine::cancel::Cancel;
use releasekit_engine::publish::{self, PublishReport};
use releasekit_engine::state::State;
use releasekit_engine::status::status;
use releasekit_testkit::faults::{self, Action, Effects, When};
use tokio::time::Instant;

use crate::world::{World, failures, holder};
use crate::{outcomes, pairs};
use releasekit_testkit::memory::Fault;

const BIN: &str = "a-1.0.0.bin";

/// One package with one fault: the outcome, and the number of uploads.
async fn with_fault(fault: Fault, retries: u32) -> (World, String, ErrorKind, usize) {
    let mut world = World::new(&[("a", &[])]);
    world.policy.publish.max_retries = retries;
    world.index().fault(BIN, fault);
    let report = world.publish().await.unwrap();
    let kind = failures(&report).next().map_or(ErrorKind::Internal, |error| error.kind());
    let (outcome, uploads) = (outcomes(&report)[0].1.clone(), world.index().uploads.len());
    (world, outcome, kind, uploads)
}

#[tokio::test(start_paused = true)]
async fn a_lost_reply_is_looked_after_and_not_repeated() {
    let (_, outcome, _, uploads) = with_fault(Fault::LostReply, 2).await;
    assert_eq!((outcome.as_str(), uploads), ("published", 2));
}

#[tokio::test(start_paused = true)]
async fn a_reset_connection_is_polled_out_before_another_attempt() {
    let start = Instant::now();
    let (_, outcome, _, uploads) = with_fault(Fault::Reset, 1).await;
    assert_eq!((outcome.as_str(), uploads), ("published", 3));
    assert!(start.elapsed() >= Duration::from_secs(30), "it was not waited for");
    let (_, outcome, kind, uploads) = with_fault(Fault::Reset, 0).await;
    assert_eq!((outcome.as_str(), kind, uploads), ("RK-TEST-FAULT", ErrorKind::Transient, 1));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_retried_only_where_its_kind_allows() {
    for (kind, expected) in [(ErrorKind::Transient, 3), (ErrorKind::RateLimited, 3), (ErrorKind::Conflict, 1)] {
        let (_, outcome, _, uploads) = with_fault(Fault::Refused(kind), 1).await;
        let ends = if expected == 3 { "published" } else { "RK-TEST-FAULT" };
        assert_eq!((outcome.as_str(), uploads), (ends, expected), "{kind:?}");
    }
    let (_, outcome, kind, uploads) = with_fault(Fault::Refused(ErrorKind::Invalid), 5).await;
    assert_eq!((outcome.as_str(), kind, uploads), ("RK-TEST-FAULT", ErrorKind::Invalid, 1));
}

#[tokio::test(start_paused = true)]
async fn a_wrong_credential_is_told_as_it_is() {
    for kind in [ErrorKind::Unauthenticated, ErrorKind::Forbidden] {
        let (_, outcome, found, uploads) = with_fault(Fault::Refused(kind), 5).await;
        assert_eq!((outcome.as_str(), found, uploads), ("RK-TEST-FAULT", kind, 1));
    }
}

#[tokio::test(start_paused = true)]
async fn what_nobody_could_read_afterwards_is_told_before_anything_is_sent() {
    let mut world = World::new(&[("a", &[]), ("b", &["a"]), ("c", &[])]);
    world.builds().unreadable.push("a".to_owned());
    let report = world.publish().await.unwrap();
    let expected = [("a", "RK-TEST-FAULT"), ("b", "blocked by mem:a"), ("c", "published")];
    assert_eq!(outcomes(&report), pairs(&expected));
    assert!(world.index().uploads.iter().all(|file| file.starts_with("c-")), "{:?}", world.index().uploads);
    assert!(world.rehearse().await.unwrap().is_complete(), "what is not sent need not be read");
    // Where nobody is to try it, nobody has to read it.
    world.policy.publish.resolve_check = false;
    assert!(world.publish().await.unwrap().is_complete());
}

#[tokio::test(start_paused = true)]
async fn a_registry_that_knows_no_credential_is_asked_no_further() {
    let mut world = World::new(&[("a", &[]), ("b", &[]), ("c", &["b"])]);
    world.policy.publish.concurrency = 1;
    world.index().fault("b-1.0.0.bin", Fault::Refused(ErrorKind::Unauthenticated));
    let report = world.publish().await.unwrap();
    let expected = [("a", "blocked by mem:b"), ("b", "RK-TEST-FAULT"), ("c", "blocked by mem:b")];
    assert_eq!(outcomes(&report), pairs(&expected));
    assert_eq!(world.index().uploads, ["b-1.0.0.bin"]);
}

#[tokio::test(start_paused = true)]
async fn a_credential_that_is_known_to_be_missing_is_told_before_anything_is_built() {
    let world = World::new(&[("a", &[]), ("b", &[]), ("c", &["b"])]);
    world.index().lacks_credential = true;
    let report = world.publish().await.unwrap();
    let expected = [("a", "RK-TEST-FAULT"), ("b", "blocked by mem:a"), ("c", "blocked by mem:b")];
    assert_eq!(outcomes(&report), pairs(&expected));
    assert_eq!(failures(&report).next().unwrap().kind(), ErrorKind::Unauthenticated);
    assert_eq!((world.builds().built.len(), world.index().uploads.len()), (0, 0));
    // A run that sends nothing lacks nothing: one that is dry, and one in which all is live.
    assert!(world.rehearse().await.unwrap().is_complete());
    world.index().lacks_credential = false;
    assert!(world.publish().await.unwrap().is_complete());
    world.index().lacks_credential = true;
    for world in [&world, &world.second_clone()] {
        assert!(world.publish().await.unwrap().is_complete());
    }
}

/// It may come without anything being sent.
#[tokio::test(start_paused = true)]
async fn what_was_sent_is_looked_for_without_a_credential() {
    let (world, outcome, ..) = with_fault(Fault::Late(Duration::from_secs(40)), 0).await;
    assert_eq!(outcome, "RK-PUBLISH-NOT-VISIBLE");
    world.index().lacks_credential = true;
    assert!(world.publish().await.unwrap().is_complete());
}

#[tokio::test(start_paused = true)]
async fn what_was_accepted_and_dropped_is_not_sent_again_unless_asked() {
    let (mut world, outcome, kind, uploads) = with_fault(Fault::Dropped, 3).await;
    assert_eq!((outcome.as_str(), kind, uploads), ("RK-PUBLISH-NOT-VISIBLE", ErrorKind::Transient, 1));
    let report = world.publish().await.unwrap();
    assert_eq!(outcomes(&report), pairs(&[("a", "RK-PUBLISH-NOT-VISIBLE")]));
    assert_eq!(world.index().uploads.len(), 1);
    world.options.resend = true;
    assert!(world.publish().await.unwrap().is_complete());
    assert_eq!(world.index().uploads.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_late_listing_is_waited_for_and_no_longer_than_allowed() {
    let (_, outcome, _, uploads) = with_fault(Fault::Late(Duration::from_secs(20)), 0).await;
    assert_eq!((outcome.as_str(), uploads), ("published", 2));
    let (world, outcome, _, uploads) = with_fault(Fault::Late(Duration::from_secs(40)), 0).await;
    assert_eq!((outcome.as_str(), uploads), ("RK-PUBLISH-NOT-VISIBLE", 1));
    assert!(world.publish().await.unwrap().is_complete());
    assert_eq!(world.index().uploads.len(), 2, "the late file was found, not sent again");
}

#[tokio::test(start_paused = true)]
async fn other_bytes_than_were_sent_stop_the_dependents() {
    let world = World::new(&[("a", &[]), ("b", &["a"])]);
    world.index().fault(BIN, Fault::OtherBytes);
    let report = world.publish().await.unwrap();
    assert_eq!(outcomes(&report), pairs(&[("a", "RK-PUBLISH-CHECKSUM-MISMATCH"), ("b", "blocked by mem:a")]));
    assert_eq!(world.index().uploads, [BIN]);
    let error = failures(&report).next().unwrap();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert!(error.to_string().contains(BIN), "{error}");
}

#[tokio::test(start_paused = true)]
async fn half_a_file_is_told_apart_from_other_content() {
    let (world, outcome, _, uploads) = with_fault(Fault::Half, 3).await;
    assert_eq!((outcome.as_str(), uploads), ("RK-PUBLISH-PARTIAL-FILE", 1));
    let report = world.publish().await.unwrap();
    assert_eq!(outcomes(&report), pairs(&[("a", "RK-PUBLISH-PARTIAL-FILE")]));
    let error = failures(&report).next().unwrap();
    assert!(error.to_string().contains(BIN) && error.help().unwrap().contains("delete the file"), "{error}");
    world.index().remove(BIN);
    assert!(world.publish().await.unwrap().is_complete());
}

#[tokio::test(start_paused = true)]
async fn somebody_else_may_be_faster_with_the_same_content() {
    let (_, outcome, _, uploads) = with_fault(Fault::Overtaken, 0).await;
    assert_eq!((outcome.as_str(), uploads), ("published, Compared(Content)", 2));
}

#[tokio::test(start_paused = true)]
async fn what_is_staged_awaits_approval() {
    let (_, outcome, _, uploads) = with_fault(Fault::Staged, 0).await;
    assert_eq!((outcome.as_str(), uploads), ("awaits approval", 1));
}

#[tokio::test(start_paused = true)]
async fn a_killed_run_is_continued_by_the_same_command() {
    let world = World::new(&[("a", &[]), ("b", &["a"])]);
    world.index().fault("a-1.0.0.src", Fault::Hang);
    let killed = tokio::time::timeout(Duration::from_secs(10), world.publish()).await;
    assert!(killed.is_err(), "the upload never returns");
    assert!(world.publish().await.unwrap().is_complete());
    let uploads = &world.index().uploads;
    assert_eq!(uploads.iter().filter(|name| name.starts_with("a-")).count(), 2, "nothing is sent twice: {uploads:?}");
    assert_eq!(world.builds().built.len(), 2, "nothing is built twice");
}

#[tokio::test(start_paused = true)]
async fn a_killed_upload_that_never_arrived_is_sent_after_having_been_waited_for() {
    let world = World::new(&[("a", &[])]);
    world.index().fault(BIN, Fault::Hang);
    let killed = tokio::time::timeout(Duration::from_secs(10), world.publish()).await;
    assert!(killed.is_err());
    world.index().remove(BIN);
    let start = Instant::now();
    assert!(world.publish().await.unwrap().is_complete());
    assert!(start.elapsed() >= Duration::from_secs(30));
    assert_eq!(world.index().uploads, [BIN, BIN, "a-1.0.0.src"]);
}

#[tokio::test(start_paused = true)]
async fn an_index_that_does_not_answer_is_never_taken_for_empty() {
    let world = World::new(&[("a", &[])]);
    world.index().down = true;
    let error = world.publish().await.unwrap_err();
    assert_eq!((error.code().as_str(), error.kind()), ("RK-TEST-FAULT", ErrorKind::Transient));
    assert_eq!((world.index().uploads.len(), world.builds().built.len()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_dependency_that_does_not_move_must_be_live() {
    let mut world = World::new(&[]);
    world.package("old", "0.9.0", "");
    world.package("new", "1.0.0", "requires = old\n");
    world.row("new", "1.0.0");
    let error = world.publish().await.unwrap_err();
    assert_eq!(error.code().as_str(), "RK-PUBLISH-DEPENDENCY-NOT-LIVE");
    assert_eq!((error.kind(), world.index().uploads.len()), (ErrorKind::Precondition, 0));
    world.index().put("old-0.9.0.bin", "anything");
    assert!(world.publish().await.unwrap().is_complete());
}

#[tokio::test(start_paused = true)]
async fn a_kind_of_registry_that_nobody_brought_is_told() {
    let world = World::new(&[("a", &[])]);
    let mut backends = world.backends();
    backends.registries.clear();
    let session = world.session_with(backends);
    let error = status(&session, &world.release(), &RemoteRefs::default()).await.unwrap_err();
    assert_eq!((error.code().as_str(), error.kind()), ("RK-REGISTRY-UNKNOWN", ErrorKind::Unsupported));
}

#[tokio::test(start_paused = true)]
async fn no_code_of_a_package_runs_beside_a_program_with_a_credential() {
    let mut world = World::new(&[("a", &[]), ("b", &[]), ("c", &[]), ("d", &["a"])]);
    world.policy.publish.smoke_test = true;
    world.policy.publish.concurrency = 2;
    assert!(world.publish().await.unwrap().is_complete());
    let index = world.index();
    assert_eq!((index.smoked, index.uploads.len()), (4, 8));
}

/// Two packages, of which the second needs the first, and how their files travel.
fn travelling(route: Route) -> World {
    let world = World::new(&[("a", &[]), ("b", &["a"])]);
    world.builds().route = Some(route);
    world.index().takes_files = route == Route::Api;
    world
}

/// Publishes while something happens to one effect, for as long as anybody waits.
async fn publish_with(world: &World, effects: &Effects) -> Option<releasekit_engine::Result<PublishReport>> {
    let session = world.session_with(faults::wrap(world.backends(), effects));
    let state = State::take(&session, &holder(), &Cancel::never()).await.unwrap();
    let (release, patience) = (world.release(), Duration::from_secs(600));
    tokio::time::timeout(patience, publish::publish(&session, &release, &state, &world.options)).await.ok()
}

#[tokio::test(start_paused = true)]
async fn whatever_effect_fails_hangs_or_is_not_heard_of_the_next_run_ends_alike() {
    for route in [Route::Files, Route::Api] {
        let all = Effects::default();
        assert!(publish_with(&travelling(route), &all).await.unwrap().unwrap().is_complete());
        assert_eq!(all.count(), 6, "two builds and four uploads");
        for number in 1..=all.count() {
            for (action, when) in [Action::Fail, Action::Hang]
                .into_iter()
                .flat_map(|action| [When::Before, When::After].map(|when| (action, when)))
            {
                let world = travelling(route);
                publish_with(&world, &Effects::with_fault(faults::Fault { action, when, number })).await;
                let report = world.publish().await.unwrap();
                assert!(report.is_complete(), "{action:?} {when:?} {number}: {:?}", outcomes(&report));
                let mut uploads = world.index().uploads.clone();
                uploads.sort();
                uploads.dedup();
                let sent = world.index().uploads.len();
                assert_eq!((sent, uploads.len()), (4, 4), "{action:?} {when:?} {number}: each file is sent once");
            }
        }
    }
}

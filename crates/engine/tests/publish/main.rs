//! Publishing against a registry in memory: what is sent how often, what is proven, and what each fault ends in.

#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail as the test itself may")]

mod adopted;
mod announced;
mod builds;
mod change_files;
mod channels;
mod dry_run;
mod emptied;
mod faults;
mod groups;
mod hints;
mod hosted;
mod late;
mod line;
mod locked;
mod looks;
mod mended;
mod on_forge;
mod only_r;
mod paces;
mod planted;
mod proofs;
mod pushes;
mod recorded;
mod recorded_forge;
mod refused_requests;
mod remembered;
mod requests;
mod resolve;
mod routes;
mod shop;
mod status;
mod targets;
mod umbrella;
mod waiting;
mod world;
mod yanks;

use std::time::Duration;

use releasekit_core::Diagnostic;
use releasekit_engine::publish::{Outcome, Proof, PublishReport};
use releasekit_engine::receipt::Proven;
use world::World;

/// What became of each package, in short.
fn outcomes(report: &PublishReport) -> Vec<(String, String)> {
    let word = |outcome: &Outcome| match outcome {
        Outcome::Published(Proof::Compared(Proven::Bytes)) => "published".to_owned(),
        Outcome::Published(proof) => format!("published, {proof:?}"),
        Outcome::AlreadyLive(proof) => format!("live, {proof:?}"),
        Outcome::AwaitingApproval => "awaits approval".to_owned(),
        Outcome::Failed(error) => error.code().to_string(),
        Outcome::Blocked { by } => format!("blocked by {by}"),
        _ => "not started".to_owned(),
    };
    report.packages.iter().map(|package| (package.id.name.to_string(), word(&package.outcome))).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(name, outcome)| ((*name).to_owned(), (*outcome).to_owned())).collect()
}

#[tokio::test(start_paused = true)]
async fn a_release_is_published_once_dependencies_first_and_wheels_first() {
    let world = World::new(&[("base", &[]), ("mid", &["base"]), ("top", &["mid"])]);
    let report = world.publish().await.unwrap();
    assert_eq!(outcomes(&report), pairs(&[("base", "published"), ("mid", "published"), ("top", "published")]));
    let expected =
        ["base-1.0.0.bin", "base-1.0.0.src", "mid-1.0.0.bin", "mid-1.0.0.src", "top-1.0.0.bin", "top-1.0.0.src"];
    assert_eq!(world.index().uploads, expected);
    let wheel = String::from_utf8(world.index().bytes("mid-1.0.0.bin").unwrap().to_vec()).unwrap();
    assert!(wheel.contains("requires = base==1.0.0\n"), "{wheel}");
    assert!(report.is_complete() && report.receipts.len() == 3);
    let receipts = serde_json::to_string(&report.receipts).unwrap();
    assert!(receipts.contains("http://index.invalid/simple") && !receipts.contains("hunter2"), "{receipts}");

    let again = world.publish().await.unwrap();
    let live = format!("live, {:?}", Proof::Receipt);
    assert_eq!(outcomes(&again), pairs(&[("base", &live), ("mid", &live), ("top", &live)]));
    assert_eq!(world.index().uploads.len(), 6);
    assert_eq!(world.builds().built.len(), 3, "receipts need no build");
    assert!(!world.release_folder().join("artifacts").exists(), "artifacts go once all is proven");
    assert!(world::snapshot(&world.folder.path().join("cache")).is_empty(), "nothing is left in the cache");
}

#[tokio::test(start_paused = true)]
async fn a_second_clone_without_state_sends_nothing() {
    let world = World::new(&[("base", &[]), ("top", &["base"])]);
    world.publish().await.unwrap();
    let other = world.second_clone();
    let report = other.publish().await.unwrap();
    let live = format!("live, {:?}", Proof::Compared(Proven::Content));
    assert_eq!(outcomes(&report), pairs(&[("base", &live), ("top", &live)]));
    assert_eq!(world.index().uploads.len(), 4);
    let again = other.publish().await.unwrap();
    assert!(outcomes(&again).iter().all(|(_, outcome)| outcome == "live, Receipt"), "{:?}", outcomes(&again));
}

#[tokio::test(start_paused = true)]
async fn independent_packages_go_together_up_to_the_limit() {
    let mut world = World::new(&[("a", &[]), ("b", &[]), ("c", &[]), ("d", &[])]);
    world.policy.publish.concurrency = 3;
    world.publish().await.unwrap();
    assert_eq!(world.index().most_at_once, 3);
}

#[tokio::test(start_paused = true)]
async fn a_failure_stops_its_own_dependents_alone() {
    let world = World::new(&[("base", &[]), ("mid", &["base"]), ("top", &["mid"]), ("free", &[])]);
    world
        .index()
        .fault("base-1.0.0.bin", releasekit_testkit::memory::Fault::Refused(releasekit_core::ErrorKind::Invalid));
    let report = world.publish().await.unwrap();
    let expected = [
        ("base", "RK-TEST-FAULT"),
        ("mid", "blocked by mem:base"),
        ("top", "blocked by mem:base"),
        ("free", "published"),
    ];
    assert_eq!(outcomes(&report), pairs(&expected));
    assert!(report.is_partly_live() && !report.is_complete());
    let built = world.builds().built.len();
    let report = world.publish().await.unwrap();
    assert!(report.is_complete());
    assert_eq!(world.builds().built.len(), built, "a later run sends what the first one built");
}

#[tokio::test(start_paused = true)]
async fn stopping_finishes_the_upload_that_runs_and_begins_no_other() {
    let world = World::new(&[("base", &[]), ("top", &["base"])]);
    let stop = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        world.canceller.cancel();
    };
    let (report, ()) = tokio::join!(world.publish(), stop);
    let report = report.unwrap();
    assert!(report.cancelled);
    assert_eq!(world.index().uploads, ["base-1.0.0.bin"]);
    let journal = std::fs::read_to_string(world.release_folder().join("journal.jsonl")).unwrap();
    assert!(journal.lines().last().unwrap().contains("accepted"), "{journal}");
    let mut later = world;
    later.options.cancel = releasekit_engine::cancel::Cancel::never();
    assert!(later.publish().await.unwrap().is_complete());
    assert_eq!(later.index().uploads.len(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_build_is_abandoned_when_asked_to_stop() {
    let world = World::new(&[("base", &[])]);
    world.builds().slow = true;
    let stop = async {
        tokio::time::sleep(Duration::from_secs(5)).await;
        world.canceller.cancel();
    };
    let (report, ()) = tokio::join!(world.publish(), stop);
    assert_eq!(report.unwrap_err().code().as_str(), "RK-CANCELLED");
    assert_eq!(world.index().uploads.len(), 0);
}

#[tokio::test(start_paused = true)]
async fn state_that_cannot_be_written_stops_before_the_first_effect() {
    let world = World::new(&[("base", &[])]);
    std::fs::write(world.state_folder(), "a file where the folder should be").unwrap();
    let error = world.publish().await.unwrap_err();
    assert_eq!(error.code().as_str(), "RK-STATE-READ-ONLY");
    assert_eq!((world.index().uploads.len(), world.builds().built.len()), (0, 0));
}

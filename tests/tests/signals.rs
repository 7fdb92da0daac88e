//! SIGTERM and SIGINT at five points of publish, then the same command again.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use releasekit_e2e::{Journey, Merge, Running, Saved, duo, past_of};
use releasekit_rehearsal::pypi::{Fault, On, Options, Server};
use releasekit_testkit::Tools;
use rustix::process::Signal;

/// Where the signal comes: at effects, which are the four uploads.
const POINTS: [&str; 4] = ["before:1", "after:1", "before:3", "after:4"];

fn server() -> Arc<Server> {
    Arc::new(Server::start(Options::default()).expect("loopback has a free port"))
}

#[track_caller]
fn released(tools: &Tools) -> Journey {
    let journey = Journey::released_once(tools, crate::faulty(), duo(), server());
    journey.change("duo-base", "fix(base): count from zero");
    journey.released();
    journey
}

/// Has the journey publish to an index where only the past is.
#[track_caller]
fn fresh(journey: &Journey, saved: &Saved) -> Arc<Server> {
    let server = server();
    for (name, bytes) in past_of(&duo(), journey.tools()).iter() {
        server.put(name, bytes.clone()).expect("the index takes artifacts");
    }
    saved.restore();
    journey.configure_urls(&server.simple_url(), &server.upload_url(), "");
    server
}

/// What holds after a stop: everything goes on where it was, and no file is sent twice.
#[track_caller]
fn goes_on(journey: &Journey, server: &Server, place: &str) {
    let built = journey.built();
    journey.releasekit(["publish", "--yes"]).ok();
    let stored = server.stored();
    assert_eq!(stored.len(), 8, "{place}");
    assert!(built.iter().all(|(name, digest)| stored.get(name) == Some(digest)), "{place}: {built:?} {stored:?}");
    assert_eq!(server.writes().len(), 4, "{place}: each file is sent once\n{:?}", server.writes());
}

#[track_caller]
fn stops(signal: &str, code: i32, error: &str) {
    let Some(tools) = Tools::require() else { return };
    let journey = released(&tools);
    let saved = Saved::of(journey.sandbox());
    for point in POINTS {
        let server = fresh(&journey, &saved);
        // After the last upload there is one look left to stop in, which is else over before the signal is heard.
        server.faults().always(On::PageAfterUpload("duo-top".to_owned()), Fault::Delay(Duration::from_millis(500)));
        let before = journey.checkout();
        let (ran, _) = journey.releasekit_at(Some(&format!("{signal}:{point}")), &["publish", "--yes"]);
        let ran = ran.code(code);
        assert!(ran.stderr.contains(error), "{point}\n{ran}");
        before.assert_same(&journey.checkout());
        goes_on(&journey, &server, point);
    }
}

/// A stop while a file is on its way: it arrives, and nothing else is begun.
#[track_caller]
fn stops_in_an_upload(signal: Signal, code: i32, error: &str) {
    let Some(tools) = Tools::require() else { return };
    let journey = released(&tools);
    let saved = Saved::of(journey.sandbox());
    let server = fresh(&journey, &saved);
    server.faults().once(On::Upload(2), Fault::Delay(Duration::from_secs(3)));
    let before = journey.checkout();
    let mut running = journey.start("publish", ["publish", "--yes"]);
    running.until("the second upload", |_| server.writes().len() == 2);
    running.signal(signal);
    let ran = running.wait().code(code);
    assert!(ran.stderr.contains(error), "{ran}");
    before.assert_same(&journey.checkout());
    goes_on(&journey, &server, "in the second upload");
}

#[test]
fn sigterm_stops_cleanly() {
    stops("terminate", 143, "RK-RUN-TERMINATED");
}

#[test]
fn sigint_stops_cleanly() {
    stops("interrupt", 130, "RK-RUN-INTERRUPTED");
}

#[test]
fn sigterm_stops_in_an_upload() {
    stops_in_an_upload(Signal::TERM, 143, "RK-RUN-TERMINATED");
}

#[test]
fn sigint_stops_in_an_upload() {
    stops_in_an_upload(Signal::INT, 130, "RK-RUN-INTERRUPTED");
}

/// A build that never ends does not keep the run from ending.
#[test]
fn sigterm_ends_a_release_whose_build_hangs() {
    let Some(tools) = Tools::require() else { return };
    let journey = Journey::released_once(&tools, crate::faulty(), duo(), server());
    journey.change("duo-base", "fix(base): count from zero");
    journey.prepared().merge(Merge::Commit);
    let (before, refs) = (journey.checkout(), journey.remote_refs());
    let record = journey.sandbox().path().join("begun");
    let mut command = journey.command(["release", "--yes"]);
    command.env("RELEASEKIT_FAULT", "hang:before:2").env("RELEASEKIT_EFFECTS", &record);
    let mut running = Running::start(&mut command, journey.sandbox().path().join("release"));
    running.until("a build", |_| fs::read_to_string(&record).is_ok_and(|text| text.contains("build ")));
    running.signal(Signal::TERM);
    let ran = running.wait().code(143);
    assert!(ran.stderr.contains("RK-RUN-TERMINATED"), "{ran}");
    before.assert_same(&journey.checkout());
    assert_eq!(journey.remote_refs(), refs, "nothing is tagged");
    journey.releasekit(["release", "--yes"]).ok();
    assert!(journey.remote_tag("duo-top-v0.1.1").is_some());
}

//! SIGTERM and SIGINT at five points of publish, then the same command again.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use releasekit_e2e::{Journey, Merge, Rehearsal, Role, Running, Sample, Saved, Scene};
use releasekit_rehearsal::{Fault, On};
use rustix::process::Signal;

/// Where the signal comes: at effects, which are the uploads.
fn points(journey: &Journey) -> [String; 4] {
    let count = journey.pair("0.1.1").len();
    let (middle, last) = (count / 2 + 1, count);
    ["before:1".to_owned(), "after:1".to_owned(), format!("before:{middle}"), format!("after:{last}")]
}

#[track_caller]
fn released(scene: &Scene) -> Journey {
    let (journey, _) = Journey::with_fix(&scene.with_binary(crate::faulty()));
    journey.released();
    journey
}

/// Has the journey publish to a registry where only the past is.
#[track_caller]
fn fresh(scene: &Scene, journey: &Journey, saved: &Saved) -> Arc<dyn Rehearsal> {
    let server = scene.world().rehearsal();
    server.fill(&scene.past(Sample::Pair));
    saved.restore();
    journey.move_to(server.as_ref());
    server
}

/// What holds after a stop: everything goes on where it was, and no file is sent twice.
#[track_caller]
fn goes_on(journey: &Journey, server: &dyn Rehearsal, place: &str) {
    let (built, count) = (journey.built(), journey.pair("0.1.1").len());
    journey.releasekit(["publish", "--yes"]).ok();
    let stored = server.stored();
    assert_eq!(stored.len(), 2 * count, "{place}");
    assert!(built.iter().all(|(file, digest)| stored.get(file) == Some(digest)), "{place}: {built:?} {stored:?}");
    assert_eq!(server.writes().len(), count, "{place}: each file is sent once\n{:?}", server.writes());
}

#[track_caller]
fn stops(scene: &Scene, signal: &str, code: i32, error: &str) {
    let journey = released(scene);
    let saved = Saved::of(journey.sandbox());
    for point in points(&journey) {
        let server = fresh(scene, &journey, &saved);
        // After the last upload there is one look left to stop in, which is else over before the signal is heard.
        server.faults().always(
            On::PageAfterUpload(journey.package(Role::Top).published.to_owned()),
            Fault::Delay(Duration::from_millis(500)),
        );
        let before = journey.checkout();
        let (ran, _) = journey.releasekit_at(Some(&format!("{signal}:{point}")), &["publish", "--yes"]);
        let ran = ran.code(code);
        assert!(ran.stderr.contains(error), "{point}\n{ran}");
        before.assert_same(&journey.checkout());
        goes_on(&journey, server.as_ref(), &point);
    }
}

/// A stop while a file is on its way: it arrives, and nothing else is begun.
#[track_caller]
fn stops_in_an_upload(scene: &Scene, signal: Signal, code: i32, error: &str) {
    let journey = released(scene);
    let saved = Saved::of(journey.sandbox());
    let server = fresh(scene, &journey, &saved);
    server.faults().once(On::Upload(2), Fault::Delay(Duration::from_secs(3)));
    let before = journey.checkout();
    let mut running = journey.start("publish", ["publish", "--yes"]);
    running.until("the second upload", |_| server.writes().len() == 2);
    running.signal(signal);
    let ran = running.wait().code(code);
    assert!(ran.stderr.contains(error), "{ran}");
    before.assert_same(&journey.checkout());
    goes_on(&journey, server.as_ref(), "in the second upload");
}

pub(crate) fn sigterm_stops_cleanly(scene: &Scene) {
    stops(scene, "terminate", 143, "RK-RUN-TERMINATED");
}

pub(crate) fn sigint_stops_cleanly(scene: &Scene) {
    stops(scene, "interrupt", 130, "RK-RUN-INTERRUPTED");
}

pub(crate) fn sigterm_stops_in_an_upload(scene: &Scene) {
    stops_in_an_upload(scene, Signal::TERM, 143, "RK-RUN-TERMINATED");
}

pub(crate) fn sigint_stops_in_an_upload(scene: &Scene) {
    stops_in_an_upload(scene, Signal::INT, 130, "RK-RUN-INTERRUPTED");
}

/// A build that never ends does not keep the run from ending.
pub(crate) fn sigterm_ends_a_release_whose_build_hangs(scene: &Scene) {
    let (journey, _) = Journey::with_fix(&scene.with_binary(crate::faulty()));
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
    assert!(journey.remote_tag(&journey.tag(Role::Top, "0.1.1")).is_some());
}

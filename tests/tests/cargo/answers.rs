//! What only registries for cargo answer to an upload: the code, the exit code, the number of uploads, and what is left behind.

use std::sync::Arc;
use std::time::Duration;

use releasekit_core::Secret;
use releasekit_e2e::{Journey, Login, Role, next_step};
use releasekit_rehearsal::cargo::{Options, Server};
use releasekit_rehearsal::{Fault, On};
use rustix::process::Signal;

use crate::journeys::faults::{Ends, QUICK, Setup};

/// Whoever published a crate first owns it.
#[test]
fn a_crate_of_somebody_else_is_not_taken() {
    let Some(scene) = super::scene() else { return };
    let [(variable, token)] = scene.world().login(Login::Right)[..] else { unreachable!("a token is all it takes") };
    let owners = Options::default().with_owner("rk", Secret::new(token)).with_owner("bob", Secret::new("bobs-token"));
    let server = Arc::new(Server::start(owners).expect("loopback has a free port"));
    let journey = Journey::with_fix_at(&scene, server.clone());
    journey.released();
    journey.releasekit(["publish", "--yes"]).ok();
    journey.change(Role::Base, "fix(base): count on");
    journey.released();
    let before = (server.writes().len(), server.files());
    let ran = journey.releasekit_with(&[(variable, "bobs-token")], ["publish", "--yes"]).code(6);
    for said in ["RK-PUBLISH-CREDENTIALS-REFUSED", "you don't seem to be an owner", "have an owner of the crate add"] {
        assert!(ran.stderr.contains(said), "{said}\n{ran}");
    }
    assert!(!ran.to_string().contains("bobs-token"), "{ran}");
    assert_eq!((server.writes().len() - before.0, server.files()), (1, before.1));
    journey.follow(next_step(&ran).expect("it can be healed")).code(0);
    journey.stores(&[journey.pair("0.1.0"), journey.pair("0.1.1"), journey.pair("0.1.2")]);
}

/// As crates.io did until March 2024, and others still do.
#[test]
fn a_no_with_a_status_of_success_is_one() {
    let Some(scene) = super::scene() else { return };
    let setup = Setup::new(&scene, QUICK);
    setup.server.faults().always(On::AnyUpload, Fault::Status(200));
    let ran = setup.publish(&[], &Ends { exit: 1, code: "RK-PUBLISH-UPLOAD-REFUSED", uploads: 1 });
    assert!(ran.stderr.contains("An injected fault."), "in its own words\n{ran}");
    setup.heals(&ran);
}

/// It was accepted, and its index does not say so for long.
#[test]
fn a_version_that_is_uploaded_already_and_not_listed_is_said_to_be_perhaps_ours() {
    let Some(scene) = super::scene() else { return };
    let setup = Setup::new(&scene, QUICK);
    setup.spoil(&setup.first(Role::Base), Fault::HideFor(Duration::from_secs(3600)));
    setup.publish(&[], &Ends { exit: 7, code: "RK-PUBLISH-NOT-VISIBLE", uploads: 1 });
    let writes = setup.server.writes().len();
    let ran = setup.journey.releasekit(["publish", "--resend", "--yes"]).code(1);
    for said in ["RK-PUBLISH-UPLOAD-REFUSED", "is already uploaded", "it may be yours, not listed yet"] {
        assert!(ran.stderr.contains(said), "{said}\n{ran}");
    }
    assert_eq!(setup.server.writes().len() - writes, 1, "{ran}");
}

#[test]
fn two_lines_for_a_version_with_other_checksums_prove_nothing() {
    let Some(scene) = super::scene() else { return };
    let setup = Setup::new(&scene, QUICK);
    setup.spoil(&setup.first(Role::Base), Fault::ListAgain("0".repeat(64)));
    for uploads in [1, 0] {
        setup.publish(&[], &Ends { exit: 1, code: "RK-CRATES-INVALID-INDEX", uploads });
    }
}

/// crates.io names the time in words and in a header.
#[test]
fn a_time_that_is_too_far_is_said_and_nothing_is_sent_before_it() {
    let Some(scene) = super::scene() else { return };
    let setup = Setup::new(&scene, QUICK);
    setup.server.faults().always(On::AnyUpload, Fault::RateLimit(3600));
    let ran = setup.publish(&[], &Ends { exit: 7, code: "RK-PUBLISH-UPLOAD-REFUSED", uploads: 1 });
    for said in ["You have published too many new crates in a short period of time", "the registry asks for 3600 s"] {
        assert!(ran.stderr.contains(said), "{said}\n{ran}");
    }
    setup.publish(&[], &Ends { exit: 7, code: "RK-PUBLISH-TOO-SOON", uploads: 0 });
}

#[test]
fn the_wait_for_a_time_survives_a_kill() {
    let Some(scene) = super::scene() else { return };
    let setup = Setup::new(&scene, "poll_interval = 1\npoll_timeout = 60\nmax_retries = 1\n");
    setup.server.faults().once(On::AnyUpload, Fault::RateLimit(20));
    let mut running = setup.journey.start("waiting", ["publish", "--yes"]);
    running.until("a wait for the time", |running| running.stderr().contains("next try in"));
    running.signal(Signal::KILL);
    running.wait();
    let uploads = setup.built.len();
    let ran = setup.publish(&[], &Ends { exit: 0, code: "", uploads });
    assert!(ran.stderr.contains("takes no more for"), "it waits for the rest of it\n{ran}");
    setup.all_is_stored();
}

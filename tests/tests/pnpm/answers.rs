//! What only registries of npm answer to an upload, and where their names point after it.

use std::sync::Arc;
use std::time::Duration;

use releasekit_core::Secret;
use releasekit_e2e::{Journey, Login, Registry as _, Role, Sample, next_step};
use releasekit_rehearsal::npm::{Options, Server};
use releasekit_rehearsal::{Fault, On};
use releasekit_testkit::servers::TOKEN;

use crate::journeys::faults::{Ends, QUICK, Setup, others};

fn server(options: Options) -> Arc<Server> {
    Arc::new(Server::start(options).expect("loopback has a free port"))
}

/// The document of a package was written by somebody else at the same time: another try may go through.
#[test]
fn a_document_that_changed_meanwhile_is_written_by_another_run() {
    let Some(scene) = super::scene() else { return };
    let setup = Setup::new(&scene, QUICK);
    setup.server.faults().always(On::AnyUpload, Fault::Status(409));
    let ran = setup.publish(&[], &Ends { exit: 7, code: "RK-PUBLISH-UPLOAD-REFUSED", uploads: 1 });
    assert!(ran.stderr.contains("Failed to save packument"), "in its own words\n{ran}");
    setup.heals(&ran);
}

/// Whoever published a package first owns it.
#[test]
fn a_package_of_somebody_else_is_not_taken() {
    let Some(scene) = super::scene() else { return };
    let owners = Options::default().with_publisher("rk", Secret::new(TOKEN));
    let server = server(owners.with_publisher("bob", Secret::new("bobs-token")));
    let journey = Journey::with_fix_at(&scene, server.clone());
    journey.released();
    journey.releasekit(["publish", "--yes"]).ok();
    journey.change(Role::Base, "fix(base): count on");
    journey.released();
    let before = (server.writes().len(), server.files());
    let [(variable, _)] = scene.world().login(Login::Right)[..] else { unreachable!("a token is all it takes") };
    let ran = journey.releasekit_with(&[(variable, "bobs-token")], ["publish", "--yes"]).code(6);
    assert!(ran.stderr.contains("RK-PUBLISH-CREDENTIALS-REFUSED"), "{ran}");
    assert!(!ran.to_string().contains("bobs-token"), "{ran}");
    assert_eq!((server.writes().len() - before.0, server.files()), (1, before.1));
    journey.follow(next_step(&ran).expect("it can be healed")).code(0);
    journey.stores(&[journey.pair("0.1.0"), journey.pair("0.1.1"), journey.pair("0.1.2")]);
}

/// Theirs stays, and nobody takes it for ours.
#[test]
fn a_version_that_somebody_publishes_while_ours_is_on_its_way_is_a_conflict() {
    let Some(scene) = super::scene() else { return };
    let setup = Setup::new(&scene, QUICK);
    setup.server.faults().once(On::Upload(1), Fault::Delay(Duration::from_secs(2)));
    let mut running = setup.journey.start("publish", ["publish", "--yes"]);
    running.until("the upload", |_| !setup.server.writes().is_empty());
    let (file, bytes) = others(&scene);
    setup.server.put(&file, bytes);
    let theirs = setup.server.stored();
    let ran = running.wait().code(1);
    assert!(ran.stderr.contains("RK-PUBLISH-CONTENT-CONFLICT"), "{ran}");
    assert_eq!((setup.server.stored(), setup.server.writes().len()), (theirs, 1), "nothing is sent after it\n{ran}");
}

/// Nobody can type one into a release.
#[test]
fn a_one_time_password_is_named() {
    let Some(scene) = super::scene() else { return };
    let server = server(Options::default().with_publisher("rk", Secret::new(TOKEN)).with_one_time_password("123456"));
    let journey = Journey::with_fix_at(&scene, server.clone());
    journey.released();
    let ran = journey.releasekit(["publish", "--yes"]).code(6);
    for said in ["one-time password", "use a token that may publish without"] {
        assert!(ran.stderr.contains(said), "{said}\n{ran}");
    }
    journey.stores(&[journey.pair("0.1.0")]);
}

/// Somebody has published a newer version that no tag of ours knows: `latest` stays there.
#[test]
fn a_fix_of_an_older_line_leaves_latest_where_it_is() {
    let Some(scene) = super::scene() else { return };
    let server = server(Options::default().with_publisher("rk", Secret::new(TOKEN)));
    let journey = Journey::with_fix_at(&scene, server.clone());
    journey.released();
    server.fill(&scene.others(Sample::Pair, Role::Base, "0.2.0"));
    journey.releasekit(["publish", "--yes"]).code(0);
    let points = |name: &str, version: &str| (name.to_owned(), version.to_owned());
    assert_eq!(server.tags(journey.name(Role::Top)), [points("latest", "0.1.1")].into());
    let base = [points("latest", "0.2.0"), points("release-0.1", "0.1.1")];
    assert_eq!(server.tags(journey.name(Role::Base)), base.into());
}

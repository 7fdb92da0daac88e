//! What only a package index can do: pages of several forms, listings of one file twice, files of one package one by one; and
//! what uv says of an index.

use std::sync::Arc;
use std::time::{Duration, Instant};

use releasekit_e2e::{Journey, Scene};
use releasekit_rehearsal::pypi::{Fault, On, Options, Pages, Server};
use releasekit_testkit::Ran;

const BASE_WHEEL: &str = "duo_base-0.1.1-py3-none-any.whl";
const BASE_SDIST: &str = "duo_base-0.1.1.tar.gz";

/// A released workspace, not yet published.
struct Setup {
    journey: Journey,
    server: Arc<Server>,
}

impl Setup {
    #[track_caller]
    fn new(scene: &Scene, pages: Pages, publish: &str) -> Self {
        let server = Arc::new(Server::start(Options::default().with_pages(pages)).expect("loopback has a free port"));
        let journey = Journey::with_fix_at(scene, server.clone());
        journey.released();
        journey.publish_keys(&format!("poll_interval = 1\n{publish}"));
        Self { journey, server }
    }

    fn fault(&self, on: On, fault: Fault) {
        self.server.faults().always(on, fault);
    }

    fn on_wheel(&self, fault: Fault) {
        self.fault(On::File(BASE_WHEEL.to_owned()), fault);
    }

    fn publish(&self) -> Ran {
        self.journey.releasekit(["publish", "--yes"])
    }

    fn sends(&self, file: &str) -> usize {
        self.server.writes().iter().filter(|request| request.file_name.as_deref() == Some(file)).count()
    }

    /// Once the index is well again, the same command finishes, and this file was sent so often.
    #[track_caller]
    fn heals(&self, sends: usize) {
        self.server.faults().clear();
        self.publish().code(0);
        assert_eq!((self.server.stored().len(), self.sends(BASE_WHEEL)), (8, sends));
    }
}

#[test]
fn a_reply_that_is_too_long_hides_nothing() {
    let Some(scene) = super::scene() else { return };
    let setup = Setup::new(&scene, Pages::Full, "poll_timeout = 10\n");
    setup.on_wheel(Fault::LongReply(500, 20_000_000));
    setup.on_wheel(Fault::HideFor(Duration::from_secs(4)));
    let ran = setup.publish().code(0);
    assert!(ran.stderr.contains("answered 500 and said more than can be kept; looking for up to 10 s"), "{ran}");
    assert!(!ran.stderr.contains("nothing was sent"), "{ran}");
    setup.heals(1);
}

#[test]
fn two_listings_of_one_file_are_no_proof() {
    let Some(scene) = super::scene() else { return };
    let setup = Setup::new(&scene, Pages::Full, "poll_timeout = 3\n");
    setup.on_wheel(Fault::ListAgain("1".repeat(64)));
    for _ in 0..2 {
        let ran = setup.publish().code(1);
        assert!(ran.stderr.contains("RK-PYPI-INVALID-INDEX") && ran.stderr.contains("with different digests"), "{ran}");
        assert_eq!(setup.server.writes().len(), 1, "{ran}");
    }
}

#[test]
fn a_download_without_an_end_is_not_taken() {
    let Some(scene) = super::scene() else { return };
    for endless in [Fault::Endless, Fault::Drip(Duration::from_millis(300))] {
        let setup = Setup::new(&scene, Pages::HtmlWithoutDigests, "poll_timeout = 4\n");
        setup.fault(On::Download(BASE_WHEEL.to_owned()), endless.clone());
        let start = Instant::now();
        let ran = setup.publish();
        let (exit, code) = match endless {
            Fault::Endless => (1, "RK-PUBLISH-CHECKSUM-MISMATCH"),
            _ => (7, "RK-HTTP-TIMEOUT"),
        };
        let ran = ran.code(exit);
        assert!(ran.stderr.contains(code), "{ran}");
        assert!(start.elapsed() < Duration::from_secs(60), "{:?}\n{ran}", start.elapsed());
        setup.heals(1);
    }
}

/// uv shows no `Retry-After`, so the figure is ours, and said to be.
#[test]
fn an_index_with_too_much_to_do_is_left_alone_for_a_while() {
    let Some(scene) = super::scene() else { return };
    let setup = Setup::new(&scene, Pages::Full, "poll_timeout = 3\nmax_retries = 1\n");
    setup.server.faults().once(On::File(BASE_WHEEL.to_owned()), Fault::RateLimit(20));
    let start = Instant::now();
    let ran = setup.publish().code(0);
    assert!(start.elapsed() >= Duration::from_secs(30), "{:?}\n{ran}", start.elapsed());
    assert!(ran.stderr.contains("a figure of ours"), "{ran}");
    setup.heals(2);
}

#[test]
fn a_package_half_live_ends_with_8() {
    let Some(scene) = super::scene() else { return };
    let setup = Setup::new(&scene, Pages::Full, "poll_timeout = 3\n");
    setup.fault(On::File(BASE_SDIST.to_owned()), Fault::Status(503));
    let ran = setup.publish().code(8);
    assert!(ran.stdout.contains("partly live, failed: RK-PUBLISH-UPLOAD-FAILED"), "{ran}");
    let ran = setup.journey.releasekit(["publish", "--yes", "--format", "json"]).code(8);
    assert!(ran.stdout.contains(r#""outcome": "partly_live""#), "{ran}");
    setup.heals(1);
}

#[test]
fn an_upload_that_is_sent_elsewhere_names_the_key() {
    let Some(scene) = super::scene() else { return };
    let setup = Setup::new(&scene, Pages::Full, "poll_timeout = 3\n");
    setup.on_wheel(Fault::Redirect("http://127.0.0.1:9/legacy/".to_owned()));
    let ran = setup.publish().code(1);
    assert!(ran.stderr.contains("RK-PUBLISH-UPLOAD-REDIRECTED") && ran.stderr.contains("publish_url"), "{ran}");
    assert!(ran.stderr.contains("looking for up to 3 s whether it arrived"), "{ran}");
    setup.heals(2);
}

//! A registry that says what is not so, or never comes to an end: nothing is sent twice, nothing is proven by it, and it ends.

use std::sync::Arc;
use std::time::{Duration, Instant};

use releasekit_e2e::{Journey, Rehearsal, Role, Scene};
use releasekit_rehearsal::{Fault, File, On};
use releasekit_testkit::Ran;

/// Two released packages, not yet published.
struct Setup {
    journey: Journey,
    server: Arc<dyn Rehearsal>,
    /// The first file that is sent.
    first: File,
}

impl Setup {
    #[track_caller]
    fn new(scene: &Scene, patience: usize) -> Self {
        let (journey, server) = Journey::with_fix(scene);
        journey.released();
        journey.publish_keys(&format!("poll_interval = 1\npoll_timeout = {patience}\n"));
        let first = journey.files(Role::Base, "0.1.1").remove(0);
        Self { journey, server, first }
    }

    /// Lets it happen to each upload of the first file.
    fn on_first(&self, fault: Fault) {
        self.server.faults().always(On::File(self.first.name.clone()), fault);
    }

    fn publish(&self) -> Ran {
        self.journey.releasekit(["publish", "--yes"])
    }

    /// Once the registry is well again, the same command finishes, and the first file was sent once.
    #[track_caller]
    fn heals(&self) {
        self.server.faults().clear();
        self.publish().code(0);
        self.journey.stores(&[self.journey.pair("0.1.0"), self.journey.pair("0.1.1")]);
        let sent = self.server.writes().into_iter().filter_map(|request| request.file_name);
        assert_eq!(sent.filter(|name| *name == self.first.name).count(), 1);
    }
}

/// It comes after the run that sent it has given up: the next one looks before it sends.
pub(crate) fn a_file_that_comes_after_everybody_gave_up_is_not_sent_again(scene: &Scene) {
    let setup = Setup::new(scene, 6);
    setup.on_first(Fault::LongReply(503, 10));
    setup.on_first(Fault::HideFor(Duration::from_secs(10)));
    let ran = setup.publish().code(7);
    assert!(ran.stderr.contains("answered 503; looking for up to 6 s whether it arrived"), "{ran}");
    let ran = setup.publish().code(0);
    assert!(ran.stderr.contains("an earlier run may have sent it; looking for up to 6 s whether it arrived"), "{ran}");
    setup.heals();
}

pub(crate) fn what_was_accepted_comes_back_byte_by_byte_in_every_run(scene: &Scene) {
    let setup = Setup::new(scene, 3);
    setup.on_first(Fault::Append(b"MALLORY".to_vec()));
    for _ in 0..3 {
        let ran = setup.publish().code(1);
        assert!(ran.stderr.contains("RK-PUBLISH-CHECKSUM-MISMATCH") && ran.stderr.contains(&setup.first.name), "{ran}");
        assert_eq!(setup.server.writes().len(), 1, "{ran}");
    }
}

pub(crate) fn a_page_without_an_end_is_left_in_time_and_the_lock_with_it(scene: &Scene) {
    let setup = Setup::new(scene, 4);
    let page = setup.journey.package(Role::Base).published.to_owned();
    setup.server.faults().always(On::PageAfterUpload(page), Fault::Drip(Duration::from_millis(500)));
    for uploads in [1, 1] {
        let start = Instant::now();
        let ran = setup.publish().code(7);
        assert!(ran.stderr.contains("RK-REGISTRY-NO-ANSWER"), "{ran}");
        assert!(start.elapsed() < Duration::from_secs(30), "{:?}\n{ran}", start.elapsed());
        assert_eq!(setup.server.writes().len(), uploads, "{ran}");
    }
    setup.heals();
}

/// One failed read is no reason to fail a package.
pub(crate) fn a_page_that_fails_once_fails_nothing(scene: &Scene) {
    let setup = Setup::new(scene, 3);
    for role in [Role::Base, Role::Top] {
        let page = setup.journey.package(role).published;
        for _ in 0..2 {
            setup.server.faults().once(On::Page(page.to_owned()), Fault::Status(503));
        }
    }
    setup.publish().code(0);
    setup.heals();
}

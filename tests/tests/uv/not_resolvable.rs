//! What is live and no installer finds: it ends with 7, what needs it waits, nothing is sent twice, and it heals.

use std::sync::Arc;

use releasekit_core::Environment;
use releasekit_e2e::{Journey, Role, Sample, Scene};
use releasekit_rehearsal::pypi::{Fault, On, Options, Server};
use releasekit_testkit::run;

const BASE: &str = "duo-base";

/// A hosted index, and the virtual one before it that installers read.
struct Setup {
    journey: Journey,
    hosted: Arc<Server>,
    installers: Server,
}

impl Setup {
    #[track_caller]
    fn new(scene: &Scene) -> Self {
        let hosted = Arc::new(Server::start(Options::default()).expect("loopback has a free port"));
        let before = Options::default().with_upstream(hosted.simple_url(), Environment::new());
        let installers = Server::start(before).expect("loopback has a free port");
        let journey = Journey::released_once(scene, Sample::Pair, hosted.clone());
        let observe = format!("observe_url = \"{}\"\n", hosted.simple_url());
        journey.configure_urls(&installers.simple_url(), &hosted.upload_url(), &observe);
        journey.change(Role::Base, "fix(base): count from zero");
        journey.released();
        Self { journey, hosted, installers }
    }

    /// The files that were sent, in order.
    fn sent(&self) -> Vec<String> {
        self.hosted.writes().into_iter().filter_map(|request| request.file_name).collect()
    }

    /// The pages that installers have read.
    fn asked(&self) -> Vec<String> {
        self.installers.requests().into_iter().map(|request| request.path).collect()
    }
}

#[test]
fn what_installers_do_not_find_ends_with_7_and_is_not_sent_again() {
    let Some(scene) = super::scene() else { return };
    let setup = Setup::new(&scene);
    setup.journey.publish_keys("poll_interval = 1\npoll_timeout = 16\n");
    setup.installers.faults().always(On::Page(BASE.to_owned()), Fault::Status(404));
    let ran = setup.journey.releasekit(["publish", "--yes"]).code(7);
    assert!(ran.stderr.contains("error[RK-PUBLISH-NOT-RESOLVABLE]"), "{ran}");
    assert!(ran.stderr.contains("installers do not choose `duo-base` yet; asking again for up to 16 s"), "{ran}");
    assert!(ran.stderr.contains("duo-base was not found"), "uv's words: {ran}");
    assert!(ran.stdout.contains("blocked by duo-base"), "{ran}");
    let sent = setup.sent();
    assert_eq!(sent.len(), 2, "{sent:?}");

    setup.journey.releasekit(["publish", "--yes"]).code(7);
    assert_eq!(setup.sent(), sent);

    setup.installers.faults().clear();
    setup.journey.releasekit(["publish", "--yes"]).code(0);
    assert_eq!(setup.sent()[..2], sent);
    assert_eq!(setup.sent().len(), 4);
    let asked = setup.asked().len();
    setup.journey.releasekit(["publish", "--yes"]).code(0);
    assert_eq!((setup.sent().len(), setup.asked().len()), (4, asked), "receipts prove it");
}

#[test]
fn settings_that_hide_what_is_new_hide_nothing_from_the_question() {
    let Some(scene) = super::scene() else { return };
    let setup = Setup::new(&scene);
    let settings = setup.journey.sandbox().path().join("home/.config/uv");
    std::fs::create_dir_all(&settings).expect("the sandbox is writable");
    std::fs::write(settings.join("uv.toml"), "exclude-newer = \"2020-01-01T00:00:00Z\"\n").expect("writable");
    setup.journey.releasekit(["publish", "--yes", "--dry-run"]).code(0);
    assert!(setup.asked().is_empty(), "nothing is live that could be chosen: {:?}", setup.asked());
    let cautious = [("UV_EXCLUDE_NEWER", "2020-01-01T00:00:00Z")];
    let ran = run(setup.journey.command(["publish", "--yes"]).envs(cautious)).code(0);
    assert!(ran.stderr.contains("resolve"), "{ran}");
    assert!(!setup.asked().is_empty());
}

#[test]
fn nobody_is_asked_where_the_configuration_says_so() {
    let Some(scene) = super::scene() else { return };
    let setup = Setup::new(&scene);
    setup.journey.publish_keys("resolve_check = false\npoll_interval = 1\npoll_timeout = 3\n");
    setup.installers.faults().always(On::Page(BASE.to_owned()), Fault::Status(404));
    setup.journey.releasekit(["publish", "--yes"]).code(0);
    assert!(setup.asked().is_empty(), "{:?}", setup.asked());
}

//! What an index can do to an upload: the code, the exit code, the number of uploads, and what is left behind.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use releasekit_core::Secret;
use releasekit_e2e::{Index, Journey, Merge, Saved, duo};
use releasekit_rehearsal::pypi::{Fault, On, Options, Server};
use releasekit_testkit::servers::{Devpi, PASSWORD, PypiServer, USERNAME};
use releasekit_testkit::{Ran, Tools};

const BASE_WHEEL: &str = "duo_base-0.1.1-py3-none-any.whl";
const TOP_WHEEL: &str = "duo_top-0.1.1-py3-none-any.whl";

/// Two tagged packages, and an index that one may be mean to.
struct Setup {
    journey: Journey,
    server: Arc<Server>,
    built: BTreeMap<String, String>,
}

/// How a publish is expected to end.
struct Ends<'a> {
    exit: i32,
    code: &'a str,
    uploads: usize,
}

impl Setup {
    #[track_caller]
    fn new(tools: &Tools, publish: &str) -> Self {
        let options = Options::default().with_login(USERNAME, Secret::new(PASSWORD));
        let server = Arc::new(Server::start(options).expect("loopback has a free port"));
        let journey = Journey::released_once(tools, crate::binary(), duo(), server.clone());
        journey.change("duo-base", "fix(base): count from zero");
        journey.released();
        let text = journey
            .sandbox()
            .read("releasekit.toml")
            .replace("[publish]\npoll_interval = 1\npoll_timeout = 3\n", publish);
        journey.sandbox().write("releasekit.toml", text);
        let built = journey.built();
        assert_eq!(built.len(), 4);
        Self { journey, server, built }
    }

    /// Publishes with some variables changed; an empty value unsets.
    #[track_caller]
    fn publish(&self, variables: &[(&str, &str)], ends: &Ends<'_>) -> Ran {
        let before = (self.journey.checkout(), self.journey.remote_refs(), self.server.writes().len());
        let ran = self.journey.releasekit_with(variables, ["publish", "--yes"]).code(ends.exit);
        assert!(ends.exit == 0 || ran.stderr.contains(ends.code), "{} is expected\n{ran}", ends.code);
        assert_eq!(self.server.writes().len() - before.2, ends.uploads, "uploads\n{ran}\n{:?}", self.server.writes());
        before.0.assert_same(&self.journey.checkout());
        assert_eq!(self.journey.remote_refs(), before.1, "publish sets no ref");
        self.only_what_was_built();
        ran
    }

    #[track_caller]
    fn only_what_was_built(&self) {
        let stored = self.server.stored();
        let new = stored.iter().filter(|(name, _)| !name.contains("-0.1.0"));
        let wrong: Vec<_> = new.filter(|(name, digest)| self.built.get(*name) != Some(digest)).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }

    /// Once the index is well again, the same command finishes; every file that is not live is sent once.
    #[track_caller]
    fn heals(&self) {
        self.server.faults().clear();
        let uploads = 4 - (self.server.stored().len() - 4);
        self.publish(&[], &Ends { exit: 0, code: "", uploads });
        assert_eq!(self.server.stored().len(), 8);
    }
}

/// Quick to give up.
const QUICK: &str = "[publish]\npoll_interval = 1\npoll_timeout = 2\n";

#[test]
fn wrong_credentials() {
    let Some(tools) = Tools::require() else { return };
    let setup = Setup::new(&tools, QUICK);
    let ends = Ends { exit: 6, code: "RK-PUBLISH-CREDENTIALS-REFUSED", uploads: 1 };
    let ran = setup.publish(&[("UV_PUBLISH_PASSWORD", "not-the-password")], &ends);
    assert!(!format!("{ran}").contains("not-the-password"), "{ran}");
    setup.heals();
}

/// pypiserver answers 403, devpi 401.
#[test]
fn wrong_credentials_at_servers_of_others() {
    let Some(tools) = Tools::require() else { return };
    let indexes: [Box<dyn Index>; 2] =
        [Box::new(PypiServer::start_buffered(&tools)), Box::new(Devpi::shared(&tools).index("wrong-credentials"))];
    for index in indexes {
        let journey = Journey::released_once(&tools, crate::binary(), duo(), index);
        journey.change("duo-base", "fix(base): count from zero");
        journey.released();
        let stored = journey.index().stored();
        let ran = journey.releasekit_with(&[("UV_PUBLISH_PASSWORD", "not-the-password")], ["publish", "--yes"]).code(6);
        assert!(ran.stderr.contains("RK-PUBLISH-CREDENTIALS-REFUSED"), "{ran}");
        assert!(!format!("{ran}").contains("not-the-password"), "{ran}");
        assert_eq!(journey.index().stored(), stored);
        journey.releasekit(["publish", "--yes"]).ok();
        assert_eq!(journey.index().stored().len(), 8);
    }
}

#[test]
fn missing_credentials() {
    let Some(tools) = Tools::require() else { return };
    let setup = Setup::new(&tools, QUICK);
    let none = [("UV_PUBLISH_USERNAME", ""), ("UV_PUBLISH_PASSWORD", "")];
    setup.publish(&none, &Ends { exit: 6, code: "RK-PUBLISH-CREDENTIALS-MISSING", uploads: 0 });
    setup.heals();
}

#[test]
fn refused_as_a_conflict() {
    let Some(tools) = Tools::require() else { return };
    let setup = Setup::new(&tools, QUICK);
    setup.server.faults().always(On::AnyUpload, Fault::Status(409));
    setup.publish(&[], &Ends { exit: 1, code: "RK-PUBLISH-UPLOAD-REFUSED", uploads: 1 });
    setup.heals();
}

#[test]
fn a_server_that_fails() {
    let Some(tools) = Tools::require() else { return };
    let setup = Setup::new(&tools, QUICK);
    setup.server.faults().always(On::AnyUpload, Fault::Status(500));
    setup.publish(&[], &Ends { exit: 7, code: "RK-PUBLISH-UPLOAD-FAILED", uploads: 1 });
    setup.heals();
}

#[test]
fn a_server_that_fails_in_the_middle() {
    let Some(tools) = Tools::require() else { return };
    let setup = Setup::new(&tools, QUICK);
    setup.server.faults().always(On::File(TOP_WHEEL.to_owned()), Fault::Status(500));
    setup.publish(&[], &Ends { exit: 8, code: "RK-PUBLISH-UPLOAD-FAILED", uploads: 3 });
    setup.heals();
}

#[test]
fn a_connection_that_is_reset() {
    let Some(tools) = Tools::require() else { return };
    let setup = Setup::new(&tools, QUICK);
    setup.server.faults().always(On::AnyUpload, Fault::Reset);
    setup.publish(&[], &Ends { exit: 7, code: "RK-PUBLISH-UPLOAD-FAILED", uploads: 1 });
    setup.heals();
}

#[test]
fn retries_count_uploads_of_a_file() {
    let Some(tools) = Tools::require() else { return };
    let setup = Setup::new(&tools, "[publish]\npoll_interval = 1\npoll_timeout = 1\nmax_retries = 2\n");
    for number in [1, 2] {
        setup.server.faults().once(On::Upload(number), Fault::Status(500));
    }
    setup.publish(&[], &Ends { exit: 0, code: "", uploads: 6 });
    assert_eq!(setup.server.stored().len(), 8);
}

#[test]
fn too_many_requests() {
    let Some(tools) = Tools::require() else { return };
    let setup = Setup::new(&tools, QUICK);
    setup.server.faults().always(On::AnyUpload, Fault::RateLimit(1));
    setup.publish(&[], &Ends { exit: 7, code: "RK-PUBLISH-UPLOAD-REFUSED", uploads: 1 });
    setup.heals();
}

#[test]
fn a_reply_that_is_lost() {
    let Some(tools) = Tools::require() else { return };
    let setup = Setup::new(&tools, QUICK);
    setup.server.faults().always(On::AnyUpload, Fault::LoseReply);
    setup.publish(&[], &Ends { exit: 0, code: "", uploads: 4 });
    assert_eq!(setup.server.stored().len(), 8);
}

#[test]
fn a_file_that_is_dropped() {
    let Some(tools) = Tools::require() else { return };
    let setup = Setup::new(&tools, QUICK);
    setup.server.faults().always(On::File(BASE_WHEEL.to_owned()), Fault::Drop);
    let invisible = "RK-PUBLISH-NOT-VISIBLE";
    setup.publish(&[], &Ends { exit: 7, code: invisible, uploads: 1 });
    setup.server.faults().clear();
    setup.publish(&[], &Ends { exit: 7, code: invisible, uploads: 0 });
    setup.journey.releasekit(["publish", "--yes", "--resend"]).ok();
    assert_eq!(setup.server.stored().len(), 8);
    setup.only_what_was_built();
}

#[test]
fn a_file_that_is_shown_late() {
    let Some(tools) = Tools::require() else { return };
    let setup = Setup::new(&tools, "[publish]\npoll_interval = 1\npoll_timeout = 20\n");
    setup.server.faults().always(On::AnyUpload, Fault::HideFor(Duration::from_secs(2)));
    setup.publish(&[], &Ends { exit: 0, code: "", uploads: 4 });
    assert_eq!(setup.server.stored().len(), 8);
}

#[test]
fn a_file_that_is_shown_too_late() {
    let Some(tools) = Tools::require() else { return };
    let setup = Setup::new(&tools, QUICK);
    setup.server.faults().once(On::File(BASE_WHEEL.to_owned()), Fault::HideFor(Duration::from_secs(6)));
    setup.publish(&[], &Ends { exit: 7, code: "RK-PUBLISH-NOT-VISIBLE", uploads: 1 });
    std::thread::sleep(Duration::from_secs(5));
    setup.publish(&[], &Ends { exit: 0, code: "", uploads: 3 });
}

#[test]
fn other_bytes_than_were_sent() {
    let Some(tools) = Tools::require() else { return };
    let setup = Setup::new(&tools, QUICK);
    setup.server.faults().always(On::File(BASE_WHEEL.to_owned()), Fault::ListDigest("0".repeat(64)));
    let ran = setup.journey.releasekit(["publish", "--yes"]).code(1);
    assert!(ran.stderr.contains("RK-PUBLISH-CHECKSUM-MISMATCH") && ran.stderr.contains(BASE_WHEEL), "{ran}");
    let sent: Vec<_> = setup.server.writes().into_iter().filter_map(|request| request.file_name).collect();
    assert!(!sent.iter().any(|name| name.starts_with("duo_top")), "no dependent is published: {sent:?}");
    let ran = setup.journey.releasekit(["publish", "--yes"]).code(1);
    assert!(ran.stderr.contains("RK-PUBLISH-CHECKSUM-MISMATCH"), "{ran}");
    assert_eq!(setup.server.writes().len(), sent.len(), "and not the second time\n{ran}");
}

/// Somebody else's files under the version that is to be published.
#[test]
fn a_version_that_is_taken() {
    let Some(tools) = Tools::require() else { return };
    let setup = Setup::new(&tools, QUICK);
    let past = releasekit_e2e::past_of(&duo(), &tools);
    setup.server.put(BASE_WHEEL, past["duo_base-0.1.0-py3-none-any.whl"].clone()).expect("the index takes files");
    let ran = setup.journey.releasekit(["publish", "--yes"]).code(1);
    assert!(ran.stderr.contains("RK-PUBLISH-CONTENT-CONFLICT") && ran.stderr.contains("duo-base"), "{ran}");
    assert_eq!(setup.server.writes(), [], "nothing is sent beside it");
}

#[test]
fn a_dependency_that_is_not_live() {
    let Some(tools) = Tools::require() else { return };
    let server = Arc::new(Server::start(Options::default()).expect("loopback has a free port"));
    let journey = Journey::released_once(&tools, crate::binary(), duo(), server.clone());
    journey.change("duo-top", "feat(top): more");
    journey.released();
    let empty = Server::start(Options::default()).expect("loopback has a free port");
    journey.configure_urls(&empty.simple_url(), &empty.upload_url(), "");
    let ran = journey.releasekit(["publish", "--yes"]).code(5);
    assert!(ran.stderr.contains("RK-PUBLISH-DEPENDENCY-NOT-LIVE") && ran.stderr.contains("duo-base"), "{ran}");
    assert_eq!(empty.writes(), []);
}

#[test]
fn a_version_that_is_live_before_its_tag() {
    let Some(tools) = Tools::require() else { return };
    let server = Arc::new(Server::start(Options::default()).expect("loopback has a free port"));
    let journey = Journey::released_once(&tools, crate::binary(), duo(), server.clone());
    journey.change("duo-base", "fix(base): count from zero");
    journey.prepared().merge(Merge::Commit);
    let past = releasekit_e2e::past_of(&duo(), &tools);
    server.put(BASE_WHEEL, past["duo_base-0.1.0-py3-none-any.whl"].clone()).expect("the index takes files");
    let ran = journey.releasekit(["release", "--yes"]).code(1);
    assert!(ran.stderr.contains("RK-RELEASE-ALREADY-LIVE") && ran.stderr.contains("0.1.1"), "{ran}");
    assert_eq!(journey.remote_tag("duo-base-v0.1.1"), None);
}

/// Replies of git that get lost, and refusals.
#[test]
fn effects_of_git_that_fail_or_lose_their_reply() {
    let Some(tools) = Tools::require() else { return };
    let server = Arc::new(Server::start(Options::default()).expect("loopback has a free port"));
    let journey = Journey::released_once(&tools, crate::faulty(), duo(), server);
    journey.change("duo-base", "fix(base): count from zero");
    journey.prepared().merge(Merge::Commit);
    let saved = Saved::of(journey.sandbox());
    let (ran, effects) = journey.releasekit_at(None, &["release", "--yes"]);
    ran.ok();
    let refs = (journey.remote_refs(), journey.local_refs());
    let push = effects.iter().position(|effect| effect == "push").expect("release pushes") + 1;
    for (fault, exit) in [("before", 7), ("after", 0)] {
        saved.restore();
        let (ran, _) = journey.releasekit_at(Some(&format!("fail:{fault}:{push}")), &["release", "--yes"]);
        ran.code(exit);
        journey.releasekit(["release", "--yes"]).ok();
        assert_eq!((journey.remote_refs(), journey.local_refs()), refs, "{fault}");
    }
}

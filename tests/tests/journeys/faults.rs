//! What a registry can do to an upload: the code, the exit code, the number of uploads, and what is left behind.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use releasekit_e2e::{Journey, Login, Merge, Past, Rehearsal, Role, Sample, Saved, Scene, commands, next_step};
use releasekit_rehearsal::{Fault, File, On};
use releasekit_testkit::Ran;

/// Two tagged packages, and a registry that one may be mean to.
pub(crate) struct Setup {
    pub(crate) journey: Journey,
    pub(crate) server: Arc<dyn Rehearsal>,
    pub(crate) built: BTreeMap<File, String>,
    past: Past,
}

/// How a publish is expected to end.
pub(crate) struct Ends<'a> {
    pub(crate) exit: i32,
    pub(crate) code: &'a str,
    pub(crate) uploads: usize,
}

impl Setup {
    #[track_caller]
    pub(crate) fn new(scene: &Scene, keys: &str) -> Self {
        let (journey, server) = Journey::with_fix(scene);
        journey.released();
        journey.publish_keys(keys);
        let built = journey.built();
        assert!(built.keys().eq(&journey.pair("0.1.1")), "{built:?}");
        Self { journey, server, built, past: scene.past(Sample::Pair) }
    }

    /// The first file that is sent of a package.
    pub(crate) fn first(&self, role: Role) -> File {
        self.journey.files(role, "0.1.1").remove(0)
    }

    /// Lets it happen to each upload of a file.
    pub(crate) fn spoil(&self, file: &File, fault: Fault) {
        self.server.faults().always(On::File(file.name.clone()), fault);
    }

    /// All files of both releases are stored.
    #[track_caller]
    pub(crate) fn all_is_stored(&self) {
        self.journey.stores(&[self.journey.pair("0.1.0"), self.journey.pair("0.1.1")]);
        self.only_what_was_built();
    }

    /// Publishes with some variables changed; an empty value unsets.
    #[track_caller]
    pub(crate) fn publish(&self, variables: &[(&str, &str)], ends: &Ends<'_>) -> Ran {
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
        let new = stored.iter().filter(|(file, _)| !self.past.contains_key(file));
        let wrong: Vec<_> = new.filter(|(file, digest)| self.built.get(file) != Some(digest)).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }

    /// Once the registry is well again, what the command said to do next finishes; every file that is not live is sent once.
    #[track_caller]
    pub(crate) fn heals(&self, ran: &Ran) {
        self.server.faults().clear();
        let uploads = self.built.len() + self.past.len() - self.server.stored().len();
        let before = self.server.writes().len();
        let ran = self.journey.follow(next_step(ran).expect("it can be healed")).code(0);
        assert_eq!(self.server.writes().len() - before, uploads, "{ran}");
        self.all_is_stored();
    }
}

/// Quick to give up.
pub(crate) const QUICK: &str = "poll_interval = 1\npoll_timeout = 2\n";

pub(crate) fn wrong_credentials(scene: &Scene) {
    let setup = Setup::new(scene, QUICK);
    let ends = Ends { exit: 6, code: "RK-PUBLISH-CREDENTIALS-REFUSED", uploads: 1 };
    let ran = setup.publish(&scene.world().login(Login::Wrong), &ends);
    says_no_login(&ran, scene);
    setup.heals(&ran);
}

/// Nothing that a login consists of is heard.
#[track_caller]
pub(super) fn says_no_login(ran: &Ran, scene: &Scene) {
    let text = ran.to_string();
    let right: Vec<_> = scene.world().login(Login::Right).into_iter().map(|(_, value)| value).collect();
    for (name, value) in scene.world().login(Login::Wrong) {
        // The user's name may be the same one and is no secret.
        assert!(right.contains(&value) || !text.contains(value), "{name}\n{text}");
    }
}

pub(crate) fn missing_credentials(scene: &Scene) {
    let setup = Setup::new(scene, QUICK);
    let ends = Ends { exit: 6, code: "RK-PUBLISH-CREDENTIALS-MISSING", uploads: 0 };
    let ran = setup.publish(&scene.world().login(Login::None), &ends);
    setup.heals(&ran);
}

pub(crate) fn a_server_that_fails(scene: &Scene) {
    let setup = Setup::new(scene, QUICK);
    setup.server.faults().always(On::AnyUpload, Fault::Status(500));
    let ran = setup.publish(&[], &Ends { exit: 7, code: "RK-PUBLISH-UPLOAD-FAILED", uploads: 1 });
    assert!(ran.stderr.contains("looking for up to 2 s whether it arrived"), "that it waits is said\n{ran}");
    setup.heals(&ran);
}

pub(crate) fn a_server_that_fails_in_the_middle(scene: &Scene) {
    let setup = Setup::new(scene, QUICK);
    setup.spoil(&setup.first(Role::Top), Fault::Status(500));
    let uploads = setup.journey.files(Role::Base, "0.1.1").len() + 1;
    let ran = setup.publish(&[], &Ends { exit: 8, code: "RK-PUBLISH-UPLOAD-FAILED", uploads });
    setup.heals(&ran);
}

pub(crate) fn a_connection_that_is_reset(scene: &Scene) {
    let setup = Setup::new(scene, QUICK);
    setup.server.faults().always(On::AnyUpload, Fault::Reset);
    let ran = setup.publish(&[], &Ends { exit: 7, code: "RK-PUBLISH-UPLOAD-FAILED", uploads: 1 });
    setup.heals(&ran);
}

pub(crate) fn retries_count_uploads_of_a_file(scene: &Scene) {
    let setup = Setup::new(scene, "poll_interval = 1\npoll_timeout = 1\nmax_retries = 2\n");
    for number in [1, 2] {
        setup.server.faults().once(On::Upload(number), Fault::Status(500));
    }
    setup.publish(&[], &Ends { exit: 0, code: "", uploads: setup.built.len() + 2 });
    setup.all_is_stored();
}

pub(crate) fn too_many_requests(scene: &Scene) {
    let setup = Setup::new(scene, QUICK);
    setup.server.faults().always(On::AnyUpload, Fault::RateLimit(1));
    let ran = setup.publish(&[], &Ends { exit: 7, code: "RK-PUBLISH-UPLOAD-REFUSED", uploads: 1 });
    setup.heals(&ran);
}

pub(crate) fn a_reply_that_is_lost(scene: &Scene) {
    let setup = Setup::new(scene, QUICK);
    setup.server.faults().always(On::AnyUpload, Fault::LoseReply);
    setup.publish(&[], &Ends { exit: 0, code: "", uploads: setup.built.len() });
    setup.all_is_stored();
}

pub(crate) fn a_file_that_is_dropped(scene: &Scene) {
    let setup = Setup::new(scene, QUICK);
    setup.spoil(&setup.first(Role::Base), Fault::Drop);
    let invisible = "RK-PUBLISH-NOT-VISIBLE";
    setup.publish(&[], &Ends { exit: 7, code: invisible, uploads: 1 });
    setup.server.faults().clear();
    let ran = setup.publish(&[], &Ends { exit: 7, code: invisible, uploads: 0 });
    assert_eq!(next_step(&ran), Some("releasekit publish --resend"));
    assert!(ran.stderr.contains("help: run `releasekit publish --resend`"), "the help says the same\n{ran}");
    setup.heals(&ran);
}

pub(crate) fn a_file_that_is_shown_late(scene: &Scene) {
    let setup = Setup::new(scene, "poll_interval = 1\npoll_timeout = 20\n");
    setup.server.faults().always(On::AnyUpload, Fault::HideFor(Duration::from_secs(2)));
    setup.publish(&[], &Ends { exit: 0, code: "", uploads: setup.built.len() });
    setup.all_is_stored();
}

pub(crate) fn a_file_that_is_shown_too_late(scene: &Scene) {
    let setup = Setup::new(scene, QUICK);
    let first = On::File(setup.first(Role::Base).name);
    setup.server.faults().once(first, Fault::HideFor(Duration::from_secs(6)));
    let ran = setup.publish(&[], &Ends { exit: 7, code: "RK-PUBLISH-NOT-VISIBLE", uploads: 1 });
    std::thread::sleep(Duration::from_secs(5));
    // Who is told to send again what is only late sends nothing twice.
    setup.heals(&ran);
}

pub(crate) fn other_bytes_than_were_sent(scene: &Scene) {
    let setup = Setup::new(scene, QUICK);
    let first = setup.first(Role::Base);
    setup.spoil(&first, Fault::ListDigest("0".repeat(64)));
    let ran = setup.journey.releasekit(["publish", "--yes"]).code(1);
    assert!(ran.stderr.contains("RK-PUBLISH-CHECKSUM-MISMATCH") && ran.stderr.contains(&first.name), "{ran}");
    let sent: Vec<_> = setup.server.writes().into_iter().filter_map(|request| request.file_name).collect();
    let of_top = setup.journey.files(Role::Top, "0.1.1");
    assert!(!of_top.iter().any(|file| sent.contains(&file.name)), "no dependent is published: {sent:?}");
    let ran = setup.journey.releasekit(["publish", "--yes"]).code(1);
    assert!(ran.stderr.contains("RK-PUBLISH-CHECKSUM-MISMATCH"), "{ran}");
    assert_eq!(setup.server.writes().len(), sent.len(), "and not the second time\n{ran}");
}

/// The first file that somebody else has published under the version that is to come.
#[track_caller]
pub(crate) fn others(scene: &Scene) -> (File, Vec<u8>) {
    let files = scene.others(Sample::Pair, Role::Base, "0.1.1");
    let (file, bytes) = files.first_key_value().expect("a version has files");
    (file.clone(), bytes.clone())
}

/// Somebody else's files under the version that is to be published.
pub(crate) fn a_version_that_is_taken(scene: &Scene) {
    let setup = Setup::new(scene, QUICK);
    let (file, bytes) = others(scene);
    setup.server.put(&file, bytes);
    let ran = setup.journey.releasekit(["publish", "--yes"]).code(1);
    assert!(
        ran.stderr.contains("RK-PUBLISH-CONTENT-CONFLICT") && ran.stderr.contains(setup.journey.name(Role::Base)),
        "{ran}"
    );
    assert_eq!(setup.server.writes(), [], "nothing is sent beside it");
    // No run of `publish` mends that: another version does.
    let step = next_step(&ran).expect("there is a way");
    assert!(
        step.starts_with("raise the version in the package file, run `") && step.contains("`, commit, then "),
        "{ran}"
    );
    let (journey, manifest) = (&setup.journey, setup.journey.world().manifest(Role::Base));
    let raised = journey.sandbox().read(&manifest).replace("0.1.1", "0.1.2");
    journey.sandbox().write(&manifest, raised);
    let [check, prepare] = commands(step)[..] else { unreachable!("{step}") };
    journey.typed(check, &[]).code(0);
    journey.sandbox().commit("chore: another version");
    journey.sandbox().push();
    let ran = journey.typed(prepare, &[]).code(0);
    let ran = journey.follow(next_step(&ran).expect("it goes on")).code(0);
    journey.follow(next_step(&ran).expect("it goes on")).code(0);
    let stored = setup.server.stored();
    assert!(journey.files(Role::Base, "0.1.2").iter().all(|file| stored.contains_key(file)), "{stored:?}");
}

pub(crate) fn a_dependency_that_is_not_live(scene: &Scene) {
    let journey = Journey::released_once(scene, Sample::Pair, scene.world().rehearsal());
    journey.change(Role::Top, "feat(top): more");
    journey.released();
    let empty = scene.world().rehearsal();
    journey.configure_urls(&empty.read_url(), &empty.upload_url(), "");
    let ran = journey.releasekit(["publish", "--yes"]).code(5);
    assert!(
        ran.stderr.contains("RK-PUBLISH-DEPENDENCY-NOT-LIVE") && ran.stderr.contains(journey.name(Role::Base)),
        "{ran}"
    );
    assert_eq!(empty.writes(), []);
}

pub(crate) fn a_version_that_is_live_before_its_tag(scene: &Scene) {
    let (journey, server) = Journey::with_fix(scene);
    journey.prepared().merge(Merge::Commit);
    let (file, bytes) = others(scene);
    server.put(&file, bytes);
    let ran = journey.releasekit(["release", "--yes"]).code(1);
    assert!(ran.stderr.contains("RK-RELEASE-ALREADY-LIVE") && ran.stderr.contains("0.1.1"), "{ran}");
    assert_eq!(journey.remote_tag(&journey.tag(Role::Base, "0.1.1")), None);
}

/// Replies of git that get lost, and refusals.
pub(crate) fn effects_of_git_that_fail_or_lose_their_reply(scene: &Scene) {
    let (journey, _) = Journey::with_fix(&scene.with_binary(crate::faulty()));
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

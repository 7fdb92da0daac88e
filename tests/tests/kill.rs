//! SIGKILL before and after every effect, then the same command again: it ends as if nothing had happened.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use releasekit_e2e::{Journey, Merge, Past, Saved, duo, past_of};
use releasekit_testkit::servers::PypiServer;
use releasekit_testkit::{Kind, Snapshot, Tools};

/// Two packages with a fix, and the server that a kill leaves as it is.
struct Setup {
    journey: Journey,
    server: Arc<PypiServer>,
    past: Past,
}

/// What a command leaves behind.
#[derive(Debug, PartialEq, Eq)]
struct End {
    remote: BTreeMap<String, String>,
    local: BTreeMap<String, String>,
    stored: BTreeMap<String, String>,
}

impl Setup {
    #[track_caller]
    fn new(tools: &Tools) -> Self {
        let server = Arc::new(PypiServer::start(tools));
        let journey = Journey::released_once(tools, crate::faulty(), duo(), server.clone());
        journey.change("duo-base", "fix(base): count from zero");
        journey.sandbox().push();
        Self { journey, server, past: past_of(&duo(), tools) }
    }

    fn end(&self) -> End {
        let journey = &self.journey;
        End { remote: journey.remote_refs(), local: journey.local_refs(), stored: self.server.stored() }
    }

    /// Takes the sandbox and the server back to where they were.
    fn restore(&self, saved: &Saved) {
        saved.restore();
        for name in self.server.stored().into_keys().filter(|name| !self.past.contains_key(name)) {
            fs::remove_file(self.server.storage().join(name)).expect("the storage is writable");
        }
    }

    /// Kills the command at each of its effects. The effects must be these.
    #[track_caller]
    fn survives(&self, args: &[&str], expected: &[&str]) {
        let saved = Saved::of(self.journey.sandbox());
        let (ran, effects) = self.journey.releasekit_at(None, args);
        ran.ok();
        assert_eq!(effects, expected);
        let end = self.end();
        for number in 1..=effects.len() {
            for when in ["before", "after"] {
                let place = format!("kill:{when}:{number}");
                self.restore(&saved);
                let before = self.journey.checkout();
                let (ran, _) = self.journey.releasekit_at(Some(&place), args);
                assert_eq!(ran.code, None, "{place} {}\n{ran}", effects[number - 1]);
                before.assert_same(&self.journey.checkout());
                let (ran, _) = self.journey.releasekit_at(None, args);
                assert!(ran.success(), "after {place} {}\n{ran}", effects[number - 1]);
                assert_eq!(self.end(), end, "after {place} {}", effects[number - 1]);
                before.assert_same(&self.journey.checkout());
                self.leaves_nothing();
            }
        }
    }

    /// No export is left once a run has gone through. What stays is the folder that uv uploads from, which sets nothing.
    #[track_caller]
    fn leaves_nothing(&self) {
        let cache = self.journey.sandbox().path().join("home/.cache/releasekit");
        let left = Snapshot::of(&cache);
        let counts = |path: &Path, kind: &Kind| *kind != Kind::Folder && path != Path::new("uv-empty/uv.toml");
        let files: Vec<_> = left.entries().iter().filter(|(path, entry)| counts(path, &entry.kind)).collect();
        assert!(files.is_empty(), "{files:?}");
    }
}

#[test]
fn prepare_survives() {
    let Some(tools) = Tools::require() else { return };
    let setup = Setup::new(&tools);
    setup.survives(&["prepare"], &["export", "check", "lock", "commit", "push"]);
}

#[test]
fn release_survives() {
    let Some(tools) = Tools::require() else { return };
    let setup = Setup::new(&tools);
    setup.journey.prepared().merge(Merge::Commit);
    let effects = ["export", "build duo-base", "build duo-top", "tag", "push", "set local refs"];
    setup.survives(&["release", "--yes"], &effects);
}

#[test]
fn publish_survives() {
    let Some(tools) = Tools::require() else { return };
    let setup = Setup::new(&tools);
    setup.journey.released();
    let effects = [
        "upload duo_base-0.1.1-py3-none-any.whl",
        "upload duo_base-0.1.1.tar.gz",
        "upload duo_top-0.1.1-py3-none-any.whl",
        "upload duo_top-0.1.1.tar.gz",
    ];
    setup.survives(&["publish", "--yes"], &effects);
}

#[test]
fn publish_without_state_survives() {
    let Some(tools) = Tools::require() else { return };
    let setup = Setup::new(&tools);
    setup.journey.released();
    fs::remove_dir_all(setup.journey.sandbox().work().join(".git/releasekit")).expect("there is state");
    let saved = Saved::of(setup.journey.sandbox());
    let (ran, effects) = setup.journey.releasekit_at(None, &["publish", "--yes"]);
    ran.ok();
    let end = setup.end();
    let builds = effects.iter().filter(|effect| effect.starts_with("build ")).count();
    assert_eq!(builds, 2, "{effects:?}");
    for number in 1..=effects.len() - 4 {
        setup.restore(&saved);
        let (ran, _) = setup.journey.releasekit_at(Some(&format!("kill:after:{number}")), &["publish", "--yes"]);
        assert_eq!(ran.code, None, "{ran}");
        assert_eq!(setup.server.stored().len(), setup.past.len(), "nothing is sent before all is built");
        setup.journey.releasekit(["publish", "--yes"]).ok();
        assert_eq!(setup.end(), end);
    }
}

/// A run that was killed half way on one machine is closed from another, which has no state.
#[test]
fn another_clone_closes_what_a_kill_left_open() {
    let Some(tools) = Tools::require() else { return };
    let setup = Setup::new(&tools);
    setup.journey.released();
    let built = setup.journey.built();
    let (ran, _) = setup.journey.releasekit_at(Some("kill:after:3"), &["publish", "--yes"]);
    assert_eq!((ran.code, setup.server.stored().len()), (None, setup.past.len() + 3), "{ran}");
    let second = setup.journey.clone("second", &[]);
    setup.journey.releasekit_in(&second, ["publish", "--yes"]).ok();
    let stored = setup.server.stored();
    assert!(built.iter().all(|(name, digest)| stored.get(name) == Some(digest)), "{built:?} {stored:?}");
    setup.journey.releasekit(["publish", "--yes"]).ok();
    assert_eq!(setup.server.stored(), stored);
}

//! SIGKILL before and after every effect, then the same command again: it ends as if nothing had happened.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use releasekit_e2e::{Hub, Journey, Merge, Past, Registry, Sample, Saved, Scene};
use releasekit_rehearsal::File;
use releasekit_testkit::{Kind, Snapshot};
use serde_json::Value;

/// Two packages with a fix, and the registry of others and the forge that a kill leaves as they are.
pub(crate) struct Setup {
    pub(crate) journey: Journey,
    registry: Arc<dyn Registry>,
    past: Past,
    hub: Option<Hub>,
}

/// Everything as it was.
struct Moment {
    sandbox: Saved,
    forge: Option<releasekit_rehearsal::github::Saved>,
}

/// What a command leaves behind.
#[derive(Debug, PartialEq, Eq)]
struct End {
    remote: BTreeMap<String, String>,
    local: BTreeMap<String, String>,
    stored: BTreeMap<File, String>,
    channels: BTreeMap<(String, String), String>,
    forge: Value,
}

impl Setup {
    #[track_caller]
    fn new(scene: &Scene) -> Self {
        let scene = scene.with_binary(crate::faulty());
        let registry = scene.first_foreign();
        let journey = Journey::with_fix_at(&scene, registry.clone());
        journey.sandbox().push();
        Self { journey, registry, past: scene.past(Sample::Pair), hub: None }
    }

    /// The same with a forge as the remote, and these root keys and tables in the configuration.
    #[track_caller]
    pub(crate) fn on_forge(scene: &Scene, hub: Hub, (keys, tables): (&str, &str)) -> Self {
        let Self { journey, registry, past, .. } = Self::new(scene);
        journey.configure_around(keys, tables);
        Self { journey: journey.on_forge(&hub), registry, past, hub: Some(hub) }
    }

    /// The forge.
    #[track_caller]
    pub(crate) fn hub(&self) -> &Hub {
        self.hub.as_ref().expect("it is on a forge")
    }

    fn end(&self) -> End {
        let journey = &self.journey;
        let forge = self.hub.as_ref().map_or(Value::Null, Hub::shows);
        let (stored, channels) = (self.registry.stored(), self.registry.channels());
        End { remote: journey.remote_refs(), local: journey.local_refs(), stored, channels, forge }
    }

    /// Takes the sandbox, the registry and the forge back to where they were.
    fn restore(&self, saved: &Moment) {
        saved.sandbox.restore();
        self.registry.reset(&self.past);
        if let Some((hub, saved)) = self.hub.as_ref().zip(saved.forge.as_ref()) {
            hub.restore(saved);
        }
    }

    fn save(&self) -> Moment {
        Moment { sandbox: Saved::of(self.journey.sandbox()), forge: self.hub.as_ref().map(Hub::save) }
    }

    /// Kills the command at each of its effects. The effects must be these.
    #[track_caller]
    fn survives(&self, args: &[&str], expected: &[String]) {
        self.survives_at(&["before", "after"], 1, args, expected);
    }

    /// Kills the command after an effect and each that comes later, which is also before the next one.
    #[track_caller]
    pub(crate) fn survives_after(&self, first: usize, args: &[&str], expected: &[String]) {
        self.survives_at(&["after"], first, args, expected);
    }

    #[track_caller]
    fn survives_at(&self, moments: &[&str], first: usize, args: &[&str], expected: &[String]) {
        let saved = self.save();
        let (ran, effects) = self.journey.releasekit_at(None, args);
        ran.ok();
        assert_eq!(effects, expected);
        let end = self.end();
        for number in first..=effects.len() {
            for when in moments {
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

    /// Has each effect of a kind fail before it happens, and lose its reply; once more the command ends as if nothing had happened.
    /// Gives the effects with the codes that it ended with.
    #[track_caller]
    pub(crate) fn repeats(&self, kind: impl Fn(&str) -> bool, args: &[&str]) -> Vec<(String, [Option<i32>; 2])> {
        let saved = self.save();
        let (ran, effects) = self.journey.releasekit_at(None, args);
        ran.ok();
        let end = self.end();
        let fails = |when: &str, number: usize| {
            let place = format!("fail:{when}:{number}");
            self.restore(&saved);
            let (failed, _) = self.journey.releasekit_at(Some(&place), args);
            let (ran, _) = self.journey.releasekit_at(None, args);
            assert!(ran.success(), "after {place} {failed}\n{ran}");
            assert_eq!(self.end(), end, "after {place} {failed}");
            failed.code
        };
        let numbered = (1..).zip(effects).filter(|(_, effect)| kind(effect));
        numbered.map(|(number, effect)| (effect, ["before", "after"].map(|when| fails(when, number)))).collect()
    }

    /// No export is left once a run has gone through.
    #[track_caller]
    fn leaves_nothing(&self) {
        let cache = self.journey.sandbox().path().join("home/.cache/releasekit");
        let left = Snapshot::of(&cache);
        let stays = |path: &Path| self.journey.world().kept_in_cache().iter().any(|kept| path == Path::new(kept));
        let counts = |path: &Path, kind: &Kind| *kind != Kind::Folder && !stays(path);
        let files: Vec<_> = left.entries().iter().filter(|(path, entry)| counts(path, &entry.kind)).collect();
        assert!(files.is_empty(), "{files:?}");
    }
}

pub(crate) fn prepare_survives(scene: &Scene) {
    let setup = Setup::new(scene);
    let lock = setup.journey.world().lockfile().map(|_| "lock");
    let effects = ["export", "check"].into_iter().chain(lock).chain(["commit", "push"]).map(str::to_owned);
    setup.survives(&["prepare"], &effects.collect::<Vec<_>>());
}

pub(crate) fn release_survives(scene: &Scene) {
    let setup = Setup::new(scene);
    setup.journey.prepared().merge(Merge::Commit);
    let builds = setup.journey.world().builds(Sample::Pair.roles());
    let effects = [&["export".to_owned()], &builds[..], &["tag", "push", "set local refs"].map(str::to_owned)].concat();
    setup.survives(&["release", "--yes"], &effects);
}

pub(crate) fn publish_survives(scene: &Scene) {
    let setup = Setup::new(scene);
    setup.journey.released();
    let effects: Vec<_> = setup.journey.pair("0.1.1").iter().map(|file| format!("upload {}", file.name)).collect();
    setup.survives(&["publish", "--yes"], &effects);
}

pub(crate) fn publish_without_state_survives(scene: &Scene) {
    let setup = Setup::new(scene);
    setup.journey.released();
    fs::remove_dir_all(setup.journey.sandbox().work().join(".git/releasekit")).expect("there is state");
    let saved = setup.save();
    let (ran, effects) = setup.journey.releasekit_at(None, &["publish", "--yes"]);
    ran.ok();
    let end = setup.end();
    let builds: Vec<_> = effects.iter().filter(|effect| effect.starts_with("build ")).cloned().collect();
    assert_eq!(builds, setup.journey.world().builds(Sample::Pair.roles()));
    for number in 1..=effects.len() - setup.journey.pair("0.1.1").len() {
        setup.restore(&saved);
        let (ran, _) = setup.journey.releasekit_at(Some(&format!("kill:after:{number}")), &["publish", "--yes"]);
        assert_eq!(ran.code, None, "{ran}");
        assert_eq!(setup.registry.stored().len(), setup.past.len(), "nothing is sent before all is built");
        setup.journey.releasekit(["publish", "--yes"]).ok();
        assert_eq!(setup.end(), end);
    }
}

/// A run that was killed half way on one machine is closed from another, which has no state.
pub(crate) fn another_clone_closes_what_a_kill_left_open(scene: &Scene) {
    let setup = Setup::new(scene);
    setup.journey.released();
    let built = setup.journey.built();
    let all_but_one = setup.journey.pair("0.1.1").len() - 1;
    let place = format!("kill:after:{all_but_one}");
    let (ran, _) = setup.journey.releasekit_at(Some(&place), &["publish", "--yes"]);
    assert_eq!((ran.code, setup.registry.stored().len()), (None, setup.past.len() + all_but_one), "{ran}");
    let second = setup.journey.clone("second", &[]);
    setup.journey.releasekit_in(&second, ["publish", "--yes"]).ok();
    let stored = setup.registry.stored();
    assert!(built.iter().all(|(file, digest)| stored.get(file) == Some(digest)), "{built:?} {stored:?}");
    setup.journey.releasekit(["publish", "--yes"]).ok();
    assert_eq!(setup.registry.stored(), stored);
}

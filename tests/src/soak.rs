//! Random kills: commands that are killed at any instant, in two clones at once, and that end as if nothing had happened.
//!
//! A round is one release from a change to its proof. Each of its three commands is started again and again and killed with
//! SIGKILL at a random instant, alone or beside the same command in another clone; then it is run to its end in both, and
//! every promise is looked at. A promise that is broken is a panic that names the round.

mod counts;
mod look;
mod target;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use releasekit_rehearsal::File;
use releasekit_testkit::{Ran, Snapshot, run};
use rustix::process::Signal;

use crate::artifacts;
use crate::journey::{Journey, Merge};
use crate::running::Running;
use crate::samples::{Role, Sample};
use crate::scene::Scene;
pub use counts::Counts;
use look::Look;
pub use target::Kind;
use target::Target;

/// How often a command may be run until it ends well, once nobody kills it any more.
const TRIES: usize = 12;

/// How often a command is run again until what a killed run's children had in hand is swept.
const SWEEPS: usize = 40;

/// How hard a round is.
#[derive(Debug, Clone, Copy)]
pub struct Hardness {
    /// The most kills of one command.
    pub kills: usize,
    /// How likely the other clone runs the same command at the same time.
    pub beside: f64,
}

/// Two clones of one remote, a registry, and what has happened so far.
#[derive(Debug)]
pub struct Soak {
    journey: Journey,
    second: PathBuf,
    target: Target,
    random: fastrand::Rng,
    hardness: Hardness,
    /// How long each command takes, so that kills fall into its time.
    spans: BTreeMap<&'static str, Duration>,
    counts: Counts,
    started: usize,
}

impl Soak {
    /// Makes the clones and starts the registry. The seed decides everything but the speed of the machine.
    #[track_caller]
    pub fn begin(scene: &Scene, kind: Kind, seed: u64, hardness: Hardness) -> Self {
        let (target, registry) = Target::start(kind, scene);
        let journey = Journey::released_once(scene, Sample::Pair, registry);
        let second = journey.clone("second", &[]);
        let random = fastrand::Rng::with_seed(seed);
        let (spans, counts) = (BTreeMap::new(), Counts::default());
        Self { journey, second, target, random, hardness, spans, counts, started: 0 }
    }

    /// What has been counted.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Ends it with the sandbox left in place, for a look at what broke. Gives its folder.
    pub fn keep(self) -> PathBuf {
        self.journey.keep()
    }

    /// Changes something, releases it under fire, and looks at every promise.
    #[track_caller]
    pub fn round(&mut self) {
        let role = if self.random.bool() { Role::Base } else { Role::Top };
        let kind = if self.random.bool() { "fix" } else { "feat" };
        self.journey.change(role, &format!("{kind}: round {}", self.counts.rounds));
        self.journey.sandbox().push();
        self.follow();
        let planned = self.journey.planned();
        self.prepare();
        let how = [Merge::Commit, Merge::Squash, Merge::Rebase][self.random.usize(..3)];
        let release = self.journey.merge(how);
        self.follow();
        self.release(&release, planned.len());
        self.publish(&planned);
        self.counts.rounds += 1;
    }

    /// Brings the second clone to where `main` is.
    fn follow(&self) {
        let git = |args: &[&str]| self.journey.sandbox().git_in(&self.second, args);
        git(&["fetch", "--quiet", "origin"]);
        git(&["reset", "--quiet", "--hard", "origin/main"]);
    }

    fn prepare(&mut self) {
        let before = self.look();
        self.under_fire("prepare", &["prepare"], &before);
        let after = self.look();
        assert_eq!(after.here, before.here, "`prepare` sets no ref of a clone");
        let changed = before.changed_on_remote(&after);
        assert_eq!(changed, ["refs/heads/releasekit--release--main"], "`prepare` pushes one branch");
    }

    fn release(&mut self, release: &str, count: usize) {
        let before = self.look();
        self.under_fire("release", &["release", "--yes"], &before);
        let after = self.look();
        let tags = before.changed_on_remote(&after);
        assert!(tags.len() == count && tags.iter().all(|name| name.starts_with("refs/tags/")), "{tags:?}");
        for name in &tags {
            let found = [&after.remote, &after.here[0], &after.here[1]].map(|refs| refs.get(name));
            assert!(found[0].is_some() && found.iter().all(|other| *other == found[0]), "{name}: {found:?}");
            let tag = name.trim_start_matches("refs/tags/");
            assert_eq!(self.journey.remote_tag(tag).as_deref(), Some(release), "{tag}");
        }
        for (before, after) in before.here.iter().zip(&after.here) {
            let others = after.iter().filter(|(name, _)| !tags.contains(name));
            assert!(others.eq(before.iter()), "`release` sets its tags alone\n{before:?}\n{after:?}");
        }
    }

    fn publish(&mut self, planned: &BTreeMap<String, String>) {
        let before = self.look();
        let sent = self.target.sends();
        let faults = self.target.break_something(&mut self.random);
        let raced = self.under_fire("publish", &["publish", "--yes"], &before);
        self.target.mend();
        assert_eq!(self.look().refs(), before.refs(), "`publish` sets no ref");
        let stored = self.journey.registry().stored();
        let wanted = self.files(planned);
        assert_eq!(stored.len(), before.stored.len() + wanted.len(), "all is stored, and nothing else\n{stored:?}");
        let sends = self.target.sends();
        for file in &wanted {
            assert!(stored.contains_key(file), "{file:?} is not stored\n{stored:?}");
            let count =
                sends.get(&file.name).copied().unwrap_or_default() - sent.get(&file.name).copied().unwrap_or_default();
            // Clones of two machines share no lock: both may look before either has sent, and the index takes one.
            let most = 1 + usize::from(raced) + faults;
            assert!((1..=most).contains(&count), "{file:?} was sent {count} times, {most} may be\n{sends:?}");
            *self.counts.sends.entry(count).or_default() += 1;
        }
        for folder in self.clones() {
            let status = self.run_in(&folder, &["status"]).ok();
            assert!(status.contains("everything is live"), "{status}");
            assert_eq!(artifacts::kept(&folder), Vec::<PathBuf>::new(), "artifacts go once all is proven");
        }
    }

    /// Kills a command at random instants, then runs it to its end in both clones. Gives whether both ran at once.
    fn under_fire(&mut self, name: &'static str, args: &[&str], before: &Look) -> bool {
        let mut raced = false;
        for _ in 0..self.random.usize(1..=self.hardness.kills) {
            let beside = self.random.f64() < self.hardness.beside;
            raced |= beside;
            self.kill(name, args, beside);
            self.unchanged(before);
        }
        let [first, second] = self.clones().map(|folder| self.converge(name, args, &folder));
        let span = self.spans.entry(name).or_insert(first);
        *span = (*span + first.max(second)) / 2;
        self.swept(args);
        self.unchanged(before);
        raced
    }

    /// Starts a command, beside the same one in the other clone or alone, and kills what runs at a random instant.
    fn kill(&mut self, name: &'static str, args: &[&str], beside: bool) {
        let mut running = vec![self.start(args, &self.journey.sandbox().work())];
        if beside {
            running.push(self.start(args, &self.second.clone()));
        }
        self.random.shuffle(&mut running);
        let span = self.spans.get(name).copied().unwrap_or(Duration::from_secs(1));
        for mut one in running {
            thread::sleep(span.mul_f64(self.random.f64()));
            if !one.ended() {
                one.signal(Signal::KILL);
            }
            let ran = one.wait();
            assert!(ran.code.is_none() || self.may_end_with(ran.code), "it ended by itself\n{ran}");
            self.counts.kills += usize::from(ran.code.is_none());
            self.counts.late += usize::from(ran.code.is_some());
        }
    }

    fn start(&mut self, args: &[&str], folder: &Path) -> Running {
        self.started += 1;
        let output = self.journey.sandbox().path().join("runs").join(self.started.to_string());
        Running::start(self.journey.command(args).current_dir(folder), output)
    }

    fn run_in(&self, folder: &Path, args: &[&str]) -> Ran {
        run(self.journey.command(args).current_dir(folder))
    }

    /// Runs a command until it ends well, as its own help says one should. Gives how long the last run took.
    fn converge(&mut self, name: &str, args: &[&str], folder: &Path) -> Duration {
        for _ in 0..TRIES {
            let begun = Instant::now();
            let ran = self.run_in(folder, args);
            if ran.success() {
                return begun.elapsed();
            }
            self.counts.failed += 1;
            assert!(self.may_end_with(ran.code), "`{name}` does not go through once nobody kills it\n{ran}");
        }
        panic!("`{name}` does not go through in {TRIES} runs");
    }

    /// Whether a run that nobody killed may end so.
    fn may_end_with(&self, code: Option<i32>) -> bool {
        code == Some(0) || self.target.is_faulty() && matches!(code, Some(1 | 7 | 8))
    }

    /// Waits until no file of ours is left in the cache, and no lock of git in the clones.
    fn swept(&self, args: &[&str]) {
        let cache = self.journey.sandbox().path().join("home/.cache/releasekit");
        for _ in 0..SWEEPS {
            if look::left_in_cache(&self.journey, &cache).is_empty() {
                break;
            }
            // Children of a killed run may still be at work; what they leave, the next start removes.
            thread::sleep(Duration::from_millis(250));
            self.run_in(&self.journey.sandbox().work(), args).ok();
        }
        assert_eq!(look::left_in_cache(&self.journey, &cache), Vec::<PathBuf>::new(), "nothing is left in the cache");
        for folder in self.clones() {
            assert_eq!(look::git_locks(&folder), Vec::<PathBuf>::new(), "no lock of git is left");
        }
    }

    fn clones(&self) -> [PathBuf; 2] {
        [self.journey.sandbox().work(), self.second.clone()]
    }

    fn look(&self) -> Look {
        Look::at(&self.journey, &self.clones())
    }

    /// The checkouts are as they were, and what is stored stays what it is.
    fn unchanged(&self, before: &Look) {
        for (folder, before) in self.clones().iter().zip(&before.checkouts) {
            before.assert_same(&Snapshot::of_checkout(folder));
        }
        let stored = self.journey.registry().stored();
        let changed = before.stored.iter().find(|(name, digest)| stored.get(*name) != Some(digest));
        assert_eq!(changed, None, "what is stored is never sent again");
    }

    /// The files that a release of what was planned consists of.
    fn files(&self, planned: &BTreeMap<String, String>) -> Vec<File> {
        let next = |role: &Role| Some((*role, planned.get(self.journey.name(*role))?));
        let moving = Sample::Pair.roles().iter().filter_map(next);
        moving.flat_map(|(role, version)| self.journey.files(role, version)).collect()
    }
}

//! A sample that has been released once, with its remote and its registry, in a sandbox of its own.

mod begin;
mod next;
mod remote;

pub use next::{commands, next_step};

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use releasekit_rehearsal::File;
use releasekit_testkit::{Ran, Sandbox, Snapshot, Tools, run};
use serde_json::Value;

use crate::artifacts::{built, digests};
use crate::registry::Registry;
use crate::running::Running;
use crate::samples::{Role, Sample};
use crate::scene::Scene;
use crate::world::{Package, World};

/// How quickly journeys look whether what was sent is there.
const PATIENCE: &str = "poll_interval = 1\npoll_timeout = 3\n";

/// How a release branch becomes part of `main`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Merge {
    /// `git merge --no-ff`.
    Commit,
    /// `git merge --squash`.
    Squash,
    /// Its commits made anew on `main`, as forges do.
    Rebase,
}

/// A journey.
#[derive(Debug)]
pub struct Journey {
    scene: Scene,
    sandbox: Sandbox,
    registry: Arc<dyn Registry>,
}

impl Journey {
    /// Writes the configuration: the registry, quick polling, and more, which begins in the ecosystem's table.
    pub fn configure(&self, more: &str) {
        self.configure_urls(&self.registry.read_url(), &self.registry.upload_url(), more);
    }

    /// Writes the configuration with other URLs than the registry's own.
    pub fn configure_urls(&self, read: &str, upload: &str, more: &str) {
        let ecosystem = self.world().configuration(read, upload);
        self.sandbox.write("releasekit.toml", format!("[publish]\n{PATIENCE}\n{ecosystem}{more}"));
    }

    /// Has the configuration name another registry, at which the login counts too.
    pub fn move_to(&self, registry: &dyn Registry) {
        self.world().admit(&self.sandbox, registry);
        self.configure_urls(&registry.read_url(), &registry.upload_url(), "");
    }

    /// Puts root keys before the configuration and tables after it, and commits that.
    #[track_caller]
    pub fn configure_around(&self, root: &str, tables: &str) {
        let text = self.sandbox.read("releasekit.toml");
        self.sandbox.write("releasekit.toml", format!("{root}{text}{tables}"));
        self.sandbox.commit("chore: configure");
    }

    /// Writes other keys of `[publish]` than the quick ones that stand there from the beginning.
    #[track_caller]
    pub fn publish_keys(&self, keys: &str) {
        let text = self.sandbox.read("releasekit.toml");
        assert!(text.contains(PATIENCE), "{text}");
        self.sandbox.write("releasekit.toml", text.replacen(PATIENCE, keys, 1));
    }

    /// The world.
    pub fn world(&self) -> &'static dyn World {
        self.scene.world
    }

    /// The sandbox.
    pub fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    /// The pinned tools.
    pub fn tools(&self) -> &Tools {
        &self.scene.tools
    }

    /// The program that is tried.
    pub fn binary(&self) -> &Path {
        &self.scene.binary
    }

    /// The registry.
    pub fn registry(&self) -> &dyn Registry {
        self.registry.as_ref()
    }

    /// A package.
    pub fn package(&self, role: Role) -> Package {
        self.world().package(role)
    }

    /// The name of a package.
    pub fn name(&self, role: Role) -> &'static str {
        self.package(role).name
    }

    /// A path in the folder of a package, from the repository root.
    pub fn path(&self, role: Role, path: &str) -> String {
        format!("{}/{path}", self.package(role).folder)
    }

    /// The tag of a version of a package.
    pub fn tag(&self, role: Role, version: &str) -> String {
        self.world().tag(role, version)
    }

    /// The files of a version of a package.
    pub fn files(&self, role: Role, version: &str) -> Vec<File> {
        let package = self.package(role).published;
        self.world().files(role, version).into_iter().map(|name| File::new(package, name)).collect()
    }

    /// The files of a version of both packages of the pair, in the order in which they are sent.
    pub fn pair(&self, version: &str) -> Vec<File> {
        Sample::Pair.roles().iter().flat_map(|role| self.files(*role, version)).collect()
    }

    /// Asserts that these files are stored, and no others.
    #[track_caller]
    pub fn stores(&self, files: &[Vec<File>]) {
        let stored = self.registry.stored().into_keys().collect::<BTreeSet<_>>();
        assert_eq!(stored, files.concat().into_iter().collect());
    }

    /// Commits a comment at the end of a package's source.
    #[track_caller]
    pub fn change(&self, role: Role, message: &str) -> String {
        let source = self.world().source(role);
        let text = format!("{}{}\n", self.sandbox.read(&source), self.world().comment(message));
        self.sandbox.write(&source, text);
        self.sandbox.commit(message)
    }

    /// releasekit in the work tree.
    pub fn command(&self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
        let mut command = self.sandbox.command(&self.scene.binary);
        command.args(args);
        command
    }

    /// Runs releasekit in the work tree to its end.
    #[track_caller]
    pub fn releasekit<const N: usize>(&self, args: [&str; N]) -> Ran {
        run(&mut self.command(args))
    }

    /// Runs releasekit in another folder to its end.
    #[track_caller]
    pub fn releasekit_in<const N: usize>(&self, folder: &Path, args: [&str; N]) -> Ran {
        run(self.command(args).current_dir(folder))
    }

    /// Runs releasekit in the work tree with another environment to its end.
    #[track_caller]
    pub fn releasekit_with<const N: usize>(&self, variables: &[(&str, &str)], args: [&str; N]) -> Ran {
        run(self.command(args).envs(variables.iter().copied()))
    }

    /// Runs the command with faulty backends, as `RELEASEKIT_FAULT` reads it, and gives the effects that began.
    #[track_caller]
    pub fn releasekit_at(&self, fault: Option<&str>, args: &[&str]) -> (Ran, Vec<String>) {
        let record = self.sandbox.path().join("effects");
        fs::write(&record, "").expect("the sandbox is writable");
        let mut command = self.command(args);
        command.env("RELEASEKIT_EFFECTS", &record).envs(fault.map(|fault| ("RELEASEKIT_FAULT", fault)));
        let ran = run(&mut command);
        let effects = fs::read_to_string(&record).expect("the record can be read");
        (ran, effects.lines().map(str::to_owned).collect())
    }

    /// Starts releasekit in the work tree, to run beside the test; `name` tells it from others.
    #[track_caller]
    pub fn start<const N: usize>(&self, name: &str, args: [&str; N]) -> Running {
        Running::start(&mut self.command(args), self.sandbox.path().join(name))
    }

    /// The answer of a command that answers in JSON.
    #[track_caller]
    pub fn json<const N: usize>(&self, args: [&str; N]) -> Value {
        let text = self.releasekit(args).ok();
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"))
    }

    /// What would be released: the next version of every package that is included, by its name.
    #[track_caller]
    pub fn planned(&self) -> BTreeMap<String, String> {
        included(&self.json(["plan", "--format", "json"]))
    }

    /// Pushes `main` and prepares its release.
    #[track_caller]
    pub fn prepared(&self) -> &Self {
        self.sandbox.push();
        self.releasekit(["prepare"]).ok();
        self
    }

    /// Prepares, merges with a merge commit, and releases.
    #[track_caller]
    pub fn released(&self) -> &Self {
        self.prepared().merge(Merge::Commit);
        self.releasekit(["release", "--yes"]).ok();
        self
    }

    /// A second clone of the remote, without any state of ours.
    #[track_caller]
    pub fn clone(&self, name: &str, options: &[&str]) -> PathBuf {
        self.sandbox.clone_remote(name, options)
    }

    /// What is built and kept in the clone's private folder: the sha256 of each file.
    pub fn built(&self) -> BTreeMap<File, String> {
        built(self.world(), &self.sandbox.work())
    }

    /// The sha256 and the sha512 of each of these files, by its name.
    pub fn digests(&self) -> BTreeMap<String, [String; 2]> {
        digests(&self.sandbox.work())
    }

    /// Ends the journey and its registry, and leaves the sandbox in place. Gives its folder.
    pub fn keep(self) -> PathBuf {
        self.sandbox.keep()
    }

    /// What the user sees of the work tree.
    pub fn checkout(&self) -> Snapshot {
        Snapshot::of_checkout(&self.sandbox.work())
    }
}

/// The next versions of a plan's included rows.
fn included(plan: &Value) -> BTreeMap<String, String> {
    let rows = plan["packages"].as_array().expect("a plan has packages");
    let moving = rows.iter().filter(|row| row["status"] == "included");
    let text = |value: &Value| value.as_str().expect("an included row says name and next").to_owned();
    moving.map(|row| (text(&row["name"]), text(&row["next"]))).collect()
}

//! A workspace that has been released once, with its remote and its index, in a sandbox of its own.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use releasekit_testkit::servers::{PASSWORD, USERNAME};
use releasekit_testkit::{Ran, Sandbox, Snapshot, Tools, run, sha256};
use serde_json::Value;

use crate::index::Index;
use crate::past::{artifacts, name_of, past_of};
use crate::running::Running;
use crate::workspace::Workspace;

/// The branch that `prepare` pushes.
const BRANCH: &str = "releasekit--release--main";

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
    sandbox: Sandbox,
    tools: Tools,
    workspace: Workspace,
    index: Box<dyn Index>,
    binary: PathBuf,
}

impl Journey {
    /// A workspace whose first release is tagged, pushed and live. `binary` is the releasekit that is run.
    #[track_caller]
    pub fn released_once(tools: &Tools, binary: &Path, workspace: Workspace, index: impl Index + 'static) -> Self {
        let journey = Self::begun(tools, binary, workspace, index);
        journey.index.fill(tools, &past_of(&journey.workspace, tools));
        for member in journey.workspace.published() {
            journey.sandbox.git(["tag", &member.tag()]);
        }
        journey.sandbox.push();
        journey
    }

    /// A workspace that was never released: its first commit is pushed, and there is no tag.
    #[track_caller]
    pub fn begun(tools: &Tools, binary: &Path, workspace: Workspace, index: impl Index + 'static) -> Self {
        let sandbox = Sandbox::new().with_tools(tools);
        let path = with_first(sandbox.path().join("bin"), &path(&sandbox));
        let sandbox = sandbox
            .with_env("PATH", path)
            .with_env("UV_DEFAULT_INDEX", index.simple_url())
            .with_env("UV_PUBLISH_USERNAME", USERNAME)
            .with_env("UV_PUBLISH_PASSWORD", PASSWORD);
        let folder = sandbox.path().join("bin");
        fs::create_dir(&folder).expect("the sandbox is writable");
        symlink(binary, folder.join("releasekit")).expect("the sandbox is writable");
        workspace.write(&sandbox);
        let journey =
            Self { sandbox, tools: tools.clone(), workspace, index: Box::new(index), binary: binary.to_owned() };
        journey.configure("");
        journey.sandbox.commit("chore: begin a workspace");
        journey.sandbox.push();
        journey
    }

    /// Writes the configuration: the index, quick polling, and more.
    pub fn configure(&self, more: &str) {
        self.configure_urls(&self.index.simple_url(), &self.index.upload_url(), more);
    }

    /// Writes the configuration with other URLs than the index's own.
    pub fn configure_urls(&self, read: &str, upload: &str, more: &str) {
        let text = format!(
            "[publish]\npoll_interval = 1\npoll_timeout = 3\n\n\
             [ecosystems.py]\nregistry_url = \"{read}\"\npublish_url = \"{upload}\"\n{more}"
        );
        self.sandbox.write("releasekit.toml", text);
    }

    /// The sandbox.
    pub fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    /// The pinned tools.
    pub fn tools(&self) -> &Tools {
        &self.tools
    }

    /// The workspace as it was first released.
    pub fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// The index.
    pub fn index(&self) -> &dyn Index {
        self.index.as_ref()
    }

    /// Commits a line at the end of a member's module.
    #[track_caller]
    pub fn change(&self, member: &str, message: &str) -> String {
        let module = self.workspace.member(member).module();
        let text = format!("{}# {message}\n", self.sandbox.read(&module));
        self.sandbox.write(&module, text);
        self.sandbox.commit(message)
    }

    /// releasekit in the work tree.
    pub fn command(&self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
        let mut command = self.sandbox.command(&self.binary);
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

    /// Merges the release branch into `main` and pushes it.
    #[track_caller]
    pub fn merge(&self, how: Merge) -> String {
        let (git, branch) = (&self.sandbox, format!("origin/{BRANCH}"));
        git.git(["fetch", "--quiet", "origin"]);
        match how {
            Merge::Commit => {
                git.git(["merge", "--quiet", "--no-ff", "-m", "Merge the release", &branch]);
            }
            Merge::Squash => {
                git.git(["merge", "--quiet", "--squash", &branch]);
                git.git(["commit", "--quiet", "-m", "chore: release (#1)"]);
            }
            Merge::Rebase => {
                git.git(["checkout", "--quiet", "-B", "rebased", &branch]);
                git.git(["rebase", "--quiet", "--force-rebase", "main"]);
                git.git(["checkout", "--quiet", "main"]);
                git.git(["merge", "--quiet", "--ff-only", "rebased"]);
                git.git(["branch", "--quiet", "-D", "rebased"]);
            }
        }
        git.git(["push", "--quiet", "origin", "main"]);
        git.head()
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

    /// Every ref of the remote, by its name.
    #[track_caller]
    pub fn remote_refs(&self) -> BTreeMap<String, String> {
        refs(&self.sandbox.refs(&self.sandbox.remote()))
    }

    /// The commit that a tag of the remote leads to; `None` where the remote has no such tag.
    #[track_caller]
    pub fn remote_tag(&self, tag: &str) -> Option<String> {
        let name = format!("refs/tags/{tag}^{{commit}}");
        let found = self.sandbox.try_git(&self.sandbox.remote(), ["rev-parse", "--quiet", "--verify", &name]);
        found.success().then(|| found.ok())
    }

    /// A file of the release branch as the remote has it.
    #[track_caller]
    pub fn proposed(&self, path: &str) -> String {
        self.sandbox.git_in(&self.sandbox.remote(), ["show", &format!("{BRANCH}:{path}")])
    }

    /// The branches and tags of the work tree's repository, by their names.
    #[track_caller]
    pub fn local_refs(&self) -> BTreeMap<String, String> {
        self.refs_of(&self.sandbox.work())
    }

    /// The same of another clone.
    #[track_caller]
    pub fn refs_of(&self, clone: &Path) -> BTreeMap<String, String> {
        let mut refs = refs(&self.sandbox.refs(clone));
        refs.retain(|name, _| !name.starts_with("refs/remotes/"));
        refs
    }

    /// The tip of the release branch at the remote.
    #[track_caller]
    pub fn branch_tip(&self) -> Option<String> {
        self.remote_refs().remove(&format!("refs/heads/{BRANCH}"))
    }

    /// What is built and kept in the clone's private folder: the sha256 of each file, by its name.
    pub fn built(&self) -> BTreeMap<String, String> {
        let files = artifacts(&self.sandbox.work().join(".git/releasekit"));
        files.iter().map(|path| (name_of(path), sha256(&fs::read(path).expect("an artifact can be read")))).collect()
    }

    /// Ends the journey and its index, and leaves the sandbox in place. Gives its folder.
    pub fn keep(self) -> PathBuf {
        self.sandbox.keep()
    }

    /// What the user sees of the work tree.
    pub fn checkout(&self) -> Snapshot {
        Snapshot::of_checkout(&self.sandbox.work())
    }
}

fn refs(text: &str) -> BTreeMap<String, String> {
    text.lines().filter_map(|line| line.split_once(' ')).map(|(id, name)| (name.to_owned(), id.to_owned())).collect()
}

/// The next versions of a plan's included rows.
fn included(plan: &Value) -> BTreeMap<String, String> {
    let rows = plan["packages"].as_array().expect("a plan has packages");
    let moving = rows.iter().filter(|row| row["status"] == "included");
    let text = |value: &Value| value.as_str().expect("an included row says name and next").to_owned();
    moving.map(|row| (text(&row["name"]), text(&row["next"]))).collect()
}

fn with_first(folder: PathBuf, path: &OsStr) -> OsString {
    let folders = [folder].into_iter().chain(std::env::split_paths(path));
    std::env::join_paths(folders).expect("no folder has a colon in its name")
}

fn path(sandbox: &Sandbox) -> OsString {
    sandbox.env().iter().find(|(name, _)| name == "PATH").map(|(_, value)| value.clone()).unwrap_or_default()
}

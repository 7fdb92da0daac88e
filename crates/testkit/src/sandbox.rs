//! A repository with a bare remote, in a temporary folder that knows nothing of the machine's own settings.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicI64, Ordering};

use tempfile::TempDir;

use crate::{JavaScript, Pnpm, Ran, Tools, run};

/// The moment of the first commit, 2026-01-01T00:00:00Z; each git command after it is a minute later.
const EPOCH: i64 = 1_767_225_600;

/// Settings that make git behave alike everywhere, and never in the background.
const GIT_CONFIG: &str = "\
[user]
\tname = Tess Ter
\temail = tess@example.invalid
[init]
\tdefaultBranch = main
[core]
\tautocrlf = false
\tfsync = none
[commit]
\tgpgSign = false
[tag]
\tgpgSign = false
[gc]
\tauto = 0
[maintenance]
\tauto = false
[protocol \"file\"]
\tallow = always
[advice]
\tdetachedHead = false
";

/// Folders below the sandbox, and the variables that name them to programs.
const FOLDERS: &[(&str, &str)] = &[
    ("HOME", "home"),
    ("XDG_CONFIG_HOME", "home/.config"),
    ("XDG_CACHE_HOME", "home/.cache"),
    ("XDG_DATA_HOME", "home/.local/share"),
    ("XDG_STATE_HOME", "home/.local/state"),
    ("XDG_RUNTIME_DIR", "run"),
    ("TMPDIR", "tmp"),
];

/// What is the same in every sandbox.
const VARIABLES: &[(&str, &str)] = &[
    ("GIT_CONFIG_NOSYSTEM", "1"),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("LC_ALL", "C.UTF-8"),
    ("NO_COLOR", "1"),
    ("TZ", "UTC"),
    ("UV_PYTHON_DOWNLOADS", "never"),
];

/// A work tree with a bare remote `origin`, and surroundings of their own.
#[derive(Debug)]
pub struct Sandbox {
    folder: TempDir,
    env: Vec<(OsString, OsString)>,
    clock: AtomicI64,
}

impl Default for Sandbox {
    fn default() -> Self {
        Self::new()
    }
}

impl Sandbox {
    /// Makes a sandbox with an empty repository on branch `main`, whose `origin` is an empty bare repository.
    ///
    /// It goes when dropped, unless `RELEASEKIT_KEEP_SANDBOX` is set.
    pub fn new() -> Self {
        let mut folder = TempDir::with_prefix("releasekit-").expect("the temporary folder is writable");
        folder.disable_cleanup(env::var_os("RELEASEKIT_KEEP_SANDBOX").is_some());
        let env = surroundings(folder.path());
        let sandbox = Self { folder, env, clock: AtomicI64::new(EPOCH) };
        sandbox.write_at(&sandbox.path().join("home/.gitconfig"), GIT_CONFIG);
        sandbox.git_in(sandbox.path(), ["init", "-q", "--bare", "remote.git"]);
        sandbox.git_in(sandbox.path(), ["init", "-q", "work"]);
        let url = sandbox.remote_url();
        sandbox.git(["remote", "add", "origin", &url]);
        sandbox
    }

    /// Puts the pinned tools on the sandbox's `PATH`, with one uv cache for all tests.
    ///
    /// The wheels of the build backends are offered as find-links; `UV_OFFLINE` is not set, so an index on loopback
    /// can be used.
    #[must_use]
    pub fn with_tools(mut self, tools: &Tools) -> Self {
        self.put_first(&[tools.bin(), toolchain()]);
        self.set("UV_CACHE_DIR", tools.uv_cache());
        self.set("UV_FIND_LINKS", tools.wheelhouse());
        self
    }

    /// Puts the real cargo first on the sandbox's `PATH`, with its compiler and a `CARGO_HOME` that is empty.
    #[must_use]
    #[track_caller]
    pub fn with_cargo(mut self) -> Self {
        self.put_first(&[toolchain()]);
        self.set("CARGO_HOME", self.path().join("cargo-home"));
        self.set("CARGO_TERM_COLOR", "never");
        self
    }

    /// Puts a pinned pnpm, npm and node first on the sandbox's `PATH`. What they keep lies below its home folder.
    ///
    /// Registries on loopback have what was published a moment ago, so pnpm is told that it need not be a day old.
    #[must_use]
    pub fn with_javascript(mut self, js: &JavaScript, pnpm: Pnpm) -> Self {
        self.put_first(&js.path(pnpm));
        self.set("npm_config_update_notifier", "false");
        self.set("pnpm_config_minimum_release_age", "0");
        self
    }

    /// Gives uv a cache that is empty and this sandbox's own.
    #[must_use]
    pub fn with_own_uv_cache(mut self) -> Self {
        self.set("UV_CACHE_DIR", self.path().join("uv-cache"));
        self
    }

    /// Puts a folder first on the sandbox's `PATH`, by its path below the sandbox; it may come into being later.
    #[must_use]
    pub fn with_first(mut self, folder: impl AsRef<Path>) -> Self {
        self.put_first(&[self.path().join(folder)]);
        self
    }

    /// Sets one variable for every program started in this sandbox.
    #[must_use]
    pub fn with_env(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.set(name, value);
        self
    }

    /// Leaves it in place for good. Gives its folder.
    pub fn keep(self) -> PathBuf {
        self.folder.keep()
    }

    /// The folder that holds everything.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The work tree.
    pub fn work(&self) -> PathBuf {
        self.path().join("work")
    }

    /// The bare repository that is `origin`.
    pub fn remote(&self) -> PathBuf {
        self.path().join("remote.git")
    }

    /// The URL of `origin`.
    pub fn remote_url(&self) -> String {
        format!("file://{}", self.remote().display())
    }

    /// The complete environment of programs started here; nothing else of the machine reaches them.
    pub fn env(&self) -> &[(OsString, OsString)] {
        &self.env
    }

    /// One variable of it.
    pub fn var(&self, name: &str) -> Option<&OsStr> {
        self.env.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_os_str())
    }

    /// A command that runs in the work tree with exactly this sandbox's environment.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(self.env.iter().cloned()).current_dir(self.work());
        command
    }

    /// Runs a program in the work tree to its end.
    #[track_caller]
    pub fn run(&self, program: impl AsRef<OsStr>, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Ran {
        run(self.command(program).args(args))
    }

    /// Runs git in the work tree, and gives what it printed; panics when git fails.
    #[track_caller]
    pub fn git(&self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> String {
        self.git_in(&self.work(), args)
    }

    /// Runs git in another folder, and gives what it printed; panics when git fails.
    #[track_caller]
    pub fn git_in(&self, folder: &Path, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> String {
        self.try_git(folder, args).ok()
    }

    /// Runs git in a folder, one minute after the last time; it may fail.
    #[track_caller]
    pub fn try_git(&self, folder: &Path, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Ran {
        let date = format!("{} +0000", self.clock.fetch_add(60, Ordering::Relaxed));
        let mut command = self.command("git");
        command.env("GIT_AUTHOR_DATE", &date).env("GIT_COMMITTER_DATE", &date);
        run(command.current_dir(folder).args(args))
    }

    /// Writes a file of the work tree, with the folders above it.
    pub fn write(&self, path: impl AsRef<Path>, text: impl AsRef<[u8]>) -> &Self {
        self.write_at(&self.work().join(path), text);
        self
    }

    /// Reads a file of the work tree.
    #[track_caller]
    pub fn read(&self, path: impl AsRef<Path>) -> String {
        let path = self.work().join(path);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()))
    }

    /// Commits everything in the work tree, also when nothing changed, and gives the commit's id.
    pub fn commit(&self, message: &str) -> String {
        self.git(["add", "--all"]);
        self.git(["commit", "--quiet", "--allow-empty", "--message", message]);
        self.head()
    }

    /// The id of the commit that is checked out.
    pub fn head(&self) -> String {
        self.git(["rev-parse", "HEAD"])
    }

    /// Pushes `main` and every tag to `origin`.
    pub fn push(&self) -> &Self {
        self.git(["push", "--quiet", "--tags", "origin", "main"]);
        self
    }

    /// Clones `origin` into a folder beside the work tree.
    pub fn clone_remote(&self, name: &str, options: &[&str]) -> PathBuf {
        let url = self.remote_url();
        self.git_in(self.path(), ["clone", "--quiet"].iter().chain(options).chain(&[url.as_str(), name]));
        self.path().join(name)
    }

    /// Every reference of a repository, one `<id> <name>` per line, sorted by name.
    pub fn refs(&self, repository: &Path) -> String {
        self.git_in(repository, ["for-each-ref", "--format=%(objectname) %(refname)"])
    }

    /// Puts folders first on `PATH`.
    fn put_first(&mut self, folders: &[PathBuf]) {
        let path = self.var("PATH").unwrap_or_default();
        let path = env::join_paths(folders.iter().cloned().chain(env::split_paths(path)));
        self.set("PATH", path.expect("no folder of tools has a colon in its name"));
    }

    fn set(&mut self, name: &str, value: impl Into<OsString>) {
        self.env.retain(|(key, _)| key != name);
        self.env.push((name.into(), value.into()));
    }

    fn write_at(&self, path: &Path, text: impl AsRef<[u8]>) {
        fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("the sandbox is writable");
        fs::write(path, text).expect("the sandbox is writable");
    }
}

/// The folder of the real `cargo` and `rustc`, which work wherever the home folder is; what `PATH` has may be shims that look for
/// them there.
#[track_caller]
fn toolchain() -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let find = || Path::new(&run(Command::new("rustc").args(["--print", "sysroot"])).ok()).join("bin");
    FOLDER.get_or_init(find).clone()
}

fn surroundings(root: &Path) -> Vec<(OsString, OsString)> {
    let mut env: Vec<(OsString, OsString)> = vec![("PATH".into(), env::var_os("PATH").unwrap_or_default())];
    for (name, folder) in FOLDERS {
        fs::create_dir_all(root.join(folder)).expect("the temporary folder is writable");
        env.push((name.into(), root.join(folder).into()));
    }
    env.extend(VARIABLES.iter().map(|(name, value)| (name.into(), value.into())));
    env.push(("GIT_CONFIG_GLOBAL".into(), root.join("home/.gitconfig").into()));
    env
}

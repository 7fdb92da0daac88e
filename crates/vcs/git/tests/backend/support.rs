//! What the tests of this crate share.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use releasekit_core::ecosystem::{BackendContext, Backends};
use releasekit_core::event::Silent;
use releasekit_core::model::{CommitId, RepoPath};
use releasekit_core::{BackendError, Diagnostic, ErrorKind, Vcs};
use releasekit_testkit::Sandbox;

/// What the backend is opened with in a sandbox.
pub(crate) fn context(sandbox: &Sandbox) -> BackendContext {
    let environment = sandbox.env().iter().cloned().collect();
    BackendContext::new(environment, sandbox.path().join("cache"), Arc::new(Silent))
}

/// Opens a folder as whoever registered the backend would.
pub(crate) fn try_open(context: &BackendContext, folder: &Path) -> Result<Option<Arc<dyn Vcs>>, BackendError> {
    let mut backends = Backends::default();
    releasekit_git::register(&mut backends);
    (backends.vcs[releasekit_git::ID].open)(context, folder)
}

/// Opens the repository at a folder.
#[track_caller]
pub(crate) fn open_at(sandbox: &Sandbox, folder: &Path) -> Arc<dyn Vcs> {
    try_open(&context(sandbox), folder).expect("the repository opens").expect("there is a repository")
}

/// Opens the sandbox's work tree.
#[track_caller]
pub(crate) fn open(sandbox: &Sandbox) -> Arc<dyn Vcs> {
    open_at(sandbox, &sandbox.work())
}

/// Runs a future to its end.
pub(crate) fn wait<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime starts").block_on(future)
}

/// A path of the repository.
pub(crate) fn path(text: &str) -> RepoPath {
    RepoPath::new(text).expect("a legal path")
}

/// The commit that is checked out.
pub(crate) fn head(sandbox: &Sandbox) -> CommitId {
    CommitId::new(sandbox.head())
}

/// Asserts an error's code and kind, and gives the error.
#[track_caller]
pub(crate) fn fails<T>(result: Result<T, BackendError>, code: &str, kind: ErrorKind) -> BackendError {
    let Err(error) = result else { panic!("expected {code}, and it went well") };
    assert_eq!((error.code().as_str(), error.kind()), (code, kind), "{error}: {:?}", error.output());
    error
}

/// Says that the running test is skipped, past the capture of its output; in CI a skip is a failure.
pub(crate) fn skip(why: &str) {
    const REQUIRE: &str = "RELEASEKIT_REQUIRE_TOOLS";
    #[expect(clippy::disallowed_methods, reason = "a test asks the environment whether it may be skipped")]
    let required = std::env::var_os(REQUIRE).is_some_and(|value| value == "1");
    assert!(!required, "{why}, and {REQUIRE} is set");
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("a test").to_owned();
    writeln!(io::stderr(), "skipped {test}: {why}").expect("stderr is open");
}

/// A key that the sandbox signs with.
pub(crate) struct SigningKey(PathBuf);

impl SigningKey {
    /// Makes an SSH key and sets git up to use and trust it; says so and gives nothing where `ssh-keygen` is missing.
    pub(crate) fn make(sandbox: &Sandbox) -> Option<Self> {
        let key = sandbox.path().join("home/key");
        let name = key.to_string_lossy().into_owned();
        let path = std::env::split_paths(&sandbox.env().iter().find(|(name, _)| name == "PATH")?.1).collect::<Vec<_>>();
        if !path.iter().any(|folder| folder.join("ssh-keygen").is_file()) {
            skip("ssh-keygen is not installed");
            return None;
        }
        sandbox.run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "tess", "-f", &name]).ok();
        let public = fs::read_to_string(key.with_extension("pub")).expect("it was made");
        let trusted = sandbox.path().join("home/trusted");
        fs::write(&trusted, format!("tess@example.invalid {public}")).expect("the sandbox is writable");
        sandbox.git(["config", "--global", "gpg.format", "ssh"]);
        sandbox.git(["config", "--global", "user.signingKey", &format!("{name}.pub")]);
        sandbox.git(["config", "--global", "gpg.ssh.allowedSignersFile", &trusted.to_string_lossy()]);
        Some(Self(key))
    }

    /// Takes the public key away: git then fails to sign tags and exits with 0.
    pub(crate) fn lose(&self) {
        fs::remove_file(self.0.with_extension("pub")).expect("it was made");
    }
}

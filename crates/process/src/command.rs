//! A tool to be run, as a value.

use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use releasekit_core::confinement::{Confinement, Isolation, Workplace};
use releasekit_core::event::Reporter;
use releasekit_core::{BackendContext, Environment, Redactor};

use crate::supervisor::is_cache;

/// How much of each stream is kept unless said otherwise.
const DEFAULT_LIMIT: usize = 8 * 1024 * 1024;

/// A program, its arguments and its surroundings. `run` starts it.
#[derive(Debug, Clone)]
#[must_use = "a command does nothing until it is run"]
pub struct Command {
    pub(crate) program: OsString,
    pub(crate) args: Vec<OsString>,
    pub(crate) folder: Option<PathBuf>,
    pub(crate) environment: Environment,
    pub(crate) input: Input,
    pub(crate) timeout: Option<Duration>,
    pub(crate) stdout_limit: usize,
    pub(crate) stderr_limit: usize,
    pub(crate) umask: Option<u16>,
    pub(crate) secrets: Redactor,
    pub(crate) protected: bool,
    pub(crate) confined: Option<Confined>,
}

/// How a command that runs code of the repository is kept apart, and who hears what it left behind.
#[derive(Debug, Clone)]
pub(crate) struct Confined {
    pub(crate) confinement: Confinement,
    pub(crate) workplace: Option<Workplace>,
    pub(crate) reporter: Arc<dyn Reporter>,
}

/// What the child finds at its standard input.
#[derive(Debug, Clone)]
pub(crate) enum Input {
    Nothing,
    Bytes(Vec<u8>),
    Held(Arc<File>),
}

impl Command {
    /// Names a program: a name to be found on the `PATH` of the environment given, or a path, from the folder it runs in
    /// where it is relative.
    pub fn new(program: impl Into<OsString>) -> Self {
        Self {
            program: program.into(),
            args: Vec::new(),
            folder: None,
            environment: Environment::new(),
            input: Input::Nothing,
            timeout: None,
            stdout_limit: DEFAULT_LIMIT,
            stderr_limit: DEFAULT_LIMIT,
            umask: None,
            secrets: Redactor::new(),
            protected: false,
            confined: None,
        }
    }

    /// Adds an argument.
    pub fn arg(mut self, arg: impl Into<OsString>) -> Self {
        self.args.push(arg.into());
        self
    }

    /// Adds arguments.
    pub fn args<I: IntoIterator<Item: Into<OsString>>>(mut self, args: I) -> Self {
        self.args.extend(args.into_iter().map(Into::into));
        self
    }

    /// The folder it runs in. Must be given: a command without one fails.
    pub fn current_dir(mut self, folder: impl AsRef<Path>) -> Self {
        self.folder = Some(folder.as_ref().to_owned());
        self
    }

    /// The complete environment of the child. Without it the child has none at all, not ours.
    pub fn env(mut self, environment: Environment) -> Self {
        self.environment = environment;
        self
    }

    /// What it reads at its standard input; nothing unless given. Takes the place of a held file.
    pub fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.input = Input::Bytes(bytes.into());
        self
    }

    /// How long it may run; then the whole group gets SIGTERM, and SIGKILL two seconds later.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = Some(limit);
        self
    }

    /// Lets the child and its children hold this open file, so that a `flock` on it lasts until the last of them has
    /// ended, whatever becomes of us.
    ///
    /// The file becomes their standard input, in place of bytes: this is the one descriptor that a child can be given
    /// without any other child, started at the same moment, inheriting it as well.
    pub fn hold(mut self, file: Arc<File>) -> Self {
        self.input = Input::Held(file);
        self
    }

    /// How many bytes of stdout are kept, counted from its end; 8 MiB unless said otherwise.
    pub fn stdout_limit(mut self, bytes: usize) -> Self {
        self.stdout_limit = bytes;
        self
    }

    /// The permissions that files it creates do not get, such as `0o022`.
    pub fn umask(mut self, mask: u16) -> Self {
        self.umask = Some(mask);
        self
    }

    /// Secrets to be replaced by `***` in everything that comes back: output, errors, logs.
    pub fn redact(mut self, secrets: &Redactor) -> Self {
        self.secrets = secrets.clone();
        self
    }

    /// Only its own timeout ends it: it goes on when the future is dropped and when we are killed, and its output goes
    /// to files instead of pipes, so that it does not fail for want of a reader either. For uploads, whose half would
    /// be worse than the whole.
    pub fn protected(mut self) -> Self {
        self.protected = true;
        self
    }

    /// Keeps it apart, as the surroundings can: for everything that runs code of the repository.
    ///
    /// What the surroundings know as secret is redacted. It reads nothing at its standard input, has no terminal, everything
    /// that it started ends with it, and what had to be ended is reported in a warning. In namespaces the protected folders
    /// cannot be written to, but for the workplace. The workplace's lock, which has to be there, is shared until the last
    /// of them has ended, whatever becomes of us.
    pub fn confined(mut self, context: &BackendContext, workplace: Option<Workplace>) -> Self {
        let confinement = context.confinement.clone();
        if let Some(caches) = &confinement.caches {
            self.environment =
                self.environment.filtered(|name| !is_cache(name.as_ref())).with("XDG_CACHE_HOME", caches);
        }
        if confinement.isolation == Isolation::Namespaces && rustix::process::geteuid().is_root() {
            // Inside, root can give files to nobody, which GNU tar does for root unless told otherwise.
            self.environment.set("TAR_OPTIONS", "--no-same-owner");
        }
        self.confined = Some(Confined { confinement, workplace, reporter: context.reporter.clone() });
        self.redact(&context.redactor)
    }
}

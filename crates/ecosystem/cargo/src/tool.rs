//! The program `cargo`: whether it is there, and how it is started.

use std::path::{Path, PathBuf};
use std::time::Duration;

use releasekit_core::confinement::Workplace;
use releasekit_core::ecosystem::BackendContext;
use releasekit_core::package_manager::ToolInfo;
use releasekit_core::{BackendError, Environment, Result, VersionScheme};
use releasekit_formats::semver::SemVer;
use releasekit_process::{Command, Error as ProcessError, Output};

use crate::config::{LEAST, TOOL};
use crate::environment;
use crate::error::Error;

/// The mask that everything runs with, for it changes what archives hold.
pub(crate) const UMASK: u16 = 0o022;

/// The folder for what builds leave, in a workplace.
pub(crate) const TARGET: &str = "cargo-target";

/// Starts a command line of cargo. Output is for us to read, so it has no colour and no progress bars.
pub(crate) fn command(folder: &Path, environment: Environment) -> Command {
    let environment = environment.with("CARGO_TERM_COLOR", "never").with("CARGO_TERM_PROGRESS_WHEN", "never");
    Command::new(TOOL).current_dir(folder).env(environment)
}

/// The program and its version. Fails with `ToolMissing` where it is absent or too old.
pub(crate) async fn info(context: &BackendContext) -> Result<ToolInfo> {
    let environment = environment::strict(&context.environment);
    let output = command(Path::new("/"), environment).arg("--version").run().await.and_then(Output::checked);
    let text = output.map_err(help)?.stdout_text();
    let version = text.split_whitespace().nth(1).unwrap_or_default().to_owned();
    let least = SemVer.parse(LEAST)?;
    match SemVer.parse(&version) {
        Ok(found) if SemVer.compare(&found, &least).is_ge() => Ok(ToolInfo::new(TOOL, version, LEAST)),
        _ => Err(Error::TooOld { version: text.trim().to_owned() }.into()),
    }
}

/// Where cargo can be had, for whoever has it not.
pub(crate) fn help(error: ProcessError) -> BackendError {
    let missing = matches!(error, ProcessError::NotFound { .. });
    let error = BackendError::from(error);
    if missing { error.with_help("install cargo: https://rustup.rs") } else { error }
}

/// A workspace in a folder of ours, in which cargo may run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bench<'a> {
    pub(crate) context: &'a BackendContext,
    /// The workspace's root, on disk.
    pub(crate) folder: &'a Path,
    pub(crate) workplace: Option<&'a Workplace>,
    /// Whether the network is out of bounds.
    pub(crate) offline: bool,
    pub(crate) timeout: Duration,
}

impl Bench<'_> {
    /// Where builds leave what they make: beside the files of the workspace where there is such a place.
    pub(crate) fn target(&self) -> PathBuf {
        match self.workplace {
            Some(workplace) => workplace.folder.join(TARGET),
            None => self.folder.join("target"),
        }
    }

    /// Runs cargo in the workspace, whose settings may name programs of the repository.
    pub(crate) async fn run(&self, environment: Environment, args: &[&str]) -> Result<Output, ProcessError> {
        let command = command(self.folder, environment).args(args.iter().copied());
        let command = if self.is_offline() { command.arg("--offline") } else { command };
        let command = command.umask(UMASK).timeout(self.timeout);
        command.confined(self.context, self.workplace.cloned()).run().await
    }

    pub(crate) fn is_offline(&self) -> bool {
        self.offline || self.context.offline
    }
}

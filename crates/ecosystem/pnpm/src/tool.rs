//! The programs `pnpm` and `npm`: whether they are there, and how they are started.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use releasekit_core::confinement::Workplace;
use releasekit_core::ecosystem::BackendContext;
use releasekit_core::package_manager::ToolInfo;
use releasekit_core::{BackendError, Environment, Result, VersionScheme};
use releasekit_formats::semver::SemVer;
use releasekit_process::{Command, Error as ProcessError, Output};

use crate::config::{LEAST, LEAST_UPLOADER, TOOL, UPLOADER};
use crate::environment;
use crate::error::Error;

/// The mask that everything runs with, for it changes what archives hold.
const UMASK: u16 = 0o022;

/// How long a program may take to say its version.
const ASKING: Duration = Duration::from_secs(60);

/// pnpm and its version. Fails with `ToolMissing` where it, or the npm that uploads, is absent or too old.
pub(crate) async fn info(context: &BackendContext) -> Result<ToolInfo> {
    let pnpm = version(context, TOOL, LEAST).await?;
    version(context, UPLOADER, LEAST_UPLOADER).await?;
    Ok(ToolInfo::new(TOOL, pnpm, LEAST))
}

/// The version that a program says of itself, of which `least` is supported.
pub(crate) async fn version(context: &BackendContext, program: &'static str, least: &'static str) -> Result<String> {
    let command = Command::new(program).arg("--version").current_dir("/").timeout(ASKING);
    let output = command.env(environment::impersonal(&context.environment)).run().await.and_then(Output::checked);
    let text = output.map_err(|error| help(program, error))?.stdout_text();
    // What starts the program for the user may say something before it.
    let found = text.split_whitespace().last().unwrap_or_default();
    let is_enough = match (SemVer.parse(found), SemVer.parse(least)) {
        (Ok(found), Ok(least)) => SemVer.compare(&found, &least).is_ge(),
        _ => false,
    };
    if is_enough {
        return Ok(found.to_owned());
    }
    Err(Error::TooOld { program, version: text.trim().to_owned(), least }.into())
}

/// Where a program can be had, for whoever has it not.
pub(crate) fn help(program: &str, error: ProcessError) -> BackendError {
    let missing = matches!(error, ProcessError::NotFound { .. });
    let error = BackendError::from(error);
    match program {
        _ if !missing => error,
        TOOL => error.with_help("install pnpm: https://pnpm.io/installation"),
        _ => error.with_help("install node, which brings npm: https://nodejs.org/en/download"),
    }
}

/// Whether pnpm refused to work, because a package file asks for another pnpm or node.
pub(crate) fn is_unfit(printed: &str) -> bool {
    printed.contains("ERR_PNPM_UNSUPPORTED_ENGINE")
}

/// A folder of an export in which pnpm may run, and how.
#[derive(Debug, Clone)]
pub(crate) struct Bench<'a> {
    pub(crate) context: &'a BackendContext,
    pub(crate) folder: PathBuf,
    pub(crate) workplace: Option<&'a Workplace>,
    pub(crate) timeout: Duration,
}

impl Bench<'_> {
    /// Runs pnpm, which reads files of the repository that may name code. All that it says goes to stderr.
    pub(crate) async fn run(
        &self,
        environment: Environment,
        args: impl IntoIterator<Item: Into<OsString>>,
    ) -> Result<Output, ProcessError> {
        let command = command(&self.folder, environment).args(args).timeout(self.timeout);
        command.confined(self.context, self.workplace.cloned()).run().await
    }
}

/// What pnpm is told in a folder of a repository: what it prints is for us to read, and no other version of it is
/// downloaded. To pnpm 10 the settings of a workspace outrank variables.
const IN_FOLDERS: [&str; 2] = ["--use-stderr", "--config.manage-package-manager-versions=false"];

/// Starts a command line of pnpm.
pub(crate) fn command(folder: &Path, environment: Environment) -> Command {
    Command::new(TOOL).args(IN_FOLDERS).current_dir(folder).env(environment).umask(UMASK)
}

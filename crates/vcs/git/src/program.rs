//! Runs the `git` program: in one repository, without hooks, prompts, colours or anything in the background.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use releasekit_core::secret::redact_urls;
use releasekit_core::{BackendContext, Environment};
use releasekit_process::{Command, Output};
use tokio::sync::OnceCell;

use crate::error::Error;

/// The least version that will do: `merge-tree --write-tree` came with it.
pub(crate) const LEAST_VERSION: (u32, u32) = (2, 38);

/// How long one command may take. Fetching a large history is the longest of them.
const TIMEOUT: Duration = Duration::from_secs(15 * 60);

/// Lists of the files or refs of a large repository are longer than what is kept of a tool's output by default.
const STDOUT_LIMIT: usize = 1 << 30;

/// Settings that hold for every command.
const SETTINGS: &[&str] = &[
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.untrackedCache=false",
    "core.splitIndex=false",
    "color.ui=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "advice.detachedHead=false",
    "i18n.commitEncoding=UTF-8",
    "i18n.logOutputEncoding=UTF-8",
    "user.useConfigOnly=true",
];

/// The `git` program and the environment it runs in.
#[derive(Debug)]
pub(crate) struct Program {
    environment: Environment,
    /// Where what is read may have been changed by code of the repository, how programs are kept apart: settings of a
    /// repository can name filters, which git runs.
    confined: Option<BackendContext>,
    checked: OnceCell<()>,
}

impl Program {
    /// Takes the environment, cleaned by [`crate::environment::for_git`].
    pub(crate) fn new(environment: Environment) -> Self {
        Self { environment, confined: None, checked: OnceCell::new() }
    }

    /// Keeps every command apart, as code of the repository is.
    pub(crate) fn confined(mut self, context: &BackendContext) -> Self {
        self.confined = Some(context.clone());
        self
    }

    /// The environment of every command.
    pub(crate) fn environment(&self) -> &Environment {
        &self.environment
    }

    /// Whether the user has said how SSH is run, or who asks for its pass phrases.
    pub(crate) fn has_own_ssh(&self) -> bool {
        ["GIT_SSH", "GIT_SSH_COMMAND", "SSH_ASKPASS"].iter().any(|name| self.environment.get(name).is_some())
    }

    /// A command in a folder, where git looks for the repository by itself.
    pub(crate) fn in_folder<A: Into<OsString>>(
        &self,
        folder: &Path,
        args: impl IntoIterator<Item = A>,
    ) -> Invocation<'_> {
        Invocation {
            program: self,
            folder: folder.to_owned(),
            settings: SETTINGS.iter().map(|setting| OsString::from(*setting)).collect(),
            args: args.into_iter().map(Into::into).collect(),
            environment: self.environment.clone(),
            input: None,
            umask: None,
        }
    }

    /// Fails where git is missing or too old; looks once.
    async fn check(&self, folder: &Path) -> Result<(), Error> {
        let look = || async {
            let command = Command::new("git").arg("version").current_dir(folder).env(self.environment.clone());
            let output = command.timeout(TIMEOUT).run().await.map_err(from_process)?;
            let text = output.stdout_text();
            let found = text.trim().trim_start_matches("git version ");
            if version(found).is_some_and(|version| version >= LEAST_VERSION) {
                return Ok(());
            }
            Err(Error::TooOld { found: found.to_owned(), least: format!("{}.{}", LEAST_VERSION.0, LEAST_VERSION.1) })
        };
        self.checked.get_or_try_init(look).await.copied()
    }
}

/// The first two numbers of `2.39.5 (Apple Git-154)`.
fn version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.split(|letter: char| !letter.is_ascii_digit());
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

fn from_process(error: releasekit_process::Error) -> Error {
    match error {
        releasekit_process::Error::NotFound { .. } => Error::NotInstalled,
        other => Error::Process(other),
    }
}

/// One git command to be run.
#[must_use = "a command does nothing until it is run"]
pub(crate) struct Invocation<'a> {
    program: &'a Program,
    folder: PathBuf,
    settings: Vec<OsString>,
    args: Vec<OsString>,
    environment: Environment,
    input: Option<Vec<u8>>,
    umask: Option<u16>,
}

impl Invocation<'_> {
    /// Adds arguments.
    pub(crate) fn args<A: Into<OsString>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.args.extend(args.into_iter().map(Into::into));
        self
    }

    /// Runs it in another folder.
    pub(crate) fn folder(mut self, folder: &Path) -> Self {
        folder.clone_into(&mut self.folder);
        self
    }

    /// Sets a variable.
    pub(crate) fn var(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.environment.set(name, value);
        self
    }

    /// Sets a setting of git, `key=value`, for this command.
    pub(crate) fn setting(mut self, setting: impl Into<OsString>) -> Self {
        self.settings.push(setting.into());
        self
    }

    /// What it reads at its standard input.
    pub(crate) fn input(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.input = Some(bytes.into());
        self
    }

    /// The permissions that files it creates do not get.
    pub(crate) fn umask(mut self, mask: u16) -> Self {
        self.umask = Some(mask);
        self
    }

    /// Runs it to its end, whatever that is.
    pub(crate) async fn output(self) -> Result<Output, Error> {
        self.program.check(&self.folder).await?;
        let settings = self.settings.into_iter().flat_map(|setting| [OsString::from("-c"), setting]);
        let mut command = Command::new("git").arg("--no-pager").args(settings).args(self.args);
        command = command.current_dir(&self.folder).env(self.environment).timeout(TIMEOUT).stdout_limit(STDOUT_LIMIT);
        if let Some(bytes) = self.input {
            command = command.stdin(bytes);
        }
        if let Some(mask) = self.umask {
            command = command.umask(mask);
        }
        if let Some(context) = &self.program.confined {
            command = command.confined(context, None);
        }
        command.run().await.map_err(from_process)
    }

    /// Runs it and fails, saying what it was to do, where it does not exit with 0.
    pub(crate) async fn ok(self, what: &str) -> Result<Output, Error> {
        let output = self.output().await?;
        if output.success() { Ok(output) } else { Err(failure(what, &output)) }
    }

    /// The same, for commands of which nothing but success is asked.
    pub(crate) async fn done(self, what: &str) -> Result<(), Error> {
        self.ok(what).await.map(drop)
    }

    /// The same, for what it prints without the last line break.
    pub(crate) async fn text(self, what: &str) -> Result<String, Error> {
        Ok(self.ok(what).await?.stdout_text().trim_end_matches('\n').to_owned())
    }
}

/// The error that a failed command is.
pub(crate) fn failure(what: &str, output: &Output) -> Error {
    let printed = printed(output);
    let lacks_identity = ["empty ident name", "no email was given", "no name was given", "Please tell me who you are"];
    if lacks_identity.iter().any(|text| printed.contains(text)) {
        return Error::NoIdentity { what: what.to_owned(), output: printed };
    }
    Error::Failed { what: what.to_owned(), output: printed }
}

/// What a command said on stderr, to be understood; errors take more out of it where they quote it.
pub(crate) fn printed(output: &Output) -> String {
    redact_urls(output.stderr_text().trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_with_what_vendors_add() {
        assert_eq!(version("2.39.5"), Some((2, 39)));
        assert_eq!(version("2.39.5 (Apple Git-154)"), Some((2, 39)));
        assert_eq!(version("2.47.1.windows.1"), Some((2, 47)));
        assert_eq!(version("what"), None);
    }
}

//! Whether a lockfile fits: what uv says of it, and what it could not say.
//!
//! Measured with uv 0.13, `uv lock --check` ends with 1 where the lockfile is stale (`needs to be updated`), and also where the
//! requirements have no solution or where it is offline and would have to ask; with 2 where it could not find out. So its words
//! decide, and what they do not say is not taken for staleness.

use std::fs;
use std::path::Path;
use std::time::Duration;

use releasekit_core::confinement::Workplace;
use releasekit_core::ecosystem::BackendContext;
use releasekit_core::model::RepoPath;
use releasekit_core::{Environment, ErrorKind, FileEdit, Result};
use releasekit_process::{Error as ProcessError, Output};

use crate::environment;
use crate::error::Error;
use crate::tool::{command, empty_folder, help};
use crate::words;

/// What uv says of a lockfile, with its words where it does not accept it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is what uv would write.
    Fits,
    /// uv would write something else.
    Stale(String),
    /// uv could write none, for the requirements cannot all be met.
    Unsolvable(String),
}

/// How uv says that it would have to ask somebody.
const OFFLINE: &[&str] = &["network was disabled", "network connectivity is disabled", "not found in the cache"];

/// What one question brought.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Answer {
    Said(Verdict),
    /// It would have to ask an index.
    WantsNetwork(String),
    Failed(words::Fault, String),
}

/// Where and how uv may work.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bench<'a> {
    pub(crate) context: &'a BackendContext,
    /// An export.
    pub(crate) folder: &'a Path,
    pub(crate) workplace: Option<&'a Workplace>,
    /// Whether the network is out of bounds.
    pub(crate) offline: bool,
    pub(crate) timeout: Duration,
}

impl Bench<'_> {
    /// Asks uv whether a lockfile fits: as everybody's uv would see it, then with the user's own settings, which may name the
    /// index that the lockfile was made from, then with the network, which members with dynamic dependencies need.
    pub(crate) async fn judge(&self, file: &RepoPath) -> Result<Verdict> {
        let all = &self.context.environment;
        let empty = empty_folder(self.context)?;
        let strict = environment::strict(all).with("XDG_CONFIG_HOME", &empty).with("XDG_CONFIG_DIRS", &empty);
        let mut answer = self.ask(file, strict, true).await?;
        for offline in [true, false] {
            let wants_network = matches!(answer, Answer::WantsNetwork(_));
            if answer == Answer::Said(Verdict::Fits) || (!offline && (!wants_network || self.is_offline())) {
                break;
            }
            answer = self.ask(file, environment::locking(all), offline).await?;
        }
        match answer {
            Answer::Said(verdict) => Ok(verdict),
            Answer::WantsNetwork(output) => {
                let why = "that takes the network, which is out of bounds".to_owned();
                Err(Error::Lock { file: file.clone(), why, kind: ErrorKind::Precondition, output }.into())
            }
            Answer::Failed(fault, output) => {
                Err(Error::Lock { file: file.clone(), why: fault.why, kind: fault.kind, output }.into())
            }
        }
    }

    /// Has uv make the lockfile anew, as its user would, and gives what changed of it.
    pub(crate) async fn renew(&self, file: &RepoPath) -> Result<Option<FileEdit>> {
        let path = file.on_disk(self.folder);
        let read = || fs::read(&path).map_err(|source| Error::Folder { path: path.clone(), source });
        let before = read()?;
        let environment = environment::locking(&self.context.environment);
        let output = self.run(file, environment, &[], self.is_offline()).await?;
        if !output.success() {
            let output = words::said(&output.stderr_text());
            let fault = words::failure(&output);
            return Err(Error::Lock { file: file.clone(), why: fault.why, kind: fault.kind, output }.into());
        }
        let after = read()?;
        Ok((after != before).then(|| FileEdit::write(file.clone(), after)))
    }

    fn is_offline(&self) -> bool {
        self.offline || self.context.offline
    }

    async fn ask(&self, file: &RepoPath, environment: Environment, offline: bool) -> Result<Answer> {
        let output = self.run(file, environment, &["--check"], offline).await?;
        Ok(if output.success() { Answer::Said(Verdict::Fits) } else { answer(&output.stderr_text()) })
    }

    /// Runs uv beside a lockfile. It may run the build backends of members with dynamic metadata.
    async fn run(&self, file: &RepoPath, environment: Environment, args: &[&str], offline: bool) -> Result<Output> {
        let folder = file.parent().unwrap_or_default().on_disk(self.folder);
        let command = command(&folder, environment).arg("lock").args(args.iter().copied());
        let command = if offline { command.arg("--offline") } else { command };
        let command = command.timeout(self.timeout).confined(self.context, self.workplace.cloned());
        command.run().await.map_err(|error| match error {
            ProcessError::TimedOut { stderr, .. } => {
                let why = "uv did not finish in time".to_owned();
                Error::Lock { file: file.clone(), why, kind: ErrorKind::Transient, output: stderr }.into()
            }
            error => help(error),
        })
    }
}

/// What a refusal means.
fn answer(text: &str) -> Answer {
    let text = words::said(text);
    let says = |words: &str| text.contains(words);
    if OFFLINE.iter().any(|words| says(words)) {
        return Answer::WantsNetwork(text);
    }
    if says("needs to be updated") || says("Unable to find lockfile") {
        return Answer::Said(Verdict::Stale(text));
    }
    if says("No solution found") && words::refused(&text).is_none() {
        return Answer::Said(Verdict::Unsolvable(text));
    }
    Answer::Failed(words::failure(&text), text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_uv_calls_out_of_date_is_stale() {
        let stale = "error: The lockfile at `uv.lock` needs to be updated, but `--check` was provided.";
        assert_eq!(answer(stale), Answer::Said(Verdict::Stale(stale.to_owned())));
        let unsolvable =
            "error: No solution found when resolving dependencies\n  cause: Because only lib==1.0.0 is available";
        assert_eq!(answer(unsolvable), Answer::Said(Verdict::Unsolvable(unsolvable.to_owned())));
        let git = "error: Git operation failed\n  cause: Remote Git fetches are not allowed because network connectivity is disabled";
        assert_eq!(answer(git), Answer::WantsNetwork(git.to_owned()));
        let offline = "error: No solution found\n  cause: Because lib was not found in the cache\n\nhint: Packages were \
            unavailable because the network was disabled.";
        assert_eq!(answer(offline), Answer::WantsNetwork(offline.to_owned()));
        for (text, kind) in [
            ("error: Failed to fetch: http://h/\n  cause: error sending request", ErrorKind::Transient),
            (
                "error: No solution found\nhint: … a lack of valid authentication credentials (401)",
                ErrorKind::Unauthenticated,
            ),
            ("error: Failed to parse: pyproject.toml", ErrorKind::ToolFailed),
            ("error: No interpreter found for Python >=3.99", ErrorKind::Precondition),
        ] {
            assert!(matches!(answer(text), Answer::Failed(fault, _) if fault.kind == kind), "{text}");
        }
    }
}

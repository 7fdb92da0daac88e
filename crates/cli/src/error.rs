//! What can go wrong in the command line itself; failures of the layers below are carried as they are.

use std::io;
use std::path::PathBuf;

use releasekit_core::model::RepoPath;
use releasekit_core::{BackendError, Code, Diagnostic, Label};
use thiserror::Error;

use crate::codes;
use crate::workflow::update::Obstacle;

/// The result of a command.
pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a run ended early.
#[derive(Debug, Error)]
#[non_exhaustive]
pub(crate) enum Error {
    /// A stage of the pipeline failed.
    #[error(transparent)]
    Engine(#[from] releasekit_engine::Error),
    /// A backend failed.
    #[error(transparent)]
    Backend(#[from] BackendError),
    /// The configuration is wrong.
    #[error(transparent)]
    Config(#[from] releasekit_config::Error),
    /// The command line is wrong.
    #[error("{message}")]
    Arguments {
        /// What is wrong with it.
        message: String,
        /// What to do.
        help: Option<String>,
    },
    /// A folder does not exist.
    #[error("`{}` is not a folder that can be entered", .folder.display())]
    Folder {
        /// Which.
        folder: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A code does not exist.
    #[error("no error has the code `{code}`")]
    CodeUnknown {
        /// What the user wrote.
        code: String,
        /// What they may have meant.
        nearest: Option<&'static str>,
    },
    /// Outside of any repository.
    #[error("`{}` lies in no repository", .folder.display())]
    RepositoryMissing {
        /// Where was looked.
        folder: PathBuf,
    },
    /// No variable names a folder for the cache.
    #[error("no folder for throw-away files is known")]
    CacheUnknown,
    /// `TMPDIR` leads nowhere.
    #[error("`TMPDIR` names `{}`, which is no folder", .folder.display())]
    TemporaryMissing {
        /// As it is named.
        folder: PathBuf,
    },
    /// The configuration file is not there.
    #[error("there is no configuration file `{path}`")]
    ConfigMissing {
        /// As the user named it.
        path: String,
    },
    /// The configuration file cannot be read.
    #[error("the configuration file `{path}` cannot be read: {why}")]
    ConfigUnreadable {
        /// Which.
        path: String,
        /// Why.
        why: String,
    },
    /// The user did not say yes.
    #[error("not confirmed, so nothing was changed")]
    Declined,
    /// SIGINT.
    #[error("stopped by SIGINT")]
    Interrupted,
    /// SIGTERM.
    #[error("stopped by SIGTERM")]
    Terminated,
    /// Standard input or output failed.
    #[error("{what} failed: {source}")]
    Stream {
        /// Which stream, doing what.
        what: &'static str,
        /// What the system says.
        source: io::Error,
    },
    /// The runtime did not start.
    #[error("the system gave no {what}: {source}")]
    Runtime {
        /// What was asked for.
        what: &'static str,
        /// What the system says.
        source: io::Error,
    },
    /// No branch is known to release from.
    #[error("it is not known which branch releases are made from")]
    BranchUnknown,
    /// A generated workflow cannot be merged with a newer one.
    #[error("{}", in_the_way(.path, .obstacle))]
    Workflow {
        /// The file.
        path: RepoPath,
        /// What is in the way.
        obstacle: Obstacle,
    },
    /// A generated workflow is not what would be made.
    #[error("`{path}` is not the workflow that this repository should have")]
    WorkflowStale {
        /// The file.
        path: RepoPath,
    },
    /// Outputs for later steps have no file to go to.
    #[error("`{variable}` names no file for the outputs of a step")]
    OutputsUnknown {
        /// The variable that should.
        variable: &'static str,
    },
    /// A bug of ours.
    #[error("this should not happen: {message}")]
    Bug {
        /// What did.
        message: String,
    },
}

fn in_the_way(path: &RepoPath, obstacle: &Obstacle) -> String {
    match obstacle {
        Obstacle::Foreign => format!("`{path}` was not made by `releasekit init`"),
        Obstacle::Undecided(lines) => {
            let lines: Vec<String> = lines.iter().map(usize::to_string).collect();
            format!("`{path}` has both what is yours and what is new at line {}", lines.join(", "))
        }
    }
}

fn did_you_mean(name: &str) -> String {
    format!("did you mean `{name}`?")
}

impl Diagnostic for Error {
    fn code(&self) -> Code {
        match self {
            Self::Engine(error) => error.code(),
            Self::Backend(error) => error.code(),
            Self::Config(error) => error.code(),
            Self::Arguments { .. } => codes::ARGUMENTS,
            Self::Folder { .. } => codes::FOLDER,
            Self::CodeUnknown { .. } => codes::CODE_UNKNOWN,
            Self::RepositoryMissing { .. } => codes::REPOSITORY_MISSING,
            Self::CacheUnknown => codes::CACHE_UNKNOWN,
            Self::TemporaryMissing { .. } => codes::TEMPORARY_MISSING,
            Self::ConfigMissing { .. } => codes::CONFIG_MISSING,
            Self::ConfigUnreadable { .. } => codes::CONFIG_UNREADABLE,
            Self::Declined => codes::DECLINED,
            Self::Interrupted => codes::INTERRUPTED,
            Self::Terminated => codes::TERMINATED,
            Self::Stream { .. } => codes::STREAM_FAILED,
            Self::Runtime { .. } => codes::RUNTIME_FAILED,
            Self::BranchUnknown => codes::BRANCH_UNKNOWN,
            Self::Workflow { obstacle: Obstacle::Foreign, .. } => codes::WORKFLOW_FOREIGN,
            Self::Workflow { obstacle: Obstacle::Undecided(_), .. } => codes::WORKFLOW_CONFLICT,
            Self::WorkflowStale { .. } => codes::WORKFLOW_STALE,
            Self::OutputsUnknown { .. } => codes::OUTPUTS_UNKNOWN,
            Self::Bug { .. } => codes::BUG,
        }
    }

    fn inner(&self) -> Option<&dyn Diagnostic> {
        match self {
            Self::Engine(error) => Some(error),
            Self::Backend(error) => Some(error),
            Self::Config(error) => Some(error),
            _ => None,
        }
    }

    fn specific_help(&self) -> Option<String> {
        match self {
            Self::Arguments { help, .. } => help.clone(),
            Self::CodeUnknown { nearest, .. } => nearest.map(did_you_mean),
            _ => None,
        }
    }

    fn labels(&self) -> Vec<Label> {
        self.inner().map_or_else(Vec::new, Diagnostic::labels)
    }

    fn parts(&self) -> Vec<&dyn Diagnostic> {
        self.inner().map_or_else(Vec::new, Diagnostic::parts)
    }
}

#[cfg(test)]
mod tests {
    use releasekit_core::ErrorKind;

    use super::*;
    use crate::exit::Exit;

    #[test]
    fn a_process_that_cannot_start_is_a_matter_of_its_surroundings() {
        let error = Error::Runtime { what: "thread", source: io::Error::other("limit met") };
        assert_eq!((error.code().as_str(), Exit::of(&error)), ("RK-RUN-NOT-STARTED", Exit::Precondition));
    }

    #[test]
    fn errors_from_below_keep_their_code_and_help() {
        let below = BackendError::new(Code::new("RK-TEST-BELOW", ErrorKind::Transient), "gone").with_help("wait");
        let error = Error::from(releasekit_engine::Error::from(below));
        assert_eq!((error.code().as_str(), error.help().as_deref()), ("RK-TEST-BELOW", Some("wait")));
        assert_eq!(Exit::of(&error), Exit::Remote);
    }
}

//! Commands that the configuration names, to be run in a folder of ours.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;

use crate::confinement::Workplace;
use crate::environment::Environment;
use crate::error::{BackendError, Result};

/// A command of the user's. It sees the few variables that every tool sees, those given here, and no credential.
#[derive(Debug, Clone)]
pub struct CommandRequest {
    /// The program and its arguments; no shell reads them.
    pub args: Vec<String>,
    /// Where it runs.
    pub folder: PathBuf,
    /// Variables beyond the few that every tool sees.
    pub environment: Environment,
    /// The workplace that it is part of; `None` where nobody waits for the last process that runs there.
    pub workplace: Option<Workplace>,
    /// How long it may run.
    pub timeout: Duration,
}

/// A question to a program that the user's own settings name, such as one that keeps tokens. It sees the user's environment but
/// for credentials, and what is given here, and runs where no file of a repository is found by looking upward.
#[derive(Debug, Clone)]
pub struct QuestionRequest {
    /// The program and its arguments; no shell reads them.
    pub args: Vec<String>,
    /// What it reads at its standard input.
    pub input: Vec<u8>,
    /// Variables beyond those of the user.
    pub environment: Environment,
    /// How long it may take.
    pub timeout: Duration,
}

/// Runs commands. A front end brings it, for the engine starts no process.
#[async_trait]
pub trait Commands: fmt::Debug + Send + Sync {
    /// Runs a command to its end. Fails with `ToolMissing` or `ToolFailed`; dropping the future ends the command.
    async fn run(&self, request: &CommandRequest) -> Result<()>;

    /// Asks a program of the user's, and gives what it writes to its standard output, which may be secret. Nothing that a
    /// repository names may be asked. Fails as [`run`](Self::run) does, and with `Unsupported` where nothing can be asked.
    async fn ask(&self, _request: &QuestionRequest) -> Result<Vec<u8>> {
        Err(BackendError::unsupported("a question to a program of the user's"))
    }
}

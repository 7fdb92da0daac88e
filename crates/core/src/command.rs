//! Commands that the configuration names, to be run in a folder of ours.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;

use crate::confinement::Workplace;
use crate::environment::Environment;
use crate::error::Result;

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

/// Runs commands. A front end brings it, for the engine starts no process.
#[async_trait]
pub trait Commands: fmt::Debug + Send + Sync {
    /// Runs a command to its end. Fails with `ToolMissing` or `ToolFailed`; dropping the future ends the command.
    async fn run(&self, request: &CommandRequest) -> Result<()>;
}

//! The commands that a configuration names, run as tools are.

use async_trait::async_trait;
use releasekit_core::command::{CommandRequest, QuestionRequest};
use releasekit_core::environment::is_credential;
use releasekit_core::{BackendContext, BackendError, Commands, Result};

use crate::Command;
use crate::environment::for_tools;

/// Runs a configuration's commands, confined, with the variables that every tool may see and those that a request adds.
#[derive(Debug, Clone)]
pub struct UserCommands {
    context: BackendContext,
}

impl UserCommands {
    /// Takes the surroundings; only the harmless part of their environment reaches a command.
    pub fn new(context: BackendContext) -> Self {
        Self { context }
    }
}

#[async_trait]
impl Commands for UserCommands {
    async fn run(&self, request: &CommandRequest) -> Result<()> {
        let Some((program, args)) = request.args.split_first() else { return Ok(()) };
        let mut environment = for_tools(&self.context.environment);
        let wanted = request.environment.filtered(|name| !is_credential(name));
        environment.extend(wanted.iter().map(|(name, value)| (name.to_owned(), value.to_owned())));
        let command = Command::new(program)
            .args(args)
            .current_dir(&request.folder)
            .env(environment)
            .confined(&self.context, request.workplace.clone())
            .timeout(request.timeout)
            .umask(0o022);
        command.run().await.and_then(crate::Output::checked).map(drop).map_err(BackendError::from)
    }

    async fn ask(&self, request: &QuestionRequest) -> Result<Vec<u8>> {
        let Some((program, args)) = request.args.split_first() else { return Ok(Vec::new()) };
        let mut environment = self.context.environment.filtered(|name| !is_credential(name));
        environment.extend(request.environment.iter().map(|(name, value)| (name.to_owned(), value.to_owned())));
        let command = Command::new(program)
            .args(args)
            .current_dir("/")
            .env(environment)
            .stdin(request.input.clone())
            .timeout(request.timeout);
        // What it answers is not redacted, for it may be the very secret.
        let output = command.run().await.and_then(crate::Output::checked).map_err(BackendError::from)?;
        Ok(output.stdout)
    }
}

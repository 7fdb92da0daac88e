//! The commands, one file each: options, the call into the engine, and what is said of the result. No command prints.

pub(crate) mod build;
pub(crate) mod change;
pub(crate) mod check;
pub(crate) mod commit;
pub(crate) mod completion;
pub(crate) mod config;
pub(crate) mod discover;
pub(crate) mod explain;
pub(crate) mod graph;
pub(crate) mod init;
pub(crate) mod other_tools;
pub(crate) mod overview;
pub(crate) mod plan;
pub(crate) mod prepare;
pub(crate) mod publish;
pub(crate) mod release;
pub(crate) mod release_please;
pub(crate) mod replay;
pub(crate) mod settle;
pub(crate) mod should_release;
pub(crate) mod status;
pub(crate) mod version;
pub(crate) mod warnings;
pub(crate) mod yank;

use clap::CommandFactory;

use crate::answer::Answer;
use crate::args::{Cli, Command};
use crate::error::{Error, Result};
use crate::invocation::Invocation;
use crate::options::Globals;

/// Whether a command has been answered without a repository.
pub(crate) enum Next {
    /// It has.
    Answered(Answer),
    /// It wants a repository.
    Continue(Option<Command>),
}

/// Answers the commands that need neither a repository nor the network.
pub(crate) fn at_once(command: Option<Command>, overview: &overview::Options, invocation: &Invocation) -> Result<Next> {
    if overview.format.is_some() && command.is_some() {
        let message = "`--format` before a command belongs to no command".to_owned();
        return Err(Error::Arguments { message, help: Some("write it after the command".to_owned()) });
    }
    let answer = match &command {
        Some(Command::Completion(options)) => completion::run(options, Cli::command()),
        Some(Command::Commit(options)) => commit::run(options)?,
        Some(Command::Explain(options)) if options.is_code() => explain::code(options, &invocation.backends)?,
        Some(Command::Version(version::Options { command: Some(version::Command::Next(options)), .. })) => {
            version::next(options, &invocation.backends)?
        }
        _ => return Ok(Next::Continue(command)),
    };
    Ok(Next::Answered(answer))
}

/// Runs the other commands.
pub(crate) async fn run(
    command: Option<Command>,
    overview: overview::Options,
    invocation: &Invocation,
    globals: &Globals,
) -> Result<Answer> {
    match command {
        None => overview::run(&overview, invocation, globals).await,
        Some(Command::Discover(options)) => discover::run(&options, invocation, globals).await,
        Some(Command::Graph(options)) => graph::run(&options, invocation, globals).await,
        Some(Command::Config(options)) => config::run(&options, invocation, globals).await,
        Some(Command::Init(options)) => init::run(&options, invocation, globals).await,
        Some(Command::Check(options)) => check::run(&options, invocation, globals).await,
        Some(Command::Change(options)) => change::run(&options, invocation, globals).await,
        Some(Command::Plan(options)) => plan::run(&options, invocation, globals).await,
        Some(Command::Version(options)) => version::run(&options, invocation, globals).await,
        Some(Command::Explain(options)) => explain::package(&options, invocation, globals).await,
        Some(Command::Replay(options)) => replay::run(&options, invocation, globals).await,
        Some(Command::ShouldRelease(options)) => should_release::run(&options, invocation, globals).await,
        Some(Command::Prepare(options)) => prepare::run(&options, invocation, globals).await,
        Some(Command::Build(options)) => build::run(&options, invocation, globals).await,
        Some(Command::Release(options)) => release::run(&options, invocation, globals).await,
        Some(Command::Publish(options)) => publish::run(&options, invocation, globals).await,
        Some(Command::Status(options)) => status::run(&options, invocation, globals).await,
        Some(Command::Yank(options)) => yank::run(&options, invocation, globals).await,
        Some(Command::Commit(options)) => commit::run(&options),
        Some(Command::Completion(options)) => Ok(completion::run(&options, Cli::command())),
    }
}

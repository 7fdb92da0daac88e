//! `commit parse`: what a commit message says, for scripts.

use clap::{Subcommand, ValueEnum};
use releasekit_engine::commit;

use crate::answer::Answer;
use crate::error::Result;
use crate::render::json;
use crate::world;

/// Read commit messages
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Read a message on stdin and print its parts
    Parse {
        /// Choose the format
        #[arg(long, default_value = "json")]
        format: Format,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// One JSON document
    Json,
}

/// Reads the message and prints its parts.
pub(crate) fn run(options: &Options) -> Result<Answer> {
    let Command::Parse { format: Format::Json } = options.command;
    Ok(Answer::new(json::pretty(&commit::parse(&world::read_stdin()?))))
}

//! The command line: the options of all commands, and the list of commands. No logic.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

use crate::command::{
    build, commit, completion, config, discover, explain, graph, overview, plan, prepare, publish, release,
    should_release, status, version,
};
use crate::render::style;

/// Release the packages of a monorepo: versions, changelogs, tags, and uploads that are proven.
///
/// Three commands are the whole model: `releasekit prepare`, merge the branch, `releasekit release`, `releasekit
/// publish`. Without a command: show the packages found, what would be released next and why, and the next command.
#[derive(Debug, Parser)]
#[command(name = "releasekit", version, styles = style::HELP, max_term_width = 120, disable_help_subcommand = false)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) overview: overview::Options,
    #[command(flatten)]
    pub(crate) globals: Globals,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// Options that every command takes.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Globals {
    /// Run as if started in this folder
    #[arg(short = 'C', long = "directory", value_name = "DIR", global = true)]
    pub(crate) directory: Option<PathBuf>,
    /// Read this file instead of `releasekit.toml` at the repository root, or with `none` no file at all
    #[arg(long, value_name = "FILE|none", global = true)]
    pub(crate) config: Option<OsString>,
    /// Make no network call
    #[arg(long, global = true)]
    pub(crate) offline: bool,
    /// Record what would change instead of changing it: no file, no ref, no upload, no state
    #[arg(long, global = true)]
    pub(crate) dry_run: bool,
    /// Say nothing but warnings and errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Say also when each step begins, which programs are run, and the causes of errors
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
    /// Choose how progress, warnings and errors are written to stderr
    #[arg(long, value_name = "FORMAT", global = true, default_value = "text")]
    pub(crate) log_format: LogFormat,
}

/// How progress, warnings and errors are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// Lines for people
    Text,
    /// One JSON object per line
    Json,
}

/// A format of answers that are a table or data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Lines for people
    Table,
    /// One JSON document
    Json,
}

/// Where state is kept, for commands that have any.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct State {
    /// Keep journal, artifacts and receipts in this folder instead of the repository's private one
    #[arg(long, value_name = "DIR")]
    pub(crate) state_dir: Option<PathBuf>,
}

/// The answer to questions, for commands that ask any.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct Consent {
    /// Ask nothing
    #[arg(short, long)]
    pub(crate) yes: bool,
}

/// The commands, in the order in which they are used.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Discover(discover::Options),
    Graph(graph::Options),
    Config(config::Options),
    Plan(plan::Options),
    Version(version::Options),
    Explain(explain::Options),
    ShouldRelease(should_release::Options),
    Prepare(prepare::Options),
    Build(build::Options),
    #[command(visible_alias = "tag")]
    Release(release::Options),
    Publish(publish::Options),
    Status(status::Options),
    Commit(commit::Options),
    Completion(completion::Options),
}

impl Command {
    /// Whether it runs code of the repository: its build backends, its configuration's commands, its packages.
    pub(crate) fn runs_code(&self) -> bool {
        matches!(self, Self::Prepare(_) | Self::Build(_) | Self::Release(_) | Self::Publish(_))
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn each(command: &clap::Command, check: &mut dyn FnMut(&clap::Command)) {
        check(command);
        command.get_subcommands().for_each(|below| each(below, check));
    }

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn everything_has_a_help_text_in_one_style() {
        let check_text = |place: &str, text: Option<String>| {
            let text = text.unwrap_or_default();
            assert!(text.starts_with(|c: char| c.is_uppercase()), "{place}: {text:?} begins small");
            assert!(!text.ends_with('.'), "{place}: {text:?} ends with a full stop");
        };
        each(&Cli::command(), &mut |command| {
            let name = command.get_name();
            if name != "releasekit" {
                check_text(name, command.get_about().map(ToString::to_string));
            }
            for arg in command.get_arguments().filter(|arg| arg.get_id() != "help") {
                check_text(&format!("{name} {}", arg.get_id()), arg.get_help().map(ToString::to_string));
            }
        });
    }
}

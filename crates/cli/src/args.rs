//! The command line: the list of commands, each with its options. No logic.

use clap::{Parser, Subcommand};

use crate::command::{
    build, change, check, commit, completion, config, discover, explain, graph, init, overview, plan, prepare, publish,
    release, replay, should_release, status, version, yank,
};
use crate::options::Globals;
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

/// The commands, in the order in which they are used.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Discover(discover::Options),
    Graph(graph::Options),
    Config(config::Options),
    Init(init::Options),
    Check(check::Options),
    Change(change::Options),
    Plan(plan::Options),
    Version(version::Options),
    Explain(explain::Options),
    Replay(replay::Options),
    ShouldRelease(should_release::Options),
    Prepare(prepare::Options),
    Build(build::Options),
    #[command(visible_alias = "tag")]
    Release(release::Options),
    Publish(publish::Options),
    Status(status::Options),
    Yank(yank::Options),
    Commit(commit::Options),
    Completion(completion::Options),
}

impl Command {
    /// Whether it runs code of the repository: its build backends, its configuration's commands, its packages.
    pub(crate) fn runs_code(&self) -> bool {
        matches!(self, Self::Check(_) | Self::Prepare(_) | Self::Build(_) | Self::Release(_) | Self::Publish(_))
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;
    use clap::error::ErrorKind::{DisplayHelp, MissingRequiredArgument};

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

    /// Whoever follows a help finds the command that it names.
    #[test]
    fn every_command_that_an_error_names_can_be_typed() {
        let reference = crate::reference::errors_markdown();
        let named: Vec<&str> = reference.split('`').filter(|part| part.starts_with("releasekit ")).collect();
        assert!(named.len() > 20, "{named:?}");
        for line in named {
            let typed = Cli::try_parse_from(line.split_whitespace());
            // Some are only spoken of, without what they work on.
            let is_named = |error: &clap::Error| matches!(error.kind(), DisplayHelp | MissingRequiredArgument);
            let is_legal = typed.as_ref().map_or_else(is_named, |_| true);
            assert!(is_legal || line.contains("COMMAND"), "`{line}`: {typed:?}");
        }
    }
}

//! `completion`: a script that completes commands and options in a shell.

use clap_complete::{Shell, generate};

use crate::answer::Answer;

/// Print a completion script for a shell
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Write it for this shell
    #[arg(value_parser = clap::builder::PossibleValuesParser::new(SHELLS.map(|(name, _)| name)))]
    shell: String,
}

const SHELLS: [(&str, Shell); 3] = [("bash", Shell::Bash), ("zsh", Shell::Zsh), ("fish", Shell::Fish)];

/// Prints the script for a command line.
pub(crate) fn run(options: &Options, mut commands: clap::Command) -> Answer {
    let mut script = Vec::new();
    for (_, shell) in SHELLS.iter().filter(|(name, _)| *name == options.shell) {
        generate(*shell, &mut commands, "releasekit", &mut script);
    }
    Answer::new(String::from_utf8_lossy(&script))
}

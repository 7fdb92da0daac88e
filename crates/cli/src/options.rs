//! Options that several commands share. No logic.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::ValueEnum;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use releasekit_core::Environment;
use releasekit_core::model::Bump;
use releasekit_core::policy::{ForgePolicy, ForgeReleases};
use releasekit_engine::bump::Asked;

use crate::error::Result;
use crate::outputs::Outputs;

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

/// A format of answers that later steps of a workflow may want to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum StepFormat {
    /// Lines for people
    Table,
    /// One JSON document
    Json,
    /// Lines for people, and outputs of a step in the file that GITHUB_OUTPUT names
    GithubOutput,
}

impl StepFormat {
    /// Where outputs go, where any are wanted. To be asked before anything is done.
    pub(crate) fn outputs(self, environment: &Environment) -> Result<Option<Outputs>> {
        (self == Self::GithubOutput).then(|| Outputs::find(environment)).transpose()
    }
}

/// Where state is kept, for commands that have any.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct State {
    /// Keep journal, artifacts and receipts in this folder instead of the repository's private one
    #[arg(long, value_name = "DIR")]
    pub(crate) state_dir: Option<PathBuf>,
}

/// Whether a forge is asked, for commands that write to one.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct ForgeUse {
    /// Ask no forge: branches and tags are pushed, and that is all
    #[arg(long)]
    pub(crate) no_forge: bool,
}

/// Whether the forge has releases, for commands that make and publish some.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct ReleaseUse {
    /// Make, publish and read no releases on the forge, as with `releases = "none"` in `[forge]`
    #[arg(long)]
    pub(crate) no_release: bool,
}

impl ReleaseUse {
    /// Says so where the configuration is read.
    pub(crate) fn limit(self, forge: &mut ForgePolicy) {
        if self.no_release {
            forge.releases = ForgeReleases::None;
        }
    }
}

/// The answer to questions, for commands that ask any.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct Consent {
    /// Ask nothing
    #[arg(short, long)]
    pub(crate) yes: bool,
}

/// What is asked of a plan, beside what commits and files say.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Asking {
    /// Make labelled versions final, such as `1.0.0rc2`: those of these packages, or all
    #[arg(long, value_name = "NAME", num_args = 0..)]
    pub(crate) graduate: Option<Vec<String>>,
    /// Move packages this far that move, whatever their commits ask for
    #[arg(long, value_name = "LEVEL", value_parser = PossibleValuesParser::new(LEVELS.map(Bump::as_str)).map(level))]
    pub(crate) bump: Option<Bump>,
    /// Move packages too that nothing moves: a patch, or as far as `--bump` says
    #[arg(long)]
    pub(crate) force_unchanged: bool,
    /// Move the packages of these groups alone, on a branch of their own
    #[arg(long, value_name = "NAME", num_args = 1..)]
    pub(crate) group: Vec<String>,
}

/// How far one may ask packages to move.
const LEVELS: [Bump; 3] = [Bump::Patch, Bump::Minor, Bump::Major];

fn level(word: String) -> Bump {
    LEVELS.into_iter().find(|level| level.as_str() == word).unwrap_or_default()
}

impl Asking {
    /// The same for the engine.
    pub(crate) fn asked(&self) -> Asked {
        let Self { graduate, bump, force_unchanged, group } = self.clone();
        Asked { graduate, bump, force_unchanged, group, ungrouped: false }
    }
}

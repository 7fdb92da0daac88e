//! `version`: the bumps alone; and `version next`, version arithmetic for scripts.

use clap::Subcommand;
use clap::builder::PossibleValuesParser;
use releasekit_core::model::{Bump, Prerelease, PrereleaseLabel, Version};
use releasekit_core::{BackendError, Backends, Diagnostic};
use releasekit_engine::plan::{ReleasePlan, Row};
use serde::Serialize;

use crate::answer::Answer;
use crate::command::plan;
use crate::error::{Error, Result};
use crate::invocation::Invocation;
use crate::options::{Asking, Format, Globals};
use crate::render::json;
use crate::render::style::Meaning;

/// Print the next versions, or do version arithmetic
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Options {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// Choose the format
    #[arg(long, default_value = "table")]
    format: Format,
    /// Exit with 4 when there is nothing to release
    #[arg(long)]
    exit_code: bool,
    #[command(flatten)]
    asking: Asking,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Next(NextOptions),
}

/// Print the version after a version
#[derive(Debug, clap::Args)]
pub(crate) struct NextOptions {
    /// Count by this scheme: `semver` or `pep440`
    #[arg(long)]
    scheme: String,
    /// Start from this version
    #[arg(long, value_name = "VERSION")]
    current: String,
    /// Move this far
    #[arg(long, value_parser = PossibleValuesParser::new(BUMPS.map(Bump::as_str)))]
    bump: String,
    /// Make it a prerelease with this label: `alpha`, `beta`, `rc`, `dev`; with `semver` any word
    #[arg(long, value_name = "LABEL")]
    pre: Option<PrereleaseLabel>,
    /// Start a new label at this number
    #[arg(long, value_name = "N", requires = "pre", default_value_t = 1)]
    pre_start: u64,
}

const BUMPS: [Bump; 5] = [Bump::None, Bump::Prerelease, Bump::Patch, Bump::Minor, Bump::Major];

/// Prints the next versions.
pub(crate) async fn run(options: &Options, invocation: &Invocation, globals: &Globals) -> Result<Answer> {
    let opened = invocation.open(globals, None).await?;
    let planned = plan::head_as_asked(&opened, &options.asking.asked()).await?;
    let text = match options.format {
        Format::Table => lines(&planned.plan),
        Format::Json => document(&planned.plan),
    };
    Ok(Answer::new(text).nothing_if(options.exit_code, planned.plan.is_empty()))
}

fn lines(plan: &ReleasePlan) -> String {
    let line = |row: &Row| {
        let current = row.current.as_ref().map_or("-", Version::as_str);
        let next = row.next.as_ref().map_or("-", Version::as_str);
        let name = Meaning::Strong.paint(&row.id().to_string());
        format!("{name} {current} -> {} ({})\n", Meaning::Good.paint(next), row.bump)
    };
    plan.included().map(line).collect()
}

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    packages: Vec<Moved<'a>>,
}

#[derive(Serialize)]
struct Moved<'a> {
    name: &'a str,
    label: &'a str,
    current: &'a Option<Version>,
    next: &'a Option<Version>,
    bump: Bump,
}

fn document(plan: &ReleasePlan) -> String {
    let packages = plan.included().map(|row| Moved {
        name: row.name.as_str(),
        label: row.label.as_str(),
        current: &row.current,
        next: &row.next,
        bump: row.bump,
    });
    json::pretty(&Document { schema: 1, packages: packages.collect() })
}

/// Prints the version after a version.
pub(crate) fn next(options: &NextOptions, backends: &Backends) -> Result<Answer> {
    let scheme = backends.schemes.get(options.scheme.as_str()).ok_or_else(|| Error::Arguments {
        message: format!("`{}` is no version scheme", options.scheme),
        help: Some(format!("there are: {}", backends.schemes.keys().copied().collect::<Vec<_>>().join(", "))),
    })?;
    let wrong = |error: BackendError| Error::Arguments { message: error.to_string(), help: error.help() };
    let current = scheme.parse(&options.current).map_err(wrong)?;
    let bump = BUMPS.into_iter().find(|bump| bump.as_str() == options.bump).unwrap_or_default();
    let pre = options.pre.clone().map(|label| Prerelease { label, start: options.pre_start });
    Ok(Answer::new(format!("{}\n", scheme.bump(&current, bump, pre.as_ref()).map_err(wrong)?)))
}

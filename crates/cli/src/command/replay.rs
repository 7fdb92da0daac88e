//! `replay`: past releases planned again, beside what shipped.

use releasekit_engine::replay;

use crate::answer::Answer;
use crate::error::Result;
use crate::invocation::Invocation;
use crate::options::{Format, Globals};
use crate::render::{json, replay as render};

/// Plan past releases again, and show what really shipped beside it
///
/// Each release is planned at the last commit before its versions were raised, or at the tagged commit where none was, with
/// the tags of that time and the configuration of today. The reason of each difference is computed. Nothing is written.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Replay so many releases, the newest ones
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    last: u32,
    /// Choose the format
    #[arg(long, default_value = "table")]
    format: Format,
}

/// Replays the newest releases.
pub(crate) async fn run(options: &Options, invocation: &Invocation, globals: &Globals) -> Result<Answer> {
    let opened = invocation.open(globals, None).await?;
    opened.check_head().await?;
    let replayed = replay::replay(&opened.session, options.last as usize).await?;
    Ok(Answer::new(match options.format {
        Format::Table => render::text(&replayed),
        Format::Json => json::pretty(&replayed),
    }))
}

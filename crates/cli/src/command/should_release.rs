//! `should-release`: a question that an exit code answers.

use releasekit_engine::prepare;

use crate::answer::Answer;
use crate::command::{plan, warnings};
use crate::error::Result;
use crate::exit::Exit;
use crate::invocation::Invocation;
use crate::options::{Format, Globals};
use crate::render::{json, style};

/// Exit with 0 when there is something to release, and with 4 when not
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Choose the format
    #[arg(long, default_value = "table")]
    format: Format,
}

/// Says whether the plan of HEAD moves anything.
pub(crate) async fn run(options: &Options, invocation: &Invocation, globals: &Globals) -> Result<Answer> {
    let opened = invocation.open(globals, None).await?;
    let planned = plan::head(&opened).await?;
    // A clone without tags knows of no release, and a machine that was told to release everything would.
    if !globals.offline {
        prepare::require_tags(&opened.session, &planned).await?;
    }
    warnings::say(&planned, invocation.screen.as_ref());
    let count = planned.plan.included().count();
    let text = match options.format {
        Format::Table if count == 0 => "nothing to release\n".to_owned(),
        Format::Table => format!("{} to release\n", style::count(count, "package")),
        Format::Json => json::pretty(&serde_json::json!({"schema": 1, "release": count > 0, "packages": count})),
    };
    Ok(Answer::new(text).with_exit(if count == 0 { Exit::Nothing } else { Exit::Done }))
}

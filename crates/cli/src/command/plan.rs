//! `plan`: what would be released from HEAD.

use clap::ValueEnum;
use releasekit_engine::bump::Asked;
use releasekit_engine::forge;
use releasekit_engine::plan::{self, Planned};
use releasekit_engine::prepare;

use crate::answer::Answer;
use crate::command::warnings;
use crate::error::Result;
use crate::invocation::{Invocation, Opened};
use crate::options::{Asking, Globals};
use crate::render::plan::Shown;
use crate::render::{diff, json};

/// Show what would be released from HEAD, and why
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Choose the format
    #[arg(long, default_value = "table")]
    format: Format,
    /// Exit with 4 when there is nothing to release
    #[arg(long)]
    exit_code: bool,
    #[command(flatten)]
    asking: Asking,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// What moves, for people
    Table,
    /// One JSON document: the stable interface for programs
    Json,
    /// Every package, and the changes of package files, changelogs and change files
    Full,
}

/// Plans HEAD and shows the plan.
pub(crate) async fn run(options: &Options, invocation: &Invocation, globals: &Globals) -> Result<Answer> {
    let opened = invocation.open(globals, None).await?;
    let planned = head_as_asked(&opened, &options.asking.asked()).await?;
    opened.session.warn_of_remarks(&planned.snapshot.discovery);
    warnings::say(&planned, invocation.screen.as_ref());
    let text = match options.format {
        Format::Table => Shown::of(&planned, invocation.world.width).summary(),
        Format::Json => json::pretty(&planned.plan),
        Format::Full => {
            let rows = Shown::of(&planned, invocation.world.width).all();
            format!("{rows}{}", changes(&opened, &planned).await?)
        }
    };
    Ok(Answer::new(text).nothing_if(options.exit_code, planned.plan.is_empty()))
}

/// Plans HEAD with the configuration of the work tree.
pub(crate) async fn head(opened: &Opened) -> Result<Planned> {
    head_as_asked(opened, &Asked::default()).await
}

/// The same with what the command line asks for.
pub(crate) async fn head_as_asked(opened: &Opened, asked: &Asked) -> Result<Planned> {
    let head = opened.session.vcs.head().await?;
    opened.session.vcs.expect_history(&head.commit).await;
    let snapshot = opened.commit(&head.commit).await?;
    Ok(plan::plan_as_asked(&opened.session, snapshot, &head, asked).await?)
}

/// The edits of package files, changelogs and change files as differences.
async fn changes(opened: &Opened, planned: &Planned) -> Result<String> {
    let head = opened.session.describe(&planned.plan.commit).await?;
    let templates = opened.session.context.templates.as_deref();
    let links = forge::links(&opened.session, &planned.snapshot.policy).await?;
    let preview = prepare::preview(planned, &head, links.as_ref(), templates).await?;
    let mut text = String::new();
    for edit in preview.packages.iter().chain(&preview.changelogs).chain(&preview.change_files) {
        text.push_str(&diff::of_edit(planned.snapshot.tree.as_ref(), edit)?);
    }
    Ok(text)
}

//! `should-release`: a question that an exit code answers.

use releasekit_core::model::CommitId;
use releasekit_core::words;
use releasekit_engine::locate::{self, Located};

use releasekit_engine::plan::Planned;
use releasekit_engine::{pending, prepare};

use crate::answer::Answer;
use crate::command::{plan, warnings};
use crate::error::Result;
use crate::exit::Exit;
use crate::invocation::{Invocation, Opened};
use crate::options::{Globals, StepFormat};
use crate::outputs::Outputs;
use crate::render::json;

/// Exit with 0 when there is something to release, and with 4 when not
///
/// With `--format github-output` the exit code is 0 either way, and the outputs `next` (`release` where a merged release
/// waits or HEAD brought one, else `prepare`, or `none`) and `commit` (the one that brought the release of HEAD's manifest;
/// several, the oldest first, where several wait; or nothing) answer.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Choose the format
    #[arg(long, default_value = "table")]
    format: StepFormat,
}

/// Says whether the plan of HEAD moves anything.
pub(crate) async fn run(options: &Options, invocation: &Invocation, globals: &Globals) -> Result<Answer> {
    let outputs = options.format.outputs(&invocation.world.environment)?;
    let opened = invocation.open(globals, None).await?;
    if let Some(outputs) = outputs {
        return next(&opened, invocation, globals, &outputs).await;
    }
    let planned = planned(&opened, invocation, globals).await?;
    let count = planned.plan.included().count();
    let text = match options.format {
        StepFormat::Json => json::pretty(&serde_json::json!({"schema": 1, "release": count > 0, "packages": count})),
        _ if count == 0 => "nothing to release\n".to_owned(),
        _ => format!("{} to release\n", words::count(count, "package")),
    };
    Ok(Answer::new(text).with_exit(if count == 0 { Exit::Nothing } else { Exit::Done }))
}

async fn planned(opened: &Opened, invocation: &Invocation, globals: &Globals) -> Result<Planned> {
    let planned = plan::head(opened).await?;
    // A clone without tags knows of no release, and a machine that was told to release everything would.
    if !globals.offline {
        prepare::require_tags(&opened.session, &planned).await?;
    }
    warnings::say(&planned, invocation.screen.as_ref());
    Ok(planned)
}

/// Says which command comes next, to the jobs that run it. A plan is asked only where no release waits: what keeps HEAD from
/// being planned keeps no merged release from being carried on.
async fn next(opened: &Opened, invocation: &Invocation, globals: &Globals, outputs: &Outputs) -> Result<Answer> {
    let (commits, is_due) = merged(opened, globals).await?;
    let (next, text) = if is_due {
        ("release", "a merged release is carried on\n".to_owned())
    } else {
        match planned(opened, invocation, globals).await?.plan.included().count() {
            0 => ("none", "nothing to release\n".to_owned()),
            count => ("prepare", format!("{} to release\n", words::count(count, "package"))),
        }
    };
    let commit = commits.iter().map(CommitId::as_str).collect::<Vec<_>>().join(" ");
    outputs.add(&[("next", next.to_owned()), ("commit", commit)])?;
    Ok(Answer::new(text))
}

/// The commits that brought the releases of HEAD's manifests, the oldest first, and whether they are to be carried on: they lack
/// tags, or HEAD itself brought one, as when a workflow is run again.
async fn merged(opened: &Opened, globals: &Globals) -> Result<(Vec<CommitId>, bool)> {
    let session = &opened.session;
    let refs = if globals.offline {
        pending::known(session).await?
    } else {
        session.vcs.remote_refs(&session.policies.current().remote).await?
    };
    let head = session.vcs.head().await?.commit;
    let found = locate::locate(session, &head, &refs).await?;
    let commits = |which: &dyn Fn(&&Located) -> bool| -> Vec<CommitId> {
        let mut commits: Vec<CommitId> =
            found.iter().filter(which).filter_map(Located::release).map(|release| release.commit.id.clone()).collect();
        commits.dedup();
        commits
    };
    let pending = commits(&|located| located.is_pending());
    if !pending.is_empty() {
        return Ok((pending, true));
    }
    let newest = commits(&|_| true).pop();
    let is_head = newest.as_ref() == Some(&head);
    Ok((newest.into_iter().collect(), is_head))
}

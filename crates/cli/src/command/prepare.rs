//! `prepare`: the plan of HEAD as a pushed release branch.

use releasekit_engine::plan::ReleasePlan;
use releasekit_engine::prepare::{self, PlanOptions, Prepared, Proposed};
use serde::Serialize;

use crate::answer::Answer;
use crate::error::Result;
use crate::invocation::Invocation;
use crate::next::CommandLine;
use crate::options::{Asking, ForgeUse, Format, Globals, State};
use crate::render::json;
use crate::render::plan::Shown;
use crate::render::style::{Meaning, count};

/// Write versions, changelogs and lockfiles to a release branch, and push it
///
/// The branch is made anew from HEAD each time; commits that others added to it stay on top. Neither the work tree nor
/// the index is touched.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Choose the format
    #[arg(long, default_value = "table")]
    format: Format,
    /// Plan anew over a merged release that has not been tagged yet, and replace it
    #[arg(long)]
    supersede: bool,
    /// Exit with 4 when there is nothing to release
    #[arg(long)]
    exit_code: bool,
    #[command(flatten)]
    asking: Asking,
    #[command(flatten)]
    forge: ForgeUse,
    #[command(flatten)]
    state: State,
}

/// Prepares the release of HEAD.
pub(crate) async fn run(options: &Options, invocation: &Invocation, globals: &Globals) -> Result<Answer> {
    let mut opened = invocation.open(globals, Some(&options.state)).await?;
    opened.session.no_forge = options.forge.no_forge;
    opened.check_head().await?;
    // Held until the end: one run at a time in a clone.
    let cancel = invocation.stopping.cancel();
    let _state = invocation.state(&opened.session, "prepare", globals, &cancel).await?;
    let asked = PlanOptions { supersede: options.supersede, graduate: options.asking.graduate.clone() };
    let Prepared { planned, proposed } = cancel.or(prepare::prepare(&opened.session, asked)).await??;
    let next = proposed.as_ref().map(|proposed| options.next(proposed, globals));
    let text = match options.format {
        Format::Table => {
            let plan = Shown::of(&planned, invocation.world.width).summary();
            text(plan, proposed.as_ref(), next.as_deref(), globals.dry_run)
        }
        Format::Json => document(&planned.plan, proposed.as_ref(), next, globals.dry_run),
    };
    Ok(Answer::new(text).nothing_if(options.exit_code, planned.plan.is_empty()))
}

impl Options {
    fn next(&self, proposed: &Proposed, globals: &Globals) -> String {
        let command = |name| CommandLine::new(name, globals).forge(self.forge).state(&self.state);
        if globals.dry_run && proposed.pushed {
            let graduate = &self.asking.graduate;
            let command = command("prepare").flag("--supersede", self.supersede).flag("--graduate", graduate.is_some());
            let command = graduate.iter().flatten().fold(command, |command, name| command.flag(name, true));
            return command.as_str().to_owned();
        }
        format!("merge `{}`, then run `{}`", proposed.branch, command("release").as_str())
    }
}

fn text(plan: String, proposed: Option<&Proposed>, next: Option<&str>, dry_run: bool) -> String {
    let Some(proposed) = proposed else { return plan };
    let branch = Meaning::Strong.paint(proposed.branch.as_str());
    let state = match (dry_run, proposed.pushed) {
        (true, true) => "would be pushed",
        (false, true) => "pushed",
        (_, false) => "unchanged",
    };
    let mut text = format!("{plan}\n{branch} at {}: {state}\n", proposed.commit.short());
    if !proposed.replayed.is_empty() {
        text.push_str(&format!("{} of others kept on top\n", count(proposed.replayed.len(), "commit")));
    }
    text + &next.map(crate::next::line).unwrap_or_default()
}

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    dry_run: bool,
    branch: Option<&'a str>,
    commit: Option<&'a str>,
    pushed: bool,
    plan: &'a ReleasePlan,
    next: Option<String>,
}

fn document(plan: &ReleasePlan, proposed: Option<&Proposed>, next: Option<String>, dry_run: bool) -> String {
    json::pretty(&Document {
        schema: 1,
        dry_run,
        branch: proposed.map(|proposed| proposed.branch.as_str()),
        commit: proposed.map(|proposed| proposed.commit.as_str()),
        pushed: proposed.is_some_and(|proposed| proposed.pushed),
        plan,
        next,
    })
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use releasekit_core::model::{BranchName, CommitId};

    use super::*;
    use crate::args::{Cli, Command};

    /// What became of the branch, and which step comes next.
    #[test]
    fn every_outcome_leads_to_what_works() {
        let merge = "merge `next`, then run `releasekit release`";
        let elsewhere = "merge `next`, then run `releasekit -C sub release --state-dir s`";
        let cases = [
            ("releasekit prepare", true, merge),
            ("releasekit prepare", false, merge),
            ("releasekit -C sub prepare --supersede --state-dir s", true, elsewhere),
            ("releasekit prepare --dry-run", true, "releasekit prepare"),
            ("releasekit prepare --dry-run --supersede", true, "releasekit prepare --supersede"),
            // What a dry run would leave as it is, is there.
            ("releasekit prepare --dry-run", false, merge),
        ];
        for (line, pushed, expected) in cases {
            let cli = Cli::try_parse_from(line.split(' ')).expect("a legal line");
            let Some(Command::Prepare(options)) = cli.command else { unreachable!("{line}") };
            let (branch, commit) = (BranchName::new("next"), CommitId::new("c0ffee"));
            let proposed = Proposed { branch, commit, pushed, replayed: Vec::new() };
            assert_eq!(options.next(&proposed, &cli.globals), expected, "{line}");
        }
    }
}

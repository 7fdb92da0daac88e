//! `init`: what a repository begins to use releasekit with, shown before it is written.

use std::collections::BTreeSet;

use releasekit_core::Tree;
use releasekit_core::edit::FileEdit;
use releasekit_core::model::RepoPath;
use releasekit_core::policy::{Participation, Policy};
use releasekit_engine::discover::Discovery;
use serde::Serialize;

use crate::answer::Answer;
use crate::command::overview;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::invocation::{Invocation, Opened};
use crate::options::{Consent, Format, Globals};
use crate::policies::FILE;
use crate::render::style::{Meaning, clean};
use crate::render::{diff, json};
use crate::workflow::update::{Found, Obstacle};
use crate::workflow::{Ci, Subject, made_for};

/// Write what a repository begins with, after showing it: the configuration that it needs, or a workflow for a CI system
///
/// Without `--ci` it writes `releasekit.toml` with the lines that `releasekit` proposes, where there is no such file. With it, it
/// writes a workflow that prepares, releases and publishes. The workflow is yours to change. Another run brings in what is new by lines and keeps what you changed; where both
/// changed the same lines, it writes both, between marks, and exits with 1. What was made is kept below
/// `.releasekit/generated`, to tell what is yours.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Write a workflow for this CI system
    #[arg(long, value_name = "SYSTEM")]
    ci: Option<Ci>,
    /// Write nothing, and exit with 5 where the workflow was made for other tools or branches, or by an older releasekit
    #[arg(long, requires = "ci")]
    check: bool,
    /// Choose the format
    #[arg(long, default_value = "table")]
    format: Format,
    #[command(flatten)]
    consent: Consent,
}

/// Shows, asks and writes, or checks.
pub(crate) async fn run(options: &Options, invocation: &Invocation, globals: &Globals) -> Result<Answer> {
    let opened = invocation.open(globals, None).await?;
    let tree = opened.session.vcs.work_tree().await?;
    let writing = Writing { options, invocation, globals, opened: &opened, tree: tree.as_ref() };
    match options.ci {
        Some(ci) => writing.workflow(ci).await,
        None => writing.configuration().await,
    }
}

/// What is written from, and where to.
#[derive(Clone, Copy)]
struct Writing<'a> {
    options: &'a Options,
    invocation: &'a Invocation,
    globals: &'a Globals,
    opened: &'a Opened,
    tree: &'a dyn Tree,
}

impl Writing<'_> {
    async fn workflow(self, ci: Ci) -> Result<Answer> {
        let Self { options, globals, .. } = self;
        let found = found(self.tree, ci)?;
        let subject = subject(self.opened, &found, globals).await?;
        let obstacle = |obstacle| Error::Workflow { path: ci.path(), obstacle };
        if options.check {
            let is_current = found.is_current(ci, &subject).map_err(obstacle)?;
            return if is_current {
                Ok(current(options, &ci.path(), globals))
            } else {
                Err(Error::WorkflowStale { path: ci.path() })
            };
        }
        let update = found.update(ci.make(&subject)).map_err(obstacle)?;
        let edits = found.edits(ci, &update);
        if edits.is_empty() {
            return Ok(current(options, &ci.path(), globals));
        }
        let conflicts = &update.merged.conflicts;
        let shown = self.write(&edits, differences(self.tree, &edits, Some(ci))?).await?;
        let mut answer = answer(options, globals, conflicts, &edits, shown);
        if !conflicts.is_empty() {
            answer = answer.with_exit(Exit::Failed);
            answer.errors.push(Box::new(obstacle(Obstacle::Undecided(conflicts.clone()))));
        }
        Ok(answer)
    }

    /// The lines that the overview proposes, in a file where there is none.
    async fn configuration(self) -> Result<Answer> {
        let Self { options, globals, .. } = self;
        let path = RepoPath::new(FILE).expect("a path of ours is one");
        if self.tree.read(&path)?.is_some() {
            return Ok(current(options, &path, globals));
        }
        let lines = overview::proposed(self.opened).await?;
        let edits = [FileEdit::write(
            path,
            format!("{HEAD}{}", lines.iter().map(|line| format!("{line}\n")).collect::<String>()),
        )];
        let shown = self.write(&edits, differences(self.tree, &edits, None)?).await?;
        Ok(answer(options, globals, &[], &edits, shown))
    }

    /// Writes what was shown and, where somebody can be asked, agreed to. Gives what is still to be shown.
    async fn write(self, edits: &[FileEdit], shown: String) -> Result<String> {
        let asks = self.invocation.asks(self.options.consent, self.globals);
        if asks {
            self.invocation.confirm(&format!("{shown}write this?"))?;
        }
        self.opened.session.vcs.write_work_tree(edits).await?;
        // Whoever was asked has seen it.
        Ok(if asks { String::new() } else { shown })
    }
}

/// The beginning of a configuration.
const HEAD: &str = "\
# What releasekit finds in this repository needs no configuration, and every key has a default. `releasekit` says what it found,
# and `releasekit config show --origin` where each value comes from.
";

fn found(tree: &dyn Tree, ci: Ci) -> Result<Found> {
    let text = |path: &RepoPath| match tree.read(path)?.map(String::from_utf8).transpose() {
        Ok(text) => Ok(text),
        Err(_) => Err(Error::Workflow { path: path.clone(), obstacle: Obstacle::Foreign }),
    };
    Ok(Found { present: text(&ci.path())?, generated: text(&ci.generated())? })
}

async fn subject(opened: &Opened, found: &Found, globals: &Globals) -> Result<Subject> {
    let version = env!("CARGO_PKG_VERSION").to_owned();
    let tools = tools(&opened.discover().await?);
    Ok(Subject { version, branches: branches(opened, found, globals).await?, tools })
}

/// The tools of all workspaces of which something is released.
fn tools(discovery: &Discovery) -> BTreeSet<&'static str> {
    let members = discovery.members.iter().filter(|member| member.release != Participation::None);
    members.map(|member| discovery.workspaces[member.workspace].ecosystem.id).collect()
}

/// The branches that releases are made from: as configured, else as they were when the workflow was made, else the remote's
/// default one, else the one that is checked out.
async fn branches(opened: &Opened, found: &Found, globals: &Globals) -> Result<Vec<String>> {
    let policy = &opened.policies.configuration().policy;
    if let Some(branches) = configured(policy) {
        return Ok(branches);
    }
    if let Some((_, branches)) = found.generated.as_deref().and_then(made_for) {
        return Ok(branches);
    }
    let vcs = &opened.session.vcs;
    if !globals.offline && vcs.remote_url(&policy.remote).await?.is_some() {
        let remote = vcs.remote_refs(&policy.remote).await?;
        if let Some(branch) = remote.default_branch {
            return Ok(vec![branch.to_string()]);
        }
    }
    let branch = vcs.head().await?.branch.ok_or(Error::BranchUnknown)?;
    Ok(vec![branch.to_string()])
}

fn configured(policy: &Policy) -> Option<Vec<String>> {
    let default = policy.default_branch.iter().cloned().collect();
    Some(policy.release_branches.clone())
        .filter(|globs| !globs.is_empty())
        .or(Some(default))
        .filter(|it| !it.is_empty())
}

/// What changes for people. The copy that tells what is theirs is named, for it says the same.
fn differences(tree: &dyn Tree, edits: &[FileEdit], ci: Option<Ci>) -> Result<String> {
    let mut text = String::new();
    for edit in edits {
        if ci.is_some_and(|ci| edit.path == ci.generated()) {
            text.push_str(&format!("{} keeps it as it was made\n", Meaning::Faint.paint(edit.path.as_str())));
        } else {
            text.push_str(&diff::of_edit(tree, edit)?);
        }
    }
    Ok(text)
}

fn current(options: &Options, path: &RepoPath, globals: &Globals) -> Answer {
    let is = if options.ci.is_some() { "is what it should be" } else { "is there, and yours" };
    Answer::new(match options.format {
        Format::Table => format!("{} {is}\n", clean(path.as_str())),
        Format::Json => document(globals.dry_run, &[], &[]),
    })
}

fn answer(options: &Options, globals: &Globals, conflicts: &[usize], edits: &[FileEdit], shown: String) -> Answer {
    Answer::new(match options.format {
        Format::Table => {
            let verb = if globals.dry_run { "would be written" } else { "written; commit it" };
            let lines = edits.iter().map(|edit| format!("{} {verb}\n", Meaning::Strong.paint(edit.path.as_str())));
            shown + &lines.collect::<String>()
        }
        Format::Json => document(globals.dry_run, edits, conflicts),
    })
}

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    dry_run: bool,
    written: Vec<&'a str>,
    /// Lines of the workflow at which both sides stand.
    conflicts: &'a [usize],
}

fn document(dry_run: bool, edits: &[FileEdit], conflicts: &[usize]) -> String {
    let written = edits.iter().map(|edit| edit.path.as_str()).collect();
    json::pretty(&Document { schema: 1, dry_run, written, conflicts })
}

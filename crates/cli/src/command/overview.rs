//! `releasekit` alone: what there is, what would be released next and why, what stands in the way, and what to do next.
//! Asks no remote, so that it answers at once.

use std::collections::BTreeMap;

use releasekit_core::model::CommitId;
use releasekit_core::vcs::Head;
use releasekit_core::{Diagnostic, ErrorKind};
use releasekit_engine::Error as EngineError;
use releasekit_engine::discover::Discovery;
use releasekit_engine::pending::{self, Pending};
use releasekit_engine::plan::{self, Planned, ReleasePlan, Row};
use serde::Serialize;

use crate::answer::Answer;
use crate::command::discover::set_aside;
use crate::command::warnings;
use crate::error::Result;
use crate::exit::Exit;
use crate::invocation::{Invocation, Opened};
use crate::next::CommandLine;
use crate::options::{Format, Globals};
use crate::render::style::{Meaning, clean, count};
use crate::render::{json, plan as render};

/// Options of the overview.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Choose the format of the overview
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<Format>,
}

/// What the overview says.
#[derive(Debug, Default, Serialize)]
struct Overview {
    schema: u32,
    packages: usize,
    private: usize,
    set_aside: usize,
    workspaces: Vec<Workspace>,
    tag_formats: BTreeMap<String, String>,
    pending: Option<Merged>,
    plan: Option<ReleasePlan>,
    #[serde(skip)]
    summary: Option<String>,
    in_the_way: Vec<String>,
    next: Option<String>,
}

#[derive(Debug, Serialize)]
struct Workspace {
    label: String,
    ecosystem: &'static str,
    path: String,
    packages: usize,
}

/// A merged release without its tags: what it releases stands in its manifest, and nothing is planned before it is tagged.
#[derive(Debug, Serialize)]
struct Merged {
    commit: CommitId,
    packages: Vec<Row>,
}

/// Looks at the repository.
pub(crate) async fn run(options: &Options, invocation: &Invocation, globals: &Globals) -> Result<Answer> {
    let opened = invocation.open(globals, None).await?;
    let mut overview = Overview { schema: 1, ..Overview::default() };
    let failed = look(&opened, &mut overview, globals).await?;
    let text = match options.format.unwrap_or(Format::Table) {
        Format::Table => text(&overview, failed.is_some()),
        Format::Json => json::pretty(&overview),
    };
    let mut answer = Answer::new(text);
    if let Some(error) = failed {
        answer = answer.with_exit(Exit::of(error.as_ref()));
        answer.errors.push(error);
    }
    Ok(answer)
}

/// Fills the overview in. What keeps packages from being planned is given back, beside what was found without a plan.
async fn look(opened: &Opened, overview: &mut Overview, globals: &Globals) -> Result<Option<Box<dyn Diagnostic>>> {
    let head = match opened.session.vcs.head().await {
        Ok(head) => head,
        Err(error) if error.kind() == ErrorKind::Precondition => {
            packages(&opened.discover().await?, overview);
            return Ok(Some(Box::new(error)));
        }
        Err(error) => return Err(error.into()),
    };
    let snapshot = opened.commit(&head.commit).await?;
    packages(&snapshot.discovery, overview);
    opened.session.warn_of_remarks(&snapshot.discovery);
    match plan::plan(&opened.session, snapshot, &head).await {
        Ok(planned) => {
            let pending = match pending::pending(&opened.session, &head.commit).await {
                Ok(pending) => pending,
                Err(error) => return Ok(Some(Box::new(error))),
            };
            let next = planned_overview(opened, &head, &planned, pending.as_ref(), overview).await?;
            overview.next = next.map(|next| next.command(globals));
            overview.summary = Some(render::summary(&planned)).filter(|_| pending.is_none());
            overview.plan = Some(planned.plan).filter(|_| pending.is_none());
            overview.pending = pending.map(|Pending { release, .. }| Merged {
                commit: release.commit.id,
                packages: release.manifest.packages,
            });
            Ok(None)
        }
        Err(error) => Ok(Some(Box::new(error))),
    }
}

fn packages(discovery: &Discovery, overview: &mut Overview) {
    let listed = || discovery.members.iter().filter(|member| member.package.aside.is_none());
    overview.packages = listed().count();
    overview.private = listed().filter(|member| member.package.private.is_some()).count();
    overview.set_aside = discovery.aside();
    let workspace = |(index, root): (usize, &releasekit_engine::discover::WorkspaceRoot)| Workspace {
        label: root.label.to_string(),
        ecosystem: root.ecosystem.ecosystem,
        path: root.root.to_string(),
        packages: listed().filter(|member| member.workspace == index).count(),
    };
    overview.workspaces = discovery.workspaces.iter().enumerate().map(workspace).collect();
}

async fn planned_overview(
    opened: &Opened,
    head: &Head,
    planned: &Planned,
    pending: Option<&Pending>,
    overview: &mut Overview,
) -> Result<Option<Next>> {
    for (index, member) in planned.snapshot.discovery.members.iter().enumerate() {
        let format = planned.tag_format(index).to_owned();
        overview.tag_formats.entry(member.id.label.to_string()).or_insert(format);
    }
    let remote = &planned.snapshot.policy.remote;
    let has_remote = opened.session.vcs.remote_url(remote).await?.is_some();
    let refusals = pending.iter().flat_map(|pending| &pending.refusals);
    overview.in_the_way = refusals.map(refusal).collect();
    if !has_remote {
        overview.in_the_way.push(format!("there is no remote `{remote}` to push the release to"));
    }
    overview.in_the_way.extend(obstacles(opened, head, planned).await?);
    let warnings = warnings::of(planned);
    let next = match pending {
        _ if !has_remote => None,
        Some(pending) => Next::of(pending),
        // Who releases anew what is live under other tags learns it from the registry, when the tags are pushed.
        None => {
            (!planned.plan.is_empty() && !warnings::doubts_first_releases(planned, &warnings)).then_some(Next::Prepare)
        }
    };
    overview.in_the_way.extend(warnings.into_iter().map(|it| format!("{}: {} ({})", it.message, it.help, it.code)));
    Ok(next)
}

/// The command that comes next.
#[derive(Debug, Clone, Copy)]
enum Next {
    Prepare,
    Supersede,
    Release,
}

impl Next {
    /// What carries a merged release on; `None` where something has to be mended first.
    fn of(pending: &Pending) -> Option<Self> {
        if pending.is_mended_by_superseding() {
            return Some(Self::Supersede);
        }
        pending.refusals.is_empty().then_some(Self::Release)
    }

    fn command(self, globals: &Globals) -> String {
        let line = match self {
            Self::Prepare => CommandLine::new("prepare", globals),
            Self::Supersede => CommandLine::new("prepare", globals).flag("--supersede", true),
            Self::Release => CommandLine::new("release", globals),
        };
        line.as_str().to_owned()
    }
}

fn refusal(error: &EngineError) -> String {
    let help = error.help().map(|help| format!("; {help}")).unwrap_or_default();
    format!("{error}{help} ({})", error.code())
}

async fn obstacles(opened: &Opened, head: &Head, planned: &Planned) -> Result<Vec<String>> {
    let mut found = Vec::new();
    if planned.snapshot.discovery.members.is_empty() {
        found.push("no package was found".to_owned());
    }
    if head.branch.is_none() {
        found.push("no branch is checked out".to_owned());
    }
    let dirty = opened.session.vcs.status().await?.len();
    if dirty > 0 {
        let verb = if dirty == 1 { "is" } else { "are" };
        found.push(format!("{}, which {verb} not part of a release", count(dirty, "uncommitted file")));
    }
    Ok(found)
}

fn text(overview: &Overview, failed: bool) -> String {
    let mut text = count(overview.packages, "package");
    if overview.private > 0 {
        text.push_str(&format!(", {} of them private", overview.private));
    }
    text.push('\n');
    for Workspace { label, ecosystem, path, packages } in &overview.workspaces {
        let format = overview.tag_formats.get(label);
        let tags = format.map_or_else(String::new, |format| format!(", tags `{}`", clean(format)));
        let label = Meaning::Strong.paint(label);
        text.push_str(&format!("  {label}: {packages} in `{}` ({ecosystem}){tags}\n", clean(path)));
    }
    if overview.set_aside > 0 {
        text.push_str(&format!("  {}\n", set_aside(overview.set_aside)));
    }
    if let Some(Merged { commit, packages }) = &overview.pending {
        let commit = Meaning::Strong.paint(commit.short());
        text.push_str(&format!("\nmerged at {commit}, and not tagged yet:\n{}", render::moves(packages)));
    }
    if let Some(summary) = &overview.summary {
        text.push_str(&format!("\n{summary}"));
    }
    for obstacle in &overview.in_the_way {
        text.push_str(&format!("\n{} {}", Meaning::Warning.paint("in the way:"), clean(obstacle)));
    }
    if !overview.in_the_way.is_empty() {
        text.push('\n');
    }
    let next = overview.next.as_deref().map_or_else(String::new, |next| format!("\n{}", crate::next::line(next)));
    if failed { text } else { text + &next }
}

//! `releasekit` alone: what there is, what would be released next and why, what stands in the way, and what to do next.
//! Asks no remote, so that it answers at once.

use std::collections::BTreeMap;

use releasekit_core::vcs::Head;
use releasekit_core::{Diagnostic, ErrorKind};
use releasekit_engine::discover::Discovery;
use releasekit_engine::manifest::Manifest;
use releasekit_engine::plan::{self, Planned, ReleasePlan};
use serde::Serialize;

use crate::answer::Answer;
use crate::command::discover::set_aside;
use crate::command::warnings;
use crate::error::Result;
use crate::exit::Exit;
use crate::invocation::{Invocation, Opened};
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
    plan: Option<ReleasePlan>,
    in_the_way: Vec<String>,
    next: Option<&'static str>,
}

#[derive(Debug, Serialize)]
struct Workspace {
    label: String,
    ecosystem: &'static str,
    path: String,
    packages: usize,
}

/// Looks at the repository.
pub(crate) async fn run(options: &Options, invocation: &Invocation, globals: &Globals) -> Result<Answer> {
    let opened = invocation.open(globals, None).await?;
    let mut overview = Overview { schema: 1, ..Overview::default() };
    let failed = look(&opened, &mut overview).await?;
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
async fn look(opened: &Opened, overview: &mut Overview) -> Result<Option<Box<dyn Diagnostic>>> {
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
            planned_overview(opened, &head, &planned, overview).await?;
            overview.plan = Some(planned.plan);
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

async fn planned_overview(opened: &Opened, head: &Head, planned: &Planned, overview: &mut Overview) -> Result<()> {
    for (index, member) in planned.snapshot.discovery.members.iter().enumerate() {
        let format = planned.tag_format(index).to_owned();
        overview.tag_formats.entry(member.id.label.to_string()).or_insert(format);
    }
    let pending = pending(planned)?;
    overview.in_the_way = obstacles(opened, head, planned, pending).await?;
    let warnings = warnings::of(planned);
    // Who releases anew what is live under other tags learns it from the registry, when the tags are pushed.
    let is_doubtful = warnings::doubts_first_releases(planned, &warnings);
    overview.next = match (pending, planned.plan.is_empty() || is_doubtful) {
        (true, _) => Some("releasekit release"),
        (false, false) => Some("releasekit prepare"),
        (false, true) => None,
    };
    overview.in_the_way.extend(warnings.into_iter().map(|it| format!("{}: {} ({})", it.message, it.help, it.code)));
    Ok(())
}

/// Whether HEAD holds a manifest whose tags this clone lacks.
fn pending(planned: &Planned) -> Result<bool> {
    let manifest = Manifest::of(planned.snapshot.tree.as_ref())?;
    let wanted = manifest.iter().flat_map(|manifest| &manifest.packages).filter_map(|row| row.tag.as_ref());
    Ok(wanted.into_iter().any(|tag| !planned.changes.tags.contains(tag)))
}

async fn obstacles(opened: &Opened, head: &Head, planned: &Planned, pending: bool) -> Result<Vec<String>> {
    let mut found = Vec::new();
    if planned.snapshot.discovery.members.is_empty() {
        found.push("no package was found".to_owned());
    }
    if pending {
        found.push("a merged release has not been tagged yet".to_owned());
    }
    let remote = &planned.snapshot.policy.remote;
    if opened.session.vcs.remote_url(remote).await?.is_none() {
        found.push(format!("there is no remote `{remote}` to push the release to"));
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
    if let Some(plan) = &overview.plan {
        text.push_str(&format!("\n{}", render::summary(plan)));
    }
    for obstacle in &overview.in_the_way {
        text.push_str(&format!("\n{} {}", Meaning::Warning.paint("in the way:"), clean(obstacle)));
    }
    if !overview.in_the_way.is_empty() {
        text.push('\n');
    }
    let next = overview.next.map_or_else(String::new, |next| format!("\n{} {next}\n", Meaning::Good.paint("next:")));
    if failed { text } else { text + &next }
}

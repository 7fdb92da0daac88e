//! `releasekit` alone: what there is, what would be released next and why, what stands in the way, and what to do next.
//! Asks no remote, so that it answers at once.

use std::collections::BTreeMap;

use releasekit_core::model::{CommitId, Published, Worded};
use releasekit_core::policy::Participation;
use releasekit_core::requirements::Pin;
use releasekit_core::vcs::Head;
use releasekit_core::words::{count, verb};
use releasekit_core::{Diagnostic, ErrorKind};
use releasekit_engine::discover::Discovery;
use releasekit_engine::history;
use releasekit_engine::pending::{self, Pending};
use releasekit_engine::plan::{self, Planned, ReleasePlan, Row};
use releasekit_engine::{Error as EngineError, Snapshot};
use serde::Serialize;

use crate::answer::Answer;
use crate::codes;
use crate::command::other_tools::{self, OtherTool};
use crate::command::warnings::{self, Warning};
use crate::error::Result;
use crate::exit::Exit;
use crate::invocation::{Invocation, Opened};
use crate::next::CommandLine;
use crate::options::{Format, Globals};
use crate::render::plan::Shown;
use crate::render::remark::Remark;
use crate::render::style::clean;
use crate::render::{json, overview as render};

/// Options of the overview.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Choose the format of the overview
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<Format>,
}

/// What the overview says.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Overview {
    schema: u32,
    pub(crate) packages: usize,
    pub(crate) private: usize,
    pub(crate) set_aside: usize,
    pub(crate) workspaces: Vec<Workspace>,
    pub(crate) tag_formats: BTreeMap<String, String>,
    /// How siblings are required, by the label of those who need some.
    pub(crate) pins: BTreeMap<String, &'static str>,
    pub(crate) also_here: Vec<OtherTool>,
    pub(crate) pending: Option<Merged>,
    plan: Option<ReleasePlan>,
    /// What should be settled before the plan is carried out.
    pub(crate) in_the_way: Vec<Remark>,
    /// What else there is to know.
    pub(crate) warnings: Vec<Remark>,
    /// Whether the plan should not be carried out yet: there is nowhere to push, or it may be about what was released.
    #[serde(skip)]
    pub(crate) is_stopped: bool,
    pub(crate) next: Option<String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Workspace {
    pub(crate) label: String,
    pub(crate) ecosystem: &'static str,
    pub(crate) path: String,
    pub(crate) packages: usize,
}

/// A merged release without its tags: what it releases stands in its manifest, and nothing is planned before it is tagged.
#[derive(Debug, Serialize)]
pub(crate) struct Merged {
    pub(crate) commit: CommitId,
    pub(crate) packages: Vec<Row>,
}

/// Looks at the repository.
pub(crate) async fn run(options: &Options, invocation: &Invocation, globals: &Globals) -> Result<Answer> {
    let opened = invocation.open(globals, None).await?;
    let mut overview = Overview { schema: 1, ..Overview::default() };
    let (planned, failed) = match look(&opened, &mut overview, globals).await? {
        Ok(planned) => (Some(planned), None),
        Err(error) => (None, Some(error)),
    };
    let text = match options.format.unwrap_or(Format::Table) {
        Format::Table => {
            let width = invocation.world.width;
            let rows = match (&overview.pending, &planned) {
                (Some(merged), Some(planned)) => Some(Shown::new(&merged.packages, width).after(planned)),
                (_, planned) => planned.as_ref().map(|planned| Shown::of(planned, width).at_a_glance()),
            };
            render::head(&overview, width) + &render::body(&overview, rows.as_ref(), width)
        }
        Format::Json => {
            overview.plan = planned.map(|planned| planned.plan).filter(|_| overview.pending.is_none());
            json::pretty(&overview)
        }
    };
    let mut answer = Answer::new(text);
    if let Some(error) = failed {
        answer = answer.with_exit(Exit::of(error.as_ref()));
        answer.errors.push(error);
    }
    Ok(answer)
}

/// The plan, or what keeps packages from being planned.
type Looked = std::result::Result<Planned, Box<dyn Diagnostic>>;

/// Fills the overview in, as far as it can be found out.
async fn look(opened: &Opened, overview: &mut Overview, globals: &Globals) -> Result<Looked> {
    let head = match opened.session.vcs.head().await {
        Ok(head) => head,
        Err(error) if error.kind() == ErrorKind::Precondition => {
            packages(&opened.discover().await?, overview);
            return Ok(Err(Box::new(error)));
        }
        Err(error) => return Err(error.into()),
    };
    let snapshot = opened.commit(&head.commit).await?;
    packages(&snapshot.discovery, overview);
    overview.also_here = also_here(&snapshot)?;
    let remarks = opened.session.remarks(&snapshot.discovery).map(remark);
    overview.warnings = remarks.collect();
    match plan::plan(&opened.session, snapshot, &head).await {
        Ok(planned) => {
            let pending = match pending::pending(&opened.session, &head.commit).await {
                Ok(pending) => pending,
                Err(error) => return Ok(Err(Box::new(error))),
            };
            let next = planned_overview(opened, &head, &planned, pending.as_ref(), overview).await?;
            overview.next = next.map(|next| next.command(globals));
            overview.pending = pending.map(|Pending { release, .. }| Merged {
                commit: release.commit.id,
                packages: release.manifest.packages,
            });
            Ok(Ok(planned))
        }
        Err(error) => Ok(Err(Box::new(error))),
    }
}

fn packages(discovery: &Discovery, overview: &mut Overview) {
    let listed = || discovery.members.iter().filter(|member| member.package.aside.is_none());
    overview.packages = listed().count();
    overview.private = listed().filter(|member| member.package.private.is_some()).count();
    overview.set_aside = discovery.aside();
    let workspace = |(index, root): (usize, &releasekit_engine::discover::WorkspaceRoot)| {
        let paths = || listed().filter(move |member| member.workspace == index).map(|member| &member.package.path);
        Workspace {
            label: root.label.to_string(),
            ecosystem: root.ecosystem.ecosystem,
            // Projects beside a workspace belong to its label too.
            path: paths().fold(root.root.clone(), |folder, path| folder.around(path)).to_string(),
            packages: paths().count(),
        }
    };
    overview.workspaces = discovery.workspaces.iter().enumerate().map(workspace).collect();
    overview.pins = pins(discovery);
}

/// How siblings are required by what is published, where anything published needs one.
fn pins(discovery: &Discovery) -> BTreeMap<String, &'static str> {
    let needy = discovery.members.iter().filter(|member| {
        let mut needs = member.package.dependencies.iter();
        member.release == Participation::Publish
            && needs.any(|it| it.published != Published::No && it.worded == Worded::ByPin)
    });
    let pin = |pin| match pin {
        Pin::Exact => "exact",
        Pin::Compatible => "compatible",
        Pin::Minimum => "minimum",
        Pin::Keep => "keep",
    };
    needy.map(|member| (member.id.label.to_string(), pin(discovery.workspace(member).pin()))).collect()
}

fn also_here(snapshot: &Snapshot) -> Result<Vec<OtherTool>> {
    if snapshot.policy.settles(codes::TOOL_OTHER) {
        return Ok(Vec::new());
    }
    other_tools::of(snapshot.tree.as_ref(), &snapshot.discovery)
}

fn remark(found: &releasekit_core::workspace::Remark) -> Remark {
    let help = found.code.help().map(str::to_owned);
    Remark { code: Some(found.code.as_str()), help, ..Remark::new(&found.message) }
}

async fn planned_overview(
    opened: &Opened,
    head: &Head,
    planned: &Planned,
    pending: Option<&Pending>,
    overview: &mut Overview,
) -> Result<Option<Next>> {
    overview.tag_formats = planned.tag_formats();
    let remote = &planned.snapshot.policy.remote;
    let has_remote = opened.session.vcs.remote_url(remote).await?.is_some();
    let refusals = pending.iter().flat_map(|pending| &pending.refusals);
    overview.in_the_way = refusals.map(refusal).collect();
    if !has_remote {
        let help = "add it, as with `git remote add`, or name another one with `remote`".to_owned();
        let message = format!("there is no remote `{remote}` to push the release to");
        overview.in_the_way.push(Remark { help: Some(help), ..Remark::new(message) });
    }
    overview.in_the_way.extend(obstacles(opened, head, planned).await?);
    let (warnings, is_doubtful) = warnings(opened, head, planned, pending.is_some()).await?;
    let list = if is_doubtful { &mut overview.in_the_way } else { &mut overview.warnings };
    list.extend(warnings.into_iter().map(said));
    overview.is_stopped = is_doubtful || !has_remote && (pending.is_some() || !planned.plan.is_empty());
    Ok(match pending {
        _ if overview.is_stopped => None,
        Some(pending) => Next::of(pending),
        None => (!planned.plan.is_empty()).then_some(Next::Prepare),
    })
}

/// What there is to warn of, and whether it stands in the way.
async fn warnings(opened: &Opened, head: &Head, planned: &Planned, is_pending: bool) -> Result<(Vec<Warning>, bool)> {
    let mut warnings = warnings::of(planned);
    // Who releases anew what is live under other tags learns it from the registry, when the tags are pushed.
    let is_doubtful = !is_pending && warnings::doubts_first_releases(planned, &warnings);
    if is_doubtful {
        name_beginning(opened, head, &mut warnings).await?;
        name_last_foreign(opened, head, planned, &mut warnings).await?;
    }
    Ok((warnings, is_doubtful))
}

/// The lines of configuration that settle what there is to warn of.
pub(crate) async fn proposed(opened: &Opened) -> Result<Vec<String>> {
    let head = opened.session.vcs.head().await?;
    let snapshot = opened.commit(&head.commit).await?;
    let planned = plan::plan(&opened.session, snapshot, &head).await?;
    let (warnings, _) = warnings(opened, &head, &planned, false).await?;
    let mut lines: Vec<String> = Vec::new();
    for line in warnings.into_iter().flat_map(|warning| warning.lines) {
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    Ok(lines)
}

fn said(warning: Warning) -> Remark {
    let Warning { code, message, help, lines, .. } = warning;
    Remark { code: Some(code.as_str()), help: Some(help), configuration: lines, ..Remark::new(message) }
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

fn refusal(error: &EngineError) -> Remark {
    Remark { code: Some(error.code().as_str()), help: error.help(), ..Remark::new(error.to_string()) }
}

/// Where tags lie on branches of their own, what came after these began is what is not released.
async fn name_beginning(opened: &Opened, head: &Head, warnings: &mut [Warning]) -> Result<()> {
    // The first one speaks of most packages; where its tags count when they are understood, history needs no beginning.
    if let Some((warning, tag)) = warnings.iter_mut().find_map(|it| it.tag.clone().map(|tag| (it, tag)))
        && let Some(commit) = history::fork(&opened.session, &head.commit, &tag).await?
    {
        warning.help = format!(
            "`{tag}` lies on a branch of its own: to count what came since that began, write at the top of `releasekit.toml`:"
        );
        warning.lines = vec![format!("bootstrap_sha = \"{commit}\"")];
    }
    Ok(())
}

/// Where tags are nobody's, the newest of them may still be where the packages were released last.
async fn name_last_foreign(opened: &Opened, head: &Head, planned: &Planned, warnings: &mut [Warning]) -> Result<()> {
    // What seems to be a package's own tag says more.
    let is_known = warnings.iter().any(|warning| warning.tag.is_some());
    let tags: Vec<_> = planned.changes.foreign_tags.values().flatten().collect();
    if let Some(warning) = warnings.iter_mut().find(|it| it.code == codes::TAG_FOREIGN && !is_known)
        && let Some((tag, commit)) = history::newest(&opened.session, &head.commit, &tags).await?
    {
        warning.help = format!(
            "if they are releases of these packages, say how they read with `tag_format` or `formerly`; if all was released \
             last at `{}`, write at the top of `releasekit.toml`:",
            clean(tag.as_str()),
        );
        let others = warning.lines.iter().map(|line| format!("# or, where nothing was released yet: {line}"));
        warning.lines = std::iter::once(format!("bootstrap_sha = \"{commit}\"")).chain(others).collect();
    }
    Ok(())
}

async fn obstacles(opened: &Opened, head: &Head, planned: &Planned) -> Result<Vec<Remark>> {
    let mut found = Vec::new();
    if planned.snapshot.discovery.members.is_empty() {
        found.push(Remark::new("no package was found"));
    }
    if head.branch.is_none() {
        found.push(Remark::new("no branch is checked out"));
    }
    let dirty = opened.session.vcs.status().await?.len();
    if dirty > 0 {
        let verb = verb(dirty, "is", "are");
        found.push(Remark::new(format!("{}, which {verb} not part of a release", count(dirty, "uncommitted file"))));
    }
    Ok(found)
}

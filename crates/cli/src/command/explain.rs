//! `explain`: why a package moves, or what an error code means.

use std::collections::BTreeSet;

use releasekit_core::model::PackageId;
use releasekit_core::{Backends, CodeInfo};
use releasekit_engine::bump::{self, Reason};
use releasekit_engine::history::{Change, Idle};
use releasekit_engine::plan::{Planned, Row};
use serde::Serialize;

use crate::answer::Answer;
use crate::command::plan;
use crate::error::{Error, Result};
use crate::invocation::Invocation;
use crate::options::{Format, Globals};
use crate::render::json;
use crate::render::plan as render;
use crate::render::style::{Meaning, clean};

/// Explain why a package moves, or what an error code means
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Name a package, or a code that begins with `RK-`
    #[arg(value_name = "NAME|CODE")]
    subject: String,
    /// Choose the format
    #[arg(long, default_value = "table")]
    format: Format,
}

impl Options {
    /// Whether the question is about an error code.
    pub(crate) fn is_code(&self) -> bool {
        self.subject.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("RK-"))
    }
}

/// Every code that can be raised, ordered, each once.
pub(crate) fn codes(backends: &Backends) -> Vec<CodeInfo> {
    let mut codes: Vec<CodeInfo> = backends.codes.iter().flat_map(|table| table.iter().copied()).collect();
    codes.sort_by_key(|info| info.code);
    codes.dedup_by_key(|info| info.code);
    codes
}

/// Explains a code.
pub(crate) fn code(options: &Options, backends: &Backends) -> Result<Answer> {
    let wanted = options.subject.to_ascii_uppercase();
    let codes = codes(backends);
    let Some(info) = codes.iter().find(|info| info.code.as_str() == wanted) else {
        let nearest = releasekit_core::nearest(&wanted, codes.iter().map(|info| info.code.as_str()));
        let nearest = codes.iter().map(|info| info.code.as_str()).find(|code| nearest == Some(*code));
        return Err(Error::CodeUnknown { code: options.subject.clone(), nearest });
    };
    Ok(Answer::new(match options.format {
        Format::Table => {
            format!("{}: {}\n\n{}\n", Meaning::Strong.paint(info.code.as_str()), info.summary, info.explanation)
        }
        Format::Json => json::pretty(&serde_json::json!({
            "schema": 1, "code": info.code.as_str(), "summary": info.summary, "explanation": info.explanation,
        })),
    }))
}

/// Explains a package's step to its next version.
pub(crate) async fn package(options: &Options, invocation: &Invocation, globals: &Globals) -> Result<Answer> {
    let planned = plan::head(&invocation.open(globals, None).await?).await?;
    let discovery = &planned.snapshot.discovery;
    let id = &discovery.members[discovery.find(&options.subject)?].id;
    Ok(Answer::new(match options.format {
        Format::Table => story(&planned, id),
        Format::Json => document(&planned, id),
    }))
}

fn row<'a>(planned: &'a Planned, id: &PackageId) -> Option<&'a Row> {
    planned.plan.packages.iter().find(|row| row.id() == *id)
}

fn index(planned: &Planned, id: &PackageId) -> usize {
    planned.snapshot.discovery.index_of(id).expect("a plan has the packages of its discovery")
}

fn story(planned: &Planned, id: &PackageId) -> String {
    let mut text = String::new();
    let mut told = BTreeSet::new();
    tell(planned, id, 0, &mut told, &mut text);
    text.push_str(&idle_commits(planned, index(planned, id)));
    let dependents: Vec<String> = planned
        .plan
        .included()
        .filter(|row| row.reasons.iter().any(|reason| is_about(reason, id)))
        .map(|row| row.id().to_string())
        .collect();
    if !dependents.is_empty() {
        text.push_str(&format!("it moves in turn: {}\n", dependents.join(", ")));
    }
    text
}

fn is_about(reason: &Reason, id: &PackageId) -> bool {
    matches!(reason, Reason::Dependency { package } if package == id)
}

/// The packages that a reason of a package names.
fn causes(planned: &Planned, id: &PackageId, reason: &Reason) -> Vec<PackageId> {
    let member = |index: usize| planned.snapshot.discovery.members[index].id.clone();
    match reason {
        Reason::Dependency { package } => vec![package.clone()],
        Reason::Group { group } => {
            planned.movers(index(planned, id), group.as_deref()).into_iter().map(member).collect()
        }
        _ => Vec::new(),
    }
}

/// A package's step, and below it the steps of the packages that move it.
fn tell(planned: &Planned, id: &PackageId, depth: usize, told: &mut BTreeSet<PackageId>, text: &mut String) {
    let Some(row) = row(planned, id) else { return };
    let indent = "  ".repeat(depth);
    text.push_str(&format!("{indent}{}\n", step(planned, row)));
    if !told.insert(id.clone()) {
        return;
    }
    for reason in &row.reasons {
        let level = match reason {
            Reason::Dependency { .. } => "patch ".to_owned(),
            reason => commit_bump(planned, index(planned, id), reason),
        };
        let causes = causes(planned, id, reason);
        let which = match reason {
            Reason::Dependency { .. } => ", which moves:",
            _ if causes.is_empty() => "",
            _ => ", for these move:",
        };
        let words = match reason {
            Reason::Group { group } if bump::is_by_itself(&row.reasons) => lifted(group.as_deref()),
            Reason::Requirement => {
                let which = render::requirements(&planned.changes.members[index(planned, id)]);
                [Some(render::reason(reason)), which].into_iter().flatten().collect::<Vec<_>>().join(": ")
            }
            reason => render::reason(reason),
        };
        text.push_str(&format!("{indent}  {}{words}{which}\n", Meaning::Faint.paint(&level)));
        text.push_str(&file_text(planned, index(planned, id), reason, &format!("{indent}    ")));
        for cause in &causes {
            tell(planned, cause, depth + 2, told, text);
        }
    }
}

/// What a change file says below the line that the reason shows.
fn file_text(planned: &Planned, index: usize, reason: &Reason, indent: &str) -> String {
    let Reason::ChangeFile { file, .. } = reason else { return String::new() };
    let asked = planned.changes.members[index].by_file(file);
    let lines = asked.iter().flat_map(|asked| asked.file.text.lines().skip(1));
    let shown = |line: &str| if line.is_empty() { "\n".to_owned() } else { format!("{indent}{}\n", clean(line)) };
    lines.map(shown).collect()
}

/// What a group means for a package that moves by itself, but not as far.
fn lifted(group: Option<&str>) -> String {
    let group = group.map_or_else(|| "all packages".to_owned(), |group| format!("group {}", clean(group)));
    format!("takes the version of {group}")
}

/// How far the commit of a reason moves its package by itself; of what a squash lists, that one message.
fn commit_bump(planned: &Planned, index: usize, reason: &Reason) -> String {
    if let Reason::ChangeFile { file, .. } = reason {
        return format!("{} ", planned.changes.members[index].by_file(file).map(|it| it.bump).unwrap_or_default());
    }
    let is_it = |change: &&Change| match reason {
        Reason::Commit { commit, summary } => change.commit == *commit && change.summary() == *summary,
        Reason::Trailer { commit, text } => {
            change.commit == *commit && change.level.as_ref().is_some_and(|level| level.line == *text)
        }
        _ => false,
    };
    let member = &planned.changes.members[index];
    let change = member.commits.iter().chain(&member.addressed).find(is_it);
    change.map_or_else(String::new, |change| format!("{} ", change.bump(&planned.snapshot.policy)))
}

fn step(planned: &Planned, row: &Row) -> String {
    let last = planned.changes.members[index(planned, &row.id())].last.as_ref();
    let since = last.map_or_else(String::new, |last| format!(", last release `{}`", clean(last.tag.as_str())));
    let name = Meaning::Strong.paint(&row.id().to_string());
    let current = row.current.as_ref().map_or("no version", |version| version.as_str());
    match (&row.next, &row.tag) {
        (Some(next), Some(tag)) => {
            let next = Meaning::Good.paint(next.as_str());
            format!("{name} {current} -> {next} ({}), tag `{}`{since}", row.bump, clean(tag.as_str()))
        }
        _ if row.status == releasekit_engine::plan::Status::Excluded => format!("{name} {current} takes no part"),
        _ => format!("{name} {current} stays{since}"),
    }
}

/// The commits that touched the package and move nothing.
fn idle_commits(planned: &Planned, index: usize) -> String {
    let member = &planned.changes.members[index];
    let idle = |change: &&Change| change.bump(&planned.snapshot.policy) == Default::default();
    let line = |change: &Change, why: &str| format!("  {} {}{why}\n", change.commit.short(), clean(change.summary()));
    let skipped =
        |change: &Change| change.level.as_ref().map_or_else(String::new, |it| format!(" ({})", clean(&it.line)));
    let quiet = member.commits.iter().filter(idle).map(|change| line(change, &skipped(change)));
    let spoken = member.idle.iter().map(|(change, why)| line(change, idle_because(*why)));
    let lines: String = quiet.chain(spoken).collect();
    if lines.is_empty() { lines } else { format!("commits that move nothing:\n{lines}") }
}

fn idle_because(why: Idle) -> &'static str {
    match why {
        Idle::Merge => " (a merge: what it brought speaks)",
        Idle::Known => " (a merge: what it brought was there before)",
        Idle::Reverted => " (reverted)",
    }
}

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    last: Option<&'a str>,
    packages: Vec<&'a Row>,
}

/// The package's row, and those of all packages that move it.
fn document(planned: &Planned, id: &PackageId) -> String {
    let mut wanted = vec![id.clone()];
    let mut packages: Vec<&Row> = Vec::new();
    while let Some(id) = wanted.pop() {
        let Some(row) = row(planned, &id).filter(|row| !packages.contains(row)) else { continue };
        packages.push(row);
        wanted.extend(row.reasons.iter().flat_map(|reason| causes(planned, &id, reason)));
    }
    if let Some(others) = packages.get_mut(1..) {
        others.sort_by_key(|row| row.order);
    }
    let last = planned.changes.members[index(planned, id)].last.as_ref().map(|last| last.tag.as_str());
    json::pretty(&Document { schema: 1, last, packages })
}

//! `check`: what stands in the way of a release of the work tree, and mends what can be mended.

use releasekit_core::BackendError;
use releasekit_core::model::RepoPath;
use releasekit_core::package_manager::Finding;
use releasekit_core::words::count;
use releasekit_engine::findings::{self, Checked};
use serde::Serialize;

use crate::answer::Answer;
use crate::error::Result;
use crate::exit::Exit;
use crate::invocation::Invocation;
use crate::options::{Format, Globals};
use crate::render::diagnostic;
use crate::render::json;
use crate::render::style::{Meaning, clean};

/// Find what stands in the way of a release: stale lockfiles, metadata that an index refuses, missing files
///
/// The work tree is looked at as it is, committed or not. `prepare` looks at the packages that it moves in the same way, and
/// stops before anything is written. Exits with 5 where anything is found that a release would stop for.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Write lockfiles that are stale anew into the work tree; nothing is committed
    #[arg(long)]
    fix: bool,
    /// Choose the format
    #[arg(long, default_value = "table")]
    format: Format,
}

/// Looks, mends where that was asked for, and looks again.
pub(crate) async fn run(options: &Options, invocation: &Invocation, globals: &Globals) -> Result<Answer> {
    let cancel = invocation.stopping.cancel();
    let checked = cancel.or(check(options, invocation, globals)).await??;
    let exit = if checked.findings.iter().any(Finding::stops) { Exit::Precondition } else { Exit::Done };
    Ok(Answer::new(match options.format {
        Format::Table => text(&checked, globals.dry_run, invocation.world.width),
        Format::Json => document(&checked, globals.dry_run),
    })
    .with_exit(exit))
}

async fn check(options: &Options, invocation: &Invocation, globals: &Globals) -> Result<Checked> {
    invocation.world.require_temporary()?;
    let opened = invocation.open(globals, None).await?;
    let snapshot = opened.work_tree().await?;
    opened.session.warn_of_remarks(&snapshot.discovery);
    Ok(findings::work_tree(&opened.session, &snapshot, options.fix).await?)
}

fn text(checked: &Checked, dry_run: bool, width: Option<usize>) -> String {
    let Checked { findings, fixed } = checked;
    let mut text = String::new();
    for finding in findings {
        text.push_str(&shown(finding, width));
        text.push('\n');
    }
    let verb = if dry_run { "would be made anew" } else { "made anew; commit it" };
    for file in fixed {
        text.push_str(&format!("{} {verb}\n", Meaning::Strong.paint(&clean(file.as_str()))));
    }
    text + &summary(findings) + "\n"
}

fn shown(finding: &Finding, width: Option<usize>) -> String {
    if finding.stops() {
        return diagnostic::error(&BackendError::from(finding.clone()), false, width);
    }
    diagnostic::warning(Some(finding.code.as_str()), &finding.message, Some(&finding.help), width)
}

fn summary(findings: &[Finding]) -> String {
    let problems = findings.iter().filter(|finding| finding.stops()).count();
    let fixable = findings.iter().filter(|finding| finding.fixable).count();
    let found = match problems {
        0 => Meaning::Good.paint("nothing stands in the way of a release").to_string(),
        _ => Meaning::Warning.paint(&format!("{} found", count(problems, "problem"))).to_string(),
    };
    match fixable {
        0 => found,
        fixable => format!("{found}; `releasekit check --fix` mends {fixable} of them"),
    }
}

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    dry_run: bool,
    findings: Vec<Row<'a>>,
    fixed: Vec<&'a str>,
}

#[derive(Serialize)]
struct Row<'a> {
    code: &'static str,
    message: &'a str,
    path: &'a str,
    line: Option<usize>,
    column: Option<usize>,
    help: &'a str,
    output: Option<&'a str>,
    stops: bool,
    fixable: bool,
}

fn document(checked: &Checked, dry_run: bool) -> String {
    let findings = checked.findings.iter().map(row).collect();
    let fixed = checked.fixed.iter().map(RepoPath::as_str).collect();
    json::pretty(&Document { schema: 1, dry_run, findings, fixed })
}

fn row(finding: &Finding) -> Row<'_> {
    let place = &finding.place;
    let position = place.text.as_deref().zip(place.span.as_ref());
    let position = position.map(|(text, span)| diagnostic::position(text, span.start));
    Row {
        code: finding.code.as_str(),
        message: &finding.message,
        path: &place.path,
        line: position.map(|(line, _)| line),
        column: position.map(|(_, column)| column),
        help: &finding.help,
        output: finding.output.as_deref(),
        stops: finding.stops(),
        fixable: finding.fixable,
    }
}

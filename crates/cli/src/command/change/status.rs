//! `change status`: what changed since a commit, and whether a change file says so.

use releasekit_core::model::{Bump, CommitId};
use releasekit_core::vcs::Lack;
use releasekit_core::words::count;
use releasekit_core::{Code, Diagnostic};
use releasekit_engine::change_status::{self, ChangeStatus};
use releasekit_engine::{Session, Snapshot};
use serde::Serialize;
use thiserror::Error;

use crate::answer::Answer;
use crate::codes;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::invocation::Invocation;
use crate::options::{Format, Globals};
use crate::render::json;
use crate::render::style::{Meaning, clean};

/// Show which packages changed, and what change files ask for
///
/// The work tree is compared with a commit. Exits with 5 where packages changed and no change file came since, not even an empty
/// one.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// Compare with this commit or branch instead of the branch that releases are made from
    #[arg(long, value_name = "REF")]
    since: Option<String>,
    /// Choose the format
    #[arg(long, default_value = "table")]
    format: Format,
}

/// Compares, and says what is missing.
pub(super) async fn run(options: &Options, invocation: &Invocation, globals: &Globals) -> Result<Answer> {
    let opened = invocation.open(globals, None).await?;
    let snapshot = opened.work_tree().await?;
    opened.session.warn_of_remarks(&snapshot.discovery);
    let base = match &options.since {
        Some(name) => found(&opened.session, std::slice::from_ref(name)).await?,
        None => base(&opened.session, &snapshot, globals).await?,
    };
    let status = change_status::since(&opened.session, &snapshot, &base).await?;
    let mut answer = Answer::new(match options.format {
        Format::Table => text(&snapshot, &status, &base),
        Format::Json => document(&snapshot, &status, &base),
    });
    if status.is_unsaid() {
        let missing = Missing { changed: status.changed.len() };
        answer = answer.with_exit(Exit::of(&missing));
        answer.errors.push(Box::new(missing));
    }
    Ok(answer)
}

/// Packages changed, and nobody says so.
#[derive(Debug, Error)]
#[error("{} changed, and no change file says so", count(*.changed, "package"))]
struct Missing {
    changed: usize,
}

impl Diagnostic for Missing {
    fn code(&self) -> Code {
        codes::CHANGE_FILE_MISSING
    }
}

/// The branch that changes are merged into: as the settings of changesets say, as configured, or the remote's default one; first
/// as the clone knows it of the remote.
async fn base(session: &Session, snapshot: &Snapshot, globals: &Globals) -> Result<CommitId> {
    let policy = &snapshot.policy;
    let said = change_status::base_branch(snapshot)?.or_else(|| policy.default_branch.clone());
    let name = match said {
        Some(name) => name,
        None if globals.offline || session.vcs.remote_url(&policy.remote).await?.is_none() => return Err(unknown()),
        None => {
            let branch = session.vcs.remote_refs(&policy.remote).await?.default_branch;
            branch.ok_or_else(unknown)?.to_string()
        }
    };
    found(session, &[format!("{}/{name}", policy.remote), name]).await
}

fn unknown() -> Error {
    let message = "it is not known which branch changes are compared with".to_owned();
    Error::Arguments { message, help: Some("name a branch or commit with `--since`".to_owned()) }
}

/// The first of some names that is one of a commit.
async fn found(session: &Session, names: &[String]) -> Result<CommitId> {
    for name in names {
        if let Some(commit) = session.vcs.resolve(name).await? {
            return Ok(commit);
        }
    }
    let name = names.last().cloned().unwrap_or_default();
    Err(session.vcs.incomplete(Lack::Commit { name, setting: None }).into())
}

fn text(snapshot: &Snapshot, status: &ChangeStatus, base: &CommitId) -> String {
    let discovery = &snapshot.discovery;
    let name = |member: usize| Meaning::Strong.paint(&clean(&discovery.members[member].id.to_string()));
    let mut text = match status.changed.len() {
        0 => format!("no package changed since {}\n", base.short()),
        changed => format!("{} changed since {}:\n", count(changed, "package"), base.short()),
    };
    for member in &status.changed {
        let named = if status.is_named(*member) { "" } else { ", which no new change file names" };
        text.push_str(&format!("  {}{named}\n", name(*member)));
    }
    let files = count(status.files.len(), "change file");
    text.push_str(&if status.files.is_empty() { "no change files\n".to_owned() } else { format!("{files}:\n") });
    for file in &status.files {
        let new = if status.new.contains(&file.path) { ", new" } else { "" };
        text.push_str(&format!("  {}{new}\n", Meaning::Strong.paint(&clean(file.path.as_str()))));
        for ask in &file.asks {
            text.push_str(&format!("    {} {}\n", Meaning::Faint.paint(ask.bump.as_str()), name(ask.member)));
        }
        if !file.summary().is_empty() {
            text.push_str(&format!("    {}\n", clean(file.summary())));
        }
    }
    text
}

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    since: &'a str,
    missing: bool,
    changed: Vec<Changed<'a>>,
    files: Vec<File<'a>>,
}

#[derive(Serialize)]
struct Changed<'a> {
    name: &'a str,
    label: &'a str,
    path: &'a str,
    named: bool,
}

#[derive(Serialize)]
struct File<'a> {
    path: &'a str,
    new: bool,
    text: &'a str,
    packages: Vec<Asked<'a>>,
}

#[derive(Serialize)]
struct Asked<'a> {
    name: &'a str,
    label: &'a str,
    level: Bump,
}

fn document(snapshot: &Snapshot, status: &ChangeStatus, base: &CommitId) -> String {
    let members = &snapshot.discovery.members;
    let changed = status.changed.iter().map(|index| {
        let (id, path) = (&members[*index].id, &members[*index].package.path);
        Changed {
            name: id.name.as_str(),
            label: id.label.as_str(),
            path: path.as_str(),
            named: status.is_named(*index),
        }
    });
    let files = status.files.iter().map(|file| File {
        path: file.path.as_str(),
        new: status.new.contains(&file.path),
        text: &file.text,
        packages: file
            .asks
            .iter()
            .map(|ask| {
                let id = &members[ask.member].id;
                Asked { name: id.name.as_str(), label: id.label.as_str(), level: ask.bump }
            })
            .collect(),
    });
    json::pretty(&Document {
        schema: 1,
        since: base.as_str(),
        missing: status.is_unsaid(),
        changed: changed.collect(),
        files: files.collect(),
    })
}

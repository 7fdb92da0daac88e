//! `discover`: the packages that the files of the work tree make up.

use std::collections::BTreeSet;

use releasekit_core::model::DependencyKind;
use releasekit_core::words::verb;
use releasekit_engine::discover::{Discovery, Member};
use serde::Serialize;

use crate::answer::Answer;
use crate::error::Result;
use crate::invocation::Invocation;
use crate::options::{Format, Globals};
use crate::render::json;
use crate::render::names::Names;
use crate::render::style::Meaning;
use crate::render::table::{Cell, table};

/// List the packages of the work tree
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Choose the format
    #[arg(long, default_value = "table")]
    format: Format,
}

/// Lists the packages.
pub(crate) async fn run(options: &Options, invocation: &Invocation, globals: &Globals) -> Result<Answer> {
    let opened = invocation.open(globals, None).await?;
    let discovery = opened.discover().await?;
    opened.session.warn_of_remarks(&discovery);
    Ok(Answer::new(match options.format {
        Format::Table => rows(&discovery),
        Format::Json => document(&discovery),
    }))
}

fn rows(discovery: &Discovery) -> String {
    let names = Names::of(discovery.members.iter().map(|member| &member.id.label));
    let row = |member: &Member| {
        vec![
            Cell::new(names.name(&member.id), Meaning::Strong),
            Cell::optional(member.package.version.as_ref(), Meaning::Plain),
            Cell::from(&member.package.path),
            Cell::new(member.package.private.as_deref().map_or_else(String::new, private), Meaning::Faint),
        ]
    };
    let listed = discovery.members.iter().filter(|member| member.package.aside.is_none());
    let rows: Vec<Vec<Cell>> = listed.map(row).collect();
    let text = table(&["PACKAGE", "VERSION", "PATH", ""], &rows);
    match discovery.aside() {
        0 => text,
        aside => format!("{text}{} (`--format json` lists them)\n", set_aside(aside)),
    }
}

/// Counts the projects that are not listed.
pub(crate) fn set_aside(count: usize) -> String {
    let (stand, are) = (verb(count, "project stands", "projects stand"), verb(count, "is", "are"));
    format!("{count} more {stand} outside of the workspaces and {are} not released")
}

fn private(why: &str) -> String {
    format!("private: {why}")
}

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    packages: Vec<Package<'a>>,
}

#[derive(Serialize)]
struct Package<'a> {
    name: &'a str,
    ecosystem: &'a str,
    tool: &'a str,
    label: &'a str,
    path: String,
    version: Option<&'a str>,
    private: bool,
    dependencies: BTreeSet<&'a str>,
}

fn document(discovery: &Discovery) -> String {
    let packages = discovery.members.iter().map(|member| Package {
        name: member.id.name.as_str(),
        ecosystem: discovery.workspace(member).ecosystem.ecosystem,
        tool: discovery.workspace(member).ecosystem.id,
        label: member.id.label.as_str(),
        path: member.package.path.to_string(),
        version: member.package.version.as_ref().map(|version| version.as_str()),
        private: member.package.private.is_some(),
        dependencies: dependencies(member),
    });
    json::pretty(&Document { schema: 1, packages: packages.collect() })
}

/// Internal dependencies that count for a release.
fn dependencies(member: &Member) -> BTreeSet<&str> {
    let published = member.package.dependencies.iter().filter(|dependency| dependency.kind != DependencyKind::Dev);
    published.map(|dependency| dependency.name.as_str()).collect()
}

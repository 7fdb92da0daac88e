//! `status`: what is wanted of a release against what is there, and what earlier releases left behind.

use releasekit_core::Diagnostic;
use releasekit_core::event::Event;
use releasekit_core::vcs::RemoteRefs;
use releasekit_engine::announce::{self, Expected, OnForge};
use releasekit_engine::error::{Error as EngineError, Fault};
use releasekit_engine::locate::{self, Located, ReleaseCommit};
use releasekit_engine::status::{self, RegistryState, ReleaseStatus, Served, StatusRow, TagState};
use releasekit_engine::{Session, forge};
use serde::Serialize;

use crate::answer::Answer;
use crate::command::build;
use crate::error::Result;
use crate::invocation::Invocation;
use crate::next::CommandLine;
use crate::options::{ForgeUse, Format, Globals, State};
use crate::render::json;
use crate::render::names::Names;
use crate::render::style::{Meaning, clean};
use crate::render::table::{Cell, table};

/// Show what is wanted of a release against what is there
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Show what this commit brought, instead of what HEAD's manifests name; may be given several times
    #[arg(long, value_name = "COMMIT")]
    release: Vec<String>,
    /// Choose the format
    #[arg(long, default_value = "table")]
    format: Format,
    #[command(flatten)]
    forge: ForgeUse,
    #[command(flatten)]
    state: State,
}

/// A release.
struct Shown {
    status: ReleaseStatus,
    /// What it is to have on the forge; `None` where no forge was asked.
    on_forge: Option<Vec<Expected>>,
    /// Whether a later release took its place, and left something of it behind.
    is_earlier: bool,
}

/// Looks at the release of HEAD's manifest, and at the packages that only earlier releases hold.
pub(crate) async fn run(options: &Options, invocation: &Invocation, globals: &Globals) -> Result<Answer> {
    let mut opened = invocation.open(globals, Some(&options.state)).await?;
    opened.session.no_forge = options.forge.no_forge;
    let session = &opened.session;
    let remote = session.vcs.remote_refs(&session.policies.current().remote).await?;
    let present = match options.release.as_slice() {
        [] => located(session, &remote).await?,
        commits => build::named(session, commits).await?,
    };
    if present.is_empty() {
        return Ok(Answer::new(match options.format {
            Format::Table => "HEAD holds no manifest: nothing was released with releasekit yet\n".to_owned(),
            Format::Json => document(&[]),
        }));
    }
    let mut releases = Vec::new();
    for release in &present {
        let on_forge = on_forge(session, release).await?;
        releases.push(Shown { status: status::status(session, release, &remote).await?, on_forge, is_earlier: false });
    }
    if options.release.is_empty() {
        let earlier = status::left_behind(session, &present.iter().collect::<Vec<_>>(), &remote).await?;
        releases.extend(earlier.into_iter().map(|status| Shown { status, on_forge: None, is_earlier: true }));
    }
    Ok(Answer::new(match options.format {
        Format::Table => text(&releases, options, globals),
        Format::Json => document(&releases),
    }))
}

/// The releases of HEAD's manifests, the newest first.
async fn located(session: &Session, remote: &RemoteRefs) -> Result<Vec<ReleaseCommit>> {
    let head = session.vcs.head().await?.commit;
    let found = locate::locate(session, &head, remote).await?;
    if found.iter().any(|located| matches!(located, Located::Empty)) {
        return Err(EngineError::ManifestFault(Fault::Empty).into());
    }
    Ok(found.iter().rev().filter_map(Located::release).cloned().collect())
}

/// What the forge has of a release. That nobody may ask it is a warning here: what registries serve does not hang on it.
async fn on_forge(session: &Session, release: &ReleaseCommit) -> Result<Option<Vec<Expected>>> {
    let policy = session.policies.current();
    match forge::find(session, &policy).await {
        Ok(hosting) => match hosting.forge() {
            Some(forge) => Ok(Some(announce::look(session, forge, release).await?)),
            None => Ok(None),
        },
        Err(error) if error.kind().is_credential() => {
            session.context.reporter.report(Event::warning_of(&error));
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

fn text(releases: &[Shown], options: &Options, globals: &Globals) -> String {
    let mut text = String::new();
    for (index, Shown { status, on_forge, is_earlier }) in releases.iter().enumerate() {
        let ReleaseStatus { release, rows, .. } = status;
        let commit = Meaning::Strong.paint(release.commit.id.short());
        let gap = if index > 0 { "\n" } else { "" };
        let what = if *is_earlier { "left behind by the release" } else { "the release" };
        text.push_str(&format!("{gap}{what} at {commit}:\n"));
        text.push_str(&table(&["PACKAGE", "VERSION", "TAG", "REGISTRY", "STATE"], &lines(rows)));
        let expected = on_forge.as_deref().unwrap_or_default();
        if !expected.is_empty() {
            text.push_str(&table(
                &["RELEASE", "ON THE FORGE", "PAGE"],
                &expected.iter().map(forge_line).collect::<Vec<_>>(),
            ));
        }
        text.push_str(&next(status, options.command((status, expected), *is_earlier, globals)));
    }
    text
}

impl Options {
    /// What closes the gaps of a release; `None` where there are none.
    fn command(
        &self,
        (status, expected): (&ReleaseStatus, &[Expected]),
        earlier: bool,
        globals: &Globals,
    ) -> Option<String> {
        let commit = status.release.commit.id.short();
        let named = (earlier || !self.release.is_empty()).then_some(commit);
        let command = |name| {
            let command = CommandLine::new(name, globals).option("--release", named).forge(self.forge);
            command.state(&self.state).as_str().to_owned()
        };
        let is_untagged = status.rows.iter().any(|row| matches!(row.tag, TagState::Missing(_)));
        let open = status.rows.iter().flat_map(|row| &row.registries).filter(|served| !served.is_live());
        let mut open = open.map(|served| &served.state).peekable();
        if is_untagged {
            return Some(command("release"));
        }
        if open.peek().is_none() {
            return expected.iter().any(|expected| expected.state.is_open()).then(|| command("publish"));
        }
        let is_only_staged = open.all(|state| *state == RegistryState::AwaitingApproval);
        let publish = command("publish");
        Some(if is_only_staged { format!("approve it at its registry, then run `{publish}`") } else { publish })
    }
}

/// What closes the gaps, or what has to be out of the way first.
fn next(ReleaseStatus { in_the_way, .. }: &ReleaseStatus, command: Option<String>) -> String {
    if in_the_way.is_empty() {
        let done = || format!("{}\n", Meaning::Good.paint("everything is live"));
        return command.as_deref().map_or_else(done, crate::next::line);
    }
    let line = |error: &EngineError| {
        let help = error.help().map(|help| format!("  {}\n", clean(&help))).unwrap_or_default();
        format!("{} {} ({})\n{help}", Meaning::Warning.paint("in the way:"), clean(&error.to_string()), error.code())
    };
    in_the_way.iter().map(line).collect()
}

/// A line for each registry of each package.
fn lines(rows: &[StatusRow]) -> Vec<Vec<Cell>> {
    let names = Names::of(rows.iter().map(|row| &row.id.label));
    let mut lines = Vec::new();
    for row in rows {
        let (tag, meaning) = tag_words(&row.tag);
        let start =
            [Cell::new(names.name(&row.id), Meaning::Strong), Cell::from(&row.version), Cell::new(tag, meaning)];
        let of = |served: &Served| {
            let (words, meaning) = served_words(served);
            start.iter().cloned().chain([Cell::from(&served.registry), Cell::new(words, meaning)]).collect()
        };
        if row.registries.is_empty() {
            lines.push(start.iter().cloned().chain([Cell::optional(None::<&str>, Meaning::Faint)]).collect());
        }
        lines.extend(row.registries.iter().map(of));
    }
    lines
}

/// A line for each release that the forge is to have.
fn forge_line(expected: &Expected) -> Vec<Cell> {
    let (_, words, meaning) = forge_words(&expected.state);
    vec![
        Cell::new(&expected.title, Meaning::Strong),
        Cell::new(words, meaning),
        Cell::optional(page(expected), Meaning::Faint),
    ]
}

fn page(expected: &Expected) -> Option<&str> {
    match &expected.state {
        OnForge::Draft(url) | OnForge::Public(url) => Some(url),
        OnForge::Missing | OnForge::Unknown(_) => None,
    }
}

/// How a release stands as a word for programs, in words for people, and what it means.
fn forge_words(state: &OnForge) -> (&'static str, String, Meaning) {
    match state {
        OnForge::Missing => ("missing", "missing".to_owned(), Meaning::Warning),
        OnForge::Draft(_) => ("draft", "draft".to_owned(), Meaning::Warning),
        OnForge::Public(_) => ("published", "published".to_owned(), Meaning::Good),
        OnForge::Unknown(why) => ("unknown", format!("unknown: {why}"), Meaning::Bad),
    }
}

fn tag_words(tag: &TagState) -> (String, Meaning) {
    match tag {
        TagState::None => ("-".to_owned(), Meaning::Faint),
        TagState::Missing(_) => ("missing".to_owned(), Meaning::Warning),
        TagState::There(tag) => (tag.to_string(), Meaning::Good),
        TagState::Elsewhere(tag, commit) => (format!("{tag} on {}", commit.short()), Meaning::Bad),
    }
}

/// What a registry serves, and what of it installers pass over.
fn served_words(Served { state, yanked, .. }: &Served) -> (String, Meaning) {
    let (_, words, meaning) = words(state);
    if yanked.is_empty() {
        (words, meaning)
    } else {
        (format!("{words}; yanked: {}", yanked.join(", ")), Meaning::Warning)
    }
}

/// A state as a word for programs, in words for people, and what it means.
fn words(state: &RegistryState) -> (&'static str, String, Meaning) {
    match state {
        RegistryState::Absent => ("absent", "absent".to_owned(), Meaning::Warning),
        RegistryState::Proven(_) => ("proven", "live and proven".to_owned(), Meaning::Good),
        RegistryState::Live(_) => ("live", "live, no receipt here".to_owned(), Meaning::Good),
        RegistryState::Partial(files) => ("partial", format!("only {}", files.join(", ")), Meaning::Warning),
        RegistryState::AwaitingApproval => ("awaiting_approval", "waits for approval".to_owned(), Meaning::Warning),
        RegistryState::Unknown(why) => ("unknown", format!("unknown: {why}"), Meaning::Bad),
    }
}

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    releases: Vec<Release<'a>>,
}

#[derive(Serialize)]
struct Release<'a> {
    commit: &'a str,
    packages: Vec<Package<'a>>,
    /// Nothing where no forge was asked.
    forge: Option<Vec<ForgeRelease<'a>>>,
    in_the_way: Vec<Hindrance>,
}

#[derive(Serialize)]
struct ForgeRelease<'a> {
    tag: &'a str,
    title: &'a str,
    state: &'static str,
    url: Option<&'a str>,
    error: Option<&'a str>,
}

#[derive(Serialize)]
struct Hindrance {
    code: &'static str,
    message: String,
    help: Option<String>,
}

#[derive(Serialize)]
struct Package<'a> {
    name: &'a str,
    label: &'a str,
    version: &'a str,
    tag: Tag<'a>,
    registries: Vec<Registry<'a>>,
}

#[derive(Serialize)]
struct Tag<'a> {
    state: &'static str,
    name: Option<&'a str>,
    commit: Option<&'a str>,
}

#[derive(Serialize)]
struct Registry<'a> {
    url: &'a str,
    state: &'static str,
    files: &'a [String],
    yanked: &'a [String],
    error: Option<&'a str>,
}

/// The releases as data, the last one first.
fn document(releases: &[Shown]) -> String {
    let releases = releases.iter().map(|Shown { status, on_forge, .. }| Release {
        commit: status.release.commit.id.as_str(),
        packages: status.rows.iter().map(package).collect(),
        forge: on_forge.as_ref().map(|expected| expected.iter().map(forge_release).collect()),
        in_the_way: status.in_the_way.iter().map(hindrance).collect(),
    });
    json::pretty(&Document { schema: 1, releases: releases.collect() })
}

fn hindrance(error: &EngineError) -> Hindrance {
    Hindrance { code: error.code().as_str(), message: error.to_string(), help: error.help() }
}

fn forge_release(expected: &Expected) -> ForgeRelease<'_> {
    let error = match &expected.state {
        OnForge::Unknown(why) => Some(why.as_str()),
        _ => None,
    };
    let state = forge_words(&expected.state).0;
    ForgeRelease { tag: expected.tag.as_str(), title: &expected.title, state, url: page(expected), error }
}

fn package(row: &StatusRow) -> Package<'_> {
    Package {
        name: row.id.name.as_str(),
        label: row.id.label.as_str(),
        version: row.version.as_str(),
        tag: tag(&row.tag),
        registries: row.registries.iter().map(registry).collect(),
    }
}

fn tag(tag: &TagState) -> Tag<'_> {
    let (state, name, commit) = match tag {
        TagState::None => ("none", None, None),
        TagState::Missing(tag) => ("missing", Some(tag), None),
        TagState::There(tag) => ("there", Some(tag), None),
        TagState::Elsewhere(tag, commit) => ("elsewhere", Some(tag), Some(commit.as_str())),
    };
    Tag { state, name: name.map(|tag| tag.as_str()), commit }
}

fn registry(Served { registry: url, state, yanked }: &Served) -> Registry<'_> {
    let (files, error) = match state {
        RegistryState::Proven(files) | RegistryState::Live(files) | RegistryState::Partial(files) => {
            (files.as_slice(), None)
        }
        RegistryState::Unknown(why) => (&[][..], Some(why.as_str())),
        RegistryState::Absent | RegistryState::AwaitingApproval => (&[][..], None),
    };
    Registry { url, state: words(state).0, files, yanked, error }
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use releasekit_core::model::{BranchName, CommitId, ObjectId, TagName};
    use releasekit_core::vcs::CommitInfo;
    use releasekit_engine::manifest::{Manifest, PlanOptions};

    use super::*;
    use crate::args::{Cli, Command};

    /// A release whose packages are all live, with these on the forge.
    fn live(states: Option<&[OnForge]>) -> Shown {
        let id = CommitId::new("a".repeat(40));
        let (base, branch, packages) = (id.clone(), BranchName::new("main"), Vec::new());
        let manifest = Manifest { schema: 1, base, branch, options: PlanOptions::default(), umbrella: None, packages };
        let commit = CommitInfo::new(id, ObjectId::new("tree"), Vec::new(), String::new(), 0);
        let release = ReleaseCommit { commit, manifest, path: Manifest::path() };
        let expected =
            |state: &OnForge| Expected { tag: TagName::new("a-v1"), title: "a 1".to_owned(), state: state.clone() };
        let on_forge = states.map(|states| states.iter().map(expected).collect());
        let status = ReleaseStatus { release, rows: Vec::new(), in_the_way: Vec::new() };
        Shown { status, on_forge, is_earlier: false }
    }

    fn shown(line: &str, states: Option<&[OnForge]>) -> Vec<String> {
        let cli = Cli::try_parse_from(line.split(' ')).expect("a legal line");
        let Some(Command::Status(options)) = cli.command else { unreachable!("{line}") };
        let text = anstream::adapter::strip_str(&text(&[live(states)], &options, &cli.globals)).to_string();
        text.lines().skip(2).map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
    }

    fn on(page: &str) -> String {
        format!("https://forge.test/{page}")
    }

    #[test]
    fn releases_on_the_forge_are_shown_and_what_is_open_there_publish_completes() {
        let states = [OnForge::Missing, OnForge::Draft(on("2")), OnForge::Public(on("3"))];
        let expected = [
            "RELEASE ON THE FORGE PAGE",
            "a 1 missing -",
            "a 1 draft https://forge.test/2",
            "a 1 published https://forge.test/3",
            "next: releasekit publish",
        ];
        assert_eq!(shown("releasekit status", Some(&states)), expected);
        for done in [vec![OnForge::Public(on("3"))], vec![OnForge::Unknown("no answer".to_owned())], Vec::new()] {
            let lines = shown("releasekit status --no-forge", Some(&done));
            assert_eq!(lines.last().map(String::as_str), Some("everything is live"), "{done:?}");
        }
        assert_eq!(shown("releasekit status", None), ["everything is live"]);
    }

    #[test]
    fn programs_are_told_the_same() {
        let states = [OnForge::Draft(on("2")), OnForge::Unknown("no answer".to_owned())];
        let told = |states: Option<&[OnForge]>| {
            let document: serde_json::Value = serde_json::from_str(&document(&[live(states)])).expect("it is JSON");
            document["releases"][0]["forge"].clone()
        };
        let row = |state: &str, url: Option<String>, error: Option<&str>| serde_json::json!({ "tag": "a-v1", "title": "a 1", "state": state, "url": url, "error": error });
        let expected = [row("draft", Some(on("2")), None), row("unknown", None, Some("no answer"))];
        assert_eq!(told(Some(&states)), serde_json::json!(expected));
        assert!(told(None).is_null());
    }
}

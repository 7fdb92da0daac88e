//! `publish`: a tagged release to its registries, with proof of what they serve.

use std::path::PathBuf;

use releasekit_core::model::PackageId;
use releasekit_core::words::count;
use releasekit_core::{Diagnostic, ErrorKind};
use releasekit_engine::artifacts::Sources;
use releasekit_engine::forge::{self, Absence, Hosting};
use releasekit_engine::locate::{self, ReleaseCommit};
use releasekit_engine::publish::{self, Live, Outcome, Proof, PublishOptions, PublishReport, Published};
use releasekit_engine::receipt::Proven;
use releasekit_engine::{Error, Session};
use serde::Serialize;

use crate::answer::Answer;
use crate::error::Result;
use crate::exit::Exit;
use crate::invocation::Invocation;
use crate::next::CommandLine;
use crate::options::{Consent, ForgeUse, Format, Globals, ReleaseUse, State};
use crate::remedy::{self, Commands};
use crate::render::json::{self, Failure};
use crate::render::names::Names;
use crate::render::style::{Meaning, clean};
use crate::render::table::{Cell, table};
use crate::render::{absence, announced};

/// Publish a tagged release, and prove that the registries serve what was built
///
/// Run again at any time, on any machine: what is live and proven is left alone, and what is missing is published. Without
/// a terminal nothing is asked.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Publish what this commit brought, instead of what HEAD's manifests name; may be given several times
    #[arg(long, value_name = "COMMIT")]
    release: Vec<String>,
    /// Take artifacts that were built elsewhere, and run no code of the repository
    #[arg(long, value_name = "DIR")]
    artifacts: Option<PathBuf>,
    /// Read receipts from this file where it exists, and write all receipts to it
    #[arg(long, value_name = "FILE")]
    receipt: Option<PathBuf>,
    /// Look once more for files that were accepted and have not been listed since, and send again what is still missing
    #[arg(long)]
    resend: bool,
    /// Work on so many packages at once
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    concurrency: Option<u16>,
    /// Try a refused upload again so often, where that can help
    #[arg(long, value_name = "N")]
    max_retries: Option<u32>,
    /// Do not build crates and the like from what was packed of them
    #[arg(long)]
    no_verify: bool,
    /// Choose the format
    #[arg(long, default_value = "table")]
    format: Format,
    #[command(flatten)]
    consent: Consent,
    #[command(flatten)]
    forge: ForgeUse,
    #[command(flatten)]
    releases: ReleaseUse,
    #[command(flatten)]
    state: State,
}

/// Publishes.
pub(crate) async fn run(options: &Options, invocation: &Invocation, globals: &Globals) -> Result<Answer> {
    let opened = invocation.open_with(globals, Some(&options.state), |publish, forge| {
        publish.concurrency = options.concurrency.map_or(publish.concurrency, usize::from);
        publish.max_retries = options.max_retries.unwrap_or(publish.max_retries);
        publish.verify &= !options.no_verify;
        options.releases.limit(forge);
    });
    let mut opened = opened.await?;
    opened.session.no_forge = options.forge.no_forge;
    let session = &opened.session;
    let releases = releases(session, &options.release).await?;
    if invocation.asks(options.consent, globals) {
        invocation.confirm(&question(session, releases.iter().flatten()).await?)?;
    }
    let cancel = invocation.stopping.cancel();
    let state = invocation.state(session, "publish", globals, &cancel).await?;
    let mut wanted = PublishOptions::new(invocation.world.now, cancel);
    wanted.artifacts = options.artifacts.as_ref().map(|folder| invocation.world.folder.join(folder));
    wanted.receipt = options.receipt.as_ref().map(|file| invocation.world.folder.join(file));
    wanted.resend = options.resend;
    let hosting = forge::find(session, &session.policies.current()).await?;
    let absence = hosting.absence().cloned();
    if let Hosting::On(forge) = hosting {
        wanted.forge = Some(forge);
    }
    let (mut all, mut refused) = (Vec::new(), Vec::new());
    for release in releases {
        let published = async { publish::publish(session, &release?, &state, &wanted).await }.await;
        match published {
            Ok(report) => {
                wanted.earlier.extend(report.receipts.iter().cloned());
                let next = remedy::step(&report, globals.dry_run, &options.commands(globals));
                all.push(Answering { report, next, absence: absence.clone(), dry_run: globals.dry_run });
            }
            Err(error) if error.kind() == ErrorKind::Cancelled => return Err(error.into()),
            // One that is refused stops no other.
            Err(error) => refused.push(error),
        }
        if wanted.cancel.is_cancelled() {
            break;
        }
    }
    if all.is_empty() {
        Error::together(refused).map_or(Ok(()), Err)?;
        refused = Vec::new();
    }
    Ok(answer(all, refused, options.format))
}

impl Options {
    /// What may come next: the same without what was asked for this time only, `--resend` and how fast to go.
    fn commands(&self, globals: &Globals) -> Commands {
        let again = CommandLine::new("publish", globals)
            .options("--release", &self.release)
            .option("--artifacts", self.artifacts.as_ref())
            .option("--receipt", self.receipt.as_ref())
            .flag("--no-verify", self.no_verify)
            .forge(self.forge)
            .releases(self.releases)
            .state(&self.state);
        Commands {
            again,
            check: CommandLine::new("check", globals).flag("--fix", true),
            prepare: CommandLine::new("prepare", globals).forge(self.forge).state(&self.state),
        }
    }
}

/// The releases to be published, the oldest first, or why one is not.
async fn releases(session: &Session, named: &[String]) -> Result<Vec<std::result::Result<ReleaseCommit, Error>>> {
    let remote = session.vcs.remote_refs(&session.policies.current().remote).await?;
    let mut found = Vec::new();
    for commit in named {
        found.extend(locate::tagged_by_name(session, commit, &remote).await?.into_iter().map(Ok));
    }
    if !found.is_empty() {
        return Ok(found);
    }
    let head = session.vcs.head().await?.commit;
    Ok(locate::tagged(session, &head, &remote).await?)
}

/// What would be uploaded, and where to.
async fn question(session: &Session, releases: impl Iterator<Item = &ReleaseCommit>) -> Result<String> {
    let mut text = String::new();
    for release in releases {
        let sources = Sources::of_release(session, release).await?;
        let names = Names::of(sources.releasing.iter().map(|package| &package.id.label));
        text.push_str(&format!("the release of {}:\n", release.commit.id.short()));
        for package in &sources.releasing {
            let targets: Vec<String> = package.targets.iter().map(|target| clean(&target.publish_name())).collect();
            let name = Meaning::Strong.paint(&names.name(&package.id));
            text.push_str(&format!("  {name} {} to {}\n", package.version, targets.join(", ")));
        }
    }
    Ok(text + "publish what of these is not live yet?")
}

/// What came of a publish.
#[derive(Debug)]
struct Answering {
    report: PublishReport,
    next: Option<String>,
    /// Why no forge was asked.
    absence: Option<Absence>,
    dry_run: bool,
}

/// What the reports say, and how the process ends.
fn answer(all: Vec<Answering>, refused: Vec<Error>, format: Format) -> Answer {
    let text = match format {
        Format::Json => json::of_releases(all.iter().map(document).collect()),
        Format::Table => all.iter().map(text).collect::<Vec<_>>().join("\n"),
    };
    let exits = all.iter().map(|answering| exit(&answering.report));
    let exit = Exit::several(exits.chain(refused.iter().map(|error| Exit::of(error))), false);
    let mut answer = Answer::new(text).with_exit(exit);
    for report in all.into_iter().map(|answering| answering.report) {
        let failed = report.packages.into_iter().filter_map(|package| match package.outcome {
            Outcome::Failed(error) => Some(error),
            _ => None,
        });
        for error in failed.chain(report.announced.errors) {
            answer.errors.push(Box::new(error));
        }
    }
    answer.errors.extend(refused.into_iter().map(|error| Box::new(error) as Box<dyn Diagnostic>));
    answer
}

pub(crate) fn exit(report: &PublishReport) -> Exit {
    let exits = report.packages.iter().map(|package| match &package.outcome {
        Outcome::Failed(error) => Exit::of(error),
        Outcome::AwaitingApproval => Exit::Approval,
        Outcome::NotStarted => Exit::Interrupted,
        _ => Exit::Done,
    });
    let forge = report.announced.errors.iter().map(|error| Exit::of(error));
    // Where all of it is live, what the forge lacks does not make it a part.
    Exit::several(exits.chain(forge), report.is_partly_live() && !report.is_complete())
}

/// What became of a package, as a word for programs, in words for people, and what it means.
fn ending(package: &Published, names: Names) -> (&'static str, String, Meaning) {
    let (word, words, meaning) = outcome(&package.outcome, names);
    match (&package.outcome, package.live) {
        (Outcome::Failed(_) | Outcome::Blocked { .. }, Live::Some) => {
            ("partly_live", format!("partly live, {words}"), meaning)
        }
        (Outcome::Failed(_), Live::All) => (word, format!("live, {words}"), meaning),
        _ => (word, words, meaning),
    }
}

/// An outcome as a word for programs, in words for people, and what it means.
fn outcome(outcome: &Outcome, names: Names) -> (&'static str, String, Meaning) {
    match outcome {
        Outcome::Published(proof) => ("published", format!("published, {}", proven(*proof)), Meaning::Good),
        Outcome::AlreadyLive(proof) => ("already_live", format!("already live, {}", proven(*proof)), Meaning::Good),
        Outcome::AwaitingApproval => ("awaiting_approval", "waits for approval".to_owned(), Meaning::Warning),
        Outcome::Failed(error) => ("failed", format!("failed: {}", error.code()), Meaning::Bad),
        Outcome::Blocked { by } => ("blocked", format!("blocked by {}", names.name(by)), Meaning::Warning),
        Outcome::NotStarted => ("not_started", "not started".to_owned(), Meaning::Faint),
        other => ("other", format!("{other:?}"), Meaning::Plain),
    }
}

fn proven(proof: Proof) -> &'static str {
    match proof {
        Proof::Receipt => "proven by its receipt",
        Proof::Compared(Proven::Bytes) => "the same bytes as built",
        Proof::Compared(Proven::Content) => "the same content as built",
        Proof::Compared(Proven::Unchecked) => "not compared",
    }
}

fn text(Answering { report, next, absence, dry_run }: &Answering) -> String {
    let dry_run = *dry_run;
    let names = Names::of(report.packages.iter().map(|package| &package.id.label));
    let row = |package: &Published| {
        let (_, mut words, meaning) = ending(package, names);
        if dry_run && matches!(package.outcome, Outcome::Published(_)) {
            words = "would be published".to_owned();
        }
        let name = Cell::new(names.name(&package.id), Meaning::Strong);
        vec![name, Cell::from(&package.version), Cell::from(package.registries.join(", ")), Cell::new(words, meaning)]
    };
    let rows: Vec<Vec<Cell>> = report.packages.iter().map(row).collect();
    let live = report.packages.iter().filter(|package| package.is_live()).count();
    let total = report.packages.len();
    let summary = match (dry_run, report.is_complete()) {
        (true, _) => Meaning::Warning.paint("dry run: nothing was sent"),
        (false, true) => Meaning::Good.paint("everything is live and proven"),
        (false, false) => Meaning::Warning.paint(&format!("{live} of {} live and proven", count(total, "package"))),
    };
    let next = next.as_deref().map(crate::next::line).unwrap_or_default();
    let forge = announced::text(&report.announced, absence.as_ref(), dry_run);
    format!("{}{forge}{summary}\n{next}", table(&["PACKAGE", "VERSION", "REGISTRY", "OUTCOME"], &rows))
}

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    dry_run: bool,
    commit: &'a str,
    complete: bool,
    packages: Vec<Package<'a>>,
    forge: Option<announced::Document<'a>>,
    /// Why no forge was asked.
    no_forge: Option<&'static str>,
    next: Option<&'a str>,
}

#[derive(Serialize)]
struct Package<'a> {
    name: &'a str,
    label: &'a str,
    version: &'a str,
    registries: &'a [String],
    outcome: &'static str,
    proof: Option<&'static str>,
    error: Option<Failure>,
    blocked_by: Option<String>,
}

fn document(Answering { report, next, absence, dry_run }: &Answering) -> Document<'_> {
    let packages = report.packages.iter().map(|package| Package {
        name: package.id.name.as_str(),
        label: package.id.label.as_str(),
        version: package.version.as_str(),
        registries: &package.registries,
        outcome: ending(package, Names::default()).0,
        proof: proof(&package.outcome),
        error: failure(&package.outcome),
        blocked_by: blocked_by(&package.outcome).map(PackageId::to_string),
    });
    let commit = report.commit.as_str();
    let complete = report.is_complete();
    let forge = absence.is_none().then(|| announced::document(&report.announced));
    let no_forge = absence.as_ref().map(absence::word);
    let (packages, next, dry_run) = (packages.collect(), next.as_deref(), *dry_run);
    Document { schema: 1, dry_run, commit, complete, packages, forge, no_forge, next }
}

fn proof(outcome: &Outcome) -> Option<&'static str> {
    let (Outcome::Published(proof) | Outcome::AlreadyLive(proof)) = outcome else { return None };
    Some(match proof {
        Proof::Receipt => "receipt",
        Proof::Compared(Proven::Bytes) => "bytes",
        Proof::Compared(Proven::Content) => "content",
        Proof::Compared(Proven::Unchecked) => "unchecked",
    })
}

fn failure(outcome: &Outcome) -> Option<Failure> {
    let Outcome::Failed(error) = outcome else { return None };
    Some(Failure::of(error))
}

fn blocked_by(outcome: &Outcome) -> Option<&PackageId> {
    let Outcome::Blocked { by } = outcome else { return None };
    Some(by)
}

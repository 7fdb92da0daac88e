//! `release`: the tags of a merged release.

use std::ffi::OsStr;
use std::path::PathBuf;

use releasekit_core::Diagnostic;
use releasekit_core::model::TagName;
use releasekit_core::words::count;
use releasekit_engine::announce::{Announced, Announcer};
use releasekit_engine::forge::{self, Absence};
use releasekit_engine::locate::ReleaseCommit;
use releasekit_engine::release::{self, Building, ReleaseOptions, Released, Tagged};
use releasekit_engine::{Error, Session};
use serde::Serialize;

use crate::answer::Answer;
use crate::error::Result;
use crate::exit::Exit;
use crate::invocation::Invocation;
use crate::next::CommandLine;
use crate::options::{Consent, ForgeUse, Globals, ReleaseUse, State, StepFormat};
use crate::remedy;
use crate::render::style::{Meaning, clean};
use crate::render::{absence, announced, json};

/// Tag a merged release, after checking and building everything
///
/// Finds the commit that brought HEAD's manifest onto its branch, each commit where HEAD has several manifests, checks that nothing has changed under it, builds every
/// package, and pushes all tags at once. A second run changes nothing. `--format github-output` writes the output `publish`:
/// whether the release has its tags, so that `publish` can go on.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Release what this commit brought, instead of what HEAD's manifests ask for; may be given several times
    #[arg(long, value_name = "COMMIT")]
    release: Vec<String>,
    /// Take artifacts that were built elsewhere, and run no code of the repository
    #[arg(long, value_name = "DIR", conflicts_with = "no_build")]
    artifacts: Option<PathBuf>,
    /// Tag without having built anything: a build that fails later leaves a tag with nothing behind it
    #[arg(long)]
    no_build: bool,
    /// Tag versions that are live already, where they are what is built: that is compared first
    #[arg(long)]
    adopt: bool,
    /// Exit with 4 when there is nothing to release
    #[arg(long)]
    exit_code: bool,
    /// Do not build crates and the like from what was packed of them
    #[arg(long, conflicts_with = "no_build")]
    no_verify: bool,
    /// Choose the format
    #[arg(long, default_value = "table")]
    format: StepFormat,
    #[command(flatten)]
    consent: Consent,
    #[command(flatten)]
    forge: ForgeUse,
    #[command(flatten)]
    releases: ReleaseUse,
    #[command(flatten)]
    state: State,
}

/// Tags.
pub(crate) async fn run(options: &Options, invocation: &Invocation, globals: &Globals) -> Result<Answer> {
    let outputs = options.format.outputs(&invocation.world.environment)?;
    let opened = invocation.open_with(globals, Some(&options.state), |publish, forge| {
        publish.verify &= !options.no_verify;
        options.releases.limit(forge);
    });
    let mut opened = opened.await?;
    opened.session.no_forge = options.forge.no_forge;
    let session = &opened.session;
    if invocation.asks(options.consent, globals) {
        invocation.confirm(&question(session, options).await?)?;
    }
    let cancel = invocation.stopping.cancel();
    let state = invocation.state(session, "release", globals, &cancel).await?;
    // A forge that may not be asked is known before anything is tagged.
    let hosting = forge::find(session, &session.policies.current()).await?;
    let revisions = options.release.clone();
    let wanted = ReleaseOptions { revisions, building: building(options, invocation), adopt: options.adopt };
    let (mut all, mut refused) = (Vec::new(), Vec::new());
    for outcome in release::release(session, &state, &wanted, &cancel).await? {
        match outcome {
            Ok(released) => all.push(released),
            Err(error) => refused.push(error),
        }
    }
    if all.is_empty() {
        Error::together(refused).map_or(Ok(()), Err)?;
        (all, refused) = (vec![Released::Nothing], Vec::new());
    }
    if let Some(outputs) = outputs {
        let can_be = all.iter().any(|released| can_be_published(released, globals.dry_run));
        outputs.add(&[("publish", can_be.to_string())])?;
    }
    let mut done = Vec::new();
    for released in all {
        let announced = match (released.release(), hosting.forge()) {
            (Some(release), Some(forge)) => Announcer { session, forge, release, cancel: &cancel }.tagged(&state).await,
            _ => Announced::default(),
        };
        done.push(Done { released, announced, absence: hosting.absence().cloned() });
    }
    Ok(options.answer(done, refused, globals))
}

/// What was tagged, and what was brought to the forge, where there is one.
#[derive(Debug)]
struct Done {
    released: Released,
    announced: Announced,
    /// Why no forge was asked.
    absence: Option<Absence>,
}

impl Options {
    fn answer(&self, done: Vec<Done>, refused: Vec<Error>, globals: &Globals) -> Answer {
        let steps: Vec<Option<String>> = done.iter().map(|done| self.next(done, globals)).collect();
        let each = || done.iter().zip(&steps).map(|(done, next)| (done, next.as_deref()));
        let text = match self.format {
            StepFormat::Json => {
                json::of_releases(each().map(|(done, next)| document(done, next, globals.dry_run)).collect())
            }
            StepFormat::Table | StepFormat::GithubOutput => {
                each().map(|(done, next)| text(done, next, globals.dry_run)).collect::<Vec<_>>().join("\n")
            }
        };
        let nothing = done.iter().all(|done| matches!(done.released, Released::Nothing)) && self.exit_code;
        let errors: Vec<Error> = done.into_iter().flat_map(|done| done.announced.errors).chain(refused).collect();
        let failed = Exit::several(errors.iter().map(|error| Exit::of(error)), false);
        let mut answer = Answer::new(text).with_exit(if nothing { Exit::Nothing } else { failed });
        answer.errors.extend(errors.into_iter().map(|error| Box::new(error) as Box<dyn Diagnostic>));
        answer
    }

    /// The same command once more, as a dry run leaves it to be done, or a forge that failed.
    fn again(&self, globals: &Globals) -> CommandLine {
        CommandLine::new("release", globals)
            .options("--release", &self.release)
            .option("--artifacts", self.artifacts.as_ref())
            .flag("--no-build", self.no_build)
            .flag("--no-verify", self.no_verify)
            .flag("--adopt", self.adopt)
            .forge(self.forge)
            .releases(self.releases)
            .state(&self.state)
    }

    /// The command that publishes a release: this one, or one that a commit brought.
    fn publish(&self, releases: &[impl AsRef<OsStr>], globals: &Globals) -> CommandLine {
        CommandLine::new("publish", globals)
            .options("--release", releases)
            .forge(self.forge)
            .releases(self.releases)
            .state(&self.state)
    }

    fn next(&self, done: &Done, globals: &Globals) -> Option<String> {
        if let Some(step) = remedy::mend(&done.announced.errors, &self.again(globals)).filter(|_| !globals.dry_run) {
            return Some(step);
        }
        let earlier = match &done.released {
            Released::Nothing => return None,
            Released::Tagged(_) if globals.dry_run => return Some(self.again(globals).as_str().to_owned()),
            Released::Tagged(tagged) => tagged.waits_for.as_slice(),
            Released::Already(_) => &[],
        };
        let first = earlier.iter().map(|commit| self.publish(&[commit.short()], globals));
        let steps: Vec<CommandLine> = first.chain([self.publish(&self.release, globals)]).collect();
        Some(match steps.as_slice() {
            [only] => only.as_str().to_owned(),
            several => several.iter().map(|step| format!("`{}`", step.as_str())).collect::<Vec<_>>().join(", then "),
        })
    }
}

/// Whether `publish` finds the tags that it works on.
fn can_be_published(released: &Released, dry_run: bool) -> bool {
    match released {
        Released::Nothing => false,
        Released::Already(_) => true,
        Released::Tagged(_) => !dry_run,
    }
}

fn building(options: &Options, invocation: &Invocation) -> Building {
    match &options.artifacts {
        Some(folder) => Building::Elsewhere(invocation.world.folder.join(folder)),
        None if options.no_build => Building::Waived,
        None => Building::Here,
    }
}

async fn question(session: &Session, options: &Options) -> Result<String> {
    let remote = session.policies.current().remote;
    let named: Vec<String> = options.release.iter().map(|commit| format!("`{}`", clean(commit))).collect();
    let what = if named.is_empty() { "HEAD".to_owned() } else { named.join(", ") };
    let head = session.vcs.head().await?;
    Ok(format!(
        "check, build and tag the release that {what} asks for, and push its tags to `{}` ({})?",
        clean(&remote),
        head.commit.short()
    ))
}

fn text(done: &Done, next: Option<&str>, dry_run: bool) -> String {
    let next = next.map(crate::next::line).unwrap_or_default();
    let forge = announced::text(&done.announced, done.absence.as_ref(), dry_run);
    let next = forge + &next;
    match &done.released {
        Released::Nothing => "nothing to release: HEAD holds no manifest\n".to_owned(),
        Released::Already(release) => {
            format!("{} is released: all its tags are there\n{next}", place(release))
        }
        Released::Tagged(Tagged { release, tags, .. }) => {
            let verb = if dry_run { "would be tagged" } else { "is tagged" };
            let lines: String = tags.iter().map(|tag| format!("  {}\n", Meaning::Good.paint(tag.as_str()))).collect();
            format!("{} {verb}:\n{lines}{next}", place(release))
        }
    }
}

fn place(release: &ReleaseCommit) -> String {
    let packages = count(release.manifest.packages.len(), "package");
    format!("the release of {packages} at {}", Meaning::Strong.paint(release.commit.id.short()))
}

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    dry_run: bool,
    commit: Option<&'a str>,
    outcome: &'static str,
    created: &'a [TagName],
    tags: Vec<&'a str>,
    forge: Option<announced::Document<'a>>,
    /// Why no forge was asked.
    no_forge: Option<&'static str>,
    next: Option<&'a str>,
}

fn document<'a>(done: &'a Done, next: Option<&'a str>, dry_run: bool) -> Document<'a> {
    let (outcome, created) = match &done.released {
        Released::Nothing => ("nothing", &[][..]),
        Released::Already(_) => ("already_released", &[][..]),
        Released::Tagged(tagged) => ("tagged", tagged.tags.as_slice()),
    };
    let release = done.released.release();
    let tags = release.iter().flat_map(|release| release.tags()).map(TagName::as_str).collect();
    let commit = release.map(|release| release.commit.id.as_str());
    let is_announced = release.is_some() && done.absence.is_none();
    let forge = is_announced.then(|| announced::document(&done.announced));
    let no_forge = done.absence.as_ref().map(absence::word);
    Document { schema: 1, dry_run, commit, outcome, created, tags, forge, no_forge, next }
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use releasekit_core::model::{BranchName, CommitId, ObjectId};
    use releasekit_core::vcs::CommitInfo;
    use releasekit_core::{BackendError, Code, ErrorKind};
    use releasekit_engine::manifest::{Manifest, PlanOptions};

    use super::*;
    use crate::args::{Cli, Command};

    fn commit(name: &str) -> ReleaseCommit {
        let id = CommitId::new(name.repeat(40));
        let manifest = Manifest {
            schema: 1,
            base: id.clone(),
            branch: BranchName::new("main"),
            options: PlanOptions::default(),
            umbrella: None,
            packages: Vec::new(),
        };
        let commit = CommitInfo::new(id, ObjectId::new("tree"), Vec::new(), String::new(), 0);
        ReleaseCommit { commit, manifest, path: Manifest::path() }
    }

    fn tagged(waits_for: &[&str]) -> Released {
        let waits_for = waits_for.iter().map(|name| commit(name).commit.id).collect();
        Released::Tagged(Tagged { release: commit("a"), tags: Vec::new(), waits_for })
    }

    /// What comes next where a forge failed so, or was not asked.
    fn next(line: &str, released: Released, failures: &[ErrorKind]) -> Option<String> {
        let cli = Cli::try_parse_from(line.split(' ')).expect("a legal line");
        let Some(Command::Release(options)) = cli.command else { unreachable!("{line}") };
        let failure = |kind: &ErrorKind| BackendError::new(Code::new("RK-TEST-FORGE", *kind), "no").into();
        let errors = failures.iter().map(failure).collect();
        let announced = Announced { errors, ..Announced::default() };
        options.next(&Done { released, announced, absence: None }, &cli.globals)
    }

    #[test]
    fn publish_can_go_on_where_the_tags_are() {
        let cases = [
            (Released::Nothing, false, false),
            (Released::Already(commit("a")), true, true),
            (tagged(&[]), false, true),
        ];
        for (released, dry, wet) in cases {
            assert_eq!(
                (can_be_published(&released, true), can_be_published(&released, false)),
                (dry, wet),
                "{released:?}"
            );
        }
    }

    /// What came of a line, and which one comes next.
    #[test]
    fn every_outcome_leads_to_what_works() {
        let already = || Released::Already(commit("a"));
        let waiting = "`releasekit publish --release bbbbbbbbb`, then `releasekit publish --release ccccccccc`, then \
                       `releasekit publish`";
        let cases = [
            ("releasekit release", Released::Nothing, None),
            ("releasekit release", already(), Some("releasekit publish")),
            ("releasekit release --dry-run", already(), Some("releasekit publish")),
            ("releasekit release", tagged(&[]), Some("releasekit publish")),
            ("releasekit release", tagged(&["b", "c"]), Some(waiting)),
            (
                "releasekit release --release abc --state-dir s",
                tagged(&[]),
                Some("releasekit publish --release abc --state-dir s"),
            ),
            ("releasekit -C sub release --artifacts dist", tagged(&[]), Some("releasekit -C sub publish")),
            ("releasekit release --dry-run", tagged(&["b"]), Some("releasekit release")),
            (
                "releasekit tag --dry-run --release abc --adopt",
                tagged(&[]),
                Some("releasekit release --release abc --adopt"),
            ),
            ("releasekit release --dry-run --no-build", tagged(&[]), Some("releasekit release --no-build")),
        ];
        for (line, released, expected) in cases {
            assert_eq!(next(line, released, &[]).as_deref(), expected, "{line}");
        }
    }

    #[test]
    fn what_the_forge_lacks_the_same_command_brings() {
        let credential = "set the credential that is missing or wrong, then run `releasekit release --release abc`";
        let cases: &[(&[ErrorKind], &str)] = &[
            (&[ErrorKind::Transient], "releasekit release --release abc"),
            (&[ErrorKind::Forbidden], credential),
            (&[ErrorKind::Conflict, ErrorKind::RateLimited], "releasekit release --release abc"),
            (&[ErrorKind::Conflict], "mend what the errors name, then run `releasekit release --release abc`"),
        ];
        for (failures, expected) in cases {
            let step = next("releasekit release --release abc", tagged(&["b"]), failures);
            assert_eq!(step.as_deref(), Some(*expected), "{failures:?}");
        }
    }
}

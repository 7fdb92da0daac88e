//! Lockfiles: what a release moves in one is edited line by line, and pnpm judges the result.
//!
//! `pnpm-lock.yaml` records no version of a member, but the requirements on it as they are written. So few lines move, and
//! `pnpm install --frozen-lockfile --lockfile-only --offline` says whether the file fits, by the package files alone: it resolves
//! nothing, asks nobody and writes nothing, with an empty cache too (measured with 10.34 and 12.21). Newer ones hold what a lockfile
//! names against a policy, for which they would ask a registry, unless they are told to trust it. To have pnpm write the file
//! takes every package's metadata, and moves what nobody asked to move.

mod lines;
mod words;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use releasekit_core::confinement::Workplace;
use releasekit_core::ecosystem::BackendContext;
use releasekit_core::event::Event;
use releasekit_core::model::{PackageName, RepoPath};
use releasekit_core::package_manager::{CheckRequest, LockRequest};
use releasekit_core::workspace::Move;
use releasekit_core::{ErrorKind, FileEdit, Result, VersionScheme};
use releasekit_formats::manifest::files_named;
use releasekit_formats::semver::SemVer;
use releasekit_process::{Error as ProcessError, Output};

use crate::config::{INSTALLED, LEAST, LOCKFILE, MANIFEST, TOOL};
use crate::environment;
use crate::error::Error;
use crate::tool::{Bench, help, is_unfit, version};
use lines::Lines;
use words::{Fault, Said, said};

/// Folders in which no lockfile of the repository lies, beside those of what was installed.
const PASSED_OVER: &str = ".git";

/// From which version on pnpm has to be told to trust a lockfile.
const TRUSTS: &str = "11.3.0";

/// The text of a lockfile with other words for what members require: `words` says, of a member as its folder from the root, a
/// name and what was recorded, what is written in its place.
pub(crate) fn reworded(text: &str, words: impl Fn(&str, &str, &str) -> Option<String>) -> String {
    Lines::of(text).reworded(words)
}

/// Brings the lockfiles that record what moved in line.
pub(crate) async fn refresh(context: &BackendContext, request: &LockRequest) -> Result<Vec<FileEdit>> {
    let moves: BTreeMap<&PackageName, &Move> = request.moves.iter().map(|(_, step)| (&step.name, step)).collect();
    let files = lockfiles(&request.folder)?;
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let desk = Desk::for_locks(context, request).await?;
    let mut edits = Vec::new();
    for file in files {
        let is_asked = request.roots.contains(&file.parent().unwrap_or_default());
        match desk.lockfile(&file).follow(&moves, is_asked).await {
            Ok(edit) => edits.extend(edit),
            Err(error) if is_asked => return Err(error),
            // That of a demo, or of another workspace that nobody releases, may have been stale for long.
            Err(error) => context.reporter.report(Event::warning_of(&error)),
        }
    }
    Ok(edits)
}

/// The lockfiles of a checkout, those at the top first.
pub(crate) fn lockfiles(folder: &Path) -> Result<Vec<RepoPath>> {
    let found = files_named(folder, LOCKFILE, |name| name == PASSED_OVER || INSTALLED.contains(&name));
    let mut files = found.map_err(|(path, source)| Error::Folder { path, source })?;
    files.retain(|file| !file.on_disk(folder).is_symlink());
    Ok(files)
}

/// What pnpm says of a lockfile, with its words where it does not accept it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is what the package files ask for.
    Fits,
    /// The package files ask for something else.
    Stale(String),
}

/// Where pnpm may work on lockfiles, and how.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Desk<'a> {
    context: &'a BackendContext,
    /// The checkout.
    folder: &'a Path,
    workplace: Option<&'a Workplace>,
    offline: bool,
    timeout: Duration,
    /// Whether pnpm has to be told to trust a lockfile.
    trusts: bool,
}

impl<'a> Desk<'a> {
    async fn for_locks(context: &'a BackendContext, request: &'a LockRequest) -> Result<Self> {
        let LockRequest { folder, workplace, offline, timeout, .. } = request;
        let trusts = trusts(context).await?;
        let (workplace, offline) = (workplace.as_ref(), *offline || context.offline);
        Ok(Self { context, folder, workplace, offline, timeout: *timeout, trusts })
    }

    pub(crate) async fn for_checks(context: &'a BackendContext, request: &'a CheckRequest) -> Result<Self> {
        let CheckRequest { folder, workplace, offline, timeout, .. } = request;
        let trusts = trusts(context).await?;
        let (workplace, offline) = (workplace.as_ref(), *offline || context.offline);
        Ok(Self { context, folder, workplace, offline, timeout: *timeout, trusts })
    }

    pub(crate) fn lockfile(&self, file: &'a RepoPath) -> Lockfile<'a> {
        Lockfile { desk: *self, file }
    }
}

async fn trusts(context: &BackendContext) -> Result<bool> {
    let found = SemVer.parse(&version(context, TOOL, LEAST).await?)?;
    Ok(SemVer.compare(&found, &SemVer.parse(TRUSTS)?).is_ge())
}

/// One lockfile.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lockfile<'a> {
    desk: Desk<'a>,
    file: &'a RepoPath,
}

impl Lockfile<'_> {
    /// Asks pnpm whether it fits. Nothing in the checkout changes.
    pub(crate) async fn judge(&self) -> Result<Verdict> {
        let output = self.install(&["--frozen-lockfile"]).await?;
        let text = output.stderr_text();
        match said(&text) {
            _ if output.success() => Ok(Verdict::Fits),
            Said::Stale => Ok(Verdict::Stale(text)),
            other => Err(self.failed(other, text).into()),
        }
    }

    /// Has pnpm bring it in line with the package files, and gives what changed of it.
    pub(crate) async fn renew(&self) -> Result<Option<FileEdit>> {
        let before = self.read()?;
        let output = self.install(&["--no-frozen-lockfile"]).await?;
        if !output.success() {
            let text = output.stderr_text();
            return Err(self.failed(said(&text), text).into());
        }
        let after = self.read()?;
        Ok((after != before).then(|| FileEdit::write(self.file.clone(), after)))
    }

    /// Moves what it records of packages that moved, and has pnpm judge it. One that nobody asks for and that records nothing of
    /// them is left alone. What was refused is put back.
    async fn follow(&self, moves: &BTreeMap<&PackageName, &Move>, is_asked: bool) -> Result<Option<FileEdit>> {
        let before = self.read()?;
        let after = Lines::of(&before).moved(moves, |importer, name| self.required(importer, name));
        if after == before && !is_asked {
            return Ok(None);
        }
        self.write(&after)?;
        match self.judge().await {
            Ok(Verdict::Fits) => Ok((after != before).then(|| FileEdit::write(self.file.clone(), after))),
            Ok(Verdict::Stale(output)) => {
                self.write(&before)?;
                Err(Error::LockStale { file: self.file.clone(), output }.into())
            }
            Err(error) => {
                self.write(&before)?;
                Err(error)
            }
        }
    }

    /// What the package file of a member requires under a name.
    fn required(&self, importer: &str, name: &str) -> Vec<String> {
        let place = self.file.parent().unwrap_or_default().join(importer.trim_start_matches("./"));
        let place = if importer == "." { self.file.parent() } else { place.ok() };
        place.map_or_else(Vec::new, |place| crate::manifest::required(&place.on_disk(self.desk.folder), name))
    }

    /// Without the network first, then with it where that is allowed and needed.
    async fn install(&self, args: &[&str]) -> Result<Output> {
        let output = self.run(args, true).await?;
        let wants = !output.success() && matches!(said(&output.stderr_text()), Said::WantsNetwork);
        if wants && !self.desk.offline { self.run(args, false).await } else { Ok(output) }
    }

    async fn run(&self, args: &[&str], offline: bool) -> Result<Output> {
        let mut all = vec!["install", "--lockfile-only", "--ignore-scripts"];
        all.extend(args);
        all.extend(offline.then_some("--offline"));
        all.extend(self.desk.trusts.then_some("--trust-lockfile"));
        let Desk { context, workplace, timeout, .. } = self.desk;
        let bench = Bench { context, folder: self.folder(), workplace, timeout };
        bench.run(environment::strict(&context.environment), all).await.map_err(|error| match error {
            ProcessError::TimedOut { stderr, .. } => {
                let fault = Fault::new(ErrorKind::Transient, "pnpm did not finish in time");
                self.failed(Said::Failed(fault), stderr).into()
            }
            error => help(TOOL, error),
        })
    }

    fn failed(&self, said: Said, output: String) -> Error {
        if is_unfit(&output) {
            return Error::EngineUnfit {
                file: self.file.parent().unwrap_or_default().join(MANIFEST).unwrap_or_default(),
                output,
            };
        }
        let fault = match said {
            Said::Failed(fault) => fault,
            Said::Stale => return Error::LockStale { file: self.file.clone(), output },
            Said::WantsNetwork => Fault::new(ErrorKind::Precondition, "that takes the network, which is out of bounds"),
        };
        Error::Lock { file: self.file.clone(), why: fault.why, kind: fault.kind, output }
    }

    fn folder(&self) -> PathBuf {
        self.file.parent().unwrap_or_default().on_disk(self.desk.folder)
    }

    fn read(&self) -> Result<String> {
        let path = self.file.on_disk(self.desk.folder);
        Ok(fs::read_to_string(&path).map_err(Error::folder(path))?)
    }

    fn write(&self, text: &str) -> Result<()> {
        let path = self.file.on_disk(self.desk.folder);
        Ok(fs::write(&path, text).map_err(Error::folder(path))?)
    }
}

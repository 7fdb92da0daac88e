//! Lockfiles: cargo brings them in line, and what it changed is compared with what had to change.
//!
//! `cargo update --workspace` moves the members and leaves everybody else where they are, unless what the package files say
//! needs otherwise. Then the lockfile was stale before: what it records besides the moves is not for a release to decide.

mod content;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use releasekit_core::ecosystem::BackendContext;
use releasekit_core::event::Event;
use releasekit_core::model::{PackageName, RepoPath};
use releasekit_core::package_manager::LockRequest;
use releasekit_core::workspace::Move;
use releasekit_core::{ErrorKind, FileEdit, Result};
use releasekit_formats::manifest::files_named;
use releasekit_process::{Error as ProcessError, Output};

use crate::config::LOCKFILE;
use crate::environment;
use crate::error::Error;
use crate::tool::{Bench, help};
use crate::words::{Fault, Said, said};
use content::Content;

/// Folders in which no lockfile of the repository lies.
const PASSED_OVER: &[&str] = &[".git", "node_modules", "target"];

/// Brings the lockfiles that record what moved in line.
pub(crate) async fn refresh(context: &BackendContext, request: &LockRequest) -> Result<Vec<FileEdit>> {
    let moves: Vec<&Move> = request.moves.iter().map(|(_, step)| step).collect();
    let names: BTreeSet<&PackageName> = moves.iter().map(|step| &step.name).collect();
    let mut edits = Vec::new();
    for file in lockfiles(&request.folder)? {
        let path = file.on_disk(&request.folder);
        let before = fs::read_to_string(&path).map_err(Error::folder(&path))?;
        if !Content::parse(file.as_str(), &before)?.has(&names) {
            continue;
        }
        let folder = path.parent().unwrap_or(&request.folder);
        let lock = Lockfile { bench: Bench::locking(context, request, folder), file: &file };
        match lock.follow(&moves, &before).await {
            Ok(edit) => edits.extend(edit),
            Err(error) => {
                fs::write(&path, before).map_err(Error::folder(&path))?;
                if request.roots.contains(&file.parent().unwrap_or_default()) {
                    return Err(error);
                }
                // That of a demo, or of another workspace that nobody releases, may have been stale for long.
                context.reporter.report(Event::warning_of(&error));
            }
        }
    }
    Ok(edits)
}

/// The lockfiles of a checkout, those at the top first.
fn lockfiles(folder: &Path) -> Result<Vec<RepoPath>> {
    let found = files_named(folder, LOCKFILE, |name| PASSED_OVER.contains(&name));
    let mut files = found.map_err(|(path, source)| Error::Folder { path, source })?;
    files.retain(|file| !file.on_disk(folder).is_symlink());
    Ok(files)
}

/// What cargo says of a lockfile, with its words where it does not accept it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is what cargo would write.
    Fits,
    /// cargo would write something else.
    Stale(String),
    /// cargo could write none, for the requirements cannot all be met.
    Unsolvable(String),
}

/// A lockfile, and where cargo may work on it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lockfile<'a> {
    pub(crate) bench: Bench<'a>,
    pub(crate) file: &'a RepoPath,
}

impl Lockfile<'_> {
    /// Asks cargo whether it fits.
    pub(crate) async fn judge(&self) -> Result<Verdict> {
        let output = self.update(&["--locked"]).await?;
        let text = output.stderr_text();
        match said(&text) {
            _ if output.success() => Ok(Verdict::Fits),
            Said::Stale => Ok(Verdict::Stale(text)),
            Said::Unsolvable => Ok(Verdict::Unsolvable(text)),
            other => Err(self.failed(other, text).into()),
        }
    }

    /// Has cargo bring it in line, and gives what changed of it.
    pub(crate) async fn renew(&self, before: &str) -> Result<Option<FileEdit>> {
        let output = self.update(&[]).await?;
        if !output.success() {
            let text = output.stderr_text();
            return Err(match said(&text) {
                Said::Stale | Said::Unsolvable => Error::LockStale { file: self.file.clone(), output: text }.into(),
                other => self.failed(other, text).into(),
            });
        }
        let after = self.read()?;
        Ok((after != before).then(|| FileEdit::write(self.file.clone(), after)))
    }

    /// Has cargo bring it in line, which may change nothing but what had to.
    async fn follow(&self, moves: &[&Move], before: &str) -> Result<Option<FileEdit>> {
        let edit = self.renew(before).await?;
        let after = Content::parse(self.file.as_str(), &self.read()?)?;
        if Content::parse(self.file.as_str(), before)?.moved(moves, &after) == after {
            return Ok(edit);
        }
        Err(Error::LockStale { file: self.file.clone(), output: String::new() }.into())
    }

    /// Without the network first, then with it where that is allowed and needed.
    async fn update(&self, args: &[&str]) -> Result<Output> {
        let output = self.run(args, true).await?;
        let wants = !output.success() && matches!(said(&output.stderr_text()), Said::WantsNetwork);
        if wants && !self.bench.is_offline() { self.run(args, false).await } else { Ok(output) }
    }

    async fn run(&self, args: &[&str], offline: bool) -> Result<Output> {
        let bench = Bench { offline: offline || self.bench.offline, ..self.bench };
        let environment = environment::strict(&bench.context.environment);
        let ended = bench.run(environment, &[&["update", "--workspace"], args].concat()).await;
        ended.map_err(|error| match error {
            ProcessError::TimedOut { stderr, .. } => {
                let fault = Fault::new(ErrorKind::Transient, "cargo did not finish in time");
                self.failed(Said::Failed(fault), stderr).into()
            }
            error => help(error),
        })
    }

    fn failed(&self, said: Said, output: String) -> Error {
        let fault = match said {
            Said::Failed(fault) => fault,
            _ => Fault::new(ErrorKind::Precondition, "that takes the network, which is out of bounds"),
        };
        Error::Lock { file: self.file.clone(), why: fault.why, kind: fault.kind, output }
    }

    fn read(&self) -> Result<String> {
        let path: PathBuf = self.bench.folder.join(LOCKFILE);
        Ok(fs::read_to_string(&path).map_err(Error::folder(path))?)
    }
}

impl<'a> Bench<'a> {
    fn locking(context: &'a BackendContext, request: &'a LockRequest, folder: &'a Path) -> Self {
        let (workplace, offline, timeout) = (request.workplace.as_ref(), request.offline, request.timeout);
        Self { context, folder, workplace, offline, timeout }
    }
}

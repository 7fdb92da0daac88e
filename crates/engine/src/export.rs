//! A throw-away checkout of a commit, in which tools may run. The user's files are only read.

mod edits;
mod untracked;

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use releasekit_core::command::CommandRequest;
use releasekit_core::confinement::Workplace;
use releasekit_core::model::{CommitId, RepoPath, TagName};
use releasekit_core::policy::Policy;
use releasekit_core::vcs::{ExportRequest, Tag};
use releasekit_core::{Environment, FileEdit, Tree};

use crate::discover::WorkspaceRoot;
use crate::error::Result;
use crate::failure::Failure;
use crate::scratch::Scratch;
use crate::session::Session;
pub(crate) use edits::write_edits;
use untracked::WorkTree;

/// The variable that tells build tools which time it is.
const EPOCH: &str = "SOURCE_DATE_EPOCH";

/// A checkout of ours. Removed when it is dropped, and by the next start where this one is killed.
#[derive(Debug)]
pub(crate) struct Export {
    scratch: Scratch,
    checkout: PathBuf,
}

impl Export {
    /// Checks a commit out, with these tags beside the repository's own.
    pub(crate) async fn create(session: &Session, commit: &CommitId, tags: &[Tag]) -> Result<Self> {
        Self::make(session, |into| ExportRequest::new(commit.clone(), into).with_tags(tags.to_vec())).await
    }

    /// Checks a commit out that has one tag alone, so that tools take that one's version for its own.
    pub(crate) async fn tagged(session: &Session, commit: &CommitId, tag: TagName) -> Result<Self> {
        let tag = Tag::new(tag, commit.clone());
        Self::make(session, |into| ExportRequest::new(commit.clone(), into).with_tag_alone(tag)).await
    }

    async fn make(session: &Session, request: impl FnOnce(PathBuf) -> ExportRequest) -> Result<Self> {
        let scratch = Scratch::create(&session.context.cache, "export")?;
        let checkout = scratch.path().join("checkout");
        let request = request(checkout.clone());
        session.vcs.export(&request).await?;
        // Paths are compared with this one, and the cache may lie behind a link.
        let checkout = checkout.canonicalize().map_err(Failure::file("read", &checkout))?;
        Ok(Self { scratch, checkout })
    }

    /// Checks HEAD out, and changes it to what the work tree holds.
    pub(crate) async fn of_work_tree(session: &Session, work_tree: &dyn Tree) -> Result<Self> {
        let head = session.vcs.head().await?.commit;
        let committed = session.vcs.tree(&head).await?;
        let export = Self::create(session, &head, &[]).await?;
        let mut edits = Vec::new();
        for path in session.vcs.status().await? {
            match work_tree.read(&path)? {
                Some(content) => edits.push(FileEdit::write(path, content)),
                None if committed.read(&path)?.is_some() => edits.push(FileEdit::delete(path)),
                // What is no file on either side, such as a submodule, is no matter of these edits.
                None => {}
            }
        }
        export.write(&edits)?;
        Ok(export)
    }

    /// The checkout.
    pub(crate) fn path(&self) -> &Path {
        &self.checkout
    }

    /// The workplace that it is.
    pub(crate) fn workplace(&self) -> Workplace {
        self.scratch.workplace()
    }

    /// A new, empty folder beside the checkout.
    pub(crate) fn beside(&self, name: &str) -> Result<PathBuf> {
        self.scratch.beside(name)
    }

    /// Writes edits into the checkout. Fails with `Invalid` where a link would lead one out of it.
    pub(crate) fn write(&self, edits: &[FileEdit]) -> Result<()> {
        write_edits(&self.checkout, edits)
    }

    /// Hides from tools that tracked files were changed. No code may have run in it yet.
    pub(crate) async fn hide_changes(&self, session: &Session, tracked: &dyn Tree) -> Result<()> {
        // Where the export is no repository, nothing in it can be asked.
        let Some(vcs) = session.open_export(&self.checkout)? else { return Ok(()) };
        let (mut changed, tracked) = (vcs.status().await?, tracked.files()?);
        changed.retain(|path| tracked.binary_search(path).is_ok());
        Ok(session.vcs.hide(&self.checkout, &changed).await?)
    }

    /// The same checkout once more, at a place of its own.
    pub(crate) fn copied(&self, session: &Session) -> Result<Self> {
        let scratch = Scratch::create(&session.context.cache, "export")?;
        let checkout = scratch.path().join("checkout");
        copy_folder(&self.checkout, &checkout).map_err(Failure::file("copy the export to", &checkout))?;
        let checkout = checkout.canonicalize().map_err(Failure::file("read", &checkout))?;
        Ok(Self { scratch, checkout })
    }

    /// The files that are tracked or not ignored; `None` where the checkout is no repository any more.
    pub(crate) async fn unignored(&self, session: &Session) -> Result<Option<BTreeSet<RepoPath>>> {
        let Some(vcs) = session.open_export(&self.checkout)? else { return Ok(None) };
        Ok(Some(vcs.work_tree().await?.files()?.iter().cloned().collect()))
    }

    /// Everything that differs from the commit by now: edits that were written, and what commands have changed.
    pub(crate) async fn changed(&self, session: &Session) -> Result<Vec<FileEdit>> {
        let vcs = session.open_export(&self.checkout)?.expect("an export is a repository of the system that made it");
        let mut edits = Vec::new();
        for path in vcs.status().await? {
            self.refuse_links(&path)?;
            let file = path.on_disk(&self.checkout);
            edits.push(match fs::read(&file) {
                Ok(content) => FileEdit::write(path, content),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => FileEdit::delete(path),
                Err(error) => return Err(Failure::file("read", &file)(error).into()),
            });
        }
        Ok(edits)
    }

    /// A command may have put a link in the place of a file, or of a folder above it; what it leads to is not read.
    fn refuse_links(&self, path: &RepoPath) -> Result<()> {
        let mut at = Some(path.clone()).filter(|path| !path.is_root());
        while let Some(place) = at {
            if place.on_disk(&self.checkout).is_symlink() {
                return Err(Failure::PathOutside { path: PathBuf::from(place.as_str()) }.into());
            }
            at = place.parent().filter(|path| !path.is_root());
        }
        Ok(())
    }

    /// Runs commands of the configuration in the workspace's folder.
    pub(crate) async fn run(&self, session: &Session, commands: Commands<'_>) -> Result<()> {
        let Commands { workspace, policy, lines, epoch } = commands;
        for args in lines {
            session.phase(format!("running `{}`", args.join(" ")));
            let runner = session.context.commands.as_ref().ok_or(Failure::CommandsUnsupported)?;
            let mut environment = build_environment(session, policy);
            if let Some(epoch) = epoch {
                environment.set(EPOCH, epoch.to_string());
            }
            let folder = workspace.root.on_disk(&self.checkout);
            let workplace = Some(self.workplace());
            let timeout = policy.publish.task_timeout;
            let request = CommandRequest { args: args.clone(), folder, environment, workplace, timeout };
            runner.run(&request).await?;
        }
        Ok(())
    }

    /// Copies files that were built in the user's work tree and are not tracked, as the configuration's globs name
    /// them, from the repository root.
    pub(crate) fn include_untracked(&self, session: &Session, tracked: &dyn Tree, globs: &[String]) -> Result<()> {
        let work_tree = WorkTree { root: session.vcs.root(), private: &session.vcs.private_folder() };
        work_tree.copy_untracked(&self.checkout, tracked, globs)
    }
}

/// Commands that the configuration wants run in a workspace.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Commands<'a> {
    workspace: &'a WorkspaceRoot,
    policy: &'a Policy,
    lines: &'a [Vec<String>],
    /// The time that build tools are told.
    epoch: Option<i64>,
}

impl<'a> Commands<'a> {
    /// Those before a release commit.
    pub(crate) fn prepare(workspace: &'a WorkspaceRoot, policy: &'a Policy) -> Self {
        Self { workspace, policy, lines: &workspace.policy.prepare_commands, epoch: None }
    }

    /// Those before packing.
    pub(crate) fn build(workspace: &'a WorkspaceRoot, policy: &'a Policy, epoch: i64) -> Self {
        Self { workspace, policy, lines: &workspace.policy.build_commands, epoch: Some(epoch) }
    }
}

/// What builds may see beyond the few variables of every tool. A policy that no configuration checked is held to the
/// same: no credential passes, whoever names it.
pub(crate) fn build_environment(session: &Session, policy: &Policy) -> Environment {
    let wanted = |name: &str| policy.build_env.iter().any(|wanted| wanted == name);
    session.context.environment.filtered(|name| wanted(name) && !session.backends.is_credential(name))
}

/// Copies a folder with links, modes and times, for tools compare times.
fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type()?;
        if kind.is_dir() {
            copy_folder(&source, &target)?;
        } else if kind.is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(&source)?, &target)?;
        } else if kind.is_file() {
            fs::copy(&source, &target)?;
            let data = entry.metadata()?;
            let times = fs::FileTimes::new().set_modified(data.modified()?);
            File::options().write(true).open(&target).and_then(|file| file.set_times(times)).or_else(read_only)?;
        }
    }
    fs::set_permissions(to, fs::metadata(from)?.permissions())
}

/// A file that may not be written keeps the time of its copy.
fn read_only(error: std::io::Error) -> std::io::Result<()> {
    if error.kind() == std::io::ErrorKind::PermissionDenied { Ok(()) } else { Err(error) }
}

#[cfg(test)]
mod tests;

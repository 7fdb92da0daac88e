//! A throw-away checkout of a commit, in which tools may run. The user's files are only read.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};
use releasekit_core::command::CommandRequest;
use releasekit_core::confinement::Workplace;
use releasekit_core::model::{CommitId, RepoPath};
use releasekit_core::policy::Policy;
use releasekit_core::vcs::{ExportRequest, Tag};
use releasekit_core::{Environment, FileEdit, Tree};

use crate::discover::WorkspaceRoot;
use crate::error::Result;
use crate::failure::Failure;
use crate::scratch::Scratch;
use crate::session::Session;

/// The variable that tells build tools which time it is.
const EPOCH: &str = "SOURCE_DATE_EPOCH";

/// A checkout of ours. Removed when it is dropped, and by the next start where this one is killed.
#[derive(Debug)]
pub struct Export {
    scratch: Scratch,
    checkout: PathBuf,
}

impl Export {
    /// Checks a commit out, with these tags beside the repository's own.
    pub async fn create(session: &Session, commit: &CommitId, tags: &[Tag]) -> Result<Self> {
        let scratch = Scratch::create(&session.context.cache, "export")?;
        let checkout = scratch.path().join("checkout");
        let request = ExportRequest { commit: commit.clone(), into: checkout.clone(), tags: tags.to_vec() };
        session.vcs.export(&request).await?;
        // Paths are compared with this one, and the cache may lie behind a link.
        let checkout = checkout.canonicalize().map_err(Failure::file("read", &checkout))?;
        Ok(Self { scratch, checkout })
    }

    /// Checks HEAD out, and changes it to what the work tree holds.
    pub async fn of_work_tree(session: &Session, work_tree: &dyn Tree) -> Result<Self> {
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
    pub fn path(&self) -> &Path {
        &self.checkout
    }

    /// The workplace that it is.
    pub fn workplace(&self) -> Workplace {
        self.scratch.workplace()
    }

    /// A new, empty folder beside the checkout.
    pub fn beside(&self, name: &str) -> Result<PathBuf> {
        self.scratch.beside(name)
    }

    /// Writes edits into the checkout. Fails with `Invalid` where a link would lead one out of it.
    pub fn write(&self, edits: &[FileEdit]) -> Result<()> {
        write_edits(&self.checkout, edits)
    }

    /// The same checkout once more, at a place of its own.
    pub fn copied(&self, session: &Session) -> Result<Self> {
        let scratch = Scratch::create(&session.context.cache, "export")?;
        let checkout = scratch.path().join("checkout");
        copy_folder(&self.checkout, &checkout).map_err(Failure::file("copy the export to", &checkout))?;
        let checkout = checkout.canonicalize().map_err(Failure::file("read", &checkout))?;
        Ok(Self { scratch, checkout })
    }

    /// The files that are tracked or not ignored; `None` where the checkout is no repository any more.
    pub async fn unignored(&self, session: &Session) -> Result<Option<BTreeSet<RepoPath>>> {
        let Some(vcs) = session.open_export(&self.checkout)? else { return Ok(None) };
        Ok(Some(vcs.work_tree().await?.files()?.iter().cloned().collect()))
    }

    /// Everything that differs from the commit by now: edits that were written, and what commands have changed.
    pub async fn changed(&self, session: &Session) -> Result<Vec<FileEdit>> {
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

    /// Runs what the configuration wants run before a release commit.
    pub async fn prepare_commands(&self, session: &Session, workspace: &WorkspaceRoot, policy: &Policy) -> Result<()> {
        self.commands(session, workspace, policy, &workspace.policy.prepare_commands, None).await
    }

    /// Runs what the configuration wants run before packing.
    pub async fn build_commands(
        &self,
        session: &Session,
        workspace: &WorkspaceRoot,
        policy: &Policy,
        epoch: i64,
    ) -> Result<()> {
        self.commands(session, workspace, policy, &workspace.policy.build_commands, Some(epoch)).await
    }

    async fn commands(
        &self,
        session: &Session,
        workspace: &WorkspaceRoot,
        policy: &Policy,
        commands: &[Vec<String>],
        epoch: Option<i64>,
    ) -> Result<()> {
        for args in commands {
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
    pub fn include_untracked(&self, session: &Session, tracked: &dyn Tree, globs: &[String]) -> Result<()> {
        let (work_tree, private) = (session.vcs.root(), session.vcs.private_folder());
        let tracked = tracked.files()?;
        for glob in globs {
            let Ok(matcher) = matcher(glob) else { continue };
            let start = literal_prefix(glob);
            require_no_link(work_tree, &start)?;
            let mut found = Vec::new();
            let enter = |folder: &Path| !private.starts_with(folder);
            collect(work_tree, &start, &enter, &mut found).map_err(Failure::file("read", start.on_disk(work_tree)))?;
            found.retain(|path| matcher.is_match(path.as_str()) && tracked.binary_search(path).is_err());
            for path in found {
                self.copy_in(work_tree, &path)?;
            }
        }
        Ok(())
    }

    fn copy_in(&self, work_tree: &Path, path: &RepoPath) -> Result<()> {
        let source = path.on_disk(work_tree);
        let content = fs::read(&source).map_err(Failure::file("read", &source))?;
        let mode = fs::metadata(&source).map_err(Failure::file("read", &source))?.permissions().mode();
        let target = inside(&self.checkout, path)?;
        put(&target, &content, if mode & 0o111 == 0 { 0o644 } else { 0o755 })
    }
}

/// What builds may see beyond the few variables of every tool. A policy that no configuration checked is held to the
/// same: no credential passes, whoever names it.
pub(crate) fn build_environment(session: &Session, policy: &Policy) -> Environment {
    let wanted = |name: &str| policy.build_env.iter().any(|wanted| wanted == name);
    session.context.environment.filtered(|name| wanted(name) && !session.backends.is_credential(name))
}

/// Writes edits into a folder.
pub(crate) fn write_edits(folder: &Path, edits: &[FileEdit]) -> Result<()> {
    for edit in edits {
        let target = inside(folder, &edit.path)?;
        match &edit.content {
            Some(content) => put(&target, content, 0o644)?,
            None => match fs::remove_file(&target) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(Failure::file("remove", target)(error).into());
                }
                _ => {}
            },
        }
    }
    Ok(())
}

/// The place of a path in a folder, with the folders above it. No link may lead out of the folder.
fn inside(folder: &Path, path: &RepoPath) -> Result<PathBuf> {
    let folder = folder.canonicalize().map_err(Failure::file("read", folder))?;
    let outside = || Failure::PathOutside { path: PathBuf::from(path.as_str()) };
    let mut place = folder.clone();
    let parts: Vec<&str> = path.as_str().split('/').collect();
    let (last, above) = parts.split_last().ok_or_else(outside)?;
    for part in above {
        place.push(part);
        match fs::create_dir(&place) {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
                return Err(Failure::file("make the folder", place)(error).into());
            }
            _ => {}
        }
        place = place.canonicalize().map_err(Failure::file("read", &place))?;
        if !place.starts_with(&folder) {
            return Err(outside().into());
        }
    }
    place.push(last);
    if place.is_symlink() && !place.canonicalize().is_ok_and(|real| real.starts_with(&folder)) {
        return Err(outside().into());
    }
    Ok(place)
}

/// Writes a file; a new one gets the mode, whatever our own mask is, and an old one keeps its own.
fn put(path: &Path, content: &[u8], mode: u32) -> Result<()> {
    let is_new = !path.exists();
    let written = File::create(path).and_then(|mut file| {
        file.write_all(content)?;
        if is_new { file.set_permissions(fs::Permissions::from_mode(mode)) } else { Ok(()) }
    });
    Ok(written.map_err(Failure::file("write", path))?)
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

/// A folder of the work tree that is reached through a link may lie anywhere.
fn require_no_link(root: &Path, folder: &RepoPath) -> Result<()> {
    let mut at = Some(folder.clone());
    while let Some(folder) = at {
        if folder.on_disk(root).is_symlink() && !folder.is_root() {
            return Err(Failure::PathOutside { path: PathBuf::from(folder.as_str()) }.into());
        }
        at = folder.parent();
    }
    Ok(())
}

fn matcher(glob: &str) -> Result<GlobMatcher, globset::Error> {
    Ok(GlobBuilder::new(glob).literal_separator(true).build()?.compile_matcher())
}

/// The folder that a glob's matches all lie in.
fn literal_prefix(glob: &str) -> RepoPath {
    let special = |part: &&str| !part.contains(['*', '?', '[', '{', '\\']);
    let parts: Vec<&str> = glob.split('/').take_while(special).collect();
    let whole = parts.len() == glob.split('/').count();
    let folders = if whole { &parts[..parts.len().saturating_sub(1)] } else { &parts[..] };
    RepoPath::new(folders.join("/")).unwrap_or_default()
}

/// The files below a folder, sorted; links are not followed, and a folder that is not there is empty.
fn collect(
    root: &Path,
    folder: &RepoPath,
    enter: &dyn Fn(&Path) -> bool,
    found: &mut Vec<RepoPath>,
) -> std::io::Result<()> {
    let entries = match fs::read_dir(folder.on_disk(root)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let mut entries = entries.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let Some(path) = entry.file_name().to_str().and_then(|name| folder.join(name).ok()) else { continue };
        let kind = entry.file_type()?;
        if kind.is_dir() && enter(&entry.path()) {
            collect(root, &path, enter, found)?;
        } else if kind.is_file() {
            found.push(path);
        }
    }
    Ok(())
}

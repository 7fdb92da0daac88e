//! Files of the user's work tree that are built and not tracked, copied into a checkout.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use globset::GlobBuilder;
use releasekit_core::Tree;
use releasekit_core::model::RepoPath;

use super::edits::{inside, put};
use crate::error::Result;
use crate::failure::Failure;
use crate::globs;

/// The user's checkout.
pub(super) struct WorkTree<'a> {
    pub(super) root: &'a Path,
    /// The repository's own folder, which is not looked into.
    pub(super) private: &'a Path,
}

impl WorkTree<'_> {
    /// Copies the untracked files that globs name into another checkout.
    pub(super) fn copy_untracked(&self, checkout: &Path, tracked: &dyn Tree, globs: &[String]) -> Result<()> {
        let tracked = tracked.files()?;
        for glob in globs {
            let matcher = globs::glob(glob, GlobBuilder::new(glob).literal_separator(true))?;
            let start = literal_prefix(glob);
            require_no_link(self.root, &start)?;
            let mut found = Vec::new();
            let enter = |folder: &Path| !self.private.starts_with(folder);
            collect(self.root, &start, &enter, &mut found).map_err(Failure::file("read", start.on_disk(self.root)))?;
            found.retain(|path| matcher.is_match(path.as_str()) && tracked.binary_search(path).is_err());
            for path in found {
                self.copy_into(checkout, &path)?;
            }
        }
        Ok(())
    }

    fn copy_into(&self, checkout: &Path, path: &RepoPath) -> Result<()> {
        let source = path.on_disk(self.root);
        let content = fs::read(&source).map_err(Failure::file("read", &source))?;
        let mode = fs::metadata(&source).map_err(Failure::file("read", &source))?.permissions().mode();
        let target = inside(checkout, path)?;
        put(&target, &content, if mode & 0o111 == 0 { 0o644 } else { 0o755 })
    }
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

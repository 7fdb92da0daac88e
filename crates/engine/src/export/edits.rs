//! Edits on disk. No link leads one out of its folder.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use releasekit_core::FileEdit;
use releasekit_core::model::RepoPath;

use crate::error::Result;
use crate::failure::Failure;

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
pub(super) fn inside(folder: &Path, path: &RepoPath) -> Result<PathBuf> {
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
pub(super) fn put(path: &Path, content: &[u8], mode: u32) -> Result<()> {
    let is_new = !path.exists();
    let written = File::create(path).and_then(|mut file| {
        file.write_all(content)?;
        if is_new { file.set_permissions(fs::Permissions::from_mode(mode)) } else { Ok(()) }
    });
    Ok(written.map_err(Failure::file("write", path))?)
}

//! Files of commits, of work trees and on disk.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use releasekit_core::{FileEdit, Result};

use super::codes::{INVALID, PRECONDITION, refused};
use super::objects::Files;

/// Makes edits. Fails where one names no file, or two the same.
pub(super) fn edit(files: &mut Files, edits: &[FileEdit]) -> Result<()> {
    let mut named = BTreeSet::new();
    for edit in edits {
        if edit.path.is_root() || !named.insert(&edit.path) {
            return Err(refused(INVALID, format!("`{}` is edited twice, or is no file", edit.path)));
        }
        let is_folder = files.keys().any(|file| file != &edit.path && file.starts_with(&edit.path));
        let below_file = files.keys().any(|file| file != &edit.path && edit.path.starts_with(file));
        if is_folder || (below_file && edit.content.is_some()) {
            return Err(refused(PRECONDITION, format!("`{}` is no file", edit.path)));
        }
        match edit.content.clone() {
            Some(content) => drop(files.insert(edit.path.clone(), content)),
            None => drop(files.remove(&edit.path)),
        }
    }
    Ok(())
}

/// A folder that nothing lies in yet.
pub(super) fn fresh(folder: &Path) -> Result<()> {
    let failed = |error: std::io::Error| refused(PRECONDITION, format!("`{}`: {error}", folder.display()));
    fs::create_dir_all(folder).map_err(failed)?;
    match fs::read_dir(folder).map_err(failed)?.next() {
        None => Ok(()),
        Some(_) => Err(refused(PRECONDITION, format!("`{}` is not empty", folder.display()))),
    }
}

pub(super) fn write(folder: &Path, files: &Files) -> std::io::Result<()> {
    for (path, content) in files {
        let place = path.on_disk(folder);
        place.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::write(place, content)?;
    }
    Ok(())
}

//! Writes to the files on disk, where a user asked for it.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use releasekit_core::FileEdit;
use rustix::fs::OFlags;

use super::link::{Entry, on_disk, resolve};
use crate::error::Error;

/// Writes the edits into a root, which is absolute and free of links. All places are looked at before the first is written.
pub(crate) fn write(root: &Path, edits: &[FileEdit]) -> Result<(), Error> {
    for edit in edits {
        let found = resolve(&edit.path, |path| on_disk(root, path))?;
        if found.linked || !matches!(found.entry, Entry::File | Entry::Nothing) {
            let path = edit.path.to_string();
            return Err(Error::LinkOutside { path: path.clone(), link: path, leads: "to another file, or to none" });
        }
    }
    edits.iter().try_for_each(|edit| put(root, edit))
}

fn put(root: &Path, edit: &FileEdit) -> Result<(), Error> {
    let file = edit.path.on_disk(root);
    let done = match &edit.content {
        Some(content) => file.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| overwrite(&file, content)),
        None => fs::remove_file(&file).or_else(|error| match error.kind() {
            ErrorKind::NotFound => Ok(()),
            _ => Err(error),
        }),
    };
    done.map_err(|source| Error::WorkTreeFile { path: edit.path.to_string(), source })
}

/// No link is followed that took the file's place meanwhile.
fn overwrite(file: &Path, content: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    let options = options.write(true).create(true).truncate(true).custom_flags(OFlags::NOFOLLOW.bits().cast_signed());
    options.open(file)?.write_all(content)
}

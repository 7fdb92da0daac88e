//! Tracked files that a sparse checkout leaves out: what they hold stands in the index.

use gix::bstr::ByteSlice;
use gix::index::entry::{Flags, Mode};

use super::entries::Entries;
use crate::error::Error;
use crate::packs::{Packs, Reader};

/// Reads the index. One that is sparse itself names folders, whose files stand in their trees.
pub(super) fn left_out(repo: &gix::Repository) -> Result<Entries, Error> {
    let index = repo.index_or_empty().map_err(Error::read("the index"))?;
    let mut left_out = Entries::default();
    let mut folders = Vec::new();
    let skipped = index.entries().iter().filter(|entry| entry.flags.contains(Flags::SKIP_WORKTREE));
    for entry in skipped {
        let Ok(path) = entry.path(&index).to_str() else { continue };
        match entry.mode {
            Mode::DIR => folders.push((format!("{}/", path.trim_end_matches('/')), entry.id)),
            Mode::COMMIT => left_out.nested(path),
            mode => left_out.file(path, entry.id, mode == Mode::SYMLINK),
        }
    }
    if !folders.is_empty() {
        let packs = Packs::of(repo);
        let mut reader = Reader::new(repo, &packs);
        folders.into_iter().try_for_each(|(path, tree)| left_out.tree(&mut reader, path, tree))?;
    }
    left_out.files.sort();
    Ok(left_out)
}

//! What trees of the object database hold, down to the last file.

use gix::ObjectId;
use gix::bstr::ByteSlice;
use gix::objs::tree::EntryKind;
use gix::objs::{Kind, TreeRefIter};
use releasekit_core::model::RepoPath;

use crate::error::Error;
use crate::object::read_packed;
use crate::packs::Reader;

/// Files, links among them, and submodules. Names that are no path of ours are left out.
#[derive(Debug, Default)]
pub(super) struct Entries {
    /// Each with its content, or where it leads.
    pub(super) files: Vec<(RepoPath, ObjectId)>,
    pub(super) links: Vec<RepoPath>,
    pub(super) nested: Vec<RepoPath>,
}

impl Entries {
    /// Adds all below a tree, which lies at a path that ends with a slash or is empty.
    pub(super) fn tree(&mut self, reader: &mut Reader<'_>, path: String, tree: ObjectId) -> Result<(), Error> {
        let mut folders = vec![(path, tree)];
        while let Some((prefix, tree)) = folders.pop() {
            let bytes = read_packed(reader, tree, Kind::Tree)?;
            for entry in TreeRefIter::from_bytes(&bytes, reader.repo().object_hash()) {
                let entry = entry.map_err(Error::read("a tree"))?;
                let Ok(name) = entry.filename.to_str() else { continue };
                let path = format!("{prefix}{name}");
                match entry.mode.kind() {
                    EntryKind::Tree => folders.push((path + "/", entry.oid.to_owned())),
                    EntryKind::Commit => self.nested(&path),
                    kind => self.file(&path, entry.oid.to_owned(), kind == EntryKind::Link),
                }
            }
        }
        Ok(())
    }

    /// Adds a file or a link.
    pub(super) fn file(&mut self, path: &str, id: ObjectId, is_link: bool) {
        let Ok(path) = RepoPath::new(path) else { return };
        if is_link {
            self.links.push(path.clone());
        }
        self.files.push((path, id));
    }

    /// Adds a submodule.
    pub(super) fn nested(&mut self, path: &str) {
        self.nested.extend(RepoPath::new(path));
    }
}

//! Whose a folder is in some commit: what the judge of a request says of the package files there.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

use gix::ObjectId;
use gix::hashtable::hash::Builder;
use gix::objs::Kind;
use releasekit_core::model::RepoPath;
use releasekit_core::vcs::Judge;

use super::path::joined;
use super::tree_diff;
use super::trees::Trees;
use crate::error::Error;
use crate::object::missing;
use crate::packs::{Object, Reader};
use crate::recent::Recent;

/// The scopes whose a folder is; `None` where no package file says so.
pub(super) type Owner = Option<Arc<[usize]>>;

/// Folders, and whose they are.
type FoldersByTree = Recent<ObjectId, (Arc<[u8]>, Owner), Builder>;

/// What a judge said, kept for all threads.
pub(super) struct Said {
    files: Mutex<HashMap<(Vec<u8>, ObjectId), Owner>>,
    /// By the tree of a folder, which may lie elsewhere as well. What a commit made of a folder is what the next one finds.
    folders: Mutex<FoldersByTree>,
}

/// How many folders are kept.
const FOLDERS: usize = 64 * 1024;

impl Default for Said {
    fn default() -> Self {
        Self { files: Mutex::default(), folders: Mutex::new(Recent::new(FOLDERS)) }
    }
}

impl Said {
    fn of_file(&self, file: &(Vec<u8>, ObjectId)) -> Option<Owner> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner).get(file).cloned()
    }

    fn keep_file(&self, file: (Vec<u8>, ObjectId), owner: Owner) {
        self.files.lock().unwrap_or_else(PoisonError::into_inner).insert(file, owner);
    }

    fn of_folder(&self, folder: &[u8], tree: &ObjectId) -> Option<Owner> {
        let found = self.folders.lock().unwrap_or_else(PoisonError::into_inner).get(tree)?;
        (*found.0 == *folder).then_some(found.1)
    }

    fn keep_folder(&self, folder: &[u8], tree: ObjectId, owner: Owner) {
        self.folders.lock().unwrap_or_else(PoisonError::into_inner).add(tree, (Arc::from(folder), owner), 1);
    }
}

/// Asks the judge, and keeps what it says of each file. For one thread.
pub(super) struct Owners<'a> {
    reader: Reader<'a>,
    judge: &'a dyn Judge,
    said: &'a Said,
}

impl<'a> Owners<'a> {
    /// Asks this judge about files that the reader reads.
    pub(super) fn new(reader: Reader<'a>, judge: &'a dyn Judge, said: &'a Said) -> Self {
        Self { reader, judge, said }
    }

    /// Whose a folder is by its package files; several files may make several packages of it.
    pub(super) fn of(&mut self, folder: &[u8], tree: ObjectId, trees: &mut Trees<'_>) -> Result<Owner, Error> {
        if let Some(owner) = self.said.of_folder(folder, &tree) {
            return Ok(owner);
        }
        let owner = self.by_tree(folder, &trees.get(Some(tree))?, trees.id_len())?;
        self.said.keep_folder(folder, tree, owner.clone());
        Ok(owner)
    }

    fn by_tree(&mut self, folder: &[u8], tree: &[u8], id_len: usize) -> Result<Owner, Error> {
        let mut all: Option<Vec<usize>> = None;
        for (at, name) in self.judge.package_files().iter().enumerate() {
            let Some(entry) = tree_diff::file(tree, id_len, name.as_bytes())? else { continue };
            if let Some(owner) = self.by_file(folder, at, ObjectId::from_bytes_or_panic(entry.id))? {
                all.get_or_insert_default().extend(owner.iter());
            }
        }
        Ok(all.map(Arc::from))
    }

    /// Whose a folder is by one package file.
    fn by_file(&mut self, folder: &[u8], name: usize, id: ObjectId) -> Result<Owner, Error> {
        let key = (joined(folder, self.judge.package_files()[name].as_bytes()), id);
        if let Some(owner) = self.said.of_file(&key) {
            return Ok(owner);
        }
        // A folder whose name is no path of ours is no package's either.
        let file = std::str::from_utf8(&key.0).ok().and_then(|path| RepoPath::new(path).ok());
        let owner = match file {
            Some(file) => self.judge.owners(&file, &self.read(id)?).map(Arc::from),
            None => None,
        };
        self.said.keep_file(key, owner.clone());
        Ok(owner)
    }

    fn read(&mut self, id: ObjectId) -> Result<Rc<[u8]>, Error> {
        match self.reader.read(&id, "a package file")? {
            Some(Object { kind: Kind::Blob, data }) => Ok(data),
            Some(_) => Err(Error::Corrupt { what: format!("file {id}") }),
            None => Err(missing(self.reader.repo(), "file", id)),
        }
    }
}

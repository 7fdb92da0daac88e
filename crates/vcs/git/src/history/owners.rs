//! Whose a folder is in some commit: what the judge of a request says of the package files there.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

use gix::ObjectId;
use gix::objs::Kind;
use releasekit_core::model::RepoPath;
use releasekit_core::vcs::Judge;

use super::path::joined;
use super::tree_diff::{self, Corrupt};
use crate::error::Error;
use crate::object::missing;
use crate::packs::{Object, Reader};

/// The scopes whose a folder is; `None` where no package file says so.
pub(super) type Owner = Option<Arc<[usize]>>;

/// What a judge said of each file, kept for all threads.
#[derive(Debug, Default)]
pub(super) struct Said(Mutex<HashMap<(Vec<u8>, ObjectId), Owner>>);

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

    /// The package files of a folder by the place of their names among those that the judge knows.
    fn files(&self, tree: &[u8], id_len: usize) -> Result<Vec<Option<ObjectId>>, Error> {
        let names = self.judge.package_files();
        let mut found = vec![None; names.len()];
        tree_diff::entries::<Corrupt>(tree, id_len, |entry| {
            if let Some(at) = names.iter().position(|name| name.as_bytes() == entry.name).filter(|_| entry.is_file()) {
                found[at] = Some(ObjectId::from_bytes_or_panic(entry.id));
            }
            Ok(())
        })?;
        Ok(found)
    }

    /// Whose a folder is by its package files; several files may make several packages of it.
    pub(super) fn of(&mut self, folder: &[u8], tree: &[u8], id_len: usize) -> Result<Owner, Error> {
        let mut all: Option<Vec<usize>> = None;
        for (at, file) in self.files(tree, id_len)?.into_iter().enumerate() {
            let Some(id) = file else { continue };
            if let Some(owner) = self.by_file(folder, at, id)? {
                all.get_or_insert_default().extend(owner.iter());
            }
        }
        Ok(all.map(Arc::from))
    }

    /// Whose a folder is by one package file.
    fn by_file(&mut self, folder: &[u8], name: usize, id: ObjectId) -> Result<Owner, Error> {
        let key = (joined(folder, self.judge.package_files()[name].as_bytes()), id);
        if let Some(owner) = self.said.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(owner.clone());
        }
        // A folder whose name is no path of ours is no package's either.
        let file = std::str::from_utf8(&key.0).ok().and_then(|path| RepoPath::new(path).ok());
        let owner = match file {
            Some(file) => self.judge.owners(&file, &self.read(id)?).map(Arc::from),
            None => None,
        };
        self.said.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key, owner.clone());
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

//! The trees that were read lately.

use std::rc::Rc;

use gix::ObjectId;
use gix::hashtable::hash::Builder;
use gix::objs::Kind;

use crate::error::Error;
use crate::object::missing;
use crate::packs::{Object, Packs, Reader};
use crate::recent::Recent;

/// What is kept of the trees themselves. A commit shares most of them with the one before it.
const LIMIT: usize = 256 * 1024;

/// Reads trees and keeps them while they are likely to be asked for again. For one thread.
pub(crate) struct Trees<'a> {
    reader: Reader<'a>,
    recent: Recent<ObjectId, Rc<[u8]>, Builder>,
    empty: Rc<[u8]>,
}

impl<'a> Trees<'a> {
    /// Reads from a repository and its packs.
    pub(crate) fn new(repo: &'a gix::Repository, packs: &'a Packs) -> Self {
        Self { reader: Reader::new(repo, packs), recent: Recent::new(LIMIT), empty: Rc::from([]) }
    }

    /// The repository.
    pub(crate) fn repo(&self) -> &'a gix::Repository {
        self.reader.repo()
    }

    /// How objects are named.
    pub(crate) fn hash(&self) -> gix::hash::Kind {
        self.reader.repo().object_hash()
    }

    /// How many bytes an object's name takes.
    pub(crate) fn id_len(&self) -> usize {
        self.hash().len_in_bytes()
    }

    /// The bytes of a tree; none for no tree.
    pub(crate) fn get(&mut self, id: Option<ObjectId>) -> Result<Rc<[u8]>, Error> {
        let Some(id) = id else { return Ok(self.empty.clone()) };
        if let Some(tree) = self.recent.get(&id) {
            return Ok(tree);
        }
        let tree = self.read(id)?;
        self.recent.add(id, tree.clone(), tree.len());
        Ok(tree)
    }

    fn read(&mut self, id: ObjectId) -> Result<Rc<[u8]>, Error> {
        if id.is_empty_tree() {
            return Ok(self.empty.clone());
        }
        match self.reader.read(&id, "a tree")? {
            Some(Object { kind: Kind::Tree, data }) => Ok(data),
            Some(_) => Err(Error::Corrupt { what: format!("tree {id}") }),
            None => Err(missing(self.reader.repo(), "tree", id)),
        }
    }
}

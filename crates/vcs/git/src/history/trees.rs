//! The trees that a comparison has read lately, bounded in bytes.

use std::mem;
use std::rc::Rc;

use gix::ObjectId;
use gix::hashtable::HashMap;
use gix::objs::{Find, Kind};

use crate::error::Error;
use crate::object::missing;

/// Reads trees and keeps them while they are likely to be asked for again. For one thread.
///
/// There are two generations: what is asked for moves to the younger one, and when that is full the older one goes.
pub(super) struct Trees<'a> {
    repo: &'a gix::Repository,
    young: HashMap<ObjectId, Rc<[u8]>>,
    old: HashMap<ObjectId, Rc<[u8]>>,
    bytes: usize,
    limit: usize,
    buffer: Vec<u8>,
    empty: Rc<[u8]>,
}

impl<'a> Trees<'a> {
    /// Reads from a repository, keeping at most about `limit` bytes.
    pub(super) fn new(repo: &'a gix::Repository, limit: usize) -> Self {
        Self {
            repo,
            young: HashMap::default(),
            old: HashMap::default(),
            bytes: 0,
            limit: limit / 2,
            buffer: Vec::new(),
            empty: Rc::from([]),
        }
    }

    /// How many bytes an object's name takes.
    pub(super) fn id_len(&self) -> usize {
        self.repo.object_hash().len_in_bytes()
    }

    /// The bytes of a tree; none for no tree.
    pub(super) fn get(&mut self, id: Option<ObjectId>) -> Result<Rc<[u8]>, Error> {
        let Some(id) = id else { return Ok(self.empty.clone()) };
        if let Some(tree) = self.young.get(&id) {
            return Ok(tree.clone());
        }
        let tree = match self.old.remove(&id) {
            Some(tree) => tree,
            None => self.read(id)?,
        };
        self.keep(id, tree.clone());
        Ok(tree)
    }

    fn keep(&mut self, id: ObjectId, tree: Rc<[u8]>) {
        if self.bytes + tree.len() > self.limit {
            self.old = mem::take(&mut self.young);
            self.bytes = 0;
        }
        self.bytes += tree.len();
        self.young.insert(id, tree);
    }

    fn read(&mut self, id: ObjectId) -> Result<Rc<[u8]>, Error> {
        if id.is_empty_tree() {
            return Ok(self.empty.clone());
        }
        let found = self.repo.objects.try_find(&id, &mut self.buffer).map_err(Error::read("a tree"))?;
        match found {
            Some(data) if data.kind == Kind::Tree => Ok(Rc::from(data.data)),
            Some(_) => Err(Error::Corrupt { what: format!("tree {id}") }),
            None => Err(missing(self.repo, "tree", id)),
        }
    }
}

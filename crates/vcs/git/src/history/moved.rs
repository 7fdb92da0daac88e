//! Whether packages lie elsewhere in some commit than at the head of a walk. That is rare, so it is found out cheaply first.

use std::collections::HashSet;
use std::rc::Rc;

use gix::ObjectId;

use super::owners::{Owner, Owners};
use super::scopes::{NodeId, Trie};
use super::tree_diff::{self, Entry};
use super::trees::Trees;
use super::walk::Walk;
use crate::error::Error;

/// Compares the packages of whole trees.
pub(super) struct Layouts<'a> {
    pub(super) trie: &'a Trie,
    pub(super) trees: Trees<'a>,
    pub(super) owners: Owners<'a>,
    path: Vec<u8>,
    /// Folders that were found to hold the same packages: samples of one history are mostly alike.
    alike: HashSet<(Vec<u8>, ObjectId, ObjectId)>,
}

impl<'a> Layouts<'a> {
    /// Compares with these trees at hand.
    pub(super) fn new(trie: &'a Trie, trees: Trees<'a>, owners: Owners<'a>) -> Self {
        Self { trie, trees, owners, path: Vec::new(), alike: HashSet::new() }
    }

    /// Whether any package lies elsewhere in one of these root trees than in that of the head.
    pub(super) fn differ(&mut self, samples: &[ObjectId], head: ObjectId) -> Result<bool, Error> {
        for sample in samples {
            if *sample != head && self.folders_differ(Trie::ROOT, true, Some(*sample), Some(head))? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn folders_differ(
        &mut self,
        node: NodeId,
        named: bool,
        old: Option<ObjectId>,
        new: Option<ObjectId>,
    ) -> Result<bool, Error> {
        let pair = old.zip(new).map(|(old, new)| (self.path.clone(), old, new));
        if pair.as_ref().is_some_and(|pair| self.alike.contains(pair)) {
            return Ok(false);
        }
        let (before, after) = (self.trees.get(old)?, self.trees.get(new)?);
        if self.package_differs(node, old.is_some(), &before, &after)? {
            return Ok(true);
        }
        let mut differ = false;
        tree_diff::diff(&before, &after, self.trees.id_len(), |old, new| {
            if differ {
                return Ok(());
            }
            let child = |entry: Option<Entry<'_>>| {
                entry.filter(Entry::is_tree).map(|entry| ObjectId::from_bytes_or_panic(entry.id))
            };
            let Some(entry) = old.or(new) else { return Ok(()) };
            if child(old).is_none() && child(new).is_none() {
                return Ok(());
            }
            let next = if named { self.trie.child(node, entry.name) } else { None };
            let length = self.enter(entry.name);
            differ = self.folders_differ(next.unwrap_or(node), next.is_some(), child(old), child(new))?;
            self.path.truncate(length);
            Ok::<(), Error>(())
        })?;
        self.alike.extend(pair.filter(|_| !differ));
        Ok(differ)
    }

    /// Enters a folder; gives the length of the path before.
    fn enter(&mut self, name: &[u8]) -> usize {
        let length = self.path.len();
        if length > 0 {
            self.path.push(b'/');
        }
        self.path.extend_from_slice(name);
        length
    }

    /// Whether the package files of one folder speak of other packages on both sides. A package in a folder that was not
    /// there before is new, and lies nowhere else.
    fn package_differs(&mut self, node: NodeId, was_there: bool, old: &[u8], new: &[u8]) -> Result<bool, Error> {
        let id_len = self.trees.id_len();
        let (old, new) = (self.owners.files(old, id_len)?, self.owners.files(new, id_len)?);
        for (at, sides) in old.into_iter().zip(new).enumerate() {
            let differs = match sides {
                (Some(old), Some(new)) if old == new => false,
                (Some(old), Some(new)) => self.said(at, old)? != self.said(at, new)?,
                (Some(old), None) => self.said(at, old)?.is_some_and(|owner| self.matters(node, &owner)),
                (None, Some(new)) => was_there && self.said(at, new)?.is_some(),
                (None, None) => false,
            };
            if differs {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn said(&mut self, at: usize, file: ObjectId) -> Result<Owner, Error> {
        self.owners.by_file(&self.path, at, file)
    }

    /// Whether it matters that a folder was an owner's: it has a name that we know, or is somebody else's now.
    fn matters(&self, node: NodeId, owner: &Rc<[usize]>) -> bool {
        !owner.is_empty() || !self.trie.touched(node).is_empty()
    }

    /// Whether a folder that came or went holds packages of which it matters.
    pub(super) fn holds_packages(&mut self, node: NodeId, path: &[u8], tree: ObjectId) -> Result<bool, Error> {
        self.path.clear();
        self.path.extend_from_slice(path);
        let holds = self.folders_differ(node, false, Some(tree), None);
        self.path.clear();
        holds
    }
}

/// The root trees at the ends of what was walked: those of the commits behind it, and of first commits.
pub(super) fn ends(walk: &Walk<'_>) -> Vec<ObjectId> {
    let shown: gix::hashtable::HashSet = walk.order.iter().map(|node| walk.graph.node(*node).id).collect();
    let mut trees = gix::hashtable::HashSet::default();
    for node in &walk.order {
        let mut parents = walk.graph.loaded_parents(*node).peekable();
        if parents.peek().is_none() {
            trees.insert(walk.graph.node(*node).tree);
        }
        let hidden = parents.map(|parent| walk.graph.node(parent)).filter(|parent| !shown.contains(&parent.id));
        trees.extend(hidden.map(|parent| parent.tree));
    }
    trees.into_iter().collect()
}

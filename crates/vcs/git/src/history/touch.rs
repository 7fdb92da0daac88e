//! Which scopes a commit touched: two trees compared down to the scopes' folders and no further.

use std::mem;

use gix::ObjectId;

use super::scopes::{NodeId, Trie};
use super::tree_diff::{self, Corrupt, Entry};
use super::trees::Trees;
use crate::error::Error;

/// Compares trees, one pair after the other.
pub(super) struct Comparison<'a> {
    trie: &'a Trie,
    trees: Trees<'a>,
    path: Vec<u8>,
    touched: Touched,
}

/// The scopes that a commit touched: each once, and cheaply forgotten.
struct Touched {
    is_touched: Vec<bool>,
    list: Vec<usize>,
}

impl Touched {
    fn has(&self, scope: usize) -> bool {
        self.is_touched[scope]
    }

    fn add(&mut self, scope: usize) {
        if !self.is_touched[scope] {
            self.is_touched[scope] = true;
            self.list.push(scope);
        }
    }

    fn take(&mut self) -> Vec<usize> {
        let mut list = mem::take(&mut self.list);
        list.iter().for_each(|scope| self.is_touched[*scope] = false);
        list.sort_unstable();
        list
    }
}

impl From<Corrupt> for Error {
    fn from(_: Corrupt) -> Self {
        Self::Corrupt { what: "a tree".to_owned() }
    }
}

impl<'a> Comparison<'a> {
    /// Compares with these trees at hand.
    pub(super) fn new(trie: &'a Trie, trees: Trees<'a>, scopes: usize) -> Self {
        Self { trie, trees, path: Vec::new(), touched: Touched { is_touched: vec![false; scopes], list: Vec::new() } }
    }

    /// The scopes that differ between two root trees, by index, ascending. Without an old one everything is new.
    pub(super) fn touched(&mut self, old: Option<ObjectId>, new: ObjectId) -> Result<Vec<usize>, Error> {
        if old != Some(new) {
            self.folder(Trie::ROOT, true, old, Some(new))?;
        }
        Ok(self.touched.take())
    }

    /// Compares two folders. `named` says whether the folder itself is in the trie, or lies below `node`.
    fn folder(&mut self, node: NodeId, named: bool, old: Option<ObjectId>, new: Option<ObjectId>) -> Result<(), Error> {
        let old = self.trees.get(old)?;
        let new = self.trees.get(new)?;
        let id_len = self.trees.id_len();
        tree_diff::diff(&old, &new, id_len, |old, new| self.entry(node, named, old, new))
    }

    fn entry(
        &mut self,
        node: NodeId,
        named: bool,
        old: Option<Entry<'_>>,
        new: Option<Entry<'_>>,
    ) -> Result<(), Error> {
        let Some(entry) = old.or(new) else { return Ok(()) };
        let child = if named { self.trie.child(node, entry.name) } else { None };
        let at = child.unwrap_or(node);
        let divided = child.is_some_and(|child| entry.is_tree() && self.trie.has_children(child));
        if !divided {
            self.mark(at);
        }
        let wanted = self.trie.rules(at).any(|rule| !self.touched.has(rule.scope));
        if !wanted && !divided {
            return Ok(());
        }
        let length = self.path.len();
        if length > 0 {
            self.path.push(b'/');
        }
        self.path.extend_from_slice(entry.name);
        self.match_rules(at, entry.is_tree());
        let result = if entry.is_tree() { self.below(at, child.is_some(), old, new) } else { Ok(()) };
        self.path.truncate(length);
        result
    }

    fn match_rules(&mut self, at: NodeId, is_tree: bool) {
        for rule in self.trie.rules(at) {
            let is_meant = || if is_tree { rule.matches_folder(&self.path) } else { rule.matches_file(&self.path) };
            if !self.touched.has(rule.scope) && is_meant() {
                self.touched.add(rule.scope);
            }
        }
    }

    fn below(&mut self, at: NodeId, named: bool, old: Option<Entry<'_>>, new: Option<Entry<'_>>) -> Result<(), Error> {
        let id = |entry: Entry<'_>| ObjectId::from_bytes_or_panic(entry.id);
        self.folder(at, named, old.map(id), new.map(id))
    }

    fn mark(&mut self, node: NodeId) {
        for scope in self.trie.touched(node) {
            self.touched.add(*scope);
        }
    }
}

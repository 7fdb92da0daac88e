//! Which scopes a commit touched: two trees compared down to the scopes' folders and no further.

use std::mem;

use gix::ObjectId;

use super::moved::Layouts;
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
    /// What tells whether a folder holds packages; `None` where nobody is to be asked, or where it is known that some have moved.
    layouts: Option<Layouts<'a>>,
    has_moves: bool,
}

/// The scopes that a commit touched: each once, and cheaply forgotten.
pub(super) struct Touched {
    is_touched: Vec<bool>,
    list: Vec<usize>,
}

impl Touched {
    pub(super) fn new(scopes: usize) -> Self {
        Self { is_touched: vec![false; scopes], list: Vec::new() }
    }

    pub(super) fn has(&self, scope: usize) -> bool {
        self.is_touched[scope]
    }

    pub(super) fn add(&mut self, scope: usize) {
        if !self.is_touched[scope] {
            self.is_touched[scope] = true;
            self.list.push(scope);
        }
    }

    pub(super) fn take(&mut self) -> Vec<usize> {
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
    pub(super) fn new(trie: &'a Trie, trees: Trees<'a>, scopes: usize, layouts: Option<Layouts<'a>>) -> Self {
        Self { trie, trees, path: Vec::new(), touched: Touched::new(scopes), layouts, has_moves: false }
    }

    /// Whether packages came or went between trees that were compared, so that folders are not always whose they are at
    /// the head.
    pub(super) fn has_moves(&self) -> bool {
        self.has_moves
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
        if named && entry.is_tree() && (old.is_none() || new.is_none()) {
            self.look_for_moves(at, child.is_some(), entry, new.is_none())?;
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

    /// A folder came or went. That of a package goes, or one that is none at the head comes or goes with packages in it.
    fn look_for_moves(&mut self, at: NodeId, known: bool, entry: Entry<'_>, has_gone: bool) -> Result<(), Error> {
        let Some(layouts) = &mut self.layouts else { return Ok(()) };
        let moves = if known {
            has_gone && self.trie.holds_owners(at)
        } else {
            let mut path = self.path.clone();
            if !path.is_empty() {
                path.push(b'/');
            }
            path.extend_from_slice(entry.name);
            layouts.holds_packages(at, &path, ObjectId::from_bytes_or_panic(entry.id))?
        };
        if moves {
            (self.has_moves, self.layouts) = (true, None);
        }
        Ok(())
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

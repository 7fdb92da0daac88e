//! Which scopes a commit touched: two trees compared down to the scopes' folders and no further.

use std::mem;

use gix::ObjectId;

use super::graph;
use super::moved::{Contested, Layouts};
use super::path::{enter, joined};
use super::places::Place;
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
    commit: graph::NodeId,
    /// Where packages that came and went are noted; `None` where nobody is to be asked about them.
    layouts: Option<Layouts<'a>>,
    /// Where each commit changed something, if packages are noted.
    places: Vec<(graph::NodeId, Place)>,
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

    /// Adds the scopes whose globs a change matches.
    pub(super) fn match_rules(&mut self, trie: &Trie, at: NodeId, path: &[u8], is_tree: bool) {
        for rule in trie.rules(at) {
            let is_meant = || if is_tree { rule.matches_folder(path) } else { rule.matches_file(path) };
            if !self.has(rule.scope) && is_meant() {
                self.add(rule.scope);
            }
        }
    }

    /// Whether a glob may match what lies deeper, and would tell something.
    pub(super) fn wants_more(&self, trie: &Trie, at: NodeId) -> bool {
        trie.rules(at).any(|rule| !self.has(rule.scope))
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
        Self { trie, trees, path: Vec::new(), touched: Touched::new(scopes), commit: 0, layouts, places: Vec::new() }
    }

    /// Where each commit changed something, and the folders that were found to be other packages' at times.
    pub(super) fn into_notes(self) -> (Vec<(graph::NodeId, Place)>, Contested) {
        (self.places, self.layouts.map(Layouts::contested).unwrap_or_default())
    }

    /// The scopes that differ between two root trees, by index, ascending. Without an old one everything is new.
    pub(super) fn touched(
        &mut self,
        commit: graph::NodeId,
        old: Option<ObjectId>,
        new: ObjectId,
    ) -> Result<Vec<usize>, Error> {
        self.commit = commit;
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
            self.note(node, named, child, entry.name);
        }
        if named && entry.is_tree() && (old.is_none() || new.is_none()) {
            self.look_for_moves(at, child.is_some(), entry)?;
        }
        if !divided && !self.touched.wants_more(self.trie, at) {
            return Ok(());
        }
        let length = enter(&mut self.path, entry.name);
        self.touched.match_rules(self.trie, at, &self.path, entry.is_tree());
        let result = if entry.is_tree() { self.below(at, child.is_some(), old, new) } else { Ok(()) };
        self.path.truncate(length);
        result
    }

    /// Notes where the commit changed something that no deeper folder of the trie takes.
    fn note(&mut self, node: NodeId, named: bool, child: Option<NodeId>, name: &[u8]) {
        if named && self.layouts.is_some() {
            let place = child.map_or_else(|| Place::entry(node, name), Place::node);
            self.places.push((self.commit, place));
        }
    }

    /// A folder came or went, maybe with packages in it.
    fn look_for_moves(&mut self, at: NodeId, known: bool, entry: Entry<'_>) -> Result<(), Error> {
        let Some(layouts) = &mut self.layouts else { return Ok(()) };
        layouts.look_into(at, known, joined(&self.path, entry.name), ObjectId::from_bytes_or_panic(entry.id))
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

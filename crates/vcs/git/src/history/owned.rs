//! Which scopes a commit touched, where packages have moved: whose each file is, the commit's own tree says.

use gix::ObjectId;

use super::owners::{Owner, Owners};
use super::scopes::{NodeId, Trie};
use super::touch::Touched;
use super::tree_diff::{self, Entry};
use super::trees::Trees;
use crate::error::Error;

/// Compares trees, one pair after the other, down to the last file.
pub(super) struct Owned<'a> {
    trie: &'a Trie,
    trees: Trees<'a>,
    owners: Owners<'a>,
    path: Vec<u8>,
    touched: Touched,
    /// Whether what no package file governs is whose it is at the head.
    is_related: bool,
}

/// A folder in one of two trees.
#[derive(Clone, Default)]
struct Side {
    tree: Option<ObjectId>,
    owner: Owner,
}

impl<'a> Owned<'a> {
    /// Compares with these trees at hand.
    pub(super) fn new(trie: &'a Trie, trees: Trees<'a>, owners: Owners<'a>, scopes: usize) -> Self {
        Self { trie, trees, owners, path: Vec::new(), touched: Touched::new(scopes), is_related: true }
    }

    /// The scopes that differ between two root trees, by index, ascending. Without an old one everything is new.
    pub(super) fn touched(
        &mut self,
        old: Option<ObjectId>,
        new: ObjectId,
        is_related: bool,
    ) -> Result<Vec<usize>, Error> {
        self.is_related = is_related;
        if old != Some(new) {
            let side = |tree| Side { tree, owner: None };
            self.folder(Trie::ROOT, true, side(old), side(Some(new)))?;
        }
        Ok(self.touched.take())
    }

    fn folder(&mut self, node: NodeId, named: bool, mut old: Side, mut new: Side) -> Result<(), Error> {
        let (before, after) = (self.trees.get(old.tree)?, self.trees.get(new.tree)?);
        let id_len = self.trees.id_len();
        for (side, tree) in [(&mut old, &before), (&mut new, &after)] {
            if let Some(owner) = self.owners.of(&self.path, tree, id_len)? {
                side.owner = Some(owner);
            }
        }
        tree_diff::diff(&before, &after, id_len, |left, right| self.entry(node, named, (left, &old), (right, &new)))
    }

    fn entry(
        &mut self,
        node: NodeId,
        named: bool,
        old: (Option<Entry<'_>>, &Side),
        new: (Option<Entry<'_>>, &Side),
    ) -> Result<(), Error> {
        let Some(entry) = old.0.or(new.0) else { return Ok(()) };
        let child = if named { self.trie.child(node, entry.name) } else { None };
        let at = child.unwrap_or(node);
        let length = self.path.len();
        if length > 0 {
            self.path.push(b'/');
        }
        self.path.extend_from_slice(entry.name);
        // A file that became a folder, or the other way round, has both.
        let is_file = |side: Option<Entry<'_>>| side.is_some_and(|entry| !entry.is_tree());
        if is_file(new.0) {
            self.mark(at, &new.1.owner);
        } else if is_file(old.0) {
            self.mark(at, &old.1.owner);
        }
        let tree = |(entry, side): (Option<Entry<'_>>, &Side)| Side {
            tree: entry.filter(Entry::is_tree).map(|entry| ObjectId::from_bytes_or_panic(entry.id)),
            owner: side.owner.clone(),
        };
        let (old, new) = (tree(old), tree(new));
        let result = if old.tree.or(new.tree).is_some() { self.folder(at, child.is_some(), old, new) } else { Ok(()) };
        self.path.truncate(length);
        result
    }

    /// Marks the scopes that a file counts for.
    fn mark(&mut self, at: NodeId, owner: &Owner) {
        if !self.is_related && owner.is_none() {
            return;
        }
        let Some(owner) = owner else {
            self.trie.touched(at).iter().for_each(|scope| self.touched.add(*scope));
            return self.match_rules(at);
        };
        let owners = owner.iter().filter(|scope| !self.trie.is_ignored(at, **scope));
        owners.chain(self.trie.heard(at)).for_each(|scope| self.touched.add(*scope));
        self.match_rules(at);
    }

    fn match_rules(&mut self, at: NodeId) {
        for rule in self.trie.rules(at) {
            if !self.touched.has(rule.scope) && rule.matches_file(&self.path) {
                self.touched.add(rule.scope);
            }
        }
    }
}

//! Which scopes a commit touched, where packages have moved: whose a folder is that was not always the same package's, the
//! commit's own tree says.

use std::sync::Arc;

use gix::ObjectId;

use super::owners::{Owner, Owners};
use super::path::enter;
use super::scopes::{NodeId, Trie};
use super::touch::Touched;
use super::tree_diff::{self, Entry};
use super::trees::Trees;
use crate::error::Error;

/// Compares trees, one pair after the other.
pub(super) struct Owned<'a> {
    /// With the contested folders.
    trie: &'a Trie,
    trees: Trees<'a>,
    owners: Owners<'a>,
    path: Vec<u8>,
    touched: Touched,
    /// Whether what no package file governs is whose it is at the head. Else every folder is asked, down to the last file.
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

    /// Compares two folders. `named` says whether the folder itself is in the trie, or lies below `node`.
    fn folder(&mut self, node: NodeId, named: bool, mut old: Side, mut new: Side) -> Result<(), Error> {
        self.settle(node, named, [&mut old, &mut new])?;
        if self.is_related && !(named && self.trie.has_children(node)) && is_one_owners(&old, &new) {
            let side = if new.tree.is_some() { &new } else { &old };
            self.mark(node, &side.owner);
            self.touched.match_rules(self.trie, node, &self.path, true);
            if !self.touched.wants_more(self.trie, node) {
                return Ok(());
            }
        }
        let (before, after) = (self.trees.get(old.tree)?, self.trees.get(new.tree)?);
        let id_len = self.trees.id_len();
        tree_diff::diff(&before, &after, id_len, |left, right| self.entry(node, named, (left, &old), (right, &new)))
    }

    /// Says whose a folder is on both sides, where that is not whose the folder above is.
    fn settle(&mut self, node: NodeId, named: bool, sides: [&mut Side; 2]) -> Result<(), Error> {
        if self.is_related && !(named && self.trie.is_contested(node)) {
            let owners = self.trie.owners(node);
            if named && !owners.is_empty() {
                let owner: Owner = Some(Arc::from(owners));
                sides.into_iter().for_each(|side| side.owner.clone_from(&owner));
            }
            return Ok(());
        }
        for side in sides {
            let Some(tree) = side.tree else { continue };
            if let Some(owner) = self.owners.of(&self.path, tree, &mut self.trees)? {
                side.owner = Some(owner);
            }
        }
        Ok(())
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
        let length = enter(&mut self.path, entry.name);
        // A file that became a folder, or the other way round, has both.
        let is_file = |side: Option<Entry<'_>>| side.is_some_and(|entry| !entry.is_tree());
        if is_file(new.0) {
            self.mark_file(at, &new.1.owner);
        } else if is_file(old.0) {
            self.mark_file(at, &old.1.owner);
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
    fn mark_file(&mut self, at: NodeId, owner: &Owner) {
        if self.is_related || owner.is_some() {
            self.mark(at, owner);
            self.touched.match_rules(self.trie, at, &self.path, false);
        }
    }

    /// Marks the scopes whose a change is, and those that listen.
    fn mark(&mut self, at: NodeId, owner: &Owner) {
        let Some(owner) = owner else {
            return self.trie.touched(at).iter().for_each(|scope| self.touched.add(*scope));
        };
        let owners = owner.iter().filter(|scope| !self.trie.is_ignored(at, **scope));
        owners.chain(self.trie.heard(at)).for_each(|scope| self.touched.add(*scope));
    }
}

/// Whether all that differs between two folders is the same owner's, as far as no folder below says otherwise.
fn is_one_owners(old: &Side, new: &Side) -> bool {
    old.tree.is_none() || new.tree.is_none() || old.owner == new.owner
}

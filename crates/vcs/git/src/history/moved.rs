//! Which folders are other packages' in some commit than at the head of a walk. They are few, so they are found out cheaply
//! first.

use std::collections::{BTreeSet, HashSet};
use std::mem;

use gix::ObjectId;

use super::owners::{Owner, Owners};
use super::path::{enter, joined, parts};
use super::scopes::{NodeId, Trie};
use super::tree_diff::{self, Entry};
use super::trees::Trees;
use super::walk::Walk;
use crate::error::Error;

/// Folders, from the root.
pub(super) type Folders = BTreeSet<Vec<u8>>;

/// What is not always as it is at the head.
#[derive(Debug, Default)]
pub(super) struct Contested {
    /// Folders that were other packages' at times.
    pub(super) folders: Folders,
    /// The scopes whose folders these were, as far as package files say.
    pub(super) owners: BTreeSet<usize>,
}

impl Contested {
    /// Adds what others found.
    pub(super) fn add(&mut self, other: Self) {
        self.folders.extend(other.folders);
        self.owners.extend(other.owners);
    }
}

/// Compares the packages of whole trees.
pub(super) struct Layouts<'a> {
    trie: &'a Trie,
    trees: Trees<'a>,
    owners: Owners<'a>,
    path: Vec<u8>,
    contested: Contested,
    /// Folders that have been compared: samples of one history are mostly alike.
    compared: HashSet<(Vec<u8>, Side, Option<ObjectId>)>,
}

/// A folder in some tree, and whose what lies above it is there.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Side {
    tree: Option<ObjectId>,
    above: Owner,
}

impl Side {
    /// A folder with nothing above it that counts.
    fn of(tree: Option<ObjectId>) -> Self {
        Self { tree, above: None }
    }
}

/// What is told of a folder in some tree; nothing where it is not there.
#[derive(Default)]
struct Told {
    /// By its own package files.
    said: Owner,
    /// By the nearest ones that say something.
    whose: Owner,
}

impl<'a> Layouts<'a> {
    /// Compares with these trees at hand.
    pub(super) fn new(trie: &'a Trie, trees: Trees<'a>, owners: Owners<'a>) -> Self {
        Self { trie, trees, owners, path: Vec::new(), contested: Contested::default(), compared: HashSet::new() }
    }

    /// What was found.
    pub(super) fn contested(self) -> Contested {
        self.contested
    }

    /// Looks for packages that lie elsewhere in one of these root trees than in that of the head.
    pub(super) fn compare(&mut self, samples: &[ObjectId], head: ObjectId) -> Result<(), Error> {
        for sample in samples.iter().filter(|sample| **sample != head) {
            self.folders(Trie::ROOT, true, Side::of(Some(*sample)), Some(head))?;
        }
        Ok(())
    }

    /// Looks for packages in a folder that came or went, and in all below it if it is none of the trie.
    pub(super) fn look_into(&mut self, node: NodeId, known: bool, path: Vec<u8>, tree: ObjectId) -> Result<(), Error> {
        let before = mem::replace(&mut self.path, path);
        let looked = if known {
            self.told(&Side::of(Some(tree))).map(|told| self.note(node, &told, &Told::default()))
        } else {
            self.folders(node, false, Side::of(Some(tree)), None)
        };
        self.path = before;
        looked
    }

    /// Looks at the package files of a folder that is in two root trees, and for packages in folders that it won or lost.
    pub(super) fn look_at(&mut self, node: NodeId, path: &[u8], old: ObjectId, new: ObjectId) -> Result<(), Error> {
        let (old, new) = (self.descend(old, path)?, self.descend(new, path)?);
        if old.tree.is_none() || new.tree.is_none() {
            return Ok(());
        }
        self.path = path.to_vec();
        let (was, is) = (self.told(&old)?, self.told(&new)?);
        self.note(node, &was, &is);
        self.path.clear();
        let (before, after) = (self.trees.get(old.tree)?, self.trees.get(new.tree)?);
        tree_diff::diff(&before, &after, self.trees.id_len(), |old, new| {
            match (old.filter(Entry::is_tree), new.filter(Entry::is_tree)) {
                (Some(entry), None) | (None, Some(entry)) if self.trie.child(node, entry.name).is_none() => {
                    self.look_into(node, false, joined(path, entry.name), ObjectId::from_bytes_or_panic(entry.id))
                }
                _ => Ok(()),
            }
        })
    }

    /// The folder at a path in a root tree.
    fn descend(&mut self, root: ObjectId, path: &[u8]) -> Result<Side, Error> {
        let mut side = Side::of(Some(root));
        self.path.clear();
        for part in parts(path) {
            let Some(id) = side.tree.take() else { break };
            side.above = self.owners.of(&self.path, id, &mut self.trees)?.or(side.above);
            let tree = self.trees.get(Some(id))?;
            tree_diff::entries::<Error>(&tree, self.trees.id_len(), |entry| {
                if entry.name == part && entry.is_tree() {
                    side.tree = Some(ObjectId::from_bytes_or_panic(entry.id));
                }
                Ok(())
            })?;
            enter(&mut self.path, part);
        }
        self.path.clear();
        Ok(side)
    }

    fn folders(&mut self, node: NodeId, named: bool, old: Side, new: Option<ObjectId>) -> Result<(), Error> {
        if !self.compared.insert((self.path.clone(), old.clone(), new)) {
            return Ok(());
        }
        let (was, is) = (self.told(&old)?, self.told(&Side::of(new))?);
        self.note(node, &was, &is);
        let (before, after) = (self.trees.get(old.tree)?, self.trees.get(new)?);
        tree_diff::diff(&before, &after, self.trees.id_len(), |old, new| {
            let child = |entry: Option<Entry<'_>>| {
                entry.filter(Entry::is_tree).map(|entry| ObjectId::from_bytes_or_panic(entry.id))
            };
            let Some(entry) = old.or(new) else { return Ok(()) };
            // A package in a folder that was not there before is new, and lies nowhere else.
            let Some(tree) = child(old) else { return Ok(()) };
            let next = if named { self.trie.child(node, entry.name) } else { None };
            let length = enter(&mut self.path, entry.name);
            let old = Side { tree: Some(tree), above: was.whose.clone() };
            let compared = self.folders(next.unwrap_or(node), next.is_some(), old, child(new));
            self.path.truncate(length);
            compared
        })
    }

    /// What the package files of the folder at hand tell.
    fn told(&mut self, side: &Side) -> Result<Told, Error> {
        let Some(tree) = side.tree else { return Ok(Told::default()) };
        let said = self.owners.of(&self.path, tree, &mut self.trees)?;
        Ok(Told { whose: said.clone().or_else(|| side.above.clone()), said })
    }

    /// Notes the folder at hand if its package files differ, and one side is not whose the folder is at the head.
    fn note(&mut self, node: NodeId, old: &Told, new: &Told) {
        let owners = || old.whose.iter().chain(&new.whose);
        if old.said != new.said && owners().any(|owner| **owner != *self.trie.whose(node)) {
            self.contested.folders.insert(self.path.clone());
            self.contested.owners.extend(owners().flat_map(|owner| owner.iter()));
        }
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

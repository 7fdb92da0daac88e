//! Where commits changed something, noted while they are compared: those that changed a folder are then found without a look
//! at their trees.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::moved::Folders;
use super::scopes::{NodeId, Trie};

/// A node of the trie, or something in it that the trie does not know. Two of these may be taken for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Place {
    node: u32,
    name: u32,
}

impl Place {
    /// All of a node.
    pub(super) fn node(node: NodeId) -> Self {
        Self { node: node as u32, name: 0 }
    }

    /// An entry of a node's folder.
    pub(super) fn entry(node: NodeId, name: &[u8]) -> Self {
        let mut hasher = DefaultHasher::new();
        name.hash(&mut hasher);
        Self { node: node as u32, name: hasher.finish() as u32 }
    }
}

/// Where the packages of a folder show: its package files, or all of it where nothing below it was noted.
pub(super) fn of_packages(trie: &Trie, folder: NodeId, package_files: &[&str]) -> Vec<Place> {
    let file = |name: &&str| match trie.child(folder, name.as_bytes()) {
        Some(child) => Place::node(child),
        None => Place::entry(folder, name.as_bytes()),
    };
    package_files.iter().map(file).chain([Place::node(folder)]).collect()
}

/// The places that lie in some folders.
pub(super) struct Places {
    nodes: HashSet<u32>,
    entries: HashSet<Place>,
}

impl Places {
    /// The places where something in these folders may have changed.
    pub(super) fn of(folders: &Folders, trie: &Trie) -> Self {
        let mut places = Self { nodes: HashSet::new(), entries: HashSet::new() };
        for folder in folders {
            match trie.find(folder) {
                // A folder that is one scope's as a whole is not looked into, so its entries are not noted.
                (node, Some(name)) if trie.has_children(node) => {
                    places.entries.insert(Place::entry(node, name));
                }
                (node, _) => places.nodes.extend(trie.same_folder(node).into_iter().map(|node| node as u32)),
            }
        }
        places
    }

    /// Whether a change was made in one of the folders.
    pub(super) fn have(&self, place: Place) -> bool {
        self.nodes.contains(&place.node) || self.entries.contains(&place)
    }
}

//! The packages' parts of the repository as one trie of folders, so that a comparison opens only what it has to.

use std::borrow::Cow;
use std::collections::BTreeMap;

use globset::{GlobBuilder, GlobSet};
use releasekit_core::model::RepoPath;
use releasekit_core::vcs::Scope;

use super::moved::Folders;
use super::path::parts;
use crate::error::Error;

/// A place in the trie.
pub(super) type NodeId = usize;

/// All scopes of a request, by folder.
#[derive(Debug)]
pub(super) struct Trie {
    nodes: Vec<Node>,
    rules: Vec<Rule>,
}

/// A folder or file that a scope, one of its globs or one of its exceptions names, or that lies above one.
#[derive(Debug, Default)]
struct Node {
    children: BTreeMap<Vec<u8>, NodeId>,
    /// Scopes whose folder this is.
    owners: Vec<usize>,
    /// Scopes with the longest folder that this lies in.
    whose: Vec<usize>,
    /// Whether it was somebody else's at times.
    is_contested: bool,
    /// Scopes that listen to all of this, whoever owns it.
    listeners: Vec<usize>,
    /// Scopes for which nothing from here on counts.
    ignored_by: Vec<usize>,
    /// Globs that begin here.
    own_rules: Vec<usize>,
    /// The scopes touched by a change here that no deeper node takes.
    touched: Vec<usize>,
    /// Those of them that listen, whoever owns it.
    heard: Vec<usize>,
    /// Scopes for which nothing here counts.
    deaf: Vec<usize>,
    /// The globs that a change here may match.
    rules: Vec<usize>,
}

/// A glob with a wildcard in it.
#[derive(Debug)]
pub(super) struct Rule {
    /// Whose glob it is.
    pub(super) scope: usize,
    matcher: GlobSet,
    ignore: Vec<RepoPath>,
}

impl Rule {
    /// Whether a changed folder, from the repository root, is meant with all that it holds.
    pub(super) fn matches_folder(&self, path: &[u8]) -> bool {
        let path = text(path);
        self.matcher.is_match(path.as_ref()) && !self.ignore.iter().any(|ignored| overlaps(&path, ignored.as_str()))
    }

    /// Whether a changed file is meant, by its own path or by a folder above it.
    pub(super) fn matches_file(&self, path: &[u8]) -> bool {
        let path = text(path);
        let folders = path.match_indices('/').map(|(end, _)| &path[..end]);
        folders.chain([path.as_ref()]).any(|path| self.matcher.is_match(path))
            && !self.ignore.iter().any(|ignored| below(&path, ignored.as_str()))
    }
}

/// A name that is no UTF-8 can still be matched by the wildcards around it.
fn text(path: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(path)
}

fn overlaps(path: &str, other: &str) -> bool {
    below(path, other) || below(other, path)
}

fn below(path: &str, folder: &str) -> bool {
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

impl Trie {
    /// The root folder.
    pub(super) const ROOT: NodeId = 0;

    /// Sorts the scopes' folders, globs and exceptions into a trie. A glob that cannot be read is an error.
    pub(super) fn new(scopes: &[Scope]) -> Result<Self, Error> {
        Self::with_contested(scopes, &Folders::new())
    }

    /// The same with folders that were other packages' at times.
    pub(super) fn with_contested(scopes: &[Scope], contested: &Folders) -> Result<Self, Error> {
        let mut trie = Self { nodes: vec![Node::default()], rules: Vec::new() };
        for (index, scope) in scopes.iter().enumerate() {
            let node = trie.node(scope.folder.as_str().as_bytes());
            trie.nodes[node].owners.push(index);
            for glob in &scope.globs {
                trie.add_glob(index, scope, glob)?;
            }
            for path in &scope.ignore {
                let node = trie.node(path.as_str().as_bytes());
                trie.nodes[node].ignored_by.push(index);
            }
        }
        for folder in contested {
            let node = trie.node(folder);
            trie.nodes[node].is_contested = true;
        }
        trie.settle(Self::ROOT, &Inherited { ignoring: vec![0; scopes.len()], ..Inherited::default() });
        Ok(trie)
    }

    /// What the trie knows of an entry of a folder.
    pub(super) fn child(&self, node: NodeId, name: &[u8]) -> Option<NodeId> {
        self.nodes[node].children.get(name).copied()
    }

    /// Whether parts of a node belong to others than the node itself.
    pub(super) fn has_children(&self, node: NodeId) -> bool {
        !self.nodes[node].children.is_empty()
    }

    /// The scopes whose folder a node is.
    pub(super) fn owners(&self, node: NodeId) -> &[usize] {
        &self.nodes[node].owners
    }

    /// Whether a node was somebody else's at times.
    pub(super) fn is_contested(&self, node: NodeId) -> bool {
        self.nodes[node].is_contested
    }

    /// The last node on the way to a folder, and the name there that the trie does not know.
    pub(super) fn find<'p>(&self, folder: &'p [u8]) -> (NodeId, Option<&'p [u8]>) {
        let mut node = Self::ROOT;
        for part in parts(folder) {
            let Some(child) = self.child(node, part) else { return (node, Some(part)) };
            node = child;
        }
        (node, None)
    }

    /// A node and those below it that lie in no other scope's folder.
    pub(super) fn same_folder(&self, node: NodeId) -> Vec<NodeId> {
        let mut all = vec![node];
        let mut next = 0;
        while let Some(node) = all.get(next) {
            let children = self.nodes[*node].children.values();
            all.extend(children.filter(|child| self.nodes[**child].owners.is_empty()));
            next += 1;
        }
        all
    }

    /// The scopes whose a node is at the head.
    pub(super) fn whose(&self, node: NodeId) -> &[usize] {
        &self.nodes[node].whose
    }

    /// The scopes touched by a change at a node that no deeper node takes.
    pub(super) fn touched(&self, node: NodeId) -> &[usize] {
        &self.nodes[node].touched
    }

    /// Those of them that listen there, whoever owns it.
    pub(super) fn heard(&self, node: NodeId) -> &[usize] {
        &self.nodes[node].heard
    }

    /// Whether nothing at a node counts for a scope.
    pub(super) fn is_ignored(&self, node: NodeId, scope: usize) -> bool {
        self.nodes[node].deaf.contains(&scope)
    }

    /// The globs that a change at a node may match.
    pub(super) fn rules(&self, node: NodeId) -> impl Iterator<Item = &Rule> {
        self.nodes[node].rules.iter().map(|rule| &self.rules[*rule])
    }

    fn node(&mut self, path: &[u8]) -> NodeId {
        let mut node = Self::ROOT;
        for part in parts(path) {
            let next = self.nodes.len();
            let child = *self.nodes[node].children.entry(part.to_vec()).or_insert(next);
            if child == next {
                self.nodes.push(Node::default());
            }
            node = child;
        }
        node
    }

    /// A glob without a wildcard, or whose only one is a final `**`, means a file or a whole folder.
    fn add_glob(&mut self, index: usize, scope: &Scope, glob: &str) -> Result<(), Error> {
        let invalid = |why: String| Error::Glob { glob: glob.to_owned(), why };
        let text = glob.strip_prefix("./").unwrap_or(glob).trim_end_matches('/');
        let whole = text.strip_suffix("/**").unwrap_or(text);
        if !has_wildcard(whole) {
            let path = RepoPath::new(whole).map_err(|error| invalid(error.to_string()))?;
            let node = self.node(path.as_str().as_bytes());
            self.nodes[node].listeners.push(index);
            return Ok(());
        }
        let matcher = GlobBuilder::new(text)
            .literal_separator(true)
            .build()
            .and_then(|glob| GlobSet::new([glob]))
            .map_err(|error| invalid(error.kind().to_string()))?;
        let fixed: Vec<&str> = text.split('/').take_while(|part| !has_wildcard(part)).collect();
        let node = self.node(fixed.join("/").as_bytes());
        self.nodes[node].own_rules.push(self.rules.len());
        self.rules.push(Rule { scope: index, matcher, ignore: scope.ignore.clone() });
        Ok(())
    }

    /// Passes down what holds from a folder on.
    fn settle(&mut self, node: NodeId, above: &Inherited) {
        let mut here = above.clone();
        let at = &mut self.nodes[node];
        if !at.owners.is_empty() {
            here.owners.clone_from(&at.owners);
        }
        here.listeners.extend(&at.listeners);
        here.rules.extend(&at.own_rules);
        at.ignored_by.iter().for_each(|scope| here.ignoring[*scope] += 1);
        let counts = |scope: &usize| here.ignoring[*scope] == 0;
        at.whose.clone_from(&here.owners);
        at.touched = here.owners.iter().chain(&here.listeners).copied().filter(counts).collect();
        at.heard = here.listeners.iter().copied().filter(counts).collect();
        at.deaf = (0..here.ignoring.len()).filter(|scope| !counts(scope)).collect();
        at.rules.clone_from(&here.rules);
        let children: Vec<NodeId> = at.children.values().copied().collect();
        for child in children {
            self.settle(child, &here);
        }
    }
}

#[derive(Clone, Default)]
struct Inherited {
    owners: Vec<usize>,
    listeners: Vec<usize>,
    rules: Vec<usize>,
    ignoring: Vec<u32>,
}

fn has_wildcard(text: &str) -> bool {
    text.contains(['*', '?', '[', ']', '{', '}', '\\'])
}

//! The commits as numbers: parents, root trees, dates and generations, read from the commit-graph or the commits.

use std::collections::HashMap;
use std::mem;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use gix::ObjectId;
use gix::hashtable::{self, HashSet};
use gix::objs::Kind;

use super::ahead::Ahead;
use crate::error::Error;
use crate::packs::{Object, Packs, Reader};
use crate::read::commit;

/// A commit of the graph.
pub(crate) type NodeId = u32;

/// The generation of a commit that no commit-graph knows: above that of all it knows.
pub(crate) const UNKNOWN: u32 = u32::MAX;

/// What is known of a commit without its message.
#[derive(Debug)]
pub(crate) struct Node {
    /// Its name.
    pub(crate) id: ObjectId,
    /// Its root tree.
    pub(crate) tree: ObjectId,
    /// When it was committed, in seconds since 1970.
    pub(crate) time: i64,
    /// One above the highest of its parents, or [`UNKNOWN`].
    pub(crate) generation: u32,
    /// Whether it has parents that the clone lacks.
    pub(crate) cut: bool,
    parents: Vec<ObjectId>,
}

/// The commits that one walk has read, for the next one: a commit never changes. With the packs that they are read from.
#[derive(Default)]
pub(crate) struct Cache {
    known: Mutex<Known>,
    packs: OnceLock<Packs>,
    ahead: Mutex<Option<Ahead>>,
}

impl Cache {
    /// Begins to read commits that a walk will ask for.
    pub(crate) fn read_ahead(self: &Arc<Self>, repo: &gix::ThreadSafeRepository, head: ObjectId) {
        let mut ahead = self.ahead.lock().unwrap_or_else(PoisonError::into_inner);
        if ahead.is_none() {
            *ahead = Ahead::begin(repo, self.clone(), head);
        }
    }

    /// Ends that.
    fn settle(&self) {
        let ahead = self.ahead.lock().unwrap_or_else(PoisonError::into_inner).take();
        ahead.into_iter().for_each(Ahead::end);
    }

    /// The packs of the repository that this is the cache of, as they were when they were first asked for.
    pub(crate) fn packs(&self, repo: &gix::Repository) -> &Packs {
        self.packs.get_or_init(|| Packs::of(repo))
    }
}

#[derive(Debug, Default)]
struct Known {
    /// Where the history was cut when they were read.
    shallow: HashSet,
    nodes: Vec<Node>,
    index: hashtable::HashMap<ObjectId, NodeId>,
    messages: Messages,
}

/// What is kept of messages that nobody has taken yet. A walk of all commits to find the tagged ones comes before the one that
/// wants messages, mostly those of the newest commits, which come first.
const KEPT: usize = 8 * 1024 * 1024;

/// The messages of commits until they are taken.
#[derive(Debug, Default)]
struct Messages {
    by_node: HashMap<NodeId, String>,
    bytes: usize,
}

impl Messages {
    fn keep(&mut self, node: NodeId, commit: &[u8]) {
        if self.bytes < KEPT {
            let message = commit::message(commit);
            self.bytes += message.len();
            self.by_node.insert(node, message);
        }
    }

    fn take(&mut self, node: NodeId) -> Option<String> {
        let message = self.by_node.remove(&node)?;
        self.bytes -= message.len();
        Some(message)
    }
}

/// Commits, read as they are asked for.
pub(crate) struct Graph<'a> {
    repo: &'a gix::Repository,
    cache: &'a Cache,
    file: Option<gix::commitgraph::Graph>,
    known: Known,
    /// Made when the first commit is read.
    reader: Option<Reader<'a>>,
}

impl Drop for Graph<'_> {
    fn drop(&mut self) {
        *self.cache.known.lock().unwrap_or_else(PoisonError::into_inner) = mem::take(&mut self.known);
    }
}

impl<'a> Graph<'a> {
    /// Opens the graph of a repository, with what is read ahead of it.
    pub(crate) fn new(repo: &'a gix::Repository, cache: &'a Cache) -> Result<Self, Error> {
        cache.settle();
        Self::open(repo, cache)
    }

    /// Opens the graph of a repository. A shallow clone's commit-graph file is left alone, as git does.
    pub(crate) fn open(repo: &'a gix::Repository, cache: &'a Cache) -> Result<Self, Error> {
        let shallow = repo.shallow_commits().map_err(Error::read("the shallow boundary"))?;
        let shallow: HashSet = shallow.iter().flat_map(|commits| commits.iter().copied()).collect();
        // A commit-graph that cannot be read is no reason to fail: the commits say the same.
        let file = if shallow.is_empty() { repo.commit_graph_if_enabled().ok().flatten() } else { None };
        // Generation 0 is what ancient versions of git wrote for "not computed".
        let file = file.filter(|file| file.iter_commits().next().is_some_and(|commit| commit.generation() > 0));
        // Taken out and not held locked: a second walk at the same time starts from nothing, which costs it time, and neither
        // waits for the other. Whoever ends last leaves what it knows.
        let mut known = mem::take(&mut *cache.known.lock().unwrap_or_else(PoisonError::into_inner));
        if known.shallow != shallow {
            known = Known { shallow, ..Known::default() };
        }
        Ok(Self { repo, cache, file, known, reader: None })
    }

    /// The message of a commit, once, where it is at hand.
    pub(crate) fn take_message(&mut self, node: NodeId) -> Option<String> {
        self.known.messages.take(node)
    }

    /// A commit that has been read.
    pub(crate) fn node(&self, node: NodeId) -> &Node {
        &self.known.nodes[node as usize]
    }

    /// How many commits have been read.
    pub(crate) fn len(&self) -> usize {
        self.known.nodes.len()
    }

    /// The number of a commit; reads it the first time. A commit that the clone lacks is [`Error::Missing`].
    pub(crate) fn load(&mut self, id: ObjectId) -> Result<NodeId, Error> {
        if let Some(node) = self.known.index.get(&id) {
            return Ok(*node);
        }
        let node = match self.read_file(&id) {
            Some(node) => node,
            None => self.read_commit(id)?,
        };
        let number = self.known.nodes.len() as NodeId;
        self.known.nodes.push(node);
        self.known.index.insert(id, number);
        Ok(number)
    }

    /// The parents of a commit, first parent first; reads them the first time. None where the history is cut.
    pub(crate) fn parents(&mut self, node: NodeId) -> Result<Vec<NodeId>, Error> {
        // Taken out while they are loaded, which adds nodes to the same list.
        let parents = std::mem::take(&mut self.known.nodes[node as usize].parents);
        let numbers = parents.iter().map(|parent| self.load(*parent)).collect();
        self.known.nodes[node as usize].parents = parents;
        numbers
    }

    /// The names of a commit's parents, first parent first. None where the history is cut.
    pub(crate) fn parent_ids(&self, node: NodeId) -> &[ObjectId] {
        &self.known.nodes[node as usize].parents
    }

    /// The parents of a commit that have been read.
    pub(crate) fn loaded_parents(&self, node: NodeId) -> impl Iterator<Item = NodeId> {
        self.known.nodes[node as usize].parents.iter().filter_map(|parent| self.known.index.get(parent).copied())
    }

    /// The lowest generation among commits; 0 where one of them is in no commit-graph.
    pub(crate) fn lowest_generation(&self, commits: &[ObjectId]) -> u32 {
        let generation = |id: &ObjectId| Some(self.file.as_ref()?.commit_by_id(id)?.generation());
        commits.iter().map(|id| generation(id).unwrap_or(0)).min().unwrap_or(0)
    }

    fn read_file(&self, id: &ObjectId) -> Option<Node> {
        let file = self.file.as_ref()?;
        let commit = file.commit_by_id(id)?;
        let parents =
            commit.iter_parents().map(|parent| Some(file.id_at(parent.ok()?).to_owned())).collect::<Option<_>>()?;
        let time = commit.committer_timestamp().try_into().ok()?;
        Some(Node {
            id: *id,
            tree: commit.root_tree_id().to_owned(),
            time,
            generation: commit.generation(),
            cut: false,
            parents,
        })
    }

    fn read_commit(&mut self, id: ObjectId) -> Result<Node, Error> {
        let reader = self.reader.get_or_insert_with(|| Reader::new(self.repo, self.cache.packs(self.repo)));
        let Object { kind, data } =
            reader.read(&id, "a commit")?.ok_or_else(|| Error::Missing { what: "commit", id: id.to_string() })?;
        let header = (kind == Kind::Commit).then(|| commit::Header::parse(&data)).flatten();
        let header = header.ok_or_else(|| Error::Corrupt { what: format!("commit {id}") })?;
        self.known.messages.keep(self.known.nodes.len() as NodeId, &data);
        let cut = self.known.shallow.contains(&id) && !header.parents.is_empty();
        let parents = if cut { Vec::new() } else { header.parents };
        Ok(Node { id, tree: header.tree, time: header.time, generation: UNKNOWN, cut, parents })
    }
}

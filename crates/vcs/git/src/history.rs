//! One pass over the history for all packages: which commits since its last release touched each of them.
//!
//! The commits are walked first, then the trees of those that count are compared on several threads.

pub(crate) mod graph;
mod scopes;
mod touch;
mod tree_diff;
mod trees;
pub(crate) mod walk;

use std::collections::{BTreeMap, HashMap};
use std::mem;
use std::num::NonZero;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Mutex, PoisonError};
use std::thread;

use gix::ObjectId;
use gix::objs::Find;
use releasekit_core::model::CommitId;
use releasekit_core::vcs::{History, HistoryRequest, TouchingCommit};

use crate::error::Error;
use crate::object::{commit_id, object_id};
use crate::read::commit;
use graph::{Cache, Graph, NodeId};
use scopes::Trie;
use touch::Comparison;
use trees::Trees;
use walk::{Walk, walk};

/// What each thread keeps of the trees it has read. A commit shares most of them with the one before it, and memory that is
/// new to the process costs more than reading one again.
const TREES_LIMIT: usize = 256 * 1024;

/// What each thread keeps of the objects that others are stored as differences to.
const BASES_LIMIT: usize = 256 * 1024;

/// More threads than this only fight for memory.
const MOST_THREADS: usize = 4;

/// How many commits are handed over at once: neighbours share most of their trees.
const CHUNK: usize = 64;

/// Walks and compares as the request says.
pub(crate) fn history(repo: &gix::Repository, cache: &Cache, request: &HistoryRequest) -> Result<History, Error> {
    let trie = Trie::new(&request.scopes)?;
    let since = Since::new(request)?;
    let head = object_id(request.head.as_str())?;
    let walk_request = walk::Request { head, hidden: &since.commits, all: since.all };
    let graph = Graph::new(repo, cache)?;
    let (walk, found) = walk_and_compare(repo, graph, &walk_request, &trie, request.scopes.len())?;
    let mut touched: HashMap<NodeId, TouchingCommit> = found.into_iter().collect();
    let commits = walk.order.iter().filter_map(|node| {
        let mut commit = touched.remove(node)?;
        commit.scopes.retain(|scope| since.counts(&walk, *node, *scope));
        (!commit.scopes.is_empty()).then_some(commit)
    });
    let commits = commits.collect();
    let cut_at = walk.cut.map(|node| commit_id(walk.graph.node(node).id));
    Ok(History::new(commits, cut_at))
}

/// The distinct commits that scopes start behind.
struct Since {
    commits: Vec<ObjectId>,
    by_scope: Vec<Option<usize>>,
    all: bool,
}

impl Since {
    fn new(request: &HistoryRequest) -> Result<Self, Error> {
        let mut seen: BTreeMap<&CommitId, usize> = BTreeMap::new();
        let mut since = Self { commits: Vec::new(), by_scope: Vec::new(), all: false };
        for scope in &request.scopes {
            let Some(commit) = &scope.since else {
                since.all = true;
                since.by_scope.push(None);
                continue;
            };
            let next = since.commits.len();
            let index = *seen.entry(commit).or_insert(next);
            if index == next {
                since.commits.push(object_id(commit.as_str())?);
            }
            since.by_scope.push(Some(index));
        }
        Ok(since)
    }

    fn counts(&self, walk: &Walk<'_>, node: NodeId, scope: usize) -> bool {
        self.by_scope[scope].is_none_or(|hidden| !walk.is_hidden(node, hidden))
    }
}

/// A commit to be compared with its only parent.
struct Candidate {
    node: NodeId,
    id: ObjectId,
    old: Option<ObjectId>,
    new: ObjectId,
}

impl Candidate {
    /// A commit that is no merge and whose parent is known.
    fn new(graph: &Graph<'_>, node: NodeId) -> Option<Self> {
        let commit = graph.node(node);
        if commit.cut || graph.parent_ids(node).len() > 1 {
            return None;
        }
        let old = graph.loaded_parents(node).next().map(|parent| graph.node(parent).tree);
        Some(Self { node, id: commit.id, old, new: commit.tree })
    }
}

type Found = Vec<(NodeId, TouchingCommit)>;

/// Walks on this thread while others compare, then helps them.
fn walk_and_compare<'a>(
    repo: &gix::Repository,
    graph: Graph<'a>,
    request: &walk::Request<'_>,
    trie: &Trie,
    scopes: usize,
) -> Result<(Walk<'a>, Found), Error> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(MOST_THREADS);
    let (sender, receiver) = mpsc::channel();
    let receiver = Mutex::new(receiver);
    let shared = repo.clone().into_sync();
    thread::scope(|scope| {
        let work = || compare(&shared.to_thread_local(), trie, scopes, &receiver);
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let walk = walk_and_send(graph, request, sender)?;
        let mut found = work()?;
        for other in others {
            // A panic of ours goes on as what it is.
            found.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
        }
        Ok((walk, found))
    })
}

/// Walks, and sends what may have to be compared as soon as it is met.
fn walk_and_send<'a>(
    graph: Graph<'a>,
    request: &walk::Request<'_>,
    sender: Sender<Vec<Candidate>>,
) -> Result<Walk<'a>, Error> {
    let mut chunk = Vec::new();
    let walk = walk(graph, request, |graph, node| {
        chunk.extend(Candidate::new(graph, node));
        if chunk.len() == CHUNK {
            // Nobody receives any more when a comparison has failed, which is told when the threads end.
            drop(sender.send(mem::take(&mut chunk)));
        }
    })?;
    drop(sender.send(chunk));
    Ok(walk)
}

/// Compares what is sent until no more will come.
fn compare(
    repo: &gix::Repository,
    trie: &Trie,
    scopes: usize,
    receiver: &Mutex<Receiver<Vec<Candidate>>>,
) -> Result<Found, Error> {
    let mut repo = repo.clone();
    repo.objects.set_pack_cache(|| Box::new(gix::odb::pack::cache::lru::MemoryCappedHashmap::new(BASES_LIMIT)));
    let mut comparison = Comparison::new(trie, Trees::new(&repo, TREES_LIMIT), scopes);
    let mut buffer = Vec::new();
    let mut found = Vec::new();
    loop {
        let next = receiver.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(chunk) = next else { return Ok(found) };
        for candidate in chunk {
            let scopes = comparison.touched(candidate.old, candidate.new)?;
            if !scopes.is_empty() {
                found.push((candidate.node, describe(&repo, candidate.id, scopes, &mut buffer)?));
            }
        }
    }
}

fn describe(
    repo: &gix::Repository,
    id: ObjectId,
    scopes: Vec<usize>,
    buffer: &mut Vec<u8>,
) -> Result<TouchingCommit, Error> {
    let found = repo.objects.try_find(&id, buffer).map_err(Error::read("a commit"))?;
    let data = found.ok_or_else(|| Error::Missing { what: "commit", id: id.to_string() })?.data;
    let time = commit::Header::parse(data).map_or(0, |header| header.time);
    Ok(TouchingCommit::new(commit_id(id), commit::message(data), time, scopes))
}

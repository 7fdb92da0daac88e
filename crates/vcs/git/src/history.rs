//! One pass over the history for all packages: which commits since its last release touched each of them.
//!
//! The commits are walked, and the trees of those that count are compared on several threads, down to the folders of the
//! packages. That shows which folders were other packages' at times. The commits that changed something there are compared
//! again, with the package files of each.

mod ahead;
pub(crate) mod graph;
mod lines;
mod moved;
mod owned;
mod owners;
mod path;
mod places;
mod scopes;
mod touch;
mod tree_diff;
pub(crate) mod trees;
pub(crate) mod walk;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::mem;
use std::num::NonZero;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Mutex, PoisonError};
use std::thread;

use gix::ObjectId;
use gix::objs::Kind;
use releasekit_core::model::CommitId;
use releasekit_core::vcs::{History, HistoryRequest, Judge, Scope, TouchingCommit};

use crate::error::Error;
use crate::object::{self, commit_id, object_id};
use crate::packs::{Packs, Reader};
use crate::read::commit;
use graph::{Cache, Graph, NodeId};
use lines::Lines;
use moved::{Contested, Folders, Layouts};
use owned::Owned;
use owners::{Owners, Said};
use places::{Place, Places};
use scopes::Trie;
use touch::Comparison;
use trees::Trees;
use walk::{Walk, walk};

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
    let pass = Pass {
        shared: repo.clone().into_sync(),
        packs: cache.packs(repo),
        trie: &trie,
        scopes: &request.scopes,
        judge: request.judge.as_deref(),
        said: &Said::default(),
    };
    let (walk, mut found) = pass.by_folders(graph, &walk_request)?;
    if let Some(judge) = pass.judge {
        let strangers = walk.strangers(&since.but(head));
        let contested = pass.contested(judge, &walk, head, &mut found)?;
        let doubtful = Doubtful {
            commits: found.changed_in(&contested, &trie).chain(strangers.iter().copied()).collect(),
            strangers: &strangers,
        };
        if !doubtful.commits.is_empty() {
            let trie = Trie::with_contested(&request.scopes, &contested)?;
            let known = found.take(&doubtful.commits);
            let again = Pass { trie: &trie, ..pass }.by_package_files(judge, &walk, (&doubtful, known))?;
            found.commits.extend(again.commits);
        }
    }
    let lines = Lines::of(&walk, head);
    let mut told: HashMap<NodeId, Told> = found.commits.into_iter().collect();
    let commits = walk.order.iter().filter_map(|node| {
        let Told { mut commit, addresses } = told.remove(node)?;
        if !commit.scopes.is_empty() && lines.leave_out(*node) {
            return None;
        }
        commit.is_brought = !lines.lead_to(*node);
        let counts = |scope: &usize| since.counts(&walk, *node, *scope);
        commit.scopes.retain(counts);
        if addresses {
            commit.in_range = (0..request.scopes.len()).filter(counts).collect();
        }
        (!commit.scopes.is_empty() || !commit.in_range.is_empty()).then_some(commit)
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

    /// The places of all these commits but one; none where some scope starts behind nothing.
    fn but(&self, commit: ObjectId) -> Vec<usize> {
        let others = self.commits.iter().enumerate().filter(|(_, other)| **other != commit).map(|(index, _)| index);
        if self.all { Vec::new() } else { others.collect() }
    }

    fn counts(&self, walk: &Walk<'_>, node: NodeId, scope: usize) -> bool {
        self.by_scope[scope].is_none_or(|hidden| !walk.is_hidden(node, hidden))
    }
}

/// A commit to be compared with its first parent.
struct Candidate {
    node: NodeId,
    id: ObjectId,
    time: i64,
    /// Where it was read before.
    message: Option<String>,
    old: Option<ObjectId>,
    new: ObjectId,
    /// The first parent, where there are others.
    merged_into: Option<ObjectId>,
    /// Whether the packages at the head say whose its folders are where nothing else does.
    is_related: bool,
}

impl Candidate {
    /// A commit whose parents are known.
    fn new(graph: &Graph<'_>, node: NodeId) -> Option<Self> {
        let commit = graph.node(node);
        if commit.cut {
            return None;
        }
        let old = graph.loaded_parents(node).next().map(|parent| graph.node(parent).tree);
        let parents = graph.parent_ids(node);
        let merged_into = parents.first().copied().filter(|_| parents.len() > 1);
        Some(Self {
            node,
            id: commit.id,
            time: commit.time,
            message: None,
            old,
            new: commit.tree,
            merged_into,
            is_related: true,
        })
    }

    /// Its message, read where it was not before.
    fn message(&mut self, reader: &mut Reader<'_>) -> Result<&mut String, Error> {
        let message = match self.message.take() {
            Some(message) => message,
            None => {
                let data = object::read_packed(reader, self.id, Kind::Commit)?;
                // A commit-graph file has no room for all dates that a commit can have.
                self.time = commit::Header::parse(&data).map_or(0, |header| header.time);
                commit::message(&data)
            }
        };
        Ok(self.message.insert(message))
    }

    fn into_touching(mut self, reader: &mut Reader<'_>, scopes: Vec<usize>) -> Result<TouchingCommit, Error> {
        let message = mem::take(self.message(reader)?);
        let touching = TouchingCommit::new(commit_id(self.id), message, self.time, scopes);
        Ok(touching.with_merged_into(self.merged_into.map(commit_id)))
    }
}

/// A commit that is told.
struct Told {
    commit: TouchingCommit,
    /// Whether its message addresses scopes.
    addresses: bool,
}

/// What commits touch.
#[derive(Default)]
struct Found {
    commits: Vec<(NodeId, Told)>,
    /// Where commits changed something.
    places: Vec<(NodeId, Place)>,
    /// Folders of packages that came or went in between.
    contested: Contested,
}

impl Found {
    fn add(&mut self, other: Self) {
        self.commits.extend(other.commits);
        self.places.extend(other.places);
        self.contested.add(other.contested);
    }

    /// Takes some commits out.
    fn take(&mut self, commits: &HashSet<NodeId>) -> HashMap<NodeId, TouchingCommit> {
        let taken = self.commits.extract_if(.., |(node, _)| commits.contains(node));
        taken.map(|(node, told)| (node, told.commit)).collect()
    }

    /// The commits that changed something in some folders.
    fn changed_in(&self, folders: &Folders, trie: &Trie) -> impl Iterator<Item = NodeId> {
        let places = Places::of(folders, trie);
        self.places.iter().filter(move |(_, place)| places.have(*place)).map(|(node, _)| *node)
    }
}

/// Commits that may have touched others than whose the folders are at the head.
struct Doubtful<'a> {
    commits: HashSet<NodeId>,
    strangers: &'a HashSet<NodeId>,
}

/// What all threads of a walk share.
struct Pass<'a> {
    shared: gix::ThreadSafeRepository,
    packs: &'a Packs,
    trie: &'a Trie,
    scopes: &'a [Scope],
    judge: Option<&'a dyn Judge>,
    said: &'a Said,
}

/// Where threads take the commits from that are to be compared.
type Queue = Mutex<Receiver<Vec<Candidate>>>;

impl Pass<'_> {
    /// Walks, and compares as if every folder had always been whose it is at the head.
    fn by_folders<'g>(&self, graph: Graph<'g>, request: &walk::Request<'_>) -> Result<(Walk<'g>, Found), Error> {
        self.spread(
            |queue, repo| {
                let layouts = self.judge.map(|judge| self.layouts(repo, judge));
                let mut comparison =
                    Comparison::new(self.trie, Trees::new(repo, self.packs), self.scopes.len(), layouts);
                let found = self.compare(repo, queue, |it| comparison.touched(it.node, it.old, it.new))?;
                let (places, contested) = comparison.into_notes();
                Ok(Found { places, contested, ..found })
            },
            |sender| walk_and_send(graph, request, sender),
        )
    }

    /// Compares commits, each file being whose the commit's own package files say. Some may be known from before.
    fn by_package_files(
        &self,
        judge: &dyn Judge,
        walk: &Walk<'_>,
        (doubtful, mut known): (&Doubtful<'_>, HashMap<NodeId, TouchingCommit>),
    ) -> Result<Found, Error> {
        let work = |queue: &Queue, repo: &gix::Repository| {
            let owners = Owners::new(Reader::new(repo, self.packs), judge, self.said);
            let mut comparison = Owned::new(self.trie, Trees::new(repo, self.packs), owners, self.scopes.len());
            self.compare(repo, queue, |it| comparison.touched(it.old, it.new, it.is_related))
        };
        let feed = |sender| {
            send_again(walk, sender, &doubtful.commits, |candidate| {
                let is_related = !doubtful.strangers.contains(&candidate.node);
                match known.remove(&candidate.node) {
                    Some(TouchingCommit { message, time, .. }) => {
                        Candidate { is_related, message: Some(message), time, ..candidate }
                    }
                    None => Candidate { is_related, ..candidate },
                }
            });
            Ok(())
        };
        Ok(self.spread(work, feed)?.1)
    }

    /// The folders that were other packages' at times: those found so far, those that differ at the ends of what was walked,
    /// and what their owners' folders hold in between.
    fn contested(
        &self,
        judge: &dyn Judge,
        walk: &Walk<'_>,
        head: ObjectId,
        found: &mut Found,
    ) -> Result<Folders, Error> {
        let mut contested = mem::take(&mut found.contested);
        if let Some(newest) = walk.order.iter().find(|node| walk.graph.node(**node).id == head) {
            let repo = self.shared.to_thread_local();
            let mut layouts = self.layouts(&repo, judge);
            layouts.compare(&moved::ends(walk), walk.graph.node(*newest).tree)?;
            contested.add(layouts.contested());
        }
        let mut known = Folders::new();
        loop {
            let folders = contested.owners.iter().map(|owner| self.scopes[*owner].folder.as_str().as_bytes().to_vec());
            let new: Vec<Vec<u8>> = folders.filter(|folder| known.insert(folder.clone())).collect();
            if new.is_empty() {
                return Ok(contested.folders);
            }
            contested.add(self.look_at(judge, walk, &new, found)?);
        }
    }

    /// Looks for packages of others in the folders of packages, in each commit that may have changed whose they are. Folders
    /// that came or went were looked into when the trees were compared, where that opened the folder around them.
    fn look_at(
        &self,
        judge: &dyn Judge,
        walk: &Walk<'_>,
        folders: &[Vec<u8>],
        found: &Found,
    ) -> Result<Contested, Error> {
        let mut by_place = HashMap::new();
        for folder in folders {
            let (node, _) = self.trie.find(folder);
            let places = places::of_packages(self.trie, node, judge.package_files());
            by_place.extend(places.into_iter().map(|place| (place, (node, folder))));
        }
        let mut wanted: HashMap<NodeId, BTreeSet<(scopes::NodeId, &Vec<u8>)>> = HashMap::new();
        for (commit, place) in &found.places {
            if let Some(folder) = by_place.get(place) {
                wanted.entry(*commit).or_default().insert(*folder);
            }
        }
        let work = |queue: &Queue, repo: &gix::Repository| {
            let mut layouts = self.layouts(repo, judge);
            let found = self.compare(repo, queue, |it| {
                for (node, folder) in wanted.get(&it.node).into_iter().flatten() {
                    it.old.map_or(Ok(()), |old| layouts.look_at(*node, folder, old, it.new))?;
                }
                Ok(Vec::new())
            })?;
            Ok(Found { contested: layouts.contested(), ..found })
        };
        let feed = |sender| {
            // None of these is told, so no message is read again.
            let untold = |candidate| Candidate { merged_into: None, message: Some(String::new()), ..candidate };
            send_again(walk, sender, &wanted.keys().copied().collect(), untold);
            Ok(())
        };
        Ok(self.spread(work, feed)?.1.contested)
    }

    fn layouts<'r>(&'r self, repo: &'r gix::Repository, judge: &'r dyn Judge) -> Layouts<'r> {
        Layouts::new(
            self.trie,
            Trees::new(repo, self.packs),
            Owners::new(Reader::new(repo, self.packs), judge, self.said),
        )
    }

    /// Has several threads work, this one last: before that it feeds them.
    fn spread<T>(
        &self,
        work: impl Fn(&Queue, &gix::Repository) -> Result<Found, Error> + Sync,
        feed: impl FnOnce(Sender<Vec<Candidate>>) -> Result<T, Error>,
    ) -> Result<(T, Found), Error> {
        let threads = thread::available_parallelism().map_or(1, NonZero::get).min(MOST_THREADS);
        let (sender, receiver) = mpsc::channel();
        let queue = Mutex::new(receiver);
        thread::scope(|scope| {
            let work = || {
                let repo = self.shared.to_thread_local();
                work(&queue, &repo)
            };
            let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
            let fed = feed(sender)?;
            let mut found = work()?;
            for other in others {
                // A panic of ours goes on as what it is.
                found.add(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
            }
            Ok((fed, found))
        })
    }

    /// Compares what is sent until no more will come.
    fn compare(
        &self,
        repo: &gix::Repository,
        queue: &Queue,
        mut touched: impl FnMut(&Candidate) -> Result<Vec<usize>, Error>,
    ) -> Result<Found, Error> {
        let mut found = Found::default();
        let reader = &mut Reader::new(repo, self.packs);
        loop {
            let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(chunk) = next else { return Ok(found) };
            for mut candidate in chunk {
                if candidate.merged_into.is_some() && !self.is_heard(reader, &mut candidate)? {
                    continue;
                }
                let scopes = touched(&candidate)?;
                let addresses = match self.judge {
                    Some(judge) => judge.addresses(candidate.message(reader)?),
                    None => false,
                };
                if addresses || !scopes.is_empty() {
                    let node = candidate.node;
                    let commit = candidate.into_touching(reader, scopes)?;
                    self.judge.into_iter().for_each(|judge| judge.prepare(&commit));
                    found.commits.push((node, Told { commit, addresses }));
                }
            }
        }
    }

    /// Whether a merge may be told.
    fn is_heard(&self, reader: &mut Reader<'_>, merge: &mut Candidate) -> Result<bool, Error> {
        let Some(judge) = self.judge else { return Ok(false) };
        let message = merge.message(reader)?;
        Ok(judge.speaks(message) || judge.addresses(message))
    }
}

/// Walks, and sends what may have to be compared as soon as it is met.
fn walk_and_send<'a>(
    graph: Graph<'a>,
    request: &walk::Request<'_>,
    sender: Sender<Vec<Candidate>>,
) -> Result<Walk<'a>, Error> {
    let mut chunk = Vec::new();
    let walk = walk(graph, request, |graph, node| {
        let message = graph.take_message(node);
        chunk.extend(Candidate::new(graph, node).map(|candidate| Candidate { message, ..candidate }));
        if chunk.len() == CHUNK {
            // Nobody receives any more when a comparison has failed, which is told when the threads end.
            drop(sender.send(mem::take(&mut chunk)));
        }
    })?;
    drop(sender.send(chunk));
    Ok(walk)
}

/// Sends some of what was walked once more, with what is known of each by now.
fn send_again(
    walk: &Walk<'_>,
    sender: Sender<Vec<Candidate>>,
    wanted: &HashSet<NodeId>,
    known: impl FnMut(Candidate) -> Candidate,
) {
    let nodes = walk.order.iter().filter(|node| wanted.contains(node));
    let candidates: Vec<Candidate> = nodes.filter_map(|node| Candidate::new(&walk.graph, *node)).map(known).collect();
    let mut candidates = candidates.into_iter();
    loop {
        let chunk: Vec<Candidate> = candidates.by_ref().take(CHUNK).collect();
        // As in `walk_and_send`.
        if chunk.is_empty() || sender.send(chunk).is_err() {
            return;
        }
    }
}

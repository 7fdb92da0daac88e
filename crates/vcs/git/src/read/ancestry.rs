//! Commits and how they descend from each other.

use std::collections::BinaryHeap;

use gix::hashtable::HashSet;
use gix::objs::Kind;
use releasekit_core::model::CommitId;
use releasekit_core::vcs::{CommitInfo, CommitParents};

use super::commit;
use crate::error::Error;
use crate::history::graph::{Cache, Graph, NodeId};
use crate::history::walk::{Request, walk};
use crate::object::{commit_id, model_id, object_id, read};

/// Describes commits.
pub(crate) fn commits(repo: &gix::Repository, ids: &[CommitId]) -> Result<Vec<CommitInfo>, Error> {
    let shallow = repo.shallow_commits().map_err(Error::read("the shallow boundary"))?;
    let describe = |id: &CommitId| {
        let name = object_id(id.as_str())?;
        let bytes = read(repo, name, Kind::Commit)?;
        let header = commit::Header::parse(&bytes).ok_or_else(|| Error::Corrupt { what: format!("commit {id}") })?;
        let is_boundary = shallow.as_ref().is_some_and(|boundary| boundary.iter().any(|commit| *commit == name));
        let parents = if is_boundary { Vec::new() } else { header.parents };
        Ok(CommitInfo::new(
            id.clone(),
            model_id(header.tree),
            parents.into_iter().map(commit_id).collect(),
            commit::message(&bytes),
            header.time,
        )
        .with_signed(commit::is_signed(&bytes)))
    };
    ids.iter().map(describe).collect()
}

/// Which of the candidates are a commit or reachable from it. One that the clone lacks, or that lies beyond where its
/// history is cut, is not.
pub(crate) fn ancestors_among(
    repo: &gix::Repository,
    cache: &Cache,
    candidates: &[CommitId],
    descendant: &CommitId,
) -> Result<Vec<bool>, Error> {
    let candidates = candidates.iter().map(|id| object_id(id.as_str())).collect::<Result<Vec<_>, _>>()?;
    let mut graph = Graph::new(repo, cache)?;
    let start = graph.load(object_id(descendant.as_str())?)?;
    let mut wanted: HashSet = candidates.iter().copied().collect();
    let mut reached = HashSet::default();
    let mut seen = HashSet::from_iter([graph.node(start).id]);
    let mut queue = BinaryHeap::from([(graph.node(start).generation, graph.node(start).time, start)]);
    let lowest = graph.lowest_generation(&candidates);
    while let Some((generation, _, node)) = queue.pop() {
        let id = graph.node(node).id;
        if wanted.remove(&id) {
            reached.insert(id);
        }
        if wanted.is_empty() || generation < lowest {
            break;
        }
        for parent in graph.parents(node)? {
            let commit = graph.node(parent);
            if seen.insert(commit.id) {
                queue.push((commit.generation, commit.time, parent));
            }
        }
    }
    Ok(candidates.iter().map(|candidate| reached.contains(candidate)).collect())
}

/// Commits reachable from one commit but not from another, parents before children. Where that depends on commits
/// that the clone lacks, and no commit of the answer shows it, it is [`Error::HistoryCut`].
pub(crate) fn commits_between(
    repo: &gix::Repository,
    cache: &Cache,
    hidden: &CommitId,
    head: &CommitId,
) -> Result<Vec<CommitInfo>, Error> {
    let ids: Vec<CommitId> = parents_between(repo, cache, hidden, head)?.into_iter().map(|commit| commit.id).collect();
    commits(repo, &ids)
}

/// The same with their parents alone, which the walk knows.
pub(crate) fn parents_between(
    repo: &gix::Repository,
    cache: &Cache,
    hidden: &CommitId,
    head: &CommitId,
) -> Result<Vec<CommitParents>, Error> {
    let request = Request { head: object_id(head.as_str())?, hidden: &[object_id(hidden.as_str())?], all: false };
    let walk = walk(Graph::new(repo, cache)?, &request, |_, _| ())?;
    if let Some(cut) = walk.cut.filter(|cut| !walk.order.contains(cut)) {
        return Err(Error::HistoryCut {
            commit: walk.graph.node(cut).id.to_string(),
            question: format!("what lies between {} and {}", hidden.short(), head.short()),
        });
    }
    let commit = |node: &NodeId| {
        let parents = walk.graph.parent_ids(*node).iter().copied().map(commit_id).collect();
        CommitParents::new(commit_id(walk.graph.node(*node).id), parents)
    };
    Ok(walk.order.iter().rev().map(commit).collect())
}

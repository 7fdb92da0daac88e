//! A file's content back along the first parents.

use std::collections::HashSet;

use gix::ObjectId;
use gix::objs::Kind;
use releasekit_core::model::{CommitId, RepoPath};
use releasekit_core::vcs::PathRun;

use crate::error::Error;
use crate::history::graph::{Cache, Graph, NodeId};
use crate::history::trees::Trees;
use crate::object::{commit_id, object_id, read};
use crate::tree::find_file;

/// Walks until the file is gone, or the history is.
pub(crate) fn path_runs(
    repo: &gix::Repository,
    cache: &Cache,
    from: &CommitId,
    path: &RepoPath,
) -> Result<Vec<PathRun>, Error> {
    let mut graph = Graph::new(repo, cache)?;
    let mut trees = Trees::new(repo, cache.packs(repo));
    let mut runs: Vec<(Option<ObjectId>, NodeId, NodeId)> = Vec::new();
    let mut known: Option<(ObjectId, Option<ObjectId>)> = None;
    let mut next = Some(graph.load(object_id(from.as_str())?)?);
    let mut seen = HashSet::new();
    while let Some(node) = next {
        // Names of commits cannot lead around a circle, but the numbers in a damaged commit-graph file can.
        if !seen.insert(node) {
            return Err(Error::Corrupt { what: format!("the history before {}", graph.node(node).id) });
        }
        let tree = graph.node(node).tree;
        let file = match known {
            Some((same, file)) if same == tree => file,
            _ => find_file(&mut trees, tree, path)?,
        };
        known = Some((tree, file));
        match runs.last_mut() {
            Some((last, _, oldest)) if *last == file => *oldest = node,
            _ => runs.push((file, node, node)),
        }
        // A run without the file is the last one, and need not be followed to its end.
        if file.is_none() {
            break;
        }
        next = graph.parents(node)?.first().copied();
    }
    let content = |file: Option<ObjectId>| file.map(|file| read(repo, file, Kind::Blob)).transpose();
    let run = |(file, newest, oldest): (Option<ObjectId>, NodeId, NodeId)| {
        Ok(PathRun::new(
            commit_id(graph.node(newest).id),
            commit_id(graph.node(oldest).id),
            content(file)?,
            graph.node(oldest).cut,
        ))
    };
    runs.into_iter().map(run).collect()
}

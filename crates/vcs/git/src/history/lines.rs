//! By which merges the commits of a walk came.

use std::collections::HashSet;

use gix::ObjectId;

use super::graph::NodeId;
use super::walk::Walk;

/// The lines that lead from the head of a walk to its commits.
pub(super) struct Lines {
    /// Commits along the first parents.
    first: HashSet<NodeId>,
    /// Commits that only such merges lead to as took nothing of what they merged; none where there is no such merge.
    left_out: HashSet<NodeId>,
}

impl Lines {
    pub(super) fn of(walk: &Walk<'_>, head: ObjectId) -> Self {
        let Some(head) = walk.order.iter().copied().find(|node| walk.graph.node(*node).id == head) else {
            return Self { first: HashSet::new(), left_out: HashSet::new() };
        };
        let first = std::iter::successors(Some(head), |node| first_parent(walk, *node)).collect();
        let takes_nothing = walk.order.iter().any(|node| takes_nothing(walk, *node));
        Self { first, left_out: if takes_nothing { left_out(walk, head) } else { HashSet::new() } }
    }

    /// Whether the first parents lead to a commit.
    pub(super) fn lead_to(&self, node: NodeId) -> bool {
        self.first.contains(&node)
    }

    /// Whether all merges that a commit came by took nothing of it.
    pub(super) fn leave_out(&self, node: NodeId) -> bool {
        self.left_out.contains(&node)
    }
}

fn first_parent(walk: &Walk<'_>, node: NodeId) -> Option<NodeId> {
    let first = walk.graph.parent_ids(node).first()?;
    walk.graph.loaded_parents(node).next().filter(|parent| walk.graph.node(*parent).id == *first)
}

/// Whether a merge has the files of its first parent, as with `git merge -s ours`.
fn takes_nothing(walk: &Walk<'_>, merge: NodeId) -> bool {
    let tree = |node: NodeId| walk.graph.node(node).tree;
    let is_merge = walk.graph.parent_ids(merge).len() > 1;
    is_merge && first_parent(walk, merge).is_some_and(|first| tree(first) == tree(merge))
}

fn left_out(walk: &Walk<'_>, head: NodeId) -> HashSet<NodeId> {
    let mut taken = HashSet::from([head]);
    let mut left_out = HashSet::new();
    for node in &walk.order {
        if !taken.contains(node) {
            left_out.insert(*node);
            continue;
        }
        let most = if takes_nothing(walk, *node) { 1 } else { usize::MAX };
        taken.extend(walk.graph.loaded_parents(*node).take(most));
    }
    left_out
}

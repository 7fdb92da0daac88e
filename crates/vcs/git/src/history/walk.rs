//! Walks the commits reachable from a head and says for each which starting points hide it.
//!
//! The answer is reachability, never dates: dates and generations only order the walk and let it end early.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};
use std::mem;

use gix::ObjectId;

use super::graph::{Graph, NodeId, UNKNOWN};
use crate::error::Error;

/// What came of a walk.
pub(crate) struct Walk<'a> {
    /// The commits read.
    pub(crate) graph: Graph<'a>,
    /// Commits reachable from the head that not every starting point hides, children before parents.
    pub(crate) order: Vec<NodeId>,
    /// A commit met on the way whose parents the clone lacks.
    pub(crate) cut: Option<NodeId>,
    marks: Marks,
}

impl Walk<'_> {
    /// Whether a commit is reachable from the starting point with this index.
    pub(crate) fn is_hidden(&self, node: NodeId, hidden: usize) -> bool {
        self.marks.has(node, hidden + 1)
    }

    /// Commits of [`order`](Self::order) from which nothing can be reached that any of these starting points hides: they
    /// stand on first commits of their own.
    pub(crate) fn strangers(&self, hidden: &[usize]) -> HashSet<NodeId> {
        let is_hidden = |node: NodeId| hidden.iter().any(|index| self.is_hidden(node, *index));
        let mut strangers = HashSet::new();
        if hidden.is_empty() {
            return strangers;
        }
        for node in self.order.iter().rev() {
            let mut parents = self.graph.loaded_parents(*node);
            if !self.graph.node(*node).cut && !is_hidden(*node) && parents.all(|parent| strangers.contains(&parent)) {
                strangers.insert(*node);
            }
        }
        strangers
    }
}

/// The mark of what is reachable from the head; those of the starting points follow.
const HEAD: usize = 0;

/// Where to walk.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    /// Where to start.
    pub(crate) head: ObjectId,
    /// Starting points that hide what is reachable from them.
    pub(crate) hidden: &'a [ObjectId],
    /// Whether what all of them hide is wanted as well.
    pub(crate) all: bool,
}

/// Walks until all that is left is hidden by every starting point, or to the end where all is wanted.
///
/// Every commit that will be in [`Walk::order`] is shown to `on_open` once, as early as can be; a few others may be,
/// too. A commit that the clone lacks is [`Error::Missing`].
pub(crate) fn walk<'a>(
    graph: Graph<'a>,
    request: &Request<'_>,
    mut on_open: impl FnMut(&mut Graph<'a>, NodeId),
) -> Result<Walk<'a>, Error> {
    let hidden = request.hidden;
    let mut walker = Walker::new(graph, hidden.len() + 1, request.all || hidden.is_empty());
    walker.start(request.head, HEAD)?;
    for (index, commit) in hidden.iter().enumerate() {
        walker.start(*commit, index + 1)?;
    }
    while !walker.is_done() {
        let Some(node) = walker.step()? else { break };
        if walker.show(node) {
            on_open(&mut walker.graph, node);
        }
    }
    Ok(walker.finish())
}

/// Marks per commit, packed.
struct Marks {
    bits: Vec<u64>,
    words: usize,
    count: usize,
}

impl Marks {
    fn row(&self, node: NodeId) -> &[u64] {
        &self.bits[node as usize * self.words..][..self.words]
    }

    fn has(&self, node: NodeId, mark: usize) -> bool {
        self.row(node)[mark / 64] >> (mark % 64) & 1 == 1
    }

    fn grow(&mut self, nodes: usize) {
        self.bits.resize(nodes * self.words, 0);
    }

    fn set(&mut self, node: NodeId, mark: usize) {
        self.bits[node as usize * self.words + mark / 64] |= 1 << (mark % 64);
    }

    /// Gives `to` the marks of `from`, and says whether any was new.
    fn pass(&mut self, from: NodeId, to: NodeId) -> bool {
        let mut changed = 0;
        for word in 0..self.words {
            let given = self.bits[from as usize * self.words + word];
            let kept = &mut self.bits[to as usize * self.words + word];
            changed |= given & !*kept;
            *kept |= given;
        }
        changed != 0
    }

    /// Whether every mark is set.
    fn is_full(&self, node: NodeId) -> bool {
        let row = self.row(node);
        row.iter().map(|word| word.count_ones() as usize).sum::<usize>() == self.count
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Unseen,
    Queued,
    Visited,
    /// Visited, and queued again because a mark arrived late.
    Requeued,
}

struct Walker<'a> {
    graph: Graph<'a>,
    marks: Marks,
    states: Vec<State>,
    queue: BinaryHeap<(u32, i64, Reverse<NodeId>)>,
    all: bool,
    /// How many commits in the queue still matter.
    open: usize,
    /// Whether a commit without parents has been visited.
    at_an_end: bool,
    cut: Option<NodeId>,
    visited: Vec<NodeId>,
    shown: Vec<bool>,
}

impl<'a> Walker<'a> {
    fn new(graph: Graph<'a>, count: usize, all: bool) -> Self {
        Self {
            graph,
            marks: Marks { bits: Vec::new(), words: count.div_ceil(64), count },
            states: Vec::new(),
            queue: BinaryHeap::new(),
            all,
            open: 0,
            at_an_end: false,
            cut: None,
            visited: Vec::new(),
            shown: Vec::new(),
        }
    }

    fn start(&mut self, commit: ObjectId, mark: usize) -> Result<(), Error> {
        let node = self.graph.load(commit)?;
        self.make_room();
        let was_open = self.is_open_in_queue(node);
        self.marks.set(node, mark);
        self.enqueue(node, was_open);
        Ok(())
    }

    fn make_room(&mut self) {
        self.marks.grow(self.graph.len());
        self.states.resize(self.graph.len(), State::Unseen);
        self.shown.resize(self.graph.len(), false);
    }

    /// Whether a commit matters: reachable from the head, and hidden by fewer than all.
    fn is_open(&self, node: NodeId) -> bool {
        self.marks.has(node, HEAD) && (self.all || !self.marks.is_full(node))
    }

    fn is_open_in_queue(&self, node: NodeId) -> bool {
        matches!(self.states[node as usize], State::Queued | State::Requeued) && self.is_open(node)
    }

    /// Puts a commit whose marks have changed into the queue, if it is not there.
    fn enqueue(&mut self, node: NodeId, was_open: bool) {
        let state = &mut self.states[node as usize];
        let next = match *state {
            State::Unseen => State::Queued,
            State::Visited => State::Requeued,
            queued => queued,
        };
        if next != *state {
            *state = next;
            let commit = self.graph.node(node);
            self.queue.push((commit.generation, commit.time, Reverse(node)));
        }
        let is_open = self.is_open_in_queue(node);
        self.open = self.open + usize::from(is_open) - usize::from(was_open);
    }

    /// Whether a commit is to be shown now: it matters and has not been shown before.
    fn show(&mut self, node: NodeId) -> bool {
        let show = self.is_open(node) && !self.shown[node as usize];
        self.shown[node as usize] |= show;
        show
    }

    /// Takes the next commit and passes its marks on; `None` when there is none.
    fn step(&mut self) -> Result<Option<NodeId>, Error> {
        let Some((_, _, Reverse(node))) = self.queue.pop() else { return Ok(None) };
        let is_open = self.is_open(node);
        self.open -= usize::from(is_open);
        let before = mem::replace(&mut self.states[node as usize], State::Visited);
        if before != State::Requeued {
            self.visited.push(node);
        }
        let parents = self.graph.parents(node)?;
        self.make_room();
        self.at_an_end |= parents.is_empty();
        if self.graph.node(node).cut {
            self.cut = self.cut.or(Some(node));
        }
        // A mark that arrives at a commit after it was visited has to go on from there, so the commit is queued again. That
        // happens only where dates order the walk: a clock that ran behind makes a parent look newer than its child.
        for parent in parents {
            let was_open = self.is_open_in_queue(parent);
            let changed = self.marks.pass(node, parent);
            if changed || self.states[parent as usize] == State::Unseen {
                self.enqueue(parent, was_open);
            }
        }
        Ok(Some(node))
    }

    /// Whether nothing that is left to walk can change what has been found.
    fn is_done(&self) -> bool {
        if self.open > 0 {
            return false;
        }
        let Some((generation, _, Reverse(next))) = self.queue.peek() else { return true };
        // Nothing open is left, and what is queued can only pass on marks. In the order of generations children come before
        // their parents, so every commit had all its marks before it was visited, and none of them can change any more.
        if *generation != UNKNOWN {
            return true;
        }
        // By dates a mark may still come late, down a line whose commits look old. Not here: with one commit in the queue,
        // never visited, and no root met on the way, every line that was walked goes through this commit. All visited ones
        // lead to it, so it leads to none of them.
        self.queue.len() == 1 && self.states[*next as usize] == State::Queued && !self.at_an_end
    }

    /// Sorts what matters, children before parents and newer ones first among others: the same whether or not there
    /// are generations.
    fn finish(self) -> Walk<'a> {
        let mut children = vec![0_u32; self.graph.len()];
        for node in &self.visited {
            for parent in self.graph.loaded_parents(*node) {
                children[parent as usize] += 1;
            }
        }
        let key = |node: NodeId| (self.graph.node(node).time, self.graph.node(node).id, node);
        let is_visited = |node: NodeId| matches!(self.states[node as usize], State::Visited | State::Requeued);
        let heads = self.visited.iter().copied().filter(|node| children[*node as usize] == 0);
        let mut ready: BinaryHeap<_> = heads.map(key).collect();
        let mut order = Vec::new();
        while let Some((_, _, node)) = ready.pop() {
            if self.is_open(node) {
                order.push(node);
            }
            for parent in self.graph.loaded_parents(node) {
                children[parent as usize] -= 1;
                if children[parent as usize] == 0 && is_visited(parent) {
                    ready.push(key(parent));
                }
            }
        }
        Walk { graph: self.graph, order, cut: self.cut, marks: self.marks }
    }
}

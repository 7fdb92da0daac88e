//! Who needs whom. Pure.
//!
//! Edges run from a package to what it needs. What an edge orders and moves is the backend's to say; where it need not order
//! and would lead back to its own package, it orders nothing.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;
use petgraph::{Direction, Graph};
use releasekit_core::model::{Dependency, DependencyKind, Order, PackageId, Propagation, Published};
use releasekit_core::policy::Participation;

use crate::discover::{Discovery, Member};
use crate::error::{Error, Result};

/// Why one package needs another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// A package file says so.
    Dependency(DependencyKind),
    /// The configuration says so.
    DependsOn,
}

/// How one package needs another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Edge {
    /// Why.
    pub why: Why,
    /// Whether what is needed must be live first. In the graph no circle is left to be decided.
    pub orders: Order,
    /// Whether it stands in what is published.
    pub published: Published,
    /// How it propagates.
    pub propagates: Propagation,
}

impl Edge {
    /// A dependency of a package file.
    pub fn of(dependency: &Dependency) -> Self {
        let Dependency { kind, orders, published, propagates, .. } = dependency;
        let why = Why::Dependency(*kind);
        Self { why, orders: *orders, published: *published, propagates: *propagates }
    }

    /// One that the configuration adds: it orders and moves, and no requirement is written.
    pub(crate) fn configured() -> Self {
        let why = Why::DependsOn;
        Self { why, orders: Order::First, published: Published::No, propagates: Propagation::Configured }
    }

    /// Whether what is needed must be live first.
    pub fn orders(self) -> bool {
        self.orders != Order::Any
    }

    /// Whether an installer brings what is needed, at once or with an extra.
    pub fn installs(self) -> bool {
        use DependencyKind::{Optional, Peer, Runtime};
        matches!(self.why, Why::Dependency(Runtime | Peer | Optional))
    }

    /// Whether what is needed moves what needs it.
    pub fn moves(self) -> bool {
        self.propagates != Propagation::Never
    }
}

/// The packages and their dependencies on each other. Members are named by their index in the discovery.
#[derive(Debug, Clone)]
pub struct PackageGraph {
    graph: DiGraph<usize, Edge>,
    levels: Vec<usize>,
    order: Vec<usize>,
}

impl PackageGraph {
    /// Builds the graph. Fails on a circle, and on a published package that needs an unpublished one at run time.
    pub fn build(discovery: &Discovery) -> Result<Self> {
        let mut graph = edges(discovery);
        let private = private(discovery, &graph);
        release_circular(&mut graph);
        let problems: Vec<Error> = cycles(discovery, &graph).into_iter().chain(private).collect();
        Error::raise(problems)?;
        let levels = levels(&graph);
        let mut order: Vec<usize> = (0..discovery.members.len()).collect();
        let key = |&index: &usize| (levels[index], &discovery.members[index].id);
        order.sort_by(|a, b| key(a).cmp(&key(b)));
        Ok(Self { graph, levels, order })
    }

    /// The longest way down to a package that needs nobody.
    pub fn level(&self, member: usize) -> usize {
        self.levels[member]
    }

    /// All members, dependencies first: by level, label and name.
    pub fn order(&self) -> &[usize] {
        &self.order
    }

    /// What a member needs and why, without repetition, ordered by name.
    pub fn dependencies(&self, member: usize) -> BTreeMap<usize, BTreeSet<Edge>> {
        self.neighbours(member, Direction::Outgoing)
    }

    /// Who needs a member and why.
    pub fn dependents(&self, member: usize) -> BTreeMap<usize, BTreeSet<Edge>> {
        self.neighbours(member, Direction::Incoming)
    }

    /// What must be live before a member.
    pub(crate) fn ordering_dependencies(&self, member: usize) -> Vec<usize> {
        keep(self.dependencies(member), Edge::orders)
    }

    /// Who waits for a member.
    pub(crate) fn ordering_dependents(&self, member: usize) -> Vec<usize> {
        keep(self.dependents(member), Edge::orders)
    }

    /// Who may move when a member moves, and how far at most that carries.
    pub(crate) fn moving_dependents(&self, member: usize) -> Vec<(usize, Propagation)> {
        moving(self.dependents(member))
    }

    /// Whose moves may move a member, and how far at most that carries.
    pub(crate) fn moving_dependencies(&self, member: usize) -> Vec<(usize, Propagation)> {
        moving(self.dependencies(member))
    }

    /// Everything a member needs, directly or not, itself excluded; or with `up`, everybody who needs it.
    pub fn closure(&self, member: usize, up: bool) -> BTreeSet<usize> {
        self.reached(member, |near| if up { self.ordering_dependents(near) } else { self.ordering_dependencies(near) })
    }

    /// Everything that an installer brings with a member, directly or not, itself excluded: what it needs at run time, what it
    /// expects beside itself, and what its extras need.
    pub(crate) fn installed_with(&self, member: usize) -> BTreeSet<usize> {
        self.reached(member, |near| keep(self.dependencies(near), Edge::installs))
    }

    /// All that is reached by steps from a member, itself excluded.
    fn reached(&self, member: usize, step: impl Fn(usize) -> Vec<usize>) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        let mut waiting = vec![member];
        while let Some(next) = waiting.pop() {
            waiting.extend(step(next).into_iter().filter(|index| *index != member && found.insert(*index)));
        }
        found
    }

    fn neighbours(&self, member: usize, direction: Direction) -> BTreeMap<usize, BTreeSet<Edge>> {
        let mut found: BTreeMap<usize, BTreeSet<Edge>> = BTreeMap::new();
        for edge in self.graph.edges_directed(NodeIndex::new(member), direction) {
            let other = if direction == Direction::Outgoing { edge.target() } else { edge.source() };
            found.entry(other.index()).or_default().insert(*edge.weight());
        }
        found
    }
}

fn moving(neighbours: BTreeMap<usize, BTreeSet<Edge>>) -> Vec<(usize, Propagation)> {
    let farthest = |edges: BTreeSet<Edge>| edges.into_iter().map(|edge| edge.propagates).max();
    let reached = neighbours.into_iter().filter_map(|(index, edges)| Some((index, farthest(edges)?)));
    reached.filter(|(_, propagates)| *propagates != Propagation::Never).collect()
}

fn keep(neighbours: BTreeMap<usize, BTreeSet<Edge>>, wanted: fn(Edge) -> bool) -> Vec<usize> {
    neighbours.into_iter().filter(|(_, edges)| edges.iter().any(|edge| wanted(*edge))).map(|(index, _)| index).collect()
}

fn edges(discovery: &Discovery) -> DiGraph<usize, Edge> {
    let mut graph = Graph::new();
    let nodes: Vec<NodeIndex> = (0..discovery.members.len()).map(|index| graph.add_node(index)).collect();
    let by_id: BTreeMap<&PackageId, usize> = discovery.members.iter().enumerate().map(|(i, m)| (&m.id, i)).collect();
    for (from, member) in discovery.members.iter().enumerate() {
        let declared = member.package.dependencies.iter().map(|dependency| {
            let id = PackageId::new(member.id.label.clone(), dependency.name.clone());
            (id, Edge::of(dependency))
        });
        let configured = member.depends_on.iter().map(|id| (id.clone(), Edge::configured()));
        for (id, edge) in declared.chain(configured) {
            if let Some(&to) = by_id.get(&id) {
                graph.update_edge_if_new(nodes[from], nodes[to], edge);
            }
        }
    }
    graph
}

/// Adds an edge of a kind once between two packages; petgraph's own `update_edge` would replace an edge of another kind.
trait UpdateEdge {
    fn update_edge_if_new(&mut self, from: NodeIndex, to: NodeIndex, edge: Edge);
}

impl UpdateEdge for DiGraph<usize, Edge> {
    fn update_edge_if_new(&mut self, from: NodeIndex, to: NodeIndex, edge: Edge) {
        if !self.edges_connecting(from, to).any(|known| *known.weight() == edge) {
            self.add_edge(from, to, edge);
        }
    }
}

/// Lets what closes a circle order nothing, where it need not.
fn release_circular(graph: &mut DiGraph<usize, Edge>) {
    let ordering = graph.filter_map(|_, node| Some(*node), |_, edge| edge.orders().then_some(*edge));
    let mut part_of = vec![0; graph.node_count()];
    for (number, part) in tarjan_scc(&ordering).into_iter().enumerate() {
        part.iter().for_each(|node| part_of[node.index()] = number);
    }
    for edge in graph.edge_indices() {
        let (from, to) = graph.edge_endpoints(edge).expect("the index came from this graph");
        if graph[edge].orders == Order::UnlessCircular {
            let is_circular = from != to && part_of[from.index()] == part_of[to.index()];
            graph[edge].orders = if is_circular { Order::Any } else { Order::First };
        }
    }
}

/// The circles among ordering edges, each as the path around it.
fn cycles(discovery: &Discovery, graph: &DiGraph<usize, Edge>) -> Vec<Error> {
    let ordering = graph.filter_map(|_, node| Some(*node), |_, edge| edge.orders().then_some(*edge));
    let mut circles: Vec<Vec<NodeIndex>> = tarjan_scc(&ordering);
    circles.retain(|part| part.len() > 1 || ordering.find_edge(part[0], part[0]).is_some());
    let mut paths: Vec<Vec<usize>> = circles.iter().map(|part| walk_around(&ordering, part)).collect();
    paths.sort();
    let name = |index: &usize| discovery.members[*index].id.clone();
    paths.iter().map(|path| Error::Cycle { path: path.iter().map(name).collect() }).collect()
}

/// A shortest circle through the first package of a strongly connected part, that package first and last.
fn walk_around(graph: &DiGraph<usize, Edge>, part: &[NodeIndex]) -> Vec<usize> {
    let start = *part.iter().min().unwrap_or(&part[0]);
    let mut came_from: BTreeMap<NodeIndex, NodeIndex> = BTreeMap::new();
    let mut waiting = std::collections::VecDeque::from([start]);
    while let Some(next) = waiting.pop_front() {
        for near in graph.neighbors(next).filter(|near| part.contains(near)) {
            if near == start {
                return unwind(&came_from, start, next);
            }
            if let std::collections::btree_map::Entry::Vacant(slot) = came_from.entry(near) {
                slot.insert(next);
                waiting.push_back(near);
            }
        }
    }
    vec![start.index()]
}

fn unwind(came_from: &BTreeMap<NodeIndex, NodeIndex>, start: NodeIndex, last: NodeIndex) -> Vec<usize> {
    let mut path = vec![start.index()];
    let mut at = last;
    while at != start {
        path.push(at.index());
        at = came_from[&at];
    }
    path.push(start.index());
    path.reverse();
    path
}

/// Published packages whose requirements name an unpublished one that would have to exist.
fn private(discovery: &Discovery, graph: &DiGraph<usize, Edge>) -> Vec<Error> {
    let offends = |from: &Member, to: &Member, edge: Edge| {
        let is_required = edge.published == Published::Required;
        is_required && from.release == Participation::Publish && to.release != Participation::Publish
    };
    let member = |node: NodeIndex| &discovery.members[node.index()];
    let mut found: Vec<(PackageId, PackageId)> = graph
        .edge_references()
        .filter(|edge| offends(member(edge.source()), member(edge.target()), *edge.weight()))
        .map(|edge| (member(edge.source()).id.clone(), member(edge.target()).id.clone()))
        .collect();
    found.sort();
    found.dedup();
    found.into_iter().map(|(package, needs)| Error::PrivateDependency { package, needs }).collect()
}

/// The longest way down from each package. The graph has no circle among ordering edges.
fn levels(graph: &DiGraph<usize, Edge>) -> Vec<usize> {
    let ordering = graph.filter_map(|_, node| Some(*node), |_, edge| edge.orders().then_some(*edge));
    let sorted = petgraph::algo::toposort(&ordering, None).unwrap_or_default();
    let mut levels = vec![0; graph.node_count()];
    for node in sorted.into_iter().rev() {
        let below = ordering.neighbors(node).map(|near| levels[near.index()] + 1).max();
        levels[node.index()] = below.unwrap_or(0);
    }
    levels
}

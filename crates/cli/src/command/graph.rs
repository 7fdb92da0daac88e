//! `graph`: who needs whom.

use std::collections::{BTreeMap, BTreeSet};

use clap::ValueEnum;
use releasekit_core::model::DependencyKind;
use releasekit_engine::Snapshot;
use releasekit_engine::graph::{Edge, Why};

use crate::answer::Answer;
use crate::error::Result;
use crate::invocation::Invocation;
use crate::options::Globals;
use crate::render::graph::{self, Drawing, Node};

/// Show which packages need which, in the work tree
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Choose the format
    #[arg(long, default_value = "ascii")]
    format: Format,
    /// Show only this package and what it needs, directly or not
    #[arg(long, value_name = "NAME", conflicts_with = "rdeps")]
    deps: Option<String>,
    /// Show only this package and everything that needs it, directly or not
    #[arg(long, value_name = "NAME")]
    rdeps: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A tree for each package that nobody needs
    Ascii,
    /// One JSON document
    Json,
    /// One line for each level: what can be published at the same time
    Levels,
    /// A Mermaid flowchart
    Mermaid,
    /// A Graphviz digraph
    Dot,
}

type Renderer = fn(&Drawing) -> String;

const RENDERERS: &[(Format, Renderer)] = &[
    (Format::Ascii, graph::ascii),
    (Format::Json, graph::document),
    (Format::Levels, graph::levels),
    (Format::Mermaid, graph::mermaid),
    (Format::Dot, graph::dot),
];

/// Draws the graph.
pub(crate) async fn run(options: &Options, invocation: &Invocation, globals: &Globals) -> Result<Answer> {
    let snapshot = invocation.open(globals, None).await?.work_tree().await?;
    let drawing = drawing(&snapshot, &shown(options, &snapshot)?);
    let render =
        RENDERERS.iter().find(|(format, _)| *format == options.format).map_or(graph::ascii as Renderer, |it| it.1);
    Ok(Answer::new(render(&drawing)))
}

/// The members that were asked for.
fn shown(options: &Options, snapshot: &Snapshot) -> Result<BTreeSet<usize>> {
    let named = options.deps.as_deref().map(|name| (name, false)).or(options.rdeps.as_deref().map(|name| (name, true)));
    let Some((name, up)) = named else { return Ok((0..snapshot.discovery.members.len()).collect()) };
    let index = snapshot.discovery.find(name)?;
    let mut shown = snapshot.graph.closure(index, up);
    shown.insert(index);
    Ok(shown)
}

/// The members that are shown, dependencies first, with the edges among them.
fn drawing(snapshot: &Snapshot, shown: &BTreeSet<usize>) -> Drawing {
    let order: Vec<usize> = snapshot.graph.order().iter().copied().filter(|index| shown.contains(index)).collect();
    let places: BTreeMap<usize, usize> = order.iter().enumerate().map(|(place, index)| (*index, place)).collect();
    let node = |&index: &usize| {
        let member = &snapshot.discovery.members[index];
        Node {
            title: snapshot.discovery.short_name(index),
            name: member.id.name.to_string(),
            label: member.id.label.to_string(),
            path: member.package.path.to_string(),
            level: snapshot.graph.level(index),
            private: member.package.private.is_some(),
            needs: needs(snapshot, index, &places),
        }
    };
    Drawing(order.iter().map(node).collect())
}

/// What a member needs of those that are shown, but for what only its developers need.
fn needs(snapshot: &Snapshot, index: usize, places: &BTreeMap<usize, usize>) -> Vec<(usize, Vec<Edge>)> {
    let published = |edge: &Edge| edge.why != Why::Dependency(DependencyKind::Dev);
    let shown = |(need, edges): (usize, BTreeSet<Edge>)| {
        let edges: Vec<Edge> = edges.into_iter().filter(published).collect();
        Some((*places.get(&need)?, edges)).filter(|(_, edges)| !edges.is_empty())
    };
    let mut needs: Vec<_> = snapshot.graph.dependencies(index).into_iter().filter_map(shown).collect();
    needs.sort();
    needs
}

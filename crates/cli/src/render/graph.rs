//! The package graph as a drawing or as data. Arrows run from a package to what it needs.

use std::collections::BTreeSet;

use releasekit_core::model::DependencyKind;
use releasekit_engine::graph::{Edge, Why};
use serde::Serialize;

use super::json;
use super::style::{Meaning, clean};

/// A package in a drawing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    /// Its name; with its label where the name alone is not unique.
    pub(crate) title: String,
    /// Its own name.
    pub(crate) name: String,
    /// The label of its workspace.
    pub(crate) label: String,
    /// Its folder.
    pub(crate) path: String,
    /// The longest way down.
    pub(crate) level: usize,
    /// Whether it is never published.
    pub(crate) private: bool,
    /// What it needs: the index in the drawing, and why.
    pub(crate) needs: Vec<(usize, Vec<Edge>)>,
}

/// The packages that are drawn, dependencies first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Drawing(pub(crate) Vec<Node>);

/// A tree for each package that nobody needs. A package whose own needs were shown above ends in `(*)`.
pub(crate) fn ascii(drawing: &Drawing) -> String {
    let ordering = |(need, edges): &(usize, Vec<Edge>)| orders(edges).then_some(*need);
    let needed: BTreeSet<usize> = drawing.0.iter().flat_map(|node| node.needs.iter().filter_map(ordering)).collect();
    let mut trees = Trees { drawing, shown: BTreeSet::new(), text: String::new() };
    for root in (0..drawing.0.len()).filter(|index| !needed.contains(index)) {
        trees.add(root, "", "", &[]);
    }
    trees.text
}

struct Trees<'a> {
    drawing: &'a Drawing,
    shown: BTreeSet<usize>,
    text: String,
}

impl Trees<'_> {
    /// Draws a package after `branch`, and what it needs below it after `indent`.
    fn add(&mut self, index: usize, branch: &str, indent: &str, edges: &[Edge]) {
        let node = &self.drawing.0[index];
        // What orders nothing may lead back to where we come from.
        let descends = orders(edges) && self.shown.insert(index);
        let again = !descends && !node.needs.is_empty();
        let marks = [remark(edges), node.private.then(|| "private".to_owned())];
        let marks: String = marks.into_iter().flatten().map(|mark| format!(" [{mark}]")).collect();
        let tail = if again { " (*)" } else { "" };
        self.text.push_str(&format!("{branch}{}{}\n", clean(&node.title), Meaning::Faint.paint(&(marks + tail))));
        if again {
            return;
        }
        let last = node.needs.len().saturating_sub(1);
        for (at, (need, edges)) in node.needs.iter().enumerate() {
            let (fork, below) = if at == last { ("`-- ", "    ") } else { ("|-- ", "|   ") };
            self.add(*need, &format!("{indent}{fork}"), &format!("{indent}{below}"), edges);
        }
    }
}

/// Whether something must be live first; so is what stands on top, needed by nobody.
fn orders(edges: &[Edge]) -> bool {
    edges.is_empty() || edges.iter().any(|edge| edge.orders())
}

/// Why something is needed, unless it is simply needed at run time.
fn remark(edges: &[Edge]) -> Option<String> {
    let plain = edges.is_empty() || edges.iter().any(|edge| edge.why == Why::Dependency(DependencyKind::Runtime));
    (!plain).then(|| edges.iter().map(|edge| word(*edge)).collect::<Vec<_>>().join(", "))
}

fn word(edge: Edge) -> &'static str {
    match edge.why {
        Why::Dependency(DependencyKind::Runtime) => "runtime",
        Why::Dependency(DependencyKind::Optional) => "optional",
        Why::Dependency(DependencyKind::Peer) => "peer",
        Why::Dependency(DependencyKind::Build) => "build",
        Why::Dependency(DependencyKind::Dev) => "dev",
        Why::DependsOn => "depends_on",
    }
}

/// One line per level: what can be published at the same time.
pub(crate) fn levels(drawing: &Drawing) -> String {
    let levels: BTreeSet<usize> = drawing.0.iter().map(|node| node.level).collect();
    let line = |level: usize| {
        let titles: Vec<String> =
            drawing.0.iter().filter(|node| node.level == level).map(|node| clean(&node.title)).collect();
        format!("{} {}\n", Meaning::Strong.paint(&format!("{level}:")), titles.join(" "))
    };
    levels.into_iter().map(line).collect()
}

/// A flowchart for Mermaid.
pub(crate) fn mermaid(drawing: &Drawing) -> String {
    let title = |text: &str| clean(text).replace('"', "#quot;");
    let mut text = "graph TD\n".to_owned();
    for (index, node) in drawing.0.iter().enumerate() {
        text.push_str(&format!("  n{index}[\"{}\"]\n", title(&node.title)));
    }
    for (index, need, edges) in arrows(drawing) {
        let arrow = remark(edges).map_or_else(|| "-->".to_owned(), |why| format!("-. {why} .->"));
        text.push_str(&format!("  n{index} {arrow} n{need}\n"));
    }
    text
}

/// A digraph for Graphviz.
pub(crate) fn dot(drawing: &Drawing) -> String {
    let quoted = |text: &str| format!("\"{}\"", clean(text).replace('\\', "\\\\").replace('"', "\\\""));
    let title = |index: usize| quoted(&drawing.0[index].title);
    let mut text = "digraph packages {\n  rankdir = TB;\n  node [shape = box];\n".to_owned();
    for (index, node) in drawing.0.iter().enumerate() {
        let style = if node.private { " [style = dashed]" } else { "" };
        text.push_str(&format!("  {}{style};\n", title(index)));
    }
    for (index, need, edges) in arrows(drawing) {
        let why = remark(edges).map_or_else(String::new, |why| format!(" [style = dashed, label = {}]", quoted(&why)));
        text.push_str(&format!("  {} -> {}{why};\n", title(index), title(need)));
    }
    text.push_str("}\n");
    text
}

/// Every arrow: from, to, and why.
fn arrows(drawing: &Drawing) -> Vec<(usize, usize, &[Edge])> {
    let mut arrows = Vec::new();
    for (index, node) in drawing.0.iter().enumerate() {
        arrows.extend(node.needs.iter().map(|(need, edges)| (index, *need, edges.as_slice())));
    }
    arrows
}

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    packages: Vec<Package<'a>>,
}

#[derive(Serialize)]
struct Package<'a> {
    name: &'a str,
    label: &'a str,
    path: &'a str,
    level: usize,
    private: bool,
    dependencies: Vec<Need<'a>>,
}

#[derive(Serialize)]
struct Need<'a> {
    name: &'a str,
    label: &'a str,
    kinds: Vec<&'static str>,
}

/// The same as data.
pub(crate) fn document(drawing: &Drawing) -> String {
    let need = |(index, edges): &(usize, Vec<Edge>)| Need {
        name: &drawing.0[*index].name,
        label: &drawing.0[*index].label,
        kinds: edges.iter().map(|edge| word(*edge)).collect(),
    };
    let packages = drawing.0.iter().map(|node| Package {
        name: &node.name,
        label: &node.label,
        path: &node.path,
        level: node.level,
        private: node.private,
        dependencies: node.needs.iter().map(need).collect(),
    });
    json::pretty(&Document { schema: 1, packages: packages.collect() })
}

#[cfg(test)]
mod tests {
    use releasekit_core::model::{Dependency, PackageName};

    use super::*;

    fn node(name: &str, level: usize, needs: &[(usize, Edge)]) -> Node {
        Node {
            title: name.to_owned(),
            name: name.to_owned(),
            label: "py".to_owned(),
            path: format!("packages/{name}"),
            level,
            private: name == "app",
            needs: needs.iter().map(|(index, edge)| (*index, vec![*edge])).collect(),
        }
    }

    fn drawing() -> Drawing {
        let edge = |kind| Edge::of(&Dependency::new(PackageName::new("it"), kind, "it", "table"));
        let (runtime, build) = (edge(DependencyKind::Runtime), edge(DependencyKind::Build));
        Drawing(vec![
            node("core", 0, &[]),
            node("lib", 1, &[(0, runtime)]),
            node("app", 2, &[(0, build), (1, runtime)]),
            node("top", 2, &[(1, runtime)]),
        ])
    }

    fn plain(text: &str) -> String {
        anstream::adapter::strip_str(text).to_string()
    }

    #[test]
    fn trees_show_each_packages_needs_once() {
        let expected = "\
app [private]
|-- core [build]
`-- lib
    `-- core
top
`-- lib (*)
";
        assert_eq!(plain(&ascii(&drawing())), expected);
    }

    #[test]
    fn levels_are_lines() {
        assert_eq!(plain(&levels(&drawing())), "0: core\n1: lib\n2: app top\n");
    }

    #[test]
    fn mermaid_and_dot_escape_names() {
        let odd = Drawing(vec![node("a\"b\\", 0, &[])]);
        assert_eq!(mermaid(&odd), "graph TD\n  n0[\"a#quot;b\\\"]\n");
        assert!(dot(&odd).contains("\n  \"a\\\"b\\\\\";\n"));
        assert!(mermaid(&drawing()).contains("\n  n2 -. build .-> n0\n  n2 --> n1\n"));
        assert!(dot(&drawing()).contains("\"app\" -> \"core\" [style = dashed, label = \"build\"];"));
    }

    #[test]
    fn the_document_names_kinds() {
        let value: serde_json::Value = serde_json::from_str(&document(&drawing())).expect("JSON");
        assert_eq!(value["packages"][2]["dependencies"][0]["kinds"][0], "build");
        assert_eq!(value["packages"][2]["level"], 2);
    }
}

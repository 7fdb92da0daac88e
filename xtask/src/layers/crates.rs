//! Which of our crates may depend on which.

use serde_json::Value;

/// What each layer may use; `*` is everything. A crate's layer is the folder it lies in, below `crates` the first one.
const MAY_USE: &[(&str, &[&str])] = &[
    ("core", &[]),
    ("formats", &["core"]),
    ("config", &["core"]),
    ("http", &["core"]),
    ("process", &["core"]),
    ("testkit", &["core"]),
    ("engine", &["core"]),
    ("rehearsal", &["core", "formats", "http"]),
    ("vcs", &["core", "process"]),
    ("ecosystem", &["core", "formats", "process"]),
    ("forge", &["core", "formats", "http", "process"]),
    ("registry", &["core", "formats", "http"]),
    ("cli", &["*"]),
    ("tests", &["*"]),
    ("xtask", &["*"]),
];

/// What the tests of every crate may use besides.
const TESTS_MAY_USE: &[&str] = &["formats", "rehearsal", "testkit"];

/// A dependency of one of our crates on another.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Edge {
    from: String,
    to: String,
    /// Only the tests of `from` need it.
    dev: bool,
}

/// What is wrong with the edges between our crates.
pub(super) fn objections(metadata: &Value) -> Vec<String> {
    edges(metadata).iter().filter_map(objection).collect()
}

/// Reads the edges between packages of the workspace out of cargo's metadata.
fn edges(metadata: &Value) -> Vec<Edge> {
    let place = |path: &Value| place(metadata, path);
    let mut edges = Vec::new();
    for package in items(&metadata["packages"]) {
        let from = place(&package["manifest_path"]).trim_end_matches("/Cargo.toml").to_owned();
        for dependency in items(&package["dependencies"]).filter(|dependency| dependency["path"].is_string()) {
            let (from, to) = (from.clone(), place(&dependency["path"]));
            edges.push(Edge { from, to, dev: dependency["kind"] == "dev" });
        }
    }
    edges
}

/// The folders of our crates, from the root of the workspace.
pub(super) fn folders(metadata: &Value) -> Vec<String> {
    let manifests = items(&metadata["packages"]).map(|package| place(metadata, &package["manifest_path"]));
    manifests.map(|manifest| manifest.trim_end_matches("/Cargo.toml").to_owned()).collect()
}

/// Says what is wrong with an edge, if anything is.
fn objection(edge: &Edge) -> Option<String> {
    let (from, to) = (layer(&edge.from), layer(&edge.to));
    let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| *name == from) else {
        return Some(format!("{}: no rule says what a crate in `{from}` may use", edge.from));
    };
    let in_tests = edge.dev && TESTS_MAY_USE.contains(&to);
    let fine = in_tests || allowed.contains(&"*") || allowed.contains(&to);
    let kind = if edge.dev { ", not even in tests" } else { "" };
    (!fine).then(|| format!("{}: may not depend on {}{kind}", edge.from, edge.to))
}

fn layer(path: &str) -> &str {
    let path = path.strip_prefix("crates/").unwrap_or(path);
    path.split('/').next().unwrap_or(path)
}

/// A path of cargo's, from the root of the workspace.
fn place(metadata: &Value, path: &Value) -> String {
    text(path).trim_start_matches(text(&metadata["workspace_root"])).trim_matches('/').to_owned()
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Edge, edges, objection};

    fn edge(from: &str, to: &str, dev: bool) -> Edge {
        Edge { from: from.into(), to: to.into(), dev }
    }

    #[test]
    fn backends_know_core_and_no_other_backend() {
        assert_eq!(objection(&edge("crates/registry/pypi", "crates/core", false)), None);
        let wrong = objection(&edge("crates/registry/pypi", "crates/ecosystem/uv", false));
        assert_eq!(wrong.as_deref(), Some("crates/registry/pypi: may not depend on crates/ecosystem/uv"));
        assert!(objection(&edge("crates/vcs/git", "crates/vcs/hg", false)).is_some());
        assert!(objection(&edge("crates/ecosystem/uv", "crates/engine", true)).is_some());
    }

    #[test]
    fn core_uses_nothing_and_the_engine_starts_no_process() {
        assert!(objection(&edge("crates/core", "crates/formats", false)).is_some());
        assert!(objection(&edge("crates/engine", "crates/process", false)).is_some());
        assert!(objection(&edge("crates/engine", "crates/http", false)).is_some());
        assert!(objection(&edge("crates/engine", "crates/formats", false)).is_some());
        assert_eq!(objection(&edge("crates/engine", "crates/formats", true)), None);
    }

    #[test]
    fn tests_may_use_the_testkit_and_programs_do_not() {
        assert_eq!(objection(&edge("crates/vcs/git", "crates/testkit", true)), None);
        assert!(objection(&edge("crates/vcs/git", "crates/testkit", false)).is_some());
        assert_eq!(objection(&edge("xtask", "crates/testkit", false)), None);
    }

    #[test]
    fn a_folder_without_a_rule_is_noticed() {
        assert!(objection(&edge("crates/utils", "crates/core", false)).is_some());
    }

    #[test]
    fn edges_are_those_with_a_path() {
        let metadata = json!({"workspace_root": "/r", "packages": [{
            "manifest_path": "/r/crates/vcs/git/Cargo.toml",
            "dependencies": [
                {"name": "gix", "kind": null},
                {"name": "releasekit-core", "kind": null, "path": "/r/crates/core"},
                {"name": "releasekit-testkit", "kind": "dev", "path": "/r/crates/testkit"},
            ],
        }]});
        let from = "crates/vcs/git";
        assert_eq!(edges(&metadata), [edge(from, "crates/core", false), edge(from, "crates/testkit", true)]);
    }
}

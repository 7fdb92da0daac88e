//! What the files of release-please say that a maintainer who changes over has to say here. Nothing else of them is read.

use std::collections::BTreeSet;

use releasekit_core::Tree;
use releasekit_core::model::RepoPath;
use serde_json::Value as Json;

/// What the tool is called.
pub(crate) const NAME: &str = "release-please";

/// The files that versions are written into beside package files, from the repository's root, sorted.
pub(crate) fn extra_files(tree: &dyn Tree) -> Vec<String> {
    let config = read(tree, "release-please-config.json").unwrap_or_default();
    let packages = config.get("packages").and_then(Json::as_object);
    let packages = packages.into_iter().flatten();
    let found = packages.flat_map(|(folder, package)| {
        let listed = package.get("extra-files").or_else(|| config.get("extra-files")).and_then(Json::as_array);
        listed.into_iter().flatten().filter_map(|file| from_root(folder, file))
    });
    found.collect::<BTreeSet<_>>().into_iter().collect()
}

/// The folders of the packages that it releases; `None` where it has no list of them.
pub(crate) fn released(tree: &dyn Tree) -> Option<BTreeSet<RepoPath>> {
    let manifest = read(tree, ".release-please-manifest.json")?;
    Some(manifest.as_object()?.keys().filter_map(|folder| RepoPath::new(folder).ok()).collect())
}

fn read(tree: &dyn Tree, path: &str) -> Option<Json> {
    let content = tree.read(&RepoPath::new(path).ok()?).ok()??;
    serde_json::from_slice(&content).ok()
}

/// A file as its package lists it: by its path, which begins at the root where it begins with `/`, or in a table.
fn from_root(folder: &str, file: &Json) -> Option<String> {
    let path = file.as_str().or_else(|| file.get("path")?.as_str())?;
    let path = match path.strip_prefix('/') {
        Some(path) => RepoPath::new(path),
        None => RepoPath::new(folder).and_then(|folder| folder.join(path)),
    };
    path.ok().map(|path| path.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use releasekit_core::tree::MemoryTree;

    use super::*;

    fn tree(file: &str, text: &str) -> MemoryTree {
        MemoryTree::new([(RepoPath::new(file).expect("a legal path"), text)])
    }

    #[test]
    fn files_are_listed_from_the_root_wherever_they_are_said() {
        let config = r#"{
            "extra-files": ["version.py"],
            "packages": {
                "py/a": { "extra-files": ["a.py", "/README.md", { "type": "json", "path": "x.json", "jsonpath": "$.v" }] },
                "py/b": {},
                ".": { "extra-files": ["a.py", 1, "../out", { "type": "json" }] }
            }
        }"#;
        let found = extra_files(&tree("release-please-config.json", config));
        assert_eq!(found, ["README.md", "a.py", "py/a/a.py", "py/a/x.json", "py/b/version.py"]);
        for text in ["", "[]", "{\"packages\": 1}", "{\"packages\": {\"a\": {\"extra-files\": {}}}}"] {
            assert_eq!(extra_files(&tree("release-please-config.json", text)), [""; 0], "{text}");
        }
    }

    #[test]
    fn released_packages_are_those_of_the_manifest() {
        let found = |text| released(&tree(".release-please-manifest.json", text));
        let paths = |paths: &[&str]| paths.iter().map(|path| RepoPath::new(path).expect("a legal path")).collect();
        assert_eq!(found("{\".\": \"1.0.0\", \"a/b/\": \"0.1.0\"}"), Some(paths(&["", "a/b"])));
        assert_eq!(found("[]"), None);
        assert_eq!(released(&tree("other", "{}")), None);
    }
}

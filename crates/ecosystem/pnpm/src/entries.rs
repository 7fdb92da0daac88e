//! What a package promises to whoever requires, imports or runs it, and whether that is there.
//!
//! Node decides what an entry means; so what it would not find stops. What only some tools ask for (`types`, `files`, conditions
//! of `exports` of somebody's own) is wrong in packages that many use, and is doubtful.

use std::collections::BTreeSet;

use globset::{GlobBuilder, GlobSet};
use serde_json::Value;

/// What node and bundlers look for in place of a name without an ending.
const ENDINGS: &[&str] = &["", ".js", ".cjs", ".mjs", ".json", ".node"];

/// What a folder is loaded by.
const INDEXES: &[&str] = &["/index.js", "/index.cjs", "/index.mjs", "/index.json", "/index.node"];

/// What a compiler looks for besides.
const DECLARATIONS: &[&str] = &[".d.ts", ".d.mts", ".d.cts", ".ts", "/index.d.ts", "/index.ts"];

/// Conditions of `exports` that node, or every bundler, goes by.
const CONDITIONS: &[&str] =
    &["browser", "default", "import", "module", "module-sync", "node", "node-addons", "require"];

/// Beginnings of the names of files that are in every package and do nothing.
const PAPERS: &[&str] = &["package.json", "readme", "license", "licence", "changelog", "history", "notice"];

/// Keys by which a package promises files.
const PROMISES: &[&str] = &["main", "module", "browser", "exports", "bin", "types", "typings", "files"];

/// Tables that make a package of use which holds nothing.
const NEEDS: &[&str] = &["dependencies", "optionalDependencies", "peerDependencies"];

/// A promise that is not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Missing {
    /// Which, for people.
    pub(crate) text: String,
    /// Whether nobody could use the package as it says.
    pub(crate) stops: bool,
}

/// The files of a package, by their paths in it.
#[derive(Debug)]
pub(crate) struct Contents<'a>(BTreeSet<&'a str>);

impl<'a> Contents<'a> {
    /// Those at these paths.
    pub(crate) fn new(paths: impl IntoIterator<Item = &'a str>) -> Self {
        Self(paths.into_iter().collect())
    }

    /// Whether nothing is there but papers, and the package is not one that only brings others.
    pub(crate) fn lacks_everything(&self, manifest: &Value) -> bool {
        let is_paper = |path: &&str| PAPERS.iter().any(|paper| path.to_ascii_lowercase().starts_with(paper));
        let is_table =
            |key: &&&str| manifest.get(**key).and_then(Value::as_object).is_some_and(|table| !table.is_empty());
        let brings_others = NEEDS.iter().any(|key| is_table(&key));
        let promises = PROMISES.iter().any(|key| manifest.get(key).is_some_and(|value| !value.is_null()));
        self.0.iter().all(is_paper) && (promises || !brings_others)
    }

    /// All promises that are not kept.
    pub(crate) fn missing(&self, manifest: &Value) -> Vec<Missing> {
        let mut found = Vec::new();
        for key in ["main", "module"] {
            self.file(key, manifest.get(key), true, &mut found);
        }
        for key in ["types", "typings"] {
            self.file(key, manifest.get(key), false, &mut found);
        }
        self.programs(manifest.get("bin"), &mut found);
        if let Some(exports) = manifest.get("exports") {
            self.target("exports", exports, true, &mut found);
        }
        let files = manifest.get("files").and_then(Value::as_array).into_iter().flatten();
        for pattern in files.filter_map(Value::as_str).filter(|pattern| !self.matches(pattern)) {
            found.push(Missing { text: format!("`files` names `{pattern}`"), stops: false });
        }
        found
    }

    fn file(&self, key: &str, value: Option<&Value>, stops: bool, found: &mut Vec<Missing>) {
        // One that is empty is none.
        let Some(path) = value.and_then(Value::as_str).filter(|path| !path.is_empty()) else { return };
        if !(if stops { self.loads(path) } else { self.declares(path) }) {
            found.push(Missing { text: format!("`{key}` names `{path}`"), stops });
        }
    }

    fn programs(&self, bin: Option<&Value>, found: &mut Vec<Missing>) {
        let one = bin.and_then(Value::as_str);
        let several = bin.and_then(Value::as_object).into_iter().flatten().filter_map(|(_, path)| path.as_str());
        for path in one.into_iter().chain(several).filter(|path| !self.0.contains(plain(path))) {
            found.push(Missing { text: format!("`bin` names `{path}`"), stops: true });
        }
    }

    /// What a part of `exports` leads to: a path, conditions or parts with their own, or several of which one has to do.
    fn target(&self, key: &str, target: &Value, stops: bool, found: &mut Vec<Missing>) {
        match target {
            Value::String(path) if !self.has(path) => {
                let stops = stops && !is_declaration(path);
                found.push(Missing { text: format!("`{key}` names `{path}`"), stops });
            }
            Value::Array(several) => {
                let none = several.iter().all(|one| {
                    let mut missing = Vec::new();
                    self.target(key, one, stops, &mut missing);
                    !missing.is_empty()
                });
                if let Some(first) = several.first().filter(|_| none) {
                    self.target(key, first, stops, found);
                }
            }
            Value::Object(parts) => {
                for (name, part) in parts {
                    let is_path = name.starts_with('.');
                    let stops = stops && (is_path || CONDITIONS.contains(&name.as_str()));
                    let key = if is_path { format!("{key}[\"{name}\"]") } else { key.to_owned() };
                    self.target(&key, part, stops, found);
                }
            }
            _ => {}
        }
    }

    /// Whether a target of `exports` is there: the file itself, anything in a folder, or one file where it has a `*`.
    fn has(&self, path: &str) -> bool {
        // What does not begin so is another package's.
        let Some(path) = path.strip_prefix("./") else { return true };
        match path.split_once('*') {
            Some((start, end)) => {
                let end = end.rsplit('*').next().unwrap_or(end);
                let long_enough = |file: &&str| file.len() >= start.len() + end.len();
                self.0.iter().any(|file| long_enough(file) && file.starts_with(start) && file.ends_with(end))
            }
            None if path.is_empty() || path.ends_with('/') => self.0.iter().any(|file| file.starts_with(path)),
            None => self.0.contains(path),
        }
    }

    /// Whether node, or a bundler, finds something under a name.
    fn loads(&self, path: &str) -> bool {
        let path = plain(path).trim_end_matches('/');
        let has = |ending: &&str| self.0.contains(format!("{path}{ending}").as_str());
        if path.is_empty() {
            return INDEXES.iter().any(|index| self.0.contains(index.trim_start_matches('/')));
        }
        ENDINGS.iter().chain(INDEXES).any(has)
    }

    /// Whether a compiler finds something under a name.
    fn declares(&self, path: &str) -> bool {
        let path = plain(path).trim_end_matches('/');
        let has = |ending: &&str| self.0.contains(format!("{path}{ending}").as_str());
        self.loads(path) || DECLARATIONS.iter().any(has)
    }

    /// Whether an entry of `files` takes anything in; one that leaves something out need not.
    fn matches(&self, pattern: &str) -> bool {
        let plain = plain(pattern).trim_start_matches('/').trim_end_matches('/');
        if pattern.starts_with('!') || plain.is_empty() {
            return true;
        }
        let globs = [plain.to_owned(), format!("{plain}/**"), format!("**/{plain}"), format!("**/{plain}/**")];
        let globs = globs.iter().filter_map(|glob| GlobBuilder::new(glob).literal_separator(true).build().ok());
        // One that nobody can read is npm's to judge.
        let Ok(globs) = GlobSet::new(globs) else { return true };
        globs.is_empty() || self.0.iter().any(|file| globs.is_match(file))
    }
}

fn plain(path: &str) -> &str {
    path.trim_start_matches("./")
}

fn is_declaration(path: &str) -> bool {
    DECLARATIONS[..3].iter().any(|ending| path.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const FILES: &[&str] = &["package.json", "dist/index.js", "dist/index.d.ts", "dist/x/a.js", "lib/index.js", "cli"];

    /// What is missing, each with `!` where it stops.
    fn missing(manifest: &Value) -> Vec<String> {
        let found = Contents::new(FILES.iter().copied()).missing(manifest);
        found.into_iter().map(|one| format!("{}{}", if one.stops { "!" } else { "" }, one.text)).collect()
    }

    #[test]
    fn what_is_there_is_found_however_it_is_named() {
        for manifest in [
            json!({}),
            json!({ "main": "" }),
            json!({ "main": "./dist/index.js", "module": "dist/index", "types": "dist/index.d.ts" }),
            json!({ "main": "lib", "types": "./dist", "typings": "dist/index" }),
            json!({ "main": "./lib/" , "bin": "./cli" }),
            json!({ "bin": { "a": "cli", "b": "./dist/index.js" } }),
            json!({ "exports": "./dist/index.js" }),
            json!({ "exports": { ".": { "types": "./dist/index.d.ts", "default": "./dist/index.js" } } }),
            json!({ "exports": { "./*": "./dist/*.js", "./x/*": { "import": "./dist/x/*" }, "./lib/": "./lib/" } }),
            json!({ "exports": { "./no": null, "./other": "other-package" } }),
            json!({ "exports": [{ "import": "./none.mjs" }, "./dist/index.js"] }),
            json!({ "files": ["dist", "/lib/", "./cli", "!dist/none", "*.json", "**/x", "a.js"] }),
        ] {
            assert_eq!(missing(&manifest), [""; 0], "{manifest}");
        }
    }

    #[test]
    fn what_node_would_not_find_stops() {
        for (manifest, expected) in [
            (json!({ "main": "index.js" }), "!`main` names `index.js`"),
            (json!({ "main": "." }), "!`main` names `.`"),
            (json!({ "module": "dist/none.mjs" }), "!`module` names `dist/none.mjs`"),
            (json!({ "bin": "dist" }), "!`bin` names `dist`"),
            (json!({ "bin": { "a": "./none" } }), "!`bin` names `./none`"),
            (json!({ "exports": "./none.js" }), "!`exports` names `./none.js`"),
            (json!({ "exports": "./dist/index" }), "!`exports` names `./dist/index`"),
            (json!({ "exports": { "./x": { "require": "./none.js" } } }), "!`exports[\"./x\"]` names `./none.js`"),
            (json!({ "exports": { "./*": "./none/*.js" } }), "!`exports[\"./*\"]` names `./none/*.js`"),
            (json!({ "exports": ["./none.js", "./nor.js"] }), "!`exports` names `./none.js`"),
        ] {
            assert_eq!(missing(&manifest), [expected], "{manifest}");
        }
    }

    #[test]
    fn what_only_some_ask_for_is_doubtful() {
        for (manifest, expected) in [
            (json!({ "types": "none.d.ts" }), "`types` names `none.d.ts`"),
            (json!({ "files": ["none"] }), "`files` names `none`"),
            (json!({ "exports": { "types": "./none.d.ts" } }), "`exports` names `./none.d.ts`"),
            (json!({ "exports": { "import": { "types": "./a.d.mts" } } }), "`exports` names `./a.d.mts`"),
            (json!({ "exports": { "source": "./src/index.ts" } }), "`exports` names `./src/index.ts`"),
        ] {
            assert_eq!(missing(&manifest), [expected], "{manifest}");
        }
    }

    #[test]
    fn a_pattern_that_nobody_can_match_is_left_to_npm() {
        let deep = format!("{}a{}", "{a,".repeat(400), "}".repeat(400));
        for pattern in [deep.as_str(), "{", "[z-a]"] {
            assert_eq!(missing(&json!({ "files": [pattern] })), [""; 0]);
        }
    }

    #[test]
    fn a_package_of_papers_alone_is_none_unless_it_brings_others() {
        let papers = Contents::new(["package.json", "README.md", "LICENSE", "CHANGELOG.md"]);
        let code = Contents::new(["package.json", "tsconfig.json"]);
        assert!(papers.lacks_everything(&json!({})) && papers.lacks_everything(&json!({ "dependencies": {} })));
        assert!(papers.lacks_everything(&json!({ "dependencies": { "a": "1" }, "files": ["dist"] })));
        assert!(!papers.lacks_everything(&json!({ "optionalDependencies": { "a": "1" } })));
        assert!(!code.lacks_everything(&json!({})));
    }
}

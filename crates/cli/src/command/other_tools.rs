//! Release tools that a repository is configured for besides this one. They are found by names alone, and nothing of theirs
//! is run.

use std::borrow::Cow;
use std::collections::BTreeSet;

use releasekit_core::Tree;
use releasekit_core::model::RepoPath;
use releasekit_engine::discover::Discovery;
use serde::Serialize;

use crate::command::release_please;
use crate::error::Result;

/// A tool, what shows that a repository uses it, and what its configuration is here.
struct Tool {
    name: &'static str,
    /// Files at the root.
    files: &'static [&'static str],
    /// A table of package files, at the root or a package's own.
    table: Option<&'static str>,
    meaning: &'static str,
}

const TOOLS: &[Tool] = &[
    Tool {
        name: release_please::NAME,
        files: &["release-please-config.json", ".release-please-manifest.json"],
        table: None,
        meaning: "versions come from package files and tags, not from its manifest; its components are `tag_format`, its \
                  linked versions a group, and `bump-patch-for-minor-pre-major` is `features_below_one = \"patch\"` here",
    },
    Tool {
        name: "release-plz",
        files: &["release-plz.toml", ".release-plz.toml"],
        table: None,
        meaning: "versions come from package files and tags, not from the registry; its `git_tag_name` is `tag_format`, its \
                  `version_group` a group, and below 1.0 it takes features as patches, which is `features_below_one = \
                  \"patch\"` here",
    },
    Tool {
        name: "cargo-release",
        files: &["release.toml", ".release.toml"],
        table: None,
        meaning: "commits say what is released, not people; its `tag-name` is `tag_format`, its `shared-version` a group \
                  here, and its replacements in files `extra_files` of a package",
    },
    Tool {
        name: "changesets",
        files: &[".changeset/config.json"],
        table: None,
        meaning: "its change files count where `bump_sources` does not say otherwise; its `ignore`, `fixed` and `linked` are read, and \
                  other settings are `releasekit.toml` here",
    },
    Tool {
        name: "python-semantic-release",
        files: &[],
        table: Some("tool.semantic_release"),
        meaning: "its tags are read as they are; its `tag_format` is `tag_format`, and its commit rules `[commits.types]` here",
    },
    Tool {
        name: "uv-release",
        files: &[],
        table: Some("tool.uvr"),
        meaning: "its tags are read as they are, and the `.dev` that it leaves in versions is dropped by the next release",
    },
    Tool {
        name: "monochange",
        files: &["monochange.toml"],
        table: None,
        meaning: "its change files are not read, commits say what is released; its groups are `[groups]` here",
    },
    Tool {
        name: "commitizen",
        files: &[".cz.toml", "cz.toml", ".cz.json", "cz.json", ".cz.yaml", "cz.yaml"],
        table: Some("tool.commitizen"),
        meaning: "its tags are read as they are; its `tag_format` is `tag_format`, and its bump rules `[commits.types]` here",
    },
];

/// A tool that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct OtherTool {
    pub(crate) name: &'static str,
    /// Where it is configured.
    pub(crate) files: Vec<String>,
    /// What that means here.
    pub(crate) meaning: Cow<'static, str>,
}

/// The tools that files of a repository are for.
pub(crate) fn of(tree: &dyn Tree, discovery: &Discovery) -> Result<Vec<OtherTool>> {
    let files = tree.files()?;
    let is_there = |path: &&str| RepoPath::new(path).is_ok_and(|path| files.binary_search(&path).is_ok());
    let tables = tables(tree, discovery)?;
    let mut found = Vec::new();
    for Tool { name, files, table, meaning } in TOOLS {
        let mut places: Vec<String> =
            files.iter().filter(|path| is_there(path)).map(|path| (*path).to_owned()).collect();
        let holds = |(_, heading): &&(String, String)| table.is_some_and(|table| is_within(heading, table));
        places.extend(tables.iter().find(holds).map(|(file, _)| file.clone()));
        if !places.is_empty() {
            found.push(OtherTool { name, files: places, meaning: whole(name, meaning, tree, discovery) });
        }
    }
    found.extend(poetry(tree, &files));
    Ok(found)
}

/// What a tool's configuration is here, with what is to be carried over of this one.
fn whole(name: &str, meaning: &'static str, tree: &dyn Tree, discovery: &Discovery) -> Cow<'static, str> {
    let mut extra = if name == release_please::NAME { release_please::extra_files(tree) } else { Vec::new() };
    // The versions of package files move by themselves.
    extra.retain(|file| !discovery.members.iter().any(|member| member.package.manifest.as_str() == file));
    if extra.is_empty() {
        return meaning.into();
    }
    let files = extra.iter().map(|file| format!("`{file}`")).collect::<Vec<_>>().join(", ");
    format!("{meaning}; versions in its `extra-files` move where `extra_files` of a package lists them: {files}").into()
}

/// Projects whose metadata stand where Poetry alone looks, and that are no packages to anything else.
fn poetry(tree: &dyn Tree, files: &[RepoPath]) -> Option<OtherTool> {
    let is_only_poetrys = |path: &&RepoPath| {
        let text = tree.read(path).ok().flatten().unwrap_or_default();
        let text = String::from_utf8_lossy(&text).into_owned();
        let has = |table: &str| text.lines().any(|line| line.trim() == table);
        has("[tool.poetry]") && !has("[project]")
    };
    let package_files = files.iter().filter(|path| path.file_name() == Some("pyproject.toml"));
    let files: Vec<String> = package_files.filter(is_only_poetrys).map(ToString::to_string).collect();
    let meaning =
        "these are no packages here, for their names and versions stand in `[tool.poetry]` alone: move them to \
                   `[project]`, which Poetry 2 reads as well"
            .into();
    (!files.is_empty()).then_some(OtherTool { name: "Poetry", files, meaning })
}

/// The headings of tables for tools in package files, with the file of each.
fn tables(tree: &dyn Tree, discovery: &Discovery) -> Result<Vec<(String, String)>> {
    let manifests = discovery.members.iter().map(|member| member.package.manifest.clone());
    let root = RepoPath::new("pyproject.toml").ok();
    let mut headings = Vec::new();
    for path in root.into_iter().chain(manifests).collect::<BTreeSet<_>>() {
        // A file that cannot be read is discovery's to name.
        let Ok(Some(bytes)) = tree.read(&path) else { continue };
        let text = String::from_utf8_lossy(&bytes);
        let lines = text.lines().map(|line| line.trim_start().trim_start_matches('['));
        let tools = lines.filter(|line| line.starts_with("tool."));
        headings.extend(tools.filter_map(|line| Some((path.to_string(), line.split(']').next()?.trim().to_owned()))));
    }
    Ok(headings)
}

/// Whether a heading is that of a table, or of one in it.
fn is_within(heading: &str, table: &str) -> bool {
    heading.strip_prefix(table).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use releasekit_core::tree::MemoryTree;

    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let path = |path: &str| RepoPath::new(path).expect("a legal path");
        let tree = MemoryTree::new(files.iter().map(|(name, text)| (path(name), *text)));
        let found = of(&tree, &Discovery::default()).expect("a tree in memory can be read");
        found.into_iter().map(|tool| format!("{} {}", tool.name, tool.files.join(" "))).collect()
    }

    #[test]
    fn every_tool_is_found_by_each_of_its_marks() {
        for tool in TOOLS {
            for file in tool.files {
                assert_eq!(found(&[(file, "")]), [format!("{} {file}", tool.name)]);
            }
            for line in tool.table.iter().flat_map(|table| [format!("[{table}]"), format!(" [[{table}.x]]")]) {
                assert_eq!(
                    found(&[("pyproject.toml", &format!("a = 1\n{line}\n"))]),
                    [format!("{} pyproject.toml", tool.name)]
                );
            }
        }
    }

    #[test]
    fn projects_of_poetry_alone_are_named() {
        let only = "[tool.poetry]\nname = \"a\"\n";
        let both = "[project]\nname = \"b\"\n\n[tool.poetry]\npackages = []\n";
        let files =
            [("a/pyproject.toml", only), ("b/pyproject.toml", both), ("c/pyproject.toml", only), ("d/x.toml", only)];
        assert_eq!(found(&files), ["Poetry a/pyproject.toml c/pyproject.toml"]);
    }

    #[test]
    fn what_only_looks_like_a_mark_is_none() {
        let files = [("pyproject.toml", "# [tool.uvr]\n[tool.uvrx]\n[tool.uv]\n"), ("sub/monochange.toml", "")];
        assert_eq!(found(&files), [""; 0]);
        let both = [(".release-please-manifest.json", "{}"), ("release-please-config.json", "{}")];
        assert_eq!(found(&both), ["release-please release-please-config.json .release-please-manifest.json"]);
    }
}

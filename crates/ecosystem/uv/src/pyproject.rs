//! One pyproject.toml: what it says, and where it says it. Nothing here looks at any other file.

use std::collections::BTreeMap;
use std::ops::Range;

use releasekit_core::model::{DependencyKind, RepoPath};
use releasekit_core::{BackendError, Tree};
use releasekit_formats::manifest::Source;
use releasekit_formats::manifest::toml::{self, Reader, Spanned, at};
use releasekit_formats::python::name::normalize;
use releasekit_formats::python::requirement::Parts;
use toml_edit::{Document, Item, Table, TableLike};

use crate::config::MANIFEST;
use crate::error::Error;

/// A package file.
#[derive(Debug)]
pub(crate) struct PyProject {
    pub(crate) source: Source,
    pub(crate) folder: RepoPath,
    pub(crate) project: Option<Project>,
    pub(crate) workspace: Option<Globs>,
    /// Where each name of `[tool.uv.sources]`, in normal form, comes from.
    pub(crate) sources: BTreeMap<String, Origin>,
    /// Whether uv has anything to do with it.
    pub(crate) managed: bool,
    /// What marks it as not to be published.
    pub(crate) private: Option<String>,
    /// Every requirement of every table.
    pub(crate) requirements: Vec<Entry>,
    /// The whole, for what only some build backends ask.
    pub(crate) table: Table,
}

/// Where a source takes a package from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    Workspace,
    /// A folder of the repository.
    Folder(RepoPath),
    Elsewhere,
}

/// What `[project]` says of itself.
#[derive(Debug)]
pub(crate) struct Project {
    pub(crate) name: Spanned,
    pub(crate) version: Option<Spanned>,
    /// The keys that are said to be dynamic.
    pub(crate) dynamic: Vec<String>,
    /// Where the version is said to be dynamic.
    pub(crate) dynamic_version: Option<Range<usize>>,
    /// The versions of Python that it runs on.
    pub(crate) requires_python: Option<Spanned>,
}

/// What `[tool.uv.workspace]` says.
#[derive(Debug)]
pub(crate) struct Globs {
    pub(crate) span: Option<Range<usize>>,
    pub(crate) members: Vec<Spanned>,
    pub(crate) exclude: Vec<Spanned>,
}

/// One requirement as written.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) text: Spanned,
    /// The required name in normal form.
    pub(crate) name: String,
    pub(crate) kind: DependencyKind,
    /// The table, `project.dependencies`.
    pub(crate) table: String,
    /// The extra that it belongs to.
    pub(crate) extra: Option<String>,
}

impl PyProject {
    /// The place of a folder's package file.
    pub(crate) fn file(folder: &RepoPath) -> RepoPath {
        folder.join(MANIFEST).expect("a file name is a legal path")
    }

    /// Reads the package file of a folder; `None` where there is none. What is wrong with it goes to `faults`, beside
    /// what could be read nevertheless.
    pub(crate) fn read(
        tree: &dyn Tree,
        folder: &RepoPath,
        faults: &mut Vec<Error>,
    ) -> Result<Option<Self>, BackendError> {
        match Source::read(tree, &Self::file(folder))?.transpose().map_err(Error::from)? {
            Some(source) => Ok(Self::parse(source, folder.clone(), faults)),
            None => Ok(None),
        }
    }

    /// Reads the package file of a root. There must be one, and it must be a workspace's or a project's.
    pub(crate) fn read_root(
        tree: &dyn Tree,
        root: &RepoPath,
        faults: &mut Vec<Error>,
    ) -> Result<Option<Self>, BackendError> {
        let before = faults.len();
        let found = Self::read(tree, root, faults)?;
        let is_root = |manifest: &Self| manifest.project.is_some() || manifest.workspace.is_some();
        if faults.len() == before && !found.as_ref().is_some_and(is_root) {
            faults.push(Error::RootMissing { root: root.clone() });
            return Ok(None);
        }
        Ok(found)
    }

    /// Reads a text; `None` where it is no TOML.
    pub(crate) fn parse(source: Source, folder: RepoPath, faults: &mut Vec<Error>) -> Option<Self> {
        let table = match toml::parse(&source) {
            Ok(table) => table,
            Err(fault) => {
                faults.push(fault.into());
                return None;
            }
        };
        let mut reader = Reader::new(&source);
        let project = project(&table, &mut reader);
        let workspace = globs(&table, &mut reader);
        let sources = sources(&table, &folder, &mut reader);
        let managed = reader.boolean(at(&table, &["tool", "uv", "managed"]), "tool.uv.managed").unwrap_or(true);
        let private = private(&table, &mut reader);
        let written = written(&table, &mut reader);
        faults.extend(reader.faults.into_iter().map(Error::from));
        let requirements = written.into_iter().filter_map(|entry| named(entry, &source, faults)).collect();
        Some(Self { source, folder, project, workspace, sources, managed, private, requirements, table })
    }

    /// Whether a key of `[project]` is left to the build backend.
    pub(crate) fn is_dynamic(&self, key: &str) -> bool {
        self.project.as_ref().is_some_and(|project| project.dynamic.iter().any(|dynamic| dynamic == key))
    }

    /// The name as written, where it is a project.
    pub(crate) fn name(&self) -> Option<&str> {
        self.project.as_ref().map(|project| project.name.value.as_str())
    }
}

/// The name of the project in a package file, whatever else is wrong with that; `None` where it names none.
pub(crate) fn name(content: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(content).ok()?;
    if let Some(name) = toml::name_on_a_line(text, "[project]") {
        return Some(name);
    }
    let document = Document::parse(text).ok()?;
    Some(document.get("project")?.get("name")?.as_str()?.to_owned())
}

fn project(table: &Table, reader: &mut Reader<'_>) -> Option<Project> {
    let item = table.get("project")?;
    let Some(name) = reader.string(at(table, &["project", "name"]), "project.name") else {
        if at(table, &["project", "name"]).is_none() {
            reader.fault(item.span(), "`[project]` has no `name`");
        }
        return None;
    };
    if !releasekit_formats::python::name::is_legal(&name.value) {
        reader.fault(Some(name.span.clone()), format!("`{}` is not a package name", name.value));
    }
    let version = reader.string(at(table, &["project", "version"]), "project.version");
    let dynamic = reader.strings(at(table, &["project", "dynamic"]), "project.dynamic");
    let dynamic_version = dynamic.iter().find(|key| key.value == "version").map(|key| key.span.clone());
    let dynamic = dynamic.into_iter().map(|key| key.value).collect();
    if is_without_version(table) && !is_versioned_elsewhere(table) {
        reader.fault(item.span(), UNVERSIONED);
    }
    let requires_python = reader.string(at(table, &["project", "requires-python"]), "project.requires-python");
    Some(Project { name, version, dynamic, dynamic_version, requires_python })
}

/// Whether `[project]` neither has a version nor leaves it to the build backend, which uv refuses.
fn is_without_version(table: &Table) -> bool {
    let dynamic = at(table, &["project", "dynamic"]).and_then(Item::as_array);
    let is_dynamic = dynamic.is_some_and(|keys| keys.iter().any(|key| key.as_str() == Some("version")));
    table.contains_key("project") && at(table, &["project", "version"]).is_none() && !is_dynamic
}

/// Whether the build backend asks for no version there: it is that of a crate, and whoever builds does so without uv.
fn is_versioned_elsewhere(table: &Table) -> bool {
    at(table, &["build-system", "build-backend"]).and_then(Item::as_str) == Some("maturin")
}

fn globs(table: &Table, reader: &mut Reader<'_>) -> Option<Globs> {
    let item = at(table, &["tool", "uv", "workspace"])?;
    let members = reader.strings(at(table, &["tool", "uv", "workspace", "members"]), "members");
    let exclude = reader.strings(at(table, &["tool", "uv", "workspace", "exclude"]), "exclude");
    Some(Globs { span: item.span(), members, exclude })
}

/// A source is a table, or a list of tables with markers of which one may be the workspace.
fn sources(table: &Table, folder: &RepoPath, reader: &mut Reader<'_>) -> BTreeMap<String, Origin> {
    let entries = reader.entries(at(table, &["tool", "uv", "sources"]), "tool.uv.sources");
    entries.into_iter().map(|(name, _, item)| (normalize(&name), origin(item, folder))).collect()
}

fn origin(item: &Item, folder: &RepoPath) -> Origin {
    let of = |table: &dyn TableLike| {
        if table.get("workspace").and_then(Item::as_bool) == Some(true) {
            return Origin::Workspace;
        }
        let path = table.get("path").and_then(Item::as_str);
        path.and_then(|path| folder.join(path).ok()).map_or(Origin::Elsewhere, Origin::Folder)
    };
    let all: Vec<Origin> = match (item.as_table_like(), item.as_array(), item.as_array_of_tables()) {
        (Some(table), ..) => vec![of(table)],
        (None, Some(array), _) => array.iter().filter_map(|value| value.as_inline_table()).map(|t| of(t)).collect(),
        (None, None, tables) => tables.into_iter().flatten().map(|table| of(table)).collect(),
    };
    let first = |wanted: fn(&Origin) -> bool| all.iter().find(|origin| wanted(origin)).cloned();
    let inside = first(|origin| *origin == Origin::Workspace);
    inside.or_else(|| first(|origin| *origin != Origin::Elsewhere)).unwrap_or(Origin::Elsewhere)
}

/// Why uv builds no package of it.
pub(crate) const UNVERSIONED: &str = "`[project]` has neither a `version` nor `dynamic = [\"version\"]`";

fn private(table: &Table, reader: &mut Reader<'_>) -> Option<String> {
    let classifiers = reader.strings(at(table, &["project", "classifiers"]), "project.classifiers");
    if let Some(mark) = classifiers.into_iter().find(|classifier| classifier.value.starts_with("Private ::")) {
        return Some(format!("classifier `{}`", mark.value));
    }
    if is_without_version(table) && is_versioned_elsewhere(table) {
        return Some(UNVERSIONED.to_owned());
    }
    match reader.boolean(at(table, &["tool", "uv", "package"]), "tool.uv.package") {
        Some(true) => None,
        Some(false) => Some("`tool.uv.package = false`".to_owned()),
        None if table.contains_key("build-system") => None,
        None => Some("no `[build-system]`".to_owned()),
    }
}

/// A requirement of which nothing but its place is known.
#[derive(Debug)]
struct Written {
    text: Spanned,
    kind: DependencyKind,
    table: String,
    extra: Option<String>,
}

fn written(table: &Table, reader: &mut Reader<'_>) -> Vec<Written> {
    let mut all = Vec::new();
    let mut add = |texts: Vec<Spanned>, kind, table: &str, extra: Option<&str>| {
        let extra = extra.map(str::to_owned);
        all.extend(texts.into_iter().map(|text| Written { text, kind, table: table.to_owned(), extra: extra.clone() }));
    };
    let dependencies = "project.dependencies";
    add(
        reader.strings(at(table, &["project", "dependencies"]), dependencies),
        DependencyKind::Runtime,
        dependencies,
        None,
    );
    let optional = "project.optional-dependencies";
    for (extra, _, item) in reader.entries(at(table, &["project", "optional-dependencies"]), optional) {
        let name = format!("{optional}.{extra}");
        add(reader.strings(Some(item), &name), DependencyKind::Optional, &name, Some(&extra));
    }
    let requires = "build-system.requires";
    add(reader.strings(at(table, &["build-system", "requires"]), requires), DependencyKind::Build, requires, None);
    let groups = "dependency-groups";
    for (group, _, item) in reader.entries(table.get(groups), groups) {
        let name = format!("{groups}.{group}");
        add(reader.strings_among_tables(Some(item), &name), DependencyKind::Dev, &name, None);
    }
    let dev = "tool.uv.dev-dependencies";
    add(reader.strings(at(table, &["tool", "uv", "dev-dependencies"]), dev), DependencyKind::Dev, dev, None);
    all
}

fn named(written: Written, source: &Source, faults: &mut Vec<Error>) -> Option<Entry> {
    let Written { text, kind, table, extra } = written;
    match Parts::parse(&text.value).map(|parts| parts.name().map(normalize)) {
        Ok(Some(name)) => Some(Entry { text, name, kind, table, extra }),
        Ok(None) => {
            let reason = format!("`{}` names no package", text.value);
            faults.push(Error::PyProject { place: source.place(Some(text.span)), reason });
            None
        }
        Err(error) => {
            faults.push(Error::Value { place: source.place(Some(text.span)), source: error.into() });
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn the_name_of_a_project_is_found_however_it_is_written() {
        let named = [
            "[project]\nname = \"a\"\n",
            "[tool.x]\nname = \"b\"\n  [project]\r\nversion = \"1\"\r\n  'name' = 'a'\r\n",
            "[project]\nname='a' # [not]\n[tool]\nname = \"b\"\n",
            "[project]\nclassifiers = [\n[\"x\"],\n]\nname = \"a\"\n",
            "project.name = \"a\"\n",
            "project = { name = \"a\" }\n",
            "[project] # ours\nname = \"a\"\n",
            "[project]\nname = \"\"\"a\"\"\"\n",
            "[x]\ny = \"\"\"\n[project]\nname = 'b'\n\"\"\"\n[project]\nname = 'a'\n",
            "[project]\ndescription = '''\nname = 'b'\n'''\nname = 'a'\n",
        ];
        for text in named {
            assert_eq!(name(text.as_bytes()).as_deref(), Some("a"), "{text}");
        }
        for text in [
            "",
            "[tool]\nname = \"a\"\n",
            "[project]\nversion = \"1\"\n[tool]\nname = \"a\"\n",
            "[project]\nname = 1\n",
        ] {
            assert_eq!(name(text.as_bytes()), None, "{text}");
        }
    }
}

//! One Cargo.toml: what it says, and where it says it. Nothing here looks at any other file.

use std::ops::Range;

use releasekit_core::model::{DependencyKind, RepoPath};
use releasekit_core::{BackendError, Tree};
use releasekit_formats::manifest::Source;
use releasekit_formats::manifest::toml::{self, Reader, Spanned};
use toml_edit::{Document, Item, Table, TableLike};

use crate::config::MANIFEST;
use crate::error::Error;

/// A package file.
#[derive(Debug)]
pub(crate) struct Manifest {
    pub(crate) source: Source,
    pub(crate) folder: RepoPath,
    pub(crate) package: Option<Package>,
    pub(crate) workspace: Option<Workspace>,
    /// Every dependency of every table, but for those that members inherit.
    pub(crate) entries: Vec<Entry>,
    /// What `[patch]` takes from folders: the name, and the folder.
    pub(crate) patched: Vec<(String, RepoPath)>,
}

/// A value, or that the workspace's root says it.
#[derive(Debug, Clone)]
pub(crate) enum Field<T> {
    Own(T),
    Inherited(Range<usize>),
}

/// What `[package]` says.
#[derive(Debug)]
pub(crate) struct Package {
    pub(crate) name: Spanned,
    pub(crate) version: Option<Field<Spanned>>,
    pub(crate) publish: Option<Field<Publish>>,
    /// The folder of the root that it names.
    pub(crate) root: Option<RepoPath>,
}

/// What `publish` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Publish {
    Anywhere,
    /// To these registries; to none where there are none.
    To(Vec<String>),
}

/// What `[workspace]` says.
#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) members: Vec<Spanned>,
    pub(crate) exclude: Vec<Spanned>,
    pub(crate) version: Option<Spanned>,
    pub(crate) publish: Option<Publish>,
    pub(crate) entries: Vec<Entry>,
}

/// One dependency as written.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// What the code of the crate calls it.
    pub(crate) key: String,
    /// The crate's own name.
    pub(crate) name: String,
    pub(crate) kind: DependencyKind,
    /// The table, `target.'cfg(unix)'.dependencies`.
    pub(crate) table: String,
    pub(crate) requirement: Option<Spanned>,
    pub(crate) path: Option<RepoPath>,
    /// Whether the root of the workspace says the rest.
    pub(crate) is_inherited: bool,
    pub(crate) span: Range<usize>,
}

impl Manifest {
    /// The place of a folder's package file.
    pub(crate) fn file(folder: &RepoPath) -> RepoPath {
        folder.join(MANIFEST).expect("a file name is a legal path")
    }

    /// Reads the package file of a folder; `None` where there is none. What is wrong with it goes to `faults`.
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
        let mut of = Parsing { reader: &mut reader, folder: &folder };
        let (package, workspace) = (of.package(&table), of.workspace(&table));
        let (entries, patched) = (of.dependencies(&table), of.patched(&table));
        faults.extend(reader.faults.into_iter().map(Error::from));
        Some(Self { source, folder, package, workspace, entries, patched })
    }

    /// The name, where it is a crate's.
    pub(crate) fn name(&self) -> Option<&str> {
        self.package.as_ref().map(|package| package.name.value.as_str())
    }

    /// The folders that its dependencies are taken from, those of the root where it inherits them.
    pub(crate) fn paths<'a>(&'a self, root: &'a Self) -> impl Iterator<Item = &'a RepoPath> {
        self.entries.iter().filter_map(move |entry| match entry.is_inherited {
            true => root.inherited(entry)?.path.as_ref(),
            false => entry.path.as_ref(),
        })
    }

    /// What members inherit under the name of a dependency.
    pub(crate) fn inherited(&self, entry: &Entry) -> Option<&Entry> {
        self.workspace.as_ref()?.entries.iter().find(|other| other.key == entry.key)
    }
}

/// The name of the crate in a package file, whatever else is wrong with that; `None` where it names none.
pub(crate) fn name(content: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(content).ok()?;
    if let Some(name) = toml::name_on_a_line(text, "[package]") {
        return Some(name);
    }
    let document = Document::parse(text).ok()?;
    Some(package_item(&document)?.get("name")?.as_str()?.to_owned())
}

/// `[project]` is what `[package]` was called once.
fn package_item(table: &Table) -> Option<&Item> {
    table.get("package").or_else(|| table.get("project"))
}

const DEPENDENCIES: &[(&[&str], DependencyKind)] = &[
    (&["dependencies"], DependencyKind::Runtime),
    (&["build-dependencies", "build_dependencies"], DependencyKind::Build),
    (&["dev-dependencies", "dev_dependencies"], DependencyKind::Dev),
];

/// A package file that is being read.
struct Parsing<'r, 's> {
    reader: &'r mut Reader<'s>,
    folder: &'r RepoPath,
}

impl Parsing<'_, '_> {
    fn package(&mut self, table: &Table) -> Option<Package> {
        let item = package_item(table)?;
        let Some(name) = self.reader.string(item.get("name"), "package.name") else {
            if item.get("name").is_none() {
                self.reader.fault(item.span(), "`[package]` has no `name`");
            }
            return None;
        };
        let version = self.field(item.get("version"), |of, item| of.reader.string(item, "package.version"));
        let publish = self.field(item.get("publish"), |of, item| of.publish(item));
        let root = self.reader.string(item.get("workspace"), "package.workspace");
        let root = root.and_then(|path| self.folder.join(&path.value).ok());
        Some(Package { name, version, publish, root })
    }

    /// A value that may be inherited.
    fn field<T>(
        &mut self,
        item: Option<&Item>,
        read: impl FnOnce(&mut Self, Option<&Item>) -> Option<T>,
    ) -> Option<Field<T>> {
        let table = item?.as_table_like();
        if table.is_some_and(|table| table.get("workspace").and_then(Item::as_bool) == Some(true)) {
            return Some(Field::Inherited(item?.span().unwrap_or_default()));
        }
        read(self, item).map(Field::Own)
    }

    fn publish(&mut self, item: Option<&Item>) -> Option<Publish> {
        let item = item?;
        match (item.as_bool(), item.as_array()) {
            (Some(true), _) => Some(Publish::Anywhere),
            (Some(false), _) => Some(Publish::To(Vec::new())),
            (None, Some(_)) => {
                let names = self.reader.strings(Some(item), "publish");
                Some(Publish::To(names.into_iter().map(|name| name.value).collect()))
            }
            (None, None) => {
                self.reader.fault(item.span(), "`publish` must be `true`, `false` or an array of names");
                None
            }
        }
    }

    fn workspace(&mut self, table: &Table) -> Option<Workspace> {
        let item = table.get("workspace")?;
        let package = |key: &str| item.get("package").and_then(|package| package.get(key));
        let mut entries = Vec::new();
        self.entries(item.get("dependencies"), "workspace.dependencies", DependencyKind::Runtime, &mut entries);
        Some(Workspace {
            members: self.reader.strings(item.get("members"), "workspace.members"),
            exclude: self.reader.strings(item.get("exclude"), "workspace.exclude"),
            version: self.reader.string(package("version"), "workspace.package.version"),
            publish: self.publish(package("publish")),
            entries,
        })
    }

    fn dependencies(&mut self, table: &Table) -> Vec<Entry> {
        let mut all = Vec::new();
        self.tables(table, "", &mut all);
        for (target, _, item) in self.reader.entries(table.get("target"), "target") {
            if let Some(table) = item.as_table_like() {
                let prefix = format!("target.{}.", toml_edit::Key::new(&target).display_repr());
                self.tables(table, &prefix, &mut all);
            }
        }
        all
    }

    fn tables(&mut self, table: &dyn TableLike, prefix: &str, all: &mut Vec<Entry>) {
        for (names, kind) in DEPENDENCIES {
            if let Some(name) = names.iter().find(|name| table.contains_key(name)) {
                self.entries(table.get(name), &format!("{prefix}{name}"), *kind, all);
            }
        }
    }

    fn entries(&mut self, item: Option<&Item>, table: &str, kind: DependencyKind, all: &mut Vec<Entry>) {
        for (key, span, item) in self.reader.entries(item, table) {
            all.extend(self.entry(key, span, item, table, kind));
        }
    }

    fn entry(
        &mut self,
        key: String,
        span: Range<usize>,
        item: &Item,
        table: &str,
        kind: DependencyKind,
    ) -> Option<Entry> {
        let table = table.to_owned();
        if item.is_str() {
            let requirement = self.reader.string(Some(item), &key);
            let (name, path, is_inherited) = (key.clone(), None, false);
            return Some(Entry { key, name, kind, table, requirement, path, is_inherited, span });
        }
        let Some(says) = item.as_table_like() else {
            self.reader.fault(item.span().or(Some(span)), format!("`{key}` must be a requirement or a table"));
            return None;
        };
        let is_true = |key: &str| says.get(key).and_then(Item::as_bool) == Some(true);
        let name = self.reader.string(says.get("package"), "package").map_or_else(|| key.clone(), |name| name.value);
        let requirement = self.reader.string(says.get("version"), "version");
        let path = self.reader.string(says.get("path"), "path");
        let path = path.and_then(|path| self.folder.join(&path.value).ok());
        let is_optional = kind == DependencyKind::Runtime && is_true("optional");
        let kind = if is_optional { DependencyKind::Optional } else { kind };
        Some(Entry { key, name, kind, table, requirement, path, is_inherited: is_true("workspace"), span })
    }

    fn patched(&mut self, table: &Table) -> Vec<(String, RepoPath)> {
        let mut all = Vec::new();
        for (_, _, registry) in self.reader.entries(table.get("patch"), "patch") {
            for (key, span, item) in self.reader.entries(Some(registry), "patch") {
                let entry = self.entry(key, span, item, "patch", DependencyKind::Runtime);
                all.extend(entry.and_then(|entry| Some((entry.name, entry.path?))));
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn the_name_of_a_crate_is_found_however_it_is_written() {
        let named = [
            "[package]\nname = \"a\"\n",
            "[lib]\nname = \"b\"\n  [package]\r\nversion = \"1\"\r\n  'name' = 'a'\r\n",
            "[[bin]]\nname = \"b\"\n[package]\nname='a' # [not]\n",
            "[package]\ncategories = [\n[\"x\"],\n]\nname = \"a\"\n",
            "package.name = \"a\"\n",
            "package = { name = \"a\" }\n",
            "[package] # ours\nname = \"a\"\n",
            "[x]\ny = \"\"\"\n[package]\nname = 'b'\n\"\"\"\n[package]\nname = 'a'\n",
            "[project]\nname = \"a\"\n",
        ];
        for text in named {
            assert_eq!(name(text.as_bytes()).as_deref(), Some("a"), "{text}");
        }
        for text in
            ["", "[lib]\nname = \"a\"\n", "[package]\nversion = \"1\"\n[lib]\nname = \"a\"\n", "[package]\nname = 1\n"]
        {
            assert_eq!(name(text.as_bytes()), None, "{text}");
        }
    }
}

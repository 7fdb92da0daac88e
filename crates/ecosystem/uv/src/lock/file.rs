//! What a lockfile says of packages that lie beside it.

use std::ops::Range;

use releasekit_core::model::{DependencyKind, RepoPath, Version};
use releasekit_core::{FileEdit, Result, Tree, VersionScheme};
use releasekit_formats::manifest::{Replacement, Source, requoted};
use releasekit_formats::python::Pep440;
use releasekit_formats::python::name::normalize;
use toml_edit::{Document, Item, Table, TableLike, Value};

use super::Moves;
use crate::config::LOCKFILE;
use crate::error::Error;

/// The kinds of sources that are folders beside the lockfile.
const LOCAL: &[&str] = &["editable", "directory", "virtual"];

/// A lockfile.
#[derive(Debug)]
pub(crate) struct Lock {
    pub(super) source: Source,
    pub(super) folder: RepoPath,
    /// The file that is edited: itself, unless it is a link.
    pub(super) place: RepoPath,
    packages: Vec<Locked>,
}

/// A package that a lockfile takes from a folder.
#[derive(Debug)]
struct Locked {
    name: String,
    version: Option<(String, Range<usize>)>,
    folder: RepoPath,
    /// The names that it needs, and those that its extras need.
    needs: Vec<(DependencyKind, String)>,
}

impl Lock {
    /// The lockfile of a root, to be asked and not to be edited; `None` where it has none.
    pub(crate) fn read(tree: &dyn Tree, root: &RepoPath) -> Result<Option<Self>> {
        let file = root.join(LOCKFILE).expect("a file name is a legal path");
        let Some(mut source) = Source::read(tree, &file)?.transpose().map_err(Error::from)? else { return Ok(None) };
        source.text = only_local(&source.text);
        Self::parse(source).map(Some)
    }

    pub(super) fn parse(source: Source) -> Result<Self> {
        let document = Document::parse(source.text.as_str()).map_err(|error| Error::PyProject {
            place: source.place(error.span()),
            reason: error.message().to_owned(),
        })?;
        let folder = source.file.parent().unwrap_or_default();
        let tables = document.get("package").and_then(|item| item.as_array_of_tables());
        let packages = tables.into_iter().flatten().filter_map(|table| locked(table, &folder)).collect();
        let place = source.file.clone();
        Ok(Self { source, folder, place, packages })
    }

    pub(super) fn file(&self) -> &RepoPath {
        &self.source.file
    }

    /// What moves the versions of packages; `None` where it records none that move.
    pub(super) fn edit(&self, moves: &Moves<'_>) -> Option<FileEdit> {
        let mut edit = self.source.edit(self.replacements(moves))?;
        edit.path = self.place.clone();
        Some(edit)
    }

    /// Moves the versions of entries that stand where their packages did. An entry with any other version was stale
    /// before; uv refuses it, or never reads this lockfile.
    fn replacements(&self, moves: &Moves<'_>) -> Vec<Replacement> {
        let mut replacements = Vec::new();
        for package in &self.packages {
            let moved = moves.get(&package.folder).filter(|moved| normalize(moved.name.as_str()) == package.name);
            let (Some(moved), Some((version, span))) = (moved, &package.version) else { continue };
            let is = |other: &Version| Pep440.parse(version).is_ok_and(|it| Pep440.compare(&it, other).is_eq());
            if !is(&moved.to) && moved.from.as_ref().is_none_or(is) {
                replacements.push((span.clone(), requoted(&self.source.text[span.clone()], moved.to.as_str())));
            }
        }
        replacements
    }

    /// The folders of the packages that the one in a folder needs, with why.
    pub(crate) fn needs(&self, folder: &RepoPath) -> impl Iterator<Item = (DependencyKind, &RepoPath)> {
        let own = self.packages.iter().filter(move |package| package.folder == *folder);
        let local = |name: &str| self.packages.iter().find(|package| package.name == name);
        own.flat_map(|package| &package.needs).filter_map(move |(kind, name)| Some((*kind, &local(name)?.folder)))
    }

    /// Whether it takes some package from outside of its own folder.
    pub(super) fn takes(&self, wanted: impl Fn(&RepoPath) -> bool) -> bool {
        self.packages.iter().any(|package| !package.folder.starts_with(&self.folder) && wanted(&package.folder))
    }
}

/// The tables of packages that lie beside the lockfile, and what stands above all tables. A lockfile has thousands of others,
/// and parsing them takes longer than all the rest of a discovery.
fn only_local(text: &str) -> String {
    const TABLE: &str = "\n[[package]]";
    let starts: Vec<usize> = text.match_indices(TABLE).map(|(at, _)| at).collect();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let head = &text[..starts.first().copied().unwrap_or(text.len())];
    let is_local = |table: &&str| table.lines().any(|line| line.starts_with("source") && has_local(line));
    let tables = starts.iter().zip(ends).map(|(start, end)| &text[*start..end]);
    std::iter::once(head).chain(tables.filter(is_local)).collect()
}

fn has_local(line: &str) -> bool {
    LOCAL.iter().any(|kind| line.contains(kind))
}

fn locked(table: &Table, folder: &RepoPath) -> Option<Locked> {
    let source = table.get("source")?.as_table_like()?;
    let path = LOCAL.iter().find_map(|kind| source.get(kind))?.as_str()?;
    let version = table.get("version").and_then(|item| Some((item.as_str()?.to_owned(), item.span()?)));
    let (name, needs) = (normalize(table.get("name")?.as_str()?), needs(table));
    Some(Locked { name, version, folder: folder.join(path).ok()?, needs })
}

fn needs(table: &Table) -> Vec<(DependencyKind, String)> {
    let names = |kind, item: &Item| {
        let named = |value: &Value| Some((kind, normalize(value.as_inline_table()?.get("name")?.as_str()?)));
        item.as_array().into_iter().flatten().filter_map(named).collect::<Vec<_>>()
    };
    let own = table.get("dependencies").map(|item| names(DependencyKind::Runtime, item));
    let extras = table.get("optional-dependencies").and_then(Item::as_table_like);
    let extras =
        extras.into_iter().flat_map(TableLike::iter).flat_map(|(_, item)| names(DependencyKind::Optional, item));
    own.into_iter().flatten().chain(extras).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_is_read_without_the_packages_of_others() {
        let head = "version = 1\n\n[manifest]\nmembers = [\"a\"]\n";
        let local = "\n[[package]]\nname = \"a\"\nversion = \"1.0\"\nsource = { editable = \"a\" }\ndependencies = [\n    { name = \"b\" },\n]\n\n[package.metadata]\nrequires-dist = []\n";
        let third = "\n[[package]]\nname = \"editable\"\nversion = \"2\"\nsource = { registry = \"https://x.invalid/simple\" }\n";
        let beside = "\n[[package]]\nname = \"b\"\nsource = { virtual = \"b\" }\n";
        assert_eq!(only_local(&[head, third, local, third, beside].concat()), [head, local, beside].concat());
        assert_eq!(only_local(head), head);
        assert_eq!(only_local(""), "");
    }
}

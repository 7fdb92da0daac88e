//! Which requirements are on packages of the same workspace.

use std::collections::BTreeMap;

use releasekit_core::model::{DependencyKind, Package, PackageName};
use releasekit_formats::python::name::normalize;

use crate::pyproject::{Entry, PyProject};

/// The packages of a workspace by name, and what its root says of sources.
#[derive(Debug)]
pub(crate) struct Siblings<'a> {
    names: BTreeMap<String, PackageName>,
    root: &'a PyProject,
}

impl<'a> Siblings<'a> {
    pub(crate) fn new(names: impl IntoIterator<Item = PackageName>, root: &'a PyProject) -> Self {
        Self { names: names.into_iter().map(|name| (normalize(name.as_str()), name)).collect(), root }
    }

    pub(crate) fn of(packages: &[Package], root: &'a PyProject) -> Self {
        Self::new(packages.iter().map(|package| package.name.clone()), root)
    }

    /// The package that a requirement of a member is on: one of the workspace, which `[tool.uv.sources]` of the member,
    /// or else of the root, says is to be taken from there. An extra that is made of the package's own extras is no
    /// requirement on anybody.
    pub(crate) fn required(&self, member: &PyProject, entry: &Entry) -> Option<&PackageName> {
        let source = member.from_workspace.get(&entry.name).or_else(|| self.root.from_workspace.get(&entry.name));
        let on_itself = member.name().is_some_and(|name| normalize(name) == entry.name);
        if source != Some(&true) || (on_itself && entry.kind == DependencyKind::Optional) {
            return None;
        }
        self.names.get(&entry.name)
    }
}

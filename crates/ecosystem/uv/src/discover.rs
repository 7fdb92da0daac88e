//! The packages of one workspace.

use std::collections::BTreeMap;

use releasekit_core::model::{
    Dependency, DependencyKind, Order, Package, PackageName, Published, RepoPath, Requirement, Unread,
};
use releasekit_core::workspace::{DiscoverRequest, Discovered};
use releasekit_core::{BackendError, Result, Tree, VersionScheme};
use releasekit_formats::python::Pep440;
use releasekit_formats::python::name::normalize;
use releasekit_formats::python::requirement;

use crate::codes;
use crate::config::MANIFEST;
use crate::dynamic;
use crate::error::{Error, together};
use crate::extras;
use crate::internal::Siblings;
use crate::members::{Folders, Ignored, Membership};
use crate::pyproject::{Entry, Project, PyProject};
use crate::source::Source;

/// Reads the package files of a workspace, the root's first.
pub(crate) fn manifests(
    tree: &dyn Tree,
    root: &RepoPath,
    exclude: &[String],
    faults: &mut Vec<Error>,
) -> Result<Vec<PyProject>> {
    let Some(top) = PyProject::read_root(tree, root, faults)? else { return Ok(Vec::new()) };
    let Some(globs) = &top.workspace else { return Ok(vec![top]) };
    let ignored = Ignored::new(exclude);
    let membership = Membership::of(&top, globs, faults);
    let known = Folders::of(tree)?;
    for link in membership.links(&known, &ignored) {
        // One that leads out of the repository is refused here; one that stays inside leads to a folder of its own.
        Source::read(tree, &link.join(MANIFEST).expect("a file name is a legal path"))?;
    }
    let folders = membership.folders(&top, &known, &ignored, faults);
    let mut all = vec![top];
    for folder in folders {
        let before = faults.len();
        let found = PyProject::read(tree, &folder, faults)?;
        if found.is_none() && faults.len() == before {
            // It is listed and not to be read: a link to nothing, or to something that is no file.
            faults.push(Error::MemberMissing { folder: folder.clone(), place: all[0].source.place(None) });
        }
        all.extend(found.and_then(|manifest| member(manifest, faults)));
    }
    if ignored.contains(root) {
        all[0].project = None;
    }
    Ok(all)
}

fn member(manifest: PyProject, faults: &mut Vec<Error>) -> Option<PyProject> {
    if !manifest.managed {
        return None;
    }
    if let Some(globs) = &manifest.workspace {
        faults.push(Error::NestedWorkspace { place: manifest.source.place(globs.span.clone()) });
        return None;
    }
    if manifest.project.is_none() && !manifest.table.contains_key("project") {
        let reason = "a workspace member must have a `[project]`".to_owned();
        faults.push(Error::PyProject { place: manifest.source.place(None), reason });
    }
    Some(manifest)
}

/// Discovers the packages. All faults are reported together.
pub(crate) fn discover(request: &DiscoverRequest) -> Result<Discovered> {
    let tree = request.tree.as_ref();
    let mut faults = Vec::new();
    let manifests = manifests(tree, &request.root, &request.exclude, &mut faults)?;
    let Some(root) = manifests.first() else { return together(faults).map(|()| Discovered::default()) };
    let names = names(&manifests, &mut faults);
    let siblings = Siblings::new(names, root);
    let mut packages = Vec::new();
    for manifest in &manifests {
        if let Some(project) = &manifest.project {
            packages.push(package(tree, manifest, project, &siblings, &mut faults)?);
        }
    }
    together(faults)?;
    Ok(Discovered::new(packages))
}

fn names(manifests: &[PyProject], faults: &mut Vec<Error>) -> Vec<PackageName> {
    let mut seen: BTreeMap<String, &PyProject> = BTreeMap::new();
    let mut names = Vec::new();
    for manifest in manifests {
        let Some(project) = &manifest.project else { continue };
        let place = |of: &PyProject| of.source.place(of.project.as_ref().map(|project| project.name.span.clone()));
        if let Some(first) = seen.insert(normalize(&project.name.value), manifest) {
            let name = project.name.value.clone();
            faults.push(Error::NameDuplicate { name, first: place(first), second: place(manifest) });
        }
        names.push(PackageName::new(project.name.value.clone()));
    }
    names
}

fn package(
    tree: &dyn Tree,
    manifest: &PyProject,
    project: &Project,
    siblings: &Siblings<'_>,
    faults: &mut Vec<Error>,
) -> Result<Package> {
    let name = PackageName::new(project.name.value.clone());
    let mut package = Package::new(name, manifest.folder.clone(), manifest.source.file.clone())
        .with_dependencies(dependencies(manifest, siblings))
        .with_requirements(requirements(manifest, faults))
        .with_runtime(project.requires_python.as_ref().map(|text| text.value.clone()));
    package.private.clone_from(&manifest.private);
    match dynamic::version(tree, manifest, project)? {
        Ok(place) => match Pep440.parse(&place.literal) {
            Ok(version) => package = package.with_version(version, place.source.file.clone()),
            Err(source) => {
                faults.push(Error::Value { place: place.source.place(Some(place.span.clone())), source });
            }
        },
        // That the key is missing altogether was said where the package file was read.
        Err(_) if project.dynamic_version.is_none() => {}
        Err(reason) => {
            let place = manifest.source.place(project.dynamic_version.clone()).label("said to be dynamic here");
            package = package.with_unread(Unread { code: codes::DYNAMIC_VERSION, reason, place });
        }
    }
    Ok(package)
}

fn dependencies(manifest: &PyProject, siblings: &Siblings<'_>) -> Vec<Dependency> {
    let internal = manifest.requirements.iter().filter_map(|entry| Some((siblings.required(manifest, entry)?, entry)));
    internal.map(|(name, entry)| dependency(name, entry)).collect()
}

/// An extra can be left out, so what it names need not be live, nor exist at all. Peers there are none.
fn dependency(name: &PackageName, entry: &Entry) -> Dependency {
    let dependency = Dependency::new(name.clone(), entry.kind, &*entry.text.value, &*entry.table);
    match entry.kind {
        DependencyKind::Optional => dependency.with_orders(Order::UnlessCircular).with_published(Published::Optional),
        _ => dependency,
    }
}

/// What the package publishes: its requirements, and those of its extras, written out.
fn requirements(manifest: &PyProject, faults: &mut Vec<Error>) -> Vec<Requirement> {
    use DependencyKind::{Optional, Runtime};
    let mut all = Vec::new();
    for entry in manifest.requirements.iter().filter(|entry| matches!(entry.kind, Runtime | Optional)) {
        match published(entry) {
            Ok(requirement) => all.push(requirement),
            Err(source) => {
                faults.push(Error::Value { place: manifest.source.place(Some(entry.text.span.clone())), source });
            }
        }
    }
    extras::written_out(manifest.name().unwrap_or_default(), all).unwrap_or_else(|source| {
        faults.push(Error::Value { place: manifest.source.place(None), source });
        Vec::new()
    })
}

fn published(entry: &Entry) -> Result<Requirement> {
    let read = match &entry.extra {
        Some(extra) => requirement::parse_in_extra(&entry.text.value, extra),
        None => requirement::parse(&entry.text.value),
    };
    read.map_err(BackendError::from)
}

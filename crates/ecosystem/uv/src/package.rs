//! One package, as its package file and its siblings make it.

use releasekit_core::model::{
    Dependency, DependencyKind, Order, Package, PackageName, Propagation, Published, Requirement, Unread, Worded,
};
use releasekit_core::{BackendError, Result, Tree, VersionScheme};
use releasekit_formats::python::Pep440;
use releasekit_formats::python::requirement;

use crate::codes;
use crate::config::LOCKFILE;
use crate::dynamic::{self, Absent};
use crate::error::Error;
use crate::extras;
use crate::internal::{Needed, Siblings};
use crate::pyproject::{self, Entry, Project, PyProject};

/// Describes it. What is wrong with it goes to `faults`.
pub(crate) fn package(
    tree: &dyn Tree,
    manifest: &PyProject,
    project: &Project,
    siblings: &Siblings<'_>,
    faults: &mut Vec<Error>,
) -> Result<Package> {
    let name = PackageName::new(project.name.value.clone());
    let mut package = Package::new(name, manifest.folder.clone(), manifest.source.file.clone())
        .with_dependencies([dependencies(manifest, siblings), computed(manifest, siblings)].concat())
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
        // That the key is missing altogether was said where the package file was read, but for those that nobody has to release.
        Err(_) if project.dynamic_version.is_none() => {
            let place = manifest.source.place(Some(project.name.span.clone())).label("this one");
            let (code, reason) = (codes::DYNAMIC_VERSION, pyproject::UNVERSIONED.to_owned());
            package = package.with_unread(Unread { code, reason, place, is_in_file: true });
        }
        Err(Absent::InTags) => {}
        Err(Absent::Unread(reason)) => package = unread(manifest, project, package, reason, false),
        Err(Absent::InFile(reason)) => package = unread(manifest, project, package, reason, true),
    }
    Ok(package)
}

fn unread(manifest: &PyProject, project: &Project, package: Package, reason: String, is_in_file: bool) -> Package {
    let place = manifest.source.place(project.dynamic_version.clone()).label("said to be dynamic here");
    package.with_unread(Unread { code: codes::DYNAMIC_VERSION, reason, place, is_in_file })
}

fn dependencies(manifest: &PyProject, siblings: &Siblings<'_>) -> Vec<Dependency> {
    let internal = manifest.requirements.iter().filter_map(|entry| Some((siblings.required(manifest, entry)?, entry)));
    internal.filter_map(|(needed, entry)| dependency(needed, entry)).collect()
}

/// What is taken from another project by its path keeps its own pace; a group that takes it so needs nothing of it but its
/// files.
fn dependency(needed: Needed<'_>, entry: &Entry) -> Option<Dependency> {
    let mut dependency = Dependency::new(needed.name.clone(), entry.kind, &*entry.text.value, &*entry.table);
    if needed.is_apart {
        if entry.kind == DependencyKind::Dev {
            return None;
        }
        dependency = dependency.with_propagation(Propagation::OutOfRange).with_worded(Worded::AsWritten);
    }
    Some(optional(dependency))
}

/// An extra can be left out, so what it names need not be live, nor exist at all. Peers there are none.
fn optional(dependency: Dependency) -> Dependency {
    match dependency.kind {
        DependencyKind::Optional => dependency.with_orders(Order::UnlessCircular).with_published(Published::Optional),
        _ => dependency,
    }
}

/// The requirements on siblings that only the build backend knows, as the lockfile has them. It has no ranges.
fn computed(manifest: &PyProject, siblings: &Siblings<'_>) -> Vec<Dependency> {
    let is_computed = |kind| match kind {
        DependencyKind::Optional => manifest.is_dynamic("optional-dependencies"),
        _ => manifest.is_dynamic("dependencies"),
    };
    let own = siblings.locked(&manifest.folder).filter(|(kind, _)| is_computed(*kind));
    let dependency = |(kind, name): (DependencyKind, &PackageName)| {
        let dependency = Dependency::new(name.clone(), kind, name.as_str(), LOCKFILE);
        optional(dependency).with_worded(Worded::ByBuild)
    };
    own.map(dependency).collect()
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

//! The edits that pin requirements on siblings, for an export that is built and thrown away.

use std::collections::BTreeMap;

use releasekit_core::model::{DependencyKind, Version};
use releasekit_core::requirements::{Pin, Requirements};
use releasekit_core::workspace::PinRequest;
use releasekit_core::{BackendError, FileEdit, Result, Tree};
use releasekit_formats::python::Pep508;
use releasekit_formats::python::name::normalize;

use crate::dynamic;
use crate::edits::{Rewrites, write};
use crate::error::Error;
use crate::homes::homes;
use crate::internal::Needed;
use crate::pyproject::{Entry, PyProject};

/// Pins the requirements of all publishable packages on packages whose versions are given. Build requirements become
/// exact whatever the request says, for a stranger's package of that name must never be taken; groups are not published
/// and stay.
pub(crate) fn pins(request: &PinRequest) -> Result<Vec<FileEdit>> {
    let tree = request.tree.as_ref();
    let mut faults = Vec::new();
    let mut changes = Rewrites::default();
    let versions: BTreeMap<String, &Version> =
        request.versions.iter().map(|(name, version)| (normalize(name.as_str()), version)).collect();
    let homes = homes(tree, &request.root, &request.packages, &mut faults)?;
    for home in &homes.all {
        let siblings = homes.siblings(home);
        let is_public = |index: usize| request.packages[index].private.is_none();
        let public = home.manifests().filter(|(package, _)| package.is_some_and(is_public));
        for (package, manifest) in public {
            let in_tags =
                package.map(|index| &request.packages[index]).filter(|package| package.version_file.is_none());
            if let Some(version) = in_tags.and_then(|package| versions.get(&normalize(package.name.as_str()))) {
                placeholder(tree, manifest, version, &mut changes)?;
            }
            for entry in &manifest.requirements {
                let Some(version) = versions.get(&entry.name) else { continue };
                let needed = siblings.required(manifest, entry);
                let Some(pin) = needed.and_then(|needed| pin_of(entry, needed, request.pin)) else { continue };
                match Pep508.pin(&entry.text.value, version, pin) {
                    Ok(text) => changes.rewrite(&manifest.source, entry, &text),
                    Err(source) => {
                        let place = manifest.source.place(Some(entry.text.span.clone()));
                        faults.push(Error::Value { place, source });
                    }
                }
            }
        }
    }
    BackendError::raise(faults)?;
    Ok(changes.into_edits())
}

/// Writes the version of a package whose version stands in tags in the place of what a file says.
fn placeholder(tree: &dyn Tree, manifest: &PyProject, version: &Version, changes: &mut Rewrites) -> Result<()> {
    let Some(project) = &manifest.project else { return Ok(()) };
    if let Ok(place) = dynamic::version(tree, manifest, project)? {
        write(tree, (manifest, &place), version, changes)?;
    }
    Ok(())
}

/// What is taken from another project by its path is published as it is written, unless the configuration says how to pin.
fn pin_of(entry: &Entry, needed: Needed<'_>, pin: Option<Pin>) -> Option<Pin> {
    match entry.kind {
        DependencyKind::Build => Some(Pin::Exact),
        DependencyKind::Runtime | DependencyKind::Optional | DependencyKind::Peer if needed.is_apart => pin,
        DependencyKind::Runtime | DependencyKind::Optional | DependencyKind::Peer => Some(pin.unwrap_or_default()),
        DependencyKind::Dev => None,
    }
}

//! The edits that pin requirements on siblings, where the configuration says how. cargo publishes what package files say.

use releasekit_core::model::DependencyKind;
use releasekit_core::requirements::Requirements;
use releasekit_core::workspace::PinRequest;
use releasekit_core::{BackendError, FileEdit, Result};
use releasekit_formats::cargo;

use crate::edits::{Rewrites, Versions, internal_needs, set_version};
use crate::error::Error;
use crate::homes::homes;
use crate::need::Neighbours;

/// Pins the requirements of crates on those whose versions are given, what they inherit too; developers' stay. A version that
/// stands in tags takes the place of what a file says.
pub(crate) fn pins(request: &PinRequest) -> Result<Vec<FileEdit>> {
    let mut faults = Vec::new();
    let mut changes = Rewrites::default();
    let versions: Versions<'_> = request.versions.iter().map(|(name, version)| (name.as_str(), version)).collect();
    let neighbours = Neighbours::of(&request.packages, &request.root);
    for home in homes(request.tree.as_ref(), &request.root, &request.packages, &mut faults)? {
        for (index, manifest) in home.manifests() {
            let in_tags = index.map(|index| &request.packages[index]).filter(|it| it.version_file.is_none());
            if let Some(to) = in_tags.and_then(|package| versions.get(package.name.as_str())) {
                set_version(manifest, &home.root, to, &mut changes, &mut faults);
            }
        }
        let Some(pin) = request.pin else { continue };
        let manifests: Vec<_> = home.manifests().map(|(_, manifest)| manifest).collect();
        let needs = internal_needs(&manifests, &home.root, &neighbours);
        for (need, name) in needs.into_iter().filter(|(need, _)| need.kind != DependencyKind::Dev) {
            let (Some(to), Some((source, place))) = (versions.get(name.as_str()), need.requirement) else { continue };
            match cargo::Requirements.pin(&place.value, to, pin) {
                Ok(text) => changes.rewrite(source, place, &text),
                Err(error) => {
                    faults.push(Error::Value { place: source.place(Some(place.span.clone())), source: error })
                }
            }
        }
    }
    BackendError::raise(faults)?;
    Ok(changes.into_edits())
}

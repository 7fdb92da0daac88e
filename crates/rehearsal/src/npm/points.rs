//! Where names of versions point. Values in, values out.

use std::collections::BTreeMap;

use releasekit_core::VersionScheme;
use releasekit_formats::semver::SemVer;

use super::registry::{Store, Stored};

/// The name that installers follow who ask for none.
pub(super) const LATEST: &str = "latest";

/// Where each name points, among these versions. Where nobody said what is the latest, as of files that were put there, it is the
/// highest one.
pub(super) fn points<'a>(versions: impl IntoIterator<Item = &'a Stored>) -> BTreeMap<String, String> {
    let mut points: BTreeMap<String, (usize, String)> = BTreeMap::new();
    let mut highest: Option<&Stored> = None;
    for stored in versions {
        for (tag, moved) in &stored.meta.tags {
            if points.get(tag).is_none_or(|(earlier, _)| earlier < moved) {
                points.insert(tag.clone(), (*moved, stored.meta.version.clone()));
            }
        }
        highest = highest.filter(|highest| is_above(highest, stored)).or(Some(stored));
    }
    let mut points: BTreeMap<_, _> = points.into_iter().map(|(tag, (_, version))| (tag, version)).collect();
    if let Some(highest) = highest {
        points.entry(LATEST.to_owned()).or_insert_with(|| highest.meta.version.clone());
    }
    points
}

fn is_above(one: &Stored, other: &Stored) -> bool {
    let (Ok(one), Ok(other)) = (SemVer.parse(&one.meta.version), SemVer.parse(&other.meta.version)) else {
        return true;
    };
    SemVer.compare(&one, &other).is_gt()
}

/// Points a name to a version that the registry has.
pub(super) fn point(store: &mut Store, package: &str, tag: &str, version: &str) {
    let moves = store.all(package).flat_map(|stored| stored.meta.tags.values()).max().map_or(0, |last| last + 1);
    if let Some(stored) = store.all_mut(package).find(|stored| stored.meta.version == version) {
        stored.meta.tags.insert(tag.to_owned(), moves);
    }
}

//! What only a release of uv has: a line of its lock file for each package, exact requirements with extras and markers, and a
//! build that saw the sibling of the same release.

use std::collections::BTreeMap;

use releasekit_e2e::worlds::uv::Venv;
use releasekit_e2e::{Merge, Scene};

use crate::journeys::whole::{Whole, whole};

/// Goes the whole way to an index that others wrote.
#[track_caller]
fn to(scene: &Scene, index: &str, how: Merge) {
    let gone = whole(scene, scene.foreign(index), how);
    locks_a_line_for_each(&gone);
    requires_what_was_released(&gone);
    let line = "from acme_legacy.stamped import STAMPED_BY; print(STAMPED_BY)";
    let stamp = Venv::of(gone.journey.sandbox(), "venv").python(line);
    assert_eq!(stamp, "0.1.1", "it was built with the sibling of the same release");
}

fn locks_a_line_for_each(Whole { journey, commits: [base, head], .. }: &Whole) {
    let moved = journey.sandbox().git(["diff", "--numstat", base, head, "--", "uv.lock"]);
    assert_eq!(moved.split_whitespace().take(2).collect::<Vec<_>>(), ["4", "4"], "a line of uv.lock for each package");
}

fn requires_what_was_released(Whole { installed, .. }: &Whole) {
    let expected = [("acme-app", "0.5.1"), ("acme-core", "0.4.0"), ("acme-legacy", "1.4.3"), ("acme-speed", "0.2.0")];
    assert_eq!(installed.versions, BTreeMap::from(expected.map(|(name, next)| (name.to_owned(), next.to_owned()))));
    let requires = &installed.requires["acme-app"];
    assert_eq!(requires.len(), 2, "{requires:?}");
    assert!(requires.iter().all(|line| line.contains("==")), "{requires:?}");
    assert!(requires.iter().any(|line| line.contains("acme-core[fast]==0.4.0") && line.contains("python_version")));
    assert!(installed.requires["acme-core"][0].starts_with("acme-speed==0.2.0"));
}

/// Merged in one way, to both servers that are not ours.
macro_rules! merged {
    ($($module:ident = $how:expr),* $(,)?) => { $(
        mod $module {
            use releasekit_e2e::Merge;

            #[test]
            fn to_pypiserver() {
                let Some(scene) = crate::uv::scene() else { return };
                super::to(&scene, "pypiserver", $how);
            }

            #[test]
            fn to_devpi() {
                let Some(scene) = crate::uv::scene() else { return };
                super::to(&scene, "devpi", $how);
            }
        }
    )* };
}

merged! { release_merge = Merge::Commit, release_squash = Merge::Squash, release_rebase = Merge::Rebase }

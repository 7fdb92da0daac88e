//! What only a release of pnpm has: a lockfile of which nothing moves but a specifier, requirements in the language of npm, and names that
//! point to versions.

use std::collections::BTreeMap;

use releasekit_e2e::worlds::pnpm::Js;
use releasekit_e2e::{Merge, Role, Scene};
use releasekit_testkit::{Pnpm, Tools};

use crate::journeys::whole::{Whole, whole};

/// Goes the whole way to a registry that others wrote.
#[track_caller]
fn to_verdaccio(pnpm: &'static Js, how: Merge) {
    let Some((tools, _)) = Tools::require_with_javascript() else { return };
    let scene = Scene::new(pnpm, &tools, crate::binary());
    let gone = whole(&scene, scene.foreign("verdaccio"), how);
    locks_a_line_for_each_range(&gone);
    requires_what_was_released(&gone);
    points_latest_to_what_was_released(&gone);
}

fn locks_a_line_for_each_range(Whole { journey, commits: [base, head], .. }: &Whole) {
    let moved = journey.sandbox().git(["diff", "--numstat", base, head, "--", "pnpm-lock.yaml"]);
    let lines = moved.split_whitespace().take(2).collect::<Vec<_>>();
    assert_eq!(lines, ["1", "1"], "one range is left, and no other line of the lockfile says a version");
}

fn requires_what_was_released(Whole { installed, .. }: &Whole) {
    assert_eq!(installed.requires["@acme/app"], ["@acme/core ^0.4.0", "@acme/legacy 1.4.3"]);
    assert_eq!(installed.requires["@acme/legacy"], ["@acme/stamp ~0.1.1"]);
    assert_eq!(installed.requires["@acme/core"], ["@acme/speed >=0.2"], "what admits the version stays");
}

fn points_latest_to_what_was_released(Whole { journey, .. }: &Whole) {
    let latest = |role: Role, version: &str| ((journey.name(role).to_owned(), "latest".to_owned()), version.to_owned());
    let expected = [
        latest(Role::App, "0.5.1"),
        latest(Role::Core, "0.4.0"),
        latest(Role::Legacy, "1.4.3"),
        latest(Role::Speed, "0.2.0"),
        latest(Role::Stamp, "0.1.1"),
    ];
    assert_eq!(journey.registry().channels(), BTreeMap::from(expected));
}

/// Merged in each way.
macro_rules! merged {
    ($($name:ident = $pnpm:expr, $how:expr);* $(;)?) => { $(
        #[test]
        fn $name() {
            to_verdaccio(&Js($pnpm), $how);
        }
    )* };
}

merged! {
    by_merge_with_pnpm_10 = Pnpm::V10, Merge::Commit;
    by_merge_with_pnpm_12 = Pnpm::V12, Merge::Commit;
    by_squash = Pnpm::V12, Merge::Squash;
    by_rebase = Pnpm::V12, Merge::Rebase;
}

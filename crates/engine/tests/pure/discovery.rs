//! What is found and cannot be read stops what needs it, and nothing else.

use crate::support::World;
use releasekit_core::Diagnostic;
use releasekit_core::policy::{PackagePolicy, Participation};

#[test]
fn a_version_that_cannot_be_read_stops_the_plans_that_need_it_in_one_error() {
    let world = || World::default().package("core", "1.0.0").unread("a", "its backend computes it");
    let start = |world: World| world.commit(&["core"], "feat: start");
    let alone = start(world()).try_plan().expect_err("`a` takes part");
    assert_eq!(alone.to_string(), "the version of `py:a` cannot be read: its backend computes it");
    let several = world().unread("b", "there is none").unread("c", "its backend computes it");
    let error = start(several).try_plan().expect_err("three take part");
    assert_eq!(
        error.to_string(),
        "the versions of 3 packages cannot be read\n  its backend computes it: `py:a`, `py:c`\n  there is none: `py:b`"
    );
    assert_eq!((error.code().as_str(), error.help().as_deref()), ("RK-TEST-UNREAD", Some("write it down")));
    assert_eq!((error.labels().len(), error.parts().len()), (1, 0), "one error with one place");
}

#[test]
fn who_takes_no_part_needs_no_version() {
    let world = || World::default().package("core", "1.0.0").unread("a", "its backend computes it").needs("a", "core");
    let first = ["core 1.0.0 → 1.0.0 none (first-release)"];
    assert_eq!(world().private("a").commit(&["core"], "feat: start").moves(), first);
    let left_out = PackagePolicy { release: Some(Participation::None), ..PackagePolicy::default() };
    let world = world().policy(|policy| drop(policy.packages.insert("a".to_owned(), left_out)));
    assert_eq!(world.commit(&["core"], "feat: start").moves(), first);
}

//! Packages that are versioned together: by the configuration, by the place of their version, across schemes.

use releasekit_core::Diagnostic;
use releasekit_core::model::{DependencyKind, EcosystemLabel};
use releasekit_core::policy::{EcosystemPolicy, Propagate, Versioning};
use releasekit_core::requirements::Pin;
use releasekit_engine::prepare::preview;

use crate::notes::head;
use crate::support::World;

/// Two released packages of each ecosystem, two of them with one name, and one whose version stands in tags.
fn polyglot() -> World {
    let world = World::default().package("core", "1.4.0").package("app", "1.0.0").needs("app", "core");
    let world = world.package("npm/core", "1.2.0").package("npm/web", "2.0.0").in_tags("npm/tool");
    let tags = ["core-v1.4.0", "app-v1.0.0", "npm/core-v1.2.0", "npm/web-v2.0.0", "npm/tool-v0.3.0"];
    let world = world.policy(|policy| policy.tag_format = vec!["{path}-v{version}".to_owned()]);
    world.commit(&[], "start").tag(&tags)
}

#[test]
fn equal_names_of_two_workspaces_are_told_apart() {
    let mut world = polyglot().commit(&["npm/core"], "fix: one");
    world.policy.packages.entry("py:core".to_owned()).or_default().depends_on = vec!["npm:core".to_owned()];
    let moved = world.clone().moves();
    assert_eq!(
        moved,
        [
            "npm:core 1.2.0 → 1.2.1 patch (commit)",
            "core 1.4.0 → 1.4.1 patch (npm:core)",
            "app 1.0.0 → 1.0.1 patch (core)"
        ]
    );
}

/// A requirement is on the package of the own workspace, never on whatever else has its name.
#[test]
fn a_requirement_is_not_asked_about_a_package_of_another_workspace() {
    let mut world = polyglot().commit(&["npm/core"], "feat!: one");
    world.policy.propagate = Propagate::OutOfRange;
    let pinned = EcosystemPolicy { pin: Some(Pin::Keep), ..EcosystemPolicy::default() };
    world.policy.ecosystems.insert(EcosystemLabel::new("py"), pinned);
    world.policy.packages.entry("app".to_owned()).or_default().depends_on = vec!["npm:core".to_owned()];
    world = world.needs_as("app", "core", DependencyKind::Optional, "a requirement that nobody can read");
    assert_eq!(world.moves(), ["npm:core 1.2.0 → 2.0.0 major (commit)", "app 1.0.0 → 1.0.1 patch (npm:core)"]);
}

/// Where no file says the version, a package moves from its last tag, and a first version from nothing.
#[test]
fn what_stands_in_tags_moves_from_its_last_tag() {
    let world = polyglot().in_tags("npm/new").commit(&["npm/tool"], "fix: one");
    let planned = world.try_plan().expect("a plan");
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let edits = runtime.block_on(preview(&planned, &head(), None, None)).expect("edits").packages;
    let text = String::from_utf8(edits[0].content.clone().expect("a text")).expect("a text");
    assert_eq!(text, "new from nothing to 0.1.0\ntool from 0.3.0 to 0.3.1\n");
}

#[test]
fn a_fixed_group_takes_one_version_in_the_spelling_of_each_scheme() {
    let world = polyglot().group("kit", Versioning::Fixed, &["py:core", "npm:core", "npm:tool"]);
    let moved = world.commit(&["npm/tool"], "feat: one").moves();
    assert_eq!(
        moved,
        [
            "npm:core 1.2.0 → 1.5.0 minor (group)",
            "npm:tool 0.3.0 → 1.5.0 minor (commit, group)",
            "core 1.4.0 → 1.5.0 minor (group)",
            "app 1.0.0 → 1.0.1 patch (core)"
        ]
    );
    // Final versions look alike in both schemes, prereleases do not.
    let with = |folder: &str, name: &str, version: &str| {
        let world = polyglot().package(folder, version).group("kit", Versioning::Fixed, &[name, "npm:web", "py:core"]);
        world.moves().into_iter().filter(|line| !line.starts_with("app")).collect::<Vec<_>>()
    };
    let web = "npm:web 2.0.0 → 3.0.0-rc.1 none (group)";
    let core = "core 1.4.0 → 3.0.0rc1 none (group)";
    let new = "new 3.0.0rc1 → 3.0.0rc1 none (first-release)";
    assert_eq!(with("new", "py:new", "3.0.0rc1"), [web, core, new]);
    let new = "npm:new 3.0.0-rc.1 → 3.0.0-rc.1 none (first-release)";
    assert_eq!(with("npm/new", "npm:new", "3.0.0-rc.1"), [new, web, core]);
}

/// Whoever is released for the first time is held against what others have spent, whichever scheme is the first one's.
#[test]
fn a_spent_version_is_seen_across_schemes() {
    for (new, version, old) in [("a", "2.0.0rc1", "npm/b"), ("npm/a", "2.0.0-rc.1", "b")] {
        let world = World::default().package(new, version).package(old, "2.0.0").commit(&[], "start");
        let world = world.tag(&["b-v2.0.0"]).policy(|policy| policy.synchronize = true);
        let moved = world.moves();
        assert!(moved.len() == 2 && moved.iter().all(|line| line.contains("→ 2.0.1 patch")), "{moved:?}");
    }
}

#[test]
fn only_those_that_move_take_the_version_of_a_linked_group() {
    let world = polyglot().group("kit", Versioning::Linked, &["py:core", "npm:core", "npm:web"]);
    let moved = world.clone().commit(&["npm/core"], "feat: one").moves();
    assert_eq!(moved, ["npm:core 1.2.0 → 2.1.0 minor (commit, group)"]);
    let both = world.commit(&["npm/core"], "feat: one").commit(&["npm/web"], "fix: two").moves();
    assert_eq!(both, ["npm:core 1.2.0 → 2.1.0 minor (commit, group)", "npm:web 2.0.0 → 2.1.0 minor (commit, group)"]);
}

/// Without it nobody could see why a fix brings a minor version, or a first release another one than the file's.
#[test]
fn who_gets_another_version_than_its_own_has_the_group_as_a_reason() {
    let world = World::default().package("a", "1.0.0").package("b", "1.0.0").package("c", "1.0.0");
    let world = world.group("kit", Versioning::Fixed, &["a", "b", "c"]).commit(&[], "start");
    let world = world.tag(&["a-v1.0.0", "b-v1.0.0", "c-v1.0.0"]).commit(&["a"], "feat: one").commit(&["b"], "fix: two");
    let planned = world.clone().try_plan().expect("a plan");
    let movers = |member: usize| planned.movers(member, Some("kit")).into_iter().collect::<Vec<_>>();
    assert_eq!([movers(0), movers(1), movers(2)], [vec![1], vec![0], vec![0, 1]], "the others that move by themselves");
    assert_eq!(
        world.moves(),
        ["a 1.0.0 → 1.1.0 minor (commit)", "b 1.0.0 → 1.1.0 minor (commit, group)", "c 1.0.0 → 1.1.0 minor (group)"]
    );
    let world =
        World::default().package("a", "1.0.0").package("b", "2.0.0").group("kit", Versioning::Fixed, &["a", "b"]);
    assert_eq!(
        world.commit(&[], "start").moves(),
        ["a 1.0.0 → 2.0.0 none (first-release, group)", "b 2.0.0 → 2.0.0 none (first-release)"]
    );
}

#[test]
fn a_group_that_is_independent_is_a_name_alone() {
    let world = polyglot().group("kit", Versioning::Independent, &["py:core", "npm:core"]);
    let plan = world.commit(&["core"], "fix: one").plan();
    let groups: Vec<_> = plan.iter().map(|row| (row.id().to_string(), row.group.as_deref())).collect();
    assert!(groups.contains(&("py:core".to_owned(), Some("kit"))), "{groups:?}");
    assert_eq!(plan.iter().filter(|row| row.is_included()).count(), 2, "core and what needs it");
}

#[test]
fn packages_whose_version_stands_in_one_place_move_together() {
    let world = World::default().package("a", "1.0.0").package("b", "1.0.0").package("c", "1.0.0");
    let world = world.sharing(&["a", "b"], "Cargo.toml").needs("c", "b");
    let world = world.commit(&[], "start").tag(&["a-v1.0.0", "b-v1.0.0", "c-v1.0.0"]).commit(&["a"], "feat: one");
    let plan = world.clone().plan();
    assert_eq!(
        plan.iter().find(|row| row.name.as_str() == "b").and_then(|row| row.group.as_deref()),
        Some("Cargo.toml")
    );
    assert_eq!(
        world.moves(),
        ["a 1.0.0 → 1.1.0 minor (commit)", "b 1.0.0 → 1.1.0 minor (group)", "c 1.0.0 → 1.0.1 patch (b)"]
    );
}

/// The group pulls `b`, which moves `c`, whose group pulls `d`.
#[test]
fn groups_and_dependencies_are_followed_until_nothing_changes() {
    let world = ["a", "b", "c", "d"].iter().fold(World::default(), |world, name| world.package(name, "1.0.0"));
    let world = world.group("one", Versioning::Fixed, &["a", "b"]).group("two", Versioning::Fixed, &["c", "d"]);
    let world = world.needs("c", "b").commit(&[], "start").tag(&["a-v1.0.0", "b-v1.0.0", "c-v1.0.0", "d-v1.0.0"]);
    assert_eq!(
        world.commit(&["a"], "feat!: one").moves(),
        [
            "a 1.0.0 → 2.0.0 major (commit)",
            "b 1.0.0 → 2.0.0 major (group)",
            "d 1.0.0 → 1.0.1 patch (group)",
            "c 1.0.0 → 1.0.1 patch (b)"
        ]
    );
}

/// Nothing of the group has changed itself: a package outside moves one of its packages, and that one the others.
#[test]
fn a_group_is_pulled_by_a_dependency_of_one_of_its_packages() {
    let world = ["a", "b", "x"].iter().fold(World::default(), |world, name| world.package(name, "1.0.0"));
    let world = world.group("kit", Versioning::Fixed, &["a", "b"]).needs("a", "x");
    let world = world.commit(&[], "start").tag(&["a-v1.0.0", "b-v1.0.0", "x-v1.0.0"]);
    assert_eq!(
        world.commit(&["x"], "feat: one").moves(),
        ["b 1.0.0 → 1.0.1 patch (group)", "x 1.0.0 → 1.1.0 minor (commit)", "a 1.0.0 → 1.0.1 patch (x)"]
    );
}

/// What stands in one place is in a group with a third package: all three have one version.
#[test]
fn overlapping_groups_meet_at_the_highest_version() {
    let world = World::default().package("a", "1.0.0").package("b", "1.0.0").package("c", "3.0.0");
    let world = world.sharing(&["a", "b"], "Cargo.toml").group("kit", Versioning::Fixed, &["b", "c"]);
    let world = world.commit(&[], "start").tag(&["a-v1.0.0", "b-v1.0.0", "c-v3.0.0"]).commit(&["a"], "fix: one");
    let moved = world.moves();
    assert_eq!(moved.len(), 3);
    assert!(moved.iter().all(|line| line.contains("→ 3.0.1")), "{moved:?}");
}

#[test]
fn a_fixed_group_may_have_one_tag() {
    let mut world = polyglot().group("kit", Versioning::Fixed, &["npm:core", "py:core"]);
    world.policy.groups.get_mut("kit").expect("it was made").tag_format = vec!["kit-v{version}".to_owned()];
    for name in ["core", "npm/core"] {
        world = world.at(name, "1.5.0");
    }
    let world = world.commit(&["core"], "fix: one").tag(&["kit-v1.5.0"]).commit(&["npm/core"], "fix: two");
    let plan = world.plan();
    let tag = |id: &str| plan.iter().find(|row| row.id().to_string() == id).and_then(|row| row.tag.clone());
    assert_eq!(tag("py:core").expect("it moves").as_str(), "kit-v1.5.1");
    assert_eq!(tag("py:core"), tag("npm:core"));
}

#[test]
fn a_version_that_says_more_than_numbers_is_not_shared() {
    let world = World::default().package("a", "1!1.0.0").package("b", "1.0.0").commit(&[], "start");
    let world = world.tag(&["a-v1!1.0.0", "b-v1.0.0"]).group("kit", Versioning::Fixed, &["a", "b"]);
    let error = world.commit(&["b"], "fix: one").try_plan().expect_err("an epoch has no place there");
    assert_eq!(error.code().as_str(), "RK-VERSION-NOT-SHARED");
    assert!(error.to_string().contains("`py:a`") && error.to_string().contains("`kit`"), "{error}");
    // A fourth number would get lost without anybody being pulled down.
    let world = World::default().package("a", "1.0.0.4").package("b", "1.0.0").commit(&[], "start");
    let world = world.tag(&["b-v1.0.0"]).group("kit", Versioning::Fixed, &["a", "b"]).commit(&["b"], "fix: one");
    let error = world.try_plan().expect_err("neither has the fourth number");
    assert_eq!(error.code().as_str(), "RK-VERSION-NOT-SHARED");
    assert!(error.to_string().contains("1.0.0.4"), "{error}");
}

#[test]
fn a_label_is_shared_where_every_scheme_can_spell_it() {
    let world = |version: &str| {
        let world = World::default().package("a", "1.0.0").package("npm/b", version).commit(&["a"], "feat: start");
        world.tag(&["a-v1.0.0"]).policy(|policy| policy.synchronize = true)
    };
    let expected = ["npm:b 2.0.0-rc.1 → 2.0.0-rc.1 none (first-release)", "a 1.0.0 → 2.0.0rc1 none (group)"];
    assert_eq!(world("2.0.0-rc.1").moves(), expected);
    let error = world("2.0.0-canary.1").try_plan().expect_err("PEP 440 has no canaries");
    assert_eq!(error.code().as_str(), "RK-VERSION-LABEL");
    assert!(error.to_string().contains("`py:a`"), "whose version it would be: {error}");
}

#[test]
fn nobody_is_pulled_below_where_its_own_scheme_sees_it() {
    let refused = |world: World, package: &str| {
        let error = world.policy(|policy| policy.synchronize = true).try_plan().expect_err("it would go down");
        assert_eq!(error.code().as_str(), "RK-VERSION-NOT-SHARED");
        assert!(error.to_string().contains(package), "{error}");
    };
    // To SemVer `snapshot` is later than `rc`; where schemes meet, a label that nobody knows comes before it.
    let world = World::default().package("npm/a", "2.0.0-snapshot.1").package("npm/b", "2.0.0-rc.1");
    refused(world.commit(&[], "start"), "`npm:a`");
    let world = World::default().package("a", "1!1.0.0").package("b", "2.0.0").commit(&["a"], "feat: start");
    refused(world.tag(&["a-v1!1.0.0"]), "`py:a`");
}

//! Plans from packages, commits and tags: what moves, how far, and why.

use crate::support::{World, commit_id};
use proptest::prelude::*;
use releasekit_core::model::{Bump, DependencyKind, EcosystemLabel, RepoPath};
use releasekit_core::policy::{CommitType, Propagate};
use releasekit_core::requirements::Pin;
use releasekit_core::{Diagnostic, VersionScheme};
use releasekit_engine::bump::Held;
use releasekit_engine::plan::Status;
use releasekit_formats::python::Pep440;

/// `core` ← `mid` ← `top`, all released as 1.0.0.
fn chain() -> World {
    World::default()
        .package("core", "1.0.0")
        .package("mid", "1.0.0")
        .package("top", "1.0.0")
        .needs("mid", "core")
        .needs("top", "mid")
        .commit(&["core", "mid", "top"], "feat: all")
        .tag(&["core-v1.0.0", "mid-v1.0.0", "top-v1.0.0"])
}

#[test]
fn nothing_moves_without_a_commit_that_says_so() {
    assert_eq!(chain().moves(), [""; 0]);
    assert_eq!(chain().commit(&["core"], "docs: more").commit(&["core"], "Merge branch 'x'").moves(), [""; 0]);
    assert_eq!(chain().commit(&[], "feat: of no package").moves(), [""; 0]);
}

#[test]
fn what_the_version_control_system_keeps_in_commits_moves_nobody() {
    let mut world = chain().commit(&["core"], "feat: records of its own");
    assert_eq!(world.clone().moves().len(), 3, "the folder is a package's");
    world.bookkeeping = vec![RepoPath::new("core").expect("a legal path")];
    assert_eq!(world.moves(), [""; 0]);
}

#[test]
fn commits_decide_how_far_and_dependents_follow_by_a_patch() {
    let moved = chain().commit(&["core"], "fix: a").commit(&["core"], "feat: b").commit(&["mid"], "perf: c").moves();
    assert_eq!(
        moved,
        [
            "core 1.0.0 → 1.1.0 minor (commit, commit)",
            "mid 1.0.0 → 1.0.1 patch (commit, core)",
            "top 1.0.0 → 1.0.1 patch (mid)"
        ]
    );
    assert_eq!(chain().commit(&["top"], "feat!: c").moves(), ["top 1.0.0 → 2.0.0 major (commit)"]);
}

#[test]
fn a_break_below_one_is_what_the_configuration_says() {
    let young = || {
        World::default().package("a", "0.3.1").commit(&["a"], "feat: a").tag(&["a-v0.3.1"]).commit(&["a"], "feat!: b")
    };
    assert_eq!(young().moves(), ["a 0.3.1 → 0.4.0 minor (commit)"]);
    let major = young().policy(|policy| policy.breaking_below_one = Bump::Major);
    assert_eq!(major.moves(), ["a 0.3.1 → 1.0.0 major (commit)"]);
}

#[test]
fn a_feature_below_one_is_what_the_configuration_says() {
    let moved = |version: &str, message: &str| {
        let world = World::default().package("a", version).commit(&["a"], "feat: a").tag(&[&format!("a-v{version}")]);
        world.policy(|policy| policy.features_below_one = Bump::Patch).commit(&["a"], message).moves()
    };
    assert_eq!(moved("0.3.1", "feat: b"), ["a 0.3.1 → 0.3.2 patch (commit)"]);
    assert_eq!(moved("0.3.1", "feat!: b"), ["a 0.3.1 → 0.4.0 minor (commit)"]);
    assert_eq!(moved("0.3.1", "fix: b\n\nrelease: minor"), ["a 0.3.1 → 0.4.0 minor (trailer)"]);
    assert_eq!(moved("1.3.1", "feat: b"), ["a 1.3.1 → 1.4.0 minor (commit)"]);
}

#[test]
fn a_version_that_says_more_than_its_numbers_may_be_below_one_too() {
    let moved = |package: &str, version: &str| {
        let tag = format!("{}-v{version}", package.rsplit('/').next().unwrap_or(package));
        let world = World::default().workspace("js").package(package, version).commit(&[package], "feat: a");
        world.tag(&[&tag]).commit(&[package], "feat!: b").moves()
    };
    assert_eq!(moved("js/a", "0.17.0+1.8.1"), ["js:a 0.17.0+1.8.1 → 0.18.0 minor (commit)"]);
    assert_eq!(moved("js/a", "1.0.0+1.8.1"), ["js:a 1.0.0+1.8.1 → 2.0.0 major (commit)"]);
    assert_eq!(moved("a", "0.3.1.post1"), ["a 0.3.1.post1 → 0.4.0 minor (commit)"]);
}

#[test]
fn a_package_without_a_tag_is_a_first_release() {
    let world = World::default().package("a", "0.0.0").package("b", "2.0.0rc1").package("c", "1.0.0").needs("c", "a");
    let world = world.commit(&["a", "b", "c"], "feat: start").tag(&["c-v1.0.0"]);
    let moved = world.moves();
    assert_eq!(
        moved,
        [
            "a 0.0.0 → 0.1.0 none (first-release)",
            "b 2.0.0rc1 → 2.0.0rc1 none (first-release)",
            "c 1.0.0 → 1.0.1 patch (a)"
        ]
    );
}

#[test]
fn with_a_bootstrap_commit_history_begins_there() {
    let world = World::default().package("a", "1.2.0").commit(&["a"], "feat: old").commit(&["a"], "fix: new");
    let world = world.policy(|policy| policy.bootstrap_sha = Some(commit_id(0)));
    assert_eq!(world.clone().moves(), ["a 1.2.0 → 1.2.1 patch (commit)"]);
    assert_eq!(world.commit(&["a"], "feat: newer").moves(), ["a 1.2.0 → 1.3.0 minor (commit, commit)"]);
}

#[test]
fn a_version_ahead_of_its_tag_is_a_floor() {
    let at = |version: &str| World::default().package("a", version).commit(&["a"], "feat: a").tag(&["a-v1.0.0"]);
    assert_eq!(at("1.5.0").moves(), ["a 1.5.0 → 1.5.0 none (version-ahead)"]);
    assert_eq!(at("1.0.5").commit(&["a"], "feat: b").moves(), ["a 1.0.5 → 1.1.0 minor (version-ahead, commit)"]);
    assert_eq!(at("1.5.0").commit(&["a"], "feat: b").moves(), ["a 1.5.0 → 1.5.0 none (version-ahead, commit)"]);
}

#[test]
fn a_version_below_its_tag_is_refused() {
    let world = World::default().package("a", "0.9.0").commit(&["a"], "feat: a").tag(&["a-v1.0.0"]);
    let error = world.try_plan().expect_err("0.9.0 lies below 1.0.0");
    assert_eq!(error.code().as_str(), "RK-VERSION-BEHIND-TAG");
}

#[test]
fn a_version_below_its_tag_holds_back_its_package_and_those_that_need_it_alone() {
    let world = chain().package("other", "1.0.0").package("old", "0.9.0").commit(&[], "feat: start");
    let world = world.tag(&["core-v1.1.0", "other-v1.0.0", "old-v1.0.0"]);
    let world = world.commit(&["core", "mid", "other"], "fix: all");
    assert_eq!(world.clone().moves(), ["other 1.0.0 → 1.0.1 patch (commit)"]);
    let planned = world.try_plan().expect("a plan without them");
    let held = |name: &str| {
        let members = &planned.snapshot.discovery.members;
        let index = members.iter().position(|member| member.id.name.as_str() == name).expect("it is there");
        planned.bumps.0[index].held.clone()
    };
    for name in ["core", "old"] {
        let Some(Held::Refused(refusal)) = held(name) else { panic!("{name} is refused") };
        assert_eq!(refusal.code.as_str(), "RK-VERSION-BEHIND-TAG");
        assert!(refusal.message.contains("`py:core`") && refusal.message.contains("`py:old`"), "{refusal:?}");
    }
    assert!(matches!(held("mid"), Some(Held::With { .. })), "it needs what waits");
}

#[test]
fn a_tag_that_exists_anywhere_is_never_made_again() {
    let mut world = chain().commit(&["core"], "fix: a");
    world.tags.push(("core-v1.0.1".to_owned(), 7));
    let error = world.try_plan().expect_err("1.0.1 is tagged on a commit that HEAD does not reach");
    assert_eq!(error.code().as_str(), "RK-VERSION-TAG-EXISTS");
}

#[test]
fn private_packages_stop_what_spreads() {
    let world =
        World::default().package("core", "1.0.0").package("app", "1.0.0").private("app").package("web", "1.0.0");
    let world = world.needs("app", "core").needs_as("web", "app", DependencyKind::Dev, "app");
    let world =
        world.commit(&["core"], "feat: a").tag(&["core-v1.0.0", "web-v1.0.0"]).commit(&["core", "app"], "fix: b");
    let plan = world.plan();
    let status: Vec<_> = plan.iter().map(|row| (row.name.as_str(), row.status, row.tag.is_some())).collect();
    assert_eq!(
        status,
        [("core", Status::Included, true), ("web", Status::Skipped, false), ("app", Status::Excluded, false)]
    );
}

#[test]
fn a_published_package_may_not_need_a_private_one() {
    let world = World::default().package("core", "1.0.0").private("core").package("app", "1.0.0").needs("app", "core");
    let error = world.commit(&[], "feat: a").try_plan().expect_err("nobody could install app");
    assert_eq!(error.code().as_str(), "RK-GRAPH-PRIVATE-DEPENDENCY");
}

#[test]
fn circles_are_reported_with_their_path() {
    let world = World::default().package("a", "1").package("b", "1").package("c", "1").package("d", "1");
    let world = world.needs("a", "b").needs("b", "c").needs("c", "a").needs("d", "d").commit(&[], "feat: a");
    let error = world.try_plan().expect_err("two circles");
    let parts: Vec<String> = error.parts().iter().map(|part| part.to_string()).collect();
    assert_eq!(error.code().as_str(), "RK-GRAPH-CYCLE-DETECTED");
    assert_eq!(
        parts,
        [
            "packages need each other in a circle: py:a → py:b → py:c → py:a",
            "packages need each other in a circle: py:d → py:d"
        ]
    );
}

#[test]
fn an_extra_that_closes_a_circle_orders_nothing_and_still_moves() {
    let extra = |world: World, name, other| world.needs_as(name, other, DependencyKind::Optional, other);
    let world = World::default().package("core", "1.0.0").package("plugin", "1.0.0").package("side", "1.0.0");
    let world = extra(extra(world.needs("plugin", "core"), "core", "plugin"), "plugin", "side");
    let world = world.commit(&["core"], "feat: a").tag(&["core-v1.0.0", "plugin-v1.0.0", "side-v1.0.0"]);
    let world = world.commit(&["plugin"], "fix: b");
    let rows = world.plan();
    let levels: Vec<_> = rows.iter().map(|row| (row.name.as_str(), row.level, row.status)).collect();
    let included = Status::Included;
    assert_eq!(levels, [("core", 0, included), ("side", 0, Status::Skipped), ("plugin", 1, included)]);
}

#[test]
fn an_extra_may_need_a_private_package() {
    let world = World::default().package("core", "1.0.0").private("core").package("app", "1.0.0");
    let world = world.needs_as("app", "core", DependencyKind::Optional, "core");
    assert_eq!(world.commit(&[], "feat: a").plan().len(), 2);
}

#[test]
fn development_dependencies_order_nothing() {
    let world = World::default().package("a", "1.0.0").package("b", "1.0.0").needs("a", "b");
    let world = world.needs_as("b", "a", DependencyKind::Dev, "a").commit(&[], "feat: a");
    assert_eq!(world.plan().iter().map(|row| (row.name.as_str(), row.level)).collect::<Vec<_>>(), [("b", 0), ("a", 1)]);
}

#[test]
fn synchronized_packages_share_the_highest_version() {
    let world = chain().package("old", "0.9.0").tag(&["old-v0.9.0"]).commit(&["core"], "feat: a");
    let moved = world.policy(|policy| policy.synchronize = true).moves();
    assert_eq!(
        moved,
        [
            "core 1.0.0 → 1.1.0 minor (commit)",
            "old 0.9.0 → 1.1.0 minor (group)",
            "mid 1.0.0 → 1.1.0 minor (group)",
            "top 1.0.0 → 1.1.0 minor (group)"
        ]
    );
}

#[test]
fn released_packages_follow_a_new_one_past_their_spent_version() {
    let with = |version: &str, message: &str| {
        let world = chain().package("new", version).commit(&["core"], message);
        let moved = world.policy(|policy| policy.synchronize = true).plan();
        moved.iter().map(|row| format!("{} {}", row.name, row.next.as_ref().expect("it moves"))).collect::<Vec<_>>()
    };
    let all = |version: &str| ["core", "new", "mid", "top"].map(|name| format!("{name} {version}"));
    assert_eq!(with("0.1.0", "docs: a"), all("1.0.1"));
    assert_eq!(with("1.0.0", "docs: a"), all("1.0.1"));
    assert_eq!(with("1.0.0rc1", "docs: a"), all("1.0.1"));
    assert_eq!(with("2.0.0", "feat: a"), all("2.0.0"), "a first release is what its file says");
}

#[test]
fn every_workspace_has_a_label_of_its_own() {
    let world = World::default().package("a", "1").workspace("py").package("py/b", "1").workspace("tools/py");
    let world = world.package("tools/py/c", "1").commit(&[], "feat: start");
    let ids: Vec<String> = world.plan().iter().map(|row| row.id().to_string()).collect();
    assert_eq!(ids, ["py:b", "root-py:a", "tools/py:c"]);
}

/// What a table says of registries would else be passed over, and files be sent to the public one.
#[test]
fn a_table_that_names_no_ecosystem_is_about_the_workspace_that_is_found_there() {
    let world =
        World::default().package("a", "1").workspace("x").package("x/b", "1").workspace("y").package("y/c", "1");
    let world = world.policy(|policy| {
        let mut table = |label: &str, root: Option<&str>| {
            let it = policy.ecosystems.entry(EcosystemLabel::new(label)).or_default();
            it.tag_format = vec![format!("of-{label}-{{name}}-{{version}}")];
            it.workspace_root = root.map(|root| RepoPath::new(root).expect("a path"));
        };
        table("x", None);
        table("why", Some("y"));
        table("nowhere", None);
    });
    let rows = world.commit(&[], "feat: start").plan();
    let tags: Vec<String> = rows.iter().filter_map(|row| Some(format!("{} {}", row.id(), row.tag.as_ref()?))).collect();
    assert_eq!(tags, ["py:a a-v1", "why:c of-why-c-1", "x:b of-x-b-1"]);
}

#[test]
fn packages_of_one_name_in_two_workspaces_need_formats_that_tell_them_apart() {
    let world = World::default().package("a", "1").workspace("js").package("js/a", "1").commit(&[], "feat: start");
    let error = world.clone().try_plan().expect_err("both would be a-v1");
    assert_eq!(error.code().as_str(), "RK-TAG-AMBIGUOUS");
    assert!(error.help().is_some_and(|help| help.contains("{label}")), "{:?}", error.help());
    let world = world.policy(|policy| policy.tag_format = vec!["{label}/{name}-v{version}".to_owned()]);
    let tags: Vec<String> = world.plan().iter().filter_map(|row| Some(row.tag.as_ref()?.to_string())).collect();
    assert_eq!(tags, ["js/a-v1", "py/a-v1"]);
}

#[test]
fn out_of_range_asks_the_requirement_unless_pins_are_exact() {
    let world = |pin| {
        let world = chain().commit(&["core"], "feat!: a").policy(move |policy| {
            policy.propagate = Propagate::OutOfRange;
            let label = releasekit_core::model::EcosystemLabel::new("py");
            policy.ecosystems.entry(label).or_default().pin = Some(pin);
        });
        let mut world = world;
        world.packages[1].dependencies[0].requirement = "core>=1,<2".to_owned();
        world
    };
    assert_eq!(world(Pin::Exact).moves().len(), 3);
    let moved = world(Pin::Keep).moves();
    assert_eq!(moved, ["core 1.0.0 → 2.0.0 major (commit)", "mid 1.0.0 → 1.0.1 patch (core)"]);
}

#[test]
fn a_requirement_is_read_in_the_dialect_of_who_declares_it() {
    // Only cargo knows `^1.0`, also where others number their packages as it does.
    let world = World::default().package("py", "1.0.0").package("npm/lib", "1.0.0").package("npm/app", "1.0.0");
    let world = world.package("deno/tool", "1.0.0");
    let world = world.needs_as("npm/app", "lib", DependencyKind::Runtime, "^1.0").policy(|policy| {
        policy.propagate = Propagate::OutOfRange;
        policy.ecosystems.entry(EcosystemLabel::new("npm")).or_default().pin = Some(Pin::Keep);
    });
    let world = world.commit(&["py", "npm/lib", "npm/app", "deno/tool"], "feat: all");
    let world = world.tag(&["py-v1.0.0", "lib-v1.0.0", "app-v1.0.0", "tool-v1.0.0"]);
    assert_eq!(world.clone().commit(&["npm/lib"], "feat: a").moves(), ["npm:lib 1.0.0 → 1.1.0 minor (commit)"]);
    let moved = world.commit(&["npm/lib"], "feat!: a").moves();
    assert_eq!(moved, ["npm:lib 1.0.0 → 2.0.0 major (commit)", "npm:app 1.0.0 → 1.0.1 patch (npm:lib)"]);
}

#[test]
fn commit_types_are_configurable() {
    let docs = CommitType { bump: Bump::Patch, section: None };
    let world =
        chain().commit(&["top"], "docs: a").policy(|policy| drop(policy.commit_types.insert("docs".to_owned(), docs)));
    assert_eq!(world.moves(), ["top 1.0.0 → 1.0.1 patch (commit)"]);
}

#[test]
fn a_shallow_clone_concludes_nothing() {
    let mut world = World::default().package("a", "1.0.0").commit(&["a"], "feat: a");
    world.shallow = true;
    assert_eq!(world.try_plan().expect_err("no tag in sight").code().as_str(), "RK-TEST-INCOMPLETE");
}

#[test]
fn a_bootstrap_commit_must_exist_in_the_clone() {
    let from = |commit| chain().policy(|policy| policy.bootstrap_sha = Some(commit));
    assert!(from(commit_id(0)).try_plan().is_ok());
    let error = from(commit_id(7)).try_plan().expect_err("there is one commit");
    assert_eq!(error.code().as_str(), "RK-TEST-INCOMPLETE");
    assert!(error.to_string().contains("bootstrap_sha"), "{error}");
}

fn arbitrary_world() -> impl Strategy<Value = World> {
    let edges = proptest::collection::vec((0usize..6, 0usize..6), 0..10);
    let messages = proptest::sample::select(vec!["feat: a", "fix: b", "feat!: c", "docs: d", "chore: e"]);
    let commits = proptest::collection::vec((0usize..6, messages), 0..8);
    (edges, commits).prop_map(|(edges, commits)| {
        let name = |index: usize| format!("p{index}");
        let mut world =
            (0..6).fold(World::default(), |world, index| world.package(&name(index), &format!("1.{index}.0")));
        for (a, b) in edges {
            if a > b {
                world = world.needs(&name(a), &name(b));
            }
        }
        let tags: Vec<String> = (0..6).map(|index| format!("p{index}-v1.{index}.0")).collect();
        world = world.commit(&[], "start").tag(&tags.iter().map(String::as_str).collect::<Vec<_>>());
        for (index, message) in commits {
            world = world.commit(&[&name(index)], message);
        }
        world
    })
}

/// With tags of the past, in several formats, and with tags of nobody.
fn more_tags(world: impl Strategy<Value = World>) -> impl Strategy<Value = World> {
    let tag = (0usize..6, 0usize..3, proptest::sample::select(vec!["p{}-v{}", "p{}@{}", "q{}-v{}", "p{}/v{}"]));
    (world, proptest::collection::vec(tag, 0..12)).prop_map(|(mut world, tags)| {
        for (package, patch, format) in tags {
            let version = format!("0.{package}.{patch}");
            let name = format.replacen("{}", &package.to_string(), 1).replacen("{}", &version, 1);
            if !world.tags.iter().any(|(known, _)| *known == name) {
                world.tags.push((name, 0));
            }
        }
        world
    })
}

/// The same packages, requirements, tags and touched folders, each list in another order.
fn in_another_order(world: World) -> impl Strategy<Value = World> {
    let packages = Just(world.packages.clone()).prop_shuffle();
    let tags = Just(world.tags.clone()).prop_shuffle();
    (packages, tags, any::<bool>()).prop_map(move |(mut packages, tags, reversed)| {
        let mut commits = world.commits.clone();
        if reversed {
            packages.iter_mut().for_each(|package| package.dependencies.reverse());
            commits.iter_mut().for_each(|(touched, _)| touched.reverse());
        }
        World { packages, tags, commits, ..world.clone() }
    })
}

proptest! {
    #[test]
    fn dependencies_come_first_and_versions_only_rise(world in arbitrary_world()) {
        let plan = world.clone().plan();
        let place = |name: &str| plan.iter().find(|row| row.name.as_str() == name).expect("a row").order;
        for package in &world.packages {
            for dependency in &package.dependencies {
                prop_assert!(place(dependency.name.as_str()) < place(package.name.as_str()));
            }
        }
        for row in plan.iter().filter(|row| row.is_included()) {
            let (current, next) = (row.current.as_ref().expect("given"), row.next.as_ref().expect("included"));
            prop_assert!(Pep440.compare(current, next).is_lt());
        }
    }

    #[test]
    fn whoever_needs_what_moves_moves_too(world in arbitrary_world()) {
        let plan = world.clone().plan();
        let moves = |name: &str| plan.iter().any(|row| row.name.as_str() == name && row.is_included());
        for package in &world.packages {
            for dependency in &package.dependencies {
                prop_assert!(!moves(dependency.name.as_str()) || moves(package.name.as_str()));
            }
        }
    }

    #[test]
    fn no_order_of_packages_requirements_tags_or_folders_matters(
        (world, other) in more_tags(arbitrary_world()).prop_flat_map(|world| (Just(world.clone()), in_another_order(world)))
    ) {
        prop_assert_eq!(world.plan(), other.plan());
    }

    #[test]
    fn the_plan_of_an_applied_plan_is_empty(world in arbitrary_world()) {
        let mut applied = world.clone().commit(&["p0"], "chore(release): release");
        for row in world.plan().iter().filter(|row| row.is_included()) {
            let next = row.next.clone().expect("included");
            let index = applied.packages.iter().position(|package| package.name == row.name).expect("a package");
            applied.packages[index].version = Some(next);
            let at = applied.commits.len() - 1;
            applied.tags.push((row.tag.as_ref().expect("included").to_string(), at));
        }
        prop_assert_eq!(applied.moves(), Vec::<String>::new());
    }
}

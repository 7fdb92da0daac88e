//! Runs for some groups alone: who moves, who is left out, and who is taken later.

use releasekit_core::Diagnostic;
use releasekit_core::policy::{Propagate, Versioning};
use releasekit_engine::bump::Held;
use releasekit_engine::plan::{Row, Status};

use crate::support::World;

/// `web` needs `app`, which needs `core`, in a group each; the last two are released together with a package of no group.
fn world() -> World {
    let world = World::default().package("core", "1.0.0").package("app", "1.0.0").package("web", "1.0.0");
    let world = world.package("side", "1.0.0").needs("app", "core").needs("web", "app");
    let world = world.group("low", Versioning::Independent, &["core"]).group("mid", Versioning::Independent, &["app"]);
    world.commit(&[], "start").tag(&["core-v1.0.0", "app-v1.0.0", "web-v1.0.0", "side-v1.0.0"])
}

fn of(world: World, groups: &[&str]) -> World {
    world.ask(|asked| asked.group = groups.iter().map(|name| (*name).to_owned()).collect())
}

#[test]
fn the_packages_of_the_groups_alone_move() {
    let world = || world().commit(&["core"], "feat: one").commit(&["side"], "fix: two");
    assert_eq!(of(world(), &["low"]).moves(), ["core 1.0.0 → 1.1.0 minor (commit)"]);
    assert_eq!(of(world(), &["mid"]).moves(), Vec::<String>::new(), "what it needs does not move");
    let expected = ["core 1.0.0 → 1.1.0 minor (commit)", "app 1.0.0 → 1.0.1 patch (core)"];
    assert_eq!(of(world(), &["mid", "low"]).moves(), expected);
    let status = |rows: Vec<Row>| rows.iter().map(|row| (row.name.to_string(), row.status)).collect::<Vec<_>>();
    let rows = of(world().commit(&["app"], "fix: three"), &["mid"]).plan();
    assert!(rows.iter().filter(|row| !row.is_included()).all(|row| row.reasons.is_empty() && row.next.is_none()));
    let expected = [
        ("core", Status::DependencyOnly),
        ("side", Status::Excluded),
        ("app", Status::Included),
        ("web", Status::Excluded),
    ];
    assert_eq!(status(rows), expected.map(|(name, status)| (name.to_owned(), status)));
}

#[test]
fn what_is_left_out_is_told_what_it_would_have_done() {
    let world = world().commit(&["core"], "feat: one").commit(&["app"], "fix: two").commit(&["web"], "docs: three");
    let planned = of(world, &["mid"]).try_plan().expect("a plan");
    let told = |name: &str| {
        let index = planned.snapshot.discovery.find(name).expect("it is there");
        let left_out = planned.bumps.0[index].left_out.clone();
        left_out.map(|it| (it.behind.iter().map(|id| id.name.to_string()).collect::<Vec<_>>(), it.would_move))
    };
    assert_eq!(told("core"), Some((Vec::new(), true)));
    assert_eq!(told("app"), None);
    assert_eq!(told("web"), Some((vec!["app".to_owned()], false)));
    assert_eq!(told("side"), Some((Vec::new(), false)));
}

#[test]
fn whoever_cannot_move_apart_from_a_group_comes_along() {
    let world = world().sharing(&["core", "side"], "workspace").commit(&["core"], "feat: one");
    let expected = ["core 1.0.0 → 1.1.0 minor (commit)", "side 1.0.0 → 1.1.0 minor (group)"];
    assert_eq!(of(world, &["low"]).moves(), expected);
}

#[test]
fn what_is_wrong_with_a_package_that_is_left_out_stops_nobody() {
    let world = world().at("side", "0.9.0").commit(&["core"], "feat: one");
    assert_eq!(of(world.clone(), &["low"]).moves(), ["core 1.0.0 → 1.1.0 minor (commit)"]);
    let planned = world.try_plan().expect("a plan");
    let side = planned.snapshot.discovery.find("side").expect("it is there");
    let held = planned.bumps.0[side].held.as_ref().and_then(Held::code);
    assert_eq!(held.expect("it lies below its tag").as_str(), "RK-VERSION-BEHIND-TAG");
}

#[test]
fn a_group_that_nobody_knows_is_refused_with_those_that_there_are() {
    let error = of(world(), &["middle"]).try_plan().expect_err("it is unknown");
    assert_eq!(error.code().as_str(), "RK-GROUP-UNKNOWN");
    assert_eq!(error.help().as_deref(), Some("there are: `low`, `mid`"));
    let world = world().policy(|policy| drop(policy.groups.insert("empty".to_owned(), Default::default())));
    assert_eq!(of(world, &["empty"]).moves(), Vec::<String>::new());
}

/// A release of a group left its dependents where they were: the next run moves them, and theirs.
#[test]
fn dependents_that_were_left_behind_follow_with_the_next_run() {
    let world = || world().commit(&["core"], "feat: one").at("core", "1.1.0").tag(&["core-v1.1.0"]);
    assert_eq!(world().moves(), Vec::<String>::new(), "other tools decided who follows");
    let world = || world().file(".releasekit/manifest-low.json", "{}");
    let expected = ["app 1.0.0 → 1.0.1 patch (core)", "web 1.0.0 → 1.0.1 patch (app)"];
    assert_eq!(world().moves(), expected);
    assert_eq!(of(world(), &["mid"]).moves(), expected[..1]);
    assert_eq!(of(world(), &["low"]).moves(), Vec::<String>::new());
    let followed = world().commit(&[], "chore: release").at("app", "1.0.1").at("web", "1.0.1");
    assert_eq!(followed.tag(&["app-v1.0.1", "web-v1.0.1"]).moves(), Vec::<String>::new());
    let within = world().policy(|policy| policy.propagate = Propagate::Never);
    assert_eq!(within.moves(), Vec::<String>::new());
}

//! Labelled versions count on within their line until they are asked to become final, and what would need them waits.

use releasekit_core::Diagnostic;
use releasekit_core::model::{DependencyKind, EcosystemLabel};
use releasekit_core::requirements::Pin;
use releasekit_engine::bump::Held;

use crate::support::World;

/// A package whose last final release is 1.0.0, at a version that was tagged or not.
fn at(version: &str, tagged: bool) -> World {
    let world = World::default().package("a", version).commit(&["a"], "feat: start").tag(&["a-v1.0.0"]);
    let world = world.commit(&["a"], "chore: version");
    if tagged { world.tag(&[&format!("a-v{version}")]) } else { world }
}

#[test]
fn a_label_is_kept_and_counted() {
    let table = [
        ("1.1.0rc2", "fix: b", "a 1.1.0rc2 → 1.1.0rc3 prerelease (commit)"),
        ("1.1.0b1", "feat: b", "a 1.1.0b1 → 1.1.0b2 prerelease (commit)"),
        ("2.0.0a9", "feat!: b", "a 2.0.0a9 → 2.0.0a10 prerelease (commit)"),
        ("1.1.0rc2", "feat!: b", "a 1.1.0rc2 → 2.0.0rc1 major (commit)"),
        ("1.0.1rc2", "feat: b", "a 1.0.1rc2 → 1.1.0rc1 minor (commit)"),
    ];
    for (version, message, expected) in table {
        assert_eq!(at(version, true).commit(&["a"], message).moves(), [expected], "{message}");
    }
    assert_eq!(at("1.1.0rc2", true).moves(), [""; 0]);
}

#[test]
fn all_commits_since_the_last_final_version_raise_the_base() {
    let world = World::default().package("a", "1.0.1rc1").commit(&["a"], "feat: start").tag(&["a-v1.0.0"]);
    let world = world.commit(&["a"], "feat: more").tag(&["a-v1.0.1rc1"]).commit(&["a"], "fix: b");
    assert_eq!(world.moves(), ["a 1.0.1rc1 → 1.1.0rc1 minor (commit)"]);
}

#[test]
fn a_label_that_was_chosen_and_never_released_is_released_as_it_stands() {
    assert_eq!(at("2.0.0rc1", false).moves(), ["a 2.0.0rc1 → 2.0.0rc1 none (version-ahead)"]);
    let fix = at("2.0.0rc1", false).commit(&["a"], "fix: b");
    assert_eq!(fix.moves(), ["a 2.0.0rc1 → 2.0.0rc1 none (version-ahead, commit)"]);
    let raised = at("1.1.0rc1", false).commit(&["a"], "feat!: b");
    assert_eq!(raised.moves(), ["a 1.1.0rc1 → 2.0.0rc1 major (version-ahead, commit)"]);
}

#[test]
fn what_marks_development_is_dropped_and_a_label_below_it_is_kept() {
    let table = [("1.1.0.dev0", "1.1.0 patch"), ("1.1.0b0.dev0", "1.1.0b0 prerelease"), ("2.0.0.dev3", "2.0.0 patch")];
    for (version, expected) in table {
        assert_eq!(at(version, false).moves(), [""; 0], "{version} is where the work stands");
        let moved = at(version, false).commit(&["a"], "fix: b").moves();
        assert_eq!(moved, [format!("a {version} → {expected} (commit)")]);
    }
    let first = |version| World::default().package("a", version).commit(&["a"], "feat: start").moves();
    assert_eq!(first("1.0.0.dev0"), ["a 1.0.0.dev0 → 1.0.0 none (first-release)"]);
    assert_eq!(first("0.66b0.dev0"), ["a 0.66b0.dev0 → 0.66b0 none (first-release)"]);
    assert_eq!(first("0.0.0.dev1"), ["a 0.0.0.dev1 → 0.1.0 none (first-release)"]);
}

#[test]
fn a_date_is_not_counted_and_said_once() {
    for version in ["1.1.0b260730", "1.1.0b20260730"] {
        let error = at(version, true).commit(&["a"], "feat: b").try_plan().expect_err("a date");
        assert_eq!(error.code().as_str(), "RK-VERSION-UNCOUNTABLE", "{version}");
        let beside = at(version, true).package("z", "1.0.0").commit(&["a", "z"], "feat: b");
        assert_eq!(beside.moves(), ["z 1.0.0 → 1.0.0 none (first-release)"], "and keeps nobody else");
        assert_eq!(at(version, true).moves(), [""; 0], "who does not move needs no next one");
        assert_eq!(at(version, false).moves().len(), 1, "nor who was not released");
    }
    let far = at("1.1.0b261399", true).commit(&["a"], "feat: b").moves();
    assert_eq!(far, ["a 1.1.0b261399 → 1.1.0b261400 prerelease (commit)"]);
}

#[test]
fn labels_are_kept_until_they_are_asked_to_go() {
    assert_eq!(at("1.1.0rc2", true).graduate(&[]).moves(), ["a 1.1.0rc2 → 1.1.0 prerelease (set)"]);
    let raised = at("1.1.0rc2", true).commit(&["a"], "feat!: b").graduate(&["a"]);
    assert_eq!(raised.moves(), ["a 1.1.0rc2 → 2.0.0 major (commit, set)"]);
    assert_eq!(at("1.1.0b260730", true).graduate(&[]).moves(), ["a 1.1.0b260730 → 1.1.0 prerelease (set)"]);
    assert_eq!(at("1.1.0rc1", false).graduate(&[]).moves(), ["a 1.1.0rc1 → 1.1.0 prerelease (version-ahead, set)"]);
    let first = World::default().package("a", "2.0.0rc1").commit(&["a"], "feat: start").graduate(&["py:a"]);
    assert_eq!(first.moves(), ["a 2.0.0rc1 → 2.0.0 none (first-release, set)"]);
    assert_eq!(at("1.0.0", true).graduate(&[]).moves(), [""; 0]);
    let error = at("1.0.0", true).graduate(&["a"]).try_plan().expect_err("it has none");
    assert_eq!(error.code().as_str(), "RK-VERSION-UNLABELLED");
    let error = at("1.1.0rc2", true).graduate(&["b"]).try_plan().expect_err("nobody is called so");
    assert_eq!(error.code().as_str(), "RK-PACKAGE-UNKNOWN");
}

#[test]
fn packages_of_one_version_keep_its_label_together() {
    let world = || {
        let both = World::default().package("a", "1.1.0rc1").package("b", "1.1.0rc1");
        both.commit(&["a"], "feat: start").tag(&["v1.1.0rc1"]).policy(|policy| policy.synchronize = true)
    };
    let counted = ["a 1.1.0rc1 → 1.1.0rc2 prerelease (commit)", "b 1.1.0rc1 → 1.1.0rc2 prerelease (group)"];
    assert_eq!(world().commit(&["a"], "fix: b").moves(), counted);
    let last = ["a 1.1.0rc1 → 1.1.0 prerelease (set)", "b 1.1.0rc1 → 1.1.0 prerelease (set)"];
    assert_eq!(world().graduate(&[]).moves(), last);
}

/// Three in a row, of which the lowest is labelled.
fn row() -> World {
    let world = World::default().package("low", "1.1.0rc1").package("mid", "1.0.0").package("top", "1.0.0");
    let world = world.package("beside", "1.0.0").needs_as("mid", "low", DependencyKind::Runtime, "low>=1.0");
    let world = world.needs("top", "mid").commit(&["low"], "feat: start").tag(&["low-v1.0.0", "mid-v1.0.0"]);
    world.tag(&["top-v1.0.0", "beside-v1.0.0", "low-v1.1.0rc1"]).commit(&["low", "beside"], "fix: it")
}

#[test]
fn a_final_version_waits_for_a_final_version_of_what_it_needs() {
    let planned = row().try_plan().expect("a plan");
    let held: Vec<_> = planned.bumps.0.iter().filter_map(|decision| decision.held.clone()).collect();
    let code = |held: &Held| held.code().map(|code| code.as_str());
    assert_eq!(held.iter().map(code).collect::<Vec<_>>(), [Some("RK-VERSION-NEEDS-PRERELEASE"), None]);
    let others = ["beside 1.0.0 → 1.0.1 patch (commit)", "low 1.1.0rc1 → 1.1.0rc2 prerelease (commit)"];
    assert_eq!(row().moves(), others);
    let excluded = planned.plan.packages.iter().filter(|row| row.next.is_none()).map(|row| row.name.to_string());
    assert_eq!(excluded.collect::<Vec<_>>(), ["mid", "top"]);
}

#[test]
fn nobody_waits_who_has_a_label_too_or_lets_the_last_final_version_in() {
    let kept =
        row().policy(|policy| policy.ecosystems.entry(EcosystemLabel::new("py")).or_default().pin = Some(Pin::Keep));
    assert_eq!(kept.moves().len(), 4);
    let labelled = row().at("mid", "1.1.0b1").at("top", "1.1.0b1").moves();
    assert_eq!(labelled.len(), 4, "{labelled:?}");
    assert_eq!(row().graduate(&[]).moves().len(), 4);
}

#[test]
fn a_requirement_above_what_is_planned_holds_back_who_declares_it_and_no_one_else() {
    let world = || {
        let world = World::default().package("a", "1.0.0").package("b", "1.0.0").package("c", "1.0.0");
        let world = world.needs_as("b", "a", DependencyKind::Runtime, "a>=1.1.0,<2").needs("c", "b");
        world.commit(&["a"], "feat: start").tag(&["a-v1.0.0", "b-v1.0.0", "c-v1.0.0"])
    };
    let fixed = world().commit(&["a"], "fix: it");
    assert_eq!(fixed.clone().moves(), ["a 1.0.0 → 1.0.1 patch (commit)"]);
    let planned = fixed.try_plan().expect("a plan");
    let ahead = planned.bumps.0[1].held.as_ref().expect("it waits");
    assert_eq!(ahead.code().map(|code| code.as_str()), Some("RK-REQUIREMENT-AHEAD"));
    assert_eq!(planned.bumps.0[2].held, Some(Held::With { package: planned.snapshot.discovery.members[1].id.clone() }));
    assert_eq!(world().commit(&["a"], "feat: it").moves().len(), 3, "a higher bump ends it");
    assert_eq!(world().commit(&["b"], "fix: b").moves(), [""; 0], "also where the other stays");
}

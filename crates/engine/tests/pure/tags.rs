//! Whose tags are whose in a repository, and what is said of those that are missing.

use releasekit_core::Diagnostic;
use releasekit_core::model::{BranchName, CommitId, TagName};
use releasekit_core::vcs::RemoteRefs;
use releasekit_engine::error::{AllowedBranches, Error};
use releasekit_engine::locate;
use releasekit_engine::plan::Row;

use crate::support::World;

#[test]
fn tags_of_a_package_that_takes_no_part_any_more_are_still_its_own() {
    let world = World::default().package("a", "1.0.0").package("b", "1.0.0").private("b").commit(&[], "feat: start");
    let planned = world.tag(&["a-v1.0.0", "b-v1.0.0", "c-v1.0.0"]).try_plan().expect("a plan");
    assert_eq!(planned.changes.foreign_tags.keys().collect::<Vec<_>>(), ["c-v{version}"]);
}

#[test]
fn formats_that_collide_are_refused() {
    let world = World::default().package("a", "1.0.0").package("b", "1.0.0").commit(&[], "feat: a");
    let error = world.policy(|policy| policy.tag_format = vec!["v{version}".to_owned()]).try_plan();
    assert_eq!(error.expect_err("both would be v1.0.0").code().as_str(), "RK-TAG-AMBIGUOUS");
}

#[test]
fn former_names_carry_their_tags_on() {
    let world = World::default().package("new", "1.0.0").commit(&["new"], "feat: a").tag(&["old-v1.0.0"]);
    let world = world.commit(&["new"], "fix: b").policy(|policy| {
        policy.packages.entry("new".to_owned()).or_default().formerly = vec!["old".to_owned()];
    });
    assert_eq!(world.moves(), ["new 1.0.0 → 1.0.1 patch (commit)"]);
}

#[test]
fn names_of_packages_are_found_by_label_and_spelling() {
    let world = World::default().package("My.Core", "1.0.0").commit(&[], "feat: a");
    let discovery = world.try_plan().expect("a plan").snapshot.discovery;
    for name in ["My.Core", "my-core", "py:my_core"] {
        assert_eq!(discovery.members[discovery.find(name).expect(name)].id.name.as_str(), "My.Core");
    }
    let error = discovery.find("my-corr").expect_err("misspelled");
    assert_eq!(error.code().as_str(), "RK-PACKAGE-UNKNOWN");
    assert!(discovery.find("js:my-core").is_err());
}

#[test]
fn a_tag_that_packages_share_is_missing_once() {
    let world = World::default().package("a", "1.0.0").package("b", "1.0.0").commit(&[], "feat: start");
    let rows = world
        .policy(|policy| {
            policy.synchronize = true;
            policy.tag_format = vec!["v{version}".to_owned()];
        })
        .plan();
    assert_eq!(rows.len(), 2);
    let missing: Vec<String> = locate::missing(&rows, &RemoteRefs::default()).iter().map(ToString::to_string).collect();
    assert_eq!(missing, ["v1.0.0"]);
}

#[test]
fn a_release_whose_tags_stand_apart_says_so() {
    let said = |missing: &[&str]| {
        let missing = missing.iter().map(|name| TagName::new(*name)).collect();
        Error::ReleasePending { commit: CommitId::new("abc"), missing, refusals: Vec::new() }.to_string()
    };
    assert!(said(&["a-v1", "b-v1"]).ends_with("the remote lacks `a-v1`, `b-v1`"));
    assert!(said(&[]).ends_with("the remote has its tags elsewhere, or its manifest was edited"));
}

#[test]
fn who_is_on_no_branch_learns_which_would_do() {
    let help = |patterns: &[&str], found: &[&str]| {
        let allowed = AllowedBranches {
            patterns: patterns.iter().map(ToString::to_string).collect(),
            found: found.iter().map(|name| BranchName::new(*name)).collect(),
        };
        Error::NotOnBranch { commit: CommitId::new("a"), allowed }.help().expect("there is always help")
    };
    assert!(help(&[], &[]).contains("set `default_branch`"));
    assert!(help(&["trunk"], &[]).contains("no branch `trunk`"));
    assert_eq!(help(&["main"], &["main"]), "push it to `main` of the remote");
    assert!(help(&["r/*"], &["r/1", "r/2"]).ends_with("`r/1`, `r/2`"));
}

/// What moves, and to which tag, of packages that stand at these versions.
fn tagged(packages: &[(&str, &str)], tags: &[&str]) -> Vec<String> {
    let mut world = World::default();
    for (name, version) in packages {
        world = world.package(name, version);
    }
    let names: Vec<&str> = packages.iter().map(|(name, _)| *name).collect();
    let world = world.commit(&names, "feat: start").tag(tags).commit(&names, "fix: x");
    let rows = world.plan();
    let said = |text: Option<String>| text.expect("it moves");
    let row = |row: &Row| {
        let (next, tag) = (row.next.as_ref().map(ToString::to_string), row.tag.as_ref().map(ToString::to_string));
        format!("{} {} {}", row.name, said(next), said(tag))
    };
    rows.iter().filter(|row| row.is_included()).map(row).collect()
}

#[test]
fn the_format_of_the_present_versions_is_written_and_all_are_read() {
    let solo = |version: &'static str, tags: &[&str]| tagged(&[("solo", version)], tags);
    assert_eq!(solo("0.4.0", &["v0.1.0", "0.2.0", "0.3.0", "0.4.0"]), ["solo 0.4.1 0.4.1"]);
    assert_eq!(solo("1.1.0", &["solo-v1.0.0", "solo@1.1.0"]), ["solo 1.1.1 solo@1.1.1"]);
    assert_eq!(solo("1.1.0", &["v1.1.0"]), ["solo 1.1.1 v1.1.1"], "one released package needs no name");
    // The file is ahead of all tags: the highest version says which format is alive, not how many old tags there are.
    assert_eq!(solo("2.0.0", &["v1.0.0", "v1.0.1", "v1.0.2", "solo-v1.1.0"]), ["solo 2.0.0 solo-v2.0.0"]);

    let two = [("core", "1.0.0"), ("mid", "1.0.0")];
    assert_eq!(
        tagged(&two, &["py/core-v1.0.0", "py/mid-v1.0.0", "core@0.1.0", "core@0.2.0"])[0],
        "core 1.0.1 py/core-v1.0.1"
    );
    assert_eq!(tagged(&two, &[])[0], "core 1.0.0 core-v1.0.0");
    assert_eq!(tagged(&two, &["v1.0.0"])[0], "core 1.0.0 core-v1.0.0", "a tag of all packages is nobody's");
}

#[test]
fn a_name_that_is_spelled_otherwise_keeps_its_tags() {
    assert_eq!(tagged(&[("acme-core", "1.0.0")], &["acme_core-v1.0.0"]), ["acme-core 1.0.1 acme-core-v1.0.1"]);
}

#[test]
fn a_version_that_is_taken_in_any_spelling_and_format_is_refused() {
    for taken in ["a-v1.1", "a-v1.1.0.0", "A-v1.1.0", "a@1.1.0"] {
        let world = World::default().package("a", "1.0.0").commit(&["a"], "feat: start");
        let world = world.tag(&["a-v1.0.0", "a@1.0.0"]);
        let world = world.elsewhere(&[taken]).commit(&["a"], "feat: more");
        let error = world.try_plan().expect_err(taken);
        assert_eq!(error.code().as_str(), "RK-VERSION-TAG-EXISTS", "{taken}");
        assert!(error.to_string().contains(taken), "{error}");
    }
}

#[test]
fn a_checkout_behind_its_tags_is_told_so() {
    let world = World::default().package("a", "1.0.0").commit(&["a"], "feat: start").tag(&["a-v1.0.0"]);
    let error = world.elsewhere(&["a-v1.1.0"]).commit(&["a"], "feat: more").try_plan().expect_err("it is taken");
    assert!(error.help().expect("there is help").starts_with("HEAD lies behind"), "{:?}", error.help());
}

#[test]
fn tags_of_a_namesake_in_another_ecosystem_are_not_read() {
    let moved = tagged(
        &[("kit", "0.5.0"), ("kit-x", "0.5.0")],
        &["py/kit-v0.5.0", "py/kit-x-v0.5.0", "kit@1.29.0", "kit@0.5.0"],
    );
    assert_eq!(moved, ["kit 0.5.1 py/kit-v0.5.1", "kit-x 0.5.1 py/kit-x-v0.5.1"]);
}

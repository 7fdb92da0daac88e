//! What is found and cannot be read stops what needs it, and nothing else.

use crate::notes::head;
use crate::support::World;
use releasekit_core::model::{Dependency, DependencyKind, PackageName, Published, RepoPath};
use releasekit_core::policy::{ExtraFile, PackagePolicy, Participation, Policy, VersionFrom};
use releasekit_core::{Diagnostic, FileEdit};
use releasekit_engine::bump::Held;
use releasekit_engine::prepare;

#[test]
fn a_version_that_cannot_be_read_holds_back_its_package_and_those_that_need_it() {
    let world = World::default().package("core", "1.0.0").unread("a", "its backend computes it").package("b", "1.0.0");
    let planned = world.needs("b", "a").commit(&[], "feat: start").try_plan().expect("a plan without them");
    let moving: Vec<&str> = planned.plan.included().map(|row| row.name.as_str()).collect();
    assert_eq!(moving, ["core"]);
    let held: Vec<&Held> = planned.bumps.0.iter().filter_map(|decision| decision.held.as_ref()).collect();
    let [Held::Refused(refusal), Held::With { .. }] = held.as_slice() else { panic!("{held:?}") };
    assert_eq!(refusal.message, "the version of `py:a` cannot be read: its backend computes it");
    assert_eq!((refusal.code.as_str(), refusal.help.as_deref()), ("RK-TEST-UNREAD", Some("write it down")));
}

#[test]
fn versions_that_cannot_be_read_are_one_error_where_nothing_else_is_planned() {
    let several = World::default().unread("a", "its backend computes it").unread("b", "there is none");
    let several = several.unread("c", "its backend computes it").commit(&[], "feat: start");
    let error = several.try_plan().expect_err("three take part");
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

#[test]
fn a_version_may_be_said_to_stand_in_tags() {
    let in_tags = |name: &str| {
        let package = PackagePolicy { version_from: Some(VersionFrom::Tags), ..PackagePolicy::default() };
        let name = name.to_owned();
        move |policy: &mut Policy| drop(policy.packages.insert(name, package))
    };
    let unread = World::default().unread("a", "code computes it").commit(&["a"], "feat: start").tag(&["a-v1.0.0"]);
    assert_eq!(unread.commit(&["a"], "fix: b").policy(in_tags("a")).moves(), ["a 1.0.0 → 1.0.1 patch (commit)"]);
    let placeholder = World::default().package("a", "0.0.0").commit(&["a"], "feat: start").tag(&["a-v1.0.0"]);
    let placeholder = placeholder.commit(&["a"], "feat: b").policy(in_tags("a"));
    assert_eq!(placeholder.moves(), ["a 1.0.0 → 1.1.0 minor (commit)"]);
    let in_file = World::default().unread("a", "a file has it").commit(&["a"], "feat: start").tag(&["a-v1.0.0"]);
    let refused = in_file.policy(in_tags("a")).try_plan().expect_err("no plan");
    assert!(
        refused.to_string().ends_with("a file has it, and a build would take it from there, not from tags"),
        "{refused}"
    );
}

#[test]
fn an_extra_that_nobody_can_install_is_said_and_stops_nothing() {
    let extra = Dependency::new(PackageName::new("b"), DependencyKind::Optional, "b", "extras");
    let extra = extra.with_published(Published::Optional);
    let world = || World::default().package("a", "1.0.0").package("b", "1.0.0").needs_by("a", extra.clone());
    let remarks = |world: World| world.commit(&[], "start").try_plan().expect("a plan").snapshot.discovery.remarks;
    assert_eq!(remarks(world()), []);
    let found = remarks(world().private("b"));
    assert_eq!(found[0].code.as_str(), "RK-GRAPH-PRIVATE-EXTRA");
    assert!(found[0].message.ends_with("`b of py:a`"), "{found:?}");
}

#[test]
fn files_that_repeat_a_version_are_said_until_they_are_listed() {
    let package = |name: &str| {
        let mut world = World::default().package(name, "1.0.0");
        world.packages[0].repeated_in = vec![RepoPath::new(format!("{name}/src/{name}/version.py")).expect("a path")];
        world
    };
    let remarks = |world: World| world.commit(&[], "start").try_plan().expect("a plan").snapshot.discovery.remarks;
    let found = remarks(package("a"));
    assert_eq!(found[0].code.as_str(), "RK-VERSION-REPEATED");
    assert!(found[0].message.ends_with(": `a/src/a/version.py` of `py:a`"), "{found:?}");
    assert_eq!(remarks(package("a").private("a")), []);
    let listed = ExtraFile { path: "./src/a/version.py".to_owned(), search: None };
    let listed = PackagePolicy { extra_files: vec![listed], ..PackagePolicy::default() };
    assert_eq!(remarks(package("a").policy(|policy| drop(policy.packages.insert("a".to_owned(), listed)))), []);
}

#[test]
fn a_version_moves_in_files_that_are_listed_too() {
    let listed = |name: &str, path: &str| {
        let listed = ExtraFile { path: path.to_owned(), search: Some(format!("{name}=={{version}}")) };
        let listed = PackagePolicy { extra_files: vec![listed], ..PackagePolicy::default() };
        let name = name.to_owned();
        move |policy: &mut Policy| drop(policy.packages.insert(name, listed))
    };
    let world = World::default().package("a", "1.0.0").package("b", "1.0.0").in_tags("c").commit(&[], "feat: start");
    let mut world = world.tag(&["a-v1.0.0", "b-v1.0.0", "c-v2.0.0"]).commit(&["a", "c"], "fix: one");
    world.files.push(("README.md".to_owned(), "a==1.0.0 b==1.0.0 c==2.0.0\n".to_owned()));
    let world = ["a", "b", "c"].iter().fold(world, |world, name| world.policy(listed(name, "../README.md")));
    let planned = world.clone().try_plan().expect("a plan");
    let written = |edits: Vec<FileEdit>| {
        let edit = edits.into_iter().find(|edit| edit.path.as_str() == "README.md").expect("it is edited");
        String::from_utf8(edit.content.expect("it is written")).expect("text")
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let preview = |planned| runtime.block_on(prepare::preview(planned, &head(), None, None));
    assert_eq!(written(preview(&planned).expect("edits").packages), "a==1.0.1 b==1.0.0 c==2.0.1\n");
    let world = world.policy(listed("a", "gone.md")).policy(listed("c", "../../out.md"));
    let refused = preview(&world.try_plan().expect("a plan")).expect_err("one is missing");
    assert_eq!(refused.code().as_str(), "RK-PATH-INVALID", "{refused}");
}

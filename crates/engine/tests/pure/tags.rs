//! Whose tags are whose in a repository, and what is said of those that are missing.

use releasekit_core::Diagnostic;
use releasekit_core::model::{BranchName, CommitId, TagName};
use releasekit_core::vcs::RemoteRefs;
use releasekit_engine::error::{AllowedBranches, Error};
use releasekit_engine::history::PresumedTags;
use releasekit_engine::locate;
use releasekit_engine::manifest::{Manifest, PlanOptions};
use releasekit_engine::plan::{Row, SCHEMA};

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

/// One tag that they had together says how they go on; without one nobody knows.
#[test]
fn formats_that_collide_are_settled_as_the_tags_say() {
    let world = World::default().package("core", "1.0.0").package("npm/core", "1.0.0").package("other", "2.0.0");
    let world = world.commit(&[], "feat: start").tag(&["other-v2.0.0"]);
    let help = |world: World| world.try_plan().expect_err("both would be core-v1.0.0").help().expect("help");
    assert!(help(world.clone()).starts_with("put `{label}` or `{path}` into `tag_format`"));
    let lines = help(world.tag(&["v0.9.0", "v1.0.0"]));
    let lines: Vec<&str> = lines.lines().skip(1).map(str::trim).collect();
    assert_eq!(
        lines,
        [
            "groups.core = { versioning = \"fixed\", tag_format = \"v{version}\" }",
            "packages.\"npm:core\".group = \"core\"",
            "packages.\"py:core\".group = \"core\"",
        ]
    );
}

#[test]
fn a_tag_that_several_schemes_share_has_one_spelling_and_is_read_in_each() {
    for last in ["v0.2.0-rc.1", "v0.2.0rc1"] {
        let world = World::default().package("a", "0.2.0rc1").package("npm/b", "0.2.0-rc.1").commit(&[], "feat: start");
        let world = world.tag(&[last]).commit(&["a"], "fix: one").policy(|policy| {
            policy.synchronize = true;
            policy.tag_format = vec!["v{version}".to_owned()];
        });
        let rows = world.clone().plan();
        let tags: Vec<&str> = rows.iter().filter_map(|row| Some(row.tag.as_ref()?.as_str())).collect();
        assert_eq!(tags, ["v0.2.0-rc.2"; 2], "{last}");
        let versions = world.try_plan().expect("a plan").changes.members.into_iter().map(|it| it.tagged.len());
        assert_eq!(versions.collect::<Vec<_>>(), [1, 1], "{last} is a tag of both");
    }
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
    let packages = world
        .policy(|policy| {
            policy.synchronize = true;
            policy.tag_format = vec!["v{version}".to_owned()];
        })
        .plan();
    assert_eq!(packages.len(), 2);
    let mut manifest = Manifest {
        schema: SCHEMA,
        base: CommitId::new("base"),
        branch: BranchName::new("main"),
        options: PlanOptions::default(),
        umbrella: None,
        packages,
    };
    assert_eq!(locate::missing(&manifest, &RemoteRefs::default()), [TagName::new("v1.0.0")]);
    manifest.umbrella = Some(TagName::new("all-1.0.0"));
    assert_eq!(locate::missing(&manifest, &RemoteRefs::default()), ["v1.0.0", "all-1.0.0"].map(TagName::new));
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

/// Three packages whose names begin with that of their project, each in a folder that is called by the rest.
fn project(tags: &[&str]) -> World {
    let folders = ["libs/check-pg", "libs/cli", "libs/sdk-py"];
    let mut world = World::default();
    for (folder, version) in folders.iter().zip(["3.1.0", "0.4.0", "0.9.0"]) {
        world = world.package(folder, version);
    }
    let world = world.commit(&folders, "feat: start").tag(tags).commit(&folders, "fix: x");
    world.called("check-pg", "graph-check-pg").called("cli", "graph-cli").called("sdk-py", "graph-sdk")
}

#[test]
fn tags_that_are_named_by_folders_are_read_where_most_packages_have_theirs_and_written_as_they_are_spelled() {
    let tags: Vec<String> = project(&["checkpg==3.0.0", "checkpg==3.1.0", "cli==0.4.0"])
        .plan()
        .iter()
        .filter_map(|row| row.tag.as_ref().map(|tag| format!("{tag} {}", row.bump)))
        .collect();
    assert_eq!(tags, ["checkpg==3.1.1 patch", "cli==0.4.1 patch", "sdk-py==0.9.0 none"]);
    let tags = project(&["cli==0.4.0", "other==1.0.0"]).plan();
    assert_eq!(tags[1].tag.as_ref().map(|tag| tag.as_str()), Some("graph-cli-v0.4.0"), "one of three may be anything");
}

#[test]
fn folders_that_several_packages_have_name_no_tags() {
    let folders = ["a/core", "b/core"];
    let world = World::default().package("a/core", "1.0.0").called("core", "one").package("b/core", "1.0.0");
    let world = world.commit(&folders, "feat: start").tag(&["core-v1.0.0", "core@1.0.0"]).commit(&folders, "fix: x");
    let rows = world.plan();
    let tags: Vec<&str> = rows.iter().filter_map(|row| Some(row.tag.as_ref()?.as_str())).collect();
    assert_eq!(tags, ["core-v1.0.1", "one-v1.0.0"]);
}

/// The tags that packages seem to have been released under.
fn presumed(world: World) -> Vec<String> {
    let planned = world.try_plan().expect("a plan");
    let name = |index: &usize| planned.snapshot.discovery.members[*index].id.name.to_string();
    let line = |it: &PresumedTags| {
        format!("{} {}: {}", it.format, it.tag, it.members.iter().map(name).collect::<Vec<_>>().join(" "))
    };
    planned.changes.presumed_tags.iter().map(line).collect()
}

#[test]
fn a_tag_of_nobody_is_presumed_to_be_of_the_package_that_has_its_version() {
    let one = |tags: &[&str]| presumed(project(&[&["checkpg==3.1.0", "cli==0.4.0"], tags].concat()));
    assert_eq!(one(&["sdk==0.8.0", "sdk==0.9.0"]), ["sdk=={version} sdk==0.9.0: graph-sdk"]);
    assert_eq!(one(&["0.9.0"]), ["{version} 0.9.0: graph-sdk"]);
    assert_eq!(one(&["sdk==0.8.0", "0.8.0"]), [""; 0], "a version that no package has says nothing");
    assert_eq!(one(&["lib==0.9.0"]), [""; 0], "a tag of another name may have any version");
    assert_eq!(one(&["0.4.0", "v3.1.0"]), [""; 0], "who has tags of its own needs no other");
}

#[test]
fn a_tag_is_presumed_to_be_of_all_packages_that_have_its_version() {
    let world = |version: &str| {
        let names = ["a", "b", "c"];
        let world = names.iter().fold(World::default(), |world, name| world.package(name, version));
        world.commit(&names, "feat: start")
    };
    assert_eq!(presumed(world("1.2.0").tag(&["v1.1.0", "v1.2.0"])), ["v{version} v1.2.0: a b c"]);
    assert_eq!(
        presumed(world("1.3.0.dev0").tag(&["1.0.0", "v1.2.0"])),
        ["v{version} v1.2.0: a b c"],
        "the living ones"
    );
    assert_eq!(presumed(world("1.3.0.dev0").tag(&["v1.2.0"])), ["v{version} v1.2.0: a b c"], "on the way to the next");
    assert_eq!(presumed(world("1.2.0").at("b", "7.0.0").tag(&["x-1.2.0"])), ["x-{version} x-1.2.0: a c"]);
    let in_tags = World::default().in_tags("a").in_tags("b").commit(&["a", "b"], "feat: start").tag(&["v1.2.0"]);
    assert_eq!(presumed(in_tags), ["v{version} v1.2.0: a b"]);
    let in_tags = World::default().in_tags("a").in_tags("b").commit(&["a", "b"], "feat: start");
    assert_eq!(presumed(in_tags.tag(&["b-tests-2.0.0"])), [""; 0], "a word may be about anything");
    let lost = ["v1.1.0", "v1.2.0", "v9.0.0"];
    assert_eq!(presumed(world("1.2.0").tag(&lost)), ["v{version} v1.2.0: a b c"], "one that was set by mistake");
    assert_eq!(presumed(world("1.2.0").at("b", "7.0.0").at("c", "8.0.0").tag(&lost)), [""; 0]);
    // One package alone is tagged, release for release.
    assert_eq!(presumed(world("1.2.0").tag(&["b-v1.1.0", "b-v1.2.0"])), ["b-v{version} b-v1.2.0: a b c"]);
    assert_eq!(presumed(world("1.2.0").tag(&["a-v1.2.0", "b-v1.1.0", "b-v1.2.0", "c-v1.2.0"])), [""; 0]);
    assert_eq!(presumed(world("1.2.0").tag(&["b-v1.2.0"])), [""; 0], "its first release may be all there is");
}

#[test]
fn the_tag_that_a_package_left_which_is_gone_hides_no_tags_of_all_and_examples_are_left_out() {
    let names = ["kit", "kit-core", "kit-cli", "examples/todos", "examples/chat", "examples/files", "examples/json"];
    let world = |at: &str| {
        let world = names.iter().fold(World::default(), |world, name| world.package(name, "0.1.0"));
        let world = names[..3].iter().fold(world, |world, name| world.at(name, at));
        world.commit(&names, "feat: start").tag(&["kit-rt-v0.1.0", "v0.8.5", "v0.8.6"])
    };
    for at in ["0.8.6", "0.9.0a1"] {
        assert_eq!(presumed(world(at)), ["v{version} v0.8.6: kit kit-cli kit-core"], "{at}");
    }
    let planned = world("0.8.6").try_plan().expect("a plan");
    let lines = planned.changes.presumed_tags[0].lines(&planned.snapshot.discovery, |_| false);
    assert_eq!(lines, ["exclude = [\"examples/**\"]", "synchronize = true", "tag_format = \"v{version}\""]);
}

#[test]
fn who_is_needed_at_another_version_is_not_left_out_of_a_release_together() {
    let lines = |world: World| {
        let world = world.commit(&["a", "b", "c"], "feat: start").tag(&["v1.1.0", "v1.2.0"]);
        let planned = world.try_plan().expect("a plan");
        planned.changes.presumed_tags[0].lines(&planned.snapshot.discovery, |_| false)
    };
    let world = || World::default().package("a", "1.2.0").package("b", "1.2.0").package("c", "1.0.0");
    let alone = "packages.c.release = \"none\"  # 1.0.0, and would get that of all";
    assert_eq!(lines(world()), ["synchronize = true", "tag_format = \"v{version}\"", alone]);
    let needed = "# write the version of all into `c/package.file`, which says 1.0.0: others need it";
    assert_eq!(lines(world().needs("a", "c"))[2], needed);
}

#[test]
fn shapes_that_repositories_have_are_understood_or_presumed() {
    let world = |packages: &[(&str, &str)], tags: &[&str]| {
        let names: Vec<&str> = packages.iter().map(|(name, _)| *name).collect();
        let world = packages.iter().fold(World::default(), |world, (name, version)| world.package(name, version));
        world.commit(&names, "feat: start").tag(tags)
    };
    // Two share bare tags, and the third has a word that is a part of its name.
    let ops = [("ops", "3.9.0.dev0"), ("ops-tracing", "3.9.0.dev0"), ("ops-scenario", "8.9.0.dev0")];
    assert_eq!(
        presumed(world(&ops, &["3.7.0", "3.8.0", "scenario-8.7.0", "scenario-8.8.0"])),
        ["{version} 3.8.0: ops ops-tracing", "scenario-{version} scenario-8.8.0: ops-scenario"]
    );
    // A word for the language, for two of many, whose versions end in a date.
    let agents = [("agents", "1.0.0b260730"), ("agents-core", "1.0.0b260730"), ("agents-x", "1.0.0b260701")];
    assert_eq!(
        presumed(world(&agents, &["python-1.0.0b260701", "python-1.0.0b260730", "dotnet-1.0.0"])),
        ["python-{version} python-1.0.0b260730: agents agents-core"]
    );
    // One tag for all, in two formats of which one is dead.
    let crew = [("crew", "1.15.17"), ("crew-tools", "1.15.17")];
    assert_eq!(
        presumed(world(&crew, &["v0.28.0", "v0.30.0", "1.15.16", "1.15.17"])),
        ["{version} 1.15.17: crew crew-tools"]
    );
}

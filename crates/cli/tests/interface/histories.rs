//! What the commits of real repositories look like, and what a plan makes of them.

use crate::project::{Project, manifest};

/// What a plan moves, `name from → to bump`, and the kinds of the reasons.
#[track_caller]
pub(crate) fn moves(project: &Project) -> Vec<String> {
    let plan = project.json(&["plan", "--offline", "--format", "json"]);
    let text = |value: &serde_json::Value| value.as_str().unwrap_or("-").to_owned();
    let rows = plan["packages"].as_array().expect("a plan has packages");
    let included = rows.iter().filter(|row| row["status"] == "included");
    let row = |row: &serde_json::Value| {
        let reasons = row["reasons"].as_array().expect("a row has reasons");
        let kinds: Vec<String> = reasons.iter().map(|reason| text(&reason["kind"])).collect();
        let [name, current, next, bump] = ["name", "current", "next", "bump"].map(|key| text(&row[key]));
        format!("{name} {current} → {next} {bump} ({})", kinds.join(", "))
    };
    included.map(row).collect()
}

/// A repository with one package, `a`, released at 1.0.0.
pub(crate) fn single() -> Project {
    let project = Project::empty();
    project.sandbox.write("pyproject.toml", "[tool.uv.workspace]\nmembers = [\"packages/*\"]\n");
    project.package("a", "1.0.0", &[], "");
    project.sandbox.commit("chore: start");
    project.sandbox.git(["tag", "a-v1.0.0"]);
    project
}

/// The same, whose only tag, of 0.9.0, lies on a branch that `main` does not reach.
pub(crate) fn released_on_a_branch() -> Project {
    let project = single();
    project.sandbox.git(["tag", "--delete", "a-v1.0.0"]);
    project.sandbox.git(["switch", "--quiet", "-c", "release/1.0"]);
    project.change("a", "chore: 1.0.0");
    project.sandbox.git(["tag", "a-v0.9.0"]);
    project.sandbox.git(["switch", "--quiet", "main"]);
    project
}

#[test]
fn a_squash_says_what_it_lists() {
    let project = single();
    project.change("a", "Improve the parser (#7)\n\n* feat: read tabs\n\n* fix: do not crash\n\n---------\n\nCo-authored-by: A <a@example.invalid>");
    assert_eq!(moves(&project), ["a 1.0.0 → 1.1.0 minor (commit, commit)"]);
    let explained = project.run(&["explain", "a"]).ok();
    let each =
        ["feat: read tabs", "fix: do not crash"].map(|title| explained.lines().find(|line| line.contains(title)));
    let says = |line: Option<&str>, bump: &str| line.is_some_and(|line| line.trim_start().starts_with(bump));
    assert!(says(each[0], "minor") && says(each[1], "patch"), "{explained}");
}

#[test]
fn a_squash_by_git_says_what_it_lists() {
    let project = single();
    project.sandbox.git(["switch", "--quiet", "-c", "work"]);
    project.change("a", "feat: read tabs");
    project.change("a", "fix: do not crash");
    project.sandbox.git(["switch", "--quiet", "main"]);
    project.sandbox.git(["merge", "--quiet", "--squash", "work"]);
    project.sandbox.git(["commit", "--quiet", "--no-edit"]);
    assert_eq!(moves(&project), ["a 1.0.0 → 1.1.0 minor (commit, commit)"]);
}

#[test]
fn a_breaking_change_that_a_title_hides_is_warned_of() {
    let project = single();
    project.change("a", "fix: tidy (#8)\n\n* feat!: drop tabs\n\n* fix: y");
    assert_eq!(moves(&project), ["a 1.0.0 → 1.0.1 patch (commit)"]);
    let warned = project.run(&["plan", "--offline"]);
    assert!(warned.stderr.contains("lists `feat!: drop tabs`"), "{warned}");
}

#[test]
fn what_nobody_sees_and_what_is_quoted_changes_nothing() {
    let project = single();
    project.change("a", "\u{feff}feat: x");
    project.change("a", "docs: how to write\n\n```\nfix: x\n\nBREAKING CHANGE: what breaks\n```");
    assert_eq!(moves(&project), ["a 1.0.0 → 1.1.0 minor (commit)"]);
}

#[test]
fn other_requirements_are_a_patch_whatever_the_commit_says() {
    let project = Project::released();
    project.package("lib", "1.0.0", &["core>=1", "httpx>=0.27"], "");
    project.sandbox.commit("chore: ask for a newer httpx");
    let moved = ["lib 1.0.0 → 1.0.1 patch (requirement)", "top 1.0.0 → 1.0.1 patch (dependency)"];
    assert_eq!(moves(&project), moved);
    let says = |args: &[&str], text: &str| assert!(project.run(args).ok().contains(text), "{}", project.run(args));
    says(&["plan", "--offline"], "its published requirements changed: httpx → httpx>=0.27");
    says(&["explain", "lib"], "its published requirements changed: httpx → httpx>=0.27");
    project.sandbox.git(["tag", "lib-v1.0.0", "--force"]);
    project.package("lib", "1.0.0", &["httpx>=0.28"], "");
    project.sandbox.commit("chore: ask for another httpx, and not for core");
    says(&["plan", "--offline"], "changed: core>=1 is gone, httpx>=0.27 → httpx>=0.28\n");

    project.sandbox.write("releasekit.toml", "requirement_changes = \"none\"\n");
    assert_eq!(moves(&project), [""; 0]);
}

/// A file of one label is edited for what moves there, and for what it requires of another.
#[test]
fn who_takes_a_crate_of_another_workspace_from_its_folder_requires_what_it_moves_to() {
    let project = Project::empty();
    let write = |path: &str, text: &str| project.sandbox.write(path, text);
    for (root, member, needs) in [("a", "p", ""), ("b", "said", "p = { path = \"../../a/p\", version = \"1.0\" }\n")] {
        write(&format!("{root}/Cargo.toml"), "[workspace]\nmembers = [\"*\"]\n");
        let own = format!("[package]\nname = \"{member}\"\nversion = \"1.0.0\"\n[dependencies]\n{needs}");
        write(&format!("{root}/{member}/Cargo.toml"), &own);
    }
    project.sandbox.commit("feat: begin");
    for tag in ["p-v1.0.0", "said-v1.0.0"] {
        project.sandbox.git(["tag", tag]);
    }
    for (file, message) in [("a/p/lib.rs", "feat!: break p"), ("b/said/lib.rs", "fix: mend said")] {
        write(file, "//\n");
        project.sandbox.commit(message);
    }
    let planned = project.run(&["plan", "--format", "full"]).code(0).stdout;
    for line in ["+version = \"2.0.0\"", "+version = \"1.0.1\"", "+p = { path = \"../../a/p\", version = \"2.0\" }"] {
        assert!(planned.contains(line), "{line}\n{planned}");
    }
    assert_eq!(planned.matches("+++ b/b/said/Cargo.toml").count(), 1, "{planned}");
}

#[test]
fn a_requirement_that_an_example_inherits_from_its_own_workspace_is_one_of_the_example() {
    let project = Project::empty();
    let write = |file: &str, text: &str| project.sandbox.write(file, text);
    let inner = |httparse: &str| {
        format!("[workspace]\nmembers = [\"b\"]\n[workspace.dependencies]\nhttparse = \"{httparse}\"\n")
    };
    write("Cargo.toml", "[workspace]\nmembers = [\"a\"]\nexclude = [\"examples\"]\n");
    write("a/Cargo.toml", "[package]\nname = \"a\"\nversion = \"1.0.0\"\n");
    write("examples/inner/Cargo.toml", &inner("1.8"));
    let inherits = "[dependencies]\nhttparse.workspace = true\n";
    write("examples/inner/b/Cargo.toml", &format!("[package]\nname = \"b\"\nversion = \"1.0.0\"\n{inherits}"));
    write("releasekit.toml", "[packages.b]\nrelease = \"publish\"\n");
    project.sandbox.commit("feat: begin");
    for name in ["a", "b"] {
        project.sandbox.git(["tag", &format!("{name}-v1.0.0")]);
    }
    write("examples/inner/Cargo.toml", &inner("1.9"));
    project.sandbox.commit("chore: ask for a newer httparse");
    assert_eq!(moves(&project), ["b 1.0.0 → 1.0.1 patch (requirement)"]);
}

#[test]
fn who_is_published_as_written_may_be_left_behind() {
    let project = Project::empty();
    let write = |file: &str, text: &str| project.sandbox.write(file, text);
    write("Cargo.toml", "[workspace]\nmembers = [\"a\", \"b\"]\n");
    write("a/Cargo.toml", "[package]\nname = \"a\"\nversion = \"1.0.0\"\n");
    let needs = "[dependencies]\na = { path = \"../a\", version = \"1.0\" }\n";
    write("b/Cargo.toml", &format!("[package]\nname = \"b\"\nversion = \"1.0.0\"\n{needs}"));
    project.sandbox.commit("feat: begin");
    for name in ["a", "b"] {
        project.sandbox.git(["tag", &format!("{name}-v1.0.0")]);
    }
    write("a/src/lib.rs", "//! a\n");
    project.sandbox.commit("feat!: begin anew");
    assert_eq!(moves(&project), ["a 1.0.0 → 2.0.0 major (commit)", "b 1.0.0 → 1.0.1 patch (dependency)"]);
    for table in ["", "[ecosystems.rust]\n"] {
        write("releasekit.toml", &format!("propagate = \"never\"\n{table}"));
        assert_eq!(moves(&project), ["a 1.0.0 → 2.0.0 major (commit)"]);
    }
    write("releasekit.toml", "propagate = \"never\"\n[ecosystems.rust]\npin = \"exact\"\n");
    assert!(project.run(&["plan", "--offline"]).code(3).stderr.contains("pinned exactly in `rust`"));
}

#[test]
fn a_package_that_is_configured_and_new_hides_no_change_of_requirements() {
    let project = Project::released();
    project.package("new", "0.1.0", &[], "");
    project.package("lib", "1.0.0", &["core>=1", "httpx>=0.27"], "");
    project.sandbox.write("releasekit.toml", "[packages.new]\nrelease = \"none\"\n");
    project.sandbox.commit("chore: ask for a newer httpx");
    assert_eq!(moves(&project)[0], "lib 1.0.0 → 1.0.1 patch (requirement)");
}

#[test]
fn requirements_of_developers_and_other_spellings_of_the_same_change_nothing() {
    let project = Project::released();
    project.package("lib", "1.0.0", &["core >= 1", "HTTPX"], "\n[dependency-groups]\ndev = [\"pytest\"]\n");
    project.sandbox.commit("chore: tidy");
    assert_eq!(moves(&project), [""; 0]);
    let moved = manifest("lib", "1.0.0", &["core>=1", "httpx"], "\n[tool.ruff]\nline-length = 100\n");
    project.sandbox.write("packages/lib/pyproject.toml", moved);
    project.sandbox.commit("chore: lint");
    assert_eq!(moves(&project), [""; 0]);
}

#[test]
fn a_squash_that_hides_a_breaking_change_is_known_by_a_code_that_settles_it() {
    let project = single();
    project.change("a", "fix: tidy (#8)\n\n* feat!: drop tabs");
    assert!(project.run(&["plan", "--offline"]).stderr.contains("RK-COMMIT-UNDECLARED"));
    project.sandbox.write("releasekit.toml", "ignore_warnings = [\"RK-COMMIT-UNDECLARED\"]\n");
    assert_eq!(project.run(&["plan", "--offline"]).stderr, "");
    assert!(project.run(&["explain", "RK-COMMIT-UNDECLARED"]).ok().contains("squash"));
}

#[test]
fn tags_on_another_branch_are_named_and_nothing_is_proposed() {
    let project = released_on_a_branch();
    project.change("a", "fix: x");
    project.sandbox.push();
    let overview = project.run(&[]).ok();
    assert!(overview.contains("RK-TAG-UNREACHED") && overview.contains("`a-v0.9.0`"), "{overview}");
    assert!(overview.contains("bootstrap_sha = ") && !overview.contains("next: releasekit"), "{overview}");
    assert!(project.run(&["should-release"]).stderr.contains("RK-TAG-UNREACHED"));
    project.sandbox.write("releasekit.toml", "ignore_tags = [\"a-v0.*\"]\n");
    project.sandbox.commit("chore: configure");
    assert!(project.run(&[]).ok().contains("next: releasekit prepare"));
}

#[test]
fn a_package_below_its_tag_waits_with_those_that_need_it_and_the_others_are_planned() {
    let project = Project::released();
    project.sandbox.git(["tag", "lib-v2.0.0"]);
    project.change("core", "fix: it");
    assert_eq!(moves(&project), ["core 1.0.0 → 1.0.1 patch (commit)"]);
    let said = project.run(&["plan", "--offline"]).code(0).stderr;
    let expected = "warning[RK-VERSION-BEHIND-TAG]: `py:lib` is at 1.0.0 in `packages/lib/pyproject.toml`, below its tag \
                    `lib-v2.0.0`; it waits\n";
    assert!(said.contains(expected), "{said}");
    project.change("top", "fix: it too");
    assert_eq!(moves(&project), ["core 1.0.0 → 1.0.1 patch (commit)"]);
    assert!(project.run(&["plan", "--offline"]).stderr.contains("; it waits, and with it `py:top`\n"));
}

#[test]
fn tags_of_a_run_that_failed_are_passed_over_and_their_versions_stay_taken() {
    let project = Project::released();
    for name in ["core", "lib", "top"] {
        project.sandbox.git(["tag", &format!("{name}-v1.1.0")]);
    }
    let behind = project.run(&["plan", "--offline"]).code(5);
    assert!(behind.stderr.contains("3 packages lie below their tags"), "{behind}");
    assert_eq!(behind.stderr.matches("RK-VERSION-BEHIND-TAG").count(), 1, "{behind}");
    project.sandbox.write("releasekit.toml", "ignore_tags = [\"*-v1.1.0\"]\n");
    project.change("core", "feat: more");
    assert_eq!(
        moves(&project),
        [
            "core 1.0.0 → 1.1.1 minor (commit)",
            "lib 1.0.0 → 1.0.1 patch (dependency)",
            "top 1.0.0 → 1.0.1 patch (dependency)"
        ]
    );
    let said = project.run(&["plan", "--offline"]).stderr;
    assert!(said.contains("RK-VERSION-SPENT") && said.contains("`py:core` 1.1.0, now 1.1.1"), "{said}");
}

#[test]
fn a_checkout_that_is_older_than_its_tags_learns_it_once() {
    let project = Project::released();
    project.change("core", "feat: more");
    let old = project.sandbox.head();
    for (name, version) in [("core", "1.1.0"), ("lib", "1.0.1"), ("top", "1.0.1")] {
        project.package(name, version, &[], "");
    }
    project.sandbox.commit("chore: release");
    for tag in ["core-v1.1.0", "lib-v1.0.1", "top-v1.0.1"] {
        project.sandbox.git(["tag", tag]);
    }
    project.sandbox.git(["checkout", "--quiet", &old]);
    let refused = project.run(&["plan", "--offline"]).code(1);
    assert_eq!(refused.stderr.matches("RK-VERSION-TAG-EXISTS").count(), 1, "{refused}");
    assert!(refused.stderr.contains("HEAD lies behind these tags"), "{refused}");
}

#[test]
fn packages_that_were_released_under_one_tag_count_on_together() {
    let project = Project::unreleased();
    project.sandbox.git(["tag", "v1.0.0"]);
    project.change("core", "fix: x");
    project.sandbox.write("releasekit.toml", "synchronize = true\n");
    project.sandbox.commit("chore: configure");
    project.sandbox.push();
    assert!(project.run(&[]).ok().contains("tags `v{version}`"));
    assert!(moves(&project)[0].starts_with("core 1.0.0 → 1.0.1 patch"), "{:?}", moves(&project));
}

#[test]
fn one_released_package_needs_no_name_in_its_tags() {
    let project = single();
    project.sandbox.git(["tag", "v1.0.0", "a-v1.0.0^{}"]);
    project.sandbox.git(["tag", "--delete", "a-v1.0.0"]);
    project.sandbox.write("releasekit.toml", "tag_format = \"v{version}\"\n");
    project.change("a", "fix: x");
    assert_eq!(moves(&project), ["a 1.0.0 → 1.0.1 patch (commit)"]);
}

#[test]
fn where_nothing_moves_it_is_said_what_there_is_and_why() {
    let project = single();
    for number in 1..4 {
        project.change("a", &format!("Add thing {number} (#{number})"));
    }
    let said = project.run(&["plan", "--offline"]).ok();
    let expected = "3 commits since `a-v1.0.0` move nothing: none is a Conventional Commit (`releasekit explain a`)";
    assert!(said.contains(expected), "{said}");
    project.change("a", "docs: say so");
    let said = project.run(&[]).ok();
    assert!(said.contains("4 commits since `a-v1.0.0` move nothing: none has a type that does"), "{said}");
    project.sandbox.write(".changeset/config.json", "{}").commit("feat: describe changes in files");
    let said = project.run(&[]).ok();
    assert!(said.contains("4 commits since `a-v1.0.0` move nothing: change files do, and none asks for it"), "{said}");
}

#[test]
fn a_version_ahead_says_of_what_unless_a_commit_decides() {
    let project = single();
    project.package("a", "1.5.0", &[], "").sandbox.commit("fix: raise");
    let said = project.run(&["plan", "--offline"]).ok();
    assert!(said.contains("1.5.0    1.0.0   1.5.0  none  ahead of 1.0.0 (and 1 more)"), "{said}");
    project.change("a", "feat!: more");
    let said = project.run(&["plan", "--offline"]).ok();
    assert!(said.contains("2.0.0  major  ") && said.contains(" feat!: more (and 2 more)"), "{said}");
}

#[test]
fn a_requirement_above_what_is_planned_is_left_and_holds_back_who_declares_it() {
    let project = Project::released();
    project.package("lib", "1.0.0", &["core>=1.1.0,<2", "httpx"], "").sandbox.commit("chore: what is to come");
    project.change("core", "fix: x");
    let planned = project.run(&["plan", "--offline", "--format", "full"]);
    assert!(planned.stderr.contains("`py:lib` waits, and with it `py:top`"), "{planned}");
    assert!(planned.stderr.contains("it requires `core>=1.1.0,<2`, and `py:core` 1.0.1 is planned"), "{planned}");
    assert!(planned.stderr.contains("RK-REQUIREMENT-AHEAD"), "{planned}");
    assert!(!planned.stdout.contains("-    \"core>=1.1.0"), "{planned}");
    assert_eq!(moves(&project), ["core 1.0.0 → 1.0.1 patch (commit)"]);
    project.change("core", "feat: y");
    assert_eq!(moves(&project).len(), 3);
}

#[test]
fn those_that_wait_for_one_package_are_told_together() {
    let project = Project::released();
    project.package("lib", "1.0.0", &["core>=1.1.0,<2", "httpx"], "");
    project.package("extra", "1.0.0", &["core>=1.2"], "").sandbox.commit("feat: what is to come");
    project.change("core", "fix: x");
    let planned = project.run(&["plan", "--offline"]);
    let expected = "2 packages wait, for they require more than `py:core` 1.0.1, which is planned: `py:extra` (`core>=1.2`), \
                    `py:lib` (`core>=1.1.0,<2`); and with them `py:top`";
    assert!(planned.stderr.contains(expected), "{planned}");
    assert_eq!(planned.stderr.matches("RK-REQUIREMENT-AHEAD").count(), 1, "{planned}");
}

#[test]
fn a_range_that_is_left_moves_as_a_whole() {
    let project = Project::released();
    project.package("core", "0.1.0", &[], "").package("lib", "1.0.0", &["core>=0.1.0,<0.2.0", "httpx"], "");
    project.sandbox.commit("chore: below one");
    project.sandbox.git(["tag", "--delete", "core-v1.0.0"]);
    project.sandbox.git(["tag", "core-v0.1.0"]);
    project.change("core", "feat!: x");
    let planned = project.run(&["plan", "--offline", "--format", "full"]).ok();
    assert!(planned.contains("+dependencies = [\"core>=0.2.0,<0.3.0\", \"httpx\"]"), "{planned}");
}

#[test]
fn labels_are_kept_until_graduate_whatever_command_asks() {
    let project = single();
    project.package("a", "1.1.0rc1", &[], "").sandbox.commit("chore: rc");
    project.sandbox.git(["tag", "a-v1.1.0rc1"]);
    project.change("a", "fix: x");
    assert_eq!(moves(&project), ["a 1.1.0rc1 → 1.1.0rc2 prerelease (commit)"]);
    for args in [["plan", "--offline", "--graduate"].as_slice(), &["version", "--graduate", "a"]] {
        let said = project.run(args).ok();
        assert!(said.contains("1.1.0 ") && !said.contains("rc2"), "{said}");
    }
    project.run(&["plan", "--offline", "--graduate", "b"]).code(2);
}

#[test]
fn a_run_for_some_groups_says_whom_it_leaves_behind_and_what_it_may_need() {
    let project = Project::released();
    project.sandbox.write(
        "releasekit.toml",
        "[groups]\nlow = {}\nmid = {}\n\n[packages]\ncore.group = \"low\"\nlib.group = \"mid\"\n",
    );
    project.change("core", "feat: x");
    project.change("lib", "fix: x");
    let ran = project.run(&["plan", "--offline", "--group", "mid"]);
    let counted = "2 excluded, 1 needed and left out";
    assert!(ran.stdout.contains("lib") && !ran.stdout.contains("core ") && ran.stdout.contains(counted), "{ran}");
    for said in ["RK-GROUP-LEAVES-BEHIND", "`top` needs `lib`", "RK-GROUP-NEEDS", "not released with it: `core`"] {
        assert!(ran.stderr.contains(said), "{said} {ran}");
    }
    let both = project.run(&["version", "--offline", "--group", "mid", "low"]).ok();
    assert_eq!((both.contains("1.1.0"), both.contains("1.0.1"), both.contains("top")), (true, true, false), "{both}");
    project.run(&["version", "--offline", "--group", "high"]).code(2);
}

#[test]
fn the_command_line_says_how_far_packages_move_and_moves_those_that_nothing_moves() {
    let project = Project::released();
    assert_eq!(project.run(&["plan", "--bump", "minor"]).ok(), "nothing to release\n3 unchanged, 1 excluded");
    project.change("top", "fix: x");
    for command in ["plan", "version"] {
        let said = project.run(&[command, "--bump", "minor"]).ok();
        assert!(said.contains("1.1.0") && !said.contains("core"), "{said}");
        let said = project.run(&[command, "--force-unchanged"]).ok();
        assert_eq!(said.matches("1.0.1").count(), 3, "{said}");
    }
    let said = project.run(&["plan", "--force-unchanged", "--format", "full"]).ok();
    assert!(said.contains("asked for on the command line"), "{said}");
    project.run(&["plan", "--bump", "none"]).code(2);
}

#[test]
fn a_clone_without_tags_is_not_told_to_release_everything() {
    let project = Project::released();
    let clone = project.sandbox.clone_remote("bare-of-tags", &["--no-tags"]);
    let refused = project.run_in(&clone, &["should-release"]).code(5);
    assert!(refused.stderr.contains("RK-GIT-TAGS-MISSING") && refused.stderr.contains("git fetch --tags"), "{refused}");
    project.sandbox.git_in(&clone, ["fetch", "--quiet", "--tags"]);
    project.run_in(&clone, &["should-release"]).code(4);
    let new = Project::unreleased();
    new.run(&["should-release"]).code(0);
}

#[test]
fn the_tag_of_a_last_release_is_where_the_remote_has_it() {
    let refused = |project: &Project, said: &str, helps: &str| {
        let ran = project.run(&["prepare", "--dry-run"]).code(5);
        assert!(ran.stderr.contains("error[RK-PREPARE-TAG-DIFFERS]") && ran.stderr.contains(said), "{ran}");
        assert!(ran.stderr.contains(helps), "{ran}");
    };
    let project = Project::released();
    project.change("core", "feat: hidden by a tag that was moved");
    project.sandbox.push();
    project.sandbox.git(["tag", "--force", "core-v1.0.0"]);
    refused(&project, "`core-v1.0.0` is at", "git fetch --tags --force");
    project.sandbox.git(["fetch", "--quiet", "--tags", "--force"]);
    project.package("core", "1.0.1", &[], "").sandbox.commit("chore: raise");
    project.sandbox.push();
    project.sandbox.git(["tag", "core-v1.0.1"]);
    refused(&project, "`core-v1.0.1` is in this clone alone", "git tag --delete core-v1.0.1");
}

#[test]
fn a_tag_below_the_last_release_may_differ() {
    let project = Project::released();
    project.package("core", "1.1.0", &[], "").sandbox.commit("chore: raise");
    project.sandbox.git(["tag", "core-v1.1.0"]);
    project.sandbox.push();
    project.sandbox.git(["tag", "--force", "core-v1.0.0"]);
    let ran = project.run(&["prepare", "--dry-run"]);
    assert!(!ran.stderr.contains("RK-PREPARE-TAG-DIFFERS"), "{ran}");
}

#[test]
fn a_sparse_checkout_has_all_packages() {
    let project = Project::released();
    project.sandbox.git(["sparse-checkout", "set", "--cone", "packages/core"]);
    let found = project.json(&["discover", "--format", "json"]);
    let names: Vec<_> = found["packages"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["app", "core", "lib", "top"]);
}

//! `init`: what is shown and written, what of people's stays, and when it is stale. The workflow itself lies beside this file.

use std::fs;
use std::path::PathBuf;

use releasekit_testkit::{Snapshot, Tools, run};
use serde_json::json;

use crate::project::Project;
use crate::writing::TERMINAL;

const WORKFLOW: &str = ".github/workflows/releasekit.yml";
const GENERATED: &str = ".releasekit/generated/.github/workflows/releasekit.yml";
const INIT: &[&str] = &["init", "--ci", "github"];

fn init<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [INIT, more].concat()
}

/// The workflow of a repository of all ecosystems.
fn text_of_all() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/interface/workflows/github.yml")
}

/// This repository.
fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A repository of uv, cargo and pnpm, whose workflow has been written.
fn project() -> Project {
    let project = Project::unreleased();
    project.sandbox.write(
        "tool/Cargo.toml",
        "[package]\nname = \"tool\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[lib]\npath = \"lib.rs\"\n",
    );
    project.sandbox.write("tool/lib.rs", "");
    project.sandbox.write("site/pnpm-workspace.yaml", "packages: []\n");
    project.sandbox.write("site/package.json", "{\"name\": \"site\", \"version\": \"0.1.0\"}\n");
    project.run(&init(&["--yes"])).code(0);
    project
}

#[test]
fn the_workflow_of_a_repository_of_all_ecosystems() {
    let expected = fs::read_to_string(text_of_all()).unwrap_or_default();
    let project = project();
    let made = project.sandbox.read(WORKFLOW);
    let made = made.replace(concat!("releasekit ", env!("CARGO_PKG_VERSION")), "releasekit 1.2.3");
    let made = made.replace(concat!("releasekit@", env!("CARGO_PKG_VERSION")), "releasekit@1.2.3");
    assert_eq!(made, expected, "\n--- the workflow\n{made}\n---");
    assert_eq!(project.sandbox.read(GENERATED), project.sandbox.read(WORKFLOW));
}

/// The schema, an auditor, and in CI a linter that knows expressions. The workflow of this very repository is one of those
/// that they look at.
#[test]
fn nobody_objects_to_the_workflow() {
    let Some(tools) = Tools::require() else { return };
    let files = [text_of_all(), root().join(WORKFLOW)];
    let looks: &[(&str, &[&str])] = &[
        ("check-jsonschema", &["--builtin-schema", "vendor.github-workflows"]),
        ("zizmor", &["--offline", "--no-progress", "--persona", "pedantic"]),
        ("actionlint", &[]),
    ];
    let sandbox = Project::empty().sandbox;
    for (program, args) in looks {
        let Some(program) = tools.require_lint(program) else { continue };
        let ran = run(sandbox.command(program).args(*args).args(&files));
        assert!(ran.success(), "{ran}");
    }
}

#[test]
fn this_repository_has_the_workflow_that_it_should_have() {
    let project = Project::empty();
    project.run_in(&root(), &init(&["--check", "--offline"])).code(0);
}

#[test]
fn it_is_shown_before_it_is_written_and_a_dry_run_only_shows_it() {
    let project = Project::unreleased();
    let before = Snapshot::of_checkout(&project.sandbox.work());
    let dry = project.run(&init(&["--dry-run"])).code(0);
    before.assert_same(&Snapshot::of_checkout(&project.sandbox.work()));
    assert!(dry.stdout.starts_with(&format!("--- /dev/null\n+++ b/{WORKFLOW}\n@@ -0,0 +1,")), "{dry}");
    assert!(dry.stdout.contains("+    branches: [\"main\"]\n"), "{dry}");
    assert!(dry.stdout.ends_with(&format!("{WORKFLOW} would be written\n{GENERATED} would be written\n")), "{dry}");

    let done = project.run(&init(&["--yes"])).code(0);
    assert!(
        done.stdout.ends_with(&format!("{WORKFLOW} written; commit it\n{GENERATED} written; commit it\n")),
        "{done}"
    );
    assert_eq!(project.run(&init(&["--yes"])).code(0).stdout, format!("{WORKFLOW} is what it should be\n"));
    let answer = json!({"schema": 1, "dry_run": false, "written": [], "conflicts": []});
    assert_eq!(project.json(&init(&["--format", "json"])), answer);
    let answer = json!({"schema": 1, "dry_run": true, "written": [], "conflicts": []});
    assert_eq!(project.json(&init(&["--dry-run", "--format", "json"])), answer);
}

#[test]
fn on_a_terminal_it_is_shown_and_then_asked() {
    let Some(tools) = Tools::require() else { return };
    let project = Project::unreleased();
    let answered = |answer: &str| {
        let mut command = project.sandbox.command(tools.python());
        command.args(["-c", TERMINAL, answer, env!("CARGO_BIN_EXE_releasekit")]).args(init(&[]));
        run(&mut command)
    };
    let no = answered("n").code(1);
    assert!(no.stdout.contains(&format!("+++ b/{WORKFLOW}\n")) && no.stdout.contains("write this? [y/N] "), "{no}");
    assert!(!project.sandbox.work().join(WORKFLOW).exists());
    let yes = answered("y").code(0);
    assert_eq!(yes.stdout.matches(&format!("+++ b/{WORKFLOW}\n")).count(), 1, "{yes}");
    assert!(project.sandbox.work().join(WORKFLOW).exists());
}

/// What tags say only to those who are told how to read them becomes a line of the configuration.
#[test]
fn a_configuration_says_what_would_else_be_asked_and_one_of_people_stays() {
    let project = Project::unreleased();
    project.sandbox.git(["tag", "v1.0.0"]);
    project.change("core", "feat: x");
    let planned = |project: &Project| project.run(&["plan", "--offline"]).ok();
    assert!(planned(&project).contains("first releases"), "{}", planned(&project));
    let dry = project.run(&["init", "--dry-run"]).code(0);
    assert!(dry.stdout.ends_with("releasekit.toml would be written\n"), "{dry}");
    project.run(&["init", "--yes"]).code(0);
    let text = project.sandbox.read("releasekit.toml");
    assert!(text.starts_with("# What releasekit finds") && text.contains("tag_format = \"v{version}\""), "{text}");
    let after = planned(&project);
    assert!(!after.contains("first releases") && after.contains("1.1.0"), "{after}");
    assert_eq!(project.run(&["init", "--yes"]).code(0).stdout, "releasekit.toml is there, and yours\n");
    project.run(&["init", "--check"]).code(2);
}

#[test]
fn a_repository_that_needs_no_configuration_gets_one_that_says_so() {
    let project = Project::released();
    project.run(&["init", "--yes"]).code(0);
    let text = project.sandbox.read("releasekit.toml");
    assert!(text.lines().all(|line| line.starts_with('#')), "{text}");
    project.run(&["config", "show"]).code(0);
}

#[test]
fn what_people_changed_stays_and_what_is_new_comes_in() {
    let project = project();
    project.run(&init(&["--check"])).code(0);
    let mine = project.sandbox.read(WORKFLOW).replace("ubuntu-24.04", "our-runner");
    project.sandbox.write(WORKFLOW, &mine);
    project.run(&init(&["--check"])).code(0);
    assert_eq!(project.run(&init(&["--yes"])).code(0).stdout, format!("{WORKFLOW} is what it should be\n"));

    project.sandbox.write("releasekit.toml", "release_branches = [\"main\", \"release/*\"]\n");
    let stale = project.run(&init(&["--check"])).code(5);
    assert!(stale.stderr.contains("RK-INIT-STALE") && stale.stderr.contains("releasekit init --ci github"), "{stale}");
    let update = project.run(&init(&["--yes"])).code(0);
    assert!(
        update.stdout.contains("-    branches: [\"main\"]\n+    branches: [\"main\", \"release/**\"]\n"),
        "{update}"
    );
    let present = project.sandbox.read(WORKFLOW);
    assert!(present.contains("our-runner") && !present.contains("ubuntu-24.04"), "{present}");
    project.run(&init(&["--check"])).code(0);

    // One of the tools is no longer there.
    fs::remove_dir_all(project.sandbox.work().join("tool")).expect("the sandbox is writable");
    project.run(&init(&["--check"])).code(5);
    project.run(&init(&["--yes"])).code(0);
    let present = project.sandbox.read(WORKFLOW);
    assert!(!present.contains("rustup") && present.contains("our-runner"), "{present}");
}

#[test]
fn where_both_changed_the_same_lines_people_choose_before_anything_else_is_merged() {
    let project = project();
    let mine = project.sandbox.read(WORKFLOW).replace("branches: [\"main\"]", "branches: [\"trunk\"]");
    project.sandbox.write(WORKFLOW, mine);
    project.sandbox.write("releasekit.toml", "default_branch = \"next\"\n");
    let ran = project.run(&init(&["--yes"])).code(1);
    assert!(ran.stderr.contains("error[RK-INIT-CONFLICT]") && ran.stderr.contains(" at line "), "{ran}");
    let both = "<<<<<<< yours\n    branches: [\"trunk\"]\n=======\n    branches: [\"next\"]\n>>>>>>> releasekit\n";
    let present = project.sandbox.read(WORKFLOW);
    assert!(present.contains(both), "{present}");
    for more in ["--yes", "--check"] {
        assert!(project.run(&init(&[more])).code(1).stderr.contains("RK-INIT-CONFLICT"), "{more}");
    }
    assert_eq!(project.sandbox.read(WORKFLOW), present);
    project.sandbox.write(WORKFLOW, present.replace(both, "    branches: [\"trunk\"]\n"));
    project.run(&init(&["--check"])).code(0);
}

#[test]
fn what_somebody_else_wrote_is_left_alone() {
    let project = project();
    fs::remove_file(project.sandbox.work().join(GENERATED)).expect("it was written");
    project.run(&init(&["--check"])).code(5);
    project.sandbox.write(WORKFLOW, "name: mine\n");
    let ran = project.run(&init(&["--yes"])).code(5);
    assert!(ran.stderr.contains("RK-INIT-FOREIGN"), "{ran}");
    assert_eq!(project.sandbox.read(WORKFLOW), "name: mine\n");
}

#[test]
fn without_a_branch_to_release_from_nothing_is_written() {
    let project = Project::unreleased();
    project.sandbox.git(["remote", "remove", "origin"]);
    project.sandbox.git(["checkout", "--quiet", "--detach"]);
    let ran = project.run(&init(&["--yes"])).code(5);
    assert!(ran.stderr.contains("RK-INIT-BRANCH-UNKNOWN"), "{ran}");
    project.run(&["--config", "none", "init", "--ci", "github", "--yes"]).code(5);
}

//! Errors that the command line, the configuration, discovery and the plan raise: each with its code and exit code.

use std::fs;

use releasekit_testkit::run;

use crate::project::{Project, manifest};

/// A code, the exit code, what is wrong, and the command that meets it.
type Case = (&'static str, i32, fn(&Project), &'static [&'static str]);

fn check(cases: &[Case]) {
    for (code, exit, setup, args) in cases {
        let project = Project::released();
        setup(&project);
        let ran = project.run(args);
        let found = ran.stderr.contains(&format!("error[{code}]: "));
        assert!(found && ran.code == Some(*exit), "expected {code} and exit code {exit}\n{ran}");
    }
}

fn config(project: &Project, text: &str) {
    project.sandbox.write("releasekit.toml", text);
}

fn commit_config(project: &Project, text: &str) {
    config(project, text);
    project.sandbox.commit("chore: configure");
    project.sandbox.push();
}

#[test]
fn the_command_line() {
    check(&[
        ("RK-USAGE-ARGUMENTS", 2, |_| {}, &["plan", "--bogus"]),
        ("RK-USAGE-ARGUMENTS", 2, |_| {}, &["--format", "json", "plan"]),
        (
            "RK-USAGE-ARGUMENTS",
            2,
            |_| {},
            &["version", "next", "--scheme", "calver", "--current", "1", "--bump", "none"],
        ),
        (
            "RK-USAGE-ARGUMENTS",
            2,
            |_| {},
            &["version", "next", "--scheme", "semver", "--current", "x", "--bump", "none"],
        ),
        ("RK-USAGE-ARGUMENTS", 2, |_| {}, &["publish", "--concurrency", "0"]),
        ("RK-USAGE-ARGUMENTS", 2, |_| {}, &["release", "--no-build", "--artifacts", "dist"]),
        ("RK-USAGE-ARGUMENTS", 2, |_| {}, &["yank", "core"]),
        ("RK-PACKAGE-UNKNOWN", 2, |_| {}, &["yank", "croe@1.0.0"]),
        ("RK-VERSION-INVALID", 1, |_| {}, &["yank", "core@one"]),
        ("RK-PYPI-NO-YANK", 1, |_| {}, &["yank", "core@1.0.0"]),
        ("RK-USAGE-FOLDER", 2, |_| {}, &["-C", "nowhere", "plan"]),
        ("RK-USAGE-FOLDER", 2, |_| {}, &["-C", "pyproject.toml", "plan"]),
        ("RK-CODE-UNKNOWN", 2, |_| {}, &["explain", "RK-NO-SUCH"]),
        ("RK-PACKAGE-UNKNOWN", 2, |_| {}, &["graph", "--deps", "croe"]),
        ("RK-PACKAGE-UNKNOWN", 2, |_| {}, &["explain", "croe"]),
        ("RK-PACKAGE-AMBIGUOUS", 2, two_workspaces, &["graph", "--deps", "core"]),
        ("RK-REPOSITORY-MISSING", 5, |_| {}, &["-C", "../..", "plan"]),
        ("RK-GIT-NO-WORK-TREE", 5, |_| {}, &["-C", "../remote.git", "plan"]),
    ]);
}

fn two_workspaces(project: &Project) {
    fs::remove_dir_all(project.sandbox.work().join("packages")).expect("the sandbox is writable");
    fs::remove_file(project.sandbox.work().join("pyproject.toml")).expect("the sandbox is writable");
    for folder in ["one", "two"] {
        project
            .sandbox
            .write(format!("{folder}/pyproject.toml"), manifest("core", "1.0.0", &[], "[tool.uv.workspace]\n"));
    }
}

#[test]
fn wrong_arguments_come_with_help() {
    let project = Project::empty();
    let help = |args: &[&str]| project.run(args).code(2).stderr;
    let expected =
        "error[RK-USAGE-ARGUMENTS]: unrecognized subcommand `discovr`\nhelp: a similar subcommand exists: `discover`\n";
    assert_eq!(help(&["discovr"]), expected);
    assert!(help(&["build"]).ends_with("not provided: --out <DIR>\nhelp: usage: releasekit build --out <DIR>\n"));
    assert!(help(&["explain", "RK-GRAPH-CYCLE"]).ends_with("help: did you mean `RK-GRAPH-CYCLE-DETECTED`?\n"));
}

#[test]
fn the_configuration() {
    check(&[
        ("RK-CONFIG-SYNTAX", 3, |p| config(p, "sign = \n"), &["plan"]),
        ("RK-CONFIG-DUPLICATE", 3, |p| config(p, "sign = \"auto\"\nsign = \"never\"\n"), &["plan"]),
        ("RK-CONFIG-UNKNOWN-KEY", 3, |p| config(p, "sing = \"auto\"\n"), &[]),
        ("RK-CONFIG-INVALID-VALUE", 3, |p| config(p, "sign = true\n"), &["version"]),
        ("RK-CONFIG-CONTRADICTION", 3, |p| config(p, "propagate = \"never\"\n"), &["plan"]),
        ("RK-CONFIG-UNKNOWN-PACKAGE", 3, |p| config(p, "[packages.croe]\nrelease = \"tag\"\n"), &["discover"]),
        ("RK-CONFIG-UNKNOWN-PACKAGE", 3, |p| config(p, "[packages.core]\ndepends_on = [\"x\"]\n"), &["config", "show"]),
        ("RK-CONFIG-UNKNOWN-PACKAGE", 3, |p| config(p, "[forge]\nlatest = \"croe\"\n"), &["discover"]),
        ("RK-FORGE-KIND-UNKNOWN", 3, |p| commit_config(p, "[forge]\nkind = \"hub\"\n"), &["prepare"]),
        ("RK-CONFIG-UNKNOWN-PACKAGE", 3, |p| commit_config(p, "[packages.croe]\nrelease = \"tag\"\n"), &["prepare"]),
        (
            "RK-CONFIG-UNKNOWN-ECOSYSTEM",
            3,
            |p| config(p, "[ecosystems.x]\nworkspace_root = \"elsewhere\"\n"),
            &["graph"],
        ),
        ("RK-CONFIG-MISSING", 3, |_| {}, &["plan", "--config", "other.toml"]),
        ("RK-CONFIG-UNREADABLE", 3, |_| {}, &["plan", "--config", "packages"]),
        ("RK-CONFIG-UNREADABLE", 3, not_text, &["plan"]),
        ("RK-WORKSPACE-ROOT-UNCLEAR", 3, unclear_root, &["discover"]),
        ("RK-TAG-AMBIGUOUS", 3, |p| config(p, AMBIGUOUS), &["plan"]),
        ("RK-GIT-COMMIT-MISSING", 5, |p| config(p, &format!("bootstrap_sha = \"{}\"\n", "1".repeat(40))), &["plan"]),
        ("RK-CHANGELOG-TEMPLATE", 3, broken_template, &["plan", "--format", "full"]),
    ]);
}

const AMBIGUOUS: &str = "[packages.core]\ntag_format = \"v{version}\"\n[packages.lib]\ntag_format = \"v{version}\"\n";

fn not_text(project: &Project) {
    project.sandbox.write("releasekit.toml", [0xff, 0xfe]);
}

fn unclear_root(project: &Project) {
    two_workspaces(project);
    config(project, "[ecosystems.python]\nexclude = []\n");
}

fn broken_template(project: &Project) {
    project.sandbox.write("notes.j2", "{{ nothing | such }}\n");
    config(project, "[changelog]\ntemplate = \"notes.j2\"\n");
    project.change("core", "fix: mend it");
}

#[test]
fn a_wrong_name_is_shown_where_the_configuration_says_it() {
    let project = Project::released();
    config(&project, "stale = \"warn\"\n[packages.croe]\nrelease = \"tag\"\n[packages.core]\ndepends_on = [\"xyz\"]\n");
    let stderr = project.run(&["discover"]).code(3).stderr;
    for part in ["releasekit.toml:2:11", "help: did you mean `core`?", "releasekit.toml:5:15", "error: 2 errors"] {
        assert!(stderr.contains(part), "{part}\n{stderr}");
    }
}

#[test]
fn configuration_can_be_named_or_left_out() {
    let project = Project::released();
    config(&project, "sing = 1\n");
    project.sandbox.write("packages/other.toml", "stale = \"warn\"\n");
    project.run(&["plan"]).code(3);
    project.run(&["plan", "--config", "none"]).code(0);
    let below = project.sandbox.work().join("packages");
    let shown = project.run_in(&below, &["config", "show", "--origin", "--config", "other.toml"]).code(0).stdout;
    assert!(shown.contains("other.toml:1"), "{shown}");
}

#[test]
fn discovery_and_graph() {
    check(&[
        ("RK-GRAPH-CYCLE-DETECTED", 1, |p| requires(p, "core", "top"), &["graph"]),
        ("RK-GRAPH-CYCLE-DETECTED", 1, |p| requires(p, "core", "core"), &["graph"]),
        ("RK-GRAPH-PRIVATE-DEPENDENCY", 1, private_core, &["graph"]),
        ("RK-UV-MANIFEST-INVALID", 1, broken_package_file, &["discover"]),
    ]);
    let project = Project::released();
    project.package("core", "1.0.0", &["top"], "");
    let stderr = project.run(&["graph"]).code(1).stderr;
    assert!(stderr.contains("py:core → py:top → py:lib → py:core"), "{stderr}");
}

fn requires(project: &Project, name: &str, other: &str) {
    project.package(name, "1.0.0", &[other], "");
}

fn broken_package_file(project: &Project) {
    project.sandbox.write("packages/core/pyproject.toml", "[project\n");
}

fn private_core(project: &Project) {
    project.package("core", "1.0.0", &[], "\n[tool.uv]\npackage = false\n");
}

/// A file that should hold the version of a package, and the text that it has.
fn listed(project: &Project, text: Option<&str>) {
    config(project, "[packages.core]\nextra_files = [\"src/core/version.py\"]\n");
    if let Some(text) = text {
        project.sandbox.write("packages/core/src/core/version.py", text);
    }
    project.change("core", "fix: mend it");
    project.sandbox.push();
}

fn dynamic_version(project: &Project) {
    let text = manifest("core", "1.0.0", &[], "").replace("version = \"1.0.0\"", "dynamic = [\"version\"]");
    project.sandbox.write("packages/core/pyproject.toml", text);
    project.sandbox.commit("build: take the version from tags");
}

#[test]
fn history_and_plan() {
    check(&[
        ("RK-VERSION-BEHIND-TAG", 5, |p| drop(p.sandbox.git(["tag", "core-v2.0.0"])), &["plan"]),
        ("RK-VERSION-TAG-EXISTS", 1, tag_elsewhere, &["plan"]),
        ("RK-COMMIT-TRAILER", 5, |p| drop(p.change("core", "fix: mend it\n\nrelease: huge")), &["plan"]),
        ("RK-CHANGE-FILE-INVALID", 5, |p| described(p, "x.md", "?"), &["plan"]),
        ("RK-CHANGE-FILE-PACKAGE", 5, |p| described(p, "x.md", "---\ncroe: patch\n---\n"), &["plan"]),
        ("RK-CHANGE-SETTINGS-INVALID", 3, |p| described(p, "config.json", "{"), &["discover"]),
        ("RK-CHANGE-PRE-MODE", 1, |p| described(p, "pre.json", "{}"), &["plan"]),
        ("RK-VERSION-ASKED-BEHIND", 5, |p| drop(p.change("core", "fix: it\n\nRelease-As: 0.9.0")), &["plan"]),
        ("RK-UV-DYNAMIC-VERSION", 1, dynamic_version, &["plan"]),
        ("RK-EXTRA-FILE-MISSING", 3, |p| listed(p, None), &["prepare"]),
        ("RK-EXTRA-FILE-VERSION", 5, |p| listed(p, Some("v = '1.0.1'\n")), &["prepare"]),
        ("RK-EXTRA-FILE-UNCLEAR", 5, |p| listed(p, Some("1.0.0 and 1.0.0\n")), &["plan", "--format", "full"]),
        ("RK-MANIFEST-UNREADABLE", 1, broken_manifest, &["release"]),
        ("RK-RELEASE-NO-MANIFEST", 5, |_| {}, &["publish"]),
        ("RK-PREPARE-NOT-ON-BRANCH", 5, |p| drop(p.change("core", "fix: not pushed")), &["prepare"]),
        ("RK-GIT-NO-REMOTE", 5, |p| drop(p.sandbox.git(["remote", "remove", "origin"])), &["prepare"]),
        ("RK-STATE-READ-ONLY", 5, |_| {}, &["prepare", "--state-dir", "pyproject.toml/below"]),
    ]);
}

/// A file beside the settings of change files, or these themselves.
fn described(project: &Project, file: &str, text: &str) {
    project.sandbox.write(".changeset/config.json", "{}");
    project.sandbox.write(format!(".changeset/{file}"), text);
    project.sandbox.commit("ci: describe changes");
}

fn tag_elsewhere(project: &Project) {
    project.sandbox.git(["checkout", "-q", "-b", "other"]);
    project.change("core", "fix: elsewhere");
    project.sandbox.git(["tag", "core-v1.0.1"]);
    project.sandbox.git(["checkout", "-q", "main"]);
    project.change("core", "fix: here");
}

fn broken_manifest(project: &Project) {
    project.sandbox.write(".releasekit/manifest.json", "{\"schema\": 99}");
    project.sandbox.commit("chore: break it");
    project.sandbox.push();
}

#[test]
fn a_clone_that_lacks_history_or_tags_says_what_helps() {
    let project = Project::released();
    project.change("core", "fix: mend it");
    project.sandbox.push();
    let shallow = project.sandbox.clone_remote("shallow", &["--depth", "1", "--no-tags"]);
    let ran = project.run_in(&shallow, &["plan"]).code(5);
    assert!(ran.stderr.contains("error[RK-GIT-SHALLOW]") && ran.stderr.contains("git fetch --unshallow"), "{ran}");
    let overview = project.run_in(&shallow, &[]).code(5);
    assert!(overview.stdout.starts_with("4 packages") && overview.stderr.contains("RK-GIT-SHALLOW"), "{overview}");
    let untagged = project.sandbox.clone_remote("untagged", &["--no-tags"]);
    let ran = project.run_in(&untagged, &["prepare"]).code(5);
    assert!(ran.stderr.contains("error[RK-GIT-TAGS-MISSING]"), "{ran}");
}

#[test]
fn the_surroundings() {
    let project = Project::released();
    let mut homeless = project.command(&["plan"]);
    homeless.env_remove("HOME").env_remove("XDG_CACHE_HOME");
    let ran = run(&mut homeless).code(5);
    assert!(
        ran.stderr.contains("error[RK-CACHE-FOLDER-UNKNOWN]") && ran.stderr.contains("RELEASEKIT_CACHE_DIR"),
        "{ran}"
    );

    let full = fs::OpenOptions::new().write(true).open("/dev/full");
    if let Ok(full) = full {
        let child = project.command(&["config", "show"]).stdout(full).stderr(std::process::Stdio::piped()).spawn();
        let output = child.and_then(std::process::Child::wait_with_output).expect("the binary was built");
        assert_eq!(output.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&output.stderr).contains("error[RK-OUTPUT-FAILED]"));
    }
}

#[test]
fn every_code_is_explained() {
    let project = Project::empty();
    let reference = releasekit::reference::errors_markdown();
    let codes: Vec<&str> = reference.lines().filter_map(|line| line.strip_prefix("### ")).collect();
    assert!(codes.len() > 50);
    for code in codes {
        let text = project.run(&["explain", &code.to_lowercase()]).code(0).stdout;
        assert!(text.starts_with(&format!("{code}: ")) && text.lines().count() >= 3, "{text}");
    }
}

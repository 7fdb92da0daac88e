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

#[test]
fn a_squash_says_what_it_lists() {
    let project = single();
    project.change("a", "Improve the parser (#7)\n\n* feat: read tabs\n\n* fix: do not crash\n\n---------\n\nCo-authored-by: A <a@example.invalid>");
    assert_eq!(moves(&project), ["a 1.0.0 → 1.1.0 minor (commit, commit)"]);
    let explained = project.run(&["explain", "a"]).ok();
    assert!(explained.contains("feat: read tabs") && explained.contains("fix: do not crash"), "{explained}");
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
    assert!(project.run(&["plan", "--offline"]).ok().contains("its published requirements changed"));

    project.sandbox.write("releasekit.toml", "requirement_changes = \"none\"\n");
    assert_eq!(moves(&project), [""; 0]);
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

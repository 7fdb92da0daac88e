//! What stands on stdout: the exact shapes that programs read, and the tables that people read.

use crate::project::Project;
use releasekit_testkit::run;
use serde_json::json;

#[test]
fn discover_prints_its_documented_json() {
    let project = Project::released();
    let package = |name: &str, version: &str, private: bool, dependencies: &[&str]| {
        json!({
            "name": name, "ecosystem": "python", "tool": "uv", "label": "py", "path": format!("packages/{name}"),
            "version": version, "private": private, "dependencies": dependencies,
        })
    };
    let expected = json!({"schema": 1, "packages": [
        package("app", "0.1.0", true, &["top"]),
        package("core", "1.0.0", false, &[]),
        package("lib", "1.0.0", false, &["core"]),
        package("top", "1.0.0", false, &["lib"]),
    ]});
    assert_eq!(project.json(&["discover", "--format", "json"]), expected);
}

#[test]
fn discover_reads_the_work_tree_from_any_folder_of_it() {
    let project = Project::released();
    project.package("new", "0.0.0", &[], "");
    let expected = "\
PACKAGE  VERSION  PATH
app      0.1.0    packages/app   private: `tool.uv.package = false`
core     1.0.0    packages/core
lib      1.0.0    packages/lib
new      0.0.0    packages/new
top      1.0.0    packages/top
";
    assert_eq!(project.run(&["discover"]).code(0).stdout, expected);
    let below = project.sandbox.work().join("packages/core");
    assert_eq!(project.run_in(&below, &["discover"]).code(0).stdout, expected);
    let elsewhere = project.sandbox.path().to_owned();
    assert_eq!(project.run_in(&elsewhere, &["-C", "work/packages", "discover"]).code(0).stdout, expected);
}

#[test]
fn graph_draws_every_format() {
    let project = Project::released();
    let ascii = "app [private]\n`-- top\n    `-- lib\n        `-- core\n";
    assert_eq!(project.run(&["graph"]).code(0).stdout, ascii);
    assert_eq!(project.run(&["graph", "--format", "levels"]).code(0).stdout, "0: core\n1: lib\n2: top\n3: app\n");
    let mermaid = "graph TD\n  n0[\"core\"]\n  n1[\"lib\"]\n  n2[\"top\"]\n  n3[\"app\"]\n  n1 --> n0\n  n2 --> n1\n  n3 --> n2\n";
    assert_eq!(project.run(&["graph", "--format", "mermaid"]).code(0).stdout, mermaid);
    assert!(project.run(&["graph", "--format", "dot"]).code(0).stdout.contains("\"lib\" -> \"core\";"));
    let document = project.json(&["graph", "--format", "json"]);
    let lib = json!({"name": "lib", "label": "py", "path": "packages/lib", "level": 1, "private": false,
        "dependencies": [{"name": "core", "label": "py", "kinds": ["runtime"]}]});
    assert_eq!(document["packages"][1], lib);
}

#[test]
fn graph_shows_one_side_of_a_package() {
    let project = Project::released();
    let levels = |option: &str, name: &str| project.run(&["graph", "--format", "levels", option, name]).code(0).stdout;
    assert_eq!(levels("--deps", "lib"), "0: core\n1: lib\n");
    assert_eq!(levels("--rdeps", "py:LIB"), "1: lib\n2: top\n3: app\n");
}

#[test]
fn plan_prints_its_documented_json() {
    let project = Project::released();
    let commit = project.change("core", "feat(core): add it");
    let row = |name: &str, next: &str, bump: &str, level: u32, reasons: serde_json::Value| {
        json!({
            "name": name, "ecosystem": "python", "label": "py", "path": format!("packages/{name}"), "group": null,
            "current": "1.0.0", "next": next, "bump": bump, "status": "included", "level": level, "order": level + 1,
            "tag": format!("{name}-v{next}"), "reasons": reasons,
        })
    };
    let expected = json!({"schema": 1, "commit": commit, "packages": [
        row("core", "1.1.0", "minor", 0, json!([{"kind": "commit", "commit": commit, "summary": "feat(core): add it"}])),
        row("lib", "1.0.1", "patch", 1, json!([{"kind": "dependency", "package": "py:core"}])),
        row("top", "1.0.1", "patch", 2, json!([{"kind": "dependency", "package": "py:lib"}])),
        {
            "name": "app", "ecosystem": "python", "label": "py", "path": "packages/app", "group": null,
            "current": "0.1.0", "next": null, "bump": "none", "status": "excluded", "level": 3, "order": 4,
            "tag": null, "reasons": [],
        },
    ]});
    assert_eq!(project.json(&["plan", "--format", "json"]), expected);
    let again = [&["plan", "--format", "json"][..], &["plan", "--format", "json", "--offline"]];
    let texts = again.map(|args| project.run(args).code(0).stdout);
    assert_eq!(texts[0], texts[1], "the same inputs give the same bytes");
}

#[test]
fn plan_and_version_for_people() {
    let project = Project::released();
    let commit = project.change("core", "fix: mend it");
    let short = &commit[..9];
    let expected = format!(
        "\
PACKAGE  CURRENT  TAGGED  NEXT   BUMP   WHY
core     1.0.0    1.0.0   1.0.1  patch  {short} fix: mend it
lib      1.0.0    1.0.0   1.0.1  patch  needs core
top      1.0.0    1.0.0   1.0.1  patch  needs lib
1 excluded
why: releasekit explain core
"
    );
    assert_eq!(project.run(&["plan"]).code(0).stdout, expected);
    let version = "py:core 1.0.0 -> 1.0.1 (patch)\npy:lib 1.0.0 -> 1.0.1 (patch)\npy:top 1.0.0 -> 1.0.1 (patch)\n";
    assert_eq!(project.run(&["version"]).code(0).stdout, version);
    let moved = project.json(&["version", "--format", "json"]);
    let first = json!({"name": "core", "label": "py", "current": "1.0.0", "next": "1.0.1", "bump": "patch"});
    assert_eq!((&moved["schema"], &moved["packages"][0]), (&json!(1), &first));
}

#[test]
fn the_full_plan_shows_every_package_and_the_edits() {
    let project = Project::released();
    project.change("core", "fix: mend it");
    let text = project.run(&["plan", "--format", "full"]).code(0).stdout;
    for part in [
        "4      3      app      0.1.0    -       -      none   excluded",
        "--- a/packages/core/pyproject.toml\n+++ b/packages/core/pyproject.toml\n",
        "-version = \"1.0.0\"\n+version = \"1.0.1\"\n",
        "--- /dev/null\n+++ b/packages/core/CHANGELOG.md\n",
        "+- mend it\n",
    ] {
        assert!(text.contains(part), "{part}\n---\n{text}");
    }
}

#[test]
fn explain_tells_which_package_moves_its_group() {
    let project = Project::released();
    let config =
        "[groups.kit]\nversioning = \"fixed\"\n[packages.core]\ngroup = \"kit\"\n[packages.top]\ngroup = \"kit\"\n";
    project.sandbox.write("releasekit.toml", config);
    let fix = project.change("top", "fix: mend it");
    let expected = format!(
        "\
py:core 1.0.0 -> 1.0.1 (patch), tag `core-v1.0.1`, last release `core-v1.0.0`
  moves with group kit, for these move:
    py:top 1.0.0 -> 1.0.1 (patch), tag `top-v1.0.1`, last release `top-v1.0.0`
      patch {} fix: mend it
      patch needs py:lib, which moves:
        py:lib 1.0.0 -> 1.0.1 (patch), tag `lib-v1.0.1`, last release `lib-v1.0.0`
          patch needs py:core, which moves:
            py:core 1.0.0 -> 1.0.1 (patch), tag `core-v1.0.1`, last release `core-v1.0.0`
it moves in turn: py:lib
",
        &fix[..9]
    );
    assert_eq!(project.run(&["explain", "core"]).code(0).stdout, expected);
    let rows = project.json(&["explain", "core", "--format", "json"]);
    assert_eq!(rows["packages"][0]["reasons"], json!([{"kind": "group", "group": "kit"}]));
    assert_eq!((&rows["packages"][0]["group"], &rows["packages"][2]["name"]), (&json!("kit"), &json!("top")));
}

#[test]
fn nothing_to_release_is_said_and_can_be_asked_for() {
    let project = Project::released();
    assert_eq!(project.run(&["plan"]).code(0).stdout, "nothing to release\n3 unchanged, 1 excluded\n");
    project.run(&["plan", "--exit-code"]).code(4);
    project.run(&["version", "--exit-code"]).code(4);
    assert_eq!(project.run(&["should-release"]).code(4).stdout, "nothing to release\n");
    let answer = project.run(&["should-release", "--format", "json"]).code(4).stdout;
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&answer).unwrap(),
        json!({"schema": 1, "release": false, "packages": 0})
    );
    project.change("top", "fix: mend it");
    assert_eq!(project.run(&["should-release"]).code(0).stdout, "1 package to release\n");
    project.run(&["plan", "--exit-code"]).code(0);
}

/// The jobs of a workflow are told the next command, whatever the exit code would be.
#[test]
fn outputs_of_a_step_say_what_comes_next() {
    let project = Project::released();
    let file = project.sandbox.path().join("outputs");
    let outputs = |args: &[&str]| {
        std::fs::write(&file, "").unwrap();
        let ran = run(project.command(args).env("GITHUB_OUTPUT", &file)).code(0);
        (ran.stdout, std::fs::read_to_string(&file).unwrap())
    };
    let asked = &["should-release", "--format", "github-output"];
    assert_eq!(outputs(asked), ("nothing to release\n".to_owned(), "next=none\ncommit=\n".to_owned()));
    project.change("top", "fix: mend it");
    assert_eq!(outputs(asked), ("1 package to release\n".to_owned(), "next=prepare\ncommit=\n".to_owned()));
    let offline = [asked as &[&str], &["--offline"]].concat();
    assert_eq!(outputs(&offline).1, "next=prepare\ncommit=\n");
    // Whoever is no step of a workflow has nobody to tell, and learns it before anything is done.
    for command in ["should-release", "release"] {
        let ran = project.run(&[command, "--format", "github-output"]).code(2);
        assert!(ran.stderr.contains("error[RK-OUTPUT-STEP-UNKNOWN]"), "{ran}");
    }
}

#[test]
fn explain_tells_the_chain_from_commit_to_version() {
    let project = Project::released();
    let fix = project.change("core", "fix: mend it");
    let docs = project.change("top", "docs: say it");
    let expected = format!(
        "\
py:top 1.0.0 -> 1.0.1 (patch), tag `top-v1.0.1`, last release `top-v1.0.0`
  patch needs py:lib, which moves:
    py:lib 1.0.0 -> 1.0.1 (patch), tag `lib-v1.0.1`, last release `lib-v1.0.0`
      patch needs py:core, which moves:
        py:core 1.0.0 -> 1.0.1 (patch), tag `core-v1.0.1`, last release `core-v1.0.0`
          patch {} fix: mend it
commits that move nothing:
  {} docs: say it
",
        &fix[..9],
        &docs[..9]
    );
    assert_eq!(project.run(&["explain", "top"]).code(0).stdout, expected);
    assert!(project.run(&["explain", "core"]).code(0).stdout.ends_with("it moves in turn: py:lib\n"));
    assert_eq!(project.run(&["explain", "app"]).code(0).stdout, "py:app 0.1.0 takes no part\n");
    let rows = project.json(&["explain", "lib", "--format", "json"]);
    let names: Vec<&str> = rows["packages"].as_array().unwrap().iter().filter_map(|row| row["name"].as_str()).collect();
    assert_eq!((names, rows["last"].as_str()), (vec!["lib", "core"], Some("lib-v1.0.0")));
}

#[test]
fn the_overview_says_what_there_is_what_comes_next_and_what_to_do() {
    let project = Project::released();
    let quiet = "4 packages, 1 of them private\n  py: 4 in `.` (python), tags `{name}-v{version}`\n  \
                 siblings are pinned exactly (`pin = \"exact\"`)\n\nnothing to release\n3 unchanged, 1 excluded\n";
    assert_eq!(project.run(&[]).code(0).stdout, quiet);
    let commit = project.change("top", "feat: add it");
    project.sandbox.write("notes.txt", "uncommitted\n");
    let expected = format!(
        "\
4 packages, 1 of them private
  py: 4 in `.` (python), tags `{{name}}-v{{version}}`
  siblings are pinned exactly (`pin = \"exact\"`)

PACKAGE  CURRENT  TAGGED  NEXT   BUMP   WHY
top      1.0.0    1.0.0   1.1.0  minor  {} feat: add it
2 unchanged, 1 excluded
why: releasekit explain top

in the way: 1 uncommitted file, which is not part of a release

next: releasekit prepare
",
        &commit[..9]
    );
    assert_eq!(project.run(&[]).code(0).stdout, expected);
    let overview = project.json(&["--format", "json"]);
    assert_eq!(overview["next"], "releasekit prepare");
    assert_eq!(overview["tag_formats"], json!({"py": "{name}-v{version}"}));
    assert_eq!(overview["workspaces"], json!([{"label": "py", "ecosystem": "python", "path": ".", "packages": 4}]));
}

#[test]
fn the_overview_answers_before_the_first_commit_too() {
    let project = Project::empty();
    project.package("core", "1.0.0", &[], "");
    let ran = project.run(&[]).code(5);
    assert!(ran.stdout.starts_with("1 package\n"), "{ran}");
    assert!(ran.stderr.starts_with("error[RK-GIT-"), "{ran}");
}

#[test]
fn config_show_says_where_each_value_came_from() {
    let project = Project::released();
    project.sandbox.write("releasekit.toml", "sign = \"never\"\n\n[publish]\nconcurrency = 2\n");
    let text = project.run(&["config", "show"]).code(0).stdout;
    assert!(text.contains("\nsign = \"never\"\n") && text.contains("\npublish.concurrency = 2\n"), "{text}");
    let document = project.json(&["config", "show", "--origin", "--format", "json"]);
    let origin = |key: &str| {
        let settings = document["settings"].as_array().expect("a list");
        settings.iter().find(|setting| setting["key"] == key).map(|setting| setting["origin"].clone())
    };
    let line = |line: usize| Some(json!({"kind": "file", "path": "releasekit.toml", "line": line}));
    assert_eq!(origin("publish.concurrency"), line(4));
    assert_eq!(origin("stale"), Some(json!({"kind": "default"})));
    let table = project.run(&["config", "show", "--origin"]).code(0).stdout;
    assert!(table.lines().any(|line| line.starts_with("sign ") && line.ends_with("releasekit.toml:1")), "{table}");
}

#[test]
fn plumbing_for_scripts() {
    let project = Project::empty();
    let next = |args: &[&str]| project.run(&[&["version", "next"], args].concat()).code(0).stdout;
    assert_eq!(next(&["--scheme", "semver", "--current", "1.2.3", "--bump", "minor"]), "1.3.0\n");
    assert_eq!(next(&["--scheme", "pep440", "--current", "1.2.3", "--bump", "major", "--pre", "rc"]), "2.0.0rc1\n");
    let args = ["--scheme", "semver", "--current", "1.2.3", "--bump", "patch", "--pre", "alpha", "--pre-start", "0"];
    assert_eq!(next(&args), "1.2.4-alpha.0\n");
    assert_eq!(
        next(&["--scheme", "semver", "--current", "1.2.3", "--bump", "patch", "--pre", "canary"]),
        "1.2.4-canary.1\n"
    );
    let of_python = ["version", "next", "--scheme", "pep440", "--current", "1.2.3", "--bump", "patch", "--pre"];
    let refused = |label| project.run(&[&of_python[..], &[label]].concat()).code(2).stderr;
    assert!(refused("canary").contains("use `alpha`, `beta`, `rc` or `dev`"), "{}", refused("canary"));
    assert!(refused("a.b").contains("`a.b` is not made of letters, digits and `-`"), "{}", refused("a.b"));

    let message = "feat(api)!: drop it\n\nbecause\n\nRefs: #1\nBREAKING CHANGE: gone\n";
    let parsed = project.run_with(&["commit", "parse", "--format", "json"], message).code(0).stdout;
    let expected = json!({
        "conventional": true, "type": "feat", "scope": "api", "breaking": true, "description": "drop it",
        "body": "because", "reverts": [],
        "footers": [{"token": "Refs", "value": "#1"}, {"token": "BREAKING CHANGE", "value": "gone"}],
    });
    assert_eq!(serde_json::from_str::<serde_json::Value>(&parsed).unwrap(), expected);
}

#[test]
fn completion_knows_every_command() {
    let project = Project::empty();
    for shell in ["bash", "zsh", "fish"] {
        let script = project.run(&["completion", shell]).code(0).stdout;
        for command in ["discover", "prepare", "publish", "should-release"] {
            assert!(script.contains(command), "{shell} {command}");
        }
    }
}

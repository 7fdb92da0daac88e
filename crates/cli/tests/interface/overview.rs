//! What `releasekit` alone says of repositories that were released by other means, each as somebody sees it who has ten
//! minutes. The texts lie beside this file.

use std::path::PathBuf;

use releasekit_testkit::run;

use crate::histories::released_on_a_branch;
use crate::project::{Project, manifest};

/// The overview is the text of that name, in which `…` stands for whatever a commit is called.
#[track_caller]
fn says(project: &Project, name: &str) {
    let place = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/interface/overviews").join(format!("{name}.txt"));
    let expected = std::fs::read_to_string(place).unwrap_or_default();
    let said = without_commits(&project.run(&[]).code(0).stdout);
    assert_eq!(said, expected, "\n--- what is said of {name}\n{said}\n---");
}

/// Commits differ from run to run.
fn without_commits(text: &str) -> String {
    let is_commit = |word: &str| word.len() >= 9 && word.bytes().all(|b| b.is_ascii_hexdigit());
    let word = |word: &str| {
        let bare = word.trim_matches(['"', ',', '\n']);
        if is_commit(bare) { word.replace(bare, "…") } else { word.to_owned() }
    };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

#[test]
fn nothing_was_released_yet() {
    says(&Project::unreleased(), "nothing_released");
}

#[test]
fn released_in_a_format_that_is_known() {
    let project = Project::unreleased();
    for name in ["core", "lib", "top"] {
        project.sandbox.git(["tag", &format!("{name}@1.0.0")]);
    }
    project.change("core", "fix: read tabs");
    project.sandbox.push();
    says(&project, "known_format");
}

/// A package that waits has the tag of the others all the same.
#[test]
fn what_waits_for_a_prerelease_may_have_been_released_too() {
    let project = Project::unreleased();
    project.package("core", "2.0.0a1", &[], "");
    project.package("lib", "2.0.0a1", &["core==2.0.0a1", "httpx"], "");
    project.package("top", "1.0.0", &["lib[x]>=2.0.0a1"], "");
    project.sandbox.commit("feat: go on");
    project.sandbox.git(["tag", "v1.0.0"]);
    project.sandbox.git(["tag", "core-v1.9.0"]);
    project.sandbox.git(["tag", "lib-v1.9.0"]);
    project.change("core", "fix: read tabs");
    project.sandbox.push();
    let overview = project.json(&["--format", "json"]);
    let codes: Vec<_> = overview["in_the_way"].as_array().expect("a list").iter().map(|it| &it["code"]).collect();
    assert!(codes.iter().any(|code| *code == "RK-TAG-UNCLAIMED"), "{overview:#}");
}

#[test]
fn released_under_one_tag() {
    let project = Project::unreleased();
    project.sandbox.git(["tag", "v0.9.0"]);
    project.sandbox.git(["tag", "v1.0.0"]);
    project.change("core", "fix: read tabs");
    project.sandbox.push();
    says(&project, "shared_tag");
    // The lines that it names settle it.
    project.sandbox.write("releasekit.toml", "synchronize = true\ntag_format = \"v{version}\"\n");
    project.sandbox.commit("chore: configure");
    project.sandbox.push();
    says(&project, "shared_tag_settled");
}

#[test]
fn packages_of_one_name_that_were_released_under_one_tag() {
    let project = Project::empty();
    for (folder, name, version) in [("one", "core", "1.0.0"), ("two", "core", "1.0.0"), ("three", "other", "2.0.0")] {
        let text = manifest(name, version, &[], "[tool.uv.workspace]\n");
        project.sandbox.write(format!("{folder}/pyproject.toml"), text);
    }
    project.sandbox.commit("feat: begin");
    for tag in ["v0.9.0", "v1.0.0", "other-v2.0.0"] {
        project.sandbox.git(["tag", tag]);
    }
    project.sandbox.push();
    let ran = project.run(&[]).code(3);
    assert!(ran.stderr.contains("RK-TAG-AMBIGUOUS"), "{ran}");
    let lines =
        ran.stderr.lines().map(str::trim).filter(|line| ["groups.", "packages."].iter().any(|it| line.starts_with(it)));
    let lines: Vec<&str> = lines.collect();
    assert_eq!(lines.len(), 3, "a group of the two, and not of the one that has tags of its own\n{ran}");
    project.sandbox.write("releasekit.toml", lines.join("\n"));
    project.sandbox.commit("chore: configure");
    project.sandbox.push();
    let settled = project.run(&[]).ok();
    assert!(!settled.contains("in the way") && settled.contains("nothing to release"), "{settled}");
}

#[test]
fn one_of_several_packages_has_bare_tags() {
    let project = Project::unreleased();
    project.package("core", "2.5.0", &[], "");
    project.sandbox.commit("chore: 2.5.0");
    for tag in ["lib-v1.0.0", "top-v1.0.0", "2.4.0", "2.5.0"] {
        project.sandbox.git(["tag", tag]);
    }
    project.sandbox.push();
    says(&project, "bare_tags");
    project.sandbox.write("releasekit.toml", "packages.core.tag_format = \"{version}\"\n");
    project.sandbox.commit("chore: configure");
    project.sandbox.push();
    let settled = project.run(&[]).ok();
    assert!(!settled.contains("in the way") && settled.contains("nothing to release"), "{settled}");
}

#[test]
fn released_under_tags_of_nobody() {
    let project = Project::unreleased();
    for tag in ["server-1.2.0", "server-1.3.0"] {
        project.sandbox.git(["tag", tag]);
    }
    project.sandbox.push();
    let last = project.sandbox.head();
    project.change("core", "fix: read tabs");
    project.sandbox.push();
    says(&project, "foreign_tags");
    project.sandbox.write("releasekit.toml", format!("bootstrap_sha = \"{last}\"\n"));
    project.sandbox.commit("chore: configure");
    project.sandbox.push();
    let settled = project.run(&[]).ok();
    assert!(settled.contains("1.0.0    -       1.0.1  patch") && !settled.contains("RK-TAG-FOREIGN"), "{settled}");
    project.sandbox.write("releasekit.toml", "ignore_warnings = [\"RK-TAG-FOREIGN\"]\n");
    assert!(project.run(&[]).ok().ends_with("next: releasekit prepare"));
}

#[test]
fn released_from_branches_of_their_own() {
    let project = released_on_a_branch();
    let begin = project.sandbox.head();
    project.change("a", "fix: read tabs");
    project.sandbox.push();
    says(&project, "unreached_tags");
    project.sandbox.write("releasekit.toml", format!("bootstrap_sha = \"{begin}\"\n"));
    project.sandbox.commit("chore: configure");
    project.sandbox.push();
    let settled = project.run(&[]).ok();
    assert!(
        settled.contains("1.0.0    -       1.0.1  patch") && settled.ends_with("next: releasekit prepare"),
        "{settled}"
    );
}

#[test]
fn a_clone_without_tags() {
    let project = Project::unreleased();
    project.sandbox.write("packages/core/CHANGELOG.md", "# Changelog\n\n## [1.0.0] - 2024-01-01\n\n- It begins.\n");
    project.sandbox.commit("docs: changes");
    project.sandbox.push();
    says(&project, "no_tags");
    project.sandbox.write("releasekit.toml", "ignore_warnings = [\"RK-TAG-ABSENT\"]\n");
    assert!(project.run(&[]).ok().ends_with("next: releasekit prepare"));
    assert!(project.run(&["explain", "RK-TAG-ABSENT"]).ok().contains("--no-tags"));
}

#[test]
fn an_untidy_work_tree_without_a_remote() {
    let project = Project::released();
    project.change("core", "fix: read tabs");
    project.sandbox.git(["remote", "remove", "origin"]);
    project.sandbox.write("notes.txt", "uncommitted\n");
    says(&project, "untidy");
}

#[test]
fn a_merged_release_without_its_tags() {
    let project = Project::released();
    project.change("core", "fix: read tabs");
    project.sandbox.push();
    project.run(&["prepare"]).code(0);
    project.sandbox.git(["fetch", "--quiet"]);
    project.sandbox.git(["merge", "--quiet", "--no-ff", "-m", "merge", "origin/releasekit--release--main"]);
    project.sandbox.push();
    says(&project, "merged");
}

#[test]
fn another_tool_is_configured() {
    let project = Project::released();
    let packages =
        "{\"packages\": {\"packages/core\": {\"extra-files\": [\"version.py\", \"/packages/lib/pyproject.toml\"]}}}\n";
    project.sandbox.write("release-please-config.json", packages);
    project.sandbox.write("packages/core/pyproject.toml", manifest("core", "1.0.0", &[], "\n[tool.commitizen]\n"));
    project.sandbox.commit("chore: tools");
    project.sandbox.push();
    says(&project, "other_tools");
    project.sandbox.write("releasekit.toml", "ignore_warnings = [\"RK-TOOL-OTHER\"]\n");
    assert!(!project.run(&[]).ok().contains("release-please"));
    assert!(project.run(&["explain", "RK-TOOL-OTHER"]).ok().contains("switch the other one off"));
}

#[test]
fn packages_that_the_other_tool_does_not_list_are_said_with_the_lines_that_keep_them_out() {
    let project = Project::unreleased();
    project
        .sandbox
        .write(".release-please-manifest.json", "{\"packages/core\": \"1.0.0\", \"packages/lib\": \"1.0.0\"}\n");
    project.sandbox.commit("chore: tools");
    project.sandbox.push();
    let said = project.run(&[]).code(0).stdout;
    let expected = "\
warning: packages that `.release-please-manifest.json` does not list are planned as new: `top`
  help: if they are not to be released, write at the top of `releasekit.toml`:
        packages.\"top\".release = \"none\"
  code: RK-TOOL-UNLISTED
";
    assert!(said.contains(expected), "{said}");
    project.sandbox.write("releasekit.toml", "packages.\"top\".release = \"none\"\n");
    project.sandbox.commit("chore: configure");
    assert!(!project.run(&[]).code(0).stdout.contains("RK-TOOL-UNLISTED"));
}

#[test]
fn a_project_of_poetry_alone_is_named_with_what_it_means() {
    let project = Project::empty();
    project.sandbox.write("pyproject.toml", "[tool.poetry]\nname = \"a\"\nversion = \"1.0.0\"\n").commit("feat: start");
    let said = project.run(&[]).code(0).stdout;
    for part in ["also here: Poetry (`pyproject.toml`): these are no packages here", "in the way: no package was found"]
    {
        assert!(said.contains(part), "{part}\n{said}");
    }
}

#[test]
fn a_configuration_for_the_python_tool() {
    let project = Project::released();
    let file = "forge = \"github\"\nrepo_owner = \"acme\"\n\n[workspace.py]\nroot = \".\"\ntag_format = \"{name}-v{version}\"\n";
    project.sandbox.write("releasekit.toml", file);
    let refused = project.run(&[]).code(3);
    let expected = "\
error[RK-CONFIG-ORIGINAL]: this configuration is written for the Python releasekit, whose keys are others
 --> releasekit.toml:1:1
  |
1 | forge = \"github\"
  | ^^^^^ a key of the Python tool
help: write the file anew, or look without it first with `--config none`; `[workspace.LABEL]` is `[ecosystems.LABEL]` here, and:
  `forge`: `kind` in `[forge]`, found by the remote without it
  `repo_owner`: `owner` in `[forge]`, found by the remote without it
  `root` of `[workspace.py]`: `workspace_root`
  `tag_format` of `[workspace.py]`: `tag_format`, as it is; found by the tags without it
";
    assert_eq!(refused.stderr, expected, "{refused}");
}

#[test]
fn remarks_of_discovery_stand_beside_the_plan_and_can_be_settled() {
    let project = Project::released();
    project.package(
        "lib",
        "1.0.0",
        &["core>=1"],
        "\n[project.optional-dependencies]\ndev = [\"app\"]\n\n[tool.uv.sources]\napp = { workspace = true }\n",
    );
    project.sandbox.commit("chore: an extra");
    project.sandbox.push();
    let ran = project.run(&[]).code(0);
    assert!(ran.stdout.contains("\nwarning: extras need packages") && ran.stderr.is_empty(), "{ran}");
    assert!(ran.stdout.contains("  code: RK-GRAPH-PRIVATE-EXTRA\n"), "{ran}");
    let settled = "ignore_warnings = [\"RK-GRAPH-PRIVATE-EXTRA\"]\n";
    project.sandbox.write("releasekit.toml", settled);
    let ran = project.run(&[]).code(0);
    assert!(!ran.stdout.contains("RK-GRAPH-PRIVATE-EXTRA"), "{ran}");
    assert_eq!(project.run(&["plan", "--offline"]).stderr, "");
}

#[test]
fn a_label_is_shown_by_the_folder_that_all_of_its_packages_lie_in() {
    let project = Project::empty();
    project.sandbox.write("libs/one/pyproject.toml", "[tool.uv.workspace]\nmembers = [\"parts/*\"]\n");
    project.sandbox.write("libs/one/parts/core/pyproject.toml", manifest("core", "1.0.0", &[], ""));
    project.sandbox.write("libs/two/pyproject.toml", manifest("two", "1.0.0", &[], ""));
    project.sandbox.commit("feat: begin");
    project.sandbox.push();
    let ran = project.run(&[]).code(0);
    assert!(ran.stdout.contains("\n  py: 2 in `libs` (python)"), "{ran}");
}

#[test]
fn programs_get_the_lines_too() {
    let project = Project::unreleased();
    project.sandbox.git(["tag", "v1.0.0"]);
    project.sandbox.push();
    let overview = project.json(&["--format", "json"]);
    assert_eq!(overview["next"], serde_json::Value::Null);
    let first = &overview["in_the_way"][0];
    assert_eq!(first["code"], "RK-TAG-UNCLAIMED");
    assert_eq!(first["configuration"], serde_json::json!(["synchronize = true", "tag_format = \"v{version}\""]));
    assert_eq!(overview["pins"], serde_json::json!({"py": "exact"}));
    let warned = run(&mut project.command(&["plan", "--offline"])).code(0).stderr;
    assert!(warned.contains("warning[RK-TAG-UNCLAIMED]: ") && warned.contains("\n  synchronize = true\n"), "{warned}");
}

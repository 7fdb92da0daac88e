//! Change files: written, counted, explained, asked for.

use std::fs;

use crate::project::Project;

/// Packages that were released, in a repository whose changes are described in files.
fn described() -> Project {
    let project = Project::released();
    project
        .sandbox
        .write(".changeset/config.json", "{\"baseBranch\": \"main\", \"commit\": true, \"access\": \"public\"}\n");
    project.sandbox.commit("ci: describe changes");
    project.sandbox.push();
    project
}

/// The change files of the work tree: their paths and contents.
fn files(project: &Project) -> Vec<(String, String)> {
    let entries = fs::read_dir(project.sandbox.work().join(".changeset")).expect("a folder");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.retain(|name| name.ends_with(".md"));
    names.sort();
    let read = |name: String| {
        let text = fs::read_to_string(project.sandbox.work().join(".changeset").join(&name)).expect("text");
        (format!(".changeset/{name}"), text)
    };
    names.into_iter().map(read).collect()
}

#[test]
fn a_file_is_written_as_changesets_writes_it_and_counts() {
    let project = described();
    let dry = project.run(&["--dry-run", "change", "add", "core", "minor", "--message", "Coupons."]).ok();
    assert!(dry.contains("would be written") && files(&project).is_empty(), "{dry}");
    let said =
        project.run(&["change", "add", "CORE", "minor", "--package", "py:top=none", "-m", "Coupons.\n\n- all"]).ok();
    let [(path, text)] = files(&project).try_into().expect("one file");
    assert_eq!(text, "---\n\"core\": minor\n\"top\": none\n---\n\nCoupons.\n\n- all\n");
    assert!(said.starts_with(&format!("{path} written; commit it with the change\n  ---\n")), "{said}");
    assert_eq!(path.split('-').count(), 3, "{path}");
    project.sandbox.commit("feat: coupons");

    let plan = project.json(&["plan", "--format", "json"]);
    let core = plan["packages"].as_array().expect("rows").iter().find(|row| row["name"] == "core").expect("a row");
    let reason = serde_json::json!([{ "kind": "change-file", "file": path, "summary": "Coupons." }]);
    assert_eq!((core["next"].as_str(), &core["reasons"]), (Some("1.1.0"), &reason));
    let why = project.run(&["explain", "lib"]).ok();
    assert!(why.contains(&format!("minor {path} Coupons.\n\n        - all")), "{why}");
    let full = project.run(&["plan", "--format", "full"]).ok();
    assert!(full.contains(&path) && full.contains("-\"core\": minor"), "{full}");
}

#[test]
fn what_is_not_read_of_the_settings_is_said_once_and_can_be_settled() {
    let project = described();
    let warned = |project: &Project| project.run(&["plan"]).stderr.matches("RK-CHANGE-SETTINGS-UNREAD").count();
    assert_eq!(warned(&project), 1);
    project.sandbox.write("releasekit.toml", "ignore_warnings = [\"RK-CHANGE-SETTINGS-UNREAD\"]\n");
    assert_eq!(warned(&project), 0);
}

#[test]
fn what_is_asked_of_packages_that_take_no_part_is_said() {
    let project = described();
    project.sandbox.write(".changeset/x.md", "---\napp: minor\n---\nNothing for anybody.\n");
    project.sandbox.commit("feat: x");
    let ran = project.run(&["plan"]);
    assert!(ran.stderr.contains("RK-CHANGE-FILE-IDLE") && ran.stderr.contains("`app` in `.changeset/x.md`"), "{ran}");
}

#[test]
fn where_change_files_do_not_count_whoever_writes_one_is_told() {
    let project = Project::released();
    let ran = project.run(&["change", "add", "core", "patch", "-m", "x"]);
    assert!(ran.success() && ran.stderr.contains("RK-CHANGE-FILES-UNREAD"), "{ran}");
    assert_eq!(files(&project).len(), 1);
}

#[test]
fn a_change_without_a_file_is_found_and_any_answer_will_do() {
    let project = described();
    let none = project.run(&["change", "status"]).ok();
    assert!(none.starts_with("no package changed since ") && none.ends_with("no change files"), "{none}");
    project.sandbox.git(["switch", "--create", "work"]);
    project.change("app", "feat: of a package that takes no part");
    project.run(&["change", "status"]).ok();
    project.change("core", "feat: x");
    project.sandbox.write("packages/lib/src/lib.py", "# not committed\n");
    let missing = project.run(&["change", "status"]);
    assert_eq!(missing.code, Some(5), "{missing}");
    assert!(missing.stderr.contains("error[RK-CHANGE-FILE-MISSING]: 2 packages changed"), "{missing}");
    let json = project.run(&["change", "status", "--since", "main", "--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&json.stdout).expect("JSON");
    assert_eq!((json.code, &document["missing"]), (Some(5), &true.into()));
    assert_eq!(document["changed"][1]["name"], "lib");

    project.run(&["change", "add", "--package", "core=patch", "-m", "X."]).ok();
    let said = project.run(&["change", "status"]).ok();
    assert!(said.contains("  py:core\n  py:lib, which no new change file names\n1 change file:\n"), "{said}");
    fs::remove_file(project.sandbox.work().join(&files(&project)[0].0)).expect("it is there");
    project.run(&["change", "add", "--empty"]).ok();
    assert_eq!(files(&project)[0].1, "---\n---\n");
    project.run(&["change", "status"]).ok();
}

#[test]
fn what_cannot_be_understood_is_said() {
    let project = described();
    for (args, expected) in [
        (&["change", "add"][..], "no package is named"),
        (&["change", "add", "core", "huge", "-m", "x"], "`huge` is no level"),
        (&["change", "add", "--package", "core", "-m", "x"], "`core` is no `NAME=LEVEL`"),
        (&["change", "add", "core", "minor"], "nothing says what changed"),
        (&["change", "add", "core", "minor", "--package", "Core=patch", "-m", "x"], "`Core` is named twice"),
        (&["change", "add", "croe", "minor", "-m", "x"], "no package is called `croe`"),
        (&["change", "status", "--since", "gone"], "gone"),
    ] {
        let ran = project.run(args);
        assert!(!ran.success() && ran.stderr.contains(expected), "{expected}\n{ran}");
    }
    assert!(files(&project).is_empty());
}

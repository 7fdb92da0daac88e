//! Packages that were moved, branches that were cut before, repositories that were taken in, and merges.

use crate::histories::{moves, single};
use crate::project::{Project, manifest};

/// A file long enough for git to follow it through a move.
fn long(line: &str) -> String {
    (1..=300).map(|number| if number == 200 { format!("{line}\n") } else { format!("{number}\n") }).collect()
}

#[test]
fn what_was_done_before_a_folder_moved_is_released() {
    let project = single();
    project.change("a", "feat!: before the move");
    project.sandbox.git(["mv", "packages/a", "packages/b"]);
    project.sandbox.commit("chore: move");
    assert_eq!(moves(&project), ["a 1.0.0 → 2.0.0 major (commit)"]);
}

#[test]
fn what_was_done_on_the_old_path_and_merged_later_is_released() {
    let project = single();
    project.sandbox.write("packages/a/src/m.py", long("200")).commit("chore: more");
    project.sandbox.git(["tag", "--force", "a-v1.0.0"]);
    project.sandbox.git(["switch", "--quiet", "-c", "work"]);
    project.sandbox.write("packages/a/src/m.py", long("two")).commit("feat!: on the old path");
    project.sandbox.git(["switch", "--quiet", "main"]);
    project.sandbox.git(["mv", "packages/a", "packages/b"]);
    project.sandbox.commit("chore: move");
    project.sandbox.git(["merge", "--quiet", "--no-ff", "-m", "m", "work"]);
    assert!(project.sandbox.read("packages/b/src/m.py").contains("two"));
    assert_eq!(moves(&project), ["a 1.0.0 → 2.0.0 major (commit)"]);
}

#[test]
fn what_another_repository_did_before_it_was_taken_in_is_not() {
    let project = Project::empty();
    let sandbox = &project.sandbox;
    sandbox.write("pyproject.toml", manifest("a", "1.0.0", &[], "\n[tool.uv.workspace]\nmembers = [\"packages/*\"]\n"));
    sandbox.commit("chore: start");
    sandbox.git(["tag", "a-v1.0.0"]);
    sandbox.git(["switch", "--quiet", "--orphan", "theirs"]);
    sandbox.write("pyproject.toml", manifest("ext", "2.0.0", &[], "")).commit("feat!: ext");
    sandbox.git(["switch", "--quiet", "main"]);
    sandbox.git(["merge", "--quiet", "--strategy=ours", "--no-commit", "--allow-unrelated-histories", "theirs"]);
    sandbox.git(["read-tree", "--prefix=packages/ext", "-u", "theirs"]);
    sandbox.git(["commit", "--quiet", "-m", "import"]);
    assert_eq!(moves(&project), ["ext 2.0.0 → 2.0.0 none (first-release)"]);
}

#[test]
fn a_package_may_move_and_get_another_name() {
    let project = single();
    project.change("a", "feat: before the move");
    project.sandbox.git(["mv", "packages/a", "packages/b"]);
    project.sandbox.write("packages/b/pyproject.toml", manifest("b", "1.0.0", &[], ""));
    project.sandbox.write("releasekit.toml", "[packages.b]\nformerly = [\"a\"]\n");
    project.sandbox.commit("chore: move");
    assert_eq!(moves(&project), ["b 1.0.0 → 1.1.0 minor (commit)"]);
}

#[test]
fn a_root_package_may_become_one_of_several() {
    let project = Project::empty();
    let sandbox = &project.sandbox;
    sandbox.write("pyproject.toml", manifest("a", "1.0.0", &[], "")).write("src/m.py", long("200"));
    sandbox.commit("chore: start");
    sandbox.git(["tag", "a-v1.0.0"]);
    sandbox.write("src/m.py", long("two")).commit("feat: before the move");
    std::fs::create_dir_all(sandbox.work().join("packages/A")).unwrap();
    sandbox.git(["mv", "src", "pyproject.toml", "packages/A/"]);
    sandbox.write("pyproject.toml", "[tool.uv.workspace]\nmembers = [\"packages/*\"]\n").commit("chore: move");
    assert_eq!(moves(&project), ["a 1.0.0 → 1.1.0 minor (commit)"]);
}

#[test]
fn an_excluded_project_is_a_part_of_what_lies_around_it_wherever_packages_move() {
    let project = Project::empty();
    let sandbox = &project.sandbox;
    let root = manifest("a", "1.0.0", &[], "\n[tool.uv.workspace]\nmembers = [\"packages/*\"]\n");
    sandbox.write("pyproject.toml", root).write("tools/x/pyproject.toml", manifest("x", "0.1.0", &[], ""));
    sandbox.write("releasekit.toml", "exclude = [\"tools/**\"]\n");
    project.package("b", "1.0.0", &[], "");
    sandbox.commit("chore: start");
    sandbox.git(["tag", "a-v1.0.0"]);
    sandbox.git(["tag", "b-v1.0.0"]);
    sandbox.write("tools/x/x.py", "1").commit("fix: tool");
    sandbox.git(["mv", "packages/b", "packages/c"]);
    sandbox.commit("chore: move");
    assert_eq!(moves(&project), ["a 1.0.0 → 1.0.1 patch (commit)"]);
}

/// A repository in which a branch with these commits of `a` is merged with a message.
fn merged(commits: &[&str], message: &str) -> Project {
    let project = single();
    project.sandbox.git(["switch", "--quiet", "-c", "work"]);
    for commit in commits {
        project.change("a", commit);
    }
    project.sandbox.git(["switch", "--quiet", "main"]);
    project.sandbox.git(["merge", "--quiet", "--no-ff", "-m", message, "work"]);
    project
}

#[test]
fn a_merge_speaks_where_nothing_that_it_brought_does() {
    let minor = ["a 1.0.0 → 1.1.0 minor (commit)"];
    assert_eq!(moves(&merged(&["wip"], "feat(a): read tabs (!12)")), minor);
    let of_forge = "Merge pull request #12 from t/tabs\n\nfeat: read tabs\n\nBody.";
    assert_eq!(moves(&merged(&["wip", "chore: tidy"], of_forge)), minor);
    assert_eq!(moves(&merged(&["wip"], "Merge branch 'work'")), [""; 0]);
}

#[test]
fn a_merge_does_not_repeat_what_it_brought_and_explain_says_so() {
    let project = merged(&["fix: read tabs", "wip"], "feat: read tabs");
    assert_eq!(moves(&project), ["a 1.0.0 → 1.0.1 patch (commit)"]);
    let explained = project.run(&["explain", "a"]).ok();
    assert!(explained.contains("feat: read tabs (a merge: what it brought speaks)"), "{explained}");
}

#[test]
fn trailers_count_wherever_they_are_committed() {
    let project = merged(&["fix: read tabs"], "Merge branch 'work'\n\nrelease: minor");
    assert_eq!(moves(&project), ["a 1.0.0 → 1.1.0 minor (trailer, commit)"]);
    project.change("a", "feat!: drop tabs\n\nrelease: skip");
    project.sandbox.git(["commit", "--quiet", "--allow-empty", "-m", "chore: go\n\nRelease-As: a@1.5.0"]);
    assert_eq!(moves(&project), ["a 1.0.0 → 1.5.0 minor (trailer, trailer, commit)"]);
    let explained = project.run(&["explain", "a"]).ok();
    for part in
        [" says Release-As: a@1.5.0\n", "minor ", " says release: minor\n", "feat!: drop tabs (release: skip)\n"]
    {
        assert!(explained.contains(part), "{part}\n{explained}");
    }
}

/// A branch that began before the last release, and then took it in by a merge with a title that speaks.
fn synced() -> Project {
    let project = single();
    project.sandbox.git(["switch", "--quiet", "-c", "work"]);
    project.sandbox.write("README", "1").commit("docs: on the branch");
    project.sandbox.git(["switch", "--quiet", "main"]);
    project.change("a", "feat: read tabs");
    project.sandbox.write("packages/a/pyproject.toml", manifest("a", "1.1.0", &[], "")).commit("chore: release");
    project.sandbox.git(["tag", "a-v1.1.0"]);
    project.sandbox.git(["switch", "--quiet", "work"]);
    project.sandbox.git(["merge", "--quiet", "--no-ff", "-m", "feat: take main in", "main"]);
    project
}

#[test]
fn what_was_there_before_is_not_brought_again() {
    let project = synced();
    assert_eq!(moves(&project), [""; 0], "on the branch it is released");
    let explained = project.run(&["explain", "a"]).ok();
    assert!(explained.contains("feat: take main in (a merge: what it brought was there before)"), "{explained}");
    project.sandbox.git(["switch", "--quiet", "main"]);
    project.change("a", "docs: on main");
    project.sandbox.git(["merge", "--quiet", "--no-ff", "-m", "Merge branch 'work'", "work"]);
    assert_eq!(moves(&project), [""; 0], "on main it was there");
}

#[test]
fn what_a_branch_takes_from_main_is_mains() {
    let project = single();
    project.sandbox.git(["switch", "--quiet", "-c", "work"]);
    project.sandbox.write("README", "1").commit("docs: on the branch");
    project.sandbox.git(["switch", "--quiet", "main"]);
    project.change("a", "wip");
    project.sandbox.git(["switch", "--quiet", "work"]);
    project.sandbox.git(["merge", "--quiet", "--no-ff", "-m", "feat: take main in", "main"]);
    project.sandbox.git(["switch", "--quiet", "main"]);
    project.sandbox.git(["merge", "--quiet", "--no-ff", "-m", "Merge branch 'work'", "work"]);
    assert_eq!(moves(&project), [""; 0]);
    // What comes to a branch that main takes in later is new to main.
    project.sandbox.git(["switch", "--quiet", "-c", "develop"]);
    project.sandbox.git(["switch", "--quiet", "-c", "more"]);
    project.change("a", "wip, more");
    project.sandbox.git(["switch", "--quiet", "develop"]);
    project.sandbox.git(["merge", "--quiet", "--no-ff", "-m", "feat: more", "more"]);
    project.sandbox.git(["switch", "--quiet", "main"]);
    project.sandbox.git(["merge", "--quiet", "--no-ff", "-m", "Merge branch 'develop'", "develop"]);
    assert_eq!(moves(&project), ["a 1.0.0 → 1.1.0 minor (commit)"]);
}

#[test]
fn what_a_merge_took_nothing_of_does_not_count() {
    let project = single();
    project.sandbox.git(["switch", "--quiet", "-c", "old"]);
    project.change("a", "feat!: drop tabs");
    project.sandbox.git(["switch", "--quiet", "main"]);
    project.change("a", "fix: read tabs");
    project.sandbox.git(["merge", "--quiet", "-s", "ours", "-m", "feat: close the old line", "old"]);
    assert_eq!(moves(&project), ["a 1.0.0 → 1.0.1 patch (commit)"]);
    // A branch that keeps its own files takes nothing of main, and main loses nothing by taking the branch in.
    project.sandbox.git(["switch", "--quiet", "-c", "work", "a-v1.0.0"]);
    project.sandbox.write("README", "1").commit("docs: on the branch");
    project.sandbox.git(["merge", "--quiet", "-s", "ours", "-m", "feat: keep ours", "main"]);
    assert_eq!(moves(&project), [""; 0], "nothing of it is on the branch");
}

#[test]
fn what_is_changed_in_a_merge_counts() {
    let project = single();
    project.sandbox.git(["switch", "--quiet", "-c", "work"]);
    project.sandbox.write("README", "1").commit("docs: more");
    project.sandbox.git(["switch", "--quiet", "main"]);
    project.sandbox.git(["merge", "--quiet", "--no-ff", "--no-commit", "work"]);
    project.change("a", "feat!: in the merge itself");
    assert_eq!(moves(&project), ["a 1.0.0 → 2.0.0 major (commit)"]);
}

#[test]
fn a_revert_and_what_it_undoes_cancel_each_other() {
    let project = single();
    let feat = project.change("a", "feat: read tabs");
    let revert = |commit: &str| {
        project.sandbox.git(["revert", "--no-edit", commit]);
        project.sandbox.head()
    };
    let first = revert(&feat);
    assert_eq!(moves(&project), [""; 0]);
    let explained = project.run(&["explain", "a"]).ok();
    assert!(explained.contains("feat: read tabs (reverted)"), "{explained}");
    revert(&first);
    assert_eq!(moves(&project), ["a 1.0.0 → 1.1.0 minor (commit)"]);
}

#[test]
fn a_revert_of_a_merge_undoes_all_that_it_brought() {
    let project = merged(&["feat: one", "fix: two"], "Merge branch 'work'");
    project.sandbox.git(["revert", "--no-edit", "--mainline", "1", "HEAD"]);
    assert_eq!(moves(&project), [""; 0]);
}

#[test]
fn a_revert_of_what_was_released_is_a_patch_and_is_told() {
    let project = single();
    let feat = project.change("a", "feat: read tabs");
    project.package("a", "1.1.0", &[], "").sandbox.commit("chore: release");
    project.sandbox.git(["tag", "a-v1.1.0"]);
    project.sandbox.git(["revert", "--no-edit", &feat]);
    assert_eq!(moves(&project), ["a 1.1.0 → 1.1.1 patch (commit)"]);
    let plan = project.run(&["plan", "--offline", "--format", "full"]).ok();
    assert!(plan.contains("### Reverts") && plan.contains("- feat: read tabs"), "{plan}");
}

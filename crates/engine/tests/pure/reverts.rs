//! What is undone within a range moves nothing; what undoes a release is a patch.

use crate::support::{World, commit_id};

fn released() -> World {
    let world = World::default().package("core", "1.0.0").package("top", "1.0.0");
    world.commit(&["core", "top"], "feat: start").tag(&["core-v1.0.0", "top-v1.0.0"])
}

/// `Revert "…"` of a commit by its number, as the system writes it.
fn revert(title: &str, number: usize) -> String {
    format!("Revert \"{title}\"\n\nThis reverts commit {}.", commit_id(number))
}

#[test]
fn a_pair_cancels_however_it_is_written() {
    let named = revert("feat: x", 1);
    for undone in ["Revert \"feat: x (#1)\" (#2)", "revert: feat: x", "revert(core): feat: x (#2)", &named] {
        let world = released().commit(&["core"], "feat: x (#1)").commit(&["core"], "fix: y").commit(&["core"], undone);
        assert_eq!(world.moves(), ["core 1.0.0 → 1.0.1 patch (commit)"], "{undone}");
    }
}

#[test]
fn a_revert_of_a_revert_restores() {
    let twice = released().commit(&["core"], "feat: x").commit(&["core"], &revert("feat: x", 1));
    assert_eq!(twice.clone().moves(), [""; 0]);
    for again in [revert("Revert \"feat: x\"", 2), "Reapply \"feat: x\"".to_owned()] {
        assert_eq!(twice.clone().commit(&["core"], &again).moves(), ["core 1.0.0 → 1.1.0 minor (commit)"], "{again}");
    }
}

#[test]
fn each_package_has_its_own_range() {
    let world = released().commit(&["core", "top"], "feat: x").commit(&["top"], "chore: release");
    let world = world.at("top", "1.1.0").tag(&["top-v1.1.0"]).commit(&["core", "top"], &revert("feat: x", 1));
    assert_eq!(world.moves(), ["top 1.1.0 → 1.1.1 patch (commit)"]);
}

#[test]
fn a_commit_that_was_made_anew_is_known_by_its_title() {
    // The number is that of the commit before a rebase, which nobody has any more.
    let gone = "Revert \"feat: x\"\n\nThis reverts commit ffffffffffff.";
    assert_eq!(released().commit(&["core"], "feat: x").commit(&["core"], gone).moves(), [""; 0]);
}

#[test]
fn what_undoes_a_release_is_a_patch_and_a_fix_stays_one() {
    for message in ["Revert \"feat: start\"", "revert: feat: start", "Back it out\n\nThis reverts commit ffffffffffff."]
    {
        assert_eq!(released().commit(&["core"], message).moves(), ["core 1.0.0 → 1.0.1 patch (commit)"], "{message}");
    }
    let fix = format!("fix: go back\n\nThis reverts commit {}.", commit_id(1));
    let world = released().commit(&["core"], "feat: x").commit(&["core"], &fix);
    assert_eq!(world.moves(), ["core 1.0.0 → 1.1.0 minor (commit, commit)"], "a type says what it is");
}

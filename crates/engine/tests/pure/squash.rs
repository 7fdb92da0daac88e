//! What a squash says: what its title says, or where that says nothing of the kind, what it lists.

use releasekit_core::model::Bump;
use releasekit_core::policy::CommitType;

use crate::support::World;

const LISTED: &str = "Improve the parser (#7)\n\n* feat(core): read tabs\n\n* fix: do not crash\n\n---------\n\n\
                      Co-authored-by: A <a@example.invalid>";
const OF_GIT: &str = "Squashed commit of the following:\n\ncommit 0123456789abcdef\nAuthor: A <a@example.invalid>\n\
                      Date:   Mon\n\n    fix: do not crash\n\ncommit fedcba9876543210\nAuthor: A <a@example.invalid>\n\
                      Date:   Mon\n\n    feat(core): read tabs";

fn released() -> World {
    World::default()
        .package("core", "1.0.0")
        .package("top", "1.0.0")
        .commit(&["core", "top"], "feat: start")
        .tag(&["core-v1.0.0", "top-v1.0.0"])
}

#[test]
fn what_is_listed_counts_for_the_packages_that_were_touched_and_a_scope_names_one_of_them() {
    for message in [LISTED, OF_GIT] {
        let moved = released().commit(&["core", "top"], message).moves();
        assert_eq!(
            moved,
            ["core 1.0.0 → 1.1.0 minor (commit, commit)", "top 1.0.0 → 1.0.1 patch (commit)"],
            "{message}"
        );
        let merged =
            released().commit(&["core"], "feat(core): read tabs").commit(&["core", "top"], "fix: do not crash");
        assert_eq!(merged.moves(), moved, "the same work, merged");
    }
}

#[test]
fn a_type_that_is_not_configured_does_not_speak_for_what_is_listed() {
    let squash = "refactor(core): tidy (#8)\n\n* feat: read tabs\n\n- with care\n\n* refactor: y\n\n* fix: z";
    assert_eq!(released().commit(&["core"], squash).moves(), ["core 1.0.0 → 1.1.0 minor (commit, commit)"]);
    let configured = released().policy(|policy| {
        let refactor = CommitType { bump: Bump::None, section: None };
        policy.commit_types.insert("refactor".to_owned(), refactor);
    });
    assert_eq!(configured.commit(&["core"], squash).moves(), [""; 0]);
}

#[test]
fn a_title_with_a_type_speaks_for_what_is_listed() {
    let planned = released().commit(&["core"], "fix: tidy (#8)\n\n* feat!: drop tabs\n\n* feat: y").try_plan().unwrap();
    let row = planned.plan.packages.iter().find(|row| row.name.as_str() == "core").unwrap();
    assert_eq!(row.next.as_ref().unwrap().as_str(), "1.0.1");
    let undeclared: Vec<&str> = planned.changes.undeclared.iter().map(|(_, title)| title.as_str()).collect();
    assert_eq!(undeclared, ["feat!: drop tabs"], "it is warned of");
    let declared = released().commit(&["core"], "fix!: tidy (#8)\n\n* feat!: drop tabs").try_plan().unwrap();
    assert_eq!(declared.changes.undeclared, []);
}

#[test]
fn the_commit_that_moves_a_package_farthest_is_the_first_reason() {
    let world =
        released().commit(&["core"], "feat!: drop it").commit(&["core"], "fix: one").commit(&["core"], "fix: two");
    let rows = world.plan();
    let reasons = &rows.iter().find(|row| row.name.as_str() == "core").unwrap().reasons;
    let text = format!("{:?}", reasons[0]);
    assert!(text.contains("feat!: drop it"), "{text}");
}

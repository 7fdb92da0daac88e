//! How far the command line moves packages.

use releasekit_core::model::Bump;

use crate::support::World;

/// `a` and `b`, which needs it, released at 1.0.0; and `c`, which nobody needs.
fn world() -> World {
    let world = World::default().package("a", "1.0.0").package("b", "1.0.0").package("c", "1.0.0").needs("b", "a");
    world.commit(&["a", "b", "c"], "feat: start").tag(&["a-v1.0.0", "b-v1.0.0", "c-v1.0.0"])
}

fn bump(world: World, bump: Bump) -> Vec<String> {
    world.ask(|asked| asked.bump = Some(bump)).moves()
}

#[test]
fn what_moves_moves_as_far_as_is_said_and_no_other() {
    let fix = || world().commit(&["a"], "fix: b");
    let pulled = "b 1.0.0 → 1.0.1 patch (a)";
    assert_eq!(bump(fix(), Bump::Minor), ["a 1.0.0 → 1.1.0 minor (set, commit)", pulled]);
    assert_eq!(bump(fix(), Bump::Major), ["a 1.0.0 → 2.0.0 major (set, commit)", pulled]);
    let breaking = world().commit(&["a"], "feat!: b");
    assert_eq!(bump(breaking, Bump::Patch), ["a 1.0.0 → 1.0.1 patch (set, commit)", pulled]);
    assert_eq!(bump(world(), Bump::Major), [""; 0]);
}

#[test]
fn below_one_a_major_bump_that_is_asked_for_is_one() {
    let world = World::default().package("a", "0.1.0").commit(&["a"], "feat: start").tag(&["a-v0.1.0"]);
    assert_eq!(bump(world.commit(&["a"], "fix: b"), Bump::Major), ["a 0.1.0 → 1.0.0 major (set, commit)"]);
}

#[test]
fn what_nothing_moves_can_be_forced() {
    let forced = |world: World| world.ask(|asked| asked.force_unchanged = true);
    let patch = |name| format!("{name} 1.0.0 → 1.0.1 patch (set)");
    assert_eq!(forced(world()).moves(), [patch("a"), patch("c"), patch("b").replace("(set)", "(set, a)")]);
    let feature = forced(world()).commit(&["a"], "feat: b").moves();
    assert_eq!(feature[0], "a 1.0.0 → 1.1.0 minor (commit)");
    let minor = bump(forced(world()), Bump::Minor);
    assert_eq!(minor[1], "c 1.0.0 → 1.1.0 minor (set)");
    let private = forced(world().private("c")).moves();
    assert!(!private.iter().any(|line| line.starts_with("c ")), "{private:?}");
}

#[test]
fn a_line_of_prereleases_goes_to_what_is_said() {
    let at = |version: &str, message: &str| {
        let world = World::default().package("a", version).commit(&["a"], "feat: start").tag(&["a-v1.0.0"]);
        world.commit(&["a"], "chore: version").tag(&[&format!("a-v{version}")]).commit(&["a"], message)
    };
    assert_eq!(bump(at("1.0.1rc1", "fix: b"), Bump::Minor), ["a 1.0.1rc1 → 1.1.0rc1 minor (set, commit)"]);
    assert_eq!(bump(at("1.1.0rc1", "feat!: b"), Bump::Minor), ["a 1.1.0rc1 → 1.1.0rc2 prerelease (set, commit)"]);
}

/// Nobody who asks for a level means to raise what was chosen already.
#[test]
fn a_version_that_somebody_chose_stands() {
    let ahead = World::default().package("a", "3.0.0").commit(&["a"], "feat: start").tag(&["a-v1.0.0"]);
    let ahead = ahead.commit(&["a"], "chore: version");
    assert_eq!(bump(ahead, Bump::Major), ["a 3.0.0 → 3.0.0 none (version-ahead)"]);
    let named = world().commit(&["c"], "fix: b\n\nRelease-As: 1.4.0");
    let moves = bump(named, Bump::Major);
    assert!(moves[0].starts_with("c 1.0.0 → 1.4.0 "), "{moves:?}");
}

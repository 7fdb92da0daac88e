//! Lines in the messages of commits that say how far packages move, or to which version.

use releasekit_core::Diagnostic;
use releasekit_core::policy::{BumpSource, CommitType, Versioning};

use crate::support::World;

fn released(names: &[&str]) -> World {
    let mut world = World::default();
    for name in names {
        world = world.package(name, "1.0.0");
    }
    let tags: Vec<String> = names.iter().map(|name| format!("{name}-v1.0.0")).collect();
    world.commit(names, "feat: start").tag(&tags.iter().map(String::as_str).collect::<Vec<_>>())
}

fn two() -> World {
    released(&["a", "b"])
}

/// The error of a plan: its code and its text.
fn fails(world: World) -> String {
    let error = world.try_plan().expect_err("no plan");
    format!("{} {error}", error.code())
}

#[test]
fn a_level_stands_for_the_type_of_its_commit_and_nothing_else() {
    let cases = [
        ("docs: x", "a 1.0.0 → 1.1.0 minor (trailer)"),
        ("feat!: x", "a 1.0.0 → 1.1.0 minor (trailer)"),
        ("Say more", "a 1.0.0 → 1.1.0 minor (trailer)"),
    ];
    for (title, expected) in cases {
        assert_eq!(two().commit(&["a"], &format!("{title}\n\nrelease: minor")).moves(), [expected], "{title}");
    }
    let with_another = two().commit(&["a"], "feat: x\n\nrelease: patch").commit(&["a"], "feat: y");
    assert_eq!(with_another.moves(), ["a 1.0.0 → 1.1.0 minor (commit, trailer)"], "the highest counts");
    let two_levels = two().commit(&["a"], "x\n\nrelease: patch").commit(&["a"], "y\n\nrelease: major");
    assert_eq!(two_levels.moves(), ["a 1.0.0 → 2.0.0 major (trailer, trailer)"]);
}

#[test]
fn skip_is_for_its_commit_alone() {
    assert_eq!(two().commit(&["a"], "feat: x\n\nrelease: skip").moves(), [""; 0]);
    let others = two().commit(&["a", "b"], "feat: x\n\nrelease: skip [a]").commit(&["a"], "fix: y");
    assert_eq!(others.moves(), ["a 1.0.0 → 1.0.1 patch (commit)", "b 1.0.0 → 1.1.0 minor (commit)"]);
}

#[test]
fn who_is_named_is_moved_whether_touched_or_not() {
    assert_eq!(two().commit(&["a"], "docs: x\n\nrelease: minor [b]").moves(), ["b 1.0.0 → 1.1.0 minor (trailer)"]);
    assert_eq!(
        two().commit(&[], "ci: x\n\nrelease: minor py:a, b").moves(),
        ["a 1.0.0 → 1.1.0 minor (trailer)", "b 1.0.0 → 1.1.0 minor (trailer)"]
    );
    let renamed =
        two().policy(|policy| policy.packages.entry("a".to_owned()).or_default().formerly = vec!["old".into()]);
    assert_eq!(renamed.commit(&[], "ci: x\n\nrelease: patch [Old]").moves(), ["a 1.0.0 → 1.0.1 patch (trailer)"]);
    let released_since = two().commit(&[], "ci: x\n\nrelease: minor [a]").commit(&["a"], "fix: y").at("a", "1.1.0");
    assert_eq!(released_since.tag(&["a-v1.1.0"]).moves(), [""; 0], "it is in no range any more");
    let private = two().private("b");
    assert_eq!(private.commit(&["a"], "docs: x\n\nrelease: minor [b]").moves(), [""; 0], "it takes no part");
}

#[test]
fn who_is_named_is_meant_before_who_is_not() {
    let both = two().commit(&["a", "b"], "feat: x\n\nrelease: minor\nrelease: patch [b]");
    assert_eq!(both.moves(), ["a 1.0.0 → 1.1.0 minor (trailer)", "b 1.0.0 → 1.0.1 patch (trailer)"]);
}

#[test]
fn without_a_name_and_a_touched_package_the_only_one_is_meant() {
    let empty = "chore: go\n\nrelease: minor";
    assert_eq!(released(&["a"]).commit(&[], empty).moves(), ["a 1.0.0 → 1.1.0 minor (trailer)"]);
    assert_eq!(two().commit(&[], empty).moves(), [""; 0]);
    let together = two().policy(|policy| policy.synchronize = true).commit(&[], "chore: go\n\nRelease-As: 2.0.0");
    assert_eq!(together.moves(), ["a 1.0.0 → 2.0.0 major (trailer)", "b 1.0.0 → 2.0.0 major (trailer)"]);
}

#[test]
fn a_level_is_the_step_itself_below_one_too() {
    let young = || World::default().package("a", "0.4.0").commit(&["a"], "feat: start").tag(&["a-v0.4.0"]);
    assert_eq!(young().commit(&["a"], "feat!: x").moves(), ["a 0.4.0 → 0.5.0 minor (commit)"]);
    assert_eq!(young().commit(&["a"], "x\n\nrelease: major").moves(), ["a 0.4.0 → 1.0.0 major (trailer)"]);
}

#[test]
fn a_version_is_taken_as_it_stands_and_the_newest_counts() {
    let asked = two().commit(&["a"], "feat!: x\n\nRelease-As: a@1.0.5").commit(&["a"], "feat: y");
    assert_eq!(asked.moves(), ["a 1.0.0 → 1.0.5 patch (trailer, commit, commit)"]);
    let newest = two().commit(&["a"], "x\n\nRelease-As: 3.0.0").commit(&[], "y\n\nRelease-As: a@2.0.0");
    assert_eq!(newest.moves(), ["a 1.0.0 → 2.0.0 major (trailer)"]);
    let bare = two().commit(&["a"], "x\n\nRelease-As: v1.2.0");
    assert_eq!(bare.moves(), ["a 1.0.0 → 1.2.0 minor (trailer)"]);
    let labelled = two().commit(&["a"], "x\n\nRelease-As: 2.0.0-rc.1");
    assert_eq!(labelled.moves(), ["a 1.0.0 → 2.0.0rc1 major (trailer)"]);
    let ahead = two().at("a", "2.0.0").commit(&["a"], "x\n\nRelease-As: 2.0.0");
    assert_eq!(ahead.moves(), ["a 2.0.0 → 2.0.0 none (version-ahead, trailer)"]);
}

#[test]
fn a_version_ends_a_line_of_prereleases() {
    let world = World::default().package("a", "1.1.0rc1").commit(&["a"], "feat: start").tag(&["a-v1.1.0rc1"]);
    let world = world.commit(&["a"], "fix: x\n\nRelease-As: 1.1.0");
    assert_eq!(world.moves(), ["a 1.1.0rc1 → 1.1.0 prerelease (trailer, commit)"]);
}

#[test]
fn a_level_since_the_last_final_version_raises_a_line() {
    let world = World::default().package("a", "1.0.0").commit(&["a"], "feat: start").tag(&["a-v1.0.0"]);
    let world = world.commit(&[], "x\n\nrelease: minor [a]").commit(&["a"], "fix: y").tag(&["a-v1.0.1rc1"]);
    let world = world.at("a", "1.0.1rc1").commit(&["a"], "fix: z");
    assert_eq!(world.moves(), ["a 1.0.1rc1 → 1.1.0rc1 minor (commit)"]);
}

#[test]
fn a_version_is_that_of_all_who_share_it() {
    let group = |versioning| released(&["a", "b", "c"]).group("web", versioning, &["a", "b"]);
    let asked = |versioning| group(versioning).commit(&["a"], "x\n\nRelease-As: 1.0.5").commit(&["c"], "fix: z");
    assert_eq!(
        asked(Versioning::Fixed).commit(&["b"], "feat: y").moves(),
        ["a 1.0.0 → 1.0.5 patch (trailer)", "b 1.0.0 → 1.0.5 patch (commit, group)", "c 1.0.0 → 1.0.1 patch (commit)"],
        "whatever else they would have"
    );
    assert_eq!(
        asked(Versioning::Linked).moves(),
        ["a 1.0.0 → 1.0.5 patch (trailer)", "c 1.0.0 → 1.0.1 patch (commit)"],
        "those that stay do stay"
    );
}

#[test]
fn dependents_of_what_is_asked_for_move() {
    let world = two().needs("b", "a").commit(&[], "x\n\nRelease-As: a@2.0.0");
    assert_eq!(world.moves(), ["a 1.0.0 → 2.0.0 major (trailer)", "b 1.0.0 → 1.0.1 patch (a)"]);
}

#[test]
fn a_version_that_is_not_above_the_present_one_is_refused() {
    for version in ["0.9.0", "1.0.0"] {
        assert_eq!(
            fails(two().commit(&["a"], &format!("x\n\nRelease-As: {version}"))),
            format!("RK-VERSION-ASKED-BEHIND 000000000 asks for {version} of `py:a`, which is at 1.0.0 already")
        );
    }
    let ahead = two().at("a", "2.0.0").commit(&["a"], "x\n\nRelease-As: 1.5.0");
    assert!(fails(ahead).contains("which is at 2.0.0 already"));
    let taken = two().elsewhere(&["a-v2.0.0"]).commit(&["a"], "x\n\nRelease-As: 2.0.0");
    assert!(fails(taken).starts_with("RK-VERSION-TAG-EXISTS"));
    let ignored = two().policy(|policy| policy.ignore_tags = vec!["a-v2.0.0".into()]).elsewhere(&["a-v2.0.0"]);
    assert!(fails(ignored.commit(&["a"], "x\n\nRelease-As: 2.0.0")).starts_with("RK-VERSION-TAG-EXISTS"));
}

#[test]
fn what_cannot_be_followed_is_an_error_for_all_of_it() {
    let cases = [
        ("release: huge", "it is neither a level nor a version"),
        ("release: minor [others]", "no package is called `others`"),
        ("Release-As: others@2.0.0", "no package is called `others`"),
        ("Release-As: 2.0.0", "its commit touches `py:a`, `py:b`, and it names none of them"),
        ("Release-As: a@2.x", "that is no version of `py:a`"),
    ];
    for (line, why) in cases {
        let said = fails(two().commit(&["a", "b"], &format!("fix: x\n\n{line}")));
        assert_eq!(said, format!("RK-COMMIT-TRAILER the trailer `{line}` of 000000000 cannot be followed: {why}"));
    }
    let nobody = fails(two().commit(&[], "x\n\nRelease-As: 2.0.0"));
    assert!(nobody.ends_with("its commit touches no package, and it names none"), "{nobody}");
    let several = two().commit(&["a"], "x\n\nrelease: huge").commit(&["a"], "y\n\nrelease: c");
    assert!(fails(several).starts_with("RK-COMMIT-TRAILER 2 trailers of commits cannot be followed\n"));
}

#[test]
fn a_version_without_a_name_that_others_were_released_with_is_nobodys() {
    let released_since = two().commit(&["a"], "x\n\nRelease-As: 1.2.0").tag(&["a-v1.2.0"]).at("a", "1.2.0");
    assert_eq!(released_since.moves(), [""; 0]);
}

#[test]
fn what_is_reverted_asks_nothing() {
    let undone = |line: &str| {
        let title = "fix: x";
        two().commit(&["a"], &format!("{title}\n\n{line}")).commit(&["a"], &format!("Revert \"{title}\""))
    };
    for line in ["release: major", "release: minor [b]", "Release-As: b@2.0.0", "release: huge"] {
        assert_eq!(undone(line).moves(), [""; 0], "{line}");
    }
}

#[test]
fn a_trailer_in_a_list_is_for_what_stands_above_it() {
    let list = "* feat(a): x\n\nrelease: skip\n\n* fix(b): y";
    let listed = two().commit(&["a", "b"], &format!("Improve (#7)\n\n{list}"));
    assert_eq!(listed.moves(), ["b 1.0.0 → 1.0.1 patch (commit)"]);
    let whole = two().commit(&["a", "b"], &format!("Improve (#7)\n\n{list}\n\n---------\n\nrelease: major [b]"));
    assert_eq!(whole.moves(), ["b 1.0.0 → 2.0.0 major (trailer)"]);
    let raised = two().commit(&["a"], "fix: tidy (#8)\n\n* docs: x\n\nrelease: minor\n\n* fix: y");
    assert_eq!(raised.moves(), ["a 1.0.0 → 1.1.0 minor (trailer, commit)"], "also where the title speaks for the work");
    let skipped = two().commit(&["a"], "fix: tidy (#8)\n\n* docs: x\n\nrelease: skip\n\n* fix: y");
    assert_eq!(skipped.moves(), ["a 1.0.0 → 1.0.1 patch (commit)"], "one of several is skipped");
}

#[test]
fn only_what_the_configuration_names_counts() {
    let of = |sources: &[BumpSource]| {
        let sources = sources.to_vec();
        two().policy(|policy| policy.bump_sources = sources)
    };
    let both = |world: World| world.commit(&["a"], "feat: x").commit(&["b"], "docs: y\n\nrelease: patch").moves();
    assert_eq!(both(of(&[BumpSource::Commits])), ["a 1.0.0 → 1.1.0 minor (commit)"]);
    assert_eq!(both(of(&[BumpSource::Trailers])), ["b 1.0.0 → 1.0.1 patch (trailer)"]);
    let malformed = of(&[BumpSource::Commits]).commit(&["a"], "fix: x\n\nrelease: huge");
    assert_eq!(malformed.moves(), ["a 1.0.0 → 1.0.1 patch (commit)"], "what is not read is no error");
    let typed = of(&[BumpSource::Trailers]).policy(|policy| {
        policy
            .commit_types
            .insert("docs".into(), CommitType { bump: releasekit_core::model::Bump::Patch, section: None });
    });
    assert_eq!(typed.commit(&["a"], "docs: x").moves(), [""; 0]);
}

//! Files that say which packages change, and how far.

use releasekit_core::Diagnostic;
use releasekit_core::policy::{BumpSource, Participation, Versioning};

use crate::support::World;

/// Packages at 1.0.0 that are tagged so, in a repository whose changes are described in files.
fn released(names: &[&str]) -> World {
    let mut world = World::default().file(".changeset/config.json", "{}");
    for name in names {
        world = world.package(name, "1.0.0");
    }
    let tags: Vec<String> = names.iter().map(|name| format!("{name}-v1.0.0")).collect();
    world.commit(names, "feat: start").tag(&tags.iter().map(String::as_str).collect::<Vec<_>>())
}

fn two() -> World {
    released(&["a", "b"])
}

/// The errors of a plan: their codes and texts.
fn fails(world: World) -> Vec<String> {
    let error = world.try_plan().expect_err("no plan");
    let said = |it: &dyn Diagnostic| format!("{} {it} ? {}", it.code(), it.help().unwrap_or_default());
    let parts = error.parts();
    if parts.is_empty() { vec![said(&error)] } else { parts.into_iter().map(said).collect() }
}

#[test]
fn the_farthest_level_counts_and_commits_do_not() {
    let world = two()
        .file(".changeset/x.md", "---\n\"a\": patch\n---\n\nOne.\n")
        .file(".changeset/y.md", "---\na: minor\nb: none\n---\n\nTwo.\n")
        .commit(&["a", "b"], "feat!: x");
    assert_eq!(world.moves(), ["a 1.0.0 → 1.1.0 minor (change-file, change-file)"]);
    let reasons =
        serde_json::to_value(&two().file(".changeset/x.md", "---\na: patch\n---\nIt is.\n\nMore").plan()[0].reasons);
    let expected = serde_json::json!([{ "kind": "change-file", "file": ".changeset/x.md", "summary": "It is." }]);
    assert_eq!(reasons.expect("JSON"), expected);
}

#[test]
fn a_level_is_followed_as_it_stands_below_one_too() {
    let world = World::default().package("a", "0.3.1").file(".changeset/config.json", "{}").commit(&["a"], "x");
    let world = world.tag(&["a-v0.3.1"]).file(".changeset/x.md", "---\na: major\n---\n");
    assert_eq!(world.moves(), ["a 0.3.1 → 1.0.0 major (change-file)"]);
}

#[test]
fn what_was_never_released_begins_where_somebody_said() {
    let new = |version: &str, level: &str| {
        let world = World::default().package("a", version).file(".changeset/config.json", "{}").commit(&["a"], "x");
        world.file(".changeset/x.md", &format!("---\na: {level}\n---\n")).moves().remove(0)
    };
    assert_eq!(new("0.0.0", "patch"), "a 0.0.0 → 0.0.1 none (first-release, change-file)");
    assert_eq!(new("0.0.0", "major"), "a 0.0.0 → 1.0.0 none (first-release, change-file)");
    assert_eq!(new("0.0.0", "none"), "a 0.0.0 → 0.1.0 none (first-release)");
    assert_eq!(new("0.0.1", "major"), "a 0.0.1 → 1.0.0 none (first-release, change-file)");
    assert_eq!(new("0.5.0", "none"), "a 0.5.0 → 0.5.0 none (first-release)");
    assert_eq!(new("1.0.0rc1", "major"), "a 1.0.0rc1 → 1.0.0rc1 none (first-release, change-file)");
}

#[test]
fn which_source_counts_is_seen_in_the_tree_unless_it_is_said() {
    let file = |world: World| world.file(".changeset/x.md", "---\na: patch\n---\n").commit(&["a"], "feat: x");
    let without = World::default().package("a", "1.0.0").commit(&["a"], "x").tag(&["a-v1.0.0"]);
    assert_eq!(file(without.clone()).moves(), ["a 1.0.0 → 1.1.0 minor (commit)"], "no settings, no change files");
    let said = |sources: &[BumpSource], world: &World| {
        let world = world.clone().policy(|policy| policy.bump_sources = sources.to_vec());
        file(world).moves()
    };
    assert_eq!(said(&[BumpSource::ChangeFiles], &without), ["a 1.0.0 → 1.0.1 patch (change-file)"]);
    let with = released(&["a"]);
    assert_eq!(said(&[BumpSource::Commits], &with), ["a 1.0.0 → 1.1.0 minor (commit)"]);
    let both = [BumpSource::Commits, BumpSource::ChangeFiles];
    assert_eq!(said(&both, &with), ["a 1.0.0 → 1.1.0 minor (commit, change-file)"]);
    let broken = released(&["a"]).file(".changeset/x.md", "?").policy(|it| it.bump_sources = vec![BumpSource::Commits]);
    assert_eq!(broken.moves(), [""; 0], "what does not count is not read");
    let trailer = with.commit(&["a"], "ci: x\n\nrelease: minor");
    assert_eq!(trailer.moves(), ["a 1.0.0 → 1.1.0 minor (trailer)"], "trailers count beside change files");
}

#[test]
fn dependents_follow_as_they_follow_commits() {
    let world = two().needs("b", "a").file(".changeset/x.md", "---\na: minor\n---\n");
    assert_eq!(world.moves(), ["a 1.0.0 → 1.1.0 minor (change-file)", "b 1.0.0 → 1.0.1 patch (a)"]);
}

#[test]
fn names_are_compared_as_the_ecosystem_does() {
    let world = released(&["My_Pkg"]).file(".changeset/x.md", "---\n\"my-pkg\": patch\n---\n");
    assert_eq!(world.moves(), ["My_Pkg 1.0.0 → 1.0.1 patch (change-file)"]);
    let labelled = two().file(".changeset/x.md", "---\n\"py:a\": patch\n---\n");
    assert_eq!(labelled.moves(), ["a 1.0.0 → 1.0.1 patch (change-file)"]);
}

#[test]
fn what_cannot_be_followed_is_named_with_its_place() {
    let world = two()
        .file(".changeset/a.md", "no front")
        .file(".changeset/b.md", "---\naa: patch\nb: huge\n---\n")
        .file(".changeset/c.md", "---\n\"bb\": patch\n---\n")
        .file(".changeset/README.md", "How to.");
    let expected = [
        "RK-CHANGE-FILE-INVALID `.changeset/a.md` cannot be read: it does not begin with a line `---`, below which the packages \
         stand ? mend the file, or delete it and let `releasekit change add` write another",
        "RK-CHANGE-FILE-INVALID `.changeset/b.md` cannot be read: `huge` is no level: it is one of `major`, `minor`, `patch`, \
         `none` ? mend the file, or delete it and let `releasekit change add` write another",
        "RK-CHANGE-FILE-PACKAGE `.changeset/c.md` names `bb`, and no package is called so ? did you mean `b`?",
    ];
    assert_eq!(fails(world.clone()), expected);
    let error = world.try_plan().expect_err("no plan");
    let place = &error.parts()[2].labels()[0];
    assert_eq!((place.path.as_str(), place.span.clone()), (".changeset/c.md", Some(4..8)));
}

#[test]
fn a_line_of_prereleases_is_not_read_and_said() {
    let world = two().file(".changeset/pre.json", "{\"mode\": \"pre\"}");
    assert!(fails(world)[0].starts_with("RK-CHANGE-PRE-MODE `.changeset/pre.json` says"));
}

const LEFT: (&str, &str) = (".changeset/pre.json", "{\"mode\": \"exit\", \"tag\": \"rc\", \"changesets\": [\"x\"]}");

#[test]
fn a_line_of_prereleases_that_was_left_becomes_final_by_all_files() {
    let asks = |level: &str| format!("---\na: {level}\n---\n\nOne.\n");
    let world = |version: &str, level: &str| {
        let world = World::default().package("a", "1.0.0").package("b", "1.0.1rc0").package("c", "1.0.0");
        let world = world.file(".changeset/config.json", "{}").commit(&["a", "b", "c"], "x");
        let world = world.tag(&["a-v1.0.0", "b-v1.0.0", "c-v1.0.0"]).commit(&["a", "b"], "x").at("a", version);
        let tags = [format!("a-v{version}"), "b-v1.0.1rc0".to_owned()];
        world.tag(&tags.each_ref().map(String::as_str)).file(".changeset/x.md", &asks(level)).file(LEFT.0, LEFT.1)
    };
    let b = "b 1.0.1rc0 → 1.0.1 prerelease (change-file)";
    for (version, level, expected) in [
        ("1.1.0rc2", "minor", "a 1.1.0rc2 → 1.1.0 prerelease (change-file, change-file)"),
        ("1.1.0rc2", "major", "a 1.1.0rc2 → 2.0.0 major (change-file, change-file)"),
        ("1.1.0rc2", "none", "a 1.1.0rc2 → 1.1.0 prerelease (change-file)"),
    ] {
        assert_eq!(world(version, level).moves(), [expected, b], "{version} {level}");
    }
    // Labels of changesets are words of people.
    for (level, expected) in [("minor", "1.1.0 prerelease"), ("major", "2.0.0 major")] {
        let world = World::default().package("npm/d", "1.0.0").file(".changeset/config.json", "{}");
        let world =
            world.commit(&["npm/d"], "x").tag(&["d-v1.0.0"]).at("npm/d", "1.1.0-next.2").commit(&["npm/d"], "x");
        let world = world.tag(&["d-v1.1.0-next.2"]).file(LEFT.0, LEFT.1);
        let moves = world.file(".changeset/x.md", &format!("---\nd: {level}\n---\n")).moves();
        assert_eq!(moves, [format!("npm:d 1.1.0-next.2 → {expected} (change-file, change-file)")]);
    }
}

#[test]
fn change_files_below_the_root_are_told_of_where_packages_are() {
    let remarks = |world: World| -> Vec<String> {
        let planned = world.try_plan().expect("a plan");
        planned.snapshot.discovery.remarks.iter().map(|it| format!("{} {}", it.code, it.message)).collect()
    };
    let world = || World::default().package("web/a", "1.0.0").commit(&["web/a"], "feat: x").tag(&["a-v1.0.0"]);
    let said = "RK-CHANGE-FILES-ELSEWHERE `web/.changeset` lies below the root, and change files there are not read";
    assert_eq!(remarks(world().file("web/.changeset/config.json", "{}")), [said]);
    assert_eq!(remarks(world().file("tests/x/.changeset/config.json", "{}")), [""; 0], "no package is there");
    let settled = world().file("web/.changeset/config.json", "{}");
    assert_eq!(remarks(settled.policy(|it| it.bump_sources = vec![BumpSource::Commits])), [""; 0]);
}

fn settings(text: &str) -> World {
    let names = ["core", "@s/a", "@s/b", "docs"];
    let mut world = World::default().file(".changeset/config.json", text);
    for name in names {
        let folder = name.trim_start_matches("@s/");
        world = world.package(folder, "1.0.0").called(folder, name);
    }
    world.commit(&["core", "a", "b", "docs"], "x").tag(&["core-v1.0.0", "@s/a-v1.0.0", "@s/b-v1.0.0", "docs-v1.0.0"])
}

const CORE: (&str, &str) = (".changeset/x.md", "---\ncore: minor\n\"@s/a\": patch\n---\n");

#[test]
fn the_settings_make_groups_and_keep_packages_out() {
    let asked = |text: &str| settings(text).file(CORE.0, CORE.1);
    let fixed = asked("{\"fixed\": [[\"core\", \"@s/*\"]]}").plan();
    let next = |name: &str| {
        let row = fixed.iter().find(|row| row.name.as_str() == name).expect("a row");
        (row.next.as_ref().map(ToString::to_string), row.group.clone())
    };
    let group = Some("fixed".to_owned());
    for name in ["core", "@s/a", "@s/b"] {
        assert_eq!(next(name), (Some("1.1.0".to_owned()), group.clone()), "{name}");
    }
    assert_eq!(next("docs"), (None, None));
    let linked = asked("{\"linked\": [[\"*\", \"@s/**\", \"!docs\"]]}").moves();
    let expected = ["@s/a 1.0.0 → 1.1.0 minor (change-file, group)", "core 1.0.0 → 1.1.0 minor (change-file)"];
    assert_eq!(linked, expected, "those that move share a version");
    assert_eq!(asked("{\"ignore\": [\"{core,docs}\"]}").moves(), ["@s/a 1.0.0 → 1.0.1 patch (change-file)"]);
}

#[test]
fn globs_are_those_that_changesets_reads() {
    for (globs, left) in [
        ("[\"!(@s/*)\"]", &["@s/a"][..]),
        ("[\"!(@s/*|core)\"]", &["@s/a", "core"]),
        ("[\"@s/@(a|b)\"]", &["core"]),
        ("[\"*\", \"!core\"]", &["@s/a", "core"]),
        ("[\"!core\"]", &["core"]),
        ("[\"py:core\"]", &["@s/a"]),
        ("[\"**\"]", &[]),
    ] {
        let world = settings(&format!("{{\"ignore\": {globs}}}")).file(CORE.0, CORE.1);
        let moving: Vec<String> =
            world.plan().iter().filter(|it| it.is_included()).map(|it| it.name.to_string()).collect();
        assert_eq!(moving, left, "{globs}");
    }
    let refused = fails(settings("{\"ignore\": [\"+(a|b)\"]}"));
    assert!(refused[0].contains("has a group of a kind that is not read"), "{refused:?}");
}

#[test]
fn what_the_configuration_says_counts_before_the_settings() {
    let text =
        "{\"ignore\": [\"core\"], \"fixed\": [[\"core\", \"@s/a\"]], \"commit\": true, \"linked\": [[\"gone\"]]}";
    let world = settings(text).file(CORE.0, CORE.1).group("mine", Versioning::Independent, &["@s/a"]);
    let world = world.policy(|policy| {
        policy.packages.entry("core".to_owned()).or_default().release = Some(Participation::Publish);
    });
    let planned = world.clone().try_plan().expect("a plan");
    let remarks = planned.snapshot.discovery.remarks.into_iter();
    let said: Vec<String> = remarks.map(|it| format!("{} {}", it.code, it.message)).collect();
    assert_eq!(
        said,
        [
            "RK-CHANGE-SETTINGS-UNREAD `.changeset/config.json` says `commit`, which is not read here",
            "RK-CHANGE-SETTINGS-UNREAD `.changeset/config.json` names `gone`, and no package is called so",
            "RK-CHANGE-SETTINGS-UNREAD `releasekit.toml` says otherwise than `.changeset/config.json` of `py:@s/a`, `py:core`, and counts",
        ]
    );
    assert_eq!(world.moves(), ["@s/a 1.0.0 → 1.0.1 patch (change-file)", "core 1.0.0 → 1.1.0 minor (change-file)"]);
}

#[test]
fn a_glob_that_cannot_be_matched_is_refused() {
    let deep = format!("{}a{}", "{a,".repeat(400), "}".repeat(400));
    let failed = fails(settings(&format!("{{\"ignore\": [\"{deep}\"]}}")));
    assert!(failed[0].contains("` is no glob: ") && failed[0].len() < 10_000, "{failed:?}");
}

#[test]
fn settings_that_contradict_themselves_are_refused() {
    for (text, why) in [
        ("{", "EOF while parsing an object at line 1 column 1"),
        ("{\"fixed\": [\"a\"]}", "`fixed` cannot be read: invalid type: string \"a\", expected a sequence"),
        ("{\"fixed\": [[\"core\"]], \"linked\": [[\"co*\"]]}", "`core` is in several of its groups"),
    ] {
        let expected = format!("RK-CHANGE-SETTINGS-INVALID `.changeset/config.json` cannot be read: {why} ? ");
        assert!(fails(settings(text))[0].starts_with(&expected), "{:?}", fails(settings(text)));
    }
}

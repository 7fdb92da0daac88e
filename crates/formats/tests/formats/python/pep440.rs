//! PEP 440: spelling, order, bumps.

use releasekit_core::{Diagnostic, VersionScheme};
use releasekit_formats::python::Pep440;
use releasekit_formats::semver::SemVer;

use crate::{bumped, check_bumps, code, version};

#[test]
fn versions_are_spelled_canonically() {
    let table = [
        ("1.0.0-rc.1", "1.0.0rc1"),
        ("1.0.0-alpha.1", "1.0.0a1"),
        ("1.0.0.beta2", "1.0.0b2"),
        ("1.0-DEV3", "1.0.dev3"),
        ("v1.2", "1.2"),
        ("1.0-1", "1.0.post1"),
        ("1.0.rev2", "1.0.post2"),
        ("1!2.0", "1!2.0"),
        ("1.0+Ubuntu-1", "1.0+ubuntu.1"),
        ("01.002", "1.2"),
        (" 1.0 ", "1.0"),
        ("1.0c1", "1.0rc1"),
    ];
    for (text, expected) in table {
        assert_eq!(version(&Pep440, text).as_str(), expected, "{text}");
    }
}

#[test]
fn what_is_no_version_is_refused() {
    for text in ["", "abc", "1.0.x", "1..0", "1.0 beta one", "1.0.*", "99999999999999999999.0", "1.0-canary.1"] {
        assert_eq!(code(Pep440.parse(text)), "RK-VERSION-INVALID", "{text}");
    }
    let error = Pep440.parse("1.0.x").expect_err("no version");
    assert!(error.to_string().starts_with("`1.0.x` is not a PEP 440 version: "), "{error}");
}

#[test]
fn versions_are_ordered() {
    let ascending = [
        "0.9",
        "1.0.dev1",
        "1.0a1.dev1",
        "1.0a1",
        "1.0a1.post1",
        "1.0a2",
        "1.0b1",
        "1.0rc1",
        "1.0",
        "1.0+local",
        "1.0.post1.dev1",
        "1.0.post1",
        "1.0.1",
        "1.2",
        "1.10",
        "1!0.1",
    ];
    for pair in ascending.windows(2) {
        let (a, b) = (version(&Pep440, pair[0]), version(&Pep440, pair[1]));
        assert!(Pep440.compare(&a, &b).is_lt(), "{a} < {b}");
        assert!(Pep440.compare(&b, &a).is_gt(), "{b} > {a}");
    }
    assert!(Pep440.compare(&version(&Pep440, "1.0"), &version(&Pep440, "1.0.0")).is_eq());
}

#[test]
fn final_versions_are_bumped() {
    check_bumps(
        &Pep440,
        &[
            ("1.2.3", "none", "1.2.3"),
            ("1.2.3", "patch", "1.2.4"),
            ("1.2.3", "minor", "1.3.0"),
            ("1.2.3", "major", "2.0.0"),
            ("0.5.0", "major", "1.0.0"),
            ("0.0.0", "patch", "0.0.1"),
            ("1.2", "patch", "1.2.1"),
            ("1.2", "minor", "1.3.0"),
            ("1", "major", "2.0.0"),
            ("1", "patch", "1.0.1"),
            ("1.2.3.4", "patch", "1.2.4.0"),
            ("1.2.3.4", "major", "2.0.0.0"),
            ("2024.1", "minor", "2024.2.0"),
            ("1!1.2.3", "minor", "1!1.3.0"),
            ("1.2.3.post1", "patch", "1.2.4"),
            ("1.2.3.post1", "major", "2.0.0"),
            ("1.2.3+local.1", "patch", "1.2.4"),
        ],
    );
}

#[test]
fn prereleases_are_entered() {
    check_bumps(
        &Pep440,
        &[
            ("1.0.0", "minor alpha", "1.1.0a1"),
            ("1.0.0", "minor alpha 0", "1.1.0a0"),
            ("1.0.0", "patch beta", "1.0.1b1"),
            ("1.0.0", "major rc", "2.0.0rc1"),
            ("1.0.0", "minor dev", "1.1.0.dev1"),
            ("1.0.0", "prerelease alpha", "1.0.1a1"),
            ("1.0", "minor alpha", "1.1.0a1"),
            ("1.0.0.post2", "patch alpha", "1.0.1a1"),
            ("1.0.0.post2.dev1", "patch alpha", "1.0.1a1"),
            ("3!1.0.0", "minor dev 0", "3!1.1.0.dev0"),
        ],
    );
}

#[test]
fn prereleases_count_escalate_and_never_step_back() {
    check_bumps(
        &Pep440,
        &[
            ("1.1.0a1", "minor alpha", "1.1.0a2"),
            ("1.1.0a1", "patch alpha", "1.1.0a2"),
            ("1.1.0a1", "prerelease alpha", "1.1.0a2"),
            ("1.1.0a1", "prerelease", "1.1.0a2"),
            ("1.1.0a1", "minor alpha 7", "1.1.0a2"),
            ("1.1.0a9", "minor beta", "1.1.0b1"),
            ("1.1.0b3", "minor rc", "1.1.0rc1"),
            ("1.1.0a9", "prerelease rc 0", "1.1.0rc0"),
            ("1.1.0rc1", "minor alpha", "1.1.0rc2"),
            ("1.1.0rc1", "minor beta", "1.1.0rc2"),
            ("1.1.0b1", "prerelease dev", "1.1.0b2"),
            ("1.1.0.dev3", "minor dev", "1.1.0.dev4"),
            ("1.1.0.dev3", "minor alpha", "1.1.0a1"),
            ("1.1.0.dev3", "prerelease", "1.1.0.dev4"),
            ("1.1a1", "minor alpha", "1.1.0a2"),
            ("1.1.0a1.post1", "minor alpha", "1.1.0a2"),
            ("1.1.0a1+local", "minor alpha", "1.1.0a2"),
            // A development release of a stage leads to that stage.
            ("1.1.0a1.dev3", "minor alpha", "1.1.0a1"),
            ("1.1.0a1.dev3", "minor dev", "1.1.0a1.dev4"),
            ("1.1.0a1.dev3", "prerelease", "1.1.0a1.dev4"),
            ("1.1.0a1.dev3", "minor beta", "1.1.0b1"),
            ("1.1.0b1.dev3", "minor alpha", "1.1.0b1"),
            ("1.1.0a1.post1.dev2", "minor alpha", "1.1.0a2"),
            ("1.0.0.post1.dev2", "prerelease", "1.0.0.post1.dev3"),
            ("1.0.0.post1.dev2", "prerelease dev", "1.0.0.post1.dev3"),
        ],
    );
}

#[test]
fn a_bump_beyond_what_a_prerelease_stands_for_moves_its_numbers() {
    check_bumps(
        &Pep440,
        &[
            ("1.1.0a1", "major alpha", "2.0.0a1"),
            ("1.1.1rc2", "minor alpha", "1.2.0a1"),
            ("1.1.1rc2", "minor rc", "1.2.0rc1"),
            ("2.0.0a1", "major beta", "2.0.0b1"),
            ("0.1.0a1", "major alpha", "1.0.0a1"),
            ("1.2.3.4a1", "patch alpha", "1.2.4.0a1"),
            ("1.2.3.4a1", "prerelease alpha", "1.2.3.4a2"),
        ],
    );
}

#[test]
fn a_bump_without_a_label_graduates() {
    check_bumps(
        &Pep440,
        &[
            ("1.1.0a1", "patch", "1.1.0"),
            ("1.1.0a1", "minor", "1.1.0"),
            ("1.1.0a1", "major", "2.0.0"),
            ("1.1.1a1", "minor", "1.2.0"),
            ("1.1.1rc1", "patch", "1.1.1"),
            ("2.0.0rc3", "major", "2.0.0"),
            ("1.1.0.dev4", "minor", "1.1.0"),
            ("1.1.0a1.dev4", "minor", "1.1.0"),
            ("1.1a1", "minor", "1.1.0"),
            ("1.0.0.post1.dev2", "patch", "1.0.1"),
        ],
    );
}

#[test]
fn a_prerelease_leads_to_its_final_version() {
    let table = [
        ("1.1.0a1", "1.1.0", true),
        ("1.1.0.dev3", "1.1.0", true),
        ("1.1.0a1.dev3", "1.1.0", true),
        ("1.1.0rc1.post2", "1.1.0", true),
        ("1.1.0rc1+local", "1.1.0", true),
        ("1.0.post1.dev2", "1.0.post1", true),
        ("1.1.0", "1.1.0", false),
        ("1.1.0.post1", "1.1.0.post1", false),
        ("1.1.0+local", "1.1.0+local", false),
        ("2!1.0a1", "2!1.0", true),
    ];
    for (text, expected, prerelease) in table {
        let version = version(&Pep440, text);
        assert_eq!(Pep440.finalize(&version).as_str(), expected, "{text}");
        assert_eq!(Pep440.is_prerelease(&version), prerelease, "{text}");
    }
}

#[test]
fn a_version_that_cannot_move_is_refused() {
    assert_eq!(bumped(&Pep440, "1.0.0", "prerelease"), Err("RK-VERSION-BUMP"));
    assert_eq!(bumped(&Pep440, "1.0.18446744073709551615", "patch"), Err("RK-VERSION-BUMP"));
    assert_eq!(bumped(&Pep440, "1.0a18446744073709551615", "prerelease"), Err("RK-VERSION-BUMP"));
}

#[test]
fn a_label_is_one_of_four_under_any_of_its_names() {
    check_bumps(
        &Pep440,
        &[
            ("1.0.0", "minor a", "1.1.0a1"),
            ("1.0.0", "minor Alpha", "1.1.0a1"),
            ("1.0.0", "minor b", "1.1.0b1"),
            ("1.0.0", "minor c", "1.1.0rc1"),
            ("1.0.0", "minor preview", "1.1.0rc1"),
            ("1.1.0a1", "minor PRE", "1.1.0rc1"),
            ("1.0.0", "minor DEV", "1.1.0.dev1"),
        ],
    );
    for label in ["next", "canary", "SNAPSHOT", "post", "7", "rc-1"] {
        assert_eq!(bumped(&Pep440, "1.0.0", &format!("minor {label}")), Err("RK-VERSION-LABEL"), "{label}");
    }
    let canary = SemVer.neutral(&version(&SemVer, "1.2.3-canary.1")).expect("a label and a number");
    let error = Pep440.spell(&canary).expect_err("no label of PEP 440");
    assert_eq!(error.to_string(), "`canary` is not a prerelease label of PEP 440");
    assert_eq!(error.help().as_deref(), Some("use `alpha`, `beta`, `rc` or `dev`"));
}

#[test]
fn only_what_all_schemes_share_is_neutral() {
    for text in ["1.2.3", "1.2.3a4", "1.2.3b0", "1.2.3rc1", "1.2.3.dev5"] {
        let neutral = Pep440.neutral(&version(&Pep440, text)).expect(text);
        assert_eq!(Pep440.spell(&neutral).expect(text).as_str(), text);
    }
    for text in ["1!1.2.3", "1.2.3.post1", "1.2.3+local", "1.2.3a1.dev2", "1.2.3.4"] {
        assert_eq!(Pep440.neutral(&version(&Pep440, text)), None, "{text}");
    }
}

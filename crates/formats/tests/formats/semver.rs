//! SemVer: spelling, order, bumps.

use releasekit_core::VersionScheme;
use releasekit_formats::semver::SemVer;

use crate::{bumped, check_bumps, code, version};

#[test]
fn what_is_no_version_is_refused() {
    for text in ["", "1", "1.0", "v1.0.0", "1.0.0-", "1.0.0-01", "01.0.0", "1.0.0rc1", " 1.0.0"] {
        assert_eq!(code(SemVer.parse(text)), "RK-VERSION-INVALID", "{text}");
    }
    assert_eq!(version(&SemVer, "1.0.0-rc.1+build.5").as_str(), "1.0.0-rc.1+build.5");
}

#[test]
fn versions_are_ordered() {
    let ascending = [
        "0.9.0",
        "1.0.0-alpha",
        "1.0.0-alpha.1",
        "1.0.0-alpha.10",
        "1.0.0-alpha.beta",
        "1.0.0-beta",
        "1.0.0-dev.1",
        "1.0.0-rc.1",
        "1.0.0",
        "1.0.1",
        "1.10.0",
    ];
    for pair in ascending.windows(2) {
        let (a, b) = (version(&SemVer, pair[0]), version(&SemVer, pair[1]));
        assert!(SemVer.compare(&a, &b).is_lt(), "{a} < {b}");
    }
    assert!(SemVer.compare(&version(&SemVer, "1.0.0+a"), &version(&SemVer, "1.0.0+b")).is_eq());
}

#[test]
fn final_versions_are_bumped_and_prereleases_entered() {
    check_bumps(
        &SemVer,
        &[
            ("1.2.3", "none", "1.2.3"),
            ("1.2.3", "patch", "1.2.4"),
            ("1.2.3", "minor", "1.3.0"),
            ("1.2.3", "major", "2.0.0"),
            ("0.5.0", "major", "1.0.0"),
            ("1.2.3+build.5", "none", "1.2.3+build.5"),
            ("2.0.8+zstd.1.5.5", "patch", "2.0.9+zstd.1.5.5"),
            ("2.0.8+zstd.1.5.5", "minor rc", "2.1.0-rc.1+zstd.1.5.5"),
            ("1.0.0", "minor alpha", "1.1.0-alpha.1"),
            ("1.0.0", "minor alpha 0", "1.1.0-alpha.0"),
            ("1.0.0", "patch beta", "1.0.1-beta.1"),
            ("1.0.0", "major rc", "2.0.0-rc.1"),
            ("1.0.0", "minor dev", "1.1.0-dev.1"),
            ("1.0.0", "prerelease alpha", "1.0.1-alpha.1"),
        ],
    );
}

#[test]
fn prereleases_count_escalate_graduate_and_never_step_back() {
    check_bumps(
        &SemVer,
        &[
            ("1.1.0-alpha.1", "minor alpha", "1.1.0-alpha.2"),
            ("1.1.0-alpha.1", "minor alpha 7", "1.1.0-alpha.2"),
            ("1.1.0-alpha.9", "patch alpha", "1.1.0-alpha.10"),
            ("1.1.0-alpha.1", "prerelease", "1.1.0-alpha.2"),
            ("1.1.0-alpha.9", "minor beta", "1.1.0-beta.1"),
            ("1.1.0-beta.3", "prerelease rc 0", "1.1.0-rc.0"),
            ("1.1.0-rc.1", "minor alpha", "1.1.0-rc.2"),
            ("1.1.0-beta.1", "minor dev", "1.1.0-beta.2"),
            ("1.1.0-dev.3", "minor dev", "1.1.0-dev.4"),
            ("1.1.0-dev.3", "minor rc", "1.1.0-rc.1"),
            // SemVer orders stages by letters, so alpha would be a step back from dev.
            ("1.1.0-dev.3", "minor alpha", "1.1.0-dev.4"),
            ("1.1.0-alpha.1", "major alpha", "2.0.0-alpha.1"),
            ("1.1.1-rc.2", "minor beta", "1.2.0-beta.1"),
            ("1.1.0-alpha.1+build", "minor alpha", "1.1.0-alpha.2+build"),
            ("1.1.0-alpha.1+build", "minor beta", "1.1.0-beta.1+build"),
            ("1.1.0-alpha.1+build", "minor", "1.1.0+build"),
            // Labels whose meaning nobody knows go by their letters.
            ("1.0.0", "minor next", "1.1.0-next.1"),
            ("1.0.0", "patch canary 0", "1.0.1-canary.0"),
            ("1.1.0-canary.3", "minor canary 7", "1.1.0-canary.4"),
            ("1.1.0-canary.3", "minor next", "1.1.0-next.1"),
            ("1.1.0-next.3", "minor canary", "1.1.0-next.4"),
            ("1.1.0-alpha.3", "minor next", "1.1.0-next.1"),
            ("1.1.0-rc.3", "minor canary", "1.1.0-rc.4"),
            ("1.1.0-canary.3", "major next", "2.0.0-next.1"),
            ("1.1.0-7.1", "minor 7", "1.1.0-7.2"),
            ("1.1.0-alpha-x.1", "minor alpha", "1.1.0-alpha-x.2"),
            // Prereleases of other tools.
            ("1.1.0-canary.3", "prerelease", "1.1.0-canary.4"),
            ("1.1.0-canary.3", "minor rc", "1.1.0-rc.1"),
            ("1.1.0-next.3", "minor beta", "1.1.0-next.4"),
            ("1.1.0-alpha", "minor alpha", "1.1.0-alpha.1"),
            ("1.1.0-alpha.1.5", "minor alpha", "1.1.0-alpha.1.6"),
            ("1.1.0-0", "prerelease", "1.1.0-1"),
            ("1.1.0-alpha.1", "patch", "1.1.0"),
            ("1.1.0-alpha.1", "minor", "1.1.0"),
            ("1.1.0-alpha.1", "major", "2.0.0"),
            ("1.1.1-alpha.1", "minor", "1.2.0"),
            ("2.0.0-rc.3", "major", "2.0.0"),
        ],
    );
}

#[test]
fn a_version_that_cannot_move_is_refused() {
    assert_eq!(bumped(&SemVer, "1.0.0", "prerelease"), Err("RK-VERSION-BUMP"));
    assert_eq!(bumped(&SemVer, "1.0.18446744073709551615", "patch"), Err("RK-VERSION-BUMP"));
    assert_eq!(bumped(&SemVer, "1.0.0-rc.18446744073709551616", "prerelease"), Err("RK-VERSION-BUMP"));
    assert_eq!(bumped(&SemVer, "1.0.0", "minor 07"), Err("RK-VERSION-LABEL"), "no identifier of SemVer");
}

#[test]
fn a_prerelease_leads_to_its_final_version() {
    let table = [
        ("1.1.0-rc.1", "1.1.0", true),
        ("1.1.0-rc.1+build", "1.1.0+build", true),
        ("1.1.0", "1.1.0", false),
        ("1.1.0+build", "1.1.0+build", false),
    ];
    for (text, expected, prerelease) in table {
        let version = version(&SemVer, text);
        assert_eq!(SemVer.finalize(&version).as_str(), expected, "{text}");
        assert_eq!(SemVer.is_prerelease(&version), prerelease, "{text}");
    }
}

#[test]
fn only_what_all_schemes_share_is_neutral() {
    for text in ["1.2.3", "1.2.3-alpha.4", "1.2.3-beta.0", "1.2.3-dev.5", "1.2.3-canary.1", "1.2.3-SNAPSHOT.1"] {
        let neutral = SemVer.neutral(&version(&SemVer, text)).expect(text);
        assert_eq!(SemVer.spell(&neutral).expect(text).as_str(), text);
    }
    for text in ["1.2.3+build", "1.2.3-alpha", "1.2.3-alpha.1.2", "1.2.3-0", "1.2.3-canary.x"] {
        assert_eq!(SemVer.neutral(&version(&SemVer, text)), None, "{text}");
    }
}

#[test]
fn what_marks_development_leads_to_the_version_that_is_worked_on() {
    for (text, expected) in [
        ("49.0.0-dev", "49.0.0"),
        ("1.2.0-dev.3", "1.2.0"),
        ("1.2.0-rc.1", "1.2.0-rc.1"),
        ("1.2.0-developers.1", "1.2.0-developers.1"),
        ("1.2.0", "1.2.0"),
    ] {
        assert_eq!(SemVer.without_dev(&version(&SemVer, text)).as_str(), expected, "{text}");
    }
}

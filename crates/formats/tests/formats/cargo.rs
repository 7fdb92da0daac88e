//! Cargo's requirements: what they admit, how they move and how they are pinned.

use releasekit_core::requirements::{Pin, Requirements};
use releasekit_formats::cargo;
use releasekit_formats::semver::SemVer;

use crate::{code, version};

#[test]
fn requirements_are_rewritten_by_the_least_change() {
    let table = [
        ("^0.5", "0.5.9", "^0.5"),
        ("1.2", "1.9.0", "1.2"),
        ("*", "3.0.0", "*"),
        ("^0.5", "0.6.1", "^0.6"),
        ("0.5", "0.6.1", "0.6"),
        ("1", "2.1.0", "2"),
        ("1.2.3", "2.0.0", "2.0.0"),
        ("0.0.3", "0.0.4", "0.0.4"),
        ("= 0.5", "0.6.1", "= 0.6"),
        ("=0.5.0", "0.6.1", "=0.6.1"),
        ("~1.2", "1.3.4", "~1.3"),
        ("~1.2.3", "1.3.4", "~1.3.4"),
        ("0.5.*", "0.6.1", "0.6.*"),
        ("1.*", "2.0.0", "2.*"),
        (">=0.5, <0.6", "0.6.0", ">=0.6, <0.7"),
        (">=0.3, <0.5", "0.5.2", ">=0.5, <0.7"),
        ("> 0.3, < 0.5", "0.5.2", ">= 0.5, < 0.7"),
        (">=0.5.0,<1.0.0", "1.0.0", ">=1.0.0,<2.0.0"),
        ("<2, >=1", "2.1.0", "<3, >=2"),
        ("<1", "1.2.0", "<2"),
        ("<=0.5.9", "0.6.0", "<=0.6.0"),
        ("<=0.5", "0.6.3", "<=0.6"),
        // Cargo takes a prerelease only where it is named.
        ("^0.5", "0.6.0-rc.1", "^0.6.0-rc.1"),
        ("^0.6", "0.6.0-rc.1", "^0.6.0-rc.1"),
        (">=0.5, <0.7", "0.6.0-rc.1", ">=0.6.0-rc.1, <0.7"),
        ("<0.7", "0.6.0-rc.1", ">=0.6.0-rc.1, <0.7"),
        ("<0.7.0", "0.7.0-rc.1", ">=0.7.0-rc.1, <0.8.0"),
        ("0.6.*", "0.6.0-rc.1", "~0.6.0-rc.1"),
        ("1.*", "1.0.0-rc.1", "^1.0.0-rc.1"),
        ("*", "1.0.0-rc.1", ">=1.0.0-rc.1"),
        ("^1.0.0-rc.1", "1.0.0-rc.2", "^1.0.0-rc.1"),
        ("^1.0.0-rc.1", "1.0.0", "^1.0.0-rc.1"),
        (">0.5", "0.6.0-rc.1", ">=0.6.0-rc.1"),
        ("=0.5.0", "0.6.1+build", "=0.6.1"),
    ];
    for (requirement, text, expected) in table {
        let target = version(&SemVer, text);
        let rewritten = cargo::Requirements.rewrite(requirement, &target).expect(requirement);
        assert_eq!(rewritten, expected, "{requirement} to {text}");
        assert!(
            cargo::Requirements.satisfies(&rewritten, &target).expect("legal"),
            "{rewritten} does not admit {text}"
        );
    }
}

#[test]
fn what_lies_above_a_version_is_never_lowered() {
    for text in [">=0.7", "^0.7", "0.7", ">=0.7, <2", ">0.7", "=0.7.0", "~0.7", "0.7.*", "^0.6.3-rc.1, <1"] {
        let target = version(&SemVer, "0.6.2");
        assert_eq!(code(cargo::Requirements.rewrite(text, &target)), "RK-REQUIREMENT-AHEAD", "{text}");
    }
}

#[test]
fn requirements_admit_what_cargo_admits() {
    let table = [
        ("^1.2", "1.9.0", true),
        ("^1.2", "1.9.0-rc.1", false),
        (">=1.9.0-alpha", "1.9.0-rc.1", true),
        ("1.2.*", "1.3.0", false),
    ];
    for (requirement, text, expected) in table {
        let found = cargo::Requirements.satisfies(requirement, &version(&SemVer, text)).expect(requirement);
        assert_eq!(found, expected, "{requirement} and {text}");
    }
    for text in ["", "^", ">=1 <2", "1.x.2", "latest", ">=1,"] {
        assert_eq!(
            code(cargo::Requirements.satisfies(text, &version(&SemVer, "1.0.0"))),
            "RK-REQUIREMENT-INVALID",
            "{text}"
        );
        assert_eq!(
            code(cargo::Requirements.rewrite(text, &version(&SemVer, "1.0.0"))),
            "RK-REQUIREMENT-INVALID",
            "{text}"
        );
    }
}

#[test]
fn requirements_are_pinned() {
    let table = [
        (">=0.5, <0.7", Pin::Exact, "0.6.0", "=0.6.0"),
        ("0.5", Pin::Compatible, "0.6.0", "^0.6.0"),
        ("*", Pin::Minimum, "0.6.0-rc.1", ">=0.6.0-rc.1"),
        ("0.5", Pin::Exact, "0.6.0+build.1", "=0.6.0"),
        ("~ 0.5", Pin::Keep, "0.6.0", "~ 0.5"),
    ];
    for (requirement, pin, text, expected) in table {
        let target = version(&SemVer, text);
        let pinned = cargo::Requirements.pin(requirement, &target, pin).expect(requirement);
        assert_eq!(pinned, expected, "{requirement} {pin:?} {text}");
        let admits = cargo::Requirements.satisfies(&pinned, &target).expect("legal");
        assert_eq!(admits, pin != Pin::Keep, "{pinned} and {text}");
    }
    let one = version(&SemVer, "1.0.0");
    assert_eq!(code(cargo::Requirements.pin("latest", &one, Pin::Keep)), "RK-REQUIREMENT-INVALID");
}

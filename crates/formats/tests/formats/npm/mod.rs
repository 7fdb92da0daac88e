//! Requirements as node reads them: what they admit, how they move and how they are pinned.

use releasekit_core::requirements::{Pin, Requirements};
use releasekit_formats::npm;
use releasekit_formats::semver::SemVer;

use crate::{code, version};

/// What node's own `semver` 7.7.2 says: the versions, then ranges with a bit for each version that they admit, the first the
/// highest; `-` where it is no range.
const BY_NODE: &str = include_str!("ranges.tsv");

#[test]
fn ranges_admit_what_node_admits() {
    let mut lines = BY_NODE.lines();
    let versions: Vec<_> = lines.next().expect("the versions").split(' ').map(|text| version(&SemVer, text)).collect();
    let mut count = 0;
    for line in lines {
        let (range, expected) = line.split_once('\t').expect("two columns");
        let range = range.trim_matches('"');
        let found = versions.iter().map(|version| npm::Requirements.satisfies(range, version));
        let found: Result<Vec<bool>, _> = found.collect();
        let bits = |admitted: Vec<bool>| admitted.iter().fold(0, |bits: u64, bit| bits << 1 | u64::from(*bit));
        let found = found.map_or_else(|_| "-".to_owned(), |admitted| format!("{:x}", bits(admitted)));
        assert_eq!(found, expected, "`{range}`");
        count += 1;
    }
    assert!(count > 900, "{count}");
}

#[test]
fn requirements_are_rewritten_by_the_least_change() {
    let table = [
        ("^1.2.0", "1.9.0", "^1.2.0"),
        ("^1.2.0", "2.0.0", "^2.0.0"),
        ("^1.2", "2.3.4", "^2.3"),
        ("^1", "2.3.4", "^2"),
        ("^0.5.1", "0.6.0", "^0.6.0"),
        ("~1.2.3", "1.3.4", "~1.3.4"),
        ("~1.2", "1.3.4", "~1.3"),
        ("1.2.3", "1.2.4", "1.2.4"),
        ("=1.2.3", "1.2.4", "=1.2.4"),
        ("v1.2.3", "1.2.4", "v1.2.4"),
        ("1", "2.1.0", "2"),
        ("1.x", "2.1.0", "2.x"),
        ("1.x.x", "2.1.0", "2.x.x"),
        ("1.2.*", "2.1.0", "2.1.*"),
        ("*", "3.0.0", "*"),
        ("", "3.0.0", ""),
        (">=1.2", "3.0.0", ">=1.2"),
        (">=1 <2", "2.0.0", ">=2 <3"),
        (">= 1.2.0  < 2.0.0", "2.1.0", ">= 2.1.0  < 3.0.0"),
        (">=1.0.0 <2.0.0-0", "2.1.0", ">=2.1.0 <3.0.0-0"),
        (">=0.3 <0.5", "0.5.2", ">=0.5 <0.7"),
        ("<2 >=1", "2.1.0", "<3 >=2"),
        ("<1", "1.2.0", "<2"),
        ("<=1.2.3", "1.3.0", "<=1.3.0"),
        ("1.2 - 1.4", "2.5.0", "2.5 - 2.7"),
        ("1.0.0 - 2.0.0", "3.1.0", "3.1.0 - 4.0.0"),
        // Alternatives that are alike move on together, others do not.
        ("^1 || ^2", "3.1.0", "^2 || ^3"),
        ("^1.2.0 || ^2.3.0", "3.1.0", "^2.3.0 || ^3.1.0"),
        ("1.x||2.x || 3.x", "4.0.0", "2.x||3.x || 4.x"),
        ("1.2.3 || ^2", "3.1.0", "1.2.3 || ^3"),
        ("^1 || ^3", "2.1.0", "^2 || ^3"),
        // Node takes a prerelease only where it is named.
        ("^1.2.0", "1.3.0-rc.1", "^1.3.0-rc.1"),
        ("^1.2.0", "2.0.0-rc.1", "^2.0.0-rc.1"),
        ("~1.2", "2.0.0-rc.1", "~2.0.0-rc.1"),
        ("1.x", "2.0.0-rc.1", "^2.0.0-rc.1"),
        ("1.2.x", "1.2.4-rc.1", "~1.2.4-rc.1"),
        ("1.2.3", "2.0.0-rc.1", "2.0.0-rc.1"),
        (">=1 <3", "2.0.0-rc.1", ">=2.0.0-rc.1 <3"),
        (">=1 <2", "2.0.0-rc.1", ">=2.0.0-rc.1 <3"),
        ("<3", "2.0.0-rc.1", ">=2.0.0-rc.1 <3"),
        ("1.2 - 1.4", "2.0.0-rc.1", "2.0.0-rc.1 - 2.2"),
        ("*", "1.0.0-rc.1", ">=1.0.0-rc.1"),
        ("x", "1.0.0-rc.1", ">=1.0.0-rc.1"),
        ("^1 || ^2", "3.0.0-rc.1", "^2 || ^3.0.0-rc.1"),
        ("^2.0.0-rc.1", "2.0.0-rc.2", "^2.0.0-rc.1"),
        ("^2.0.0-rc.1", "2.0.0", "^2.0.0-rc.1"),
        ("^1.2.0", "2.0.0+build", "^2.0.0"),
        // What stands before a range stays, and what follows any version too.
        ("workspace:^1.2.0", "2.0.0", "workspace:^2.0.0"),
        ("workspace:base@~1.2.0", "2.0.0", "workspace:base@~2.0.0"),
        ("npm:@scope/base@^1.2.0", "2.0.0", "npm:@scope/base@^2.0.0"),
        ("workspace:*", "2.0.0", "workspace:*"),
        ("workspace:^", "2.0.0-rc.1", "workspace:^"),
        ("workspace:base@~", "2.0.0", "workspace:base@~"),
    ];
    for (requirement, text, expected) in table {
        let target = version(&SemVer, text);
        let rewritten = npm::Requirements.rewrite(requirement, &target).expect(requirement);
        assert_eq!(rewritten, expected, "{requirement} to {text}");
        assert!(npm::Requirements.satisfies(&rewritten, &target).expect("legal"), "{rewritten} does not admit {text}");
    }
}

#[test]
fn what_lies_above_a_version_is_never_lowered() {
    for text in [">=0.7", "^0.7.0", "0.7", ">=0.7 <2", ">0.7.0", "~0.7", "0.7.x", "0.7 - 2", "^0.7.0 || ^0.9.0", "<*"] {
        let target = version(&SemVer, "0.6.2");
        assert_eq!(code(npm::Requirements.rewrite(text, &target)), "RK-REQUIREMENT-AHEAD", "{text}");
    }
}

#[test]
fn a_pin_stands_where_the_range_stood() {
    let target = version(&SemVer, "2.1.0+build");
    for (requirement, pin, expected) in [
        ("^1.2.0", Pin::Exact, "2.1.0"),
        (">=1 <2 || 3", Pin::Compatible, "^2.1.0"),
        ("workspace:*", Pin::Exact, "workspace:2.1.0"),
        ("workspace:^", Pin::Minimum, "workspace:>=2.1.0"),
        ("npm:base@1", Pin::Exact, "npm:base@2.1.0"),
        ("npm:@scope/base", Pin::Exact, "npm:@scope/base@2.1.0"),
        ("workspace:base@*", Pin::Exact, "workspace:base@2.1.0"),
        ("workspace:~", Pin::Keep, "workspace:~"),
    ] {
        assert_eq!(npm::Requirements.pin(requirement, &target, pin).expect(requirement), expected, "{requirement}");
    }
    for text in ["latest", "workspace:next", "link:../a", "catalog:", "npm:base@next", "git+ssh://h.test/x"] {
        assert_eq!(code(npm::Requirements.pin(text, &target, Pin::Exact)), "RK-REQUIREMENT-INVALID", "{text}");
    }
}

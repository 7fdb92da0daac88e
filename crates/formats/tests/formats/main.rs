//! The formats, from the outside: tables of what each function answers, and properties that hold for all input.

mod cargo;
mod digests;
mod npm;

mod properties;
mod python;
mod semver;

use releasekit_core::model::{Bump, Prerelease, Version};
use releasekit_core::{Diagnostic, VersionScheme};

/// The code of a result that must be a failure.
fn code<T: std::fmt::Debug, E: Diagnostic>(result: Result<T, E>) -> &'static str {
    result.expect_err("a failure").code().as_str()
}

/// A version that is legal in its scheme.
fn version(scheme: &dyn VersionScheme, text: &str) -> Version {
    scheme.parse(text).expect(text)
}

/// The bumps by their words.
const BUMPS: &[(&str, Bump)] = &[
    ("none", Bump::None),
    ("prerelease", Bump::Prerelease),
    ("patch", Bump::Patch),
    ("minor", Bump::Minor),
    ("major", Bump::Major),
];

fn bump_named(word: &str) -> Bump {
    BUMPS.iter().find(|(name, _)| *name == word).expect(word).1
}

/// A bump by its words: `minor`, `prerelease`, `minor beta` (starting at 1) or `minor beta 0`.
fn bumped(scheme: &dyn VersionScheme, from: &str, words: &str) -> Result<String, &'static str> {
    let mut words = words.split(' ');
    let bump = bump_named(words.next().expect("a bump"));
    let label = words.next().map(|word| word.parse().expect("a label"));
    let start = words.next().map_or(1, |start| start.parse().expect("a number"));
    let pre = label.map(|label| Prerelease { label, start });
    let next = scheme.bump(&version(scheme, from), bump, pre.as_ref());
    next.map(|next| next.to_string()).map_err(|error| error.code().as_str())
}

/// Checks a table of (from, bump, next).
fn check_bumps(scheme: &dyn VersionScheme, table: &[(&str, &str, &str)]) {
    for (from, words, expected) in table {
        let next = bumped(scheme, from, words).expect(from);
        assert_eq!(next, *expected, "{from} + {words}");
        let order = scheme.compare(&version(scheme, from), &version(scheme, &next));
        assert!(order.is_lt() || *words == "none", "{from} + {words} does not go up: {next}");
    }
}

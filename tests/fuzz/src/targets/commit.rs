//! Commit messages.

use releasekit_engine::commit::parse;

use super::{Target, fixtures, many};
use crate::answer::{Answer, size};

pub(super) const TARGET: Target = Target {
    name: "commit",
    answer,
    seeds,
    words: &[
        "feat: ",
        "fix(scope)!: ",
        "BREAKING CHANGE: ",
        "BREAKING-CHANGE #",
        "Refs: ",
        "Revert \"",
        "This reverts commit ",
        "0123456789abcdef0123456789abcdef01234567",
        "Signed-off-by: a <b@c>",
        "Release-As: 1.2.3",
        "\n\n",
        "!: ",
        "(",
        ")",
        "feat!:x",
    ],
    codes: &[],
};

fn answer(input: &[u8]) -> Answer {
    let parsed = parse(&String::from_utf8_lossy(input));
    let kind = parsed.kind.as_deref().unwrap_or("none").len();
    let shape = (parsed.conventional, parsed.breaking, parsed.body.is_some(), parsed.breaking_text.is_some());
    Answer::value(format!(
        "{shape:?}, type {}, scope {}, {} footers",
        size(kind),
        parsed.scope.is_some(),
        size(parsed.footers.len())
    ))
}

fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = fixtures(&["crates/engine/tests", "crates/engine/src", "tests/tests"]);
    seeds.extend([
        b"feat: a\rb\n\nbody".to_vec(),
        "feat: caf\u{e9}".chars().map(|c| c as u8).collect(),
        many("feat: x\n\n", |n| format!("Refs: {n}\n"), 80_000, ""),
        many("", |_| "Revert \"".to_owned(), 20_000, ""),
        many("feat: x\n\n", |_| "BREAKING CHANGE: y\n".to_owned(), 40_000, ""),
        many("feat(", |_| "(".to_owned(), 500_000, "): x"),
        many("feat: x\n", |_| "\n".to_owned(), 900_000, "y"),
        many("", |_| "x".to_owned(), 1_000_000, ": y"),
        many("feat: x\n\n", |_| "a: ".to_owned(), 300_000, ""),
    ]);
    seeds
}

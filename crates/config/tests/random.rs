//! Texts that nobody would write: no panic, and every mark lies in the text.

use proptest::prelude::*;
use releasekit_config::{Error, parse};
use releasekit_core::Diagnostic;

/// Pieces of configurations, put together at random, get deeper than random letters.
const PIECES: &[&str] = &[
    "[publish]",
    "[packages.\"a\"]",
    "[packages.",
    "[[packages]]",
    "[commits.types.docs]",
    "[ecosystems.py]",
    "[",
    "]",
    "sign",
    "tag_format",
    "concurrency",
    "release",
    "pin",
    "propagate",
    "depends_on",
    "build_commands",
    "publish.",
    " = ",
    "=",
    ".",
    ",",
    "\n",
    "\r\n",
    " ",
    "#",
    "\"",
    "'",
    "\"\"\"",
    "{",
    "}",
    "{version}",
    "\"{name}-{version}\"",
    "\"never\"",
    "\"auto\"",
    "[[\"a\"]]",
    "[\"**\", \"[\"]",
    "{ bump = \"minor\" }",
    "true",
    "0",
    "-1",
    "1e9",
    "9223372036854775808",
    "2024-01-01",
    "\"https://a:b@c\"",
    "\"\\u0000\"",
    "é",
    "\u{feff}",
    "\u{2028}",
    "日本",
];

fn marks_lie_in_the_text(text: &str) -> Result<(), TestCaseError> {
    let Err(error) = parse("releasekit.toml", text) else { return Ok(()) };
    for part in error.into_parts() {
        prop_assert!(!matches!(part, Error::Many { .. }), "errors are not nested");
        for label in part.labels() {
            let shown = label.text.expect("has the text");
            prop_assert_eq!(shown.len(), text.len());
            let span = label.span.expect("has a span");
            prop_assert!(text.get(span.clone()).is_some() && shown.get(span).is_some(), "{}", part);
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn letters(text in any::<String>()) {
        marks_lie_in_the_text(&text)?;
    }

    #[test]
    fn lines(text in "([a-z_.]{1,12} ?= ?[\\PC]{0,20}\n){0,6}") {
        marks_lie_in_the_text(&text)?;
    }

    #[test]
    fn pieces(picked in prop::collection::vec(prop::sample::select(PIECES), 0..40)) {
        marks_lie_in_the_text(&picked.concat())?;
    }

    #[test]
    fn what_is_legal_reads_the_same_again(picked in prop::collection::vec(0..6usize, 0..6)) {
        const LINES: [&str; 6] = [
            "sign = \"never\"", "synchronize = true", "publish.concurrency = 3", "packages.a.release = \"tag\"",
            "ecosystems.py.pin = \"keep\"", "commits.types.docs.bump = \"patch\"",
        ];
        let unique: std::collections::BTreeSet<usize> = picked.into_iter().collect();
        let forwards: Vec<&str> = unique.iter().map(|index| LINES[*index]).collect();
        let backwards: Vec<&str> = unique.iter().rev().map(|index| LINES[*index]).collect();
        let first = parse("x", &forwards.join("\n")).expect("every line is legal");
        let second = parse("x", &backwards.join("\n")).expect("in any order");
        prop_assert_eq!(first.policy, second.policy);
    }
}

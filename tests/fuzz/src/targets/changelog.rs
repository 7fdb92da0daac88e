//! Changelogs, into which a section is put.

use releasekit_engine::notes::{insert, remove};

use super::{Target, documents, fixtures, many};
use crate::answer::{Answer, size};

pub(super) const TARGET: Target = Target {
    name: "changelog",
    answer,
    seeds,
    words: &[
        "# Changelog\n",
        "## 1.1.0\n",
        "## [1.1.0] - 2026-01-02\n",
        "## Unreleased\n",
        "### Features\n",
        "- entry\n",
        "```\n",
        "~~~\n",
        "    ## 1.1.0\n",
        "1.1.0\n-----\n",
        "> ## 1.1.0\n",
        "* * *\n",
        "[1.1.0]: https://x/\n",
        "<!-- -->\n",
        "<details>\n",
        "&nbsp;",
        "## v1.1.0",
        "1. one\n",
        "\\#",
        "| a |\n|---|\n",
    ],
    codes: &[],
};

const SECTION: &str = "## 1.1.0 (2026-01-02)\n\n### Features\n\n- new\n";

fn answer(input: &[u8]) -> Answer {
    let text = String::from_utf8_lossy(input);
    let once = insert(Some(&text), "1.1.0", SECTION);
    let twice = insert(Some(&once), "1.1.0", SECTION);
    let gone = remove(&once, "1.1.0");
    let grown = once.len().saturating_sub(text.len());
    Answer::value(format!(
        "grown {}, again {}, gone {}",
        size(grown),
        once == twice,
        size(gone.len().abs_diff(text.len()))
    ))
}

fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = fixtures(&["crates/engine/tests", "crates/engine/src/notes", "tests/tests"]);
    seeds.extend(documents(&["CHANGELOG.md", "README.md", "docs/architecture.md"]));
    seeds.extend([
        many("", |_| ">".to_owned(), 500_000, ""),
        many("", |_| "[".to_owned(), 500_000, ""),
        many("", |_| "*a ".to_owned(), 300_000, ""),
        many("", |n| format!("## 1.0.{n}\n\n- x\n"), 40_000, ""),
        many("", |n| format!("[1.0.{n}]: https://x/\n"), 30_000, ""),
        many("", |_| "- ".to_owned(), 200_000, "x"),
        many("", |n| format!("{}x\n", "  ".repeat(n % 500)), 2_000, ""),
        many("", |_| "`".to_owned(), 900_000, ""),
        many("", |n| "`".repeat(n % 1000) + " ", 1_500, ""),
        many("", |_| "<!--".to_owned(), 200_000, ""),
    ]);
    seeds
}

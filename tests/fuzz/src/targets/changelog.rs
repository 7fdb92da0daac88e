//! Changelogs, into which a section is put.

use releasekit_core::VersionScheme;
use releasekit_core::policy::Unreleased;
use releasekit_engine::notes::Changelog;
use releasekit_formats::python::Pep440;

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

/// Every byte that was there stays, and a second time changes nothing: whatever breaks that is a panic here.
fn answer(input: &[u8]) -> Answer {
    let text = String::from_utf8_lossy(input);
    let names = vec!["core".to_owned()];
    let (name, unreleased) = ("core".to_owned(), Unreleased::Keep);
    let file = Changelog { scheme: &Pep440, name, names, unreleased, spelled_as_there: true };
    let version = Pep440.parse("1.1.0").expect("a legal version");
    let once = file.insert(&text, &version, SECTION, "");
    let kept = [&once.text[..once.ours.start], &once.text[once.ours.end..]].concat();
    assert_eq!(kept, text, "every byte stays");
    assert_eq!(file.insert(&once.text, &version, SECTION, "").text, once.text, "again changes nothing");
    let grown = once.text.len().saturating_sub(text.len());
    let kind = |remark| format!("{remark:?}").split(|c: char| !c.is_alphanumeric()).next().map(str::to_owned);
    let remarks: Vec<String> = once.remarks.iter().filter_map(kind).collect();
    let behind = text.len() - once.ours.start;
    Answer::value(format!("grown {} at {} before {}, {remarks:?}", size(grown), size(once.ours.start), size(behind)))
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
        many("# C\n## 1.", |_| "]:".to_owned(), 200_000, "\n"),
    ]);
    seeds
}

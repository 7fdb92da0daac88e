//! Changelogs are people's files: where a section goes, and that every byte of theirs stays.

use proptest::prelude::*;
use releasekit_core::VersionScheme;
use releasekit_core::model::Version;
use releasekit_core::policy::Unreleased;
use releasekit_engine::notes::{Changelog, Remark, Written};
use releasekit_formats::python::Pep440;

const SECTION: &str = "## 1.1.0 (2026-01-02)\n\n### Features\n\n- new\n";

fn version(text: &str) -> Version {
    Pep440.parse(text).expect("a legal version")
}

fn changelog(names: &[&str], unreleased: Unreleased) -> Changelog<'static> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    Changelog { scheme: &Pep440, name: names[0].clone(), names, unreleased, spelled_as_there: false }
}

fn insert(existing: &str) -> Written {
    changelog(&["core"], Unreleased::Keep).insert(existing, &version("1.1.0"), SECTION, "")
}

/// The file with `@` for our bytes, which stand there as a block of their own.
#[track_caller]
fn placed(existing: &str) -> String {
    let Written { text, ours, .. } = insert(existing);
    assert_eq!([&text[..ours.start], &text[ours.end..]].concat(), existing, "every byte stays\n{text}");
    assert_eq!(insert(&text).text, text, "again changes nothing");
    let newline = if existing.contains("\r\n") { "\r\n" } else { "\n" };
    assert_eq!(text[ours.clone()].trim(), SECTION.trim().replace('\n', newline));
    let (before, after) = (&text[..ours.start], &text[ours.end..]);
    let is_apart = before.trim_matches('\u{feff}').is_empty()
        || text[ours.clone()].starts_with(newline)
        || before.ends_with(&newline.repeat(2));
    assert!(is_apart, "an empty line before\n{text}");
    assert!(
        after.is_empty() || text[ours].ends_with(&newline.repeat(2)) || after.starts_with(newline),
        "and one behind\n{text}"
    );
    format!("{before}@{after}")
}

#[test]
fn a_heading_is_written_like_the_newest_of_the_package() {
    let spelled = |names: &[&str]| Changelog { spelled_as_there: true, ..changelog(names, Unreleased::Keep) };
    let existing = "# C\n\n## v1.0.0\n\n- old\n\n## 0.9.0\n\n- older\n";
    let own = spelled(&["core"]);
    let written = own.insert(existing, &version("1.1.0"), SECTION, "");
    assert!(written.text.starts_with("# C\n\n## v1.1.0 (2026-01-02)\n\n### Features\n\n- new\n\n## v1.0.0\n"));
    let again = own.insert(&written.text, &version("1.1.0"), SECTION, "");
    assert_eq!((again.text.as_str(), again.remarks.len()), (written.text.as_str(), 0), "again changes nothing");
    let taken = own.take_out(&written.text, &version("1.1.0"), SECTION);
    assert_eq!(taken, Some((existing.to_owned(), String::new())), "it is known for ours");
    let shared = spelled(&["core", "web"]);
    let existing = "# C\n\n## web 1.0.0\n\n- old\n\n## core [v1.0.0]\n\n- old\n";
    let section = SECTION.replace("## ", "## core ");
    let written = shared.insert(existing, &version("1.1.0"), &section, "").text;
    assert!(written.contains("## core [v1.1.0] (2026-01-02)\n"), "{written}");
}

#[test]
fn a_section_stands_above_the_newest_version() {
    for (existing, expected) in [
        ("# Changelog\n", "# Changelog\n@"),
        ("# C\n\nAll of it.\n\n## 1.0.0\n\n- old\n", "# C\n\nAll of it.\n\n@## 1.0.0\n\n- old\n"),
        ("# C\n## 1.0.0\n- old", "# C\n@## 1.0.0\n- old"),
        ("## About this file\n\nx\n\n## 1.0.0\n", "## About this file\n\nx\n\n@## 1.0.0\n"),
        // As other tools write it: semantic-release and lerna, standard-version, changesets, release-please.
        ("# [1.0.0](x)\n\n- a\n\n## [0.9.1](x)\n", "@# [1.0.0](x)\n\n- a\n\n## [0.9.1](x)\n"),
        (
            "# C\n\n### [1.0.1](x) (2026-01-01)\n\n## [1.0.0](x)\n",
            "# C\n\n@### [1.0.1](x) (2026-01-01)\n\n## [1.0.0](x)\n",
        ),
        ("# core\n\n## 1.0.0\n\n### Patch Changes\n", "# core\n\n@## 1.0.0\n\n### Patch Changes\n"),
        ("# C\n\n<a name=\"1.0.0\"></a>\n## [1.0.0](x)\n", "# C\n\n@<a name=\"1.0.0\"></a>\n## [1.0.0](x)\n"),
        ("# C\n\n<a name=\"1.0.0\"></a>\n\n## 1.0.0\n", "# C\n\n@<a name=\"1.0.0\"></a>\n\n## 1.0.0\n"),
        ("C\n===\n\n1.0.0\n-----\n\n- a\n", "C\n===\n\n@1.0.0\n-----\n\n- a\n"),
        ("\u{feff}## 1.0.0\n", "\u{feff}@## 1.0.0\n"),
        ("\u{feff}# C\r\n\r\n## 1.0.0\r\n", "\u{feff}# C\r\n\r\n@## 1.0.0\r\n"),
        ("---\nversion: 0.9.0\n---\n\n# C\n\n## 1.0.0\n", "---\nversion: 0.9.0\n---\n\n# C\n\n@## 1.0.0\n"),
        // What a reader does not see as a heading.
        ("# C\n\n````\n```\n## 9.0\n```\n````\n\n## 1.0.0\n", "# C\n\n````\n```\n## 9.0\n```\n````\n\n@## 1.0.0\n"),
        (
            "<!-- add here:\n\n## next\n\n## 9.0.0\n-->\n\n## 1.0.0\n",
            "<!-- add here:\n\n## next\n\n## 9.0.0\n-->\n\n@## 1.0.0\n",
        ),
        (
            "> ## 9.0.0\n\n- ## 8.0.0\n\n    ## 7.0.0\n\n## 1.0.0\n",
            "> ## 9.0.0\n\n- ## 8.0.0\n\n    ## 7.0.0\n\n@## 1.0.0\n",
        ),
        ("# C\n\n    ## 1.0.0\n", "# C\n\n    ## 1.0.0\n@"),
    ] {
        assert_eq!(placed(existing), expected, "{existing:?}");
    }
}

#[test]
fn a_section_stands_below_what_is_unreleased() {
    for (existing, expected) in [
        ("# C\n\n## [Unreleased]\n\n- a\n\n## [1.0.1]\n", "# C\n\n## [Unreleased]\n\n- a\n\n@## [1.0.1]\n"),
        ("# C\n\n## Unreleased\n\n- a\n\n[Unreleased]: x\n", "# C\n\n## Unreleased\n\n- a\n@\n[Unreleased]: x\n"),
        ("## Unreleased\n\n### Added\n\n- a\n\n## Help\n\nx\n", "## Unreleased\n\n### Added\n\n- a\n@\n## Help\n\nx\n"),
        ("## 1.2.0 (unreleased)\n\n- a\n\n## 1.0.0\n", "## 1.2.0 (unreleased)\n\n- a\n\n@## 1.0.0\n"),
        (
            "## Unreleased\n### 3.9 support dropped\n- a\n## 1.0.0\n",
            "## Unreleased\n### 3.9 support dropped\n- a\n@## 1.0.0\n",
        ),
    ] {
        assert_eq!(placed(existing), expected, "{existing:?}");
    }
}

#[test]
fn a_file_that_rises_grows_at_its_end() {
    for (existing, expected) in [
        ("# C\n\n## 0.9.0\n\n- a\n\n## 1.0.0\n\n- b", "# C\n\n## 0.9.0\n\n- a\n\n## 1.0.0\n\n- b@"),
        ("## 0.9\n\n## 1.0\n\n- b\n\n[1.0]: x\n[0.9]: y\n", "## 0.9\n\n## 1.0\n\n- b\n@\n[1.0]: x\n[0.9]: y\n"),
        ("## 0.9\n\n## 1.0\n\n## Unreleased\n\n- b\n", "## 0.9\n\n## 1.0\n@\n## Unreleased\n\n- b\n"),
        ("## 0.8\n\n## 1.0\n\n## 0.9\n\n## 0.7\n", "@## 0.8\n\n## 1.0\n\n## 0.9\n\n## 0.7\n"),
    ] {
        assert_eq!(placed(existing), expected, "{existing:?}");
    }
}

#[test]
fn what_is_left_open_at_the_end_does_not_swallow_the_section() {
    assert_eq!(placed("# C\n\n```\n## 1.0.0\n"), "# C\n\n@```\n## 1.0.0\n");
    assert_eq!(placed("# C\n\n<!-- never closed\n"), "# C\n\n@<!-- never closed\n");
}

#[test]
fn an_empty_file_gets_a_title() {
    let whole = format!("# Changelog\n\n{SECTION}");
    assert_eq!(insert("").text, whole);
    assert_eq!(insert("\u{feff}").text, format!("\u{feff}{whole}"));
    assert_eq!(insert("\n").text, format!("\n{whole}"));
    assert_eq!(insert("\r\n").text, format!("\r\n{}", whole.replace('\n', "\r\n")));
}

#[test]
fn notes_of_people_for_the_same_version_stay_and_ours_are_left_out() {
    for existing in [
        "# Changelog\n\n## [1.1.0] - 2026-01-01\n\n- by hand\n\n# [0.9.0](x)\n\n* history\n\n[1.1.0]: https://example.invalid\n",
        "## 1.1 (unreleased)\n\nUpgrade guide.\n",
        "1.1.0\n-----\n\n> quoted\n",
        "## core v1.1.0\n### Added\n",
    ] {
        let written = insert(existing);
        assert_eq!((written.text.as_str(), written.remarks.as_slice()), (existing, [Remark::HasNotes].as_slice()));
    }
    let written = insert("# C\n\n## [1.1.0]\n<!-- words, please -->\n\n## 1.0.0\n");
    let expected = "# C\n\n## [1.1.0]\n\n### Features\n\n- new\n\n<!-- words, please -->\n\n## 1.0.0\n";
    assert_eq!((written.text.as_str(), written.remarks.len()), (expected, 0), "a heading alone is filled");
}

#[test]
fn entries_under_unreleased_stay_or_become_the_top_of_the_section() {
    let existing = "# C\n\n## [Unreleased]\n<!-- here -->\n\n### Added\n\n- a  \n  b\n\n---\n\n## [1.0.0]\n";
    let kept = insert(existing);
    assert_eq!(kept.remarks, [Remark::Unreleased]);
    let moving = changelog(&["core"], Unreleased::Move);
    let moved = moving.insert(existing, &version("1.1.0"), SECTION, "");
    let expected = "# C\n\n## [Unreleased]\n<!-- here -->\n\n---\n\n## 1.1.0 (2026-01-02)\n\n### Added\n\n- a  \n  b\n\n### Features\n\n- new\n\n## [1.0.0]\n";
    assert_eq!((moved.text.as_str(), moved.remarks.len()), (expected, 0));
    assert_eq!(moving.insert(&moved.text, &version("1.1.0"), SECTION, "").text, moved.text);
    let last = moving.insert("# C\r\n\r\n## Unreleased\r\n\r\n- a\r\n", &version("1.1.0"), SECTION, "").text;
    assert!(last.ends_with("- a\r\n\r\n### Features\r\n\r\n- new\r\n"), "no empty line is left at the end: {last:?}");
    for nothing in ["## Unreleased\n\n## 1.0.0\n", "## Unreleased\n\n### Added\n\n### Fixed\n\n---\n\n## 1.0.0\n"] {
        assert_eq!(insert(nothing).remarks, [], "{nothing:?}");
        let moved = moving.insert(nothing, &version("1.1.0"), SECTION, "");
        assert_eq!([&moved.text[..moved.ours.start], &moved.text[moved.ours.end..]].concat(), nothing);
    }
    let shared = changelog(&["core", "app"], Unreleased::Move);
    assert_eq!(
        shared.insert(existing, &version("1.1.0"), SECTION, "").remarks,
        [Remark::Unreleased],
        "whose are they?"
    );
}

#[test]
fn a_shared_file_is_told_apart_by_names() {
    let existing = "# C\n\n## app 1.1.0\n\n- app's\n\n## 1.1.0\n\n- whose?\n";
    let section = "## core 1.1.0\n\n- new\n";
    let shared = changelog(&["core", "app"], Unreleased::Keep);
    let written = shared.insert(existing, &version("1.1.0"), section, "");
    assert_eq!(written.text, format!("# C\n\n{section}\n## app 1.1.0\n\n- app's\n\n## 1.1.0\n\n- whose?\n"));
    assert_eq!(shared.insert(&written.text, &version("1.1.0"), section, "").text, written.text);
}

#[test]
fn only_a_section_as_we_wrote_it_is_taken_out() {
    let core = changelog(&["core"], Unreleased::Keep);
    let out = |text: &str| core.take_out(text, &version("1.1.0"), SECTION);
    let taken = |text: &str, entries: &str| Some((text.to_owned(), entries.to_owned()));
    let before = "# C\n\n## 1.0.0\n\n- old\n\n[x]: y\n";
    assert_eq!(out(&insert(before).text), taken(before, ""));
    assert_eq!(out(&insert("# C\r\n\r\n## 1.0.0\r\n").text), taken("# C\r\n\r\n## 1.0.0\r\n", ""));
    let with_guide = format!("# C\n\n{}\n## 1.0.0\n", SECTION.replace("\n\n### F", "\n\nA *guide*.\n\n- x\n\n### F"));
    assert_eq!(
        out(&with_guide),
        taken("# C\n\n## 1.0.0\n", "A *guide*.\n\n- x"),
        "what was added at its top goes along"
    );
    for edited in ["- new\n- more\n", "- newer\n", ""] {
        assert_eq!(out(&insert(before).text.replace("- new\n", edited)), None, "{edited:?}");
    }
    assert_eq!(out(before), None);
    assert!(core.has(&with_guide, &version("1.1")) && !core.has(before, &version("1.1")));
}

/// Files as people and tools could have written them, piece by piece.
fn files() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "# Changelog",
        "## 1.0.0",
        "## [0.9.0] - 2026-01-01",
        "### [0.9.1](x)",
        "# 2.0",
        "## Unreleased",
        "## 1.1.0",
        "1.0.0\n---",
        "Title\n===",
        "```",
        "~~~",
        "````md",
        "    ## 3.0",
        "   ## 0.8",
        "> ## 9.0",
        "- ## 9.0",
        "- item",
        "  more",
        "* * *",
        "---",
        "<!--",
        "-->",
        "<!-- ## 7.0 -->",
        "<div>",
        "</div>",
        "<a name=\"1.0.0\"></a>",
        "[1.0.0]: https://x",
        "[1.0.0]:",
        "text",
        "\t- tab",
        "\u{0}",
        "\u{feff}",
        "é",
        "##",
        "#",
        "| a | b |",
        "\\## 5.0",
        "[link",
        "`code",
        "$$",
        "title: x",
        "1. one",
        "",
    ]);
    let end = prop::sample::select(vec!["\n", "\n\n", "\r\n", "\r\n\r\n", "\r", " \n", ""]);
    let line = (piece, end).prop_map(|(piece, end)| format!("{piece}{end}"));
    prop::collection::vec(line, 0..14).prop_map(|lines| lines.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_byte_of_people_stays(existing in files()) {
        let written = insert(&existing);
        prop_assert_eq!([&written.text[..written.ours.start], &written.text[written.ours.end..]].concat(), existing);
        let again = insert(&written.text);
        prop_assert_eq!(again.text, written.text);
    }

    #[test]
    fn any_text_at_all_stays(existing in any::<String>()) {
        let written = insert(&existing);
        prop_assert_eq!([&written.text[..written.ours.start], &written.text[written.ours.end..]].concat(), existing);
    }

    #[test]
    fn what_is_moved_is_there_afterwards(existing in files()) {
        let moving = changelog(&["core"], Unreleased::Move);
        let moved = moving.insert(&existing, &version("1.1.0"), SECTION, "");
        let words = |text: &str| -> Vec<String> {
            let words = text.split(|char: char| char.is_whitespace() || char == '\u{feff}');
            words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
        };
        let mut left = words(&moved.text);
        let mut missing = words(&existing);
        missing.retain(|word| {
            let found = left.iter().position(|other| other == word);
            found.map(|at| left.swap_remove(at)).is_none()
        });
        prop_assert!(missing.is_empty(), "{:?}", missing);
    }
}

#[test]
fn what_a_file_says_of_a_version_is_read_whoever_wrote_it() {
    let found = |names: &[&str], text: &str| changelog(names, Unreleased::Keep).section(text, &version("1.1.0"));
    let sections = "# C\r\n\r\n## v1.1.0 (2026-01-02)\r\n\r\nBy hand.\r\n\r\n### Features\r\n\r\n- new\r\n\r\n## 1.0.0\r\n\r\n- old\r\n";
    assert_eq!(found(&["core"], sections).as_deref(), Some("By hand.\n\n### Features\n\n- new"));
    assert_eq!(found(&["core"], "## 1.1.0\n").as_deref(), Some(""), "there, and says nothing");
    assert_eq!(found(&["core"], "## 1.0.0\n\n- old\n"), None);
    let shared = "## web 1.1.0\n\n- theirs\n\n## core 1.1.0\n\n- ours\n";
    assert_eq!(found(&["core", "web"], shared).as_deref(), Some("- ours"));
}

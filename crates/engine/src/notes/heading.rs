//! What a heading of a changelog is about: a version, what is not released yet, or something else.

use std::cmp::Ordering;

use releasekit_core::VersionScheme;
use releasekit_core::model::Version;

use super::document::Heading;

/// Words that stand before a version, or behind it, and say nothing of their own.
const FILLERS: &[&str] = &[
    "version",
    "release",
    "released",
    "changes",
    "in",
    "for",
    "new",
    "what's",
    "what’s",
    "the",
    "changelog",
    "notes",
    "unreleased",
    "yanked",
    "on",
    "alpha",
    "beta",
    "rc",
    "final",
    "stable",
    "lts",
    "not",
    "yet",
    "to",
    "be",
    "tbd",
    "upcoming",
    "pre-release",
    "prerelease",
    "hotfix",
    "date",
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "jan",
    "feb",
    "mar",
    "apr",
    "jun",
    "jul",
    "aug",
    "sep",
    "sept",
    "oct",
    "nov",
    "dec",
];

/// Whole headings that stand over what the next version will bring.
const NOT_YET: &[&str] = &["next", "next release", "next version", "upcoming", "upcoming release", "in development"];

/// The longest word that may be a version, in bytes. Each separator in it could be the one before the version.
const LONGEST: usize = 256;

/// What a heading is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum About {
    /// What the next version will bring.
    Unreleased,
    /// A version, perhaps of a package that it names.
    Version { name: Option<String>, version: Version },
    /// Something else.
    Other,
}

/// Reads headings for the packages that one file is about.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    pub(super) scheme: &'a dyn VersionScheme,
    /// The names that a heading may carry, by [`folded`].
    pub(super) names: &'a [String],
    /// The version that is about to be written.
    pub(super) next: &'a Version,
}

/// A name as names are compared here: without regard to case and separators.
pub(crate) fn folded(name: &str) -> String {
    name.to_lowercase().replace(['_', '.'], "-")
}

/// Notes without the heading that says of which version they are. A template of the user's need not write one, and begins
/// then with what is a heading of its own.
pub(crate) fn below_heading<'n>(notes: &'n str, version: &Version) -> &'n str {
    let notes = notes.trim_start();
    let (first, rest) = notes.split_once('\n').unwrap_or((notes, ""));
    let text = first.trim_start_matches('#');
    let is_heading = text.len() < first.len() && text.starts_with(' ');
    let is_edge = |c: Option<char>| !c.is_some_and(|c| c.is_ascii_digit() || c == '.');
    let is_named = text
        .match_indices(version.as_str())
        .any(|(at, found)| is_edge(text[..at].chars().next_back()) && is_edge(text[at + found.len()..].chars().next()));
    if is_heading && is_named { rest.trim_start_matches('\n') } else { notes }
}

impl Reader<'_> {
    /// Reads a heading. One that says `unreleased` with the very version to come is that version's.
    pub(super) fn about(&self, heading: &Heading) -> About {
        let found = self.version(heading);
        let lower = heading.text.to_lowercase();
        let is_next = found.as_ref().is_some_and(|(_, version)| self.same(version, self.next));
        let plain = lower.trim_matches(|char: char| !char.is_alphanumeric());
        if !is_next && (lower.contains("unreleased") || NOT_YET.contains(&plain)) {
            return About::Unreleased;
        }
        found.map_or(About::Other, |(name, version)| About::Version { name, version })
    }

    /// Whether two versions are one, however they are spelled.
    pub(super) fn same(&self, a: &Version, b: &Version) -> bool {
        self.scheme.compare(a, b) == Ordering::Equal
    }

    /// The version that a heading names before anything else, and the package before it.
    fn version(&self, heading: &Heading) -> Option<(Option<String>, Version)> {
        let mut before = None;
        let mut words = heading.text.split_whitespace();
        while let Some(word) = words.next() {
            if let Some((name, version)) = self.word(word) {
                let is_sentence = words.next().is_some_and(is_telling);
                return (!is_sentence || heading.level <= 2).then(|| (name.or(before), version));
            }
            let name = folded(bare(word));
            if self.names.contains(&name) {
                before = Some(name);
            } else if is_telling(word) {
                return None;
            }
        }
        None
    }

    /// `1.2.0`, `[v1.2.0]`, or one with a known name before it: `core@1.2.0`, `core-v1.2.0`, `core==1.2.0`.
    fn word(&self, word: &str) -> Option<(Option<String>, Version)> {
        if word.len() > LONGEST {
            return None;
        }
        if let Some(version) = self.number(bare(word)) {
            return Some((None, version));
        }
        let separators = word.char_indices().filter(|(_, char)| "@=-_/:".contains(*char));
        separators.into_iter().find_map(|(at, _)| {
            let name = folded(word[..at].trim_start_matches(|char: char| !char.is_alphanumeric() && char != '@'));
            let name = self.names.iter().find(|known| **known == name.trim_end_matches('='))?;
            Some((Some(name.clone()), self.number(bare(&word[at..]))?))
        })
    }

    /// A version. A number alone could be anything, unless a `v` stands before it or it is the one to come.
    fn number(&self, text: &str) -> Option<Version> {
        let digits = text.strip_prefix(['v', 'V']).unwrap_or(text);
        if !digits.starts_with(|char: char| char.is_ascii_digit()) {
            return None;
        }
        let version = self.scheme.parse(digits).ok()?;
        (digits.contains('.') || digits.len() < text.len() || self.same(&version, self.next)).then_some(version)
    }
}

/// A word without what stands around it.
fn bare(word: &str) -> &str {
    word.trim_matches(|char: char| !char.is_alphanumeric())
}

/// Whether a word makes a heading say more than a version and its date.
fn is_telling(word: &str) -> bool {
    let begins_with_letter = word.trim_start_matches(['(', '[', '*', '_']).starts_with(char::is_alphabetic);
    begins_with_letter && !FILLERS.contains(&bare(word).to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use releasekit_formats::python::Pep440;

    use super::*;

    #[test]
    fn the_heading_of_a_version_is_left_out_and_another_one_stays() {
        let version = Version::from_canonical("1.2.0");
        let below = |notes| below_heading(notes, &version);
        assert_eq!(below("\n## core 1.2.0 (2026-01-01)\n\n### Features\n"), "### Features\n");
        assert_eq!(below("# [v1.2.0](https://x)\n- new"), "- new");
        assert_eq!(below("## 1.2.0"), "");
        for notes in ["### Features\n\n- new", "- 1.2.0\n", "#1.2.0\n", "## 11.2.0\n", "## 1.2.0.1\n", ""] {
            assert_eq!(below(notes), notes);
        }
    }

    fn about(level: u8, text: &str) -> String {
        let names = ["acme-core".to_owned(), "@acme/web".to_owned()];
        let next = Pep440.parse("2.0.0").expect("legal");
        let reader = Reader { scheme: &Pep440, names: &names, next: &next };
        match reader.about(&Heading { level, text: text.to_owned() }) {
            About::Unreleased => "unreleased".to_owned(),
            About::Other => "other".to_owned(),
            About::Version { name: Some(name), version } => format!("{name} {version}"),
            About::Version { name: None, version } => version.to_string(),
        }
    }

    #[test]
    fn versions_are_read_in_the_forms_that_changelogs_have() {
        for (text, expected) in [
            ("1.2.0", "1.2.0"),
            ("[1.2.0]", "1.2.0"),
            ("v1.2.0 (2026-01-01)", "1.2.0"),
            ("[v1.2.0] - 2026-01-01", "1.2.0"),
            ("1.2.0 - 2026-01-01 [YANKED]", "1.2.0"),
            ("1.2.0 / May 3rd, 2026", "1.2.0"),
            ("1.2.0: the big one", "1.2.0"),
            ("Version 1.2.0", "1.2.0"),
            ("What's new in 1.2.0", "1.2.0"),
            ("2026-01-01, Version 1.2.0", "1.2.0"),
            ("🚀 1.2.0", "1.2.0"),
            ("v2", "2"),
            ("2", "2"),
            ("1.2.0rc1", "1.2.0rc1"),
            ("acme-core 1.2.0", "acme-core 1.2.0"),
            ("Acme_Core v1.2.0 (2026-01-01)", "acme-core 1.2.0"),
            ("acme-core@1.2.0", "acme-core 1.2.0"),
            ("[acme-core-v1.2.0]", "acme-core 1.2.0"),
            ("acme-core==1.2.0", "acme-core 1.2.0"),
            ("acme-core/v1.2.0", "acme-core 1.2.0"),
            ("@acme/web@1.2.0", "@acme/web 1.2.0"),
            ("2.0.0 (unreleased)", "2.0.0"),
            ("2.0 (unreleased)", "2.0"),
        ] {
            assert_eq!(about(2, text), expected, "{text}");
            assert_eq!(about(3, text), expected, "{text}");
        }
    }

    #[test]
    fn a_long_word_is_no_version_and_takes_no_time() {
        assert_eq!(about(2, &format!("1.{}", "]:".repeat(500_000))), "other");
        assert_eq!(about(2, &format!("acme-core{}1.2.0", "-".repeat(1_000_000))), "other");
        assert_eq!(about(2, &format!("1.2.0 {}", "]:".repeat(500_000))), "1.2.0");
    }

    #[test]
    fn what_is_not_about_a_version_is_told_apart() {
        for text in
            ["Unreleased", "[Unreleased]", "Unreleased changes", "3.0.0 (unreleased)", "Next", "Upcoming release"]
        {
            assert_eq!(about(2, text), "unreleased", "{text}");
        }
        let others = [
            "",
            "Changelog",
            "About this file",
            "Python 3.9",
            "other 1.2.0",
            "3 new features",
            "2026-01-01",
            "12",
            "Features",
            "1.x",
            "vendor",
            "acme-core",
            "acme-corel@1.2.0",
            "[]",
        ];
        for text in others {
            assert_eq!(about(2, text), "other", "{text}");
        }
        assert_eq!(about(3, "3.9 support dropped"), "other");
        assert_eq!(about(2, "3.9 Codename"), "3.9");
    }
}

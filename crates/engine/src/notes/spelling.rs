//! How the headings of a file write versions: with a `v` or none, in brackets or not.

/// How a heading writes its version.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Spelling {
    has_v: bool,
    has_brackets: bool,
}

impl Spelling {
    /// Reads the line of a heading, as it stands in the file. A link around the version is not one for the next.
    pub(super) fn of(line: &str) -> Self {
        let mut words = line.trim_start_matches('#').split_whitespace();
        words.find_map(Self::of_word).unwrap_or_default()
    }

    fn of_word(word: &str) -> Option<Self> {
        let opened = word.strip_prefix('[');
        let inner = opened.unwrap_or(word);
        let digits = inner.strip_prefix('v');
        let number: &str = digits.unwrap_or(inner).split([']', '(', ')', ':', ',']).next().unwrap_or_default();
        let is_version = number.starts_with(|c: char| c.is_ascii_digit()) && (number.contains('.') || digits.is_some());
        let has_brackets = opened.is_some_and(|inner| inner.contains(']') && !inner.contains("]("));
        is_version.then_some(Self { has_v: digits.is_some(), has_brackets })
    }

    /// A section whose heading writes the version so. What its heading writes in another way already stays.
    pub(super) fn applied(self, section: &str, version: &str) -> String {
        let (heading, rest) = section.split_at(section.find('\n').unwrap_or(section.len()));
        if let Some((before, after)) = heading.split_once(&format!(" [{version}](")) {
            // A link has its brackets already.
            let v = if self.has_v { "v" } else { "" };
            return format!("{before} [{v}{version}]({after}{rest}");
        }
        let plain = format!(" {version}");
        let Some(at) = heading.find(&plain) else { return section.to_owned() };
        let (before, after) = (&heading[..at], &heading[at + plain.len()..]);
        if !after.is_empty() && !after.starts_with(' ') {
            return section.to_owned();
        }
        let v = if self.has_v { "v" } else { "" };
        let (open, close) = if self.has_brackets { ("[", "]") } else { ("", "") };
        format!("{before} {open}{v}{version}{close}{after}{rest}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_heading_is_written_like_the_newest() {
        for (newest, expected) in [
            ("## 1.0.0", "## 1.1.0 (2026-01-02)\n\n- new\n"),
            ("## v1.0.0 (2025-01-02)", "## v1.1.0 (2026-01-02)\n\n- new\n"),
            ("## [1.0.0] - 2025-01-02", "## [1.1.0] (2026-01-02)\n\n- new\n"),
            ("## [v1.0.0]", "## [v1.1.0] (2026-01-02)\n\n- new\n"),
            ("## [1.0.0](https://x.invalid/v1.0.0) (2025-01-02)", "## 1.1.0 (2026-01-02)\n\n- new\n"),
            ("## [v1.0.0](https://x.invalid/v1.0.0)", "## v1.1.0 (2026-01-02)\n\n- new\n"),
            ("v1.0.0\n======", "## v1.1.0 (2026-01-02)\n\n- new\n"),
            ("## Version 1.0.0", "## 1.1.0 (2026-01-02)\n\n- new\n"),
            ("## 2025-01-02, v1.0.0", "## v1.1.0 (2026-01-02)\n\n- new\n"),
        ] {
            let section = Spelling::of(newest).applied("## 1.1.0 (2026-01-02)\n\n- new\n", "1.1.0");
            assert_eq!(section, expected, "{newest}");
            assert_eq!(Spelling::of(newest).applied(&section, "1.1.0"), section, "once is enough");
        }
        let linked = "## [1.1.0](https://x.invalid/v1.0.0...v1.1.0) (2026-01-02)";
        assert_eq!(Spelling::of("## [1.0.0](https://x.invalid/v1.0.0)").applied(linked, "1.1.0"), linked);
        let with_v = Spelling::of("## v1.0.0").applied(linked, "1.1.0");
        assert_eq!(with_v, "## [v1.1.0](https://x.invalid/v1.0.0...v1.1.0) (2026-01-02)");
        assert_eq!(Spelling::of("## v1.0.0").applied(&with_v, "1.1.0"), with_v);
        let shared = Spelling::of("## core v1.0.0").applied("## core 1.1.0 (2026-01-02)", "1.1.0");
        assert_eq!(shared, "## core v1.1.0 (2026-01-02)");
        assert_eq!(Spelling::of("## v1.0.0").applied("## 1.1.0rc1", "1.1.0"), "## 1.1.0rc1");
    }
}

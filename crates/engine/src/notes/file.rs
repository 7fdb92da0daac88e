//! The changelog file: a section per version, the newest first.

/// The heading of a new file.
const TITLE: &str = "# Changelog";

/// Puts a version's section into a changelog: in place of the section of that version where there is one, else above
/// the newest, else at the end. Line endings and everything else stay as they are.
pub fn insert(existing: Option<&str>, version: &str, section: &str) -> String {
    let Some(existing) = existing.filter(|text| !text.trim().is_empty()) else {
        return format!("{TITLE}\n\n{section}");
    };
    let newline = if existing.contains("\r\n") { "\r\n" } else { "\n" };
    let section = section.trim_end().replace('\n', newline);
    let headings = headings(existing);
    if let Some(at) = headings.iter().position(|heading| names(&existing[*heading..], version)) {
        let end = headings.get(at + 1).copied();
        return splice(existing, headings[at], end, &section, newline);
    }
    let start = headings.first().copied().unwrap_or(existing.len());
    splice(existing, start, Some(start), &section, newline)
}

/// Takes a version's section out of a changelog; without one, the text stays as it is.
pub fn remove(existing: &str, version: &str) -> String {
    let newline = if existing.contains("\r\n") { "\r\n" } else { "\n" };
    let headings = headings(existing);
    match headings.iter().position(|heading| names(&existing[*heading..], version)) {
        Some(at) => splice(existing, headings[at], headings.get(at + 1).copied(), "", newline),
        None => existing.to_owned(),
    }
}

/// Replaces `start..end` by a section with an empty line on each side that has text.
fn splice(text: &str, start: usize, end: Option<usize>, section: &str, newline: &str) -> String {
    let before = text[..start].trim_end();
    let after = end.map_or("", |end| text[end..].trim_start_matches(['\r', '\n']));
    let parts = [before, section, after.trim_end_matches(['\r', '\n'])];
    let kept: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let end = &after[after.trim_end_matches(['\r', '\n']).len()..];
    format!("{}{}", kept.join(&newline.repeat(2)), if end.is_empty() && after.is_empty() { newline } else { end })
}

/// Where each second-level heading starts, outside of fenced code.
fn headings(text: &str) -> Vec<usize> {
    let mut found = Vec::new();
    let mut fenced = false;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.starts_with("```") || line.starts_with("~~~") {
            fenced = !fenced;
        }
        if !fenced && line.starts_with("## ") {
            found.push(at);
        }
        at += line.len();
    }
    found
}

/// Whether a heading is that of a version: `## 1.2.0 (date)`, `## [1.2.0] - date`, `## v1.2.0`.
fn names(heading: &str, version: &str) -> bool {
    let word = heading.trim_start_matches('#').split_whitespace().next().unwrap_or_default();
    word.trim_matches(['[', ']']).split(']').next().is_some_and(|word| word.trim_start_matches('v') == version)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECTION: &str = "## 1.1.0 (2026-01-02)\n\n- new\n";

    #[test]
    fn a_section_goes_where_it_belongs() {
        let cases = [
            (None, "# Changelog\n\n## 1.1.0 (2026-01-02)\n\n- new\n"),
            (Some("# Changelog\n"), "# Changelog\n\n## 1.1.0 (2026-01-02)\n\n- new\n"),
            (
                Some("# Changelog\n\nAll of it.\n\n## 1.0.0\n\n- old\n"),
                "# Changelog\n\nAll of it.\n\n## 1.1.0 (2026-01-02)\n\n- new\n\n## 1.0.0\n\n- old\n",
            ),
            (
                Some("# C\n\n## [1.1.0] - 2026-01-01\n\n- stale\n\n## 1.0.0\n\n- old\n"),
                "# C\n\n## 1.1.0 (2026-01-02)\n\n- new\n\n## 1.0.0\n\n- old\n",
            ),
            (Some("## v1.1.0\n- stale\n"), "## 1.1.0 (2026-01-02)\n\n- new\n"),
            (Some("# C\r\n\r\n## 1.0.0\r\n"), "# C\r\n\r\n## 1.1.0 (2026-01-02)\r\n\r\n- new\r\n\r\n## 1.0.0\r\n"),
            (Some("# C\n\n```\n## 1.1.0\n```\n"), "# C\n\n```\n## 1.1.0\n```\n\n## 1.1.0 (2026-01-02)\n\n- new\n"),
        ];
        for (existing, expected) in cases {
            assert_eq!(insert(existing, "1.1.0", SECTION), expected, "{existing:?}");
        }
    }

    #[test]
    fn a_section_can_be_taken_out() {
        let text = "# C\n\n## 1.1.0\n\n- stale\n\n## 1.0.0\n\n- old\n";
        assert_eq!(remove(text, "1.1.0"), "# C\n\n## 1.0.0\n\n- old\n");
        assert_eq!(remove(text, "1.0.0"), "# C\n\n## 1.1.0\n\n- stale\n");
        assert_eq!(remove(text, "2.0.0"), text);
    }

    #[test]
    fn inserting_twice_changes_nothing() {
        let once = insert(Some("# Changelog\n\n## 1.0.0\n\n- old\n"), "1.1.0", SECTION);
        assert_eq!(insert(Some(&once), "1.1.0", SECTION), once);
    }
}

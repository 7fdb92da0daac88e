//! Takes the call out of `@name` in Markdown that goes to a forge: commits name people, packages and annotations, and a text
//! on a forge that does so notifies whoever has that name. Pure.

use std::ops::Range;

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

/// Nobody sees it, and no forge takes what follows it for a name.
const INVISIBLE: char = '\u{200b}';

/// The text, which reads as before, and notifies nobody. In code nobody is meant, and it stays to the byte.
pub(crate) fn silenced(markdown: &str) -> String {
    let mut calls: Vec<usize> = prose(markdown).into_iter().flat_map(|range| calls(markdown, range)).collect();
    calls.sort_unstable();
    let (mut text, mut from) = (String::with_capacity(markdown.len()), 0);
    for at in calls {
        let behind = at + '@'.len_utf8();
        text.push_str(&markdown[from..behind]);
        text.push(INVISIBLE);
        from = behind;
    }
    text + &markdown[from..]
}

/// All that readers see as text, but code and the addresses of links. HTML counts whole: forges read what is in it.
fn prose(markdown: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut in_code = false;
    for (event, range) in Parser::new(markdown).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(_)) => in_code = true,
            Event::End(TagEnd::CodeBlock) => in_code = false,
            Event::Text(_) | Event::Html(_) if !in_code => found.push(range),
            _ => {}
        }
    }
    found
}

/// Where names are called in a part of a text.
fn calls(markdown: &str, range: Range<usize>) -> Vec<usize> {
    let is_call = |at: &usize| {
        let (before, behind) = (&markdown[..*at], &markdown[at + 1..]);
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        behind.starts_with(is_word) && !before.ends_with(is_word) && !is_in_address(before)
    };
    let (start, part) = (range.start, &markdown[range]);
    part.match_indices('@').map(|(at, _)| start + at).filter(is_call).collect()
}

/// Whether what stands before, up to the last space, is the beginning of an address, which would lead elsewhere.
fn is_in_address(before: &str) -> bool {
    let word = before.rsplit(|c: char| c.is_whitespace() || "\"'<>(".contains(c)).next().unwrap_or_default();
    word.contains("://") || word.starts_with("www.")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With a mark that can be seen.
    fn shown(markdown: &str) -> String {
        silenced(markdown).replace(INVISIBLE, "|")
    }

    #[test]
    fn whoever_is_named_is_not_called_and_code_and_addresses_stay() {
        let cases = [
            ("- thank @ana, @org/team and (@ben)", "- thank @|ana, @|org/team and (@|ben)"),
            ("## @scope/core 1.0.0\n\n@ana", "## @|scope/core 1.0.0\n\n@|ana"),
            ("- **@ana** *@ben* [@org](https://x/@org)", "- **@|ana** *@|ben* [@|org](https://x/@org)"),
            ("- `@Override` and `` a ` @b ``", "- `@Override` and `` a ` @b ``"),
            ("```java\n@Test\n```\n\n    @Test\n\n@Test", "```java\n@Test\n```\n\n    @Test\n\n@|Test"),
            ("- ana@x.test <ana@x.test> a_@b @ x@", "- ana@x.test <ana@x.test> a_@b @ x@"),
            ("- see https://x.test/@ana www.x.test/@ana", "- see https://x.test/@ana www.x.test/@ana"),
            ("<b>@ana</b> <a href=\"https://x/@ana\">\n", "<b>@|ana</b> <a href=\"https://x/@ana\">\n"),
            ("<div>\n@ana\n</div>\n", "<div>\n@|ana\n</div>\n"),
            ("| a | @ana |\n|---|---|\n", "| a | @|ana |\n|---|---|\n"),
            ("über @ana, @é\n- [ ] @ana", "über @|ana, @é\n- [ ] @|ana"),
            ("", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(shown(text), expected);
            assert_eq!(silenced(&silenced(text)), silenced(text), "a second time nothing changes");
        }
    }
}

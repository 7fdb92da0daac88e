//! Takes the call out of `@name`, and the order out of `closes #1`, in Markdown that goes to a forge: commits name people,
//! packages and annotations, and say what they close, and a text on a forge that does so notifies whoever has that name, and
//! closes issues that a commit closed long ago, or that were opened again. Pure.

use std::ops::Range;

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

/// Nobody sees it, and no forge takes what follows it for a name, nor what it stands in for a word.
const INVISIBLE: char = '\u{200b}';

/// The words by which forges close what stands behind them when a text is merged.
const CLOSING: &[&str] = &["close", "closes", "closed", "fix", "fixes", "fixed", "resolve", "resolves", "resolved"];

/// The text, which reads as before, notifies nobody and closes nothing. In code nobody is meant, and it stays to the byte.
pub(crate) fn silenced(markdown: &str) -> String {
    let found = |range: Range<usize>| [calls(markdown, range.clone()), orders(markdown, range)].concat();
    let mut found: Vec<usize> = prose(markdown).into_iter().flat_map(found).collect();
    found.sort_unstable();
    let (mut text, mut from) = (String::with_capacity(markdown.len()), 0);
    for at in found {
        // The end of an `@`, or the first letter of a word.
        let behind = at + 1;
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

/// What stands for an `@` in Markdown.
const SIGNS: [&str; 4] = ["@", "&#64;", "&#x40;", "&commat;"];

/// Where names are called in a part of a text: the last byte of each sign that calls.
fn calls(markdown: &str, range: Range<usize>) -> Vec<usize> {
    let is_call = |(start, end): &(usize, usize)| {
        let (before, behind) = (&markdown[..*start], &markdown[*end..]);
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        behind.starts_with(is_word) && !before.ends_with(is_word) && !is_in_address(before)
    };
    let (start, part) = (range.start, &markdown[range]);
    let of = |sign| part.match_indices(sign).map(|(at, sign): (usize, &str)| (start + at, start + at + sign.len()));
    SIGNS.into_iter().flat_map(of).filter(is_call).map(|(_, end)| end - 1).collect()
}

/// Where words in a part of a text close something.
fn orders(markdown: &str, range: Range<usize>) -> Vec<usize> {
    let (start, part) = (range.start, &markdown[range]);
    let is_letter = |c: char| c.is_alphanumeric() || c == '_';
    let words = part.match_indices(is_letter).map(|(at, _)| at).filter(|at| !part[..*at].ends_with(is_letter));
    let closes = |at: &usize| {
        let text = &markdown[start + at..];
        let word = &text[..text.find(|c: char| !is_letter(c)).unwrap_or(text.len())];
        CLOSING.iter().any(|closing| word.eq_ignore_ascii_case(closing)) && is_closable(&text[word.len()..])
    };
    words.filter(closes).map(|at| start + at).collect()
}

/// Whether what stands behind a word is an issue or a request: `#1`, `owner/name#1`, `GH-1` or its address, in a link or not.
fn is_closable(behind: &str) -> bool {
    let behind = behind.strip_prefix(':').unwrap_or(behind);
    if !behind.starts_with(char::is_whitespace) {
        return false;
    }
    let behind = behind.trim_start().trim_start_matches(['[', '<']);
    let named = &behind[..behind.find(|c: char| c.is_whitespace() || ")]>,".contains(c)).unwrap_or(behind.len())];
    let numbered = |separator: &str| {
        named
            .match_indices(separator)
            .any(|(at, found)| named[at + found.len()..].starts_with(|c: char| c.is_ascii_digit()))
    };
    numbered("#") || numbered("GH-") || named.contains("://") && (numbered("/issues/") || numbered("/pull/"))
}

/// The schemes of addresses of which forges make links by themselves.
const SCHEMES: [&str; 3] = ["http", "https", "ftp"];

/// Whether what stands before, up to the last space, is the beginning of an address, which would lead elsewhere.
fn is_in_address(before: &str) -> bool {
    let word = before.rsplit(|c: char| c.is_whitespace() || "\"'<>(".contains(c)).next().unwrap_or_default();
    let is_url = |(before, behind): (&str, &str)| {
        let scheme = before.rsplit(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
        let is_linked = SCHEMES.iter().any(|known| scheme.eq_ignore_ascii_case(known));
        is_linked && behind.starts_with(|c: char| c.is_alphanumeric())
    };
    word.split_once("://").is_some_and(is_url) || word.starts_with("www.")
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
            ("x://@ana https://@ana y://a,@ana http://x,@ana", "x://@|ana https://@|ana y://a,@|ana http://x,@ana"),
            (
                "&#64;ana &commat;ana &#x40;ana \\@ana `&#64;ana`",
                "&#64;|ana &commat;|ana &#x40;|ana \\@|ana `&#64;ana`",
            ),
            ("<b>@ana</b> <a href=\"https://x/@ana\">\n", "<b>@|ana</b> <a href=\"https://x/@ana\">\n"),
            ("<div>\n@ana\n</div>\n", "<div>\n@|ana\n</div>\n"),
            ("| a | @ana |\n|---|---|\n", "| a | @|ana |\n|---|---|\n"),
            ("über @ana, @é\n- [ ] @ana", "über @|ana, @é\n- [ ] @|ana"),
            ("", ""),
        ];
        read(&cases);
    }

    #[track_caller]
    fn read(cases: &[(&str, &str)]) {
        for (text, expected) in cases {
            assert_eq!(shown(text), *expected);
            assert_eq!(silenced(&silenced(text)), silenced(text), "a second time nothing changes");
        }
    }

    #[test]
    fn nothing_is_closed_and_what_only_looks_so_stays() {
        let cases = [
            ("- read tabs, closes #1", "- read tabs, c|loses #1"),
            ("- Fixes: #1, #2 and FIXED #3", "- F|ixes: #1, #2 and F|IXED #3"),
            ("- (resolve acme/kit#4) resolved GH-5", "- (r|esolve acme/kit#4) r|esolved GH-5"),
            ("- close [#6](https://x/pull/6)", "- c|lose [#6](https://x/pull/6)"),
            ("- closed\n  https://x.test/a/b/issues/7", "- c|losed\n  https://x.test/a/b/issues/7"),
            ("- fix <https://x.test/a/b/pull/8>", "- f|ix <https://x.test/a/b/pull/8>"),
            ("- **fix #9** @ana", "- **f|ix #9** @|ana"),
            ("- fix tabs (#1)", "- fix tabs (#1)"),
            ("- closes the gap of #1, prefix #2, fix#3, see #4", "- closes the gap of #1, prefix #2, fix#3, see #4"),
            ("- `fixes #1` fixes C# fixes # 1", "- `fixes #1` fixes C# fixes # 1"),
            ("- fixes https://x.test/a/b", "- fixes https://x.test/a/b"),
            ("- über fixes #1", "- über f|ixes #1"),
        ];
        read(&cases);
    }
}

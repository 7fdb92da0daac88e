//! The messages that a squash lists. Two shapes are read: the commits as a log prints them, and bullets, as forges write
//! them below the title.
//!
//! Bullets in any other body are prose.

use std::borrow::Cow;

use super::revert::{self, without_number};
use super::text::{cleaned, first_line, has};

/// What stands above the commits where they are listed as a log prints them.
const LOG: &str = "Squashed commit of the following:";
/// How Bitbucket begins one, before the title.
const BITBUCKET: &str = "Merged in ";

/// The messages, newest first, each without its bullet or indent and without those that a later one of them reverts;
/// none where nothing is listed. `text` is a cleaned message.
pub(super) fn listed(text: &str) -> Vec<String> {
    let of_log = || {
        // Few messages have it, and some have thousands of lines.
        let after = has(text, LOG).then(|| text.lines().position(|line| line.trim_end() == LOG)).flatten()?;
        Some(of_log(text.lines().skip(after + 1)))
    };
    let of_forge = || {
        let mut messages = of_forge(body(text))?;
        messages.reverse();
        Some(messages)
    };
    without_reverted(of_log().or_else(of_forge).unwrap_or_default())
}

/// A message without the list that a forge put into it; what a log prints is indented, and nothing of it begins a line.
pub(super) fn without_list(text: &str) -> Cow<'_, str> {
    let body = body(text);
    if of_forge(body).is_none() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("{}{}", &text[..text.len() - body.len()], &body[end_of_list(body)..]))
}

/// What stands below the title.
fn body(text: &str) -> &str {
    let body = below_first_line(text);
    if text.starts_with(BITBUCKET) && !body.starts_with("* ") { below_first_line(body) } else { body }
}

pub(super) fn below_first_line(text: &str) -> &str {
    text.split_once('\n').map_or("", |(_, rest)| rest.trim_start_matches('\n'))
}

/// The indented messages below the lines that name each commit.
fn of_log<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut messages: Vec<Vec<&str>> = Vec::new();
    for line in lines {
        let name = line.strip_prefix("commit ").and_then(|rest| rest.split_whitespace().next());
        if name.is_some_and(|name| name.len() >= 7 && name.bytes().all(|byte| byte.is_ascii_hexdigit())) {
            messages.push(Vec::new());
        } else if let Some(message) = messages.last_mut()
            && (line.is_empty() || line.starts_with("    "))
        {
            message.push(line.get(4..).unwrap_or_default());
        }
    }
    let texts = messages.into_iter().map(|lines| lines.join("\n").trim().to_owned());
    texts.filter(|text| !text.is_empty()).collect()
}

/// Bullets that each begin a paragraph, oldest first; `None` where the body is something else.
fn of_forge(body: &str) -> Option<Vec<String>> {
    if !body.starts_with("* ") {
        return None;
    }
    let list = &body[..end_of_list(body)];
    let mut messages: Vec<String> = Vec::new();
    let mut is_after_blank = true;
    for line in list.lines() {
        if let Some(first) = line.strip_prefix("* ") {
            if !is_after_blank {
                return None;
            }
            messages.push(first.to_owned());
        } else if is_markup(line) {
            return None;
        } else if let Some(message) = messages.last_mut() {
            message.push('\n');
            message.push_str(line);
        }
        is_after_blank = line.trim().is_empty();
    }
    Some(messages.iter().map(|message| message.trim().to_owned()).filter(|message| !message.is_empty()).collect())
}

/// Where the list ends: at the rule that GitHub draws below it, else before the people who signed or helped.
fn end_of_list(body: &str) -> usize {
    if let Some(at) = body.find("\n---------") {
        return at;
    }
    let Some(last) = body.trim_end().rfind("\n\n") else { return body.len() };
    let is_signed =
        |line: &str| line.split_once(": ").is_some_and(|(token, _)| token.to_ascii_lowercase().ends_with("-by"));
    if body[last..].trim().lines().all(is_signed) { last } else { body.len() }
}

/// A heading, a table or an element: then a person or a bot wrote the body, and its bullets are prose.
fn is_markup(line: &str) -> bool {
    let heading = line.trim_start_matches('#');
    line.starts_with(['|', '<']) || (heading.len() < line.len() && heading.starts_with(' '))
}

/// Drops each revert together with what it reverts, so that a revert of a revert restores.
fn without_reverted(mut newest_first: Vec<String>) -> Vec<String> {
    let mut at = 0;
    while at < newest_first.len() {
        let reverting = title(&newest_first[at]);
        let same = |message: &String, reverted: &str| without_number(&title(message)) == without_number(reverted);
        let found = revert::title(&reverting)
            .and_then(|reverted| newest_first.iter().skip(at + 1).position(|message| same(message, &reverted)));
        match found {
            Some(distance) => {
                newest_first.remove(at + 1 + distance);
                newest_first.remove(at);
            }
            None => at += 1,
        }
    }
    newest_first
}

fn title(message: &str) -> String {
    first_line(&cleaned(message)).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<String> {
        listed(text)
    }

    #[test]
    fn the_list_of_a_forge_is_read() {
        let text = "Improve the parser (#7)\n\n* feat: read tabs\n\nwith care\n\n* fix: do not crash\n\n---------\n\n\
                    Co-authored-by: A <a@example.invalid>";
        assert_eq!(of(text), ["fix: do not crash", "feat: read tabs\n\nwith care"]);
        let signed = "Improve (#7)\n\n* feat: x\n\nBREAKING CHANGE: gone\n\nSigned-off-by: A <a@example.invalid>";
        assert_eq!(of(signed), ["feat: x\n\nBREAKING CHANGE: gone"]);
        let merged =
            "Merged in tabs (pull request #7)\n\nImprove the parser\n\n* feat: x\n\n* fix: y\n\nApproved-by: A";
        assert_eq!(of(merged), ["fix: y", "feat: x"]);
        assert_eq!(of("Merged in tabs (pull request #7)\n\n* feat: x\n\nApproved-by: A"), ["feat: x"]);
    }

    #[test]
    fn the_list_of_log_is_read() {
        let text = "Squashed commit of the following:\n\ncommit 0123456789abcdef\nAuthor: A <a@example.invalid>\n\
                    Date:   Mon\n\n    fix: do not crash\n    \n    commit 0123456 did\n\ncommit fedcba9876543210\n\
                    Author: A <a@example.invalid>\nDate:   Mon\n\n    feat: read tabs";
        assert_eq!(of(text), ["fix: do not crash\n\ncommit 0123456 did", "feat: read tabs"]);
        assert_eq!(of(&format!("Improve\n\n{text}")).len(), 2);
    }

    #[test]
    fn what_stands_around_a_list_is_left_without_it() {
        let text = "Improve (#7)\n\n* feat: x\n\nrelease: skip\n\n---------\n\nrelease: minor";
        assert_eq!(without_list(text), "Improve (#7)\n\n\n---------\n\nrelease: minor");
        let bullets = "Improve\n\n* feat: x\n* fix: y\n\nrelease: minor";
        assert_eq!(without_list(bullets), bullets);
    }

    #[test]
    fn bullets_of_prose_are_no_list() {
        let prose = [
            "Improve\n\nThis does:\n\n* feat: x\n\n* fix: y",
            "Improve\n\n* feat: x\n* fix: y",
            "Improve\n\n* feat: x\n\n## Notes\n\n* fix: y",
            "Improve\n\n* feat: x\n\n| a | b |\n\n* fix: y",
            "Improve\n\n* feat: x\n\n<details>\n\n* fix: y",
            "Improve\n\n- feat: x\n\n- fix: y",
            "Improve",
        ];
        for text in prose {
            assert_eq!(of(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn what_is_reverted_in_the_list_is_not_listed() {
        let list = |lines: &[&str]| of(&format!("Improve (#7)\n\n* {}", lines.join("\n\n* ")));
        assert_eq!(list(&["feat: x", "fix: y", "Revert \"feat: x\""]), ["fix: y"]);
        assert_eq!(list(&["feat: x", "revert: feat: x"]), [""; 0]);
        assert_eq!(list(&["feat: x", "Revert \"feat: x\"", "Revert \"Revert \"feat: x\"\""]), ["feat: x"]);
        assert_eq!(list(&["Revert \"feat: of before\"", "fix: y"]), ["fix: y", "Revert \"feat: of before\""]);
    }
}

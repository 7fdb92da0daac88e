//! What the lines `release: LEVEL [NAMES]` and `Release-As: [NAME@]VERSION` of a message ask for.
//!
//! A line that is well-formed counts wherever it begins a line below the title, as people write it. One that is not is prose,
//! unless it stands among the trailers at the end of the message: there it was meant, and is told as malformed.

use releasekit_core::model::Bump;

use super::squash::below_first_line;
use super::text::{first_line, is_made, line_starts};

/// A line that asks for something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trailer {
    /// The line as it was written.
    pub line: String,
    /// What it asks for.
    pub asks: Asks,
}

/// What a trailer asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asks {
    /// How far packages are to move, `none` for not at all: those that it names, or without names those that the commit touches.
    Level {
        /// How far.
        bump: Bump,
        /// Which packages.
        names: Vec<String>,
    },
    /// Which version a package is to have.
    Version {
        /// Which package, where it says so.
        name: Option<String>,
        /// The version.
        version: String,
    },
    /// Nothing that can be read.
    Malformed,
}

/// How a level begins, and how a version does, which begins like that.
const TOKENS: [&str; 2] = ["release", "release-as"];

/// The levels by their words.
const LEVELS: [(&str, Bump); 4] =
    [("major", Bump::Major), ("minor", Bump::Minor), ("patch", Bump::Patch), ("skip", Bump::None)];

/// Whether a message may have a trailer, which most have not. It may say yes of one that has none.
pub(crate) fn may_have(message: &str) -> bool {
    let begins = |rest: &str| rest.as_bytes().get(..TOKENS[0].len()).is_some_and(|it| is_like(it, TOKENS[0]));
    let lines = line_starts(message).skip(1).map(|at| &message[at..]).filter(|rest| begins(rest));
    let mut tokens = lines.filter_map(|rest| first_line(rest).split_once(':')).map(|(token, _)| token.trim_end());
    tokens.any(|token| TOKENS.iter().any(|known| is_like(token.as_bytes(), known)))
}

fn is_like(text: &[u8], token: &str) -> bool {
    text.eq_ignore_ascii_case(token.as_bytes())
}

/// The trailers of a cleaned message whose quotations are hidden, in order.
pub(super) fn trailers(text: &str) -> Vec<Trailer> {
    let lines: Vec<&str> = below_first_line(text).lines().collect();
    // Below a title that a forge made there may be that of the request, which has a type as any other.
    let titles = usize::from(is_made(text));
    let end = end_of_prose(&lines).max(titles);
    let trailer = |(at, line): (usize, &&str)| {
        let line = unfolded(line, &lines[at + 1..]);
        let asks = asks(&line, at >= end)?;
        Some(Trailer { line, asks })
    };
    lines.iter().enumerate().filter_map(trailer).collect()
}

/// Where the trailers begin: the last paragraphs that hold nothing else.
fn end_of_prose(lines: &[&str]) -> usize {
    let is_kept = |line: &&&str| line.trim().is_empty() || is_trailer(line);
    let tail = lines.iter().rev().take_while(is_kept).count();
    let begin = lines.len() - tail;
    // A paragraph that begins with prose is prose as a whole.
    let is_cut = begin > 0 && lines.get(begin).is_some_and(|line| !line.trim().is_empty());
    if !is_cut {
        return begin;
    }
    lines[begin..].iter().position(|line| line.trim().is_empty()).map_or(lines.len(), |blank| begin + blank)
}

/// `Token: text`, `Token #12`, its next line, the rule of a forge, or what a cherry-pick leaves.
fn is_trailer(line: &str) -> bool {
    let is_token = |token: &str| {
        !token.is_empty()
            && (token == "BREAKING CHANGE" || token.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'))
    };
    let (colon, hash) = (line.split_once(':'), line.split_once(" #"));
    let is_rule = line.len() > 2 && line.trim_matches('-').is_empty();
    colon.is_some_and(|(token, _)| is_token(token.trim_end()))
        || hash.is_some_and(|(token, _)| is_token(token))
        || line.starts_with([' ', '\t'])
        || line.starts_with("(cherry picked from commit ")
        || is_rule
}

/// A line with those that go on with it.
fn unfolded(line: &str, next: &[&str]) -> String {
    let mut whole = line.trim_end().to_owned();
    for more in next.iter().take_while(|line| line.starts_with([' ', '\t']) && !line.trim().is_empty()) {
        whole.push(' ');
        whole.push_str(more.trim());
    }
    whole
}

fn asks(line: &str, is_meant: bool) -> Option<Asks> {
    let (token, value) = line.split_once(':')?;
    let asked = match token.trim_end().to_ascii_lowercase().as_str() {
        "release" => level(value.trim(), is_meant),
        "release-as" => version(value.trim()),
        _ => return None,
    };
    asked.or_else(|| is_meant.then_some(Asks::Malformed))
}

/// `minor`, `minor [a, b]`, and among trailers `minor a b`.
fn level(value: &str, is_meant: bool) -> Option<Asks> {
    let (word, rest) = value.split_once([' ', '\t', '[']).map_or((value, ""), |(word, _)| (word, &value[word.len()..]));
    let (_, bump) = LEVELS.into_iter().find(|(level, _)| word.eq_ignore_ascii_case(level))?;
    let rest = rest.trim();
    let listed = rest.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let list = match listed {
        Some(list) if !list.trim().is_empty() => list,
        None if rest.is_empty() || is_meant && !rest.contains(['[', ']']) => rest,
        _ => return None,
    };
    let names: Vec<String> = list.split([',', ' ', '\t']).filter(|name| !name.is_empty()).map(str::to_owned).collect();
    Some(Asks::Level { bump, names })
}

/// `1.2.3`, or `name@1.2.3`.
fn version(value: &str) -> Option<Asks> {
    let (name, version) = value.rsplit_once('@').map_or((None, value), |(name, version)| (Some(name), version));
    let version = version.strip_prefix(['v', 'V']).unwrap_or(version);
    let is_legal = version.starts_with(|c: char| c.is_ascii_digit())
        && !version.contains(char::is_whitespace)
        && name.is_none_or(|name| !name.is_empty() && !name.contains(char::is_whitespace));
    is_legal.then(|| Asks::Version { name: name.map(str::to_owned), version: version.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level_of(bump: Bump, names: &[&str]) -> Asks {
        Asks::Level { bump, names: names.iter().map(|name| (*name).to_owned()).collect() }
    }

    fn version_of(name: Option<&str>, version: &str) -> Asks {
        Asks::Version { name: name.map(str::to_owned), version: version.to_owned() }
    }

    fn of(text: &str) -> Vec<Asks> {
        trailers(text).into_iter().map(|trailer| trailer.asks).collect()
    }

    #[test]
    fn what_is_asked_for_is_read_in_every_usual_form() {
        let cases = [
            ("release: minor", level_of(Bump::Minor, &[])),
            ("Release: Major", level_of(Bump::Major, &[])),
            ("release: skip", level_of(Bump::None, &[])),
            ("release: patch [a]", level_of(Bump::Patch, &["a"])),
            ("release: patch [@my/core, py:b]", level_of(Bump::Patch, &["@my/core", "py:b"])),
            ("release:minor[a,b]", level_of(Bump::Minor, &["a", "b"])),
            ("release: minor a b", level_of(Bump::Minor, &["a", "b"])),
            ("release: minor [a,\n  b]", level_of(Bump::Minor, &["a", "b"])),
            ("Release-As: 2.0.0", version_of(None, "2.0.0")),
            ("release-as: v2.0.0rc1", version_of(None, "2.0.0rc1")),
            ("Release-As: a@2.0.0", version_of(Some("a"), "2.0.0")),
            ("Release-As: @my/core@2.0.0", version_of(Some("@my/core"), "2.0.0")),
        ];
        for (line, expected) in cases {
            assert_eq!(of(&format!("docs: x\n\n{line}")), std::slice::from_ref(&expected), "{line}");
            let signed = format!("docs: x\n\nBecause.\n\n{line}\nSigned-off-by: A <a@example.invalid>\n");
            assert_eq!(of(&signed), [expected], "{signed}");
        }
    }

    #[test]
    fn what_is_meant_as_a_trailer_and_cannot_be_read_is_told() {
        let lines = [
            "release: huge",
            "release: 1.2.3",
            "release:",
            "release: minor []",
            "release: minor [a",
            "Release-As: minor",
            "Release-As: 1.0.0 and more",
            "Release-As: @1.0.0",
            "Release-As: a b@1.0.0",
        ];
        for line in lines {
            assert_eq!(of(&format!("docs: x\n\n{line}\nRefs: #1")), [Asks::Malformed], "{line}");
        }
    }

    #[test]
    fn in_prose_only_what_is_well_formed_counts() {
        assert_eq!(of("fix: x\n\nThis adds tabs.\nrelease: minor\n\nAnd more."), [level_of(Bump::Minor, &[])]);
        assert_eq!(of("fix: x\nrelease: minor [a]\nand why"), [level_of(Bump::Minor, &["a"])]);
        for prose in
            ["release: see the notes", "release: minor fixes for tabs", "release-as: it was", "a release: minor"]
        {
            assert_eq!(of(&format!("fix: x\n\nThis says\n{prose}\nand more.")), [], "{prose}");
        }
    }

    #[test]
    fn titles_are_no_trailers() {
        for title in [
            "release: 1.2.3",
            "release: minor",
            "Merge pull request #7 from a/release\n\nrelease: 1.2.3",
            "Merged in release (pull request #7)\n\nrelease: notes of it\n\nApproved-by: A",
        ] {
            assert_eq!(of(title), [], "{title}");
        }
        assert_eq!(of("Merge branch 'x'\n\nrelease: patch"), [level_of(Bump::Patch, &[])]);
        assert_eq!(of("Merge branch 'x' into 'main'\n\nfeat: x\n\nrelease: patch"), [level_of(Bump::Patch, &[])]);
    }

    #[test]
    fn what_may_have_a_trailer_is_told_cheaply() {
        for message in ["x\n\nRELEASE-AS: 1.0.0", "x\r\nrelease : minor\r\n", "x\n\nreleases: of\n\nrelease:"] {
            assert!(may_have(message), "{message:?}");
        }
        for message in ["release: 1.0.0\n\na release: minor", "x\n\nreleases: minor", "x\n\nrelease\n: minor", "x"] {
            assert!(!may_have(message), "{message:?}");
        }
    }
}

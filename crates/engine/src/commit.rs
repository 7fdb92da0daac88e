//! Conventional Commits 1.0, read leniently where people write them so.
//!
//! Source: <https://www.conventionalcommits.org/en/v1.0.0/>. Beyond it, a `BREAKING CHANGE:` that starts a line of the
//! body counts even where the blank line before it is missing, an empty scope is none, what is quoted is no footer, and
//! a `BREAKING CHANGE: none`, as templates leave it, breaks nothing.

mod quoted;
mod request;
mod revert;
mod squash;
mod text;
mod trailers;

use git_conventional::Commit;
use releasekit_core::model::Bump;
use releasekit_core::policy::Policy;
use serde::Serialize;

use quoted::Quoted;
pub(crate) use request::of_request;
pub(crate) use revert::without_number;
pub(crate) use trailers::may_have as may_have_trailers;
pub use trailers::{Asks, Trailer};

/// A footer of a commit message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Footer {
    /// What it is: `Refs`, `BREAKING CHANGE`.
    pub token: String,
    /// What it says, perhaps over several lines.
    pub value: String,
}

/// A commit message, taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ParsedCommit {
    /// Whether it follows Conventional Commits at all.
    pub conventional: bool,
    /// `feat`, in lower case.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// What it concerns.
    pub scope: Option<String>,
    /// Whether it breaks something, by `!` or by a footer.
    pub breaking: bool,
    /// The first line after type and scope; the whole first line where it is not conventional.
    pub description: String,
    /// The text between the first line and the footers.
    pub body: Option<String>,
    /// The footers, in order.
    pub footers: Vec<Footer>,
    /// The commits that it says it undoes, as they are written there.
    pub reverts: Vec<String>,
    /// The first line that says something.
    #[serde(skip)]
    pub title: String,
    /// What a breaking footer says.
    #[serde(skip)]
    pub breaking_text: Option<String>,
    /// The title of what it says it undoes, where it is a revert and says so.
    #[serde(skip)]
    pub undoes: Option<String>,
    /// The messages that a squash lists, newest first, each as it was written; empty where it lists none.
    #[serde(skip)]
    pub listed: Vec<String>,
    /// What its trailers ask for, without those of the messages that it lists.
    #[serde(skip)]
    pub trailers: Vec<Trailer>,
}

impl ParsedCommit {
    /// Whether it undoes something and is nothing else.
    pub fn is_revert(&self) -> bool {
        self.undoes.is_some() || (!self.conventional && !self.reverts.is_empty())
    }

    /// How far it moves the packages that it touches. What undoes something that is released moves them by itself.
    pub fn bump(&self, policy: &Policy) -> Bump {
        if self.breaking {
            return Bump::Major;
        }
        let kind = self.kind.as_deref().and_then(|kind| policy.commit_types.get(kind));
        let by_type = kind.map_or(Bump::None, |kind| kind.bump);
        if self.is_revert() { by_type.max(Bump::Patch) } else { by_type }
    }
}

/// Takes a message apart. Any text is a message; what is not conventional has no type.
pub fn parse(message: &str) -> ParsedCommit {
    let text = text::cleaned(message);
    let quoted = Quoted::hide(text::without_empty_scope(&text));
    let title = text::first_line(&text);
    let read = |text: &str| Commit::parse(text).ok().map(|commit| conventional(&commit, &quoted));
    // A type ends with a colon in the first line, and most titles of merges and the like have none.
    let may_have_a_type = title.contains(':');
    let parsed = || read(&quoted.text).or_else(|| read(&with_blank_line(&quoted.text)));
    let mut parsed = may_have_a_type.then(parsed).flatten().unwrap_or_else(|| plain(&text));
    parsed.title = title.to_owned();
    parsed.undoes = revert::title(&parsed.title);
    parsed.listed = squash::listed(&text);
    if trailers::may_have(&quoted.text) {
        parsed.trailers = trailers::trailers(&squash::without_list(&quoted.text));
    }
    parsed
}

/// The message with the blank line after its first line that people leave out.
fn with_blank_line(text: &str) -> String {
    text.replacen('\n', "\n\n", 1)
}

fn conventional(commit: &Commit<'_>, quoted: &Quoted<'_>) -> ParsedCommit {
    let footers: Vec<Footer> = commit.footers().iter().map(|it| footer(it, quoted)).collect();
    let in_body = commit.body().and_then(breaking_line).map(|text| quoted.show(&text));
    let breaks = |footer: &&Footer| is_breaking(&footer.token) && !is_none(&footer.value);
    let in_footer = footers.iter().find(breaks).map(|footer| footer.value.clone());
    let title = text::first_line(&quoted.text);
    let is_marked = title.split(':').next().is_some_and(|before| before.trim_end().ends_with('!'));
    ParsedCommit {
        conventional: true,
        kind: Some(commit.type_().as_str().to_ascii_lowercase()),
        scope: commit.scope().map(|scope| scope.as_str().to_owned()),
        breaking: is_marked || in_footer.is_some() || in_body.is_some(),
        description: commit.description().to_owned(),
        body: commit.body().map(|body| quoted.show(body)),
        title: String::new(),
        breaking_text: in_footer.or(in_body),
        footers,
        reverts: revert::commits(commit.body()),
        undoes: None,
        listed: Vec::new(),
        trailers: Vec::new(),
    }
}

fn footer(footer: &git_conventional::Footer<'_>, quoted: &Quoted<'_>) -> Footer {
    Footer { token: footer.token().as_str().to_owned(), value: quoted.show(footer.value().trim_end()) }
}

fn is_breaking(token: &str) -> bool {
    matches!(token, "BREAKING CHANGE" | "BREAKING-CHANGE")
}

/// Whether a breaking footer says that nothing breaks, as one does that a template left and somebody filled in.
fn is_none(text: &str) -> bool {
    let text = text.trim().trim_end_matches('.').to_ascii_lowercase();
    matches!(text.as_str(), "none" | "no" | "n/a" | "na" | "nothing" | "-" | "--")
}

/// The text after a breaking marker that starts a line, to the end of its paragraph.
fn breaking_line(body: &str) -> Option<String> {
    if !text::has(body, "BREAKING") {
        return None;
    }
    let text = |at: usize| {
        let rest = &body[at + marker_length(&body[at..])?..];
        let paragraph = rest.split("\n\n").next().unwrap_or(rest);
        Some(paragraph.trim().to_owned())
    };
    text::line_starts(body).filter_map(text).find(|text| !is_none(text))
}

fn marker_length(line: &str) -> Option<usize> {
    ["BREAKING CHANGE:", "BREAKING-CHANGE:"].iter().find(|marker| line.starts_with(**marker)).map(|marker| marker.len())
}

fn plain(text: &str) -> ParsedCommit {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let body = rest.trim_matches('\n');
    ParsedCommit {
        conventional: false,
        kind: None,
        scope: None,
        breaking: false,
        description: first.trim_end().to_owned(),
        body: (!body.is_empty()).then(|| body.to_owned()),
        footers: Vec::new(),
        reverts: revert::commits(Some(body)),
        undoes: None,
        title: String::new(),
        breaking_text: None,
        listed: Vec::new(),
        trailers: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn breaking_is_recognised_wherever_people_write_it() {
        let breaking = [
            "feat!: drop it",
            "fix(api)!: drop it",
            "fix: a\n\nBREAKING CHANGE: gone",
            "fix: a\n\nbody\n\nBREAKING-CHANGE: gone\nRefs: #1",
            "fix: a\n\nbody\nBREAKING CHANGE: no blank line before it",
            "fix: a\n\nRefs: #1\nBREAKING CHANGE: among the footers",
            "fix: a\r\n\r\nBREAKING CHANGE: windows",
            "fix: a\nBREAKING CHANGE: no blank line at all",
            "fix: a\nbody at once\nBREAKING CHANGE: nor after it",
            "fix: a\n\n```\na fence that nobody closes\n\nBREAKING CHANGE: gone",
            "fix: a\n\n```\nquoted\n```\n\nBREAKING CHANGE: gone",
            "feat!: drop it\n\nBREAKING CHANGE: none",
            "fix: a\n\nBREAKING CHANGE: none\nBREAKING CHANGE: gone",
            "fix: a\n\nbody\nBREAKING CHANGE:\n\n* what breaks",
            "fix: a\n\nBREAKING CHANGE: none of the old names is there",
        ];
        for message in breaking {
            assert!(parse(message).breaking, "{message}");
        }
        let harmless = [
            "fix: a\n\nthis is no breaking change: really",
            "fix: a\n\nsee the BREAKING CHANGE: of last week",
            "fix: a\n\n> BREAKING CHANGE: quoted from a dependency's notes",
            "Merge branch 'x'\n\nBREAKING CHANGE: of something not conventional",
            "docs: how to write\n\n```\nfix: x\n\nBREAKING CHANGE: what breaks\n```",
            "docs: how to write\n\n~~~~ text\nfix: x\n~~~\nBREAKING CHANGE: what breaks\n~~~~\n\nRefs: #1",
            "fix: a\n\nBREAKING CHANGE: none",
            "fix: a\n\nbody\n\nBREAKING-CHANGE: None.\nRefs: #1",
            "fix: a\nBREAKING CHANGE: N/A",
            "fix: a\n\nbody\nBREAKING CHANGE: no\n\nRefs: #1",
            "fix: a\n\nBREAKING CHANGE: -",
            "chore(deps): bump\n\n<details>\n<blockquote>\n\nBREAKING CHANGE: theirs\n\n</blockquote>\n</details>",
        ];
        for message in harmless {
            assert!(!parse(message).breaking, "{message}");
        }
    }

    #[test]
    fn parts_are_told_apart() {
        let commit = parse("Feat(core): add it\n\nbecause\n\nReviewed-by: Z\nRefs #12");
        assert_eq!(commit.kind.as_deref(), Some("feat"));
        assert_eq!(commit.scope.as_deref(), Some("core"));
        assert_eq!(commit.description, "add it");
        assert_eq!(commit.body.as_deref(), Some("because"));
        let footers: Vec<_> = commit.footers.iter().map(|f| (f.token.as_str(), f.value.as_str())).collect();
        assert_eq!(footers, [("Reviewed-by", "Z"), ("Refs", "12")]);
    }

    #[test]
    fn a_body_without_a_blank_line_before_it_hides_nothing() {
        let commit = parse("\nfeat: add it\nbecause\n\nmore");
        assert_eq!((commit.kind.as_deref(), commit.description.as_str()), (Some("feat"), "add it"));
        assert_eq!(commit.body.as_deref(), Some("because\n\nmore"));
    }

    #[test]
    fn what_is_undone_is_named() {
        let name = "1234567890abcdef1234567890abcdef12345678";
        let cases = [
            (format!("Revert \"feat: a\"\n\nThis reverts commit {name}."), vec![name]),
            (
                format!("revert: feat: a\n\nThis reverts commit {name}.\nThis reverts commit abcdef0, too"),
                vec![name, "abcdef0"],
            ),
            ("fix: a\n\nThis reverts commit the one before".to_owned(), vec![]),
            (format!("fix: a\n\n> This reverts commit {name}."), vec![]),
        ];
        for (message, expected) in cases {
            assert_eq!(parse(&message).reverts, expected, "{message}");
        }
    }

    #[test]
    fn a_lone_carriage_return_ends_the_line() {
        for message in ["feat: add it\rand more", "feat: add it\r\rand more", "feat: add it\r\r\nand more\r"] {
            let commit = parse(message);
            assert_eq!((commit.kind.as_deref(), commit.description.as_str()), (Some("feat"), "add it"), "{message:?}");
            assert_eq!(commit.body.as_deref(), Some("and more"), "{message:?}");
        }
        assert!(parse("fix: a\r\rBREAKING CHANGE: gone").breaking);
    }

    #[test]
    fn what_cannot_be_seen_before_the_first_line_hides_nothing() {
        for before in ["\u{feff}", "\u{200b}", "\u{2060}\u{feff} ", "\n\n", "  \n\t\n", "\u{feff}\n"] {
            let message = format!("{before}feat: add it\n\nbecause");
            assert_eq!(parse(&message).kind.as_deref(), Some("feat"), "{message:?}");
            assert_eq!(parse(&message).title, "feat: add it", "{message:?}");
        }
    }

    #[test]
    fn an_empty_scope_is_none() {
        for message in ["feat(): add it", "feat()!: add it", "feat( ): add it"] {
            let commit = parse(message);
            assert_eq!((commit.kind.as_deref(), commit.scope.as_deref()), (Some("feat"), None), "{message}");
            assert_eq!((commit.description.as_str(), commit.breaking), ("add it", message.contains('!')));
        }
        assert_eq!(parse("feat: call()").description, "call()");
    }

    #[test]
    fn what_is_quoted_stays_in_the_body() {
        let commit = parse("docs: how to write\n\n```\nfix: x\n\nBREAKING CHANGE: what breaks\n```\n\nRefs: #1");
        assert_eq!(commit.body.as_deref(), Some("```\nfix: x\n\nBREAKING CHANGE: what breaks\n```"));
        assert_eq!(commit.footers, [Footer { token: "Refs".to_owned(), value: "#1".to_owned() }]);
    }

    #[test]
    fn what_is_not_conventional_keeps_its_first_line() {
        let commit = parse("Update README.md (#12)\n\nmore\n");
        assert!(!commit.conventional);
        assert_eq!(commit.description, "Update README.md (#12)");
        assert_eq!(commit.body.as_deref(), Some("more"));
    }
}

//! Change files as changesets writes them: packages with their levels between two lines `---`, and below them what changed.
//!
//! Text in, values out. Which packages the names are, and what is made of the levels, is decided elsewhere.

mod front;
mod name;
mod pre;
mod settings;

use std::ops::Range;

use releasekit_core::model::{Bump, RepoPath};

pub(crate) use self::name::name;
pub(crate) use self::pre::Mode;
pub(crate) use self::settings::Settings;

/// Where change files lie, from the repository root.
pub(crate) const FOLDER: &str = ".changeset";

/// The settings of changesets. Where this file is, change files say how far packages move.
pub(crate) const CONFIG: &str = ".changeset/config.json";

/// What changesets keeps while it makes prereleases.
pub(crate) const PRE: &str = ".changeset/pre.json";

/// Names of Markdown files there that are for people and agents, without regard to case.
const OTHERS: &[&str] = &["readme.md", "agents.md", "claude.md", "gemini.md"];

/// A longer file is no description of a change.
const LONGEST: usize = 1 << 20;

/// What a change file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Changeset {
    /// The packages that it names, in its order.
    pub(crate) entries: Vec<Entry>,
    /// What changed, in Markdown: without the empty lines around it, each line ended by a line feed.
    pub(crate) text: String,
}

/// A package that a change file names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// As it is written.
    pub(crate) name: String,
    /// How far it is to move.
    pub(crate) bump: Bump,
    /// Where the name stands, in bytes of the file.
    pub(crate) span: Range<usize>,
}

/// What is wrong with the text of a change file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Malformed {
    /// What is wrong; lowercase, without a full stop.
    pub(crate) why: String,
    /// Where, in bytes of the file.
    pub(crate) span: Range<usize>,
}

impl Malformed {
    fn new(why: impl Into<String>, span: Range<usize>) -> Self {
        Self { why: why.into(), span }
    }
}

/// Whether a path is that of a change file.
pub(crate) fn is_one(path: &RepoPath) -> bool {
    let mut parts = path.as_str().split('/');
    let (folder, below, last) = (parts.next(), parts.next(), parts.next());
    let name = match (below, last) {
        (Some(name), None) => name,
        // Those of prereleases, which count again for the final version.
        (Some("pre"), Some(name)) if parts.next().is_none() => name,
        _ => return false,
    };
    let is_other = OTHERS.contains(&name.to_ascii_lowercase().as_str());
    folder == Some(FOLDER) && name.ends_with(".md") && !name.starts_with('.') && !is_other
}

/// Reads a change file.
pub(crate) fn parse(text: &str) -> Result<Changeset, Malformed> {
    if text.len() > LONGEST {
        return Err(Malformed::new(format!("it is longer than {LONGEST} bytes"), 0..0));
    }
    let (front, body) = split(text)?;
    let entries = front::entries(&text[front.clone()], front.start)?;
    Ok(Changeset { entries, text: text[body..].trim().replace("\r\n", "\n") })
}

/// The text of a change file.
pub(crate) fn render<'a>(entries: impl IntoIterator<Item = (&'a str, Bump)>, text: &str) -> String {
    let front: String = entries.into_iter().map(|(name, bump)| line(name, bump, "\n")).collect();
    let text = text.trim();
    let body = if text.is_empty() { String::new() } else { format!("\n{text}\n") };
    format!("---\n{front}---\n{body}")
}

/// The same file with some of its entries alone. All that stands below them stays to the byte.
pub(crate) fn with_only(text: &str, entries: &[&Entry]) -> Result<String, Malformed> {
    let (front, _) = split(text)?;
    let newline = if text[..front.start].ends_with("\r\n") { "\r\n" } else { "\n" };
    let kept: String = entries.iter().map(|entry| line(&entry.name, entry.bump, newline)).collect();
    Ok(format!("{}{kept}{}", &text[..front.start], &text[front.end..]))
}

/// Names are quoted, for many begin with what YAML keeps for itself.
fn line(name: &str, bump: Bump, newline: &str) -> String {
    let name = name.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{name}\": {bump}{newline}")
}

/// The bytes between the two lines `---`, and where the text below them begins.
fn split(text: &str) -> Result<(Range<usize>, usize), Malformed> {
    let start = text.len() - text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}').len();
    let mut at = start;
    let mut front = None;
    for line in text[start..].split_inclusive('\n') {
        let (is_fence, before) = (line.trim() == "---", at);
        at += line.len();
        match front {
            None if is_fence => front = Some(at),
            Some(begin) if is_fence => return Ok((begin..before, at)),
            Some(_) => {}
            None => {
                let why = "it does not begin with a line `---`, below which the packages stand";
                return Err(Malformed::new(why, before..before + line.trim_end().len()));
            }
        }
    }
    let why = if front.is_some() { "no second line `---` ends its list of packages" } else { "it is empty" };
    Err(Malformed::new(why, start..start + text[start..].lines().next().unwrap_or_default().len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, String> {
        let said = |it: Changeset| {
            let entries = it.entries.iter().map(|entry| format!("{} {}", entry.name, entry.bump));
            entries.chain([format!("{:?}", it.text)]).collect::<Vec<_>>().join(", ")
        };
        parse(text).map(said).map_err(|it| format!("{} @ {:?}", it.why, &text[it.span]))
    }

    #[test]
    fn every_form_that_changesets_reads_is_read() {
        for (text, expected) in [
            (
                "---\n\"@a/b\": minor\n'c': patch\nd: none\n---\n\nText.\n\n- more\n",
                "@a/b minor, c patch, d none, \"Text.\\n\\n- more\"",
            ),
            ("\u{feff}\n---\r\n\"a\": major\r\n---\r\n\r\nOne\r\n\r\ntwo\r\n", "a major, \"One\\n\\ntwo\""),
            ("---\n---\n", "\"\""),
            ("---\n\n---\n\n\n  ", "\"\""),
            ("---\n# nobody\n---\nText\n", "\"Text\""),
            ("  ---\n  a: \"minor\" # why\n  ---", "a minor, \"\""),
            ("---\n{a: minor, 'b': patch}\n---\nx", "a minor, b patch, \"x\""),
            ("---\n\"a\": patch\n---\n---\nx: y\n---\n", "a patch, \"---\\nx: y\\n---\""),
        ] {
            assert_eq!(read(text).as_deref(), Ok(expected), "{text:?}");
        }
    }

    #[test]
    fn what_is_none_is_refused_at_its_place() {
        for (text, expected) in [
            ("", "it is empty @ \"\""),
            (" \n\u{feff}", "it is empty @ \"\""),
            (
                "# Title\n---\na: minor\n---\n",
                "it does not begin with a line `---`, below which the packages stand @ \"# Title\"",
            ),
            ("---\na: minor\n", "no second line `---` ends its list of packages @ \"---\""),
            ("---\na: Minor\n---\n", "`Minor` is no level: it is one of `major`, `minor`, `patch`, `none` @ \"Minor\""),
            ("---\né: x\na: 1\n---\n", "`x` is no level: it is one of `major`, `minor`, `patch`, `none` @ \"x\""),
            ("---\na:\n---\n", "`~` is no level: it is one of `major`, `minor`, `patch`, `none` @ \"a\""),
            ("---\n\" \": minor\n---\n", "a name is empty @ \"\\\" \\\"\""),
            ("---\na: minor\n\"a\": patch\n---\n", "`a` stands there twice @ \"\\\"a\\\"\""),
            ("---\n- a\n---\n", "expected a package and its level, such as `\"name\": minor` @ \"- a\""),
            ("---\na: [minor]\n---\n", "expected a package and its level, such as `\"name\": minor` @ \"[\""),
            ("---\na\n---\n", "expected a package and its level, such as `\"name\": minor` @ \"a\""),
        ] {
            assert_eq!(read(text), Err(expected.to_owned()), "{text:?}");
        }
        for text in ["---\n@a/b: minor\n---\n", "---\na: minor: b\n---\n", "---\n\"a\n---\n", "---\na: *b\n---\n"] {
            assert!(parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn hostile_files_end_in_an_error() {
        let long = format!("---\n---\n{}", "x".repeat(LONGEST));
        let deep = format!("---\n{}\n---\n", "[".repeat(100_000));
        let keys: String = (0..20_000).map(|at| format!("p{at}: none\n")).collect();
        for text in [long, deep, format!("---\n{keys}---\n")] {
            assert!(parse(&text).is_err(), "{}", &text[..40]);
        }
    }

    #[test]
    fn what_is_written_is_read_as_it_was_meant() {
        let text = render([("@a/b", Bump::Minor), ("py:c", Bump::None)], "\nOne\n\n- two\n");
        assert_eq!(text, "---\n\"@a/b\": minor\n\"py:c\": none\n---\n\nOne\n\n- two\n");
        assert_eq!(read(&text).as_deref(), Ok("@a/b minor, py:c none, \"One\\n\\n- two\""));
        assert_eq!(render([], " "), "---\n---\n");
        assert_eq!(read(&render([("a\"\\", Bump::Patch)], "")).as_deref(), Ok("a\"\\ patch, \"\""));
    }

    #[test]
    fn what_is_left_of_a_file_keeps_its_text() {
        let text = "\u{feff}---\r\n'a': minor\r\n\"b\": patch\r\n---\r\n\r\nText \r\n";
        let entries = parse(text).expect("legal").entries;
        let left = with_only(text, &[&entries[1]]).expect("legal");
        assert_eq!(left, "\u{feff}---\r\n\"b\": patch\r\n---\r\n\r\nText \r\n");
    }

    #[test]
    fn change_files_are_told_from_what_lies_beside_them() {
        let is = |text: &str| is_one(&RepoPath::new(text).expect("a legal path"));
        let ones = [".changeset/a.md", ".changeset/pre/a.md", ".changeset/read.me.md"];
        assert_eq!(ones.map(is), [true; 3]);
        let others = [
            ".changeset/README.md",
            ".changeset/readme.md",
            ".changeset/AGENTS.md",
            ".changeset/.a.md",
            ".changeset/a.txt",
            ".changeset/x/a.md",
            ".changeset/pre/x/a.md",
            "x/.changeset/a.md",
            ".changeset.md",
        ];
        assert_eq!(others.map(is), [false; 9]);
    }
}

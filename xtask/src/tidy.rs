//! `tidy`: rules that neither rustfmt nor clippy has.
//!
//! A rule is a function from files to findings; it reads nothing itself.

mod codes;
mod manifests;
mod neutral;
mod promises;
mod rust;
mod text;

use std::process::Command;

use releasekit_core::words::count;

use crate::failure::{Failure, Result};
use crate::repository::root;
use crate::shell;

/// A file with its path from the root of the repository.
#[derive(Debug, Clone, PartialEq, Eq)]
struct File {
    path: String,
    text: String,
}

impl File {
    /// Whether it is somebody else's input on purpose: formats as they occur, or what a test recorded.
    fn is_fixture(&self) -> bool {
        self.path.split('/').any(|part| part == "fixtures" || part == "snapshots") || self.path.ends_with(".snap")
    }

    /// Whether its name ends so.
    fn is(&self, ending: &str) -> bool {
        self.path.ends_with(ending)
    }

    /// The part of a source file before its tests.
    fn code(&self) -> &str {
        self.text.split_once("#[cfg(test)]\nmod ").map_or(&self.text, |(code, _)| code)
    }

    /// Complains about a line, counted from 1.
    fn at(&self, line: usize, message: impl Into<String>) -> Finding {
        Finding { place: format!("{}:{line}", self.path), message: message.into() }
    }

    /// Complains about every line for which a message is given.
    fn lines(&self, complain: impl Fn(&str) -> Option<String>) -> Vec<Finding> {
        let lines = self.text.lines().enumerate();
        lines.filter_map(|(index, line)| complain(line).map(|message| self.at(index + 1, message))).collect()
    }
}

/// Something to tidy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Finding {
    place: String,
    message: String,
}

/// The rules that look at one file at a time.
const RULES: &[fn(&File) -> Vec<Finding>] = &[
    manifests::inherited,
    neutral::names_no_backend,
    rust::allowed,
    rust::module_doc,
    rust::unfinished,
    text::ending,
    text::machine,
    text::size,
    text::trailing_whitespace,
];

/// Prints every finding.
pub(crate) fn run() -> Result<()> {
    let files = files()?;
    let mut findings: Vec<_> = RULES.iter().flat_map(|rule| files.iter().flat_map(rule)).collect();
    findings.extend(codes::declared_raised_and_tested(&files));
    findings.extend(promises::held_by_tests(&files));
    findings.sort();
    for Finding { place, message } in &findings {
        println!("{place}: {message}");
    }
    match findings.len() {
        0 => Ok(()),
        found => Err(Failure::new(format!("{} to tidy", count(found, "thing")))),
    }
}

/// Every text file that is committed or about to be.
fn files() -> Result<Vec<File>> {
    let mut list = Command::new("git");
    list.current_dir(root()).args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let list = shell::capture(&mut list)?;
    // What cannot be read as text is binary, or deleted and not yet committed so.
    let read = |path: &str| Some(File { path: path.into(), text: std::fs::read_to_string(root().join(path)).ok()? });
    Ok(list.split_terminator('\0').filter_map(read).collect())
}

/// The words of a line or text, `_` being part of one.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
}

#[cfg(test)]
fn file(path: &str, text: &str) -> File {
    File { path: path.into(), text: text.into() }
}

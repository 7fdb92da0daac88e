//! Files that a package's version should be written into, and that do not say it as they should.

use std::ops::Range;

use releasekit_core::model::{PackageId, RepoPath, Version};
use releasekit_core::{Code, Label};

use crate::codes;
use crate::words;

/// A file of `extra_files` that cannot be edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtraFileFault {
    /// The package that lists it.
    pub package: PackageId,
    /// The version that it should hold.
    pub version: Version,
    /// The file.
    pub path: RepoPath,
    /// Its text; empty where there is none.
    pub text: String,
    /// What is searched for in it, where the configuration says so.
    pub search: Option<String>,
    /// Why not.
    pub why: Unfollowable,
}

/// Why a file of `extra_files` cannot be edited. Places are bytes of its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfollowable {
    /// There is no such file, or it is a link.
    Missing,
    /// The version is nowhere in it.
    Absent,
    /// Another version stands in the place.
    Another(Range<usize>),
    /// A marked line holds no version.
    Unmarked(Range<usize>),
    /// The version stands in several places, and nothing says which of them are meant.
    Several(Vec<Range<usize>>),
    /// A mark that is not known.
    Mark(Range<usize>),
    /// Another package writes another version into the same place.
    Contested(Range<usize>),
}

impl ExtraFileFault {
    pub(super) fn words(&self) -> String {
        let Self { package, version, path, text, search, why } = self;
        let sought =
            search.as_ref().map_or_else(|| version.to_string(), |it| it.replace("{version}", version.as_str()));
        match why {
            Unfollowable::Missing => format!("`{path}` is listed in `extra_files` of `{package}`, and is no file here"),
            Unfollowable::Absent => format!("`{path}` does not hold `{sought}`, the version of `{package}`"),
            Unfollowable::Another(at) => {
                format!("`{path}` says {} where `{package}` is at {version}", &text[at.clone()])
            }
            Unfollowable::Unmarked(_) => {
                format!("`{path}` marks lines for the version of `{package}` that do not hold {version}")
            }
            Unfollowable::Several(places) => {
                let lines = words::few(places.iter().map(|at| line(text, at.start).to_string()));
                format!(
                    "`{path}` holds {version} in several places, and which are of `{package}` is not said: lines {lines}"
                )
            }
            Unfollowable::Mark(_) => format!("`{path}` has a mark that is not read"),
            Unfollowable::Contested(_) => {
                format!("`{path}` has one place for the version of `{package}` and for that of another package")
            }
        }
    }

    pub(super) fn code(&self) -> Code {
        match self.why {
            Unfollowable::Missing => codes::EXTRA_FILE_MISSING,
            Unfollowable::Absent | Unfollowable::Another(_) | Unfollowable::Unmarked(_) => codes::EXTRA_FILE_VERSION,
            Unfollowable::Several(_) | Unfollowable::Mark(_) | Unfollowable::Contested(_) => codes::EXTRA_FILE_UNCLEAR,
        }
    }

    pub(super) fn label(&self) -> Label {
        match &self.why {
            Unfollowable::Missing | Unfollowable::Absent => Label::file(self.path.to_string(), ""),
            Unfollowable::Several(places) => self.label_at(&places[0]),
            Unfollowable::Another(at)
            | Unfollowable::Unmarked(at)
            | Unfollowable::Mark(at)
            | Unfollowable::Contested(at) => self.label_at(at),
        }
    }

    fn label_at(&self, at: &Range<usize>) -> Label {
        Label::span(self.path.to_string(), self.text.clone(), at.clone(), "")
    }
}

fn line(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

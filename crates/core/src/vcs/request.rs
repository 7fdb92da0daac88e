//! What is to be made.

use std::path::PathBuf;

use super::history::Tag;
use super::refs::BranchTip;
use crate::edit::FileEdit;
use crate::model::{CommitId, RepoPath, TagName};

/// Whether commits and tags are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sign {
    /// As the user's own settings say.
    #[default]
    Auto,
    /// Always; fails where it cannot be done.
    Require,
    /// Never.
    Never,
}

/// A commit to be made.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CommitRequest {
    /// The commit it stands on, and whose files it changes.
    pub parent: CommitId,
    /// The changes.
    pub edits: Vec<FileEdit>,
    /// The whole message.
    pub message: String,
    /// Author and committer date, in seconds since 1970, UTC.
    pub time: i64,
    /// Whether to sign.
    pub sign: Sign,
    /// Who is named as author and as committer; `None` for the user.
    pub author: Option<Author>,
}

/// Somebody who makes commits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// A name.
    pub name: String,
    /// An address.
    pub email: String,
}

impl Author {
    /// Reads `Name <address>`; `None` where it is written otherwise.
    pub fn of(text: &str) -> Option<Self> {
        let (name, email) = text.strip_suffix('>')?.split_once('<')?;
        let (name, email) = (name.trim(), email.trim());
        let is_plain = |part: &str| !part.is_empty() && !part.contains(|c: char| "<>".contains(c) || c.is_control());
        let is_one = is_plain(name) && is_plain(email) && !email.contains(char::is_whitespace);
        is_one.then(|| Self { name: name.to_owned(), email: email.to_owned() })
    }
}

impl CommitRequest {
    /// A commit on another that changes nothing, signed as the user's settings say.
    pub fn new(parent: CommitId, message: String, time: i64) -> Self {
        Self { parent, edits: Vec::new(), message, time, sign: Sign::Auto, author: None }
    }

    /// The same by somebody else than the user.
    #[must_use]
    pub fn with_author(self, author: Option<Author>) -> Self {
        Self { author, ..self }
    }

    /// The same with these changes.
    #[must_use]
    pub fn with_edits(self, edits: Vec<FileEdit>) -> Self {
        Self { edits, ..self }
    }

    /// The same, signed or not.
    #[must_use]
    pub fn with_sign(self, sign: Sign) -> Self {
        Self { sign, ..self }
    }
}

/// Commits to be made anew on another parent.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ReplayRequest {
    /// The commits, parents before children.
    pub commits: Vec<CommitId>,
    /// The parent of the first of them.
    pub onto: CommitId,
    /// Files whose changes are left out.
    pub without: Vec<RepoPath>,
}

impl ReplayRequest {
    /// Commits, parents before children, to be made anew whole.
    pub fn new(commits: Vec<CommitId>, onto: CommitId) -> Self {
        Self { commits, onto, without: Vec::new() }
    }

    /// The same without what they change in some files.
    #[must_use]
    pub fn leaving_out(self, without: Vec<RepoPath>) -> Self {
        Self { without, ..self }
    }
}

/// Tags to be made, all on one commit.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TagRequest {
    /// The commit.
    pub commit: CommitId,
    /// A branch that holds the commit, where the remote has it. A tag that is a commit goes on top of it.
    pub branch: BranchTip,
    /// Names and messages.
    pub tags: Vec<(TagName, String)>,
    /// The tags' date, in seconds since 1970, UTC.
    pub time: i64,
    /// Whether to sign.
    pub sign: Sign,
}

impl TagRequest {
    /// No tags yet on a commit that a branch of the remote holds, signed as the user's settings say.
    pub fn new(commit: CommitId, branch: BranchTip, time: i64) -> Self {
        Self { commit, branch, tags: Vec::new(), time, sign: Sign::Auto }
    }

    /// The same with these names and messages.
    #[must_use]
    pub fn with_tags(self, tags: Vec<(TagName, String)>) -> Self {
        Self { tags, ..self }
    }

    /// The same, signed or not.
    #[must_use]
    pub fn with_sign(self, sign: Sign) -> Self {
        Self { sign, ..self }
    }
}

/// A throw-away checkout to be made.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ExportRequest {
    /// Which commit.
    pub commit: CommitId,
    /// An empty or absent folder outside of any repository.
    pub into: PathBuf,
    /// Tags that the export has, beside the repository's own.
    pub tags: Vec<Tag>,
    /// Whether the commit has no tags but these.
    pub alone: bool,
}

impl ExportRequest {
    /// A checkout of a commit with the repository's own tags.
    pub fn new(commit: CommitId, into: PathBuf) -> Self {
        Self { commit, into, tags: Vec::new(), alone: false }
    }

    /// The same with further tags.
    #[must_use]
    pub fn with_tags(self, tags: Vec<Tag>) -> Self {
        Self { tags, ..self }
    }

    /// The same with one tag alone on its commit, from which tools take a version.
    #[must_use]
    pub fn with_tag_alone(self, tag: Tag) -> Self {
        Self { tags: vec![tag], alone: true, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_author_is_a_name_and_an_address() {
        let author = Author::of("release bot[bot] <1+bot@forge.test>").expect("both are there");
        assert_eq!((author.name.as_str(), author.email.as_str()), ("release bot[bot]", "1+bot@forge.test"));
        for text in ["", "bot", "bot@forge.test", "<bot@forge.test>", "bot <>", "a <b> <c>", "a <b c>", "a\nb <c>"] {
            assert_eq!(Author::of(text), None, "{text:?}");
        }
    }
}

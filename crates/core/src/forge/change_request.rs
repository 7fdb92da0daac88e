//! Change requests, and what stands on them: labels and comments.

use crate::model::{BranchName, CommitId};

/// Where a change request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChangeRequestState {
    /// It waits to be merged.
    Open,
    /// Its changes are in the base.
    Merged,
    /// It was closed without being merged: declined, superseded.
    Closed,
}

/// A pull request or merge request, as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChangeRequest {
    /// Its number within the repository.
    pub number: u64,
    /// Its page.
    pub url: String,
    /// Where it stands.
    pub state: ChangeRequestState,
    /// The branch that it comes from.
    pub head: BranchName,
    /// The branch that it goes to.
    pub base: BranchName,
    /// The commit that it asks to merge, or asked last; the branch may be gone.
    pub head_commit: CommitId,
    /// Its title, without the word by which some forges mark a draft.
    pub title: String,
    /// Its text, as it was written, not as it is shown.
    pub body: String,
    /// Whether it may not be merged yet.
    pub draft: bool,
    /// Its labels, sorted; empty where the forge has none.
    pub labels: Vec<String>,
    /// Who was asked to review it, and who has reviewed it; sorted.
    pub reviewers: Vec<String>,
    /// Whom it is assigned to, sorted; empty where the forge assigns nobody.
    pub assignees: Vec<String>,
    /// Whether the forge is going to merge it.
    pub auto_merge: bool,
    /// Who closed it without merging, where the forge says so.
    pub closed_by: Option<String>,
}

impl ChangeRequest {
    /// An open one with no text and no label.
    pub fn new(number: u64, url: impl Into<String>, [head, base]: [BranchName; 2], head_commit: CommitId) -> Self {
        Self {
            number,
            url: url.into(),
            state: ChangeRequestState::Open,
            head,
            base,
            head_commit,
            title: String::new(),
            body: String::new(),
            draft: false,
            labels: Vec::new(),
            reviewers: Vec::new(),
            assignees: Vec::new(),
            auto_merge: false,
            closed_by: None,
        }
    }
}

/// A change request as it shall be.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChangeRequestUpsert {
    /// The branch of this repository that it comes from.
    pub head: BranchName,
    /// The branch that it goes to.
    pub base: BranchName,
    /// Its title.
    pub title: String,
    /// Its whole text.
    pub body: String,
    /// Whether it starts as a draft.
    pub draft: bool,
}

impl ChangeRequestUpsert {
    /// A request from the first branch to the second.
    pub fn new([head, base]: [BranchName; 2], title: impl Into<String>, body: impl Into<String>) -> Self {
        Self { head, base, title: title.into(), body: body.into(), draft: false }
    }

    /// Starts as a draft.
    #[must_use]
    pub fn with_draft(mut self) -> Self {
        self.draft = true;
        self
    }
}

/// Labels of a change request to be put on and taken off; no label is in both.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LabelRequest {
    /// Which change request.
    pub number: u64,
    /// What it shall have.
    pub add: Vec<String>,
    /// What it shall not have.
    pub remove: Vec<String>,
}

impl LabelRequest {
    /// Puts labels on a change request.
    pub fn new(number: u64, add: Vec<String>) -> Self {
        Self { number, add, remove: Vec::new() }
    }

    /// Takes others off.
    #[must_use]
    pub fn with_remove(mut self, labels: Vec<String>) -> Self {
        self.remove = labels;
        self
    }
}

/// People who are to take care of a change request, by the names that users of the forge have.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AskRequest {
    /// Which change request.
    pub number: u64,
    /// Who is to review it.
    pub reviewers: Vec<String>,
    /// Whom it is assigned to.
    pub assignees: Vec<String>,
}

impl AskRequest {
    /// Asks people to review a change request.
    pub fn new(number: u64, reviewers: Vec<String>) -> Self {
        Self { number, reviewers, assignees: Vec::new() }
    }

    /// Assigns it to others.
    #[must_use]
    pub fn with_assignees(mut self, assignees: Vec<String>) -> Self {
        self.assignees = assignees;
        self
    }
}

/// A comment that bears a marker.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Comment {
    /// What the forge knows it by.
    pub id: u64,
    /// Its text, without the line of the marker.
    pub text: String,
}

impl Comment {
    /// A comment.
    pub fn new(id: u64, text: impl Into<String>) -> Self {
        Self { id, text: text.into() }
    }
}

/// A comment as it shall be.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CommentUpsert {
    /// On which change request.
    pub number: u64,
    /// What it is found again by: letters, digits, `-`, `.`, `:` and `/`.
    pub marker: String,
    /// What people read.
    pub text: String,
}

impl CommentUpsert {
    /// A comment that bears a marker.
    pub fn new(number: u64, marker: impl Into<String>, text: impl Into<String>) -> Self {
        Self { number, marker: marker.into(), text: text.into() }
    }
}

/// The line that hides a marker from readers of Markdown; `None` where it holds what could end the line or the comment.
///
/// A comment is its marker's line, then its text. All forges store it as it is written.
pub fn marker_line(marker: &str) -> Option<String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-.:/".contains(c);
    let is_marker = !marker.is_empty() && marker.chars().all(is_plain) && !marker.contains("--");
    is_marker.then(|| format!("<!-- {marker} -->"))
}

/// How a change request is merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum MergeMethod {
    /// A merge commit.
    #[default]
    Merge,
    /// One new commit.
    Squash,
    /// Its commits anew on the base.
    Rebase,
}

/// A change request that its forge is to merge.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AutoMergeRequest {
    /// Which one.
    pub number: u64,
    /// The commit that was looked at: no other is merged.
    pub head_commit: CommitId,
    /// How.
    pub method: MergeMethod,
}

impl AutoMergeRequest {
    /// Merges this commit of a change request.
    pub fn new(number: u64, head_commit: CommitId, method: MergeMethod) -> Self {
        Self { number, head_commit, method }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_is_hidden_in_a_line_or_refused() {
        assert_eq!(marker_line("releasekit:closed/1.2").as_deref(), Some("<!-- releasekit:closed/1.2 -->"));
        for marker in ["", "a b", "a-->b", "a--b", "a\nb", "é"] {
            assert_eq!(marker_line(marker), None, "{marker}");
        }
    }
}

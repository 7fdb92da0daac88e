//! What the forge knows besides git: repositories, pull requests, labels, releases.

use std::collections::BTreeSet;

use releasekit_core::forge::MergeMethod;
use serde_json::Value;

use super::git::Git;
use super::time::Moment;

/// A repository.
#[derive(Debug, Clone, Default)]
pub(super) struct Repo {
    pub(super) id: u64,
    pub(super) owner: String,
    pub(super) name: String,
    /// Full names that it had, by which it is still found.
    pub(super) former: Vec<String>,
    pub(super) private: bool,
    pub(super) archived: bool,
    pub(super) parent: Option<u64>,
    pub(super) created: Moment,
    pub(super) git: Git,
    /// Who may be asked to review and be assigned.
    pub(super) collaborators: BTreeSet<String>,
    pub(super) rules: Vec<(Rule, String)>,
    /// Whether a pull request waits for checks before it can be merged.
    pub(super) checks: bool,
    /// Whether a pull request may be told to merge itself.
    pub(super) auto_merge: bool,
    /// Whether published releases take no more files.
    pub(super) immutable: bool,
    /// Whether the branch of a pull request goes when that is merged.
    pub(super) tidies: bool,
    pub(super) numbers: u64,
    pub(super) pulls: Vec<Pull>,
    pub(super) labels: Vec<Label>,
    pub(super) releases: Vec<Release>,
    /// The release that somebody said is the latest.
    pub(super) latest: Option<u64>,
    pub(super) dispatches: Vec<Dispatch>,
    /// Tags that the forge made by itself, because a release named one that was not there.
    pub(super) made_tags: Vec<String>,
}

impl Repo {
    pub(super) fn full_name(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }

    pub(super) fn goes_by(&self, full_name: &str) -> bool {
        self.full_name().eq_ignore_ascii_case(full_name)
    }

    pub(super) fn went_by(&self, full_name: &str) -> bool {
        self.former.iter().any(|former| former.eq_ignore_ascii_case(full_name))
    }

    pub(super) fn label(&self, name: &str) -> Option<&Label> {
        self.labels.iter().find(|label| label.name.eq_ignore_ascii_case(name))
    }

    pub(super) fn release_mut(&mut self, id: u64) -> Option<&mut Release> {
        self.releases.iter_mut().find(|release| release.id == id)
    }

    /// Whether a rule forbids something of a ref.
    pub(super) fn forbids(&self, rule: Rule, reference: &str) -> bool {
        self.rules.iter().any(|(found, pattern)| *found == rule && fits(pattern, reference))
    }

    /// The rules, as the hook of the bare repository reads them.
    pub(super) fn rules_text(&self) -> String {
        self.rules.iter().map(|(rule, pattern)| format!("{} {pattern}\n", rule.word())).collect()
    }
}

/// What is forbidden to those who push.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rule {
    /// To change it in any way: a protected branch, which pull requests alone change.
    Push,
    /// To make it.
    Create,
    /// To move or delete it once it is there.
    Move,
    /// To push commits that bear no signature.
    Sign,
}

impl Rule {
    fn word(self) -> &'static str {
        match self {
            Self::Push => "push",
            Self::Create => "create",
            Self::Move => "move",
            Self::Sign => "sign",
        }
    }
}

/// A pull request.
#[derive(Debug, Clone, Default)]
pub(super) struct Pull {
    pub(super) id: u64,
    pub(super) number: u64,
    pub(super) title: String,
    pub(super) body: Option<String>,
    pub(super) draft: bool,
    pub(super) author: String,
    /// The repository that the head is in.
    pub(super) from: u64,
    pub(super) head: String,
    pub(super) head_sha: String,
    pub(super) base: String,
    pub(super) base_sha: String,
    pub(super) created: Moment,
    pub(super) updated: Moment,
    pub(super) closed: Option<(Moment, String)>,
    pub(super) merged: Option<Merged>,
    pub(super) labels: Vec<String>,
    pub(super) assignees: Vec<String>,
    /// Who was asked to review and has not.
    pub(super) asked: Vec<String>,
    pub(super) asked_teams: Vec<String>,
    pub(super) reviews: Vec<Review>,
    pub(super) comments: Vec<Comment>,
    /// Who told it to merge itself, and how.
    pub(super) auto_merge: Option<(String, MergeMethod)>,
    pub(super) checks_passed: bool,
}

impl Pull {
    /// The ref that its head is kept at.
    pub(super) fn reference(&self) -> String {
        format!("refs/pull/{}/head", self.number)
    }

    pub(super) fn is_open(&self) -> bool {
        self.closed.is_none()
    }
}

/// That a pull request was merged.
#[derive(Debug, Clone)]
pub(super) struct Merged {
    pub(super) by: String,
    pub(super) sha: String,
}

#[derive(Debug, Clone)]
pub(super) struct Review {
    pub(super) id: u64,
    pub(super) author: String,
    pub(super) commit: String,
}

#[derive(Debug, Clone)]
pub(super) struct Comment {
    pub(super) id: u64,
    pub(super) author: String,
    pub(super) body: String,
    pub(super) created: Moment,
    pub(super) updated: Moment,
}

#[derive(Debug, Clone)]
pub(super) struct Label {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) color: String,
    pub(super) description: Option<String>,
}

/// A release.
#[derive(Debug, Clone, Default)]
pub(super) struct Release {
    pub(super) id: u64,
    pub(super) tag: String,
    pub(super) target: String,
    pub(super) name: Option<String>,
    pub(super) body: Option<String>,
    pub(super) draft: bool,
    pub(super) prerelease: bool,
    pub(super) immutable: bool,
    pub(super) author: String,
    pub(super) created: Moment,
    pub(super) published: Option<Moment>,
    pub(super) assets: Vec<Asset>,
}

/// A file of a release.
#[derive(Debug, Clone)]
pub(super) struct Asset {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) label: Option<String>,
    pub(super) content_type: String,
    pub(super) bytes: Vec<u8>,
    pub(super) uploader: String,
    pub(super) created: Moment,
    /// Whether all of it is there.
    pub(super) complete: bool,
}

/// A workflow that was started.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Dispatch {
    /// What it waited for.
    pub event: String,
    /// What it was told.
    pub payload: Value,
}

/// Whether a pattern of a shell means a text; a star is any text, with slashes too.
fn fits(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(text) = text.strip_prefix(start) else { return false };
    (0..=text.len()).any(|at| text.is_char_boundary(at) && fits(rest, &text[at..]))
}

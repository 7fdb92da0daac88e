//! The change request of a release branch: opened, brought to what the plan says, or closed. It is for people: what is
//! released is in the branch, and nothing of that is read from here.

mod body;
mod closed;
mod content;
mod text;
mod title;

use releasekit_core::event::Event;
use releasekit_core::forge::{
    AskRequest, AutoMergeRequest, ChangeRequest, ChangeRequestState, ChangeRequestUpsert, LabelRequest, Written,
};
use releasekit_core::model::{BranchName, CommitId, RepoPath};
use releasekit_core::policy::PullRequestPolicy;
use releasekit_core::{BackendError, Diagnostic, ErrorKind, Forge};

use crate::branch::Branches;
use crate::error::{Error, Result, Undone};
use crate::forge::{Absence, FIRST_RECORDED, settled};

pub(crate) use content::Content;
use text::Text;

/// The label of a change request whose release is not merged yet.
pub const PENDING: &str = "autorelease: pending";

/// What became of the change request of a release branch.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Request {
    /// No forge was asked.
    Unasked {
        /// Why not.
        absence: Absence,
        /// The page on which people open it by hand, where it is known.
        page: Option<String>,
    },
    /// Nothing is released, and none of ours is open.
    None,
    /// It is open, and as it should be.
    Open(Shown, Opened),
    /// People closed it. Nothing was pushed, for the plan is the same.
    Declined(Shown, Option<String>),
    /// It was closed, for nothing is left to be released.
    Withdrawn(Shown, Leftover),
}

/// A change request, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Its number; `None` where a dry run would open it.
    pub number: Option<u64>,
    /// Its page; where a dry run would open it, the page that opens it by hand.
    pub url: String,
}

/// How an open change request came to be as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opened {
    /// It was opened.
    Created,
    /// It was open, and something of it was changed.
    Updated,
    /// It was open as it should be.
    Unchanged,
}

/// What became of the branch of a change request that was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leftover {
    /// It was gone.
    Gone,
    /// It held nothing but our commits, and was deleted.
    Deleted,
    /// It holds commits of others, and stays.
    Kept,
}

impl From<&ChangeRequest> for Shown {
    fn from(request: &ChangeRequest) -> Self {
        let number = Some(request.number).filter(|number| *number < FIRST_RECORDED);
        Self { number, url: request.url.clone() }
    }
}

/// Works on the change requests from a release branch to its base.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Desk<'a> {
    pub(crate) branches: Branches<'a>,
    pub(crate) forge: &'a dyn Forge,
    pub(crate) head: &'a BranchName,
    pub(crate) base: &'a BranchName,
    /// Where the manifests of its releases lie.
    pub(crate) manifest: &'a RepoPath,
}

impl Desk<'_> {
    /// The change requests of the branch, newest first. Asked before the branch is pushed.
    pub(crate) async fn requests(self) -> Result<Vec<ChangeRequest>> {
        let found = self.forge.change_requests(self.head, self.base).await;
        found.map_err(|error| self.failed(Undone::NotPushed, error))
    }

    /// Opens the change request of a branch that was pushed, or brings the open one to what it should be.
    pub(crate) async fn open(
        self,
        requests: &[ChangeRequest],
        content: &Content,
        (commit, pushed): (&CommitId, bool),
    ) -> Result<Request> {
        let undone = |error| self.failed(Undone::NotOpened { pushed }, error);
        let open = requests.iter().find(|request| request.state == ChangeRequestState::Open);
        let upsert = self.upsert(content, open);
        self.branches.session.phase(match open {
            Some(open) => format!("bringing pull request {} up to date", open.number),
            None => format!("opening a pull request from `{}` to `{}`", self.head, self.base),
        });
        let written = match open {
            // The forge took it as it is; by how it is counted here nobody can send it.
            Some(open) if !self.forge.capabilities().request_body.admits(&upsert.body) => {
                Written::Unchanged(open.clone())
            }
            _ => settled(async || self.forge.upsert_change_request(&upsert).await).await,
        };
        let (request, mut opened) = match written {
            Written::Created(request) => (request, Opened::Created),
            Written::Updated(request) => (request, Opened::Updated),
            Written::Unchanged(request) => (request, Opened::Unchanged),
            Written::Refused(error) | Written::Unknown(error) => return Err(undone(error)),
        };
        let is_changed = self.finish(&request, commit).await.map_err(undone)?;
        if is_changed && opened == Opened::Unchanged {
            opened = Opened::Updated;
        }
        Ok(Request::Open(Shown::from(&request), opened))
    }

    fn policy(&self) -> &PullRequestPolicy {
        &self.branches.policy.pull_request
    }

    /// The change request as it shall be, with what people made of the one that is open.
    fn upsert(self, content: &Content, open: Option<&ChangeRequest>) -> ChangeRequestUpsert {
        let title = title::title(self.policy(), content.subject(), open.map(|open| open.title.as_str()));
        let there = open.map_or("", |open| open.body.as_str());
        let limit = self.forge.capabilities().request_body;
        let people = limit.measure(&Text::of(there).with(""));
        let ours = limit.most.checked_sub(people).and_then(|room| content.fitting(limit, room));
        let body = match ours {
            Some(ours) => Text::of(there).with(&ours),
            None => {
                let message = format!("the pull request of `{}` has no room for what is released", self.head);
                self.branches.session.warn(message, Some("shorten what people wrote there".to_owned()));
                there.to_owned()
            }
        };
        let upsert = ChangeRequestUpsert::new([self.head.clone(), self.base.clone()], title, body);
        if self.policy().draft { upsert.with_draft() } else { upsert }
    }

    /// Everything beside title and text. Says whether anything was changed.
    async fn finish(self, request: &ChangeRequest, commit: &CommitId) -> Result<bool, BackendError> {
        let labelled = self.label(request).await?;
        let asked = self.ask(request).await?;
        let merged = self.auto_merge(request, commit).await?;
        Ok(labelled || asked || merged)
    }

    async fn label(self, request: &ChangeRequest) -> Result<bool, BackendError> {
        let own = &self.policy().labels;
        if !self.forge.capabilities().labels {
            self.lacks(!own.is_empty(), "labels");
            return Ok(false);
        }
        let wanted: Vec<String> = [PENDING.to_owned()].iter().chain(own).cloned().collect();
        if wanted.iter().all(|label| request.labels.contains(label)) {
            return Ok(false);
        }
        let labels = LabelRequest::new(request.number, wanted);
        changed(settled(async || self.forge.set_labels(&labels).await).await)
    }

    async fn ask(self, request: &ChangeRequest) -> Result<bool, BackendError> {
        let PullRequestPolicy { reviewers, assignees, .. } = self.policy();
        let can_assign = self.forge.capabilities().assignees;
        self.lacks(!can_assign && !assignees.is_empty(), "assignees");
        let assignees: &[String] = if can_assign { assignees } else { &[] };
        let has = |wanted: &[String], there: &[String]| wanted.iter().all(|name| there.contains(name));
        if has(reviewers, &request.reviewers) && has(assignees, &request.assignees) {
            return Ok(false);
        }
        let ask = AskRequest::new(request.number, reviewers.clone()).with_assignees(assignees.to_vec());
        changed(settled(async || self.forge.ask(&ask).await).await)
    }

    /// Where the forge would merge at once, that is left to people, and said.
    async fn auto_merge(self, request: &ChangeRequest, commit: &CommitId) -> Result<bool, BackendError> {
        let Some(method) = self.policy().auto_merge.filter(|_| !request.auto_merge) else { return Ok(false) };
        if !self.forge.capabilities().auto_merge {
            self.lacks(true, "merging by itself");
            return Ok(false);
        }
        let merge = AutoMergeRequest::new(request.number, commit.clone(), method);
        match settled(async || self.forge.auto_merge(&merge).await).await {
            Written::Refused(error) if error.kind() == ErrorKind::Precondition => {
                self.branches.session.report(Event::warning_of(&error));
                Ok(false)
            }
            written => changed(written),
        }
    }

    /// Warns of what the configuration asks for and the forge cannot do.
    fn lacks(self, is_wanted: bool, what: &str) {
        if is_wanted {
            let message = format!("the forge knows no {what} of pull requests, so that is left out");
            let help = "leave it out of `[pull_request]`, and this is not said again".to_owned();
            self.branches.session.warn(message, Some(help));
        }
    }

    fn failed(self, undone: Undone, source: BackendError) -> Error {
        Error::ForgeFailed { branch: self.head.clone(), undone, source }
    }
}

/// Whether a write changed anything.
fn changed<T>(written: Written<T>) -> Result<bool, BackendError> {
    match written {
        Written::Unchanged(_) => Ok(false),
        other => other.value().map(|_| true),
    }
}

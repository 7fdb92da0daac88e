//! Change requests, labels and comments in memory.

use std::collections::BTreeSet;

use releasekit_core::forge::{
    AskRequest, AutoMergeRequest, ChangeRequest, ChangeRequestState, ChangeRequestUpsert, Comment, CommentUpsert,
    LabelRequest, TextLimit, Written, marker_line,
};
use releasekit_core::model::BranchName;
use releasekit_core::{BackendError, ErrorKind, Forge, Result};

use super::MemoryForge;
use super::content::{Content, StoredComment, StoredRequest};
use super::refusal::{demand, error};

impl Content {
    pub(super) fn requests_between(&self, head: &BranchName, base: &BranchName) -> Vec<ChangeRequest> {
        let ours = self.requests.iter().rev().filter(|stored| stored.is_between(head, base));
        ours.map(|stored| self.shown(&stored.with_reviews())).collect()
    }

    /// An open request shows where its branch is.
    fn shown(&self, request: &ChangeRequest) -> ChangeRequest {
        let mut shown = request.clone();
        if let (ChangeRequestState::Open, Some(tip)) = (shown.state, self.branches.get(&shown.head)) {
            shown.head_commit = tip.clone();
        }
        shown
    }

    pub(super) fn ask(&mut self, wanted: &AskRequest, can_assign: bool) -> Result<Written<ChangeRequest>> {
        if !can_assign && !wanted.assignees.is_empty() {
            return Err(BackendError::unsupported("assigning a change request"));
        }
        let mut asked = wanted.reviewers.iter().chain(&wanted.assignees);
        demand(asked.all(|name| self.people.contains(name)), ErrorKind::Invalid, "nobody of that name can be asked")?;
        let StoredRequest { request, reviewed, .. } = self.request(wanted.number)?;
        demand(request.state == ChangeRequestState::Open, ErrorKind::Precondition, "it is not open")?;
        let before = request.clone();
        request.reviewers.extend(wanted.reviewers.iter().filter(|name| !reviewed.contains(name)).cloned());
        request.assignees.extend_from_slice(&wanted.assignees);
        for people in [&mut request.reviewers, &mut request.assignees] {
            people.sort();
            people.dedup();
        }
        let after = request.clone();
        Ok(if before == after { Written::Unchanged(after) } else { Written::Updated(after) })
    }

    pub(super) fn upsert_request(
        &mut self,
        wanted: &ChangeRequestUpsert,
        forge: &MemoryForge,
    ) -> Result<Written<ChangeRequest>> {
        let is_short = forge.capabilities.request_body.admits(&wanted.body);
        demand(is_short, ErrorKind::Invalid, "the body is over the limit")?;
        demand(!wanted.title.trim().is_empty(), ErrorKind::Invalid, "there is no title")?;
        let tips = [&wanted.head, &wanted.base].map(|branch| self.branches.get(branch));
        let [Some(head), Some(base)] = tips else {
            return Err(error(ErrorKind::Precondition, "a branch does not exist"));
        };
        demand(head != base, ErrorKind::Precondition, "there is nothing to merge")?;
        let head_commit = head.clone();
        let is_ours = |stored: &&mut StoredRequest| {
            stored.request.state == ChangeRequestState::Open && stored.is_between(&wanted.head, &wanted.base)
        };
        if let Some(StoredRequest { request, .. }) = self.requests.iter_mut().find(is_ours) {
            let is_same = request.title == wanted.title && request.body == wanted.body;
            request.title.clone_from(&wanted.title);
            request.body.clone_from(&wanted.body);
            request.head_commit = head_commit;
            let request = request.clone();
            return Ok(if is_same { Written::Unchanged(request) } else { Written::Updated(request) });
        }
        let (number, branches) = (self.fresh_id(), [wanted.head.clone(), wanted.base.clone()]);
        let mut request = ChangeRequest::new(number, forge.links().change_request(number), branches, head_commit);
        request.title.clone_from(&wanted.title);
        request.body.clone_from(&wanted.body);
        request.draft = wanted.draft;
        self.requests.push(StoredRequest::new(request.clone(), false));
        Ok(Written::Created(request))
    }

    pub(super) fn close_request(&mut self, number: u64) -> Result<Written<ChangeRequest>> {
        let request = &mut self.request(number)?.request;
        match request.state {
            ChangeRequestState::Closed => Ok(Written::Unchanged(request.clone())),
            ChangeRequestState::Open => {
                request.state = ChangeRequestState::Closed;
                request.closed_by = Some("releasekit".to_owned());
                Ok(Written::Updated(request.clone()))
            }
            _ => Err(error(ErrorKind::Precondition, "it is merged")),
        }
    }

    pub(super) fn set_labels(&mut self, wanted: &LabelRequest) -> Result<Written<Vec<String>>> {
        let is_apart = wanted.add.iter().all(|label| !wanted.remove.contains(label) && !label.is_empty());
        demand(is_apart, ErrorKind::Invalid, "a label is empty, or to be put on and taken off")?;
        let request = &mut self.request(wanted.number)?.request;
        let mut labels: BTreeSet<String> = request.labels.iter().chain(&wanted.add).cloned().collect();
        labels.retain(|label| !wanted.remove.contains(label));
        let labels: Vec<String> = labels.into_iter().collect();
        let is_same = request.labels == labels;
        request.labels.clone_from(&labels);
        Ok(if is_same { Written::Unchanged(labels) } else { Written::Updated(labels) })
    }

    pub(super) fn auto_merge(&mut self, wanted: &AutoMergeRequest) -> Result<Written<ChangeRequest>> {
        let shown = self.request(wanted.number)?.request.clone();
        let tip = self.shown(&shown).head_commit;
        let stored = self.request(wanted.number)?;
        let is_open = stored.request.state == ChangeRequestState::Open;
        demand(is_open && tip == wanted.head_commit, ErrorKind::Precondition, "it is not open, or its head has moved")?;
        if stored.request.auto_merge {
            return Ok(Written::Unchanged(stored.request.clone()));
        }
        demand(!stored.is_ready, ErrorKind::Precondition, "it would be merged at once")?;
        stored.request.auto_merge = true;
        Ok(Written::Updated(stored.request.clone()))
    }

    pub(super) fn comment(&self, number: u64, marker: &str) -> Result<Option<Comment>> {
        let line = line_of(marker)?;
        self.known(number)?;
        let of_request = self.comments.iter().filter(|comment| comment.number == number);
        Ok(of_request.filter_map(|comment| Some(Comment::new(comment.id, comment.text_after(&line)?))).next())
    }

    pub(super) fn upsert_comment(&mut self, wanted: &CommentUpsert, limit: TextLimit) -> Result<Written<Comment>> {
        let body = format!("{}\n{}", line_of(&wanted.marker)?, wanted.text);
        demand(limit.admits(&body), ErrorKind::Invalid, "the comment is over the limit")?;
        let Some(found) = self.comment(wanted.number, &wanted.marker)? else {
            let id = self.fresh_id();
            self.comments.push(StoredComment { number: wanted.number, id, body });
            return Ok(Written::Created(Comment::new(id, &wanted.text)));
        };
        if found.text == wanted.text {
            return Ok(Written::Unchanged(found));
        }
        self.comments
            .iter_mut()
            .filter(|comment| comment.id == found.id)
            .for_each(|comment| comment.body.clone_from(&body));
        Ok(Written::Updated(Comment::new(found.id, &wanted.text)))
    }

    fn request(&mut self, number: u64) -> Result<&mut StoredRequest> {
        let found = self.requests.iter_mut().find(|stored| stored.request.number == number);
        found.ok_or_else(|| error(ErrorKind::NotFound, "there is no such change request"))
    }

    fn known(&self, number: u64) -> Result<()> {
        let is_known = self.requests.iter().any(|stored| stored.request.number == number);
        demand(is_known, ErrorKind::NotFound, "there is no such change request")
    }
}

impl StoredRequest {
    /// Who has reviewed is shown with those who are asked.
    fn with_reviews(&self) -> ChangeRequest {
        let mut request = self.request.clone();
        request.reviewers.extend_from_slice(&self.reviewed);
        request.reviewers.sort();
        request
    }

    fn is_between(&self, head: &BranchName, base: &BranchName) -> bool {
        !self.is_of_fork && self.request.head == *head && self.request.base == *base
    }
}

impl StoredComment {
    fn text_after(&self, line: &str) -> Option<String> {
        let (first, text) = self.body.split_once('\n')?;
        (first.trim_end() == line).then(|| text.to_owned())
    }
}

fn line_of(marker: &str) -> Result<String> {
    marker_line(marker).ok_or_else(|| error(ErrorKind::Invalid, "the marker cannot be hidden"))
}

//! What can be wrong with change requests, labels and comments.

use releasekit_core::forge::{
    AskRequest, AutoMergeRequest, ChangeRequest, ChangeRequestState, ChangeRequestUpsert, Comment, CommentUpsert,
    LabelRequest, Written, marker_line,
};
use releasekit_core::model::{BranchName, CommitId};
use releasekit_core::{ErrorKind, Forge, Result};

use std::sync::atomic::Ordering;

use super::{BrokenForge, cut, is_refused, nothing_for_silence, refused};
use crate::memory::forge::{StoredComment, StoredRequest};

impl BrokenForge {
    pub(super) async fn broken_requests(&self, head: &BranchName, base: &BranchName) -> Result<Vec<ChangeRequest>> {
        let mut found = self.memory.change_requests(head, base).await;
        if self.breaks("what_is_not_said_is_no_request") {
            return nothing_for_silence(found);
        }
        for request in found.iter_mut().flatten() {
            if self.breaks("a_request_is_opened") {
                request.body = request.body.replace('&', "&amp;");
            }
        }
        if let ("a_request_of_a_fork_is_anothers", Ok(found)) = (self.case, &mut found) {
            let theirs = |stored: &StoredRequest| stored.is_of_fork.then(|| stored.request.clone());
            found.extend(self.memory.look(|content| content.requests.iter().filter_map(theirs).collect::<Vec<_>>()));
        }
        if self.breaks("requests_are_found_newest_first") {
            found.iter_mut().for_each(|found| found.reverse());
        }
        found
    }

    /// Opens one without looking.
    fn force_open(&self, wanted: &ChangeRequestUpsert) -> Written<ChangeRequest> {
        let opened = self.memory.meddle(|content| {
            let number = content.requests.len() as u64 + 100;
            let branches = [wanted.head.clone(), wanted.base.clone()];
            let request = ChangeRequest::new(number, "", branches, CommitId::new("unknown"));
            content.requests.push(StoredRequest::new(request.clone(), false));
            request
        });
        Written::Created(opened)
    }

    fn latest_in(&self, state: ChangeRequestState) -> Option<ChangeRequest> {
        self.memory.look(|content| {
            let mut ours =
                content.requests.iter().rev().filter(|stored| !stored.is_of_fork).map(|stored| &stored.request);
            ours.find(|request| request.state == state).cloned()
        })
    }

    fn change(&self, number: u64, change: impl Fn(&mut ChangeRequest)) {
        self.memory.meddle(|content| {
            let all = content.requests.iter_mut().map(|stored| &mut stored.request);
            all.filter(|request| request.number == number).for_each(change);
        });
    }

    pub(super) async fn broken_upsert(&self, wanted: &ChangeRequestUpsert) -> Written<ChangeRequest> {
        let mut wanted = wanted.clone();
        let limit = self.memory.capabilities().request_body;
        let open = self.latest_in(ChangeRequestState::Open);
        match self.case {
            "a_request_is_updated" => {
                if let Some(open) = open.filter(|open| open.title != wanted.title) {
                    return Written::Updated(open);
                }
            }
            "the_longest_body_is_taken" if limit.measure(&wanted.body) == limit.most => {
                return refused(ErrorKind::Invalid);
            }
            "a_longer_body_is_refused" if !limit.admits(&wanted.body) => wanted.body = cut(&wanted.body),
            "closed_and_merged_requests_stay" if open.is_none() => {
                if let Some(merged) = self.latest_in(ChangeRequestState::Merged) {
                    self.change(merged.number, |request| request.state = ChangeRequestState::Open);
                }
            }
            "a_missing_branch_is_refused" => self.memory.meddle(|content| {
                content.branches.entry(wanted.head.clone()).or_insert_with(|| CommitId::new("made"));
            }),
            "a_request_is_found_after_a_lost_reply" if open.is_some() && !self.was_told.load(Ordering::Relaxed) => {
                return self.force_open(&wanted);
            }
            _ => {}
        }
        let written = self.memory.upsert_change_request(&wanted).await;
        self.after_upsert(&wanted, written).await
    }

    async fn after_upsert(
        &self,
        wanted: &ChangeRequestUpsert,
        written: Written<ChangeRequest>,
    ) -> Written<ChangeRequest> {
        match (self.case, &written) {
            ("a_draft_is_peoples_once_it_is_open", Written::Updated(request)) => {
                self.change(request.number, |request| request.draft = wanted.draft);
            }
            ("nothing_to_merge_is_refused", _)
                if self.memory.look(|content| content.branches.contains_key(&wanted.head))
                    && is_refused(&written, ErrorKind::Precondition) =>
            {
                return self.force_open(wanted);
            }
            ("nothing_is_made_after_a_look_that_failed", _) if is_refused(&written, ErrorKind::Transient) => {
                return self.force_open(wanted);
            }
            ("what_is_refused_changes_nothing", _) if is_refused(&written, ErrorKind::Forbidden) => {
                return self.memory.upsert_change_request(wanted).await;
            }
            _ => {}
        }
        written
    }

    pub(super) async fn broken_close(&self, number: u64) -> Written<ChangeRequest> {
        let merged = self.latest_in(ChangeRequestState::Merged).filter(|merged| merged.number == number);
        if let ("a_merged_request_is_not_closed", Some(merged)) = (self.case, merged) {
            return Written::Unchanged(merged);
        }
        let written = self.memory.close_change_request(number).await;
        if let ("a_request_is_closed", Written::Updated(request)) = (self.case, &written) {
            self.memory.meddle(|content| content.branches.remove(&request.head));
        }
        written
    }

    pub(super) async fn broken_labels(&self, wanted: &LabelRequest) -> Written<Vec<String>> {
        if self.breaks("without_labels_none_are_set") {
            return Written::Updated(wanted.add.clone());
        }
        let written = self.memory.set_labels(wanted).await;
        if self.breaks("labels_are_put_on_and_taken_off") && matches!(written, Written::Updated(_)) {
            self.change(wanted.number, |request| request.labels.clone_from(&wanted.add));
            return Written::Updated(wanted.add.clone());
        }
        written
    }

    pub(super) async fn broken_ask(&self, wanted: &AskRequest) -> Written<ChangeRequest> {
        let mut wanted = wanted.clone();
        let stored = self.memory.look(|content| content.requests.last().cloned());
        let is_known = |name: &String| self.memory.look(|content| content.people.contains(name));
        match (self.case, stored) {
            ("who_has_reviewed_is_not_asked_again", Some(stored)) if !stored.reviewed.is_empty() => {
                return Written::Updated(stored.request);
            }
            ("nobody_is_asked_of_a_closed_request", Some(stored))
                if stored.request.state == ChangeRequestState::Closed =>
            {
                return Written::Unchanged(stored.request);
            }
            ("somebody_unknown_is_refused", _) => wanted.reviewers.retain(is_known),
            ("a_request_is_assigned" | "without_assignees_nobody_is_assigned", _) => {
                wanted.assignees.retain(|name| !is_known(name));
            }
            _ => {}
        }
        let written = self.memory.ask(&wanted).await;
        if self.breaks("people_are_asked") && matches!(written, Written::Updated(_)) {
            self.change(wanted.number, |request| request.reviewers.clone_from(&wanted.reviewers));
        }
        written
    }

    pub(super) async fn broken_auto_merge(&self, wanted: &AutoMergeRequest) -> Written<ChangeRequest> {
        let mut wanted = wanted.clone();
        let open = self.latest_in(ChangeRequestState::Open);
        let is_ready = self.memory.look(|content| content.requests.iter().any(|stored| stored.is_ready));
        match (self.case, open) {
            ("without_auto_merge_nothing_is_merged", Some(open)) => return Written::Unchanged(open),
            ("nothing_is_merged_at_once", Some(open)) if is_ready => {
                self.change(open.number, |request| request.state = ChangeRequestState::Merged);
                return Written::Updated(open);
            }
            ("another_head_is_not_merged", Some(open)) => {
                let tip = self.memory.look(|content| content.branches.get(&open.head).cloned());
                wanted.head_commit = tip.unwrap_or(wanted.head_commit);
            }
            _ => {}
        }
        let written = self.memory.auto_merge(&wanted).await;
        if self.breaks("a_request_is_to_merge_itself") && matches!(written, Written::Updated(_)) {
            self.change(wanted.number, |request| request.state = ChangeRequestState::Merged);
        }
        written
    }

    pub(super) async fn broken_comment(&self, number: u64, marker: &str) -> Result<Option<Comment>> {
        let found = self.memory.comment(number, marker).await;
        let line = marker_line(marker).unwrap_or_default();
        let first = |is_it: &dyn Fn(&str) -> bool| {
            let comments = self.memory.look(|content| content.comments.clone());
            let found = comments.into_iter().find(|comment| is_it(&comment.body))?;
            Some(Comment::new(found.id, found.body.split_once('\n')?.1))
        };
        match (self.case, &found) {
            ("what_is_not_said_is_no_comment", _) => nothing_for_silence(found),
            ("a_comment_is_found_by_its_marker", Ok(_)) => Ok(first(&|body| body.starts_with("<!-- "))),
            ("a_quoted_marker_is_anothers", Ok(None)) => Ok(first(&|body| body.contains(&line))),
            _ => found,
        }
    }

    pub(super) async fn broken_comment_upsert(&self, wanted: &CommentUpsert) -> Written<Comment> {
        let mut wanted = wanted.clone();
        let limit = self.memory.capabilities().request_body;
        match self.case {
            "a_comment_is_updated" => {
                let found = self.memory.comment(wanted.number, &wanted.marker).await;
                if found.is_ok_and(|found| found.is_some_and(|found| found.text != wanted.text)) {
                    return self.force_comment(&wanted);
                }
            }
            "a_closed_request_takes_comments" if self.latest_in(ChangeRequestState::Closed).is_some() => {
                return refused(ErrorKind::Precondition);
            }
            "a_marker_that_cannot_be_hidden_is_refused" if marker_line(&wanted.marker).is_none() => {
                return self.force_comment(&wanted);
            }
            "a_longer_comment_is_refused" if wanted.text.len() >= limit.most => wanted.text.truncate(10),
            _ => {}
        }
        self.memory.upsert_comment(&wanted).await
    }

    /// Writes one without looking.
    fn force_comment(&self, wanted: &CommentUpsert) -> Written<Comment> {
        let id = self.memory.meddle(|content| {
            let id = content.comments.len() as u64 + 100;
            content.comments.push(StoredComment { number: wanted.number, id, body: wanted.text.clone() });
            id
        });
        Written::Updated(Comment::new(id, &wanted.text))
    }
}

//! Comments on pull requests.

use super::super::answer::{Answer, Refusal, Reply};
use super::super::call::Call;
use super::super::model::Comment;
use super::super::shape;
use super::{LONGEST_BODY, bounded};

pub(super) fn list(call: &mut Call<'_>) -> Answer {
    let pull = call.pull("issue_number")?.clone();
    let comments =
        pull.comments.iter().map(|comment| shape::comment(call.state, call.repo(), &pull, comment)).collect();
    Ok(call.page(comments))
}

pub(super) fn create(call: &mut Call<'_>) -> Answer {
    let body = body(call)?;
    let (id, author, now) = (call.state.id(), call.login(), call.now());
    let comment = Comment { id, author, body, created: now, updated: now };
    let pull = call.pull("issue_number")?;
    pull.comments.push(comment.clone());
    let pull = pull.clone();
    Ok(Reply::created(shape::comment(call.state, call.repo(), &pull, &comment)))
}

pub(super) fn update(call: &mut Call<'_>) -> Answer {
    let (id, body, now) = (call.number("comment_id")?, body(call)?, call.now());
    let pulls = call.repo_mut().pulls.iter_mut();
    let mut found = pulls.filter(|pull| pull.comments.iter().any(|comment| comment.id == id));
    let pull = found.next().ok_or_else(Refusal::not_found)?;
    let comment = pull.comments.iter_mut().find(|comment| comment.id == id).ok_or_else(Refusal::not_found)?;
    (comment.body, comment.updated) = (body, now);
    let (comment, pull) = (comment.clone(), pull.clone());
    Ok(Reply::ok(shape::comment(call.state, call.repo(), &pull, &comment)))
}

fn body(call: &Call<'_>) -> Result<String, Refusal> {
    let body = call.text("IssueComment", "body")?;
    if body.trim().is_empty() {
        return Err(Refusal::custom("IssueComment", "body", "body can't be blank"));
    }
    bounded("IssueComment", "body", Some(&body), LONGEST_BODY)?;
    Ok(body)
}

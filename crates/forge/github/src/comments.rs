//! Comments, which are found again by the marker in their first line.

use releasekit_core::forge::{Comment, CommentUpsert, Written, marker_line};
use serde_json::json;

use crate::api::{Api, Call};
use crate::endpoint;
use crate::error::{Error, Result};
use crate::limit;
use crate::pulls::missing;
use crate::wire::StoredComment;

pub(crate) async fn find(api: &Api, number: u64, marker: &str) -> Result<Option<Comment>> {
    let line = line_of(marker)?;
    marked(&api.call().await?, number, &line).await
}

pub(crate) async fn upsert(api: &Api, wanted: &CommentUpsert) -> Result<Written<Comment>> {
    let line = line_of(&wanted.marker)?;
    let body = format!("{line}\n{}", wanted.text);
    limit::request_body("the comment", &body)?;
    let call = api.call().await?;
    let Some(found) = marked(&call, wanted.number, &line).await? else {
        let ask = call.ask(&endpoint::CREATE_COMMENT, &[&wanted.number.to_string()]).json(&json!({"body": body}));
        let made: StoredComment = call.write(ask).await?;
        return Ok(Written::Created(Comment::new(made.id, &wanted.text)));
    };
    if found.text == wanted.text {
        return Ok(Written::Unchanged(found));
    }
    let ask = call.ask(&endpoint::UPDATE_COMMENT, &[&found.id.to_string()]).json(&json!({"body": body}));
    call.write_only(ask).await?;
    Ok(Written::Updated(Comment::new(found.id, &wanted.text)))
}

/// The oldest that bears the marker, and was not written by just anybody; they come oldest first.
async fn marked(call: &Call<'_>, number: u64, line: &str) -> Result<Option<Comment>> {
    let comments = call.find_pages(call.ask(&endpoint::COMMENTS, &[&number.to_string()])).await?;
    let comments: Vec<StoredComment> = comments.ok_or_else(|| missing(number))?;
    Ok(comments.iter().filter(|comment| comment.is_of_staff()).find_map(|comment| read(comment, line)))
}

fn read(comment: &StoredComment, line: &str) -> Option<Comment> {
    let (first, text) = comment.body.as_deref()?.split_once('\n')?;
    (first.trim_end() == line).then(|| Comment::new(comment.id, text))
}

fn line_of(marker: &str) -> Result<String> {
    let invalid = || Error::Invalid { reason: format!("`{marker}` cannot be hidden in a comment") };
    marker_line(marker).ok_or_else(invalid)
}

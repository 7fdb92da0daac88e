//! Pull requests.

use releasekit_core::forge::{ChangeRequest, ChangeRequestState, ChangeRequestUpsert, Written};
use releasekit_core::model::BranchName;
use serde_json::json;

use crate::api::{Api, Call};
use crate::endpoint;
use crate::error::{Error, Result};
use crate::limit;
use crate::people::reviewed;
use crate::wire::{Issue, Pull};

/// Two branches of the repository: where the changes are, and where they go.
type Branches<'a> = (&'a BranchName, &'a BranchName);

pub(crate) async fn all(api: &Api, branches: Branches<'_>) -> Result<Vec<ChangeRequest>> {
    let call = api.call().await?;
    let pulls = between(&call, branches, "all").await?;
    let mut shown = Vec::new();
    for pull in &pulls {
        shown.push(whole(&call, pull).await?);
    }
    told_who_closed(&call, &mut shown).await?;
    Ok(shown)
}

pub(crate) async fn upsert(api: &Api, wanted: &ChangeRequestUpsert) -> Result<Written<ChangeRequest>> {
    limit::request_body("the text of the pull request", &wanted.body)?;
    if wanted.title.trim().is_empty() {
        return Err(Error::Invalid { reason: "the pull request has no title".to_owned() });
    }
    let call = api.call().await?;
    if let Some(pull) = open(&call, wanted).await? {
        return update(&call, &pull, wanted).await;
    }
    match create(&call, wanted).await {
        Ok(pull) => Ok(Written::Created(pull.shown(call.home, &[]))),
        Err(error) if error.refusal().is_some_and(|refusal| refusal.says("already exists")) => {
            // Another run was faster.
            let pull = open(&call, wanted).await?.ok_or(error)?;
            update(&call, &pull, wanted).await
        }
        Err(error) => Err(explained(error, wanted)),
    }
}

pub(crate) async fn close(api: &Api, number: u64) -> Result<Written<ChangeRequest>> {
    let call = api.call().await?;
    let pull = find(&call, number).await?;
    match pull.state() {
        ChangeRequestState::Closed => return Ok(Written::Unchanged(whole(&call, &pull).await?)),
        ChangeRequestState::Merged => return Err(Error::NotOpen { number, state: "merged" }),
        _ => {}
    }
    let ask = call.ask(&endpoint::UPDATE_PULL, &[&number.to_string()]).json(&json!({"state": "closed"}));
    let pull: Pull = call.write(ask).await?;
    Ok(Written::Updated(pull.shown(call.home, &[])))
}

/// The pull request of a number.
pub(crate) async fn find(call: &Call<'_>, number: u64) -> Result<Pull> {
    let found = call.find(call.ask(&endpoint::PULL, &[&number.to_string()])).await?;
    found.ok_or_else(|| missing(number))
}

/// One that is open still; else what it is.
pub(crate) async fn find_open(call: &Call<'_>, number: u64) -> Result<Pull> {
    let pull = find(call, number).await?;
    let state = match pull.state() {
        ChangeRequestState::Open => return Ok(pull),
        ChangeRequestState::Merged => "merged",
        _ => "closed",
    };
    Err(Error::NotOpen { number, state })
}

pub(crate) fn missing(number: u64) -> Error {
    Error::NotFound { what: format!("pull request {number}") }
}

/// In core's words. Who has reviewed it is asked of what is open alone: nobody is asked to review the others any more.
pub(crate) async fn whole(call: &Call<'_>, pull: &Pull) -> Result<ChangeRequest> {
    let reviewed = if pull.is_open() { reviewed(call, pull.number).await? } else { Vec::new() };
    Ok(pull.shown(call.home, &reviewed))
}

/// Those from a branch of this very repository, newest first.
async fn between(call: &Call<'_>, (head, base): Branches<'_>, state: &str) -> Result<Vec<Pull>> {
    let ask = call
        .ask(&endpoint::PULLS, &[])
        .query("state", state)
        .query("head", &format!("{}:{head}", call.home.owner()))
        .query("base", base.as_str())
        .query("sort", "created")
        .query("direction", "desc");
    let mut pulls: Vec<Pull> = call.pages(ask).await?;
    // A filter that cannot be read is passed over in silence.
    pulls
        .retain(|pull| pull.is_of(call.home) && pull.head.branch == head.as_str() && pull.base.branch == base.as_str());
    pulls.sort_by_key(|pull| std::cmp::Reverse(pull.number));
    pulls.dedup_by_key(|pull| pull.number);
    Ok(pulls)
}

async fn open(call: &Call<'_>, wanted: &ChangeRequestUpsert) -> Result<Option<Pull>> {
    let open = between(call, (&wanted.head, &wanted.base), "open").await?;
    Ok(open.into_iter().find(Pull::is_open))
}

/// Who closed it is a request for each, so it is asked of the newest that was closed unmerged. A repository whose issues are
/// turned off need not say it.
async fn told_who_closed(call: &Call<'_>, shown: &mut [ChangeRequest]) -> Result<()> {
    let Some(closed) = shown.iter_mut().find(|pull| pull.state == ChangeRequestState::Closed) else { return Ok(()) };
    let issue: Option<Issue> = match call.find(call.ask(&endpoint::ISSUE, &[&closed.number.to_string()])).await {
        Err(error) if error.is_status(410) => None,
        found => found?,
    };
    closed.closed_by = issue.and_then(|issue| issue.closed_by).map(|user| user.login);
    Ok(())
}

async fn create(call: &Call<'_>, wanted: &ChangeRequestUpsert) -> Result<Pull> {
    let body = json!({
        "head": wanted.head.as_str(),
        "base": wanted.base.as_str(),
        "title": wanted.title,
        "body": wanted.body,
        "draft": wanted.draft,
    });
    call.write(call.ask(&endpoint::CREATE_PULL, &[]).json(&body)).await
}

async fn update(call: &Call<'_>, pull: &Pull, wanted: &ChangeRequestUpsert) -> Result<Written<ChangeRequest>> {
    let reviewed = reviewed(call, pull.number).await?;
    // GitHub drops what nobody sees at the ends of a title.
    if pull.title == wanted.title.trim() && pull.body.as_deref().unwrap_or_default() == wanted.body {
        return Ok(Written::Unchanged(pull.shown(call.home, &reviewed)));
    }
    let body = json!({"title": wanted.title, "body": wanted.body});
    let ask = call.ask(&endpoint::UPDATE_PULL, &[&pull.number.to_string()]).json(&body);
    let pull: Pull = call.write(ask).await?;
    Ok(Written::Updated(pull.shown(call.home, &reviewed)))
}

/// What a refusal to open says of the branches.
fn explained(error: Error, wanted: &ChangeRequestUpsert) -> Error {
    let Some(refusal) = error.refusal() else { return error };
    let (head, base) = (wanted.head.to_string(), wanted.base.to_string());
    if refusal.says("no commits between") {
        return Error::NothingToMerge { head, base };
    }
    if ["head", "base"].iter().any(|side| refusal.refuses(side, "invalid") || refusal.refuses(side, "missing")) {
        return Error::BranchMissing { head, base };
    }
    error
}

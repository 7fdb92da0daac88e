//! Commits that GitHub makes and signs, and workflows that it starts.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use releasekit_core::FileEdit;
use releasekit_core::forge::{DispatchRequest, ForgeCommitRequest, Written};
use releasekit_core::model::CommitId;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::{Api, Call};
use crate::endpoint;
use crate::error::{Error, Result};
use crate::graphql;
use crate::wire::{Object, Ref, StoredCommit};

const MUTATION: &str = "mutation($input: CreateCommitOnBranchInput!) { \
     createCommitOnBranch(input: $input) { commit { oid } } }";

/// The bytes of a file, as they are.
const RAW: &str = "application/vnd.github.raw+json";

/// How large the payload of an event may be, in bytes, and how many properties it may have.
const PAYLOAD: (usize, usize) = (64 << 10, 10);

#[derive(Debug, Deserialize)]
struct Made {
    commit: Oid,
}

#[derive(Debug, Deserialize)]
struct Oid {
    oid: String,
}

pub(crate) async fn commit(api: &Api, wanted: &ForgeCommitRequest) -> Result<Written<CommitId>> {
    let message = parts(&wanted.message)?;
    if wanted.edits.is_empty() {
        return Err(Error::Invalid { reason: "the commit would change nothing".to_owned() });
    }
    let call = api.call().await?;
    match tip(&call, wanted).await? {
        Some(tip) if tip != wanted.parent.as_str() => return already_made(&call, wanted, tip).await,
        found => prepared(&call, wanted, found.is_some()).await?,
    }
    let input = json!({
        "branch": {"repositoryNameWithOwner": call.home.full_name, "branchName": wanted.branch.as_str()},
        "expectedHeadOid": wanted.parent.as_str(),
        "message": message,
        "fileChanges": changes(&wanted.edits),
    });
    match graphql::mutate::<Made>(&call, &endpoint::CREATE_COMMIT, MUTATION, input).await {
        Ok(made) => Ok(Written::Created(CommitId::new(made.commit.oid))),
        Err(error) => Err(explained(error, wanted)),
    }
}

pub(crate) async fn dispatch(api: &Api, wanted: &DispatchRequest) -> Result<Written<()>> {
    let invalid = |reason: String| Error::Invalid { reason };
    let Some((owner, name)) = wanted.repository.split_once('/').filter(|(_, name)| !name.contains('/')) else {
        return Err(Error::RepositoryPath { path: wanted.repository.clone() });
    };
    let payload: Value = serde_json::from_str(&wanted.payload).unwrap_or_default();
    let properties = payload.as_object().ok_or_else(|| invalid("the payload is no JSON object".to_owned()))?;
    let (bytes, most) = PAYLOAD;
    if wanted.payload.len() >= bytes || properties.len() > most {
        return Err(invalid(format!("GitHub takes a payload below {bytes} bytes and with {most} properties at most")));
    }
    let call = api.call().await?;
    let body = json!({"event_type": wanted.event, "client_payload": payload});
    call.write_only(call.ask_elsewhere(&endpoint::DISPATCH, &[owner, name]).json(&body)).await?;
    Ok(Written::Created(()))
}

/// GitHub joins a headline and a text by an empty line, so a message has one after its first line, or no second.
fn parts(message: &str) -> Result<Value> {
    let message = message.trim_end_matches('\n');
    match message.split_once('\n') {
        None if !message.is_empty() => Ok(json!({"headline": message})),
        Some((headline, rest)) if !headline.is_empty() && rest.starts_with('\n') => {
            Ok(json!({"headline": headline, "body": rest.trim_start_matches('\n')}))
        }
        _ => Err(Error::Invalid { reason: "GitHub cannot store this message as it is".to_owned() }),
    }
}

fn changes(edits: &[FileEdit]) -> Value {
    let written = edits.iter().filter_map(|edit| Some((edit, edit.content.as_ref()?)));
    let additions: Vec<Value> =
        written.map(|(edit, bytes)| json!({"path": edit.path.as_str(), "contents": STANDARD.encode(bytes)})).collect();
    let deleted = edits.iter().filter(|edit| edit.content.is_none());
    let deletions: Vec<Value> = deleted.map(|edit| json!({"path": edit.path.as_str()})).collect();
    json!({"additions": additions, "deletions": deletions})
}

/// Where the branch is.
async fn tip(call: &Call<'_>, wanted: &ForgeCommitRequest) -> Result<Option<String>> {
    let name = format!("heads/{}", wanted.branch);
    let found: Option<Ref> = call.find(call.ask(&endpoint::REF, &[&name])).await?;
    Ok(found.filter(|found| found.name == format!("refs/{name}")).map(|found| found.object.sha))
}

/// What has to be there before: the parent, a difference to it, and the branch.
async fn prepared(call: &Call<'_>, wanted: &ForgeCommitRequest, has_branch: bool) -> Result<()> {
    if !has_branch && find(call, wanted.parent.as_str()).await?.is_none() {
        return Err(refused(wanted, format!("there is no commit `{}`", wanted.parent)));
    }
    if holds(call, wanted.parent.as_str(), &wanted.edits).await? {
        return Err(Error::Invalid { reason: "the commit would change nothing".to_owned() });
    }
    if !has_branch {
        let body = json!({"ref": format!("refs/heads/{}", wanted.branch), "sha": wanted.parent.as_str()});
        let made = call.write_only(call.ask(&endpoint::CREATE_REF, &[]).json(&body)).await;
        made.map_err(|error| explained(error, wanted))?;
    }
    Ok(())
}

/// A commit that GitHub does not know is no commit, which it says in two ways.
async fn find(call: &Call<'_>, commit: &str) -> Result<Option<StoredCommit>> {
    match call.find(call.ask(&endpoint::COMMIT, &[commit])).await {
        Err(error) if error.is_status(422) => Ok(None),
        found => found,
    }
}

/// Whether the branch is at the commit that is asked for: an earlier call may have made it.
async fn already_made(call: &Call<'_>, wanted: &ForgeCommitRequest, tip: String) -> Result<Written<CommitId>> {
    let moved = || refused(wanted, "the branch has moved".to_owned());
    let found = find(call, &tip).await?.ok_or_else(moved)?;
    let is_child = found.parents.iter().map(|parent: &Object| parent.sha.as_str()).eq([wanted.parent.as_str()]);
    let is_said = found.commit.message.trim_end() == wanted.message.trim_end();
    let is_edit = |name: &String| wanted.edits.iter().any(|edit| edit.path.as_str() == name);
    let is_alone = found.files.iter().all(|file| is_edit(&file.filename));
    if is_child && is_said && is_alone && holds(call, &tip, &wanted.edits).await? {
        return Ok(Written::Unchanged(CommitId::new(tip)));
    }
    Err(moved())
}

/// Whether the files of a commit are as the edits want them; looks no further than the first that is not.
async fn holds(call: &Call<'_>, commit: &str, edits: &[FileEdit]) -> Result<bool> {
    for edit in edits {
        let ask = call.ask(&endpoint::CONTENT, &[edit.path.as_str()]).query("ref", commit).accept(RAW);
        if call.bytes(ask).await? != edit.content {
            return Ok(false);
        }
    }
    Ok(true)
}

fn refused(wanted: &ForgeCommitRequest, reason: String) -> Error {
    Error::CommitRefused { branch: wanted.branch.to_string(), reason }
}

/// All that GitHub says of the branch itself.
fn explained(error: Error, wanted: &ForgeCommitRequest) -> Error {
    match error.refusal().filter(|refusal| refusal.status() == 422) {
        Some(refusal) => refused(wanted, refusal.said().to_owned()),
        None => error,
    }
}

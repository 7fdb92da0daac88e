//! How things look in GraphQL, and which of them are seen.

use serde_json::{Value, json};

use super::super::call::Call;
use super::super::commits::{Commit, Signed};
use super::super::model::{Pull, Repo};
use super::super::shape::{node_id, word};
use super::super::state::State;
use super::fault::Fault;

/// The repository of a name, where whoever asks may see it.
pub(super) fn reach(call: &Call<'_>, full_name: &str) -> Result<usize, Fault> {
    let none = || Fault::not_found(format!("Could not resolve to a Repository with the name '{full_name}'."));
    let index = call.state.find(full_name).ok_or_else(none)?;
    let repo = &call.state.repositories[index];
    let reached = call.grant.as_ref().is_some_and(|grant| grant.reaches(&repo.full_name()));
    if repo.private && !reached { Err(none()) } else { Ok(index) }
}

/// A pull request.
pub(super) fn pull(state: &State, repo: &Repo, pull: &Pull) -> Value {
    let auto_merge = pull.auto_merge.as_ref().map(|(by, method)| {
        json!({
            "__typename": "AutoMergeRequest",
            "mergeMethod": word(*method).to_uppercase(),
            "enabledBy": { "__typename": "User", "login": by },
            "enabledAt": pull.updated.text(),
        })
    });
    let merged = pull.merged.is_some();
    json!({
        "__typename": "PullRequest",
        "id": node_id("PR", pull.id),
        "number": pull.number,
        "title": pull.title,
        "body": pull.body.clone().unwrap_or_default(),
        "url": format!("{}/{}/pull/{}", state.urls.web, repo.full_name(), pull.number),
        "state": if merged { "MERGED" } else if pull.is_open() { "OPEN" } else { "CLOSED" },
        "merged": merged,
        "isDraft": pull.draft,
        "headRefName": pull.head,
        "headRefOid": pull.head_sha,
        "baseRefName": pull.base,
        "autoMergeRequest": auto_merge,
    })
}

/// A commit, with what is known of its signature.
pub(super) fn commit(state: &State, repo: &Repo, commit: &Commit) -> Value {
    let valid = commit.signed == Signed::ByForge;
    let signature = commit.signature.as_ref().map(|text| {
        json!({
            "__typename": "GpgSignature",
            "isValid": valid,
            "state": if valid { "VALID" } else { "UNKNOWN_KEY" },
            "wasSignedByGitHub": valid,
            "signature": text,
        })
    });
    json!({
        "__typename": "Commit",
        "id": node_id("C", repo.id),
        "oid": commit.id,
        "url": format!("{}/{}/commit/{}", state.urls.web, repo.full_name(), commit.id),
        "message": commit.message,
        "tree": { "__typename": "Tree", "oid": commit.tree },
        "signature": signature,
    })
}

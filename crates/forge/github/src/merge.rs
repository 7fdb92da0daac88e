//! Having GitHub merge a pull request: spoken of in GraphQL alone.

use releasekit_core::forge::{AutoMergeRequest, ChangeRequest, MergeMethod, Written};
use serde_json::{Value, json};

use crate::api::Api;
use crate::endpoint;
use crate::error::{Error, Result};
use crate::graphql;
use crate::pulls::{find, find_open, whole};
use crate::wire::Pull;

const MUTATION: &str = "mutation($input: EnablePullRequestAutoMergeInput!) { \
     enablePullRequestAutoMerge(input: $input) { pullRequest { number } } }";

pub(crate) async fn auto_merge(api: &Api, wanted: &AutoMergeRequest) -> Result<Written<ChangeRequest>> {
    let number = wanted.number;
    let refused = |reason: &str| Error::MergeRefused { number, reason: reason.to_owned() };
    let call = api.call().await?;
    let pull = find_open(&call, number).await?;
    if pull.head.sha != wanted.head_commit.as_str() {
        return Err(refused("its head has moved"));
    }
    if pull.auto_merge.is_some() {
        return Ok(Written::Unchanged(whole(&call, &pull).await?));
    }
    if merges_at_once(&pull) {
        return Err(refused("nothing keeps it from being merged at once, which is people's decision"));
    }
    let input = json!({
        "pullRequestId": pull.node_id,
        "expectedHeadOid": wanted.head_commit.as_str(),
        "mergeMethod": method(wanted.method),
    });
    match graphql::mutate::<Value>(&call, &endpoint::AUTO_MERGE, MUTATION, input).await {
        Ok(_) => Ok(Written::Updated(whole(&call, &find(&call, number).await?).await?)),
        Err(error) => Err(explained(error, number)),
    }
}

/// What is `unknown` GitHub finds out when it is told, and refuses.
fn merges_at_once(pull: &Pull) -> bool {
    matches!(pull.mergeable_state.as_deref(), Some("clean" | "has_hooks" | "unstable"))
}

fn method(method: MergeMethod) -> &'static str {
    match method {
        MergeMethod::Squash => "SQUASH",
        MergeMethod::Rebase => "REBASE",
        _ => "MERGE",
    }
}

/// All that GitHub says of the request itself, people mend or do by hand.
fn explained(error: Error, number: u64) -> Error {
    match error.refusal().filter(|refusal| refusal.status() == 422) {
        Some(refusal) => Error::MergeRefused { number, reason: refusal.said().to_owned() },
        None => error,
    }
}

//! Pull requests that merge themselves.

use releasekit_core::forge::MergeMethod;
use serde_json::{Value, json};

use super::super::call::Call;
use super::super::model::Pull;
use super::super::need;
use super::super::shape::node_id;
use super::fault::{Fault, Outcome};
use super::shape;

/// Has a pull request merged once its checks have passed.
pub(super) fn enable(call: &mut Call<'_>, input: &Value) -> Outcome {
    let (repo, number) = find(call, input)?;
    let method = match input["mergeMethod"].as_str() {
        Some("SQUASH") => MergeMethod::Squash,
        Some("REBASE") => MergeMethod::Rebase,
        _ => MergeMethod::Merge,
    };
    let who = call.login();
    let (allowed, checks) = (call.state.repositories[repo].auto_merge, call.state.repositories[repo].checks);
    let pull = pull_mut(call, repo, number)?;
    let refuse = |message: &str| Err(Fault::new("UNPROCESSABLE", message));
    if !allowed {
        return refuse("Auto merge is not allowed for this repository");
    }
    if !pull.is_open() {
        return refuse("Pull request is closed");
    }
    if input["expectedHeadOid"].as_str().is_some_and(|head| head != pull.head_sha) {
        return refuse("Head sha didn't match expected head oid");
    }
    if !checks || pull.checks_passed {
        return refuse("Pull request Pull request is in clean status");
    }
    pull.auto_merge = Some((who, method));
    shown(call, repo, number, input)
}

pub(super) fn disable(call: &mut Call<'_>, input: &Value) -> Outcome {
    let (repo, number) = find(call, input)?;
    let pull = pull_mut(call, repo, number)?;
    if pull.auto_merge.take().is_none() {
        return Err(Fault::new("UNPROCESSABLE", "Can't disable auto-merge for this pull request"));
    }
    shown(call, repo, number, input)
}

/// The pull request that an id means, where whoever asks may change it.
fn find(call: &mut Call<'_>, input: &Value) -> Result<(usize, u64), Fault> {
    let id = input["pullRequestId"].as_str().unwrap_or_default();
    let has = |pull: &&Pull| node_id("PR", pull.id) == id;
    let repositories = call.state.repositories.iter().enumerate();
    let mut found = repositories.filter_map(|(at, repo)| Some((at, repo.pulls.iter().find(has)?.number)));
    let none = || Fault::not_found(format!("Could not resolve to a node with the global id of '{id}'"));
    let (repo, number) = found.next().ok_or_else(none)?;
    let full_name = call.state.repositories[repo].full_name();
    shape::reach(call, &full_name)?;
    let allows = |grant: &super::super::account::Grant| grant.reaches(&full_name) && grant.allows(need::PULLS);
    if !call.grant.as_ref().is_some_and(allows) {
        return Err(Fault::forbidden());
    }
    call.state.refresh(repo);
    Ok((repo, number))
}

fn pull_mut<'a>(call: &'a mut Call<'_>, repo: usize, number: u64) -> Result<&'a mut Pull, Fault> {
    let pulls = &mut call.state.repositories[repo].pulls;
    pulls.iter_mut().find(|pull| pull.number == number).ok_or_else(|| Fault::not_found("Could not resolve to a node"))
}

fn shown(call: &mut Call<'_>, repo: usize, number: u64, input: &Value) -> Outcome {
    let pull = pull_mut(call, repo, number)?.clone();
    let repo = &call.state.repositories[repo];
    Ok(json!({
        "clientMutationId": input["clientMutationId"],
        "actor": { "__typename": "User", "login": call.login() },
        "pullRequest": shape::pull(call.state, repo, &pull),
    }))
}

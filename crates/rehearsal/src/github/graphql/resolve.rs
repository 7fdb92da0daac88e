//! The fields that a document may begin with.

use serde_json::{Value, json};

use super::super::call::Call;
use super::super::shape::node_id;
use super::document::Field;
use super::fault::{Fault, Outcome};
use super::{commit, merge, shape};

/// What a field comes to.
pub(super) fn root(call: &mut Call<'_>, field: &Field) -> Outcome {
    let input = field.arguments.get("input").unwrap_or(&Value::Null);
    match field.name.as_str() {
        "createCommitOnBranch" => commit::create(call, input),
        "enablePullRequestAutoMerge" => merge::enable(call, input),
        "disablePullRequestAutoMerge" => merge::disable(call, input),
        "viewer" => Ok(json!({ "login": call.login(), "__typename": "User" })),
        "repository" => repository(call, field),
        other => Err(Fault::new("undefinedField", format!("Field '{other}' doesn't exist"))),
    }
}

/// A repository, with the pull request that is asked for.
fn repository(call: &mut Call<'_>, field: &Field) -> Outcome {
    let text = |name: &str| field.arguments.get(name).and_then(Value::as_str).unwrap_or_default();
    let full_name = format!("{}/{}", text("owner"), text("name"));
    let index = shape::reach(call, &full_name)?;
    call.state.refresh(index);
    let repo = &call.state.repositories[index];
    let asked = field.selected.iter().find(|field| field.name == "pullRequest");
    let number = asked.and_then(|asked| asked.arguments.get("number")).and_then(Value::as_u64);
    let found = repo.pulls.iter().find(|pull| Some(pull.number) == number);
    if let (Some(number), None) = (number, found) {
        let message = format!("Could not resolve to a PullRequest with the number of {number}.");
        return Err(Fault::not_found(message));
    }
    Ok(json!({
        "__typename": "Repository",
        "id": node_id("R", repo.id),
        "nameWithOwner": repo.full_name(),
        "autoMergeAllowed": repo.auto_merge,
        "pullRequest": found.map(|found| shape::pull(call.state, repo, found)),
    }))
}

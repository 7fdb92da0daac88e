//! Commits that the forge makes and signs.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::super::account::Grant;
use super::super::call::Call;
use super::super::commits::Change;
use super::super::git::Person;
use super::super::model::Rule;
use super::super::need;
use super::super::shape::node_id;
use super::fault::{Fault, Outcome};
use super::shape;

/// Makes a commit on top of a branch that is where it is expected to be.
pub(super) fn create(call: &mut Call<'_>, input: &Value) -> Outcome {
    let (index, branch) = find(call, input)?;
    let reference = format!("refs/heads/{branch}");
    let changes = changes(&input["fileChanges"])?;
    let message = message(&input["message"])?;
    let now = call.now();
    let author = call.login();
    let author = Person::new(&author, &format!("{author}@users.noreply.github.com"), now);
    let repo = &call.state.repositories[index];
    let refuse = |message: String| Fault::new("UNPROCESSABLE", message);
    if repo.forbids(Rule::Push, &reference) {
        return Err(refuse("Changes must be made through a pull request.".to_owned()));
    }
    let tip = repo.git.branch(&branch).ok_or_else(|| Fault::not_found(format!("Branch {branch} not found")))?;
    let expected = input["expectedHeadOid"].as_str().unwrap_or_default();
    if expected != tip {
        let message = format!("Expected branch to point to \"{expected}\" but it did not. Pull and try again.");
        return Err(Fault::new("STALE_DATA", message));
    }
    let made = repo.git.changed(&tip, &changes).and_then(|tree| repo.git.sign(&tree, &tip, &author, &message));
    let made = made.and_then(|id| repo.git.set(&reference, &id).map(|()| id));
    let id = made.map_err(|error| refuse(format!("A path was requested that does not fit: {error}")))?;
    let commit = repo.git.read(&id).ok_or_else(|| Fault::not_found("the commit is gone"))?;
    let commit = shape::commit(call.state, repo, &commit);
    let shown = json!({
        "clientMutationId": input["clientMutationId"],
        "commit": commit,
        "ref": {
            "__typename": "Ref",
            "id": node_id("REF", repo.id),
            "name": branch,
            "prefix": "refs/heads/",
            "target": commit,
        },
    });
    call.state.refresh(index);
    Ok(shown)
}

/// The repository and the branch that are meant, where whoever asks may write to them.
fn find(call: &Call<'_>, input: &Value) -> Result<(usize, String), Fault> {
    let text = |field: &str| input["branch"][field].as_str().unwrap_or_default();
    let full_name = text("repositoryNameWithOwner").to_owned();
    let index = shape::reach(call, &full_name)?;
    let allows = |grant: &Grant| grant.reaches(&full_name) && grant.allows(need::CONTENTS);
    if !call.grant.as_ref().is_some_and(allows) {
        return Err(Fault::forbidden());
    }
    let branch = text("branchName");
    Ok((index, branch.strip_prefix("refs/heads/").unwrap_or(branch).to_owned()))
}

fn message(message: &Value) -> Result<String, Fault> {
    let headline = message["headline"].as_str().filter(|headline| !headline.is_empty());
    let headline = headline.ok_or_else(|| Fault::new("argumentLiteralsIncompatible", "a headline is required"))?;
    let body = message["body"].as_str().filter(|body| !body.is_empty());
    Ok(body.map_or_else(|| headline.to_owned(), |body| format!("{headline}\n\n{body}")))
}

fn changes(wanted: &Value) -> Result<Vec<Change>, Fault> {
    let items = |field: &str| wanted[field].as_array().cloned().unwrap_or_default();
    let invalid = |what: &str| Fault::new("argumentLiteralsIncompatible", format!("{what} is required"));
    let path = |item: &Value| item["path"].as_str().map(str::to_owned).ok_or_else(|| invalid("a path"));
    let mut changes = Vec::new();
    for item in items("additions") {
        let contents = item["contents"].as_str().and_then(|contents| STANDARD.decode(contents).ok());
        changes.push(Change::Write(path(&item)?, contents.ok_or_else(|| invalid("contents in base64"))?));
    }
    for item in items("deletions") {
        changes.push(Change::Delete(path(&item)?));
    }
    Ok(changes)
}

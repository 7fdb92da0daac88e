//! People who are asked, and labels that are put on.

use releasekit_core::forge::{AskRequest, ChangeRequest, LabelRequest, Written};
use serde_json::json;

use crate::api::{Api, Call};
use crate::endpoint;
use crate::error::{Error, Result};
use crate::pulls::{find_open, missing};
use crate::wire::{Issue, Label, Review, sorted};

/// Who has reviewed a pull request.
pub(crate) async fn reviewed(call: &Call<'_>, number: u64) -> Result<Vec<String>> {
    let reviews: Vec<Review> = call.pages(call.ask(&endpoint::REVIEWS, &[&number.to_string()])).await?;
    Ok(sorted(reviews.into_iter().filter_map(|review| Some(review.user?.login)).collect()))
}

pub(crate) async fn ask(api: &Api, wanted: &AskRequest) -> Result<Written<ChangeRequest>> {
    let call = api.call().await?;
    let pull = find_open(&call, wanted.number).await?;
    let reviewed = reviewed(&call, wanted.number).await?;
    let known = [&pull.asked(call.home)[..], &reviewed].concat();
    let reviewers = without(&wanted.reviewers, &known);
    let assignees = without(&wanted.assignees, &pull.assigned());
    if reviewers.is_empty() && assignees.is_empty() {
        return Ok(Written::Unchanged(pull.shown(call.home, &reviewed)));
    }
    can_be_assigned(&call, &assignees).await?;
    request_reviews(&call, wanted.number, reviewers).await?;
    assign(&call, wanted.number, assignees).await?;
    let pull = find_open(&call, wanted.number).await?;
    Ok(Written::Updated(pull.shown(call.home, &reviewed)))
}

pub(crate) async fn set_labels(api: &Api, wanted: &LabelRequest) -> Result<Written<Vec<String>>> {
    if wanted.add.iter().any(|label| label.is_empty() || is_in(label, &wanted.remove)) {
        let reason = "a label is empty, or to be put on and taken off".to_owned();
        return Err(Error::Invalid { reason });
    }
    let call = api.call().await?;
    let number = wanted.number.to_string();
    let found: Option<Vec<Label>> = call.find_pages(call.ask(&endpoint::LABELS, &[&number])).await?;
    let mut labels = names(found.ok_or_else(|| missing(wanted.number))?);
    let add = without(&wanted.add, &labels);
    let remove: Vec<String> = labels.iter().filter(|label| is_in(label, &wanted.remove)).cloned().collect();
    if add.is_empty() && remove.is_empty() {
        return Ok(Written::Unchanged(labels));
    }
    if !add.is_empty() {
        labels = put_on(&call, &number, &add).await?;
    }
    for label in &remove {
        call.remove(call.ask(&endpoint::REMOVE_LABEL, &[&number, label])).await?;
    }
    labels.retain(|label| !is_in(label, &remove));
    Ok(Written::Updated(labels))
}

/// GitHub makes those that the repository lacks.
async fn put_on(call: &Call<'_>, number: &str, labels: &[String]) -> Result<Vec<String>> {
    let ask = call.ask(&endpoint::ADD_LABELS, &[number]).json(&json!({"labels": labels}));
    Ok(names(call.write(ask).await?))
}

/// Asking for a review, of people and of teams, which are told apart by the slash after their organization.
async fn request_reviews(call: &Call<'_>, number: u64, names: Vec<String>) -> Result<()> {
    if names.is_empty() {
        return Ok(());
    }
    let (teams, people): (Vec<&String>, Vec<&String>) = names.iter().partition(|name| name.contains('/'));
    let teams: Vec<&str> = teams.into_iter().filter_map(|team| Some(team.split_once('/')?.1)).collect();
    let body = json!({"reviewers": people, "team_reviewers": teams});
    let ask = call.ask(&endpoint::REQUEST_REVIEWERS, &[&number.to_string()]).json(&body);
    match call.write_only(ask).await {
        Err(error) if error.refusal().is_some_and(|refusal| refusal.says("not a collaborator")) => {
            Err(Error::PersonUnknown { names, how: "asked to review" })
        }
        asked => asked,
    }
}

/// GitHub passes over in silence whom it cannot assign, so it is asked before.
async fn can_be_assigned(call: &Call<'_>, names: &[String]) -> Result<()> {
    let mut refused = Vec::new();
    for name in names {
        if !call.is_there(call.ask(&endpoint::CHECK_ASSIGNEE, &[name])).await? {
            refused.push(name.clone());
        }
    }
    all_assigned(refused)
}

async fn assign(call: &Call<'_>, number: u64, names: Vec<String>) -> Result<()> {
    if names.is_empty() {
        return Ok(());
    }
    let ask = call.ask(&endpoint::ADD_ASSIGNEES, &[&number.to_string()]).json(&json!({"assignees": names}));
    let issue: Issue = call.write(ask).await?;
    let assigned: Vec<String> = issue.assignees.into_iter().map(|user| user.login).collect();
    all_assigned(without(&names, &assigned))
}

fn all_assigned(refused: Vec<String>) -> Result<()> {
    if refused.is_empty() { Ok(()) } else { Err(Error::PersonUnknown { names: refused, how: "assigned" }) }
}

fn names(labels: Vec<Label>) -> Vec<String> {
    sorted(labels.into_iter().map(|label| label.name).collect())
}

/// Names of people and labels are the same in any case.
fn is_in(name: &str, names: &[String]) -> bool {
    names.iter().any(|known| known.to_lowercase() == name.to_lowercase())
}

fn without(names: &[String], known: &[String]) -> Vec<String> {
    names.iter().filter(|name| !is_in(name, known)).cloned().collect()
}

//! Who is asked: reviewers and assignees.

use serde_json::{Value, json};

use super::super::answer::{Answer, Refusal, Reply};
use super::super::call::Call;
use super::super::shape;

pub(super) fn user(call: &mut Call<'_>) -> Answer {
    if call.grant.is_none() {
        return Err(Refusal::new(401, "Requires authentication"));
    }
    Ok(Reply::ok(shape::public_user(call.state, &call.login())))
}

pub(super) fn assignees(call: &mut Call<'_>) -> Answer {
    let people = call.repo().collaborators.iter().map(|login| shape::user(call.state, login)).collect();
    Ok(call.page(people))
}

pub(super) fn assignee(call: &mut Call<'_>) -> Answer {
    match call.repo().collaborators.contains(call.part("assignee")) {
        true => Ok(Reply::nothing()),
        false => Err(Refusal::not_found()),
    }
}

/// Assigns those who can be; about the others it says nothing.
pub(super) fn assign(call: &mut Call<'_>) -> Answer {
    let wanted = call.list("assignees");
    let known: Vec<_> = wanted.into_iter().filter(|login| call.repo().collaborators.contains(login)).collect();
    let pull = call.pull("issue_number")?;
    for login in known {
        if !pull.assignees.contains(&login) {
            pull.assignees.push(login);
        }
    }
    let pull = pull.clone();
    Ok(Reply::created(shape::issue(call.state, call.repo(), &pull)))
}

pub(super) fn reviewers(call: &mut Call<'_>) -> Answer {
    let pull = call.pull("pull_number")?.clone();
    let shown = shape::pull(call.state, call.repo(), &pull);
    Ok(Reply::ok(json!({ "users": shown["requested_reviewers"], "teams": shown["requested_teams"] })))
}

pub(super) fn reviews(call: &mut Call<'_>) -> Answer {
    let pull = call.pull("pull_number")?.clone();
    let reviews = pull.reviews.iter().map(|review| shape::review(call.state, call.repo(), &pull, review));
    let reviews = reviews.collect::<Vec<Value>>();
    Ok(call.page(reviews))
}

/// Asks people, all of them or nobody.
pub(super) fn ask(call: &mut Call<'_>) -> Answer {
    let (people, teams) = (call.list("reviewers"), call.list("team_reviewers"));
    let strangers = people.iter().any(|login| !call.repo().collaborators.contains(login));
    let full_name = call.repo().full_name();
    let pull = call.pull("pull_number")?;
    if people.contains(&pull.author) {
        return Err(Refusal::unprocessable("Review cannot be requested from pull request author."));
    }
    if strangers || teams.iter().any(|team| team.contains('/')) {
        return Err(Refusal::unprocessable(&format!(
            "Reviews may only be requested from collaborators. One or more of the users or teams you specified is not \
             a collaborator of the {full_name} repository."
        )));
    }
    for login in people {
        // Whoever has reviewed is asked anew.
        if !pull.asked.contains(&login) {
            pull.asked.push(login);
        }
    }
    for team in teams {
        if !pull.asked_teams.contains(&team) {
            pull.asked_teams.push(team);
        }
    }
    let pull = pull.clone();
    Ok(Reply::created(shape::pull(call.state, call.repo(), &pull)))
}

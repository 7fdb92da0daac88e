//! Refs and commits.

use serde_json::{Value, json};

use super::super::answer::{Answer, Refusal, Reply};
use super::super::call::Call;
use super::super::model::Rule;
use super::super::shape;

pub(super) fn branch(call: &mut Call<'_>) -> Answer {
    let name = call.part("ref").to_owned();
    let commit = call.repo().git.read(&format!("refs/heads/{name}"));
    let commit = commit.ok_or_else(|| Refusal::new(404, "Branch not found"))?;
    let protected = call.repo().forbids(Rule::Push, &format!("refs/heads/{name}"));
    let url = format!("{}/repos/{}/branches/{name}", call.state.urls.api, call.repo().full_name());
    let commit = shape::commit(call.state, call.repo(), &commit);
    Ok(Reply::ok(json!({
        "name": name,
        "commit": commit,
        "protected": protected,
        "protection": { "enabled": protected },
        "protection_url": format!("{url}/protection"),
        "_links": { "self": url, "html": format!("{}/{}/tree/{name}", call.state.urls.web, call.repo().full_name()) },
    })))
}

pub(super) fn commit(call: &mut Call<'_>) -> Answer {
    let commit = read(call)?;
    let (state, repo) = (&*call.state, call.repo());
    let files = repo.git.files(&commit).map_err(|error| Refusal::internal(&error))?;
    let files: Vec<Value> = files.iter().map(|file| shape::changed(state, repo, &commit, file)).collect();
    let mut shown = shape::commit(state, repo, &commit);
    shown["files"] = Value::Array(files);
    Ok(Reply::ok(shown))
}

pub(super) fn git_commit(call: &mut Call<'_>) -> Answer {
    let commit = read(call)?;
    Ok(Reply::ok(shape::git_commit(call.state, call.repo(), &commit)))
}

fn read(call: &Call<'_>) -> Result<super::super::commits::Commit, Refusal> {
    let revision = call.part("commit_sha");
    let none = || Refusal::unprocessable(&format!("No commit found for SHA: {revision}"));
    call.repo().git.read(revision).ok_or_else(none)
}

pub(super) fn reference(call: &mut Call<'_>) -> Answer {
    let name = format!("refs/{}", call.part("ref"));
    let (id, kind) = call.repo().git.reference(&name).ok_or_else(Refusal::not_found)?;
    Ok(Reply::ok(shape::reference(call.state, call.repo(), &name, &id, &kind)))
}

pub(super) fn matching(call: &mut Call<'_>) -> Answer {
    let prefix = format!("refs/{}", call.part("ref"));
    let all = call.repo().git.references("refs");
    let found = all.iter().filter(|(name, ..)| name.starts_with(&prefix));
    let found = found.map(|(name, id, kind)| shape::reference(call.state, call.repo(), name, id, kind));
    let found: Vec<Value> = found.collect();
    Ok(call.page(found))
}

pub(super) fn create(call: &mut Call<'_>) -> Answer {
    let (name, id) = (call.text("Reference", "ref")?, call.text("Reference", "sha")?);
    if !name.starts_with("refs/") || name.matches('/').count() < 2 {
        return Err(Refusal::unprocessable("Reference name must start with 'refs/'"));
    }
    let git = &call.repo().git;
    if git.reference(&name).is_some() {
        return Err(Refusal::unprocessable("Reference already exists"));
    }
    if git.text(&["cat-file", "-e", &id]).is_err() {
        return Err(Refusal::unprocessable("Object does not exist"));
    }
    obey(call, Rule::Create, &name)?;
    git.set(&name, &id).map_err(|_| Refusal::unprocessable("Reference update failed"))?;
    shown(call, &name).map(Reply::created)
}

/// Moves a ref, forward alone where nobody forces it.
pub(super) fn update(call: &mut Call<'_>) -> Answer {
    let (name, id) = (format!("refs/{}", call.part("ref")), call.text("Reference", "sha")?);
    let git = &call.repo().git;
    let (now, _) = git.reference(&name).ok_or_else(|| Refusal::unprocessable("Reference does not exist"))?;
    let Some(commit) = git.commit(&id) else { return Err(Refusal::unprocessable("Object does not exist")) };
    obey(call, Rule::Move, &name)?;
    if call.flag("force") != Some(true) && !git.contains(&commit, &now) {
        return Err(Refusal::unprocessable("Update is not a fast forward"));
    }
    git.set(&name, &id).map_err(|_| Refusal::unprocessable("Reference update failed"))?;
    shown(call, &name).map(Reply::ok)
}

pub(super) fn delete(call: &mut Call<'_>) -> Answer {
    let name = format!("refs/{}", call.part("ref"));
    let git = &call.repo().git;
    git.reference(&name).ok_or_else(|| Refusal::unprocessable("Reference does not exist"))?;
    obey(call, Rule::Move, &name)?;
    git.delete(&name).map_err(|error| Refusal::internal(&error))?;
    Ok(Reply::nothing())
}

fn shown(call: &Call<'_>, name: &str) -> Result<Value, Refusal> {
    let (id, kind) = call.repo().git.reference(name).ok_or_else(Refusal::not_found)?;
    Ok(shape::reference(call.state, call.repo(), name, &id, &kind))
}

/// Rules hold for the API as they do for pushes.
fn obey(call: &Call<'_>, rule: Rule, name: &str) -> Result<(), Refusal> {
    let broken = [rule, Rule::Push].into_iter().any(|rule| call.repo().forbids(rule, name));
    let message = format!("Repository rule violations found\n\nCannot update this protected ref {name}.");
    if broken { Err(Refusal::unprocessable(&message)) } else { Ok(()) }
}

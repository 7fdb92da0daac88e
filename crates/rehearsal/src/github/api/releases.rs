//! Releases.

use serde_json::Value;

use super::super::answer::{Answer, Refusal, Reply};
use super::super::call::Call;
use super::super::model::{Release, Rule};
use super::super::shape;
use super::super::state::State;
use super::{LONGEST_NOTES, bounded};

/// The newest first; drafts for those alone who may write.
pub(super) fn list(call: &mut Call<'_>) -> Answer {
    let all = call.sees_drafts();
    let releases = call.repo().releases.iter().rev().filter(|release| all || !release.draft);
    let shown: Vec<Value> = releases.map(|release| shape::release(call.state, call.repo(), release)).collect();
    Ok(call.page(shown))
}

pub(super) fn get(call: &mut Call<'_>) -> Answer {
    let (id, all) = (call.number("release_id")?, call.sees_drafts());
    show(call, |release| release.id == id && (all || !release.draft))
}

/// The published release of a tag; drafts are not found by it.
pub(super) fn by_tag(call: &mut Call<'_>) -> Answer {
    let tag = call.part("ref").to_owned();
    show(call, |release| release.tag == tag && !release.draft)
}

/// The latest: what somebody said is it, else the newest that is final.
pub(super) fn latest(call: &mut Call<'_>) -> Answer {
    let latest = latest_of(call, None);
    show(call, |release| Some(release.id) == latest)
}

/// The latest release, where `except` does not count.
fn latest_of(call: &Call<'_>, except: Option<u64>) -> Option<u64> {
    let repo = call.repo();
    let is_final = |release: &&Release| Some(release.id) != except && !release.draft && !release.prerelease;
    let said = repo.releases.iter().filter(is_final).find(|release| Some(release.id) == repo.latest);
    said.or_else(|| repo.releases.iter().rfind(is_final)).map(|release| release.id)
}

fn show(call: &Call<'_>, fits: impl Fn(&Release) -> bool) -> Answer {
    let found = call.repo().releases.iter().find(|release| fits(release)).ok_or_else(Refusal::not_found)?;
    Ok(Reply::ok(shape::release(call.state, call.repo(), found)))
}

pub(super) fn create(call: &mut Call<'_>) -> Answer {
    let tag = call.text("Release", "tag_name")?;
    if tag.is_empty() || tag.contains([' ', '~', '^', ':']) {
        return Err(Refusal::custom("Release", "tag_name", "tag_name is not a valid tag"));
    }
    let (draft, prerelease) = (call.flag("draft") == Some(true), call.flag("prerelease") == Some(true));
    check(call, None, &tag, draft, prerelease)?;
    let (id, author, now) = (call.state.id(), call.login(), call.now());
    let target = call.given("target_commitish").unwrap_or_else(|| "main".to_owned());
    let (name, body) = (call.given("name"), call.given("body"));
    let release =
        Release { id, tag, target, name, body, draft: true, prerelease, author, created: now, ..Release::default() };
    // It is there as a draft until its tag is.
    call.repo_mut().releases.push(release);
    if !draft {
        let made = publish(call.state, call.repo, id);
        if let Err(refusal) = made {
            call.repo_mut().releases.retain(|release| release.id != id);
            return Err(refusal);
        }
        mark(call, id, prerelease);
    }
    let release = call.repo_mut().release_mut(id).ok_or_else(Refusal::not_found)?.clone();
    Ok(Reply::created(shape::release(call.state, call.repo(), &release)))
}

/// Whether there may be such a release.
fn check(call: &Call<'_>, own: Option<u64>, tag: &str, draft: bool, prerelease: bool) -> Result<(), Refusal> {
    bounded("Release", "body", call.body["body"].as_str(), LONGEST_NOTES)?;
    let taken = |release: &Release| release.tag == tag && !release.draft && Some(release.id) != own;
    if !draft && call.repo().releases.iter().any(taken) {
        return Err(Refusal::field("Release", "tag_name", "already_exists"));
    }
    let latest = call.given("make_latest");
    if latest.as_deref() == Some("true") && (draft || prerelease) {
        return Err(Refusal::custom("Release", "make_latest", "Latest release cannot be draft or prerelease."));
    }
    match latest.as_deref() {
        None | Some("true" | "false" | "legacy") => Ok(()),
        Some(_) => Err(Refusal::field("Release", "make_latest", "invalid")),
    }
}

/// Whoever publishes says whether it is the latest; where nobody says, it is.
fn mark(call: &mut Call<'_>, id: u64, prerelease: bool) {
    let wanted = call.given("make_latest");
    let before = latest_of(call, Some(id));
    call.repo_mut().latest = match wanted.as_deref() {
        _ if prerelease => before,
        Some("false") => before.or(Some(id)),
        _ => Some(id),
    };
}

/// Publishes a draft, making its tag from what it targets where that is not there.
fn publish(state: &mut State, repo: usize, id: u64) -> Result<(), Refusal> {
    let now = state.now();
    let repo = &mut state.repositories[repo];
    let immutable = repo.immutable;
    let Some(release) = repo.releases.iter().find(|release| release.id == id) else { return Err(Refusal::not_found()) };
    let (tag, target) = (release.tag.clone(), release.target.clone());
    let reference = format!("refs/tags/{tag}");
    if repo.git.reference(&reference).is_none() {
        if repo.forbids(Rule::Create, &reference) {
            return Err(Refusal::custom(
                "Release",
                "tag_name",
                "tag_name was used by an immutable release or is protected",
            ));
        }
        let commit = repo.git.branch(&target).or_else(|| repo.git.commit(&target));
        let commit = commit.ok_or_else(|| Refusal::field("Release", "target_commitish", "invalid"))?;
        repo.git.set(&reference, &commit).map_err(|error| Refusal::internal(&error))?;
        repo.made_tags.push(tag);
    }
    let Some(release) = repo.release_mut(id) else { return Err(Refusal::not_found()) };
    (release.draft, release.immutable) = (false, immutable);
    release.published.get_or_insert(now);
    Ok(())
}

pub(super) fn update(call: &mut Call<'_>) -> Answer {
    let id = call.number("release_id")?;
    let found = call.repo_mut().release_mut(id).ok_or_else(Refusal::not_found)?.clone();
    let tag = call.given("tag_name").unwrap_or_else(|| found.tag.clone());
    if found.immutable && tag != found.tag {
        return Err(Refusal::custom("Release", "tag_name", "tag_name cannot be changed when release is immutable"));
    }
    let draft = call.flag("draft").unwrap_or(found.draft);
    let prerelease = call.flag("prerelease").unwrap_or(found.prerelease);
    check(call, Some(id), &tag, draft, prerelease)?;
    let (target, name, body) = (call.given("target_commitish"), call.given("name"), call.given("body"));
    let release = call.repo_mut().release_mut(id).ok_or_else(Refusal::not_found)?;
    (release.tag, release.prerelease) = (tag, prerelease);
    release.target = target.unwrap_or(found.target);
    release.name = name.or(found.name);
    release.body = body.or(found.body);
    if draft && !found.immutable {
        release.draft = true;
    }
    let published = found.draft && !draft;
    if published {
        publish(call.state, call.repo, id)?;
    }
    if published || (!draft && call.given("make_latest").is_some()) {
        mark(call, id, prerelease);
    }
    let release = call.repo_mut().release_mut(id).ok_or_else(Refusal::not_found)?.clone();
    Ok(Reply::ok(shape::release(call.state, call.repo(), &release)))
}

pub(super) fn delete(call: &mut Call<'_>) -> Answer {
    let id = call.number("release_id")?;
    call.repo_mut().release_mut(id).ok_or_else(Refusal::not_found)?;
    call.repo_mut().releases.retain(|release| release.id != id);
    Ok(Reply::nothing())
}

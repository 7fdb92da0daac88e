//! Commits and refs.

use serde_json::{Value, json};

use super::super::commits::{Changed, Commit, Signed};
use super::super::model::Repo;
use super::super::page::encode_path;
use super::super::state::State;
use super::fields::node_id;
use super::issue::addresses;
use super::user::user;

/// A ref.
pub(in super::super) fn reference(state: &State, repo: &Repo, name: &str, id: &str, kind: &str) -> Value {
    let (api, _) = addresses(state, repo);
    json!({
        "ref": name,
        "node_id": node_id("REF", repo.id),
        "url": format!("{api}/git/{name}"),
        "object": { "sha": id, "type": kind, "url": format!("{api}/git/{kind}s/{id}") },
    })
}

/// A commit as git has it.
pub(in super::super) fn git_commit(state: &State, repo: &Repo, commit: &Commit) -> Value {
    let (api, web) = addresses(state, repo);
    json!({
        "sha": commit.id,
        "node_id": node_id("C", repo.id),
        "url": format!("{api}/git/commits/{}", commit.id),
        "html_url": format!("{web}/commit/{}", commit.id),
        "author": person(&commit.author),
        "committer": person(&commit.committer),
        "message": commit.message,
        "tree": { "sha": commit.tree, "url": format!("{api}/git/trees/{}", commit.tree) },
        "parents": parents(&api, &web, commit, "git/commits"),
        "verification": verification(commit),
    })
}

/// A commit with whom the forge takes its people for.
pub(in super::super) fn commit(state: &State, repo: &Repo, commit: &Commit) -> Value {
    let (api, web) = addresses(state, repo);
    let url = format!("{api}/commits/{}", commit.id);
    let known = |person: &[String; 3]| {
        let login = state.people.iter().find(|login| person[1].starts_with(&format!("{login}@")));
        login.map_or(Value::Null, |login| user(state, login))
    };
    json!({
        "sha": commit.id,
        "node_id": node_id("C", repo.id),
        "url": url,
        "html_url": format!("{web}/commit/{}", commit.id),
        "comments_url": format!("{url}/comments"),
        "author": known(&commit.author),
        "committer": known(&commit.committer),
        "parents": parents(&api, &web, commit, "commits"),
        "commit": {
            "url": format!("{api}/git/commits/{}", commit.id),
            "author": person(&commit.author),
            "committer": person(&commit.committer),
            "message": commit.message,
            "comment_count": 0,
            "tree": { "sha": commit.tree, "url": format!("{api}/git/trees/{}", commit.tree) },
            "verification": verification(commit),
        },
    })
}

/// A file that a commit changes.
pub(in super::super) fn changed(state: &State, repo: &Repo, commit: &Commit, file: &Changed) -> Value {
    let (api, web) = addresses(state, repo);
    let path = encode_path(&file.path);
    json!({
        "sha": file.blob,
        "filename": file.path,
        "status": file.status,
        "additions": file.additions,
        "deletions": file.deletions,
        "changes": file.additions + file.deletions,
        "blob_url": format!("{web}/blob/{}/{path}", commit.id),
        "raw_url": format!("{web}/raw/{}/{path}", commit.id),
        "contents_url": format!("{api}/contents/{path}?ref={}", commit.id),
    })
}

fn person([name, email, date]: &[String; 3]) -> Value {
    json!({ "name": name, "email": email, "date": date })
}

fn parents(api: &str, web: &str, commit: &Commit, below: &str) -> Value {
    let parent = |id: &String| {
        json!({
            "sha": id,
            "url": format!("{api}/{below}/{id}"),
            "html_url": format!("{web}/commit/{id}"),
        })
    };
    commit.parents.iter().map(parent).collect()
}

fn verification(commit: &Commit) -> Value {
    let (verified, reason) = match commit.signed {
        Signed::ByForge => (true, "valid"),
        Signed::BySomebody => (false, "unknown_key"),
        Signed::No => (false, "unsigned"),
    };
    json!({
        "verified": verified,
        "reason": reason,
        "signature": commit.signature,
        "payload": null,
        "verified_at": null,
    })
}

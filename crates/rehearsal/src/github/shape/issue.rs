//! Issues, of which pull requests are some, with labels and comments.

use serde_json::{Value, json};

use super::super::model::{Comment, Label, Pull, Repo};
use super::super::page::encode;
use super::super::state::State;
use super::fields::{joined, node_id, urls};
use super::user::user;

/// A label.
pub(in super::super) fn label(state: &State, repo: &Repo, label: &Label) -> Value {
    json!({
        "id": label.id,
        "node_id": node_id("LA", label.id),
        "url": format!("{}/repos/{}/labels/{}", state.urls.api, repo.full_name(), encode(&label.name)),
        "name": label.name,
        "color": label.color,
        "default": false,
        "description": label.description,
    })
}

/// The labels that a pull request has; there, unlike elsewhere, each has a description.
pub(super) fn labels(state: &State, repo: &Repo, names: &[String]) -> Value {
    let shown = |found: &Label| {
        let mut shown = label(state, repo, found);
        shown["description"] = json!(found.description.clone().unwrap_or_default());
        shown
    };
    names.iter().filter_map(|name| repo.label(name)).map(shown).collect()
}

/// A comment.
pub(in super::super) fn comment(state: &State, repo: &Repo, pull: &Pull, comment: &Comment) -> Value {
    let (api, web) = addresses(state, repo);
    json!({
        "id": comment.id,
        "node_id": node_id("IC", comment.id),
        "url": format!("{api}/issues/comments/{}", comment.id),
        "html_url": format!("{web}/pull/{}#issuecomment-{}", pull.number, comment.id),
        "issue_url": format!("{api}/issues/{}", pull.number),
        "body": comment.body,
        "user": user(state, &comment.author),
        "author_association": if is_of_staff(state, repo, &comment.author) { "MEMBER" } else { "NONE" },
        "created_at": comment.created.text(),
        "updated_at": comment.updated.text(),
    })
}

/// Whether somebody belongs to a repository: was invited, or has a token.
fn is_of_staff(state: &State, repo: &Repo, login: &str) -> bool {
    repo.collaborators.contains(login) || state.issued.iter().any(|issued| issued.grant.login == login)
}

const URLS: &[(&str, &str)] = &[
    ("url", ""),
    ("labels_url", "/labels{/name}"),
    ("comments_url", "/comments"),
    ("events_url", "/events"),
    ("timeline_url", "/timeline"),
];

/// A pull request as an issue, which says who closed it.
pub(in super::super) fn issue(state: &State, repo: &Repo, pull: &Pull) -> Value {
    let (api, web) = addresses(state, repo);
    let people: Vec<Value> = pull.assignees.iter().map(|login| user(state, login)).collect();
    let page = format!("{web}/pull/{}", pull.number);
    joined(
        urls(&format!("{api}/issues/{}", pull.number), URLS),
        json!({
            "id": pull.id + 500_000,
            "node_id": node_id("PR", pull.id),
            "repository_url": api,
            "html_url": page,
            "number": pull.number,
            "state": if pull.is_open() { "open" } else { "closed" },
            "state_reason": null,
            "title": pull.title,
            "body": pull.body,
            "user": user(state, &pull.author),
            "labels": labels(state, repo, &pull.labels),
            "assignee": people.first(),
            "assignees": people,
            "milestone": null,
            "locked": false,
            "comments": pull.comments.len(),
            "draft": pull.draft,
            "closed_at": pull.closed.as_ref().map(|(at, _)| at.text()),
            "closed_by": pull.closed.as_ref().map(|(_, by)| user(state, by)),
            "created_at": pull.created.text(),
            "updated_at": pull.updated.text(),
            "author_association": "MEMBER",
            "pull_request": {
                "url": format!("{api}/pulls/{}", pull.number),
                "html_url": page,
                "diff_url": format!("{page}.diff"),
                "patch_url": format!("{page}.patch"),
                "merged_at": merged_at(pull),
            },
        }),
    )
}

/// When a pull request was merged.
pub(super) fn merged_at(pull: &Pull) -> Option<String> {
    pull.merged.as_ref().and(pull.closed.as_ref()).map(|(at, _)| at.text())
}

/// A repository in the API, and its page.
pub(super) fn addresses(state: &State, repo: &Repo) -> (String, String) {
    let full_name = repo.full_name();
    (format!("{}/repos/{full_name}", state.urls.api), format!("{}/{full_name}", state.urls.web))
}

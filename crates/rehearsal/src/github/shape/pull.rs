//! Pull requests.

use releasekit_core::forge::MergeMethod;
use serde_json::{Map, Value, json};

use super::super::model::{Pull, Repo, Review};
use super::super::state::State;
use super::fields::{joined, node_id, urls};
use super::issue::{addresses, labels, merged_at};
use super::repository::repository;
use super::user::user;

const URLS: &[(&str, &str)] = &[
    ("url", "/pulls/{number}"),
    ("issue_url", "/issues/{number}"),
    ("commits_url", "/pulls/{number}/commits"),
    ("review_comments_url", "/pulls/{number}/comments"),
    ("review_comment_url", "/pulls/comments{/number}"),
    ("comments_url", "/issues/{number}/comments"),
];

const LINKS: &[(&str, &str)] = &[
    ("self", "url"),
    ("html", "html_url"),
    ("issue", "issue_url"),
    ("comments", "comments_url"),
    ("review_comments", "review_comments_url"),
    ("review_comment", "review_comment_url"),
    ("commits", "commits_url"),
    ("statuses", "statuses_url"),
];

/// A pull request in a list.
pub(in super::super) fn pull(state: &State, repo: &Repo, pull: &Pull) -> Value {
    let (api, web) = addresses(state, repo);
    let mut fields = addressed(&api, &web, pull);
    for part in [said(state, repo, pull), asked(state, pull), ends(state, repo, pull)] {
        fields.extend(part.as_object().cloned().unwrap_or_default());
    }
    Value::Object(fields)
}

/// A pull request by itself.
pub(in super::super) fn full_pull(state: &State, repo: &Repo, of: &Pull) -> Value {
    let fields = pull(state, repo, of).as_object().cloned().unwrap_or_default();
    joined(
        fields,
        json!({
            "merged": of.merged.is_some(),
            "merged_by": of.merged.as_ref().map(|merged| user(state, &merged.by)),
            "mergeable": of.is_open().then_some(true),
            "mergeable_state": mergeable_state(repo, of),
            "maintainer_can_modify": false,
            "rebaseable": of.is_open(),
            "comments": of.comments.len(),
            "review_comments": 0,
            "commits": 1,
            "additions": 1,
            "deletions": 0,
            "changed_files": 1,
        }),
    )
}

/// Whether it could be merged at once: `clean`, or what keeps it.
fn mergeable_state(repo: &Repo, pull: &Pull) -> &'static str {
    match pull {
        pull if !pull.is_open() => "unknown",
        pull if pull.draft => "draft",
        pull if repo.checks && !pull.checks_passed => "blocked",
        _ => "clean",
    }
}

fn addressed(api: &str, web: &str, pull: &Pull) -> Map<String, Value> {
    let number = pull.number.to_string();
    let below: Vec<_> = URLS.iter().map(|(field, below)| (*field, below.replace("{number}", &number))).collect();
    let below: Vec<_> = below.iter().map(|(field, below)| (*field, below.as_str())).collect();
    let mut fields = urls(api, &below);
    // The template of a single comment has a placeholder of the same name, which stays.
    fields.insert("review_comment_url".to_owned(), json!(format!("{api}/pulls/comments{{/number}}")));
    fields.insert("statuses_url".to_owned(), json!(format!("{api}/statuses/{}", pull.head_sha)));
    let page = format!("{web}/pull/{number}");
    fields.extend(urls(&page, &[("html_url", ""), ("diff_url", ".diff"), ("patch_url", ".patch")]));
    let links: Map<_, _> =
        LINKS.iter().map(|(name, field)| ((*name).to_owned(), json!({ "href": fields[*field] }))).collect();
    fields.insert("_links".to_owned(), Value::Object(links));
    fields
}

fn said(state: &State, repo: &Repo, pull: &Pull) -> Value {
    json!({
        "id": pull.id,
        "node_id": node_id("PR", pull.id),
        "number": pull.number,
        "state": if pull.is_open() { "open" } else { "closed" },
        "locked": false,
        "title": pull.title,
        "body": pull.body,
        "draft": pull.draft,
        "user": user(state, &pull.author),
        "author_association": "MEMBER",
        "labels": labels(state, repo, &pull.labels),
        "milestone": null,
        "created_at": pull.created.text(),
        "updated_at": pull.updated.text(),
        "closed_at": pull.closed.as_ref().map(|(at, _)| at.text()),
        "merged_at": merged_at(pull),
        "merge_commit_sha": pull.merged.as_ref().map(|merged| &merged.sha),
    })
}

fn asked(state: &State, pull: &Pull) -> Value {
    let people = |logins: &[String]| logins.iter().map(|login| user(state, login)).collect::<Vec<_>>();
    let assignees = people(&pull.assignees);
    let auto_merge = pull.auto_merge.as_ref().map(|(by, method)| {
        json!({
            "enabled_by": user(state, by),
            "merge_method": word(*method),
            "commit_title": pull.title,
            "commit_message": "",
        })
    });
    json!({
        "assignee": assignees.first(),
        "assignees": assignees,
        "requested_reviewers": people(&pull.asked),
        "requested_teams": pull.asked_teams.iter().map(|slug| team(state, slug)).collect::<Vec<_>>(),
        "auto_merge": auto_merge,
    })
}

fn team(state: &State, slug: &str) -> Value {
    let url = format!("{}/teams/{slug}", state.urls.api);
    json!({
        "id": 1,
        "node_id": node_id("T", 1),
        "url": url,
        "html_url": format!("{}/teams/{slug}", state.urls.web),
        "name": slug,
        "slug": slug,
        "description": null,
        "privacy": "closed",
        "notification_setting": "notifications_enabled",
        "permission": "pull",
        "members_url": format!("{url}/members{{/member}}"),
        "repositories_url": format!("{url}/repos"),
        "parent": null,
        "type": "organization",
        "organization_id": 1,
    })
}

pub(in super::super) fn word(method: MergeMethod) -> &'static str {
    match method {
        MergeMethod::Squash => "squash",
        MergeMethod::Rebase => "rebase",
        _ => "merge",
    }
}

fn ends(state: &State, repo: &Repo, pull: &Pull) -> Value {
    let end = |repo: Option<&Repo>, branch: &str, sha: &str| {
        let owner = repo.map_or("unknown", |repo| &repo.owner);
        json!({
            "label": format!("{owner}:{branch}"),
            "ref": branch,
            "sha": sha,
            "user": user(state, owner),
            "repo": repo.map(|repo| repository(state, repo)),
        })
    };
    json!({
        "head": end(state.repo(pull.from), &pull.head, &pull.head_sha),
        "base": end(Some(repo), &pull.base, &pull.base_sha),
    })
}

/// A review.
pub(in super::super) fn review(state: &State, repo: &Repo, pull: &Pull, review: &Review) -> Value {
    let (api, web) = addresses(state, repo);
    let (page, url) = (format!("{web}/pull/{}", pull.number), format!("{api}/pulls/{}", pull.number));
    let page = format!("{page}#pullrequestreview-{}", review.id);
    json!({
        "id": review.id,
        "node_id": node_id("PRR", review.id),
        "user": user(state, &review.author),
        "body": "",
        "state": "APPROVED",
        "commit_id": review.commit,
        "html_url": page,
        "pull_request_url": url,
        "author_association": "MEMBER",
        "submitted_at": pull.updated.text(),
        "_links": { "html": { "href": page }, "pull_request": { "href": url } },
    })
}

//! Repositories.

use serde_json::{Map, Value, json};

use super::super::model::Repo;
use super::super::state::State;
use super::fields::{joined, node_id, urls};
use super::user::user;

const URLS: &[(&str, &str)] = &[
    ("url", ""),
    ("archive_url", "/{archive_format}{/ref}"),
    ("assignees_url", "/assignees{/user}"),
    ("blobs_url", "/git/blobs{/sha}"),
    ("branches_url", "/branches{/branch}"),
    ("collaborators_url", "/collaborators{/collaborator}"),
    ("comments_url", "/comments{/number}"),
    ("commits_url", "/commits{/sha}"),
    ("compare_url", "/compare/{base}...{head}"),
    ("contents_url", "/contents/{+path}"),
    ("contributors_url", "/contributors"),
    ("deployments_url", "/deployments"),
    ("downloads_url", "/downloads"),
    ("events_url", "/events"),
    ("forks_url", "/forks"),
    ("git_commits_url", "/git/commits{/sha}"),
    ("git_refs_url", "/git/refs{/sha}"),
    ("git_tags_url", "/git/tags{/sha}"),
    ("hooks_url", "/hooks"),
    ("issue_comment_url", "/issues/comments{/number}"),
    ("issue_events_url", "/issues/events{/number}"),
    ("issues_url", "/issues{/number}"),
    ("keys_url", "/keys{/key_id}"),
    ("labels_url", "/labels{/name}"),
    ("languages_url", "/languages"),
    ("merges_url", "/merges"),
    ("milestones_url", "/milestones{/number}"),
    ("notifications_url", "/notifications{?since,all,participating}"),
    ("pulls_url", "/pulls{/number}"),
    ("releases_url", "/releases{/id}"),
    ("stargazers_url", "/stargazers"),
    ("statuses_url", "/statuses/{sha}"),
    ("subscribers_url", "/subscribers"),
    ("subscription_url", "/subscription"),
    ("tags_url", "/tags"),
    ("teams_url", "/teams"),
    ("trees_url", "/git/trees{/sha}"),
];

/// A repository by itself.
pub(in super::super) fn full_repository(state: &State, repo: &Repo) -> Value {
    let more = json!({
        "has_discussions": false,
        "network_count": 0,
        "subscribers_count": 0,
        "allow_auto_merge": repo.auto_merge,
        "delete_branch_on_merge": repo.tidies,
    });
    joined(fields(state, repo), more)
}

/// A repository as a part of something else.
pub(in super::super) fn repository(state: &State, repo: &Repo) -> Value {
    joined(fields(state, repo), json!({ "has_downloads": true }))
}

fn fields(state: &State, repo: &Repo) -> Map<String, Value> {
    let full_name = repo.full_name();
    let web = format!("{}/{full_name}", state.urls.web);
    let mut fields = urls(&format!("{}/repos/{full_name}", state.urls.api), URLS);
    for part in [named(state, repo, &web), counted(repo)] {
        fields.extend(part.as_object().cloned().unwrap_or_default());
    }
    fields
}

fn named(state: &State, repo: &Repo, web: &str) -> Value {
    let full_name = repo.full_name();
    let host = state.urls.web.trim_start_matches("http://");
    let created = repo.created.text();
    json!({
        "id": repo.id,
        "node_id": node_id("R", repo.id),
        "name": repo.name,
        "full_name": full_name,
        "owner": user(state, &repo.owner),
        "private": repo.private,
        "visibility": if repo.private { "private" } else { "public" },
        "html_url": web,
        "clone_url": format!("{web}.git"),
        "git_url": format!("git://{host}/{full_name}.git"),
        "ssh_url": format!("git@{host}:{full_name}.git"),
        "svn_url": web,
        "mirror_url": null,
        "homepage": null,
        "description": null,
        "language": null,
        "license": null,
        "default_branch": "main",
        "created_at": created,
        "updated_at": created,
        "pushed_at": created,
    })
}

fn counted(repo: &Repo) -> Value {
    let open = repo.pulls.iter().filter(|pull| pull.is_open()).count();
    json!({
        "fork": repo.parent.is_some(),
        "archived": repo.archived,
        "disabled": false,
        "has_issues": true,
        "has_projects": false,
        "has_wiki": false,
        "has_pages": false,
        "forks": 0,
        "forks_count": 0,
        "open_issues": open,
        "open_issues_count": open,
        "size": 0,
        "stargazers_count": 0,
        "watchers": 0,
        "watchers_count": 0,
    })
}

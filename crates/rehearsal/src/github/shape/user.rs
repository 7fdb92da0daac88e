//! People.

use serde_json::{Map, Value, json};

use super::super::state::State;
use super::fields::{joined, node_id, urls};

const URLS: &[(&str, &str)] = &[
    ("url", ""),
    ("followers_url", "/followers"),
    ("following_url", "/following{/other_user}"),
    ("gists_url", "/gists{/gist_id}"),
    ("starred_url", "/starred{/owner}{/repo}"),
    ("subscriptions_url", "/subscriptions"),
    ("organizations_url", "/orgs"),
    ("repos_url", "/repos"),
    ("events_url", "/events{/privacy}"),
    ("received_events_url", "/received_events"),
];

/// Somebody.
pub(in super::super) fn user(state: &State, login: &str) -> Value {
    let id = state.person(login);
    let web = format!("{}/{login}", state.urls.web);
    joined(
        urls(&format!("{}/users/{login}", state.urls.api), URLS),
        json!({
            "login": login,
            "id": id,
            "node_id": node_id("U", id),
            "avatar_url": format!("{web}.png"),
            "gravatar_id": "",
            "html_url": web,
            "type": if login.ends_with("[bot]") { "Bot" } else { "User" },
            "user_view_type": "public",
            "site_admin": false,
        }),
    )
}

/// What only somebody by themselves has, and nobody here has said.
const UNSAID: &[&str] = &["bio", "blog", "company", "email", "hireable", "location", "name"];

/// What there is none of.
const NONE: &[&str] = &["followers", "following", "public_gists", "public_repos"];

/// Whoever asks.
pub(in super::super) fn public_user(state: &State, login: &str) -> Value {
    let mut more: Map<String, Value> = UNSAID.iter().map(|field| ((*field).to_owned(), Value::Null)).collect();
    more.extend(NONE.iter().map(|field| ((*field).to_owned(), json!(0))));
    let now = state.now().text();
    more.extend(["created_at", "updated_at"].map(|field| (field.to_owned(), json!(now))));
    joined(more, user(state, login))
}

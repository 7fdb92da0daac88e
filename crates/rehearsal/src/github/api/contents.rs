//! Files at a commit.

use axum::http::header;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::super::answer::{Answer, Refusal, Reply};
use super::super::call::Call;
use super::super::page::{encode, encode_path};
use crate::headers;

/// A file, as it is or described.
pub(super) fn get(call: &mut Call<'_>) -> Answer {
    let path = call.part("path").to_owned();
    let revision = call.query.get("ref").map_or("refs/heads/main", String::as_str).to_owned();
    let commit = call.repo().git.commit(&revision);
    let commit = commit.ok_or_else(|| Refusal::new(404, &format!("No commit found for the ref {revision}")))?;
    let (id, bytes) = call.repo().git.blob(&commit, &path).ok_or_else(Refusal::not_found)?;
    let accept = headers::text(&call.headers, header::ACCEPT).unwrap_or_default();
    match accept.contains("raw") {
        true => Ok(Reply::bytes("application/vnd.github.raw+json; charset=utf-8", bytes)),
        false => Ok(Reply::ok(described(call, (&path, &revision), (&id, &bytes)))),
    }
}

fn described(call: &Call<'_>, (path, revision): (&str, &str), (id, bytes): (&str, &[u8])) -> Value {
    let (urls, full_name) = (&call.state.urls, call.repo().full_name());
    let place = encode_path(path);
    let url = format!("{}/repos/{full_name}/contents/{place}?ref={}", urls.api, encode(revision));
    let git_url = format!("{}/repos/{full_name}/git/blobs/{id}", urls.api);
    let html_url = format!("{}/{full_name}/blob/{revision}/{place}", urls.web);
    json!({
        "type": "file",
        "encoding": "base64",
        "size": bytes.len(),
        "name": path.rsplit('/').next(),
        "path": path,
        "content": STANDARD.encode(bytes),
        "sha": id,
        "url": url,
        "git_url": git_url,
        "html_url": html_url,
        "download_url": format!("{}/{full_name}/raw/{revision}/{place}", urls.web),
        "_links": { "git": git_url, "self": url, "html": html_url },
    })
}

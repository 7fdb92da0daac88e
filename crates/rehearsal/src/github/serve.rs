//! From a request over HTTP to an operation and back, with what befalls it on the way.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, Path};
use axum::http::{HeaderMap, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};
use axum::{Extension, Router};
use serde_json::Value;

use super::account::Grant;
use super::answer::{self, Answer, Refusal, Reply};
use super::call::{Call, Operation, query};
use super::hub::Hub;
use super::page::encode_path;
use super::places::{API, GRAPHQL, UPLOAD};
use super::state::{Quota, State};
use crate::connection::Scissors;
use crate::fault::{Access, Called, Fault};
use crate::headers;
use crate::log::Entry;
use crate::upload::on_its_own;

/// What comes with every request.
pub(super) struct Arrived {
    pub(super) scissors: Scissors,
    pub(super) entry: Entry,
    pub(super) headers: HeaderMap,
    pub(super) uri: Uri,
    pub(super) path: HashMap<String, String>,
    pub(super) bytes: Bytes,
}

/// The routes of operations below a prefix.
pub(super) fn routes(hub: &Arc<Hub>, prefix: &str, operations: &'static [Operation]) -> Router {
    operations.iter().fold(Router::new(), |router, operation| {
        let hub = Arc::clone(hub);
        let handler = move |ConnectInfo(scissors): ConnectInfo<Scissors>,
                            Extension(entry): Extension<Entry>,
                            Path(path): Path<HashMap<String, String>>,
                            uri: Uri,
                            headers: HeaderMap,
                            body: Body| async move {
            on_its_own(async move {
                let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
                perform(&hub, operation, Arrived { scissors, entry, headers, uri, path, bytes }).await
            })
            .await
        };
        let path = operation.path.replace("{ref}", "{*ref}").replace("{path}", "{*path}");
        router.route(&format!("{prefix}{path}"), on(filter(operation.method), handler))
    })
}

fn filter(method: &str) -> MethodFilter {
    match method {
        "GET" => MethodFilter::GET,
        "PUT" => MethodFilter::PUT,
        "PATCH" => MethodFilter::PATCH,
        "DELETE" => MethodFilter::DELETE,
        _ => MethodFilter::POST,
    }
}

/// What is no operation.
pub(super) async fn nowhere() -> Refusal {
    Refusal::not_found()
}

/// Does what an operation does, unless a fault comes first.
async fn perform(hub: &Arc<Hub>, operation: &'static Operation, arrived: Arrived) -> Response {
    let writes = !operation.reads() && !asks_only(operation, &arrived.bytes);
    let faults = faults(hub, operation, writes, &arrived);
    let upload = hub.upload(faults, arrived.scissors.clone());
    let mut quota = None;
    let mut response = upload
        .answer(|upload| {
            let kept = upload.kept(&arrived.bytes);
            let mut state = hub.state();
            let answer = act(&mut state, operation, arrived, kept);
            state.changes += usize::from(writes && answer.as_ref().is_ok_and(Reply::changed));
            quota = Some(state.quota);
            answer
        })
        .await;
    if let Some(quota) = quota {
        answer::put(&mut response, &limits(quota));
    }
    response
}

/// Whether what is sent in GraphQL changes nothing.
fn asks_only(operation: &Operation, bytes: &Bytes) -> bool {
    operation.path == GRAPHQL && !String::from_utf8_lossy(bytes).contains("mutation")
}

fn faults(hub: &Hub, operation: &Operation, writes: bool, arrived: &Arrived) -> Vec<Fault> {
    let access = if writes { Access::Write(hub.writes.fetch_add(1, Ordering::Relaxed) + 1) } else { Access::Read };
    let called = Called { method: operation.method, path: operation.path, access };
    let mut faults = hub.faults.of_call(called);
    if operation.path == UPLOAD {
        let name = query(arrived.uri.query().unwrap_or_default()).remove("name").unwrap_or_default();
        arrived.entry.file(&name);
        let number = hub.uploads.fetch_add(1, Ordering::Relaxed) + 1;
        faults.extend(hub.faults.of_upload(number, &name));
    }
    faults
}

fn limits(quota: Quota) -> [(&'static str, String); 4] {
    [
        ("x-ratelimit-limit", Quota::LIMIT.to_string()),
        ("x-ratelimit-remaining", quota.left.to_string()),
        ("x-ratelimit-reset", quota.again.to_string()),
        ("x-ratelimit-resource", "core".to_owned()),
    ]
}

/// Looks who asks and whether they may, and does it.
fn act(state: &mut State, operation: &Operation, arrived: Arrived, kept: Option<Vec<u8>>) -> Answer {
    let Arrived { headers, uri, path, bytes, .. } = arrived;
    if !headers.contains_key(header::USER_AGENT) {
        return Err(Refusal::new(
            403,
            "Request forbidden by administrative rules. Please make sure your request has a User-Agent header.",
        ));
    }
    let grant = who(state, &headers)?;
    let now = state.now();
    if !state.quota.take(now) {
        return Err(Refusal::exhausted(grant.as_ref().map_or("anonymous", |grant| &grant.login)));
    }
    let repo = place(state, operation, grant.as_ref(), &path)?;
    let body = body(&headers, &bytes)?;
    let (query, address) = (query(uri.query().unwrap_or_default()), format!("{}{}", base(state), below(uri.path())));
    let mut call = Call { state, repo, grant, path, query, headers, bytes, body, kept, address };
    (operation.act)(&mut call)
}

/// Where the API is, for links to its own pages.
fn base(state: &State) -> &str {
    &state.urls.api
}

fn below(path: &str) -> &str {
    path.strip_prefix(API).unwrap_or(path)
}

/// Whose token came; `None` where none did. Somebody whom nobody knows is refused, also where everybody might read.
pub(super) fn who(state: &mut State, headers: &HeaderMap) -> Result<Option<Grant>, Refusal> {
    let Some(given) = headers.get(header::AUTHORIZATION) else { return Ok(None) };
    let given = given.to_str().unwrap_or_default();
    let token = given.split_once(' ').filter(|(scheme, _)| {
        let scheme = scheme.to_ascii_lowercase();
        scheme == "bearer" || scheme == "token"
    });
    let grant = token.and_then(|(_, token)| state.grant(token.trim()));
    grant.map(Some).ok_or_else(|| Refusal::new(401, "Bad credentials"))
}

/// The repository that the path names, where whoever asks may see it and do what they ask for.
fn place(
    state: &State,
    operation: &Operation,
    grant: Option<&Grant>,
    path: &HashMap<String, String>,
) -> Result<usize, Refusal> {
    let (Some(owner), Some(name)) = (path.get("owner"), path.get("repo")) else { return Ok(0) };
    let full_name = format!("{owner}/{name}");
    let found = state.find(&full_name).ok_or_else(Refusal::not_found)?;
    let repo = &state.repositories[found];
    let reached = grant.filter(|grant| grant.reaches(&repo.full_name()));
    if repo.private && reached.is_none() {
        return Err(Refusal::not_found());
    }
    if !repo.goes_by(&full_name) {
        let rest = operation.path.strip_prefix("/repos/{owner}/{repo}").unwrap_or_default();
        let rest = path
            .iter()
            .fold(rest.to_owned(), |rest, (name, value)| rest.replace(&format!("{{{name}}}"), &encode_path(value)));
        return Err(Refusal::moved(
            format!("{}/repos/{}/{}{rest}", base(state), repo.owner, repo.name),
            operation.reads(),
        ));
    }
    let public_read = operation.reads() && !repo.private;
    match reached {
        None if operation.reads() => {}
        None if grant.is_none() => return Err(Refusal::new(401, "Requires authentication")),
        Some(grant) if grant.allows(operation.needs) || public_read => {}
        _ => return Err(Refusal::forbidden(operation.needs)),
    }
    if repo.archived && !operation.reads() {
        return Err(Refusal::new(403, "Repository was archived so is read-only."));
    }
    Ok(found)
}

/// What was sent as JSON.
fn body(headers: &HeaderMap, bytes: &Bytes) -> Result<Value, Refusal> {
    let content_type = headers::text(headers, header::CONTENT_TYPE).unwrap_or_default();
    if bytes.is_empty() || !content_type.contains("json") {
        return Ok(Value::Null);
    }
    serde_json::from_slice(bytes).map_err(|_| Refusal::new(400, "Problems parsing JSON"))
}

/// The bytes that the address of an asset leads to; a credential that comes along is refused, as storage hosts do.
pub(super) async fn download(
    hub: Arc<Hub>,
    entry: Entry,
    scissors: Scissors,
    headers: HeaderMap,
    path: HashMap<String, String>,
) -> Response {
    let key = path.get("key").map_or("", String::as_str);
    let Some((name, content_type, bytes)) = hub.state().asset(key) else { return Refusal::not_found().into_response() };
    entry.file(&name);
    hub.upload(hub.faults.of_download(&name), scissors)
        .answer(|upload| {
            if headers.contains_key(header::AUTHORIZATION) {
                return Err(Refusal::new(400, "Only one auth mechanism allowed"));
            }
            Ok(Reply::bytes(&content_type, upload.kept(&bytes).unwrap_or_default()))
        })
        .await
}

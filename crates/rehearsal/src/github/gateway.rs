//! Git over HTTP, and the addresses of files that people click at.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, Path};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::account::Grant;
use super::answer::Reply;
use super::api;
use super::git::Git;
use super::hub::Hub;
use super::need;
use super::state::State;
use crate::connection::Scissors;
use crate::fault::{Access, Called};
use crate::headers;
use crate::upload::on_its_own;

/// What is asked of a repository, and its path as faults name it.
type Service = (&'static str, &'static str, &'static str);

const REFS: Service = ("GET", "info/refs", "/{owner}/{repo}/info/refs");
const FETCH: Service = ("POST", "git-upload-pack", "/{owner}/{repo}/git-upload-pack");
const PUSH: Service = ("POST", "git-receive-pack", "/{owner}/{repo}/git-receive-pack");

/// Who asks, and whether they may push changes of workflows.
struct Pusher {
    login: String,
    workflows: bool,
}

/// One request of a git.
struct Asked {
    service: Service,
    path: HashMap<String, String>,
    query: String,
    headers: HeaderMap,
    bytes: Bytes,
}

pub(super) fn routes(hub: &Arc<Hub>) -> Router {
    let shared = Arc::clone(hub);
    let file = move |path: Path<HashMap<String, String>>| async move { file(&shared, &path.0) };
    [REFS, FETCH, PUSH]
        .into_iter()
        .fold(Router::new(), |router, service| router.route(service.2, route(hub, service)))
        .route("/{owner}/{repo}/releases/download/{*file}", get(file))
}

fn route(hub: &Arc<Hub>, service: Service) -> axum::routing::MethodRouter {
    let hub = Arc::clone(hub);
    let handler = move |ConnectInfo(scissors): ConnectInfo<Scissors>,
                        Path(path): Path<HashMap<String, String>>,
                        uri: Uri,
                        headers: HeaderMap,
                        body: Body| async move {
        on_its_own(async move {
            let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
            let query = Uri::query(&uri).unwrap_or_default().to_owned();
            perform(hub, scissors, Asked { service, path, query, headers, bytes }).await
        })
        .await
    };
    if service.0 == "GET" { get(handler) } else { post(handler) }
}

async fn perform(hub: Arc<Hub>, scissors: Scissors, asked: Asked) -> Response {
    let (method, _, path) = asked.service;
    let faults = hub.faults.of_call(Called { method, path, access: Access::Other });
    let upload = hub.upload(faults, scissors);
    // A push waits for git and its hook, which must not keep others from being served.
    let later = async move {
        let answered = tokio::task::spawn_blocking(move || answer(&hub, &asked)).await;
        answered.unwrap_or_else(|_| Err(Denial::new(StatusCode::INTERNAL_SERVER_ERROR, "")))
    };
    upload.answer_later(later).await
}

/// What git answers, where whoever asks may do what they ask for.
fn answer(hub: &Hub, asked: &Asked) -> Result<Response, Denial> {
    let pushes = asked.service == PUSH || asked.query.contains("git-receive-pack");
    let (git, pusher) = admit(&mut hub.state(), asked, pushes)?;
    let failed = |error: io::Error| Denial::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string());
    let answered = backend(&git, asked, &pusher).map_err(failed)?;
    if asked.service == PUSH {
        let mut state = hub.state();
        (0..state.repositories.len()).for_each(|repo| state.refresh(repo));
    }
    Ok(answered)
}

/// The repository that is asked for, and who asks.
fn admit(state: &mut State, asked: &Asked, pushes: bool) -> Result<(Git, Pusher), Denial> {
    let part = |name: &str| asked.path.get(name).map_or("", String::as_str);
    let name = part("repo").trim_end_matches(".git");
    let full_name = format!("{}/{name}", part("owner"));
    let grant = who(state, &asked.headers).ok_or_else(Denial::unknown)?;
    let found = state.find(&full_name).ok_or_else(Denial::absent)?;
    let repo = &state.repositories[found];
    let reached = grant.as_ref().filter(|grant| grant.reaches(&repo.full_name()));
    match reached {
        None if (pushes || repo.private) && grant.is_none() => return Err(Denial::unknown()),
        None if repo.private => return Err(Denial::absent()),
        None if pushes => return Err(Denial::forbidden(&full_name, grant.as_ref())),
        Some(grant) if pushes && !grant.allows(need::CONTENTS) => {
            return Err(Denial::forbidden(&full_name, Some(grant)));
        }
        _ if pushes && repo.archived => return Err(Denial::forbidden(&full_name, grant.as_ref())),
        _ => {}
    }
    let workflows = grant.as_ref().is_some_and(|grant| grant.allows(need::WORKFLOWS));
    let login = grant.map_or_else(|| "anonymous".to_owned(), |grant| grant.login);
    Ok((repo.git.clone(), Pusher { login, workflows }))
}

/// Whose token came, as the password of any user or by itself; the inner `None` where none did.
fn who(state: &mut State, headers: &HeaderMap) -> Option<Option<Grant>> {
    let Some(given) = headers.get(header::AUTHORIZATION) else { return Some(None) };
    let (scheme, given) = given.to_str().ok()?.split_once(' ')?;
    let token = match scheme.to_ascii_lowercase().as_str() {
        "basic" => {
            let login = String::from_utf8(STANDARD.decode(given).ok()?).ok()?;
            login.split_once(':')?.1.to_owned()
        }
        _ => given.to_owned(),
    };
    state.grant(&token).map(Some)
}

/// Why git is not let in, in words that it shows.
#[derive(Debug)]
struct Denial(StatusCode, String);

impl Denial {
    fn new(status: StatusCode, why: impl Into<String>) -> Self {
        Self(status, why.into())
    }

    fn unknown() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Invalid username or token.\n")
    }

    fn absent() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Repository not found.\n")
    }

    fn forbidden(full_name: &str, grant: Option<&Grant>) -> Self {
        let who = grant.map_or("anonymous", |grant| grant.login.as_str());
        Self::new(StatusCode::FORBIDDEN, format!("Permission to {full_name}.git denied to {who}.\n"))
    }
}

impl IntoResponse for Denial {
    fn into_response(self) -> Response {
        let Self(status, why) = self;
        match status {
            // Git asks for a login where it is told who wants one.
            StatusCode::UNAUTHORIZED => {
                (status, [(header::WWW_AUTHENTICATE, "Basic realm=\"GitHub\"")], why).into_response()
            }
            _ => (status, why).into_response(),
        }
    }
}

/// Hands the request to git's own server side.
fn backend(git: &Git, asked: &Asked, pusher: &Pusher) -> io::Result<Response> {
    let (method, below, _) = asked.service;
    let header = |name: &str| headers::text(&asked.headers, name).unwrap_or_default();
    let translated = format!("{}/{below}", git.folder().display());
    let length = asked.bytes.len().to_string();
    let variables = [
        ("GIT_HTTP_EXPORT_ALL", "1"),
        ("PATH_TRANSLATED", &translated),
        ("QUERY_STRING", &asked.query),
        ("REQUEST_METHOD", method),
        ("CONTENT_TYPE", header("content-type")),
        ("CONTENT_LENGTH", &length),
        ("HTTP_CONTENT_ENCODING", header("content-encoding")),
        ("GIT_PROTOCOL", header("git-protocol")),
        ("REMOTE_USER", &pusher.login),
        ("REHEARSAL_WORKFLOWS", if pusher.workflows { "yes" } else { "no" }),
        ("REMOTE_ADDR", "127.0.0.1"),
    ];
    let output = git.run(&["http-backend"], &asked.bytes, &variables)?;
    response(&output.stdout).ok_or_else(|| io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()))
}

/// Headers and a body, as a program of that kind prints them.
fn response(printed: &[u8]) -> Option<Response> {
    let end = printed.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&printed[..end]).ok()?;
    let mut response = Bytes::copy_from_slice(&printed[end + 4..]).into_response();
    response.headers_mut().remove(header::CONTENT_TYPE);
    for (name, value) in head.lines().filter_map(|line| line.split_once(": ")) {
        if name.eq_ignore_ascii_case("status") {
            let code = value.split(' ').next().and_then(|code| code.parse().ok());
            *response.status_mut() = code.map_or(StatusCode::INTERNAL_SERVER_ERROR, crate::refusal::code);
        } else if let (Ok(name), Ok(value)) = (name.parse::<header::HeaderName>(), HeaderValue::from_str(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    Some(response)
}

/// Sends whoever clicks at a file of a release to the host that has it.
fn file(hub: &Hub, path: &HashMap<String, String>) -> Response {
    let part = |name: &str| path.get(name).map_or("", String::as_str);
    let state = hub.state();
    let found = part("file").rsplit_once('/').and_then(|(tag, name)| {
        let repo = &state.repositories[state.find(&format!("{}/{}", part("owner"), part("repo")))?];
        let published = repo.releases.iter().filter(|release| !repo.private && !release.draft && release.tag == tag);
        let asset = published.flat_map(|release| &release.assets).find(|asset| asset.name == name && asset.complete)?;
        Some(api::address(&state, asset))
    });
    found.map_or_else(|| StatusCode::NOT_FOUND.into_response(), |location| Reply::found(location).into_response())
}

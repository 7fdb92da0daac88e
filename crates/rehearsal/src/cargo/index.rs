//! The sparse index: where everything is, and the file of each crate.

use axum::Json;
use axum::extract::{ConnectInfo, Path};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use releasekit_formats::archive::digest::sha256;
use releasekit_formats::cargo::name::{index_path, is_legal};
use serde_json::{Value, json};

use super::registry::{Registry, State};
use super::{access, answer, entry, overlay};
use crate::connection::Scissors;
use crate::fault::Fault;
use crate::protocol::Served;
use crate::{refusal, slow};

/// Where files and the API are.
pub(super) async fn config(axum::extract::State(registry): State, headers: HeaderMap) -> Response {
    if let Err(refused) = access::reader(&registry, &headers) {
        return refused.into_response();
    }
    Json(own_config(&registry)).into_response()
}

fn own_config(registry: &Served<Registry>) -> Value {
    let mut config = json!({ "dl": format!("{}/api/v1/crates", registry.url), "api": registry.url });
    if registry.options.own.auth_required {
        config["auth-required"] = json!(true);
    }
    config
}

/// The file of a crate with a name of one or two letters.
pub(super) async fn short(
    registry: State,
    scissors: ConnectInfo<Scissors>,
    Path((folder, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    file(registry, scissors, format!("{folder}/{name}"), name, headers).await
}

/// The file of a crate with a longer name.
pub(super) async fn long(
    registry: State,
    scissors: ConnectInfo<Scissors>,
    Path((folder, inner, name)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Response {
    file(registry, scissors, format!("{folder}/{inner}/{name}"), name, headers).await
}

async fn file(
    axum::extract::State(registry): State,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    path: String,
    name: String,
    headers: HeaderMap,
) -> Response {
    if let Err(refused) = access::reader(&registry, &headers) {
        return refused.into_response();
    }
    if !is_legal(&name) || path != index_path(&name) {
        return StatusCode::NOT_FOUND.into_response();
    }
    for fault in registry.faults.of_page(&name, registry.arrived()) {
        match fault {
            Fault::Delay(time) => tokio::time::sleep(time).await,
            Fault::Reset => return refusal::cut(&scissors),
            Fault::Drip(pause) => return slow::endless(pause),
            fault => return answer::fault(&fault, (registry.options.clock)()),
        }
    }
    let known = registry.store().knows(&name);
    match &registry.upstream {
        Some(upstream) if !known => overlay::file(upstream, &path, &headers).await,
        _ => own_file(&registry, &name, &headers),
    }
}

/// The file, unless the client has it as it is.
fn own_file(registry: &Served<Registry>, name: &str, headers: &HeaderMap) -> Response {
    let now = (registry.options.clock)();
    let Some(versions) = registry.store().look(name, now) else { return StatusCode::NOT_FOUND.into_response() };
    let file = entry::file(&versions);
    let tag = format!("\"{}\"", sha256(file.as_bytes()));
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response();
    }
    ([(header::ETAG, tag), (header::CONTENT_TYPE, "text/plain".to_owned())], file).into_response()
}

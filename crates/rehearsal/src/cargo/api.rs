//! The rest of the API: what is there, downloads, yanking.

use axum::extract::Path;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use releasekit_formats::cargo::name::file_name;
use serde_json::{Value, json};

use super::answer::Refusal;
use super::registry::{Registry, State, Stored};
use super::{access, overlay};
use crate::files;
use crate::log::Entry;
use crate::protocol::Served;

/// A crate with all its versions.
pub(super) async fn package(
    axum::extract::State(registry): State,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Value>, Refusal> {
    let versions = versions(&registry, &name, &headers)?;
    let named = versions.first().map(|stored| stored.meta.name.clone());
    let versions: Vec<Value> = versions.iter().map(described).collect();
    Ok(Json(json!({ "crate": { "id": named, "name": named }, "versions": versions })))
}

/// One version.
pub(super) async fn version(
    axum::extract::State(registry): State,
    Path((name, version)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Json<Value>, Refusal> {
    let found = versions(&registry, &name, &headers)?.into_iter().find(|stored| stored.meta.version == version);
    let found = found.ok_or_else(|| no_version(&name, &version))?;
    Ok(Json(json!({ "version": described(&found) })))
}

/// Who may publish a crate.
pub(super) async fn owners(
    axum::extract::State(registry): State,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Value>, Refusal> {
    let versions = versions(&registry, &name, &headers)?;
    let owner = versions.iter().find_map(|stored| stored.meta.owner.clone());
    let users: Vec<Value> = owner.iter().map(|owner| json!({ "id": 1, "login": owner, "name": null })).collect();
    Ok(Json(json!({ "users": users })))
}

/// The file of a version.
pub(super) async fn download(
    axum::extract::State(registry): State,
    Extension(entry): Extension<Entry>,
    Path((name, version)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    if let Err(refused) = access::reader(&registry, &headers) {
        return refused.into_response();
    }
    let package = name.to_ascii_lowercase();
    let known = registry.store().knows(&package);
    match &registry.upstream {
        Some(upstream) if !known => overlay::download(upstream, &name, &version, &headers).await,
        _ => files::serve(&registry, &entry, &package, &file_name(&name, &version)),
    }
}

/// Withdraws a version.
pub(super) async fn yank(
    state: State,
    path: Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Json<Value>, Refusal> {
    set_yanked(&state.0, &path.0, &headers, true)
}

/// Takes that back.
pub(super) async fn unyank(
    state: State,
    path: Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Json<Value>, Refusal> {
    set_yanked(&state.0, &path.0, &headers, false)
}

fn set_yanked(
    registry: &Served<Registry>,
    (name, version): &(String, String),
    headers: &HeaderMap,
    yanked: bool,
) -> Result<Json<Value>, Refusal> {
    let asks = access::publisher(registry, headers)?;
    let package = name.to_ascii_lowercase();
    if !registry.store().knows(&package) {
        return Err(no_crate(name));
    }
    access::owner(registry, &package, asks.as_deref())?;
    match registry.store().set_withdrawn(&file_name(name, version), yanked) {
        true => Ok(Json(json!({ "ok": true }))),
        false => Err(no_version(name, version)),
    }
}

fn versions(registry: &Served<Registry>, name: &str, headers: &HeaderMap) -> Result<Vec<Stored>, Refusal> {
    access::reader(registry, headers)?;
    let now = (registry.options.clock)();
    registry.store().look(&name.to_ascii_lowercase(), now).ok_or_else(|| no_crate(name))
}

fn described(stored: &Stored) -> Value {
    json!({
        "crate": stored.meta.name,
        "num": stored.meta.version,
        "checksum": stored.listing.digest,
        "yanked": stored.listing.yanked,
        "crate_size": stored.bytes.len(),
    })
}

fn no_crate(name: &str) -> Refusal {
    Refusal::not_found(&format!("crate `{name}` does not exist"))
}

fn no_version(name: &str, version: &str) -> Refusal {
    Refusal::not_found(&format!("crate `{name}` does not have a version `{version}`"))
}

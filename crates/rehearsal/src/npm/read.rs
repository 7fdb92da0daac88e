//! Reading: documents, versions, files.

use axum::extract::{ConnectInfo, Path, State as Known};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use releasekit_formats::archive::digest::sha256;
use releasekit_formats::npm::name::file_name;
use serde_json::{Value, json};

use super::answer::Refusal;
use super::document::{ABBREVIATED, Package};
use super::place::{self, Place};
use super::registry::{Registry, State};
use super::{access, answer, overlay};
use crate::connection::Scissors;
use crate::fault::Fault;
use crate::log::Entry;
use crate::protocol::Served;
use crate::{files, headers, refusal, slow};

/// Whatever a path names.
pub(super) async fn read(
    Known(registry): State,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    Extension(entry): Extension<Entry>,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Response {
    match Place::read(&path) {
        Some(Place::Package(name)) => match spoiled(&registry, &name, &scissors).await {
            Some(instead) => instead,
            None => document(&registry, &name, &headers).await,
        },
        Some(Place::Version(name, version)) => self::version(&registry, &name, &version, &headers).await,
        Some(Place::File(name, file)) => self::file(&registry, &entry, &name, &file, &headers),
        None => Refusal::no_package().into_response(),
    }
}

/// What a fault answers in the place of a document.
async fn spoiled(registry: &Served<Registry>, name: &str, scissors: &Scissors) -> Option<Response> {
    for fault in registry.faults.of_page(name, registry.arrived()) {
        match fault {
            Fault::Delay(time) => tokio::time::sleep(time).await,
            Fault::Reset => return Some(refusal::cut(scissors)),
            Fault::Drip(pause) => return Some(slow::endless(pause)),
            fault => return Some(answer::fault(&fault)),
        }
    }
    None
}

/// The document of a package, in the form that is asked for, unless the client has it as it is.
async fn document(registry: &Served<Registry>, name: &str, headers: &HeaderMap) -> Response {
    let known = registry.store().knows(name);
    if let Some(upstream) = registry.upstream.as_ref().filter(|_| !known) {
        return overlay::get(upstream, &place::document(name), headers).await;
    }
    let is_short = headers::text(headers, header::ACCEPT).is_some_and(|accepted| accepted.contains(ABBREVIATED));
    let shape = |package: &Package<'_>| if is_short { package.abbreviated() } else { package.whole() };
    let Some(document) = shown(registry, name, headers, shape) else { return Refusal::no_package().into_response() };
    let document = document.to_string();
    let kind = if is_short { ABBREVIATED } else { "application/json" };
    let tag = format!("\"{}\"", sha256(document.as_bytes()));
    let of_it = [(header::ETAG, tag.clone()), (header::VARY, "accept".to_owned())];
    if headers::text(headers, header::IF_NONE_MATCH) == Some(tag.as_str()) {
        return (StatusCode::NOT_MODIFIED, of_it).into_response();
    }
    (of_it, [(header::CONTENT_TYPE, kind)], document).into_response()
}

/// What is listed of a package, as one who asks may see it.
fn shown<T>(
    registry: &Served<Registry>,
    name: &str,
    headers: &HeaderMap,
    shape: impl FnOnce(&Package<'_>) -> T,
) -> Option<T> {
    if !access::may_read(registry, headers, name) {
        return None;
    }
    let listed = registry.store().look(name, (registry.options.clock)())?;
    Some(shape(&Package { name, url: &registry.url, listed: &listed }))
}

async fn version(registry: &Served<Registry>, name: &str, named: &str, headers: &HeaderMap) -> Response {
    let known = registry.store().knows(name);
    if let Some(upstream) = registry.upstream.as_ref().filter(|_| !known) {
        return overlay::get(upstream, &format!("{}/{named}", place::document(name)), headers).await;
    }
    match shown(registry, name, headers, |package| package.version(named)) {
        Some(Some(version)) => Json(version).into_response(),
        Some(None) => Refusal::no_version(named).into_response(),
        None => Refusal::no_package().into_response(),
    }
}

fn file(registry: &Served<Registry>, entry: &Entry, name: &str, file: &str, headers: &HeaderMap) -> Response {
    let found = {
        let store = registry.store();
        let mut versions = store.all(name).map(|stored| stored.meta.version.clone());
        versions.find(|version| place::served_as(name, version) == file)
    };
    match found.filter(|_| access::may_read(registry, headers, name)) {
        Some(version) => files::serve(registry, entry, name, &file_name(name, &version)),
        None => Refusal::no_package().into_response(),
    }
}

/// Who asks.
pub(super) async fn whoami(Known(registry): State, headers: HeaderMap) -> Result<Json<Value>, Refusal> {
    let who = access::who(&registry, &headers)?;
    Ok(Json(json!({ "username": who.as_deref().unwrap_or("anybody") })))
}

/// That it answers.
pub(super) async fn ping() -> Json<Value> {
    Json(json!({}))
}

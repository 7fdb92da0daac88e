//! Names that point to versions: `latest`, and whatever else publishers make up.

use std::collections::BTreeMap;

use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Path, State as Known};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::access::{self, Write};
use super::answer::Refusal;
use super::points::{LATEST, point, points};
use super::registry::{Registry, State};
use super::{overlay, update};
use crate::connection::Scissors;
use crate::protocol::Served;
use crate::upload::on_its_own;

/// Where names of a package are moved, as a fault names it.
const PLACE: &str = "/-/package/{name}/dist-tags/{tag}";

/// Where the names of a package point.
pub(super) async fn list(
    Known(registry): State,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Json<BTreeMap<String, String>>, Response> {
    let points = points(registry.store().all(&name));
    match &registry.upstream {
        Some(upstream) if points.is_empty() => overlay::tags(upstream, &name, &headers).await,
        _ if points.is_empty() || !access::may_read(&registry, &headers, &name) => {
            Err(Refusal::no_package().into_response())
        }
        _ => Ok(Json(points)),
    }
}

/// Points a name to a version.
pub(super) async fn put(
    Known(registry): State,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    Path((name, tag)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    on_its_own(async move {
        let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
        let write = update::write(&registry, "PUT", PLACE, scissors);
        write.answer(|_| moved(&registry, &headers, (&name, &tag), &body)).await
    })
    .await
}

fn moved(
    registry: &Served<Registry>,
    headers: &HeaderMap,
    (name, tag): (&str, &str),
    body: &[u8],
) -> Result<(StatusCode, Json<Value>), Refusal> {
    access::writer(registry, headers, name, Write::Change)?;
    let version: String = serde_json::from_slice(body).map_err(|error| Refusal::bad(error.to_string()))?;
    let mut store = registry.store();
    if !store.knows(name) {
        return Err(Refusal::no_package());
    }
    if !store.all(name).any(|stored| stored.meta.version == version) {
        return Err(Refusal::no_version(&version));
    }
    point(&mut store, name, tag, &version);
    Ok((StatusCode::CREATED, Json(json!({ "ok": "dist-tags updated" }))))
}

/// Takes a name away.
pub(super) async fn delete(
    Known(registry): State,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    Path((name, tag)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let write = update::write(&registry, "DELETE", PLACE, scissors);
    write.answer(|_| removed(&registry, &headers, &name, &tag)).await
}

fn removed(registry: &Served<Registry>, headers: &HeaderMap, name: &str, tag: &str) -> Result<Json<Value>, Refusal> {
    access::writer(registry, headers, name, Write::Change)?;
    if tag == LATEST {
        return Err(Refusal::forbidden("the tag `latest` cannot be removed"));
    }
    let mut store = registry.store();
    let had = store.all_mut(name).filter_map(|stored| stored.meta.tags.remove(tag)).count();
    if had == 0 { Err(Refusal::no_package()) } else { Ok(Json(json!({ "ok": "dist-tag removed" }))) }
}

//! A document that is written back: how versions are deprecated, and how that is taken back.

use axum::Json;
use axum::http::HeaderMap;
use serde_json::{Value, json};

use super::access::{self, Write};
use super::answer::Refusal;
use super::document::Package;
use super::registry::Registry;
use crate::connection::Scissors;
use crate::fault::{Access, Called};
use crate::protocol::{Protocol, Served};
use crate::upload::Upload;

/// Where documents are written, as a fault names it.
pub(super) const PLACE: &str = "/{name}";

/// A request that changes something and publishes nothing, with what befalls it.
pub(super) fn write(
    registry: &Served<Registry>,
    method: &'static str,
    path: &'static str,
    scissors: Scissors,
) -> Upload {
    let called = Called { method, path, access: Access::Write(registry.writes()) };
    Upload::new(registry.faults.of_call(called), scissors, Registry::refusal, (registry.options.clock)())
}

/// Takes over what a document says of versions that are there. It has to be of the present revision, as with CouchDB, which the public
/// registry comes from.
pub(super) fn take(
    registry: &Served<Registry>,
    headers: &HeaderMap,
    name: &str,
    document: &Value,
) -> Result<Json<Value>, Refusal> {
    access::writer(registry, headers, name, Write::Change)?;
    let mut store = registry.store();
    let listed = store.look(name, (registry.options.clock)()).ok_or_else(Refusal::no_package)?;
    let present = Package { name, url: &registry.url, listed: &listed }.whole();
    if document["_rev"] != present["_rev"] {
        return Err(Refusal::conflict());
    }
    for stored in store.all_mut(name) {
        let told = &document["versions"][stored.meta.version.as_str()];
        if told.is_object() {
            let deprecated = told["deprecated"].as_str().filter(|reason| !reason.is_empty());
            stored.meta.deprecated = deprecated.map(str::to_owned);
            stored.listing.yanked = false;
        }
    }
    Ok(Json(json!({ "ok": "updated package" })))
}

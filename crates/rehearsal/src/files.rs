//! The files themselves, whichever protocol lists them.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::fault::Fault;
use crate::log::Entry;
use crate::protocol::{Protocol, Served};
use crate::slow;

/// Gives the bytes of a file of a package, listed or not.
pub(crate) async fn file<P: Protocol>(
    State(served): State<Arc<Served<P>>>,
    Extension(entry): Extension<Entry>,
    Path((package, file)): Path<(String, String)>,
) -> Response {
    serve(&served, &entry, &package, &file)
}

/// Gives the bytes of a file, unless a fault befalls its download.
pub(crate) fn serve<P: Protocol>(served: &Served<P>, entry: &Entry, package: &str, file: &str) -> Response {
    entry.file(file);
    for fault in served.faults.of_download(file) {
        match fault {
            Fault::Drip(pause) => return slow::endless(pause),
            Fault::Endless => return slow::endless(Duration::ZERO),
            _ => {}
        }
    }
    let found = served.store().file(package, file).map(|stored| Arc::clone(&stored.bytes));
    match found {
        Some(bytes) => ([(header::CONTENT_TYPE, "application/octet-stream")], Bytes::from_owner(bytes)).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

//! The files themselves.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::fault::Fault;
use super::log::Entry;
use super::server::Index;
use super::slow;

/// Gives the bytes of a file, listed or not.
pub(super) async fn file(
    State(index): State<Arc<Index>>,
    Extension(entry): Extension<Entry>,
    Path((project, file)): Path<(String, String)>,
) -> Response {
    entry.file(&file);
    for fault in index.faults.of_download(&file) {
        match fault {
            Fault::Drip(pause) => return slow::endless(pause),
            Fault::Endless => return slow::endless(Duration::ZERO),
            _ => {}
        }
    }
    let found = index.store().file(&project, &file).map(|stored| Arc::clone(&stored.bytes));
    match found {
        Some(bytes) => ([(header::CONTENT_TYPE, "application/octet-stream")], Bytes::from_owner(bytes)).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

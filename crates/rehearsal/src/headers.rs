//! What headers of a request say.

use axum::http::HeaderMap;
use axum::http::header::AsHeaderName;

/// The value of a header; `None` where it did not come, and where it is no text.
pub(crate) fn text(headers: &HeaderMap, name: impl AsHeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

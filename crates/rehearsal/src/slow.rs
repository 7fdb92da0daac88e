//! Answers without an end.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::response::{IntoResponse, Response};
use futures::stream;

/// How many bytes come at once where they come fast.
const CHUNK: usize = 64 << 10;

/// An answer whose bytes come one by one with this pause before each, or in chunks without any.
pub(crate) fn endless(pause: Duration) -> Response {
    let bytes = Bytes::from(vec![b' '; if pause.is_zero() { CHUNK } else { 1 }]);
    let chunks = stream::unfold(bytes, move |bytes| async move {
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
        Some((Ok::<_, Infallible>(bytes.clone()), bytes))
    });
    Body::from_stream(chunks).into_response()
}

//! What a fault answers in the place of the registry, or that it answers nothing.

use axum::Extension;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::connection::Scissors;
use crate::fault::Fault;

/// Marks a response that no client will see.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cut;

/// What a fault that answers says.
pub(crate) fn status(fault: &Fault) -> Response {
    match fault {
        Fault::RateLimit(seconds) => {
            (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, seconds.to_string())], "Slow down.").into_response()
        }
        Fault::Status(status) => (code(*status), "An injected fault.").into_response(),
        _ => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// A status, or 500 where there is no such one.
pub(crate) fn code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Resets the connection instead of answering.
pub(crate) fn cut(scissors: &Scissors) -> Response {
    scissors.cut();
    Extension(Cut).into_response()
}

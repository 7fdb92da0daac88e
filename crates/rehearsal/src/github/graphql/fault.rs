//! Errors of GraphQL, which come with a status of success.

use serde_json::Value;

/// What a field comes to, or why there is none: the type of the error, and its words.
pub(super) type Outcome = Result<Value, Fault>;

/// Why there is no answer: the type that GitHub gives such errors, and its words.
#[derive(Debug)]
pub(super) struct Fault(pub(super) &'static str, pub(super) String);

impl Fault {
    pub(super) fn new(kind: &'static str, message: impl Into<String>) -> Self {
        Self(kind, message.into())
    }

    pub(super) fn not_found(message: impl Into<String>) -> Self {
        Self::new("NOT_FOUND", message)
    }

    pub(super) fn forbidden() -> Self {
        Self::new("FORBIDDEN", "Resource not accessible by personal access token")
    }
}

//! The opaque error of the trait boundaries, and the kinds by which callers decide.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use crate::diagnostic::{Code, Diagnostic, Label};

/// The result of a backend's method.
pub type Result<T, E = BackendError> = std::result::Result<T, E>;

/// What a caller can do about a failure. Retry policy looks at nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The thing asked for does not exist.
    NotFound,
    /// The thing exists with other content.
    Conflict,
    /// The backend lacks the capability.
    Unsupported,
    /// No credential, or one that nobody knows.
    Unauthenticated,
    /// A known credential without the right.
    Forbidden,
    /// Too many requests; worth trying again later.
    RateLimited,
    /// A network or server failure; worth trying again.
    Transient,
    /// The world is not in the state the operation needs.
    Precondition,
    /// Input that can never work.
    Invalid,
    /// The command line asks for what does not exist, or says nothing that can be understood.
    Usage,
    /// The configuration says what cannot be, or what nobody understands.
    Configuration,
    /// A program is not installed or too old.
    ToolMissing,
    /// A program ran and failed.
    ToolFailed,
    /// Stopped on request.
    Cancelled,
    /// A bug of ours.
    Internal,
    /// Nothing failed, and something should be known: the kind of warnings that have a code.
    Warning,
}

impl ErrorKind {
    /// Whether the same call may succeed later without anyone changing anything.
    pub fn is_retryable(self) -> bool {
        matches!(self, Self::RateLimited | Self::Transient)
    }

    /// Whether the credential is what is wrong.
    pub fn is_credential(self) -> bool {
        matches!(self, Self::Unauthenticated | Self::Forbidden)
    }
}

/// What a backend says when it fails: a code, a kind and help, with the cause behind it.
pub struct BackendError(Box<Inner>);

struct Inner {
    code: Code,
    kind: ErrorKind,
    message: String,
    help: Option<String>,
    labels: Vec<Label>,
    output: Option<String>,
    retry_after: Option<Duration>,
    source: Option<Box<dyn Error + Send + Sync>>,
    parts: Vec<BackendError>,
}

impl BackendError {
    /// Starts an error with its code's kind and help; the message is lowercase and has no full stop.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            code,
            kind: code.kind(),
            message: message.into(),
            help: code.help().map(str::to_owned),
            labels: Vec::new(),
            output: None,
            retry_after: None,
            source: None,
            parts: Vec::new(),
        }))
    }

    /// Says that a backend has no such operation.
    pub fn unsupported(what: impl fmt::Display) -> Self {
        Self::new(crate::codes::UNSUPPORTED, format!("{what} is not supported"))
    }

    /// Carries a crate's own error over the boundary, where [`BackendError::downcast_ref`] finds it again.
    pub fn from_diagnostic(error: impl Diagnostic + 'static) -> Self {
        Self(Box::new(Inner {
            code: error.code(),
            kind: error.kind(),
            message: error.to_string(),
            help: error.help(),
            labels: error.labels(),
            output: error.output(),
            retry_after: error.retry_after(),
            source: Some(Box::new(error)),
            parts: Vec::new(),
        }))
    }

    /// Reports independent errors together; a single one stays itself. `None` where there is none.
    pub fn together(mut errors: Vec<Self>) -> Option<Self> {
        if errors.len() < 2 {
            return errors.pop();
        }
        let first = &errors[0];
        let mut all = Self::new(first.code(), format!("{} errors", errors.len())).with_kind(first.kind());
        all.0.help = None;
        all.0.parts = errors;
        Some(all)
    }

    /// Fails with all of some independent errors together, if there is any.
    pub fn raise<E: Into<Self>>(errors: impl IntoIterator<Item = E>) -> Result<()> {
        Self::together(errors.into_iter().map(Into::into).collect()).map_or(Ok(()), Err)
    }

    /// Says what a caller can do about it, where that does not follow from the code.
    #[must_use]
    pub fn with_kind(mut self, kind: ErrorKind) -> Self {
        self.0.kind = kind;
        self
    }

    /// Says what to do next.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.0.help = Some(help.into());
        self
    }

    /// Points at a place.
    #[must_use]
    pub fn with_label(mut self, label: Label) -> Self {
        self.0.labels.push(label);
        self
    }

    /// Keeps what a tool printed; the caller has removed secrets.
    #[must_use]
    pub fn with_output(mut self, output: impl Into<String>) -> Self {
        self.0.output = Some(output.into());
        self
    }

    /// Keeps the delay a server asked for.
    #[must_use]
    pub fn with_retry_after(mut self, delay: Duration) -> Self {
        self.0.retry_after = Some(delay);
        self
    }

    /// Links the cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// The backend's own error behind this one.
    pub fn downcast_ref<E: Error + 'static>(&self) -> Option<&E> {
        self.0.source.as_deref()?.downcast_ref()
    }
}

impl Diagnostic for BackendError {
    fn code(&self) -> Code {
        self.0.code
    }

    fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    fn help(&self) -> Option<String> {
        self.0.help.clone()
    }

    fn labels(&self) -> Vec<Label> {
        self.0.labels.clone()
    }

    fn output(&self) -> Option<String> {
        self.0.output.clone()
    }

    fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    fn parts(&self) -> Vec<&dyn Diagnostic> {
        self.0.parts.iter().map(|part| part as &dyn Diagnostic).collect()
    }
}

impl fmt::Display for BackendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for BackendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BackendError")
            .field("code", &self.0.code)
            .field("kind", &self.0.kind)
            .field("message", &self.0.message)
            .field("source", &self.0.source)
            .finish()
    }
}

impl Error for BackendError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn Error + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(message: &str) -> BackendError {
        BackendError::new(crate::codes::UNSUPPORTED, message).with_help("look")
    }

    #[test]
    fn one_error_is_raised_as_itself_and_several_together() {
        assert!(BackendError::raise(Vec::<BackendError>::new()).is_ok());
        let one = BackendError::raise([failure("a")]).expect_err("there is one");
        assert_eq!((one.to_string(), one.parts().len()), ("a".to_owned(), 0));
        let two = BackendError::raise([failure("a"), failure("b")]).expect_err("there are two");
        assert_eq!((two.to_string(), two.parts().len(), two.help()), ("2 errors".to_owned(), 2, None));
    }
}

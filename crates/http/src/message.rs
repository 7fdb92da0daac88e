//! Requests and responses as plain values.

use std::fmt;
use std::time::Duration;

use releasekit_core::Secret;

use crate::time;

/// What a request does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Method {
    /// Reads.
    Get,
    /// Reads without a body.
    Head,
    /// Writes.
    Post,
    /// Writes.
    Put,
    /// Writes.
    Patch,
    /// Writes.
    Delete,
}

impl Method {
    /// Whether it changes nothing, so that it may be repeated and redirected.
    pub const fn is_read(self) -> bool {
        matches!(self, Self::Get | Self::Head)
    }

    /// The word that is sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// A request. `Debug` shows neither credentials nor the body.
#[derive(Clone)]
pub struct Request {
    pub(crate) method: Method,
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) authorization: Option<Secret>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// Starts a request without headers and body.
    pub fn new(method: Method, url: impl Into<String>) -> Self {
        Self { method, url: url.into(), headers: Vec::new(), authorization: None, body: Vec::new() }
    }

    /// Starts a request that reads.
    pub fn get(url: impl Into<String>) -> Self {
        Self::new(Method::Get, url)
    }

    /// Adds a header; not for credentials.
    #[must_use]
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets the whole `Authorization` header. It goes to the origin of the URL only, and outranks every other
    /// credential.
    #[must_use]
    pub fn with_authorization(mut self, value: Secret) -> Self {
        self.authorization = Some(value);
        self
    }

    /// Sets the body.
    #[must_use]
    pub fn with_body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("url", &crate::url::shown(&self.url))
            .finish_non_exhaustive()
    }
}

/// A whole answer; where the client judges the status, one of success.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Response {
    /// The status.
    pub status: u16,
    /// The URL that answered, after redirections; without credentials.
    pub url: String,
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, decompressed.
    pub body: Vec<u8>,
}

impl Response {
    /// The value of a header; the name is in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
    }

    /// The server's own time, in seconds since 1970.
    pub fn date(&self) -> Option<i64> {
        time::seconds(self.header("date")?)
    }

    /// How long the server wants us to wait, by its own clock.
    pub fn retry_after(&self) -> Option<Duration> {
        time::retry_after(self.header("retry-after")?, self.date())
    }
}

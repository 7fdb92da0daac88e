//! What a client is made with, beyond the environment.

use std::fmt;
use std::time::Duration;

use crate::url;

/// What bounds an answer in the place of a time of the caller's own.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// How a client behaves. The defaults suit a public index.
#[derive(Clone)]
#[non_exhaustive]
pub struct Settings {
    /// The URL of the instance. Its user and password count for every URL with the same scheme, host and port.
    pub base: Option<String>,
    /// Whether every request fails without being sent.
    pub offline: bool,
    /// How many connections one host sees at most.
    pub connections: usize,
    /// How long a connection may take to be made.
    pub connect_timeout: Duration,
    /// How long the server may send nothing.
    pub read_timeout: Duration,
    /// How long an answer that is kept in memory may take from the request to its last byte, each time that it is tried.
    pub answer_timeout: Duration,
    /// How often a read is tried again.
    pub retries: usize,
    /// The delay before the first retry; later ones double it, and jitter comes on top.
    pub first_delay: Duration,
    /// The longest delay; a server that asks for more gets no retry.
    pub longest_delay: Duration,
    /// How many bytes an answer may have that is kept in memory.
    pub largest_body: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            base: None,
            offline: false,
            connections: 10,
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(30),
            answer_timeout: Duration::from_secs(60),
            retries: 3,
            first_delay: Duration::from_millis(250),
            longest_delay: Duration::from_secs(60),
            largest_body: 128 << 20,
        }
    }
}

impl Settings {
    /// Names the instance, so that credentials in its URL count for its whole host.
    #[must_use]
    pub fn with_base(mut self, url: impl Into<String>) -> Self {
        self.base = Some(url.into());
        self
    }

    /// Puts the network off limits.
    #[must_use]
    pub fn with_offline(mut self, offline: bool) -> Self {
        self.offline = offline;
        self
    }

    /// Lets the server take a day over each answer, for whoever bounds requests by an earlier time of their own.
    /// A server says nothing while it takes a large file.
    #[must_use]
    pub fn patient(mut self) -> Self {
        (self.read_timeout, self.answer_timeout) = (LONGEST, LONGEST);
        self
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("base", &self.base.as_deref().map(url::shown))
            .field("offline", &self.offline)
            .field("connections", &self.connections)
            .field("retries", &self.retries)
            .finish_non_exhaustive()
    }
}

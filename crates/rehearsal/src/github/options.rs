//! How the forge is set up.

use std::time::SystemTime;

/// What the forge is started with.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Options {
    /// The port of pages, API and git; 0 takes a free one.
    pub port: u16,
    /// How many entries a page of a list has at most, whatever a client asks for; GitHub's own most is 100.
    pub page: usize,
    /// What time it is there.
    pub clock: fn() -> SystemTime,
}

impl Default for Options {
    #[expect(clippy::disallowed_methods, reason = "a forge stands for the outside world, whose clock it has")]
    fn default() -> Self {
        Self { port: 0, page: 100, clock: SystemTime::now }
    }
}

impl Options {
    /// Listens on this port.
    #[must_use]
    pub fn with_port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Answers with so many entries a page at most, so that few of them are several pages.
    #[must_use]
    pub fn with_page(mut self, most: usize) -> Self {
        self.page = most;
        self
    }
}

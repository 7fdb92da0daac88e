//! How the forge is set up.

use std::time::SystemTime;

/// What the forge is started with.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Options {
    /// How many entries a page of a list has at most, whatever a client asks for; GitHub's own most is 100.
    pub page: usize,
    /// What time it is there.
    pub clock: fn() -> SystemTime,
}

impl Default for Options {
    #[expect(clippy::disallowed_methods, reason = "a forge stands for the outside world, whose clock it has")]
    fn default() -> Self {
        Self { page: 100, clock: SystemTime::now }
    }
}

impl Options {
    /// Answers with so many entries a page at most, so that few of them are several pages.
    #[must_use]
    pub fn with_page(mut self, most: usize) -> Self {
        self.page = most;
        self
    }
}

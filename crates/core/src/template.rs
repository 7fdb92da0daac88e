//! Templates that a repository brings, to be rendered where they can use up nothing.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;

/// Why a template was not rendered to its end. The message has the template as its subject.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Stopped {
    /// It asked for more memory than it may have.
    #[error("it needs more than {} MiB of memory", .limit >> 20)]
    Memory {
        /// What the process may have, in bytes.
        limit: u64,
    },
    /// Its time was over.
    #[error("it takes longer than {} s", .limit.as_secs_f32())]
    Time {
        /// What it had.
        limit: Duration,
    },
    /// It needs a deeper stack than there is.
    #[error("it is nested too deep")]
    Depth,
    /// It gives more than is read.
    #[error("it gives more than {limit} bytes for all packages together")]
    Length {
        /// How much is read, in bytes.
        limit: usize,
    },
    /// The process that renders it did not start, or ended otherwise.
    #[error("the process that renders it {0}")]
    Failed(String),
}

/// Renders templates of a repository in a process of its own. A front end brings it, for the engine starts no process.
#[async_trait]
pub trait Templates: fmt::Debug + Send + Sync {
    /// Starts a process that may use little memory and little time, and that has no secret, writes the request to its
    /// standard input and gives what it wrote to its standard output. The process has to do what
    /// `releasekit_engine::notes::serve` does. Dropping the future ends it.
    async fn render(&self, request: Vec<u8>) -> Result<Vec<u8>, Stopped>;
}

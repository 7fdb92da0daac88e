//! A request to stop, seen by everything that takes long.

use std::future::Future;

use tokio::sync::watch;

use crate::error::Result;
use crate::failure::Failure;

/// Asks to stop. Once asked, it stays asked.
#[derive(Debug)]
pub struct Canceller(watch::Sender<bool>);

/// Sees the request.
#[derive(Debug, Clone)]
pub struct Cancel(watch::Receiver<bool>);

/// A request to stop, and who sees it.
pub fn channel() -> (Canceller, Cancel) {
    let (sender, receiver) = watch::channel(false);
    (Canceller(sender), Cancel(receiver))
}

impl Canceller {
    /// Asks to stop.
    pub fn cancel(&self) {
        self.0.send_replace(true);
    }
}

impl Cancel {
    /// A request that never comes.
    pub fn never() -> Self {
        channel().1
    }

    /// Whether it has come.
    pub fn is_cancelled(&self) -> bool {
        *self.0.borrow()
    }

    /// Fails with `Cancelled` once it has come.
    pub fn check(&self) -> Result<()> {
        if self.is_cancelled() { Err(Failure::Cancelled.into()) } else { Ok(()) }
    }

    /// Drops the work with `Cancelled` when the request comes before it is done.
    pub async fn or<T>(&self, work: impl Future<Output = T>) -> Result<T> {
        let mut receiver = self.0.clone();
        tokio::select! {
            biased;
            Ok(_) = receiver.wait_for(|asked| *asked) => Err(Failure::Cancelled.into()),
            done = work => Ok(done),
        }
    }
}

#[cfg(test)]
mod tests {
    use releasekit_core::{Diagnostic, ErrorKind};

    use super::*;

    #[tokio::test]
    async fn work_is_dropped_when_the_request_comes() {
        let (canceller, cancel) = channel();
        assert_eq!(cancel.or(async { 7 }).await.unwrap(), 7);
        let waiting = cancel.or(std::future::pending::<()>());
        let (outcome, ()) = tokio::join!(waiting, async { canceller.cancel() });
        let error = outcome.unwrap_err();
        assert_eq!((error.code(), error.kind()), (crate::codes::CANCELLED, ErrorKind::Cancelled));
        assert!(cancel.check().is_err());
    }

    #[tokio::test]
    async fn a_request_that_cannot_come_stops_nothing() {
        assert_eq!(Cancel::never().or(async { 7 }).await.unwrap(), 7);
    }
}

//! SIGINT and SIGTERM: the first one asks the command to stop, the second one ends the process at once. SIGXFSZ, by which
//! the system ends whoever writes more than the user's limit allows, becomes the failed write that it stands for.

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use releasekit_core::{Diagnostic, ErrorKind};
use releasekit_engine::cancel::{self, Cancel, Canceller};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::answer::Answer;
use crate::error::{Error, Result};
use crate::exit::Exit;

/// How long a command that stops by itself may take to do so, with its programs ended and its state saved.
const PATIENCE: Duration = Duration::from_secs(30);

/// The request to stop, for commands that know how.
#[derive(Debug)]
pub(crate) struct Stopping {
    canceller: Canceller,
    cancel: Cancel,
    known: AtomicBool,
}

impl Default for Stopping {
    fn default() -> Self {
        let (canceller, cancel) = cancel::channel();
        Self { canceller, cancel, known: AtomicBool::new(false) }
    }
}

impl Stopping {
    /// Sees the request. From now on the command is asked, and waited for, instead of being dropped.
    pub(crate) fn cancel(&self) -> Cancel {
        self.known.store(true, Ordering::Relaxed);
        self.cancel.clone()
    }
}

/// Handlers for both signals.
#[derive(Debug)]
pub(crate) struct Signals {
    interrupt: Signal,
    terminate: Signal,
    /// Nobody waits for it: that it is handled lets the write fail with `EFBIG`, which says where and what. Programs that
    /// we run get the default back, for handlers do not outlive `exec`.
    _too_large: Signal,
}

impl Signals {
    /// Takes the signals over. Needs a runtime.
    pub(crate) fn take() -> Result<Self> {
        let handler = |kind| signal(kind).map_err(|source| Error::Runtime { what: "signal handler", source });
        Ok(Self {
            interrupt: handler(SignalKind::interrupt())?,
            terminate: handler(SignalKind::terminate())?,
            _too_large: handler(SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw()))?,
        })
    }

    /// Runs the work until it is done or a signal comes. Work that does not stop by itself is dropped: its programs are
    /// ended, its temporary folders go, and what it had begun outside is in its journal.
    pub(crate) async fn until(
        mut self,
        work: impl Future<Output = Result<Answer>>,
        stopping: &Stopping,
    ) -> Result<Answer> {
        let mut work = std::pin::pin!(work);
        let exit = tokio::select! {
            done = &mut work => return done,
            exit = self.next() => exit,
        };
        tokio::spawn(self.end_at_once());
        stopping.canceller.cancel();
        let limit = if stopping.known.load(Ordering::Relaxed) { PATIENCE } else { Duration::ZERO };
        match tokio::time::timeout(limit, work).await {
            // The signal came too late to stop anything.
            Ok(Ok(answer)) if answer.exit == Exit::Done => Ok(answer),
            Ok(Ok(mut answer)) => {
                answer.errors.push(Box::new(stopped(exit)));
                Ok(answer.with_exit(exit))
            }
            Ok(Err(error)) if error.kind() != ErrorKind::Cancelled => Err(error),
            Ok(Err(_)) | Err(_) => Err(stopped(exit)),
        }
    }

    async fn next(&mut self) -> Exit {
        tokio::select! {
            () = received(&mut self.interrupt) => Exit::Interrupted,
            () = received(&mut self.terminate) => Exit::Terminated,
        }
    }

    #[expect(clippy::disallowed_methods, reason = "whoever asks twice does not want to wait for a clean end")]
    async fn end_at_once(mut self) {
        let exit = self.next().await;
        std::process::exit(exit.code().into());
    }
}

fn stopped(exit: Exit) -> Error {
    if exit == Exit::Terminated { Error::Terminated } else { Error::Interrupted }
}

/// Waits for the next signal; for ever where none can come any more.
async fn received(signal: &mut Signal) {
    if signal.recv().await.is_none() {
        std::future::pending::<()>().await;
    }
}

//! What befalls an upload, or another request that does something, whichever protocol brings it.

use std::future::Future;
use std::time::{Duration, SystemTime};

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::connection::Scissors;
use crate::fault::Fault;
use crate::refusal::{code, cut};
use crate::slow;
use crate::store::Stored;

/// One upload, or another request, and its faults in the order in which they were added.
#[derive(Debug)]
pub(crate) struct Upload {
    faults: Vec<Fault>,
    scissors: Scissors,
    refusal: Refusal,
    now: SystemTime,
}

/// What a fault that answers says.
pub(crate) type Refusal = fn(&Fault, SystemTime) -> Response;

/// Answers an upload on a task of its own, so that what has arrived of a broken one is still seen.
pub(crate) async fn on_its_own(answer: impl Future<Output = Response> + Send + 'static) -> Response {
    tokio::spawn(answer).await.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

impl Upload {
    pub(crate) fn new(faults: Vec<Fault>, scissors: Scissors, refusal: Refusal, now: SystemTime) -> Self {
        Self { faults, scissors, refusal, now }
    }

    /// Answers as `take` does, which gives an answer of success or a refusal, unless a fault answers in its place.
    pub(crate) async fn answer<A, R>(self, take: impl FnOnce(&Self) -> Result<A, R>) -> Response
    where
        A: IntoResponse,
        R: IntoResponse,
    {
        if let Some(instead) = self.instead().await {
            return instead;
        }
        match take(&self) {
            Ok(accepted) => self.accepted(accepted.into_response()),
            Err(refused) => refused.into_response(),
        }
    }

    /// The same where the answer takes its time.
    pub(crate) async fn answer_later<R: IntoResponse>(
        self,
        take: impl Future<Output = Result<Response, R>>,
    ) -> Response {
        if let Some(instead) = self.instead().await {
            return instead;
        }
        match take.await {
            Ok(accepted) => self.accepted(accepted),
            Err(refused) => refused.into_response(),
        }
    }

    /// What a fault answers before anything is done.
    async fn instead(&self) -> Option<Response> {
        for fault in &self.faults {
            match fault {
                Fault::Delay(time) => tokio::time::sleep(*time).await,
                Fault::Status(_) | Fault::RateLimit(_) => return Some((self.refusal)(fault, self.now)),
                Fault::Reset => return Some(cut(&self.scissors)),
                Fault::Drip(pause) => return Some(slow::endless(*pause)),
                Fault::Endless => return Some(slow::endless(Duration::ZERO)),
                Fault::Redirect(url) => {
                    return Some((StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, url)]).into_response());
                }
                _ => {}
            }
        }
        None
    }

    fn accepted(&self, accepted: Response) -> Response {
        let long = self.faults.iter().find_map(|fault| match fault {
            Fault::LongReply(status, length) => Some((*status, *length)),
            _ => None,
        });
        if let Some((status, length)) = long {
            return (code(status), "A".repeat(length)).into_response();
        }
        let is_lost = self.has(|fault| matches!(fault, Fault::LoseReply | Fault::StoreHalf));
        if is_lost { cut(&self.scissors) } else { accepted }
    }

    /// What is stored of a file; `None` where nothing is.
    pub(crate) fn kept(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let half = self.has(|fault| *fault == Fault::StoreHalf);
        let mut kept = bytes[..if half { bytes.len() / 2 } else { bytes.len() }].to_vec();
        for fault in &self.faults {
            if let Fault::Append(more) = fault {
                kept.extend_from_slice(more);
            }
        }
        (!self.has(|fault| *fault == Fault::Drop)).then_some(kept)
    }

    /// Changes what the listing says of a file that is about to be stored.
    pub(crate) fn spoil<M>(&self, stored: &mut Stored<M>) {
        for fault in &self.faults {
            match fault {
                Fault::HideForReads(reads) => stored.listing.hide_for_reads(*reads),
                Fault::HideFor(time) => stored.listing.hide_for(stored.arrived, *time),
                Fault::ListDigest(digest) => stored.listing.digest.clone_from(digest),
                Fault::ListAgain(digest) => stored.listing.again = Some(digest.clone()),
                _ => {}
            }
        }
    }

    fn has(&self, fits: impl Fn(&Fault) -> bool) -> bool {
        self.faults.iter().any(fits)
    }
}

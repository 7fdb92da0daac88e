//! What tells one kind of registry from another, and what the handlers of all kinds know.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use axum::Router;
use axum::response::Response;

use crate::connection::Scissors;
use crate::error::{Error, Result};
use crate::fault::{Fault, Faults};
use crate::log::{Entry, Log};
use crate::options::Options;
use crate::refusal;
use crate::store::Store;
use crate::upload::Upload;
use crate::upstream::Upstream;

/// The protocol of a registry: its routes, and what a file says of itself.
///
/// Everything else is [`Server`](crate::Server)'s: the connection that can be cut, the log of requests, the store with its
/// folder, the faults, the registry behind. A handler of uploads asks [`Served`] what befalls its upload, one of
/// listings asks its faults, and the files themselves are served by a handler that all protocols share. Protocols live in
/// this crate, for handlers reach into what [`Served`] holds.
pub trait Protocol: fmt::Debug + Send + Sync + 'static {
    /// What only this protocol can be told at the start.
    type Own: fmt::Debug + Clone + Default + Send + Sync;

    /// What it knows of a stored file besides its bytes.
    type Meta: fmt::Debug + Clone + Send;

    /// Its name, which tells threads apart.
    const NAME: &'static str;

    /// Where clients read, below the server's URL.
    const READS: &'static str;

    /// Where uploads go, below the server's URL.
    const UPLOADS: &'static str;

    /// Its routes.
    fn routes() -> Router<Arc<Served<Self>>>
    where
        Self: Sized;

    /// The package that a file belongs to, as the registry writes its name, and what is known of the file; `None` where it
    /// is none of this registry's.
    fn describe(file_name: &str, bytes: &[u8]) -> Option<(String, Self::Meta)>;

    /// What a fault that answers says, in the words that such a registry has for it.
    fn refusal(fault: &Fault, _now: SystemTime) -> Response {
        refusal::status(fault)
    }
}

/// What every handler of a registry knows.
#[derive(Debug)]
pub struct Served<P: Protocol> {
    /// Where it listens.
    pub(crate) url: String,
    pub(crate) options: Options<P::Own>,
    pub(crate) faults: Faults,
    pub(crate) upstream: Option<Upstream>,
    pub(crate) log: Log,
    uploads: AtomicUsize,
    writes: AtomicUsize,
    store: Mutex<Store<P::Meta>>,
}

impl<P: Protocol> Served<P> {
    pub(crate) fn open(url: String, options: Options<P::Own>) -> Result<Self> {
        let doing =
            options.folder.as_ref().map_or_else(String::new, |folder| format!("reading `{}`", folder.display()));
        let store = Store::open(options.folder.clone(), P::describe).map_err(Error::start(doing))?;
        let upstream = options.upstream.as_ref();
        let upstream = upstream.map(|(url, environment)| Upstream::new(url, environment)).transpose()?;
        let (faults, log) = (Faults::default(), Log::default());
        let [uploads, writes] = [0, 0].map(AtomicUsize::new);
        Ok(Self { url, options, faults, upstream, log, uploads, writes, store: Mutex::new(store) })
    }

    pub(crate) fn store(&self) -> MutexGuard<'_, Store<P::Meta>> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts an upload as soon as it begins to arrive. Gives its number, from 1.
    pub(crate) fn arrives(&self) -> usize {
        self.uploads.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Counts a request that changes something and uploads nothing. Gives its number, from 1.
    pub(crate) fn writes(&self) -> usize {
        self.writes.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// How many uploads have begun to arrive.
    pub(crate) fn arrived(&self) -> usize {
        self.uploads.load(Ordering::Relaxed)
    }

    /// The upload of that number, now that the name of its file is known, and what befalls it.
    pub(crate) fn upload(&self, number: usize, file_name: &str, entry: &Entry, scissors: Scissors) -> Upload {
        entry.file(file_name);
        Upload::new(self.faults.of_upload(number, file_name), scissors, P::refusal, (self.options.clock)())
    }
}

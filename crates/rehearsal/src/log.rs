//! What was asked of a registry, so that tests can count.

use std::sync::{Arc, Mutex, PoisonError};

/// A request that arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Request {
    /// The method.
    pub method: String,
    /// The path.
    pub path: String,
    /// The host that the client meant, with its port.
    pub host: String,
    /// Whether it brought a credential.
    pub authorized: bool,
    /// The file that was uploaded or downloaded, as far as it got known.
    pub file_name: Option<String>,
    /// The status of the answer; `None` where there was none.
    pub status: Option<u16>,
}

impl Request {
    /// Whether it asks for nothing to be changed, by its method.
    pub fn reads(&self) -> bool {
        matches!(self.method.as_str(), "GET" | "HEAD")
    }
}

/// Every request since the start. Clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<Request>>>);

/// The place of one request in the log.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    log: Log,
    number: usize,
}

impl Log {
    /// Notes a request as soon as it arrives.
    pub(crate) fn begin(&self, method: &str, path: &str, host: &str, authorized: bool) -> Entry {
        let [method, path, host] = [method, path, host].map(str::to_owned);
        let request = Request { method, path, host, authorized, file_name: None, status: None };
        let number = self.with(|requests| {
            requests.push(request);
            requests.len() - 1
        });
        Entry { log: self.clone(), number }
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.with(|requests| requests.clone())
    }

    fn with<T>(&self, act: impl FnOnce(&mut Vec<Request>) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Entry {
    /// Notes which file it is about.
    pub(crate) fn file(&self, name: &str) {
        self.log.with(|requests| requests[self.number].file_name = Some(name.to_owned()));
    }

    /// Notes how it was answered.
    pub(crate) fn answered(&self, status: u16) {
        self.log.with(|requests| requests[self.number].status = Some(status));
    }
}

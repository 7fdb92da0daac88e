//! Faults that a test injects, whichever protocol a server speaks.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Which requests a fault befalls.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum On {
    /// Every upload.
    AnyUpload,
    /// The nth upload since the start, from 1; refused ones count.
    Upload(usize),
    /// Uploads of the file of this name.
    File(String),
    /// Reads of the listing of this package, by its name as the registry writes it.
    Page(String),
    /// Reads of the listing of this package once anything has been uploaded.
    PageAfterUpload(String),
    /// Downloads of the file of this name.
    Download(String),
    /// Every request to an API that reads.
    AnyRead,
    /// Every request to an API that would change something.
    AnyWrite,
    /// The nth request to an API that would change something, from 1; refused ones count.
    Write(usize),
    /// Requests to an API by this method and path, as its documentation writes it: `/repos/{owner}/{repo}/pulls`.
    Call(&'static str, &'static str),
}

/// A request to an API, as [`On`] tells them apart.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Called {
    pub(crate) method: &'static str,
    /// With its placeholders.
    pub(crate) path: &'static str,
    pub(crate) access: Access,
}

/// What a request would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Read from an API.
    Read,
    /// Change something by an API, as the one of this number.
    Write(usize),
    /// What is no API's: pages, git.
    Other,
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// It takes long; everything else happens after.
    Delay(Duration),
    /// The answer is this status, and nothing is done.
    Status(u16),
    /// The server says that it is asked too often, with this `Retry-After` in seconds, and nothing is done: 429 from a registry, 403
    /// from a forge.
    RateLimit(u64),
    /// The connection is reset, and nothing is done.
    Reset,
    /// The file is stored, and the connection is reset.
    LoseReply,
    /// The answer is 200, and nothing is stored.
    Drop,
    /// The first half of the file is stored, and the connection is reset.
    StoreHalf,
    /// The file is stored, and listed only after its package's listing has been read this often.
    HideForReads(usize),
    /// The file is stored, and listed only after this time.
    HideFor(Duration),
    /// The file is stored, and listed with this digest.
    ListDigest(String),
    /// The file is stored, and listed a second time with this digest.
    ListAgain(String),
    /// The file is stored with these bytes after it.
    Append(Vec<u8>),
    /// The file is stored, and the answer is this status with so many bytes.
    LongReply(u16, usize),
    /// The answer is another address, and nothing is done.
    Redirect(String),
    /// The answer has no end, and its bytes come with this pause between them.
    Drip(Duration),
    /// The answer has no end, and its bytes come as fast as they are taken.
    Endless,
}

#[derive(Debug)]
struct Rule {
    on: On,
    fault: Fault,
    once: bool,
}

/// The faults of one server, to which more can be added while it runs. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Faults(Arc<Mutex<Vec<Rule>>>);

impl Faults {
    /// Lets it happen to the next request that fits.
    pub fn once(&self, on: On, fault: Fault) {
        self.add(Rule { on, fault, once: true });
    }

    /// Lets it happen to every request that fits.
    pub fn always(&self, on: On, fault: Fault) {
        self.add(Rule { on, fault, once: false });
    }

    /// Ends all faults, also those that have not happened.
    pub fn clear(&self) {
        self.with(Vec::clear);
    }

    /// What befalls an upload, in the order in which the faults were added.
    pub(crate) fn of_upload(&self, number: usize, file: &str) -> Vec<Fault> {
        self.take(|on| match on {
            On::AnyUpload => true,
            On::Upload(wanted) => *wanted == number,
            On::File(name) => name == file,
            _ => false,
        })
    }

    /// What befalls a read of a page, after so many uploads.
    pub(crate) fn of_page(&self, project: &str, uploads: usize) -> Vec<Fault> {
        self.take(|on| match on {
            On::Page(name) => name == project,
            On::PageAfterUpload(name) => name == project && uploads > 0,
            _ => false,
        })
    }

    /// What befalls a download.
    pub(crate) fn of_download(&self, file: &str) -> Vec<Fault> {
        self.take(|on| matches!(on, On::Download(name) if name == file))
    }

    /// What befalls a request to an API.
    pub(crate) fn of_call(&self, called: Called) -> Vec<Fault> {
        self.take(|on| match on {
            On::AnyRead => called.access == Access::Read,
            On::AnyWrite => matches!(called.access, Access::Write(_)),
            On::Write(wanted) => called.access == Access::Write(*wanted),
            On::Call(method, path) => *method == called.method && *path == called.path,
            _ => false,
        })
    }

    fn take(&self, fits: impl Fn(&On) -> bool) -> Vec<Fault> {
        self.with(|rules| {
            let found = rules.iter().filter(|rule| fits(&rule.on)).map(|rule| rule.fault.clone()).collect();
            rules.retain(|rule| !(rule.once && fits(&rule.on)));
            found
        })
    }

    fn add(&self, rule: Rule) {
        self.with(|rules| rules.push(rule));
    }

    fn with<T>(&self, act: impl FnOnce(&mut Vec<Rule>) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

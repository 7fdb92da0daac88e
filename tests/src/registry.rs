//! A registry on loopback, whoever wrote it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use releasekit_rehearsal::{Faults, File, Protocol, Request, Server};

use crate::proxy::Proxy;

/// The artifacts of a first release.
pub type Past = Arc<BTreeMap<File, Vec<u8>>>;

/// What a journey needs to know of a registry.
pub trait Registry: fmt::Debug + Send + Sync {
    /// Where uploads go.
    fn upload_url(&self) -> String;

    /// Where clients read.
    fn read_url(&self) -> String;

    /// What is stored: the sha256 of each file.
    fn stored(&self) -> BTreeMap<File, String>;

    /// The version that each name of a package's versions points to, by package and name; none where names are no matter of it.
    fn channels(&self) -> BTreeMap<(String, String), String> {
        BTreeMap::new()
    }

    /// Brings files into the registry, as they would have come to be there in the past.
    fn fill(&self, past: &Past);

    /// Takes the registry back to where [`Registry::fill`] left it, behind its back.
    fn reset(&self, _past: &Past) {
        panic!("{self:?} keeps for good what it has taken");
    }
}

/// The registry of this process, to which a journey may be mean.
pub trait Rehearsal: Registry {
    /// What goes wrong.
    fn faults(&self) -> &Faults;

    /// Every request so far that was meant to change something.
    fn writes(&self) -> Vec<Request>;

    /// Puts a file into it behind the back of its protocol.
    fn put(&self, file: &File, bytes: Vec<u8>);
}

/// Whichever protocol it speaks.
impl<P: Protocol> Registry for Server<P> {
    fn upload_url(&self) -> String {
        Self::upload_url(self)
    }

    fn read_url(&self) -> String {
        Self::read_url(self)
    }

    fn stored(&self) -> BTreeMap<File, String> {
        self.files()
    }

    fn fill(&self, past: &Past) {
        past.iter().for_each(|(file, bytes)| Rehearsal::put(self, file, bytes.clone()));
    }
}

impl<P: Protocol> Rehearsal for Server<P> {
    fn faults(&self) -> &Faults {
        Self::faults(self)
    }

    fn writes(&self) -> Vec<Request> {
        Self::writes(self)
    }

    fn put(&self, file: &File, bytes: Vec<u8>) {
        Self::put(self, &file.name, bytes).expect("the registry takes artifacts");
    }
}

/// A registry with a relay before it, through which everything goes.
#[derive(Debug)]
pub struct Watched {
    inner: Arc<dyn Registry>,
    proxy: Arc<Proxy>,
}

impl Watched {
    /// Puts a relay before a registry, and gives it to the test as well.
    #[track_caller]
    pub fn new(inner: Arc<dyn Registry>) -> (Arc<Self>, Arc<Proxy>) {
        let proxy = Arc::new(Proxy::before(&inner.upload_url()));
        (Arc::new(Self { inner, proxy: proxy.clone() }), proxy)
    }
}

impl Registry for Watched {
    fn upload_url(&self) -> String {
        self.proxy.instead(&self.inner.upload_url())
    }

    fn read_url(&self) -> String {
        self.proxy.instead(&self.inner.read_url())
    }

    fn stored(&self) -> BTreeMap<File, String> {
        self.inner.stored()
    }

    fn channels(&self) -> BTreeMap<(String, String), String> {
        self.inner.channels()
    }

    fn fill(&self, past: &Past) {
        self.inner.fill(past);
    }

    fn reset(&self, past: &Past) {
        self.inner.reset(past);
    }
}

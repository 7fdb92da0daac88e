//! A package index on loopback, whoever wrote it.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::sync::Arc;

use releasekit_rehearsal::pypi;
use releasekit_testkit::servers::{DevpiIndex, PASSWORD, PypiServer, USERNAME};
use releasekit_testkit::{Sandbox, Tools};

use crate::past::Past;
use crate::proxy::Proxy;

/// What a journey needs to know of an index.
pub trait Index: fmt::Debug {
    /// Where uploads go.
    fn upload_url(&self) -> String;

    /// The simple index.
    fn simple_url(&self) -> String;

    /// What is stored: the sha256 of each file, by its name.
    fn stored(&self) -> BTreeMap<String, String>;

    /// Brings files into the index, as they would have come to be there in the past.
    #[track_caller]
    fn fill(&self, tools: &Tools, past: &Past) {
        let sandbox = Sandbox::new().with_tools(tools);
        for (name, bytes) in past.iter() {
            sandbox.write(name, bytes);
        }
        let args = ["publish", "--quiet", "--trusted-publishing", "never", "--publish-url"];
        let mut publish = sandbox.command("uv");
        publish.args(args).arg(self.upload_url()).args(["-u", USERNAME, "-p", PASSWORD]).args(past.keys());
        releasekit_testkit::run(&mut publish).ok();
    }
}

impl Index for PypiServer {
    fn upload_url(&self) -> String {
        Self::upload_url(self)
    }

    fn simple_url(&self) -> String {
        Self::simple_url(self)
    }

    fn stored(&self) -> BTreeMap<String, String> {
        Self::stored(self)
    }

    fn fill(&self, _tools: &Tools, past: &Past) {
        for (name, bytes) in past.iter() {
            fs::write(self.storage().join(name), bytes).expect("the storage is writable");
        }
    }
}

impl Index for DevpiIndex {
    fn upload_url(&self) -> String {
        Self::upload_url(self)
    }

    fn simple_url(&self) -> String {
        Self::simple_url(self)
    }

    fn stored(&self) -> BTreeMap<String, String> {
        Self::stored(self)
    }
}

/// An index with a relay before it, through which everything goes.
#[derive(Debug)]
pub struct Watched<I> {
    inner: I,
    proxy: Arc<Proxy>,
}

impl<I: Index> Watched<I> {
    /// Puts a relay before an index, and gives it to the test as well.
    #[track_caller]
    pub fn new(inner: I) -> (Self, Arc<Proxy>) {
        let proxy = Arc::new(Proxy::before(&inner.upload_url()));
        (Self { inner, proxy: proxy.clone() }, proxy)
    }
}

impl<I: Index> Index for Watched<I> {
    fn upload_url(&self) -> String {
        self.proxy.instead(&self.inner.upload_url())
    }

    fn simple_url(&self) -> String {
        self.proxy.instead(&self.inner.simple_url())
    }

    fn stored(&self) -> BTreeMap<String, String> {
        self.inner.stored()
    }

    fn fill(&self, tools: &Tools, past: &Past) {
        self.inner.fill(tools, past);
    }
}

/// The in-process index of rehearsals.
impl Index for pypi::Server {
    fn upload_url(&self) -> String {
        Self::upload_url(self)
    }

    fn simple_url(&self) -> String {
        Self::simple_url(self)
    }

    fn stored(&self) -> BTreeMap<String, String> {
        Self::stored(self)
    }

    fn fill(&self, _tools: &Tools, past: &Past) {
        for (name, bytes) in past.iter() {
            self.put(name, bytes.clone()).expect("the index takes artifacts");
        }
    }
}

/// Any index.
impl Index for Box<dyn Index> {
    fn upload_url(&self) -> String {
        self.as_ref().upload_url()
    }

    fn simple_url(&self) -> String {
        self.as_ref().simple_url()
    }

    fn stored(&self) -> BTreeMap<String, String> {
        self.as_ref().stored()
    }

    fn fill(&self, tools: &Tools, past: &Past) {
        self.as_ref().fill(tools, past);
    }
}

/// An index that the test keeps a hand on.
impl<I: Index> Index for Arc<I> {
    fn upload_url(&self) -> String {
        self.as_ref().upload_url()
    }

    fn simple_url(&self) -> String {
        self.as_ref().simple_url()
    }

    fn stored(&self) -> BTreeMap<String, String> {
        self.as_ref().stored()
    }

    fn fill(&self, tools: &Tools, past: &Past) {
        self.as_ref().fill(tools, past);
    }
}

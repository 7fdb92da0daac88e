//! The server of any protocol: starting, addresses, what came and what is stored, stopping.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, MutexGuard};

use crate::error::Result;
use crate::fault::Faults;
use crate::host::{Host, Port, with_log};
use crate::log::Request;
use crate::options::Options;
use crate::protocol::{Protocol, Served};
use crate::store::{File, Store};

/// A running registry, on a thread of its own. It ends when dropped.
#[derive(Debug)]
pub struct Server<P: Protocol> {
    served: Arc<Served<P>>,
    _host: Host,
}

impl<P: Protocol> Server<P> {
    /// Starts a registry on 127.0.0.1; it answers as soon as this returns. May be called inside and outside of a runtime.
    ///
    /// Fails with `Precondition` where the port is taken or the folder cannot be used.
    pub fn start(options: Options<P::Own>) -> Result<Self> {
        let port = Port::take(options.port)?;
        let served = Arc::new(Served::open(port.url.clone(), options)?);
        let routes = with_log(P::routes().with_state(Arc::clone(&served)), served.log.clone());
        Ok(Self { served, _host: Host::start(P::NAME, vec![(port, routes)])? })
    }

    /// Where it listens, `http://127.0.0.1:PORT`.
    pub fn url(&self) -> &str {
        &self.served.url
    }

    /// Where uploads go.
    pub fn upload_url(&self) -> String {
        format!("{}{}", self.url(), P::UPLOADS)
    }

    /// Where clients read.
    pub fn read_url(&self) -> String {
        format!("{}{}", self.url(), P::READS)
    }

    pub(crate) fn store(&self) -> MutexGuard<'_, Store<P::Meta>> {
        self.served.store()
    }

    /// The faults, to which more can be added at any time.
    pub fn faults(&self) -> &Faults {
        &self.served.faults
    }

    /// Every request so far, in the order of arrival.
    pub fn requests(&self) -> Vec<Request> {
        self.served.log.requests()
    }

    /// Every request so far that was meant to change something.
    pub fn writes(&self) -> Vec<Request> {
        self.requests().into_iter().filter(|request| !request.reads()).collect()
    }

    /// What is stored, listed or not: the sha256 of each file's bytes.
    pub fn files(&self) -> BTreeMap<File, String> {
        self.served.store().files()
    }

    /// What a file holds that is stored, listed or not.
    pub fn bytes(&self, file: &File) -> Option<Vec<u8>> {
        self.served.store().file(&file.package, &file.name).map(|stored| stored.bytes.to_vec())
    }

    /// Puts a file into the registry behind the back of its protocol, replacing one of the same name.
    ///
    /// Fails with `InvalidInput` where it is none of this registry's, and as the storage does.
    pub fn put(&self, file_name: &str, bytes: impl Into<Vec<u8>>) -> io::Result<()> {
        let invalid = || io::Error::new(io::ErrorKind::InvalidInput, format!("`{file_name}` is no file of a package"));
        let now = (self.served.options.clock)();
        let mut store = self.served.store();
        let (package, stored) = store.describe(file_name, bytes.into(), now).ok_or_else(invalid)?;
        store.put(package, stored)
    }

    /// Withdraws a file, as its owner would, and says whether it is there: it stays, and listings that can say so call it yanked.
    pub fn withdraw(&self, file_name: &str) -> bool {
        self.served.store().withdraw(file_name)
    }

    /// Stops it; connections that are open are cut. Dropping does the same.
    pub fn stop(self) {
        drop(self);
    }
}

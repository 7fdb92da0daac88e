//! The server of any protocol: starting, addresses, what came and what is stored, stopping.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Arc, MutexGuard};
use std::thread::{self, JoinHandle};

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request as HttpRequest, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

use crate::connection::{Listener, Scissors};
use crate::error::{Error, Result};
use crate::fault::Faults;
use crate::log::Request;
use crate::options::Options;
use crate::protocol::{Protocol, Served};
use crate::refusal::Cut;
use crate::store::{File, Store};

/// A running registry, on a thread of its own. It ends when dropped.
#[derive(Debug)]
pub struct Server<P: Protocol> {
    served: Arc<Served<P>>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl<P: Protocol> Server<P> {
    /// Starts a registry on 127.0.0.1; it answers as soon as this returns. May be called inside and outside of a runtime.
    ///
    /// Fails with `Precondition` where the port is taken or the folder cannot be used.
    pub fn start(options: Options<P::Own>) -> Result<Self> {
        let listener = bind(options.port).map_err(Error::start(format!("listening on port {}", options.port)))?;
        let port = listener.local_addr().map_err(Error::start("listening"))?.port();
        let served = Arc::new(Served::open(format!("http://127.0.0.1:{port}"), options)?);
        let runtime = Builder::new_current_thread().enable_all().build().map_err(Error::start("making a runtime"))?;
        let (stop, stopped) = oneshot::channel();
        let app = router(Arc::clone(&served));
        let thread = thread::Builder::new().name(format!("rehearsal-{}", P::NAME));
        let thread = thread.spawn(move || serve(&runtime, listener, app, stopped));
        let thread = thread.map_err(Error::start("starting a thread"))?;
        Ok(Self { served, stop: Some(stop), thread: Some(thread) })
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
        let reads = |method: &str| matches!(method, "GET" | "HEAD");
        self.requests().into_iter().filter(|request| !reads(&request.method)).collect()
    }

    /// What is stored, listed or not: the sha256 of each file's bytes.
    pub fn files(&self) -> BTreeMap<File, String> {
        self.served.store().files()
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
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        if let Some(stop) = self.stop.take() {
            // Nobody listens any more where the thread has ended by itself.
            let _ended = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            // A panic of a handler was caught by its own task already.
            let _ended = thread.join();
        }
    }
}

impl<P: Protocol> Drop for Server<P> {
    fn drop(&mut self) {
        self.end();
    }
}

fn bind(port: u16) -> io::Result<TcpListener> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

fn serve(runtime: &Runtime, listener: TcpListener, app: Router, stopped: oneshot::Receiver<()>) {
    runtime.block_on(async {
        let listener =
            tokio::net::TcpListener::from_std(listener).expect("a socket that does not block can be taken over");
        let service = app.into_make_service_with_connect_info::<Scissors>();
        tokio::select! {
            _ = axum::serve(Listener(listener), service) => {}
            _ = stopped => {}
        }
    });
}

fn router<P: Protocol>(served: Arc<Served<P>>) -> Router {
    P::routes()
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::from_fn_with_state(Arc::clone(&served), logged))
        .with_state(served)
}

async fn logged<P: Protocol>(State(served): State<Arc<Served<P>>>, mut request: HttpRequest, next: Next) -> Response {
    let entry = served.log.begin(request.method().as_str(), request.uri().path());
    request.extensions_mut().insert(entry.clone());
    let response = next.run(request).await;
    if response.extensions().get::<Cut>().is_none() {
        entry.answered(response.status().as_u16());
    }
    response
}

//! The server: starting, addresses, stopping.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request as HttpRequest, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{get, post};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

use super::fault::Faults;
use super::log::{Log, Request};
use super::options::Options;
use super::refusal::Cut;
use super::store::{Store, Stored};
use super::upstream::Upstream;
use super::{api, files, simple, upload};
use crate::connection::{Listener, Scissors};
use crate::error::{Error, Result};

/// What every handler knows.
#[derive(Debug)]
pub(super) struct Index {
    /// Where it listens.
    pub(super) url: String,
    pub(super) options: Options,
    pub(super) faults: Faults,
    pub(super) upstream: Option<Upstream>,
    pub(super) uploads: AtomicUsize,
    log: Log,
    store: Mutex<Store>,
}

impl Index {
    pub(super) fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A running index, on a thread of its own. It ends when dropped.
#[derive(Debug)]
pub struct Server {
    url: String,
    index: Arc<Index>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts an index on 127.0.0.1; it answers as soon as this returns. May be called inside and outside of a runtime.
    ///
    /// Fails with `Precondition` where the port is taken or the folder cannot be used.
    pub fn start(options: Options) -> Result<Self> {
        let listener = bind(options.port).map_err(Error::start(format!("listening on port {}", options.port)))?;
        let port = listener.local_addr().map_err(Error::start("listening"))?.port();
        let url = format!("http://127.0.0.1:{port}");
        let index = Arc::new(index(&url, options)?);
        let runtime = Builder::new_current_thread().enable_all().build().map_err(Error::start("making a runtime"))?;
        let (stop, stopped) = oneshot::channel();
        let app = router(Arc::clone(&index));
        let thread = thread::Builder::new().name("rehearsal-pypi".to_owned());
        let thread = thread.spawn(move || serve(&runtime, listener, app, stopped));
        let thread = thread.map_err(Error::start("starting a thread"))?;
        Ok(Self { url, index, stop: Some(stop), thread: Some(thread) })
    }

    /// Where it listens, `http://127.0.0.1:PORT`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where uploads go.
    pub fn upload_url(&self) -> String {
        format!("{}/legacy/", self.url)
    }

    /// The simple index.
    pub fn simple_url(&self) -> String {
        format!("{}/simple/", self.url)
    }

    /// The faults, to which more can be added at any time.
    pub fn faults(&self) -> &Faults {
        &self.index.faults
    }

    /// Every request so far, in the order of arrival.
    pub fn requests(&self) -> Vec<Request> {
        self.index.log.requests()
    }

    /// Every request so far that was meant to change something.
    pub fn writes(&self) -> Vec<Request> {
        let reads = |method: &str| matches!(method, "GET" | "HEAD");
        self.requests().into_iter().filter(|request| !reads(&request.method)).collect()
    }

    /// What is stored, listed or not: the sha256 of each file's bytes, by its name.
    pub fn stored(&self) -> BTreeMap<String, String> {
        let store = self.index.store();
        store.files().map(|file| (file.file_name.clone(), file.sha256.clone())).collect()
    }

    /// Puts a file into the index behind the back of its protocol, replacing one of the same name.
    ///
    /// Fails with `InvalidInput` where the name is none of a wheel or an sdist, and as the storage does.
    pub fn put(&self, file_name: &str, bytes: impl Into<Vec<u8>>) -> io::Result<()> {
        let invalid = || io::Error::new(io::ErrorKind::InvalidInput, format!("`{file_name}` names no wheel or sdist"));
        let now = (self.index.options.clock)();
        let (project, stored) = Stored::new(file_name, bytes.into(), now).ok_or_else(invalid)?;
        self.index.store().put(project, stored)
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

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}

fn bind(port: u16) -> io::Result<TcpListener> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

fn index(url: &str, options: Options) -> Result<Index> {
    let doing = options.folder.as_ref().map_or_else(String::new, |folder| format!("reading `{}`", folder.display()));
    let store = Store::open(options.folder.clone()).map_err(Error::start(doing))?;
    let upstream = options.upstream.as_ref().map(|(url, environment)| Upstream::new(url, environment)).transpose()?;
    Ok(Index {
        url: url.to_owned(),
        options,
        faults: Faults::default(),
        upstream,
        uploads: AtomicUsize::new(0),
        log: Log::default(),
        store: Mutex::new(store),
    })
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

fn router(index: Arc<Index>) -> Router {
    Router::new()
        .route("/legacy/", post(upload::upload))
        .route("/simple/", get(simple::projects))
        .route("/simple/{project}", get(simple::unslashed))
        .route("/simple/{project}/", get(simple::project))
        .route("/files/{project}/{file}", get(files::file))
        .route("/pypi/{project}/json", get(api::project))
        .route("/pypi/{project}/{version}/json", get(api::release))
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::from_fn_with_state(Arc::clone(&index), logged))
        .with_state(index)
}

async fn logged(State(index): State<Arc<Index>>, mut request: HttpRequest, next: Next) -> Response {
    let entry = index.log.begin(request.method().as_str(), request.uri().path());
    request.extensions_mut().insert(entry.clone());
    let response = next.run(request).await;
    if response.extensions().get::<Cut>().is_none() {
        entry.answered(response.status().as_u16());
    }
    response
}

/// Counts an upload.
pub(super) fn number(index: &Index) -> usize {
    index.uploads.fetch_add(1, Ordering::Relaxed) + 1
}

//! Listeners on loopback, and the thread that serves them.

use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::thread::{self, JoinHandle};

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request as HttpRequest, State};
use axum::http::header;
use axum::middleware::{self, Next};
use axum::response::Response;
use futures::future::join_all;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

use crate::connection::{Listener, Scissors};
use crate::error::{Error, Result};
use crate::headers;
use crate::log::Log;
use crate::refusal::Cut;

/// A port of 127.0.0.1 that nobody is served at yet.
#[derive(Debug)]
pub(crate) struct Port {
    listener: TcpListener,
    /// `http://127.0.0.1:PORT`.
    pub(crate) url: String,
}

impl Port {
    /// Takes a port; 0 takes a free one.
    pub(crate) fn take(port: u16) -> Result<Self> {
        let listener = bind(port).map_err(Error::start(format!("listening on port {port}")))?;
        let port = listener.local_addr().map_err(Error::start("listening"))?.port();
        Ok(Self { listener, url: format!("http://127.0.0.1:{port}") })
    }
}

/// What serves some ports, on a thread of its own. It ends when dropped.
#[derive(Debug)]
pub(crate) struct Host {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Host {
    /// Serves each port by its routes; all of them answer as soon as this returns.
    pub(crate) fn start(name: &str, ports: Vec<(Port, Router)>) -> Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build().map_err(Error::start("making a runtime"))?;
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new().name(format!("rehearsal-{name}"));
        let thread =
            thread.spawn(move || serve(&runtime, ports, stopped)).map_err(Error::start("starting a thread"))?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Host {
    fn drop(&mut self) {
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

/// Bodies of any length, and every request noted in a log.
pub(crate) fn with_log(routes: Router, log: Log) -> Router {
    routes.layer(DefaultBodyLimit::disable()).layer(middleware::from_fn_with_state(log, logged))
}

fn bind(port: u16) -> io::Result<TcpListener> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

fn serve(runtime: &Runtime, ports: Vec<(Port, Router)>, stopped: oneshot::Receiver<()>) {
    runtime.block_on(async {
        let servers = ports.into_iter().map(|(port, routes)| {
            let listener = tokio::net::TcpListener::from_std(port.listener)
                .expect("a socket that does not block can be taken over");
            let service = routes.into_make_service_with_connect_info::<Scissors>();
            axum::serve(Listener(listener), service).into_future()
        });
        tokio::select! {
            _ = join_all(servers) => {}
            _ = stopped => {}
        }
    });
}

async fn logged(State(log): State<Log>, mut request: HttpRequest, next: Next) -> Response {
    let host = headers::text(request.headers(), header::HOST).unwrap_or_default();
    let authorized = request.headers().contains_key(header::AUTHORIZATION);
    let entry = log.begin(request.method().as_str(), request.uri().path(), host, authorized);
    request.extensions_mut().insert(entry.clone());
    let response = next.run(request).await;
    if response.extensions().get::<Cut>().is_none() {
        entry.answered(response.status().as_u16());
    }
    response
}

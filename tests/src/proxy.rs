//! A TCP relay in front of a server: it counts, and it can hold back or cut what a client sends.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// Relays what the server sends. Where it names itself it is the relay that is named, for a client would go past it otherwise;
/// ports of five digits make the lengths the same.
fn answer(mut from: &TcpStream, mut to: &TcpStream, server: &str, relay: &str) -> io::Result<()> {
    let mut chunk = [0; CHUNK];
    loop {
        let count = from.read(&mut chunk)?;
        if count == 0 {
            return Ok(());
        }
        let read = &mut chunk[..count];
        while let Some(at) = read.windows(server.len()).position(|part| part == server.as_bytes()) {
            read[at..at + server.len()].copy_from_slice(relay.as_bytes());
        }
        to.write_all(read)?;
    }
}

/// How much is relayed at a time.
const CHUNK: usize = 4096;

/// A relay on loopback. Its threads end with the process.
#[derive(Debug)]
pub struct Proxy {
    url: String,
    gate: Arc<Gate>,
}

#[derive(Debug, Default)]
struct Gate {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// What each client has sent so far.
    sent: Vec<Vec<u8>>,
    /// How many bytes of each connection may pass.
    limit: Option<usize>,
    /// Whether a connection waits at the limit.
    held: bool,
    /// Whether connections at the limit are cut.
    cut: bool,
}

impl Proxy {
    /// Relays to the server of an `http://host:port/…` URL.
    #[track_caller]
    pub fn before(url: &str) -> Self {
        let host = url.strip_prefix("http://").and_then(|rest| rest.split('/').next()).expect("a plain http URL");
        let host = host.to_owned();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has a free port");
        let port = listener.local_addr().expect("a listener has an address").port();
        let gate = Arc::new(Gate::default());
        let accepting = gate.clone();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (gate, host) = (accepting.clone(), host.clone());
                // A connection that breaks is what the relay is for.
                thread::spawn(move || gate.relay(&client, &host));
            }
        });
        Self { url: format!("http://127.0.0.1:{port}"), gate }
    }

    /// The same URL, with the relay in the server's place.
    #[track_caller]
    pub fn instead(&self, url: &str) -> String {
        let path = url.splitn(4, '/').nth(3).expect("the URL has a path");
        format!("{}/{path}", self.url)
    }

    /// Lets no connection pass more than this many bytes until [`Proxy::release`] or [`Proxy::cut`].
    pub fn hold_after(&self, bytes: usize) {
        self.gate.change(|state| state.limit = Some(bytes));
    }

    /// Whether a connection is being held.
    pub fn holds(&self) -> bool {
        self.gate.state().held
    }

    /// Lets everything pass.
    pub fn release(&self) {
        self.gate.change(|state| (state.limit, state.held) = (None, false));
    }

    /// Cuts the connections that are being held, and lets later ones pass.
    pub fn cut(&self) {
        self.gate.change(|state| state.cut = true);
        while self.holds() {
            thread::sleep(Duration::from_millis(5));
        }
        self.gate.change(|state| (state.limit, state.cut) = (None, false));
    }

    /// How many connections there have been.
    pub fn connections(&self) -> usize {
        self.gate.state().sent.len()
    }

    /// How many requests were not `GET` or `HEAD`.
    pub fn writes(&self) -> usize {
        let starts = ["POST /", "PUT /", "PATCH /", "DELETE /"];
        let count = |sent: &String| starts.iter().map(|start| sent.matches(start).count()).sum::<usize>();
        self.sent().iter().map(count).sum()
    }

    /// The names of the files that were sent in forms, arrived or not, as often as each was.
    pub fn uploads(&self) -> Vec<String> {
        let named = |sent: String| {
            let names = sent.split("; filename=\"").skip(1).filter_map(|rest| rest.split('"').next());
            names.map(str::to_owned).collect::<Vec<_>>()
        };
        self.sent().into_iter().flat_map(named).collect()
    }

    /// What each connection has sent, as text.
    fn sent(&self) -> Vec<String> {
        self.gate.state().sent.iter().map(|sent| String::from_utf8_lossy(sent).into_owned()).collect()
    }
}

impl Gate {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state());
        self.changed.notify_all();
    }

    /// Counts a connection. Gives its number.
    fn connected(&self) -> usize {
        let mut state = self.state();
        state.sent.push(Vec::new());
        state.sent.len() - 1
    }

    fn relay(&self, client: &TcpStream, host: &str) -> io::Result<()> {
        let number = self.connected();
        let server = TcpStream::connect(host)?;
        let (from, to) = (server.try_clone()?, client.try_clone()?);
        let (named, own) = (format!("http://{host}"), client.local_addr()?);
        let own = format!("http://{own}");
        let back = thread::spawn(move || answer(&from, &to, &named, &own).and_then(|()| to.shutdown(Shutdown::Write)));
        let passed = self.forward(number, client, &server);
        // Either side may be gone already.
        let _closed = server.shutdown(if passed.is_ok() { Shutdown::Write } else { Shutdown::Both });
        let _ended = back.join();
        let _closed = client.shutdown(Shutdown::Both);
        passed
    }

    /// Relays what the client sends, up to the limit. Fails when the connection is to be cut.
    fn forward(&self, number: usize, mut client: &TcpStream, mut server: &TcpStream) -> io::Result<()> {
        let mut passed = 0;
        let mut chunk = [0; CHUNK];
        loop {
            let count = client.read(&mut chunk)?;
            if count == 0 {
                return Ok(());
            }
            self.state().sent[number].extend_from_slice(&chunk[..count]);
            let mut rest = &chunk[..count];
            while !rest.is_empty() {
                let allowed = self.allowed(passed)?.min(rest.len());
                server.write_all(&rest[..allowed])?;
                (passed, rest) = (passed + allowed, &rest[allowed..]);
            }
        }
    }

    /// How many bytes may follow those that have passed; waits while there are none.
    fn allowed(&self, passed: usize) -> io::Result<usize> {
        let mut state = self.state();
        loop {
            match state.limit.map(|limit| limit.saturating_sub(passed)) {
                None => return Ok(usize::MAX),
                Some(0) if state.cut => {
                    state.held = false;
                    return Err(io::ErrorKind::ConnectionAborted.into());
                }
                Some(0) => {
                    state.held = true;
                    state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                }
                Some(left) => return Ok(left),
            }
        }
    }
}

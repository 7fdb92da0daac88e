//! A registry that says back whatever it was sent, in every spelling that servers, proxies and their logs know.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use releasekit_rehearsal::File;

use crate::registry::{Past, Registry};

/// Which requests are refused and quoted; the others reach the registry behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quotes {
    /// None.
    Nothing,
    /// Uploads.
    Uploads,
    /// Reads.
    Reads,
}

/// The registry. Its threads end with the process.
#[derive(Debug)]
pub struct Quoting {
    inner: Arc<dyn Registry>,
    url: String,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    quotes: AtomicU8,
    /// The credentials that came, decoded.
    seen: Mutex<Vec<String>>,
}

impl Quoting {
    /// Stands before a registry.
    #[track_caller]
    pub fn before(inner: Arc<dyn Registry>) -> Arc<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has a free port");
        let url = format!("http://127.0.0.1:{}", listener.local_addr().expect("a listener has an address").port());
        let behind = host(&inner.upload_url()).to_owned();
        let shared = Arc::new(Shared::default());
        let accepting = shared.clone();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (shared, behind) = (accepting.clone(), behind.clone());
                // A client that leaves early has its reasons.
                thread::spawn(move || shared.serve(client, &behind));
            }
        });
        Arc::new(Self { inner, url, shared })
    }

    /// Quotes from now on.
    pub fn quote(&self, what: Quotes) {
        self.shared.quotes.store(what as u8, Ordering::SeqCst);
    }

    /// The credentials that have come since this was asked last, as `user:password`.
    pub fn seen(&self) -> Vec<String> {
        std::mem::take(&mut self.shared.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn instead(&self, url: &str) -> String {
        url.replacen(&format!("http://{}", host(url)), &self.url, 1)
    }
}

impl Registry for Quoting {
    fn upload_url(&self) -> String {
        self.instead(&self.inner.upload_url())
    }

    fn read_url(&self) -> String {
        self.instead(&self.inner.read_url())
    }

    fn stored(&self) -> BTreeMap<File, String> {
        self.inner.stored()
    }

    fn fill(&self, past: &Past) {
        self.inner.fill(past);
    }
}

fn host(url: &str) -> &str {
    url.strip_prefix("http://").and_then(|rest| rest.split('/').next()).expect("a plain http URL")
}

impl Shared {
    fn serve(&self, mut client: TcpStream, behind: &str) -> io::Result<()> {
        let head = head(&mut client)?;
        let credential = credential(&head);
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).extend(credential.clone());
        let wanted = if head.starts_with("POST") { Quotes::Uploads } else { Quotes::Reads };
        if self.quotes.load(Ordering::SeqCst) == wanted as u8 {
            body(&mut client, &head)?;
            let said = said(&head, &credential.unwrap_or_default());
            let answer =
                format!("HTTP/1.1 403 No\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{said}", said.len());
            return client.write_all(answer.as_bytes());
        }
        let mut server = TcpStream::connect(behind)?;
        let kept = head.lines().filter(|line| !line.to_ascii_lowercase().starts_with("connection:"));
        let kept: Vec<&str> = kept.take_while(|line| !line.is_empty()).collect();
        server.write_all(format!("{}\r\nConnection: close\r\n\r\n", kept.join("\r\n")).as_bytes())?;
        server.write_all(&body(&mut client, &head)?)?;
        io::copy(&mut server, &mut client).map(drop)
    }
}

/// Everything about a credential.
fn said(head: &str, credential: &str) -> String {
    let (user, password) = credential.split_once(':').unwrap_or_default();
    let basic = STANDARD.encode(credential);
    let hex: String = credential.bytes().map(|byte| format!("{byte:02x}")).collect();
    let url = URL_SAFE_NO_PAD.encode(credential);
    let line = basic.as_str();
    format!(
        "{head}\nnot you: {user} with {password}, that is {credential}, {line}, {url}, {hex}, {}\n\
         {{\"headers\": {{\"Authorization\": \"Basic {line}\"}}, \"login\": [\"{user}\", \"{password}\"]}}\n\
         <p>https://{user}:{password}@host/?token={password}</p> bearer {password}",
        hex.to_uppercase()
    )
}

/// User and password of a request.
fn credential(head: &str) -> Option<String> {
    let named = |line: &str| {
        Some(line.split_once(": ")?)
            .filter(|(name, _)| name.eq_ignore_ascii_case("authorization"))
            .map(|(_, value)| value.to_owned())
    };
    let value = head.lines().find_map(named)?;
    String::from_utf8(STANDARD.decode(value.strip_prefix("Basic ")?).ok()?).ok()
}

fn head(stream: &mut TcpStream) -> io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

/// The body as it was sent, its length said or in chunks.
fn body(stream: &mut TcpStream, head: &str) -> io::Result<Vec<u8>> {
    let lower = head.to_ascii_lowercase();
    let length = lower.lines().find_map(|line| line.strip_prefix("content-length: ")?.trim().parse().ok());
    let chunked = lower.contains("transfer-encoding: chunked");
    let mut body: Vec<u8> = Vec::new();
    let mut buffer = [0; 1 << 16];
    let is_complete =
        |body: &[u8]| if chunked { body.ends_with(b"0\r\n\r\n") } else { body.len() >= length.unwrap_or(0_usize) };
    while !is_complete(&body) {
        match stream.read(&mut buffer)? {
            0 => break,
            read => body.extend_from_slice(&buffer[..read]),
        }
    }
    Ok(body)
}

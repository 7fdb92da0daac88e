//! A host on loopback that answers as it is told, and remembers what it was asked.

use std::fmt;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// A host. Its threads end with the process.
pub struct Host {
    url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

/// What it answers to the path of a request: a status line, headers, an empty line, and a body.
type Answer = Box<dyn Fn(&str) -> String + Send>;

impl Host {
    /// Answers each path so.
    #[track_caller]
    pub fn start(answer: impl Fn(&str) -> String + Send + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has a free port");
        let port = listener.local_addr().expect("a listener has an address").port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (heads, answer): (_, Answer) = (Arc::clone(&asked), Box::new(answer));
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let head = head(&client);
                let path = head.split(' ').nth(1).unwrap_or_default();
                // Who goes away does not want to know.
                let _unread = (&client).write_all(answer(path).as_bytes());
                heads.lock().unwrap_or_else(PoisonError::into_inner).push(head);
            }
        });
        Self { url: format!("http://127.0.0.1:{port}"), asked }
    }

    /// Has nothing.
    #[track_caller]
    pub fn empty() -> Self {
        Self::start(|_| "HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".to_owned())
    }

    /// Where it is, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The heads of all requests so far.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host").field("url", &self.url).finish_non_exhaustive()
    }
}

/// The head of a request. What follows it stays unread.
fn head(client: &TcpStream) -> String {
    let mut reader = BufReader::new(client);
    let mut head = String::new();
    while reader.read_line(&mut head).is_ok_and(|read| read > 2) {}
    head
}

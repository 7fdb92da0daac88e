//! A server on loopback that answers as a test says, and remembers what it was asked, to the byte.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What the server does with a request.
#[derive(Debug, Clone)]
pub enum Act {
    /// Sends these bytes and closes the connection.
    Send(Vec<u8>),
    /// Sends these bytes one by one, with a pause before each.
    Drip(Vec<u8>, Duration),
    /// Waits, then goes on.
    Wait(Duration, Box<Act>),
}

/// A server that ends with the test's process.
#[derive(Debug)]
pub struct Server {
    /// Its root, without a slash at the end.
    pub url: String,
    asked: Arc<Mutex<Vec<String>>>,
    most: Arc<AtomicUsize>,
}

impl Server {
    /// Starts a server; `answer` gets each request, head and body, and its number, from 0.
    pub fn start(answer: impl Fn(&str, usize) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let url = format!("http://{}", listener.local_addr().expect("a listener has an address"));
        let server = Self { url, asked: Arc::default(), most: Arc::default() };
        let (asked, most, answer) = (Arc::clone(&server.asked), Arc::clone(&server.most), Arc::new(answer));
        let now = Arc::new(AtomicUsize::new(0));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (asked, most, now, answer) = (asked.clone(), most.clone(), now.clone(), answer.clone());
                thread::spawn(move || {
                    most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    serve(stream, &asked, &*answer, || {
                        now.fetch_sub(1, Ordering::SeqCst);
                    });
                });
            }
        });
        server
    }

    /// A server that always sends the same.
    pub fn always(reply: Vec<u8>) -> Self {
        Self::start(move |_, _| Act::Send(reply.clone()))
    }

    /// The requests so far, each with head and body.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("no test panics here").clone()
    }

    /// How many requests were served at once at most.
    pub fn most(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }
}

fn serve(mut stream: TcpStream, asked: &Mutex<Vec<String>>, answer: &dyn Fn(&str, usize) -> Act, done: impl FnOnce()) {
    let request = read(&mut stream);
    let number = {
        let mut asked = asked.lock().expect("no test panics here");
        asked.push(request.clone());
        asked.len() - 1
    };
    let mut act = answer(&request, number);
    while let Act::Wait(time, next) = act {
        thread::sleep(time);
        act = *next;
    }
    done();
    // The client may have given up.
    match act {
        Act::Send(bytes) => drop(stream.write_all(&bytes)),
        Act::Drip(bytes, pause) => drop(bytes.iter().try_for_each(|byte| {
            thread::sleep(pause);
            stream.write_all(&[*byte])
        })),
        Act::Wait(..) => {}
    }
}

fn read(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut byte = [0];
    while !bytes.ends_with(b"\r\n\r\n") && matches!(stream.read(&mut byte), Ok(1)) {
        bytes.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&bytes).into_owned();
    let length =
        head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    // The client may have given up.
    let _gone = stream.read_exact(&mut body);
    head + &String::from_utf8_lossy(&body)
}

/// A reply with further header lines, each ending in CRLF.
pub fn reply(status: u16, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let head = format!("HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n", body.len());
    [head.as_bytes(), body].concat()
}

//! An index that answers as a test wants, and counts what it is asked.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// How it treats an upload, or a question for what it has.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// A status and a body.
    Status(u16, &'static str),
    /// A status and so many bytes.
    Long(u16, usize),
    /// A status and the beginning of a body.
    Cut(u16, &'static str),
    /// A status that sends on to another address; an empty one is left out.
    Redirect(u16, String),
    /// The connection is closed before the request was read.
    Reset,
    /// The request is read, the connection closed.
    Lost,
    /// Nothing for so long.
    Silence(Duration),
}

#[derive(Debug, Default)]
struct Seen {
    uploads: AtomicUsize,
    questions: AtomicUsize,
    authorization: Mutex<Option<String>>,
    asked_by: Mutex<Option<String>>,
}

/// A running index on loopback. Its thread ends with the test's process.
#[derive(Debug)]
pub(crate) struct Index {
    url: String,
    seen: Arc<Seen>,
}

impl Index {
    pub(crate) fn start(upload: Answer, question: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let seen = Arc::new(Seen::default());
        let index = Self { url, seen: Arc::clone(&seen) };
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (seen, upload, question) = (Arc::clone(&seen), upload.clone(), question.clone());
                thread::spawn(move || serve(stream, &seen, &upload, &question));
            }
        });
        index
    }

    pub(crate) fn upload_url(&self) -> String {
        format!("{}/legacy/", self.url)
    }

    pub(crate) fn simple_url(&self) -> String {
        format!("{}/simple/", self.url)
    }

    pub(crate) fn uploads(&self) -> usize {
        self.seen.uploads.load(Ordering::SeqCst)
    }

    pub(crate) fn questions(&self) -> usize {
        self.seen.questions.load(Ordering::SeqCst)
    }

    /// The credentials of the last question.
    pub(crate) fn asked_by(&self) -> Option<String> {
        self.seen.asked_by.lock().expect("no panic while held").clone()
    }

    /// The credentials of the last upload.
    pub(crate) fn authorization(&self) -> Option<String> {
        self.seen.authorization.lock().expect("no panic while held").clone()
    }
}

fn authorization_of(head: &str) -> Option<String> {
    let line = head.lines().find_map(|line| line.split_once(": ").filter(|(name, _)| is_authorization(name)));
    line.map(|(_, value)| value.to_owned())
}

fn serve(mut stream: TcpStream, seen: &Seen, upload: &Answer, question: &Answer) {
    let Some(head) = head(&mut stream) else { return };
    let is_upload = head.starts_with("POST");
    let answer = if is_upload { upload } else { question };
    if is_upload {
        seen.uploads.fetch_add(1, Ordering::SeqCst);
        *seen.authorization.lock().expect("no panic while held") = authorization_of(&head);
    } else {
        seen.questions.fetch_add(1, Ordering::SeqCst);
        *seen.asked_by.lock().expect("no panic while held") = authorization_of(&head);
    }
    if matches!(answer, Answer::Reset) {
        return;
    }
    if is_upload {
        body(&mut stream, &head);
    }
    match answer {
        Answer::Status(status, text) => say(&mut stream, *status, "", text, text.len()),
        Answer::Long(status, length) => say(&mut stream, *status, "", &"A".repeat(*length), *length),
        Answer::Cut(status, text) => say(&mut stream, *status, "", text, text.len() + 100),
        Answer::Redirect(status, location) if location.is_empty() => say(&mut stream, *status, "", "", 0),
        Answer::Redirect(status, location) => say(&mut stream, *status, &format!("Location: {location}\r\n"), "", 0),
        Answer::Silence(time) => thread::sleep(*time),
        Answer::Reset | Answer::Lost => {}
    }
}

fn say(stream: &mut TcpStream, status: u16, headers: &str, text: &str, length: usize) {
    let head = format!("HTTP/1.1 {status} Answer\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n");
    // The client may have gone.
    let _ = stream.write_all(&[head.as_bytes(), text.as_bytes()].concat());
}

fn is_authorization(name: &str) -> bool {
    name.eq_ignore_ascii_case("authorization")
}

fn head(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        if stream.read(&mut byte).ok()? == 0 {
            return None;
        }
        head.push(byte[0]);
    }
    String::from_utf8(head).ok()
}

/// Reads the body to its end, whether its length was said or it comes in chunks.
fn body(stream: &mut TcpStream, head: &str) {
    let length = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
    let mut body: Vec<u8> = Vec::new();
    let mut buffer = [0; 4096];
    let complete =
        |body: &[u8]| length.map_or_else(|| body.ends_with(b"0\r\n\r\n"), |length: usize| body.len() >= length);
    while !complete(&body) {
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return,
            Ok(read) => body.extend_from_slice(&buffer[..read]),
        }
    }
}

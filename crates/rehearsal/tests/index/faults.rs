//! Each fault, as a client sees it and as the store does.

use std::io::{self, Read, Write};
use std::time::{Duration, Instant};

use releasekit_rehearsal::pypi::{Fault, On, Options, Server};
use releasekit_testkit::{get, sha256};

use crate::artifact::{sdist, wheel};
use crate::client::{listed, upload};

fn start() -> Server {
    Server::start(Options::default()).expect("loopback has a free port")
}

fn assert_reset<T: std::fmt::Debug>(outcome: io::Result<T>) {
    assert_eq!(outcome.expect_err("the connection is cut").kind(), io::ErrorKind::ConnectionReset);
}

#[test]
fn a_status_is_answered_and_nothing_is_stored() {
    let (server, wheel) = (start(), wheel("1.0", "one"));
    for status in [401, 403, 409, 500, 503] {
        server.faults().once(On::AnyUpload, Fault::Status(status));
        assert_eq!(upload(&server, "1.0", &wheel).expect("it answers").status, status);
        assert!(server.stored().is_empty());
    }
    server.faults().once(On::AnyUpload, Fault::RateLimit(7));
    let answer = upload(&server, "1.0", &wheel).expect("it answers");
    assert_eq!(answer.status, 429);
    assert!(answer.head.contains("retry-after: 7"), "{}", answer.head);
    upload(&server, "1.0", &wheel).expect("it answers").ok();
    let statuses: Vec<_> = server.writes().iter().map(|request| request.status).collect();
    assert_eq!(statuses, [Some(401), Some(403), Some(409), Some(500), Some(503), Some(429), Some(200)]);
}

#[test]
fn a_reset_stores_nothing_and_a_lost_reply_stores_all() {
    let (server, wheel) = (start(), wheel("1.0", "one"));
    server.faults().once(On::AnyUpload, Fault::Reset);
    assert_reset(upload(&server, "1.0", &wheel));
    assert!(server.stored().is_empty());

    server.faults().once(On::AnyUpload, Fault::LoseReply);
    assert_reset(upload(&server, "1.0", &wheel));
    assert_eq!(listed(&server), [(wheel.0.clone(), sha256(&wheel.1))]);
    let statuses: Vec<_> = server.writes().into_iter().map(|request| (request.file_name, request.status)).collect();
    assert_eq!(statuses, [(Some(wheel.0.clone()), None), (Some(wheel.0), None)]);
}

#[test]
fn a_dropped_file_is_accepted_and_not_stored() {
    let (server, wheel) = (start(), wheel("1.0", "one"));
    server.faults().once(On::AnyUpload, Fault::Drop);
    upload(&server, "1.0", &wheel).expect("it answers").ok();
    assert!(server.stored().is_empty());
    assert_eq!(listed(&server), []);
}

#[test]
fn half_a_file_is_listed_with_its_own_digest() {
    let (server, wheel) = (start(), wheel("1.0", "one"));
    server.faults().once(On::AnyUpload, Fault::StoreHalf);
    assert_reset(upload(&server, "1.0", &wheel));
    let half = sha256(&wheel.1[..wheel.1.len() / 2]);
    assert_eq!(listed(&server), [(wheel.0.clone(), half)]);
    assert_eq!(upload(&server, "1.0", &wheel).expect("it answers").status, 400);
}

#[test]
fn a_file_can_be_listed_late() {
    let (server, wheel, sdist) = (start(), wheel("1.0", "one"), sdist("1.0"));
    server.faults().once(On::AnyUpload, Fault::HideForReads(2));
    upload(&server, "1.0", &wheel).expect("it answers").ok();
    assert_eq!(server.stored().len(), 1);
    let seen: Vec<_> = (0..4).map(|_| listed(&server).len()).collect();
    assert_eq!(seen, [0, 0, 1, 1]);

    server.faults().once(On::AnyUpload, Fault::HideFor(Duration::from_millis(400)));
    let sent = Instant::now();
    upload(&server, "1.0", &sdist).expect("it answers").ok();
    assert_eq!(listed(&server).len(), 1);
    while listed(&server).len() < 2 {
        assert!(sent.elapsed() < Duration::from_secs(10), "it is never listed");
    }
    assert!(sent.elapsed() >= Duration::from_millis(400), "{:?}", sent.elapsed());
}

#[test]
fn another_digest_can_be_listed() {
    let (server, wheel) = (start(), wheel("1.0", "one"));
    let other = "0".repeat(64);
    server.faults().once(On::AnyUpload, Fault::ListDigest(other.clone()));
    upload(&server, "1.0", &wheel).expect("it answers").ok();
    assert_eq!(listed(&server), [(wheel.0.clone(), other)]);
    assert_eq!(server.stored()[&wheel.0], sha256(&wheel.1));
}

#[test]
fn a_delay_comes_before_everything_else() {
    let (server, wheel) = (start(), wheel("1.0", "one"));
    server.faults().once(On::AnyUpload, Fault::Delay(Duration::from_millis(200)));
    server.faults().once(On::AnyUpload, Fault::Status(500));
    let start = Instant::now();
    assert_eq!(upload(&server, "1.0", &wheel).expect("it answers").status, 500);
    assert!(start.elapsed() >= Duration::from_millis(200), "{:?}", start.elapsed());
}

#[test]
fn a_fault_befalls_what_it_names() {
    let (server, wheel, sdist) = (start(), wheel("1.0", "one"), sdist("1.0"));
    server.faults().once(On::Upload(2), Fault::Status(500));
    server.faults().always(On::File(sdist.0.clone()), Fault::Status(503));
    let mut statuses = Vec::new();
    for file in [&wheel, &wheel, &sdist, &sdist, &wheel] {
        statuses.push(upload(&server, "1.0", file).expect("it answers").status);
    }
    assert_eq!(statuses, [200, 500, 503, 503, 200]);
    server.faults().clear();
    upload(&server, "1.0", &sdist).expect("it answers").ok();
}

#[test]
fn pages_can_fail_too() {
    let (server, wheel) = (start(), wheel("1.0", "one"));
    upload(&server, "1.0", &wheel).expect("it answers").ok();
    let url = format!("{}demo-lib/", server.simple_url());
    let page = || get(&url, &[]);
    server.faults().once(On::Page("demo-lib".to_owned()), Fault::Status(503));
    assert_eq!(page().expect("it answers").status, 503);
    server.faults().once(On::Page("demo-lib".to_owned()), Fault::Reset);
    assert_reset(page());
    server.faults().once(On::Page("other".to_owned()), Fault::Status(503));
    page().expect("it answers").ok();
    assert!(server.writes().len() == 1 && server.requests().len() == 4, "{:?}", server.requests());
}

#[test]
fn a_file_can_be_listed_twice_or_stored_with_more() {
    let (server, wheel, sdist) = (start(), wheel("1.0", "one"), sdist("1.0"));
    let other = "0".repeat(64);
    server.faults().once(On::File(wheel.0.clone()), Fault::ListAgain(other.clone()));
    server.faults().once(On::File(sdist.0.clone()), Fault::Append(b"more".to_vec()));
    upload(&server, "1.0", &wheel).expect("it answers").ok();
    upload(&server, "1.0", &sdist).expect("it answers").ok();
    let longer = sha256(&[sdist.1.as_slice(), b"more"].concat());
    let expected = [(wheel.0.clone(), sha256(&wheel.1)), (wheel.0, other), (sdist.0, longer)];
    assert_eq!(listed(&server), expected);
}

#[test]
fn a_reply_can_be_long_or_send_elsewhere() {
    let (server, wheel) = (start(), wheel("1.0", "one"));
    server.faults().once(On::AnyUpload, Fault::Redirect("/elsewhere/".to_owned()));
    let answer = upload(&server, "1.0", &wheel).expect("it answers");
    assert!(answer.status == 307 && answer.head.contains("location: /elsewhere/"), "{}", answer.head);
    assert!(server.stored().is_empty());
    server.faults().once(On::AnyUpload, Fault::LongReply(500, 100_000));
    let answer = upload(&server, "1.0", &wheel).expect("it answers");
    assert_eq!((answer.status, answer.body.len(), server.stored().len()), (500, 100_000, 1));
}

#[test]
fn answers_without_an_end_have_none() {
    let (server, wheel) = (start(), wheel("1.0", "one"));
    upload(&server, "1.0", &wheel).expect("it answers").ok();
    server.faults().once(On::PageAfterUpload("demo-lib".to_owned()), Fault::Drip(Duration::from_millis(1)));
    server.faults().once(On::Download(wheel.0.clone()), Fault::Endless);
    for (path, least) in [("/simple/demo-lib/".to_owned(), 50), (format!("/files/demo-lib/{}", wheel.0), 1_000_000)] {
        assert!(taken(&server, &path, least) >= least, "{path}");
    }
    assert!(taken(&server, &format!("/files/demo-lib/{}", wheel.0), 1_000_000) < 10_000, "it was once");
}

#[test]
fn an_upload_without_an_end_stores_nothing() {
    let server = start();
    let form = "Content-Type: multipart/form-data; boundary=xyz\r\nContent-Length: 9\r\n\r\n--xyz--\r\n";
    for fault in [Fault::Drip(Duration::from_millis(1)), Fault::Endless] {
        server.faults().once(On::AnyUpload, fault.clone());
        assert!(answered(&server, "POST /legacy/", form, 1_000) >= 1_000, "{fault:?}");
    }
    assert!(server.stored().is_empty());
}

/// How much of a page or file can be taken, which is left then.
fn taken(server: &Server, path: &str, most: usize) -> usize {
    answered(server, &format!("GET {path}"), "\r\n", most)
}

/// How much is answered to a request with further headers and a body.
fn answered(server: &Server, asked: &str, rest: &str, most: usize) -> usize {
    let address = server.url().trim_start_matches("http://");
    let mut stream = std::net::TcpStream::connect(address).expect("it listens");
    let request = format!("{asked} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{rest}");
    stream.write_all(request.as_bytes()).expect("it listens");
    let (mut total, mut buffer) = (0, vec![0; 1 << 16]);
    while total < most {
        match stream.read(&mut buffer).expect("it answers") {
            0 => break,
            read => total += read,
        }
    }
    total
}

//! Faults as a client of cargo's API sees them; what all protocols share is tested with the index for Python.

use std::io;

use releasekit_rehearsal::cargo::{Fault, On, Options, Server};
use releasekit_testkit::{get, sha256};

use crate::artifact::package;
use crate::client::{detail, listed, publish};

const FILE: &str = "demo-lib-1.0.0.crate";

fn start() -> Server {
    Server::start(Options::default()).expect("loopback has a free port")
}

fn digest() -> String {
    sha256(&package("demo-lib", "1.0.0", "one").1)
}

#[test]
fn refusals_come_in_the_words_of_crates_io() {
    let server = start();
    for status in [403, 500] {
        server.faults().once(On::AnyUpload, Fault::Status(status));
        let answer = publish(&server, "1.0.0").expect("it answers");
        assert_eq!((answer.status, detail(&answer)), (status, "An injected fault.".to_owned()));
    }
    server.faults().once(On::File(FILE.to_owned()), Fault::RateLimit(600));
    let answer = publish(&server, "1.0.0").expect("it answers");
    let again = answer.head.lines().find_map(|line| line.strip_prefix("retry-after: ")).expect("it says when");
    let words =
        format!("You have published too many new crates in a short period of time. Please try again after {again} and");
    assert!(answer.status == 429 && again.ends_with(" GMT"), "{}", answer.head);
    assert!(detail(&answer).starts_with(&words), "{}", answer.text());
    assert!(server.files().is_empty());
}

#[test]
fn a_crate_can_arrive_unseen_late_or_otherwise_than_it_was_sent() {
    for (fault, seen) in [
        (Fault::LoseReply, vec![digest()]),
        (Fault::Reset, vec![]),
        (Fault::ListDigest("0".repeat(64)), vec!["0".repeat(64)]),
        (Fault::HideForReads(1), vec![]),
        (Fault::Drop, vec![]),
    ] {
        let server = start();
        server.faults().once(On::Upload(1), fault.clone());
        let kind = publish(&server, "1.0.0").err().map(|error| error.kind());
        let is_cut = matches!(fault, Fault::LoseReply | Fault::Reset);
        assert_eq!(kind, is_cut.then_some(io::ErrorKind::ConnectionReset), "{fault:?}");
        let digests: Vec<_> = listed(&server).into_iter().map(|(_, digest)| digest).collect();
        assert_eq!(digests, seen, "{fault:?}");
        let is_stored = !matches!(fault, Fault::Reset | Fault::Drop);
        assert_eq!(server.files().len(), usize::from(is_stored), "{fault:?}");
    }
}

#[test]
fn files_of_the_index_and_downloads_can_fail_too() {
    let server = start();
    publish(&server, "1.0.0").expect("it answers").ok();
    let url = format!("{}de/mo/demo-lib", server.read_url());
    server.faults().once(On::Page("demo-lib".to_owned()), Fault::Status(503));
    assert_eq!(get(&url, &[]).expect("it answers").status, 503);
    server.faults().once(On::Page("demo-lib".to_owned()), Fault::Reset);
    assert_eq!(get(&url, &[]).expect_err("it is cut").kind(), io::ErrorKind::ConnectionReset);
    get(&url, &[]).expect("it answers").ok();
}

//! Faults as a client of npm's registry sees them; what all protocols share is tested with the index for Python.

use std::io;

use releasekit_rehearsal::npm::{Fault, On, Options, Server};
use releasekit_testkit::get;
use serde_json::json;

use crate::artifact::package;
use crate::client::{integrity, json_of, listed, publish, read, told, write};

fn start() -> Server {
    Server::start(Options::default()).expect("loopback has a free port")
}

#[test]
fn refusals_come_in_the_words_of_the_public_registry() {
    let server = start();
    server.faults().once(On::File("demo-1.0.0.tgz".to_owned()), Fault::Status(409));
    let (status, why) = told(&publish(&server, "1.0.0").expect("it answers"));
    assert!(status == 409 && why.starts_with("Failed to save packument."), "{why}");
    server.faults().once(On::AnyUpload, Fault::RateLimit(7));
    let answer = publish(&server, "1.0.0").expect("it answers");
    assert!(answer.status == 429 && answer.head.contains("retry-after: 7"), "{}", answer.head);
    server.faults().once(On::AnyUpload, Fault::Status(200));
    assert!(publish(&server, "1.0.0").expect("it answers").ok().text().starts_with("<!doctype html>"));
    assert!(server.files().is_empty());
}

#[test]
fn a_version_can_arrive_unseen_late_or_otherwise_than_it_was_sent() {
    let whole = integrity(&package("demo", "1.0.0", "one"));
    let zeros = format!("sha512-{}==", "A".repeat(86));
    for (fault, seen) in [
        (Fault::LoseReply, vec![whole.clone()]),
        (Fault::Reset, vec![]),
        (Fault::ListDigest("0".repeat(64)), vec![zeros.clone()]),
        (Fault::ListAgain("0".repeat(64)), vec![format!("{whole} {zeros}")]),
        (Fault::HideForReads(1), vec![]),
        (Fault::Drop, vec![]),
    ] {
        let server = start();
        server.faults().once(On::Upload(1), fault.clone());
        let kind = publish(&server, "1.0.0").err().map(|error| error.kind());
        let is_cut = matches!(fault, Fault::LoseReply | Fault::Reset);
        assert_eq!(kind, is_cut.then_some(io::ErrorKind::ConnectionReset), "{fault:?}");
        let integrities: Vec<_> = listed(&server).into_iter().map(|(_, integrity)| integrity).collect();
        assert_eq!(integrities, seen, "{fault:?}");
        let is_stored = !matches!(fault, Fault::Reset | Fault::Drop);
        assert_eq!(server.files().len(), usize::from(is_stored), "{fault:?}");
    }
}

#[test]
fn documents_downloads_and_changes_can_fail_too() {
    let server = start();
    publish(&server, "1.0.0").expect("it answers").ok();
    let url = format!("{}demo", server.registry_url());
    server.faults().once(On::Page("demo".to_owned()), Fault::Status(503));
    assert_eq!(get(&url, &[]).expect("it answers").status, 503);
    server.faults().once(On::Page("demo".to_owned()), Fault::Reset);
    assert_eq!(get(&url, &[]).expect_err("it is cut").kind(), io::ErrorKind::ConnectionReset);
    let moved = || write(&server, "PUT", "-/package/demo/dist-tags/beta", "", &json!("1.0.0")).0;
    server.faults().once(On::Call("PUT", "/-/package/{name}/dist-tags/{tag}"), Fault::Status(500));
    assert_eq!([moved(), moved()], [500, 201]);
    server.faults().once(On::Write(3), Fault::Status(502));
    let document = json_of(read(&server, "demo", &[]));
    assert_eq!(write(&server, "PUT", "demo", "", &document).0, 502);
    assert_eq!(write(&server, "PUT", "demo", "", &document).0, 200);
}

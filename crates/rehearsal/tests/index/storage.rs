//! Files that outlive the server, and servers that cannot start.

use std::fs;
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use releasekit_core::{Diagnostic, ErrorKind};
use releasekit_rehearsal::codes;
use releasekit_rehearsal::pypi::{Fault, On, Options, Server};
use releasekit_testkit::sha256;

use crate::artifact::{sdist, wheel};
use crate::client::{Form, listed, page, upload};

#[test]
fn a_folder_keeps_the_files_and_nothing_else() {
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    let (wheel, sdist) = (wheel("1.0", "one"), sdist("1.0"));
    let options = Options::default().with_folder(folder.path().join("files"));
    let first = Server::start(options.clone()).expect("the folder can be made");
    for file in [&wheel, &sdist] {
        upload(&first, "1.0", file).expect("it answers").ok();
    }
    let port = first.url().rsplit(':').next().and_then(|port| port.parse().ok()).expect("the URL ends with a port");
    let before = page(&first, "demo-lib").expect("the project is there");
    first.stop();

    let project = folder.path().join("files/demo-lib");
    assert_eq!(fs::read_dir(&project).expect("the folder can be read").count(), 2);
    assert_eq!(fs::read(project.join(&wheel.0)).expect("the file can be read"), wheel.1);
    // What a kill in the middle of a write leaves behind.
    fs::write(project.join(".upload-x"), "half").expect("the folder is writable");

    let second = Server::start(options.with_port(port)).expect("the port is free again");
    assert_eq!(listed(&second), [(wheel.0, sha256(&wheel.1)), (sdist.0, sha256(&sdist.1))]);
    assert_eq!(page(&second, "demo-lib").expect("the project is there")["versions"], before["versions"]);
}

#[test]
fn a_file_can_be_put_behind_the_back_of_the_protocol() {
    let server = Server::start(Options::default()).expect("loopback has a free port");
    let (first, other) = (wheel("1.0", "one"), wheel("1.0", "other"));
    for (name, bytes) in [&first, &other] {
        server.put(name, bytes.clone()).expect("memory takes everything");
        assert_eq!(listed(&server), [(name.clone(), sha256(bytes))]);
    }
    assert!(server.put("demo.txt", "text").is_err());
    assert!(server.requests().iter().all(|request| request.method == "GET"));
}

#[test]
fn a_server_that_cannot_start_says_why() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let port = taken.local_addr().expect("a listener has an address").port();
    let file = tempfile::NamedTempFile::new().expect("the temporary folder is writable");
    for (options, reason) in [
        (Options::default().with_port(port), format!("port {port}")),
        (Options::default().with_folder(file.path()), file.path().display().to_string()),
    ] {
        let error = Server::start(options).expect_err("it cannot start");
        assert_eq!((error.code(), error.kind()), (codes::START, ErrorKind::Precondition));
        assert!(error.to_string().contains(&reason), "{error}");
    }
}

#[test]
fn a_server_stops_in_the_middle_of_a_request() {
    let server = Server::start(Options::default()).expect("loopback has a free port");
    server.faults().once(On::AnyUpload, Fault::Delay(Duration::from_secs(3600)));
    let url = server.upload_url();
    let client = thread::spawn(move || Form::new("1.0", wheel("1.0", "one")).send_to(&url));
    while server.writes().is_empty() {
        thread::sleep(Duration::from_millis(5));
    }
    server.stop();
    let outcome = client.join().expect("the client does not panic");
    assert!(outcome.is_err(), "{outcome:?}");
}

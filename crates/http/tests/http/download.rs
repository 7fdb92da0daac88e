//! Downloads: complete on disk, or not there at all.

use std::fs;
use std::time::{Duration, Instant};

use releasekit_core::{Diagnostic, Environment, ErrorKind};
use releasekit_http::{Bounds, Client, Settings, codes};

use releasekit_testkit::scripted::{Act, Server, reply};

/// SHA-256 of `hello`.
const HELLO: &str = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

const WIDE: Bounds = Bounds { bytes: 1 << 20, time: Duration::from_secs(60) };

fn client() -> Client {
    let mut settings = Settings::default();
    settings.retries = 2;
    settings.first_delay = Duration::from_millis(1);
    Client::new(&Environment::new(), settings).expect("the settings are fine")
}

/// An answer that ends early.
fn half() -> Vec<u8> {
    let mut half = reply(200, "", "hello");
    half.truncate(half.len() - 3);
    half
}

#[tokio::test]
async fn a_download_starts_again_when_it_breaks_off() {
    let server = Server::start(|_, number| Act::Send(if number < 2 { half() } else { reply(200, "", "hello") }));
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    let path = folder.path().join("demo.whl");
    let download = client().download(&server.url, &path, WIDE).await.expect("the third try succeeds");
    assert_eq!((download.size, download.sha256.as_str()), (5, HELLO));
    assert_eq!(fs::read(&path).expect("it is there"), b"hello");
    assert_eq!(fs::read_dir(folder.path()).expect("the folder can be read").count(), 1);
    assert_eq!(server.asked().len(), 3);
}

#[tokio::test]
async fn a_failed_download_leaves_nothing() {
    let server = Server::always(half());
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    let error = client().download(&server.url, &folder.path().join("demo.whl"), WIDE).await;
    assert_eq!(error.expect_err("it always breaks off").code(), codes::INTERRUPTED);
    assert_eq!(fs::read_dir(folder.path()).expect("the folder can be read").count(), 0);
}

#[tokio::test]
async fn what_is_there_is_not_written_over() {
    let server = Server::always(reply(200, "", "hello"));
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    let path = folder.path().join("demo.whl");
    fs::write(&path, "before").expect("the temporary folder is writable");
    let error = client().download(&server.url, &path, WIDE).await.expect_err("something is there");
    assert_eq!((error.code(), server.asked().len()), (codes::DISK, 0));
    assert_eq!(fs::read(&path).expect("it is there"), b"before");
    assert_eq!(fs::read_dir(folder.path()).expect("the folder can be read").count(), 1);
}

#[tokio::test]
async fn a_file_is_stored_as_it_comes() {
    // Some servers say of a `.tar.gz` that its content is gzip-encoded, and its digest is of the packed bytes.
    let server = Server::always(reply(200, "Content-Encoding: gzip\r\n", "hello"));
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    let path = folder.path().join("demo.tar.gz");
    let download = client().download(&server.url, &path, WIDE).await.expect("the server answers");
    assert_eq!(download.sha256, HELLO);
    assert!(server.asked()[0].contains("accept-encoding: identity\r\n"), "{}", server.asked()[0]);
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_named() {
    let server = Server::always(reply(200, "", "hello"));
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    let error =
        client().download(&server.url, &folder.path().join("none/demo.whl"), WIDE).await.expect_err("no such folder");
    assert_eq!((error.code(), error.kind()), (codes::DISK, ErrorKind::Precondition));
    assert!(error.to_string().contains("none/demo.whl"), "{error}");
}

#[tokio::test]
async fn a_file_that_is_longer_than_asked_for_is_not_taken() {
    // Said before, or found out on the way: in chunks nobody says how long it gets.
    let chunked = b"HTTP/1.1 200 X\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
    for answer in [reply(200, "", "hello"), chunked.to_vec()] {
        let server = Server::always(answer);
        let folder = tempfile::tempdir().expect("the temporary folder is writable");
        let path = folder.path().join("demo.whl");
        let error =
            client().download(&server.url, &path, Bounds { bytes: 4, ..WIDE }).await.expect_err("it is too long");
        assert_eq!(error.code(), codes::TOO_LARGE);
        assert_eq!(fs::read_dir(folder.path()).expect("the folder can be read").count(), 0);
        assert_eq!(server.asked().len(), 1, "it would be so the next time too");
        client().download(&server.url, &path, Bounds { bytes: 5, ..WIDE }).await.expect("this is how long it is");
    }
}

#[tokio::test]
async fn a_download_that_drips_ends_by_its_time() {
    let server = Server::start(|_, _| Act::Drip(reply(200, "", "hello".repeat(1000)), Duration::from_millis(20)));
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    let bounds = Bounds { time: Duration::from_millis(300), ..WIDE };
    let start = Instant::now();
    let error = client().download(&server.url, &folder.path().join("demo.whl"), bounds).await.expect_err("it drips");
    assert_eq!((error.code(), error.kind()), (codes::TIMEOUT, ErrorKind::Transient));
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    assert_eq!(fs::read_dir(folder.path()).expect("the folder can be read").count(), 0);
}

//! The contract, case by case.

use std::fs;
use std::io::Write;
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use releasekit_core::model::DigestAlgorithm;
use releasekit_core::registry::Observed;
use releasekit_testkit::servers::BASIC;
use releasekit_testkit::{Ran, sha256};

use crate::index::holding;
use crate::world::World;

type Case = fn(&World);

/// Every case by its name.
pub(crate) const TABLE: &[(&str, Case)] = &[
    ("an_upload_is_stored_and_seen", an_upload_is_stored_and_seen),
    ("versions_and_names_are_compared_as_python_does", versions_and_names_are_compared_as_python_does),
    ("the_same_bytes_again", the_same_bytes_again),
    ("other_bytes_are_refused", other_bytes_are_refused),
    ("uv_sees_what_is_there", uv_sees_what_is_there),
    ("a_wrong_password_is_refused", a_wrong_password_is_refused),
    ("an_upload_that_breaks_off", an_upload_that_breaks_off),
    ("an_upload_can_be_installed", an_upload_can_be_installed),
];

fn an_upload_is_stored_and_seen(world: &World) {
    let (wheel, sdist) = (world.wheel("1.0.0", "one"), world.sdist("1.0.0"));
    world.upload(&wheel).ok();
    world.upload(&sdist).ok();
    assert_eq!(world.index.stored(), holding(&[&wheel, &sdist]));
    let mut live = world.live("1.0.0");
    live.sort_by(|a, b| a.file_name.cmp(&b.file_name));
    let names: Vec<_> = live.iter().map(|file| file.file_name.as_str()).collect();
    assert_eq!(names, [wheel.0.as_str(), sdist.0.as_str()]);
    for (file, (_, bytes)) in live.iter().zip([&wheel, &sdist]) {
        let digest = file.digest(DigestAlgorithm::Sha256).map(|digest| digest.value.clone());
        assert_eq!(digest, world.kind.digests.then(|| sha256(bytes)));
        assert_eq!(file.size, world.kind.sizes.then_some(bytes.len() as u64));
        assert!(!file.yanked);
        assert_eq!(sha256(&fs::read(world.fetch(file)).expect("it was fetched")), sha256(bytes));
    }
}

fn versions_and_names_are_compared_as_python_does(world: &World) {
    world.upload(&world.wheel("1.0rc1", "candidate")).ok();
    world.upload(&world.wheel("1.0", "final")).ok();
    let wanted = [("Demo.Lib", "1.0.0"), ("demo_lib", "1.0.0rc1"), ("demo-lib", "1.0.post1")];
    let seen = world.observe(&wanted).into_iter().map(|observed| match observed {
        Observed::Live(files) => files.into_iter().map(|file| file.file_name).collect(),
        _ => Vec::new(),
    });
    let expected = [vec!["demo_lib-1.0-py3-none-any.whl"], vec!["demo_lib-1.0rc1-py3-none-any.whl"], vec![]];
    assert_eq!(seen.collect::<Vec<Vec<String>>>(), expected);
}

fn the_same_bytes_again(world: &World) {
    let wheel = world.wheel("1.0.0", "one");
    world.upload(&wheel).ok();
    let again = world.upload(&wheel);
    match world.kind.same_bytes {
        None => drop(again.ok()),
        Some(status) => refused(&again, status),
    }
    assert_eq!(world.index.stored(), holding(&[&wheel]));
}

fn other_bytes_are_refused(world: &World) {
    let first = world.wheel("1.0.0", "one");
    world.upload(&first).ok();
    refused(&world.upload(&world.wheel("1.0.0", "two")), world.kind.other_bytes);
    assert_eq!(world.index.stored(), holding(&[&first]));
}

fn uv_sees_what_is_there(world: &World) {
    let first = world.wheel("1.0.0", "one");
    world.upload_checked(&first).ok();
    let (again, other) = match world.kind.digests {
        true => ((Some(0), "already exists, skipping"), (Some(2), "do not match")),
        // uv downloads nothing to compare, so it can say neither yes nor no.
        false => ((Some(2), "Hash is missing in index"), (Some(2), "Hash is missing in index")),
    };
    for (file, (code, words)) in [(first.clone(), again), (world.wheel("1.0.0", "two"), other)] {
        let ran = world.upload_checked(&file);
        assert!(ran.code == code && ran.stderr.contains(words), "{ran}");
    }
    assert_eq!(world.index.stored(), holding(&[&first]));
}

fn a_wrong_password_is_refused(world: &World) {
    let ran = world.publish(&world.wheel("1.0.0", "one"), "wrong", &[]);
    if !(world.kind.refuses_early && ran.stderr.contains("Failed to send POST request")) {
        refused(&ran, world.kind.wrong_password);
    }
    assert!(world.index.stored().is_empty());
}

/// What a kill in the middle of an upload does to the server.
fn an_upload_that_breaks_off(world: &World) {
    let (name, bytes) = world.wheel("1.0.0", "one");
    let rest = world.index.upload_url();
    let (host, path) = rest.trim_start_matches("http://").split_once('/').expect("the URL has a path");
    let fields = [(":action", "file_upload"), ("name", "demo-lib"), ("version", "1.0.0"), ("filetype", "bdist_wheel")];
    let mut body = Vec::new();
    for (field, value) in fields {
        let part = format!("--xyz\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    let part = format!("--xyz\r\nContent-Disposition: form-data; name=\"content\"; filename=\"{name}\"\r\n\r\n");
    body.extend_from_slice(part.as_bytes());
    let length = body.len() + bytes.len() + "\r\n--xyz--\r\n".len();
    body.extend_from_slice(&bytes[..bytes.len() / 2]);
    let head = format!(
        "POST /{path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: {BASIC}\r\nContent-Length: {length}\r\n\
         Content-Type: multipart/form-data; boundary=xyz\r\n\r\n"
    );
    let mut stream = TcpStream::connect(host).expect("the server listens");
    stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body)).expect("the server reads");
    drop(stream);

    let patience = Duration::from_secs(if world.kind.keeps_partial_uploads { 20 } else { 1 });
    let end = Instant::now() + patience;
    while world.index.stored().is_empty() && Instant::now() < end {
        thread::sleep(Duration::from_millis(20));
    }
    let stored = world.index.stored();
    assert_eq!(stored.contains_key(&name), world.kind.keeps_partial_uploads, "{stored:?}");
    assert_ne!(stored.get(&name), Some(&sha256(&bytes)));
}

fn an_upload_can_be_installed(world: &World) {
    world.upload(&world.wheel("1.0.0", "it works")).ok();
    world.sandbox.run("uv", ["venv", "--quiet", "environment"]).ok();
    let url = world.index.simple_url();
    let install = ["pip", "install", "--quiet", "--python", "environment", "--default-index", &url, "demo-lib==1.0.0"];
    world.sandbox.run("uv", install).ok();
    let says = world.sandbox.run("environment/bin/python", ["-c", "import demo_lib; print(demo_lib.TEXT)"]).ok();
    assert_eq!(says, "it works");
}

/// The words of uv are what a backend classifies by, so they are held here too.
#[track_caller]
fn refused(ran: &Ran, status: u16) {
    assert_eq!(ran.code, Some(2), "{ran}");
    assert!(ran.stderr.contains(&format!("Server returned status code {status}")), "{ran}");
}

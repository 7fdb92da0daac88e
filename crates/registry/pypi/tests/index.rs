//! The registry against servers on loopback: what it asks, and what it makes of the answers.
#![expect(clippy::panic, reason = "an answer of another kind than expected is a failed test")]

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use releasekit_core::event::Silent;
use releasekit_core::model::{DigestAlgorithm, PackageName, Target, Version};
use releasekit_core::registry::{FetchRequest, Fetched, Observed, Offer, Wanted, YankRequest};
use releasekit_core::{BackendContext, BackendError, Backends, Code, Diagnostic, Environment, ErrorKind, Registry};
use releasekit_pypi::codes;
use releasekit_rehearsal::pypi::{Fault, On, Options, Server};

const LONG: Duration = Duration::from_secs(60);
const WHEEL: &str = "demo_lib-1.0-py3-none-any.whl";

/// Opens an index as a front end does.
fn open(context: &BackendContext, url: &str) -> Arc<dyn Registry> {
    let mut backends = Backends::default();
    releasekit_pypi::register(&mut backends);
    let backend = backends.registries.get(releasekit_pypi::ID).expect("it is registered under its name");
    (backend.open)(context, &Target::new(releasekit_pypi::ID, url, "unused")).expect("the URL is one")
}

fn context() -> BackendContext {
    BackendContext::new(Environment::new(), "unused".into(), Arc::new(Silent))
}

fn wanted(name: &str, version: &str) -> Wanted {
    Wanted::new(PackageName::new(name), Version::from_canonical(version))
}

async fn observe(url: &str, name: &str, version: &str) -> Observed {
    open(&context(), url).observe(&[wanted(name, version)]).await.remove(0)
}

#[track_caller]
fn unknown(observed: Observed) -> BackendError {
    match observed {
        Observed::Unknown(error) => error,
        other => panic!("{other:?}"),
    }
}

fn server() -> Server {
    let server = Server::start(Options::default()).expect("loopback has a free port");
    for name in [WHEEL, "demo_lib-1.0.tar.gz", "demo_lib-1.1.tar.gz", "other-1.0.tar.gz"] {
        server.put(name, name).expect("memory takes everything");
    }
    server
}

/// A server that gives every request the same answer, and the heads of what it was asked.
fn page(kind: &str, body: &str) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let url = format!("http://{}/simple/", listener.local_addr().expect("a listener has an address"));
    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n", body.len());
    let answer = format!("{head}Connection: close\r\n\r\n{body}");
    let asked = Arc::new(Mutex::new(Vec::new()));
    let heads = Arc::clone(&asked);
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let lines = BufReader::new(&stream).lines().map_while(Result::ok).take_while(|line| !line.is_empty());
            let head = lines.collect::<Vec<_>>().join("\n");
            heads.lock().expect("no test panics here").push(head);
            stream.write_all(answer.as_bytes()).expect("the client reads");
        }
    });
    (url, asked)
}

#[tokio::test]
async fn each_project_is_asked_for_once_and_answers_come_in_order() {
    let server = server();
    let registry = open(&context(), &server.simple_url());
    let questions = [("other", "1.0"), ("Demo.Lib", "1.1"), ("none", "1"), ("demo-lib", "1.0.0"), ("demo_lib", "1.2")];
    let questions = questions.map(|(name, version)| wanted(name, version));
    let answers: Vec<_> = registry
        .observe(&questions)
        .await
        .into_iter()
        .map(|observed| match observed {
            Observed::Live(files) => files.len(),
            Observed::Absent => 0,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(answers, [1, 1, 0, 2, 0]);
    let mut paths: Vec<_> = server.requests().into_iter().map(|request| request.path).collect();
    paths.sort();
    assert_eq!(paths, ["/simple/demo-lib/", "/simple/none/", "/simple/other/"]);
    assert_eq!(registry.capabilities().digest, DigestAlgorithm::Sha256);
}

#[tokio::test]
async fn what_the_index_does_not_say_is_unknown() {
    let server = server();
    let page = || On::Page("demo-lib".to_owned());
    let cases: [(Fault, Code, ErrorKind); 4] = [
        (Fault::Status(403), releasekit_http::codes::FORBIDDEN, ErrorKind::Forbidden),
        (Fault::Status(500), releasekit_http::codes::SERVER, ErrorKind::Transient),
        (Fault::RateLimit(3600), releasekit_http::codes::RATE_LIMITED, ErrorKind::RateLimited),
        (Fault::Reset, releasekit_http::codes::INTERRUPTED, ErrorKind::Transient),
    ];
    for (fault, code, kind) in cases {
        server.faults().always(page(), fault);
        let versions = [wanted("demo-lib", "1.0"), wanted("demo-lib", "9.9")];
        for observed in open(&context(), &server.simple_url()).observe(&versions).await {
            let error = unknown(observed);
            assert_eq!((error.code(), error.kind()), (code, kind));
            assert_eq!(error.retry_after().is_some(), kind == ErrorKind::RateLimited);
        }
        server.faults().clear();
    }
    server.faults().always(page(), Fault::Status(404));
    assert!(matches!(observe(&server.simple_url(), "demo-lib", "1.0").await, Observed::Absent));
}

#[tokio::test]
async fn what_is_no_page_of_an_index_is_unknown() {
    let cases = [
        ("text/html", r#"<form><input type="password"></form>"#, "asks for a password"),
        ("application/json", r#"{"message": "welcome"}"#, "JSON cannot be read"),
        ("application/vnd.pypi.simple.v2+json", "{}", "content type"),
        ("text/plain", "hello", "content type"),
    ];
    for (kind, body, reason) in cases {
        let error = unknown(observe(&page(kind, body).0, "demo-lib", "1.0").await);
        assert_eq!((error.code(), error.kind()), (codes::INVALID_INDEX, ErrorKind::Invalid), "{kind}");
        assert!(error.to_string().contains(reason), "{error}");
        assert!(error.help().is_some_and(|help| help.contains("registry_url")), "{error}");
    }
}

#[tokio::test]
async fn names_and_versions_that_python_does_not_know_are_not_asked_for() {
    let server = server();
    for (name, version) in [("../admin", "1.0"), ("demo lib", "1.0"), ("", "1.0"), ("demo-lib", "one")] {
        let error = unknown(observe(&server.simple_url(), name, version).await);
        assert_eq!((error.code(), error.kind()), (codes::INVALID_PACKAGE, ErrorKind::Invalid), "{name}");
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn it_asks_past_caches_for_json_with_the_credentials_of_the_url() {
    let (url, asked) = page("text/html", &format!("<a href=\"{WHEEL}\">{WHEEL}</a>"));
    let with_login = url.replace("http://", "http://rk:hunter2@");
    let registry = open(&context(), with_login.trim_end_matches('/'));
    let Observed::Live(files) = registry.observe(&[wanted("demo-lib", "1.0")]).await.remove(0) else {
        panic!("the page lists it");
    };
    assert_eq!(files[0].url, format!("{url}demo-lib/{WHEEL}"));
    assert!(!format!("{registry:?} {files:?}").contains("hunter2"), "{registry:?}");
    let head = asked.lock().expect("no test panics here")[0].clone();
    for line in [
        "GET /simple/demo-lib/ HTTP/1.1",
        "cache-control: no-cache",
        "accept: application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1",
        "authorization: Basic cms6aHVudGVyMg==",
    ] {
        assert!(head.lines().any(|found| found == line), "{line}: {head}");
    }
}

#[tokio::test]
async fn files_are_fetched_from_where_the_page_says() {
    let server = server();
    let registry = open(&context(), &server.simple_url());
    let Observed::Live(files) = registry.observe(&[wanted("demo-lib", "1.1")]).await.remove(0) else {
        panic!("it is there");
    };
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    let path = folder.path().join("fetched");
    let request = FetchRequest::new(files[0].clone(), path.clone(), 19, LONG);
    assert_eq!(registry.fetch(&request).await.expect("it can be fetched"), Fetched::Whole);
    assert_eq!(std::fs::read_to_string(&path).expect("it was fetched"), "demo_lib-1.1.tar.gz");

    let short = FetchRequest::new(request.file.clone(), folder.path().join("other"), 18, LONG);
    assert_eq!(registry.fetch(&short).await.expect("it answers"), Fetched::TooLong);
    assert!(!short.into.exists());

    let over = registry.fetch(&request).await.expect_err("it is there already");
    assert_eq!(over.code(), releasekit_http::codes::DISK);

    let mut gone = short;
    gone.file.url.push_str(".gone");
    let error = registry.fetch(&gone).await.expect_err("it is not there");
    assert_eq!((error.code(), error.kind()), (releasekit_http::codes::NOT_FOUND, ErrorKind::NotFound));
}

#[tokio::test]
async fn offline_nothing_is_known() {
    let server = server();
    let registry = open(&context().with_offline(true), &server.simple_url());
    let error = unknown(registry.observe(&[wanted("demo-lib", "1.0")]).await.remove(0));
    assert_eq!((error.code(), error.kind()), (releasekit_http::codes::OFFLINE, ErrorKind::Precondition));
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_file_that_is_listed_twice_is_one_file_or_an_error() {
    let file = |version: &str, digit: &str| {
        let sha256 = digit.repeat(64);
        format!(r#"{{"filename": "demo-{version}.tar.gz", "url": "/f/{digit}", "hashes": {{"sha256": "{sha256}"}}}}"#)
    };
    let json = |files: &[String]| {
        let files = files.join(", ");
        page(
            "application/vnd.pypi.simple.v1+json",
            &format!(r#"{{"meta": {{"api-version": "1.0"}}, "files": [{files}]}}"#),
        )
    };
    let (url, _) = json(&[file("1.0", "1"), file("1.0", "2"), file("1.1", "3"), file("1.1", "3")]);
    let error = unknown(observe(&url, "demo", "1.0").await);
    assert_eq!((error.code(), error.kind()), (codes::INVALID_INDEX, ErrorKind::Invalid));
    assert!(error.to_string().contains("lists `demo-1.0.tar.gz` more than once, with different digests"), "{error}");
    // What is wrong with another version is not in the way of this one.
    assert!(matches!(observe(&url, "demo", "1.1").await, Observed::Live(files) if files.len() == 1));
}

#[tokio::test]
async fn nobody_yanks_by_the_api_and_where_it_is_done_is_said() {
    let ask = |url: &'static str| async move {
        let request = YankRequest::new(PackageName::new("Demo.Lib"), Version::from_canonical("1.0"), Offer::Withdrawn);
        open(&context(), url).yank(&request).await.expect_err("there is no such API")
    };
    let error = ask("https://pypi.org/simple/").await;
    assert_eq!((error.code(), error.kind()), (codes::NO_YANK, ErrorKind::Unsupported));
    let page = "do it by hand at https://pypi.org/manage/project/demo-lib/release/1.0/";
    assert_eq!(error.help().as_deref(), Some(page));
    assert_eq!(
        ask("https://index.test/simple/").await.help().as_deref(),
        Some("yank it by hand, with the tools of the index")
    );
}

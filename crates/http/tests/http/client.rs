//! The client against a scripted server: what is sent, how often, and what comes of it.

use std::time::{Duration, Instant};

use releasekit_core::{BackendError, Diagnostic, Environment, ErrorKind, Secret};
use releasekit_http::{Client, Error, Method, Request, Settings, codes};

use releasekit_testkit::scripted::{Act, Server, reply};

/// Settings with which a failing test does not take minutes.
fn quick() -> Settings {
    let mut settings = Settings::default();
    settings.retries = 2;
    settings.first_delay = Duration::from_millis(1);
    settings.longest_delay = Duration::from_secs(5);
    settings
}

fn client(settings: Settings) -> Client {
    Client::new(&Environment::new(), settings).expect("the settings are fine")
}

fn with(name: &str, value: impl Into<std::ffi::OsString>) -> Result<Client, Error> {
    Client::new(&Environment::new().with(name, value), quick())
}

#[tokio::test]
async fn a_read_is_tried_again_until_it_succeeds() {
    let server = Server::start(|_, number| match number {
        0 => Act::Send(reply(503, "", "")),
        1 => Act::Send(Vec::new()),
        _ => Act::Send(reply(200, "X-Demo: yes\r\n", "hello")),
    });
    let response = client(quick()).get(&server.url).await.expect("the third try succeeds");
    assert_eq!((response.status, &response.body[..], response.header("x-demo")), (200, &b"hello"[..], Some("yes")));
    assert_eq!(server.asked().len(), 3);
    assert!(server.asked()[0].contains(concat!("user-agent: releasekit/", env!("CARGO_PKG_VERSION"))));
}

#[tokio::test]
async fn a_write_is_sent_once_whatever_happens() {
    for (answer, code) in [
        (reply(503, "", ""), codes::SERVER),
        (reply(429, "", ""), codes::RATE_LIMITED),
        (Vec::new(), codes::INTERRUPTED),
    ] {
        let server = Server::always(answer);
        let request = Request::new(Method::Post, &server.url).with_body("content");
        let error = client(quick()).send(&request).await.expect_err("the server fails");
        assert_eq!((error.code(), error.kind().is_retryable()), (code, true));
        assert_eq!(server.asked().len(), 1, "{code}");
    }
    let server = Server::always(reply(302, "Location: /elsewhere\r\n", ""));
    let error = client(quick()).send(&Request::new(Method::Put, &server.url)).await.expect_err("this is no success");
    assert_eq!((error.code(), server.asked().len()), (codes::STATUS, 1));
}

/// What a protocol judges by itself comes as it is: once, and with what stands in its headers.
#[tokio::test]
async fn what_is_asked_for_whole_comes_whatever_its_status() {
    let headers = "Date: Wed, 21 Oct 2026 07:28:00 GMT\r\nRetry-After: Wed, 21 Oct 2026 07:28:05 GMT\r\n";
    for status in [200, 302, 404, 429, 503] {
        let server = Server::always(reply(status, &format!("{headers}Location: /elsewhere\r\n"), "words"));
        for method in [Method::Get, Method::Post] {
            let answer = client(quick()).ask(&Request::new(method, &server.url)).await.expect("it is complete");
            assert_eq!((answer.status, &answer.body[..]), (status, &b"words"[..]));
            assert_eq!(answer.retry_after(), Some(Duration::from_secs(5)));
        }
        assert_eq!(server.asked().len(), 2, "{status}");
    }
    let server = Server::always(Vec::new());
    let error = client(quick()).ask(&Request::get(&server.url)).await.expect_err("there is no answer");
    assert_eq!((error.code(), server.asked().len()), (codes::INTERRUPTED, 1));
}

#[tokio::test]
async fn each_status_has_its_code_and_kind() {
    let cases = [
        (401, codes::UNAUTHENTICATED, ErrorKind::Unauthenticated, 1),
        (403, codes::FORBIDDEN, ErrorKind::Forbidden, 1),
        (404, codes::NOT_FOUND, ErrorKind::NotFound, 1),
        (410, codes::NOT_FOUND, ErrorKind::NotFound, 1),
        (409, codes::CONFLICT, ErrorKind::Conflict, 1),
        (418, codes::STATUS, ErrorKind::Invalid, 1),
        (429, codes::RATE_LIMITED, ErrorKind::RateLimited, 3),
        (500, codes::SERVER, ErrorKind::Transient, 3),
    ];
    for (status, code, kind, requests) in cases {
        let server = Server::always(reply(status, "", ""));
        let error = client(quick()).get(&server.url).await.expect_err("this is no success");
        assert_eq!((error.status(), error.code(), error.kind()), (Some(status), code, kind));
        assert_eq!(server.asked().len(), requests, "{status}");
    }
}

#[tokio::test]
async fn retry_after_is_honoured_up_to_a_limit() {
    let date = "Date: Wed, 21 Oct 2026 07:28:00 GMT\r\n";
    for wait in ["Retry-After: 1\r\n".to_owned(), format!("{date}Retry-After: Wed, 21 Oct 2026 07:28:01 GMT\r\n")] {
        let server = Server::start(move |_, number| match number {
            0 => Act::Send(reply(429, &wait, "")),
            _ => Act::Send(reply(200, "", "")),
        });
        let start = Instant::now();
        client(quick()).get(&server.url).await.expect("the second try succeeds");
        assert!(start.elapsed() >= Duration::from_secs(1), "{:?}", start.elapsed());
        assert_eq!(server.asked().len(), 2);
    }
    let server = Server::always(reply(503, "Retry-After: 3600\r\n", ""));
    let error: BackendError = client(quick()).get(&server.url).await.expect_err("an hour is too long").into();
    assert_eq!((error.code(), error.retry_after()), (codes::SERVER, Some(Duration::from_secs(3600))));
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn an_error_shows_the_beginning_of_the_body_and_no_secret() {
    let words = format!("token hunter2 and\n\n\tp@ss \u{1b}[31mrefused{}", " x".repeat(2000));
    let server = Server::always(reply(403, "", &words));
    let base = server.url.replace("http://", "http://rk:p%40ss@");
    let url = format!("{base}/?signature=hunter2");
    let request = Request::get(url).with_authorization(Secret::new("hunter2"));
    let error = client(quick().with_base(base)).send(&request).await.expect_err("the server refuses");
    let output = error.output().expect("the server said something");
    assert!(output.starts_with("token *** and *** [31mrefused x x"), "{output}");
    assert_eq!(output.chars().count(), 500);
    for shown in [format!("{error}"), format!("{error:?}"), format!("{request:?}")] {
        assert!(!shown.contains("hunter2") && !shown.contains("p@ss") && !shown.contains("p%40ss"), "{shown}");
    }
}

#[tokio::test]
async fn a_silent_server_times_out() {
    let server = Server::start(|_, _| Act::Wait(Duration::from_secs(2), Box::new(Act::Send(reply(200, "", "")))));
    let mut settings = quick();
    settings.read_timeout = Duration::from_millis(50);
    let error = client(settings).get(&server.url).await.expect_err("the server is too slow");
    assert_eq!((error.code(), error.kind()), (codes::TIMEOUT, ErrorKind::Transient));
    assert_eq!(server.asked().len(), 3);
}

/// Silence never lasts long, and the answer never ends.
#[tokio::test]
async fn an_answer_that_drips_ends_by_its_time() {
    let server = Server::start(|_, _| Act::Drip(reply(200, "", "hello".repeat(1000)), Duration::from_millis(20)));
    let mut settings = quick();
    settings.answer_timeout = Duration::from_millis(200);
    let start = Instant::now();
    let error = client(settings).get(&server.url).await.expect_err("the server never ends");
    assert_eq!((error.code(), error.kind()), (codes::TIMEOUT, ErrorKind::Transient));
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[tokio::test]
async fn nobody_listening_and_half_an_answer_are_transient() {
    // Nobody has listened on this port for decades.
    let error = client(quick()).get("http://127.0.0.1:1/").await.expect_err("nobody listens");
    assert_eq!((error.code(), error.kind()), (codes::CONNECT, ErrorKind::Transient));

    let mut half = reply(200, "", "hello");
    half.pop();
    let server = Server::always(half);
    let error = client(quick()).get(&server.url).await.expect_err("a byte is missing");
    assert_eq!((error.code(), error.kind()), (codes::INTERRUPTED, ErrorKind::Transient));
    assert_eq!(server.asked().len(), 3);
}

#[tokio::test]
async fn a_redirected_read_takes_no_credential_to_another_origin() {
    let target = Server::always(reply(200, "", "there"));
    let location = format!("Location: {}/there?x=1\r\n", target.url);
    let server = Server::start(move |head, _| match head.starts_with("GET /first ") {
        true => Act::Send(reply(301, "Location: second\r\n", "")),
        false => Act::Send(reply(307, &location, "")),
    });
    let base = server.url.replace("http://", "http://rk:pass@");
    for request in [
        Request::get(format!("{}/first", server.url)),
        Request::get(format!("{}/first", server.url)).with_authorization(Secret::new("Bearer token")),
    ] {
        let response = client(quick().with_base(&base)).send(&request).await.expect("redirections are followed");
        assert_eq!((response.url, &response.body[..]), (format!("{}/there?x=1", target.url), &b"there"[..]));
    }
    let sent = |head: &String| head.lines().find(|line| line.starts_with("authorization")).map(str::to_owned);
    let basic = Some("authorization: Basic cms6cGFzcw==".to_owned());
    let token = Some("authorization: Bearer token".to_owned());
    assert_eq!(server.asked().iter().map(sent).collect::<Vec<_>>(), [basic.clone(), basic, token.clone(), token]);
    assert_eq!(target.asked().iter().map(sent).collect::<Vec<_>>(), [None, None]);
}

#[tokio::test]
async fn redirections_that_lead_nowhere_are_refused() {
    for (location, requests) in
        [("Location: /\r\n", 6), ("", 1), ("Location: ftp://x/\r\n", 1), ("Location: http://\r\n", 1)]
    {
        let server = Server::always(reply(302, location, ""));
        let error = client(quick()).get(&server.url).await.expect_err("it leads nowhere");
        assert_eq!((error.code(), error.kind()), (codes::REDIRECT, ErrorKind::Invalid), "{location}");
        assert_eq!(server.asked().len(), requests, "{location}");
    }
}

#[tokio::test]
async fn offline_sends_nothing() {
    let server = Server::always(reply(200, "", ""));
    let error = client(quick().with_offline(true)).get(&server.url).await.expect_err("the network is off limits");
    assert_eq!((error.code(), error.kind()), (codes::OFFLINE, ErrorKind::Precondition));
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn proxies_come_from_the_environment_that_is_given() {
    let proxy = Server::always(reply(200, "", "by proxy"));
    let direct = Server::always(reply(200, "", "direct"));
    let environment = Environment::new().with("HTTP_PROXY", &proxy.url).with("no_proxy", "localhost, 127.0.0.1");
    let client = Client::new(&environment, quick()).expect("the settings are fine");
    assert_eq!(client.get("http://index.test/simple/").await.expect("the proxy answers").body, b"by proxy");
    assert_eq!(client.get(&direct.url).await.expect("the server answers").body, b"direct");
    assert!(proxy.asked()[0].starts_with("GET http://index.test/simple/ HTTP/1.1\r\n"), "{}", proxy.asked()[0]);
    assert_eq!((proxy.asked().len(), direct.asked().len()), (1, 1));

    let error = with("HTTPS_PROXY", "ftp://user:hunter2@proxy").expect_err("this is no proxy");
    assert_eq!((error.code(), error.kind()), (codes::SETTINGS, ErrorKind::Invalid));
    assert!(error.to_string().contains("`HTTPS_PROXY`") && !format!("{error:?}").contains("hunter2"), "{error:?}");
}

#[tokio::test]
async fn netrc_names_who_asks() {
    let server = Server::always(reply(200, "", ""));
    let home = tempfile::tempdir().expect("the temporary folder is writable");
    let netrc = home.path().join(".netrc");
    std::fs::write(&netrc, "machine 127.0.0.1 login rk password pass").expect("the temporary folder is writable");
    with("HOME", home.path()).expect("this is a netrc").get(&server.url).await.expect("the server answers");
    with("NETRC", &netrc).expect("this is a netrc").get(&server.url).await.expect("the server answers");
    with("HOME", home.path().join("none")).expect("none is fine").get(&server.url).await.expect("the server answers");
    let sent = |head: &String| head.contains("authorization: Basic cms6cGFzcw==");
    assert_eq!(server.asked().iter().map(sent).collect::<Vec<_>>(), [true, true, false]);

    let error = with("NETRC", home.path()).expect_err("a folder is no file");
    assert_eq!(error.code(), codes::SETTINGS);
}

#[tokio::test]
async fn no_more_connections_than_allowed_are_open_to_one_host() {
    let server = Server::start(|_, _| Act::Wait(Duration::from_millis(30), Box::new(Act::Send(reply(200, "", "x")))));
    let mut settings = quick();
    settings.connections = 3;
    let client = client(settings);
    let tasks: Vec<_> = (0..12)
        .map(|_| {
            let (client, url) = (client.clone(), server.url.clone());
            tokio::spawn(async move { client.get(&url).await.map(|response| response.status) })
        })
        .collect();
    for task in tasks {
        assert!(matches!(task.await, Ok(Ok(200))));
    }
    assert_eq!((server.asked().len(), server.most()), (12, 3));
}

#[tokio::test]
async fn answers_are_unpacked_and_limited() {
    let hello = [31, 139, 8, 0, 0, 0, 0, 0, 2, 255, 203, 72, 205, 201, 201, 7, 0, 134, 166, 16, 54, 5, 0, 0, 0];
    let server = Server::always(reply(200, "Content-Encoding: gzip\r\n", hello));
    assert_eq!(client(quick()).get(&server.url).await.expect("this is gzip").body, b"hello");

    let mut settings = quick();
    settings.largest_body = 4;
    let error = client(settings).get(&server.url).await.expect_err("five bytes are too many");
    assert_eq!((error.code(), error.kind()), (codes::TOO_LARGE, ErrorKind::Invalid));
}

#[tokio::test]
async fn what_cannot_be_sent_is_said_at_once() {
    let client = client(quick());
    let requests = [
        Request::get("index.test/simple/"),
        Request::get("file:///etc/passwd"),
        Request::get("http://127.0.0.1:9/").with_header("a b", "c"),
        Request::get("http://127.0.0.1:9/").with_header("a", "b\nc"),
        Request::get("http://127.0.0.1:9/").with_authorization(Secret::new("two\nlines")),
    ];
    for request in requests {
        let error = client.send(&request).await.expect_err("this cannot be sent");
        assert_eq!((error.code(), error.kind()), (codes::INVALID_REQUEST, ErrorKind::Invalid), "{request:?}");
        assert!(!error.to_string().contains("lines"), "{error}");
    }
}

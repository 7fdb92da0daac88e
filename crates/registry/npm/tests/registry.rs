//! The registry against servers on loopback: what it asks, what it makes of the answers, and who sees a token.
#![expect(clippy::panic, reason = "an answer of another kind than expected is a failed test")]

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use releasekit_core::event::Silent;
use releasekit_core::model::{LiveFile, PackageName, Target, Version};
use releasekit_core::registry::{ChannelRequest, FetchRequest, Fetched, Observed, Offer, Wanted, YankRequest};
use releasekit_core::{
    BackendContext, BackendError, Backends, Diagnostic, Environment, ErrorKind, Registry, Secret, codes as common,
};
use releasekit_http::codes as http;
use releasekit_npm::codes;
use releasekit_rehearsal::npm::{Fault, On, Options, Server};
use releasekit_testkit::scripted::{self, Act, reply};
use releasekit_testkit::tar_gz;
use serde_json::json;
use tempfile::TempDir;

const TOKEN: &str = "hunter2";
const BEARER: &str = "authorization: Bearer hunter2";

/// The user's own settings, with a token for each of these registries.
fn home(registries: &[&str]) -> (TempDir, Environment) {
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    let line = |url: &&str| format!("{}/:_authToken={TOKEN}\n", url.trim_start_matches("http:").trim_end_matches('/'));
    let text: String = registries.iter().map(line).collect();
    fs::write(folder.path().join(".npmrc"), text).expect("the folder is ours");
    let environment = Environment::new().with("HOME", folder.path());
    (folder, environment)
}

/// Opens a registry as a front end does.
fn open(environment: Environment, target: &Target) -> Arc<dyn Registry> {
    let mut backends = Backends::default();
    releasekit_npm::register(&mut backends);
    let backend = backends.registries.get(releasekit_npm::ID).expect("it is registered under its name");
    let context = BackendContext::new(environment, "unused".into(), Arc::new(Silent));
    (backend.open)(&context, target).expect("the URL is one")
}

fn target(url: &str) -> Target {
    Target::new(releasekit_npm::ID, url, url)
}

/// Opens it without one.
fn unknown_to(url: &str) -> Arc<dyn Registry> {
    open(Environment::new(), &target(url))
}

fn wanted(name: &str, version: &str) -> Wanted {
    Wanted::new(PackageName::new(name), Version::from_canonical(version))
}

async fn observe(registry: &dyn Registry, name: &str, version: &str) -> Observed {
    registry.observe(&[wanted(name, version)]).await.remove(0)
}

#[track_caller]
fn unknown(observed: Observed) -> BackendError {
    match observed {
        Observed::Unknown(error) => error,
        other => panic!("{other:?}"),
    }
}

/// The document of a package with one version, whose file is at a place.
fn document(name: &str, tarball: &str) -> Vec<u8> {
    let versions = json!({ "1.0.0": { "dist": { "tarball": tarball } } });
    let document = json!({ "_rev": "1-x", "name": name, "versions": versions, "dist-tags": { "latest": "1.0.0" } });
    reply(200, "Content-Type: application/json\r\n", document.to_string())
}

/// The smallest file of `demo` 1.0.0.
fn packed() -> Vec<u8> {
    tar_gz("package", &[("package.json", r#"{"name": "demo", "version": "1.0.0"}"#)])
}

/// A server that answers by method and path.
fn listener(answers: Vec<(&'static str, Vec<u8>)>) -> scripted::Server {
    scripted::Server::start(move |request, _| {
        let answer = answers.iter().find(|(start, _)| request.starts_with(&format!("{start} HTTP")));
        Act::Send(answer.map_or_else(|| reply(404, "", "{}"), |(_, answer)| answer.clone()))
    })
}

fn start(options: Options) -> Server {
    Server::start(options).expect("loopback has a free port")
}

#[tokio::test]
async fn a_package_is_asked_for_once_in_the_short_form_and_past_caches() {
    let server = listener(vec![("GET /@scope%2fdemo", document("@scope/demo", "https://cdn.test/x.tgz"))]);
    let asked = ["1.0.0", "1.0.1", "1.0.0"].map(|version| wanted("@scope/demo", version));
    let observed = unknown_to(&server.url).observe(&asked).await;
    assert!(matches!(observed.as_slice(), [Observed::Live(_), Observed::Absent, Observed::Live(_)]), "{observed:?}");
    let [request] = server.asked().try_into().expect("it is asked once");
    for header in ["accept: application/vnd.npm.install-v1+json", "cache-control: no-cache"] {
        assert!(request.contains(header), "{header}: {request}");
    }
}

#[tokio::test]
async fn only_a_404_says_that_there_is_nothing() {
    for (status, code) in [(401, http::UNAUTHENTICATED), (403, http::FORBIDDEN), (405, http::STATUS)] {
        let server = scripted::Server::always(reply(status, "", "{}"));
        let error = unknown(observe(&*unknown_to(&server.url), "demo", "1.0.0").await);
        assert_eq!(error.code(), code, "{status}");
    }
    for status in [404, 410] {
        let server = scripted::Server::always(reply(status, "", "{}"));
        assert!(matches!(observe(&*unknown_to(&server.url), "demo", "1.0.0").await, Observed::Absent), "{status}");
    }
}

#[tokio::test]
async fn what_is_no_document_and_what_is_no_name_is_unknown() {
    let server = start(Options::default());
    server.faults().always(On::Page("demo".to_owned()), Fault::Status(200));
    let registry = unknown_to(&server.registry_url());
    assert_eq!(unknown(observe(&*registry, "demo", "1.0.0").await).code(), codes::INVALID_DOCUMENT);
    for (name, version) in [("@scope", "1.0.0"), ("../demo", "1.0.0"), ("demo", "1.0")] {
        assert_eq!(
            unknown(observe(&*registry, name, version).await).code(),
            codes::INVALID_PACKAGE,
            "{name} {version}"
        );
    }
    assert_eq!(server.requests().len(), 1, "what cannot be asked for is not asked for");
}

#[tokio::test]
async fn a_token_goes_to_its_own_registry_and_not_to_where_files_lie() {
    let elsewhere = scripted::Server::always(reply(200, "", "bytes"));
    let place = format!("{}/x.tgz", elsewhere.url);
    let server = scripted::Server::start(move |request, _| {
        Act::Send(if request.starts_with("GET /demo ") { document("demo", &place) } else { reply(200, "", "bytes") })
    });
    let (_home, environment) = home(&[&server.url]);
    let registry = open(environment.clone(), &target(&server.url));
    let Observed::Live(files) = observe(&*registry, "demo", "1.0.0").await else { panic!("it is there") };
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    let own = LiveFile::new("own.tgz", format!("{}/own.tgz", server.url));
    for file in [files[0].clone(), own] {
        let into = folder.path().join(&file.file_name);
        let fetched = registry.fetch(&FetchRequest::new(file, into, 5, Duration::from_secs(60))).await;
        assert!(matches!(fetched, Ok(Fetched::Whole)), "{fetched:?}");
    }
    assert!(server.asked().iter().all(|request| request.contains(BEARER)), "{:?}", server.asked());
    assert!(!elsewhere.asked()[0].contains("authorization"), "{:?}", elsewhere.asked());
    let other = open(environment, &target(&elsewhere.url));
    observe(&*other, "demo", "1.0.0").await;
    assert!(!elsewhere.asked()[1].contains("authorization"), "{:?}", elsewhere.asked());
}

#[tokio::test]
async fn a_document_that_lies_elsewhere_is_read_without_the_token() {
    let elsewhere = listener(vec![("GET /demo", document("demo", "x.tgz"))]);
    let place = format!("Location: {}/demo\r\n", elsewhere.url.replace("127.0.0.1", "localhost"));
    let server = scripted::Server::start(move |_, _| Act::Send(reply(302, &place, "")));
    let (_home, environment) = home(&[&server.url]);
    let registry = open(environment, &target(&server.url));
    assert!(matches!(observe(&*registry, "demo", "1.0.0").await, Observed::Live(_)));
    let version = Version::from_canonical("1.0.0");
    let error = registry.set_channel(&ChannelRequest::new(PackageName::new("demo"), "beta", version)).await;
    assert_eq!(error.expect_err("no write is sent on").code(), codes::UNCLEAR);
    assert!(server.asked().iter().all(|request| request.contains(BEARER)), "{:?}", server.asked());
    let told: Vec<_> =
        elsewhere.asked().into_iter().filter(|it| it.contains("authorization") || it.starts_with("PUT")).collect();
    assert_eq!(told, [""; 0]);
}

#[tokio::test]
async fn an_old_token_hides_nothing_and_makes_nothing_absent() {
    for (answer, expected) in [(document("demo", "x.tgz"), "Live"), (reply(404, "", "{}"), "Unknown")] {
        let server = scripted::Server::start(move |request, _| {
            Act::Send(if request.contains(BEARER) { reply(401, "", "{}") } else { answer.clone() })
        });
        let (_home, environment) = home(&[&server.url]);
        let observed = observe(&*open(environment, &target(&server.url)), "demo", "1.0.0").await;
        assert!(format!("{observed:?}").starts_with(expected), "{observed:?}");
    }
}

#[tokio::test]
async fn nobody_writes_without_a_token_for_this_very_registry() {
    let server = start(Options::default());
    let (_home, environment) = home(&["http://other.test"]);
    let environment = environment.with("NPM_TOKEN", TOKEN);
    let registry = open(environment, &target(&server.registry_url()));
    let package = || PackageName::new("demo");
    let version = || Version::from_canonical("1.0.0");
    let errors = [
        registry.check_credential().expect_err("there is none"),
        registry.yank(&YankRequest::new(package(), version(), Offer::Withdrawn)).await.expect_err("there is none"),
        registry.set_channel(&ChannelRequest::new(package(), "beta", version())).await.expect_err("there is none"),
    ];
    for error in errors {
        assert_eq!(error.code(), common::CREDENTIALS_MISSING, "{error}");
        assert!(error.help().is_some_and(|help| help.contains(":_authToken=${NPM_TOKEN}")), "{error:?}");
    }
    assert_eq!(server.writes().len(), 0);
}

#[tokio::test]
async fn settings_that_cannot_be_read_are_said_where_a_token_is_needed() {
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    let environment = Environment::new().with("NPM_CONFIG_USERCONFIG", folder.path());
    let server = start(Options::default());
    let registry = open(environment, &target(&server.registry_url()));
    assert!(matches!(observe(&*registry, "demo", "1.0.0").await, Observed::Absent));
    assert_eq!(registry.check_credential().expect_err("it is a folder").code(), codes::SETTINGS);
}

/// What comes of moving a name and of deprecating, where each write is answered so.
async fn written(answer: Vec<u8>) -> [Option<BackendError>; 2] {
    let server = scripted::Server::start(move |request, _| {
        Act::Send(if request.starts_with("PUT") { answer.clone() } else { document("demo", "x.tgz") })
    });
    let (_home, environment) = home(&[&server.url]);
    let registry = open(environment, &target(&server.url));
    let (package, version) = (PackageName::new("demo"), Version::from_canonical("1.0.0"));
    let pointed = registry.set_channel(&ChannelRequest::new(package.clone(), "old one", version.clone())).await;
    let yanked = registry.yank(&YankRequest::new(package, version, Offer::Withdrawn)).await;
    let writes: Vec<_> = server.asked().into_iter().filter(|request| request.starts_with("PUT")).collect();
    assert_eq!(writes.len(), 2, "each is sent once");
    assert!(
        writes[0].starts_with("PUT /-/package/demo/dist-tags/old%20one ") && writes[0].ends_with("\r\n\r\n\"1.0.0\"")
    );
    assert!(writes[1].starts_with("PUT /demo ") && writes[1].contains("\"_rev\":\"1-x\""), "{}", writes[1]);
    [pointed.err(), yanked.err()]
}

#[tokio::test]
async fn an_answer_to_a_write_means_what_npm_takes_it_for() {
    for body in ["{\"ok\": \"done\"}", "", "true"] {
        assert!(written(reply(201, "", body)).await.iter().all(Option::is_none), "{body}");
    }
    let no = "{\"error\": \"no\"}";
    for (answer, code, kind) in [
        (reply(401, "", no), common::CREDENTIALS_REFUSED, ErrorKind::Unauthenticated),
        (reply(403, "", no), common::CREDENTIALS_REFUSED, ErrorKind::Forbidden),
        (reply(404, "", no), codes::REFUSED, ErrorKind::NotFound),
        (reply(409, "", no), codes::REFUSED, ErrorKind::Conflict),
        (reply(422, "", no), codes::REFUSED, ErrorKind::Invalid),
        (reply(401, "WWW-Authenticate: OTP\r\n", "{}"), codes::ONE_TIME_PASSWORD, ErrorKind::Forbidden),
        (reply(200, "", "<!doctype html>"), codes::UNCLEAR, ErrorKind::Transient),
        (reply(307, "Location: /x\r\n", ""), codes::UNCLEAR, ErrorKind::Transient),
        (reply(502, "", no), codes::UNCLEAR, ErrorKind::Transient),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{".to_vec(), codes::UNCLEAR, ErrorKind::Transient),
    ] {
        for error in written(answer).await {
            let error = error.expect("it is no yes");
            assert_eq!((error.code(), error.kind()), (code, kind), "{error}");
        }
    }
    for error in written(reply(429, "Retry-After: 7\r\n", no)).await {
        let error = error.expect("it is no yes");
        assert_eq!((error.kind(), error.retry_after()), (ErrorKind::RateLimited, Some(Duration::from_secs(7))));
    }
}

/// What is written where a version is deprecated in a document, and what comes of it.
async fn deprecated(form: &'static str, document: &str) -> (Vec<String>, Option<BackendError>) {
    let (kept, form) = (document.to_owned(), format!("Content-Type: {form}\r\n"));
    let server = scripted::Server::start(move |request, _| {
        Act::Send(if request.starts_with("PUT") { reply(201, "", "{}") } else { reply(200, &form, kept.clone()) })
    });
    let (_home, environment) = home(&[&server.url]);
    let registry = open(environment, &target(&server.url));
    let request = YankRequest::new(PackageName::new("demo"), Version::from_canonical("1.0.0"), Offer::Withdrawn);
    let failed = registry.yank(&request).await.err();
    let writes = server.asked().into_iter().filter(|request| request.starts_with("PUT"));
    (writes.filter_map(|write| write.split_once("\r\n\r\n").map(|(_, body)| body.to_owned())).collect(), failed)
}

#[tokio::test]
async fn what_is_deprecated_is_written_back_with_every_byte_of_the_rest() {
    let rest = r#""_rev":"1-x","readme":"cut off \ud83d","size":1e999,"_attachments":{},"a":1,"a":2"#;
    let document = format!(r#"{{"name":"demo",{rest},"versions":{{"1.0.0":{{"dist":{{"tarball":"x.tgz"}}}}}}}}"#);
    let (written, failed) = deprecated("application/json", &document).await;
    let expected = document.replace("}}}}", r#"},"deprecated":"withdrawn by its publisher"}}}"#);
    assert_eq!((written, failed.map(|error| error.to_string())), (vec![expected], None));
}

#[tokio::test]
async fn a_document_that_cannot_be_written_back_as_it_is_stays() {
    let version = r#"{"dist":{"tarball":"x.tgz"}}"#;
    let whole = format!(r#"{{"name":"demo","versions":{{"1.0.0":{version}}}}}"#);
    for (form, document) in [
        ("application/json", format!(r#"{{"name":"demo","\ud800":1,"versions":{{"1.0.0":{version}}}}}"#)),
        ("application/json", format!(r#"{{"name":"demo","versions":{{"1.0.0":{version},"1.0.0":{version}}}}}"#)),
        ("application/json", whole[..whole.len() - 1].to_owned()),
        ("application/vnd.npm.install-v1+json; charset=utf-8", whole),
    ] {
        let (written, failed) = deprecated(form, &document).await;
        let failed = failed.expect("it is no document that can be written back");
        assert_eq!((failed.code(), written), (codes::INVALID_DOCUMENT, Vec::new()), "{document}: {failed}");
        assert!(failed.help().is_some());
    }
}

#[tokio::test]
async fn a_token_that_publishes_alone_moves_no_name_and_says_so() {
    let server = start(Options::default().with_publish_only("ci", Secret::new(TOKEN)));
    server.put("demo-1.0.0.tgz", packed()).expect("memory takes everything");
    let request = ChannelRequest::new(PackageName::new("demo"), "beta", Version::from_canonical("1.0.0"));
    let (_home, environment) = home(&[&server.registry_url()]);
    let registry = open(environment, &target(&server.registry_url()));
    let error = registry.set_channel(&request).await.expect_err("it may not");
    assert_eq!((error.code(), error.kind()), (common::CREDENTIALS_REFUSED, ErrorKind::Unauthenticated));
    assert!(error.help().is_some_and(|help| help.contains("publishes and does nothing else")), "{error:?}");
}

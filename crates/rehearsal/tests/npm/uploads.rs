//! What may be published, by whom, and what the public registry says where it may not.

use releasekit_core::Secret;
use releasekit_rehearsal::npm::{Options, Server};
use releasekit_testkit::request;
use serde_json::json;

use crate::artifact::package;
use crate::client::{Publish, integrity, json_of, listed, publish, read, told, write};

fn start(options: Options) -> Server {
    Server::start(options).expect("loopback has a free port")
}

fn two() -> Options {
    Options::default().with_publisher("ann", Secret::new("tokenA")).with_publisher("bob", Secret::new("tokenB"))
}

#[test]
fn what_does_not_fit_is_refused_with_a_reason() {
    let server = start(Options::default());
    let good = || Publish::new("demo", "1.0.0", "one");
    let cases = [
        (good().with("/name", json!("other")), "not that of \"demo\""),
        (good().with("/versions", json!({})), "one version is published at a time"),
        (good().with("/versions/1.0.0/version", json!("1.0.1")), "Invalid version"),
        (good().with("/versions/1.0.0/dist/integrity", json!(integrity(b"other"))), "the integrity that is told"),
        (good().with("/_attachments/demo-1.0.0.tgz/length", json!(1)), "not as long as its length"),
        (good().with("/_attachments/demo-1.0.0.tgz/data", json!("-")), "not in base64"),
        (good().with("/_attachments", json!({})), "no file"),
        (Publish::new("demo", "1.0", "one"), "Invalid version: \"1.0\""),
        (good().with("/access", json!("restricted")), "Can't restrict access to unscoped packages."),
    ];
    for (request, reason) in cases {
        let (status, why) = request.answer(&server);
        assert!(status == 400 && why.contains(reason), "{reason}: {status} {why}");
    }
    let inside = Publish { name: "other".to_owned(), ..good().with("/name", json!("other")) };
    assert_eq!(inside.answer(&server), (400, "the package file inside has another name or version".to_owned()));
    let cut = good().document.to_string();
    let answer = request("PUT", &format!("{}demo", server.registry_url()), &[], &cut.as_bytes()[..cut.len() - 1]);
    assert_eq!(told(&answer.expect("it answers")).0, 400);
    assert!(server.files().is_empty());
}

#[test]
fn a_version_is_taken_once() {
    let server = start(Options::default());
    publish(&server, "1.0.0").expect("it answers").ok();
    let over = "You cannot publish over the previously published versions: 1.0.0.".to_owned();
    for text in ["one", "two"] {
        assert_eq!(Publish::new("demo", "1.0.0", text).to("beta").answer(&server), (403, over.clone()));
    }
    assert_eq!(listed(&server), [("1.0.0".to_owned(), integrity(&package("demo", "1.0.0", "one")))]);
    assert_eq!(server.tags("demo").into_keys().collect::<Vec<_>>(), ["latest"]);
}

#[test]
fn a_package_belongs_to_who_published_it_first() {
    let server = start(two());
    let as_ = |version: &str, token: &str| Publish::new("demo", version, "one").with_token(token).answer(&server);
    let nobody = Publish::new("demo", "1.0.0", "one").answer(&server);
    assert_eq!(nobody, (401, "You must be logged in to publish packages.".to_owned()));
    assert_eq!(as_("1.0.0", "tokenC"), (401, "Access token expired or revoked".to_owned()));
    assert_eq!(as_("1.0.0", "tokenA").0, 200);
    let (status, why) = as_("1.1.0", "tokenB");
    let words = "You do not have permission to publish \"demo\". Are you logged in as the correct user?";
    assert_eq!((status, why.as_str()), (403, words));
    assert_eq!(json_of(read(&server, "-/whoami", &[("Authorization", "Bearer tokenB")])), json!({ "username": "bob" }));
    assert_eq!(read(&server, "-/whoami", &[("Authorization", "Bearer tokenC")]).status, 401);
}

#[test]
fn refusals_can_be_hidden_behind_a_404() {
    let server = start(two().with_masked_refusals());
    let as_ = |version: &str, token: &str| Publish::new("demo", version, "one").with_token(token).answer(&server).0;
    assert_eq!([as_("1.0.0", "tokenC"), as_("1.0.0", "tokenA"), as_("1.1.0", "tokenB")], [404, 200, 404]);
    assert_eq!(read(&server, "-/whoami", &[("Authorization", "Bearer tokenC")]).status, 401);
}

#[test]
fn what_only_its_owner_may_read_is_paid_for() {
    let server = start(Options::default().without_private_packages());
    let scoped = |access| Publish::new("@scope/demo", "1.0.0", "one").with("/access", access);
    let words = (402, "You must sign up for private packages".to_owned());
    assert_eq!(scoped(json!(null)).answer(&server), words);
    assert_eq!(scoped(json!("restricted")).answer(&server), words);
    assert_eq!(scoped(json!("public")).answer(&server).0, 200);
    let next = Publish::new("@scope/demo", "1.1.0", "one");
    assert_eq!(next.answer(&server).0, 200, "it stays what it was");
}

#[test]
fn a_one_time_password_is_asked_for_in_the_way_that_npm_understands() {
    let server = start(two().with_one_time_password("123456"));
    let request = Publish::new("demo", "1.0.0", "one").with_token("tokenA");
    let answer = request.send(&server).expect("it answers");
    assert!(answer.status == 401 && answer.head.contains("www-authenticate: OTP"), "{}", answer.head);
    let mut request = request;
    request.headers.push(("npm-otp", "123456".to_owned()));
    assert_eq!(request.answer(&server).0, 200);
}

#[test]
fn a_version_is_deprecated_by_whoever_knows_the_present_document() {
    let server = start(two());
    for version in ["1.0.0", "1.1.0"] {
        Publish::new("demo", version, "one").with_token("tokenA").send(&server).expect("it answers").ok();
    }
    let document = || json_of(read(&server, "demo", &[]));
    let deprecated = |why: &str| {
        let mut document = document();
        document["versions"]["1.0.0"]["deprecated"] = json!(why);
        document
    };
    let old = deprecated("old");
    assert_eq!(write(&server, "PUT", "demo", "tokenB", &old).0, 403);
    assert_eq!(write(&server, "PUT", "demo", "tokenA", &old).0, 200);
    let said = document()["versions"].clone();
    assert_eq!((&said["1.0.0"]["deprecated"], &said["1.1.0"]["deprecated"]), (&json!("old"), &json!(null)));
    assert_eq!(write(&server, "PUT", "demo", "tokenA", &old), (409, "Document update conflict.".to_owned()));
    assert_eq!(write(&server, "PUT", "demo", "tokenA", &deprecated("")).0, 200);
    assert_eq!(document()["versions"]["1.0.0"]["deprecated"], json!(null));
    assert_eq!(write(&server, "PUT", "other", "tokenA", &json!({ "name": "other" })).0, 404);
}

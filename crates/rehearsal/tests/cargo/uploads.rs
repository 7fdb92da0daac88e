//! What may be published, by whom, and what crates.io says where it may not.

use releasekit_core::Secret;
use releasekit_rehearsal::cargo::{Options, Server};
use releasekit_testkit::{get, sha256};
use serde_json::{Value, json};

use crate::artifact::package;
use crate::client::{Publish, detail, listed, publish, send, yank};

fn start() -> Server {
    Server::start(Options::default()).expect("loopback has a free port")
}

#[test]
fn what_does_not_fit_is_refused_with_a_reason() {
    let server = start();
    let good = || Publish::new("demo-lib", "1.0.0", "one");
    let file = |file: Vec<u8>| Publish { file, ..good() };
    let cases = [
        (good().with("name", json!("../demo")), "invalid crate name"),
        (good().with("vers", json!("1.0")), "is an invalid semver version"),
        (good().with("description", json!("")), "missing or empty metadata fields: description."),
        (good().with("license", Value::Null), "missing or empty metadata fields: license."),
        (file(b"no archive".to_vec()), "failed to parse tarball"),
        (file(package("demo-lib", "2.0.0", "two").1), "failed to parse tarball"),
    ];
    for (request, reason) in cases {
        let answer = request.send(&server).expect("it answers");
        assert_eq!(answer.status, 400, "{request:?}");
        assert!(detail(&answer).contains(reason), "{reason}: {}", answer.text());
    }
    let body = good().body();
    for broken in [&body[..3], &body[..body.len() - 1], &[body.clone(), vec![0]].concat()] {
        let answer = send(&server, None, broken).expect("it answers");
        assert!(answer.status == 400 && detail(&answer).contains("length"), "{}", answer.text());
    }
    let answer = file(vec![0; 10 << 20]).send(&server).expect("it answers");
    assert_eq!((answer.status, detail(&answer)), (413, "max upload size is: 10485760".to_owned()));
    assert!(server.files().is_empty());
}

#[test]
fn a_version_is_taken_once_and_a_name_is_written_in_one_way() {
    let server = start();
    publish(&server, "1.0.0").expect("it answers").ok();
    let again = |name: &str, version: &str, text: &str| {
        let answer = Publish::new(name, version, text).send(&server).expect("it answers");
        (answer.status, detail(&answer))
    };
    let uploaded = |version: &str| (400, format!("crate version `{version}` is already uploaded"));
    assert_eq!(again("demo-lib", "1.0.0", "one"), uploaded("1.0.0"));
    assert_eq!(again("demo-lib", "1.0.0", "two"), uploaded("1.0.0"));
    assert_eq!(again("demo-lib", "1.0.0+build", "two"), uploaded("1.0.0+build"));
    let named = (400, "crate was previously named `demo-lib`".to_owned());
    assert_eq!(again("demo_lib", "1.1.0", "one"), named);
    assert_eq!(again("Demo-Lib", "1.1.0", "one"), named);
    assert_eq!(listed(&server), [("1.0.0".to_owned(), sha256(&package("demo-lib", "1.0.0", "one").1))]);
}

#[test]
fn a_crate_belongs_to_who_published_it_first() {
    let options = Options::default().with_owner("ann", Secret::new("tokenA")).with_owner("bob", Secret::new("tokenB"));
    let server = Server::start(options).expect("loopback has a free port");
    let as_ = |version: &str, token: Option<&'static str>| {
        let request = Publish { token, ..Publish::new("demo-lib", version, "one") };
        let answer = request.send(&server).expect("it answers");
        (answer.status, detail(&answer))
    };
    assert_eq!(as_("1.0.0", None), (403, "this action requires authentication".to_owned()));
    assert_eq!(as_("1.0.0", Some("tokenC")), (403, "authentication failed".to_owned()));
    assert_eq!(as_("1.0.0", Some("tokenA")).0, 200);
    let (status, why) = as_("1.1.0", Some("tokenB"));
    assert!(status == 403 && why.starts_with("this crate exists but you don't seem to be an owner."), "{why}");
    assert_eq!(yank(&server, "1.0.0", "tokenB", false).status, 403);
    let owners = get(&format!("{}/api/v1/crates/demo-lib/owners", server.url()), &[]).expect("it answers").ok();
    let owners: Value = serde_json::from_slice(&owners.body).expect("it answers in JSON");
    assert_eq!(owners["users"][0]["login"], "ann");
}

#[test]
fn what_is_not_there_cannot_be_yanked() {
    let server = start();
    publish(&server, "1.0.0").expect("it answers").ok();
    let answer = yank(&server, "1.1.0", "", false);
    assert_eq!((answer.status, detail(&answer)), (404, "crate `demo-lib` does not have a version `1.1.0`".to_owned()));
    assert_eq!(yank(&start(), "1.0.0", "", true).status, 404);
}

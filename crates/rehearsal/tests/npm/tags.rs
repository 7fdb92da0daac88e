//! Names that point to versions.

use releasekit_core::Secret;
use releasekit_rehearsal::npm::{Fault, On, Options, Server};
use serde_json::json;

use crate::client::{Publish, SHORT, json_of, publish, read, write};

fn start(options: Options) -> Server {
    Server::start(options).expect("loopback has a free port")
}

const TAGS: &str = "-/package/demo/dist-tags";

#[test]
fn a_first_version_is_the_latest_whatever_was_asked_for() {
    let server = start(Options::default());
    Publish::new("demo", "1.0.0-beta.1", "one").to("beta").send(&server).expect("it answers").ok();
    let points = json!({ "beta": "1.0.0-beta.1", "latest": "1.0.0-beta.1" });
    assert_eq!(json_of(read(&server, TAGS, &[])), points);
    Publish::new("demo", "1.0.0-beta.2", "one").to("beta").send(&server).expect("it answers").ok();
    let points = json!({ "beta": "1.0.0-beta.2", "latest": "1.0.0-beta.1" });
    assert_eq!(json_of(read(&server, TAGS, &[])), points);
    assert_eq!(json_of(read(&server, "demo", &[SHORT]))["dist-tags"], points);
}

#[test]
fn names_are_moved_and_taken_away_by_the_owner() {
    let options =
        Options::default().with_publisher("ann", Secret::new("tokenA")).with_publisher("bob", Secret::new("tokenB"));
    let server = start(options);
    for version in ["1.0.0", "2.0.0"] {
        Publish::new("demo", version, "one").with_token("tokenA").send(&server).expect("it answers").ok();
    }
    let put = |tag: &str, token: &str, version: &str| {
        write(&server, "PUT", &format!("{TAGS}/{tag}"), token, &json!(version)).0
    };
    assert_eq!(put("latest", "tokenB", "1.0.0"), 403);
    assert_eq!(put("latest", "tokenC", "1.0.0"), 401);
    assert_eq!(put("latest", "tokenA", "3.0.0"), 404);
    assert_eq!((put("latest", "tokenA", "1.0.0"), put("old%20one", "tokenA", "1.0.0")), (201, 201));
    assert_eq!(json_of(read(&server, TAGS, &[])), json!({ "latest": "1.0.0", "old one": "1.0.0" }));
    let delete = |tag: &str| write(&server, "DELETE", &format!("{TAGS}/{tag}"), "tokenA", &json!(null)).0;
    assert_eq!((delete("latest"), delete("old%20one"), delete("old%20one")), (403, 200, 404));
    assert_eq!(read(&server, "-/package/other/dist-tags", &[]).status, 404);
}

#[test]
fn a_token_that_may_publish_alone_moves_no_name() {
    let server = start(Options::default().with_publish_only("ci", Secret::new("token")));
    Publish::new("demo", "1.0.0", "one").with_token("token").send(&server).expect("it answers").ok();
    assert_eq!(write(&server, "PUT", &format!("{TAGS}/beta"), "token", &json!("1.0.0")).0, 401);
}

#[test]
fn what_is_not_listed_yet_leaves_names_where_they_were() {
    let server = start(Options::default());
    publish(&server, "1.0.0").expect("it answers").ok();
    server.faults().once(On::AnyUpload, Fault::HideForReads(1));
    publish(&server, "2.0.0").expect("it answers").ok();
    let latest = || json_of(read(&server, "demo", &[SHORT]))["dist-tags"]["latest"].clone();
    assert_eq!([latest(), latest()], ["1.0.0", "2.0.0"]);
}

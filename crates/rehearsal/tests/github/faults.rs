//! How it fails on demand.

use releasekit_rehearsal::{Fault, On};
use serde_json::{Value, json};

use crate::client::{Forge, header, value};

fn label(forge: &Forge, name: &str) -> Option<u16> {
    forge.try_send("POST", "/labels", &json!({ "name": name })).ok().map(|answer| answer.status)
}

fn labels(forge: &Forge) -> usize {
    forge.get("/labels").as_array().map_or(0, Vec::len)
}

#[test]
fn a_write_is_lost_before_it_is_done_or_after() {
    let forge = Forge::new();
    forge.server.faults().once(On::Write(1), Fault::Reset);
    forge.server.faults().once(On::Write(2), Fault::LoseReply);
    assert_eq!((label(&forge, "a"), labels(&forge), forge.server.changes()), (None, 0, 0));
    assert_eq!((label(&forge, "a"), labels(&forge), forge.server.changes()), (None, 1, 1));
    assert_eq!(label(&forge, "b"), Some(201));
}

#[test]
fn faults_befall_one_operation_alone() {
    let forge = Forge::new();
    forge.server.faults().always(On::Call("GET", "/repos/{owner}/{repo}/labels"), Fault::Status(502));
    let answer = forge.send("GET", "/labels", &Value::Null);
    assert_eq!(answer.status, 502);
    assert!(!answer.text().starts_with('{'), "what stands in front speaks no JSON");
    forge.send("GET", "", &Value::Null).ok();
    assert_eq!(label(&forge, "a"), Some(201));
}

#[test]
fn writing_too_fast_is_told_with_the_time_to_wait() {
    let forge = Forge::new();
    forge.server.faults().once(On::AnyWrite, Fault::RateLimit(7));
    let answer = forge.post("/labels", &json!({ "name": "a" }));
    assert_eq!((answer.status, header(&answer, "retry-after").as_deref()), (403, Some("7")));
    assert!(answer.text().contains("secondary rate limit"), "{}", answer.text());
}

#[test]
fn half_an_upload_is_listed_as_such() {
    let forge = Forge::new();
    let release = value(&forge.post("/releases", &json!({ "tag_name": "v1", "draft": true })).ok());
    forge.server.faults().once(On::File("a.txt".into()), Fault::StoreHalf);
    assert!(forge.upload(&release, "a.txt", b"bytes").is_err());
    let listed = forge.get(&format!("/releases/{}/assets", release["id"]));
    assert_eq!((&listed[0]["state"], &listed[0]["digest"]), (&json!("open"), &Value::Null));
}

//! Releases, their tags and their files.

use releasekit_testkit::{get, sha256};
use serde_json::{Value, json};

use crate::client::{Forge, header, refused, value};

fn release(forge: &Forge, more: &[(&str, Value)]) -> Value {
    let mut body = json!({ "tag_name": "v1", "name": "one", "body": "notes" });
    for (key, value) in more {
        body[*key] = value.clone();
    }
    value(&forge.post("/releases", &body).ok())
}

#[test]
fn a_draft_has_no_tag_and_is_seen_by_writers_alone() {
    let forge = Forge::new();
    let draft = release(&forge, &[("draft", json!(true))]);
    assert_eq!((&draft["draft"], forge.repository.tags().len()), (&json!(true), 0));
    assert_eq!(forge.get("/releases")[0]["id"], draft["id"]);
    assert_eq!(forge.send("GET", "/releases/tags/v1", &Value::Null).status, 404);
    let reader = format!("{}/repos/ada/tools/releases", forge.server.api_url());
    let seen = get(&reader, &[("User-Agent", "tests")]).expect("the forge answers").ok();
    assert_eq!(value(&seen), json!([]));
}

#[test]
fn publishing_makes_a_tag_that_is_missing_and_leaves_one_that_is_there() {
    let forge = Forge::new();
    forge.repository.commit("main", "a.txt", "a\n").expect("a commit is made");
    let tip = forge.repository.tip("main").expect("it is there");
    release(&forge, &[]);
    assert_eq!(forge.repository.made_tags(), ["v1"]);
    assert_eq!(forge.repository.tags(), [("v1".to_owned(), tip.clone())]);
    forge.repository.commit("main", "b.txt", "b\n").expect("a commit is made");
    forge.repository.tag("v2", &tip).expect("it is tagged");
    release(&forge, &[("tag_name", json!("v2"))]);
    assert_eq!(forge.repository.made_tags(), ["v1"], "a tag that is there is used");
    let taken = forge.post("/releases", &json!({ "tag_name": "v2" }));
    assert_eq!(refused(&taken), (422, "already_exists".into()));
}

#[test]
fn one_release_is_the_latest() {
    let forge = Forge::new();
    let latest = || value(&forge.send("GET", "/releases/latest", &Value::Null))["tag_name"].clone();
    release(&forge, &[]);
    assert_eq!(latest(), "v1");
    release(&forge, &[("tag_name", json!("v2")), ("make_latest", json!("false"))]);
    assert_eq!(latest(), "v1", "who says so leaves it");
    let prerelease = [("tag_name", json!("v3-rc.1")), ("prerelease", json!(true)), ("make_latest", json!("false"))];
    release(&forge, &prerelease);
    assert_eq!(latest(), "v1", "a prerelease never is");
    let third = release(&forge, &[("tag_name", json!("v4")), ("draft", json!(true))]);
    let path = format!("/releases/{}", third["id"]);
    forge.send("PATCH", &path, &json!({ "draft": false })).ok();
    assert_eq!(latest(), "v4", "who says nothing takes it");
    let wrong = json!({ "tag_name": "v5", "prerelease": true, "make_latest": "true" });
    assert_eq!(forge.post("/releases", &wrong).status, 422);
}

#[test]
fn a_file_goes_to_one_host_and_comes_from_another() {
    let forge = Forge::new();
    let draft = release(&forge, &[("draft", json!(true))]);
    let made = value(&forge.upload(&draft, "a%20b.txt", b"bytes").expect("the host answers").ok());
    assert_eq!((&made["name"], &made["state"]), (&json!("a.b.txt"), &json!("uploaded")), "signs are replaced");
    assert_eq!(made["digest"], format!("sha256:{}", sha256(b"bytes")));
    let again = forge.upload(&draft, "a.b.txt", b"other").expect("the host answers");
    assert_eq!(refused(&again), (422, "already_exists".into()));
    let url = made["url"].as_str().expect("an address");
    let redirect = forge.raw("GET", url, &[("Accept", "application/octet-stream")], b"").expect("the forge answers");
    let location = header(&redirect, "location").expect("it is elsewhere");
    assert_eq!(redirect.status, 302);
    assert!(location.starts_with(&forge.server.downloads_url()), "{location}");
    assert_eq!(get(&location, &[]).expect("the host answers").ok().body, b"bytes");
    assert_eq!(
        forge.raw("GET", &location, &[], b"").expect("the host answers").status,
        400,
        "no credential goes there"
    );
    forge.send("DELETE", &format!("/releases/assets/{}", made["id"]), &Value::Null).ok();
    assert_eq!(forge.get(&format!("/releases/{}/assets", draft["id"])), json!([]));
}

#[test]
fn an_immutable_release_takes_nothing_more() {
    let forge = Forge::new();
    forge.repository.make_releases_immutable(true);
    let draft = release(&forge, &[("draft", json!(true))]);
    let file = value(&forge.upload(&draft, "a.txt", b"a").expect("the host answers").ok());
    forge.send("PATCH", &format!("/releases/{}", draft["id"]), &json!({ "draft": false })).ok();
    assert_eq!(forge.upload(&draft, "b.txt", b"b").expect("the host answers").status, 422);
    let gone = forge.send("DELETE", &format!("/releases/assets/{}", file["id"]), &Value::Null);
    assert_eq!(gone.status, 422);
}

#[test]
fn notes_have_a_limit() {
    let forge = Forge::new();
    let body = |text: String| json!({ "tag_name": "v1", "draft": true, "body": text });
    assert_eq!(forge.post("/releases", &body("🚀".repeat(62_501))).status, 422);
    forge.post("/releases", &body("🚀".repeat(62_500))).ok();
}

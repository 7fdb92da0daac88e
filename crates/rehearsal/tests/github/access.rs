//! Who may do what, and how much of it.

use releasekit_rehearsal::github::{Grant, Level};
use releasekit_testkit::{get, request};
use serde_json::{Value, json};

use crate::client::{Forge, header, refused, value};

#[test]
fn a_permission_that_is_missing_is_named() {
    let forge = Forge::new().asked_by(Grant::maintainer("ada").without("contents"));
    let answer = forge.post("/releases", &json!({ "tag_name": "v1" }));
    assert_eq!(refused(&answer), (403, "Resource not accessible by personal access token".into()));
    assert_eq!(header(&answer, "x-accepted-github-permissions").as_deref(), Some("contents=write"));
    forge.open("topic");
    let forge = forge.asked_by(Grant::new("ada").with("issues", Level::Read));
    let answer = forge.post("/issues/1/labels", &json!({ "labels": ["a"] }));
    let needed = header(&answer, "x-accepted-github-permissions");
    assert_eq!(needed.as_deref(), Some("issues=write; pull_requests=write"));
}

#[test]
fn nobody_and_somebody_unknown_are_told_apart() {
    let forge = Forge::new();
    let url = format!("{}/repos/ada/tools", forge.server.api_url());
    let agent = ("User-Agent", "tests");
    get(&url, &[agent]).expect("the forge answers").ok();
    let nobody = request("POST", &format!("{url}/labels"), &[agent], b"").expect("the forge answers");
    assert_eq!(refused(&nobody), (401, "Requires authentication".into()));
    let unknown = get(&url, &[agent, ("Authorization", "Bearer nonsense")]).expect("the forge answers");
    assert_eq!(refused(&unknown), (401, "Bad credentials".into()));
    assert_eq!(get(&url, &[]).expect("the forge answers").status, 403, "who does not say which program it is");
}

#[test]
fn a_token_expires_after_so_many_requests() {
    let forge = Forge::new().asked_by(Grant::maintainer("ada").with_requests(2));
    let statuses = [(); 3].map(|()| forge.send("GET", "", &Value::Null).status);
    assert_eq!(statuses, [200, 200, 401]);
}

#[test]
fn what_is_hidden_archived_or_elsewhere_says_so() {
    let forge = Forge::new();
    forge.repository.archive();
    assert_eq!(forge.post("/labels", &json!({ "name": "a" })).status, 403);
    forge.repository.rename("kit");
    let moved = forge.send("GET", "/pulls", &Value::Null);
    let location = format!("{}/repos/ada/kit/pulls", forge.server.api_url());
    assert_eq!((moved.status, header(&moved, "location")), (301, Some(location)));
    forge.repository.hide();
    let forge = forge.asked_by(Grant::maintainer("eve").with_repository("eve/other"));
    assert_eq!(forge.send("GET", "", &Value::Null).status, 404);
}

#[test]
fn the_requests_of_an_hour_run_out() {
    let forge = Forge::new();
    forge.server.leave(1, 60);
    let last = forge.send("GET", "", &Value::Null).ok();
    assert_eq!(header(&last, "x-ratelimit-remaining").as_deref(), Some("0"));
    let none = forge.send("GET", "", &Value::Null);
    assert_eq!(none.status, 403);
    assert!(header(&none, "x-ratelimit-reset").is_some() && header(&none, "retry-after").is_none());
    forge.server.leave(0, 0);
    forge.send("GET", "", &Value::Null).ok();
}

#[test]
fn a_workflow_of_another_repository_is_started() {
    let forge = Forge::new();
    let sent =
        forge.post("/dispatches", &json!({ "event_type": "released", "client_payload": { "version": "1.0.0" } }));
    assert_eq!(sent.status, 204);
    let started = forge.repository.dispatches();
    assert_eq!((started[0].event.as_str(), &started[0].payload), ("released", &json!({ "version": "1.0.0" })));
    let payload: serde_json::Map<_, _> = (0..11).map(|at| (at.to_string(), json!(at))).collect();
    let wide = forge.post("/dispatches", &json!({ "event_type": "released", "client_payload": payload }));
    assert_eq!(wide.status, 422);
}

#[test]
fn every_request_says_which_host_it_meant_and_whether_it_brought_a_credential() {
    let forge = Forge::new();
    let release = value(&forge.post("/releases", &json!({ "tag_name": "v1", "draft": true })).ok());
    forge.upload(&release, "a.txt", b"a").expect("the host answers").ok();
    get(&format!("{}/assets/1", forge.server.downloads_url()), &[]).expect("the host answers");
    let seen = forge.server.requests();
    let host = |url: String| url.trim_start_matches("http://").to_owned();
    let expected = [
        (host(forge.server.url()), true),
        (host(forge.server.uploads_url()), true),
        (host(forge.server.downloads_url()), false),
    ];
    assert_eq!(seen.iter().map(|request| (request.host.clone(), request.authorized)).collect::<Vec<_>>(), expected);
}

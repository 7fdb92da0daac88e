//! Refs and commits through the API, those that the forge signs among them, and pull requests that merge themselves.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use releasekit_rehearsal::github::Rule;
use releasekit_testkit::Sandbox;
use serde_json::{Value, json};

use crate::client::{Forge, refused};

const COMMIT: &str = "mutation($input: CreateCommitOnBranchInput!) { \
    createCommitOnBranch(input: $input) { commit { oid message signature { isValid } } ref { name } } }";

const MERGE: &str = "mutation($input: EnablePullRequestAutoMergeInput!) { \
    enablePullRequestAutoMerge(input: $input) { pullRequest { number autoMergeRequest { mergeMethod } } } }";

fn commit(forge: &Forge, expected: &str) -> Value {
    let additions = json!([{ "path": "dir/a.bin", "contents": STANDARD.encode(b"\x00\xff\r\n") }]);
    let input = json!({
        "branch": { "repositoryNameWithOwner": "ada/tools", "branchName": "topic" },
        "expectedHeadOid": expected,
        "message": { "headline": "chore: release", "body": "One.\n\nTwo." },
        "fileChanges": { "additions": additions, "deletions": [{ "path": "old.txt" }] },
    });
    forge.ask(COMMIT, &json!({ "input": input }))
}

#[test]
fn the_forge_makes_a_commit_and_signs_it() {
    let forge = Forge::new();
    let parent = forge.repository.commit("topic", "old.txt", "old\n").expect("a commit is made");
    let answer = commit(&forge, &parent);
    let made = &answer["data"]["createCommitOnBranch"];
    assert_eq!(made["commit"]["message"], "chore: release\n\nOne.\n\nTwo.", "{answer}");
    assert_eq!((&made["ref"]["name"], &made["commit"]["signature"]["isValid"]), (&json!("topic"), &json!(true)));
    let id = forge.repository.tip("topic").expect("it is there");
    assert_eq!(made["commit"]["oid"], json!(id));
    let verification = forge.get(&format!("/git/commits/{id}"))["verification"].clone();
    assert_eq!((&verification["verified"], &verification["reason"]), (&json!(true), &json!("valid")));
    assert_eq!(forge.get(&format!("/commits/{parent}"))["commit"]["verification"]["reason"], "unsigned");
    let files = forge.get(&format!("/commits/{id}"))["files"].clone();
    let told = |at: usize| (files[at]["filename"].clone(), files[at]["status"].clone());
    assert_eq!([told(0), told(1)], [("dir/a.bin", "added"), ("old.txt", "removed")].map(|(a, b)| (json!(a), json!(b))));
    let shown = Sandbox::new().try_git(&forge.repository.folder(), ["show", "topic:dir/a.bin"]);
    assert_eq!(shown.stdout, "\u{0}\u{fffd}\r\n", "its bytes are those that came");
    let stale = commit(&forge, &parent);
    assert_eq!(stale["errors"][0]["type"], "STALE_DATA", "{stale}");
    assert_eq!(forge.repository.tip("topic"), Some(id));
}

#[test]
fn a_pull_request_merges_itself_once_its_checks_have_passed() {
    let forge = Forge::new();
    let number = forge.open("topic");
    let shown = forge.get(&format!("/pulls/{number}"));
    let enable = |head: &Value| {
        let input = json!({ "pullRequestId": shown["node_id"], "mergeMethod": "SQUASH", "expectedHeadOid": head });
        forge.ask(MERGE, &json!({ "input": input }))
    };
    let at_once = enable(&shown["head"]["sha"]);
    assert_eq!(at_once["errors"][0]["message"], "Pull request Pull request is in clean status");
    forge.repository.require_checks(true);
    assert_eq!(enable(&json!("0".repeat(40)))["errors"][0]["type"], "UNPROCESSABLE");
    let enabled = enable(&shown["head"]["sha"]);
    let merge = &enabled["data"]["enablePullRequestAutoMerge"]["pullRequest"]["autoMergeRequest"];
    assert_eq!(merge["mergeMethod"], "SQUASH", "{enabled}");
    assert_eq!(forge.get(&format!("/pulls/{number}"))["auto_merge"]["merge_method"], "squash");
    forge.repository.pass_checks(number).expect("it is merged");
    assert_eq!(forge.get(&format!("/pulls/{number}"))["merged"], true);
}

#[test]
fn what_was_not_selected_is_not_told_and_what_is_not_there_is_an_error() {
    let forge = Forge::new();
    assert_eq!(forge.ask("{ who: viewer { login } }", &Value::Null), json!({ "data": { "who": { "login": "ada" } } }));
    let wrong = forge.ask("{ viewer { nickname } }", &Value::Null);
    assert_eq!(wrong["errors"][0]["type"], "undefinedField");
    assert_eq!(forge.server.changes(), 0);
}

#[test]
fn refs_are_made_moved_and_deleted() {
    let forge = Forge::new();
    let first = forge.repository.tip("main").expect("it is there");
    let make = || forge.post("/git/refs", &json!({ "ref": "refs/heads/rk/scratch", "sha": first }));
    make().ok();
    assert_eq!(refused(&make()), (422, "Reference already exists".into()));
    assert_eq!(forge.get("/git/ref/heads/rk/scratch")["object"]["sha"], json!(first));
    assert_eq!(forge.send("GET", "/git/ref/heads/rk", &Value::Null).status, 404, "a part of a name is no name");
    let next = forge.repository.commit("main", "a.txt", "a\n").expect("a commit is made");
    let moves = |sha: &str, force: bool| {
        forge.send("PATCH", "/git/refs/heads/rk/scratch", &json!({ "sha": sha, "force": force })).status
    };
    assert_eq!([moves(&next, false), moves(&first, false), moves(&first, true)], [200, 422, 200]);
    assert_eq!(forge.send("DELETE", "/git/refs/heads/rk/scratch", &Value::Null).status, 204);
    forge.repository.protect(Rule::Create, "refs/tags/v*").expect("rules are written");
    let tag = forge.post("/git/refs", &json!({ "ref": "refs/tags/v1", "sha": first }));
    assert_eq!(tag.status, 422);
}

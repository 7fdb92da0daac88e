//! Redirections, pages and files on other hosts: nothing goes there that is not meant for them.

use std::time::Duration;

use releasekit_core::forge::{AssetFetch, AssetRequest, Written};
use releasekit_core::model::{BranchName, Digest, TagName};
use releasekit_core::registry::Fetched;
use releasekit_core::{Diagnostic, ErrorKind, Forge};
use releasekit_testkit::scripted::{Act, Server, reply};
use releasekit_testkit::sha256;
use serde_json::json;

use crate::script::{CANARY, Script, answer, draft, lines, ok, open, pull, repository, sent};

#[tokio::test]
async fn a_repository_that_was_renamed_is_followed_on_its_host() {
    let moved = json!({"id": 1, "full_name": "new/name", "default_branch": "trunk"});
    let server = Script::new()
        .with("GET /repos/o/n", &[answer(301, "Location: /api/v3/repositories/1\r\n", &json!({}))])
        .with("GET /repositories/1", &[ok(&moved)])
        .with("GET /repos/new/name/pulls", &[ok(&json!([]))])
        .start();
    let github = open(&server);
    let repository = github.repository().await.expect("it is found");
    assert_eq!((repository.path.as_str(), repository.default_branch.as_str()), ("new/name", "trunk"));
    let [head, base] = ["release", "main"].map(BranchName::new);
    assert!(github.change_requests(&head, &base).await.expect("there is none").is_empty());
    let last = lines(&server).pop().expect("it was asked");
    assert!(last.starts_with("GET /repos/new/name/pulls?state=all&head=new%3Arelease&base=main&"), "{last}");
}

#[tokio::test]
async fn a_redirection_to_another_host_is_not_followed() {
    let other = Server::always(reply(200, "", repository().to_string()));
    let location = format!("Location: {}/repos/o/n\r\n", other.url);
    let server = Script::new().with("GET /repos/o/n", &[answer(301, &location, &json!({}))]).start();
    let error = open(&server).repository().await.expect_err("it leads elsewhere");
    assert_eq!((error.code().as_str(), error.kind()), ("RK-FORGE-REDIRECTED", ErrorKind::Invalid));
    assert_eq!(other.asked().len(), 0);
}

#[tokio::test]
async fn where_a_redirection_leads_is_told_without_what_is_secret() {
    let location = "Location: https://ana:hunter2@evil.test/repos/o/n?key=hunter2#hunter2\r\n";
    let server = Script::new().with("GET /repos/o/n", &[answer(301, location, &json!({}))]).start();
    let error = open(&server).repository().await.expect_err("it leads elsewhere");
    assert!(error.to_string().contains("leads to `https://evil.test/repos/o/n`,"), "{error}");
    assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
}

#[tokio::test]
async fn all_pages_are_read_by_the_links_of_the_server() {
    let [head, base] = ["release", "main"].map(BranchName::new);
    let link =
        "Link: </api/v3/repos/o/n/pulls?page=9>; rel=\"last\", </api/v3/repos/o/n/second?a=1,2>; rel=\"next\"\r\n";
    let script = Script::new().with("GET /repos/o/n/pulls/1/reviews", &[ok(&json!([]))]);
    let script = script.with("GET /repos/o/n/pulls/2/reviews", &[ok(&json!([]))]);
    let server = script
        .clone()
        .with("GET /repos/o/n/pulls", &[answer(200, link, &json!([pull(1, "one")]))])
        .with("GET /repos/o/n/second", &[ok(&json!([pull(2, "two")]))])
        .start();
    let found = open(&server).change_requests(&head, &base).await.expect("both are found");
    assert_eq!(found.iter().map(|request| request.number).collect::<Vec<_>>(), [2, 1]);

    let other = Server::always(reply(200, "", "[]"));
    let link = format!("Link: <{}/repos/o/n/pulls?page=2>; rel=\"next\"\r\n", other.url);
    let server = script.with("GET /repos/o/n/pulls", &[answer(200, &link, &json!([pull(1, "one")]))]).start();
    let error = open(&server).change_requests(&head, &base).await.expect_err("the next page is elsewhere");
    assert_eq!((error.code().as_str(), other.asked().len()), ("RK-FORGE-REDIRECTED", 0));
}

fn asset(state: &str) -> serde_json::Value {
    json!([{"id": 7, "name": "file", "state": state, "size": 5, "digest": null, "browser_download_url": "https://x/file"}])
}

#[tokio::test]
async fn a_file_is_fetched_from_elsewhere_without_the_token() {
    let store = Server::always(reply(200, "", "bytes"));
    let location = format!("Location: {}/signed?key=secret\r\n", store.url);
    let server = Script::new()
        .with("GET /repos/o/n/releases/tags/v1", &[answer(404, "", &json!({}))])
        .with("GET /repos/o/n/releases", &[ok(&json!([draft("http://127.0.0.1:1", &asset("uploaded"))]))])
        .with("GET /repos/o/n/releases/assets/7", &[answer(302, &location, &json!({}))])
        .start();
    let folder = tempfile::tempdir().expect("a folder");
    let wanted = AssetFetch::new(TagName::new("v1"), "file", folder.path().join("file"), 5);
    assert_eq!(open(&server).fetch_asset(&wanted).await.expect("it is fetched"), Fetched::Whole);
    assert!(server.asked().iter().all(|request| request.contains(CANARY)));
    assert_eq!(store.asked().len(), 1);
    assert!(!store.asked()[0].to_lowercase().contains("authorization"), "{}", store.asked()[0]);
}

#[tokio::test]
async fn a_file_that_cannot_be_fetched_says_what_any_refusal_does() {
    let said = json!({"message": "Resource not accessible by integration"});
    let cases = [(403, "RK-FORGE-RIGHT-MISSING"), (401, "RK-FORGE-TOKEN-REFUSED"), (404, "RK-FORGE-NOT-FOUND")];
    for (status, code) in cases {
        let server = Script::new()
            .with("GET /repos/o/n/releases", &[ok(&json!([draft("http://127.0.0.1:1", &asset("uploaded"))]))])
            .with("GET /repos/o/n/releases/assets/7", &[answer(status, "", &said)])
            .start();
        let folder = tempfile::tempdir().expect("a folder");
        let wanted = AssetFetch::new(TagName::new("v1"), "file", folder.path().join("file"), 5);
        let error = open(&server).fetch_asset(&wanted).await.expect_err("it is refused");
        assert_eq!(error.code().as_str(), code);
    }
}

fn upload(folder: &std::path::Path) -> AssetRequest {
    let path = folder.join("local");
    std::fs::write(&path, "bytes").expect("the folder is writable");
    let described = (5, Digest::sha256(sha256(b"bytes")));
    AssetRequest::new(TagName::new("v1"), "file", path, described).with_timeout(Duration::from_secs(3))
}

#[tokio::test]
async fn a_file_goes_to_the_host_of_the_forge_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Script::new()
        .with("GET /repos/o/n/releases", &[ok(&json!([draft("https://ana:hunter2@uploads.evil.test", &json!([]))]))])
        .start();
    let Written::Refused(error) = open(&server).upload_asset(&upload(folder.path())).await else {
        unreachable!("it is not sent there")
    };
    assert_eq!((error.code().as_str(), sent(&server, "POST")), ("RK-FORGE-REDIRECTED", 0));
    assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
}

#[tokio::test]
async fn half_a_file_is_removed_before_it_is_sent_anew() {
    let folder = tempfile::tempdir().expect("a folder");
    let uploads = Server::start(|request, _| {
        let is_right = request.starts_with("POST /uploads?name=file ")
            && request.contains("content-type: application/octet-stream\r\n")
            && request.ends_with("\r\n\r\nbytes");
        let asset = json!({"id": 8, "name": "file", "state": "uploaded", "size": 5, "digest": null, "browser_download_url": "https://x"});
        if is_right { answer(201, "", &asset) } else { Act::Send(reply(400, "", "")) }
    });
    let server = Script::new()
        .with("GET /repos/o/n/releases", &[ok(&json!([draft(&uploads.url, &asset("starter"))]))])
        .with("GET /repos/o/n/releases/5", &[ok(&draft(&uploads.url, &asset("starter")))])
        .with("DELETE /repos/o/n/releases/assets/7", &[answer(204, "", &json!({}))])
        .start();
    let written = open(&server).upload_asset(&upload(folder.path())).await;
    assert!(matches!(written, Written::Updated(_)), "{written:?}");
    assert_eq!((sent(&server, "DELETE"), uploads.asked().len()), (1, 1));
}

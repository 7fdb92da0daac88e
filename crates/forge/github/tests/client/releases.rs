//! Releases and their files, where GitHub differs from what one would expect.

use releasekit_core::forge::{AssetRequest, PublishReleaseRequest, ReleaseUpsert, Written};
use releasekit_core::model::{Digest, TagName};
use releasekit_core::{BackendError, Diagnostic, ErrorKind, Forge};
use releasekit_testkit::scripted::{Act, reply};
use releasekit_testkit::sha256;
use serde_json::{Value, json};

use crate::script::{Script, answer, draft, lines, ok, open, sent};

fn refused<T: std::fmt::Debug>(written: Written<T>) -> BackendError {
    match written {
        Written::Refused(error) => error,
        other => unreachable!("it is refused: {other:?}"),
    }
}

fn tag() -> TagName {
    TagName::new("v1")
}

fn wanted() -> ReleaseUpsert {
    ReleaseUpsert::new(tag(), "v1", "notes")
}

/// A GitHub with the tag.
fn tagged() -> Script {
    let found = json!({"ref": "refs/tags/v1", "object": {"sha": "abc"}});
    Script::new().with("GET /repos/o/n/git/ref/tags%2Fv1", &[ok(&found)])
}

/// A draft of another number and tag.
fn numbered(id: u64, tag: &str) -> Value {
    let mut draft = draft("", &json!([]));
    (draft["id"], draft["tag_name"]) = (json!(id), json!(tag));
    draft
}

fn releases(list: &[Value]) -> Script {
    tagged().with("GET /repos/o/n/releases", &[ok(&json!(list))])
}

#[tokio::test]
async fn a_tag_that_is_missing_is_not_made() {
    let server = Script::new().with("GET /repos/o/n/releases", &[ok(&json!([draft("", &json!([]))]))]).start();
    let github = open(&server);
    let publish = PublishReleaseRequest::new(tag(), false);
    for error in [refused(github.upsert_release(&wanted()).await), refused(github.publish_release(&publish).await)] {
        assert_eq!((error.code().as_str(), error.kind()), ("RK-FORGE-TAG-MISSING", ErrorKind::Precondition));
    }
    assert_eq!((sent(&server, "POST"), sent(&server, "PATCH")), (0, 0));
}

#[tokio::test]
async fn several_drafts_are_none_of_ours() {
    let mut twin = draft("", &json!([]));
    twin["id"] = json!(6);
    let server = releases(&[draft("", &json!([])), twin]).start();
    let error = open(&server).release(&tag()).await.expect_err("there are two");
    assert_eq!((error.code().as_str(), error.kind()), ("RK-FORGE-SEVERAL-DRAFTS", ErrorKind::Conflict));
}

#[tokio::test]
async fn who_is_second_goes_on_with_the_draft_of_the_first() {
    let exists = json!({"message": "Validation Failed", "errors": [{"resource": "Release", "code": "already_exists", "field": "tag_name"}]});
    let server = tagged()
        .with("GET /repos/o/n/releases", &[ok(&json!([])), ok(&json!([])), ok(&json!([draft("", &json!([]))]))])
        .with("POST /repos/o/n/releases", &[answer(422, "", &exists)])
        .start();
    let written = open(&server).upsert_release(&wanted().with_draft()).await;
    assert!(matches!(written, Written::Unchanged(_)), "{written:?}");
}

#[tokio::test]
async fn what_another_run_has_made_since_is_seen_before_anything_is_made() {
    let server =
        tagged().with("GET /repos/o/n/releases", &[ok(&json!([])), ok(&json!([draft("", &json!([]))]))]).start();
    let github = open(&server);
    assert_eq!(github.release(&tag()).await.expect("it is looked for"), None);
    let written = github.upsert_release(&wanted().with_draft()).await;
    assert!(matches!(written, Written::Unchanged(_)), "{written:?}");
    assert_eq!(sent(&server, "POST"), 0);
}

#[tokio::test]
async fn all_releases_are_listed_once() {
    let link = "Link: </api/v3/repos/o/n/second>; rel=\"next\"\r\n";
    let server = Script::new()
        .with("GET /repos/o/n/releases", &[answer(200, link, &json!([draft("", &json!([]))]))])
        .with("GET /repos/o/n/second", &[ok(&json!([numbered(4, "v0")]))])
        .start();
    let github = open(&server);
    for (tag, is_there) in [("v1", true), ("v0", true), ("v2", false), ("v1", true), ("v0", true), ("v3", false)] {
        let found = github.release(&TagName::new(tag)).await.expect("it is looked for");
        assert_eq!(found.is_some(), is_there, "{tag}");
    }
    let expected = [
        "GET /repos/o/n",
        "GET /repos/o/n/releases/tags/v1",
        "GET /repos/o/n/releases?per_page=100",
        "GET /repos/o/n/second",
    ];
    assert_eq!(lines(&server), expected);
}

#[tokio::test]
async fn a_few_releases_are_asked_for_by_their_tags_and_more_are_listed() {
    let release = |number: u64| {
        let mut release = numbered(number, &format!("v{number}"));
        release["draft"] = json!(false);
        release
    };
    let all = json!((1..=5).map(release).collect::<Vec<_>>());
    let by_tag = |script: Script, number: u64| {
        script.with(&format!("GET /repos/o/n/releases/tags/v{number}"), &[ok(&release(number))])
    };
    let server = (1..=5).fold(Script::new(), by_tag).with("GET /repos/o/n/releases", &[ok(&all)]).start();
    let github = open(&server);
    for number in 1..=5 {
        let found = github.release(&TagName::new(format!("v{number}"))).await.expect("it is looked for");
        assert!(found.is_some(), "{number}");
    }
    let counts =
        ["GET /repos/o/n/releases/tags/", "GET /repos/o/n/releases?"].map(|beginning| sent(&server, beginning));
    assert_eq!(counts, [3, 1]);
}

/// GitHub lists ten thousand releases and no more.
#[tokio::test]
async fn a_release_that_is_older_than_the_list_is_asked_for() {
    let list: Vec<Value> = (10..10_010).map(|number| numbered(number, &format!("w{number}"))).collect();
    let mut old = draft("", &json!([]));
    old["draft"] = json!(false);
    let server = Script::new()
        .with("GET /repos/o/n/releases", &[ok(&json!(list))])
        .with("GET /repos/o/n/releases/tags/v1", &[answer(404, "", &json!({})), ok(&old)])
        .start();
    let github = open(&server);
    assert!(github.release(&TagName::new("w10")).await.expect("it is listed").is_some());
    let ask = async || github.release(&tag()).await.expect("it is looked for").is_some();
    assert_eq!((ask().await, ask().await), (false, true));
}

#[tokio::test]
async fn a_few_tags_are_asked_for_by_their_names_and_more_are_listed() {
    let found = |number: usize| json!({"ref": format!("refs/tags/t{number}"), "object": {"sha": "abc"}});
    let one_by_one = |script: Script, number: usize| {
        script.with(&format!("GET /repos/o/n/git/ref/tags%2Ft{number}"), &[ok(&found(number))])
    };
    let server = (0..7)
        .fold(Script::new(), one_by_one)
        .with("GET /repos/o/n/releases", &[ok(&json!([]))])
        .with("POST /repos/o/n/releases", &[answer(201, "", &draft("", &json!([])))])
        .with("GET /repos/o/n/git/matching-refs/tags%2F", &[ok(&json!((0..6).map(found).collect::<Vec<_>>()))])
        .start();
    let github = open(&server);
    let make = async |number: usize| {
        let wanted = ReleaseUpsert::new(TagName::new(format!("t{number}")), "t", "notes").with_draft();
        github.upsert_release(&wanted).await.value()
    };
    for number in 0..7 {
        make(number).await.expect("the tag is there, though it may have come after the list");
    }
    assert_eq!(make(7).await.expect_err("there is none").code().as_str(), "RK-FORGE-TAG-MISSING");
    let counts = ["GET /repos/o/n/git/ref/", "GET /repos/o/n/git/matching-refs/"].map(|it| sent(&server, it));
    assert_eq!(counts, [3 + 2, 1]);
}

#[tokio::test]
async fn after_a_lost_reply_all_are_listed_anew() {
    let link = "Link: </api/v3/repos/o/n/second>; rel=\"next\"\r\n";
    let server = tagged()
        .with("GET /repos/o/n/releases", &[answer(200, link, &json!([]))])
        .with("GET /repos/o/n/second", &[ok(&json!([])), ok(&json!([draft("", &json!([]))]))])
        .with("POST /repos/o/n/releases", &[answer(502, "", &json!({}))])
        .start();
    let github = open(&server);
    let lost = github.upsert_release(&wanted().with_draft()).await;
    assert!(matches!(lost, Written::Unknown(_)), "{lost:?}");
    let again = github.upsert_release(&wanted().with_draft()).await;
    assert!(matches!(again, Written::Unchanged(_)), "{again:?}");
}

#[tokio::test]
async fn a_tag_of_an_immutable_release_is_spent() {
    let spent = json!({"message": "Validation Failed", "errors": [{"field": "tag_name", "code": "custom",
        "message": "tag_name was used by an immutable release"}]});
    let server = releases(&[]).with("POST /repos/o/n/releases", &[answer(422, "", &spent)]).start();
    let error = refused(open(&server).upsert_release(&wanted()).await);
    assert_eq!(error.code().as_str(), "RK-FORGE-REFUSED");
    assert!(error.help().is_some_and(|help| help.contains("next patch")), "{:?}", error.help());
}

#[tokio::test]
async fn a_release_that_nobody_calls_the_latest_is_said_not_to_be() {
    let made = draft("", &json!([]));
    let server = releases(&[]).with("POST /repos/o/n/releases", &[answer(201, "", &made)]).start();
    let github = open(&server);
    github.upsert_release(&wanted()).await.value().expect("it is made");
    let request = server.asked().pop().expect("it was asked");
    assert!(request.contains(r#""make_latest":"false""#), "{request}");
    let error = refused(github.upsert_release(&wanted().with_prerelease().with_latest()).await);
    assert_eq!((error.code().as_str(), error.kind()), ("RK-FORGE-LATEST-PRERELEASE", ErrorKind::Invalid));
}

#[tokio::test]
async fn what_is_as_asked_is_read_and_nothing_else() {
    let server = releases(&[draft("", &json!([]))]).start();
    let written = open(&server).upsert_release(&wanted().with_draft()).await;
    assert!(matches!(written, Written::Unchanged(_)), "{written:?}");
    assert_eq!(sent(&server, "GET"), server.asked().len());
}

#[tokio::test]
async fn what_is_the_latest_is_asked_once_where_nothing_changes() {
    let mut published = draft("", &json!([]));
    published["draft"] = json!(false);
    for latest in [true, false] {
        let server = tagged()
            .with("GET /repos/o/n/releases/tags/v1", &[ok(&published)])
            .with("GET /repos/o/n/releases/latest", &[ok(&published)])
            .start();
        let written = open(&server).publish_release(&PublishReleaseRequest::new(tag(), latest)).await;
        assert!(matches!(&written, Written::Unchanged(release) if release.latest == Some(true)), "{written:?}");
        assert_eq!(sent(&server, "GET /repos/o/n/releases/latest"), 1, "{latest}");
    }
}

fn file(folder: &std::path::Path, name: &str) -> AssetRequest {
    let path = folder.join("local");
    std::fs::write(&path, "bytes").expect("the folder is writable");
    AssetRequest::new(tag(), name, path, (5, Digest::sha256(sha256(b"bytes"))))
}

fn listed(digest: &Value) -> Value {
    json!([{"id": 7, "name": "file", "state": "uploaded", "size": 5, "digest": digest, "browser_download_url": "https://x/file"}])
}

#[tokio::test]
async fn a_file_is_the_same_by_its_digest_or_else_by_its_bytes() {
    let folder = tempfile::tempdir().expect("a folder");
    let digest = |bytes: &[u8]| json!(format!("sha256:{}", sha256(bytes)));
    let cases = [
        (digest(b"bytes"), "", true),
        (digest(b"other"), "", false),
        (json!(null), "bytes", true),
        (json!(null), "other", false),
    ];
    for (digest, stored, is_same) in cases {
        let server = releases(&[draft("", &listed(&digest))])
            .with("GET /repos/o/n/releases/assets/7", &[Act::Send(reply(200, "", stored))])
            .start();
        let (mut context, _) = crate::script::context(crate::script::with_token());
        context.cache = folder.path().join("cache");
        let github = releasekit_github::GitHub::open(&context, &crate::script::site(&server.url)).expect("it opens");
        let written = github.upload_asset(&file(folder.path(), "file")).await;
        match is_same {
            true => assert!(matches!(written, Written::Unchanged(_)), "{written:?}"),
            false => assert_eq!(refused(written).code().as_str(), "RK-FORGE-ASSET-DIFFERS"),
        }
        assert_eq!(sent(&server, "GET /repos/o/n/releases/assets"), usize::from(digest.is_null()));
        assert_eq!(sent(&server, "POST"), 0);
    }
}

/// A draft of `v1` with the file in a state.
fn holding(state: &str) -> Value {
    let mut assets = listed(&json!(format!("sha256:{}", sha256(b"bytes"))));
    assets[0]["state"] = json!(state);
    draft("", &assets)
}

#[tokio::test]
async fn half_a_file_is_looked_at_again_before_it_is_removed() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = releases(&[holding("starter")]).with("GET /repos/o/n/releases/5", &[ok(&holding("uploaded"))]).start();
    let written = open(&server).upload_asset(&file(folder.path(), "file")).await;
    assert!(matches!(written, Written::Unchanged(_)), "another run has ended it since: {written:?}");
    assert_eq!((sent(&server, "DELETE"), sent(&server, "POST")), (0, 0));
}

#[tokio::test]
async fn what_cannot_be_added_is_not_sent() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut frozen = draft("", &json!([]));
    frozen["immutable"] = json!(true);
    let server = releases(&[frozen]).start();
    let github = open(&server);
    let error = refused(github.upload_asset(&file(folder.path(), "file")).await);
    assert_eq!((error.code().as_str(), error.kind()), ("RK-FORGE-ASSET-REFUSED", ErrorKind::Precondition));
    for name in ["a b", "é", ".hidden", "dot.", "a/b", ""] {
        assert_eq!(refused(github.upload_asset(&file(folder.path(), name)).await).kind(), ErrorKind::Invalid, "{name}");
    }
    assert_eq!(sent(&server, "POST"), 0);
}

//! Replies that are lost, servers that fail: what reads is asked again, what changes something is not.

use std::time::Duration;

use releasekit_core::forge::Written;
use releasekit_core::model::{BranchName, TagName};
use releasekit_core::{Diagnostic, ErrorKind, Forge};
use releasekit_testkit::scripted::{Act, reply};
use serde_json::json;

use crate::script::{Script, answer, ok, open, open_shortly, pull, repository, sent, silence, wanted};

#[tokio::test]
async fn what_reads_is_asked_again_while_the_server_fails() {
    for failure in [answer(502, "", &json!({})), silence()] {
        let server = Script::new().with("GET /repos/o/n", &[failure.clone(), failure, ok(&repository())]).start();
        open(&server).repository().await.expect("the third time it answers");
        assert_eq!(server.asked().len(), 3);
    }
}

#[tokio::test]
async fn an_outage_ends_by_the_time_of_the_call() {
    let server = Script::new().with("GET /repos/o/n", &[answer(503, "", &json!({}))]).start();
    let error = open_shortly(&server).repository().await.expect_err("it fails for ever");
    assert_eq!((error.code().as_str(), error.kind()), ("RK-FORGE-UNAVAILABLE", ErrorKind::Transient));
    assert!(server.asked().len() > 2);
}

#[tokio::test]
async fn a_list_that_takes_too_long_is_named_without_its_query() {
    let never = Act::Wait(Duration::from_secs(600), Box::new(ok(&json!([]))));
    let server = Script::new().with("GET /repos/o/n/pulls", &[never]).start();
    let [head, base] = ["release", "main"].map(BranchName::new);
    let error = open_shortly(&server).change_requests(&head, &base).await.expect_err("it takes too long");
    let expected = format!("`{}/api/v3/repos/o/n/pulls` takes too long to answer", server.url);
    assert_eq!((error.code().as_str(), error.to_string()), ("RK-HTTP-TIMEOUT", expected));
    assert!(sent(&server, "GET /repos/o/n/pulls?") > 0);
}

#[tokio::test]
async fn what_changes_something_is_sent_once_and_found_by_the_next_call() {
    let page = Act::Send(reply(200, "", "<html>a page of a proxy</html>"));
    for lost in [answer(502, "", &json!({})), silence(), page] {
        let pulls = [ok(&json!([])), ok(&json!([pull(1, "Release")]))];
        let server = Script::new()
            .with("GET /repos/o/n/pulls", &pulls)
            .with("GET /repos/o/n/pulls/1/reviews", &[ok(&json!([]))])
            .with("POST /repos/o/n/pulls", &[lost])
            .start();
        let github = open(&server);
        let Written::Unknown(error) = github.upsert_change_request(&wanted()).await else {
            unreachable!("nobody knows what was done")
        };
        assert_eq!((error.code().as_str(), error.kind()), ("RK-FORGE-UNCLEAR", ErrorKind::Transient));
        let again = github.upsert_change_request(&wanted()).await;
        assert!(matches!(again, Written::Unchanged(_)), "{again:?}");
        assert_eq!(sent(&server, "POST"), 1);
    }
}

#[tokio::test]
async fn after_a_look_that_failed_nothing_is_changed() {
    let server = Script::new().with("GET /repos/o/n/pulls", &[answer(503, "", &json!({}))]).start();
    let Written::Refused(error) = open_shortly(&server).upsert_change_request(&wanted()).await else {
        unreachable!("nothing was sent")
    };
    assert_eq!((error.kind(), sent(&server, "POST")), (ErrorKind::Transient, 0));
}

#[tokio::test]
async fn a_page_for_people_is_no_answer() {
    let server = Script::new().with("GET /repos/o/n", &[Act::Send(reply(200, "", "<html>welcome</html>"))]).start();
    let error = open(&server).release(&TagName::new("v1")).await.expect_err("this is no GitHub");
    assert_eq!((error.code().as_str(), error.kind()), ("RK-FORGE-ANSWER", ErrorKind::Invalid));
}

/// Two runs look, find nothing, and open: the second one is told, and goes on with what the first one opened.
#[tokio::test]
async fn who_is_second_goes_on_with_what_the_first_one_opened() {
    let exists = json!({"message": "Validation Failed", "errors": [{"resource": "PullRequest", "code": "custom",
        "message": "A pull request already exists for o:release."}]});
    let server = Script::new()
        .with("GET /repos/o/n/pulls", &[ok(&json!([])), ok(&json!([pull(1, "theirs")]))])
        .with("GET /repos/o/n/pulls/1/reviews", &[ok(&json!([]))])
        .with("POST /repos/o/n/pulls", &[answer(422, "", &exists)])
        .with("PATCH /repos/o/n/pulls/1", &[ok(&pull(1, "Release"))])
        .start();
    let written = open(&server).upsert_change_request(&wanted()).await;
    assert!(matches!(&written, Written::Updated(request) if request.number == 1), "{written:?}");
}

//! Who is asked, who is assigned, and how often that is looked at.

use releasekit_core::forge::{AskRequest, Written};
use releasekit_core::{Diagnostic, Forge};
use serde_json::json;

use crate::script::{Script, answer, ok, open, pull, sent};

fn reviewed_by_cleo() -> Script {
    let reviews = json!([{"user": {"login": "cleo"}}]);
    Script::new().with("GET /repos/o/n/pulls/1/reviews", &[ok(&reviews)])
}

#[tokio::test]
async fn who_has_reviewed_is_read_once_in_a_call() {
    let mut asked = pull(1, "Release");
    asked["requested_reviewers"] = json!([{"login": "ana"}]);
    let server = reviewed_by_cleo()
        .with("GET /repos/o/n/pulls/1", &[ok(&pull(1, "Release")), ok(&asked)])
        .with("POST /repos/o/n/pulls/1/requested_reviewers", &[answer(201, "", &asked)])
        .start();
    let github = open(&server);
    let request = AskRequest::new(1, vec!["ana".to_owned()]);
    for call in 1..=2 {
        let request = match (call, github.ask(&request).await) {
            (1, Written::Updated(request)) | (2, Written::Unchanged(request)) => request,
            (_, written) => unreachable!("it is asked once: {written:?}"),
        };
        assert_eq!(request.reviewers, ["ana", "cleo"]);
        assert_eq!(sent(&server, "GET /repos/o/n/pulls/1/reviews"), call);
    }
}

/// GitHub says nothing of whom it does not assign, and writes logins in their own case.
#[tokio::test]
async fn who_is_not_assigned_is_named() {
    for (issue, expected) in [
        (json!({"assignees": [{"login": "Ana"}, {"login": "dora"}]}), None),
        (json!({"assignees": [{"login": "Ana"}]}), Some("`dora` cannot be assigned")),
        (json!({}), Some("`ana`, `dora` cannot be assigned")),
    ] {
        let server = reviewed_by_cleo()
            .with("GET /repos/o/n/pulls/1", &[ok(&pull(1, "Release"))])
            .with("GET /repos/o/n/assignees/ana", &[answer(204, "", &json!({}))])
            .with("GET /repos/o/n/assignees/dora", &[answer(204, "", &json!({}))])
            .with("POST /repos/o/n/issues/1/assignees", &[answer(201, "", &issue)])
            .start();
        let request = AskRequest::new(1, Vec::new()).with_assignees(["ana", "dora"].map(str::to_owned).to_vec());
        let error = open(&server).ask(&request).await.value().err();
        assert_eq!(error.as_ref().map(ToString::to_string).as_deref(), expected);
        assert!(error.is_none_or(|error| error.code().as_str() == "RK-FORGE-PERSON-UNKNOWN"));
    }
}

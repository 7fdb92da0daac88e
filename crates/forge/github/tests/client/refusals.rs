//! What a refusal means, and what its help says.

use releasekit_core::forge::{
    AskRequest, AutoMergeRequest, CommentUpsert, DispatchRequest, ForgeCommitRequest, LabelRequest, Written,
};
use releasekit_core::model::{BranchName, CommitId, RepoPath};
use releasekit_core::{BackendError, Diagnostic, ErrorKind, FileEdit, Forge};
use serde_json::{Value, json};

use crate::script::{Script, answer, ok, open, pull, sent, wanted};

fn refused<T: std::fmt::Debug>(written: Written<T>) -> BackendError {
    match written {
        Written::Refused(error) => error,
        other => unreachable!("it is refused: {other:?}"),
    }
}

/// The code and the help of what GitHub says to a request that opens a pull request.
async fn opening(status: u16, headers: &str, body: &Value) -> (String, ErrorKind, String) {
    let script = Script::new().with("GET /repos/o/n/pulls", &[ok(&json!([]))]);
    let server = script.with("POST /repos/o/n/pulls", &[answer(status, headers, body)]).start();
    let error = refused(open(&server).upsert_change_request(&wanted()).await);
    assert_eq!(sent(&server, "POST"), 1);
    (error.code().to_string(), error.kind(), error.help().unwrap_or_default())
}

fn invalid(field: &str, code: &str, message: &str) -> Value {
    let error = json!({"resource": "PullRequest", "field": field, "code": code, "message": message});
    json!({"message": "Validation Failed", "errors": [error]})
}

#[tokio::test]
async fn each_refusal_has_its_code_and_says_what_helps() {
    let needed = "x-accepted-github-permissions: pull_requests=write\r\n";
    let scopes = "x-accepted-oauth-scopes: repo\r\n";
    let sso = "x-github-sso: required; url=https://github.com/orgs/o/sso?authorization_request=1\r\n";
    let said = |text: &str| json!({"message": text});
    let cases = [
        (401, "", said("Bad credentials"), "RK-FORGE-TOKEN-REFUSED", ErrorKind::Unauthenticated, "make a new token"),
        (
            403,
            needed,
            said("Resource not accessible by integration"),
            "RK-FORGE-RIGHT-MISSING",
            ErrorKind::Forbidden,
            "`pull_requests=write`",
        ),
        (403, scopes, said("Must have push access"), "RK-FORGE-RIGHT-MISSING", ErrorKind::Forbidden, "`repo`"),
        (
            403,
            sso,
            said("Resource protected by organization SAML enforcement"),
            "RK-FORGE-RIGHT-MISSING",
            ErrorKind::Forbidden,
            "https://github.com/orgs/o/sso",
        ),
        (
            403,
            "",
            said("GitHub Actions is not permitted to create or approve pull requests."),
            "RK-FORGE-RIGHT-MISSING",
            ErrorKind::Forbidden,
            "Allow GitHub Actions",
        ),
        (
            403,
            "",
            said("Repository was archived so is read-only."),
            "RK-FORGE-RIGHT-MISSING",
            ErrorKind::Forbidden,
            "unarchive",
        ),
        (404, "", said("Not Found"), "RK-FORGE-RIGHT-MISSING", ErrorKind::Forbidden, "`pull-requests: write`"),
        (410, "", said("Issues are disabled for this repo"), "RK-FORGE-NOT-FOUND", ErrorKind::NotFound, "turn it on"),
        (
            422,
            "",
            invalid("head", "invalid", ""),
            "RK-FORGE-BRANCH-MISSING",
            ErrorKind::Precondition,
            "pushes the branch",
        ),
        (
            422,
            "",
            invalid("base", "invalid", ""),
            "RK-FORGE-BRANCH-MISSING",
            ErrorKind::Precondition,
            "pushes the branch",
        ),
        (
            422,
            "",
            invalid("", "custom", "No commits between main and release"),
            "RK-FORGE-NOTHING-TO-MERGE",
            ErrorKind::Precondition,
            "",
        ),
        (
            422,
            "",
            said("Draft pull requests are not supported in this repository."),
            "RK-FORGE-REFUSED",
            ErrorKind::Invalid,
            "`draft = false`",
        ),
        (
            422,
            "",
            json!({"message": "Validation Failed", "errors": ["words"]}),
            "RK-FORGE-REFUSED",
            ErrorKind::Invalid,
            "",
        ),
    ];
    for (status, headers, body, code, kind, help) in cases {
        let found = opening(status, headers, &body).await;
        assert_eq!((found.0.as_str(), found.1), (code, kind), "{body}");
        assert!(found.2.contains(help), "{body}: {}", found.2);
    }
}

#[tokio::test]
async fn a_repository_that_is_not_shown_is_told_from_what_it_lacks() {
    let server = Script::default().start();
    let error = open(&server).repository().await.expect_err("it is not shown");
    assert_eq!((error.code().as_str(), error.kind()), ("RK-FORGE-REPOSITORY-UNSEEN", ErrorKind::Forbidden));
    let server = Script::new().start();
    let github = open(&server);
    let error = refused(github.close_change_request(7).await);
    assert_eq!((error.code().as_str(), error.kind()), ("RK-FORGE-NOT-FOUND", ErrorKind::NotFound));
    assert_eq!(github.comment(7, "m").await.expect_err("there is none").kind(), ErrorKind::NotFound);
    assert_eq!(
        refused(github.set_labels(&LabelRequest::new(7, vec!["a".to_owned()])).await).kind(),
        ErrorKind::NotFound
    );
}

#[tokio::test]
async fn what_can_never_work_is_not_asked() {
    let server = Script::new().start();
    let github = open(&server);
    let mut long = wanted();
    long.body = "é".repeat(65_537);
    let dispatch = |payload: &str| DispatchRequest::new("o/other", "released", payload);
    let errors = [
        (refused(github.upsert_change_request(&long).await), "RK-FORGE-TEXT-TOO-LONG"),
        (
            refused(github.upsert_comment(&CommentUpsert::new(1, "m", "x".repeat(65_536))).await),
            "RK-FORGE-TEXT-TOO-LONG",
        ),
        (refused(github.upsert_comment(&CommentUpsert::new(1, "-->", "x")).await), "RK-FORGE-REFUSED"),
        (refused(github.dispatch(&dispatch("[]")).await), "RK-FORGE-REFUSED"),
        (
            refused(github.dispatch(&dispatch(&format!("{{\"a\": \"{}\"}}", "x".repeat(64 << 10)))).await),
            "RK-FORGE-REFUSED",
        ),
        (refused(github.dispatch(&DispatchRequest::new("o/a/b", "released", "{}")).await), "RK-FORGE-REPOSITORY-PATH"),
        (refused(github.commit(&commit("subject\nno empty line")).await), "RK-FORGE-REFUSED"),
    ];
    for (error, code) in errors {
        assert_eq!(error.code().as_str(), code, "{error}");
    }
    assert_eq!(server.asked().len(), 0);
}

#[tokio::test]
async fn who_is_asked_is_told_apart_from_who_cannot_be() {
    let asked = json!({"message": "Reviews may only be requested from collaborators. One or more of the users or teams you \
        specified is not a collaborator of the o/n repository."});
    let server = Script::new()
        .with("GET /repos/o/n/pulls/1", &[ok(&pull(1, "Release"))])
        .with("GET /repos/o/n/pulls/1/reviews", &[ok(&json!([{"user": {"login": "Cleo"}}, {"user": null}]))])
        .with("POST /repos/o/n/pulls/1/requested_reviewers", &[answer(422, "", &asked)])
        .start();
    let names = ["cleo", "ana", "o/team"].map(str::to_owned).to_vec();
    let error = refused(open(&server).ask(&AskRequest::new(1, names)).await);
    assert_eq!(
        (error.code().as_str(), error.to_string().as_str()),
        ("RK-FORGE-PERSON-UNKNOWN", "`ana`, `o/team` cannot be asked to review")
    );
    let request = server.asked().pop().expect("it was asked");
    assert!(request.ends_with(r#"{"reviewers":["ana"],"team_reviewers":["team"]}"#), "{request}");
}

#[tokio::test]
async fn who_closed_a_request_is_told_where_the_forge_says_it() {
    let mut closed = pull(1, "Release");
    closed["state"] = json!("closed");
    let said = json!({"closed_by": {"login": "ana"}});
    for (issue, expected) in
        [(ok(&said), Some("ana")), (answer(410, "", &json!({"message": "Issues are disabled"})), None)]
    {
        let server = Script::new()
            .with("GET /repos/o/n/pulls", &[ok(&json!([closed]))])
            .with("GET /repos/o/n/issues/1", &[issue])
            .start();
        let [head, base] = ["release", "main"].map(BranchName::new);
        let found = open(&server).change_requests(&head, &base).await.expect("it is found");
        assert_eq!(found[0].closed_by.as_deref(), expected);
    }
}

#[tokio::test]
async fn what_is_not_open_is_left_alone() {
    let mut merged = pull(1, "Release");
    (merged["state"], merged["merged_at"]) = (json!("closed"), json!("2026-10-21T07:28:00Z"));
    let server = Script::new().with("GET /repos/o/n/pulls/1", &[ok(&merged)]).start();
    let github = open(&server);
    let auto_merge = AutoMergeRequest::new(1, CommitId::new("abc"), Default::default());
    let errors = [
        refused(github.close_change_request(1).await),
        refused(github.ask(&AskRequest::new(1, vec!["ana".to_owned()])).await),
        refused(github.auto_merge(&auto_merge).await),
    ];
    assert!(errors.iter().all(|error| error.code().as_str() == "RK-FORGE-NOT-OPEN"), "{errors:?}");
}

/// What comes of a mutation, by what GraphQL says.
#[tokio::test]
async fn what_graphql_says_is_told_apart() {
    let error = |kind: &str, message: &str| json!({"data": null, "errors": [{"type": kind, "message": message}]});
    let cases = [
        (error("UNPROCESSABLE", "Auto merge is not allowed here"), "RK-FORGE-MERGE-REFUSED", ErrorKind::Precondition),
        (error("UNPROCESSABLE", "Pull request is in clean status"), "RK-FORGE-MERGE-REFUSED", ErrorKind::Precondition),
        (error("FORBIDDEN", "Resource not accessible by integration"), "RK-FORGE-RIGHT-MISSING", ErrorKind::Forbidden),
        (json!({"errors": [{"message": "Something went wrong"}]}), "RK-FORGE-UNCLEAR", ErrorKind::Transient),
        (
            json!({"errors": [{"message": "no such field", "extensions": {"code": "undefinedField"}}]}),
            "RK-FORGE-MERGE-REFUSED",
            ErrorKind::Precondition,
        ),
    ];
    for (body, code, kind) in cases {
        let script = Script::new().with("GET /repos/o/n/pulls/1", &[ok(&pull(1, "Release"))]);
        let server = script.with("POST /api/graphql", &[ok(&body)]).start();
        let wanted = AutoMergeRequest::new(1, CommitId::new("abc"), Default::default());
        let error = open(&server).auto_merge(&wanted).await.value().expect_err("it fails");
        assert_eq!((error.code().as_str(), error.kind(), sent(&server, "POST")), (code, kind, 1), "{body}");
        let is_mendable = body.to_string().contains("not allowed");
        assert_eq!(error.help().is_some_and(|help| help.contains("allow auto-merge")), is_mendable, "{body}");
    }
}

fn commit(message: &str) -> ForgeCommitRequest {
    let path = RepoPath::new("a.txt").expect("a path");
    ForgeCommitRequest::new(
        BranchName::new("release"),
        CommitId::new("abc"),
        vec![FileEdit::write(path, "new")],
        message,
    )
}

#[tokio::test]
async fn a_branch_that_moved_gets_no_commit() {
    let at = |sha: &str| json!({"ref": "refs/heads/release", "object": {"sha": sha}});
    let stale = json!({"data": null, "errors": [{"type": "STALE_DATA", "message": "Expected branch to point to abc"}]});
    let script = Script::new().with("GET /repos/o/n/contents/a.txt", &[ok(&json!("old"))]);
    let before = script.clone().with("GET /repos/o/n/git/ref/heads%2Frelease", &[ok(&at("def"))]).start();
    let other = json!({"commit": {"message": "theirs"}, "parents": [{"sha": "abc"}], "files": []});
    let between = script.with("GET /repos/o/n/git/ref/heads%2Frelease", &[ok(&at("abc"))]);
    let between =
        between.with("GET /repos/o/n/commits/def", &[ok(&other)]).with("POST /api/graphql", &[ok(&stale)]).start();
    for server in [before, between] {
        let error = refused(open(&server).commit(&commit("subject\n\nbody")).await);
        assert_eq!((error.code().as_str(), error.kind()), ("RK-FORGE-COMMIT-REFUSED", ErrorKind::Precondition));
    }
}

#[tokio::test]
async fn a_mark_in_a_comment_of_just_anybody_is_none() {
    let comment = |id: u64, association: &str, kind: &str| {
        let user = json!({"login": "x", "type": kind});
        json!({"id": id, "body": "<!-- m -->\ntext", "author_association": association, "user": user})
    };
    let others = [comment(1, "NONE", "User"), comment(2, "CONTRIBUTOR", "User")];
    for (last, expected) in [
        (comment(3, "FIRST_TIMER", "User"), None),
        (comment(4, "COLLABORATOR", "User"), Some(4)),
        (comment(5, "NONE", "Bot"), Some(5)),
    ] {
        let comments = json!([others[0], others[1], last]);
        let server = Script::new().with("GET /repos/o/n/issues/7/comments", &[ok(&comments)]).start();
        let found = open(&server).comment(7, "m").await.expect("they are listed");
        assert_eq!(found.map(|comment| comment.id), expected);
    }
}

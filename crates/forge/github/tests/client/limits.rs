//! Limits that GitHub tells of, and the pause between changes.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use releasekit_core::forge::Written;
use releasekit_core::{Diagnostic, ErrorKind, Forge};
use releasekit_github::GitHub;
use releasekit_testkit::scripted::Server;
use serde_json::json;

use crate::script::{Script, answer, context, lines, ok, open, pull, repository, sent, site, wanted, with_token};

const DATE: &str = "Date: Wed, 21 Oct 2026 07:28:00 GMT\r\n";

/// The same time, as limits name it.
const RESET: &str = "x-ratelimit-remaining: 0\r\nx-ratelimit-reset: 1792567680\r\n";

#[tokio::test]
async fn what_is_refused_for_being_too_fast_is_asked_again_when_it_may_be() {
    let slow = json!({"message": "You have exceeded a secondary rate limit"});
    let cases = [
        (429, "Retry-After: 0\r\n".to_owned()),
        (403, "Retry-After: 0\r\n".to_owned()),
        (403, format!("{DATE}{RESET}")),
    ];
    for (status, headers) in cases {
        let limited = answer(status, &headers, &slow);
        let server = Script::new().with("GET /repos/o/n", &[limited, ok(&repository())]).start();
        open(&server).repository().await.expect("the second time it answers");
        assert_eq!(server.asked().len(), 2, "{headers}");
    }
}

#[tokio::test]
async fn a_wait_is_shown_and_a_change_is_made_once_after_it() {
    let limited = answer(403, &format!("{DATE}{RESET}"), &json!({"message": "API rate limit exceeded"}));
    let script = Script::new().with("GET /repos/o/n/pulls", &[ok(&json!([]))]);
    let server = script.with("POST /repos/o/n/pulls", &[limited, answer(201, "", &pull(1, "Release"))]).start();
    let (context, told) = context(with_token());
    let github = GitHub::open(&context, &site(&server.url)).expect("it opens");
    let written = github.upsert_change_request(&wanted()).await;
    assert!(matches!(written, Written::Created(_)), "{written:?}");
    assert_eq!(sent(&server, "POST"), 2);
    assert!(told.all().contains("waits for "), "{}", told.all());
}

#[tokio::test]
async fn a_wait_that_is_too_long_is_named_and_nothing_more_is_asked() {
    let hour = format!("{DATE}x-ratelimit-remaining: 0\r\nx-ratelimit-reset: {}\r\n", 1_792_567_680 + 3600);
    let cases = [
        (403, hour.as_str(), "API rate limit exceeded", 3601),
        (429, "Retry-After: 900\r\n", "", 900),
        // Longer than a clock can count.
        (429, "Retry-After: 18446744073709551615\r\n", "", 31_536_000),
        (403, "", "You have exceeded a secondary rate limit. Please wait a few minutes", 60),
    ];
    for (status, headers, message, seconds) in cases {
        let server =
            Script::new().with("GET /repos/o/n", &[answer(status, headers, &json!({"message": message}))]).start();
        let github = open(&server);
        for _ in 0..2 {
            let error = github.repository().await.expect_err("that is too long");
            assert_eq!((error.code().as_str(), error.kind()), ("RK-FORGE-RATE-LIMITED", ErrorKind::RateLimited));
            let wait = error.retry_after().expect("it says how long");
            assert!(wait <= Duration::from_secs(seconds) && wait > Duration::from_secs(seconds - 5), "{wait:?}");
        }
        assert_eq!(server.asked().len(), 1, "{headers}");
    }
}

/// The last answer that was allowed says so, and the one after it is not even tried.
#[tokio::test]
async fn what_is_used_up_is_known_before_it_is_refused() {
    let hour = format!("{DATE}x-ratelimit-remaining: 0\r\nx-ratelimit-reset: {}\r\n", 1_792_567_680 + 3600);
    let server = Script::new().with("GET /repos/o/n", &[answer(200, &hour, &repository())]).start();
    let Written::Refused(error) = open(&server).upsert_change_request(&wanted()).await else {
        unreachable!("nothing may be asked any more")
    };
    assert_eq!((error.code().as_str(), server.asked().len()), ("RK-FORGE-RATE-LIMITED", 1));
}

#[tokio::test]
async fn graphql_says_it_with_a_status_of_success() {
    let slow = json!({"data": null, "errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]});
    let script = Script::new().with("GET /repos/o/n/pulls/1", &[ok(&pull(1, "Release"))]);
    let server = script.with("POST /api/graphql", &[ok(&slow)]).start();
    let wanted = releasekit_core::forge::AutoMergeRequest::new(
        1,
        releasekit_core::model::CommitId::new("abc"),
        Default::default(),
    );
    let Written::Refused(error) = open(&server).auto_merge(&wanted).await else { unreachable!("it is too fast") };
    assert_eq!((error.code().as_str(), sent(&server, "POST")), ("RK-FORGE-RATE-LIMITED", 1));
}

#[tokio::test]
async fn changes_go_one_after_another_with_a_pause_between() {
    const PAUSE: Duration = Duration::from_millis(200);
    let times: &'static Mutex<Vec<Instant>> = Box::leak(Box::default());
    let server = Server::start(move |request, _| match request.split(' ').next() {
        Some("PATCH") => {
            times.lock().expect("no test panics here").push(Instant::now());
            ok(&pull(1, "Release"))
        }
        _ if request.contains("/reviews") => ok(&json!([])),
        _ if request.contains("/pulls") => ok(&json!([pull(1, "old")])),
        _ => ok(&repository()),
    });
    let github = GitHub::with_pause(&context(with_token()).0, &site(&server.url), PAUSE).expect("it opens");
    let request = wanted();
    let both = tokio::join!(github.upsert_change_request(&request), github.upsert_change_request(&request));
    assert!(matches!(both, (Written::Updated(_), Written::Updated(_))), "{both:?}");
    let times = times.lock().expect("no test panics here");
    assert!(times.len() == 2 && times[1] - times[0] >= PAUSE, "{:?}", lines(&server));
}

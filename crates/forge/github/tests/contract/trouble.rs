//! Whatever goes wrong during a release, the next run ends it, with the same in the end and nothing twice.

use std::future::Future;

use libtest_mimic::{Failed, Trial};
use releasekit_core::forge::{ReleaseUpsert, Written};
use releasekit_core::model::TagName;
use releasekit_core::{BackendError, Diagnostic, ErrorKind, Forge};
use releasekit_github::{ENDPOINTS, Endpoint};
use releasekit_rehearsal::github::Level;
use releasekit_rehearsal::{Fault, On};
use serde_json::Value;

use crate::cycle::{Cycle, documented};

/// How many requests of a release change something.
const WRITES: usize = 11;

/// A fault of each change, and whether the run goes on as if nothing were.
const FAULTS: &[(&str, Fault, bool)] = &[
    ("a_lost_reply", Fault::LoseReply, false),
    ("a_502", Fault::Status(502), false),
    ("being_too_fast", Fault::RateLimit(0), true),
];

pub(crate) fn trials() -> Vec<Trial> {
    let faults = FAULTS.iter().map(|(name, fault, goes_on)| {
        trial(&format!("{name}_of_each_change_is_survived"), || each_change(fault, *goes_on))
    });
    let rest = [
        trial("nothing_is_asked_that_the_table_does_not_list", all_is_listed),
        trial("a_second_run_changes_nothing", a_second_run),
        trial("a_token_that_expires_half_way_is_named_and_the_next_one_goes_on", expiry),
        trial("a_right_that_is_missing_is_named", missing_rights),
        trial("half_a_file_that_came_after_the_look_is_replaced", half_a_file),
    ];
    faults.chain(rest).collect()
}

fn trial<F: Future<Output = ()>>(name: &str, run: impl FnOnce() -> F + Send + 'static) -> Trial {
    Trial::test(format!("trouble::{name}"), move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.map_err(|error| Failed::from(error.to_string()))?.block_on(run());
        Ok(())
    })
}

/// What a release comes to where nothing goes wrong, and after how many requests.
async fn untroubled() -> (Value, usize) {
    let cycle = Cycle::new();
    cycle.run(&cycle.open(documented())).await.expect("nothing goes wrong");
    assert_eq!(cycle.server.changes(), WRITES, "the faults befall each change");
    (cycle.state(), cycle.server.requests().len())
}

async fn each_change(fault: &Fault, goes_on: bool) {
    let (expected, _) = untroubled().await;
    for number in 1..=WRITES {
        let cycle = Cycle::new();
        cycle.server.faults().once(On::Write(number), fault.clone());
        let github = cycle.open(documented());
        let first = cycle.run(&github).await;
        match first {
            Ok(()) => assert!(goes_on, "change {number} was not missed"),
            Err(error) => {
                assert!(!goes_on && error.kind() == ErrorKind::Transient, "change {number}: {error}");
                cycle.run(&github).await.expect("the next run goes on");
            }
        }
        assert_eq!(cycle.state(), expected, "change {number}");
    }
}

async fn a_second_run() {
    let cycle = Cycle::new();
    let github = cycle.open(documented());
    cycle.run(&github).await.expect("nothing goes wrong");
    let before = cycle.server.changes();
    cycle.run(&cycle.open(documented())).await.expect("all is there");
    assert_eq!(cycle.server.changes(), before);
}

/// Whether a request is one of an operation, with anything in the place of the parts of its path.
pub(crate) fn is_of(endpoint: &Endpoint, method: &str, path: &str) -> bool {
    let path = path.strip_prefix("/api/v3").or_else(|| path.strip_prefix("/api")).unwrap_or(path);
    let (known, asked) = (endpoint.path.split('/'), path.split('/'));
    endpoint.method.as_str() == method
        && known.clone().count() == asked.clone().count()
        && known.zip(asked).all(|(known, asked)| fits(known, asked))
}

fn fits(known: &str, asked: &str) -> bool {
    let is_number = known.ends_with("_id}") || known.ends_with("number}");
    known == asked || known.starts_with('{') && (!is_number || asked.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Nor does the token go where files are fetched from.
async fn all_is_listed() {
    let cycle = Cycle::new();
    let github = cycle.open(documented());
    cycle.run(&github).await.expect("nothing goes wrong");
    cycle.rest(&github).await.expect("nothing goes wrong");
    let again = github.commit(&cycle.signed()).await;
    assert!(matches!(again, Written::Unchanged(_)), "the bytes of a file are read as they are: {again:?}");
    let requests = cycle.server.requests();
    let strays: Vec<_> = requests
        .iter()
        .filter(|request| !ENDPOINTS.iter().any(|endpoint| is_of(endpoint, &request.method, &request.path)))
        .collect();
    assert!(strays.is_empty(), "{strays:?}");
    assert!(requests.iter().all(|request| request.authorized), "{requests:?}");
    assert_eq!(cycle.repository.made_tags(), [""; 0], "a tag is pushed, never made");
}

async fn expiry() {
    let (expected, all) = untroubled().await;
    for requests in (1..all).step_by(all / 4) {
        let cycle = Cycle::new();
        let error = cycle.run(&cycle.open(documented().with_requests(requests))).await;
        let error = error.expect_err("a release takes more requests");
        assert_eq!((error.code().as_str(), error.kind()), ("RK-FORGE-TOKEN-REFUSED", ErrorKind::Unauthenticated));
        cycle.run(&cycle.open(documented())).await.expect("the next token goes on");
        assert_eq!(cycle.state(), expected, "{requests} requests");
    }
}

async fn refused_without(permission: &str, level: Option<Level>) -> BackendError {
    let cycle = Cycle::new();
    let grant = documented().without(permission);
    let grant = level.into_iter().fold(grant, |grant, level| grant.with(permission, level));
    cycle.run(&cycle.open(grant)).await.expect_err("a right is missing")
}

async fn missing_rights() {
    for (permission, needed) in [("pull_requests", "pull_requests=write"), ("contents", "contents=write")] {
        let error = refused_without(permission, Some(Level::Read)).await;
        assert_eq!((error.code().as_str(), error.kind()), ("RK-FORGE-RIGHT-MISSING", ErrorKind::Forbidden));
        assert!(error.help().is_some_and(|help| help.contains(needed)), "{:?}", error.help());
    }
}

async fn half_a_file() {
    let cycle = Cycle::new();
    let (github, tag) = (cycle.open(documented()), TagName::new("v1"));
    cycle.repository.tag("v1", "main").expect("a tag can be pushed");
    github.upsert_release(&ReleaseUpsert::new(tag.clone(), "v1", "").with_draft()).await.value().expect("it is made");
    cycle.repository.half_upload("v1", "a-1.whl");
    let uploaded = github.upload_asset(&cycle.asset(&tag)).await;
    assert!(matches!(uploaded, Written::Updated(_)), "{uploaded:?}");
    let again = github.upload_asset(&cycle.asset(&tag)).await;
    assert!(matches!(again, Written::Unchanged(_)), "{again:?}");
}

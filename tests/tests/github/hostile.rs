//! What people without rights, servers and networks do to a release: nobody learns the token, nothing is taken for what it is
//! not, and what ends half way is completed by the next run.

use std::time::Duration;

use releasekit_core::forge::MergeMethod;
use releasekit_e2e::worlds::uv::Uv;
use releasekit_e2e::{Hub, Journey, Role, Scene};
use releasekit_rehearsal::github::Grant;
use releasekit_rehearsal::{Fault, On};
use releasekit_testkit::{Ran, run};

const PULLS: &str = "/repos/{owner}/{repo}/pulls";

/// A pair with a fix on a forge; `root` begins the configuration, and `tables` end it.
fn begun(root: &str, tables: &str, subjects: &[&str]) -> Option<(Journey, Hub)> {
    let scene = Scene::new(&Uv, &super::tools()?, crate::binary());
    let (journey, _registry) = Journey::with_fix(&scene);
    journey.configure_around(root, tables);
    for subject in subjects {
        journey.change(Role::Base, subject);
    }
    let hub = Hub::start();
    let journey = journey.on_forge(&hub);
    Some((journey, hub))
}

#[track_caller]
fn ends(ran: &Ran, code: i32) {
    assert_eq!(ran.code, Some(code), "{ran}");
}

/// Runs a command that finds everything as it should be.
#[track_caller]
fn unchanged(journey: &Journey, hub: &Hub, args: &[&str]) {
    let (changes, pulls) = (hub.server().changes(), hub.repository().pulls());
    ends(&run(&mut journey.command(args)), 0);
    assert_eq!((hub.server().changes(), hub.repository().pulls()), (changes, pulls), "{args:?}");
}

fn body(hub: &Hub, number: u64) -> String {
    hub.repository().pull(number).expect("it is there")["body"].as_str().unwrap_or_default().to_owned()
}

fn merged(journey: &Journey, hub: &Hub) {
    hub.merge(journey.sandbox(), 1, MergeMethod::Squash);
}

#[track_caller]
fn gets_no_token(forge: &str) {
    let table = format!("\n[forge]\nkind = \"github\"\nowner = \"ada\"\nname = \"tools\"\n{forge}");
    let Some((journey, _hub)) = begun("", &table, &[]) else { return };
    let ran = journey.releasekit(["prepare"]);
    assert!(ran.code == Some(6) && ran.stderr.contains("RK-FORGE-HOST-UNKNOWN"), "{ran}");
}

#[test]
fn a_name_that_begins_as_this_machine_gets_no_token() {
    gets_no_token("url = \"http://127.evil.invalid\"\n");
}

/// There a host ends, so `https://dev\.ghe.com` would ask `dev`.
#[test]
fn a_host_before_a_backslash_gets_no_token() {
    gets_no_token("url = \"https://github.com\"\napi_url = 'https://evil.invalid\\.ghe.com'\n");
}

#[test]
fn another_host_that_the_api_leads_to_gets_nothing() {
    let Some((journey, hub)) = begun("", "", &[]) else { return };
    let other = Hub::start();
    for path in ["/repos/{owner}/{repo}", PULLS] {
        let elsewhere = Fault::Redirect(format!("{}/repos/ada/tools", other.server().api_url()));
        hub.server().faults().clear();
        hub.server().faults().always(On::Call("GET", path), elsewhere);
        ends(&journey.releasekit(["prepare"]), 1);
        assert_eq!(journey.branch_tip(), None);
    }
    assert_eq!(other.server().requests().len(), 0);
}

#[test]
fn a_token_that_no_header_takes_is_not_shown() {
    let Some((journey, hub)) = begun("", "", &[]) else { return };
    for token in ["canary\u{1}canary", "canary\ncanary"] {
        let ran = run(journey.command(["prepare", "-v"]).env("GITHUB_TOKEN", token));
        assert!(ran.code != Some(70) && !ran.success(), "{ran}");
        assert!(!format!("{}{}", ran.stdout, ran.stderr).contains("canary"), "{ran}");
    }
    assert_eq!(hub.repository().pulls(), 0);
}

#[test]
fn a_token_that_expires_at_any_time_ends_with_6_and_the_next_run_completes_the_rest() {
    let Some((journey, hub)) = begun("", "\n[pull_request]\nlabels = [\"rel % é / #\"]\n", &[]) else { return };
    let tried = |requests| {
        let token = hub.server().grant(Grant::maintainer("ada").with_requests(requests));
        run(journey.command(["prepare"]).env("GITHUB_TOKEN", token))
    };
    let failed: Vec<Ran> = (0..30).map(tried).take_while(|ran| !ran.success()).collect();
    assert!((2..30).contains(&failed.len()), "{failed:#?}");
    failed.iter().for_each(|ran| ends(ran, 6));
    unchanged(&journey, &hub, &["prepare"]);
    assert_eq!(hub.repository().pulls(), 1);
}

#[test]
fn a_limit_for_longer_than_any_clock_counts_ends_with_7() {
    let Some((journey, hub)) = begun("", "", &[]) else { return };
    for seconds in [7_200, u64::MAX] {
        hub.server().faults().once(On::Call("POST", PULLS), Fault::RateLimit(seconds));
        ends(&journey.releasekit(["prepare"]), 7);
        assert!(journey.branch_tip().is_some());
    }
    ends(&journey.releasekit(["prepare"]), 0);
    assert_eq!(hub.repository().pulls(), 1);
}

#[test]
fn an_answer_without_end_ends_and_nothing_is_pushed() {
    for (fault, code) in [(Fault::Endless, 1), (Fault::Drip(Duration::from_millis(300)), 7)] {
        let Some((journey, hub)) = begun("", "", &[]) else { return };
        hub.server().faults().always(On::Call("GET", PULLS), fault);
        ends(&journey.releasekit(["prepare"]), code);
        assert_eq!(journey.branch_tip(), None);
    }
}

#[test]
fn a_mark_that_somebody_else_wrote_does_not_make_a_closed_request_ours() {
    let Some((journey, hub)) = begun("", "", &[]) else { return };
    ends(&journey.releasekit(["prepare"]), 0);
    let head = journey.branch_tip().expect("it was pushed");
    hub.repository().close(1, "ada");
    hub.repository().comment(1, "mallory", &format!("<!-- releasekit:closed/{head} -->\nhello"));
    unchanged(&journey, &hub, &["prepare"]);
}

#[test]
fn a_fork_with_our_names_and_marks_is_left_alone() {
    let Some((journey, hub)) = begun("", "", &[]) else { return };
    let fork = hub.repository().fork("mallory").expect("a fork");
    fork.commit("releasekit--release--main", "evil.txt", "x").expect("a commit");
    hub.repository().open(&fork, "releasekit--release--main", "chore(release): release 2 packages").expect("a request");
    let text = "<!-- releasekit:begin -->\nold\n<!-- releasekit:end -->";
    hub.repository().set_body(1, text);
    ends(&journey.releasekit(["prepare"]), 0);
    assert_eq!((hub.repository().pulls(), body(&hub, 1).as_str()), (2, text));
    unchanged(&journey, &hub, &["prepare"]);
}

/// A text as long as the forge takes it may be longer as it is counted here.
#[test]
fn a_text_without_room_for_ours_is_left_alone() {
    let Some((journey, hub)) = begun("", "", &[]) else { return };
    ends(&journey.releasekit(["prepare"]), 0);
    let text = "🦀".repeat(40_000);
    hub.repository().set_body(1, &text);
    journey.change(Role::Top, "feat(top): more");
    journey.sandbox().push();
    ends(&journey.releasekit(["prepare"]), 0);
    assert_eq!(body(&hub, 1), text);
}

#[test]
fn subjects_end_no_part_of_a_request_and_hide_nothing_of_a_release() {
    let subjects = [
        "fix(base): a </DETAILS> b",
        "fix(base): c \\</details> d",
        "fix(base): e \\<!-- f",
        "fix(base): @everyone #1 | g `h",
        "fix(base): # 0.1.1",
        "fix(base): ## 9.9.9 (2026-01-01)",
        "fix(base): ``` i",
        "fix(base): <details open> j",
        "fix(base): last",
    ];
    let Some((journey, hub)) = begun("", "", &subjects) else { return };
    ends(&journey.releasekit(["prepare"]), 0);
    let text = body(&hub, 1).to_lowercase();
    assert_eq!([text.matches("<details").count(), text.matches("</details").count()], [2, 2], "{text}");
    assert_eq!(text.matches("<!--").count(), 2, "{text}");
    unchanged(&journey, &hub, &["prepare"]);
    merged(&journey, &hub);
    ends(&journey.releasekit(["release", "--yes"]), 0);
    let notes = hub.repository().releases()[0]["body"].to_string();
    assert!(notes.contains("count from zero") && notes.contains("last"), "{notes}");
    unchanged(&journey, &hub, &["release", "--yes"]);
}

#[test]
fn a_base_may_have_any_name() {
    let name = "rel%2F#ü&x=1+(to)";
    let Some((journey, hub)) = begun(&format!("default_branch = \"{name}\"\n"), "", &[]) else { return };
    journey.sandbox().git(["checkout", "--quiet", "-b", name]);
    journey.sandbox().git(["push", "--quiet", "origin", name]);
    ends(&journey.releasekit(["prepare"]), 0);
    assert_eq!(hub.repository().pulls(), 1);
    unchanged(&journey, &hub, &["prepare"]);
    hub.repository().close(1, "ada");
    unchanged(&journey, &hub, &["prepare"]);
}

#[test]
fn a_tag_may_have_any_name() {
    let Some((journey, hub)) = begun("tag_format = \"{name}#v%{version}+ü(\"\n", "", &[]) else { return };
    for name in ["duo-base", "duo-top"] {
        journey.sandbox().git(["tag", &format!("{name}#v%0.1.0+ü("), &format!("{name}-v0.1.0")]);
    }
    journey.sandbox().git(["push", "--quiet", "--tags", "origin", "main"]);
    ends(&journey.releasekit(["prepare"]), 0);
    merged(&journey, &hub);
    ends(&journey.releasekit(["release", "--yes"]), 0);
    ends(&journey.releasekit(["publish", "--yes"]), 0);
    unchanged(&journey, &hub, &["release", "--yes"]);
    assert_eq!((hub.repository().releases().len(), hub.repository().made_tags().len()), (2, 0));
}

#[test]
fn a_repository_that_is_renamed_half_way_is_the_same() {
    let Some((journey, hub)) = begun("", "", &[]) else { return };
    ends(&journey.releasekit(["prepare"]), 0);
    hub.repository().rename("gears");
    journey.change(Role::Top, "feat(top): more");
    journey.sandbox().push();
    ends(&journey.releasekit(["prepare"]), 0);
    assert_eq!(hub.repository().pulls(), 1);
    merged(&journey, &hub);
    ends(&journey.releasekit(["release", "--yes"]), 0);
    ends(&journey.releasekit(["publish", "--yes"]), 0);
    unchanged(&journey, &hub, &["publish", "--yes"]);
}

/// One of two, and both, to a commit that nobody has reviewed.
#[test]
fn tags_that_are_moved_before_publish_publish_nothing() {
    for moved in [&["duo-base"][..], &["duo-base", "duo-top"]] {
        let Some((journey, hub)) = begun("", "", &[]) else { return };
        ends(&journey.releasekit(["prepare"]), 0);
        merged(&journey, &hub);
        ends(&journey.releasekit(["release", "--yes"]), 0);
        let evil = hub.repository().commit("evil", "packages/base/src/duo_base/evil.py", "import os\n");
        let evil = evil.expect("a commit");
        for name in moved {
            hub.repository().tag(&format!("{name}-v0.1.1"), &evil).expect("a tag");
        }
        let stored = journey.registry().stored().len();
        let elsewhere = journey.clone("elsewhere", &[]);
        ends(&journey.releasekit(["publish", "--yes"]), 1);
        ends(&journey.releasekit_in(&elsewhere, ["publish", "--yes"]), 1);
        assert_eq!(journey.registry().stored().len(), stored);
    }
}

/// A server that fails has done what it was asked for all the same: it is looked at, and nothing is done twice.
#[test]
fn a_502_that_did_what_was_asked_is_found_out() {
    let Some((journey, hub)) = begun("publish_from = \"ci\"\n", "", &[]) else { return };
    let fails = |method, path| hub.server().faults().once(On::Call(method, path), Fault::LongReply(502, 100));
    fails("POST", PULLS);
    fails("POST", "/repos/{owner}/{repo}/issues/{issue_number}/labels");
    ends(&journey.releasekit(["prepare"]), 0);
    unchanged(&journey, &hub, &["prepare"]);
    assert_eq!(hub.repository().pulls(), 1);
    merged(&journey, &hub);
    fails("POST", "/repos/{owner}/{repo}/releases");
    hub.server().faults().once(On::File("duo_base-0.1.1.tar.gz".to_owned()), Fault::LongReply(502, 100));
    hub.server().faults().once(On::File("duo_top-0.1.1.tar.gz".to_owned()), Fault::StoreHalf);
    ends(&journey.releasekit(["release", "--yes"]), 0);
    unchanged(&journey, &hub, &["release", "--yes"]);
    fails("PATCH", "/repos/{owner}/{repo}/releases/{release_id}");
    ends(&journey.releasekit(["publish", "--yes"]), 0);
    unchanged(&journey, &hub, &["publish", "--yes"]);
    let releases = hub.repository().releases();
    let is_whole = |release: &serde_json::Value| {
        let assets = release["assets"].as_array().map_or(0, Vec::len);
        release["draft"] == false && assets == 3
    };
    assert!(releases.len() == 2 && releases.iter().all(is_whole), "{releases:#?}");
}

#[test]
fn marks_that_people_quote_in_code_are_theirs() {
    let Some((journey, hub)) = begun("", "", &[]) else { return };
    ends(&journey.releasekit(["prepare"]), 0);
    let quoted = "Never edit between\n```\n<!-- releasekit:begin -->\n<!-- releasekit:end -->\n```\n\n";
    hub.repository().set_body(1, &format!("{quoted}{}", body(&hub, 1)));
    journey.change(Role::Top, "feat(top): more");
    journey.sandbox().push();
    ends(&journey.releasekit(["prepare"]), 0);
    assert!(body(&hub, 1).starts_with(quoted), "{}", body(&hub, 1));
}

/// The name of a branch is no pattern.
#[test]
fn a_base_may_have_braces() {
    let name = "rel{to}";
    let Some((journey, hub)) = begun(&format!("default_branch = \"{name}\"\n"), "", &[]) else { return };
    journey.sandbox().git(["checkout", "--quiet", "-b", name]);
    journey.sandbox().git(["push", "--quiet", "origin", name]);
    ends(&journey.releasekit(["prepare"]), 0);
    assert_eq!(hub.repository().pulls(), 1);
}

#[test]
fn a_token_that_no_header_takes_is_a_credential_that_is_wrong() {
    let Some((journey, _hub)) = begun("", "", &[]) else { return };
    ends(&run(journey.command(["prepare"]).env("GITHUB_TOKEN", "canary\ncanary")), 6);
}

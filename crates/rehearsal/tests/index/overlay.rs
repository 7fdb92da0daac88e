//! An index in front of another.

use releasekit_core::Environment;
use releasekit_rehearsal::pypi::{Fault, On, Options, Pages, Server};
use releasekit_testkit::{get, sha256};
use serde_json::json;

use crate::artifact::wheel;
use crate::client::{listed, page, upload};

fn behind(pages: Pages) -> Server {
    Server::start(Options::default().with_pages(pages)).expect("loopback has a free port")
}

fn before(server: &Server) -> Server {
    let options = Options::default().with_upstream(server.simple_url(), Environment::new());
    Server::start(options).expect("loopback has a free port")
}

#[test]
fn a_json_page_from_behind_has_links_that_lead_there() {
    let (name, bytes) = wheel("1.0", "behind");
    let behind = behind(Pages::Full);
    behind.put(&name, bytes.clone()).expect("memory takes everything");
    let before = before(&behind);
    let passed = page(&before, "demo-lib").expect("it is behind");
    let mut expected = page(&behind, "demo-lib").expect("it is there");
    let url = format!("{}/files/demo-lib/{name}", behind.url());
    assert_eq!(get(&url, &[]).expect("it answers").ok().body, bytes);
    expected["files"][0]["url"] = json!(url);
    assert_eq!(passed, expected);
    assert_eq!(page(&before, "nobody"), None);
    assert!(before.stored().is_empty());
}

#[test]
fn an_html_page_from_behind_says_where_its_links_start() {
    let (name, bytes) = wheel("1.0", "behind");
    let behind = behind(Pages::Html);
    behind.put(&name, bytes).expect("memory takes everything");
    let before = before(&behind);
    let page = |server: &Server| get(&format!("{}demo-lib/", server.simple_url()), &[]).expect("it answers").ok();
    let (passed, own) = (page(&before), page(&behind));
    let base = format!("<head><base href=\"{}demo-lib/\">", behind.simple_url());
    assert_eq!(passed.text(), own.text().replace("<head>", &base));
    assert!(passed.head.contains("content-type: text/html"), "{}", passed.head);
}

#[test]
fn what_is_known_hides_what_is_behind() {
    let behind = behind(Pages::Full);
    let (older, newer) = (wheel("1.0", "behind"), wheel("2.0", "before"));
    behind.put(&older.0, older.1).expect("memory takes everything");
    let before = before(&behind);
    assert_eq!(listed(&before).len(), 1);
    upload(&before, "2.0", &newer).expect("it answers").ok();
    assert_eq!(listed(&before), [(newer.0, sha256(&newer.1))]);
    assert!(behind.writes().is_empty());
}

#[test]
fn an_index_behind_that_fails_is_not_an_absent_project() {
    let behind = behind(Pages::Full);
    let before = before(&behind);
    let url = format!("{}demo-lib/", before.simple_url());
    behind.faults().always(On::Page("demo-lib".to_owned()), Fault::Status(403));
    assert_eq!(get(&url, &[]).expect("it answers").status, 502);
    drop(behind);
    assert_eq!(get(&url, &[]).expect("it answers").status, 502);
}

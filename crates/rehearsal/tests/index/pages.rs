//! The simple index and the JSON API, as clients read them.

use std::time::{Duration, SystemTime};

use releasekit_rehearsal::pypi::{Options, Pages, Server};
use releasekit_testkit::{get, sha256};
use serde_json::{Value, json};

use crate::artifact::{sdist, wheel};
use crate::client::{page, upload};

/// 2026-01-01T00:00:00.5Z
fn clock() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(1_767_225_600_500)
}

fn start(pages: Pages) -> Server {
    let mut options = Options::default().with_pages(pages);
    options.clock = clock;
    let server = Server::start(options).expect("loopback has a free port");
    for (version, file) in [("1.0", wheel("1.0", "one")), ("1.0", sdist("1.0")), ("2.0rc1", wheel("2.0rc1", "two"))] {
        upload(&server, version, &file).expect("it answers").ok();
    }
    server
}

#[test]
fn a_json_page_says_what_pypi_says() {
    let server = start(Pages::Full);
    let page = page(&server, "demo-lib").expect("the project is there");
    assert_eq!(page["meta"], json!({ "api-version": "1.1" }));
    assert_eq!((&page["name"], &page["versions"]), (&json!("demo-lib"), &json!(["1.0", "2.0rc1"])));
    let (name, bytes) = wheel("1.0", "one");
    let expected = json!({
        "filename": name,
        "url": format!("../../files/demo-lib/{name}"),
        "hashes": { "sha256": sha256(&bytes) },
        "size": bytes.len(),
        "upload-time": "2026-01-01T00:00:00.500000Z",
        "requires-python": ">=3.8",
        "yanked": false,
    });
    assert_eq!(page["files"][0], expected);
}

#[test]
fn an_html_page_has_a_link_for_each_file() {
    let (name, bytes) = wheel("1.0", "one");
    for (pages, fragment) in
        [(Pages::Html, format!("#sha256={}", sha256(&bytes))), (Pages::HtmlWithoutDigests, String::new())]
    {
        let server = start(pages);
        let json = ("Accept", "application/vnd.pypi.simple.v1+json");
        let answer = get(&format!("{}demo-lib/", server.simple_url()), &[json]).expect("it answers").ok();
        assert!(answer.head.contains("content-type: text/html"), "{}", answer.head);
        let requires = "data-requires-python=\"&gt;=3.8\"";
        let link = format!("<a href=\"../../files/demo-lib/{name}{fragment}\" {requires}>{name}</a>");
        assert!(answer.text().contains(&link), "{}", answer.text());
        assert_eq!(answer.text().matches("<a ").count(), 3);
    }
}

#[test]
fn the_form_of_a_page_follows_what_is_accepted() {
    let server = start(Pages::Full);
    let (json, html) = ("application/vnd.pypi.simple.v1+json", "text/html");
    let cases = [
        (json.to_owned(), true),
        (format!("{json}, {html};q=0.1"), true),
        (format!("{json};q=0.1, {html}"), false),
        (format!("{json};q=0, {html};q=0.1"), false),
        ("application/vnd.pypi.simple.latest+json".to_owned(), true),
        ("*/*".to_owned(), false),
        (html.to_owned(), false),
    ];
    for (accept, expected) in cases {
        for url in [server.simple_url(), format!("{}demo-lib/", server.simple_url())] {
            let answer = get(&url, &[("Accept", &accept)]).expect("it answers").ok();
            assert_eq!(answer.head.contains(&format!("content-type: {json}")), expected, "{accept}: {}", answer.head);
        }
    }
}

#[test]
fn other_spellings_of_a_name_are_redirected() {
    let server = start(Pages::Full);
    for path in ["Demo.Lib/", "demo__lib/", "demo-lib", "Demo_Lib"] {
        let answer = get(&format!("{}{path}", server.simple_url()), &[]).expect("it answers");
        assert_eq!(answer.status, 308, "{path}");
        assert!(answer.head.contains("location: /simple/demo-lib/"), "{}", answer.head);
    }
    assert_eq!(page(&server, "nobody"), None);
    assert_eq!(get(&format!("{}/files/demo-lib/none.whl", server.url()), &[]).expect("it answers").status, 404);
}

#[test]
fn the_json_api_describes_projects_and_releases() {
    let server = start(Pages::Full);
    let read = |path: &str| get(&format!("{}/pypi/{path}/json", server.url()), &[]).expect("it answers");
    let json = |path: &str| serde_json::from_slice::<Value>(&read(path).ok().body).expect("this is JSON");
    let project = json("Demo.Lib");
    assert_eq!((&project["info"]["name"], &project["info"]["version"]), (&json!("demo-lib"), &json!("1.0")));
    let count = |version: &str| project["releases"][version].as_array().map(Vec::len);
    assert_eq!((count("1.0"), count("2.0rc1"), count("3.0")), (Some(2), Some(1), None));
    let candidate = json("demo-lib/2.0.0rc1");
    let (name, bytes) = wheel("2.0rc1", "two");
    assert_eq!(candidate["urls"][0]["filename"], json!(name));
    assert_eq!(candidate["urls"][0]["digests"], json!({ "sha256": sha256(&bytes) }));
    assert_eq!(candidate["urls"][0]["packagetype"], json!("bdist_wheel"));
    let url = candidate["urls"][0]["url"].as_str().expect("a URL is text");
    assert_eq!(get(url, &[]).expect("it answers").ok().body, bytes);
    assert_eq!((read("demo-lib/3.0").status, read("nobody").status), (404, 404));
}

//! The index: paths, lines, tags of what is known, and reading that needs a token.

use releasekit_core::Secret;
use releasekit_rehearsal::cargo::{Options, Server};
use releasekit_testkit::{get, sha256};
use serde_json::{Value, json};

use crate::artifact::package;
use crate::client::{Publish, file, lines, publish, yank};

fn start() -> Server {
    Server::start(Options::default()).expect("loopback has a free port")
}

#[test]
fn each_crate_has_a_file_at_the_path_of_its_name() {
    let server = start();
    for (name, path) in [("a", "1/a"), ("ab", "2/ab"), ("Abc", "3/a/abc"), ("abcd-e", "ab/cd/abcd-e")] {
        assert_eq!(file(&server, path).status, 404);
        Publish::new(name, "1.0.0", "one").send(&server).expect("it answers").ok();
        let line: Value = serde_json::from_slice(&file(&server, path).ok().body).expect("one line is JSON");
        assert_eq!(line["name"], name);
    }
    for path in ["3/b/abc", "ab/abc", "ab/dc/abcd-e", "AB/cd/ABcd-e", "ab/cd/..%2f"] {
        assert_eq!(file(&server, path).status, 404, "{path}");
    }
}

#[test]
fn a_line_says_what_was_published_as_indexes_do() {
    let server = start();
    let deps = json!([{
        "optional": true, "default_features": false, "name": "serde", "features": ["derive"], "version_req": "^1",
        "target": "cfg(unix)", "kind": "build", "registry": "https://other.test/index",
        "explicit_name_in_toml": "serial",
    }]);
    let features = json!({ "default": ["std"], "std": [], "new": ["dep:serial"], "weak": ["serial?/std"] });
    let request = Publish::new("demo-lib", "1.0.0", "one").with("deps", deps).with("features", features);
    let request = request.with("links", json!("z")).with("rust_version", json!("1.70"));
    request.send(&server).expect("it answers").ok();
    let expected = json!({
        "name": "demo-lib",
        "vers": "1.0.0",
        "deps": [{
            "name": "serial", "package": "serde", "req": "^1", "features": ["derive"], "optional": true,
            "default_features": false, "target": "cfg(unix)", "kind": "build", "registry": "https://other.test/index",
        }],
        "cksum": sha256(&package("demo-lib", "1.0.0", "one").1),
        "features": { "default": ["std"], "std": [] },
        "features2": { "new": ["dep:serial"], "weak": ["serial?/std"] },
        "v": 2,
        "yanked": false,
        "links": "z",
        "rust_version": "1.70",
    });
    assert_eq!(lines(&server), [expected]);
}

#[test]
fn what_a_client_has_is_not_sent_again_until_it_changes() {
    let server = start();
    publish(&server, "1.0.0").expect("it answers").ok();
    let url = format!("{}de/mo/demo-lib", server.read_url());
    let first = get(&url, &[]).expect("it answers").ok();
    let tag = first.head.lines().find_map(|line| line.strip_prefix("etag: ")).expect("it has a tag").to_owned();
    let again = || get(&url, &[("If-None-Match", &tag)]).expect("it answers");
    assert_eq!((again().status, again().body), (304, Vec::new()));
    yank(&server, "1.0.0", "", false).ok();
    assert_eq!(again().status, 200);
    assert_eq!(lines(&server)[0]["yanked"], true);
    yank(&server, "1.0.0", "", true).ok();
    assert_eq!(again().status, 304);
}

#[test]
fn reading_can_need_a_token_too() {
    let options = Options::default().with_owner("ann", Secret::new("tokenA")).with_auth_required();
    let server = Server::start(options).expect("loopback has a free port");
    Publish::new("demo-lib", "1.0.0", "one").with_token("tokenA").send(&server).expect("it answers").ok();
    let paths = ["index/config.json", "index/de/mo/demo-lib", "api/v1/crates/demo-lib/1.0.0/download"];
    for path in paths {
        let read = |headers: &[_]| get(&format!("{}/{path}", server.url()), headers).expect("it answers").status;
        let statuses = [read(&[]), read(&[("Authorization", "tokenB")]), read(&[("Authorization", "tokenA")])];
        assert_eq!(statuses, [401, 401, 200], "{path}");
    }
}

#[test]
fn what_lay_in_the_folder_is_listed_by_its_package_file() {
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    let options = || Options::default().with_folder(folder.path());
    let server = Server::start(options()).expect("loopback has a free port");
    publish(&server, "1.0.0").expect("it answers").ok();
    let before = lines(&server);
    server.stop();
    let server = Server::start(options()).expect("loopback has a free port");
    assert_eq!(lines(&server), before);
}

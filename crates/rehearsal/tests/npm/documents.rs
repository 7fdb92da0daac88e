//! Documents: both forms, versions, files, tags of what is known, and packages that not everybody may read.

use releasekit_core::Secret;
use releasekit_rehearsal::npm::{Options, Server};
use serde_json::{Value, json};

use crate::artifact::package;
use crate::client::{Publish, SHORT, integrity, json_of, publish, read, write};

fn start(options: Options) -> Server {
    Server::start(options).expect("loopback has a free port")
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().into_iter().flatten().map(|(key, _)| key.as_str()).collect()
}

#[test]
fn installers_are_told_what_they_need_and_others_everything() {
    let server = start(Options::default());
    publish(&server, "1.0.0").expect("it answers").ok();
    let short = json_of(read(&server, "demo", &[SHORT]));
    assert_eq!(keys(&short), ["dist-tags", "modified", "name", "versions"]);
    assert_eq!(keys(&short["versions"]["1.0.0"]), ["dependencies", "dist", "name", "version"]);
    let dist = json!({
        "integrity": integrity(&package("demo", "1.0.0", "one")),
        "shasum": "told",
        "tarball": format!("{}demo/-/demo-1.0.0.tgz", server.registry_url()),
    });
    assert_eq!(short["versions"]["1.0.0"]["dist"], dist);
    let whole = json_of(read(&server, "demo", &[]));
    assert_eq!(keys(&whole), ["_id", "_rev", "dist-tags", "maintainers", "name", "time", "versions"]);
    assert_eq!(whole["versions"]["1.0.0"]["scripts"]["test"], "true");
}

#[test]
fn a_scoped_package_is_found_by_both_spellings_of_its_path() {
    let server = start(Options::default());
    Publish::new("@scope/demo", "1.0.0", "one").send(&server).expect("it answers").ok();
    let documents = ["@scope%2fdemo", "@scope%2Fdemo", "@scope/demo"].map(|path| json_of(read(&server, path, &[])));
    assert!(documents.iter().all(|document| *document == documents[0]), "{documents:?}");
    for version in ["@scope%2fdemo/1.0.0", "@scope/demo/latest"] {
        assert_eq!(json_of(read(&server, version, &[]))["version"], "1.0.0", "{version}");
    }
    let file = read(&server, "@scope/demo/-/demo-1.0.0.tgz", &[]).ok();
    assert_eq!(file.body, package("@scope/demo", "1.0.0", "one"));
    let files: Vec<_> = server.files().into_keys().map(|file| (file.package, file.name)).collect();
    assert_eq!(files, [("@scope/demo".to_owned(), "scope-demo-1.0.0.tgz".to_owned())]);
}

#[test]
fn what_is_not_there_is_not_found() {
    let server = start(Options::default());
    publish(&server, "1.0.0").expect("it answers").ok();
    for path in ["other", "demo/1.0.1", "demo/beta", "demo/-/demo-1.0.1.tgz", "@demo/demo", "..%2fdemo", "demo/1/2/3"] {
        assert_eq!(read(&server, path, &[]).status, 404, "{path}");
    }
}

#[test]
fn what_a_client_has_is_not_sent_again_until_it_changes() {
    let server = start(Options::default());
    publish(&server, "1.0.0").expect("it answers").ok();
    let first = read(&server, "demo", &[SHORT]).ok();
    let tag = first.head.lines().find_map(|line| line.strip_prefix("etag: ")).expect("it has a tag").to_owned();
    let again = || read(&server, "demo", &[SHORT, ("If-None-Match", &tag)]);
    assert_eq!((again().status, again().body), (304, Vec::new()));
    assert_eq!(read(&server, "demo", &[("If-None-Match", &tag)]).status, 200, "the other form is another document");
    write(&server, "PUT", "-/package/demo/dist-tags/beta", "", &json!("1.0.0"));
    assert_eq!(again().status, 200);
}

#[test]
fn a_restricted_package_is_there_for_its_owner_alone() {
    let options =
        Options::default().with_publisher("ann", Secret::new("tokenA")).with_publisher("bob", Secret::new("tokenB"));
    let server = start(options);
    Publish::new("@scope/demo", "1.0.0", "one").with_token("tokenA").send(&server).expect("it answers").ok();
    for path in ["@scope%2fdemo", "@scope%2fdemo/1.0.0", "@scope/demo/-/demo-1.0.0.tgz"] {
        let status = |headers: &[_]| read(&server, path, headers).status;
        let statuses =
            [status(&[]), status(&[("Authorization", "Bearer tokenB")]), status(&[("Authorization", "Bearer tokenA")])];
        assert_eq!(statuses, [404, 404, 200], "{path}");
    }
}

#[test]
fn what_lay_in_the_folder_is_listed_by_its_package_file() {
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    let options = || Options::default().with_folder(folder.path());
    let server = start(options());
    for version in ["1.0.0", "2.0.0-beta.1", "1.10.0"] {
        Publish::new("@scope/demo", version, "one").send(&server).expect("it answers").ok();
    }
    let files = server.files();
    server.stop();
    let server = start(options());
    assert_eq!(server.files(), files);
    let document = json_of(read(&server, "@scope%2fdemo", &[SHORT]));
    assert_eq!(keys(&document["versions"]), ["1.0.0", "1.10.0", "2.0.0-beta.1"]);
    assert_eq!(document["dist-tags"], json!({ "latest": "2.0.0-beta.1" }));
}

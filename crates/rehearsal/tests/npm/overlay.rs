//! A registry in front of another.

use releasekit_core::Environment;
use releasekit_rehearsal::npm::{Options, Server};

use crate::client::{Publish, SHORT, json_of, listed, publish, read};

/// A registry, and one in front of it.
pub(crate) fn pair() -> (Server, Server) {
    let behind = Server::start(Options::default()).expect("loopback has a free port");
    let options = Options::default().with_upstream(behind.registry_url(), Environment::new());
    let before = Server::start(options).expect("loopback has a free port");
    (behind, before)
}

#[test]
fn packages_from_behind_are_listed_with_files_that_lie_there() {
    let (behind, before) = pair();
    Publish::new("@scope/demo", "1.0.0", "one").send(&behind).expect("it answers").ok();
    for path in ["@scope%2fdemo", "@scope%2fdemo/latest", "-/package/@scope%2fdemo/dist-tags"] {
        let read = |server: &Server| json_of(read(server, path, &[SHORT]));
        assert_eq!(read(&before), read(&behind), "{path}");
    }
    assert_eq!(read(&before, "nobody", &[]).status, 404);
    assert!(before.files().is_empty());
}

#[test]
fn what_is_known_hides_what_is_behind() {
    let (behind, before) = pair();
    publish(&behind, "1.0.0").expect("it answers").ok();
    publish(&before, "2.0.0").expect("it answers").ok();
    let versions: Vec<_> = listed(&before).into_iter().map(|(version, _)| version).collect();
    assert_eq!(versions, ["2.0.0"]);
    assert_eq!(behind.writes().len(), 1);
}

#[test]
fn a_registry_behind_that_fails_is_not_an_absent_package() {
    let (behind, before) = pair();
    drop(behind);
    assert_eq!(read(&before, "demo", &[]).status, 502);
}

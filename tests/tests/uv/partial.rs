//! Half a file, which pypiserver keeps and lists, and no registry of another ecosystem does.

use std::fs;
use std::sync::Arc;

use releasekit_e2e::Registry;
use releasekit_testkit::servers::PypiServer;

use crate::journeys::orphan::{begin, killed_in_an_upload};

#[test]
fn half_a_file_is_an_error_that_names_it() {
    let Some(scene) = super::scene() else { return };
    let server = Arc::new(PypiServer::start(scene.tools()));
    let setup = begin(&scene, server.clone());
    let wheel = "bulky-0.2.0-py3-none-any.whl";
    let built = setup.journey.built();
    let second = killed_in_an_upload(&setup);
    setup.proxy.cut();
    let ran = second.wait().code(1);
    let half = server.storage().join(wheel);
    assert!(half.exists(), "pypiserver keeps what arrived\n{ran}");
    assert!(ran.stderr.contains("RK-PUBLISH-PARTIAL-FILE") && ran.stderr.contains(wheel), "{ran}");
    assert_eq!(setup.proxy.writes(), 1, "nothing else is sent\n{ran}");
    let ran = setup.journey.releasekit(["publish", "--yes"]).code(1);
    assert!(ran.stderr.contains("RK-PUBLISH-PARTIAL-FILE"), "it stays so until somebody deletes it\n{ran}");

    fs::remove_file(half).expect("the storage is writable");
    setup.journey.releasekit(["publish", "--yes"]).ok();
    let stored = Registry::stored(server.as_ref());
    assert!(built.iter().all(|(file, digest)| stored.get(file) == Some(digest)), "{built:?} {stored:?}");
}

//! A killed run leaves an upload behind: the next one waits for it, and says so when only half of the file arrived.

use std::fs;
use std::sync::Arc;

use releasekit_e2e::{Journey, Proxy, bulky};
use releasekit_testkit::Tools;
use releasekit_testkit::servers::PypiServer;
use rustix::process::Signal;

/// How much of an upload arrives before it is held back; the files are several times as big.
const SOME: usize = 60_000;

/// A released package, too big to arrive at once, whose uploads go through a relay.
struct Setup {
    journey: Journey,
    server: Arc<PypiServer>,
    proxy: Proxy,
}

#[track_caller]
fn begin(tools: &Tools) -> Setup {
    let server = Arc::new(PypiServer::start(tools));
    let proxy = Proxy::before(&server.upload_url());
    let journey = Journey::released_once(tools, crate::binary(), bulky(), server.clone());
    journey.configure_urls(&server.simple_url(), &proxy.instead(&server.upload_url()), "");
    journey.sandbox().write("packages/bulky/src/bulky/bulk.bin", bulk());
    journey.sandbox().commit("feat: weigh more");
    journey.released();
    Setup { journey, server, proxy }
}

/// Bytes that do not compress, and are always the same.
fn bulk() -> Vec<u8> {
    let mut state = 1_u64;
    let next = |_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    (0..300_000).map(next).collect()
}

/// Kills a publish in the middle of its first upload, and starts another one, which waits.
#[track_caller]
fn killed_in_an_upload(setup: &Setup) -> releasekit_e2e::Running {
    let before = setup.journey.checkout();
    setup.proxy.hold_after(SOME);
    let mut first = setup.journey.start("first", ["publish", "--yes"]);
    first.until("an upload", |_| setup.proxy.holds());
    first.signal(Signal::KILL);
    assert_eq!(first.wait().code, None);
    before.assert_same(&setup.journey.checkout());
    let mut second = setup.journey.start("second", ["publish", "--yes"]);
    second.until("waiting for the upload", |second| second.stderr().contains("left running"));
    std::thread::sleep(std::time::Duration::from_millis(500));
    assert!(!second.ended(), "it waits as long as the upload runs\n{}", second.stderr());
    second
}

#[test]
fn the_next_run_waits_for_an_upload_that_still_runs() {
    let Some(tools) = Tools::require() else { return };
    let setup = begin(&tools);
    let built = setup.journey.built();
    let second = killed_in_an_upload(&setup);
    setup.proxy.release();
    second.wait().ok();
    assert_eq!(setup.proxy.writes(), 2, "wheel and sdist are sent once each");
    let stored = setup.server.stored();
    assert!(built.iter().all(|(name, digest)| stored.get(name) == Some(digest)), "{built:?} {stored:?}");
}

#[test]
fn half_a_file_is_an_error_that_names_it() {
    let Some(tools) = Tools::require() else { return };
    let setup = begin(&tools);
    let wheel = "bulky-0.2.0-py3-none-any.whl";
    let built = setup.journey.built();
    let second = killed_in_an_upload(&setup);
    setup.proxy.cut();
    let ran = second.wait().code(1);
    let half = setup.server.storage().join(wheel);
    assert!(half.exists(), "pypiserver keeps what arrived\n{ran}");
    assert!(ran.stderr.contains("RK-PUBLISH-PARTIAL-FILE") && ran.stderr.contains(wheel), "{ran}");
    assert_eq!(setup.proxy.writes(), 1, "nothing else is sent\n{ran}");
    let ran = setup.journey.releasekit(["publish", "--yes"]).code(1);
    assert!(ran.stderr.contains("RK-PUBLISH-PARTIAL-FILE"), "it stays so until somebody deletes it\n{ran}");

    fs::remove_file(half).expect("the storage is writable");
    setup.journey.releasekit(["publish", "--yes"]).ok();
    let stored = setup.server.stored();
    assert!(built.iter().all(|(name, digest)| stored.get(name) == Some(digest)), "{built:?} {stored:?}");
}

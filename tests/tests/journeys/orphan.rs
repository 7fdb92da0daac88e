//! A killed run leaves an upload behind: the next one waits for it.

use std::path::Path;
use std::sync::Arc;

use releasekit_e2e::{Journey, Proxy, Registry, Role, Running, Sample, Scene, Watched};
use rustix::process::Signal;

/// How much of an upload arrives before it is held back; the files are several times as big.
const SOME: usize = 60_000;

/// A released package, too big to arrive at once, and a relay before its registry.
pub(crate) struct Setup {
    pub(crate) journey: Journey,
    pub(crate) proxy: Arc<Proxy>,
}

#[track_caller]
pub(crate) fn begin(scene: &Scene, registry: Arc<dyn Registry>) -> Setup {
    let (registry, proxy) = Watched::new(registry);
    let journey = Journey::released_once(scene, Sample::Bulky, registry);
    let source = journey.world().source(Role::Bulky);
    let folder = Path::new(&source).parent().expect("a source lies in a folder");
    journey.sandbox().write(folder.join("bulk.bin"), bulk());
    journey.sandbox().commit("feat: weigh more");
    journey.released();
    Setup { journey, proxy }
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
pub(crate) fn killed_in_an_upload(setup: &Setup) -> Running {
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

pub(crate) fn the_next_run_waits_for_an_upload_that_still_runs(scene: &Scene) {
    let setup = begin(scene, scene.first_foreign());
    let built = setup.journey.built();
    let second = killed_in_an_upload(&setup);
    setup.proxy.release();
    second.wait().ok();
    assert_eq!(setup.proxy.writes(), built.len(), "each file is sent once");
    let stored = setup.journey.registry().stored();
    assert!(built.iter().all(|(file, digest)| stored.get(file) == Some(digest)), "{built:?} {stored:?}");
    let channels = setup.journey.registry().channels();
    assert!(channels.values().all(|version| version == "0.2.0"), "names point to what was sent: {channels:?}");
}

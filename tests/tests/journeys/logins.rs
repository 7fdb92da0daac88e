//! Who uploads, at servers that others wrote and that ask for it.

use releasekit_e2e::{Journey, Login, Scene};

use super::faults::says_no_login;

/// Each server has a status of its own for it.
pub(crate) fn wrong_credentials_at_servers_of_others(scene: &Scene) {
    for registry in scene.world().foreign().iter().filter(|registry| registry.reads_whole) {
        let journey = Journey::with_fix_at(scene, (registry.start)(scene.tools()));
        journey.released();
        let stored = journey.registry().stored();
        let ran = journey.releasekit_with(&scene.world().login(Login::Wrong), ["publish", "--yes"]).code(6);
        assert!(ran.stderr.contains("RK-PUBLISH-CREDENTIALS-REFUSED"), "{ran}");
        says_no_login(&ran, scene);
        assert_eq!(journey.registry().stored(), stored);
        journey.releasekit(["publish", "--yes"]).ok();
        assert_eq!(journey.registry().stored().len(), 2 * stored.len());
    }
}

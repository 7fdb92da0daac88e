//! A registry that says 409 where there is nothing that it is in conflict with. To some that is a no, and to others a reason to try
//! again.

use releasekit_e2e::Scene;
use releasekit_rehearsal::{Fault, On};

use super::faults::{Ends, QUICK, Setup};

pub(crate) fn refused_as_a_conflict(scene: &Scene) {
    let setup = Setup::new(scene, QUICK);
    setup.server.faults().always(On::AnyUpload, Fault::Status(409));
    let ran = setup.publish(&[], &Ends { exit: 1, code: "RK-PUBLISH-UPLOAD-REFUSED", uploads: 1 });
    setup.heals(&ran);
}

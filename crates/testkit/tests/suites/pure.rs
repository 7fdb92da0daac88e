//! The scheme and the requirements in memory, as they are and broken.

use libtest_mimic::Trial;
use releasekit_core::{Requirements, VersionScheme};
use releasekit_testkit::broken;
use releasekit_testkit::memory::{MemoryRequirements, MemoryScheme};
use releasekit_testkit::suite::{self, requirements, scheme};

fn numbered(scheme: impl VersionScheme + 'static) -> scheme::World {
    scheme::World {
        scheme: Box::new(scheme),
        ascending: &["0.9.0", "1.0.0-alpha.2", "1.0.0-rc.1", "1.0.0", "1.2.3", "1.10.0", "2.0.0"],
        prereleases: &["1.0.0-alpha.2", "1.0.0-rc.1"],
        spellings: &["1.2.0", "1.2", "01.2"],
        no_versions: &["", "1.", "1.x", "1.2.3.4", "1.0.0-rc", "1.0.0-canary.1", "v1"],
        labels: &["alpha", "beta", "rc"],
        no_label: Some("canary"),
    }
}

fn required(requirements: impl Requirements + 'static) -> requirements::World {
    requirements::World {
        requirements: Box::new(requirements),
        table: &[
            ("base", &["1.0.0", "2.0.0"], &[]),
            ("base>=1.2.0", &["1.2.0", "2.0.0"], &["1.0.0"]),
            ("base ~ 1.2.0", &["1.2.0", "1.9.0"], &["1.1.0", "2.0.0"]),
            ("base==1.0.0", &["1.0.0"], &["1.0.1"]),
        ],
        ascending: &["1.0.0", "2.0.0", "3.0.0"],
        far: ["0.0.1", "99.0.0"],
        no_requirements: &["", ">=1.0.0", "base>=", "base!1.0.0", "base>=x"],
    }
}

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = suite::trials("scheme::memory", scheme::CASES, || numbered(MemoryScheme));
    trials.extend(suite::trials("requirements::memory", requirements::CASES, || required(MemoryRequirements)));
    trials.extend(suite::bites("scheme", scheme::CASES, broken::scheme::Lie::CAUGHT, |lie| {
        numbered(broken::scheme::Broken(lie))
    }));
    trials.extend(suite::bites("requirements", requirements::CASES, broken::requirements::Lie::CAUGHT, |lie| {
        required(broken::requirements::Broken(lie))
    }));
    trials
}

//! Schemes and requirements, held to what core promises of them.

use std::process::ExitCode;

use releasekit_formats::cargo;
use releasekit_formats::npm;
use releasekit_formats::python::{Pep440, Pep508};
use releasekit_formats::semver::SemVer;
use releasekit_testkit::suite::{self, requirements, scheme};

fn pep440() -> scheme::World {
    scheme::World {
        scheme: Box::new(Pep440),
        ascending: &[
            "0.9.0",
            "1.0.0.dev1",
            "1.0.0a2",
            "1.0.0rc1",
            "1.0.0",
            "1.0.0.post1",
            "1.2.3",
            "1.10.0",
            "1!0.1.0",
        ],
        prereleases: &["1.0.0.dev1", "1.0.0a2", "1.0.0rc1"],
        spellings: &["1.0.0rc1", "v1.0.0-RC.1", "1.0.0c1"],
        no_versions: &["", "1.x", "one", "1.0.0-rc.1.2"],
        labels: &["alpha", "beta", "rc"],
        no_label: Some("canary"),
    }
}

fn semver() -> scheme::World {
    scheme::World {
        scheme: Box::new(SemVer),
        ascending: &["0.9.0", "1.0.0-alpha", "1.0.0-alpha.2", "1.0.0-rc.1", "1.0.0", "1.2.3", "1.10.0", "2.0.0"],
        prereleases: &["1.0.0-alpha", "1.0.0-alpha.2", "1.0.0-rc.1"],
        spellings: &["1.2.3"],
        no_versions: &["", "1", "1.2", "1.2.3.4", "v1.2.3", "01.2.3"],
        labels: &["alpha", "beta", "rc"],
        no_label: Some("01"),
    }
}

fn pep508() -> requirements::World {
    requirements::World {
        requirements: Box::new(Pep508),
        table: &[
            ("base", &["1.0.0", "2.0.0"], &[]),
            ("base>=1.2", &["1.2.0", "2.0.0"], &["1.0.0"]),
            ("base[x] ~= 1.2 ; python_version > '3'", &["1.2.0", "1.9.0"], &["1.1.0", "2.0.0"]),
            ("base (>=1.0,<2)", &["1.0.0", "1.9.0"], &["0.9.0", "2.0.0"]),
            ("base==1.0.0", &["1.0.0"], &["1.0.1"]),
        ],
        ascending: &["1.0.0", "2.0.0", "3.0.0"],
        far: ["0.0.1", "99.0.0"],
        no_requirements: &["base>=", "base!1", "base>=x", "base @@ x"],
    }
}

fn cargo() -> requirements::World {
    requirements::World {
        requirements: Box::new(cargo::Requirements),
        table: &[
            ("*", &["1.0.0", "2.0.0"], &[]),
            ("1.2", &["1.2.0", "1.9.0"], &["1.1.0", "2.0.0"]),
            (">= 1.0, < 2", &["1.0.0", "1.9.0"], &["0.9.0", "2.0.0"]),
            ("=1.0.0", &["1.0.0"], &["1.0.1"]),
        ],
        ascending: &["1.0.0", "2.0.0", "3.0.0"],
        far: ["0.0.1", "99.0.0"],
        no_requirements: &["base", ">=", "1.x.y.z", "1.0.0 2.0.0"],
    }
}

fn npm() -> requirements::World {
    requirements::World {
        requirements: Box::new(npm::Requirements),
        table: &[
            ("*", &["1.0.0", "2.0.0"], &[]),
            ("workspace:*", &["1.0.0", "2.0.0"], &[]),
            ("1.2", &["1.2.0", "1.2.9"], &["1.1.0", "2.0.0"]),
            ("1.*", &["1.2.0", "1.9.0"], &["2.0.0"]),
            ("workspace:^1.2.0", &["1.2.0", "1.9.0"], &["1.1.0", "2.0.0"]),
            ("npm:base@~1.2.0", &["1.2.0", "1.2.9"], &["1.1.0", "2.0.0"]),
            (">= 1.0.0 <2", &["1.0.0", "1.9.0"], &["0.9.0", "2.0.0"]),
            ("1.0 - 1.4", &["1.0.0", "1.4.9"], &["0.9.0", "2.0.0"]),
            ("^0.9.0 || ^1.0.0", &["0.9.0", "1.9.0"], &["2.0.0"]),
            ("=1.0.0", &["1.0.0"], &["1.0.1"]),
        ],
        ascending: &["1.0.0", "2.0.0", "3.0.0"],
        far: ["0.0.1", "99.0.0"],
        no_requirements: &["latest", ">=", "1.0.0.0", "^1.0.0, <2", "link:../a", "workspace:next"],
    }
}

fn main() -> ExitCode {
    let mut trials = suite::trials("scheme::pep440", scheme::CASES, pep440);
    trials.extend(suite::trials("scheme::semver", scheme::CASES, semver));
    trials.extend(suite::trials("requirements::pep508", requirements::CASES, pep508));
    trials.extend(suite::trials("requirements::cargo", requirements::CASES, cargo));
    trials.extend(suite::trials("requirements::npm", requirements::CASES, npm));
    suite::run(trials)
}

//! The sample workspaces of the journeys.

use crate::workspace::{BuildBackend, Member, Workspace};

/// Six packages in three levels: with an extra and a marker, one private, one with setuptools, one that is another's
/// build requirement, and one that a release of its neighbours leaves alone.
///
/// ```text
/// acme-speed   acme-stamp        (level 0)
///      ▲ extra      ▲ build
/// acme-core    acme_legacy       (level 1)
///      ▲ ▲──────▲   │
///      │   acme-app ┘            (level 2)
/// acme-bench (private)
/// ```
pub fn acme() -> Workspace {
    Workspace { name: "acme", members: ACME }
}

const ACME: &[Member] = &[
    Member { backend: BuildBackend::Hatchling, ..Member::new("acme-speed", "speed", "0.2.0") },
    Member { files: &[("src/acme_stamp/stamp.py", STAMP)], ..Member::new("acme-stamp", "stamp", "0.1.0") },
    Member { extras: &[("fast", "acme-speed>=0.2")], ..Member::new("acme-core", "core", "0.3.1") },
    Member {
        backend: BuildBackend::Setuptools,
        build_needs: &["acme-stamp"],
        files: &[("setup.py", SETUP)],
        ..Member::new("acme_legacy", "legacy", "1.4.2")
    },
    Member {
        backend: BuildBackend::Hatchling,
        needs: &["acme-core[fast]>=0.3,<0.4 ; python_version >= '3.8'", "acme-legacy"],
        ..Member::new("acme-app", "app", "0.5.0")
    },
    Member { private: true, needs: &["acme-core"], ..Member::new("acme-bench", "bench", "0.0.1") },
];

/// Writes down which version of acme-stamp was there when something was built.
const STAMP: &str = "\
import importlib.metadata
import pathlib


def stamp(path: str) -> None:
    version = importlib.metadata.version(\"acme-stamp\")
    pathlib.Path(path).write_text(f\"STAMPED_BY = {version!r}\\n\")
";

/// Fails where a build sees a credential.
const SETUP: &str = "\
import os

from acme_stamp.stamp import stamp
from setuptools import setup

assert not [name for name in os.environ if name.startswith(\"UV_PUBLISH\")]
stamp(\"src/acme_legacy/stamped.py\")
setup()
";

/// Two packages, one needing the other, both of which build to the same bytes again.
pub fn duo() -> Workspace {
    Workspace { name: "duo", members: DUO }
}

const DUO: &[Member] = &[
    Member::new("duo-base", "base", "0.1.0"),
    Member { needs: &["duo-base"], ..Member::new("duo-top", "top", "0.1.0") },
];

/// One package that is too big to arrive at once; the journey writes its bulk.
pub fn bulky() -> Workspace {
    Workspace { name: "bulky", members: BULKY }
}

const BULKY: &[Member] = &[Member::new("bulky", "bulky", "0.1.0")];

//! The samples as uv workspaces.

use super::workspace::{BuildBackend, Member};
use crate::samples::{Role, Sample};
use crate::world::Package;

/// The members of a sample, in the order of its roles.
pub(super) const fn members(sample: Sample) -> &'static [Member] {
    match sample {
        Sample::Pair => DUO,
        Sample::Six => ACME,
        Sample::Bulky => BULKY,
    }
}

/// The member that plays a role.
pub(super) fn member(role: Role) -> &'static Member {
    role.among(members)
}

pub(super) fn package(role: Role) -> Package {
    let Member { name, published, folder, .. } = *member(role);
    Package { name, published, folder }
}

/// In three levels: with an extra and a marker, one private, one with setuptools, one that is another's build requirement.
const ACME: &[Member] = &[
    Member { backend: BuildBackend::Hatchling, ..Member::new("acme-speed", "packages/speed", Role::Speed.version()) },
    Member {
        files: &[("src/acme_stamp/stamp.py", STAMP)],
        ..Member::new("acme-stamp", "packages/stamp", Role::Stamp.version())
    },
    Member {
        extras: &[("fast", "acme-speed>=0.2")],
        ..Member::new("acme-core", "packages/core", Role::Core.version())
    },
    Member {
        published: "acme-legacy",
        backend: BuildBackend::Setuptools,
        build_needs: &["acme-stamp"],
        files: &[("setup.py", SETUP)],
        ..Member::new("acme_legacy", "packages/legacy", Role::Legacy.version())
    },
    Member {
        backend: BuildBackend::Hatchling,
        needs: &["acme-core[fast]>=0.3,<0.4 ; python_version >= '3.8'", "acme-legacy"],
        ..Member::new("acme-app", "packages/app", Role::App.version())
    },
    Member {
        private: true,
        needs: &["acme-core"],
        ..Member::new("acme-bench", "packages/bench", Role::Bench.version())
    },
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

const DUO: &[Member] = &[
    Member::new("duo-base", "packages/base", Role::Base.version()),
    Member { needs: &["duo-base"], ..Member::new("duo-top", "packages/top", Role::Top.version()) },
];

const BULKY: &[Member] = &[Member::new("bulky", "packages/bulky", Role::Bulky.version())];

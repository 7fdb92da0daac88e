//! The samples as workspaces of pnpm.

use super::workspace::Member;
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
    let Member { name, folder, .. } = *member(role);
    Package { name, published: name, folder }
}

/// In three levels and one scope: with an optional one and a private one. What a build needs is needed beside it here, for what only
/// its developers have moves nobody.
const ACME: &[Member] = &[
    Member::new("@acme/speed", "packages/speed", Role::Speed.version()),
    Member::new("@acme/stamp", "packages/stamp", Role::Stamp.version()),
    Member {
        tables: &[("optionalDependencies", &[("@acme/speed", "workspace:>=0.2")])],
        ..Member::new("@acme/core", "packages/core", Role::Core.version())
    },
    Member {
        tables: &[("dependencies", &[("@acme/stamp", "workspace:~")])],
        ..Member::new("@acme/legacy", "packages/legacy", Role::Legacy.version())
    },
    Member {
        tables: &[("dependencies", &[("@acme/core", "workspace:^0.3.0"), ("@acme/legacy", "workspace:*")])],
        ..Member::new("@acme/app", "packages/app", Role::App.version())
    },
    Member {
        private: true,
        tables: &[("dependencies", &[("@acme/core", "workspace:^")])],
        ..Member::new("@acme/bench", "packages/bench", Role::Bench.version())
    },
];

const DUO: &[Member] = &[
    Member::new("duo-base", "packages/base", Role::Base.version()),
    Member {
        tables: &[("dependencies", &[("duo-base", "workspace:*")])],
        ..Member::new("duo-top", "packages/top", Role::Top.version())
    },
];

const BULKY: &[Member] = &[Member::new("bulky", "packages/bulky", Role::Bulky.version())];

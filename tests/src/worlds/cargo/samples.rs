//! The samples as workspaces of cargo.

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

/// In three levels: with a feature that needs another crate, one private, one that is needed by another's build script.
const ACME: &[Member] = &[
    Member::new("acme-speed", "crates/speed", Role::Speed.version()),
    Member { library: STAMP, ..Member::new("acme-stamp", "crates/stamp", Role::Stamp.version()) },
    Member {
        needs: &[("acme-speed", "version = \"0.2\", optional = true")],
        features: &[("fast", "dep:acme-speed")],
        ..Member::new("acme-core", "crates/core", Role::Core.version())
    },
    Member {
        build_needs: &[("acme-stamp", "version = \"0.1\"")],
        library: "pub const STAMPED_BY: &str = env!(\"STAMPED_BY\");\n",
        files: &[("build.rs", BUILD)],
        ..Member::new("acme_legacy", "crates/legacy", Role::Legacy.version())
    },
    Member {
        needs: &[
            ("acme-core", "version = \">=0.3, <0.4\", features = [\"fast\"]"),
            ("acme_legacy", "version = \"1.4\""),
        ],
        ..Member::new("acme-app", "crates/app", Role::App.version())
    },
    Member {
        private: true,
        needs: &[("acme-core", "default-features = true")],
        ..Member::new("acme-bench", "crates/bench", Role::Bench.version())
    },
];

/// Says its own version, which a build script may write down.
const STAMP: &str = "pub const VERSION: &str = env!(\"CARGO_PKG_VERSION\");\n";

/// Fails where a build sees a credential.
const BUILD: &str = "\
fn main() {
    let seen = std::env::vars().any(|(name, _)| name.starts_with(\"CARGO_REGISTR\") && name.ends_with(\"TOKEN\"));
    assert!(!seen, \"a build sees who may upload\");
    println!(\"cargo:rustc-env=STAMPED_BY={}\", acme_stamp::VERSION);
}
";

const DUO: &[Member] = &[
    Member::new("duo-base", "crates/base", Role::Base.version()),
    Member { needs: &[("duo-base", "version = \"0.1\"")], ..Member::new("duo-top", "crates/top", Role::Top.version()) },
];

const BULKY: &[Member] = &[Member::new("bulky", "crates/bulky", Role::Bulky.version())];

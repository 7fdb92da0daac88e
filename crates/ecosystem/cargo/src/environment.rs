//! Which of the user's variables reach cargo.
//!
//! Builds run code of the repository and of strangers, so no credential passes there. What changes a result, such as
//! `RUSTFLAGS`, stays out too unless the configuration asks for it: a release is the same wherever it is built.

use std::path::Path;

use releasekit_core::Environment;
use releasekit_core::environment::{is_credential, may_hold_secret};
use releasekit_process::environment::for_tools;

/// How cargo and rustup work, whatever they do.
const NAMES: &[&str] = &[
    "CARGO_BUILD_JOBS",
    "CARGO_CACHE_AUTO_CLEAN_FREQUENCY",
    "CARGO_HOME",
    "CARGO_REGISTRIES_CRATES_IO_PROTOCOL",
    "RUSTUP_DIST_SERVER",
    "RUSTUP_HOME",
    "RUSTUP_TOOLCHAIN",
];

/// The same by how they begin: connections, and how to reach the network.
const PREFIXES: &[&str] = &["CARGO_HTTP_", "CARGO_NET_"];

/// The variables that say where a registry is.
const REGISTRIES: (&str, &str) = ("CARGO_REGISTRIES_", "_INDEX");

/// What any run of cargo sees.
pub(crate) fn strict(all: &Environment) -> Environment {
    let of_a_family = |name: &str| PREFIXES.iter().any(|prefix| name.starts_with(prefix)) && !may_hold_secret(name);
    let is_place = |name: &str| name.starts_with(REGISTRIES.0) && name.ends_with(REGISTRIES.1);
    let own = all.filtered(|name| NAMES.contains(&name) || of_a_family(name) || is_place(name));
    own.iter().fold(for_tools(all), |kept, (name, value)| kept.with(name, value))
}

/// For a build, with what the request adds and where it may write.
pub(crate) fn building(all: &Environment, more: &Environment, target: &Path) -> Environment {
    let added = more.iter().filter(|(name, _)| !is_credential(&name.to_string_lossy()));
    let kept = added.fold(strict(all), |kept, (name, value)| kept.with(name, value));
    kept.with("CARGO_TARGET_DIR", target).with("CARGO_INCREMENTAL", "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_sees_no_credential_and_nothing_that_changes_it() {
        let all: Environment = [
            ("CARGO_HOME", "/c"),
            ("CARGO_HTTP_TIMEOUT", "9"),
            ("CARGO_NET_OFFLINE", "true"),
            ("CARGO_REGISTRIES_HOUSE_CREDENTIAL_PROVIDER", "x"),
            ("CARGO_REGISTRIES_HOUSE_INDEX", "sparse+https://house.invalid/"),
            ("CARGO_REGISTRIES_HOUSE_TOKEN", "secret"),
            ("CARGO_REGISTRY_TOKEN", "secret"),
            ("CARGO_TARGET_DIR", "/elsewhere"),
            ("PATH", "/bin"),
            ("RUSTFLAGS", "-Awarnings"),
            ("RUSTUP_TOOLCHAIN", "stable"),
        ]
        .map(|(name, value)| (name.into(), value.into()))
        .into_iter()
        .collect();
        let more =
            [("CARGO_REGISTRY_TOKEN".into(), "secret".into()), ("CC".into(), "gcc".into())].into_iter().collect();
        let kept = building(&all, &more, Path::new("/t"));
        let names: Vec<_> = kept.iter().map(|(name, _)| name.to_string_lossy()).collect();
        let expected = [
            "CARGO_HOME",
            "CARGO_HTTP_TIMEOUT",
            "CARGO_INCREMENTAL",
            "CARGO_NET_OFFLINE",
            "CARGO_REGISTRIES_HOUSE_INDEX",
            "CARGO_TARGET_DIR",
            "CC",
            "PATH",
            "RUSTUP_TOOLCHAIN",
        ];
        assert_eq!(names, expected);
        assert_eq!(kept.text("CARGO_TARGET_DIR"), Some("/t"));
    }
}

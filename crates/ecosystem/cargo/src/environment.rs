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

/// How the settings that say which program keeps tokens begin and end.
const PROVIDERS: &[(&str, &str)] = &[
    ("CARGO_CREDENTIAL_ALIAS_", ""),
    ("CARGO_REGISTRIES_", "_CREDENTIAL_PROVIDER"),
    ("CARGO_REGISTRY_", "_CREDENTIAL_PROVIDER"),
    ("CARGO_REGISTRY_", "_CREDENTIAL_PROVIDERS"),
    ("CARGO_REGISTRY_CREDENTIAL_PROVIDER", ""),
];

/// What programs would take for settings that change what is packed, or that are git's.
const CHANGING: &[&str] = &["CARGO", "GIT_", "RUST"];

/// For a run that publishes. The program that keeps the token is the user's, and may need anything of the user's surroundings
/// to find it: a session, a login of a cloud. It gets no credential of a registry or a forge.
pub(crate) fn publishing(all: &Environment) -> Environment {
    let is_provider = |name: &str| PROVIDERS.iter().any(|(begin, end)| name.starts_with(begin) && name.ends_with(end));
    let changes = |name: &str| CHANGING.iter().any(|begin| name.starts_with(begin));
    let more = all.filtered(|name| is_provider(name) || !(changes(name) || is_credential(name)));
    let kept = more.iter().fold(strict(all), |kept, (name, value)| kept.with(name, value));
    // Nobody publishes without the network, and what it says of its steps tells whether it had begun to send.
    kept.filtered(|name| name != "CARGO_NET_OFFLINE").with("CARGO_TERM_QUIET", "false")
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
    fn a_run_that_publishes_sees_the_users_surroundings_and_no_token() {
        let kept = "AWS_SECRET_ACCESS_KEY CARGO_CREDENTIAL_ALIAS_X CARGO_HOME CARGO_REGISTRIES_HOUSE_CREDENTIAL_PROVIDER \
            CARGO_REGISTRIES_HOUSE_INDEX CARGO_REGISTRY_CREDENTIAL_PROVIDER CARGO_REGISTRY_GLOBAL_CREDENTIAL_PROVIDERS \
            DBUS_SESSION_BUS_ADDRESS PATH RUSTUP_TOOLCHAIN";
        let left_out = "CARGO_REGISTRIES_HOUSE_TOKEN CARGO_REGISTRY_TOKEN CARGO_BUILD_RUSTC CARGO_NET_OFFLINE GITHUB_TOKEN GIT_DIR NPM_TOKEN \
            RUSTC_WRAPPER RUSTFLAGS";
        let all = kept.split_whitespace().chain(left_out.split_whitespace());
        let all: Environment = all.map(|name| (name.into(), "x".into())).collect();
        let names: Vec<_> = publishing(&all).iter().map(|(name, _)| name.to_string_lossy().into_owned()).collect();
        let mut expected: Vec<&str> = kept.split_whitespace().chain(["CARGO_TERM_QUIET"]).collect();
        expected.sort_unstable();
        assert_eq!(names, expected);
    }

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

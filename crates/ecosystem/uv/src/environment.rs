//! Which of the user's variables reach uv, for each thing that it does.
//!
//! Builds run code of the repository and of strangers, so no credential passes there: neither the variables made for one
//! nor the part of an index's URL before its `@`. What a private index needs comes by the request (`build_env`).

use releasekit_core::Environment;
use releasekit_core::environment::is_credential;
use releasekit_core::secret::without_login;
use releasekit_process::environment::for_tools;

/// How uv itself works, whatever it does.
const OPERATION: &[&str] = &[
    "UV_CACHE_DIR",
    "UV_CONCURRENT_BUILDS",
    "UV_CONCURRENT_DOWNLOADS",
    "UV_CONCURRENT_INSTALLS",
    "UV_HTTP_TIMEOUT",
    "UV_INSECURE_HOST",
    "UV_LINK_MODE",
    "UV_MANAGED_PYTHON",
    "UV_NATIVE_TLS",
    "UV_NO_CACHE",
    "UV_NO_MANAGED_PYTHON",
    "UV_OFFLINE",
    "UV_PYTHON_CACHE_DIR",
    "UV_PYTHON_DOWNLOADS",
    "UV_PYTHON_INSTALL_DIR",
    "UV_PYTHON_PREFERENCE",
    "UV_SYSTEM_CERTS",
];

/// Where packages come from, and which of them.
const RESOLUTION: &[&str] = &[
    "UV_BUILD_CONSTRAINT",
    "UV_CONFIG_FILE",
    "UV_DEFAULT_INDEX",
    "UV_EXCLUDE_NEWER",
    "UV_EXTRA_INDEX_URL",
    "UV_INDEX",
    "UV_INDEX_STRATEGY",
    "UV_INDEX_URL",
    "UV_KEYRING_PROVIDER",
    "UV_PYTHON",
    "UV_PYTHON_INSTALL_MIRROR",
];

/// What a user's own `uv lock --check` would see besides, and what would change its answer.
const LOCKING: &[&str] = &["UV_FIND_LINKS", "UV_FORK_STRATEGY", "UV_NO_SOURCES", "UV_PRERELEASE", "UV_RESOLUTION"];

/// How uploads are authenticated and reached.
const UPLOADING: &[&str] =
    &["NETRC", "UV_CONFIG_FILE", "UV_INSECURE_HOST", "UV_KEYRING_PROVIDER", "UV_NATIVE_TLS", "UV_SYSTEM_CERTS"];

fn some_of(all: &Environment, lists: &[&[&str]]) -> Environment {
    let mut kept = for_tools(all);
    for (name, value) in all.filtered(|name| lists.iter().any(|list| list.contains(&name))).iter() {
        match value.to_str() {
            Some("") => {}
            Some(text) => kept.set(name, without_login(text)),
            None => kept.set(name, value),
        }
    }
    kept
}

/// For a check that gives the same answer to everybody: no setting of the user's that changes a resolution.
pub(crate) fn strict(all: &Environment) -> Environment {
    some_of(all, &[OPERATION])
}

/// For a check as the user would make it.
pub(crate) fn locking(all: &Environment) -> Environment {
    some_of(all, &[OPERATION, RESOLUTION, LOCKING])
}

/// For a build, with what the request adds.
pub(crate) fn building(all: &Environment, more: &Environment) -> Environment {
    let mut kept = some_of(all, &[OPERATION, RESOLUTION]);
    for (name, value) in more.iter() {
        let name = name.to_owned();
        if !is_credential(&name.to_string_lossy()) && name != "UV_FIND_LINKS" {
            kept.set(name, value);
        }
    }
    kept
}

/// For an upload, without its credentials.
pub(crate) fn uploading(all: &Environment) -> Environment {
    some_of(all, &[UPLOADING])
}

/// For an installation from an index that is named elsewhere.
pub(crate) fn installing(all: &Environment) -> Environment {
    some_of(all, &[OPERATION, &["NETRC", "UV_INDEX_STRATEGY", "UV_KEYRING_PROVIDER", "UV_PYTHON"]])
}

/// For a question to one index that installs nothing: logins for reading, and no setting that hides or adds anything. It
/// follows an upload, so being offline is no matter of it either.
pub(crate) fn resolving(all: &Environment) -> Environment {
    let kept = some_of(all, &[OPERATION, &["NETRC", "UV_KEYRING_PROVIDER", "UV_PYTHON"]]);
    kept.filtered(|name| name != "UV_OFFLINE")
}

/// The folders and pages that the user offers packages in, beside indexes.
pub(crate) fn find_links(all: &Environment, more: &Environment) -> Vec<String> {
    let links = more.text("UV_FIND_LINKS").map(str::to_owned);
    let links = links.or_else(|| all.text("UV_FIND_LINKS").map(without_login)).unwrap_or_default();
    links.split(',').map(str::trim).filter(|link| !link.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(variables: &[(&str, &str)]) -> Environment {
        variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
    }

    fn names(environment: &Environment) -> Vec<String> {
        environment.iter().map(|(name, _)| name.to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn a_build_sees_no_credential() {
        let all = environment(&[
            ("NETRC", "/netrc"),
            ("PATH", "/bin"),
            ("UV_CACHE_DIR", "/c"),
            ("UV_DEFAULT_INDEX", "https://user:pw@index.invalid/simple/"),
            ("UV_FIND_LINKS", "/house"),
            ("UV_INDEX", "a=https://u:p@x.invalid/s b=https://y.invalid/@scope/s"),
            ("UV_EXCLUDE_NEWER_PACKAGE", "a=2020-01-01"),
            ("UV_INDEX_A_PASSWORD", "pw"),
            ("UV_PUBLISH_TOKEN", "secret"),
            ("UV_RESOLUTION", "lowest"),
            ("GITHUB_TOKEN", "secret"),
        ]);
        let more = environment(&[("UV_INDEX_A_USERNAME", "me"), ("UV_PUBLISH_PASSWORD", "secret"), ("CC", "gcc")]);
        let kept = building(&all, &more);
        let expected = ["CC", "PATH", "UV_CACHE_DIR", "UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_A_USERNAME"];
        assert_eq!(names(&kept), expected);
        assert_eq!(kept.text("UV_DEFAULT_INDEX"), Some("https://index.invalid/simple/"));
        assert_eq!(kept.text("UV_INDEX"), Some("a=https://x.invalid/s b=https://y.invalid/@scope/s"));
        assert_eq!(find_links(&all, &more), ["/house"]);
        assert_eq!(names(&uploading(&all)), ["NETRC", "PATH"]);
        assert_eq!(names(&installing(&all)), ["NETRC", "PATH", "UV_CACHE_DIR"]);
        assert_eq!(names(&resolving(&all)), ["NETRC", "PATH", "UV_CACHE_DIR"]);
    }

    #[test]
    fn what_changes_a_resolution_does_not_reach_a_strict_check() {
        let all = environment(&[("UV_CACHE_DIR", "/c"), ("UV_EXCLUDE_NEWER", "2020-01-01"), ("UV_LOCKED", "1")]);
        assert_eq!(names(&strict(&all)), ["UV_CACHE_DIR"]);
        assert_eq!(names(&locking(&all)), ["UV_CACHE_DIR", "UV_EXCLUDE_NEWER"]);
        assert_eq!(names(&uploading(&all)), [""; 0]);
        assert_eq!(names(&resolving(&all)), ["UV_CACHE_DIR"]);
        assert_eq!(names(&resolving(&environment(&[("UV_OFFLINE", "1")]))), [""; 0]);
    }

    #[test]
    fn find_links_of_the_request_outrank_those_of_the_user() {
        let all = environment(&[("UV_FIND_LINKS", "/a, /b")]);
        assert_eq!(find_links(&all, &Environment::new()), ["/a", "/b"]);
        assert_eq!(find_links(&all, &environment(&[("UV_FIND_LINKS", "/c")])), ["/c"]);
    }
}

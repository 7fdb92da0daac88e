//! Which variables every tool may see.

use releasekit_core::Environment;
use releasekit_core::environment::may_hold_secret;

/// What programs need to find files, people's language, certificates and the way out. Proxies may carry a password
/// of their own; without it nothing behind such a proxy could be reached.
const NAMES: &[&str] = &[
    "ALL_PROXY",
    "HOME",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "LANG",
    "LANGUAGE",
    "LOGNAME",
    "NO_PROXY",
    "PATH",
    "SHELL",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "TERM",
    "TMPDIR",
    "TZ",
    "USER",
    "all_proxy",
    "http_proxy",
    "https_proxy",
    "no_proxy",
];

const PREFIXES: &[&str] = &["LC_", "XDG_"];

/// The part of the environment that any tool may see: no credential is in it, and no setting of any one tool.
pub fn for_tools(environment: &Environment) -> Environment {
    let of_a_family = |name: &str| PREFIXES.iter().any(|prefix| name.starts_with(prefix)) && !may_hold_secret(name);
    environment.filtered(|name| NAMES.contains(&name) || of_a_family(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_listed_variables_pass() {
        let all: Environment = [
            ("PATH", "/bin"),
            ("LC_ALL", "C"),
            ("XDG_CACHE_HOME", "/c"),
            ("https_proxy", "http://proxy"),
            ("UV_PUBLISH_TOKEN", "secret"),
            ("GITHUB_TOKEN", "secret"),
            ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "secret"),
            ("LC_TOKEN", "secret"),
            ("XDG_SECRET", "secret"),
            ("GIT_DIR", "/elsewhere"),
            ("PYTHONPATH", "/elsewhere"),
        ]
        .into_iter()
        .map(|(name, value)| (name.into(), value.into()))
        .collect();
        let kept: Vec<_> = for_tools(&all).iter().map(|(name, _)| name.to_owned()).collect();
        assert_eq!(kept, ["LC_ALL", "PATH", "XDG_CACHE_HOME", "https_proxy"]);
    }
}

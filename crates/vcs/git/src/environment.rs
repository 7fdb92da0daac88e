//! The environment that git gets: the user's own, without what would point it elsewhere or make it wait for someone.

use releasekit_core::Environment;
use releasekit_process::environment::for_tools;

/// Variables of git that say who the user is, how to reach a remote, and where settings stand.
const KEPT: &[&str] = &[
    "GIT_ALLOW_PROTOCOL",
    "GIT_ASKPASS",
    "GIT_ATTR_NOSYSTEM",
    "GIT_AUTHOR_EMAIL",
    "GIT_AUTHOR_NAME",
    "GIT_COMMITTER_EMAIL",
    "GIT_COMMITTER_NAME",
    "GIT_EXEC_PATH",
    "GIT_PROXY_COMMAND",
    "GIT_SSH",
    "GIT_SSH_COMMAND",
    "GIT_SSH_VARIANT",
];

/// The same, for families of variables. `GIT_CONFIG` itself is none of them.
const KEPT_PREFIXES: &[&str] = &["GIT_CONFIG_", "GIT_HTTP_", "GIT_PROXY_SSL_", "GIT_SSL_"];

/// A path at which nothing can lie, for git warns of a graft file that is there and empty.
const NOWHERE: &str = "/dev/null/grafts";

/// What git must not do: wait for a lock it could do without, ask at the terminal, or speak another language; and put
/// other objects in the place of those that a commit names. Replace refs and grafts are this clone's alone: what is
/// tagged and pushed means to everybody else what its name says, so it is read as its name says here too.
const FIXED: &[(&str, &str)] = &[
    ("GIT_GRAFT_FILE", NOWHERE),
    ("GIT_NO_REPLACE_OBJECTS", "1"),
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("LC_ALL", "C"),
    ("SSH_ASKPASS_REQUIRE", "never"),
];
/// Variables of other tools by which files are uploaded: nothing of git's needs them, and git runs filters and helpers.
const FOREIGN: &[&str] =
    &["CARGO_REGISTR", "FLIT_", "HATCH_", "NODE_AUTH_TOKEN", "NPM_", "POETRY_", "PYPI_", "TWINE_", "UV_"];

/// The environment for git commands. Every `GIT_DIR`, `GIT_INDEX_FILE`, `GIT_TRACE` and their like is gone.
pub(crate) fn for_git(environment: &Environment) -> Environment {
    let is_foreign = |name: &str| FOREIGN.iter().any(|prefix| name.starts_with(prefix));
    let mut clean = environment.filtered(|name| !is_foreign(name) && (!name.starts_with("GIT_") || is_kept(name)));
    // A user who has set up a helper to ask for pass phrases is asked by it.
    let has_helper = clean.get("SSH_ASKPASS").is_some();
    for (name, value) in FIXED {
        if *name != "SSH_ASKPASS_REQUIRE" || !has_helper {
            clean.set(*name, *value);
        }
    }
    clean
}

/// Where settings stand, without any that could hold a login.
const SETTINGS_FILES: &[&str] = &["GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_SYSTEM"];

/// The environment for git where code of the repository may have said what git runs: no credential is in it.
pub(crate) fn for_git_on_untrusted(environment: &Environment) -> Environment {
    let mut clean = for_git(&for_tools(environment));
    let files = environment.filtered(|name| SETTINGS_FILES.contains(&name));
    clean.extend(files.iter().map(|(name, value)| (name.to_owned(), value.to_owned())));
    clean
}

fn is_kept(name: &str) -> bool {
    KEPT.contains(&name) || KEPT_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_points_git_elsewhere_is_cleared_and_what_the_user_needs_stays() {
        let names = [
            "GIT_DIR",
            "GIT_INDEX_FILE",
            "GIT_WORK_TREE",
            "GIT_OBJECT_DIRECTORY",
            "GIT_CONFIG",
            "GIT_TRACE",
            "UV_PUBLISH_TOKEN",
        ];
        let kept = ["GIT_SSH_COMMAND", "GIT_CONFIG_GLOBAL", "GIT_AUTHOR_NAME", "GIT_SSL_CAINFO", "PATH", "HOME"];
        let all: Environment = names.iter().chain(&kept).map(|name| ((*name).into(), "x".into())).collect();
        let clean = for_git(&all);
        assert!(names.iter().all(|name| clean.get(name).is_none()), "{clean:?}");
        assert!(kept.iter().all(|name| clean.get(name).is_some()), "{clean:?}");
        assert_eq!(clean.text("GIT_TERMINAL_PROMPT"), Some("0"));
        assert_eq!(clean.text("LC_ALL"), Some("C"));
        assert_eq!(clean.text("GIT_NO_REPLACE_OBJECTS"), Some("1"));
        assert_eq!(clean.text("GIT_GRAFT_FILE"), Some(NOWHERE));
        assert_eq!(clean.text("SSH_ASKPASS_REQUIRE"), Some("never"));
        let helped = for_git(&all.with("SSH_ASKPASS", "/bin/ask").with("SSH_ASKPASS_REQUIRE", "prefer"));
        assert_eq!(helped.text("SSH_ASKPASS_REQUIRE"), Some("prefer"));
    }
}

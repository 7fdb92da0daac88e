//! Who publishes, as a CI system says it: the variables from which npm makes a statement of provenance.

use releasekit_core::Environment;
use releasekit_core::environment::is_credential;

/// A CI system from whose identities npm makes provenance.
struct System {
    /// The variable by which it is known.
    mark: &'static str,
    /// How the names of the variables begin that describe a job.
    job: &'static [&'static str],
    /// What an identity is had by.
    identity: &'static [&'static str],
}

const SYSTEMS: &[System] = &[
    System {
        mark: "GITHUB_ACTIONS",
        job: &["GITHUB_", "RUNNER_"],
        identity: &["ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"],
    },
    System { mark: "GITLAB_CI", job: &["CI_", "RUNNER_"], identity: &["SIGSTORE_ID_TOKEN"] },
];

/// The variables of the job, with those from which an identity is made; `None` where there is none.
pub(crate) fn variables(environment: &Environment) -> Option<Environment> {
    let has = |name: &&str| environment.text(name).is_some();
    let system = SYSTEMS.iter().find(|system| has(&system.mark) && system.identity.iter().all(has))?;
    let describes = |name: &str| system.job.iter().any(|start| name.starts_with(start)) && !is_credential(name);
    let is_of = |name: &str| name == "CI" || name == system.mark || system.identity.contains(&name) || describes(name);
    Some(environment.filtered(is_of))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_is_there_or_it_is_not() {
        let github = Environment::new().with("GITHUB_ACTIONS", "true").with("GITHUB_SHA", "abc").with("CI", "true");
        let github = github.with("GITHUB_TOKEN", "secret").with("NPM_TOKEN", "secret").with("CI_JOB_TOKEN", "secret");
        assert_eq!(variables(&github), None);
        let may = github.with("ACTIONS_ID_TOKEN_REQUEST_URL", "u").with("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "t");
        let found = variables(&may).expect("it may");
        let names: Vec<_> = found.iter().map(|(name, _)| name.to_string_lossy()).collect();
        let expected =
            ["ACTIONS_ID_TOKEN_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_URL", "CI", "GITHUB_ACTIONS", "GITHUB_SHA"];
        assert_eq!(names, expected);
        let gitlab = Environment::new().with("GITLAB_CI", "true").with("CI_JOB_TOKEN", "secret");
        assert_eq!(variables(&gitlab), None);
        let found = variables(&gitlab.with("SIGSTORE_ID_TOKEN", "t")).expect("it may");
        assert_eq!((found.text("SIGSTORE_ID_TOKEN"), found.text("CI_JOB_TOKEN")), (Some("t"), None));
    }
}

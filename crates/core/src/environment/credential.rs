//! Which variables carry rights that no code of a repository may have. Judged by name alone, for what a value is good for
//! cannot be seen.

/// Names that say nothing about what they carry.
const NAMES: &[&str] = &[
    "CI_REPOSITORY_URL", // of GitLab, with the job's token in it
    "DOCKER_AUTH_CONFIG",
    "GIT_ASKPASS",
    "GL_TOKEN",
    "ID_TOKEN",
    "NODE_AUTH_TOKEN",
    "NPM_CONFIG_USERCONFIG",
    "SSH_ASKPASS",
    "SSH_AUTH_SOCK", // whoever talks to the agent can push
    "SYSTEM_ACCESSTOKEN",
    "SYSTEM_OIDCREQUESTURI",
    "VAULT_TOKEN",
];

/// Beginnings of names: the upload settings of tools, and the tokens of jobs from which others are minted.
const PREFIXES: &[&str] = &[
    "ACTIONS_ID_TOKEN_",
    "ACTIONS_RUNTIME_TOKEN",
    "CI_JOB_JWT",
    "CI_JOB_TOKEN",
    "CIRCLE_OIDC_",
    "FLIT_",
    "HATCH_INDEX_",
    "ID_TOKEN_",
    "MATURIN_PASSWORD",
    "OIDC_",
    "PDM_PUBLISH_",
    "POETRY_HTTP_BASIC_",
    "POETRY_PYPI_TOKEN",
    "SIGSTORE_",
    "TWINE_",
    "UV_PUBLISH_",
    "YARN_NPM_AUTH_",
];

/// Ends of names.
const SUFFIXES: &[&str] = &["_ID_TOKEN", "_JWT", "_OIDC"];

/// Parts of names.
const PARTS: &[&str] = &["_ID_TOKEN_", "_OIDC_", "_AUTHTOKEN", "ACCESS_TOKEN"];

/// Beginnings of the names of registries, forges and build services, whose variables are harmless unless a word says
/// that one is a secret.
const FAMILIES: &[&str] = &[
    "ACTIONS_",
    "AZURE_DEVOPS_",
    "BITBUCKET_",
    "BUILDKITE_",
    "CARGO_REGISTRIES_",
    "CARGO_REGISTRY_",
    "CI_",
    "CIRCLE_",
    "CODEBERG_",
    "FORGEJO_",
    "GH_",
    "GITEA_",
    "GITHUB_",
    "GITLAB_",
    "GPG_",
    "HEX_",
    "JSR_",
    "MATURIN_",
    "NPM_",
    "NUGET_",
    "PYPI_",
    "RUBYGEMS_",
    "TESTPYPI_",
    "TEST_PYPI_",
];

/// Words of names that say that a value is a secret.
const WORDS: &[&str] =
    &["API_KEY", "APIKEY", "CREDENTIAL", "JWT", "PASSPHRASE", "PASSWD", "PASSWORD", "PRIVATE_KEY", "SECRET", "TOKEN"];

/// Words of the same kind that mean it only as a whole part of a name: `GITHUB_PAT`, not `GITHUB_PATH`.
const WHOLE_WORDS: &[&str] = &["ACCESS_KEY", "AUTH", "KEY", "PASS", "PAT", "PWD", "SIGNING_KEY"];

/// Whether a variable of this name can carry the right to upload or to push, or an identity from which such a right is
/// minted. Case does not count.
///
/// No build, no script and no command of a configuration gets such a variable, whoever asks for it. Logins of indexes
/// that builds read from (`UV_INDEX_HOUSE_PASSWORD`) are none of these; [`may_hold_secret`] knows them as well.
///
/// ```
/// use releasekit_core::environment::is_credential;
///
/// assert!(is_credential("UV_PUBLISH_TOKEN"));
/// assert!(is_credential("pypi_id_token"));
/// assert!(!is_credential("UV_INDEX_HOUSE_PASSWORD"));
/// ```
pub fn is_credential(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    NAMES.contains(&name.as_str())
        || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
        || SUFFIXES.iter().any(|suffix| name.ends_with(suffix))
        || PARTS.iter().any(|part| name.contains(part))
        || (FAMILIES.iter().any(|family| name.starts_with(family)) && names_a_secret(&name))
}

/// Whether the value of a variable of this name may be a secret of any kind: a credential, the login of an index that is
/// only read, or anything that calls itself a token, a password or a key.
pub fn may_hold_secret(name: &str) -> bool {
    is_credential(name) || names_a_secret(&name.to_ascii_uppercase())
}

fn names_a_secret(name: &str) -> bool {
    let whole = |word: &str| {
        let before_and_after = |at: usize| {
            let rest = &name[at + word.len()..];
            (at == 0 || name[..at].ends_with('_')) && (rest.is_empty() || rest.starts_with('_'))
        };
        name.match_indices(word).any(|(at, _)| before_and_after(at))
    };
    WORDS.iter().any(|word| name.contains(word)) || WHOLE_WORDS.iter().any(|word| whole(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_uploads_pushes_or_mints_is_a_credential_in_any_case() {
        let names = "UV_PUBLISH_TOKEN UV_PUBLISH_PASSWORD UV_PUBLISH_USERNAME TWINE_PASSWORD TWINE_USERNAME HATCH_INDEX_AUTH \
            POETRY_PYPI_TOKEN_PYPI POETRY_HTTP_BASIC_PYPI_PASSWORD FLIT_PASSWORD PDM_PUBLISH_PASSWORD MATURIN_PYPI_TOKEN \
            PYPI_TOKEN PYPI_API_TOKEN PYPI_PASSWORD TEST_PYPI_TOKEN PYPI_ID_TOKEN TESTPYPI_ID_TOKEN SIGSTORE_ID_TOKEN ID_TOKEN \
            ID_TOKEN_1 NPM_TOKEN NODE_AUTH_TOKEN NPM_CONFIG_USERCONFIG NPM_ID_TOKEN YARN_NPM_AUTH_TOKEN \
            npm_config_//registry.npmjs.org/:_authToken CARGO_REGISTRY_TOKEN CARGO_REGISTRIES_HOUSE_TOKEN GH_TOKEN \
            GITHUB_TOKEN GH_ENTERPRISE_TOKEN GITHUB_PAT INPUT_GITHUB_OIDC_TOKEN GITLAB_TOKEN GL_TOKEN GITLAB_PRIVATE_TOKEN \
            BITBUCKET_TOKEN BITBUCKET_STEP_OIDC_TOKEN BITBUCKET_APP_PASSWORD GITEA_TOKEN CI_JOB_TOKEN CI_JOB_JWT CI_JOB_JWT_V2 \
            CI_REGISTRY_PASSWORD CI_DEPLOY_PASSWORD CI_REPOSITORY_URL ACTIONS_RUNTIME_TOKEN ACTIONS_ID_TOKEN_REQUEST_TOKEN \
            ACTIONS_ID_TOKEN_REQUEST_URL CIRCLE_OIDC_TOKEN CIRCLE_OIDC_TOKEN_V2 BUILDKITE_AGENT_ACCESS_TOKEN SYSTEM_ACCESSTOKEN \
            SYSTEM_OIDCREQUESTURI MY_OIDC_TOKEN SSH_AUTH_SOCK GIT_ASKPASS";
        for name in names.split_whitespace() {
            assert!(is_credential(name), "{name}");
            assert!(is_credential(&name.to_ascii_lowercase()), "{name}");
            assert!(may_hold_secret(name), "{name}");
        }
    }

    #[test]
    fn what_builds_need_is_none() {
        let names = "PATH HOME GITHUB_PATH GITHUB_SHA GITHUB_REF GITHUB_ACTIONS CI CI_COMMIT_SHA CI_PROJECT_ID BUILDKITE_COMMIT \
            CARGO_HOME CARGO_REGISTRIES_HOUSE_INDEX NPM_CONFIG_REGISTRY UV_INDEX UV_INDEX_HOUSE_USERNAME PIP_INDEX_URL CC \
            RUSTFLAGS GIT_AUTHOR_NAME CI_COMMIT_AUTHOR KEYBOARD MONKEY PASSAGE PATTERN TOKYO VOIDC HTTPS_PROXY NETRC INDEX_USER XDG_CACHE_HOME";
        for name in names.split_whitespace() {
            assert!(!is_credential(name), "{name}");
            assert!(!may_hold_secret(name), "{name}");
        }
    }

    #[test]
    fn logins_for_reading_are_secrets_that_a_build_may_be_given() {
        for name in
            ["UV_INDEX_HOUSE_PASSWORD", "INDEX_TOKEN", "AWS_SECRET_ACCESS_KEY", "DB_PASS", "SIGNING_KEY", "X_API_KEY"]
        {
            assert!(!is_credential(name), "{name}");
            assert!(may_hold_secret(name), "{name}");
        }
    }
}

//! Which of the user's variables reach pnpm, npm and node.
//!
//! No setting is handed on by a variable: what changes a result would make a release another one on another machine, and what
//! is secret goes to uploads alone.

use releasekit_core::Environment;
use releasekit_core::environment::is_credential;
use releasekit_process::environment::for_tools;

/// How programs find the node and the pnpm that the user has chosen, and whose certificates they trust.
const NAMES: &[&str] = &[
    "ASDF_DATA_DIR",
    "ASDF_DIR",
    "COREPACK_HOME",
    "COREPACK_NPM_REGISTRY",
    "FNM_DIR",
    "FNM_MULTISHELL_PATH",
    "MISE_DATA_DIR",
    "NODE_EXTRA_CA_CERTS",
    "NODENV_ROOT",
    "NVM_DIR",
    "PNPM_HOME",
    "VOLTA_HOME",
];

/// What keeps them from doing or saying what nobody has asked for. A `packageManager` of the repository would have pnpm
/// download another one.
const QUIET: &[(&str, &str)] = &[
    ("COREPACK_ENABLE_DOWNLOAD_PROMPT", "0"),
    ("NODE_NO_WARNINGS", "1"),
    ("NO_COLOR", "1"),
    ("NO_UPDATE_NOTIFIER", "1"),
    ("npm_config_audit", "false"),
    ("npm_config_fund", "false"),
    ("npm_config_logs_max", "0"),
    ("npm_config_manage_package_manager_versions", "false"),
    ("npm_config_update_notifier", "false"),
    ("pnpm_config_pm_on_fail", "ignore"),
    ("pnpm_config_update_notifier", "false"),
];

/// Where settings would lie that nobody has. npm refuses to read one file for two.
const NOBODYS: &[(&str, &str)] = &[
    ("XDG_CONFIG_HOME", "/nonexistent"),
    ("npm_config_globalconfig", "/nonexistent/npmrc"),
    ("npm_config_userconfig", "/nonexistent/user/npmrc"),
];

/// What any run sees.
pub(crate) fn strict(all: &Environment) -> Environment {
    let own = all.filtered(|name| NAMES.contains(&name));
    let kept = own.iter().fold(for_tools(all), |kept, (name, value)| kept.with(name, value));
    QUIET.iter().fold(kept, |kept, (name, value)| kept.with(*name, *value))
}

/// What a run sees that is to have the same end on every machine: the user's own settings do not count.
pub(crate) fn impersonal(all: &Environment) -> Environment {
    NOBODYS.iter().fold(strict(all), |kept, (name, value)| kept.with(*name, *value))
}

/// For a build, with what the request adds.
pub(crate) fn building(all: &Environment, more: &Environment) -> Environment {
    let added = more.iter().filter(|(name, _)| !is_credential(&name.to_string_lossy()));
    added.fold(impersonal(all), |kept, (name, value)| kept.with(name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_sees_no_credential_and_no_setting_of_the_users() {
        let all: Environment = [
            ("HOME", "/h"),
            ("NODE_AUTH_TOKEN", "secret"),
            ("NODE_EXTRA_CA_CERTS", "/ca.pem"),
            ("NODE_OPTIONS", "--require /evil.js"),
            ("NPM_CONFIG_USERCONFIG", "/h/npmrc"),
            ("NPM_TOKEN", "secret"),
            ("PATH", "/bin"),
            ("XDG_CONFIG_HOME", "/c"),
            ("npm_config_//house.test/:_authToken", "secret"),
            ("npm_config_pack_gzip_level", "1"),
        ]
        .map(|(name, value)| (name.into(), value.into()))
        .into_iter()
        .collect();
        let more = [("NPM_TOKEN".into(), "secret".into()), ("CC".into(), "gcc".into())].into_iter().collect();
        let kept = building(&all, &more);
        let quiet = |name: &str| QUIET.iter().any(|(known, _)| *known == name);
        let names: Vec<_> = kept.iter().map(|(name, _)| name.to_string_lossy().into_owned()).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).filter(|name| !quiet(name)).collect();
        let expected = [
            "CC",
            "HOME",
            "NODE_EXTRA_CA_CERTS",
            "PATH",
            "XDG_CONFIG_HOME",
            "npm_config_globalconfig",
            "npm_config_userconfig",
        ];
        assert_eq!(names, expected);
        assert_eq!(kept.text("XDG_CONFIG_HOME"), Some("/nonexistent"));
    }
}

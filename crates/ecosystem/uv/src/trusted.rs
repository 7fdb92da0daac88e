//! The files that decide what uv does with a credential: its settings, logins, and the programs.

use std::path::PathBuf;

use releasekit_core::Environment;

use crate::config::TOOL;

/// Where the settings of uv lie in each folder for settings.
const SETTINGS: &str = "uv/uv.toml";

/// Settings of the machine that no variable moves.
const OF_THE_MACHINE: &str = "/etc/uv/uv.toml";

/// Folders for settings of the machine where no variable names them.
const CONFIG_DIRS: &str = "/etc/xdg";

/// What uv starts to be told a password.
const KEYRING: &str = "keyring";

/// Variables that name files: settings, logins, and whose certificates are trusted.
const VARIABLES: &[&str] = &["NETRC", "SSL_CERT_FILE", "UV_CONFIG_FILE"];

/// Logins in the home folder.
const IN_HOME: &[&str] = &[".netrc", ".pypirc"];

/// Logins that `uv auth login` keeps, in the folder for data.
const LOGINS: &str = "uv/credentials/credentials.toml";

/// All of them, whether they are there or not.
pub(crate) fn files(environment: &Environment) -> Vec<PathBuf> {
    let dirs = environment.get("XDG_CONFIG_DIRS").unwrap_or(CONFIG_DIRS.as_ref());
    let data = environment.get("XDG_DATA_HOME").map(PathBuf::from).or_else(|| environment.in_home(".local/share"));
    let mut paths: Vec<PathBuf> = std::env::split_paths(dirs).map(|folder| folder.join(SETTINGS)).collect();
    paths.push(OF_THE_MACHINE.into());
    paths.extend(environment.in_config(SETTINGS));
    paths.extend(data.map(|folder| folder.join(LOGINS)));
    paths.extend(VARIABLES.iter().filter_map(|name| environment.get(name)).map(PathBuf::from));
    paths.extend(IN_HOME.iter().filter_map(|file| environment.in_home(file)));
    paths.extend([TOOL, KEYRING].iter().flat_map(|program| environment.on_path(program)));
    // What is relative is sought from the folder that uv runs in, and that one is empty.
    paths.retain(|path| path.is_absolute());
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_logins_and_programs_are_named_whether_they_are_there_or_not() {
        let environment = Environment::new().with("HOME", "/h").with("PATH", "/a:/b").with("NETRC", "/n");
        let found = files(&environment);
        let expected = [
            "/etc/xdg/uv/uv.toml",
            "/etc/uv/uv.toml",
            "/h/.config/uv/uv.toml",
            "/h/.local/share/uv/credentials/credentials.toml",
            "/n",
            "/h/.netrc",
            "/h/.pypirc",
            "/a/uv",
            "/b/uv",
            "/a/keyring",
            "/b/keyring",
        ];
        assert_eq!(found, expected.map(PathBuf::from));
        let environment = environment.with("XDG_CONFIG_HOME", "/c").with("XDG_CONFIG_DIRS", "/d:/e");
        let found = files(&environment.with("UV_CONFIG_FILE", "/f").with("SSL_CERT_FILE", "relative.pem"));
        for path in ["/c/uv/uv.toml", "/d/uv/uv.toml", "/e/uv/uv.toml", "/f"] {
            assert!(found.contains(&PathBuf::from(path)), "{path}: {found:?}");
        }
        assert!(found.iter().all(|path| path.is_absolute()), "{found:?}");
    }
}

//! The files that decide what cargo does with a credential: its settings, logins, and the programs.

use std::path::PathBuf;

use releasekit_core::Environment;

use crate::config::TOOL;

/// Settings and logins in the folder of cargo; those without an ending are of old, and still read.
const FILES: &[&str] = &["config", "config.toml", "credentials", "credentials.toml"];

/// All of them, whether they are there or not.
pub(crate) fn files(environment: &Environment) -> Vec<PathBuf> {
    let home = home(environment);
    let mut paths: Vec<PathBuf> = FILES.iter().filter_map(|file| Some(home.as_ref()?.join(file))).collect();
    paths.extend([TOOL, "rustc", "rustup"].iter().flat_map(|program| environment.on_path(program)));
    paths.retain(|path| path.is_absolute());
    paths
}

/// Where cargo has its own files.
pub(crate) fn home(environment: &Environment) -> Option<PathBuf> {
    environment.get("CARGO_HOME").map(PathBuf::from).or_else(|| environment.in_home(".cargo"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_logins_and_programs_are_named_whether_they_are_there_or_not() {
        let environment = Environment::new().with("HOME", "/h").with("PATH", "/a");
        let found = files(&environment);
        let expected = [
            "/h/.cargo/config",
            "/h/.cargo/config.toml",
            "/h/.cargo/credentials",
            "/h/.cargo/credentials.toml",
            "/a/cargo",
            "/a/rustc",
            "/a/rustup",
        ];
        assert_eq!(found, expected.map(PathBuf::from));
        let moved = files(&environment.with("CARGO_HOME", "/c"));
        assert!(moved.contains(&PathBuf::from("/c/credentials.toml")), "{moved:?}");
    }
}

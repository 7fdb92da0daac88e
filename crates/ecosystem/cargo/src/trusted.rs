//! The files that decide what cargo does with a credential: its settings, logins, and the programs.

use std::path::{Path, PathBuf};

use releasekit_core::Environment;
use toml_edit::{DocumentMut, Item};

use crate::apart::NOWHERE;
use crate::config::TOOL;

/// Settings and logins in the folder of cargo; those without an ending are of old, and still read.
const FILES: &[&str] = &["config", "config.toml", "credentials", "credentials.toml"];

/// What counts in every folder that has none of its own.
const NOWHERE_FILES: &[&str] = &[".cargo/config", ".cargo/config.toml", "rust-toolchain", "rust-toolchain.toml"];

/// All of them, whether they are there or not.
pub(crate) fn files(environment: &Environment) -> Vec<PathBuf> {
    let home = home(environment);
    let mut paths: Vec<PathBuf> = FILES.iter().filter_map(|file| Some(home.as_ref()?.join(file))).collect();
    paths.extend(NOWHERE_FILES.iter().map(|file| Path::new(NOWHERE).join(file)));
    paths.extend(toolchains(environment).map(|home| home.join("settings.toml")));
    paths.extend([TOOL, "rustc", "rustup"].iter().flat_map(|program| environment.on_path(program)));
    paths.extend(providers(environment).iter().flat_map(|program| places(program, environment)));
    paths.retain(|path| path.is_absolute());
    paths
}

/// Where a program may lie: where its name says, or on the path.
fn places(program: &str, environment: &Environment) -> Vec<PathBuf> {
    if program.contains('/') { vec![PathBuf::from(program)] } else { environment.on_path(program) }
}

/// The programs that keep tokens, as the user's settings name them for whichever registry.
fn providers(environment: &Environment) -> Vec<String> {
    let is_provider = |name: &str| name.contains("CREDENTIAL_PROVIDER") || name.starts_with("CARGO_CREDENTIAL_ALIAS_");
    let variables = environment.filtered(|name| name.starts_with("CARGO_") && is_provider(name));
    let mut lists: Vec<Vec<String>> = variables.iter().filter_map(|(_, value)| value.to_str().map(words)).collect();
    let files = home(environment).into_iter().flat_map(|home| ["config", "config.toml"].map(|file| home.join(file)));
    for document in files.filter_map(|file| std::fs::read_to_string(file).ok()?.parse::<DocumentMut>().ok()) {
        let registries =
            document.get("registries").and_then(Item::as_table_like).into_iter().flat_map(|all| all.iter());
        let tables = registries.map(|(_, table)| table).chain(document.get("registry"));
        lists.extend(tables.filter_map(|table| table.get("credential-provider")).map(words_of));
        let aliases =
            document.get("credential-alias").and_then(Item::as_table_like).into_iter().flat_map(|all| all.iter());
        lists.extend(aliases.map(|(_, alias)| words_of(alias)));
        let all = document.get("registry").and_then(|registry| registry.get("global-credential-providers"));
        let all = all.and_then(Item::as_array).into_iter().flatten();
        lists.extend(all.filter_map(|one| one.as_str().map(words)));
    }
    // What is built into cargo may run a program that is named behind it.
    let programs = lists.into_iter().filter_map(|words| words.into_iter().find(|word| !word.starts_with("cargo:")));
    programs.collect()
}

fn words_of(item: &Item) -> Vec<String> {
    match item.as_array() {
        Some(list) => list.iter().filter_map(|word| word.as_str().map(str::to_owned)).collect(),
        None => item.as_str().map(words).unwrap_or_default(),
    }
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// Where cargo has its own files.
pub(crate) fn home(environment: &Environment) -> Option<PathBuf> {
    environment.get("CARGO_HOME").map(PathBuf::from).or_else(|| environment.in_home(".cargo"))
}

/// Where rustup has its own files.
fn toolchains(environment: &Environment) -> Option<PathBuf> {
    environment.get("RUSTUP_HOME").map(PathBuf::from).or_else(|| environment.in_home(".rustup"))
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
            "/.cargo/config",
            "/.cargo/config.toml",
            "/rust-toolchain",
            "/rust-toolchain.toml",
            "/h/.rustup/settings.toml",
            "/a/cargo",
            "/a/rustc",
            "/a/rustup",
        ];
        assert_eq!(found, expected.map(PathBuf::from));
        let moved = files(&environment.with("CARGO_HOME", "/c"));
        assert!(moved.contains(&PathBuf::from("/c/credentials.toml")), "{moved:?}");
    }

    #[test]
    fn programs_that_keep_tokens_are_named_wherever_the_user_names_them() {
        let home = tempfile::tempdir().unwrap();
        let settings = "[registry]\nglobal-credential-providers = [\"cargo:token\", \"cargo:token-from-stdout show it\"]\n\
            [registries.house]\ncredential-provider = [\"/opt/tokens\", \"--of\", \"mine\"]\n\
            [credential-alias]\nshort = [\"/opt/alias\"]\n";
        std::fs::write(home.path().join("config.toml"), settings).unwrap();
        let environment = Environment::new().with("CARGO_HOME", home.path()).with("PATH", "/a");
        let found = files(&environment.with("CARGO_REGISTRIES_OTHER_CREDENTIAL_PROVIDER", "other --key hunter2"));
        for path in ["/opt/tokens", "/opt/alias", "/a/show", "/a/other"] {
            assert!(found.contains(&PathBuf::from(path)), "{path}: {found:?}");
        }
        assert!(!found.iter().any(|path| path.display().to_string().contains("cargo:")), "{found:?}");
    }
}

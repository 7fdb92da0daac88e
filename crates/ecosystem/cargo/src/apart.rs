//! cargo where no setting of the repository is found, for runs that have a credential.
//!
//! Settings of a repository can name a program that is asked for the token, a proxy and certificates to send it through, or
//! another cargo. cargo looks for them in the folder that it runs in and above, so it runs in the uppermost one. Where the
//! repository's registries are is all that is taken over from there, and none of them that the user does not know as well is
//! given anything by the user's programs.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use releasekit_core::Environment;
use releasekit_core::ecosystem::BackendContext;
use releasekit_core::package_manager::BuildRequest;
use releasekit_process::Command;
use toml_edit::{DocumentMut, Item};

use crate::config::MANIFEST;
use crate::environment;
use crate::tool::{TARGET, UMASK, command};
use crate::trusted::home;

/// The files of settings in a folder, of which cargo reads the first that there is.
const SETTINGS: [&str; 2] = [".cargo/config", ".cargo/config.toml"];

/// The files that name a toolchain, of which rustup reads the first that there is.
const TOOLCHAINS: [&str; 2] = ["rust-toolchain", "rust-toolchain.toml"];

/// Where cargo runs.
pub(crate) const NOWHERE: &str = "/";

/// What cargo calls its own files with tokens. It gives a registry nothing that was not put there for its name.
const FILES: &str = "cargo:token";

/// A workspace in an export, as cargo works on it from elsewhere.
#[derive(Debug)]
pub(crate) struct Apart {
    /// The workspace's root, on disk.
    pub(crate) folder: PathBuf,
    /// Where cargo leaves what it packs.
    pub(crate) target: PathBuf,
    environment: Environment,
    settings: Vec<String>,
}

impl Apart {
    /// The workspace that something was built from.
    pub(crate) fn of(context: &BackendContext, source: &BuildRequest) -> std::io::Result<Self> {
        let top = source.folder.canonicalize()?;
        let folder = source.package.home_in(&source.root).on_disk(&top);
        let all = &context.environment;
        let target = match &source.workplace {
            Some(workplace) => workplace.folder.join(TARGET),
            None => folder.join("target"),
        };
        let mut environment = environment::publishing(all).with("CARGO_TARGET_DIR", &target);
        environment.set("SOURCE_DATE_EPOCH", source.epoch.to_string());
        if let Some(toolchain) = toolchain(&folder, &top).filter(|_| all.get("RUSTUP_TOOLCHAIN").is_none()) {
            environment.set("RUSTUP_TOOLCHAIN", toolchain);
        }
        let settings = settings(&registries(&folder, &top), all);
        Ok(Self { folder, target, environment, settings })
    }

    /// A command line of cargo that works on it.
    pub(crate) fn command(&self, args: &[&str], limit: Duration) -> Command {
        let command = command(Path::new(NOWHERE), self.environment.clone()).args(args.iter().copied());
        let command = command.arg("--manifest-path").arg(self.folder.join(MANIFEST));
        command.args(self.settings.iter().map(String::as_str)).umask(UMASK).timeout(limit)
    }
}

/// The folders from a workspace's root up to that of its repository.
fn folders<'a>(folder: &'a Path, top: &'a Path) -> impl Iterator<Item = &'a Path> {
    folder.ancestors().take_while(move |folder| folder.starts_with(top))
}

/// The first of these files in a folder.
fn first(folder: &Path, names: [&str; 2]) -> Option<String> {
    names.iter().find_map(|name| fs::read_to_string(folder.join(name)).ok())
}

/// The indexes of the registries that a repository names.
fn registries(folder: &Path, top: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for text in folders(folder, top).filter_map(|folder| first(folder, SETTINGS)) {
        for (name, index) in indexes(&text) {
            found.entry(name).or_insert(index);
        }
    }
    found
}

fn indexes(text: &str) -> Vec<(String, String)> {
    let Ok(document) = text.parse::<DocumentMut>() else { return Vec::new() };
    let tables = document.get("registries").and_then(Item::as_table_like).into_iter().flat_map(|all| all.iter());
    let index = |(name, table): (&str, &Item)| Some((name.to_owned(), table.get("index")?.as_str()?.to_owned()));
    tables.filter_map(index).collect()
}

/// What tells cargo where registries are that the user's own settings do not know.
fn settings(registries: &BTreeMap<String, String>, environment: &Environment) -> Vec<String> {
    let home = home(environment);
    let text = home.and_then(|home| first(&home, ["config", "config.toml"])).unwrap_or_default();
    let own: BTreeMap<String, String> = indexes(&text).into_iter().collect();
    let is_known = |name: &str| {
        let variable = format!("CARGO_REGISTRIES_{}_INDEX", name.to_uppercase().replace('-', "_"));
        own.contains_key(name) || environment.get(&variable).is_some()
    };
    let unknown = registries.iter().filter(|(name, _)| !is_known(name));
    let said = unknown.flat_map(|(name, index)| {
        let key = |key: &str, value: &str| format!("registries.{}.{key}={}", quoted(name), quoted(value));
        [key("index", index), key("credential-provider", FILES)]
    });
    said.flat_map(|setting| ["--config".to_owned(), setting]).collect()
}

/// A text of TOML in one line.
fn quoted(text: &str) -> String {
    toml_edit::Value::from(text).to_string()
}

/// The toolchain that a repository asks for, where it is one of rustup's. A folder would be a program of the repository.
fn toolchain(folder: &Path, top: &Path) -> Option<String> {
    let text = folders(folder, top).find_map(|folder| first(folder, TOOLCHAINS))?;
    let channel = match text.parse::<DocumentMut>() {
        Ok(document) => document.get("toolchain")?.get("channel")?.as_str()?.to_owned(),
        Err(_) => text.trim().to_owned(),
    };
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    let is_name =
        channel.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric()) && channel.bytes().all(is_plain);
    is_name.then_some(channel)
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    fn written(folder: &TempDir, file: &str, text: &str) {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().expect("in a folder")).unwrap();
        fs::write(path, text).unwrap();
    }

    #[test]
    fn of_the_settings_of_a_repository_only_where_registries_are_is_told_and_no_program_is_asked_for_them() {
        let (top, home) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let evil = "[registries]\nhouse = { index = \"sparse+https://evil.test/\", credential-provider = \"evil\" }\n\
            other = { index = \"sparse+https://other.test/\", credential-provider = \"evil\" }\n[http]\nproxy = \"evil\"\n";
        written(&top, ".cargo/config.toml", evil);
        written(&top, "rust/.cargo/config", "[registries]\nnear = { index = \"sparse+https://near.test/\" }\n");
        written(&home, "config.toml", "[registries.house]\nindex = \"sparse+https://house.test/\"\n");
        let environment = Environment::new().with("CARGO_HOME", home.path());
        let found = registries(&top.path().join("rust"), top.path());
        let expected = [
            "--config",
            "registries.\"near\".index=\"sparse+https://near.test/\"",
            "--config",
            "registries.\"near\".credential-provider=\"cargo:token\"",
            "--config",
            "registries.\"other\".index=\"sparse+https://other.test/\"",
            "--config",
            "registries.\"other\".credential-provider=\"cargo:token\"",
        ];
        assert_eq!(settings(&found, &environment), expected);
        let known = environment.with("CARGO_REGISTRIES_NEAR_INDEX", "x").with("CARGO_REGISTRIES_OTHER_INDEX", "x");
        assert_eq!(settings(&found, &known), [""; 0]);
    }

    #[test]
    fn a_toolchain_is_taken_over_by_its_name_and_not_by_a_folder() {
        for (file, text, expected) in [
            ("rust-toolchain", "1.90.0\n", Some("1.90.0")),
            ("rust-toolchain.toml", "[toolchain]\nchannel = \"nightly-2026-01-01\"\n", Some("nightly-2026-01-01")),
            ("rust-toolchain.toml", "[toolchain]\npath = \"evil\"\n", None),
            ("rust-toolchain", "./evil\n", None),
            ("rust-toolchain", "../evil\n", None),
            ("README.md", "1.90.0\n", None),
        ] {
            let top = TempDir::new().unwrap();
            written(&top, file, text);
            assert_eq!(toolchain(&top.path().join("rust"), top.path()).as_deref(), expected, "{file}: {text}");
        }
    }
}

//! An empty project in a folder of ours, which takes crates from one registry.

use std::fs;
use std::path::Path;
use std::time::Duration;

use releasekit_core::confinement::Workplace;
use releasekit_core::ecosystem::BackendContext;
use releasekit_core::model::Target;
use releasekit_core::{Redactor, Result};
use releasekit_process::Command;

use crate::config::{INDEX, MANIFEST, PUBLIC};
use crate::environment;
use crate::error::Error;
use crate::replaced;
use crate::tool::command;

/// What a registry is called where nobody gave it a name.
const NAMELESS: &str = "releasekit";

/// The package file, which ends with a table of dependencies. It looks for no workspace around it.
const PACKAGE: &str = "[workspace]\n[package]\nname = \"releasekit-trial\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\
    publish = false\n[dependencies]\n";

/// The project.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Project<'a> {
    pub(crate) context: &'a BackendContext,
    pub(crate) folder: &'a Path,
    pub(crate) target: &'a Target,
    pub(crate) workplace: Option<&'a Workplace>,
    pub(crate) timeout: Duration,
}

impl<'a> Project<'a> {
    /// Writes its files.
    pub(crate) fn write(&self, dependencies: &str) -> Result<()> {
        self.put(MANIFEST, &format!("{PACKAGE}{dependencies}"))?;
        self.put("src/lib.rs", "")
    }

    /// The name of the registry; `None` for the public one, which needs none, and for the one that replaces it: under a name of
    /// its own its crates would be others than those that they need of each other.
    pub(crate) fn registry(&self) -> Option<&'a str> {
        let name = self.target.name.as_deref();
        let url = self.target.read_url.as_str();
        let is_public =
            name == Some(PUBLIC) || url == INDEX || replaced::is(url, self.folder, &self.context.environment);
        let is_legal =
            |name: &&str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        (!is_public).then(|| name.filter(is_legal).unwrap_or(NAMELESS))
    }

    /// A command line of cargo in it. No upload credential is given to it, and being offline is no matter of what was
    /// published a moment ago.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let environment = environment::strict(&self.context.environment).filtered(|name| name != "CARGO_NET_OFFLINE");
        let mut environment = environment.with("CARGO_TARGET_DIR", self.folder.join("target"));
        // Programs are installed without a look at settings in the folder.
        if let Some(name) = self.registry() {
            let name = name.to_ascii_uppercase().replace('-', "_");
            environment.set(format!("CARGO_REGISTRIES_{name}_INDEX"), &self.target.read_url);
        }
        command(self.folder, environment).args(args.iter().copied()).timeout(self.timeout).redact(&self.redactor())
    }

    /// What may not be said: all that is known as secret, and the login in the registry's URL.
    pub(crate) fn redactor(&self) -> Redactor {
        self.context.redactor.clone().with_url(&self.target.read_url)
    }

    fn put(&self, file: &str, text: &str) -> Result<()> {
        let path = self.folder.join(file);
        let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, text));
        Ok(written.map_err(Error::folder(path))?)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use releasekit_core::Environment;
    use releasekit_core::event::Silent;
    use tempfile::TempDir;

    use super::*;
    use crate::config::REGISTRY;

    #[test]
    fn what_replaces_the_public_registry_has_no_name_of_its_own() {
        let home = TempDir::new().unwrap();
        let settings =
            "[source.crates-io]\nreplace-with = \"mirror\"\n[source.mirror]\nregistry = \"sparse+https://m.test/\"\n";
        fs::write(home.path().join("config.toml"), settings).unwrap();
        let environment = Environment::new().with("CARGO_HOME", home.path());
        let context = BackendContext::new(environment, home.path().to_owned(), Arc::new(Silent));
        let name = |target: Target| {
            let (folder, timeout) = (home.path(), Duration::from_secs(1));
            let project = Project { context: &context, folder, target: &target, workplace: None, timeout };
            project.registry().map(str::to_owned)
        };
        let target = |url: &str| Target::new(REGISTRY, url, url);
        assert_eq!(name(target(INDEX)), None);
        assert_eq!(name(target("sparse+https://m.test/")), None);
        assert_eq!(name(target("sparse+https://h.test/")).as_deref(), Some(NAMELESS));
        assert_eq!(name(target("sparse+https://h.test/").with_name("house")).as_deref(), Some("house"));
    }
}

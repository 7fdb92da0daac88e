//! A throw-away project, into which npm or pnpm installs from a registry as a user would.
//!
//! Registries stand in its own settings, and logins for reading in variables of the one process that installs. The user's other
//! settings do not count, above all those that hide what is new.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use releasekit_core::confinement::Workplace;
use releasekit_core::ecosystem::BackendContext;
use releasekit_core::model::{PackageName, Target};
use releasekit_core::secret::without_login;
use releasekit_core::{Environment, Redactor};
use releasekit_formats::npm::credential::{self, key};
use releasekit_formats::npm::name;
use releasekit_formats::npm::npmrc::Npmrc;
use releasekit_process::Command;
use serde_json::Value;

use crate::config::{MANIFEST, NPMRC, PUBLIC, TOOL, UPLOADER};
use crate::error::Error;
use crate::{credentials, environment};

/// The program that runs what is installed.
const NODE: &str = "node";

/// Settings of connections that hold here as for the user's own use.
pub(crate) const CONNECTION: &[&str] = &["ca", "cafile", "https-proxy", "noproxy", "proxy", "strict-ssl"];

/// An empty project in a folder of ours.
#[derive(Debug)]
pub(crate) struct Project<'a> {
    context: &'a BackendContext,
    pub(crate) folder: PathBuf,
    timeout: Duration,
    workplace: Option<&'a Workplace>,
    /// What installs see, logins included.
    reading: Environment,
    redactor: Redactor,
}

impl<'a> Project<'a> {
    /// Makes one, with this package file, whose packages of some names come from a registry.
    pub(crate) fn new(
        context: &'a BackendContext,
        folder: PathBuf,
        target: &Target,
        names: &[&PackageName],
        manifest: &Value,
        timeout: Duration,
    ) -> Result<Self, Error> {
        let settings = credentials::read(&context.environment)?;
        let registries = Registries::new(&context.environment, &settings, target, names);
        // A lockfile of an earlier question would be its answer.
        match fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(Error::folder(&folder)(error)),
            _ => fs::create_dir_all(&folder).map_err(Error::folder(&folder))?,
        }
        for (name, text) in [(MANIFEST, manifest.to_string()), (NPMRC, registries.written())] {
            fs::write(folder.join(name), text).map_err(Error::folder(folder.join(name)))?;
        }
        let mut reading = environment::impersonal(&context.environment);
        for setting in CONNECTION {
            let value = credential::setting(&context.environment, &settings, setting);
            let name = format!("npm_config_{}", setting.replace('-', "_"));
            reading.extend(value.map(|value| (name.into(), value.into())));
        }
        let mut redactor = context.redactor.clone().with_url(&target.read_url);
        for (_, registry) in &registries.0 {
            let Some(login) = credentials::reading(&context.environment, &settings, registry) else { continue };
            let (what, secret) = login.setting();
            redactor = redactor.with(secret);
            reading.set(format!("npm_config_{}:{what}", key(registry)), secret.expose());
        }
        Ok(Self { context, folder, timeout, workplace: None, reading, redactor })
    }

    /// Says of which workplace it is part.
    pub(crate) fn with_workplace(mut self, workplace: Option<&'a Workplace>) -> Self {
        self.workplace = workplace;
        self
    }

    /// A command line of npm that reads from registries, asks nobody and tries once: whoever asks shows every failure, and asks
    /// again. No word is taken for an option.
    pub(crate) fn npm(&self, options: &[&str], words: &[&str]) -> Command {
        let command = Command::new(UPLOADER).args(options.iter().copied()).arg("--prefix").arg(&self.folder);
        let command = command.arg("--cache").arg(self.folder.join("cache"));
        let command = command.args(["--ignore-scripts", "--prefer-online", "--fetch-retries=0", "--color=false", "--"]);
        self.installing(command.args(words.iter().copied()))
    }

    /// A command line of pnpm that does the same, and does not wait until versions are old.
    pub(crate) fn pnpm(&self, options: &[&str], words: &[&str]) -> Command {
        let command = Command::new(TOOL).arg("--use-stderr").args(options.iter().copied());
        let command = command.arg("--store-dir").arg(self.folder.join("store"));
        let command = command.arg("--cache-dir").arg(self.folder.join("cache"));
        let command =
            command.args(["--ignore-scripts", "--config.minimumReleaseAge=0", "--config.fetch-retries=0", "--"]);
        self.installing(command.args(words.iter().copied()))
    }

    /// A command line of node, which runs code of packages and sees no login.
    pub(crate) fn node(&self, args: &[&str]) -> Command {
        let command = Command::new(NODE).args(args.iter().copied());
        let command = self.dressed(command, environment::impersonal(&self.context.environment));
        command.confined(self.context, self.workplace.cloned()).redact(&self.redactor)
    }

    /// A command line that runs nothing of any package. Outside of a workplace it is not kept apart, for then it could not write into
    /// its own folder.
    fn installing(&self, command: Command) -> Command {
        let command = self.dressed(command, self.reading.clone());
        let is_inside = self.workplace.is_some();
        let command = if is_inside { command.confined(self.context, self.workplace.cloned()) } else { command };
        command.redact(&self.redactor)
    }

    fn dressed(&self, command: Command, environment: Environment) -> Command {
        command.current_dir(&self.folder).env(environment).timeout(self.timeout)
    }

    /// A file of it.
    pub(crate) fn read(&self, file: impl AsRef<Path>) -> Result<String, Error> {
        let path = self.folder.join(file);
        fs::read_to_string(&path).map_err(Error::folder(path))
    }
}

/// Scopes, each with its registry; the first entry is for all other names.
struct Registries(Vec<(String, String)>);

impl Registries {
    /// The target comes first for the names that are asked of it; what it has not comes from where the user says.
    fn new(environment: &Environment, settings: &Npmrc, target: &Target, names: &[&PackageName]) -> Self {
        let plain = |url: &str| format!("{}/", without_login(url).trim_end_matches('/'));
        let of_target = plain(&target.read_url);
        let scopes: Vec<&str> = names.iter().filter_map(|package| name::scope(package.as_str())).collect();
        let users = credential::setting(environment, settings, "registry");
        let usual =
            if scopes.len() < names.len() { of_target.clone() } else { plain(users.as_deref().unwrap_or(PUBLIC)) };
        let mut all = vec![("registry".to_owned(), usual)];
        let is_other = |scope: &str| !scopes.iter().any(|own| format!("{own}:registry") == scope);
        for (setting, url) in settings.entries().filter(|(setting, _)| setting.starts_with('@') && is_other(setting)) {
            all.extend(setting.ends_with(":registry").then(|| (setting.to_owned(), plain(url))));
        }
        all.extend(scopes.iter().map(|scope| (format!("{scope}:registry"), of_target.clone())));
        all.dedup();
        Self(all)
    }

    fn written(&self) -> String {
        self.0.iter().map(|(setting, url)| format!("{setting}={url}\n")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(settings: &str, names: &[&str]) -> String {
        let names: Vec<PackageName> = names.iter().map(|name| PackageName::new(*name)).collect();
        let names: Vec<&PackageName> = names.iter().collect();
        let target = Target::new("npm", "https://me:pw@t.test/npm", "https://t.test/npm");
        Registries::new(&Environment::new(), &Npmrc::parse(settings), &target, &names).written()
    }

    #[test]
    fn what_is_asked_of_the_target_comes_from_there_and_the_rest_from_where_the_user_says() {
        let target = "https://t.test/npm/";
        assert_eq!(written("registry=https://u.test", &["a"]), format!("registry={target}\n"));
        let scoped =
            written("registry=https://u.test\n@s:registry=https://s.test\n@o:registry=https://o.test", &["@s/a"]);
        assert_eq!(scoped, format!("registry=https://u.test/\n@o:registry=https://o.test/\n@s:registry={target}\n"));
        assert_eq!(written("", &["@s/a"]), format!("registry={PUBLIC}\n@s:registry={target}\n"));
        assert_eq!(written("", &["@s/a", "b"]), format!("registry={target}\n@s:registry={target}\n"));
    }
}

//! A released crate is taken into an empty project and built there; its programs are installed.

use releasekit_core::Result;
use releasekit_core::ecosystem::BackendContext;
use releasekit_core::model::RepoPath;
use releasekit_core::package_manager::SmokeRequest;
use releasekit_core::secret::without_login;
use releasekit_process::{Error as ProcessError, Output};
use serde::Deserialize;

use crate::error::Error;
use crate::project::Project;
use crate::tool::help;

/// What `cargo metadata` says of a project and all that it needs.
#[derive(Debug, Deserialize)]
struct Needed {
    packages: Vec<Package>,
}

#[derive(Debug, Deserialize)]
struct Package {
    name: String,
    version: String,
    targets: Vec<Made>,
}

/// What a crate is built to.
#[derive(Debug, Deserialize)]
struct Made {
    kind: Vec<String>,
}

impl Package {
    fn has_program(&self) -> bool {
        self.targets.iter().flat_map(|made| &made.kind).any(|kind| kind == "bin")
    }
}

/// Installs it.
pub(crate) async fn install(context: &BackendContext, request: &SmokeRequest) -> Result<()> {
    let project = Project {
        context,
        folder: &request.folder,
        target: &request.target,
        workplace: request.workplace.as_ref(),
        timeout: request.timeout,
    };
    project.write("")?;
    let trial = Trial { project, request };
    trial.run(&["add", &format!("{}@={}", request.package, request.version)], true).await.map(drop)?;
    let library = trial.library().await?;
    if library.is_some() {
        trial.run(&["build"], false).await.map(drop)?;
    }
    // cargo takes no crate into a project that has programs alone.
    if library.is_none_or(|package| package.has_program()) {
        let version = format!("={}", request.version);
        let args = ["install", "--debug", "--root", "installed", request.package.as_str(), "--version", &version];
        trial.run(&args, true).await.map(drop)?;
    }
    Ok(())
}

struct Trial<'a> {
    project: Project<'a>,
    request: &'a SmokeRequest,
}

impl Trial<'_> {
    /// Runs cargo, which may run code of the package; from the registry where the words name a crate of it.
    async fn run(&self, args: &[&str], of_registry: bool) -> Result<Output> {
        let mut command = self.project.command(args);
        if let Some(name) = self.project.registry().filter(|_| of_registry) {
            command = command.args(["--registry", name]);
        }
        let command = command.confined(self.project.context, self.project.workplace.cloned());
        let ended = command.redact(&self.project.redactor()).run().await.and_then(Output::checked);
        ended.map_err(|error| match error {
            ProcessError::NotFound { .. } => help(error),
            error => self.failed(error).into(),
        })
    }

    fn failed(&self, source: ProcessError) -> Error {
        let (package, version) = (self.request.package.clone(), self.request.version.clone());
        let target = without_login(&self.request.target.read_url);
        Error::Smoke { package, version, target, source: Box::new(source) }
    }

    /// What cargo has taken in as a library, where it is one.
    async fn library(&self) -> Result<Option<Package>> {
        let output = self.run(&["metadata", "--format-version", "1"], false).await?;
        let manifest = RepoPath::default();
        let needed: Needed =
            serde_json::from_slice(&output.stdout).map_err(|source| Error::Answer { manifest, source })?;
        let (name, version) = (self.request.package.as_str(), self.request.version.as_str());
        Ok(needed.packages.into_iter().find(|package| package.name == name && package.version == version))
    }
}

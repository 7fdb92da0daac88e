//! A dry resolution: cargo is asked for a lockfile of an empty project that requires exactly these versions, and builds
//! nothing. What third parties are required is asked for with them, as installers do.

use releasekit_core::ecosystem::BackendContext;
use releasekit_core::model::PackageName;
use releasekit_core::package_manager::{Installable, ResolveRequest, Resolved};
use releasekit_core::secret::without_login;
use releasekit_core::{ErrorKind, Result};
use releasekit_process::Error as ProcessError;

use crate::error::Error;
use crate::project::Project;
use crate::tool::help;
use crate::words::{Fault, Said, said};

/// Whether cargo chooses exactly these.
pub(crate) async fn resolve(context: &BackendContext, request: &ResolveRequest) -> Result<Resolved> {
    let (folder, target, timeout) = (&request.folder, &request.target, request.timeout);
    let project = Project { context, folder, target, workplace: None, timeout };
    let required = request.packages.iter().enumerate().map(|(at, one)| required(at, one, project.registry()));
    project.write(&required.collect::<String>())?;
    // Whoever asks shows every failure, and asks again.
    let command = project.command(&["--config", "net.retry=0", "generate-lockfile"]);
    let output = command.run().await.map_err(|error| match error {
        ProcessError::TimedOut { stderr, .. } => {
            failed(request, Fault::new(ErrorKind::Transient, "cargo did not finish in time"), stderr).into()
        }
        error => help(error),
    })?;
    let text = output.stderr_text();
    match said(&text) {
        _ if output.success() => Ok(Resolved::Chosen),
        Said::Unsolvable => Ok(Resolved::NotChosen { packages: named(request, &text), why: text }),
        Said::Failed(fault) => Err(failed(request, fault, text).into()),
        Said::Stale | Said::WantsNetwork => {
            Err(failed(request, Fault::new(ErrorKind::ToolFailed, "cargo failed"), text).into())
        }
    }
}

/// A line of the package file. Its key is nobody's name.
fn required(at: usize, one: &Installable, registry: Option<&str>) -> String {
    let registry = registry.map(|name| format!(", registry = \"{name}\"")).unwrap_or_default();
    format!("asked-{at} = {{ package = \"{}\", version = \"={}\"{registry} }}\n", one.name, one.version)
}

/// What was asked for and is named; all of it where nothing is.
fn named(request: &ResolveRequest, text: &str) -> Vec<PackageName> {
    let names = || request.packages.iter().map(|one| one.name.clone());
    let is_named = |name: &PackageName| ["`", " "].iter().any(|end| text.contains(&format!("`{name}{end}")));
    let found: Vec<PackageName> = names().filter(is_named).collect();
    if found.is_empty() { names().collect() } else { found }
}

fn failed(request: &ResolveRequest, fault: Fault, output: String) -> Error {
    let target = without_login(&request.target.read_url);
    Error::Resolve { target, why: fault.why, kind: fault.kind, output }
}

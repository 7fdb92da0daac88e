//! A released package is installed into an environment of its own, from its index, and asked for its version.

use releasekit_core::ecosystem::BackendContext;
use releasekit_core::package_manager::SmokeRequest;
use releasekit_core::secret::without_login;
use releasekit_core::{Environment, Result, VersionScheme};
use releasekit_formats::python::Pep440;
use releasekit_process::{Command, Error as ProcessError, Output};

use crate::environment;
use crate::error::Error;
use crate::tool::{command, help};

/// Prints the version of the distribution named by the first argument.
const ASK: &str = "import sys, importlib.metadata as m; print(m.version(sys.argv[1]))";

/// Installs and asks.
pub(crate) async fn install(context: &BackendContext, request: &SmokeRequest) -> Result<()> {
    let environment = indexes(&context.environment, &request.target.read_url);
    let uv = || command(&request.folder, environment.clone()).redact(&context.redactor);
    let requirement = format!("{}=={}", request.package, request.version);
    let python = request.folder.join("venv/bin/python");

    let run = |command: Command| run(request, command.confined(context, request.workplace.clone()));
    run(uv().args(["venv", "--no-config", "--no-project", "venv"])).await.map(drop)?;
    let install = uv().args(["pip", "install", "--no-config", "--refresh", "--python"]).arg(&python);
    run(install.arg("--").arg(requirement)).await.map(drop)?;
    let asked = Command::new(python).args(["-I", "-c", ASK, request.package.as_str()]);
    let asked = asked.current_dir(&request.folder).env(environment::installing(&context.environment));
    let found = run(asked).await?.stdout_text();

    let found = found.trim();
    if Pep440.parse(found).is_ok_and(|found| Pep440.compare(&found, &request.version).is_eq()) {
        return Ok(());
    }
    let (package, version) = (request.package.clone(), request.version.clone());
    Err(Error::SmokeVersion { package, version, found: found.to_owned() }.into())
}

/// The index that was published to comes first; what it has not comes from where the user says.
fn indexes(all: &Environment, read_url: &str) -> Environment {
    let own = |name: &str| all.text(name).unwrap_or_default();
    let default = ["UV_DEFAULT_INDEX", "UV_INDEX_URL"].iter().find_map(|name| all.text(name)).unwrap_or(read_url);
    let more = [read_url, own("UV_INDEX"), own("UV_EXTRA_INDEX_URL")].join(" ");
    environment::installing(all).with("UV_DEFAULT_INDEX", default).with("UV_INDEX", more.trim())
}

async fn run(request: &SmokeRequest, command: Command) -> Result<Output> {
    let output = command.timeout(request.timeout).run().await.and_then(Output::checked);
    output.map_err(|error| match error {
        ProcessError::NotFound { .. } => help(error),
        error => {
            let (package, version) = (request.package.clone(), request.version.clone());
            let target = without_login(&request.target.read_url);
            Error::Smoke { package, version, target, source: Box::new(error) }.into()
        }
    })
}

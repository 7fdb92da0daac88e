//! A released package is installed into empty projects, by npm and by pnpm, and its entry points are loaded.

use std::fs;

use releasekit_core::Result;
use releasekit_core::ecosystem::BackendContext;
use releasekit_core::package_manager::SmokeRequest;
use releasekit_core::secret::without_login;
use releasekit_process::{Command, Error as ProcessError, Output};
use serde_json::json;

use crate::config::{TOOL, UPLOADER};
use crate::error::Error;
use crate::project::Project;
use crate::tool::help;

/// What loads entry points.
const LOAD: &str = include_str!("smoke/load.mjs");

/// Its file in a project.
const LOADER: &str = "load.mjs";

/// Installs it with both, and loads it.
pub(crate) async fn install(context: &BackendContext, request: &SmokeRequest) -> Result<()> {
    let wanted = format!("{}@{}", request.package, request.version);
    for tool in [UPLOADER, TOOL] {
        let folder = request.folder.join(tool);
        let names = [&request.package];
        let manifest = json!({ "private": true });
        let project = Project::new(context, folder, &request.target, &names, &manifest, request.timeout)?;
        let project = project.with_workplace(request.workplace.as_ref());
        let install = match tool {
            TOOL => project.pnpm(&["add", "--save-exact"], &[&wanted]),
            _ => project.npm(&["install", "--save-exact"], &[&wanted]),
        };
        run(request, tool, install).await?;
        let loader = project.folder.join(LOADER);
        fs::write(&loader, LOAD).map_err(Error::folder(&loader))?;
        let load = project.node(&[LOADER, request.package.as_str(), request.version.as_str()]);
        run(request, UPLOADER, load).await?;
    }
    Ok(())
}

async fn run(request: &SmokeRequest, tool: &str, command: Command) -> Result<()> {
    let ended = command.run().await.and_then(Output::succeeded);
    ended.map_err(|error| match error {
        ProcessError::NotFound { .. } => help(tool, error),
        error => {
            let (package, version) = (request.package.clone(), request.version.clone());
            let target = without_login(&request.target.read_url);
            Error::Smoke { package, version, target, source: Box::new(error) }.into()
        }
    })
}

//! What the settings of a workspace have pnpm do that a release should know of.

use std::collections::BTreeSet;

use releasekit_core::ecosystem::BackendContext;
use releasekit_core::package_manager::{CheckRequest, Finding};
use releasekit_core::{Label, Result, VersionScheme};
use releasekit_formats::manifest::{Data, Source, yaml};
use releasekit_formats::semver::SemVer;

use crate::codes;
use crate::config::{LEAST, TOOL};
use crate::settings::Settings;
use crate::tool::version;

/// What is fetched from a registry before anything else.
const FETCHED: &str = "configDependencies";

/// From which version on pnpm fetches it while packing, whatever it is told.
const FETCHES: &str = "11.0.0";

/// One for each workspace of what is released whose `configDependencies` are fetched.
pub(super) async fn findings(context: &BackendContext, request: &CheckRequest) -> Result<Vec<Finding>> {
    let released = request.packages.iter().filter(|one| one.released && one.is_published());
    let homes: BTreeSet<_> = released.map(|one| one.package.home_in(&request.root)).collect();
    let mut found = Vec::new();
    for file in homes.into_iter().map(Settings::file) {
        // What cannot be read discovery has told.
        let Some(Ok(source)) = Source::read(request.tree.as_ref(), &file)? else { continue };
        let names = yaml::parse(&source).ok().and_then(|root| root.get(FETCHED).cloned());
        if names.is_some_and(|names| matches!(names.data, Data::Object(entries) if !entries.is_empty())) {
            let (message, help) =
                (format!("`{file}` has `{FETCHED}`"), codes::CONFIG_FETCHED.help().unwrap_or_default());
            found.push(Finding::new(codes::CONFIG_FETCHED, message, Label::file(file.to_string(), ""), help));
        }
    }
    if found.is_empty() || !fetches(context).await? {
        return Ok(Vec::new());
    }
    Ok(found)
}

async fn fetches(context: &BackendContext) -> Result<bool> {
    let found = SemVer.parse(&version(context, TOOL, LEAST).await?)?;
    Ok(SemVer.compare(&found, &SemVer.parse(FETCHES)?).is_ge())
}

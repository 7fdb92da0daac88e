//! What repositories that build on this one are told of a publish.

use releasekit_core::Environment;
use releasekit_engine::locate::ReleaseCommit;
use releasekit_engine::publish::{Outcome, PublishReport, Published};
use serde::Serialize;

/// Names the repository, as `owner/name`, in a workflow.
const REPOSITORY: &str = "GITHUB_REPOSITORY";

#[derive(Debug, Serialize)]
struct Payload<'a> {
    repository: &'a str,
    commit: &'a str,
    packages: Vec<Package<'a>>,
}

#[derive(Debug, Serialize)]
struct Package<'a> {
    name: &'a str,
    ecosystem: &'a str,
    version: &'a str,
    registry: &'a str,
}

/// One line of JSON; `None` where this run has made nothing live, or not all of the release is: each publish is told of once.
pub(super) fn payload(report: &PublishReport, release: &ReleaseCommit, environment: &Environment) -> Option<String> {
    let has_published = report.packages.iter().any(|it| matches!(it.outcome, Outcome::Published(_)));
    if !has_published || !report.is_complete() {
        return None;
    }
    let packages = report.packages.iter().flat_map(|published| places(published, release)).collect();
    let repository = environment.text(REPOSITORY).unwrap_or_default();
    serde_json::to_string(&Payload { repository, commit: report.commit.as_str(), packages }).ok()
}

/// A package at each of its registries.
fn places<'a>(published: &'a Published, release: &'a ReleaseCommit) -> impl Iterator<Item = Package<'a>> {
    let Published { id, version, registries, .. } = published;
    let row = release.manifest.packages.iter().find(|row| row.id() == *id);
    let ecosystem = row.map_or("", |row| row.ecosystem.as_str());
    let (name, version) = (id.name.as_str(), version.as_str());
    registries.iter().map(move |registry| Package { name, ecosystem, version, registry })
}

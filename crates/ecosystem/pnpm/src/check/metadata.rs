//! What a package file says of the package, and of how it is published.

use releasekit_core::Result;
use releasekit_core::model::RepoPath;
use releasekit_core::package_manager::Finding;
use releasekit_formats::npm::credential::key;
use releasekit_formats::npm::name;
use serde_json::Value;

use super::Subject;
use crate::access::{CHANGESETS, said};
use crate::codes;

/// How the name of a readme begins, in any case.
const README: &str = "readme";

/// One for each thing that is wrong.
pub(super) fn findings(subject: &Subject<'_>) -> Result<Vec<Finding>> {
    let mut found = Vec::new();
    let own = subject.name();
    if !name::is_legal(own) {
        found.push(subject.finding(codes::NAME_ILLEGAL, format!("no registry takes a package called `{own}`")));
    }
    // Of a folder that is published in its place, its own package file counts.
    let is_private = subject.said.get("private").and_then(Value::as_bool).unwrap_or_default();
    if is_private && subject.publishing("directory").is_none() {
        let message = format!("`{own}` is to be published, and says that it is private");
        found.push(subject.finding(codes::PRIVATE_PUBLISHED, message));
    }
    let states = subject.publishing("provenance").and_then(Value::as_bool).unwrap_or_default();
    if states && subject.said.get("repository").is_none_or(Value::is_null) {
        let message = format!("`{own}` asks for provenance, and names no repository");
        found.push(subject.finding(codes::REPOSITORY_MISSING, message));
    }
    found.extend(other_registry(subject));
    if subject.is_public() {
        found.extend(access(subject)?);
        found.extend(thin(subject)?);
    }
    Ok(found)
}

fn access(subject: &Subject<'_>) -> Result<Option<Finding>> {
    if name::scope(subject.name()).is_none() || subject.publishing("access").is_some() {
        return Ok(None);
    }
    let configuration = RepoPath::new(CHANGESETS).ok().map(|file| subject.request.tree.read(&file)).transpose()?;
    if configuration.flatten().is_some_and(|text| said(&text).is_some()) {
        return Ok(None);
    }
    let message = format!("nobody says who may read `{}`", subject.name());
    Ok(Some(subject.finding(codes::ACCESS_UNSAID, message)))
}

fn other_registry(subject: &Subject<'_>) -> Option<Finding> {
    let said = subject.publishing("registry").and_then(Value::as_str)?;
    let mut targets = subject.checked.targets.iter();
    if targets.any(|target| key(&target.publish_url) == key(said)) {
        return None;
    }
    let goes = subject.checked.targets.first()?.publish_name();
    let message = format!("the package file of `{}` names {said}, and it goes to {goes}", subject.name());
    Some(subject.finding(codes::REGISTRY_OTHER, message))
}

fn thin(subject: &Subject<'_>) -> Result<Option<Finding>> {
    let lacks = |key: &str| subject.said.get(key).is_none_or(Value::is_null);
    let folder = &subject.checked.package.path;
    let is_readme = |name: &str| name.get(..README.len()).is_some_and(|start| start.eq_ignore_ascii_case(README));
    let files = subject.request.tree.files()?;
    let has_readme = files.iter().filter_map(|file| file.strip_prefix(folder)).any(is_readme);
    let all = [("`license`", lacks("license")), ("`repository`", lacks("repository")), ("readme", !has_readme)];
    let missing: Vec<&str> = all.iter().filter(|(_, is_missing)| *is_missing).map(|(what, _)| *what).collect();
    let message = || format!("`{}` has no {}", subject.name(), missing.join(" and no "));
    Ok((!missing.is_empty()).then(|| subject.finding(codes::METADATA_THIN, message())))
}

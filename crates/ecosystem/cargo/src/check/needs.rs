//! Dependencies with which nobody could publish a crate, or use it.

use std::fs;

use releasekit_core::package_manager::Finding;
use releasekit_core::{FileEdit, Result};

use super::Subject;
use crate::codes;
use crate::config::MANIFEST;
use crate::error::Error;
use crate::metadata::Need;
use crate::uncircled::without_versions;

/// All that is wrong with what a crate needs.
pub(super) fn findings(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found: Vec<Finding> =
        subject.member.dependencies.iter().filter_map(|need| versionless(subject, need)).collect();
    found.extend(subject.member.dependencies.iter().filter_map(|need| private(subject, need)));
    found.extend(circular(subject));
    found
}

/// Where cargo requires a version, and crates.io one that is more than any.
fn versionless(subject: &Subject<'_>, need: &Need) -> Option<Finding> {
    let is_elsewhere = need.path.is_some() || need.is_of_git();
    if need.is_dev() || need.has_version() || !(is_elsewhere || subject.is_public()) {
        return None;
    }
    let message = format!("`{}` requires `{}` in any version", subject.name(), need.name);
    let help = format!("add a `version` to `{}`", need.key());
    Some(subject.finding(codes::REQUIREMENT_MISSING, message, help))
}

/// What is required has to be at the registry, and what is private never is. That one crate needs another at run time is told
/// where the graph is made.
fn private(subject: &Subject<'_>, need: &Need) -> Option<Finding> {
    let other = subject.home.metadata.taken(need).filter(|_| need.is_dev() && need.has_version())?;
    let is_other = |name: &str| name == other.name;
    let mut known = subject.home.request.packages.iter().filter(|checked| is_other(checked.package.name.as_str()));
    if known.any(|checked| checked.is_published()) {
        return None;
    }
    let message =
        format!("`{}` is tried with `{}` in a version, and that is published nowhere", subject.name(), other.name);
    let help =
        format!("take the `version` from `{}` in `[dev-dependencies]`; `releasekit check --fix` does it", need.key());
    Some(subject.finding(codes::DEV_PRIVATE, message, help).with_fix())
}

/// A build leaves the version out where it closes a circle, so nothing stops for it.
fn circular(subject: &Subject<'_>) -> Vec<Finding> {
    let finding = |need: &Need| {
        let message = format!("`{}` is tried with a version of `{}`, which needs it", subject.name(), need.name);
        let help = format!(
            "take the `version` from `{}` in `[dev-dependencies]`; `releasekit check --fix` does it",
            need.key()
        );
        subject.finding(codes::DEV_CIRCLE, message, help).with_fix()
    };
    subject.home.metadata.circular(subject.member).map(finding).collect()
}

/// The package file in which what can be mended is.
pub(super) fn fix(subject: &Subject<'_>) -> Result<Option<FileEdit>> {
    let (member, metadata) = (subject.member, subject.home.metadata);
    let mut needs: Vec<&Need> = metadata.circular(member).collect();
    needs.extend(member.dependencies.iter().filter(|need| private(subject, need).is_some()));
    if needs.is_empty() {
        return Ok(None);
    }
    let root = subject.home.bench.folder.join(MANIFEST);
    let read = |path| fs::read_to_string(path).map_err(Error::folder(path));
    let (before, root) = (read(&member.manifest_path)?, read(&root)?);
    let after = without_versions(&before, member.folder(), &needs, &root);
    Ok((after != before).then(|| FileEdit::write(subject.checked.package.manifest.clone(), after)))
}

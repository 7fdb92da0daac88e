//! Requirements with which nobody could install a package.

use releasekit_core::model::DependencyKind;
use releasekit_core::package_manager::Finding;
use serde_json::Value;

use super::Subject;
use crate::codes;
use crate::manifest::Entry;

/// How requirements begin that name a folder.
const OF_FOLDERS: &[&str] = &["link:", "file:"];

/// How requirements begin that are met in a workspace alone.
const OF_A_WORKSPACE: &str = "workspace:";

/// Keys that ask for what is installed to be packed.
const BUNDLED: &[&str] = &["bundledDependencies", "bundleDependencies"];

/// All of them.
pub(super) fn findings(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found: Vec<Finding> = subject.manifest.entries.iter().filter_map(|entry| left(subject, entry)).collect();
    found.extend(bundled(subject));
    found
}

/// What names neither a version nor a package of the repository stays as it is written, and means nothing elsewhere.
fn left(subject: &Subject<'_>, entry: &Entry) -> Option<Finding> {
    let text = &entry.text.value;
    let is_internal = subject.checked.package.dependencies.iter().any(|one| one.table == place(entry));
    let is_local = OF_FOLDERS.iter().any(|protocol| text.starts_with(protocol)) || text.starts_with(OF_A_WORKSPACE);
    if entry.kind == DependencyKind::Dev || is_internal || !is_local {
        return None;
    }
    let message =
        format!("`{}` requires `{}` as `{text}`, which is no package of this workspace", subject.name(), entry.key);
    let label = subject.manifest.source.place(Some(entry.text.span.clone())).label("nobody else can install it");
    let help = codes::PROTOCOL_LEFT.help().unwrap_or_default();
    Some(Finding::new(codes::PROTOCOL_LEFT, message, label, help))
}

fn place(entry: &Entry) -> String {
    format!("{}.{}", entry.table, entry.key)
}

/// A release installs nothing; commands of its build may, but never a member as more than a link.
fn bundled(subject: &Subject<'_>) -> Option<Finding> {
    let value = BUNDLED.iter().find_map(|key| subject.said.get(key))?;
    let members: Vec<&str> = subject.request.packages.iter().map(|one| one.package.name.as_str()).collect();
    let names = value.as_array().into_iter().flatten().filter_map(Value::as_str);
    let names: Vec<&str> = names.filter(|name| subject.request.complete || members.contains(name)).collect();
    let all = value.as_bool().unwrap_or_default() && subject.request.complete;
    if names.is_empty() && !all {
        return None;
    }
    let what = if all { "all that it requires".to_owned() } else { format!("`{}`", names.join("`, `")) };
    let message = format!("`{}` bundles {what}, which a release does not install", subject.name());
    Some(subject.finding(codes::BUNDLED, message))
}

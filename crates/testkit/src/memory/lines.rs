//! Lines of `key = value`, of which package files and artifacts are made.

use releasekit_core::model::Requirement;

/// The file that makes a folder a package: `name`, `version`, `private`, `requires`, `builds-with`,
/// `works-with` for what developers require, and `goes-to` for the name of a registry.
pub const PACKAGE_FILE: &str = "package.txt";

/// The file that makes a folder the root of a workspace, in which all packages below are members. `registry` is the name and
/// the URL of a registry, with a blank between them, `usual` the name of the one that packages go to which name none.
pub const WORKSPACE_FILE: &str = "workspace.txt";

/// The values of a key, in order.
pub(super) fn values<'a>(text: &'a str, key: &'a str) -> impl Iterator<Item = &'a str> {
    text.lines()
        .filter_map(|line| line.split_once(" = "))
        .filter(move |(found, _)| *found == key)
        .map(|(_, value)| value)
}

/// The first value of a key; empty where there is none.
pub(super) fn value<'a>(text: &'a str, key: &'a str) -> &'a str {
    values(text, key).next().unwrap_or_default()
}

/// The text with each line of a key as `change` has it.
pub(super) fn changed(text: &str, key: &str, mut change: impl FnMut(&str) -> String) -> String {
    let line = |line: &str| {
        let (content, end) = line.split_at(line.trim_end_matches(['\r', '\n']).len());
        match content.split_once(" = ") {
            Some((found, value)) if found == key => format!("{key} = {}{end}", change(value)),
            _ => line.to_owned(),
        }
    };
    text.split_inclusive('\n').map(line).collect()
}

/// The name at the head of a requirement.
pub(super) fn name(requirement: &str) -> &str {
    requirement.split(['=', '>', '~', ' ']).next().unwrap_or_default()
}

/// A requirement as it is published.
pub(super) fn required(value: &str) -> Requirement {
    Requirement { name: name(value).to_lowercase(), text: value.replace(' ', "") }
}

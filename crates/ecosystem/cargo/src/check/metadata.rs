//! What crates.io wants to be told of a crate.

use releasekit_core::package_manager::Finding;

use super::Subject;
use crate::codes;

/// One for each thing that is not said.
pub(super) fn findings(subject: &Subject<'_>) -> Vec<Finding> {
    if !subject.is_public() {
        return Vec::new();
    }
    let (member, name) = (subject.member, subject.name());
    let is_said = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.trim().is_empty());
    let mut found = Vec::new();
    if !is_said(&member.description) {
        let message = format!("`{name}` has no description");
        let help = "add `description` to `[package]`, or `publish = false` where the crate is for nobody else";
        found.push(subject.finding(codes::DESCRIPTION_MISSING, message, help));
    }
    if !is_said(&member.license) && member.license_file.is_none() {
        let message = format!("`{name}` has no licence");
        let help = "add `license` to `[package]`, as in `license = \"MIT OR Apache-2.0\"`, or `license-file`; or \
                    `publish = false` where the crate is for nobody else";
        found.push(subject.finding(codes::LICENSE_MISSING, message, help));
    }
    found
}

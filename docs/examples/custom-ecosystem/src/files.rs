//! Lines of `key: value`, which package files are made of.

use std::path::Path;

use releasekit_core::model::{Digest, Requirement};
use sha2::{Digest as _, Sha256};

/// The file that makes a folder a package: `name`, `version`, `private`, and a `needs` for each leaflet that it needs.
pub(crate) const PACKAGE: &str = "leaflet.txt";

/// The file that makes a folder a workspace, in which all leaflets below are members.
pub(crate) const WORKSPACE: &str = "leaflets.txt";

/// The values of a key, in order.
pub(crate) fn values<'a>(text: &'a str, key: &'a str) -> impl Iterator<Item = &'a str> {
    text.lines()
        .filter_map(|line| line.split_once(": "))
        .filter(move |(found, _)| *found == key)
        .map(|(_, value)| value)
}

/// The text with the values of a key changed; all other bytes stay.
pub(crate) fn changed(text: &str, key: &str, mut change: impl FnMut(&str) -> String) -> String {
    let mut line = |line: &str| {
        let end = if line.ends_with("\r\n") {
            "\r\n"
        } else if line.ends_with('\n') {
            "\n"
        } else {
            ""
        };
        match line[..line.len() - end.len()].split_once(": ") {
            Some((found, value)) if found == key => format!("{key}: {}{end}", change(value)),
            _ => line.to_owned(),
        }
    };
    text.split_inclusive('\n').map(&mut line).collect()
}

/// The form in which two spellings of a name are equal.
pub(crate) fn normal(name: &str) -> String {
    name.to_lowercase()
}

/// The name at the head of a need.
pub(crate) fn name(need: &str) -> &str {
    need.split([' ', '=', '>', '~']).next().unwrap_or_default()
}

/// A need as it is published: in one spelling, so that two of them can be compared.
pub(crate) fn published(need: &str) -> Requirement {
    Requirement { name: normal(name(need)), text: need.split_whitespace().collect() }
}

/// The SHA-256 of some bytes.
pub(crate) fn sha256(bytes: &[u8]) -> Digest {
    Digest::sha256(Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

/// The name of a file.
pub(crate) fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

//! Who may read a package, where its file does not say and the configuration of changesets does: `changeset publish` would tell
//! npm, and so do we, by what is packed.

use std::fs;
use std::path::Path;

use releasekit_core::Result;
use releasekit_core::model::RepoPath;
use releasekit_formats::manifest::{Data, Node, Source, json};
use releasekit_formats::npm::name;
use serde_json::Value;

use crate::config::MANIFEST;
use crate::error::Error;

/// The configuration of changesets, from the top of a repository.
pub(crate) const CHANGESETS: &str = ".changeset/config.json";

/// What npm takes.
const KNOWN: &[&str] = &["public", "restricted"];

/// What the configuration of changesets says of packages whose files say nothing.
pub(crate) fn said(configuration: &[u8]) -> Option<String> {
    let configuration: Value = serde_json::from_slice(configuration).ok()?;
    let access = configuration.get("access")?.as_str().filter(|access| KNOWN.contains(access))?;
    Some(access.to_owned())
}

/// Writes into the package file of a folder of an export what is said for it elsewhere.
pub(crate) fn write(export: &Path, folder: &Path) -> Result<()> {
    let Some(access) = fs::read(export.join(CHANGESETS)).ok().and_then(|text| said(&text)) else { return Ok(()) };
    let path = folder.join(MANIFEST);
    let Ok(before) = fs::read_to_string(&path) else { return Ok(()) };
    let Some(after) = with(&before, &access) else { return Ok(()) };
    Ok(fs::write(&path, after).map_err(Error::folder(path))?)
}

/// A package file that says who may read the package; `None` where it says so itself, or where there is no scope to say it of.
fn with(text: &str, access: &str) -> Option<String> {
    let source = Source::new(RepoPath::root(), text);
    let root = json::parse(&source).ok()?;
    name::scope(root.get("name")?.as_str()?)?;
    let (place, added) = match root.get("publishConfig") {
        Some(own) if own.get("access").is_some() => return None,
        Some(own @ Node { data: Data::Object(entries), .. }) => {
            let comma = if entries.is_empty() { "" } else { ", " };
            (own.span.start + 1, format!("\"access\": \"{access}\"{comma}"))
        }
        Some(_) => return None,
        None => (root.span.end - 1, format!(", \"publishConfig\": {{\"access\": \"{access}\"}}")),
    };
    let mut after = source.text;
    after.insert_str(place, &added);
    Some(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_package_says_itself_counts_before() {
        for (before, expected) in [
            ("{\"name\": \"@s/a\"}\n", Some("{\"name\": \"@s/a\", \"publishConfig\": {\"access\": \"public\"}}\n")),
            (
                "{\"name\": \"@s/a\", \"publishConfig\": {\"tag\": \"x\"}}",
                Some("{\"name\": \"@s/a\", \"publishConfig\": {\"access\": \"public\", \"tag\": \"x\"}}"),
            ),
            (
                "{\"name\": \"@s/a\", \"publishConfig\": {}}",
                Some("{\"name\": \"@s/a\", \"publishConfig\": {\"access\": \"public\"}}"),
            ),
            ("{\"name\": \"@s/a\", \"publishConfig\": {\"access\": \"restricted\"}}", None),
            ("{\"name\": \"a\"}", None),
            ("{}", None),
            ("no JSON", None),
        ] {
            assert_eq!(with(before, "public").as_deref(), expected, "{before}");
        }
    }

    #[test]
    fn only_what_npm_takes_is_said() {
        assert_eq!(said(b"{\"access\": \"restricted\"}").as_deref(), Some("restricted"));
        for text in ["{\"access\": \"everybody\"}", "{\"access\": 1}", "{}", "no JSON"] {
            assert_eq!(said(text.as_bytes()), None, "{text}");
        }
    }
}

//! Shows that what the registries serve is what was built: the digests of the receipt beside those of the registries.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use super::index::Registries;
use crate::failure::{Failure, Result};
use crate::repository::read;

/// How much of a digest is shown.
const SHOWN: usize = 16;

/// Prints both digests of every file of a receipt, and fails where they differ.
pub(super) fn digests(registries: &Registries, receipt: &Path) -> Result<()> {
    let broken = |error| Failure::new(format!("{}: {error}", receipt.display()));
    let receipt: Value = serde_json::from_str(&read(receipt)?).map_err(broken)?;
    let served = registries.served();
    println!("\n# The receipts' digests beside those of what the registries serve");
    let built = files(&receipt);
    for (name, built) in &built {
        let served = served.get(name).map_or("", String::as_str);
        let mark = if served == built { "equal" } else { "DIFFERENT" };
        println!("{name:<42} {built:.SHOWN$}… {served:.SHOWN$}… {mark}");
    }
    let wrong = built.iter().any(|(name, digest)| served.get(name) != Some(digest));
    if built.is_empty() || wrong { Err(Failure::new("the registries do not serve what was built")) } else { Ok(()) }
}

/// The files that receipts speak of, with the digest of each in the algorithm of its registry.
fn files(receipts: &Value) -> BTreeMap<String, String> {
    let listed = |value: &Value, key: &str| value[key].as_array().cloned().unwrap_or_default();
    let receipts = receipts.as_array().cloned().unwrap_or_default();
    let files = receipts.iter().flat_map(|receipt| listed(receipt, "files"));
    let digest = |file: &Value| {
        let digests = listed(file, "digests");
        let find = |algorithm: &str| digests.iter().find(|digest| digest["algorithm"] == algorithm);
        let digest = find("sha256").or_else(|| find("sha512"))?;
        Some((file["name"].as_str()?.to_owned(), digest["value"].as_str()?.to_owned()))
    };
    files.filter_map(|file| digest(&file)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::files;

    #[test]
    fn files_of_receipts_are_found() {
        let digests = json!([{"algorithm": "sha512", "value": "cc"}, {"algorithm": "sha256", "value": "aa"}]);
        let other = json!([{"algorithm": "sha512", "value": "cc"}]);
        let receipts = json!([
            {"package": "a", "files": [{"name": "a-1.whl", "size": 1, "digests": digests}]},
            {"package": "b", "files": [{"name": "b-1.tgz", "size": 1, "digests": other}]},
        ]);
        assert_eq!(files(&receipts), [("a-1.whl".into(), "aa".into()), ("b-1.tgz".into(), "cc".into())].into());
    }
}

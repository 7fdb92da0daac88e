//! Shows that what the index serves is what was built: the digests of the receipt beside those of the index.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use super::index::Index;
use crate::failure::{Failure, Result};
use crate::repository::read;

/// How much of a digest is shown.
const SHOWN: usize = 16;

/// Prints both digests of every file of a receipt, and fails where they differ.
pub(super) fn digests(index: &Index, receipt: &Path) -> Result<()> {
    let broken = |error| Failure::new(format!("{}: {error}", receipt.display()));
    let receipt: Value = serde_json::from_str(&read(receipt)?).map_err(broken)?;
    let served: BTreeMap<_, _> = index.served().into_iter().collect();
    println!("\n# The receipt's sha256 beside the index's");
    let built = files(&receipt);
    for (name, built) in &built {
        let served = served.get(name).map_or("", String::as_str);
        let mark = if served == built { "equal" } else { "DIFFERENT" };
        println!("{name:<42} {built:.SHOWN$}… {served:.SHOWN$}… {mark}");
    }
    let wrong = built.iter().any(|(name, digest)| served.get(name) != Some(digest));
    if built.is_empty() || wrong { Err(Failure::new("the index does not serve what was built")) } else { Ok(()) }
}

/// The distribution files that a receipt speaks of, with the sha256 of each.
fn files(receipt: &Value) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    visit(receipt, &mut |object| {
        let texts = || object.values().filter_map(Value::as_str);
        let name = texts().find(|text| text.ends_with(".whl") || text.ends_with(".tar.gz"));
        let digest = object.get("sha256").or_else(|| object.get("digests")?.get("sha256")).and_then(Value::as_str);
        if let (Some(name), Some(digest)) = (name, digest) {
            found.insert(name.to_owned(), digest.to_owned());
        }
    });
    found
}

fn visit(value: &Value, look: &mut impl FnMut(&serde_json::Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            look(object);
            object.values().for_each(|value| visit(value, look));
        }
        Value::Array(values) => values.iter().for_each(|value| visit(value, look)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::files;

    #[test]
    fn files_of_a_receipt_are_found() {
        let receipt = json!({"packages": [{"package": "a", "files": [
            {"name": "a-1.whl", "size": 1, "digests": {"sha256": "aa"}},
            {"name": "a-1.tar.gz", "sha256": "bb"},
        ]}]});
        let expected = [("a-1.tar.gz".into(), "bb".into()), ("a-1.whl".into(), "aa".into())];
        assert_eq!(files(&receipt), expected.into());
    }
}

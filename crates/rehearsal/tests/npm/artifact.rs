//! Tiny packages, the same bytes for the same input.

use releasekit_testkit::tar_gz;
use serde_json::json;

/// The file of a version, whose code says `text`.
pub(crate) fn package(name: &str, version: &str, text: &str) -> Vec<u8> {
    let manifest = json!({ "name": name, "version": version, "main": "index.js" }).to_string();
    let code = format!("module.exports = {text:?};\n");
    tar_gz("package", &[("package.json", &manifest), ("index.js", &code)])
}

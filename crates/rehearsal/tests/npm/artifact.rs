//! Tiny packages, the same bytes for the same input.

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;

/// The file of a version, whose code says `text`.
pub(crate) fn package(name: &str, version: &str, text: &str) -> Vec<u8> {
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::default()));
    let manifest = json!({ "name": name, "version": version, "main": "index.js" }).to_string();
    let code = format!("module.exports = {text:?};\n");
    for (path, content) in [("package.json", manifest), ("index.js", code)] {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, format!("package/{path}"), content.as_bytes()).expect("memory takes everything");
    }
    tar.into_inner().and_then(GzEncoder::finish).expect("memory takes everything")
}

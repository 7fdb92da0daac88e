//! Tiny crates, the same bytes for the same input.

use flate2::Compression;
use flate2::write::GzEncoder;

/// The package file of a crate that requires nothing.
pub(crate) fn manifest(name: &str, version: &str) -> String {
    format!(
        "[package]\nedition = \"2021\"\nname = \"{name}\"\nversion = \"{version}\"\ndescription = \"A demo.\"\nlicense = \"MIT\"\n"
    )
}

/// The file `NAME-VERSION.crate`, whose code says `text`.
pub(crate) fn package(name: &str, version: &str, text: &str) -> (String, Vec<u8>) {
    let folder = format!("{name}-{version}");
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::default()));
    let code = format!("pub const TEXT: &str = {text:?};\n");
    for (path, content) in [("Cargo.toml", manifest(name, version)), ("src/lib.rs", code)] {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, format!("{folder}/{path}"), content.as_bytes()).expect("memory takes everything");
    }
    let bytes = tar.into_inner().and_then(GzEncoder::finish).expect("memory takes everything");
    (format!("{folder}.crate"), bytes)
}

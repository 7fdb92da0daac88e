//! Tiny crates, the same bytes for the same input.

use releasekit_testkit::tar_gz;

/// The package file of a crate that requires nothing.
pub(crate) fn manifest(name: &str, version: &str) -> String {
    format!(
        "[package]\nedition = \"2021\"\nname = \"{name}\"\nversion = \"{version}\"\ndescription = \"A demo.\"\nlicense = \"MIT\"\n"
    )
}

/// The file `NAME-VERSION.crate`, whose code says `text`.
pub(crate) fn package(name: &str, version: &str, text: &str) -> (String, Vec<u8>) {
    let folder = format!("{name}-{version}");
    let code = format!("pub const TEXT: &str = {text:?};\n");
    let bytes = tar_gz(&folder, &[("Cargo.toml", &manifest(name, version)), ("src/lib.rs", &code)]);
    (format!("{folder}.crate"), bytes)
}

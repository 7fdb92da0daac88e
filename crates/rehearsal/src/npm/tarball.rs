//! What a file says of its package.

use releasekit_formats::archive::Limits;
use releasekit_formats::archive::tarball;
use serde_json::Value;

/// The folder in which everything lies, as `npm pack` and `pnpm pack` write it.
const FOLDER: &str = "package";

const MANIFEST: &str = "package.json";

/// The package file inside of a file; says what is wrong where there is none that can be read.
pub(super) fn manifest(file_name: &str, bytes: &[u8]) -> Result<Value, String> {
    let limits = Limits::for_size(bytes.len() as u64);
    let mut read = tarball::read(file_name, FOLDER, bytes, limits, &[MANIFEST]).map_err(|error| error.to_string())?;
    let text = read.texts.remove(MANIFEST).ok_or_else(|| format!("`{file_name}` has no `{MANIFEST}`"))?;
    serde_json::from_slice(&text).map_err(|error| error.to_string())
}

/// The name and the version that a package file has.
pub(super) fn identity(manifest: &Value) -> Option<(&str, &str)> {
    Some((manifest["name"].as_str()?, manifest["version"].as_str()?))
}

//! How it fails: a code for what someone can do something about, with its kind.

use std::path::Path;

use releasekit_core::{BackendError, ErrorKind};

releasekit_core::codes! {
    INVALID = "RK-LEAFLET-INVALID", Invalid, "a leaflet says what nobody can read",
        "A `leaflet.txt`, a version, a need or a printed leaflet is not what it has to be.";
    SHELF = "RK-LEAFLET-SHELF", Precondition, "the shelf cannot be used",
        "The folder of the shelf is not named, or a file there cannot be read or written.";
    TAKEN = "RK-LEAFLET-TAKEN", Conflict, "a name is on the shelf already",
        "What lies on the shelf stays as it is.", help: "publish a new version";
}

/// Something is not what it has to be.
pub(crate) fn invalid(message: impl Into<String>) -> BackendError {
    BackendError::new(INVALID, message)
}

/// The shelf is nowhere.
pub(crate) fn no_shelf(variable: &str) -> BackendError {
    BackendError::new(SHELF, "nobody says where the shelf is").with_help(format!("set `{variable}` to a folder"))
}

/// A file could not be read or written.
pub(crate) fn io(path: &Path, error: std::io::Error) -> BackendError {
    let kind = match error.kind() {
        std::io::ErrorKind::NotFound => ErrorKind::NotFound,
        _ => ErrorKind::Precondition,
    };
    BackendError::new(SHELF, format!("{}: {error}", path.display())).with_kind(kind)
}

/// A name is taken.
pub(crate) fn taken(file: &str) -> BackendError {
    BackendError::new(TAKEN, format!("`{file}` lies on the shelf"))
}

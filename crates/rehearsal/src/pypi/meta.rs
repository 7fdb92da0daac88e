//! What the name and the metadata of a file say.

use std::io::Cursor;

use releasekit_core::model::Version;
use releasekit_formats::archive::Limits;
use releasekit_formats::python::archive::{Metadata, sdist, wheel};
use releasekit_formats::python::name::FileName;

/// What an index knows of a file.
#[derive(Debug, Clone)]
pub struct Meta {
    pub(super) version: Version,
    pub(super) is_wheel: bool,
    /// `Requires-Python`, where the file is whole and says so.
    pub(super) requires_python: Option<String>,
}

/// Describes a file; `None` where its name is none of a wheel or an sdist.
pub(super) fn describe(file_name: &str, bytes: &[u8]) -> Option<(String, Meta)> {
    let name = FileName::parse(file_name, None).ok().flatten()?;
    let metadata = metadata(&name, file_name, bytes);
    let requires_python = metadata.and_then(|metadata| metadata.first("Requires-Python").map(str::to_owned));
    let is_wheel = matches!(name, FileName::Wheel(_));
    Some((name.name().to_owned(), Meta { version: name.version().clone(), is_wheel, requires_python }))
}

fn metadata(name: &FileName, file_name: &str, bytes: &[u8]) -> Option<Metadata> {
    let limits = Limits::for_size(bytes.len() as u64);
    match name {
        FileName::Wheel(_) => Some(wheel::read(file_name, Cursor::new(bytes), limits).ok()?.metadata),
        FileName::Sdist(name) => Some(sdist::read(file_name, &name.stem, Cursor::new(bytes), limits).ok()?.metadata),
        _ => None,
    }
}

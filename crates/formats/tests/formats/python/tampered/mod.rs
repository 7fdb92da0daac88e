//! What an index could serve instead of what was built: each is told from it, or refused because readers would not agree
//! on what it is.

mod sdists;
mod wheels;

use std::io::Cursor;

use releasekit_core::Diagnostic;
use releasekit_core::model::Identity;
use releasekit_formats::Result;
use releasekit_formats::archive::Limits;
use releasekit_formats::python::archive::identity;

/// What is to be found out of an archive that was tampered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    /// It holds what ours does.
    Same,
    /// It is read, and holds something else.
    Different,
    /// It is not read: `RK-ARTIFACT-UNSAFE`.
    Unsafe,
    /// It is not read: `RK-ARTIFACT-INVALID`.
    Broken,
}

fn read(name: &str, bytes: &[u8]) -> Result<Identity> {
    identity::read(name, Cursor::new(bytes), Limits::for_size(bytes.len() as u64))
}

fn found(name: &str, ours: &[u8], theirs: &[u8]) -> Found {
    let ours = read(name, ours).expect("ours is whole");
    match read(name, theirs) {
        Ok(theirs) if theirs.members == ours.members => Found::Same,
        Ok(_) => Found::Different,
        Err(error) => match error.code().as_str() {
            "RK-ARTIFACT-UNSAFE" => Found::Unsafe,
            other => {
                assert_eq!(other, "RK-ARTIFACT-INVALID", "{error}");
                Found::Broken
            }
        },
    }
}

fn check(name: &str, ours: &[u8], cases: Vec<(&str, Found, Vec<u8>)>) {
    for (case, expected, theirs) in cases {
        assert_eq!(found(name, ours, &theirs), expected, "{case}: {:?}", read(name, &theirs).map(|_| ()));
    }
}

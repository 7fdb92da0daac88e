//! What files say of themselves.

use std::path::Path;

use releasekit_core::{Diagnostic, ErrorKind};
use releasekit_formats::python::archive::identity;

use super::archives::{tarball, wheel};
use crate::code;

fn written(folder: &Path, name: &str, bytes: &[u8]) -> std::path::PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).expect("written");
    path
}

#[test]
fn a_wheel_is_identified() {
    let folder = tempfile::tempdir().expect("a folder");
    let bytes = wheel("My.Pkg", "1.0.0-rc.1").bytes();
    let found = identity(&written(folder.path(), "my_pkg-1.0.0rc1-py3-none-any.whl", &bytes)).expect("whole");
    assert_eq!((found.name.as_str(), found.version.as_str()), ("My.Pkg", "1.0.0rc1"));
    assert_eq!(found.platform, None);
    assert_eq!(found.generator.as_deref(), Some("maker 1.2"));
    let texts: Vec<_> = found.requirements.iter().map(|requirement| requirement.text.as_str()).collect();
    assert_eq!(texts, ["anyio>=4 ; extra == 'x'", "other-pkg==1.0"]);

    let path = written(folder.path(), "my_pkg-1.0.0rc1-1-cp311-cp311-manylinux_2_17_x86_64.whl", &bytes);
    assert_eq!(identity(&path).expect("whole").platform.as_deref(), Some("manylinux_2_17_x86_64"));
}

#[test]
fn an_sdist_is_identified() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = written(folder.path(), "my_pkg-1.0.tar.gz", &tarball("my_pkg-1.0", "my-pkg", "1.0").bytes());
    let found = identity(&path).expect("whole");
    assert_eq!((found.name.as_str(), found.version.as_str()), ("my-pkg", "1.0"));
    assert_eq!((found.platform, found.generator), (None, None));
    assert_eq!(found.requirements.len(), 2);
    assert_eq!(found.members.len(), 4);
}

#[test]
fn older_sdist_names_are_split_by_what_is_inside() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = written(folder.path(), "my-pkg-1.0-1.tar.gz", &tarball("my-pkg-1.0-1", "my.pkg", "1.0.post1").bytes());
    let found = identity(&path).expect("whole");
    assert_eq!((found.name.as_str(), found.version.as_str()), ("my.pkg", "1.0.post1"));
}

#[test]
fn an_artifact_under_anothers_name_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let cases = [
        ("a-1.0-py3-none-any.whl", wheel("b", "1.0").bytes(), "name `b`"),
        ("a-1.0-py3-none-any.whl", wheel("a", "1.1").bytes(), "version `1.1`"),
        ("a-1.0.tar.gz", tarball("a-1.0", "b", "1.0").bytes(), "name `b`"),
        ("a-1.0.tar.gz", tarball("a-1.0", "a", "1.1").bytes(), "version `1.1`"),
    ];
    for (name, bytes, says) in cases {
        let error = identity(&written(folder.path(), name, &bytes)).expect_err(says);
        assert_eq!(error.code().as_str(), "RK-ARTIFACT-MISMATCH", "{says}");
        assert_eq!(error.to_string(), format!("`{name}` says {says} inside"));
    }
}

#[test]
fn what_is_no_artifact_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["README.md", "a.whl", "a.tar.gz", "a-1.0.zip"] {
        assert_eq!(code(identity(&written(folder.path(), name, b""))), "RK-ARTIFACT-NAME", "{name}");
    }
    let missing = identity(&folder.path().join("a-1.0.tar.gz")).expect_err("missing");
    assert_eq!((missing.code().as_str(), missing.kind()), ("RK-ARTIFACT-UNREADABLE", ErrorKind::NotFound));
    assert!(missing.help().is_some());
}

//! What a crate says of itself.

use std::fs;
use std::path::PathBuf;

use releasekit_core::{Diagnostic, ErrorKind, PackageManager};
use releasekit_testkit::Sandbox;

use crate::common::*;

/// Packs a folder with its files as a crate.
fn packed(sandbox: &Sandbox, stem: &str, files: &[(&str, &str)]) -> PathBuf {
    let place = folder(sandbox, "packed");
    let inside = folder(sandbox, &format!("packed/{stem}"));
    for (file, text) in files {
        fs::write(inside.join(file), text).expect("the folder is ours");
    }
    let (file, from) = (format!("{stem}.crate"), place.display().to_string());
    let args = ["-czf", &format!("{from}/{file}"), "--owner=0", "--group=0", "-C", &from, stem];
    sandbox.run("tar", args).ok();
    fs::remove_dir_all(inside).expect("the folder is ours");
    place.join(file)
}

const LOCK: &str = "version = 4\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n";

#[test]
fn a_crate_that_contradicts_itself_is_told() {
    let (sandbox, manifest) = (sandbox(), manifest("a", ""));
    let program = format!("{manifest}[[bin]]\nname = \"a\"\n");
    let stale = LOCK.replace("1.0.0", "0.9.0");
    let stranger = LOCK.replace("\"a\"", "\"b\"");
    for (stem, files, expected) in [
        ("a-1.0.1", vec![("Cargo.toml", &*manifest)], "says package `a-1.0.0` inside"),
        ("a-1.0.0", vec![], "no `Cargo.toml`"),
        ("a-1.0.0", vec![("Cargo.toml", "[package]\nname = \"a\"\n")], "says no version"),
        ("a-1.0.0", vec![("Cargo.toml", "nonsense")], "`Cargo.toml` is broken"),
        ("a-1.0.0", vec![("Cargo.toml", &*program)], "no `Cargo.lock`"),
        ("a-1.0.0", vec![("Cargo.toml", &*program), ("Cargo.lock", &*stale)], "says that it is 0.9.0"),
        ("a-1.0.0", vec![("Cargo.toml", &*program), ("Cargo.lock", &*stranger)], "does not name it"),
        (
            "a-1.0.0",
            vec![("Cargo.toml", &*manifest), (".cargo_vcs_info.json", "{")],
            "`.cargo_vcs_info.json` is broken",
        ),
    ] {
        let error = cargo(&sandbox).inspect(&packed(&sandbox, stem, &files)).expect_err(expected);
        assert_eq!(error.kind(), ErrorKind::Invalid, "{error}");
        assert!(error.to_string().contains(expected), "{error}: not `{expected}`");
    }
    let file = packed(&sandbox, "a-1.0.0", &[("Cargo.toml", &program), ("Cargo.lock", LOCK)]);
    let identity = cargo(&sandbox).inspect(&file).expect("a crate");
    assert_eq!((identity.name.as_str(), identity.version.as_str()), ("a", "1.0.0"));
}

#[test]
fn the_commit_is_no_part_of_the_content() {
    let sandbox = sandbox();
    let members = |sha1: &str| {
        let info = format!("{{\"git\":{{\"sha1\":\"{sha1}\"}},\"path_in_vcs\":\"\"}}");
        let files = [("Cargo.toml", &*manifest("a", "")), (".cargo_vcs_info.json", &*info)];
        cargo(&sandbox).inspect(&packed(&sandbox, "a-1.0.0", &files)).expect("a crate").members
    };
    assert_eq!(members("1"), members("2"));
    assert_eq!(members("1").len(), 1);
}

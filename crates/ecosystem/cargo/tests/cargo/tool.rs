//! The program itself, and what it cannot work with.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use releasekit_core::{Diagnostic, ErrorKind, PackageManager};

use crate::common::*;

#[tokio::test]
async fn the_program_is_there_and_new_enough() {
    let sandbox = sandbox();
    let tool = built(cargo(&sandbox).tool().await);
    assert_eq!((tool.name.as_str(), tool.least), ("cargo", releasekit_cargo::config::LEAST));
    let bin = folder(&sandbox, "old");
    let program = bin.join("cargo");
    fs::write(&program, "#!/bin/sh\necho 'cargo 1.89.0 (c24e10642 2025-06-23)'\n").expect("the folder is ours");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("the file is ours");
    let error = cargo(&sandbox.with_env("PATH", &bin)).tool().await.expect_err("it is too old");
    assert_eq!((error.code().as_str(), error.kind()), ("RK-CARGO-TOO-OLD", ErrorKind::ToolMissing));
    let sandbox = crate::common::sandbox();
    let none = folder(&sandbox, "none");
    let error = cargo(&sandbox.with_env("PATH", none)).tool().await.expect_err("it is missing");
    assert_eq!(error.kind(), ErrorKind::ToolMissing);
    assert!(error.help().is_some_and(|help| help.contains("rustup.rs")));
}

#[tokio::test]
async fn what_cannot_be_read_is_told_with_the_words_of_cargo() {
    let sandbox = sandbox();
    workspace(&sandbox, ROOT, &[("base", "")]);
    let (cargo, export) = (cargo(&sandbox), export(&sandbox, "export"));
    let request = request(&sandbox, &export, "base", &[]);
    fs::write(export.join("p/base/Cargo.toml"), "[package]\nname = 1\n").expect("the folder is ours");
    let error = cargo.build(&request).await.expect_err("it is not valid");
    assert_eq!(error.code().as_str(), "RK-CARGO-METADATA-FAILED");
    assert!(error.output().is_some_and(|output| output.contains("invalid type")));
    fs::remove_dir_all(&export).expect("the folder is ours");
    let error = cargo.build(&request).await.expect_err("it is gone");
    assert_eq!((error.code().as_str(), error.kind()), ("RK-CARGO-FOLDER-UNUSABLE", ErrorKind::Precondition));
}

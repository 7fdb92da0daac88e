//! Whether the programs are there.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use releasekit_core::{Diagnostic, ErrorKind};
use releasekit_testkit::{Pnpm, Sandbox};

use crate::common::{manager, sandbox};

fn program(folder: &Path, name: &str, version: &str) {
    fs::create_dir_all(folder).expect("the folder is ours");
    let program = folder.join(name);
    fs::write(&program, format!("#!/bin/sh\necho {version}\n")).expect("the folder is ours");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("the file is ours");
}

#[tokio::test]
async fn both_programs_say_their_versions() {
    for (pnpm, major) in [(Pnpm::V10, "10."), (Pnpm::V12, "12.")] {
        let Some(sandbox) = sandbox(pnpm) else { return };
        let info = manager(&sandbox, &[]).tool().await.expect("both are there");
        assert!(info.name == "pnpm" && info.version.starts_with(major), "{info:?}");
    }
}

#[tokio::test]
async fn whichever_is_missing_or_too_old_is_named() {
    for (programs, message) in [
        (&[][..], "`pnpm` is not installed"),
        (&[("pnpm", "12.0.0")], "`npm` is not installed"),
        (&[("pnpm", "9.15.0"), ("npm", "11.0.0")], "pnpm `9.15.0` is too old, 10.0.0 is the least"),
        (&[("pnpm", "12.0.0"), ("npm", "10.7.0")], "npm `10.7.0` is too old, 10.8.0 is the least"),
        (&[("pnpm", "nonsense"), ("npm", "11.0.0")], "pnpm `nonsense` is too old"),
    ] {
        let sandbox = Sandbox::new();
        let folder = sandbox.path().join("bin");
        for (name, version) in programs {
            program(&folder, name, version);
        }
        let path = folder.to_str().expect("UTF-8");
        let error = manager(&sandbox, &[("PATH", path)]).tool().await.expect_err("it is not there");
        assert!(error.to_string().contains(message) && error.kind() == ErrorKind::ToolMissing, "{error}");
        assert!(message.contains("not installed") || error.code().as_str() == "RK-PNPM-TOO-OLD", "{error}");
        assert!(error.help().is_some_and(|help| help.contains("https://")), "{error}");
    }
}

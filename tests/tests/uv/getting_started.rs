//! The getting-started guide, carried out word for word.

use std::fs;
use std::path::Path;
use std::process::Command;

use releasekit_e2e::{Block, Guide};
use releasekit_testkit::servers::{PASSWORD, PypiServer, USERNAME};
use releasekit_testkit::{Sandbox, Tools, run};

/// The index that the guide speaks of.
const SHOWN: &str = "http://127.0.0.1:8080/";

fn guide() -> Guide {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/guide/getting-started.md");
    Guide::parse(&fs::read_to_string(path).expect("the guide is there"))
}

/// A shell in an empty folder, where `releasekit` and the tools can be run by name.
fn shell(sandbox: &Sandbox, folder: &Path) -> Command {
    let mut command = sandbox.command("bash");
    let path = sandbox.env().iter().find(|(name, _)| name == "PATH").map(|(_, value)| value.clone());
    let mut folders = vec![sandbox.path().join("bin")];
    folders.extend(std::env::split_paths(&path.unwrap_or_default()));
    command.env("PATH", std::env::join_paths(folders).expect("no folder has a colon in its name"));
    command.current_dir(folder).args(["-euo", "pipefail", "-c"]);
    command
}

#[test]
fn every_command_of_the_guide_works() {
    let Some(tools) = Tools::require() else { return };
    let server = PypiServer::start(&tools);
    let sandbox = Sandbox::new().with_tools(&tools);
    let (bin, folder) = (sandbox.path().join("bin"), sandbox.path().join("guide"));
    for folder in [&bin, &folder] {
        fs::create_dir(folder).expect("the sandbox is writable");
    }
    std::os::unix::fs::symlink(crate::binary(), bin.join("releasekit")).expect("the sandbox is writable");
    let here = |text: &str| text.replace(SHOWN, &server.upload_url());
    let mut place = folder.clone();
    let mut commands = 0;
    for block in guide().blocks {
        match block {
            Block::File { path, text } => {
                let path = place.join(path);
                fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("the sandbox is writable");
                fs::write(path, here(&text)).expect("the sandbox is writable");
            }
            Block::Command { line, .. } if line.starts_with("cd ") => place.push(line.trim_start_matches("cd ")),
            Block::Command { line, shown } => {
                let mut shell = shell(&sandbox, &place);
                shell.env("UV_PUBLISH_USERNAME", USERNAME).env("UV_PUBLISH_PASSWORD", PASSWORD);
                let ran = run(shell.arg(here(&line)));
                assert!(ran.success(), "{ran}");
                let said = format!("{}{}", ran.stdout, ran.stderr);
                for expected in shown.iter().filter(|line| !line.contains('…')) {
                    assert!(said.contains(here(expected).trim()), "the guide shows `{expected}`\n{ran}");
                }
                commands += 1;
            }
        }
    }
    assert!(commands >= 30, "the guide has lost its commands");
    let stored = server.stored();
    assert_eq!(stored.len(), 8, "two releases of two packages are live: {stored:?}");
}

//! Guides, carried out word for word.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use releasekit_e2e::{Block, Guide};
use releasekit_testkit::{Sandbox, run};

/// Writes every file of a guide and runs every command, in an empty folder. What it says of a registry's URL is replaced by where
/// that is. Gives the number of commands that ran.
#[track_caller]
pub(crate) fn carry_out(name: &str, sandbox: Sandbox, (shown, url): (&str, &str)) -> usize {
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/guide").join(name);
    let guide = Guide::parse(&fs::read_to_string(guide).expect("the guide is there"));
    let sandbox = sandbox.with_first("bin");
    let (bin, folder) = (sandbox.path().join("bin"), sandbox.path().join("guide"));
    for folder in [&bin, &folder] {
        fs::create_dir(folder).expect("the sandbox is writable");
    }
    std::os::unix::fs::symlink(crate::binary(), bin.join("releasekit")).expect("the sandbox is writable");
    let here = |text: &str| text.replace(shown, url);
    let mut place = folder;
    let mut commands = 0;
    for block in guide.blocks {
        match block {
            Block::File { path, text } => write(&place.join(path), &here(&text)),
            Block::Command { line, .. } if line.starts_with("cd ") => enter(&mut place, line.trim_start_matches("cd ")),
            Block::Command { line, shown } => {
                let ran = run(shell(&sandbox, &place).arg(here(&line)));
                assert!(ran.success(), "`{line}`\n{ran}");
                let said = format!("{}{}", ran.stdout, ran.stderr);
                for expected in shown.iter().filter(|line| !line.contains('…')) {
                    assert!(said.contains(here(expected).trim()), "the guide shows `{expected}`\n{ran}");
                }
                commands += 1;
            }
        }
    }
    commands
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("the sandbox is writable");
    fs::write(path, text).expect("the sandbox is writable");
}

fn enter(place: &mut PathBuf, folder: &str) {
    for step in folder.split('/') {
        if step == ".." {
            place.pop();
        } else {
            place.push(step);
        }
    }
}

/// A shell in a folder.
fn shell(sandbox: &Sandbox, folder: &Path) -> Command {
    let mut command = sandbox.command("bash");
    command.current_dir(folder).args(["-euo", "pipefail", "-c"]);
    command
}

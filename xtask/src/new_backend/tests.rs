//! One backend of each kind, in a workspace of their own.

use std::path::Path;
use std::process::Command;

use clap::Parser;

use super::template::Names;
use super::{Kind, create, written};
use crate::repository::{read, root, target, write};
use crate::{Cli, Task, shell};

/// A kind with cases of its suites that nobody keeps yet.
const KINDS: &[(Kind, &[&str])] = &[
    (Kind::Ecosystem, &["workspace::versions_are_set", "package_manager::a_build_makes_the_usual_artifacts"]),
    (Kind::Registry, &["registry::what_was_sent_is_listed_under_its_name", "registry::a_file_is_fetched_whole"]),
    (Kind::Vcs, &["vcs::head_is_the_commit_that_is_checked_out", "vcs::a_commit_has_its_files"]),
    (Kind::Forge, &["forge::the_repository_is_known", "forge::a_request_is_opened"]),
];

/// A workspace without members, whose crates may use ours.
fn workspace(folder: &Path) {
    let manifest = read(&root().join("Cargo.toml")).expect("ours is there");
    let (_, rest) = manifest.split_once("[workspace.package]").expect("ours has one");
    let ours = format!("path = \"{}/crates/", root().display());
    let rest = rest.replace("path = \"crates/", &ours);
    let text = format!("[workspace]\nresolver = \"3\"\nmembers = [\n]\n\n[workspace.package]{rest}");
    write(&folder.join("Cargo.toml"), &text).expect("the folder is ours");
    // The versions that we use are at hand.
    write(&folder.join("Cargo.lock"), &read(&root().join("Cargo.lock")).expect("ours is there")).expect("it is ours");
}

#[test]
fn a_new_backend_of_each_kind_compiles_and_its_suites_name_what_is_missing() {
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    workspace(folder.path());
    for (kind, _) in KINDS {
        let names = Names::of(&format!("new-{}", kind.folder())).expect("it is one");
        let made = create(folder.path(), *kind, &names).expect("nothing is there yet");
        let place = folder.path().display().to_string();
        assert!(written(folder.path(), &made).contains(&format!("{made} is there")), "{made}");
        assert!(written(folder.path(), &made).contains(&place), "it says in which clone");
        let again = create(folder.path(), *kind, &names).expect_err("a second one of the name is refused");
        assert!(again.to_string().contains(&place), "it says in which clone: {again}");
    }
    let mut command = Command::new(shell::cargo());
    command.current_dir(folder.path()).env("RUST_BACKTRACE", "0").args([
        "test",
        "--workspace",
        "--no-fail-fast",
        "--offline",
        "--target-dir",
    ]);
    let output = command.arg(target()).output().expect("cargo can be started");
    let (said, told) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    for (kind, cases) in KINDS {
        for case in *cases {
            let is_named = said.lines().any(|line| line.contains(&format!("test {case} ")) && line.ends_with("FAILED"));
            assert!(is_named, "{kind:?}: {case} is named\n{said}\n{told}");
        }
    }
    let documented = said.lines().filter(|line| line.contains("README.md - Readme") && line.ends_with("ok")).count();
    assert_eq!(documented, KINDS.len(), "each README has its lines\n{said}");
    assert!(!told.contains("warning:"), "nothing is warned of\n{told}");
}

/// The commands of the guide, and what it shows of their output.
fn guide() -> Vec<(String, Vec<String>)> {
    let text = read(&root().join("docs/guide/custom-backends.md")).expect("the guide is there");
    let mut commands: Vec<(String, Vec<String>)> = Vec::new();
    for block in text.split("```console\n").skip(1) {
        let (block, _) = block.split_once("```").expect("it ends");
        for line in block.lines() {
            match (line.strip_prefix("$ "), commands.last_mut()) {
                (Some(command), _) => commands.push((command.to_owned(), Vec::new())),
                (None, Some((_, shown))) => shown.push(line.to_owned()),
                (None, None) => {}
            }
        }
    }
    commands
}

#[test]
fn the_commands_of_the_guide_work() {
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    workspace(folder.path());
    let mut ran = 0;
    for (line, shown) in guide() {
        let words: Vec<&str> = line.split(' ').collect();
        let said = match words.as_slice() {
            ["cargo", "xtask", rest @ ..] => match Cli::try_parse_from([&["xtask"], rest].concat()).map(|cli| cli.task)
            {
                Ok(Task::NewBackend(options)) => {
                    let names = Names::of(&options.name).expect("it is one");
                    create(folder.path(), options.kind, &names).expect("nothing is there yet")
                }
                // The test command runs it.
                Ok(Task::Examples) => String::new(),
                other => panic!("`{line}` is {other:?}"),
            },
            ["cargo", "test", "--manifest-path", rest @ ..] => {
                test(&root(), &[&["--manifest-path"], rest].concat(), true)
            }
            ["cargo", "test", rest @ ..] => test(folder.path(), rest, false),
            _ => panic!("nobody runs `{line}`"),
        };
        for expected in shown {
            assert!(said.contains(&expected), "the guide shows `{expected}`\n{said}");
        }
        ran += 1;
    }
    assert_eq!(ran, 4, "the guide has its commands");
}

/// What `cargo test` says with these words, which goes well or fails as is expected.
fn test(folder: &Path, words: &[&str], goes_well: bool) -> String {
    let mut command = Command::new(shell::cargo());
    command.current_dir(folder).env("RUST_BACKTRACE", "0").args(["test", "--offline", "--target-dir"]).arg(target());
    let output = command.args(words).output().expect("cargo can be started");
    let (said, told) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.success(), goes_well, "{words:?}\n{said}\n{told}");
    said.into_owned()
}

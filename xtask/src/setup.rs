//! `setup`: the tools that tests use, in pinned versions, below `target/tools`.
//!
//! Each part is installed once and stamped with a hash of what it was made from; a part whose stamp fits is left alone.

mod part;
mod python;

use std::fs::File;
use std::process::Command;

use clap::Args;

use crate::failure::{Failure, Result};
use crate::repository::{make_folder, tools};
use crate::shell;
use part::Part;
use python::Python;

const SERVERS: &str = include_str!("../tools/servers.txt");
const WHEELHOUSE: &str = include_str!("../tools/wheelhouse.txt");
const CARGO: &str = include_str!("../tools/cargo.txt");
const CARGO_REGISTRY: &str = include_str!("../tools/cargo-registry.txt");

#[derive(Debug, Default, Args)]
pub(crate) struct Options {
    /// Install what only CI needs as well: cargo-deny and a registry for cargo, which take minutes to compile
    #[arg(long)]
    ci: bool,
}

/// Installs what is missing; two runs at once wait for each other.
pub(crate) fn run(options: &Options) -> Result<()> {
    make_folder(&tools())?;
    let _lock = lock()?;
    require_git()?;
    let python = Python::find()?;
    for part in parts(&python) {
        part.install()?;
    }
    python.link()?;
    if options.ci {
        cargo_install("cargo", "cargo-deny, which takes some minutes", CARGO).install()?;
        cargo_install("cargo-registry", "a registry for cargo, which takes some minutes", CARGO_REGISTRY).install()?;
    }
    Ok(())
}

fn lock() -> Result<File> {
    let path = tools().join(".lock");
    let file = File::create(&path).map_err(|error| Failure::io(&path, &error))?;
    file.lock().map_err(|error| Failure::io(&path, &error))?;
    Ok(file)
}

fn parts(python: &Python) -> [Part; 2] {
    let (venv, pip) = (python.command(&["-m", "venv"], "py"), python.pip("install", "servers.txt"));
    let mut download = python.pip("download", "wheelhouse.txt");
    download.arg("--dest").arg(tools().join("wheelhouse"));
    [
        Part::new("py", "uv and the package indexes", &[SERVERS, &python.identity]).step(venv).step(pip),
        Part::new("wheelhouse", "the build backends", &[WHEELHOUSE, &python.identity]).step(download),
    ]
}

/// A program of crates.io, from a line with its name and its version.
fn cargo_install(folder: &str, about: &'static str, pin: &'static str) -> Part {
    let (name, version) = pin.trim_end().split_once(' ').unwrap_or((pin, ""));
    let mut install = Command::new(shell::cargo());
    install.args(["install", "--quiet", "--locked", "--version", version, name]);
    install.arg("--root").arg(tools().join(folder));
    Part::new(folder, about, &[pin]).step(install)
}

fn require_git() -> Result<()> {
    let found = shell::capture(Command::new("git").arg("--version"));
    found.map(drop).map_err(|failure| failure.with_help("install git, then run `cargo xtask setup` again"))
}

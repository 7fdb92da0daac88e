//! `demo`: a sample monorepo from commits to a verified release on real registries on loopback, and then once more.
//!
//! What it prints is the transcript in the README.

mod index;
mod proof;
mod sample;
mod terminal;

use std::process::Command;

use clap::Args;

use crate::failure::Result;
use crate::repository::{make_folder, remove_folder, root};
use crate::{setup, shell};
use index::Registries;
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
    let terminal = Terminal::new(&folder, &registries)?;
    sample::make(&terminal, &registries)?;
    if options.sample_only {
        println!("the sample is in {}", terminal.work().display());
        return Ok(());
    }
    build()?;
    first_release(&terminal)?;
    proof::digests(&registries, &folder.join("receipt-1.json"))?;
    install(&terminal, &registries)?;
    second_release(&terminal)?;
    proof::digests(&registries, &folder.join("receipt-2.json"))?;
    install(&terminal, &registries)?;
    once_more(&terminal)
}

fn build() -> Result<()> {
    let mut build = Command::new(shell::cargo());
    shell::run(build.current_dir(root()).args(["build", "--quiet", "--package", "releasekit"]))
}

fn first_release(terminal: &Terminal) -> Result<()> {
    terminal.heading("Four packages of uv and two of cargo that were never released");
    terminal.run("git log --oneline")?;
    terminal.run("releasekit")?;
    terminal.run("releasekit graph")?;
    terminal.run("releasekit plan")?;

    terminal.heading("Prepare: versions, lockfile and changelogs in one commit on a branch of its own");
    terminal.run("releasekit prepare")?;
    terminal.run("git fetch --quiet origin")?;
    terminal.run("git show --stat --format=%s origin/releasekit--release--main")?;

    terminal.heading("Review and merge it as you like; here with a merge commit");
    terminal.run("git merge --quiet --no-ff -m 'Merge the release' origin/releasekit--release--main")?;
    terminal.run("git push --quiet origin main")?;

    terminal.heading("Release: everything is built, then tagged");
    terminal.run("releasekit release")?;
    terminal.run("git ls-remote --tags --refs origin")?;

    terminal.heading("Publish: in dependency order, and verified against what the indexes serve");
    terminal.run("releasekit publish --receipt ../receipt-1.json")
}

fn second_release(terminal: &Terminal) -> Result<()> {
    terminal.heading("A package of each language changes; those that need it follow, the others stay");
    sample::change(terminal)?;
    terminal.run("git push --quiet origin main")?;
    terminal.run("releasekit plan")?;
    terminal.run("releasekit explain acme-cli")?;

    terminal.heading("The second release, merged by squash this time");
    terminal.run("releasekit prepare")?;
    terminal.run("git fetch --quiet origin")?;
    terminal.run("git merge --quiet --squash origin/releasekit--release--main")?;
    terminal.run("git commit --quiet -m 'chore: release'")?;
    terminal.run("git push --quiet origin main")?;
    terminal.run("releasekit release")?;
    terminal.run("releasekit publish --receipt ../receipt-2.json")
}

fn install(terminal: &Terminal, registries: &Registries) -> Result<()> {
    terminal.heading("Install the top package of each language from its index, into empty places");
    terminal.run("uv venv --quiet --clear ../venv")?;
    let url = registries.simple_url();
    terminal.run(&format!("uv pip install --no-cache --python ../venv --default-index {url} acme-cli"))?;
    terminal.run("../venv/bin/acme")?;
    terminal.run("cargo install --quiet --debug --force --registry acme --root ../agent acme-agent")?;
    terminal.run("../agent/bin/acme-agent")
}

fn once_more(terminal: &Terminal) -> Result<()> {
    terminal.heading("Nothing is left to do, and doing it again does nothing");
    terminal.run("releasekit plan")?;
    terminal.run("releasekit publish")?;
    terminal.run("releasekit status")?;
    terminal.run("git status --short")
}

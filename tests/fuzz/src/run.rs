//! Runs targets, each in a process of its own, so that what ends one is seen.

use std::env;
use std::fs;
use std::io;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::targets::{self, Target};
use crate::watch::{HANGS, PATIENCE};
use crate::{Options, worker};

/// What a worker ends with when it found something.
const FOUND: i32 = 1;

/// Runs what the options ask for and gives the number of findings.
pub(crate) fn run(options: &Options) -> io::Result<usize> {
    let targets = chosen(options)?;
    for target in &targets {
        fs::create_dir_all(folder(options, target))?;
    }
    if options.worker || options.input.is_some() {
        targets.into_iter().map(|target| worker::work(target, options, &folder(options, target))).sum()
    } else {
        side_by_side(&targets, options)
    }
}

/// Runs as many targets at once as the machine has processors.
fn side_by_side(targets: &[&Target], options: &Options) -> io::Result<usize> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut found = 0;
        while let Some(target) = targets.get(next.fetch_add(1, Ordering::Relaxed)) {
            found += usize::from(!start(target, &folder(options, target))?);
        }
        Ok(found)
    };
    thread::scope(|scope| {
        let processors = thread::available_parallelism().map_or(1, NonZero::get);
        let running: Vec<_> = (0..processors).map(|_| scope.spawn(work)).collect();
        running.into_iter().map(|worker| worker.join().expect("nothing here panics")).sum()
    })
}

/// Where inputs of a target are written.
fn folder(options: &Options, target: &Target) -> PathBuf {
    let built = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/fuzz/findings");
    options.findings.clone().unwrap_or_else(built).join(target.name)
}

fn chosen(options: &Options) -> io::Result<Vec<&'static Target>> {
    let unknown = |name: &String| {
        let names: Vec<_> = targets::ALL.iter().map(|target| target.name).collect();
        io::Error::other(format!("there is no target `{name}`; there are {}", names.join(", ")))
    };
    let find = |name: &String| targets::ALL.iter().find(|target| target.name == name).ok_or_else(|| unknown(name));
    if options.target.is_empty() {
        Ok(targets::ALL.iter().collect())
    } else {
        options.target.iter().map(find).collect()
    }
}

/// Runs one target; false where something was found.
fn start(target: &Target, folder: &Path) -> io::Result<bool> {
    let mut command = Command::new(env::current_exe()?);
    // Options that are given twice are an error, but those that choose targets only add up.
    let args: Vec<_> = env::args_os().skip(1).collect();
    command.args(without_targets(args)).args(["--worker", "--target", target.name]);
    let status = command.status()?;
    if status.success() || status.code() == Some(FOUND) {
        return Ok(status.success());
    }
    let input = fs::read(worker::current(folder))?;
    let (kind, what) = ended(status);
    let path = worker::written(folder, kind, &input)?;
    println!("{:10} {what} with {}", target.name, path.display());
    Ok(false)
}

fn ended(status: ExitStatus) -> (&'static str, String) {
    match status.code() {
        Some(HANGS) => ("hang", format!("took longer than {} s", PATIENCE.as_secs())),
        _ => ("abort", format!("ended with {status}")),
    }
}

fn without_targets(args: Vec<std::ffi::OsString>) -> Vec<std::ffi::OsString> {
    let mut kept = Vec::new();
    let mut args = args.into_iter();
    while let Some(arg) = args.next() {
        if arg == "--target" {
            args.next();
        } else if !arg.to_string_lossy().starts_with("--target=") {
            kept.push(arg);
        }
    }
    kept
}

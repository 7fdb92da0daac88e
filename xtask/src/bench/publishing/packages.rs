//! Packages of pnpm, which npm sends: a process for each of them, whose own time is part of the least.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};
use std::{env, thread};

use releasekit_core::Secret;
use releasekit_rehearsal::npm::{Options, Registry, Server};

use super::{CONCURRENCY, Kind, TOKEN, slow_down};
use crate::failure::{Failure, Result};
use crate::repository::{tools, write};
use crate::shell;

/// Packages for a registry of npm.
pub(in super::super) struct Packages;

impl Kind for Packages {
    type Protocol = Registry;

    const NAME: &'static str = "packages";
    /// A look whether it is there, and a look whether it is live: what npm asks is in its own time.
    const REQUESTS: u32 = 2;

    fn start(&self) -> Result<Server> {
        let options = Options::default().with_publisher("bench", Secret::new(TOKEN));
        Server::start(options).map_err(|error| Failure::new(error.to_string()))
    }

    fn write(&self, folder: &Path, count: u32, server: &Server) -> Result<()> {
        for number in 0..count {
            write(&folder.join(self.name(number)).join("package.json"), &self.manifest(number, server))?;
            write(&folder.join(self.name(number)).join("index.js"), "module.exports = 1;\n")?;
        }
        write(&folder.join("package.json"), "{ \"name\": \"bench\", \"private\": true }\n")?;
        write(&folder.join("pnpm-workspace.yaml"), "packages:\n  - package*\n")?;
        write(&settings(folder), &login(server))?;
        let mut lock = Command::new(program("js/pnpm-12/pnpm"));
        self.equip(&mut lock, folder);
        shell::capture(lock.current_dir(folder).args(["install", "--lockfile-only", "--offline"])).map(drop)
    }

    fn name(&self, number: u32) -> String {
        format!("package{number:03}")
    }

    fn equip(&self, command: &mut Command, folder: &Path) {
        let own = ["js/pnpm-12", "js/bin"].map(|folder| tools().join(folder));
        let path = env::var_os("PATH").unwrap_or_default();
        let path = env::join_paths(own.into_iter().chain(env::split_paths(&path))).unwrap_or(path);
        command.env("PATH", path).env("NPM_CONFIG_USERCONFIG", settings(folder));
    }

    /// As many at once as releasekit has, each after the one that it needs.
    fn by_themselves(&self, folder: &Path, count: u32) -> Result<Duration> {
        let server = self.start()?;
        slow_down(self, &server, count);
        // Settings of its own: each registry has its token.
        let own = folder.with_file_name("publish-alone");
        write(&settings(&own), &login(&server))?;
        let files = tarballs(&folder.join(".git"))?;
        if files.len() != count as usize {
            return Err(Failure::new(format!("{} of {count} packages are packed", files.len())));
        }
        let queue = Queue::new(count);
        let worker = || {
            while let Some(number) = queue.begin() {
                let published = self.publish(&own, &files[number as usize], &server);
                queue.end(number);
                published?;
            }
            Ok(())
        };
        let start = Instant::now();
        let ended: Vec<_> = thread::scope(|scope| {
            let workers: Vec<_> = (0..CONCURRENCY).map(|_| scope.spawn(worker)).collect();
            workers.into_iter().map(thread::ScopedJoinHandle::join).collect()
        });
        let time = start.elapsed();
        let ended = ended.into_iter().map(|ended| ended.unwrap_or_else(|_| Err(Failure::new("a worker ended early"))));
        ended.collect::<Result<Vec<()>>>().map(|_| time)
    }
}

/// What is left to be published, and what is live.
struct Queue {
    state: Mutex<(BTreeSet<u32>, BTreeSet<u32>)>,
    moved: Condvar,
}

impl Queue {
    fn new(count: u32) -> Self {
        Self { state: Mutex::new(((0..count).collect(), BTreeSet::new())), moved: Condvar::new() }
    }

    /// The first that may begin, once there is one; `None` where all have begun.
    fn begin(&self) -> Option<u32> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let (waiting, live) = &mut *state;
            let may_begin = |number: &&u32| **number == 0 || live.contains(&(**number / 2));
            if let Some(number) = waiting.iter().find(may_begin).copied() {
                waiting.remove(&number);
                return Some(number);
            }
            if waiting.is_empty() {
                return None;
            }
            state = self.moved.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn end(&self, number: u32) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).1.insert(number);
        self.moved.notify_all();
    }
}

impl Packages {
    fn manifest(&self, number: u32, server: &Server) -> String {
        let (name, registry) = (self.name(number), server.registry_url());
        let needed = match number {
            0 => String::new(),
            _ => format!(", \"dependencies\": {{ \"{}\": \"workspace:^\" }}", self.name(number / 2)),
        };
        format!(
            "{{ \"name\": \"{name}\", \"version\": \"0.1.0\", \"main\": \"index.js\", \"publishConfig\": \
             {{ \"registry\": \"{registry}\" }}{needed} }}\n"
        )
    }

    fn publish(&self, own: &Path, file: &Path, server: &Server) -> Result<()> {
        let mut npm = Command::new(program("js/bin/npm"));
        self.equip(&mut npm, own);
        npm.arg("publish").arg(file).args(["--registry", &server.registry_url(), "--tag", "latest"]);
        npm.args(["--ignore-scripts", "--fetch-retries=0", "--cache"]).arg(file.with_extension("cache"));
        shell::capture(&mut npm).map(drop)
    }
}

fn program(path: &str) -> PathBuf {
    tools().join(path)
}

/// The user's own settings, beside a workspace.
fn settings(folder: &Path) -> PathBuf {
    folder.with_extension("npmrc")
}

fn login(server: &Server) -> String {
    format!("{}:_authToken={TOKEN}\n", server.registry_url().replace("http:", ""))
}

/// What is packed below a folder, by name.
fn tarballs(folder: &Path) -> Result<Vec<PathBuf>> {
    let failed = |error: std::io::Error| Failure::new(format!("reading `{}`: {error}", folder.display()));
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_dir() {
            found.extend(tarballs(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "tgz") {
            found.push(path);
        }
    }
    found.sort_by(|a, b| a.file_name().cmp(&b.file_name()));
    Ok(found)
}

//! Packages of pnpm, which npm sends: a process for each of them, whose own time is part of the least.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::time::{Duration, Instant};
use std::{env, iter, thread};

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

    /// As many at once as releasekit has, in any order.
    fn by_themselves(&self, folder: &Path, count: u32) -> Result<Duration> {
        let server = self.start()?;
        slow_down(self, &server, count);
        let own = folder.with_extension("alone");
        write(&settings(&own), &login(&server))?;
        let files = tarballs(&folder.join(".git"))?;
        if files.len() != count as usize {
            return Err(Failure::new(format!("{} of {count} packages are packed", files.len())));
        }
        let waiting = Mutex::new(files);
        let next = || waiting.lock().ok().and_then(|mut files| files.pop());
        let worker = || iter::from_fn(next).try_for_each(|file| self.publish(&own, &file, &server));
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

/// What is packed below a folder.
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
    Ok(found)
}

//! How long `publish` takes where a registry answers slowly, against the least that its requests take.

mod crates;
mod packages;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use releasekit_rehearsal::{Fault, On, Protocol, Server};

use super::clone::git;
use crate::failure::{Failure, Result};
use crate::repository::{remove_folder, root, write};
use crate::shell;

pub(super) use crates::Crates;
pub(super) use packages::Packages;

/// How long the registry lets each request wait.
const LATENCY: Duration = Duration::from_millis(50);

/// How many packages are worked on at once.
const CONCURRENCY: u32 = 5;

/// What was promised: at most so many times the least.
const PROMISED: f64 = 1.15;

const TOKEN: &str = "rk-bench";

/// What is published, and to which kind of registry.
pub(super) trait Kind {
    /// What the registry speaks.
    type Protocol: Protocol;

    /// What is published, in the plural.
    const NAME: &'static str;

    /// What nothing can be published without: a look whether it is there, the upload, a look whether it is live, and what else is asked.
    const REQUESTS: u32;

    /// Starts an empty registry that takes what has the token.
    fn start(&self) -> Result<Server<Self::Protocol>>;

    /// Writes a workspace in which a package needs the one half its number, with its lockfile and its registry.
    fn write(&self, folder: &Path, count: u32, server: &Server<Self::Protocol>) -> Result<()>;

    /// The name of a package, as the registry writes it.
    fn name(&self, number: u32) -> String;

    /// Lets a command find its tools and the token.
    fn equip(&self, command: &mut Command, folder: &Path);

    /// How long the uploads take by themselves, where a program of its own makes each; nothing, where they are requests of ours.
    fn by_themselves(&self, _folder: &Path, _count: u32) -> Result<Duration> {
        Ok(Duration::ZERO)
    }
}

/// Publishes this many packages that are built already, and gives a table.
pub(super) fn report<K: Kind>(kind: &K, binary: &Path, count: u32) -> Result<String> {
    let server = kind.start()?;
    let folder = make(kind, count, &server)?;
    let bench = Bench { kind, binary, folder: &folder };
    bench.release()?;
    let uploads = kind.by_themselves(&folder, count)?;
    slow_down(kind, &server, count);
    let before = server.requests().len();
    let start = Instant::now();
    bench.releasekit(&["publish", "--yes"])?;
    let time = start.elapsed();
    let requests = server.requests().len() - before;
    let published = server.files().len();
    if published != count as usize {
        return Err(Failure::new(format!("{published} of {count} {} are live", K::NAME)));
    }
    Ok(table(
        &Measured { what: K::NAME, count, requests, time, least: least(K::REQUESTS, count) + uploads },
        K::REQUESTS,
    ))
}

/// Has a registry let everything wait that is asked of these packages.
fn slow_down<K: Kind>(kind: &K, server: &Server<K::Protocol>, count: u32) {
    server.faults().always(On::AnyUpload, Fault::Delay(LATENCY));
    for number in 0..count {
        server.faults().always(On::Page(kind.name(number)), Fault::Delay(LATENCY));
    }
}

/// The least time: all requests at the concurrency that there is, or those of the longest chain one after the other.
fn least(requests: u32, count: u32) -> Duration {
    let work = LATENCY * requests * count / CONCURRENCY;
    let levels = u32::BITS - count.saturating_sub(1).leading_zeros() + 1;
    work.max(LATENCY * (1 + (requests - 1) * levels))
}

/// What no order of the packages goes below where all first looks take the time of one: as many at once as there may be, of those that
/// may begin the ones that most wait for, which is the best that can be done where none needs two.
fn in_order(requests: u32, count: u32) -> Duration {
    let mut live: BTreeSet<u32> = BTreeSet::new();
    let mut rounds = 0;
    while live.len() < count as usize {
        let may_begin = |number: &u32| !live.contains(number) && (*number == 0 || live.contains(&(number / 2)));
        let begun: Vec<u32> = (0..count).filter(may_begin).take(CONCURRENCY as usize).collect();
        live.extend(begun);
        rounds += 1;
    }
    LATENCY * (1 + (requests - 1) * rounds)
}

/// What was seen.
struct Measured {
    what: &'static str,
    count: u32,
    requests: usize,
    time: Duration,
    least: Duration,
}

fn table(measured: &Measured, needed: u32) -> String {
    let Measured { what, count, requests, time, least } = measured;
    let in_order = in_order(needed, *count);
    let ratio = time.as_secs_f64() / least.as_secs_f64();
    let mark = if ratio <= PROMISED { "" } else { " **missed**" };
    let mut table = format!("### {count} {what} to a registry that takes {} ms\n\n", LATENCY.as_millis());
    table
        .push_str("| command | ms | least ms | of the least | promised | best order ms | requests |\n|---|---:|---:|---:|---:|---:|---:|\n");
    // A string takes everything.
    let _ = writeln!(
        table,
        "| `releasekit publish` | {} | {} | {ratio:.2}× | {PROMISED:.2}× | {} | {requests}{mark} |",
        time.as_millis(),
        least.as_millis(),
        in_order.as_millis()
    );
    table
}

/// A workspace, committed and pushed.
fn make<K: Kind>(kind: &K, count: u32, server: &Server<K::Protocol>) -> Result<PathBuf> {
    let folder = root().join("target/bench").join(format!("publish-{}-{count}", K::NAME));
    let remote = folder.with_extension("git");
    remove_folder(&folder)?;
    remove_folder(&remote)?;
    kind.write(&folder, count, server)?;
    // What tools and code of the repository do takes its own time.
    let policy = format!("[publish]\nconcurrency = {CONCURRENCY}\nresolve_check = false\n");
    write(&folder.join("releasekit.toml"), &policy)?;
    git(&folder, &["init", "--quiet", "--bare", "--initial-branch", "main", &remote.to_string_lossy()])?;
    git(&folder, &["init", "--quiet", "--initial-branch", "main"])?;
    git(&folder, &["config", "user.name", "Tess Ter"])?;
    git(&folder, &["config", "user.email", "tess@example.invalid"])?;
    git(&folder, &["remote", "add", "origin", &remote.to_string_lossy()])?;
    git(&folder, &["add", "--all"])?;
    git(&folder, &["commit", "--quiet", "-m", "feat: begin"])?;
    git(&folder, &["push", "--quiet", "--set-upstream", "origin", "main"])?;
    Ok(folder)
}

/// A workspace, and the program that releases it.
struct Bench<'a, K> {
    kind: &'a K,
    binary: &'a Path,
    folder: &'a Path,
}

impl<K: Kind> Bench<'_, K> {
    /// Everything before the upload.
    fn release(&self) -> Result<()> {
        shell::say(format_args!("packing what is to be published"));
        self.releasekit(&["prepare"])?;
        git(self.folder, &["fetch", "--quiet", "origin"])?;
        git(self.folder, &["merge", "--quiet", "--ff-only", "origin/releasekit--release--main"])?;
        git(self.folder, &["push", "--quiet", "origin", "main"])?;
        self.releasekit(&["release", "--yes", "--no-verify"])
    }

    fn releasekit(&self, args: &[&str]) -> Result<()> {
        let mut command = Command::new(self.binary);
        self.kind.equip(&mut command, self.folder);
        shell::capture(command.current_dir(self.folder).args(args)).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Measured, in_order, least, table};

    #[test]
    fn many_packages_take_what_their_requests_take_and_few_what_their_chain_takes() {
        let least = |count| least(3, count);
        assert_eq!(least(50), Duration::from_millis(1500));
        assert_eq!(least(1), Duration::from_millis(150));
        assert_eq!(least(4), Duration::from_millis(350));
        let table = |millis| {
            let time = Duration::from_millis(millis);
            table(&Measured { what: "crates", count: 50, requests: 150, time, least: least(50) }, 3)
        };
        assert!(table(1800).contains("| 1800 | 1500 | 1.20× | 1.15× | 1350 | 150 **missed** |"));
        assert!(!table(1700).contains("missed"));
    }

    #[test]
    fn a_package_waits_for_the_one_that_it_needs() {
        // One, one, two, four, and then five at once.
        for (count, millis) in [(1, 150), (2, 250), (4, 350), (8, 450), (13, 550), (14, 650), (50, 1350)] {
            assert_eq!(in_order(3, count), Duration::from_millis(millis), "{count}");
        }
    }
}

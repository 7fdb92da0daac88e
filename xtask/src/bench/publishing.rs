//! How long `publish` takes where a registry answers slowly, against the least that its requests take.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use releasekit_core::Secret;
use releasekit_rehearsal::cargo::{Options, Server};
use releasekit_rehearsal::{Fault, On};

use super::clone::git;
use crate::failure::{Failure, Result};
use crate::repository::{remove_folder, root, write};
use crate::shell;

/// How long the registry lets each request wait.
const LATENCY: Duration = Duration::from_millis(50);

/// How many packages are worked on at once.
const CONCURRENCY: u32 = 5;

/// What no crate can be published without: a look whether it is there, the upload, and a look whether it is live.
const REQUESTS: u32 = 3;

/// What was promised: at most so many times the least.
const PROMISED: f64 = 1.15;

const TOKEN: &str = "rk-bench";

/// Publishes this many crates that are built already, and gives a table.
pub(super) fn report(binary: &Path, crates: u32) -> Result<String> {
    let server = Server::start(Options::default().with_owner("bench", Secret::new(TOKEN)))
        .map_err(|error| Failure::new(error.to_string()))?;
    let folder = make(crates, &server.index_url())?;
    release(binary, &folder)?;
    server.faults().always(On::AnyUpload, Fault::Delay(LATENCY));
    for number in 0..crates {
        server.faults().always(On::Page(name(number)), Fault::Delay(LATENCY));
    }
    let before = server.requests().len();
    let start = Instant::now();
    releasekit(binary, &folder, &["publish", "--yes"])?;
    let time = start.elapsed();
    let requests = server.requests().len() - before;
    let published = server.files().len();
    if published != crates as usize {
        return Err(Failure::new(format!("{published} of {crates} crates are live")));
    }
    Ok(table(crates, requests, time))
}

/// The least time: all requests at the concurrency that there is, or those of the longest chain one after the other.
fn least(crates: u32) -> Duration {
    let work = LATENCY * REQUESTS * crates / CONCURRENCY;
    let levels = u32::BITS - crates.saturating_sub(1).leading_zeros() + 1;
    work.max(LATENCY * (1 + (REQUESTS - 1) * levels))
}

/// What no order of the crates goes below where all first looks take the time of one: as many at once as there may be, of those that
/// may begin the ones that most wait for, which is the best that can be done where none needs two.
fn in_order(crates: u32) -> Duration {
    let mut live: BTreeSet<u32> = BTreeSet::new();
    let mut rounds = 0;
    while live.len() < crates as usize {
        let may_begin = |number: &u32| !live.contains(number) && (*number == 0 || live.contains(&(number / 2)));
        let begun: Vec<u32> = (0..crates).filter(may_begin).take(CONCURRENCY as usize).collect();
        live.extend(begun);
        rounds += 1;
    }
    LATENCY * (1 + (REQUESTS - 1) * rounds)
}

fn table(crates: u32, requests: usize, time: Duration) -> String {
    let (least, in_order) = (least(crates), in_order(crates));
    let ratio = time.as_secs_f64() / least.as_secs_f64();
    let mark = if ratio <= PROMISED { "" } else { " **missed**" };
    let mut table = format!("### {crates} crates to a registry that takes {} ms\n\n", LATENCY.as_millis());
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

/// A workspace in which a crate needs the one half its number, committed and pushed.
fn make(crates: u32, index: &str) -> Result<PathBuf> {
    let folder = root().join("target/bench").join(format!("publish-{crates}"));
    let remote = folder.with_extension("git");
    remove_folder(&folder)?;
    remove_folder(&remote)?;
    for number in 0..crates {
        write(&folder.join(format!("{}/Cargo.toml", name(number))), &manifest(number))?;
        write(&folder.join(format!("{}/src/lib.rs", name(number))), "//! Nothing.\n")?;
    }
    write(&folder.join("Cargo.toml"), "[workspace]\nmembers = [\"crate*\"]\nresolver = \"2\"\n")?;
    write(&folder.join(".cargo/config.toml"), &format!("[registries.bench]\nindex = \"{index}\"\n"))?;
    // What cargo and code of the repository do takes its own time.
    let policy = format!("[publish]\nconcurrency = {CONCURRENCY}\nresolve_check = false\n");
    write(&folder.join("releasekit.toml"), &policy)?;
    shell::capture(Command::new(shell::cargo()).current_dir(&folder).args(["generate-lockfile", "--offline", "-q"]))?;
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

/// Everything before the upload.
fn release(binary: &Path, folder: &Path) -> Result<()> {
    shell::say(format_args!("packing what is to be published"));
    releasekit(binary, folder, &["prepare"])?;
    git(folder, &["fetch", "--quiet", "origin"])?;
    git(folder, &["merge", "--quiet", "--ff-only", "origin/releasekit--release--main"])?;
    git(folder, &["push", "--quiet", "origin", "main"])?;
    releasekit(binary, folder, &["release", "--yes", "--no-verify"])
}

fn releasekit(binary: &Path, folder: &Path, args: &[&str]) -> Result<()> {
    let mut command = Command::new(binary);
    command.current_dir(folder).env("CARGO_REGISTRIES_BENCH_TOKEN", TOKEN).args(args);
    shell::capture(&mut command).map(drop)
}

fn name(number: u32) -> String {
    format!("crate{number:03}")
}

fn manifest(number: u32) -> String {
    let head = format!(
        "[package]\nname = \"{}\"\nversion = \"0.1.0\"\nedition = \"2021\"\ndescription = \"One of many\"\nlicense = \"MIT\"\n\
         publish = [\"bench\"]\n",
        name(number)
    );
    if number == 0 {
        return head;
    }
    let needed = name(number / 2);
    format!(
        "{head}\n[dependencies]\n{needed} = {{ path = \"../{needed}\", version = \"0.1\", registry = \"bench\" }}\n"
    )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{in_order, least, table};

    #[test]
    fn many_crates_take_what_their_requests_take_and_few_what_their_chain_takes() {
        assert_eq!(least(50), Duration::from_millis(1500));
        assert_eq!(least(1), Duration::from_millis(150));
        assert_eq!(least(4), Duration::from_millis(350));
        let table = |millis| table(50, 150, Duration::from_millis(millis));
        assert!(table(1800).contains("| 1800 | 1500 | 1.20× | 1.15× | 1350 | 150 **missed** |"));
        assert!(!table(1700).contains("missed"));
    }

    #[test]
    fn a_crate_waits_for_the_one_that_it_needs() {
        // One, one, two, four, and then five at once.
        for (crates, millis) in [(1, 150), (2, 250), (4, 350), (8, 450), (13, 550), (14, 650), (50, 1350)] {
            assert_eq!(in_order(crates), Duration::from_millis(millis), "{crates}");
        }
    }
}

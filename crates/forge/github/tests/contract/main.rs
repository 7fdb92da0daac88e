//! The client over a GitHub in this process with small pages: held to what core promises of forges, and led through a release
//! during which everything goes wrong that can.

mod budget;
mod cycle;
mod emulate;
mod official;
mod trouble;
mod world;

use std::process::ExitCode;

use releasekit_testkit::suite::forge::cases;
use releasekit_testkit::suite::{run, trials};

fn main() -> ExitCode {
    let mut all = trials("github", cases(), world::open);
    all.extend(trouble::trials());
    all.push(budget::trial());
    all.push(official::trial());
    all.push(emulate::trial());
    run(all)
}

//! Random kills for as long as one likes, as `cargo xtask soak` starts them: minutes, seed, and the releasekit to be killed.
#![expect(clippy::print_stdout, reason = "a developer's program talks to its terminal")]
#![expect(clippy::disallowed_methods, reason = "a developer's program reads its own arguments")]

use std::env;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use releasekit_e2e::Scene;
use releasekit_e2e::soak::{Counts, Hardness, Kind, Soak};
use releasekit_e2e::worlds::uv::Uv;
use releasekit_testkit::Tools;

/// The registries, each with clones of its own, in turn.
const KINDS: [Kind; 3] = [Kind::Foreign("pypiserver"), Kind::Foreign("devpi"), Kind::Faulty];

fn main() -> ExitCode {
    let [minutes, seed, binary] = arguments();
    let (minutes, seed): (u64, u64) = (number(&minutes), number(&seed));
    let Some(tools) = Tools::require() else { return ExitCode::FAILURE };
    let scene = Scene::new(&Uv, &tools, PathBuf::from(binary));
    let hardness = Hardness { kills: 5, beside: 0.5 };
    let begin = |(number, kind)| Soak::begin(&scene, kind, seed.wrapping_add(number), hardness);
    let mut soaks: Vec<Soak> = (0..).zip(KINDS).map(begin).collect();
    let end = Instant::now() + Duration::from_secs(minutes * 60);
    let mut turn = 0;
    while Instant::now() < end {
        let which = turn % soaks.len();
        if catch_unwind(AssertUnwindSafe(|| soaks[which].round())).is_err() {
            let counts = total(&soaks);
            let folder = soaks.swap_remove(which).keep();
            println!("a promise is broken: {:?}, seed {seed}; {counts}; {} stays", KINDS[which], folder.display());
            return ExitCode::FAILURE;
        }
        turn += 1;
    }
    println!("every promise was kept: seed {seed}; {}", total(&soaks));
    ExitCode::SUCCESS
}

fn arguments() -> [String; 3] {
    let all: Vec<String> = env::args().skip(1).collect();
    all.try_into().expect("`cargo xtask soak` passes minutes, seed and binary")
}

fn number(text: &str) -> u64 {
    text.parse().expect("`cargo xtask soak` passes numbers")
}

fn total(soaks: &[Soak]) -> Counts {
    let mut total = Counts::default();
    soaks.iter().for_each(|soak| total.add(soak.counts()));
    total
}

//! SIGKILL at random instants, in two clones at once, then the same command again: thirty runs of the three commands.

use std::panic::{AssertUnwindSafe, catch_unwind};

use releasekit_e2e::Scene;
use releasekit_e2e::soak::{Hardness, Kind, Soak};

/// Decides what is changed, how it is merged, and where in a command's time each kill falls.
const SEED: u64 = 20_261_127;

/// Each round runs `prepare`, `release` and `publish` under fire.
const ROUNDS: u64 = 5;

#[track_caller]
fn survives(scene: &Scene, kind: Kind, seed: u64) {
    let hardness = Hardness { kills: 2, beside: 0.5 };
    let mut soak = Soak::begin(scene, kind, seed, hardness);
    for round in 1..=ROUNDS {
        // What broke is in the panic above; where it did is here.
        let kept = catch_unwind(AssertUnwindSafe(|| soak.round()));
        assert!(kept.is_ok(), "{kind:?}, seed {seed}, round {round}: {}", soak.counts());
    }
    assert!(soak.counts().kills > 0, "{}", soak.counts());
}

pub(crate) fn a_good_index_gets_every_file_once(scene: &Scene) {
    survives(scene, Kind::Rehearsal, SEED);
}

pub(crate) fn a_bad_index_gets_every_file_once(scene: &Scene) {
    survives(scene, Kind::Faulty, SEED + 1);
}

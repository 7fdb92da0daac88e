//! The forge in memory keeps every promise, whatever it can and cannot do.

use std::process::ExitCode;

use libtest_mimic::Trial;
use releasekit_core::forge::ForgeCapabilities;
use releasekit_testkit::memory::forge::{MemoryForge, MemoryForgeWorld};
use releasekit_testkit::suite;
use releasekit_testkit::suite::forge::{World, cases};

/// What is taken away from a forge that can do everything.
type Lack = (&'static str, fn(&mut ForgeCapabilities));

const LACKS: &[Lack] = &[
    ("labels", |can| can.labels = false),
    ("auto_merge", |can| can.auto_merge = false),
    ("releases", |can| {
        can.releases = false;
        can.draft_releases = false;
        can.prereleases = false;
        can.latest = false;
    }),
    ("draft_releases", |can| can.draft_releases = false),
    ("prereleases", |can| can.prereleases = false),
    ("latest", |can| can.latest = false),
    ("dispatch", |can| can.dispatch = false),
    ("signed_commits", |can| can.signed_commits = false),
];

fn without(lack: &str) -> ForgeCapabilities {
    let mut can = MemoryForge::everything();
    LACKS.iter().filter(|(name, _)| *name == lack).for_each(|(_, take)| take(&mut can));
    can
}

fn memory(name: &str, can: ForgeCapabilities) -> Vec<Trial> {
    suite::trials(name, cases(), move || Box::new(MemoryForgeWorld::new(can)) as World)
}

fn main() -> ExitCode {
    let mut trials = memory("everything", MemoryForge::everything());
    trials.extend(memory("nothing", MemoryForge::nothing()));
    for (lack, _) in LACKS {
        trials.extend(memory(&format!("without_{lack}"), without(lack)));
    }
    suite::run(trials)
}

//! The forge in memory keeps every promise, whatever it can and cannot do; each broken one is caught by its case alone.

use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Failed, Trial};
use releasekit_core::forge::{ForgeCapabilities, TextUnit};
use releasekit_testkit::broken::forge::BrokenForge;
use releasekit_testkit::memory::forge::{MemoryForge, MemoryForgeWorld};
use releasekit_testkit::suite::forge::{World, cases};
use releasekit_testkit::suite::{self, Case};

/// What is taken away from a forge that can do everything.
type Lack = (&'static str, fn(&mut ForgeCapabilities));

const LACKS: &[Lack] = &[
    ("labels", |can| can.labels = false),
    ("assignees", |can| can.assignees = false),
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

/// A forge that breaks one promise fails the case that holds it, and no other.
fn broken(case: &Case<World>) -> Trial {
    let (name, capability) = (case.name, case.capability.unwrap_or_default());
    let can = if name.starts_with("without_") { without(capability) } else { MemoryForge::everything() };
    Trial::test(format!("broken::{name}"), move || {
        let wrap = |memory: Arc<MemoryForge>| Arc::new(BrokenForge::new(memory, name)) as Arc<_>;
        let failed = suite::failed(cases(), || Box::new(MemoryForgeWorld::with(can, wrap)) as World);
        if failed == [name] { Ok(()) } else { Err(Failed::from(format!("it fails {failed:?}"))) }
    })
}

/// A forge that claims a capability which it lacks, or denies one which it has, is caught.
fn lie(lack: &'static str) -> Vec<Trial> {
    let lies =
        [("claims", without(lack), MemoryForge::everything()), ("denies", MemoryForge::everything(), without(lack))];
    lies.map(|(how, can, says)| caught(format!("lie::{how}_{lack}"), can, says)).into()
}

/// So is one that takes more or less text than it says.
fn lies_of_limits() -> Vec<Trial> {
    let can = MemoryForge::everything();
    let (mut more, mut less, mut notes) = (can, can, can);
    more.request_body.most += 1;
    less.request_body.most -= 1;
    notes.release_body.unit = TextUnit::Characters;
    [("more", more), ("less", less), ("unit", notes)].map(|(how, says)| caught(format!("lie::{how}"), can, says)).into()
}

fn caught(name: String, can: ForgeCapabilities, says: ForgeCapabilities) -> Trial {
    Trial::test(name, move || {
        let wrap = |memory: Arc<MemoryForge>| Arc::new(BrokenForge::claiming(memory, says)) as Arc<_>;
        let failed = suite::failed(cases(), || Box::new(MemoryForgeWorld::with(can, wrap)) as World);
        if failed.is_empty() { Err(Failed::from("nothing is caught")) } else { Ok(()) }
    })
}

fn main() -> ExitCode {
    let mut trials = memory("everything", MemoryForge::everything());
    trials.extend(memory("nothing", MemoryForge::nothing()));
    for (lack, _) in LACKS {
        trials.extend(memory(&format!("without_{lack}"), without(lack)));
    }
    trials.extend(cases().iter().map(broken));
    trials.extend(LACKS.iter().flat_map(|(lack, _)| lie(lack)));
    trials.extend(lies_of_limits());
    suite::run(trials)
}

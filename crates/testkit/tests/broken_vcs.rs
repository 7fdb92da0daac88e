//! Version control systems that break their promises, and the cases that catch them.

use std::sync::Arc;

use releasekit_core::vcs::VcsCapabilities;
use releasekit_testkit::broken::vcs::BrokenVcs;
use releasekit_testkit::memory::vcs::world;
use releasekit_testkit::suite::{self, vcs::CASES};

/// A capability.
type Flag = fn(&mut VcsCapabilities) -> &mut bool;

fn careful() -> VcsCapabilities {
    let mut can = VcsCapabilities::NONE;
    (can.leases, can.atomic_push, can.scratch) = (true, true, true);
    can
}

#[test]
fn each_broken_system_fails_its_case_and_no_other() {
    for case in CASES {
        let broken = || world(careful()).with(|vcs| Arc::new(BrokenVcs::new(vcs, case.name)));
        assert_eq!(suite::failed(CASES, broken), [case.name]);
    }
}

/// What fails where a system does one thing and says another.
fn caught(does: VcsCapabilities, claims: VcsCapabilities) -> Vec<&'static str> {
    let open = || world(does).with(move |vcs| Arc::new(BrokenVcs::claiming(vcs, claims)));
    let by_capability: Vec<_> = CASES.iter().filter(|case| case.capability.is_some()).copied().collect();
    suite::failed(&by_capability, open)
}

#[test]
fn a_system_that_promises_what_it_does_not_do_is_caught() {
    let flags: [(&str, Flag); 4] = [
        ("tag_is_commit", |can| &mut can.tag_is_commit),
        ("atomic_push", |can| &mut can.atomic_push),
        ("leases", |can| &mut can.leases),
        ("scratch", |can| &mut can.scratch),
    ];
    for (name, flag) in flags {
        let (mut without, mut with) = (careful(), careful());
        *flag(&mut without) = false;
        *flag(&mut with) = true;
        for (does, claims) in [(without, with), (with, without)] {
            let caught = caught(does, claims);
            let is_caught = CASES.iter().any(|case| case.capability == Some(name) && caught.contains(&case.name));
            // Who is better than promised breaks no promise: without the capability, none of a push may arrive too.
            let is_better = name == "atomic_push" && does.atomic_push;
            assert_eq!(is_caught, !is_better, "{name}: {does:?} and {claims:?}: {caught:?}");
        }
    }
}

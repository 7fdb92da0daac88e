//! The scheduler on its own: by hand, and on random graphs with random ends.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

fn chain(scheduler: &mut Scheduler<&'static str>) {
    scheduler.add("a", 1, []);
    scheduler.add("b", 2, ["a"]);
    scheduler.add("c", 3, ["b"]);
    scheduler.add("x", 4, []);
}

#[test]
fn a_package_starts_when_what_it_needs_is_available() {
    let mut scheduler = Scheduler::new(5);
    chain(&mut scheduler);
    assert_eq!((scheduler.start(), scheduler.start(), scheduler.start()), (Some("a"), Some("x"), None));
    scheduler.finish(&"a");
    assert_eq!((scheduler.start(), scheduler.start()), (Some("b"), None));
}

#[test]
fn the_longest_chain_goes_first_and_then_the_order() {
    let mut scheduler = Scheduler::new(1);
    scheduler.add("lone", 1, []);
    scheduler.add("also", 2, []);
    scheduler.add("base", 3, []);
    scheduler.add("top", 4, ["base"]);
    let mut started = Vec::new();
    while let Some(next) = scheduler.start() {
        scheduler.finish(&next);
        started.push(next);
    }
    assert_eq!(started, ["base", "lone", "also", "top"]);
}

#[test]
fn a_failure_blocks_those_that_need_it_and_no_others() {
    let mut scheduler = Scheduler::new(2);
    chain(&mut scheduler);
    scheduler.start();
    assert_eq!(scheduler.fail(&"a"), ["b", "c"]);
    assert_eq!(scheduler.start(), Some("x"));
    assert_eq!(scheduler.add("late", 5, ["c"]), JobState::Blocked);
}

#[test]
fn packages_come_while_others_run() {
    let mut scheduler = Scheduler::new(5);
    chain(&mut scheduler);
    assert_eq!(scheduler.start(), Some("a"));
    assert_eq!(scheduler.add("d", 6, ["a", "elsewhere"]), JobState::Waiting);
    scheduler.finish(&"a");
    let started: BTreeSet<_> = std::iter::from_fn(|| scheduler.start()).collect();
    assert_eq!(started, BTreeSet::from(["b", "d", "x"]));
}

#[test]
fn a_need_that_is_added_later_is_waited_for() {
    let mut scheduler = Scheduler::new(5);
    scheduler.add("b", 2, ["a"]);
    scheduler.add("a", 1, []);
    assert_eq!((scheduler.start(), scheduler.start()), (Some("a"), None));
}

/// For each package the earlier ones that it needs, whether it fails, and whether it is added late.
fn packages() -> impl Strategy<Value = Vec<(BTreeSet<usize>, bool, bool)>> {
    let one = (proptest::collection::btree_set(0usize..30, 0..4), proptest::bool::weighted(0.2), any::<bool>());
    proptest::collection::vec(one, 1..30)
}

#[derive(Debug, Default)]
struct Run {
    available: BTreeSet<usize>,
    failed: BTreeSet<usize>,
    blocked: BTreeSet<usize>,
    most: usize,
}

/// Runs all packages, ending the running ones in an order that `pick` decides; late ones come after the first end.
fn run(packages: &[(BTreeSet<usize>, bool, bool)], limit: usize, pick: usize) -> Run {
    let mut scheduler = Scheduler::new(limit);
    let needs = |key: usize| packages[key].0.iter().copied().filter(move |need| *need < key).collect::<Vec<_>>();
    let mut outcome = Run::default();
    let add = |scheduler: &mut Scheduler<usize>, outcome: &mut Run, late: bool| {
        for (key, _) in packages.iter().enumerate().filter(|(_, package)| package.2 == late) {
            if scheduler.add(key, key, needs(key)) == JobState::Blocked {
                outcome.blocked.insert(key);
            }
        }
    };
    // Nothing may wait for a package that is still to come, so a late one needs nobody to be early.
    let has_late_need =
        packages.iter().enumerate().any(|(key, package)| !package.2 && needs(key).iter().any(|n| packages[*n].2));
    add(&mut scheduler, &mut outcome, false);
    if has_late_need {
        add(&mut scheduler, &mut outcome, true);
    }
    let mut running = Vec::new();
    let mut added = has_late_need;
    loop {
        while let Some(key) = scheduler.start() {
            assert!(needs(key).iter().all(|need| outcome.available.contains(need)), "{key} started too early");
            running.push(key);
        }
        outcome.most = outcome.most.max(running.len());
        if running.is_empty() && added {
            break;
        }
        if !running.is_empty() {
            let key = running.remove(pick % running.len());
            if packages[key].1 {
                outcome.blocked.extend(scheduler.fail(&key));
                outcome.failed.insert(key);
            } else {
                scheduler.finish(&key);
                outcome.available.insert(key);
            }
        }
        if !added {
            add(&mut scheduler, &mut outcome, true);
            added = true;
        }
    }
    outcome
}

/// What must be blocked: all that needs a failing package, directly or not.
fn must_block(packages: &[(BTreeSet<usize>, bool, bool)]) -> BTreeSet<usize> {
    let mut lost: BTreeMap<usize, bool> = BTreeMap::new();
    let mut blocked = BTreeSet::new();
    for (key, (needs, fails, _)) in packages.iter().enumerate() {
        let is_blocked = needs.iter().filter(|need| **need < key).any(|need| lost[need]);
        lost.insert(key, is_blocked || *fails);
        if is_blocked {
            blocked.insert(key);
        }
    }
    blocked
}

proptest! {
    #[test]
    fn every_package_ends_once_and_in_order(packages in packages(), limit in 1usize..6, pick in 0usize..7) {
        let outcome = run(&packages, limit, pick);
        prop_assert!(outcome.most <= limit);
        prop_assert_eq!(&outcome.blocked, &must_block(&packages));
        let all: BTreeSet<usize> = (0..packages.len()).collect();
        let ended: BTreeSet<usize> =
            outcome.available.iter().chain(&outcome.failed).chain(&outcome.blocked).copied().collect();
        prop_assert_eq!(ended.len(), outcome.available.len() + outcome.failed.len() + outcome.blocked.len());
        prop_assert_eq!(ended, all);
    }
}

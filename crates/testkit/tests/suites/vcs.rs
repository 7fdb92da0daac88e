//! The suite of version control systems over memory, with every combination of capabilities.

use libtest_mimic::Trial;
use releasekit_core::vcs::VcsCapabilities;
use releasekit_testkit::memory::vcs::world;
use releasekit_testkit::suite;

/// Every combination, each with its name.
fn combinations() -> impl Iterator<Item = (String, VcsCapabilities)> {
    (0..16_u8).map(|bits| {
        let mut can = VcsCapabilities::NONE;
        let flags: [(&str, &mut bool); 4] = [
            ("tag_is_commit", &mut can.tag_is_commit),
            ("atomic_push", &mut can.atomic_push),
            ("leases", &mut can.leases),
            ("scratch", &mut can.scratch),
        ];
        let mut name = String::from("memory");
        for (place, (flag, on)) in flags.into_iter().enumerate() {
            *on = bits & (1 << place) != 0;
            name += &if *on { format!("+{flag}") } else { String::new() };
        }
        (name, can)
    })
}

pub(crate) fn trials() -> Vec<Trial> {
    let all = combinations().flat_map(|(name, can)| suite::trials(&name, suite::vcs::CASES, move || world(can)));
    all.collect()
}

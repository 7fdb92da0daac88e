//! What only a release of cargo has: lines of the lockfile, requirements that stay or move in the language of cargo, and the commit
//! that each crate says it was packed at.

use releasekit_e2e::{Merge, Role, Scene};
use releasekit_testkit::run;

use crate::journeys::whole::{Whole, whole};

/// Goes the whole way to a registry that others wrote.
#[track_caller]
fn to_ferro(scene: &Scene, how: Merge) {
    let gone = whole(scene, scene.foreign("ferro"), how);
    locks_a_line_for_each(&gone);
    requires_what_was_released(&gone);
    says_its_commit(&gone);
}

fn locks_a_line_for_each(Whole { journey, commits: [base, head], .. }: &Whole) {
    let moved = journey.sandbox().git(["diff", "--numstat", base, head, "--", "Cargo.lock"]);
    assert_eq!(moved.split_whitespace().take(2).collect::<Vec<_>>(), ["4", "4"], "a line of Cargo.lock for each crate");
}

fn requires_what_was_released(Whole { installed, .. }: &Whole) {
    assert_eq!(installed.requires["acme-app"], ["acme-core >=0.4, <0.5", "acme_legacy ^1.4"]);
    assert_eq!(installed.requires["acme_legacy"], ["acme-stamp ^0.1"], "what admits the new version stays");
}

fn says_its_commit(Whole { journey, commits: [_, head], .. }: &Whole) {
    let file = &journey.files(Role::App, "0.5.1")[0];
    let url = format!("{}api/v1/crates/acme-app/0.5.1/download", journey.registry().read_url());
    let packed = releasekit_testkit::get(&url, &[]).expect("the registry answers").ok().body;
    let path = journey.sandbox().path().join(&file.name);
    std::fs::write(&path, packed).expect("the sandbox is writable");
    let mut tar = journey.sandbox().command("tar");
    let ran = run(tar.arg("xzOf").arg(&path).arg("acme-app-0.5.1/.cargo_vcs_info.json"));
    let info = ran.ok();
    assert!(
        info.contains(head) && info.contains("\"path_in_vcs\": \"crates/app\"") && !info.contains("dirty"),
        "{info}"
    );
}

/// Merged in each way.
macro_rules! merged {
    ($($name:ident = $how:expr),* $(,)?) => { $(
        #[test]
        fn $name() {
            if let Some(scene) = super::scene() {
                to_ferro(&scene, $how);
            }
        }
    )* };
}

merged! { by_merge = Merge::Commit, by_squash = Merge::Squash, by_rebase = Merge::Rebase }

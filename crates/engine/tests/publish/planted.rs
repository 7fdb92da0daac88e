//! Code of the repository that changes what is sent, or what decides where and how it is sent.

use std::path::PathBuf;
use std::time::Duration;

use releasekit_core::{Diagnostic, ErrorKind};
use releasekit_engine::artifacts::{self, Sources};
use releasekit_engine::cancel::Cancel;

use crate::world::{World, failures};
use crate::{outcomes, pairs};

const CHANGED: &str = "RK-BUILD-ARTIFACT-CHANGED";
const PLANTED: &str = "RK-BUILD-CHANGED-OTHERS";

impl World {
    /// Has something write to a file: `build NAME`, `upload FILE`, `smoke NAME`.
    fn tamper(&self, when: &str, path: PathBuf) {
        self.builds().tampers.insert(when.to_owned(), path);
    }

    fn stored(&self, package: &str, file: &str) -> PathBuf {
        self.release_folder().join("artifacts/mem").join(package).join(file)
    }

    fn settings(&self) -> PathBuf {
        self.folder.path().join("settings")
    }
}

#[tokio::test(start_paused = true)]
async fn a_build_that_changes_an_artifact_of_another_package_costs_that_package() {
    let world = World::new(&[("a", &[]), ("b", &["a"]), ("free", &[])]);
    world.tamper("build free", world.stored("a", "a-1.0.0.src"));
    let report = world.publish().await.unwrap();
    assert_eq!(outcomes(&report), pairs(&[("a", CHANGED), ("b", "blocked by mem:a"), ("free", "published")]));
    assert_eq!(world.index().uploads, ["free-1.0.0.bin", "free-1.0.0.src"]);
    let error = failures(&report).next().unwrap();
    assert!(error.to_string().contains("`a-1.0.0.src` of `mem:a`"), "{error}");
    world.builds().tampers.clear();
    assert!(world.publish().await.unwrap().is_complete(), "what was changed is built anew");
    assert_eq!(world.builds().built, ["a", "free", "b", "a"]);
}

/// The artifacts that a release keeps are those that it checked, for `publish` sends them.
#[tokio::test(start_paused = true)]
async fn what_a_release_keeps_is_what_it_checked() {
    let world = World::new(&[("a", &[]), ("b", &[])]);
    world.tamper("build b", world.stored("a", "a-1.0.0.bin"));
    assert_eq!(outcomes(&world.publish().await.unwrap()), pairs(&[("a", CHANGED), ("b", "published")]));
    let list = std::fs::read_to_string(world.release_folder().join("artifacts.json")).unwrap();
    assert!(list.contains("b-1.0.0.bin") && !list.contains("a-1.0.0.bin"), "{list}");
}

#[tokio::test(start_paused = true)]
async fn a_file_that_changes_after_all_builds_is_not_sent_nor_any_other_of_its_package() {
    let world = World::new(&[("a", &[]), ("b", &["a"])]);
    world.tamper("upload a-1.0.0.src", world.stored("b", "b-1.0.0.src"));
    let report = world.publish().await.unwrap();
    assert_eq!(outcomes(&report), pairs(&[("a", "published"), ("b", CHANGED)]));
    assert_eq!(world.index().uploads, ["a-1.0.0.bin", "a-1.0.0.src"]);
    let journal = std::fs::read_to_string(world.release_folder().join("journal.jsonl")).unwrap();
    assert!(!journal.contains("b-1.0.0"), "nothing was begun: {journal}");
}

/// Between two files of one package, and between two attempts.
#[tokio::test(start_paused = true)]
async fn each_attempt_looks_at_its_file_anew() {
    let world = World::new(&[("a", &[])]);
    world.tamper("upload a-1.0.0.bin", world.stored("a", "a-1.0.0.src"));
    assert_eq!(outcomes(&world.publish().await.unwrap()), pairs(&[("a", CHANGED)]));
    assert_eq!(world.index().uploads, ["a-1.0.0.bin"]);

    let mut world = World::new(&[("a", &[])]);
    world.policy.publish.max_retries = 1;
    world.tamper("upload a-1.0.0.bin", world.stored("a", "a-1.0.0.bin"));
    world.index().fault("a-1.0.0.bin", releasekit_testkit::memory::Fault::Busy(Some(1)));
    assert_eq!(outcomes(&world.publish().await.unwrap()), pairs(&[("a", CHANGED)]));
    assert_eq!(world.index().uploads, ["a-1.0.0.bin"], "the first attempt was refused, the second never made");
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_after_a_build_that_plants_settings() {
    let world = World::new(&[("a", &[]), ("b", &[])]);
    world.tamper("build b", world.settings());
    let error = world.publish().await.unwrap_err();
    assert_eq!((error.code().as_str(), error.kind()), (PLANTED, ErrorKind::Conflict));
    let named = format!("changed `{}`,", world.settings().display());
    assert!(error.to_string().contains(&named), "{error}");
    assert_eq!(world.index().uploads.len(), 0);

    // A build that fails too does not hide it; neither does a request to stop.
    world.builds().failing.push("b".to_owned());
    world.tamper("build b", world.settings());
    assert_eq!(world.publish().await.unwrap_err().code().as_str(), PLANTED);
    let world = World::new(&[("a", &[]), ("b", &[])]);
    let error = stopped_after_a_has_planted(world).await;
    let codes: Vec<&str> = error.parts().iter().map(|part| part.code().as_str()).collect();
    assert_eq!(codes, [PLANTED, "RK-CANCELLED"]);
}

/// Logins of the tool count like settings of the repository.
async fn stopped_after_a_has_planted(mut world: World) -> releasekit_engine::Error {
    let login = world.folder.path().join("home/login");
    world.policy.publish.concurrency = 1;
    world.builds().login.clone_from(&login);
    world.builds().slow = true;
    world.tamper("build a", login);
    let stop = async {
        tokio::time::sleep(Duration::from_secs(90)).await;
        world.canceller.cancel();
    };
    let (report, ()) = tokio::join!(world.publish(), stop);
    report.unwrap_err()
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_after_a_smoke_test_that_plants_settings() {
    let mut world = World::new(&[("a", &[]), ("b", &["a"])]);
    world.policy.publish.smoke_test = true;
    world.tamper("smoke a", world.settings());
    let report = world.publish().await.unwrap();
    assert_eq!(outcomes(&report), pairs(&[("a", PLANTED), ("b", "blocked by mem:a")]));
    // Nor where the two need not wait for each other.
    let mut world = World::new(&[("a", &[]), ("b", &[])]);
    world.policy.publish.smoke_test = true;
    world.policy.publish.concurrency = 1;
    world.tamper("smoke a", world.settings());
    let report = world.publish().await.unwrap();
    assert_eq!(outcomes(&report), pairs(&[("a", PLANTED), ("b", PLANTED)]));
    assert_eq!(world.index().uploads, ["a-1.0.0.bin", "a-1.0.0.src"]);
}

/// A build job has no credential, but whatever runs next on the machine may.
#[tokio::test(start_paused = true)]
async fn a_build_into_a_folder_tells_of_planted_settings_too() {
    let world = World::new(&[("a", &[])]);
    world.tamper("build a", world.settings());
    let session = world.session();
    let sources = Sources::of_release(&session, &world.release()).await.unwrap();
    let out = world.folder.path().join("dist");
    let error = artifacts::build_into(&session, &sources, &[0], Some(&out), &Cancel::never()).await.unwrap_err();
    assert_eq!(error.code().as_str(), PLANTED);
}

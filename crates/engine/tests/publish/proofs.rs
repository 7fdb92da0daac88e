//! What is live already: by receipt, by bytes, by content, or a conflict.

use releasekit_core::Diagnostic;
use releasekit_core::policy::VerifyChecksums;

use crate::world::{World, failures};
use crate::{outcomes, pairs};
use releasekit_testkit::memory::Fault;

/// A world whose package is live, and a second clone of it.
async fn published() -> (World, World) {
    let world = World::new(&[("a", &[])]);
    world.publish().await.unwrap();
    let other = world.second_clone();
    (world, other)
}

#[tokio::test(start_paused = true)]
async fn a_receipt_file_ends_a_package_unbuilt() {
    let (mut world, mut other) = published().await;
    let file = world.folder.path().join("receipts.json");
    world.options.receipt = Some(file.clone());
    world.publish().await.unwrap();
    other.options.receipt = Some(file.clone());
    let built = other.builds().built.len();
    let report = other.publish().await.unwrap();
    assert_eq!(outcomes(&report), pairs(&[("a", "live, Receipt")]));
    assert_eq!(other.builds().built.len(), built);
    assert_eq!(releasekit_engine::receipt::read_file(&file).unwrap(), report.receipts);
}

#[tokio::test(start_paused = true)]
async fn a_receipt_never_replaces_a_look() {
    let (world, _) = published().await;
    world.index().put("a-1.0.0.bin", "name = a\nversion = 1.0.0\nevil = 1\nstamp = 1\ngenerator = 0\n");
    let report = world.publish().await.unwrap();
    assert_eq!(outcomes(&report), pairs(&[("a", "RK-PUBLISH-CHECKSUM-MISMATCH")]), "it is not what we sent");
}

#[tokio::test(start_paused = true)]
async fn an_index_without_digests_is_downloaded() {
    let world = World::new(&[("a", &[])]);
    world.index().silent_on_digests = true;
    assert_eq!(outcomes(&world.publish().await.unwrap()), pairs(&[("a", "published")]));
    let built = world.builds().built.len();
    assert_eq!(outcomes(&world.publish().await.unwrap()), pairs(&[("a", "live, Receipt")]));
    assert_eq!(world.builds().built.len(), built);
}

#[tokio::test(start_paused = true)]
async fn other_content_is_a_conflict() {
    let (world, other) = published().await;
    world.builds().extra.insert("a".to_owned(), "changed = 1\n".to_owned());
    let report = other.publish().await.unwrap();
    assert_eq!(outcomes(&report), pairs(&[("a", "RK-PUBLISH-CONTENT-CONFLICT")]));
    let error = failures(&report).next().unwrap().to_string();
    assert!(error.contains("a-1.0.0.bin") && error.contains("`changed = 1` is only in the one built here"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_stranger_among_the_files_is_a_conflict() {
    let (world, other) = published().await;
    world.index().put("a-1.0.0-more.bin", "whatever");
    assert_eq!(outcomes(&other.publish().await.unwrap()), pairs(&[("a", "RK-PUBLISH-CONTENT-CONFLICT")]));
}

#[tokio::test(start_paused = true)]
async fn another_build_backend_leaves_it_unproven() {
    let (world, other) = published().await;
    world.builds().extra.insert("a".to_owned(), "written-by-the-new-backend = 1\n".to_owned());
    world.builds().backend = 2;
    let report = other.publish().await.unwrap();
    assert_eq!(outcomes(&report), pairs(&[("a", "RK-PUBLISH-UNPROVEN")]));
    let error = failures(&report).next().unwrap();
    assert!(error.help().unwrap().contains("receipt"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn what_is_missing_is_added_when_the_live_part_proves() {
    let (world, other) = published().await;
    world.index().remove("a-1.0.0.src");
    world.index().uploads.clear();
    let report = other.publish().await.unwrap();
    assert_eq!(outcomes(&report), pairs(&[("a", "published, Compared(Content)")]));
    assert_eq!(world.index().uploads, ["a-1.0.0.src"]);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_added_where_the_live_part_does_not_prove() {
    let (world, other) = published().await;
    world.index().remove("a-1.0.0.src");
    world.index().uploads.clear();
    world.builds().extra.insert("a".to_owned(), "changed = 1\n".to_owned());
    assert_eq!(outcomes(&other.publish().await.unwrap()), pairs(&[("a", "RK-PUBLISH-CONTENT-CONFLICT")]));
    assert_eq!(world.index().uploads.len(), 0);
}

#[tokio::test(start_paused = true)]
async fn how_strictly_is_compared_is_the_configurations_choice() {
    for (strictness, expected) in [
        (VerifyChecksums::Bytes, "RK-PUBLISH-CHECKSUM-MISMATCH"),
        (VerifyChecksums::Off, "published, Compared(Unchecked)"),
    ] {
        let mut world = World::new(&[("a", &[])]);
        world.policy.publish.verify_checksums = strictness;
        world.index().fault("a-1.0.0.bin", Fault::OtherBytes);
        assert_eq!(outcomes(&world.publish().await.unwrap()), pairs(&[("a", expected)]));
    }
}

#[tokio::test(start_paused = true)]
async fn a_receipt_of_what_was_not_compared_proves_nothing_to_who_compares() {
    let mut world = World::new(&[("a", &[])]);
    world.policy.publish.verify_checksums = VerifyChecksums::Off;
    world.index().fault("a-1.0.0.bin", Fault::OtherBytes);
    assert_eq!(outcomes(&world.publish().await.unwrap()), pairs(&[("a", "published, Compared(Unchecked)")]));
    assert_eq!(outcomes(&world.publish().await.unwrap()), pairs(&[("a", "live, Receipt")]));
    world.policy.publish.verify_checksums = VerifyChecksums::Bytes;
    let report = world.publish().await.unwrap();
    assert!(!report.is_complete(), "{:?}", outcomes(&report));
    assert_eq!(failures(&report).next().map(|error| error.code().as_str()), Some("RK-PUBLISH-CHECKSUM-MISMATCH"));
}

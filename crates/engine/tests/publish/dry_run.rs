//! A dry run: the same code, and nothing changes.

use releasekit_core::event::Event;

use crate::world::{World, snapshot};
use crate::{outcomes, pairs};

fn recorded(world: &World) -> Vec<String> {
    let effects = world.seen.all().into_iter().filter_map(|event| match event {
        Event::Effect { what, recorded: true } => Some(what),
        _ => None,
    });
    effects.collect()
}

#[tokio::test(start_paused = true)]
async fn a_dry_run_of_publish_shows_all_and_changes_nothing() {
    let world = World::new(&[("a", &[]), ("b", &["a"])]);
    let report = world.rehearse().await.unwrap();
    assert_eq!(outcomes(&report), pairs(&[("a", "published"), ("b", "published")]));
    assert_eq!(world.index().uploads.len(), 0);
    assert!(!world.state_folder().exists());
    assert!(snapshot(world.folder.path()).is_empty(), "no file is left anywhere");
    let effects = recorded(&world);
    assert_eq!(effects.len(), 4);
    assert_eq!(effects[0], "upload `a-1.0.0.bin` to http://index.invalid/simple");
}

#[tokio::test(start_paused = true)]
async fn a_dry_run_sees_the_state_and_leaves_it() {
    let mut world = World::new(&[("a", &[]), ("b", &["a"])]);
    world.index().fault("b-1.0.0.bin", releasekit_testkit::memory::Fault::Refused(releasekit_core::ErrorKind::Invalid));
    world.publish().await.unwrap();
    let before = snapshot(&world.state_folder());
    let built = world.builds().built.len();
    world.options.receipt = Some(world.folder.path().join("receipts.json"));
    let report = world.rehearse().await.unwrap();
    assert_eq!(outcomes(&report), pairs(&[("a", "live, Receipt"), ("b", "published")]));
    assert_eq!(world.builds().built.len(), built, "artifacts of the earlier run are used");
    assert_eq!(snapshot(&world.state_folder()), before);
    assert!(!world.folder.path().join("receipts.json").exists());
    assert!(world.publish().await.unwrap().is_complete(), "the artifacts are still there");
}

//! Where names such as `latest` point once something is published, whatever goes wrong on the way.

use releasekit_core::event::Event;
use releasekit_core::model::{PackageName, Version};
use releasekit_core::{Diagnostic, ErrorKind};
use releasekit_testkit::memory::Fault;

use crate::world::World;
use crate::{outcomes, pairs};

/// One package, at a registry with channels.
fn world(version: &str) -> World {
    let mut world = World::new(&[]);
    world.package("a", version, "");
    world.row("a", version);
    world.index().has_channels = true;
    world
}

/// One whose uploads leave every name where it is.
fn left() -> World {
    let world = world("1.0.0");
    for file in ["a-1.0.0.bin", "a-1.0.0.src"] {
        world.index().fault(file, Fault::Unpointed);
    }
    world
}

fn point(world: &World, channel: &str, version: &str) {
    let key = (PackageName::new("a"), channel.to_owned());
    world.index().points.insert(key, Version::from_canonical(version));
}

fn points(world: &World) -> Vec<(String, String)> {
    let index = world.index();
    index.points.iter().map(|((_, channel), version)| (channel.clone(), version.to_string())).collect()
}

fn warnings(world: &World) -> Vec<String> {
    let warning = |event| match event {
        Event::Warning { message, help, .. } => Some(format!("{message}; {}", help.unwrap_or_default())),
        _ => None,
    };
    world.seen.all().into_iter().filter_map(warning).filter(|it| it.contains("`latest`")).collect()
}

#[tokio::test(start_paused = true)]
async fn what_an_upload_points_to_its_version_is_left_alone() {
    let world = world("1.0.0");
    assert_eq!(outcomes(&world.publish().await.unwrap()), pairs(&[("a", "published")]));
    assert_eq!(points(&world), pairs(&[("latest", "1.0.0")]));
    assert_eq!(world.index().moved.len(), 0, "nobody moves what points there");
    assert_eq!(warnings(&world), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_name_that_an_upload_left_is_moved_once() {
    for says_it in [true, false] {
        let world = left();
        world.index().silent_on_channels = !says_it;
        point(&world, "latest", "0.9.0");
        assert_eq!(outcomes(&world.publish().await.unwrap()), pairs(&[("a", "published")]));
        assert_eq!(points(&world), pairs(&[("latest", "1.0.0")]));
        assert!(world.publish().await.unwrap().is_complete());
        assert!(world.second_clone().publish().await.unwrap().is_complete());
        assert_eq!(world.index().moved.len(), 1, "a second run writes nothing");
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_that_ended_before_the_name_was_moved_is_finished_by_the_next_one() {
    let world = left();
    world.index().keeps_channels = Some(ErrorKind::Transient);
    assert_eq!(outcomes(&world.publish().await.unwrap()), pairs(&[("a", "RK-TEST-FAULT")]));
    assert_eq!(points(&world), pairs(&[]));
    world.index().keeps_channels = None;
    assert!(world.publish().await.unwrap().is_complete());
    assert_eq!(points(&world), pairs(&[("latest", "1.0.0")]));
    assert_eq!(world.index().uploads.len(), 2, "nothing is sent again");
}

#[tokio::test(start_paused = true)]
async fn where_a_name_points_counts_and_not_what_was_answered() {
    let world = left();
    world.index().lost_moves = vec![ErrorKind::Transient];
    assert_eq!(outcomes(&world.publish().await.unwrap()), pairs(&[("a", "published")]));
    assert_eq!(world.index().moved.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn who_may_upload_alone_publishes_with_a_warning() {
    let world = left();
    point(&world, "latest", "0.9.0");
    world.index().keeps_channels = Some(ErrorKind::Forbidden);
    assert_eq!(outcomes(&world.publish().await.unwrap()), pairs(&[("a", "published")]));
    let [warning] = warnings(&world).try_into().unwrap();
    assert!(warning.contains("`latest` of `mem:a` still points to 0.9.0; 1.0.0 is live all the same"), "{warning}");
}

#[tokio::test(start_paused = true)]
async fn latest_never_goes_back_behind_what_others_published() {
    let world = world("1.0.0");
    point(&world, "latest", "2.0.0");
    assert!(world.publish().await.unwrap().is_complete());
    assert_eq!(points(&world), pairs(&[("latest", "2.0.0"), ("release-1.0", "1.0.0")]));
    assert_eq!(world.index().moved.len(), 0);
}

/// Somebody publishes a newer version while what this one needs is on its way.
#[tokio::test(start_paused = true)]
async fn latest_is_asked_for_again_where_the_answer_is_old() {
    let mut world = world("1.0.0");
    world.package("b", "1.0.0", "");
    world.row("b", "1.0.0");
    world.policy.publish.concurrency = 1;
    world.index().fault("a-1.0.0.bin", Fault::Late(std::time::Duration::from_secs(20)));
    let newer = (PackageName::new("b"), "latest".to_owned());
    let others = async {
        tokio::time::sleep(std::time::Duration::from_secs(10)).await;
        world.index().points.insert(newer.clone(), Version::from_canonical("2.0.0"));
    };
    let (report, ()) = tokio::join!(world.publish(), others);
    assert!(report.unwrap().is_complete());
    assert_eq!(world.index().points[&newer].as_str(), "2.0.0");
    assert_eq!(
        points(&world).iter().filter(|(channel, _)| channel == "release-1.0").count(),
        1,
        "{:?}",
        points(&world)
    );
}

#[tokio::test(start_paused = true)]
async fn what_somebody_set_back_stays_and_is_told() {
    let world = world("1.0.0");
    world.publish().await.unwrap();
    point(&world, "latest", "0.9.0");
    let other = world.second_clone();
    assert!(other.publish().await.unwrap().is_complete());
    assert_eq!((points(&world), world.index().moved.len()), (pairs(&[("latest", "0.9.0")]), 0));
    let [warning] = warnings(&other).try_into().unwrap();
    assert!(warning.contains("points to 0.9.0, and not to 1.0.0, which is live there"), "{warning}");
}

#[tokio::test(start_paused = true)]
async fn a_first_version_that_is_the_latest_unasked_is_told() {
    let world = world("1.0.0rc1");
    point(&world, "latest", "1.0.0rc1");
    assert!(world.publish().await.unwrap().is_complete());
    assert_eq!(points(&world), pairs(&[("latest", "1.0.0rc1"), ("rc", "1.0.0rc1")]));
    let [warning] = warnings(&world).try_into().unwrap();
    assert!(warning.contains("points to 1.0.0rc1, for it is the first version there"), "{warning}");
}

#[tokio::test(start_paused = true)]
async fn a_registry_that_does_not_say_where_names_point_is_sent_nothing() {
    let world = world("1.0.0");
    world.index().silent_on_points = Some(ErrorKind::Transient);
    let error = world.publish().await.unwrap_err();
    assert_eq!((error.kind(), world.index().uploads.len()), (ErrorKind::Transient, 0));
}

#[tokio::test(start_paused = true)]
async fn a_dry_run_moves_no_name() {
    let world = world("1.0.0");
    point(&world, "latest", "0.9.0");
    assert!(world.rehearse().await.unwrap().is_complete());
    assert_eq!((points(&world), world.index().moved.len()), (pairs(&[("latest", "0.9.0")]), 0));
    assert_eq!(warnings(&world), [""; 0]);
}

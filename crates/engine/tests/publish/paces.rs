//! Registries that take one package after the other, and say when to come back.

use std::time::Duration;

use jiff::SignedDuration;
use releasekit_core::event::Event;
use releasekit_core::package_manager::Route;
use releasekit_core::registry::{Pace, Pacing};
use releasekit_testkit::memory::Fault;

use crate::world::World;
use crate::{outcomes, pairs};

/// A registry that takes one new name at once, and then one in ten minutes.
const PACING: Pacing = Pacing {
    new_names: Pace { burst: 1, interval: Duration::from_secs(600) },
    versions: Pace { burst: 30, interval: Duration::from_secs(60) },
};

fn world(names: &[(&str, &[&str])], pacing: Option<Pacing>) -> World {
    let world = World::new(names);
    world.builds().route = Some(Route::Api);
    let mut index = world.index();
    (index.takes_files, index.says_delays, index.pacing) = (true, true, pacing);
    drop(index);
    world
}

fn warnings(world: &World) -> Vec<String> {
    let told = |event| match event {
        Event::Warning { message, .. } if message.contains("at least") => Some(message),
        _ => None,
    };
    world.seen.all().into_iter().filter_map(told).collect()
}

/// How long after the first upload each one came.
fn times(world: &World) -> Vec<u64> {
    let sent = world.index().sent_at.clone();
    sent.iter().map(|at| (*at - sent[0]).as_secs()).collect()
}

#[tokio::test(start_paused = true)]
async fn how_long_it_takes_is_said_before_and_a_time_that_is_named_is_no_failure() {
    let world = world(&[("a", &[]), ("b", &[]), ("c", &[])], Some(PACING));
    for file in ["b-1.0.0.bin", "c-1.0.0.bin"] {
        world.index().fault(file, Fault::Busy(Some(600)));
    }
    let report = world.publish().await.unwrap();
    assert!(report.is_complete(), "no retry is asked for: {:?}", outcomes(&report));
    let said = "http://index.invalid/simple takes 1 new names at once and then one every 10 min: the 3 of this release take at least 20 min";
    assert_eq!(warnings(&world), [said]);
    // Those that were refused come one after the other, as fast as the registry lets them.
    let late: Vec<u64> = times(&world).into_iter().filter(|seconds| *seconds >= 600).collect();
    assert!(late.len() == 4 && late.windows(2).all(|pair| pair[1] - pair[0] >= 600), "two files of each: {late:?}");
}

#[tokio::test(start_paused = true)]
async fn what_is_known_is_counted_apart() {
    let world = world(&[("a", &[]), ("b", &[])], Some(PACING));
    world.index().put("a-0.9.0.bin", "older");
    assert!(world.publish().await.unwrap().is_complete());
    assert_eq!(warnings(&world), Vec::<String>::new(), "one new name and one version");
}

#[tokio::test(start_paused = true)]
async fn the_wait_survives_a_kill() {
    let mut world = world(&[("a", &[])], Some(PACING));
    world.index().fault("a-1.0.0.bin", Fault::Busy(Some(600)));
    let killed = tokio::time::timeout(Duration::from_secs(100), world.publish()).await;
    assert!(killed.is_err() && world.index().uploads.len() == 1, "it waits");
    world.options.now = world.options.now.checked_add(SignedDuration::from_secs(100)).unwrap();
    assert!(world.publish().await.unwrap().is_complete());
    let times = times(&world);
    assert!((600..605).contains(&times[1]), "{times:?}");
}

#[tokio::test(start_paused = true)]
async fn before_a_time_that_is_too_far_nothing_is_sent() {
    let mut world = world(&[("a", &[])], None);
    world.index().fault("a-1.0.0.bin", Fault::Busy(Some(4000)));
    assert_eq!(outcomes(&world.publish().await.unwrap()), pairs(&[("a", "RK-TEST-FAULT")]));
    assert_eq!(outcomes(&world.publish().await.unwrap()), pairs(&[("a", "RK-PUBLISH-TOO-SOON")]));
    assert_eq!(world.index().uploads.len(), 1);
    world.options.now = world.options.now.checked_add(SignedDuration::from_secs(4000)).unwrap();
    assert!(world.publish().await.unwrap().is_complete());
}

//! Yanking a version, and offering it again.

use releasekit_core::registry::Offer;
use releasekit_core::{Diagnostic, ErrorKind};
use releasekit_engine::recording;
use releasekit_engine::yank::{Outcome, yank};

use crate::world::World;

/// A package that is published to a registry that can yank.
async fn published() -> World {
    let world = World::new(&[("a", &[])]);
    world.publish().await.unwrap();
    world.index().yanks = true;
    world
}

async fn outcome(world: &World, offer: Offer) -> Outcome {
    yank(&world.session(), "a", "1.0.0", offer).await.unwrap().registries[0].1
}

#[tokio::test(start_paused = true)]
async fn a_version_is_withdrawn_and_offered_again_and_a_second_run_sends_nothing() {
    let world = published().await;
    let mut outcomes = Vec::new();
    for offer in [Offer::Offered, Offer::Withdrawn, Offer::Withdrawn, Offer::Offered] {
        outcomes.push((outcome(&world, offer).await, world.index().yanked.len()));
    }
    assert_eq!(outcomes, [(Outcome::Already, 0), (Outcome::Done, 2), (Outcome::Already, 2), (Outcome::Done, 0)]);
}

#[tokio::test(start_paused = true)]
async fn a_dry_run_yanks_nothing() {
    let world = published().await;
    let session = world.session_with(recording::dry_run(world.backends()));
    let yanked = yank(&session, "a", "1.0.0", Offer::Withdrawn).await.unwrap();
    assert_eq!(yanked.registries[0].1, Outcome::Done);
    let again = yank(&session, "a", "1.0.0", Offer::Withdrawn).await.unwrap();
    assert_eq!(again.registries[0].1, Outcome::Already, "what was recorded is seen");
    assert_eq!(world.index().yanked.len(), 0);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_yanked_is_an_error() {
    let world = published().await;
    let error =
        async |name: &str, version: &str| yank(&world.session(), name, version, Offer::Withdrawn).await.unwrap_err();
    assert_eq!(error("a", "1.0.1").await.code().as_str(), "RK-YANK-NOT-LIVE");
    assert_eq!(error("b", "1.0.0").await.code().as_str(), "RK-PACKAGE-UNKNOWN");
    world.index().down = true;
    assert_eq!(error("a", "1.0.0").await.kind(), ErrorKind::Transient);
    world.index().down = false;
    world.index().yanks = false;
    assert_eq!(error("a", "1.0.0").await.kind(), ErrorKind::Unsupported);
    assert_eq!(world.index().yanked.len(), 0);
}

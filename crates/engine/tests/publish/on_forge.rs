//! What others see of a release on its forge: who is named in its notes, and whoever looks for it.

use releasekit_core::Vcs;
use releasekit_core::policy::ForgeReleases;
use releasekit_engine::announce::{self, OnForge};
use releasekit_engine::locate;
use releasekit_testkit::memory::forge::MemoryForge;
use releasekit_testkit::memory::vcs::REMOTE;

use crate::announced::{announce, ci, dispatching, hosting, merged, publish, release, tagged};
use crate::shop::Shop;

#[tokio::test(start_paused = true)]
async fn the_notes_of_a_release_notify_nobody() {
    let mut shop = Shop::new(&[("a", "1.0.0", &[])]).await.hosted(MemoryForge::everything());
    dispatching(&mut shop);
    let shop = merged(shop.change("a", "feat: thank @ana for `@Override`").await).await;
    announce(&shop).await;
    let body = release(&shop, "a-v1.1.0").body;
    assert!(body.contains("thank @\u{200b}ana for `@Override`"), "{body}");
}

/// What the forge has of a release, as whoever only looks is told.
async fn looked(shop: &Shop) -> Vec<OnForge> {
    let session = shop.session();
    let (hosting, remote) = (hosting(&session).await, shop.vcs.remote_refs(REMOTE).await.unwrap());
    let release = locate::tagged(&session, &shop.head().await, &remote).await.unwrap();
    let found = announce::look(&session, hosting.forge().expect("it is hosted"), &release).await.unwrap();
    found.into_iter().map(|expected| expected.state).collect()
}

#[tokio::test(start_paused = true)]
async fn whoever_looks_sees_each_release_as_it_stands() {
    let mut shop = tagged(ci).await;
    assert_eq!(looked(&shop).await, [OnForge::Missing, OnForge::Missing]);
    announce(&shop).await;
    let states = looked(&shop).await;
    assert!(matches!(states.as_slice(), [OnForge::Draft(_), OnForge::Draft(url)] if url.starts_with("https://")));
    publish(&shop).await;
    let writes = shop.forge().writes();
    assert!(matches!(looked(&shop).await.as_slice(), [OnForge::Public(_), OnForge::Public(_)]));
    shop.forge().silence(true);
    let states = looked(&shop).await;
    assert!(matches!(states.as_slice(), [OnForge::Unknown(one), OnForge::Unknown(two)] if one == two));
    shop.forge().silence(false);
    shop.world.policy.forge.releases = ForgeReleases::None;
    assert_eq!(looked(&shop).await, []);
    assert_eq!(shop.forge().writes(), writes, "a look writes nothing");
}

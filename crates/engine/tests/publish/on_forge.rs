//! What others see of a release on its forge: who is named in its notes, and whoever looks for it.

use releasekit_core::Vcs;
use releasekit_core::forge::{ChangeRequest, ChangeRequestState};
use releasekit_core::model::{BranchName, CommitId};
use releasekit_core::policy::ForgeReleases;
use releasekit_engine::announce::{self, OnForge};
use releasekit_engine::locate;
use releasekit_testkit::memory::forge::{MemoryForge, StoredRequest};
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
    let release = locate::tagged(&session, &shop.head().await, &remote).await.unwrap().remove(0).unwrap();
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

/// A request that was merged, of this number.
fn merged_before(shop: &Shop, number: u64) {
    let branches = ["topic", "main"].map(BranchName::new);
    let url = format!("https://forge.test/owner/name/requests/{number}");
    let mut request = ChangeRequest::new(number, url, branches, CommitId::new("topic"));
    request.state = ChangeRequestState::Merged;
    shop.forge().meddle(|content| content.requests.insert(0, StoredRequest::new(request, false)));
}

fn comments(shop: &Shop) -> Vec<(u64, String)> {
    let text = |body: &String| body.split_once('\n').map(|(_, text)| text.to_owned()).unwrap_or_default();
    shop.forge().look(|content| content.comments.iter().map(|it| (it.number, text(&it.body))).collect())
}

#[tokio::test(start_paused = true)]
async fn requests_are_told_once_what_released_them_where_one_wants_it() {
    for wanted in [true, false] {
        let mut shop = Shop::new(&[("a", "1.0.0", &[])]).await.hosted(MemoryForge::everything());
        shop.world.policy.forge.comments = wanted;
        let shop = shop.change("a", "feat: new (#70)").await.change("a", "fix: old (#99)").await;
        let shop = merged(shop).await;
        merged_before(&shop, 70);
        announce(&shop).await;
        assert_eq!(comments(&shop), [], "nothing is live yet");
        let report = publish(&shop).await;
        assert!(report.is_complete() && report.announced.errors.is_empty());
        let text = "This is released in [`a` 1.1.0](https://forge.test/owner/name/tags/a-v1.1.0).".to_owned();
        let expected = if wanted { vec![(70, text)] } else { Vec::new() };
        assert_eq!(comments(&shop), expected, "99 is none of this repository");
        assert_eq!(report.announced.commented, if wanted { vec![70] } else { Vec::new() });
        let writes = shop.forge().writes();
        assert_eq!(publish(&shop).await.announced.commented, [0; 0]);
        assert_eq!(shop.forge().writes(), writes);
    }
}

//! Releases that need what an earlier one tagged and nobody has published yet.

use releasekit_core::{Diagnostic, Vcs};
use releasekit_engine::release::{Released, Tagged};
use releasekit_engine::status;
use releasekit_testkit::memory::vcs::REMOTE;

use crate::shop::Shop;

fn tagged(released: Released) -> Tagged {
    let Released::Tagged(tagged) = released else { unreachable!("it waits for its tags") };
    tagged
}

/// `a` is released at 1.0.1 and not published; then `b`, which needs it, is prepared and merged.
async fn two_releases() -> (Shop, String) {
    let shop = Shop::new(&[("a", "1.0.0", &[]), ("b", "1.0.0", &["a"])]).await;
    let shop = shop.change("a", "fix: count to the end").await.prepared().await;
    let first = tagged(shop.release().await.unwrap()).release.commit.id.to_string();
    let shop = shop.change("b", "feat: count back").await.prepared().await;
    (shop, first)
}

#[tokio::test(start_paused = true)]
async fn what_is_tagged_and_not_yet_live_is_warned_of_by_release_and_stops_publish() {
    let (shop, first) = two_releases().await;
    let done = tagged(shop.release().await.unwrap());
    assert_eq!(done.waits_for.iter().map(ToString::to_string).collect::<Vec<_>>(), [first.as_str()]);
    let warnings = shop.warnings();
    let wanted = format!("`releasekit publish --release {}` brings it", done.waits_for[0].short());
    assert!(warnings.iter().any(|it| it.contains("`mem:a` 1.0.1") && it.contains(&wanted)), "{warnings:?}");

    let error = shop.publish(None).await.unwrap_err();
    assert_eq!(error.code().as_str(), "RK-PUBLISH-DEPENDENCY-NOT-LIVE");
    let command = format!("`releasekit publish --release {}`", done.waits_for[0].short());
    assert!(error.help().unwrap().contains(&command), "{:?}", error.help());
    assert_eq!(shop.world.index().uploads.len(), 0);

    // Who asks how far it is learns the same.
    let status = async || {
        let remote = shop.vcs.remote_refs(REMOTE).await.unwrap();
        status::status(&shop.session(), &done.release, &remote).await.unwrap().in_the_way
    };
    assert!(matches!(&status().await[..], [error] if error.help().unwrap().contains(&command)));
    shop.world.index().down = true;
    assert_eq!(status().await.len(), 0, "what is not known is in nobody's way");
    shop.world.index().down = false;

    assert!(shop.publish(Some(&first)).await.unwrap().is_complete());
    assert_eq!(status().await.len(), 0);
    assert!(shop.publish(None).await.unwrap().is_complete());
}

#[tokio::test(start_paused = true)]
async fn of_several_releases_the_oldest_comes_first() {
    // The name of a commit says nothing of its age, so several histories are tried.
    for attempt in 0..6 {
        let shop = Shop::new(&[("a", "1.0.0", &[]), ("b", "1.0.0", &["a"]), ("c", "1.0.0", &["a", "b"])]).await;
        let shop = shop.change("a", &format!("fix: count to {attempt}")).await.prepared().await;
        let mut expected = vec![tagged(shop.release().await.unwrap()).release.commit.id];
        let shop = shop.change("b", "feat: count back").await.prepared().await;
        expected.push(tagged(shop.release().await.unwrap()).release.commit.id);
        let shop = shop.change("c", "feat: count on").await.prepared().await;
        let released = tagged(shop.release().await.unwrap());
        assert_eq!(released.waits_for, expected);
        for release in &released.waits_for {
            assert!(shop.publish(Some(release.as_str())).await.unwrap().is_complete());
        }
        assert!(shop.publish(None).await.unwrap().is_complete());
    }
}

#[tokio::test(start_paused = true)]
async fn what_no_release_tagged_stops_release_too() {
    let shop = Shop::new(&[("a", "1.0.0", &[]), ("b", "1.0.0", &["a"])]).await;
    // Its tag is gone from the remote, and its version is ignored nowhere: nothing will ever bring it.
    let shop = shop.change("b", "feat: count back").await.prepared().await;
    shop.drop_tag("a-v1.0.0").await;
    let error = shop.release().await.unwrap_err();
    assert_eq!(error.code().as_str(), "RK-PUBLISH-DEPENDENCY-NOT-LIVE");
    assert!(error.help().unwrap().contains("`releasekit prepare`"), "{:?}", error.help());
    assert!(!shop.tags().await.iter().any(|tag| tag.starts_with("b-v1.1")));
}

#[tokio::test(start_paused = true)]
async fn a_tag_of_another_format_or_of_nobodys_release_is_a_tag_all_the_same() {
    let shop = Shop::new(&[("a", "1.0.0", &[]), ("b", "1.0.0", &["a"])]).await;
    let shop = shop.change("b", "feat: count back").await.prepared().await;
    let done = tagged(shop.release().await.unwrap());
    assert_eq!(done.waits_for, [], "no release of ours brought it");
    assert!(shop.warnings().iter().any(|it| it.contains("`mem:a` 1.0.0") && it.contains("it has a tag")));
    let error = shop.publish(None).await.unwrap_err();
    assert!(!error.help().unwrap().contains("--release"), "{:?}", error.help());
}

#[tokio::test(start_paused = true)]
async fn what_is_live_is_not_spoken_of() {
    let (shop, first) = two_releases().await;
    shop.publish(Some(&first)).await.unwrap();
    assert_eq!(tagged(shop.release().await.unwrap()).waits_for, []);
    assert!(!shop.warnings().iter().any(|it| it.contains("not live")), "{:?}", shop.warnings());
}

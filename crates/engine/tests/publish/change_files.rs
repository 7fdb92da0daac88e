//! Change files on their way through a release: used up by the commit that brings it, and never lost.

use releasekit_core::policy::{Participation, Stale};
use releasekit_engine::release::Released;

use crate::shop::Shop;

const ONE: (&str, &str) = (".changeset/one.md", "---\n\"a\": minor\n---\n\nRead tabs.\n\n```\na\tb\n```\n");

/// Packages that are tagged, in a repository whose changes are described in files.
async fn shop(packages: &[(&str, &str, &[&str])]) -> Shop {
    Shop::new(packages)
        .await
        .commit(&[(".changeset/config.json", "{}"), (".changeset/README.md", "How to.")], "ci: x")
        .await
}

async fn one() -> Shop {
    shop(&[("a", "1.0.0", &[]), ("b", "1.0.0", &[])]).await.commit(&[ONE], "feat: read tabs").await
}

#[tokio::test(start_paused = true)]
async fn the_release_commit_uses_files_up_and_a_plan_there_is_empty() {
    let shop = one().await.prepared().await;
    assert_eq!(shop.read(ONE.0).await, "", "it is gone");
    assert_eq!(shop.read(".changeset/README.md").await, "How to.");
    let log = shop.read("a/CHANGELOG.md").await;
    assert!(log.contains("### Features\n\n- Read tabs.\n\n  ```\n  a\tb\n  ```\n"), "{log}");
    assert!(matches!(shop.release().await.unwrap(), Released::Tagged(_)));
    assert_eq!(shop.renewed().await.planned().await, []);
}

#[tokio::test(start_paused = true)]
async fn the_end_of_prereleases_uses_up_what_says_so() {
    let left = (".changeset/pre.json", "{\"mode\": \"exit\", \"tag\": \"rc\", \"changesets\": [\"one\"]}");
    let shop = shop(&[("a", "1.1.0rc0", &[]), ("b", "1.0.0", &[])]).await.commit(&[ONE, left], "feat: read tabs").await;
    let shop = shop.prepared().await;
    assert!(shop.read("a/CHANGELOG.md").await.contains("## 1.1.0"), "{}", shop.read("a/CHANGELOG.md").await);
    assert_eq!((shop.read(ONE.0).await, shop.read(left.0).await), (String::new(), String::new()));
    assert!(matches!(shop.release().await.unwrap(), Released::Tagged(_)));
    assert_eq!(shop.renewed().await.planned().await, []);
}

#[tokio::test(start_paused = true)]
async fn a_file_that_comes_while_the_request_is_open_is_taken_in() {
    let shop = one().await;
    shop.prepare().await.unwrap();
    let shop = shop
        .commit(&[(".changeset/two.md", "---\na: patch\nb: patch\n---\n\nMore.\n")], "fix: more")
        .await
        .prepared()
        .await;
    let log = shop.read("a/CHANGELOG.md").await;
    assert!(log.contains("- Read tabs.") && log.contains("### Bug Fixes\n\n- More.\n"), "{log}");
    assert_eq!(log.matches("\n## ").count(), 1, "{log}");
    assert!(shop.read("b/CHANGELOG.md").await.contains("- More."));
    assert_eq!(shop.read(".changeset/two.md").await, "");
}

#[tokio::test(start_paused = true)]
async fn what_a_file_says_of_packages_that_are_not_released_stays() {
    let mut shop = one().await;
    shop.world.policy.packages.entry("b".to_owned()).or_default().release = Some(Participation::None);
    let mixed = (".changeset/mixed.md", "---\n'b': minor # later\na: patch\n---\n\nBoth.\n");
    let others = [
        (".changeset/only.md", "---\nb: major\n---\n\nB alone.\n"),
        (".changeset/empty.md", "---\n---\n"),
        (".changeset/none.md", "---\nb: none\n---\n"),
    ];
    let shop = shop.commit(&[mixed, others[0], others[1], others[2]], "feat: both").await.prepared().await;
    assert_eq!(shop.read(mixed.0).await, "---\n\"b\": minor\n---\n\nBoth.\n");
    assert_eq!(shop.read(others[0].0).await, others[0].1);
    assert_eq!((shop.read(others[1].0).await, shop.read(others[2].0).await), (String::new(), String::new()));
    assert!(shop.read("a/CHANGELOG.md").await.contains("- Both."));
}

#[tokio::test(start_paused = true)]
async fn a_file_that_comes_too_late_stays_for_the_next_release() {
    let shop = one().await;
    shop.prepare().await.unwrap();
    let late = (".changeset/late.md", "---\na: patch\n---\n\nLate.\n");
    let shop = shop.commit(&[late], "fix: late").await.merge().await;
    assert!(matches!(shop.release().await.unwrap(), Released::Tagged(_)));
    let warnings = shop.warnings();
    assert!(warnings.iter().any(|it| it.starts_with("`.changeset/late.md` was merged after")), "{warnings:?}");
    let shop = shop.renewed().await;
    assert_eq!(shop.planned().await, [("a".to_owned(), "1.1.1".to_owned())]);
}

#[tokio::test(start_paused = true)]
async fn a_file_that_comes_too_late_and_asks_for_more_makes_the_release_stale_and_superseding_loses_nothing() {
    let shop = one().await;
    shop.prepare().await.unwrap();
    let shop =
        shop.commit(&[(".changeset/late.md", "---\na: major\n---\n\nNo commas.\n")], "feat!: late").await.merge().await;
    let error = shop.release().await.unwrap_err();
    assert!(error.to_string().contains(".changeset/late.md"), "{error}");
    shop.supersede().await.unwrap().proposed.unwrap();
    let shop = shop.merge().await;
    let log = shop.read("a/CHANGELOG.md").await;
    assert!(log.contains("- No commas.") && log.contains("- Read tabs.") && log.contains("2.0.0"), "{log}");
    assert_eq!(log.matches("\n## ").count(), 1, "{log}");
    assert!(matches!(shop.release().await.unwrap(), Released::Tagged(_)));
    assert_eq!(shop.renewed().await.planned().await, []);
}

#[tokio::test(start_paused = true)]
async fn stale_is_only_said_where_that_is_configured() {
    let mut shop = one().await;
    shop.world.policy.stale = Stale::Warn;
    shop.prepare().await.unwrap();
    let shop =
        shop.commit(&[(".changeset/late.md", "---\na: major\n---\n\nNo commas.\n")], "feat!: late").await.merge().await;
    assert!(matches!(shop.release().await.unwrap(), Released::Tagged(_)));
    assert_eq!(shop.renewed().await.planned().await, [("a".to_owned(), "2.0.0".to_owned())]);
}

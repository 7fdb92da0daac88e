//! Versions that are live before their tags: tagged where they are what is built, and refused where they are not.

use releasekit_core::Diagnostic;
use releasekit_engine::Error;
use releasekit_engine::publish::PublishReport;
use releasekit_engine::release::{Building, ReleaseOptions, Released};

use crate::shop::Shop;
use crate::{outcomes, pairs};

fn adopt(building: Building) -> ReleaseOptions {
    ReleaseOptions { adopt: true, building, ..ReleaseOptions::default() }
}

/// Two packages that were published by hand from this very tree, at the versions that were never tagged.
async fn live() -> Shop {
    let shop = Shop::untagged(&[("a", "1.2.0", &[]), ("b", "1.2.0", &["a"])]).prepared().await;
    // What it would publish is what somebody published before.
    shop.release().await.unwrap();
    assert!(shop.publish(None).await.unwrap().is_complete());
    shop.untag().await;
    shop.world.index().uploads.clear();
    shop.elsewhere().await
}

fn complete(report: &PublishReport) -> bool {
    report.is_complete()
}

#[tokio::test(start_paused = true)]
async fn what_is_live_and_what_is_built_are_the_same_so_it_is_tagged_and_published_without_an_upload() {
    for building in [Building::Here, Building::Waived] {
        let shop = live().await;
        let error = shop.release().await.unwrap_err();
        let parts = error.parts();
        assert!(parts.iter().all(|part| part.code().as_str() == "RK-RELEASE-ALREADY-LIVE") && parts.len() == 2);
        let help = parts[0].help().unwrap();
        assert!(["`tag_format`", "`bootstrap_sha`", "`releasekit release --adopt`"].iter().all(|it| help.contains(it)));
        assert!(
            matches!(shop.release_with(&adopt(building)).await.unwrap(), Released::Tagged(it) if it.tags.len() == 2)
        );
        assert!(complete(&shop.publish(None).await.unwrap()));
        assert_eq!(shop.world.index().uploads.len(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_live_with_other_content_is_not_tagged() {
    for building in [Building::Here, Building::Waived] {
        let shop = live().await;
        shop.world.builds().extra.insert("b".to_owned(), "fixed-since = 1\n".to_owned());
        let error = shop.release_with(&adopt(building)).await.unwrap_err();
        assert_eq!(error.code().as_str(), "RK-PUBLISH-CONTENT-CONFLICT");
        let said = error.to_string();
        assert!(said.starts_with("nothing was tagged: ") && said.contains("fixed-since"), "{said}");
        let help = error.help().unwrap();
        assert!(help.contains("`tag_format`") && help.contains("`releasekit prepare --supersede`"), "{help}");
        assert_eq!((shop.tags().await.len(), shop.world.index().uploads.len()), (0, 0));
    }
}

#[tokio::test(start_paused = true)]
async fn a_strange_file_is_a_difference_and_a_missing_one_is_none() {
    let shop = live().await;
    shop.world.index().put("a-1.2.0-more.bin", "whatever");
    let error = shop.release_with(&adopt(Building::Here)).await.unwrap_err();
    assert!(error.to_string().contains("`a-1.2.0-more.bin` is no part of this release"), "{error}");
    assert_eq!(shop.tags().await.len(), 0);
    shop.world.index().remove("a-1.2.0-more.bin");
    shop.world.index().remove("a-1.2.0.src");
    assert!(matches!(shop.release_with(&adopt(Building::Here)).await.unwrap(), Released::Tagged(_)));
    let report = shop.publish(None).await.unwrap();
    assert_eq!(outcomes(&report), pairs(&[("a", "published, Compared(Content)"), ("b", "live, Compared(Content)")]));
    assert_eq!(shop.world.index().uploads, ["a-1.2.0.src"]);
}

#[tokio::test(start_paused = true)]
async fn every_difference_is_told_and_each_says_what_helps() {
    let shop = live().await;
    for name in ["a", "b"] {
        shop.world.builds().extra.insert(name.to_owned(), "fixed-since = 1\n".to_owned());
    }
    assert!(matches!(shop.release_with(&adopt(Building::Here)).await, Err(Error::Several(all)) if all.len() == 2));

    let shop = live().await;
    shop.world.builds().extra.insert("a".to_owned(), "written-by-the-new-backend = 1\n".to_owned());
    shop.world.builds().backend = 2;
    let error = shop.release_with(&adopt(Building::Here)).await.unwrap_err();
    let error = error.parts().first().map_or(error.code(), |part| part.code());
    assert_eq!(error.as_str(), "RK-PUBLISH-UNPROVEN");
    assert_eq!(shop.tags().await.len(), 0);
}

#[tokio::test(start_paused = true)]
async fn the_way_that_the_help_names_leads_on() {
    // Released before as `a@1.2.0`, with a fix since, and nobody said how the tags read.
    let shop = Shop::untagged(&[("a", "1.2.0", &[])]).prepared().await;
    shop.release().await.unwrap();
    assert!(complete(&shop.publish(None).await.unwrap()));
    shop.untag().await;
    let shop = shop.elsewhere().await.change("a", "fix: count to the end").await;
    shop.world.builds().extra.insert("a".to_owned(), "fixed-since = 1\n".to_owned());
    assert!(shop.release_with(&adopt(Building::Here)).await.is_err());
    let shop = shop.commit(&[("a/package.txt", "name = a\nversion = 1.2.1\n")], "chore: raise it").await;
    shop.supersede().await.unwrap().proposed.unwrap();
    let shop = shop.merge().await;
    assert!(matches!(shop.release().await.unwrap(), Released::Tagged(_)));
    assert!(complete(&shop.publish(None).await.unwrap()));
}

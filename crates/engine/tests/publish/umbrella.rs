//! The tag that all packages of a release have together.

use releasekit_core::Diagnostic;
use releasekit_core::model::TagName;
use releasekit_engine::manifest::Manifest;
use releasekit_engine::release::Released;

use crate::shop::Shop;

/// Two packages whose releases have the version of the first one in a tag of their own.
async fn shop() -> Shop {
    let mut shop = Shop::new(&[("core", "1.0.0", &[]), ("web", "2.0.0", &[])]).await;
    shop.world.policy.umbrella_tag = Some("all-{version}".to_owned());
    shop.world.policy.umbrella_version = Some("core".to_owned());
    shop
}

async fn umbrella(shop: &Shop) -> Option<String> {
    let text = shop.read(".releasekit/manifest.json").await;
    let manifest = Manifest::from_json(text.as_bytes(), "a test").unwrap();
    manifest.umbrella.map(|tag| tag.to_string())
}

#[tokio::test(start_paused = true)]
async fn it_is_pushed_with_the_others_and_a_second_run_changes_nothing() {
    let shop = shop().await.change("core", "feat: new").await.change("web", "fix: old").await.prepared().await;
    assert_eq!(umbrella(&shop).await.as_deref(), Some("all-1.1.0"));
    let expected = ["core-v1.1.0", "web-v2.0.1", "all-1.1.0"].map(TagName::new);
    assert!(matches!(shop.release().await.unwrap(), Released::Tagged(tagged) if tagged.tags == expected));
    assert!(matches!(shop.release().await.unwrap(), Released::Already(_)));
    shop.drop_tag("all-1.1.0").await;
    assert!(matches!(shop.release().await.unwrap(), Released::Tagged(tagged) if tagged.tags.len() == 1));
    assert!(shop.publish(None).await.unwrap().is_complete());
    let shop = shop.renewed().await;
    assert_eq!(shop.planned().await, Vec::<(String, String)>::new(), "it is no package's tag");
    assert!(!shop.warnings().iter().any(|warning| warning.contains("all-")), "and known: {:?}", shop.warnings());
}

#[tokio::test(start_paused = true)]
async fn a_release_that_does_not_move_its_version_has_none() {
    let shop = shop().await.change("web", "fix: old").await.prepared().await;
    assert_eq!(umbrella(&shop).await, None);
    assert!(matches!(shop.release().await.unwrap(), Released::Tagged(tagged) if tagged.tags.len() == 1));
}

#[tokio::test(start_paused = true)]
async fn one_that_exists_is_refused_before_anything_is_proposed() {
    let shop = shop().await;
    shop.tag("all-1.1.0").await;
    let shop = shop.renewed().await.change("core", "feat: new").await;
    let error = shop.prepare().await.unwrap_err();
    assert_eq!(error.code().as_str(), "RK-VERSION-TAG-EXISTS");
    assert!(error.to_string().contains("`all-1.1.0`") && error.help().unwrap().contains("`umbrella_tag`"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn one_that_the_configuration_does_not_give_is_drift() {
    let shop = shop().await.change("core", "feat: new").await.prepared().await;
    let text = shop.read(".releasekit/manifest.json").await.replace("all-1.1.0", "all-9.0.0");
    let shop = shop.commit(&[(".releasekit/manifest.json", &text)], "chore: edit").await;
    let error = shop.release().await.unwrap_err();
    assert_eq!(error.code().as_str(), "RK-RELEASE-MANIFEST-DRIFT");
    assert!(error.to_string().contains("`all-9.0.0`, and its commit asks for the umbrella tag `all-1.1.0`"), "{error}");
    assert_eq!(shop.tags().await.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn packages_of_one_version_have_it_and_a_tag_that_they_share_is_enough() {
    let mut shop = Shop::new(&[("core", "1.0.0", &[]), ("web", "1.0.0", &[])]).await;
    (shop.world.policy.synchronize, shop.world.policy.umbrella_tag) = (true, Some("v{version}".to_owned()));
    let shop = shop.change("web", "feat: new").await.prepared().await;
    assert_eq!(umbrella(&shop).await.as_deref(), Some("v1.1.0"));
    shop.release().await.unwrap();
    assert!(shop.tags().await.contains(&"core-v1.1.0".to_owned()), "it is no format that packages follow");
    let mut shop = shop.renewed().await.change("core", "fix: old").await;
    shop.world.policy.tag_format = vec!["v{version}".to_owned(), "{name}-v{version}".to_owned()];
    let shop = shop.prepared().await;
    assert_eq!(umbrella(&shop).await, None);
    assert!(matches!(shop.release().await.unwrap(), Released::Tagged(tagged) if tagged.tags.len() == 1));
}

//! Which forge a repository is on, and why none is asked.

use releasekit_core::policy::Policy;
use releasekit_core::{Diagnostic, ErrorKind};
use releasekit_engine::forge::{self, Absence, Hosting};
use releasekit_engine::{Result, Session};
use releasekit_testkit::memory::forge::MemoryForge;

use crate::shop::Shop;

fn shop() -> Shop {
    Shop::untagged(&[("a", "1.0.0", &[])]).hosted(MemoryForge::everything())
}

async fn find(shop: &Shop, change: impl FnOnce(&mut Session, &mut Policy)) -> Result<Hosting> {
    let (mut session, mut policy) = (shop.session(), shop.world.policy.clone());
    change(&mut session, &mut policy);
    forge::find(&session, &policy).await
}

/// Why none is asked, whether the pages are known all the same, and what was warned of.
async fn absence(shop: Shop, change: impl FnOnce(&mut Session, &mut Policy)) -> (String, bool, Vec<String>) {
    let found = find(&shop, change).await.unwrap();
    assert!(found.forge().is_none());
    let why = match found.absence().expect("there is no forge") {
        Absence::NoCredential(error) => error.to_string(),
        other => format!("{other:?}"),
    };
    (why, found.links().is_some(), shop.warnings())
}

#[tokio::test(start_paused = true)]
async fn the_host_of_the_remote_says_which_forge_it_is() {
    let shop = shop();
    let found = find(&shop, |_, _| {}).await.unwrap();
    let repository = found.forge().expect("the host is known").repository().await.unwrap();
    assert_eq!(repository.path, "owner/name");
    assert!(found.links().is_some() && found.absence().is_none());
    assert_eq!(shop.forge().writes(), 0);
}

#[tokio::test(start_paused = true)]
async fn the_configuration_and_the_environment_name_a_forge_that_the_host_does_not() {
    let elsewhere = |shop: Shop| Shop { vcs: shop.vcs.with_url("https://git.house.test/o/n"), ..shop };
    let shop = elsewhere(shop());
    let named = find(&shop, |_, policy| policy.forge.kind = Some("house".to_owned())).await.unwrap();
    assert!(named.forge().is_some(), "`kind` says it");
    let mut shop = elsewhere(self::shop());
    shop.world.environment.set("HOUSE", "git.house.test");
    assert!(find(&shop, |_, _| {}).await.unwrap().forge().is_some(), "the environment says it");
    let shop = Shop { vcs: shop.vcs.with_url("/srv/n"), world: shop.world };
    let whole = |policy: &mut Policy| {
        let text = |text: &str| Some(text.to_owned());
        (policy.forge.url, policy.forge.owner) = (text("https://forge.test"), text("o"));
        policy.forge.name = text("n");
    };
    assert!(find(&shop, |_, policy| whole(policy)).await.unwrap().forge().is_some(), "all of it is configured");
}

#[tokio::test(start_paused = true)]
async fn a_kind_that_nobody_knows_is_refused_with_those_that_there_are() {
    let error = find(&shop(), |_, policy| policy.forge.kind = Some("hose".to_owned())).await.unwrap_err();
    assert_eq!((error.code().as_str(), error.kind()), ("RK-FORGE-KIND-UNKNOWN", ErrorKind::Configuration));
    assert_eq!(error.help().as_deref(), Some("say one of: `house`"));
}

#[tokio::test(start_paused = true)]
async fn why_no_forge_is_asked_is_known_and_what_can_be_mended_is_said() {
    let unwanted = absence(shop(), |session, _| session.no_forge = true).await;
    assert_eq!(unwanted, ("Unwanted".to_owned(), true, Vec::new()));
    let offline = absence(shop(), |session, _| session.context.offline = true).await;
    assert_eq!(offline, ("Offline".to_owned(), true, Vec::new()));

    let mut without = shop();
    without.world.environment = releasekit_core::Environment::new();
    let expected = "there is no `HOUSE_TOKEN`";
    assert_eq!(absence(without, |_, _| {}).await, (expected.to_owned(), true, vec![format!("{expected}; set it")]));

    for url in ["/srv/name", "file:///srv/owner/name"] {
        let shop = shop();
        let shop = Shop { vcs: shop.vcs.with_url(url), ..shop };
        assert_eq!(absence(shop, |_, _| {}).await, ("Local".to_owned(), false, Vec::new()), "{url}");
    }
    let nowhere = absence(shop(), |_, policy| policy.remote = "upstream".to_owned()).await;
    assert_eq!(nowhere, ("Local".to_owned(), false, Vec::new()), "there is no such remote");
}

#[tokio::test(start_paused = true)]
async fn a_host_that_nobody_knows_is_said_with_the_keys_that_name_it_unless_that_is_settled() {
    let strange = || {
        let shop = shop();
        Shop { vcs: shop.vcs.with_url("https://git.test/o/n"), ..shop }
    };
    let (why, has_links, warnings) = absence(strange(), |_, _| {}).await;
    assert_eq!((why.as_str(), has_links), ("Unknown { host: \"git.test\" }", false));
    assert!(warnings.len() == 1 && warnings[0].starts_with("`git.test` is no forge that is known"), "{warnings:?}");
    assert!(warnings[0].contains("`kind` in `[forge]`"), "{warnings:?}");
    let settled = |_: &mut Session, policy: &mut Policy| {
        policy.ignore_warnings = vec!["RK-FORGE-UNKNOWN".to_owned()];
    };
    assert_eq!(absence(strange(), settled).await.2, Vec::<String>::new());
}

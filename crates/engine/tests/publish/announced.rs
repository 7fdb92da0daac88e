//! What a release has on its forge: made once, completed by whatever run comes next, and never asked what to release.

use std::collections::BTreeSet;
use std::time::Duration;

use releasekit_core::forge::{Asset, AssetState, ChangeRequest, ChangeRequestState, ForgeCapabilities, Release};
use releasekit_core::model::{BranchName, EcosystemLabel, TagName};
use releasekit_core::policy::{EcosystemPolicy, ForgeReleases, PublishFrom};
use releasekit_core::{Backends, Diagnostic, ErrorKind, Vcs};
use releasekit_engine::announce::{Announced, Announcer, Standing};
use releasekit_engine::cancel::Cancel;
use releasekit_engine::forge::{self, Hosting};
use releasekit_engine::publish::{self, PublishReport};
use releasekit_engine::request::PENDING;
use releasekit_engine::state::State;
use releasekit_engine::{Result, Session, locate, recording};
use releasekit_testkit::faults::{self, Action, Effects, Fault, When};
use releasekit_testkit::memory::Fault as UploadFault;
use releasekit_testkit::memory::forge::{MemoryForge, StoredRelease, StoredRequest};
use releasekit_testkit::memory::vcs::{MemoryVcs, REMOTE};

use crate::outcomes;
use crate::shop::Shop;
use crate::world::{holder, path};

const TAGGED: &str = "autorelease: tagged";
const PUBLISHED: &str = "autorelease: published";

/// Two packages, a release of each merged by a request, and its tags pushed.
pub(crate) async fn tagged(change: impl FnOnce(&mut Shop)) -> Shop {
    able(MemoryForge::everything(), change).await
}

async fn able(can: ForgeCapabilities, change: impl FnOnce(&mut Shop)) -> Shop {
    let mut shop = Shop::new(&[("a", "1.0.0", &[]), ("b", "1.0.0", &["a"])]).await.hosted(can);
    change(&mut shop);
    merged(shop.change("a", "feat: new").await.change("b", "fix: old").await).await
}

/// The same with one package.
async fn alone() -> Shop {
    let mut shop = Shop::new(&[("a", "1.0.0", &[])]).await.hosted(MemoryForge::everything());
    dispatching(&mut shop);
    merged(shop.change("a", "feat: new").await).await
}

/// `x:a` and `y:a`, which go to two registries and have one version and one tag.
async fn of_one_name() -> Shop {
    let mut shop = Shop::untagged(&[]);
    let file = |name: &str, text: &str| (path(name), text.to_owned());
    let files = ["x", "y"].into_iter().flat_map(|workspace| {
        let package = file(&format!("{workspace}/a/package.txt"), "name = a\nversion = 1.0.0\n");
        [file(&format!("{workspace}/workspace.txt"), ""), package]
    });
    shop.vcs = MemoryVcs::new(&shop.world.folder.path().join("checkout"), files.collect::<Vec<_>>());
    let elsewhere = EcosystemPolicy { publish_url: Some("http://other.invalid/".to_owned()), ..Default::default() };
    shop.world.policy.ecosystems.insert(EcosystemLabel::new("x"), elsewhere);
    (shop.world.policy.synchronize, shop.world.policy.tag_format) = (true, vec!["v{version}".to_owned()]);
    shop.tag("v1.0.0").await;
    let shop = shop.renewed().await.hosted(MemoryForge::everything());
    merged(shop.change("x/a", "feat: new").await).await
}

pub(crate) async fn merged(shop: Shop) -> Shop {
    shop.prepare().await.unwrap().proposed.expect("something moves");
    let shop = requested(shop).await.merge().await;
    shop.forge().meddle(|content| {
        content.requests.last_mut().unwrap().request.state = ChangeRequestState::Merged;
        content.requests.last_mut().unwrap().request.labels = vec![PENDING.to_owned(), "team".to_owned()];
    });
    shop.release().await.unwrap();
    shop
}

/// The request that the release branch is merged by; whoever prepared may have opened it already.
async fn requested(shop: Shop) -> Shop {
    let branches = ["releasekit--release--main", "main"].map(BranchName::new);
    let tip = shop.vcs.remote_refs(REMOTE).await.unwrap().branch(&branches[0]).unwrap().commit.clone();
    shop.forge().meddle(|content| {
        if content.requests.is_empty() {
            let request = ChangeRequest::new(1, "https://forge.test/owner/name/requests/1", branches, tip.clone());
            content.requests.push(StoredRequest::new(request, false));
        }
        content.requests[0].request.head_commit = tip;
    });
    shop
}

pub(crate) fn ci(shop: &mut Shop) {
    shop.world.policy.publish_from = PublishFrom::Ci;
}

pub(crate) async fn hosting(session: &Session) -> Hosting {
    forge::find(session, &session.policies.current()).await.unwrap()
}

/// What `release` does once the tags are pushed.
async fn announce_with(shop: &Shop, backends: Backends) -> Result<Announced> {
    let session = shop.world.session_on(std::sync::Arc::new(shop.vcs.clone()), backends);
    let (hosting, cancel) = (hosting(&session).await, Cancel::never());
    let remote = shop.vcs.remote_refs(REMOTE).await.unwrap();
    let release = locate::tagged(&session, &shop.head().await, &remote).await?.remove(0)?;
    let state = State::take(&session, &holder(), &cancel).await?;
    let forge = hosting.forge().expect("it is hosted");
    Ok(Announcer { session: &session, forge, release: &release, cancel: &cancel }.tagged(&state).await)
}

pub(crate) async fn announce(shop: &Shop) -> Announced {
    announce_with(shop, shop.world.backends()).await.unwrap()
}

async fn publish_with(shop: &Shop, backends: Backends) -> Result<PublishReport> {
    let session = shop.world.session_on(std::sync::Arc::new(shop.vcs.clone()), backends);
    let remote = shop.vcs.remote_refs(REMOTE).await.unwrap();
    let release = locate::tagged(&session, &shop.head().await, &remote).await?.remove(0)?;
    let state = State::take(&session, &holder(), &Cancel::never()).await?;
    let mut options = shop.world.options.clone();
    options.forge = match hosting(&session).await {
        Hosting::On(forge) => Some(forge),
        Hosting::Off(..) => None,
    };
    publish::publish(&session, &release, &state, &options).await
}

pub(crate) async fn publish(shop: &Shop) -> PublishReport {
    publish_with(shop, shop.world.backends()).await.unwrap()
}

fn releases(shop: &Shop) -> Vec<StoredRelease> {
    let mut all = shop.forge().look(|content| content.releases.clone());
    all.sort_by(|one, other| one.release.tag.cmp(&other.release.tag));
    all
}

pub(crate) fn release(shop: &Shop, tag: &str) -> Release {
    releases(shop).into_iter().find(|stored| stored.release.tag.as_str() == tag).expect("there is one").release
}

fn files(release: &Release) -> Vec<&str> {
    release.assets.iter().map(|asset| asset.name.as_str()).collect()
}

fn labels(shop: &Shop) -> Vec<String> {
    shop.forge().look(|content| content.requests[0].request.labels.clone())
}

fn latest(shop: &Shop) -> Option<String> {
    shop.forge().look(|content| content.latest.as_ref().map(ToString::to_string))
}

fn standings(announced: &Announced) -> Vec<Standing> {
    announced.releases.iter().map(|release| release.standing).collect()
}

fn codes(announced: &Announced) -> Vec<&str> {
    announced.errors.iter().map(|error| error.code().as_str()).collect()
}

#[tokio::test(start_paused = true)]
async fn each_package_has_a_release_with_its_notes_and_files_and_a_second_run_writes_nothing() {
    let shop = tagged(|shop| shop.world.policy.forge.latest = Some("a".to_owned())).await;
    let announced = announce(&shop).await;
    assert_eq!((codes(&announced).len(), standings(&announced)), (0, vec![Standing::Public; 2]));
    assert!(announced.releases.iter().all(|it| it.changed) && announced.labelled.is_some());
    let a = release(&shop, "a-v1.1.0");
    assert_eq!((a.title.as_str(), a.draft, a.prerelease), ("a 1.1.0", false, false));
    assert_eq!(a.body, "### Features\n\n- new");
    assert_eq!(files(&a), ["a-1.1.0.bin", "a-1.1.0.src"]);
    assert_eq!(files(&release(&shop, "b-v1.0.1")), ["b-1.0.1.bin", "b-1.0.1.src"]);
    assert_eq!(
        (latest(&shop).as_deref(), labels(&shop)),
        (Some("a-v1.1.0"), vec![TAGGED.to_owned(), "team".to_owned()])
    );

    let before = shop.forge().writes();
    let again = announce(&shop).await;
    assert_eq!((shop.forge().writes(), standings(&again)), (before, vec![Standing::Public; 2]));
    assert!(again.releases.iter().all(|it| !it.changed) && again.labelled.is_none() && again.errors.is_empty());
}

#[tokio::test(start_paused = true)]
async fn packages_of_one_name_are_told_apart_in_the_release_that_they_share() {
    let shop = of_one_name().await;
    assert_eq!(codes(&announce(&shop).await), [""; 0]);
    let body = release(&shop, "v1.1.0").body;
    assert!(body.starts_with("- x:a 1.1.0\n- y:a 1.1.0\n\n## x:a 1.1.0\n\n### Features\n"), "{body}");
}

#[tokio::test(start_paused = true)]
async fn what_is_published_from_elsewhere_stays_a_draft_until_it_is_live_and_proven() {
    let shop = tagged(ci).await;
    assert_eq!(standings(&announce(&shop).await), [Standing::Draft; 2]);
    assert_eq!(latest(&shop), None);
    let report = publish(&shop).await;
    assert!(report.is_complete());
    assert_eq!((codes(&report.announced).len(), standings(&report.announced)), (0, vec![Standing::Public; 2]));
    assert_eq!(files(&release(&shop, "a-v1.1.0")), ["a-1.1.0.bin", "a-1.1.0.src", "releasekit-receipts.json"]);
    assert_eq!(labels(&shop), [PUBLISHED, "team"]);
    assert!(!shop.vcs.private_folder().join(report.commit.as_str()).join("artifacts").exists());

    let before = shop.forge().writes();
    assert!(publish(&shop).await.announced.errors.is_empty());
    announce(&shop).await;
    assert_eq!((shop.forge().writes(), labels(&shop)), (before, vec![PUBLISHED.to_owned(), "team".to_owned()]));
}

#[tokio::test(start_paused = true)]
async fn receipts_of_a_release_prove_on_another_machine_what_is_live() {
    let shop = tagged(ci).await;
    announce(&shop).await;
    publish(&shop).await;
    let (built, writes) = (shop.world.builds().built.len(), shop.forge().writes());
    let other = shop.elsewhere().await;
    let report = publish(&other).await;
    assert!(outcomes(&report).iter().all(|(_, outcome)| outcome == "live, Receipt"), "{:?}", outcomes(&report));
    assert_eq!((other.world.builds().built.len(), other.forge().writes()), (built, writes));

    let other = other.elsewhere().await;
    other.world.index().put("a-1.1.0.bin", "something else");
    let report = publish(&other).await;
    assert_eq!(outcomes(&report)[0].1, "RK-PUBLISH-CONTENT-CONFLICT", "a receipt replaces no look");
}

#[tokio::test(start_paused = true)]
async fn receipts_that_cannot_be_had_are_said_and_what_is_live_is_compared() {
    let shop = tagged(ci).await;
    announce(&shop).await;
    publish(&shop).await;
    let garble = |stored: &mut StoredRelease| {
        stored.files.insert("releasekit-receipts.json".to_owned(), b"[".to_vec());
    };
    shop.forge().meddle(|content| content.releases.iter_mut().for_each(garble));
    let other = shop.elsewhere().await;
    let report = publish(&other).await;
    assert!(
        outcomes(&report).iter().all(|(_, outcome)| outcome == "live, Compared(Content)"),
        "{:?}",
        outcomes(&report)
    );
    let said = |warning: &String| warning.starts_with("the receipts of `a-v1.1.0` on the forge cannot be read: ");
    assert!(other.warnings().iter().any(said), "{:?}", other.warnings());
}

#[tokio::test(start_paused = true)]
async fn what_is_not_live_stays_a_draft_and_the_next_run_publishes_it() {
    let shop = tagged(ci).await;
    announce(&shop).await;
    shop.world.index().fault("b-1.0.1.bin", UploadFault::Refused(ErrorKind::Conflict));
    let report = publish(&shop).await;
    assert!(!report.is_complete());
    assert_eq!(standings(&report.announced), [Standing::Public, Standing::Draft]);
    assert_eq!(labels(&shop), [TAGGED, "team"]);
    assert!(!files(&release(&shop, "b-v1.0.1")).contains(&"releasekit-receipts.json"));
    assert_eq!(standings(&publish(&shop).await.announced), [Standing::Public; 2]);
    assert_eq!(labels(&shop), [PUBLISHED, "team"]);
}

#[tokio::test(start_paused = true)]
async fn what_people_wrote_stays_and_what_was_half_done_is_done_again() {
    let shop = tagged(ci).await;
    announce(&shop).await;
    shop.forge().meddle(|content| {
        let stored = content.releases.iter_mut().find(|stored| stored.release.tag.as_str() == "a-v1.1.0").unwrap();
        stored.release.body = "By hand.".to_owned();
        stored.release.title = "The big one".to_owned();
        stored.release.assets[0].state = AssetState::Half;
        stored.release.assets[1].digest = None;
    });
    assert_eq!(standings(&announce(&shop).await), [Standing::Draft; 2]);
    let a = release(&shop, "a-v1.1.0");
    assert_eq!(
        (a.body.as_str(), a.title.as_str(), a.assets[0].state),
        ("By hand.", "The big one", AssetState::Complete)
    );
}

#[tokio::test(start_paused = true)]
async fn a_release_that_cannot_be_completed_is_said_and_stops_no_other() {
    let shop = tagged(|_| {}).await;
    let other = |name: &str| Asset::new(name, 1, "https://forge.test/x");
    announce(&shop).await;
    shop.forge().meddle(|content| {
        content.releases.retain(|stored| stored.release.tag.as_str() == "a-v1.1.0");
        let stored = &mut content.releases[0];
        stored.release.assets[0] = other("a-1.1.0.bin");
        stored.files.insert("a-1.1.0.bin".to_owned(), b"other bytes".to_vec());
    });
    let announced = announce(&shop).await;
    let error = announced.errors.first().unwrap();
    assert_eq!((error.kind(), announced.errors.len()), (ErrorKind::Conflict, 1));
    assert!(error.to_string().starts_with("the release of `a-v1.1.0` on the forge is not complete: "), "{error}");
    assert_eq!((standings(&announced), files(&release(&shop, "b-v1.0.1")).len()), (vec![Standing::Public], 2));
    assert_eq!(labels(&shop), [TAGGED, "team"], "the tags are there");
}

#[tokio::test(start_paused = true)]
async fn several_drafts_of_one_tag_are_said_for_another_run_may_hold_one() {
    let shop = tagged(ci).await;
    announce(&shop).await;
    shop.forge().meddle(|content| {
        let first = content.releases[0].clone();
        content.releases.push(first);
    });
    let announced = announce(&shop).await;
    assert_eq!((announced.errors.len(), announced.errors[0].kind()), (1, ErrorKind::Conflict));
    assert!(announced.errors[0].to_string().contains("several drafts"), "{}", announced.errors[0]);
}

#[tokio::test(start_paused = true)]
async fn what_takes_no_more_files_is_left_without_them_and_that_is_said() {
    let shop = tagged(|_| {}).await;
    announce(&shop).await;
    shop.forge().meddle(|content| content.releases.iter_mut().for_each(|stored| stored.release.immutable = true));
    let report = publish(&shop).await;
    assert_eq!((report.is_complete(), codes(&report.announced).len()), (true, 0));
    assert_eq!(files(&release(&shop, "a-v1.1.0")), ["a-1.1.0.bin", "a-1.1.0.src"]);
    let expected = "`releasekit-receipts.json` is left out of the release of `a-v1.1.0`, which takes no more files";
    assert!(shop.warnings().iter().any(|warning| warning.starts_with(expected)), "{:?}", shop.warnings());
    assert_eq!(labels(&shop), [PUBLISHED, "team"]);
}

#[tokio::test(start_paused = true)]
async fn only_the_highest_final_version_is_the_latest() {
    let latest_of = |shop: &mut Shop| shop.world.policy.forge.latest = Some("a".to_owned());
    for (before, expected) in [("a-v2.0.0", None), ("a-v2.0.0rc1", Some("a-v1.1.0")), ("b-v2.0.0", Some("a-v1.1.0"))] {
        let shop = tagged(latest_of).await;
        shop.tag(before).await;
        announce(&shop).await;
        assert_eq!(latest(&shop).as_deref(), expected, "{before}");
    }
    let shop = tagged(|_| {}).await;
    announce(&shop).await;
    assert_eq!(latest(&shop), None, "of several packages none is, unless one is named");
}

#[tokio::test(start_paused = true)]
async fn a_prerelease_says_so_and_the_only_package_there_is_may_be_the_latest() {
    let shop = || async { Shop::new(&[("a", "1.0.0", &[])]).await.hosted(MemoryForge::everything()) };
    let version = |version: &str| format!("name = a\nversion = {version}\n");
    for (next, is_prerelease, expected) in [("1.1.0rc1", true, None), ("1.1.0", false, Some("a-v1.1.0"))] {
        let shop = merged(shop().await.commit(&[("a/package.txt", &version(next))], "feat: new").await).await;
        announce(&shop).await;
        assert_eq!(release(&shop, &format!("a-v{next}")).prerelease, is_prerelease, "{next}");
        assert_eq!(latest(&shop).as_deref(), expected, "{next}");
    }
}

#[tokio::test(start_paused = true)]
async fn notes_are_what_the_changelog_says_by_then_or_else_what_the_manifest_knows() {
    let shop = Shop::new(&[("a", "1.0.0", &[])]).await.hosted(MemoryForge::everything()).change("a", "feat: new").await;
    shop.prepare().await.unwrap().proposed.expect("something moves");
    let text = "# Changelog\n\n## 1.1.0\n\nEdited by hand.\n\n## 1.0.0\n\n- old\n";
    shop.commit_to_branch(&[("a/CHANGELOG.md", text)], "docs: say it better").await;
    let shop = shop.merge().await;
    shop.release().await.unwrap();
    announce(&shop).await;
    assert_eq!(release(&shop, "a-v1.1.0").body, "Edited by hand.");

    let mut shop = Shop::new(&[("a", "1.0.0", &[])]).await.hosted(MemoryForge::everything());
    shop.world.policy.packages.entry("a".to_owned()).or_default().changelog = Some(String::new());
    let shop = merged(shop.change("a", "feat: new").await).await;
    announce(&shop).await;
    assert_eq!(release(&shop, "a-v1.1.0").body, "- feat: new");
}

#[tokio::test(start_paused = true)]
async fn all_packages_have_one_release_by_their_umbrella_tag() {
    let shop = tagged(|shop| {
        let policy = &mut shop.world.policy;
        (policy.umbrella_tag, policy.umbrella_version) = (Some("all-{version}".to_owned()), Some("a".to_owned()));
        policy.forge.releases = ForgeReleases::Umbrella;
    })
    .await;
    assert_eq!(standings(&announce(&shop).await), [Standing::Public]);
    let all = release(&shop, "all-1.1.0");
    assert_eq!(all.title, "all-1.1.0");
    let expected =
        "- a 1.1.0\n- b 1.0.1\n\n## a 1.1.0\n\n### Features\n\n- new\n\n## b 1.0.1\n\n### Bug Fixes\n\n- old";
    assert!(all.body.starts_with(expected), "{}", all.body);
    assert_eq!(files(&all), ["a-1.1.0.bin", "a-1.1.0.src", "b-1.0.1.bin", "b-1.0.1.src"]);
    assert_eq!(latest(&shop).as_deref(), Some("all-1.1.0"));
    publish(&shop).await;
    let receipts = releases(&shop)[0].files["releasekit-receipts.json"].clone();
    let text = String::from_utf8(receipts).unwrap();
    assert!(text.contains("\"package\": \"a\"") && text.contains("\"package\": \"b\""), "{text}");
}

#[tokio::test(start_paused = true)]
async fn what_a_forge_lacks_is_left_out() {
    let shop = able(MemoryForge::nothing(), ci).await;
    let announced = announce(&shop).await;
    assert!(announced.errors.is_empty() && announced.releases.is_empty());
    assert!(shop.warnings().iter().any(|warning| warning.starts_with("the forge has no releases: the tags are all")));
    assert!(publish(&shop).await.is_complete());

    let mut can = MemoryForge::nothing();
    can.releases = true;
    let shop = able(can, ci).await;
    assert_eq!(standings(&announce(&shop).await), [Standing::ToCome; 2]);
    assert_eq!(releases(&shop).len(), 0, "without drafts it would be public before anything is live");
    let report = publish(&shop).await;
    assert_eq!(standings(&report.announced), [Standing::Public; 2]);
    assert_eq!(files(&release(&shop, "a-v1.1.0")).len(), 3);
}

#[tokio::test(start_paused = true)]
async fn the_request_is_found_by_what_it_brought_and_nothing_hangs_on_it() {
    let shop = tagged(|_| {}).await;
    let moved = |shop: &Shop, to: &str| {
        shop.forge()
            .meddle(|content| content.requests[0].request.head_commit = releasekit_core::model::CommitId::new(to));
    };
    let tip = shop.forge().look(|content| content.requests[0].request.head_commit.to_string());
    moved(&shop, "squashed-away");
    let announced = announce(&shop).await;
    assert!(announced.errors.is_empty() && announced.labelled.is_none());
    assert_eq!(labels(&shop), [PENDING, "team"], "another release may have been merged by it");
    moved(&shop, &tip);
    shop.forge().meddle(|content| content.requests[0].request.labels.clear());
    assert!(announce(&shop).await.labelled.is_some());
    assert_eq!(labels(&shop), [TAGGED]);
    shop.forge().meddle(|content| content.requests.clear());
    assert!(publish(&shop).await.is_complete());
}

#[tokio::test(start_paused = true)]
async fn a_request_that_was_squashed_is_found_by_the_manifest_that_it_holds() {
    let shop = Shop::new(&[("a", "1.0.0", &[])]).await.hosted(MemoryForge::everything());
    let shop = shop.change("a", "feat: new").await;
    shop.prepare().await.unwrap().proposed.expect("something moves");
    let shop = requested(shop).await;
    let tip = shop.forge().look(|content| content.requests[0].request.head_commit.clone());
    shop.vcs.fetch(REMOTE, &[tip.clone().into()]).await.unwrap();
    let tree = shop.vcs.tree(&tip).await.unwrap();
    let read = |at: &'static str| (at, String::from_utf8(tree.read(&path(at)).unwrap().unwrap()).unwrap());
    let files = ["a/package.txt", "a/CHANGELOG.md", ".releasekit/manifest.json"].map(read);
    let files = files.iter().map(|(at, text)| (*at, text.as_str())).collect::<Vec<_>>();
    let shop = shop.commit(&files, "chore: release (#1)").await;
    shop.forge().meddle(|content| {
        content.requests[0].request.state = ChangeRequestState::Merged;
        content.requests[0].request.labels = vec![PENDING.to_owned()];
    });
    shop.release().await.unwrap();
    let shop = shop.elsewhere().await;
    assert!(announce(&shop).await.labelled.is_some(), "its head is fetched");
    assert_eq!(labels(&shop), [TAGGED]);
}

fn told(shop: &Shop) -> Vec<(String, String)> {
    let told = |request: &releasekit_core::forge::DispatchRequest| (request.repository.clone(), request.event.clone());
    shop.forge().look(|content| content.dispatched.iter().map(told).collect())
}

pub(crate) fn dispatching(shop: &mut Shop) {
    ci(shop);
    shop.world.policy.dispatch.repositories = vec!["owner/one".to_owned(), "owner/two".to_owned()];
}

#[tokio::test(start_paused = true)]
async fn other_repositories_are_told_once_all_is_proven_each_once() {
    let shop = tagged(dispatching).await;
    announce(&shop).await;
    shop.world.index().fault("b-1.0.1.bin", UploadFault::Refused(ErrorKind::Conflict));
    publish(&shop).await;
    assert_eq!(told(&shop).len(), 0, "not all of it is live");
    assert_eq!(publish(&shop).await.announced.told, ["owner/one", "owner/two"]);
    let events = ["owner/one", "owner/two"].map(|name| (name.to_owned(), "releasekit".to_owned()));
    assert_eq!(told(&shop), events);
    let payload = shop.forge().look(|content| content.dispatched[0].payload.clone());
    let payload: serde_json::Value = serde_json::from_str(&payload).unwrap();
    assert_eq!(payload["repository"], "owner/name");
    let expected = serde_json::json!({
        "name": "a", "ecosystem": "memory", "version": "1.1.0", "registry": "http://index.invalid/simple"
    });
    assert_eq!((&payload["packages"][0], payload["packages"].as_array().unwrap().len()), (&expected, 2));
    assert!(publish(&shop).await.announced.told.is_empty());
    let other = shop.elsewhere().await;
    other.publish(None).await.unwrap();
    publish(&other).await;
    assert!(!other.warnings().iter().any(|warning| warning.contains("of the release")), "{:?}", other.warnings());
    assert_eq!(told(&other), events, "who has made nothing live tells nobody");
}

#[tokio::test(start_paused = true)]
async fn a_repository_that_could_not_be_told_is_told_by_the_next_run() {
    let shop = tagged(dispatching).await;
    announce(&shop).await;
    let effects = Effects::default();
    publish_with(&shop, faults::wrap(shop.world.backends(), &effects)).await.unwrap();
    // The labels come last, and the two words before them.
    let words = [effects.count() - 2, effects.count() - 1];
    for (number, when, sent) in [(words[0], When::Before, 2), (words[1], When::Before, 2), (words[1], When::After, 3)] {
        let shop = tagged(dispatching).await;
        announce(&shop).await;
        let effects = Effects::with_fault(Fault { action: Action::Fail, when, number });
        let report = publish_with(&shop, faults::wrap(shop.world.backends(), &effects)).await.unwrap();
        assert!(report.is_complete() && codes(&report.announced) == ["RK-TEST-INJECTED"], "{number} {when:?}");
        assert_eq!(publish(&shop).await.announced.told.len(), 1, "{number} {when:?}");
        let names: BTreeSet<String> = told(&shop).into_iter().map(|(name, _)| name).collect();
        // What nobody heard of is said again: to be told twice is what a receiver has to bear.
        assert_eq!((names.len(), told(&shop).len()), (2, sent), "{number} {when:?}");
        assert!(publish(&shop).await.announced.told.is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_forge_it_is_said_who_is_owed_a_word_and_a_later_run_brings_it() {
    let shop = tagged(dispatching).await;
    assert!(shop.publish(None).await.unwrap().is_complete());
    let expected = "nobody has told `owner/one`, `owner/two` of the release; run the same command again";
    assert!(shop.warnings().iter().any(|warning| warning.starts_with(expected)), "{:?}", shop.warnings());
    assert_eq!(publish(&shop).await.announced.told.len(), 2);
}

/// What a forge holds: releases with the names of their files, the request's labels, and the latest.
type Held = (Vec<(Release, Vec<String>)>, Vec<String>, Option<TagName>);

/// Everything that a forge holds of a release, but in which order it came.
fn held(shop: &Shop) -> Held {
    let timeless = |mut stored: StoredRelease| {
        // Receipts say when.
        let receipts = stored.release.assets.iter_mut().filter(|asset| asset.name == "releasekit-receipts.json");
        receipts.for_each(|asset| asset.digest = None);
        (stored.release, stored.files.into_keys().collect())
    };
    let releases = releases(shop).into_iter().map(timeless);
    (releases.collect(), labels(shop), shop.forge().look(|content| content.latest.clone()))
}

#[tokio::test(start_paused = true)]
async fn whichever_write_fails_or_is_not_heard_of_the_next_run_ends_alike() {
    let straight = alone().await;
    let all = Effects::default();
    announce_with(&straight, faults::wrap(straight.world.backends(), &all)).await.unwrap();
    let of_release = all.count();
    publish_with(&straight, faults::wrap(straight.world.backends(), &all)).await.unwrap();
    // A release, two files and the labels; then two uploads, receipts, a release out of draft, two words and the labels.
    assert_eq!((of_release, all.count()), (4, 11));
    for number in 1..=all.count() {
        for (action, when) in [Action::Fail, Action::Hang]
            .into_iter()
            .flat_map(|action| [When::Before, When::After].map(|when| (action, when)))
        {
            let shop = alone().await;
            let what = format!("{number} {action:?} {when:?}");
            let effects = Effects::with_fault(Fault { action, when, number });
            let is_heard = interrupted(&shop, &effects).await;
            let is_said = shop.warnings().iter().any(|warning| warning.starts_with("the labels of "));
            assert!(is_heard || is_said || when == When::After, "{what} is heard of");
            assert!(announce(&shop).await.errors.is_empty(), "{what}");
            let report = publish(&shop).await;
            assert!(report.is_complete() && report.announced.errors.is_empty(), "{what}");
            assert_eq!(held(&shop), held(&straight), "{what}");
            let before = shop.forge().writes();
            publish(&shop).await;
            announce(&shop).await;
            assert_eq!(shop.forge().writes(), before, "{what}");
        }
    }
}

/// Releases and publishes while something happens to one effect, for as long as anybody waits. Says whether anybody knows.
async fn interrupted(shop: &Shop, effects: &Effects) -> bool {
    let wrapped = || faults::wrap(shop.world.backends(), effects);
    let run = async {
        let announced = announce_with(shop, wrapped()).await.unwrap();
        let report = publish_with(shop, wrapped()).await;
        let is_whole = report.is_ok_and(|it| it.is_complete() && it.announced.errors.is_empty());
        !announced.errors.is_empty() || !is_whole
    };
    tokio::time::timeout(Duration::from_secs(600), run).await.unwrap_or(true)
}

#[tokio::test(start_paused = true)]
async fn a_forge_that_is_silent_takes_nothing_from_what_is_live() {
    let shop = tagged(dispatching).await;
    shop.forge().silence(true);
    let announced = announce(&shop).await;
    assert_eq!((announced.errors.len(), announced.errors[0].kind()), (1, ErrorKind::Transient), "it is asked once");
    let report = publish(&shop).await;
    assert!(report.is_complete() && !report.announced.errors.is_empty());
    shop.forge().silence(false);
    assert!(publish(&shop).await.announced.errors.is_empty());
    assert_eq!((labels(&shop), told(&shop).len()), (vec![PUBLISHED.to_owned(), "team".to_owned()], 2));
    assert_eq!(files(&release(&shop, "a-v1.1.0")).len(), 3, "what was built is kept until the release has it");
}

#[tokio::test(start_paused = true)]
async fn a_dry_run_tells_what_it_would_bring_and_brings_nothing() {
    let shop = tagged(|_| {}).await;
    let before = shop.forge().writes();
    let announced = announce_with(&shop, recording::dry_run(shop.world.backends())).await.unwrap();
    assert_eq!((standings(&announced), announced.errors.len()), (vec![Standing::Public; 2], 0));
    assert_eq!((shop.forge().writes(), releases(&shop).len(), labels(&shop).len()), (before, 0, 2));
}

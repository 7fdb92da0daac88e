//! Releases of some groups alone: each has a branch and a manifest of its own, and nothing is lost between them.

use releasekit_core::Diagnostic;
use releasekit_core::Vcs;
use releasekit_core::forge::ChangeRequestState;
use releasekit_core::model::CommitId;
use releasekit_core::policy::RequestPer;
use releasekit_engine::cancel::Cancel;
use releasekit_engine::error::Error;
use releasekit_engine::prepare::{self, PlanOptions, PrepareOptions, Prepared};
use releasekit_engine::publish;
use releasekit_engine::release::{self, ReleaseOptions, Released};
use releasekit_engine::state::State;
use releasekit_engine::{Result, locate};
use releasekit_testkit::memory::forge::{MemoryForge, StoredRequest};
use releasekit_testkit::memory::vcs::REMOTE;

use crate::shop::{BRANCH, Shop};
use crate::world::holder;

const LOW: &str = "releasekit--release--main--low";
const HIGH: &str = "releasekit--release--main--high";

/// A package that another one needs, and one that nobody does, in a group each; the one between them is in none. The first and
/// the last have something to release.
async fn shop() -> Shop {
    let mut shop = Shop::new(&[("a", "1.0.0", &[]), ("b", "1.0.0", &["a"]), ("c", "1.0.0", &[])]).await;
    for (name, group) in [("a", "low"), ("c", "high")] {
        shop.world.policy.packages.entry(name.to_owned()).or_default().group = Some(group.to_owned());
    }
    shop.change("a", "feat: sing").await.change("c", "fix: hum").await
}

async fn prepare(shop: &Shop, groups: &[&str]) -> Result<Prepared> {
    let group = groups.iter().map(|name| (*name).to_owned()).collect();
    let plan = PlanOptions { group, ..PlanOptions::default() };
    prepare::prepare(&shop.session(), PrepareOptions { plan, ..PrepareOptions::default() }).await
}

/// What a run would release, and the branch that it was pushed to.
async fn prepared(shop: &Shop, groups: &[&str]) -> (String, String) {
    let prepared = prepare(shop, groups).await.unwrap();
    let rows = prepared.planned.plan.included();
    let rows = rows.map(|row| format!("{} {}", row.name, row.next.as_ref().unwrap())).collect::<Vec<_>>();
    (rows.join(", "), prepared.proposed.map(|proposed| proposed.branch.to_string()).unwrap_or_default())
}

async fn merged(shop: Shop, branch: &str) -> Shop {
    let tip = shop.tip_of(branch).await;
    shop.merge_commit(&tip).await
}

/// Tags what waits for it, one release after the other. Gives the tags that each was given, or why it was refused.
async fn release(shop: &Shop, named: &[&str]) -> Vec<String> {
    let session = shop.session();
    let state = State::take(&session, &holder(), &Cancel::never()).await.unwrap();
    let revisions = named.iter().map(|name| (*name).to_owned()).collect();
    let options = ReleaseOptions { revisions, ..ReleaseOptions::default() };
    let outcomes = release::release(&session, &state, &options, &Cancel::never()).await.unwrap();
    let made = outcomes.into_iter().filter_map(|outcome| match outcome {
        Ok(Released::Tagged(tagged)) => Some(tagged.tags.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")),
        Ok(_) => None,
        Err(error) => Some(error.code().to_string()),
    });
    made.collect()
}

/// Publishes what HEAD's manifests name, or what a commit brought. Gives what became live, by release.
async fn publish(shop: &Shop, named: Option<&CommitId>) -> Vec<String> {
    let session = shop.session();
    let remote = shop.vcs.remote_refs(REMOTE).await.unwrap();
    let releases = match named {
        Some(commit) => locate::tagged_by_name(&session, commit.as_str(), &remote).await.unwrap(),
        None => locate::tagged(&session, &shop.head().await, &remote).await.unwrap().into_iter().flatten().collect(),
    };
    let state = State::take(&session, &holder(), &Cancel::never()).await.unwrap();
    let mut live = Vec::new();
    for release in releases {
        let report = publish::publish(&session, &release, &state, &shop.world.options).await.unwrap();
        assert!(report.is_complete(), "{report:?}");
        live.push(
            report.packages.iter().map(|it| format!("{} {}", it.id.name, it.version)).collect::<Vec<_>>().join(" "),
        );
    }
    live
}

fn refusal(prepared: Result<Prepared>) -> String {
    prepared.unwrap_err().code().to_string()
}

#[tokio::test(start_paused = true)]
async fn a_run_for_a_group_leaves_behind_what_the_next_one_takes() {
    let shop = shop().await;
    assert_eq!(prepared(&shop, &["low"]).await, ("a 1.1.0".to_owned(), LOW.to_owned()));
    let shop = merged(shop, LOW).await;
    assert!(shop.read(".releasekit/manifest.json").await.is_empty());
    assert!(shop.read(".releasekit/manifest-low.json").await.contains("\"low\""));
    assert_eq!(release(&shop, &[]).await, ["a-v1.1.0"]);
    assert_eq!(publish(&shop, None).await, ["a 1.1.0"]);
    let shop = shop.renewed().await;
    assert_eq!(prepared(&shop, &["low"]).await.0, "", "a second run finds nothing");
    // What was left behind goes with what was not asked for.
    assert_eq!(prepared(&shop, &[]).await.0, "c 1.0.1, b 1.0.1");
    let shop = shop.merge().await;
    assert_eq!(release(&shop, &[]).await, ["c-v1.0.1 b-v1.0.1"]);
    assert_eq!(publish(&shop, None).await, ["a 1.1.0", "c 1.0.1 b 1.0.1"]);
    let shop = shop.renewed().await;
    assert_eq!(prepared(&shop, &[]).await.0, "");
    assert!(release(&shop, &[]).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn releases_of_several_groups_stand_side_by_side() {
    let shop = shop().await;
    assert_eq!(prepared(&shop, &["low"]).await.1, LOW);
    assert_eq!(prepared(&shop, &["high"]).await, ("c 1.0.1".to_owned(), HIGH.to_owned()));
    assert_eq!(prepared(&shop, &["low", "high"]).await.1, "releasekit--release--main--high+low");
    let shop = merged(merged(shop, LOW).await, HIGH).await;
    assert_eq!(release(&shop, &[]).await, ["a-v1.1.0", "c-v1.0.1"], "the older one comes first");
    assert_eq!(publish(&shop, None).await, ["a 1.1.0", "c 1.0.1"]);
}

#[tokio::test(start_paused = true)]
async fn one_commit_may_bring_the_releases_of_several_groups() {
    let shop = shop().await;
    prepared(&shop, &["low"]).await;
    prepared(&shop, &["high"]).await;
    let (low, high) = (shop.tip_of(LOW).await, shop.tip_of(HIGH).await);
    let both = shop.vcs.merge_of([&low, &high]).unwrap();
    let shop = shop.merge_commit(&both).await;
    let brought = shop.head().await;
    let mut made = release(&shop, &[brought.as_str()]).await;
    made.sort();
    assert_eq!(made, ["a-v1.1.0", "c-v1.0.1"]);
    let mut live = publish(&shop, Some(&brought)).await;
    live.sort();
    assert_eq!(live, ["a 1.1.0", "c 1.0.1"]);
    assert_eq!(publish(&shop, None).await.len(), 2, "and once more");
}

#[tokio::test(start_paused = true)]
async fn one_release_that_is_refused_stops_no_other() {
    let shop = shop().await;
    prepared(&shop, &["low"]).await;
    prepared(&shop, &["high"]).await;
    let shop = merged(shop, LOW).await.change("a", "feat!: shout").await;
    let shop = merged(shop, HIGH).await;
    shop.tag("a-v1.1.0").await;
    let shop = shop.renewed().await;
    assert_eq!(release(&shop, &[]).await, ["RK-RELEASE-TAG-CONFLICT", "c-v1.0.1"]);
}

#[tokio::test(start_paused = true)]
async fn a_release_that_waits_stops_the_runs_of_its_own_packages_alone() {
    let shop = shop().await;
    prepared(&shop, &["low"]).await;
    let shop = merged(shop, LOW).await;
    for groups in [&[][..], &["low"], &["low", "high"]] {
        assert_eq!(refusal(prepare(&shop, groups).await), "RK-PREPARE-RELEASE-PENDING", "{groups:?}");
    }
    assert_eq!(prepared(&shop, &["high"]).await.0, "c 1.0.1");
    let error = prepare(&shop, &["lo"]).await.unwrap_err();
    assert!(matches!(&error, Error::GroupUnknown { known, .. } if known.len() == 2), "{error}");
}

/// What came of a run for each group: what it would release, or why it was refused.
async fn prepared_each(shop: &Shop) -> Vec<String> {
    let outcomes = prepare::all(&shop.session(), PrepareOptions::default()).await.unwrap();
    let said = outcomes.into_iter().map(|outcome| match outcome {
        Ok(prepared) => {
            let rows = prepared.planned.plan.included();
            rows.map(|row| format!("{} {}", row.name, row.next.as_ref().unwrap())).collect::<Vec<_>>().join(", ")
        }
        Err(error) => error.code().to_string(),
    });
    said.collect()
}

/// The branches of the open change requests.
fn open(shop: &Shop) -> Vec<String> {
    let is_open = |stored: &&StoredRequest| stored.request.state == ChangeRequestState::Open;
    let branch = |stored: &StoredRequest| stored.request.head.to_string();
    shop.forge().look(|content| content.requests.iter().filter(is_open).map(branch).collect())
}

/// What the forge does where people merge a request.
async fn merged_on_forge(shop: Shop, branch: &str) -> Shop {
    let shop = merged(shop, branch).await;
    shop.forge().meddle(|content| {
        for stored in content.requests.iter_mut().filter(|stored| stored.request.head.as_str() == branch) {
            stored.request.state = ChangeRequestState::Merged;
        }
    });
    shop
}

#[tokio::test(start_paused = true)]
async fn each_group_has_a_request_of_its_own_which_is_merged_by_itself() {
    let mut shop = shop().await.hosted(MemoryForge::everything());
    shop.world.policy.pull_request.per = RequestPer::Group;
    // First come the packages that are in no group: what they need goes by itself.
    assert_eq!(prepared_each(&shop).await, ["", "c 1.0.1", "a 1.1.0"]);
    assert_eq!(open(&shop), [HIGH, LOW]);
    let shop = merged_on_forge(shop, LOW).await;
    assert_eq!(prepared_each(&shop).await, ["", "c 1.0.1", "RK-PREPARE-RELEASE-PENDING"], "one stops no other");
    assert_eq!(release(&shop, &[]).await, ["a-v1.1.0"]);
    let shop = shop.renewed().await;
    assert_eq!(prepared_each(&shop).await, ["b 1.0.1", "c 1.0.1", ""], "what was left behind follows");
    assert_eq!(open(&shop), [HIGH, BRANCH]);
    let shop = merged_on_forge(shop, BRANCH).await;
    let shop = merged_on_forge(shop, HIGH).await;
    assert_eq!(release(&shop, &[]).await, ["b-v1.0.1", "c-v1.0.1"]);
    assert_eq!(publish(&shop, None).await, ["a 1.1.0", "b 1.0.1", "c 1.0.1"]);
    let shop = shop.renewed().await;
    assert_eq!(prepared_each(&shop).await, ["", "", ""]);
    assert!(open(&shop).is_empty() && shop.planned().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_request_of_which_nothing_is_left_is_closed_beside_others() {
    let mut shop = shop().await.hosted(MemoryForge::everything());
    shop.world.policy.pull_request.per = RequestPer::Group;
    prepared_each(&shop).await;
    let head = shop.head().await;
    let shop = shop.change("c", &format!("Revert \"fix: hum\"\n\nThis reverts commit {head}.")).await;
    assert_eq!(prepared_each(&shop).await, ["", "", "a 1.1.0"]);
    assert_eq!(open(&shop), [LOW]);
}

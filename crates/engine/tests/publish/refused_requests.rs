//! Every write of `prepare` to a forge fails, loses its reply, or is the last that a run does: the next run does what is left.

use std::sync::Arc;

use releasekit_core::forge::MergeMethod;
use releasekit_core::model::CommitId;
use releasekit_core::vcs::Sign;
use releasekit_core::{Diagnostic, ErrorKind, Vcs};
use releasekit_engine::Result;
use releasekit_engine::prepare::{self, PrepareOptions, Prepared};
use releasekit_testkit::faults::{self, Action, Effects, Fault, When};
use releasekit_testkit::memory::vcs::REMOTE;

use crate::shop::Shop;

/// A release that uses all that a forge can do.
async fn shop() -> Shop {
    let shop = Shop::on_forge(&[("a", "1.0.0", &[]), ("b", "1.0.0", &["a"])], 4000).await;
    let mut shop = shop.change("a", "feat: sing").await;
    let policy = &mut shop.world.policy.pull_request;
    (policy.labels, policy.reviewers) = (vec!["release".to_owned()], vec!["ana".to_owned()]);
    (policy.assignees, policy.auto_merge) = (vec!["ben".to_owned()], Some(MergeMethod::Rebase));
    shop
}

/// A change request that is open for a plan of which nothing is left.
async fn emptied() -> Shop {
    let shop = shop().await;
    shop.prepare().await.unwrap();
    let head = shop.head().await;
    shop.change("a", &format!("Revert \"feat: sing\"\n\nThis reverts commit {head}.")).await
}

/// A release that only the forge can sign.
async fn unsigned() -> Shop {
    let mut shop = shop().await;
    shop.world.policy.sign = Sign::Require;
    shop
}

/// Everything that others see: the change requests with their comments, and the branches.
async fn seen(shop: &Shop) -> String {
    let refs = shop.vcs.remote_refs(REMOTE).await.unwrap().refs;
    let branches: Vec<(String, CommitId)> = refs.into_iter().map(|it| (it.name.to_string(), it.commit)).collect();
    shop.forge().look(|content| format!("{:#?} {:#?} {branches:#?}", content.requests, content.comments))
}

async fn run(shop: &Shop, effects: &Effects) -> Result<Prepared> {
    let vcs: Arc<dyn Vcs> = faults::around_vcs(Arc::new(shop.vcs.clone()), effects);
    let session = shop.world.session_on(vcs, faults::wrap(shop.world.backends(), effects));
    prepare::prepare(&session, PrepareOptions::default()).await
}

/// How many effects a whole run has, and what is seen then.
async fn whole(shop: Shop) -> (usize, String) {
    let effects = Effects::default();
    run(&shop, &effects).await.unwrap();
    (effects.count(), seen(&shop).await)
}

async fn is_the_same_in_the_end(shop: impl AsyncFn() -> Shop) {
    let (count, expected) = whole(shop().await).await;
    assert!(count > 2, "{count}");
    for number in 1..=count {
        for when in [When::Before, When::After] {
            let shop = shop().await;
            let effects = Effects::with_fault(Fault { action: Action::Fail, when, number });
            if let Err(error) = run(&shop, &effects).await {
                assert_eq!(error.kind(), ErrorKind::Transient, "{when:?} {number}: {error}");
                let other = shop.elsewhere().await;
                run(&other, &Effects::default())
                    .await
                    .unwrap_or_else(|error| unreachable!("{when:?} {number}: {error}"));
                assert_eq!(seen(&other).await, expected, "{when:?} {number}");
            } else {
                assert_eq!(
                    (when, seen(&shop).await),
                    (When::After, expected.clone()),
                    "{number}: a lost reply is looked for"
                );
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_is_complete_after_the_next_run_wherever_one_stopped() {
    is_the_same_in_the_end(shop).await;
}

#[tokio::test(start_paused = true)]
async fn a_commit_that_the_forge_signs_is_there_after_the_next_run_wherever_one_stopped() {
    is_the_same_in_the_end(unsigned).await;
}

#[tokio::test(start_paused = true)]
async fn a_request_is_closed_after_the_next_run_wherever_one_stopped() {
    is_the_same_in_the_end(emptied).await;
}

#[tokio::test(start_paused = true)]
async fn a_failure_after_the_push_says_that_the_branch_is_there() {
    for (number, expected) in
        [(1, "`releasekit--release--main` is pushed, and its"), (2, "is there as it should be, and")]
    {
        let shop = shop().await;
        if number == 2 {
            shop.forge().meddle(|content| content.people.clear());
            shop.prepare().await.unwrap_err();
        } else {
            shop.forge().meddle(|content| content.people.clear());
        }
        let error = shop.prepare().await.unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
        assert_eq!(error.kind(), ErrorKind::Invalid);
        assert_eq!(error.help().as_deref(), Some("run the same command again: it does what is left"));
    }
}

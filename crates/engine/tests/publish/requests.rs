//! The change request of a release branch: what is opened, what people make of it, and when it is closed.

use releasekit_core::forge::{ChangeRequest, ChangeRequestState, MergeMethod};
use releasekit_core::model::{BranchName, CommitId, ObjectId};
use releasekit_core::vcs::{Expected, Pushed, RefName, RefUpdate, Sign};
use releasekit_core::{Diagnostic, ErrorKind, Forge, Vcs};
use releasekit_engine::prepare::Prepared;
use releasekit_engine::recording;
use releasekit_engine::request::{Leftover, Opened, PENDING, Request};
use releasekit_testkit::memory::forge::{ForgeFault, MemoryForge, StoredRequest};
use releasekit_testkit::memory::vcs::REMOTE;

use crate::shop::{BRANCH, Shop};

/// Two packages on a forge, of which the first has a feature to release.
async fn shop() -> Shop {
    let shop = Shop::on_forge(&[("a", "1.0.0", &[]), ("b", "1.0.0", &["a"])], 4000).await;
    shop.change("a", "feat: sing").await
}

/// The one open change request.
fn open(shop: &Shop) -> ChangeRequest {
    let is_open = |stored: &&StoredRequest| stored.request.state == ChangeRequestState::Open && !stored.is_of_fork;
    let mut found = shop.forge().look(|content| content.requests.iter().filter(is_open).cloned().collect::<Vec<_>>());
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0).request
}

/// What people do to the newest change request.
fn people(shop: &Shop, change: impl FnOnce(&mut ChangeRequest)) {
    shop.forge().meddle(|content| change(&mut content.requests.last_mut().unwrap().request));
}

fn close(request: &mut ChangeRequest) {
    (request.state, request.closed_by) = (ChangeRequestState::Closed, Some("ana".to_owned()));
}

fn opened(prepared: &Prepared) -> (Option<u64>, Opened) {
    match &prepared.request {
        Request::Open(shown, opened) => (shown.number, *opened),
        other => unreachable!("it is open: {other:?}"),
    }
}

async fn tip(shop: &Shop) -> Option<CommitId> {
    shop.vcs.remote_refs(REMOTE).await.unwrap().branch(&BranchName::new(BRANCH)).map(|tip| tip.commit.clone())
}

async fn delete_branch(shop: &Shop) {
    let tip = tip(shop).await.expect("it is there");
    let update = RefUpdate::new(RefName::Branch(BranchName::new(BRANCH)), None, Expected::At(ObjectId::from(tip)));
    assert!(matches!(shop.vcs.push(REMOTE, &[update]).await.unwrap(), Pushed::Accepted));
}

/// The commit that took everything back.
async fn reverted(shop: Shop) -> Shop {
    let head = shop.head().await;
    shop.change("a", &format!("Revert \"feat: sing\"\n\nThis reverts commit {head}.")).await
}

#[tokio::test(start_paused = true)]
async fn a_release_is_asked_to_be_merged_once() {
    let shop = shop().await;
    let prepared = shop.prepare().await.unwrap();
    assert_eq!(opened(&prepared), (Some(1), Opened::Created));
    let request = open(&shop);
    assert_eq!(request.title, "chore(release): release 2 packages");
    assert_eq!((request.head.as_str(), request.base.as_str(), request.draft), (BRANCH, "main", false));
    assert_eq!(Some(&request.head_commit), tip(&shop).await.as_ref());
    assert_eq!(request.labels, [PENDING]);
    for part in [
        "<!-- releasekit:begin -->\nMerging this releases 2 packages from `main`.\n",
        "| `a` | 1.0.0 → 1.1.0 | minor |\n| `b` | 1.0.0 → 1.0.1 | patch |\n",
        "<summary><code>a</code> 1.1.0</summary>\n\n### Features\n\n- sing\n\n</details>",
        "<summary><code>b</code> 1.0.1</summary>\n\n### Dependencies\n\n- `a` 1.1.0\n\n</details>",
    ] {
        assert!(request.body.contains(part), "{part}\n{}", request.body);
    }
    assert!(request.body.ends_with("<!-- releasekit:end -->"), "{}", request.body);

    let writes = shop.forge().writes();
    let again = shop.prepare().await.unwrap();
    assert_eq!(opened(&again), (Some(1), Opened::Unchanged));
    assert_eq!(shop.forge().writes(), writes, "a second run writes nothing");

    let shop = shop.change("b", "fix: hum").await;
    let anew = shop.prepare().await.unwrap();
    assert_eq!(opened(&anew), (Some(1), Opened::Updated));
    assert!(open(&shop).body.contains("- hum"));
}

#[tokio::test(start_paused = true)]
async fn what_the_configuration_asks_for_is_there_and_comes_back() {
    let mut shop = shop().await;
    let policy = &mut shop.world.policy.pull_request;
    policy.labels = vec!["release".to_owned()];
    policy.reviewers = vec!["ana".to_owned()];
    policy.assignees = vec!["ben".to_owned()];
    policy.auto_merge = Some(MergeMethod::Squash);
    policy.title = Some("{base}: {count}".to_owned());
    shop.prepare().await.unwrap();
    let first = open(&shop);
    assert_eq!((first.title.as_str(), first.auto_merge), ("main: 2", true));
    assert_eq!((first.labels.len(), first.reviewers.len(), first.assignees.len()), (2, 1, 1));
    people(&shop, |request| {
        request.labels = vec!["mine".to_owned()];
        request.title = "spring".to_owned();
        request.reviewers.clear();
    });
    assert_eq!(opened(&shop.prepare().await.unwrap()).1, Opened::Updated);
    let second = open(&shop);
    assert_eq!(second.labels, [PENDING, "mine", "release"], "ours come back, those of others stay");
    assert_eq!((second.title.as_str(), second.reviewers), ("main: 2", first.reviewers));
    people(&shop, |request| request.labels.clear());
    assert_eq!(opened(&shop.prepare().await.unwrap()).1, Opened::Updated, "labels alone are a change too");
}

#[tokio::test(start_paused = true)]
async fn a_draft_is_opened_as_one_and_stays_what_people_made_of_it() {
    let mut shop = shop().await;
    shop.world.policy.pull_request.draft = true;
    shop.prepare().await.unwrap();
    assert!(open(&shop).draft);
    people(&shop, |request| request.draft = false);
    shop.prepare().await.unwrap();
    assert!(!open(&shop).draft);
}

#[tokio::test(start_paused = true)]
async fn what_people_wrote_stays_and_an_emptied_text_is_filled_again() {
    let shop = shop().await;
    shop.prepare().await.unwrap();
    people(&shop, |request| {
        request.body = format!("Please wait.\r\n{}\r\nThanks!", request.body);
        request.title = "chore(release): the spring release".to_owned();
    });
    let shop = shop.change("b", "fix: hum").await;
    shop.prepare().await.unwrap();
    let request = open(&shop);
    assert!(request.body.starts_with("Please wait.\r\n<!-- releasekit:begin -->\n"), "{}", request.body);
    assert!(request.body.ends_with("<!-- releasekit:end -->\r\nThanks!") && request.body.contains("- hum"));
    assert_eq!(request.title, "chore(release): the spring release");
    people(&shop, |request| request.body.clear());
    shop.prepare().await.unwrap();
    assert!(open(&shop).body.starts_with("<!-- releasekit:begin -->\n"));
}

#[tokio::test(start_paused = true)]
async fn where_people_leave_no_room_their_text_stays_and_that_is_said() {
    let shop = shop().await;
    shop.prepare().await.unwrap();
    let novel = "x".repeat(3900);
    people(&shop, |request| request.body.clone_from(&novel));
    shop.prepare().await.unwrap();
    assert_eq!(open(&shop).body, novel);
    let warnings = shop.warnings();
    assert!(warnings.iter().any(|warning| warning.contains("has no room for what is released")), "{warnings:?}");
}

#[tokio::test(start_paused = true)]
async fn requests_of_forks_and_merged_ones_are_not_ours() {
    let shop = shop().await;
    let branches = || [BRANCH, "main"].map(BranchName::new);
    shop.forge().meddle(|content| {
        let mut merged = ChangeRequest::new(1, "", branches(), CommitId::new("old"));
        merged.state = ChangeRequestState::Merged;
        let theirs = ChangeRequest::new(2, "", branches(), CommitId::new("theirs"));
        content.requests = vec![StoredRequest::new(merged, false), StoredRequest::new(theirs, true)];
    });
    assert_eq!(opened(&shop.prepare().await.unwrap()), (Some(3), Opened::Created));
    let bodies = |shop: &Shop| {
        shop.forge().look(|content| content.requests.iter().map(|it| it.request.body.len()).collect::<Vec<_>>())
    };
    assert_eq!(bodies(&shop)[..2], [0, 0]);
}

#[tokio::test(start_paused = true)]
async fn what_people_closed_is_not_asked_again_for_the_same_plan() {
    for is_deleted in [false, true] {
        let shop = shop().await;
        shop.prepare().await.unwrap();
        people(&shop, close);
        if is_deleted {
            delete_branch(&shop).await;
        }
        let before = (tip(&shop).await, shop.forge().writes());
        // Another clone has never seen the head of the closed one.
        let shop = shop.elsewhere().await;
        let prepared = shop.prepare().await.unwrap();
        let Request::Declined(shown, by) = &prepared.request else { unreachable!("{:?}", prepared.request) };
        assert_eq!((shown.number, by.as_deref()), (Some(1), Some("ana")));
        assert!(prepared.proposed.is_none());
        assert_eq!((tip(&shop).await, shop.forge().writes()), before, "nothing is pushed or written");

        let reopened = shop.reopen().await.unwrap();
        assert_eq!(opened(&reopened), (Some(2), Opened::Created), "a new one, when it is asked for");
        assert_eq!(opened(&shop.prepare().await.unwrap()), (Some(2), Opened::Unchanged));
        people(&shop, close);
        let shop = shop.change("b", "feat: dance").await;
        assert_eq!(
            opened(&shop.prepare().await.unwrap()),
            (Some(3), Opened::Created),
            "another plan is another request"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_change_that_moves_no_version_is_no_other_plan() {
    let shop = shop().await;
    shop.prepare().await.unwrap();
    people(&shop, close);
    let shop = shop.change("a", "fix: sing in tune").await;
    assert!(matches!(shop.prepare().await.unwrap().request, Request::Declined(..)));
}

#[tokio::test(start_paused = true)]
async fn a_closed_request_whose_head_is_gone_is_said_and_another_one_opened() {
    let shop = shop().await;
    shop.prepare().await.unwrap();
    people(&shop, |request| {
        close(request);
        request.head_commit = CommitId::new("gone");
    });
    assert_eq!(opened(&shop.prepare().await.unwrap()), (Some(2), Opened::Created));
    let warnings = shop.warnings();
    assert!(warnings.iter().any(|warning| warning.contains("is to be read no more")), "{warnings:?}");
}

#[tokio::test(start_paused = true)]
async fn where_nothing_is_left_the_request_is_closed_and_the_branch_goes() {
    let shop = shop().await;
    shop.prepare().await.unwrap();
    let shop = reverted(shop).await;
    let prepared = shop.prepare().await.unwrap();
    let Request::Withdrawn(shown, leftover) = &prepared.request else { unreachable!("{:?}", prepared.request) };
    assert_eq!((shown.number, *leftover, tip(&shop).await), (Some(1), Leftover::Deleted, None));
    let comments = shop.forge().look(|content| content.comments.iter().map(|it| it.body.clone()).collect::<Vec<_>>());
    assert!(
        comments.len() == 1 && comments[0].contains("\nNothing is left to be released from `main`"),
        "{comments:?}"
    );

    let writes = shop.forge().writes();
    assert!(matches!(shop.prepare().await.unwrap().request, Request::None), "that is done");
    assert_eq!(shop.forge().writes(), writes);
    let shop = shop.change("a", "feat: sing").await;
    let anew = shop.prepare().await.unwrap();
    assert_eq!(opened(&anew).1, Opened::Created, "what we closed nobody has declined");
}

#[tokio::test(start_paused = true)]
async fn a_branch_with_commits_of_others_stays_when_its_request_is_closed() {
    let shop = shop().await;
    shop.prepare().await.unwrap();
    shop.commit_to_branch(&[("a/notes", "mine")], "docs: more").await;
    let kept = tip(&shop).await;
    let shop = reverted(shop).await;
    let prepared = shop.prepare().await.unwrap();
    assert!(matches!(&prepared.request, Request::Withdrawn(_, Leftover::Kept)), "{:?}", prepared.request);
    assert_eq!(tip(&shop).await, kept);
    let comment = shop.forge().look(|content| content.comments[0].body.clone());
    assert!(comment.ends_with("The branch stays, for it has commits of others."), "{comment}");
}

#[tokio::test(start_paused = true)]
async fn a_run_of_an_older_commit_closes_nothing() {
    let shop = Shop::on_forge(&[("a", "1.0.0", &[])], 4000).await;
    let old =
        Shop { vcs: shop.vcs.clone_at(&shop.world.folder.path().join("old")), world: crate::world::World::new(&[]) };
    let shop = shop.change("a", "feat: sing").await;
    shop.prepare().await.unwrap();
    let mut old = old;
    (old.world.forge, old.world.environment) = (shop.world.forge.clone(), shop.world.environment.clone());
    let tag = shop
        .vcs
        .remote_refs(REMOTE)
        .await
        .unwrap()
        .refs
        .into_iter()
        .find(|it| matches!(it.name, RefName::Tag(_)))
        .unwrap();
    old.vcs.fetch(REMOTE, std::slice::from_ref(&tag.object)).await.unwrap();
    old.vcs.update_refs(&[RefUpdate::new(tag.name, Some(tag.object), Expected::Absent)]).await.unwrap();
    let prepared = old.prepare().await.unwrap();
    assert!(prepared.planned.plan.is_empty() && matches!(prepared.request, Request::None), "{:?}", prepared.request);
    open(&shop);
}

#[tokio::test(start_paused = true)]
async fn without_a_request_and_without_anything_to_release_nothing_is_written() {
    let shop = Shop::on_forge(&[("a", "1.0.0", &[])], 4000).await;
    assert!(matches!(shop.prepare().await.unwrap().request, Request::None));
    let shop = shop.change("a", "feat: sing").await.prepared().await;
    people(&shop, |request| request.state = ChangeRequestState::Merged);
    let writes = shop.forge().writes();
    shop.release().await.unwrap();
    let shop = shop.renewed().await;
    assert!(matches!(shop.prepare().await.unwrap().request, Request::None), "it is merged and released");
    assert_eq!(shop.forge().writes(), writes);
    assert!(tip(&shop).await.is_some(), "a branch that was merged is people's to delete");
}

#[tokio::test(start_paused = true)]
async fn two_runs_at_once_open_one_request() {
    let shop = shop().await;
    let other = Shop { vcs: shop.vcs.clone(), world: crate::world::World::new(&[]) };
    let mut other = other;
    (other.world.forge, other.world.environment) = (shop.world.forge.clone(), shop.world.environment.clone());
    let (one, two) = tokio::join!(shop.prepare(), other.prepare());
    // Who comes second may find the branch elsewhere than it was, which is the same place.
    assert!(one.is_ok() && two.is_ok(), "{one:?} {two:?}");
    open(&shop);
    assert_eq!(opened(&shop.prepare().await.unwrap()), (Some(1), Opened::Unchanged));
}

#[tokio::test(start_paused = true)]
async fn a_dry_run_says_what_would_be_opened_and_does_nothing() {
    let shop = shop().await;
    let session = shop
        .world
        .session_on(crate::recorded::dry(&shop.world, shop.vcs.clone()), recording::dry_run(shop.world.backends()));
    let prepared = releasekit_engine::prepare::prepare(&session, releasekit_engine::prepare::PrepareOptions::default())
        .await
        .unwrap();
    assert_eq!(opened(&prepared), (None, Opened::Created));
    assert_eq!((tip(&shop).await, shop.forge().writes()), (None, 0));
}

#[tokio::test(start_paused = true)]
async fn without_a_token_the_branch_is_pushed_and_the_page_is_named() {
    let mut shop = shop().await;
    shop.world.environment = releasekit_core::Environment::new();
    let prepared = shop.prepare().await.unwrap();
    assert!(prepared.proposed.is_some_and(|proposed| proposed.pushed) && tip(&shop).await.is_some());
    let Request::Unasked { page, .. } = prepared.request else { unreachable!("nobody can be asked") };
    assert_eq!(page.as_deref(), Some("https://forge.test/owner/name/compare/main...releasekit--release--main?open"));
    assert_eq!(shop.forge().writes(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_forge_that_does_not_answer_stops_the_run_before_anything_is_pushed() {
    let shop = shop().await;
    shop.forge().silence(true);
    let error = shop.prepare().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transient);
    assert!(error.to_string().starts_with("`releasekit--release--main` was not pushed, for"), "{error}");
    assert!(tip(&shop).await.is_none());
    shop.forge().silence(false);
    assert_eq!(opened(&shop.prepare().await.unwrap()), (Some(1), Opened::Created));
}

#[tokio::test(start_paused = true)]
async fn what_the_forge_cannot_do_is_left_out_with_a_warning_where_it_was_asked_for() {
    let mut can = MemoryForge::nothing();
    can.request_body.most = 4000;
    let shop = Shop::new(&[("a", "1.0.0", &[])]).await.hosted(can);
    let mut shop = shop.change("a", "feat: sing").await;
    shop.prepare().await.unwrap();
    assert_eq!(shop.warnings(), [""; 0], "labels of ours nobody has asked for");
    let policy = &mut shop.world.policy.pull_request;
    (policy.labels, policy.assignees) = (vec!["release".to_owned()], vec!["ana".to_owned()]);
    policy.auto_merge = Some(MergeMethod::Merge);
    policy.reviewers = vec!["ben".to_owned()];
    shop.prepare().await.unwrap();
    let said: Vec<String> = shop.warnings().iter().map(|it| it.split(" of pull").next().unwrap().to_owned()).collect();
    let knows = |what: &str| format!("the forge knows no {what}");
    assert_eq!(said, [knows("labels"), knows("assignees"), knows("merging by itself")]);
    assert_eq!(open(&shop).reviewers, ["ben"]);
}

#[tokio::test(start_paused = true)]
async fn what_the_forge_would_merge_at_once_is_left_to_people() {
    let mut shop = shop().await;
    shop.prepare().await.unwrap();
    shop.forge().meddle(|content| content.requests[0].is_ready = true);
    shop.world.policy.pull_request.auto_merge = Some(MergeMethod::Merge);
    shop.prepare().await.unwrap();
    assert!(!open(&shop).auto_merge);
    assert!(shop.warnings().iter().any(|warning| warning.contains("merged at once")), "{:?}", shop.warnings());
}

/// A release that has to be signed, where nobody has a key.
async fn unsigned() -> Shop {
    let mut shop = shop().await;
    shop.world.policy.sign = Sign::Require;
    shop
}

/// The branches of the remote.
async fn branches(shop: &Shop) -> Vec<String> {
    let refs = shop.vcs.remote_refs(REMOTE).await.unwrap().refs.into_iter();
    refs.filter_map(|it| if let RefName::Branch(name) = it.name { Some(name.to_string()) } else { None }).collect()
}

#[tokio::test(start_paused = true)]
async fn a_commit_that_must_be_signed_where_there_is_no_key_is_made_by_the_forge_to_the_byte() {
    let shop = unsigned().await;
    let prepared = shop.prepare().await.unwrap();
    assert_eq!(opened(&prepared).1, Opened::Created);
    let made = shop.vcs.commits(&[tip(&shop).await.unwrap()]).await.unwrap().remove(0);
    assert!(made.signed && made.parents == [shop.head().await]);
    assert_eq!(branches(&shop).await, ["main", BRANCH], "the branch that it was made on is gone");

    let mut plain = self::shop().await;
    plain.world.policy.sign = Sign::Never;
    plain.prepare().await.unwrap();
    let expected = plain.vcs.commits(&[tip(&plain).await.unwrap()]).await.unwrap().remove(0);
    assert_eq!((made.tree, made.message.trim_end()), (expected.tree, expected.message.trim_end()));

    let writes = shop.forge().writes();
    assert_eq!(opened(&shop.prepare().await.unwrap()).1, Opened::Unchanged);
    assert_eq!(shop.forge().writes(), writes, "a second run makes no other");
    assert_eq!(shop.vcs.commits(&[tip(&shop).await.unwrap()]).await.unwrap()[0].id, made.id);
}

#[tokio::test(start_paused = true)]
async fn what_another_run_left_on_the_branch_for_signing_is_used_or_goes() {
    let shop = unsigned().await;
    shop.forge().order(ForgeFault::LostReply);
    shop.prepare().await.unwrap();
    let shop = shop.change("b", "fix: hum").await;
    let name = RefName::Branch(BranchName::new(format!("{BRANCH}--signed")));
    let old = ObjectId::from(shop.head().await);
    let left = RefUpdate::new(name, Some(old), Expected::Absent);
    assert!(matches!(shop.vcs.push(REMOTE, &[left]).await.unwrap(), Pushed::Accepted));
    shop.prepare().await.unwrap();
    assert_eq!(branches(&shop).await, ["main", BRANCH]);
    assert!(shop.vcs.commits(&[tip(&shop).await.unwrap()]).await.unwrap()[0].signed);
}

#[tokio::test(start_paused = true)]
async fn a_forge_that_signs_nothing_leaves_it_at_the_refusal() {
    let mut can = MemoryForge::everything();
    can.signed_commits = false;
    let shop = Shop::new(&[("a", "1.0.0", &[])]).await.hosted(can);
    let mut shop = shop.change("a", "feat: sing").await;
    shop.world.policy.sign = Sign::Require;
    let error = shop.prepare().await.unwrap_err();
    assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::Precondition, "there is no key to sign with"));
    assert_eq!((tip(&shop).await, shop.forge().writes()), (None, 0));
}

#[tokio::test(start_paused = true)]
async fn a_commit_that_the_forge_made_otherwise_is_not_taken() {
    let shop = unsigned().await;
    let vcs = shop.vcs.clone().with_strange_commits_there();
    let forge = MemoryForge::new(shop.forge().capabilities()).of(vcs);
    let mut shop = shop;
    shop.world.forge = Some(std::sync::Arc::new(forge));
    let error = shop.prepare().await.unwrap_err();
    assert_eq!(error.code().as_str(), "RK-PREPARE-SIGNED-OTHERWISE");
    assert!(error.to_string().contains("which is not the release commit"), "{error}");
    assert!(tip(&shop).await.is_none());
}

/// A file of the release branch.
async fn prepared(shop: &Shop, file: &str) -> String {
    let tree = shop.vcs.tree(&tip(shop).await.unwrap()).await.unwrap();
    String::from_utf8(tree.read(&crate::world::path(file)).unwrap().unwrap_or_default()).unwrap()
}

#[tokio::test(start_paused = true)]
async fn notes_link_to_the_forge_whether_or_not_it_is_asked() {
    let shop = Shop::on_forge(&[("a", "1.0.0", &[]), ("b", "0.0.0", &["a"])], 4000).await;
    let mut shop = shop.change("a", "feat: sing (#12)").await;
    shop.prepare().await.unwrap();
    let changelog = prepared(&shop, "a/CHANGELOG.md").await;
    let compare = "https://forge.test/owner/name/compare/a-v1.0.0...a-v1.1.0";
    assert!(changelog.contains(&format!("\n## [1.1.0]({compare}) (2023-")), "{changelog}");
    let entry = "\n- sing ([#12](https://forge.test/owner/name/requests/12))\n";
    assert!(changelog.contains(entry) && open(&shop).body.contains(entry), "{changelog}");

    shop.world.environment = releasekit_core::Environment::new();
    assert!(!shop.prepare().await.unwrap().proposed.unwrap().pushed, "without a token it is the same commit");
    shop.world.policy.changelog.links = false;
    shop.prepare().await.unwrap();
    let plain = prepared(&shop, "a/CHANGELOG.md").await;
    assert!(plain.contains("\n## 1.1.0 (2023-") && plain.contains("\n- sing (#12)\n"), "{plain}");
}

#[tokio::test(start_paused = true)]
async fn a_section_with_links_is_replaced_where_its_release_is_superseded() {
    let shop = Shop::on_forge(&[("a", "1.0.0", &[])], 4000).await;
    let shop = shop.change("a", "feat: sing (#12)").await.prepared().await;
    let shop = shop.change("a", "feat!: only sing (#13)").await;
    people(&shop, |request| request.state = ChangeRequestState::Merged);
    shop.supersede().await.unwrap();
    let changelog = prepared(&shop, "a/CHANGELOG.md").await;
    assert_eq!(changelog.matches("\n## [").count(), 1, "{changelog}");
    assert!(changelog.contains("compare/a-v1.0.0...a-v2.0.0"), "{changelog}");
}

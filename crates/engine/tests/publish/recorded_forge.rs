//! A forge under a dry run: what was recorded is seen by what is read afterwards, and the forge is as it was.

use std::sync::Arc;

use releasekit_core::event::Event;
use releasekit_core::forge::{
    AskRequest, AssetFetch, AssetRequest, AutoMergeRequest, ChangeRequestState, ChangeRequestUpsert, CommentUpsert,
    DispatchRequest, ForgeCapabilities, ForgeCommitRequest, ForgeSite, LabelRequest, MergeMethod, Place,
    PublishReleaseRequest, ReleaseUpsert, Written,
};
use releasekit_core::model::{BranchName, CommitId, Digest, TagName};
use releasekit_core::registry::Fetched;
use releasekit_core::{Diagnostic, ErrorKind, Forge};
use releasekit_engine::recording;
use releasekit_testkit::memory::forge::MemoryForge;

use crate::world::World;

/// A forge with one open change request and one tag, and the same under a dry run.
struct Dry {
    world: World,
    real: Arc<MemoryForge>,
    forge: Arc<dyn Forge>,
}

impl Dry {
    async fn new(can: ForgeCapabilities) -> Self {
        let mut world = World::new(&[]);
        world.environment.set("HOUSE_TOKEN", "may write");
        let real = Arc::new(MemoryForge::new(can));
        real.meddle(|content| {
            content.branches.insert(BranchName::new("old"), CommitId::new("tip"));
            content.branches.insert(BranchName::new("new"), CommitId::new("tip"));
            content.tags.insert(tag());
        });
        real.upsert_change_request(&upsert("old", "as it is")).await.value().unwrap();
        world.forge = Some(real.clone());
        let backend = recording::dry_run(world.backends()).forges.remove("house").unwrap();
        let site = ForgeSite::new(Place::of("https://forge.test/o/n").unwrap(), std::time::Duration::from_secs(1));
        let forge = backend.open(&world.context(), &site).unwrap();
        Self { world, real, forge }
    }

    /// What would have changed.
    fn told(&self) -> Vec<String> {
        let effect = |event| match event {
            Event::Effect { what, recorded: true } => Some(what),
            _ => None,
        };
        self.world.seen.all().into_iter().filter_map(effect).collect()
    }
}

fn branches(head: &str) -> [BranchName; 2] {
    [head, "main"].map(BranchName::new)
}

fn tag() -> TagName {
    TagName::new("v1")
}

fn upsert(head: &str, body: &str) -> ChangeRequestUpsert {
    ChangeRequestUpsert::new(branches(head), "title", body)
}

fn kind<T: std::fmt::Debug>(written: Written<T>) -> ErrorKind {
    written.value().unwrap_err().kind()
}

#[tokio::test]
async fn what_a_dry_run_does_to_change_requests_is_seen_and_told_and_not_done() {
    let dry = Dry::new(MemoryForge::everything()).await;
    let [head, base] = branches("old");
    assert!(matches!(dry.forge.upsert_change_request(&upsert("old", "as it is")).await, Written::Unchanged(_)));
    let found = dry.forge.upsert_change_request(&upsert("old", "anew")).await.value().unwrap();
    assert_eq!(dry.forge.change_requests(&head, &base).await.unwrap()[0].body, "anew");

    let labels = LabelRequest::new(found.number, vec!["b".to_owned(), "a".to_owned()]);
    assert_eq!(dry.forge.set_labels(&labels).await.value().unwrap(), ["a", "b"]);
    assert!(matches!(dry.forge.set_labels(&labels).await, Written::Unchanged(_)));
    let ask = AskRequest::new(found.number, vec!["ana".to_owned()]).with_assignees(vec!["ben".to_owned()]);
    assert_eq!(dry.forge.ask(&ask).await.value().unwrap().reviewers, ["ana"]);
    let merge = AutoMergeRequest::new(found.number, found.head_commit.clone(), MergeMethod::Squash);
    assert!(dry.forge.auto_merge(&merge).await.value().unwrap().auto_merge);

    let comment = CommentUpsert::new(found.number, "mark", "bye");
    assert!(matches!(dry.forge.upsert_comment(&comment).await, Written::Created(_)));
    assert!(matches!(dry.forge.upsert_comment(&comment).await, Written::Unchanged(_)));
    assert_eq!(dry.forge.comment(found.number, "mark").await.unwrap().unwrap().text, "bye");
    dry.forge.close_change_request(found.number).await.value().unwrap();
    assert_eq!(dry.forge.change_requests(&head, &base).await.unwrap()[0].state, ChangeRequestState::Closed);

    let expected = [
        "update pull request 1: title",
        "set the labels of pull request 1 to a, b",
        "ask people to take care of pull request 1",
        "have pull request 1 merged once it may be",
        "comment on pull request 1",
        "close pull request 1",
    ];
    assert_eq!(dry.told(), expected);
    assert_eq!(dry.real.writes(), 1, "the one that was there before");
}

#[tokio::test]
async fn a_change_request_that_a_dry_run_would_open_can_be_worked_on() {
    let dry = Dry::new(MemoryForge::everything()).await;
    let opened = dry.forge.upsert_change_request(&upsert("new", "body").with_draft()).await;
    let Written::Created(opened) = opened else { panic!("{opened:?}") };
    assert!(opened.draft && opened.url.contains("compare/main...new"), "the page that opens it by hand: {opened:?}");
    assert!(matches!(dry.forge.upsert_change_request(&upsert("new", "body")).await, Written::Unchanged(_)));
    let labels = LabelRequest::new(opened.number, vec!["a".to_owned()]);
    assert!(matches!(dry.forge.set_labels(&labels).await, Written::Updated(_)));
    assert_eq!(dry.forge.comment(opened.number, "mark").await.unwrap(), None);
    let long = "x".repeat(MemoryForge::everything().request_body.most + 1);
    assert_eq!(kind(dry.forge.upsert_change_request(&upsert("new", &long)).await), ErrorKind::Conflict);
    assert_eq!(dry.told().first().unwrap(), "open a pull request from `new` to `main`: title");
    assert_eq!(dry.real.writes(), 1);
}

#[tokio::test]
async fn what_a_dry_run_does_to_releases_is_seen_and_told_and_not_done() {
    let dry = Dry::new(MemoryForge::everything()).await;
    let release = ReleaseUpsert::new(tag(), "a 1.0.0", "notes").with_draft();
    let Written::Created(draft) = dry.forge.upsert_release(&release).await else { panic!("it was not there") };
    assert!(draft.draft);
    assert!(matches!(dry.forge.upsert_release(&release).await, Written::Unchanged(_)));

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.txt");
    std::fs::write(&file, "hello").unwrap();
    let digest = |text: &str| Digest::sha256(releasekit_testkit::sha256(text.as_bytes()));
    let asset = |text: &str| AssetRequest::new(tag(), "a.txt", file.clone(), (text.len() as u64, digest(text)));
    assert!(matches!(dry.forge.upload_asset(&asset("hello")).await, Written::Created(_)));
    assert!(matches!(dry.forge.upload_asset(&asset("hello")).await, Written::Unchanged(_)));
    assert_eq!(kind(dry.forge.upload_asset(&asset("other")).await), ErrorKind::Conflict);
    let into = folder.path().join("copy");
    let fetched = dry.forge.fetch_asset(&AssetFetch::new(tag(), "a.txt", into.clone(), 100)).await.unwrap();
    assert_eq!((fetched, std::fs::read_to_string(into).unwrap().as_str()), (Fetched::Whole, "hello"));

    let publish = PublishReleaseRequest::new(tag(), true);
    let published = dry.forge.publish_release(&publish).await.value().unwrap();
    assert_eq!((published.draft, published.latest), (false, Some(true)));
    assert!(matches!(dry.forge.publish_release(&publish).await, Written::Unchanged(_)));
    assert!(matches!(dry.forge.upsert_release(&release).await, Written::Unchanged(_)), "it is no draft again");
    let dispatch = DispatchRequest::new("o/other", "released", "{}");
    assert!(matches!(dry.forge.dispatch(&dispatch).await, Written::Created(())));

    let expected = [
        "make the draft of a release of `v1`",
        "upload `a.txt` to the release of `v1`",
        "update the release of `v1`",
        "start what waits for `released` in `o/other`",
    ];
    assert_eq!(dry.told(), expected);
    assert_eq!(dry.real.writes(), 1);
    assert!(dry.real.look(|content| content.releases.is_empty() && content.dispatched.is_empty()));
}

#[tokio::test]
async fn what_the_forge_cannot_do_a_dry_run_refuses_as_well() {
    let dry = Dry::new(MemoryForge::nothing()).await;
    let assign = AskRequest::new(1, Vec::new()).with_assignees(vec!["ana".to_owned()]);
    let merge = AutoMergeRequest::new(1, CommitId::new("tip"), MergeMethod::Merge);
    let kinds = [
        kind(dry.forge.set_labels(&LabelRequest::new(1, Vec::new())).await),
        kind(dry.forge.ask(&assign).await),
        kind(dry.forge.auto_merge(&merge).await),
        kind(dry.forge.upsert_release(&ReleaseUpsert::new(tag(), "t", "")).await),
        kind(dry.forge.publish_release(&PublishReleaseRequest::new(tag(), false)).await),
        kind(dry.forge.dispatch(&DispatchRequest::new("o/n", "e", "{}")).await),
        kind(
            dry.forge
                .commit(&ForgeCommitRequest::new(BranchName::new("b"), CommitId::new("tip"), Vec::new(), "m"))
                .await,
        ),
    ];
    assert_eq!(kinds, [ErrorKind::Unsupported; 7]);
    assert_eq!(dry.told(), [""; 0]);
}

//! Only the release commit is released, and only the release commit is published.

use std::sync::Arc;

use releasekit_core::event::Event;
use releasekit_core::model::{CommitId, PackageName, TagName, Version};
use releasekit_core::vcs::VcsCapabilities;
use releasekit_core::{Diagnostic, Vcs};
use releasekit_engine::cancel::Cancel;
use releasekit_engine::error::Error;
use releasekit_engine::locate::{self, ReleaseCommit};
use releasekit_engine::plan::Status;
use releasekit_engine::publish::{self, PublishReport};
use releasekit_engine::release::{ReleaseOptions, Released};
use releasekit_engine::state::State;
use releasekit_engine::{Result, recording, status};

use crate::line::{Change, Line};
use crate::world::{World, holder, path};

pub(crate) const TAGS: [&str; 2] = ["a-v1.0.0", "b-v1.0.0"];

/// Two packages, prepared on `base` and merged as `release`; `later` stands on it, and `side` beside it.
pub(crate) struct Story {
    pub(crate) world: World,
    pub(crate) line: Line,
}

impl Story {
    pub(crate) fn new() -> Self {
        Self::of(World::new(&[("a", &[]), ("b", &["a"])]))
    }

    fn of(world: World) -> Self {
        let line = Line::new(world.vcs());
        let mut before = World::new(&[]);
        before.package("a", "0.9.0", "");
        before.package("b", "0.9.0", "requires = a\n");
        let mut base = before.committed();
        base.remove(&releasekit_engine::manifest::Manifest::path());
        let merged = world.committed();
        let mut evil = merged.clone();
        evil.insert(path("a/evil"), b"evil".to_vec());
        line.commit("base", &[], &base).commit("release", &["base"], &merged).commit("later", &["release"], &evil);
        line.commit("side", &["release"], &evil).commit("orphan", &[], &base).commit("copy", &["base"], &evil);
        let mut state = line.state();
        (state.head, state.main) = ("later".to_owned(), "later".to_owned());
        drop(state);
        Self { world, line }
    }

    /// The same in a system that can do other things.
    pub(crate) fn able(mut self, change: impl Fn(&mut VcsCapabilities)) -> Self {
        self.line = self.line.able(change);
        self
    }

    /// All tags of the release on one commit of the remote.
    pub(crate) fn tagged(self, at: &str) -> Self {
        self.line.state().there = TAGS.map(|tag| (tag.to_owned(), at.to_owned())).into();
        self
    }

    fn changed(&self, change: Change) {
        change(&mut self.line.state());
    }

    pub(crate) fn session(&self) -> releasekit_engine::Session {
        self.world.session_on(Arc::new(self.line.clone()), self.world.backends())
    }

    pub(crate) async fn release(&self) -> Result<Released> {
        let session = self.session();
        let state = State::take(&session, &holder(), &Cancel::never()).await?;
        crate::world::release(&session, &state, &ReleaseOptions::default()).await
    }

    /// As the command does it: the release is found, and then checked and published.
    pub(crate) async fn publish(&self) -> Result<PublishReport> {
        let session = self.session();
        let remote = self.line.remote_refs("origin").await?;
        let head = self.line.head().await?.commit;
        self.send(locate::tagged(&session, &head, &remote).await?.remove(0)?).await
    }

    async fn publish_named(&self, revision: &str) -> Result<PublishReport> {
        let remote = self.line.remote_refs("origin").await?;
        self.send(locate::tagged_by_name(&self.session(), revision, &remote).await?.remove(0)).await
    }

    async fn send(&self, release: ReleaseCommit) -> Result<PublishReport> {
        let session = self.session();
        let state = State::take(&session, &holder(), &Cancel::never()).await?;
        publish::publish(&session, &release, &state, &self.world.options).await
    }

    /// Asserts that an error says this, and that nothing was built, sent or tagged.
    #[track_caller]
    pub(crate) fn refused<T>(&self, result: Result<T>, code: &str, words: &str) {
        let error = result.map(drop).unwrap_err();
        let text = said(&error);
        assert!(error.code().as_str() == code && text.contains(words), "{code} {words}: {text}");
        assert!(error.help().is_some(), "there is always help");
        assert_eq!((self.world.index().uploads.len(), self.line.state().pushed.len()), (0, 0));
    }
}

/// All of an error, however many it holds.
fn said(error: &dyn Diagnostic) -> String {
    let parts: Vec<String> = error.parts().into_iter().map(said).collect();
    if parts.is_empty() { error.to_string() } else { parts.join("; ") }
}

#[tokio::test(start_paused = true)]
async fn a_release_is_found_tagged_and_published_at_its_own_commit() {
    let story = Story::new();
    assert!(
        matches!(story.release().await.unwrap(), Released::Tagged(tagged) if tagged.release.commit.id.as_str() == "release")
    );
    assert!(matches!(story.release().await.unwrap(), Released::Already(_)));
    assert_eq!(story.line.state().there["a-v1.0.0"], "release");
    assert!(story.publish().await.unwrap().is_complete());
    let wheel = String::from_utf8(story.world.index().bytes("a-1.0.0.bin").unwrap().to_vec()).unwrap();
    assert!(!wheel.contains("evil"), "{wheel}");
}

#[tokio::test(start_paused = true)]
async fn tags_that_lead_elsewhere_are_neither_kept_nor_published() {
    let cases = [
        ("base", "holds no release manifest"),
        ("later", "did not bring the release manifest"),
        ("side", "did not bring the release manifest"),
        ("orphan", "holds no release manifest"),
        ("copy", "is not in the history of HEAD"),
    ];
    for (at, why) in cases {
        let story = Story::new().tagged(at);
        story.refused(story.publish().await, "RK-RELEASE-TAG-CONFLICT", why);
        story.refused(story.release().await, "RK-RELEASE-TAG-CONFLICT", "belongs to release");
    }
}

#[tokio::test(start_paused = true)]
async fn another_manifest_at_the_tags_is_a_conflict() {
    let story = Story::new().tagged("copy");
    let other = World::new(&[("a", &[]), ("b", &["a"]), ("c", &[])]);
    story.line.commit("copy", &["base"], &other.committed()).commit(
        "later",
        &["release", "copy"],
        &story.world.committed(),
    );
    story.refused(story.publish().await, "RK-RELEASE-TAG-CONFLICT", "holds another release manifest");
    story.refused(story.release().await, "RK-RELEASE-TAG-CONFLICT", "belongs to release");
}

#[tokio::test(start_paused = true)]
async fn tags_on_several_commits_are_a_conflict_with_names() {
    let story = Story::new().tagged("release");
    story.line.state().there.insert(TAGS[1].to_owned(), "later".to_owned());
    story.refused(story.publish().await, "RK-RELEASE-TAG-CONFLICT", "`a-v1.0.0` on release, `b-v1.0.0` on later");
    story.refused(story.release().await, "RK-RELEASE-TAG-CONFLICT", "`b-v1.0.0` is at later");
    story.line.state().there.remove(TAGS[1]);
    story.refused(story.publish().await, "RK-PUBLISH-NOT-TAGGED", "b-v1.0.0");
}

#[tokio::test(start_paused = true)]
async fn tags_of_this_clone_have_to_agree() {
    let story = Story::new().tagged("release");
    story.line.state().here.insert(TAGS[0].to_owned(), "later".to_owned());
    story.refused(
        story.publish().await,
        "RK-RELEASE-TAG-CONFLICT",
        "at later in this clone, and at release on the remote",
    );
    story.refused(story.release().await, "RK-RELEASE-TAG-CONFLICT", "at later in this clone");
    let help = story.publish().await.unwrap_err().help().unwrap();
    assert!(help.contains("if the remote is right, run `memory RemoteTags`"), "the system says how: {help}");
    story.line.state().there.clear();
    let help = story.release().await.unwrap_err().help().unwrap();
    assert_eq!(help, "the remote does not have it: run `memory DeleteTag(a-v1.0.0)`, and release again");
    let story = Story::new().tagged("release");
    story.line.state().here.insert(TAGS[0].to_owned(), "release".to_owned());
    assert!(story.publish().await.unwrap().is_complete());
}

#[tokio::test(start_paused = true)]
async fn a_commit_that_is_named_must_be_on_an_allowed_branch() {
    let story = Story::new().tagged("copy");
    story.refused(story.publish_named("copy").await, "RK-RELEASE-NOT-ON-BRANCH", "copy");
    story.refused(story.publish_named("nothing").await, "RK-TEST-VCS-PRECONDITION", "nothing");
    story.refused(story.publish_named("base").await, "RK-RELEASE-NO-MANIFEST", "");
    let story = Story::new();
    story.refused(story.publish_named("release").await, "RK-PUBLISH-NOT-TAGGED", "a-v1.0.0");
    let story = story.tagged("release");
    story.line.state().head = "base".to_owned();
    assert!(story.publish_named("later").await.unwrap().is_complete(), "a later commit leads to it, wherever HEAD is");
}

#[tokio::test(start_paused = true)]
async fn a_branch_that_was_moved_back_holds_nothing_to_publish() {
    let story = Story::new().tagged("release");
    story.line.state().main = "base".to_owned();
    story.refused(story.publish().await, "RK-RELEASE-NOT-ON-BRANCH", "release");
}

#[tokio::test(start_paused = true)]
async fn the_remote_is_asked_again_before_the_tags_go() {
    let cases: [(Change, Option<(&str, &str)>); 4] = [
        (|remote| remote.main = "base".to_owned(), Some(("RK-RELEASE-NOT-ON-BRANCH", "release"))),
        (
            |remote| drop(remote.there.insert(TAGS[0].to_owned(), "side".to_owned())),
            Some(("RK-RELEASE-TAG-CONFLICT", "`a-v1.0.0` is at side")),
        ),
        (|remote| drop(remote.there.insert(TAGS[0].to_owned(), "release".to_owned())), None),
        (|remote| remote.main = "side".to_owned(), None),
    ];
    for (change, expected) in cases {
        let story = Story::new();
        story.line.state().later = Some((1, change));
        let released = story.release().await;
        assert_eq!(story.world.builds().built, ["a", "b"], "it happens while packages are built");
        match expected {
            Some((code, words)) => story.refused(released, code, words),
            None => assert!(matches!(released.unwrap(), Released::Tagged(..))),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_tag_that_is_moved_right_after_the_push_is_no_release() {
    let cases: [(Change, Option<&str>); 3] = [
        (|remote| drop(remote.there.insert(TAGS[0].to_owned(), "side".to_owned())), Some("`a-v1.0.0` is at side")),
        (|remote| drop(remote.there.insert(TAGS[1].to_owned(), "base".to_owned())), Some("`b-v1.0.0` is at base")),
        (|remote| drop(remote.there.insert("c-v1.0.0".to_owned(), "base".to_owned())), None),
    ];
    for (change, expected) in cases {
        let story = Story::new();
        story.line.state().later = Some((2, change));
        let released = story.release().await;
        assert_eq!(story.line.state().pushed, TAGS);
        let Some(words) = expected else {
            assert!(matches!(released.unwrap(), Released::Tagged(..)));
            continue;
        };
        for error in [released.unwrap_err(), story.release().await.unwrap_err()] {
            assert_eq!(error.code().as_str(), "RK-RELEASE-TAG-CONFLICT");
            assert!(said(&error).contains(words), "{}", said(&error));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_clone_without_history_publishes_and_says_what_it_could_not_check() {
    let warned = |story: &Story| {
        let said =
            |event: &Event| matches!(event, Event::Warning { message, .. } if message.contains("could not be checked"));
        story.world.seen.all().iter().any(said)
    };
    let story = Story::new().tagged("release");
    story.line.state().cut = [CommitId::new("later")].into();
    story.line.state().remote_only = [CommitId::new("release")].into();
    assert!(story.publish().await.unwrap().is_complete());
    assert!(warned(&story));

    let story = Story::new().tagged("release");
    story.changed(|state| {
        state.head = "release".to_owned();
        state.cut = [CommitId::new("release")].into();
        state.remote_only = [CommitId::new("later")].into();
    });
    assert!(story.publish().await.unwrap().is_complete());
    assert!(!warned(&story), "the tip is fetched, and shows that the branch holds it");

    let story = Story::new().tagged("orphan");
    story.line.state().cut = [CommitId::new("later")].into();
    story.refused(story.publish().await, "RK-RELEASE-TAG-CONFLICT", "holds no release manifest");
}

#[tokio::test(start_paused = true)]
async fn a_manifest_is_judged_whole() {
    let mut world = World::new(&[("a", &[]), ("b", &["a"])]);
    world.package("hidden", "1.0.0", "private = yes\n");
    for name in ["hidden", "gone"] {
        world.row(name, "1.0.0");
    }
    let world = world.edit(|rows| {
        let mut again = rows[0].clone();
        again.order = 9;
        rows[0].tag = None;
        rows[1].tag = Some(TagName::new("a-v1.0.0"));
        rows[1].path = path("elsewhere");
        rows.push(again);
    });
    let story = Story::of(world);
    for words in [
        "`mem:a` stands 2 times in the manifest, with different rows",
        "`mem:a` has no tag in the manifest",
        "`mem:b` has the path `elsewhere` in the manifest, and the path `b` in its commit",
        "`mem:b` is tagged `a-v1.0.0`",
        "`mem:gone` stands in the manifest and is no package of its commit",
        "`mem:hidden` stands in the manifest and takes no part in releases",
    ] {
        story.refused(story.release().await, "RK-RELEASE-MANIFEST-DRIFT", words);
    }
    assert_eq!(story.world.builds().built.len(), 0);
    let story = story.tagged("release");
    story.refused(story.publish().await, "RK-RELEASE-MANIFEST-DRIFT", "`mem:a` has no tag in the manifest");
}

#[tokio::test(start_paused = true)]
async fn what_only_the_commit_can_tell_stops_publish_too() {
    type Edit = fn(&mut Vec<releasekit_engine::plan::Row>);
    let cases: [(Edit, &str); 4] = [
        (
            |rows| rows[0].next = Some(Version::from_canonical("1.0.1")),
            "`mem:a` is 1.0.0 in the files and 1.0.1 in the manifest",
        ),
        (|rows| rows[0].ecosystem = "python".to_owned(), "has the ecosystem `python` in the manifest"),
        (|rows| rows[1].name = PackageName::new("B"), "`mem:B` stands in the manifest"),
        (
            |rows| (rows[0].tag, rows[1].tag) = (rows[1].tag.clone(), rows[0].tag.clone()),
            "`mem:a` is tagged `b-v1.0.0`",
        ),
    ];
    for (edit, words) in cases {
        let story = Story::of(World::new(&[("a", &[]), ("b", &["a"])]).edit(edit));
        story.refused(story.release().await, "RK-RELEASE-MANIFEST-DRIFT", words);
        let story = story.tagged("release");
        story.refused(story.publish().await, "RK-RELEASE-MANIFEST-DRIFT", words);
    }
}

/// Who writes `skipped` into a row does not want it released.
#[tokio::test(start_paused = true)]
async fn a_row_that_says_that_it_is_not_released_is_drift() {
    for status in [Status::Skipped, Status::Excluded] {
        let story = Story::of(World::new(&[("a", &[]), ("b", &["a"])]).edit(|rows| rows[1].status = status));
        let words = "`mem:b` stands in the manifest, and not as `included`";
        story.refused(story.release().await, "RK-RELEASE-MANIFEST-DRIFT", words);
        let story = story.tagged("release");
        story.refused(story.publish().await, "RK-RELEASE-MANIFEST-DRIFT", words);
    }
}

#[tokio::test(start_paused = true)]
async fn a_row_that_is_there_twice_and_one_without_a_version_are_drift() {
    let world = World::new(&[("a", &[]), ("b", &["a"])]).edit(|rows| {
        rows.push(rows[0].clone());
        rows[1].next = None;
    });
    let story = Story::of(world).tagged("release");
    for words in ["stands 2 times in the manifest, with the same row", "`mem:b` has no version"] {
        story.refused(story.publish().await, "RK-RELEASE-MANIFEST-DRIFT", words);
        story.refused(story.release().await, "RK-RELEASE-MANIFEST-DRIFT", words);
    }
}

#[tokio::test(start_paused = true)]
async fn an_empty_manifest_is_called_one() {
    let story = Story::of(World::new(&[("a", &[]), ("b", &["a"])]).edit(Vec::clear));
    story.refused(story.release().await, "RK-RELEASE-MANIFEST-DRIFT", "names no package");
    story.refused(story.publish().await, "RK-RELEASE-MANIFEST-DRIFT", "names no package");
}

#[tokio::test(start_paused = true)]
async fn the_tags_of_other_formats_that_were_detected_then_are_still_known() {
    let world = World::new(&[("a", &[]), ("b", &["a"])]).edit(|rows| {
        for row in rows {
            row.tag = Some(TagName::new(format!("{}@1.0.0", row.name)));
        }
    });
    let story = Story::of(world);
    story.line.state().there =
        [("a-v0.9.0", "base"), ("a@1.0.0", "release"), ("b-v0.9.0", "base"), ("b@1.0.0", "release")]
            .map(|(tag, at)| (tag.to_owned(), at.to_owned()))
            .into();
    assert!(story.publish().await.unwrap().is_complete());
}

#[tokio::test(start_paused = true)]
async fn status_says_what_publish_would_refuse() {
    let hindrances = async |story: &Story| -> Vec<String> {
        let release = locate::named(&story.session(), "later").await.unwrap().remove(0);
        let remote = story.line.remote_refs("origin").await.unwrap();
        let standing = status::status(&story.session(), &release, &remote).await.unwrap();
        assert_eq!(standing.rows.len(), 2);
        standing.in_the_way.iter().map(|error| error.code().to_string()).collect()
    };
    assert_eq!(hindrances(&Story::new()).await, Vec::<String>::new(), "what is not tagged yet waits for `release`");
    assert_eq!(hindrances(&Story::new().tagged("release")).await, Vec::<String>::new());
    assert_eq!(hindrances(&Story::new().tagged("later")).await, ["RK-RELEASE-TAG-CONFLICT"; 2]);
    let story = Story::new().tagged("release");
    story.line.state().main = "base".to_owned();
    assert_eq!(hindrances(&story).await, ["RK-RELEASE-NOT-ON-BRANCH"]);
    let doubled = World::new(&[("a", &[]), ("b", &["a"])]).edit(|rows| rows.push(rows[0].clone()));
    let story = Story::of(doubled).tagged("release");
    let release = locate::named(&story.session(), "later").await.unwrap().remove(0);
    let error = status::status(&story.session(), &release, &story.line.remote_refs("origin").await.unwrap()).await;
    assert!(matches!(error, Err(Error::ManifestFault(_))), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn a_dry_run_fetches_nothing_to_find_out_about_the_branch() {
    let story = Story::new().tagged("release");
    story.changed(|state| {
        state.head = "release".to_owned();
        state.remote_only = [CommitId::new("later")].into();
    });
    let vcs = Arc::new(story.line.clone());
    let mut backends = story.world.backends();
    backends.add_vcs(releasekit_core::ecosystem::VcsBackend {
        id: "memory",
        open: Arc::new(move |_: &releasekit_core::BackendContext, _: &std::path::Path| {
            Ok(Some(vcs.clone() as Arc<dyn Vcs>))
        }),
    });
    let recorded = recording::dry_run(backends);
    let open = recorded.vcs["memory"].open.clone();
    let vcs = open(&story.world.context(), story.world.folder.path()).unwrap().unwrap();
    let session = story.world.session_on(vcs, recorded);
    let remote = story.line.remote_refs("origin").await.unwrap();
    let release = locate::tagged(&session, &CommitId::new("release"), &remote).await.unwrap().remove(0).unwrap();
    let report = publish::publish(&session, &release, &State::copy(&session).unwrap(), &story.world.options).await;
    assert!(report.unwrap().packages.len() == 2 && story.world.index().uploads.is_empty());
    assert_eq!(story.line.state().remote_only.len(), 1);
}

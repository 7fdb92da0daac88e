//! Pushes to remotes of systems that can do less than git, and tags that are commits.

use std::sync::Arc;

use releasekit_core::ecosystem::VcsBackend;
use releasekit_core::event::Event;
use releasekit_core::model::{BranchName, CommitId, TagName};
use releasekit_core::vcs::VcsCapabilities;
use releasekit_core::{BackendContext, Diagnostic, ErrorKind, Vcs};
use releasekit_engine::release::{ReleaseOptions, Released};
use releasekit_engine::state::State;
use releasekit_engine::{Result, recording};

use crate::only_r::{Story, TAGS};

/// A change of what a system can do.
type Ability = fn(&mut VcsCapabilities);

const COMMITS_TAGS: Ability = |can| can.tag_is_commit = true;
const NO_LEASES: Ability = |can| can.leases = false;
const NO_ATOMIC_PUSH: Ability = |can| can.atomic_push = false;

/// The story's repository, under a dry run.
pub(crate) fn dry(story: &Story) -> Arc<dyn Vcs> {
    let mut backends = story.world.backends();
    let inner: Arc<dyn Vcs> = Arc::new(story.line.clone());
    let open = move |_: &BackendContext, _: &std::path::Path| Ok(Some(inner.clone()));
    backends.add_vcs(VcsBackend { id: "memory", open: Arc::new(open) });
    let backend = recording::dry_run(backends).vcs.remove("memory").unwrap();
    (backend.open)(&story.world.context(), story.world.folder.path()).unwrap().unwrap()
}

async fn rehearse(story: &Story, vcs: Arc<dyn Vcs>) -> Result<Released> {
    let session = story.world.session_on(vcs, story.world.backends());
    let state = State::copy(&session)?;
    crate::world::release(&session, &state, &ReleaseOptions::default()).await
}

#[tokio::test(start_paused = true)]
async fn a_tag_that_is_a_commit_goes_with_its_branch() {
    let story = Story::new().able(COMMITS_TAGS);
    assert!(matches!(story.release().await.unwrap(), Released::Tagged(tagged) if tagged.tags.len() == 2));
    let main = CommitId::new(&story.line.state().main);
    let info = story.line.commits(std::slice::from_ref(&main)).await.unwrap().remove(0);
    assert_eq!(info.parents, [CommitId::new("later")], "one commit for both, on top of what the branch was at");
    let remote = story.line.remote_refs("origin").await.unwrap();
    for name in TAGS {
        let tag = remote.tag(&TagName::new(name)).unwrap();
        assert_eq!((tag.commit.as_str(), tag.object.as_str()), ("release", main.as_str()));
        assert_eq!(story.line.state().here[name], "release", "the clone has it too");
    }
    assert!(matches!(story.release().await.unwrap(), Released::Already(_)));
    assert_eq!(story.line.state().main, main.as_str(), "a second run adds nothing");
    assert!(story.publish().await.unwrap().is_complete());
}

#[tokio::test(start_paused = true)]
async fn a_dry_run_shows_the_branch_that_tags_would_move() {
    let story = Story::new().able(COMMITS_TAGS);
    let vcs = dry(&story);
    assert!(matches!(rehearse(&story, vcs.clone()).await.unwrap(), Released::Tagged(..)));
    let told: Vec<String> = story.world.seen.all().into_iter().filter_map(effect).collect();
    let expected = [
        "set branch `main` of `origin`",
        "set tag `a-v1.0.0` of `origin`",
        "set tag `b-v1.0.0` of `origin`",
        "set tag `a-v1.0.0` here",
        "set tag `b-v1.0.0` here",
    ];
    assert_eq!(told, expected, "no branch of the user's is set");
    let main = vcs.remote_refs("origin").await.unwrap().branch(&BranchName::new("main")).unwrap().commit.clone();
    let info = vcs.commits(std::slice::from_ref(&main)).await.unwrap().remove(0);
    assert_eq!(info.parents, [CommitId::new("later")], "what is read afterwards has one commit more");
    assert!(matches!(rehearse(&story, vcs).await.unwrap(), Released::Already(_)));
    let state = story.line.state();
    assert_eq!((state.main.as_str(), state.there.len()), ("later", 0));
}

fn effect(event: Event) -> Option<String> {
    match event {
        Event::Effect { what, recorded: true } => Some(what),
        _ => None,
    }
}

#[tokio::test(start_paused = true)]
async fn a_branch_that_moved_takes_no_tags_and_one_that_is_moved_back_has_none() {
    let story = Story::new().able(COMMITS_TAGS);
    story.line.state().overtaken = Some(|remote| remote.main = "side".to_owned());
    let error = story.release().await.unwrap_err();
    assert_eq!((error.code().as_str(), error.kind()), ("RK-PUSH-REF-MOVED", ErrorKind::Transient), "{error}");
    assert!(error.to_string().contains("branch `main` of `origin` was moved"), "{error}");
    assert!(matches!(story.release().await.unwrap(), Released::Tagged(..)), "the next run looks anew");

    let story = Story::new().able(COMMITS_TAGS);
    story.line.state().later = Some((2, |remote| remote.main = "later".to_owned()));
    let error = story.release().await.unwrap_err();
    assert_eq!(error.code().as_str(), "RK-PUBLISH-NOT-TAGGED");
    assert!(error.to_string().contains(TAGS[0]), "{error}");
}

#[tokio::test(start_paused = true)]
async fn without_leases_the_remote_is_looked_at_right_before_a_push() {
    let story = Story::new().able(NO_LEASES);
    story.line.state().later = Some((2, |remote| drop(remote.there.insert(TAGS[1].to_owned(), "side".to_owned()))));
    story.refused(story.release().await, "RK-PUSH-REF-MOVED", "tag `b-v1.0.0` of `origin` was moved");
    story.line.state().there.clear();
    assert!(matches!(story.release().await.unwrap(), Released::Tagged(..)));
}

#[tokio::test(start_paused = true)]
async fn without_atomic_pushes_it_is_said_which_refs_went() {
    let story = Story::new().able(NO_ATOMIC_PUSH);
    story.line.state().overtaken = Some(|remote| drop(remote.there.insert(TAGS[1].to_owned(), "side".to_owned())));
    let error = story.release().await.unwrap_err();
    assert_eq!(error.code().as_str(), "RK-PUSH-PARTIAL");
    assert!(error.to_string().contains("has tag `a-v1.0.0` by now, and not tag `b-v1.0.0`: "), "{error}");
    story.line.state().there.remove(TAGS[1]);
    assert!(matches!(story.release().await.unwrap(), Released::Tagged(tagged) if tagged.tags.len() == 1));

    let story = Story::new().able(NO_ATOMIC_PUSH);
    story.line.state().overtaken = Some(|remote| {
        remote.there = TAGS.map(|tag| (tag.to_owned(), "side".to_owned())).into();
    });
    story.refused(story.release().await, "RK-PUSH-REF-MOVED", "was moved");
    let story = Story::new().able(NO_ATOMIC_PUSH);
    story.line.state().overtaken = Some(|remote| {
        remote.there = TAGS.map(|tag| (tag.to_owned(), "release".to_owned())).into();
    });
    assert!(matches!(story.release().await.unwrap(), Released::Tagged(..)), "somebody else did the same");
}

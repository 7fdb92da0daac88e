//! What helps is said as the version control system says it.

use releasekit_core::Diagnostic;
use releasekit_core::event::Event;
use releasekit_core::model::CommitId;
use releasekit_engine::prepare::{self, PrepareOptions};

use crate::only_r::Story;

/// The help of every warning.
fn helps(story: &Story) -> Vec<String> {
    let help = |event: Event| match event {
        Event::Warning { help, .. } => help,
        _ => None,
    };
    story.world.seen.all().into_iter().filter_map(help).collect()
}

#[tokio::test(start_paused = true)]
async fn a_clone_behind_its_branch_is_told_how_to_get_on() {
    let story = Story::new();
    {
        let mut state = story.line.state();
        state.head = "base".to_owned();
        state.here = ["a-v0.9.0", "b-v0.9.0"].map(|tag| (tag.to_owned(), "base".to_owned())).into();
        state.there = state.here.clone();
    }
    let prepared = prepare::prepare(&story.session(), PrepareOptions::default()).await.unwrap();
    assert!(prepared.proposed.is_none(), "nothing has happened since");
    assert_eq!(helps(&story), ["run `memory Pull` first, unless base is what should be released"]);
}

#[tokio::test(start_paused = true)]
async fn a_last_release_that_the_remote_has_elsewhere_or_not_at_all_is_refused() {
    let at = |tag: &str, commit: &str| (tag.to_owned(), commit.to_owned());
    for (there, help) in [
        ([at("a-v0.9.0", "release"), at("b-v0.9.0", "base")].to_vec(), "run `memory RemoteTags`"),
        ([at("b-v0.9.0", "base")].to_vec(), "run `memory DeleteTag(a-v0.9.0)`"),
    ] {
        let story = Story::new();
        {
            let mut state = story.line.state();
            state.here = [at("a-v0.9.0", "base"), at("b-v0.9.0", "base")].into();
            state.there = there.into_iter().collect();
            state.head = "base".to_owned();
        }
        let error = prepare::prepare(&story.session(), PrepareOptions::default()).await.unwrap_err();
        assert_eq!(error.code().as_str(), "RK-PREPARE-TAG-DIFFERS");
        assert!(error.help().is_some_and(|said| said.contains(help)), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_clone_that_lacks_history_is_told_how_to_get_it() {
    let story = Story::new().tagged("release");
    story.line.state().cut = [CommitId::new("later")].into();
    story.line.state().remote_only = [CommitId::new("release")].into();
    assert!(story.publish().await.unwrap().is_complete());
    assert_eq!(helps(&story)[..1], ["in a shallow clone `memory History` brings what is missing"]);
}

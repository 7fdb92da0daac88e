//! What installers have to choose once it is live: which packages together, for how long, and what follows where they do not.

use std::time::Duration;

use releasekit_core::event::{Event, Progress, Step};
use releasekit_core::package_manager::Installable;
use releasekit_core::{Diagnostic, ErrorKind};
use releasekit_engine::publish::{Live, Outcome};
use tokio::time::Instant;

use crate::world::World;
use crate::{outcomes, pairs};

/// What installers were asked to choose, in order.
fn asked(world: &World) -> Vec<String> {
    let names =
        |packages: &Vec<Installable>| packages.iter().map(|one| one.name.to_string()).collect::<Vec<_>>().join(" ");
    world.index().resolutions.iter().map(names).collect()
}

/// The progress of the step, in order.
fn shown(world: &World) -> Vec<(String, Progress, Option<String>)> {
    let of_step = |event| match event {
        Event::Step { step: Step::Resolve, package, progress, detail, .. } => {
            Some((package.name.to_string(), progress, detail))
        }
        _ => None,
    };
    world.seen.all().into_iter().filter_map(of_step).collect()
}

#[tokio::test(start_paused = true)]
async fn each_package_is_chosen_with_what_it_installs_before_anything_that_needs_it_is_sent() {
    let mut world = World::new(&[("base", &[]), ("free", &[]), ("mid", &["base"]), ("top", &["mid"])]);
    world.package("tool", "1.0.0", "builds-with = base\n");
    world.row("tool", "1.0.0");
    world.policy.publish.concurrency = 1;
    world.index().unseen.insert("base".to_owned(), 2);
    assert!(world.publish().await.unwrap().is_complete());
    let asked = asked(&world);
    assert_eq!(asked[..3], ["base", "base", "base"], "it is asked for until it is chosen: {asked:?}");
    for (name, together) in [("mid", "base mid"), ("top", "base mid top"), ("free", "free"), ("tool", "tool")] {
        assert_eq!(asked.iter().filter(|asked| *asked == together).count(), 1, "{name}: {asked:?}");
    }
    assert_eq!(asked.len(), 7);
    let base: Vec<_> = shown(&world).into_iter().filter(|(name, ..)| name == "base").collect();
    let progress: Vec<Progress> = base.iter().map(|(_, progress, _)| *progress).collect();
    assert_eq!(progress, [Progress::Started, Progress::Waiting, Progress::Done]);
    let said = base[1].2.as_deref().unwrap();
    assert_eq!(said, "installers do not choose `base` yet; asking again for up to 30 s");
}

/// To say that it is live would be a lie then.
#[tokio::test(start_paused = true)]
async fn what_is_dropped_after_it_was_listed_is_said_to_be_gone() {
    let world = World::new(&[("base", &[]), ("top", &["base"])]);
    world.index().unseen.insert("base".to_owned(), usize::MAX);
    let dropping = async {
        tokio::time::sleep(Duration::from_secs(15)).await;
        world.index().remove("base-1.0.0.src");
    };
    let (report, ()) = tokio::join!(world.publish(), dropping);
    let report = report.unwrap();
    assert_eq!(outcomes(&report), pairs(&[("base", "RK-PUBLISH-NOT-VISIBLE"), ("top", "blocked by mem:base")]));
    let Outcome::Failed(error) = &report.packages[0].outcome else { unreachable!() };
    assert!(error.to_string().contains("`base-1.0.0.src`"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn what_is_never_chosen_stops_its_dependents_and_is_not_sent_again() {
    let world = World::new(&[("base", &[]), ("top", &["base"])]);
    world.index().unseen.insert("base".to_owned(), usize::MAX);
    let start = Instant::now();
    let report = world.publish().await.unwrap();
    assert!((29..35).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());
    let expected = pairs(&[("base", "RK-PUBLISH-NOT-RESOLVABLE"), ("top", "blocked by mem:base")]);
    assert_eq!(outcomes(&report), expected);
    let Outcome::Failed(error) = &report.packages[0].outcome else { unreachable!() };
    assert_eq!(error.kind(), ErrorKind::Transient);
    assert_eq!(error.output().as_deref(), Some("there is no version of it"));
    assert!(
        error.to_string().contains("installers do not choose `base` from http://index.invalid/simple after 30 s"),
        "{error}"
    );
    assert_eq!(report.packages[0].live, Live::Nothing, "nobody can install it");
    assert!(report.receipts.is_empty(), "what is not out has no receipt");
    let uploads = ["base-1.0.0.bin", "base-1.0.0.src"];
    assert_eq!(world.index().uploads, uploads);

    // A run after it asks again, and goes on where the first one stopped.
    world.index().unseen.insert("base".to_owned(), 1);
    let report = world.publish().await.unwrap();
    assert!(report.is_complete(), "{:?}", outcomes(&report));
    assert_eq!(world.index().uploads[..2], uploads);
    assert_eq!(world.index().uploads.len(), 4);
    assert_eq!(world.builds().built.len(), 2, "what was built is still there");
}

#[tokio::test(start_paused = true)]
async fn what_the_tool_could_not_find_out_is_asked_again_where_that_may_help() {
    let world = World::new(&[("a", &[])]);
    world.index().unasked = vec![ErrorKind::Transient, ErrorKind::RateLimited];
    assert!(world.publish().await.unwrap().is_complete());
    assert_eq!(asked(&world).len(), 3);

    let world = World::new(&[("a", &[]), ("b", &[])]);
    world.index().unasked = vec![ErrorKind::Unauthenticated, ErrorKind::Unauthenticated];
    let report = world.publish().await.unwrap();
    assert_eq!(outcomes(&report), pairs(&[("a", "RK-TEST-FAULT"), ("b", "RK-TEST-FAULT")]));
    assert_eq!(asked(&world).len(), 2, "a login that is missing does not come by waiting");

    let world = World::new(&[("a", &[])]);
    world.index().unasked = vec![ErrorKind::Transient; 1000];
    let report = world.publish().await.unwrap();
    assert_eq!(outcomes(&report), pairs(&[("a", "RK-TEST-FAULT")]));
}

#[tokio::test(start_paused = true)]
async fn installers_are_told_what_artifacts_require_and_what_files_there_are() {
    let world = World::new(&[("base", &[]), ("top", &["base"])]);
    world.builds().extra.insert("top".to_owned(), "requires = third>=2\n".to_owned());
    world.publish().await.unwrap();
    let resolutions = &world.index().resolutions;
    let top = resolutions.last().unwrap().iter().find(|one| one.name.as_str() == "top").unwrap();
    assert!(top.requirements.iter().any(|one| one.name == "third"), "{top:?}");
    assert_eq!(top.files, ["top-1.0.0.bin", "top-1.0.0.src"]);
}

#[tokio::test(start_paused = true)]
async fn a_receipt_needs_no_installer_and_a_comparison_does() {
    let world = World::new(&[("base", &[]), ("top", &["base"])]);
    world.publish().await.unwrap();
    assert_eq!(asked(&world).len(), 2);
    world.publish().await.unwrap();
    assert_eq!(asked(&world).len(), 2);
    let other = world.second_clone();
    other.publish().await.unwrap();
    assert_eq!(asked(&world).len(), 4);
}

#[tokio::test(start_paused = true)]
async fn nobody_is_asked_where_nobody_wants_to_know_or_nothing_was_sent() {
    let mut world = World::new(&[("a", &[])]);
    world.policy.publish.resolve_check = false;
    assert!(world.publish().await.unwrap().is_complete());
    assert!(asked(&world).is_empty() && shown(&world).is_empty());

    let world = World::new(&[("a", &[]), ("b", &["a"])]);
    assert_eq!(outcomes(&world.rehearse().await.unwrap()), pairs(&[("a", "published"), ("b", "published")]));
    assert!(asked(&world).is_empty(), "a dry run has sent nothing that could be chosen");
}

#[tokio::test(start_paused = true)]
async fn stopping_ends_the_questions() {
    let world = World::new(&[("a", &[])]);
    world.index().unseen.insert("a".to_owned(), usize::MAX);
    let stop = async {
        tokio::time::sleep(Duration::from_secs(10)).await;
        world.canceller.cancel();
    };
    let start = Instant::now();
    let (report, ()) = tokio::join!(world.publish(), stop);
    assert!(report.unwrap().cancelled);
    assert!(start.elapsed() < Duration::from_secs(12), "{:?}", start.elapsed());
}

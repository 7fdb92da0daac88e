//! What `check --fix` writes into a work tree that others write to as well.

use std::sync::Arc;

use futures::FutureExt;
use releasekit_core::event::{Event, Reporter};
use releasekit_core::{Diagnostic, FileEdit, Vcs};
use releasekit_engine::findings;
use releasekit_testkit::memory::vcs::MemoryVcs;

use crate::world::{World, path};

/// Writes the lockfile as soon as it is being mended, as somebody does who locks at that moment.
#[derive(Debug)]
struct Meddler(MemoryVcs);

impl Reporter for Meddler {
    fn report(&self, event: Event) {
        if matches!(&event, Event::Phase(text) if text.starts_with("mending")) {
            let written = self.0.write_work_tree(&[FileEdit::write(path("lock.txt"), "theirs")]).now_or_never();
            written.expect("it waits for nobody").expect("it is written");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_somebody_else_wrote_meanwhile_is_kept() {
    let world = World::new(&[]);
    world.builds().checks = true;
    let files = [("workspace.txt", ""), ("lock.txt", "stale"), ("a/package.txt", "name = a\nversion = 1.0.0\n")];
    let vcs = MemoryVcs::new(&world.folder.path().join("checkout"), files.map(|(at, text)| (path(at), text)));
    let mut session = world.session_on(Arc::new(vcs.clone()), world.backends());
    let lock = async || vcs.work_tree().await.unwrap().read(&path("lock.txt")).unwrap().unwrap();
    let reporter = std::mem::replace(&mut session.context.reporter, Arc::new(Meddler(vcs.clone())));
    let snapshot = session.work_tree().await.unwrap();
    let error = findings::work_tree(&session, &snapshot, true).await.unwrap_err();
    assert_eq!(error.code().as_str(), "RK-FILE-CHANGED");
    assert_eq!(lock().await, b"theirs");
    session.context.reporter = reporter;
    let checked = findings::work_tree(&session, &snapshot, true).await.unwrap();
    assert_eq!((checked.findings.len(), checked.fixed), (0, vec![path("lock.txt")]));
    assert_eq!(lock().await, b"a = 1.0.0\n");
}

#[tokio::test(start_paused = true)]
async fn what_nobody_releases_is_not_checked() {
    let world = World::new(&[]);
    world.builds().checks = true;
    let package = |name: &str, more: &str| format!("name = {name}\nversion = 1.0.0\n{more}");
    let (a, b) = (package("a", ""), package("b", "private = by a mark\n"));
    let files = [("workspace.txt", ""), ("lock.txt", ""), ("a/package.txt", a.as_str()), ("b/package.txt", b.as_str())];
    let vcs = MemoryVcs::new(&world.folder.path().join("checkout"), files.map(|(at, text)| (path(at), text)));
    let session = world.session_on(Arc::new(vcs), world.backends());
    findings::work_tree(&session, &session.work_tree().await.unwrap(), false).await.unwrap();
    let phases = world.seen.all().into_iter().filter_map(|event| match event {
        Event::Phase(sentence) => Some(sentence),
        _ => None,
    });
    assert_eq!(phases.collect::<Vec<_>>(), ["checking 1 package"]);
}

//! A repository under a dry run: what was recorded is seen by what is read afterwards, and the repository is as it was.

use std::sync::Arc;

use releasekit_core::ecosystem::VcsBackend;
use releasekit_core::event::Event;
use releasekit_core::model::{BranchName, CommitId, ObjectId, TagName};
use releasekit_core::vcs::{
    BranchTip, CommitRequest, Expected, ExportRequest, Pushed, RefName, RefUpdate, ReplayRequest, Sign, TagRequest,
    VcsCapabilities,
};
use releasekit_core::{BackendContext, Diagnostic, ErrorKind, FileEdit, Vcs};
use releasekit_engine::recording;
use releasekit_testkit::memory::vcs::{MemoryVcs, REMOTE};

use crate::world::{World, path};

/// A repository under a dry run.
pub(crate) fn dry(world: &World, real: MemoryVcs) -> Arc<dyn Vcs> {
    let mut backends = world.backends();
    let open = move |_: &BackendContext, _: &std::path::Path| Ok(Some(Arc::new(real.clone()) as Arc<dyn Vcs>));
    backends.add_vcs(VcsBackend { id: "memory", open: Arc::new(open) });
    let backend = recording::dry_run(backends).vcs.remove("memory").unwrap();
    (backend.open)(&world.context(), world.folder.path()).unwrap().unwrap()
}

/// A repository, and the same under a dry run.
struct Dry {
    world: World,
    real: MemoryVcs,
    vcs: Arc<dyn Vcs>,
    start: CommitId,
}

impl Dry {
    async fn new(change: impl FnOnce(&mut VcsCapabilities)) -> Self {
        let world = World::new(&[]);
        let files = [(path("a/package.txt"), "name = a\n")];
        let real = MemoryVcs::new(&world.folder.path().join("checkout"), files).able(change);
        let vcs = dry(&world, real.clone());
        let start = real.head().await.unwrap().commit;
        Self { world, real, vcs, start }
    }

    async fn commit(&self, parent: &CommitId, file: &str, content: &str, message: &str) -> CommitId {
        let edits = vec![FileEdit::write(path(file), content)];
        let message = message.to_owned();
        let request = CommitRequest::new(parent.clone(), message, 1).with_edits(edits).with_sign(Sign::Require);
        self.vcs.commit(&request).await.unwrap()
    }

    fn tag_request(&self, names: &[&str]) -> TagRequest {
        let tags = names.iter().map(|name| (TagName::new(*name), "message".to_owned())).collect();
        let branch = BranchTip::new(BranchName::new("main"), self.start.clone());
        TagRequest::new(self.start.clone(), branch, 1).with_tags(tags).with_sign(Sign::Require)
    }

    fn told(&self) -> Vec<String> {
        let effect = |event| match event {
            Event::Effect { what, recorded: true } => Some(what),
            _ => None,
        };
        self.world.seen.all().into_iter().filter_map(effect).collect()
    }
}

fn branch_update(expected: Expected, new: &CommitId) -> RefUpdate {
    let name = RefName::Branch(BranchName::new("release"));
    RefUpdate::new(name, Some(ObjectId::from(new.clone())), expected)
}

#[tokio::test]
async fn what_is_made_is_read_like_any_other_and_the_repository_is_as_it_was() {
    let dry = Dry::new(|_| {}).await;
    let before = dry.real.held();
    let first = dry.commit(&dry.start, "a/new", "1", "one").await;
    let second = dry.commit(&first, "a/theirs", "2", "two").await;
    assert_eq!(dry.vcs.tree(&second).await.unwrap().read(&path("a/new")).unwrap(), Some(b"1".to_vec()));
    assert_eq!(dry.vcs.commits(&[second.clone(), dry.start.clone()]).await.unwrap().len(), 2);
    assert_eq!(dry.vcs.resolve(second.as_str()).await.unwrap(), Some(second.clone()));
    let beside = dry.commit(&dry.start, "a/ours", "3", "three").await;
    let request = ReplayRequest::new(vec![first, second], beside).leaving_out(vec![path("a/new")]);
    let replayed = dry.vcs.replay(&request).await.unwrap();
    let into = dry.world.folder.path().join("export");
    dry.vcs.export(&ExportRequest::new(replayed, into.clone())).await.unwrap();
    assert!(into.join("a/ours").exists() && into.join("a/theirs").exists() && !into.join("a/new").exists());
    assert_eq!(dry.vcs.tag(&dry.tag_request(&["v1", "v2"])).await.unwrap().len(), 2);
    assert_eq!(dry.real.held(), before);
    assert!(dry.told().is_empty(), "nothing points to it: {:?}", dry.told());
}

#[tokio::test]
async fn the_objects_lie_in_the_cache_until_the_end() {
    let dry = Dry::new(|_| {}).await;
    let scratch = dry.world.folder.path().join("cache/scratch");
    dry.commit(&dry.start, "a/new", "1", "one").await;
    let lies = |name: &str| {
        std::fs::read_dir(&scratch).unwrap().flatten().any(|it| it.path().extension().is_some_and(|end| end == name))
    };
    assert!(lies("d") && lies("lock"));
    drop(dry.vcs);
    assert!(!lies("d") && !lies("lock"));
}

#[tokio::test]
async fn refs_are_recorded_from_what_is_expected_and_only_so() {
    let dry = Dry::new(|_| {}).await;
    let (vcs, before) = (&dry.vcs, dry.real.held());
    let made = dry.commit(&dry.start, "a/new", "1", "one").await;
    let update = branch_update(Expected::Absent, &made);
    assert!(matches!(vcs.push(REMOTE, std::slice::from_ref(&update)).await.unwrap(), Pushed::Accepted));
    let release = BranchName::new("release");
    assert_eq!(vcs.remote_refs(REMOTE).await.unwrap().branch(&release).unwrap().commit, made);
    assert!(matches!(vcs.push(REMOTE, &[update]).await.unwrap(), Pushed::Accepted), "the same again is fine");
    let other = branch_update(Expected::Absent, &dry.start);
    let Pushed::Refused(error) = vcs.push(REMOTE, &[other]).await.unwrap() else { panic!("it was not refused") };
    assert_eq!(error.code().as_str(), "RK-DRY-RUN-CONFLICT");

    let updates = vcs.tag(&dry.tag_request(&["a-v1.0.0"])).await.unwrap();
    assert!(vcs.tags().await.unwrap().is_empty(), "made, and not yet set");
    for _ in 0..2 {
        vcs.update_refs(&updates).await.unwrap();
    }
    assert_eq!(vcs.tags().await.unwrap()[0].commit, dry.start);
    assert_eq!(vcs.resolve("a-v1.0.0").await.unwrap(), Some(dry.start.clone()));
    let moved = RefUpdate::new(updates[0].name.clone(), Some(ObjectId::from(made)), Expected::Absent);
    assert_eq!(vcs.update_refs(&[moved]).await.unwrap_err().code().as_str(), "RK-DRY-RUN-CONFLICT");
    let gone = RefUpdate::new(updates[0].name.clone(), None, Expected::At(updates[0].new.clone().unwrap()));
    vcs.update_refs(&[gone]).await.unwrap();
    assert!(vcs.tags().await.unwrap().is_empty());
    assert_eq!(dry.real.held(), before);
    let told = dry.told();
    let first = ["commit 1 file, `one`", "set branch `release` of `origin`"];
    assert_eq!(told[..2], first, "a commit is told with what points to it");
}

#[tokio::test]
async fn what_the_remote_has_is_fetched_and_thrown_away() {
    let dry = Dry::new(|_| {}).await;
    let other = dry.real.clone_at(&dry.world.folder.path().join("other"));
    let edits = vec![FileEdit::write(path("a/theirs"), "1")];
    let message = "theirs".to_owned();
    let request = CommitRequest::new(dry.start.clone(), message, 1).with_edits(edits).with_sign(Sign::Never);
    let theirs = other.commit(&request).await.unwrap();
    let pushed = other.push(REMOTE, &[branch_update(Expected::Absent, &theirs)]).await.unwrap();
    assert!(matches!(pushed, Pushed::Accepted));
    let before = dry.real.held();
    assert_eq!(dry.vcs.resolve(theirs.as_str()).await.unwrap(), None);
    dry.vcs.fetch(REMOTE, &[ObjectId::from(theirs.clone())]).await.unwrap();
    assert_eq!(dry.vcs.resolve(theirs.as_str()).await.unwrap(), Some(theirs));
    assert_eq!(dry.real.held(), before);
}

#[tokio::test]
async fn a_system_that_can_hold_nothing_apart_is_read_and_nothing_is_made() {
    let dry = Dry::new(|can| can.scratch = false).await;
    let before = dry.real.held();
    assert!(dry.vcs.tree(&dry.start).await.is_ok());
    let edits = vec![FileEdit::write(path("a/new"), "1")];
    let request = CommitRequest::new(dry.start.clone(), "one".to_owned(), 1).with_edits(edits).with_sign(Sign::Never);
    let replay = ReplayRequest::new(vec![dry.start.clone()], dry.start.clone());
    let kinds = [
        dry.vcs.commit(&request).await.unwrap_err().kind(),
        dry.vcs.replay(&replay).await.unwrap_err().kind(),
        dry.vcs.tag(&dry.tag_request(&["v1"])).await.unwrap_err().kind(),
    ];
    assert_eq!(kinds, [ErrorKind::Unsupported; 3]);
    dry.vcs.fetch(REMOTE, &[ObjectId::from(dry.start.clone())]).await.unwrap();
    let error = dry.vcs.fetch(REMOTE, &[ObjectId::new("beef")]).await.unwrap_err();
    assert_eq!(error.code().as_str(), "RK-DRY-RUN-FETCH");
    let help = error.help().unwrap();
    assert!(help.starts_with("run `memory Object") && help.ends_with("` first") && help.contains("beef"), "{help}");
    assert_eq!(dry.real.held(), before);
}

#[tokio::test]
async fn what_would_be_written_to_the_work_tree_is_read_there_and_told() {
    let dry = Dry::new(|_| {}).await;
    let edits = [FileEdit::write(path("a/lock"), "new"), FileEdit::delete(path("a/package.txt"))];
    dry.vcs.write_work_tree(&edits).await.unwrap();
    let tree = dry.vcs.work_tree().await.unwrap();
    assert_eq!(tree.read(&path("a/lock")).unwrap(), Some(b"new".to_vec()));
    assert_eq!(tree.read(&path("a/package.txt")).unwrap(), None);
    assert!(dry.real.status().await.unwrap().is_empty());
    assert_eq!(dry.told(), ["write `a/lock` in the work tree", "delete `a/package.txt` in the work tree"]);
}

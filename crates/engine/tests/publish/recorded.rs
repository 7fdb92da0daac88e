//! A repository under a dry run: what was recorded is seen by what is read afterwards, and the repository is as it was.

use std::sync::Arc;

use releasekit_core::ecosystem::VcsBackend;
use releasekit_core::event::Event;
use releasekit_core::model::{BranchName, CommitId, ObjectId, RepoPath, TagName};
use releasekit_core::vcs::{
    BranchTip, CommitRequest, Expected, ExportRequest, HistoryRequest, Pushed, RefName, RefUpdate, ReplayRequest,
    Scope, Sign, TagRequest,
};
use releasekit_core::{BackendContext, Diagnostic, FileEdit, Vcs};
use releasekit_engine::recording;

use crate::world::{World, commit, path};

/// The world's repository, opened for a dry run.
fn open(world: &World) -> Arc<dyn Vcs> {
    let mut backends = world.backends();
    let inner: Arc<dyn Vcs> = Arc::new(world.vcs());
    let open = move |_: &BackendContext, _: &std::path::Path| Ok(Some(inner.clone()));
    backends.add_vcs(VcsBackend { id: "memory", open: Arc::new(open) });
    let backend = recording::dry_run(backends).vcs.remove("memory").unwrap();
    (backend.open)(&world.context(), world.folder.path()).unwrap().unwrap()
}

fn request(parent: &CommitId, file: &str, content: &str, message: &str) -> CommitRequest {
    let edits = vec![FileEdit::write(path(file), content)];
    CommitRequest { parent: parent.clone(), edits, message: message.to_owned(), time: 1, sign: Sign::Never }
}

fn branch_update(expected: Expected, new: &CommitId) -> RefUpdate {
    let name = RefName::Branch(BranchName::new("release"));
    RefUpdate { name, new: Some(ObjectId::from(new.clone())), expected }
}

#[tokio::test]
async fn a_recorded_commit_is_read_like_any_other() {
    let world = World::new(&[("a", &[])]);
    let vcs = open(&world);
    let real = commit().id;
    let first = vcs.commit(&request(&real, "a/new", "1", "one")).await.unwrap();
    let second = vcs.commit(&request(&first, "a/new", "2", "two")).await.unwrap();
    assert_eq!(vcs.commit(&request(&real, "a/new", "1", "one")).await.unwrap(), first, "the same again is the same");
    let read = |at: &CommitId, file: &str| (at.clone(), path(file));
    for ((at, file), expected) in [
        (read(&real, "a/new"), None),
        (read(&first, "a/new"), Some(b"1".to_vec())),
        (read(&second, "a/new"), Some(b"2".to_vec())),
    ] {
        assert_eq!(vcs.tree(&at).await.unwrap().read(&file).unwrap(), expected);
    }
    assert!(vcs.tree(&second).await.unwrap().read(&path("a/package.txt")).unwrap().is_some());
    let between = vcs.commits_between(&real, &second).await.unwrap();
    assert_eq!(between.iter().map(|info| info.message.as_str()).collect::<Vec<_>>(), ["one", "two"]);
    assert_eq!(between[1].parents, std::slice::from_ref(&first));
    assert_eq!(vcs.ancestors_among(&[real.clone(), first.clone()], &second).await.unwrap(), [true, true]);
    assert_eq!(vcs.ancestors_among(std::slice::from_ref(&second), &first).await.unwrap(), [false]);
    assert_eq!(vcs.resolve(second.as_str()).await.unwrap(), Some(second.clone()));
    let contents: Vec<_> =
        vcs.path_runs(&second, &path("a/new")).await.unwrap().into_iter().map(|run| run.content).collect();
    assert_eq!(contents, [Some(b"2".to_vec()), Some(b"1".to_vec()), None]);
    let runs = vcs.path_runs(&second, &path("a/package.txt")).await.unwrap();
    assert_eq!((runs.len(), &runs[0].newest, &runs[0].oldest), (1, &second, &real));
}

#[tokio::test]
async fn a_recorded_commit_touches_the_packages_it_changes() {
    let world = World::new(&[("a", &[]), ("b", &[])]);
    let vcs = open(&world);
    let made = vcs.commit(&request(&commit().id, "a/deep/new", "1", "one")).await.unwrap();
    let scope = |folder: &str, globs: &[&str], ignore: &[&str]| Scope {
        folder: path(folder),
        globs: globs.iter().map(|glob| (*glob).to_owned()).collect(),
        ignore: ignore.iter().map(|file| path(file)).collect(),
        since: None,
    };
    let scopes =
        vec![scope("", &[], &[]), scope("a", &[], &[]), scope("b", &["a/**/new"], &[]), scope("a", &[], &["a/deep"])];
    let history = vcs.history(&HistoryRequest { head: made.clone(), scopes }).await.unwrap();
    assert_eq!(history.commits.len(), 1);
    assert_eq!((&history.commits[0].id, history.commits[0].scopes.as_slice()), (&made, [1, 2].as_slice()));
}

#[tokio::test]
async fn refs_are_recorded_from_what_is_expected_and_only_so() {
    let world = World::new(&[("a", &[])]);
    let vcs = open(&world);
    let made = vcs.commit(&request(&commit().id, "a/new", "1", "one")).await.unwrap();
    let update = branch_update(Expected::Absent, &made);
    assert!(matches!(vcs.push("origin", std::slice::from_ref(&update)).await.unwrap(), Pushed::Accepted));
    let release = BranchName::new("release");
    assert_eq!(vcs.remote_refs("origin").await.unwrap().branch(&release).unwrap().commit, made);
    assert!(vcs.remote_refs("elsewhere").await.unwrap().branch(&release).is_none());
    assert!(matches!(vcs.push("origin", &[update]).await.unwrap(), Pushed::Accepted), "the same again is fine");
    let other = branch_update(Expected::Absent, &commit().id);
    let Pushed::Refused(error) = vcs.push("origin", &[other]).await.unwrap() else { panic!("it was not refused") };
    assert_eq!(error.code().as_str(), "RK-DRY-RUN-CONFLICT");

    let tags = vec![(TagName::new("a-v1.0.0"), "message".to_owned())];
    let branch = BranchTip { name: BranchName::new("main"), commit: commit().id };
    let request = TagRequest { commit: commit().id, branch, tags, time: 1, sign: Sign::Never };
    let updates = vcs.tag(&request).await.unwrap();
    assert!(vcs.tags().await.unwrap().is_empty(), "made, and not yet set");
    vcs.update_refs(&updates).await.unwrap();
    assert_eq!(vcs.tags().await.unwrap()[0].commit, commit().id);
    assert_eq!(vcs.resolve("a-v1.0.0").await.unwrap(), Some(commit().id));
    let moved = RefUpdate { new: Some(ObjectId::from(made)), ..updates[0].clone() };
    assert_eq!(vcs.update_refs(&[moved]).await.unwrap_err().code().as_str(), "RK-DRY-RUN-CONFLICT");
}

#[tokio::test]
async fn commits_are_replayed_where_they_fit() {
    let world = World::new(&[("a", &[])]);
    let vcs = open(&world);
    let real = commit().id;
    let ours = vcs.commit(&request(&real, "a/ours", "new", "ours")).await.unwrap();
    let theirs = vcs.commit(&request(&real, "a/theirs", "x", "theirs")).await.unwrap();
    let replay = |commit: &CommitId, without: &[RepoPath]| ReplayRequest {
        commits: vec![commit.clone()],
        onto: ours.clone(),
        without: without.to_vec(),
    };
    let replayed = vcs.replay(&replay(&theirs, &[])).await.unwrap();
    let tree = vcs.tree(&replayed).await.unwrap();
    assert_eq!(tree.read(&path("a/theirs")).unwrap(), Some(b"x".to_vec()));
    assert_eq!(tree.read(&path("a/ours")).unwrap(), Some(b"new".to_vec()));
    let clashing = vcs.commit(&request(&real, "a/ours", "other", "clash")).await.unwrap();
    let error = vcs.replay(&replay(&clashing, &[])).await.unwrap_err();
    assert_eq!(error.code().as_str(), "RK-DRY-RUN-CONFLICT");
    assert_eq!(vcs.replay(&replay(&clashing, &[path("a/ours")])).await.unwrap(), ours, "nothing is left of it");
    assert_eq!(vcs.own_changes(&clashing).await.unwrap().paths, [path("a/ours")]);
    assert!(vcs.is_contained(&ours, &replayed).await.unwrap());
    assert!(!vcs.is_contained(&clashing, &replayed).await.unwrap());
}

#[tokio::test]
async fn a_commit_that_exists_is_found_and_not_made() {
    let world = World::new(&[("a", &[])]);
    let vcs = open(&world);
    let first = vcs.commit(&request(&commit().id, "a/new", "1", "one")).await.unwrap();
    vcs.commits(std::slice::from_ref(&first)).await.unwrap();
    let later = CommitRequest { time: 2, ..request(&commit().id, "a/new", "1", "one\n") };
    assert_eq!(vcs.commit(&later).await.unwrap(), first, "another date is no other work");
    let other = request(&commit().id, "a/new", "2", "one");
    assert_ne!(vcs.commit(&other).await.unwrap(), first);
}

#[tokio::test]
async fn an_export_holds_what_was_recorded_and_nothing_is_fetched() {
    let world = World::new(&[("a", &[])]);
    let vcs = open(&world);
    let made = vcs.commit(&request(&commit().id, "a/new", "1", "one")).await.unwrap();
    let into = world.folder.path().join("export");
    let tags = Vec::new();
    vcs.export(&ExportRequest { commit: made.clone(), into: into.clone(), tags }).await.unwrap();
    assert_eq!(std::fs::read(into.join("a/new")).unwrap(), b"1");
    assert!(into.join("a/package.txt").exists());
    vcs.fetch("origin", &[ObjectId::from(made), ObjectId::from(commit().id)]).await.unwrap();
    let error = vcs.fetch("origin", &[ObjectId::new("beef")]).await.unwrap_err();
    assert_eq!(error.code().as_str(), "RK-DRY-RUN-FETCH");
    let help = error.help().unwrap();
    assert!(help.starts_with("run `memory Object") && help.ends_with("` first") && help.contains("beef"), "{help}");
}

#[tokio::test]
async fn what_would_be_written_to_the_work_tree_is_read_there_and_told() {
    let world = World::new(&[("a", &[])]);
    let vcs = open(&world);
    let edits = [FileEdit::write(path("a/lock"), "new"), FileEdit::delete(path("a/package.txt"))];
    vcs.write_work_tree(&edits).await.unwrap();
    let tree = vcs.work_tree().await.unwrap();
    assert_eq!(tree.read(&path("a/lock")).unwrap(), Some(b"new".to_vec()));
    assert_eq!(tree.read(&path("a/package.txt")).unwrap(), None);
    let told: Vec<String> = world
        .seen
        .all()
        .into_iter()
        .filter_map(|event| match event {
            Event::Effect { what, recorded: true } => Some(what),
            _ => None,
        })
        .collect();
    assert_eq!(told, ["write `a/lock` in the work tree", "delete `a/package.txt` in the work tree"]);
}

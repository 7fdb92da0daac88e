//! What is asked of the history.

use std::sync::Arc;

use releasekit_core::ErrorKind::{Invalid, NotFound};
use releasekit_core::FileEdit;
use releasekit_core::model::{CommitId, RepoPath};
use releasekit_core::vcs::{CommitParents, History, HistoryRequest, Judge, Scope};

use super::world::*;
use crate::suite::{Kept, held};

fn scope(folder: &str, since: Option<&CommitId>) -> Scope {
    Scope::new(path(folder)).with_since(since.cloned())
}

async fn history(world: &World, head: &CommitId, scopes: Vec<Scope>) -> Result<History, String> {
    // Whether it was said before changes nothing.
    world.vcs.expect_history(head).await;
    world.vcs.history(&HistoryRequest::new(head.clone(), scopes)).await.told()
}

/// The first lines with the scopes.
fn touched(history: &History) -> Vec<(&str, &[usize])> {
    let first = |text: &'_ str| text.find('\n').unwrap_or(text.len());
    history.commits.iter().map(|it| (&it.message[..first(&it.message)], it.scopes.as_slice())).collect()
}

pub(super) async fn ancestors_are_told_from_strangers(world: &World) -> Kept {
    let head = world.head().await?;
    let (one, two) = (world.commit(&head, "a/x", "2\n").await?, world.commit(&head, "top", "2\n").await?);
    let merge = world.around().merge([&one, &two]);
    let candidates = [merge.clone(), two.clone(), head.clone(), one.clone(), nobodys(&head)];
    let ask = async |from: &CommitId| world.vcs.ancestors_among(&candidates, from).await.told();
    same(ask(&merge).await?, [true, true, true, true, false], "of a merge")?;
    same(ask(&one).await?, [false, false, true, true, false], "of one side")?;
    same(ask(&head).await?, [false, false, true, false, false], "of the root")
}

pub(super) async fn commits_between_come_parents_first(world: &World) -> Kept {
    let head = world.head().await?;
    let (one, two) = (world.commit(&head, "a/x", "2\n").await?, world.commit(&head, "top", "2\n").await?);
    let more = world.commit(&one, "a/x", "3\n").await?;
    let merge = world.around().merge([&more, &two]);
    let found = world.vcs.commits_between(&head, &merge).await.told()?;
    let place = |id: &CommitId| found.iter().position(|info| info.id == *id);
    same(found.len(), 4, "all of them, and the merge")?;
    let places = [place(&one), place(&more), place(&merge)];
    held(places.is_sorted() && places[0].is_some() && place(&two) < place(&merge), "parents before children")?;
    let found = world.vcs.commits_between(&two, &merge).await.told()?;
    same(found.iter().map(|it| it.id.clone()).collect::<Vec<_>>(), [one, more, merge.clone()], "what is hidden")?;
    same(world.vcs.commits_between(&merge, &head).await.told()?.len(), 0, "nothing the other way round")
}

pub(super) async fn parents_between_two_are_those_of_the_commits(world: &World) -> Kept {
    let head = world.head().await?;
    let (one, two) = (world.commit(&head, "a/x", "2\n").await?, world.commit(&head, "top", "2\n").await?);
    let merge = world.around().merge([&one, &two]);
    for (hidden, head) in [(&head, &merge), (&two, &merge), (&merge, &head)] {
        let found = world.vcs.parents_between(hidden, head).await.told()?;
        let commits = world.vcs.commits_between(hidden, head).await.told()?;
        let expected = commits.into_iter().map(|commit| CommitParents::new(commit.id, commit.parents));
        same(found, expected.collect::<Vec<_>>(), "the same commits in the same order")?;
    }
    Ok(())
}

pub(super) async fn own_changes_are_those_of_the_commit(world: &World) -> Kept {
    let head = world.head().await?;
    let edits = vec![write("top", "2\n"), write("new", "1\n"), FileEdit::delete(path("a/x"))];
    let commit = world.vcs.commit(&request(&head, edits, "many")).await.told()?;
    let own = world.vcs.own_changes(&commit).await.told()?;
    same(own.paths, ["a/x", "new", "top"].map(path), "changed, deleted and new files, sorted")?;
    held(!own.beyond_contents && !own.by_hand, "contents of plain files alone")?;
    let root = world.vcs.own_changes(&head).await.told()?;
    same(root.paths.len(), START.len(), "a root changes all of its files")
}

pub(super) async fn a_merge_that_changes_nothing_has_no_changes(world: &World) -> Kept {
    let head = world.head().await?;
    let (one, two) = (world.commit(&head, "a/x", "2\n").await?, world.commit(&head, "top", "2\n").await?);
    let own = world.vcs.own_changes(&world.around().merge([&one, &two])).await.told()?;
    held(own.is_nothing(), format!("what a merge brings is not its own: {own:?}"))
}

pub(super) async fn what_adds_nothing_is_contained(world: &World) -> Kept {
    let head = world.head().await?;
    let (one, two) = (world.commit(&head, "a/x", "2\n").await?, world.commit(&head, "top", "2\n").await?);
    let both = world.commit(&two, "a/x", "2\n").await?;
    let asked = [(&one, &both, true), (&head, &one, true), (&one, &one, true), (&one, &two, false)];
    for (commit, into, expected) in asked {
        same(world.vcs.is_contained(commit, into).await.told()?, expected, "whatever way it has come there")?;
    }
    let clash = world.commit(&head, "a/x", "other\n").await?;
    same(world.vcs.is_contained(&clash, &one).await.told()?, false, "what conflicts")
}

pub(super) async fn a_commit_belongs_to_the_longest_folder(world: &World) -> Kept {
    let head = world.head().await?;
    let deep = world.commit(&head, "a/deep/y", "2\n").await?;
    let beside = world.commit(&deep, "a/x", "2\n").await?;
    let move_ = vec![FileEdit::delete(path("a/x")), write("a/deep/x", "2\n")];
    let moved = world.vcs.commit(&request(&beside, move_, "move")).await.told()?;
    let last = world.commit(&moved, "b/z", "2\n").await?;
    let scopes = ["", "a", "a/deep"].map(|folder| scope(folder, Some(&head))).to_vec();
    let found = history(world, &last, scopes).await?;
    let expected: [(&str, &[usize]); 4] = [("b/z", &[0]), ("move", &[1, 2]), ("a/x", &[1]), ("a/deep/y", &[2])];
    same(touched(&found), expected, "children before parents, each to the longest folder")
}

pub(super) async fn globs_add_and_exceptions_take_away(world: &World) -> Kept {
    let head = world.head().await?;
    let glob = world.commit(&head, "docs/in/a.md", "1\n").await?;
    let folder = world.commit(&glob, "schema/v1/x", "1\n").await?;
    let ignored = world.commit(&folder, "a/gen/x", "1\n").await?;
    let last = world.commit(&ignored, "docs/in/a.txt", "1\n").await?;
    let mut only = scope("a", Some(&head));
    only.globs = ["docs/**/*.md", "schema/*"].map(str::to_owned).to_vec();
    only.ignore = vec![path("a/gen")];
    let found = history(world, &last, vec![only]).await?;
    let expected: [(&str, &[usize]); 2] = [("schema/v1/x", &[0]), ("docs/in/a.md", &[0])];
    same(touched(&found), expected, "globs take files and folders, and exceptions none")
}

pub(super) async fn history_ends_where_each_scope_says(world: &World) -> Kept {
    let head = world.head().await?;
    let one = world.commit(&head, "a/x", "2\n").await?;
    let two = world.commit(&one, "top", "2\n").await?;
    let both = vec![write("a/x", "3\n"), write("top", "3\n")];
    let last = world.vcs.commit(&request(&two, both, "both")).await.told()?;
    let found = history(world, &last, vec![scope("a", Some(&one)), scope("", None)]).await?;
    let expected: [(&str, &[usize]); 3] = [("both", &[0, 1]), ("top", &[1]), ("start", &[1])];
    same(touched(&found), expected, "each scope counts what its own start does not reach")?;
    same(found.cut_at, None, "nothing is cut off")
}

pub(super) async fn merges_are_not_in_the_history_and_what_they_bring_is(world: &World) -> Kept {
    let head = world.head().await?;
    let (one, two) = (world.commit(&head, "a/x", "2\n").await?, world.commit(&head, "top", "2\n").await?);
    let merge = world.around().merge([&one, &two]);
    let last = world.commit(&merge, "a/x", "3\n").await?;
    let found = history(world, &last, vec![scope("", Some(&head))]).await?;
    let mut ids: Vec<CommitId> = found.commits.iter().map(|commit| commit.id.clone()).collect();
    same(ids.first(), Some(&last), "children before parents")?;
    let mut expected = [one, two, last];
    ids.sort();
    expected.sort();
    same(ids, expected, "all that are no merges")
}

/// A file `who` with the number of a scope, or with a word that is nobody's.
#[derive(Debug)]
struct Numbered;

impl Judge for Numbered {
    fn package_files(&self) -> &[&str] {
        &["who"]
    }

    fn owners(&self, _file: &RepoPath, content: &[u8]) -> Option<Vec<usize>> {
        let text = String::from_utf8_lossy(content).trim().to_owned();
        (!text.is_empty()).then(|| text.parse().into_iter().collect())
    }

    fn speaks(&self, message: &str) -> bool {
        message.starts_with("speak")
    }

    fn addresses(&self, message: &str) -> bool {
        message.starts_with("address")
    }
}

async fn judged(world: &World, head: &CommitId, scopes: Vec<Scope>) -> Result<History, String> {
    world.vcs.history(&HistoryRequest::new(head.clone(), scopes).with_judge(Arc::new(Numbered))).await.told()
}

pub(super) async fn a_file_is_whose_the_commits_own_tree_says(world: &World) -> Kept {
    let head = world.head().await?;
    let make = async |parent: &CommitId, edits: Vec<FileEdit>, message: &str| {
        world.vcs.commit(&request(parent, edits, message)).await.told()
    };
    let given = make(&head, vec![write("a/who", "0\n"), write("b/who", "1\n")], "given").await?;
    let old = world.commit(&given, "a/deep/y", "2\n").await?;
    let mut moved = vec![FileEdit::delete(path("a/x")), FileEdit::delete(path("a/deep/y"))];
    moved.extend([FileEdit::delete(path("a/who")), write("c/who", "0\n"), write("c/x", "1\n")]);
    let moved = make(&old, moved, "moved").await?;
    let swapped = make(&moved, vec![write("b/who", "0\n"), write("c/who", "1\n")], "swapped").await?;
    let while_swapped = world.commit(&swapped, "b/z", "2\n").await?;
    let back = make(&while_swapped, vec![write("b/who", "1\n"), write("c/who", "0\n")], "back").await?;
    let lost = make(&back, vec![write("b/in/who", "gone\n"), write("b/in/x", "1\n")], "nobody's").await?;
    let last = make(&lost, vec![FileEdit::delete(path("b/in/who")), write("top", "2\n")], "top").await?;
    let scopes = ["c", "b", ""].map(|folder| scope(folder, Some(&given))).to_vec();
    let found = judged(world, &last, scopes).await?;
    let expected: [(&str, &[usize]); 6] =
        [("top", &[2]), ("back", &[0, 1]), ("b/z", &[0]), ("swapped", &[0, 1]), ("moved", &[0]), ("a/deep/y", &[0])];
    same(touched(&found), expected, "to whom the nearest file of the commit's own tree names")
}

pub(super) async fn merges_that_speak_are_told_with_what_they_bring(world: &World) -> Kept {
    let head = world.head().await?;
    let (one, two) = (world.commit(&head, "a/x", "2\n").await?, world.commit(&head, "top", "2\n").await?);
    let merge = world.around().merge([&one, &two]);
    let scopes = || vec![scope("a", Some(&head)), scope("", Some(&head))];
    let silent = judged(world, &merge, scopes()).await?;
    let merges = |history: &History| {
        let merges = history.commits.iter().filter(|commit| commit.merged_into.is_some());
        merges.map(|commit| (commit.merged_into.clone(), commit.scopes.clone())).collect::<Vec<_>>()
    };
    same(merges(&silent), [], "a merge that says nothing")?;
    let told = world.vcs.history(&HistoryRequest::new(merge, scopes()).with_judge(Arc::new(Talkative))).await.told()?;
    same(merges(&told), [(Some(one), vec![1])], "with what differs from its first parent")
}

pub(super) async fn what_a_merge_took_nothing_of_is_not_told(world: &World) -> Kept {
    let head = world.head().await?;
    let make = async |parent: &CommitId, file: &str, message: &str| {
        world.vcs.commit(&request(parent, vec![write(file, "2\n")], message)).await.told()
    };
    let (one, same_again) = (make(&head, "a/x", "one").await?, make(&head, "a/x", "the same").await?);
    let merge = world.around().merge([&one, &same_again]);
    let scopes = || vec![scope("a", Some(&head))];
    let ids = |history: History| history.commits.into_iter().map(|it| (it.id, it.is_brought)).collect::<Vec<_>>();
    let found = judged(world, &merge, scopes()).await?;
    same(ids(found), [(one.clone(), false)], "its first parent has it all")?;
    let more = make(&same_again, "a/y", "more").await?;
    let merge = world.around().merge([&one, &more]);
    let mut found = ids(judged(world, &merge, scopes()).await?);
    found.sort();
    let mut expected = [(one, false), (same_again, true), (more, true)];
    expected.sort();
    same(found, expected, "where it took something, all are told, with whether it brought them")
}

pub(super) async fn commits_that_address_are_told_with_whose_range_they_lie_in(world: &World) -> Kept {
    let head = world.head().await?;
    let make = async |parent: &CommitId, file: &str, message: &str| {
        world.vcs.commit(&request(parent, vec![write(file, "2\n")], message)).await.told()
    };
    let first = make(&head, "a/x", "address one").await?;
    let second = make(&first, "top", "address two").await?;
    let last = make(&second, "top2", "nobody").await?;
    let scopes = vec![scope("a", Some(&head)), scope("b", Some(&first)), scope("c", Some(&last))];
    let found = judged(world, &last, scopes).await?;
    let told: Vec<_> = found.commits.iter().map(|it| (it.id.clone(), it.scopes.clone(), it.in_range.clone())).collect();
    let expected = [(second, vec![], vec![0, 1]), (first, vec![0], vec![0])];
    same(told, expected, "wherever they count, whether they touch it or not")
}

/// Wants every merge told.
#[derive(Debug)]
struct Talkative;

impl Judge for Talkative {
    fn package_files(&self) -> &[&str] {
        &[]
    }

    fn owners(&self, _file: &RepoPath, _content: &[u8]) -> Option<Vec<usize>> {
        None
    }

    fn speaks(&self, _message: &str) -> bool {
        true
    }
}

pub(super) async fn history_of_what_is_unknown_is_refused(world: &World) -> Kept {
    let head = world.head().await?;
    let ask = async |head: &CommitId, scope| {
        world.vcs.expect_history(head).await;
        world.vcs.history(&HistoryRequest::new(head.clone(), vec![scope])).await
    };
    fails(ask(&nobodys(&head), scope("", None)).await, NotFound, "a head that the clone lacks")?;
    fails(ask(&head, scope("", Some(&nobodys(&head)))).await, NotFound, "a start that the clone lacks")?;
    let mut odd = scope("a", None);
    odd.globs = vec!["docs/[".to_owned()];
    fails(ask(&head, odd).await, Invalid, "what is no glob")
}

pub(super) async fn the_runs_of_a_file_end_where_it_was_not_there(world: &World) -> Kept {
    let head = world.head().await?;
    let first = world.commit(&head, "m", "1\n").await?;
    let other = world.commit(&first, "top", "2\n").await?;
    let last = world.commit(&other, "m", "2\n").await?;
    let runs = world.vcs.path_runs(&last, &path("m")).await.told()?;
    let facts = |at: usize| runs.get(at).map(|run| (&run.newest, &run.oldest, run.content.as_deref(), run.cut));
    same(runs.len(), 3, "two contents, and where it was not there")?;
    same(facts(0), Some((&last, &last, Some(&b"2\n"[..]), false)), "the newest")?;
    same(facts(1), Some((&other, &first, Some(&b"1\n"[..]), false)), "commits that leave it alone are of its run")?;
    same(facts(2), Some((&head, &head, None, false)), "before it was there")
}

pub(super) async fn where_history_is_cut_is_told(world: &World) -> Kept {
    let head = world.head().await?;
    let next = world.commit(&head, "a/x", "2\n").await?;
    held(push(&*world.vcs, &[branch(MAIN, Some(&next), Some(&head))]).await?, "a branch is pushed")?;
    let Some(cut) = world.cut() else { return Ok(()) };
    let found = cut.head().await.told()?;
    same((&found.commit, found.shallow), (&next, true), "the clone says that it is cut off")?;
    same(cut.commits(std::slice::from_ref(&next)).await.told()?[0].parents.len(), 0, "parents it lacks are not named")?;
    let ask = async |since| cut.history(&HistoryRequest::new(next.clone(), vec![scope("a", since)])).await;
    same(ask(None).await.told()?.cut_at, Some(next.clone()), "nothing may be concluded")?;
    same(ask(Some(&next)).await.told()?.cut_at, None, "what is hidden needs no history")?;
    let runs = cut.path_runs(&next, &path("top")).await.told()?;
    held(runs.last().is_some_and(|run| run.cut), "the run of a file ends at the cut")
}

//! How recorded commits appear in what is read of the history.

use globset::GlobBuilder;
use releasekit_core::model::RepoPath;
use releasekit_core::vcs::{History, PathRun, Scope, TouchingCommit};

use super::Made;

/// The history with recorded commits on top; `chain` has the newest first.
pub(super) fn above(mut below: History, chain: &[Made], scopes: &[Scope]) -> History {
    let recorded = chain.iter().filter_map(|made| {
        let scopes: Vec<usize> = (0..scopes.len()).filter(|index| touches(made, scopes, *index)).collect();
        let touched = !scopes.is_empty();
        touched.then(|| TouchingCommit {
            id: made.info.id.clone(),
            message: made.info.message.clone(),
            time: made.info.time,
            scopes,
        })
    });
    below.commits.splice(..0, recorded);
    below
}

fn touches(made: &Made, scopes: &[Scope], index: usize) -> bool {
    let scope = &scopes[index];
    let hidden = scope.since.as_ref() == Some(&made.info.id);
    let counts = |path: &RepoPath| !scope.ignore.iter().any(|ignored| path.starts_with(ignored));
    let owns = |path: &RepoPath| {
        let deeper = |other: &Scope| other.folder.as_str().len() > scope.folder.as_str().len();
        path.starts_with(&scope.folder) && !scopes.iter().any(|other| deeper(other) && path.starts_with(&other.folder))
    };
    let listens = |path: &RepoPath| scope.globs.iter().any(|glob| matches(glob, path));
    !hidden && made.edits.iter().map(|edit| &edit.path).any(|path| counts(path) && (owns(path) || listens(path)))
}

/// Whether a glob means a file, by its own path or by a folder above it.
fn matches(glob: &str, path: &RepoPath) -> bool {
    let Ok(glob) = GlobBuilder::new(glob).literal_separator(true).build() else { return false };
    let matcher = glob.compile_matcher();
    let folders = path.as_str().match_indices('/').map(|(end, _)| &path.as_str()[..end]);
    folders.chain([path.as_str()]).any(|path| matcher.is_match(path))
}

/// Puts a recorded commit on top of the runs of a file.
pub(super) fn put_on_top(runs: &mut Vec<PathRun>, made: &Made, path: &RepoPath) {
    let below = runs.first().and_then(|run| run.content.clone());
    let edited = made.edits.iter().rev().find(|edit| edit.path == *path);
    let content = edited.map_or_else(|| below.clone(), |edit| edit.content.clone());
    let id = made.info.id.clone();
    match runs.first_mut() {
        Some(run) if run.content == content => run.newest = id,
        _ => runs.insert(0, PathRun { newest: id.clone(), oldest: id, content, cut: false }),
    }
}

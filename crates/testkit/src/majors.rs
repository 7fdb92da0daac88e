//! Everything of a workspace moved to its next major version, as comparisons with real repositories do it.

use std::sync::Arc;

use releasekit_core::model::{Bump, Package, PackageName, RepoPath, Version};
use releasekit_core::tree::Overlay;
use releasekit_core::workspace::{EditRequest, Move};
use releasekit_core::{FileEdit, Tree, Workspace};

/// What becomes of a workspace whose packages all move.
#[derive(Debug)]
pub struct Majors {
    /// Those that could be moved.
    pub moves: Vec<Move>,
    /// What that changes.
    pub edits: Vec<FileEdit>,
    /// Every line that differs, before and after.
    pub lines: Vec<(String, String)>,
    /// How many edits it takes to move everything to where it is.
    pub without_a_move: usize,
    /// The files with the edits.
    pub after: Arc<dyn Tree>,
}

impl Majors {
    /// Moves the packages of a root. An edit that adds or takes lines is a panic.
    pub async fn of(workspace: &dyn Workspace, tree: &Arc<dyn Tree>, root: &RepoPath, packages: &[Package]) -> Self {
        let edits = async |moves: Vec<Move>| {
            let request = EditRequest::new(tree.clone(), root.clone(), packages.to_vec(), moves);
            workspace.edits(&request).await.expect("it can be edited")
        };
        let same = |package: &Package| Some(Move::new(package.name.clone(), None, package.version.clone()?));
        let without_a_move = edits(packages.iter().filter_map(same).collect()).await.len();
        let next = |package: &Package| {
            let version = package.version.as_ref()?;
            let next = workspace.scheme().bump(version, Bump::Major, None).ok()?;
            Some(Move::new(package.name.clone(), Some(version.clone()), next))
        };
        let moves: Vec<Move> = packages.iter().filter_map(next).collect();
        let edits = edits(moves.clone()).await;
        let lines = edits.iter().flat_map(|edit| changed(tree.as_ref(), edit)).collect();
        let after = Arc::new(Overlay::new(tree.clone(), edits.clone()));
        Self { moves, edits, lines, without_a_move, after }
    }

    /// What a package that was read again did not follow.
    pub fn left(&self, workspace: &dyn Workspace, package: &Package) -> Vec<String> {
        let to = |name: &PackageName| self.moves.iter().find(|step| step.name == *name).map(|step| &step.to);
        let mut left = Vec::new();
        if to(&package.name).is_some_and(|to| Some(to) != package.version.as_ref()) {
            left.push(format!("NOT MOVED {} is at {:?}", package.name, package.version));
        }
        for need in &package.dependencies {
            let refuses = |to: &Version| !workspace.requirements().satisfies(&need.requirement, to).unwrap_or(false);
            if to(&need.name).is_some_and(refuses) {
                left.push(format!("LEFT {} requires {} {}", package.name, need.name, need.requirement));
            }
        }
        left
    }
}

fn changed(tree: &dyn Tree, edit: &FileEdit) -> Vec<(String, String)> {
    let before = tree.read(&edit.path).expect("memory").unwrap_or_default();
    let lines = |bytes: &[u8]| String::from_utf8_lossy(bytes).split('\n').map(str::to_owned).collect::<Vec<_>>();
    let (before, after) = (lines(&before), lines(edit.content.as_deref().unwrap_or_default()));
    assert_eq!(before.len(), after.len(), "{}", edit.path);
    before.into_iter().zip(after).filter(|(before, after)| before != after).collect()
}

//! Package files of a workspace: they are discovered, moved and pinned.

use std::sync::Arc;

use futures::executor::block_on;
use releasekit_core::model::{Package, RepoPath, Version};
use releasekit_core::requirements::Pin;
use releasekit_core::workspace::{DetectRequest, DiscoverRequest, EditRequest, Move, PinRequest};
use releasekit_core::{BackendError, Diagnostic, Tree, Workspace};

use super::files;
use crate::answer::{Answer, size};

/// What a backend makes of the files in an input, of which the first is called so.
pub(super) fn answer(workspace: &dyn Workspace, input: &[u8], first: &str) -> Answer {
    let tree = files::tree(input, first);
    match block_on(walk(workspace, &tree)) {
        Ok(answer) => answer,
        Err(error) => errors(&error),
    }
}

/// An error with all its parts.
fn errors(error: &dyn Diagnostic) -> Answer {
    error.parts().into_iter().map(errors).fold(Answer::error(error), Answer::and)
}

async fn walk(workspace: &dyn Workspace, tree: &Arc<dyn Tree>) -> Result<Answer, BackendError> {
    let mut answer = Answer::default();
    let mut roots = workspace.detect(&DetectRequest::new(tree.clone())).await?;
    roots.truncate(3);
    if !roots.contains(&RepoPath::root()) {
        roots.push(RepoPath::root());
    }
    for root in roots {
        let request = DiscoverRequest::new(tree.clone(), root.clone());
        answer = answer.and(match workspace.discover(&request).await {
            Ok(found) => {
                of_packages(workspace, tree, root, found.packages).await.unwrap_or_else(|error| errors(&error))
            }
            Err(error) => errors(&error),
        });
    }
    Ok(answer)
}

async fn of_packages(
    workspace: &dyn Workspace,
    tree: &Arc<dyn Tree>,
    root: RepoPath,
    packages: Vec<Package>,
) -> Result<Answer, BackendError> {
    // Every scheme has it.
    let to = Version::from_canonical("99.1.0");
    let moves = packages.iter().map(|package| Move::new(package.name.clone(), None, to.clone())).collect();
    let versions = packages.iter().map(|package| (package.name.clone(), to.clone())).collect();
    let count = packages.len();
    let request = EditRequest::new(tree.clone(), root.clone(), packages.clone(), moves);
    let edits = workspace.edits(&request).await?;
    let request = PinRequest::new(tree.clone(), root, packages, versions).with_pin(Some(Pin::Exact));
    let pins = workspace.pins(&request).await?;
    Ok(Answer::value(format!("{} packages, {} edits, {} pins", size(count), size(edits.len()), size(pins.len()))))
}

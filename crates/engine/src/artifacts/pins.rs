//! What a build is pinned to: the edits for the export, and the requirements that its artifacts must then have.

use std::collections::BTreeMap;
use std::sync::Arc;

use releasekit_core::model::{PackageName, Requirement};
use releasekit_core::tree::Overlay;
use releasekit_core::workspace::PinRequest;
use releasekit_core::{FileEdit, Tree};

use super::Sources;
use crate::error::Result;

/// The pins of a build.
#[derive(Debug, Default)]
pub(super) struct Pinned {
    /// The edits, by workspace.
    pub(super) edits: BTreeMap<usize, Vec<FileEdit>>,
    /// What each package requires once pinned, by its index in the discovery.
    pub(super) requirements: BTreeMap<usize, Vec<Requirement>>,
}

/// Pins every workspace that has a package in the discovery, and reads back what the pinned files say.
pub(super) async fn pin(sources: &Sources) -> Result<Pinned> {
    let mut pinned = Pinned::default();
    for index in 0..sources.snapshot.discovery.workspaces.len() {
        pin_workspace(sources, index, &mut pinned).await?;
    }
    Ok(pinned)
}

async fn pin_workspace(sources: &Sources, index: usize, pinned: &mut Pinned) -> Result<()> {
    let snapshot = &sources.snapshot;
    let workspace = &snapshot.discovery.workspaces[index];
    let files = workspace.files();
    let own = || snapshot.discovery.members.iter().enumerate().filter(|(_, member)| member.workspace == index);
    let request = PinRequest::new(
        snapshot.tree.clone(),
        workspace.root.clone(),
        own().map(|(_, member)| member.package.clone()).collect(),
        sources.versions(index),
    )
    .with_pin(workspace.policy.pin);
    let edits = files.pins(&request).await?;
    let tree: Arc<dyn Tree> = Arc::new(Overlay::new(snapshot.tree.clone(), edits.iter().cloned()));
    let found = files.discover(&workspace.request(tree, &snapshot.policy)).await?.packages.into_iter();
    let mut required: BTreeMap<PackageName, Vec<Requirement>> =
        found.map(|found| (found.name, found.requirements)).collect();
    pinned.edits.insert(index, edits);
    let read = own().map(|(member, it)| (member, required.remove(&it.package.name).unwrap_or_default()));
    pinned.requirements.extend(read);
    Ok(())
}

//! What stands in the way of a release of these crates, as far as it can be known before anything is built.
//!
//! Each rule says whose it is: what cargo refuses to pack binds every registry, what only crates.io refuses is said of crates
//! that go there.

mod files;
mod lockfiles;
mod metadata;
mod needs;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use releasekit_core::ecosystem::BackendContext;
use releasekit_core::model::{RepoPath, Target};
use releasekit_core::package_manager::{CheckRequest, CheckedPackage, Finding};
use releasekit_core::{Code, FileEdit, Label, Result};

use crate::config::INDEX;
use crate::error::Error;
use crate::metadata::{Member, Metadata};
use crate::tool::Bench;

/// The public registry as people write it, besides its index.
const CRATES_IO: &str = "https://crates.io";

/// Everything that stands in the way.
pub(crate) async fn check(context: &BackendContext, request: &CheckRequest) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for home in homes(request) {
        let folder = on_disk(request, home)?;
        let bench = bench(context, request, &folder);
        let metadata = Metadata::of(&bench, home).await?;
        let workspace = Home { request, bench, root: home, metadata: &metadata };
        for subject in workspace.subjects() {
            findings.extend(metadata::findings(&subject));
            findings.extend(needs::findings(&subject));
            findings.extend(files::findings(&subject).await?);
        }
        findings.extend(lockfiles::findings(&workspace).await?);
    }
    Ok(findings)
}

/// The edits that mend what can be mended.
pub(crate) async fn fix(context: &BackendContext, request: &CheckRequest) -> Result<Vec<FileEdit>> {
    let mut edits = Vec::new();
    for home in homes(request) {
        let folder = on_disk(request, home)?;
        let bench = bench(context, request, &folder);
        let metadata = Metadata::of(&bench, home).await?;
        let workspace = Home { request, bench, root: home, metadata: &metadata };
        for subject in workspace.subjects() {
            edits.extend(needs::fix(&subject)?);
        }
        edits.extend(lockfiles::fix(&workspace).await?);
    }
    Ok(edits)
}

/// The workspaces in which something is to be released.
fn homes(request: &CheckRequest) -> BTreeSet<&RepoPath> {
    let released = request.packages.iter().filter(|checked| checked.released && checked.package.aside.is_none());
    released.map(|checked| checked.package.home_in(&request.root)).collect()
}

/// The folder by its real name, for so cargo calls it.
fn on_disk(request: &CheckRequest, home: &RepoPath) -> Result<PathBuf> {
    let folder = home.on_disk(&request.folder);
    Ok(folder.canonicalize().map_err(Error::folder(folder))?)
}

fn bench<'a>(context: &'a BackendContext, request: &'a CheckRequest, folder: &'a Path) -> Bench<'a> {
    let (workplace, offline, timeout) = (request.workplace.as_ref(), request.offline, request.timeout);
    Bench { context, folder, workplace, offline, timeout }
}

/// One workspace of cargo.
struct Home<'a> {
    request: &'a CheckRequest,
    bench: Bench<'a>,
    root: &'a RepoPath,
    metadata: &'a Metadata,
}

impl<'a> Home<'a> {
    /// The crates of it that are to be released and published.
    fn subjects(&'a self) -> impl Iterator<Item = Subject<'a>> {
        let own =
            self.request.packages.iter().filter(|checked| checked.package.home_in(&self.request.root) == self.root);
        let released = own.filter(|checked| checked.released && checked.is_published());
        released.filter_map(|checked| {
            let member = self.metadata.find(checked.package.name.as_str())?;
            Some(Subject { home: self, checked, member })
        })
    }
}

/// One crate that is to be released, and what there is around it.
struct Subject<'a> {
    home: &'a Home<'a>,
    checked: &'a CheckedPackage,
    member: &'a Member,
}

impl Subject<'_> {
    fn name(&self) -> &str {
        &self.member.name
    }

    /// Whether it goes to crates.io, whose rules not every registry has.
    fn is_public(&self) -> bool {
        let is_public = |target: &Target| target.publish_url == INDEX || target.publish_url.starts_with(CRATES_IO);
        self.checked.targets.iter().any(is_public)
    }

    /// Something that is wrong with the package file.
    fn finding(&self, code: Code, message: String, help: impl Into<String>) -> Finding {
        let place = Label::file(self.checked.package.manifest.to_string(), "");
        Finding::new(code, message, place, help)
    }
}

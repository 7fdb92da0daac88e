//! What stands in the way of a release of these packages, as far as it can be known before anything is built.
//!
//! Each rule that concerns an index says where it comes from: the core metadata specification binds all of them, what only
//! PyPI's code (warehouse, `forklift/metadata.py`) refuses is said of packages that go there.

mod files;
mod lockfiles;
mod metadata;
mod needs;

use std::collections::BTreeSet;
use std::ops::Range;

use releasekit_core::ecosystem::BackendContext;
use releasekit_core::model::Package;
use releasekit_core::package_manager::{CheckRequest, CheckedPackage, Finding};
use releasekit_core::{BackendError, Diagnostic, ErrorKind, FileEdit, Label, Result};
use releasekit_formats::manifest::toml::{Reader, Spanned, at};
use releasekit_formats::python::name::normalize;

use crate::homes::homes;
use crate::internal::Siblings;
use crate::lock::Bench;
use crate::pyproject::PyProject;

/// Everything that stands in the way.
///
/// uv reads no lockfile beside a package file that it cannot read, so where one has findings of its own, these alone are told.
pub(crate) async fn check(context: &BackendContext, request: &CheckRequest) -> Result<Vec<Finding>> {
    let mut findings = of_packages(request)?;
    match lockfiles::findings(&bench(context, request), request).await {
        Ok(found) => findings.extend(found),
        Err(error) if error.kind() == ErrorKind::ToolFailed && !findings.is_empty() => {}
        Err(error) => return Err(error),
    }
    Ok(findings)
}

/// The edits that mend what can be mended.
pub(crate) async fn fix(context: &BackendContext, request: &CheckRequest) -> Result<Vec<FileEdit>> {
    lockfiles::fix(&bench(context, request), request).await
}

fn bench<'a>(context: &'a BackendContext, request: &'a CheckRequest) -> Bench<'a> {
    Bench {
        context,
        folder: &request.folder,
        workplace: request.workplace.as_ref(),
        offline: request.offline,
        timeout: request.timeout,
    }
}

fn of_packages(request: &CheckRequest) -> Result<Vec<Finding>> {
    let mut faults = Vec::new();
    let packages: Vec<Package> = request.packages.iter().map(|one| one.package.clone()).collect();
    let repository = repository(request);
    let mut findings = Vec::new();
    let homes = homes(request.tree.as_ref(), &request.root, &packages, &mut faults)?;
    for home in &homes.all {
        let siblings = homes.siblings(home);
        let own = home.manifests().filter_map(|(package, manifest)| Some((&request.packages[package?], manifest)));
        for (checked, manifest) in own.filter(|(checked, _)| checked.released && checked.is_published()) {
            let subject = Subject { request, checked, manifest, siblings: &siblings, repository: &repository };
            findings.extend(metadata::findings(&subject));
            findings.extend(files::findings(&subject)?);
            findings.extend(needs::findings(&subject));
        }
    }
    BackendError::raise(faults)?;
    Ok(findings)
}

fn repository(request: &CheckRequest) -> BTreeSet<String> {
    let here = request.packages.iter().map(|one| &one.package.name);
    here.chain(&request.elsewhere).map(|name| normalize(name.as_str())).collect()
}

/// One package that is to be released, and what there is around it.
struct Subject<'a> {
    request: &'a CheckRequest,
    checked: &'a CheckedPackage,
    manifest: &'a PyProject,
    siblings: &'a Siblings<'a>,
    /// The names of all packages of the repository, in normal form.
    repository: &'a BTreeSet<String>,
}

impl Subject<'_> {
    /// A place in the package file; `why` is said where it is shown.
    fn place(&self, span: Option<Range<usize>>, why: &str) -> Label {
        self.manifest.source.place(span).label(why)
    }

    /// The strings of an array of the package file. What is no such array was told where the file was first read.
    fn strings(&self, path: &[&str]) -> Vec<Spanned> {
        Reader::new(&self.manifest.source).strings(at(&self.manifest.table, path), "")
    }

    /// A string of the package file.
    fn string(&self, path: &[&str]) -> Option<Spanned> {
        Reader::new(&self.manifest.source).string(at(&self.manifest.table, path), "")
    }

    fn name(&self) -> &str {
        self.checked.package.name.as_str()
    }
}

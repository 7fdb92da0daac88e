//! What stands in the way of a release of these packages, as far as it can be known before anything is built.
//!
//! Each rule says whose it is: what npm or pnpm refuse binds every registry, what only people on npmjs.com miss is said of packages
//! that go there.

mod files;
mod lockfiles;
mod metadata;
mod needs;
mod settings;

use releasekit_core::ecosystem::BackendContext;
use releasekit_core::package_manager::{CheckRequest, CheckedPackage, Finding};
use releasekit_core::{BackendError, Code, FileEdit, Label, Result};
use releasekit_formats::npm::credential::key;
use serde_json::Value;

use crate::config::PUBLIC;
use crate::error::Error;
use crate::lock::Desk;
use crate::manifest::Manifest;

/// Everything that stands in the way.
pub(crate) async fn check(context: &BackendContext, request: &CheckRequest) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for subject in subjects(request)? {
        findings.extend(metadata::findings(&subject)?);
        findings.extend(needs::findings(&subject));
        findings.extend(files::findings(&subject)?);
    }
    findings.extend(settings::findings(context, request).await?);
    findings.extend(lockfiles::findings(context, request).await?);
    Ok(findings)
}

/// The edits that mend what can be mended.
pub(crate) async fn fix(context: &BackendContext, request: &CheckRequest) -> Result<Vec<FileEdit>> {
    lockfiles::fix(context, request).await
}

/// Where pnpm may look at lockfiles.
async fn desk<'a>(context: &'a BackendContext, request: &'a CheckRequest) -> Result<Desk<'a>> {
    Desk::for_checks(context, request).await
}

/// One package that is to be released, and what its file says.
struct Subject<'a> {
    request: &'a CheckRequest,
    checked: &'a CheckedPackage,
    manifest: Manifest,
    /// The same as plain values.
    said: Value,
}

/// The packages that are to be released and published.
fn subjects(request: &CheckRequest) -> Result<Vec<Subject<'_>>> {
    let (mut faults, mut all) = (Vec::new(), Vec::new());
    for checked in request.packages.iter().filter(|checked| checked.released && checked.is_published()) {
        let Some(manifest) = Manifest::read(request.tree.as_ref(), &checked.package.path, &mut faults)? else {
            continue;
        };
        match serde_json::from_str(&manifest.source.text) {
            Ok(said) => all.push(Subject { request, checked, manifest, said }),
            Err(error) => {
                faults.push(Error::Manifest { place: manifest.source.place(None), reason: error.to_string() });
            }
        }
    }
    BackendError::raise(faults)?;
    Ok(all)
}

impl Subject<'_> {
    fn name(&self) -> &str {
        self.checked.package.name.as_str()
    }

    /// What `publishConfig` says under a key.
    fn publishing(&self, key: &str) -> Option<&Value> {
        self.said.get("publishConfig")?.get(key).filter(|value| !value.is_null())
    }

    /// Whether it goes to npm's own registry.
    fn is_public(&self) -> bool {
        self.checked.targets.iter().any(|target| key(&target.publish_url) == key(PUBLIC))
    }

    /// Something that is wrong with the package file.
    fn finding(&self, code: Code, message: String) -> Finding {
        let place = Label::file(self.checked.package.manifest.to_string(), "");
        let help = code.help().unwrap_or("change the package file");
        Finding::new(code, message, place, help)
    }
}

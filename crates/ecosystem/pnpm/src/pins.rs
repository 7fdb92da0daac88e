//! The edits that make requirements on siblings what is published, for an export that is built and thrown away.
//!
//! `workspace:` stays before what is pinned, so that it is read back as what it is and an install in the export finds the member;
//! it is [taken away](crate::published) before packing. Nothing is left in a catalog. The lockfile says the same, so that an install
//! may insist on it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use releasekit_core::Requirements as _;
use releasekit_core::model::{DependencyKind, RepoPath, Version};
use releasekit_core::requirements::Pin;
use releasekit_core::workspace::PinRequest;
use releasekit_core::{BackendError, FileEdit, Result, Tree};
use releasekit_formats::manifest::Source;
use releasekit_formats::npm::Requirements;
use releasekit_formats::npm::specifier::{Specifier, Wide};

use crate::config::LOCKFILE;
use crate::edits::{Homes, Rewrites, Versions, set_version};
use crate::error::Error;
use crate::lock::reworded;
use crate::need::{Need, Neighbour};

/// Pins the requirements of packages on those whose versions are given. A version that stands in tags takes the place of what a
/// file says.
pub(crate) fn pins(request: &PinRequest) -> Result<Vec<FileEdit>> {
    let mut faults = Vec::new();
    let mut changes = Rewrites::default();
    let versions: Versions<'_> = request.versions.iter().map(|(name, version)| (name.as_str(), version)).collect();
    let homes = Homes::of(request.tree.as_ref(), &request.root, &[], &request.packages, &mut faults)?;
    for package in request.packages.iter().filter(|package| package.version_file.is_none()) {
        if let Some(to) = versions.get(package.name.as_str()) {
            set_version(homes.files.manifests.get(&package.path), to, &mut changes, &mut faults);
        }
    }
    let mut lockfiles = Vec::new();
    for unit in &homes.units {
        let mut words = Words::new();
        let (settings, manifests) = homes.parts(unit);
        for need in manifests.flat_map(|manifest| Need::of(manifest, settings, &mut Vec::new())) {
            let Some(entry) = need.entry else { continue };
            let found = homes.internal(&need, unit, settings).map(|(neighbour, _)| neighbour);
            let version = found.and_then(|it| versions.get(it.name.as_str()).copied().or(it.version.as_ref()));
            let is_given = found.is_some_and(|it| versions.contains_key(it.name.as_str()));
            let pin = request.pin.filter(|_| is_given && need.kind != DependencyKind::Dev);
            match pinned(&need, found, version, pin) {
                Ok(text) => {
                    changes.rewrite(need.file, &entry.text, &text, &mut faults);
                    words.insert((member(&unit.folder, need.file), need.key, &entry.text.value), text.into_owned());
                }
                Err(source) => {
                    let place = need.source.place(Some(need.text.span.clone()));
                    faults.push(Error::Value { place, source });
                }
            }
        }
        lockfiles.extend(lockfile(request.tree.as_ref(), &unit.folder, &words)?);
    }
    BackendError::raise(faults)?;
    Ok([changes.into_edits(), lockfiles].concat())
}

/// What a member requires under a name becomes: by the member, the name, and what it is now.
type Words<'n> = BTreeMap<(String, &'n str, &'n str), String>;

/// A member as a lockfile calls it: its folder, seen from the root of its workspace.
fn member(home: &RepoPath, file: &Source) -> String {
    let folder = file.file.parent().unwrap_or_default();
    match folder.strip_prefix(home) {
        Some("") | None => ".".to_owned(),
        Some(below) => below.to_owned(),
    }
}

/// The edit of a workspace's lockfile, where it records what was pinned.
fn lockfile(tree: &dyn Tree, home: &RepoPath, words: &Words<'_>) -> Result<Option<FileEdit>> {
    let file = home.join(LOCKFILE).expect("a file name is a legal path");
    // What is no text, or no lockfile, whoever locks tells.
    let Some(before) = tree.read(&file)?.and_then(|bytes| String::from_utf8(bytes).ok()) else { return Ok(None) };
    let after = reworded(&before, |member, name, said| words.get(&(member.to_owned(), name, said)).cloned());
    Ok((after != before).then(|| FileEdit::write(file, after)))
}

/// What is written in the place of a requirement: pinned where it is on a package of a known version, as it is where not.
fn pinned<'t>(
    need: &Need<'t>,
    found: Option<&Neighbour>,
    version: Option<&Version>,
    pin: Option<Pin>,
) -> Result<Cow<'t, str>, BackendError> {
    let text = need.text.value.as_str();
    let Some((neighbour, version)) = found.zip(version) else { return Ok(Cow::Borrowed(text)) };
    let behind = |before: &str, wide: Wide| {
        let operator = match pin {
            None | Some(Pin::Keep) => wide.operator(),
            Some(Pin::Exact) => "",
            Some(Pin::Compatible) => "^",
            Some(Pin::Minimum) => ">=",
        };
        // Build metadata is no part of a range.
        let version = version.as_str().split('+').next().unwrap_or_default();
        Ok(Cow::Owned(format!("{before}{operator}{version}")))
    };
    match (need.specifier(), pin) {
        (Specifier::Versions { range, at, is_workspace: true, .. }, pin) => match (Wide::of(range), pin) {
            (Some(wide), _) => behind(&text[..at], wide),
            (None, Some(pin)) => Requirements.pin(text, version, pin).map(Cow::Owned),
            (None, None) => Ok(Cow::Borrowed(text)),
        },
        (Specifier::Versions { .. }, Some(pin)) => Requirements.pin(text, version, pin).map(Cow::Owned),
        (Specifier::Path(_), _) if need.kind != DependencyKind::Dev => {
            let is_alias = neighbour.name.as_str() != need.key;
            let name = if is_alias { format!("{}@", neighbour.name) } else { String::new() };
            behind(&format!("workspace:{name}"), Wide::Exact)
        }
        _ => Ok(Cow::Borrowed(text)),
    }
}

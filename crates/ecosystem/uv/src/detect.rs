//! Where workspaces of uv are, in a repository that nobody has described.

use std::collections::BTreeSet;
use std::sync::Arc;

use releasekit_core::model::RepoPath;
use releasekit_core::{Result, Tree};

use crate::config::MANIFEST;
use crate::members::{Folders, Ignored, Membership};
use crate::pyproject::PyProject;
use crate::source::Source;

/// A folder with `[tool.uv.workspace]`; its package file may be broken, of which `discover` will speak.
#[derive(Debug)]
struct Root {
    folder: RepoPath,
    manifest: Option<PyProject>,
}

/// The roots of all workspaces. Where there is none, the topmost projects.
///
/// A root inside a member of another workspace is part of that member: a sample, or data of its tests. The outer root
/// counts as a member where it is a project, except for what it excludes.
pub(crate) fn detect(tree: &Arc<dyn Tree>) -> Result<Vec<RepoPath>> {
    let folders = Folders::of(tree.as_ref())?;
    let mut texts = Vec::new();
    for folder in folders.with_manifest() {
        let file = folder.join(MANIFEST).expect("a file name is a legal path");
        if let Some(text) = tree.read(&file)?.and_then(|bytes| String::from_utf8(bytes).ok()) {
            texts.push((folder, Source::new(file, &text)));
        }
    }
    let roots: Vec<Root> = texts.iter().filter_map(|(folder, source)| root(folder, source)).collect();
    if !roots.is_empty() {
        return Ok(outermost(&roots, &folders));
    }
    let mut projects: BTreeSet<RepoPath> = BTreeSet::new();
    for (folder, source) in texts {
        let covered = std::iter::successors(folder.parent(), RepoPath::parent).any(|above| projects.contains(&above));
        if !covered && is_project(folder, source) {
            projects.insert(folder.clone());
        }
    }
    Ok(projects.into_iter().collect())
}

fn root(folder: &RepoPath, source: &Source) -> Option<Root> {
    let text = &source.text;
    let says_so = text.contains("tool.uv.workspace");
    // Reading every package file of a large repository takes longer than all the rest.
    let may_say_so = says_so || (text.contains("workspace") && text.contains("members"));
    if !may_say_so {
        return None;
    }
    let manifest = PyProject::parse(source.clone(), folder.clone(), &mut Vec::new());
    let is_root = manifest.as_ref().map_or(says_so, |manifest| manifest.workspace.is_some());
    is_root.then(|| Root { folder: folder.clone(), manifest })
}

fn is_project(folder: &RepoPath, source: Source) -> bool {
    let manifest = PyProject::parse(source, folder.clone(), &mut Vec::new());
    manifest.is_some_and(|manifest| manifest.managed && manifest.project.is_some())
}

fn outermost(roots: &[Root], folders: &Folders) -> Vec<RepoPath> {
    let mut inside = BTreeSet::new();
    for outer in roots {
        let below = |inner: &&Root| inner.folder != outer.folder && inner.folder.starts_with(&outer.folder);
        let nested: Vec<&RepoPath> = roots.iter().filter(below).map(|inner| &inner.folder).collect();
        if let Some(manifest) = outer.manifest.as_ref().filter(|_| !nested.is_empty()) {
            inside.extend(covered(manifest, folders, nested));
        }
    }
    roots.iter().map(|root| &root.folder).filter(|folder| !inside.contains(folder)).cloned().collect()
}

/// Those of the nested roots that lie in a member of the outer one.
fn covered<'a>(outer: &PyProject, folders: &Folders, nested: Vec<&'a RepoPath>) -> Vec<&'a RepoPath> {
    let Some(globs) = &outer.workspace else { return Vec::new() };
    let membership = Membership::of(outer, globs, &mut Vec::new());
    let members = membership.folders(outer, folders, &Ignored::new(&[]), &mut Vec::new());
    let in_root = |folder: &RepoPath| outer.project.is_some() && !membership.excludes_around(folder);
    let in_member = |folder: &RepoPath| members.iter().any(|member| folder.starts_with(member));
    nested.into_iter().filter(|folder| in_member(folder) || in_root(folder)).collect()
}

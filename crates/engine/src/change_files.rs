//! The change files of a repository: what each asks of which packages, and what is left of them after a release.

use std::collections::BTreeSet;
use std::sync::Arc;

use releasekit_core::model::{Bump, RepoPath};
use releasekit_core::{FileEdit, Tree};

use crate::changeset::{self, Changeset, Entry, Mode};
use crate::discover::Discovery;
use crate::error::{ChangeFault, Error, Result, Unclear};

/// A change file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeFile {
    /// Where it lies.
    pub path: RepoPath,
    /// What changed, in Markdown.
    pub text: String,
    /// What it asks of packages, in its order.
    pub asks: Vec<Ask>,
    /// The packages as they are written, one for each of these.
    entries: Vec<Entry>,
    /// The whole file.
    source: String,
}

/// What a change file asks of a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ask {
    /// Which, by its index in the discovery.
    pub member: usize,
    /// How far it is to move; `none` where the file only says that nothing of it has to.
    pub bump: Bump,
}

impl ChangeFile {
    /// The first line of what changed.
    pub fn summary(&self) -> &str {
        self.text.lines().next().unwrap_or_default()
    }

    /// The line that names a package, as it is written, with how far that is to move.
    pub(crate) fn line_of(&self, member: usize) -> Option<(Bump, &str)> {
        let (ask, entry) = self.asks.iter().zip(&self.entries).find(|(ask, _)| ask.member == member)?;
        let line = self.source[entry.span.start..].lines().next().unwrap_or_default();
        Some((ask.bump, line.trim()))
    }

    fn new(path: &RepoPath, source: String, discovery: &Discovery) -> Result<Self> {
        let fault = |why, span| {
            Error::ChangeFile(Box::new(ChangeFault { path: path.clone(), text: source.clone(), span, why }))
        };
        let Changeset { entries, text } =
            changeset::parse(&source).map_err(|it| fault(Unclear::File(it.why), it.span))?;
        let (mut asks, mut problems) = (Vec::new(), Vec::new());
        for entry in &entries {
            match discovery.find(&entry.name) {
                Ok(member) => asks.push(Ask { member, bump: entry.bump }),
                Err(error) => problems.push(fault(unclear(error), entry.span.clone())),
            }
        }
        match Error::together(problems) {
            Some(error) => Err(error),
            None => Ok(Self { path: path.clone(), text, asks, entries, source }),
        }
    }

    /// What is left of it once packages are released: what it says of the others. A package that need not move is done with.
    fn rest(&self, is_released: &impl Fn(usize) -> bool) -> Option<FileEdit> {
        let waits = |ask: &Ask| ask.bump > Bump::None && !is_released(ask.member);
        let waiting: Vec<&Entry> =
            self.entries.iter().zip(&self.asks).filter(|(_, ask)| waits(ask)).map(|(entry, _)| entry).collect();
        if waiting.is_empty() {
            return Some(FileEdit::delete(self.path.clone()));
        }
        if waiting.len() == self.entries.len() {
            return None;
        }
        let left = changeset::with_only(&self.source, &waiting).ok()?;
        Some(FileEdit::write(self.path.clone(), left))
    }
}

fn unclear(error: Error) -> Unclear {
    match error {
        Error::PackageUnknown { name, nearest } => Unclear::Unknown { name, nearest },
        Error::PackageAmbiguous { name, candidates } => Unclear::Ambiguous { name, candidates },
        other => Unclear::File(other.to_string()),
    }
}

/// Reads the change files of a tree, in the order of their paths. All that cannot be followed is reported together.
pub(crate) fn read(tree: &dyn Tree, discovery: &Discovery) -> Result<Vec<Arc<ChangeFile>>> {
    let all = tree.files()?;
    let (mut problems, mut files) = (Vec::new(), Vec::new());
    if let Some((file, Mode::Pre)) = mode(tree)? {
        problems.push(Error::PreMode { file });
    }
    for path in all.iter().filter(|path| changeset::is_one(path)) {
        match one(tree, path, discovery) {
            Ok(file) => files.push(Arc::new(file)),
            Err(error) => problems.push(error),
        }
    }
    Error::together(problems).map_or(Ok(files), Err)
}

/// The file in which changesets says that it makes no more prereleases; `None` where it made none, or makes them still.
pub(crate) fn leaves_prereleases(tree: &dyn Tree) -> Result<Option<RepoPath>> {
    Ok(mode(tree)?.filter(|(_, mode)| *mode == Mode::Exit).map(|(file, _)| file))
}

/// The file in which changesets keeps what it knows of prereleases, and what it says.
fn mode(tree: &dyn Tree) -> Result<Option<(RepoPath, Mode)>> {
    let file = RepoPath::new(changeset::PRE).expect("a constant path is legal");
    let content = tree.read(&file)?;
    Ok(content.map(|content| (file, Mode::of(&String::from_utf8_lossy(&content)))))
}

/// Those that can be followed, as where they do not count and only show what people meant.
pub(crate) fn readable(tree: &dyn Tree, discovery: &Discovery) -> Result<Vec<ChangeFile>> {
    let all = tree.files()?;
    let ones = all.iter().filter(|path| changeset::is_one(path));
    Ok(ones.filter_map(|path| one(tree, path, discovery).ok()).collect())
}

fn one(tree: &dyn Tree, path: &RepoPath, discovery: &Discovery) -> Result<ChangeFile> {
    let content = tree.read(path)?.unwrap_or_default();
    let text = String::from_utf8(content).map_err(|_| Error::NotText { path: path.clone() })?;
    ChangeFile::new(path, text, discovery)
}

/// A new change file, under a name that none there has.
pub fn draft(tree: &dyn Tree, discovery: &Discovery, asks: &[Ask], text: &str) -> Result<FileEdit> {
    let names: Vec<String> = asks.iter().map(|ask| discovery.short_name(ask.member)).collect();
    let content = changeset::render(names.iter().map(String::as_str).zip(asks.iter().map(|ask| ask.bump)), text);
    let taken: BTreeSet<String> = tree.files()?.iter().map(|path| path.as_str().to_lowercase()).collect();
    let path = |name: &str| format!("{}/{name}.md", changeset::FOLDER);
    let name = changeset::name(&content, |name| !taken.contains(&path(name)));
    let path = RepoPath::new(path(&name)).map_err(|error| Error::InvalidPath { path: error.0 })?;
    Ok(FileEdit::write(path, content))
}

/// What becomes of change files with a release: those that it used up are deleted, and what they say of others stays.
pub(crate) fn used_up(files: &[Arc<ChangeFile>], is_released: impl Fn(usize) -> bool) -> Vec<FileEdit> {
    files.iter().filter_map(|file| file.rest(&is_released)).collect()
}

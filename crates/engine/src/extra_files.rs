//! Versions that stand in other files than package files: which bytes of them move.

mod text;

use std::collections::BTreeMap;
use std::ops::Range;

use releasekit_core::model::{RepoPath, Version};
use releasekit_core::policy::ExtraFile;
use releasekit_core::{FileEdit, Tree, VersionScheme};

use self::text::Text;
use crate::discover::Member;
use crate::error::{Error, ExtraFileFault, Result, Unfollowable};

/// A package whose files are to say another version.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step<'a> {
    /// The package.
    pub member: &'a Member,
    /// How it is numbered.
    pub scheme: &'a dyn VersionScheme,
    /// The version that the files hold.
    pub from: &'a Version,
    /// The version that they are to hold.
    pub to: &'a Version,
}

/// A file while it is being edited: its text, and what takes the place of which bytes.
#[derive(Debug)]
struct Edited {
    text: String,
    /// By where a place begins: where it ends, and what takes its place. No two meet.
    replaced: BTreeMap<usize, (usize, String)>,
}

/// The edits of all files that packages list, where each holds the version that it should; all faults together where not.
pub(crate) fn edits<'a>(tree: &dyn Tree, steps: impl IntoIterator<Item = Step<'a>>) -> Result<Vec<FileEdit>> {
    let (mut files, mut faults) = (BTreeMap::new(), Vec::new());
    for step in steps {
        for file in &step.member.policy.extra_files {
            match edit(tree, step, file, &mut files) {
                Ok(()) => {}
                Err(Error::ExtraFile(fault)) => faults.push(Error::ExtraFile(fault)),
                Err(error) => return Err(error),
            }
        }
    }
    Error::raise(faults)?;
    Ok(files.into_iter().map(|(path, file)| FileEdit::write(path, file.written())).collect())
}

fn edit(tree: &dyn Tree, step: Step<'_>, file: &ExtraFile, files: &mut BTreeMap<RepoPath, Edited>) -> Result<()> {
    let Step { member, scheme, from, to } = step;
    let path = member.package.path.join(&file.path).map_err(|error| Error::InvalidPath { path: error.0 })?;
    let fault = |text: &str, why: Unfollowable| {
        Error::ExtraFile(Box::new(ExtraFileFault {
            package: member.id.clone(),
            version: from.clone(),
            path: path.clone(),
            text: text.to_owned(),
            search: file.search.clone(),
            why,
        }))
    };
    if !files.contains_key(&path) {
        let text = read(tree, &path)?.ok_or_else(|| fault("", Unfollowable::Missing))?;
        files.insert(path.clone(), Edited { text, replaced: BTreeMap::new() });
    }
    let edited = files.get_mut(&path).expect("it was read");
    let places = Text { text: &edited.text, version: from, scheme }.places(file.search.as_deref());
    let places = places.map_err(|why| fault(&edited.text, why))?;
    match places.into_iter().find_map(|place| edited.replace(place, to.as_str())) {
        Some(contested) => Err(fault(&edited.text, Unfollowable::Contested(contested))),
        None => Ok(()),
    }
}

/// The text of a file; `None` where there is none, or a link in the place of one, which would be written over.
fn read(tree: &dyn Tree, path: &RepoPath) -> Result<Option<String>> {
    if tree.files()?.binary_search(path).is_err() || tree.links()?.binary_search(path).is_ok() {
        return Ok(None);
    }
    let Some(content) = tree.read(path)? else { return Ok(None) };
    String::from_utf8(content).map(Some).map_err(|_| Error::NotText { path: path.clone() })
}

impl Edited {
    /// Takes a place; gives the place where it was taken for another text.
    fn replace(&mut self, place: Range<usize>, version: &str) -> Option<Range<usize>> {
        let before = self.replaced.range(..place.end).next_back();
        match before.filter(|(_, (end, _))| *end > place.start) {
            Some((_, (_, taken))) => (taken != version).then_some(place),
            None => {
                self.replaced.insert(place.start, (place.end, version.to_owned()));
                None
            }
        }
    }

    fn written(self) -> String {
        let (mut written, mut done) = (String::with_capacity(self.text.len()), 0);
        for (start, (end, version)) in self.replaced {
            written.push_str(&self.text[done..start]);
            written.push_str(&version);
            done = end;
        }
        written.push_str(&self.text[done..]);
        written
    }
}

#[cfg(test)]
mod tests;

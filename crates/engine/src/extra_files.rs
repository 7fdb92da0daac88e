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
    replaced: Vec<(Range<usize>, String)>,
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
        files.insert(path.clone(), Edited { text, replaced: Vec::new() });
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
        let meets = |taken: &&(Range<usize>, String)| taken.0.start < place.end && place.start < taken.0.end;
        match self.replaced.iter().find(meets) {
            Some((_, taken)) => (taken != version).then_some(place),
            None => {
                self.replaced.push((place, version.to_owned()));
                None
            }
        }
    }

    fn written(mut self) -> String {
        self.replaced.sort_by_key(|(place, _)| std::cmp::Reverse(place.start));
        for (place, version) in self.replaced {
            self.text.replace_range(place, &version);
        }
        self.text
    }
}

#[cfg(test)]
mod tests;

//! Globs of folders: members of workspaces, and what is left out.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use releasekit_core::model::RepoPath;

/// Folders that the user's own configuration leaves out, with everything below them.
#[derive(Debug)]
pub struct Ignored(GlobSet);

impl Ignored {
    /// Reads globs of folders from the repository root. A glob that is none matches nothing; who configured it checks it.
    pub fn new(globs: &[String]) -> Self {
        let mut set = GlobSetBuilder::new();
        for glob in globs {
            if let Ok(glob) = GlobBuilder::new(glob.trim_end_matches('/')).literal_separator(true).build() {
                set.add(glob);
            }
        }
        Self(set.build().unwrap_or_default())
    }

    /// Whether a folder, or one around it, is left out.
    pub fn contains(&self, folder: &RepoPath) -> bool {
        std::iter::successors(Some(folder.clone()), RepoPath::parent).any(|folder| self.0.is_match(folder.as_str()))
    }
}

/// A glob over folders below a root as one from the repository root, in which braces are plain characters, as tools take them
/// that know no alternatives. Fails with what is wrong with it.
pub fn folder_glob(root: &RepoPath, glob: &str) -> Result<String, String> {
    joined(root, glob, plain_braces)
}

/// The same where braces hold alternatives.
pub fn folder_glob_with_alternatives(root: &RepoPath, glob: &str) -> Result<String, String> {
    joined(root, glob, str::to_owned)
}

fn joined(root: &RepoPath, glob: &str, plain: fn(&str) -> String) -> Result<String, String> {
    if glob.len() > RepoPath::LONGEST {
        return Err(format!("a glob of {} bytes is longer than any path", glob.len()));
    }
    let mut parts: Vec<String> =
        root.as_str().split('/').filter(|part| !part.is_empty()).map(globset::escape).collect();
    for part in glob.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop().ok_or_else(|| format!("`{glob}` leads out of the repository"))?),
            part if part.split(['{', ',', '}']).any(|text| text.contains("**") && text != "**") => {
                return Err(format!("in `{glob}`, `**` must be the whole of a folder's name"));
            }
            part => parts.push(plain(part)),
        }
    }
    Ok(parts.join("/"))
}

/// Braces mean alternatives to the library.
fn plain_braces(part: &str) -> String {
    let mut text = String::with_capacity(part.len());
    let mut in_class = false;
    for c in part.chars() {
        in_class = (in_class || c == '[') && c != ']';
        match c {
            '{' | '}' if !in_class => text.extend(['[', c, ']']),
            c => text.push(c),
        }
    }
    text
}

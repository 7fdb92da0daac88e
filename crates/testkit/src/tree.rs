//! Files on disk as a tree.

use std::fs;
use std::path::Path;

use releasekit_core::model::RepoPath;
use releasekit_core::tree::MemoryTree;

/// Everything that lies below a folder now.
#[track_caller]
pub fn tree_of(root: &Path) -> MemoryTree {
    let mut files = Vec::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).expect("the folder can be listed").flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else {
                let below = path.strip_prefix(root).expect("it lies below").to_string_lossy().into_owned();
                let bytes = fs::read(&path).expect("the file can be read");
                files.push((RepoPath::new(below).expect("a path of a repository"), bytes));
            }
        }
    }
    MemoryTree::new(files)
}

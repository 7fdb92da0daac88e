//! Several files in one input: each begins with a line `--- PATH`, and what stands before is the first one.

use std::sync::Arc;

use releasekit_core::Tree;
use releasekit_core::model::RepoPath;
use releasekit_core::tree::MemoryTree;

/// The files of an input. A path that is none is left out with its file.
pub(super) fn tree(input: &[u8], first: &str) -> Arc<dyn Tree> {
    let text = String::from_utf8_lossy(input);
    let text = format!("--- {first}\n{text}");
    let files = text.split("--- ").filter_map(|part| {
        let (path, content) = part.split_once('\n')?;
        Some((RepoPath::new(path).ok().filter(|path| !path.is_root())?, content.as_bytes().to_vec()))
    });
    Arc::new(MemoryTree::new(files))
}

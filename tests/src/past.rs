//! What a workspace released before the journey begins: files built by uv alone, once per process.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use releasekit_testkit::{Sandbox, Tools};

use crate::workspace::Workspace;

/// The artifacts of a first release, by their file names.
pub type Past = Arc<BTreeMap<String, Vec<u8>>>;

/// The first release of a workspace; it is built when it is first asked for.
#[track_caller]
pub fn past_of(workspace: &Workspace, tools: &Tools) -> Past {
    static BUILT: Mutex<BTreeMap<&str, Past>> = Mutex::new(BTreeMap::new());
    let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    built.entry(workspace.name).or_insert_with(|| Arc::new(build(workspace, tools))).clone()
}

#[track_caller]
fn build(workspace: &Workspace, tools: &Tools) -> BTreeMap<String, Vec<u8>> {
    let sandbox = Sandbox::new().with_tools(tools);
    workspace.write(&sandbox);
    for member in workspace.published() {
        let args = ["build", "--quiet", "--no-index", "--package", member.name, "--out-dir", "../past"];
        sandbox.run("uv", args).ok();
    }
    let read = |path: PathBuf| (name_of(&path), fs::read(path).expect("an artifact can be read"));
    artifacts(&sandbox.path().join("past")).into_iter().map(read).collect()
}

/// Wheels and sdists below a folder, sorted by path; none where there is no such folder.
pub fn artifacts(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for item in fs::read_dir(&folder).into_iter().flatten() {
            let path = item.expect("a folder of artifacts can be read").path();
            let name = name_of(&path);
            if path.is_dir() {
                folders.push(path);
            } else if name.ends_with(".whl") || name.ends_with(".tar.gz") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

pub(crate) fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

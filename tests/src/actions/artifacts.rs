//! What `actions/upload-artifact` keeps and `actions/download-artifact` brings: files by their paths, without permissions.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// The artifacts of a run, by their names.
#[derive(Debug, Default)]
pub(super) struct Artifacts(BTreeMap<String, BTreeMap<PathBuf, Vec<u8>>>);

impl Artifacts {
    /// Keeps a file, or what a folder holds.
    #[track_caller]
    pub(super) fn upload(&mut self, with: &Value, workspace: &Path) {
        let name = with["name"].as_str().expect("an artifact has a name").to_owned();
        let place = workspace.join(with["path"].as_str().expect("an artifact is somewhere"));
        let mut files = BTreeMap::new();
        if place.is_file() {
            files.insert(place.file_name().expect("a file has a name").into(), read(&place));
        } else if place.is_dir() {
            collect(&place, Path::new(""), &mut files);
        }
        assert!(!files.is_empty() || with["if-no-files-found"] != "error", "{name}: there is no file");
        if !files.is_empty() {
            let before = self.0.insert(name.clone(), files);
            assert!(before.is_none() || with["overwrite"] == true, "{name} is there already");
        }
    }

    /// Brings one, which must be there, or those that a pattern names, into one folder.
    #[track_caller]
    pub(super) fn download(&self, with: &Value, workspace: &Path) {
        let into = workspace.join(with["path"].as_str().expect("an artifact goes somewhere"));
        let found = match (with["name"].as_str(), with["pattern"].as_str()) {
            (Some(name), None) => Some(self.0.get(name).unwrap_or_else(|| panic!("there is no artifact {name}"))),
            (None, Some(pattern)) => {
                assert!(with["merge-multiple"] == true && !pattern.contains('*'), "{pattern}");
                self.0.get(pattern)
            }
            other => panic!("{other:?}"),
        };
        for (path, bytes) in found.into_iter().flatten() {
            let path = into.join(path);
            fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("the sandbox is writable");
            fs::write(path, bytes).expect("the sandbox is writable");
        }
    }
}

fn collect(folder: &Path, below: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(folder).expect("the folder is readable") {
        let entry = entry.expect("the folder is readable");
        // As the action has it by default.
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        let below = below.join(entry.file_name());
        if entry.path().is_dir() {
            collect(&entry.path(), &below, files);
        } else {
            files.insert(below, read(&entry.path()));
        }
    }
}

fn read(path: &Path) -> Vec<u8> {
    fs::read(path).expect("the file is readable")
}

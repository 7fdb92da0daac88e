//! The same files, as cargo itself describes them.

use std::collections::BTreeSet;
use std::fs;

use releasekit_core::model::{Package, RepoPath};

use crate::common::{packages, tree};
use crate::described::Described;
use crate::{discover, layout};

/// Compares what is said of the crates of a workspace.
async fn assert_as_cargo(files: Vec<(&str, String)>, root: &str) {
    let checkout = tempfile::tempdir().expect("the temporary folder is writable");
    let place = checkout.path().canonicalize().expect("it is there");
    for (file, text) in &files {
        let path = place.join(file);
        let folder = path.parent().expect("it lies in the folder");
        fs::create_dir_all(folder).expect("it is writable");
        if text.contains("[package]") {
            fs::create_dir_all(folder.join("src")).expect("it is writable");
            fs::write(folder.join("src/lib.rs"), "").expect("it is writable");
        }
        fs::write(path, text).expect("it is writable");
    }
    let texts: Vec<(&str, &str)> = files.iter().map(|(file, text)| (*file, text.as_str())).collect();
    let found = packages(&tree(&texts), root).await;
    let folders: BTreeSet<&str> = found.iter().map(|package| package.path.as_str()).collect();
    let homes: BTreeSet<&RepoPath> = found.iter().filter_map(|package| package.home.as_ref()).collect();
    for home in homes {
        let own: Vec<&Package> = found.iter().filter(|package| package.home.as_ref() == Some(home)).collect();
        let theirs = Described::by_cargo(&place, &home.on_disk(&place), &folders);
        if own.iter().any(|package| package.aside.is_some()) {
            assert_eq!(theirs, None, "cargo works on none of {own:?}");
        } else {
            assert_eq!(Described::ours(&own), theirs.expect("cargo reads it"), "{home}");
        }
    }
}

#[tokio::test]
async fn crates_are_described_as_cargo_describes_them() {
    assert_as_cargo(discover::files(), "").await;
}

#[tokio::test]
async fn members_are_those_of_cargo() {
    assert_as_cargo(layout::members(), "ws").await;
}

//! What is written into a checkout, and that nothing is written elsewhere.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::sync::Arc;

use releasekit_core::Diagnostic;
use releasekit_core::model::RepoPath;
use tempfile::TempDir;

use super::*;

/// A checkout that holds `a/package.txt` and `workspace.txt`, beside other folders.
fn checkout() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let checkout = folder.path().join("checkout");
    fs::create_dir_all(checkout.join("a")).unwrap();
    fs::write(checkout.join("a/package.txt"), "name = a").unwrap();
    fs::write(checkout.join("workspace.txt"), "").unwrap();
    (folder, checkout)
}

fn path(text: &str) -> RepoPath {
    RepoPath::new(text).unwrap()
}

/// Tracked files, as far as their names go.
#[derive(Debug)]
struct Tracked(Arc<[RepoPath]>);

impl Tree for Tracked {
    fn read(&self, _path: &RepoPath) -> releasekit_core::Result<Option<Vec<u8>>> {
        Ok(None)
    }

    fn files(&self) -> releasekit_core::Result<Arc<[RepoPath]>> {
        Ok(self.0.clone())
    }
}

#[test]
fn edits_are_written_and_files_keep_their_modes() {
    let (_folder, checkout) = checkout();
    let script = checkout.join("a/package.txt");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let edits = [
        FileEdit::write(path("a/package.txt"), "changed"),
        FileEdit::write(path("new/deep/file"), "new"),
        FileEdit::delete(path("workspace.txt")),
        FileEdit::delete(path("never-there")),
    ];
    write_edits(&checkout, &edits).unwrap();
    let mode = |file: &str| fs::metadata(checkout.join(file)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("a/package.txt"), mode("new/deep/file")), (0o755, 0o644));
    assert_eq!(fs::read(&script).unwrap(), b"changed");
    assert!(!checkout.join("workspace.txt").exists());
}

#[test]
fn no_link_leads_an_edit_out_of_the_export() {
    let (folder, checkout) = checkout();
    let outside = folder.path().join("outside");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("file"), "mine").unwrap();
    symlink(&outside, checkout.join("folder")).unwrap();
    symlink(outside.join("file"), checkout.join("link")).unwrap();
    symlink(outside.join("absent"), checkout.join("dangling")).unwrap();
    for file in ["folder/file", "folder/new", "link", "dangling"] {
        for edit in [FileEdit::write(path(file), "theirs"), FileEdit::delete(path(file))] {
            let error = write_edits(&checkout, &[edit]).unwrap_err();
            assert_eq!(error.code().as_str(), "RK-EXPORT-PATH-OUTSIDE", "{file}");
        }
    }
    assert_eq!(fs::read(outside.join("file")).unwrap(), b"mine");
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 1);
}

#[test]
fn built_files_that_are_not_tracked_are_copied_in() {
    let (folder, checkout) = checkout();
    let root = folder.path().join("work");
    let write = |file: &str, content: &str| {
        fs::create_dir_all(root.join(file).parent().unwrap()).unwrap();
        fs::write(root.join(file), content).unwrap();
    };
    write("a/dist/app.js", "built");
    write("a/dist/deep/run.sh", "built");
    write("a/package.txt", "edited in the work tree");
    write("a/notes", "not asked for");
    write("a/dist/.private/secret", "the repository's own");
    fs::set_permissions(root.join("a/dist/deep/run.sh"), fs::Permissions::from_mode(0o700)).unwrap();
    let private = root.join("a/dist/.private");
    let work_tree = WorkTree { root: &root, private: &private };
    let tracked = Tracked([path("a/package.txt"), path("workspace.txt")].into());
    let globs = ["a/dist/**".to_owned(), "a/package.txt".to_owned(), "absent/*".to_owned()];
    work_tree.copy_untracked(&checkout, &tracked, &globs).unwrap();
    assert_eq!(fs::read(checkout.join("a/dist/app.js")).unwrap(), b"built");
    let mode = fs::metadata(checkout.join("a/dist/deep/run.sh")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o755);
    assert!(!checkout.join("a/notes").exists());
    assert!(!checkout.join("a/dist/.private").exists());
    assert_eq!(fs::read_to_string(checkout.join("a/package.txt")).unwrap(), "name = a");
    symlink("/etc", root.join("a/etc")).unwrap();
    let error = work_tree.copy_untracked(&checkout, &tracked, &["a/etc/*".to_owned()]).unwrap_err();
    assert_eq!(error.code().as_str(), "RK-EXPORT-PATH-OUTSIDE");
}

//! Exports: what is written into them, and that nothing is written elsewhere.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use releasekit_core::{Diagnostic, FileEdit};
use releasekit_engine::export::Export;

use crate::world::{World, commit, path};

async fn export(world: &World) -> Export {
    Export::create(&world.session(), &commit().id, &[]).await.unwrap()
}

#[tokio::test]
async fn edits_are_written_and_files_keep_their_modes() {
    let world = World::new(&[("a", &[])]);
    let export = export(&world).await;
    let script = export.path().join("a/package.txt");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let edits = [
        FileEdit::write(path("a/package.txt"), "changed"),
        FileEdit::write(path("new/deep/file"), "new"),
        FileEdit::delete(path("workspace.txt")),
        FileEdit::delete(path("never-there")),
    ];
    export.write(&edits).unwrap();
    let mode = |file: &str| fs::metadata(export.path().join(file)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("a/package.txt"), mode("new/deep/file")), (0o755, 0o644));
    assert_eq!(fs::read(&script).unwrap(), b"changed");
    assert!(!export.path().join("workspace.txt").exists());
}

#[tokio::test]
async fn no_link_leads_an_edit_out_of_the_export() {
    let world = World::new(&[("a", &[])]);
    let export = export(&world).await;
    let outside = world.folder.path().join("outside");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("file"), "mine").unwrap();
    symlink(&outside, export.path().join("folder")).unwrap();
    symlink(outside.join("file"), export.path().join("link")).unwrap();
    symlink(outside.join("absent"), export.path().join("dangling")).unwrap();
    for file in ["folder/file", "folder/new", "link", "dangling"] {
        for edit in [FileEdit::write(path(file), "theirs"), FileEdit::delete(path(file))] {
            let error = export.write(&[edit]).unwrap_err();
            assert_eq!(error.code().as_str(), "RK-EXPORT-PATH-OUTSIDE", "{file}");
        }
    }
    assert_eq!(fs::read(outside.join("file")).unwrap(), b"mine");
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 1);
}

#[tokio::test]
async fn built_files_that_are_not_tracked_are_copied_in() {
    let world = World::new(&[("a", &[])]);
    let session = world.session();
    let checkout = world.vcs().root;
    let write = |file: &str, content: &str| {
        fs::create_dir_all(checkout.join(file).parent().unwrap()).unwrap();
        fs::write(checkout.join(file), content).unwrap();
    };
    write("a/dist/app.js", "built");
    write("a/dist/deep/run.sh", "built");
    write("a/package.txt", "edited in the work tree");
    write("a/notes", "not asked for");
    fs::set_permissions(checkout.join("a/dist/deep/run.sh"), fs::Permissions::from_mode(0o700)).unwrap();
    let export = export(&world).await;
    let globs = ["a/dist/**".to_owned(), "a/package.txt".to_owned(), "absent/*".to_owned()];
    let tree = session.vcs.tree(&commit().id).await.unwrap();
    export.include_untracked(&session, tree.as_ref(), &globs).unwrap();
    assert_eq!(fs::read(export.path().join("a/dist/app.js")).unwrap(), b"built");
    let mode = fs::metadata(export.path().join("a/dist/deep/run.sh")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o755);
    assert!(!export.path().join("a/notes").exists());
    assert!(fs::read_to_string(export.path().join("a/package.txt")).unwrap().starts_with("name = a"));
    symlink("/etc", checkout.join("a/etc")).unwrap();
    let error = export.include_untracked(&session, tree.as_ref(), &["a/etc/*".to_owned()]).unwrap_err();
    assert_eq!(error.code().as_str(), "RK-EXPORT-PATH-OUTSIDE");
}

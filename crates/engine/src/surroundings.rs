//! Files that decide what programs with credentials do: as they were before code of the repository ran, or nothing of the
//! kind runs after it.
//!
//! Such code runs as the user. What it wrote into the settings of backends, or over their programs, would be read later by
//! a program that pushes tags or sends files. Where it is kept in namespaces it cannot write there; this holds without.

use std::fs::{self, Metadata};
use std::future::Future;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::failure::Failure;
use crate::session::Session;

/// What shows that something was written to or exchanged: no program can set the time of change back. Folders change with
/// every file made in them, so for these it is only whether they are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stamp {
    Folder { device: u64, inode: u64 },
    File { device: u64, inode: u64, size: u64, changed: (i64, i64) },
}

impl Stamp {
    fn of(data: &Metadata) -> Self {
        let (device, inode) = (data.dev(), data.ino());
        if data.is_dir() {
            return Self::Folder { device, inode };
        }
        Self::File { device, inode, size: data.size(), changed: (data.ctime(), data.ctime_nsec()) }
    }
}

/// What the system loads into every program.
const LOADER: &[&str] = &["/etc/ld.so.cache", "/etc/ld.so.preload"];

/// What lies at a place, and what it leads to where that is a link; `None` where nothing lies.
type Seen = (Option<Stamp>, Option<Stamp>);

fn look(path: &Path) -> Seen {
    let stamp = |data: std::io::Result<Metadata>| data.ok().map(|data| Stamp::of(&data));
    (stamp(fs::symlink_metadata(path)), stamp(fs::metadata(path)))
}

/// The files, as they were when the value was made.
#[derive(Debug)]
pub(crate) struct Surroundings(Vec<(PathBuf, Seen)>);

impl Surroundings {
    /// The files that a session's repository, tools and configuration name, as they are now.
    pub(crate) async fn of(session: &Session) -> Result<Self> {
        let mut paths = session.vcs.trusted_files().await?;
        paths.extend(session.ecosystems.iter().flat_map(|it| it.package_manager.trusted_files()));
        paths.extend(session.policies.files());
        paths.extend(LOADER.iter().map(PathBuf::from));
        paths.sort();
        paths.dedup();
        let with_stamps = |path: PathBuf| {
            let seen = look(&path);
            (path, seen)
        };
        Ok(Self(paths.into_iter().map(with_stamps).collect()))
    }

    /// Fails with `Conflict`, and names each file, where any was made, changed, exchanged or removed since.
    pub(crate) fn check(&self) -> Result<()> {
        let changed = self.0.iter().filter(|(path, seen)| look(path) != *seen);
        let paths: Vec<PathBuf> = changed.map(|(path, _)| path.clone()).collect();
        if paths.is_empty() { Ok(()) } else { Err(Failure::SurroundingsChanged { paths }.into()) }
    }
}

/// Runs something that runs code of the repository. Fails where that has changed the files, whatever became of the rest:
/// also after a failure the next command would start from them.
pub(crate) async fn unchanged_by<T>(session: &Session, work: impl Future<Output = Result<T>>) -> Result<T> {
    let before = Surroundings::of(session).await?;
    let done = work.await;
    match (before.check(), done) {
        (Ok(()), done) => done,
        (Err(changed), Ok(_)) => Err(changed),
        (Err(changed), Err(error)) => Err(Error::Several(vec![changed, error])),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;
    use std::thread;
    use std::time::Duration;

    use releasekit_core::Diagnostic;

    use super::*;

    /// Sees some files, has them changed, and gives those whose change is found, by their names.
    fn found(names: &[&str], change: impl FnOnce(&Path)) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("folder")).unwrap();
        for name in ["file", "other", "middle"] {
            fs::write(at(name), name).unwrap();
        }
        symlink("file", at("link")).unwrap();
        symlink("link", at("chain")).unwrap();
        let before = Surroundings(names.iter().map(|name| (at(name), look(&at(name)))).collect());
        before.check().expect("nothing has changed yet");
        // Time has to pass for the system to give another one.
        thread::sleep(Duration::from_millis(20));
        change(folder.path());
        let Err(error) = before.check() else { return Vec::new() };
        assert_eq!(error.code(), crate::codes::BUILD_CHANGED_OTHERS);
        let text = error.to_string().replace(&format!("{}/", folder.path().display()), "");
        text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
    }

    #[test]
    fn whatever_is_made_changed_exchanged_or_removed_is_named() {
        let all = ["absent", "chain", "file", "folder", "link", "other"];
        assert_eq!(found(&all, |_| ()), [""; 0]);
        assert_eq!(found(&all, |folder| fs::write(folder.join("absent"), "").unwrap()), ["absent"]);
        assert_eq!(found(&all, |folder| fs::remove_file(folder.join("other")).unwrap()), ["other"]);
        assert_eq!(found(&all, |folder| fs::write(folder.join("file"), "FILE").unwrap()), ["chain", "file", "link"]);
        let relink = |folder: &Path| {
            fs::remove_file(folder.join("link")).unwrap();
            symlink("middle", folder.join("link")).unwrap();
        };
        assert_eq!(found(&all, relink), ["chain", "link"]);
        let exchange = |folder: &Path| fs::rename(folder.join("middle"), folder.join("other")).unwrap();
        assert_eq!(found(&all, exchange), ["other"]);
        let dangle = |folder: &Path| symlink("nowhere", folder.join("absent")).unwrap();
        assert_eq!(found(&all, dangle), ["absent"]);
    }

    #[test]
    fn a_time_that_was_set_back_hides_nothing_and_a_file_in_a_folder_is_no_change_of_it() {
        let forge = |folder: &Path| {
            let file = fs::File::options().write(true).open(folder.join("other")).unwrap();
            let time = file.metadata().unwrap().modified().unwrap();
            fs::write(folder.join("other"), "OTHER").unwrap();
            file.set_modified(time).unwrap();
        };
        assert_eq!(found(&["other"], forge), ["other"]);
        assert_eq!(found(&["folder"], |folder| fs::write(folder.join("folder/new"), "").unwrap()), [""; 0]);
    }
}

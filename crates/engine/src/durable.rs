//! Files that are whole or not there, also after the power went.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use rustix::fs::OFlags;
use tempfile::Builder;

use crate::error::Result;
use crate::failure::Failure;

/// Writes a file: afterwards it has all of this content, or is as it was. Makes the folders above it.
pub(crate) fn write(path: &Path, content: &[u8]) -> Result<()> {
    Ok(place(path, |file| file.write_all(content)).map_err(Failure::file("write", path))?)
}

/// No file of the state is longer, in bytes.
const LONGEST: u64 = 256 << 20;

/// Opens a file of ours, never through a link; what is no plain file is none of ours, and is not waited for.
pub(crate) fn open(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    let flags = i32::try_from((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits()).unwrap_or_default();
    let file = options.custom_flags(flags).open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::other("it is no plain file")) }
}

/// Reads a file of ours.
pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let file = open(path, OpenOptions::new().read(true))?;
    if file.metadata()?.len() > LONGEST {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let mut content = Vec::new();
    file.take(LONGEST).read_to_end(&mut content)?;
    Ok(content)
}

/// Copies a file likewise.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<()> {
    let mut source = File::open(from).map_err(Failure::file("read", from))?;
    Ok(place(to, |file| io::copy(&mut source, file).map(drop)).map_err(Failure::file("write", to))?)
}

/// Makes a folder and those above it, and lets them last.
pub(crate) fn create_dir(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(parent) = path.parent() {
        create_dir(parent)?;
    }
    match fs::create_dir(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => path.parent().map_or(Ok(()), sync_dir),
    }
}

/// Lets the entries of a folder last.
pub(crate) fn sync_dir(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Removes a folder with all it holds, also where a tool has made folders in it read-only; one that is not there is gone
/// already.
pub(crate) fn remove_dir(path: &Path) -> Result<()> {
    Ok(remove_all(path).map_err(Failure::file("remove", path))?)
}

/// The same, for those who need not say what it was for.
pub(crate) fn remove_all(path: &Path) -> io::Result<()> {
    let removed = match fs::remove_dir_all(path) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            make_writable(path)?;
            fs::remove_dir_all(path)
        }
        removed => removed,
    };
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Lets the owner change a folder and all folders in it; links are not followed.
fn make_writable(folder: &Path) -> io::Result<()> {
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            make_writable(&entry.path())?;
        }
    }
    Ok(())
}

fn place(path: &Path, fill: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    create_dir(folder)?;
    // As a file that is simply created: what the user's own mask leaves of it.
    let mut temporary = Builder::new().permissions(fs::Permissions::from_mode(0o666)).tempfile_in(folder)?;
    fill(temporary.as_file_mut())?;
    temporary.as_file().sync_all()?;
    temporary.persist(path)?;
    sync_dir(folder)
}

/// A package's name as one part of a path, whatever it contains.
pub(crate) fn path_part(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let mut part = String::new();
    for (at, byte) in name.bytes().enumerate() {
        if plain(byte) && !(at == 0 && byte == b'.') {
            part.push(char::from(byte));
        } else {
            part.push_str(&format!("%{byte:02X}"));
        }
    }
    part
}

#[cfg(test)]
mod tests {
    /// Root may do everything anyway; for everybody else it makes the difference.
    #[test]
    fn a_folder_that_a_tool_made_read_only_can_be_removed() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("a/b");
        fs::create_dir_all(&deep).unwrap();
        fs::write(deep.join("file"), "x").unwrap();
        for path in [deep.as_path(), deep.parent().unwrap()] {
            fs::set_permissions(path, fs::Permissions::from_mode(0o555)).unwrap();
        }
        let a = folder.path().join("a");
        make_writable(&a).unwrap();
        assert_eq!(fs::metadata(&deep).unwrap().permissions().mode() & 0o777, 0o700);
        remove_dir(&a).unwrap();
        remove_dir(&a).unwrap();
        assert!(!a.exists());
    }

    #[test]
    fn what_is_no_plain_file_of_ours_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
        rustix::fs::mknodat(rustix::fs::CWD, at("fifo"), rustix::fs::FileType::Fifo, mode, 0).unwrap();
        fs::write(at("file"), "x").unwrap();
        std::os::unix::fs::symlink(at("file"), at("link")).unwrap();
        fs::create_dir(at("folder")).unwrap();
        for name in ["fifo", "link", "folder"] {
            assert!(read(&at(name)).is_err(), "{name}");
        }
        assert_eq!(read(&at("file")).unwrap(), b"x");
    }

    use super::*;

    #[test]
    fn a_name_is_one_part_of_a_path() {
        let cases =
            [("genkit", "genkit"), ("@scope/x", "%40scope%2Fx"), ("..", "%2E."), (".git", "%2Egit"), ("a b", "a%20b")];
        for (name, expected) in cases {
            assert_eq!(path_part(name), expected);
        }
    }

    #[test]
    fn a_file_is_replaced_as_a_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b/file");
        write(&path, b"one").unwrap();
        write(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no temporary file is left");
        copy(&path, &folder.path().join("copy")).unwrap();
        assert_eq!(fs::read(folder.path().join("copy")).unwrap(), b"two");
    }
}

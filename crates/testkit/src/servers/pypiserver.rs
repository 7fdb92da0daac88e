//! pypiserver: quick to start, HTML only, no yank, and without a buffer before it lists half a file after a broken upload.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;

use super::process::{Kind, Server};
use crate::{Tools, sha256};

const KIND: Kind = Kind { main: "pypiserver.__main__:main", ready: ("/health", 200) };

/// The user of this module with its password, hashed in few rounds so that an upload costs no time.
const HTPASSWD: &str = "rk:$5$rounds=1000$releasekittests1$CrXXJrUclvXkeQWERvyJSYUHrYvMXeerh31Gs/X7r66\n";

/// A running pypiserver with a storage folder of its own.
#[derive(Debug)]
pub struct PypiServer {
    server: Server,
    folder: TempDir,
}

impl PypiServer {
    /// Starts an empty one, which keeps what arrived of an upload that breaks off.
    ///
    /// Its web server refuses an upload without reading it, so that a client may lose the reply while it still writes.
    #[track_caller]
    pub fn start(tools: &Tools) -> Self {
        Self::start_behind(tools, "wsgiref")
    }

    /// Starts an empty one behind the best web server that is installed: waitress (devpi needs it), which reads an upload
    /// whole before anything looks at it.
    #[track_caller]
    pub fn start_buffered(tools: &Tools) -> Self {
        Self::start_behind(tools, "auto")
    }

    #[track_caller]
    fn start_behind(tools: &Tools, web_server: &str) -> Self {
        let folder = TempDir::with_prefix("releasekit-pypiserver-").expect("the temporary folder is writable");
        let (users, storage) = (folder.path().join("htpasswd"), folder.path().join("packages"));
        fs::write(&users, HTPASSWD).expect("the temporary folder is writable");
        fs::create_dir(&storage).expect("the temporary folder is writable");
        let server = Server::start(tools, &KIND, folder.path(), |port| {
            let (users, storage) = (users.display(), storage.display());
            let line = format!(
                "pypi-server run -i 127.0.0.1 -p {port} -P {users} -a update --hash-algo sha256 --disable-fallback \
                 --server {web_server} {storage}"
            );
            line.split(' ').map(str::to_owned).collect()
        });
        Self { server, folder }
    }

    /// Where uploads go.
    pub fn upload_url(&self) -> String {
        format!("{}/", self.server.url)
    }

    /// The simple index.
    pub fn simple_url(&self) -> String {
        format!("{}/simple/", self.server.url)
    }

    /// The folder with the stored files, which a test may change behind the server's back.
    pub fn storage(&self) -> PathBuf {
        self.folder.path().join("packages")
    }

    /// What is stored: the sha256 of each file, by its name.
    pub fn stored(&self) -> BTreeMap<String, String> {
        let items = fs::read_dir(self.storage()).expect("the storage can be read");
        let paths = items.map(|item| item.expect("the storage can be read").path()).filter(|path| path.is_file());
        paths
            .map(|path| {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                (name, sha256(&fs::read(&path).expect("the storage can be read")))
            })
            .collect()
    }
}

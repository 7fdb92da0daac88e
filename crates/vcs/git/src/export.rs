//! Makes a throw-away checkout: a repository of its own that shares the user's objects, detached at a commit.
//!
//! Its files are written by the user's own repository, so that filters set up there are applied, partial clones fetch
//! what they lack, and neither sparseness nor line-ending conversion nor a hook takes part.

use std::fs;
use std::path::Path;

use gix::bstr::ByteSlice;
use releasekit_core::vcs::{ExportRequest, Tag};

use crate::backend::Git;
use crate::error::Error;
use crate::program::Invocation;
use crate::{status, submodules};

/// What nobody but the owner may write, and everybody may read.
const UMASK: u16 = 0o022;

/// Settings of the checkout, so that git inside it sees what was written and does nothing by itself.
const SETTINGS: &[(&str, &str)] = &[
    ("core.autocrlf", "false"),
    ("core.eol", "lf"),
    ("core.fsmonitor", "false"),
    ("core.hooksPath", "/dev/null"),
    ("core.sparseCheckout", "false"),
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
];

/// Makes the checkout, and requires that git calls nothing in it changed.
pub(crate) async fn export(git: &Git, request: &ExportRequest) -> Result<(), Error> {
    prepare_folder(&request.into)?;
    let export = Export { git, folder: &request.into };
    export.init().await?;
    export.share_objects()?;
    export.copy_settings().await?;
    export.copy_refs(request).await?;
    export.check_out(request).await?;
    submodules::check_out(git, &request.into).await?;
    export.require_clean(request).await
}

/// An absent or empty folder that no repository surrounds, for tools climb up to outer ones.
fn prepare_folder(folder: &Path) -> Result<(), Error> {
    fs::create_dir_all(folder).map_err(Error::folder(folder))?;
    let refuse = |why: &str| Err(Error::Folder { path: folder.to_owned(), why: why.to_owned(), source: None });
    if fs::read_dir(folder).map_err(Error::folder(folder))?.next().is_some() {
        return refuse("is not empty");
    }
    if folder.ancestors().any(|above| above.join(".git").exists()) {
        return refuse("lies inside of a repository");
    }
    Ok(())
}

struct Export<'a> {
    git: &'a Git,
    folder: &'a Path,
}

impl<'a> Export<'a> {
    /// A command in the checkout's own repository.
    fn command<const N: usize>(&self, args: [&str; N]) -> Invocation<'a> {
        let command = self.git.program.in_folder(self.folder, args).umask(UMASK);
        command.var("GIT_DIR", self.folder.join(".git")).var("GIT_WORK_TREE", self.folder)
    }

    async fn init(&self) -> Result<(), Error> {
        let init = self.git.program.in_folder(self.folder, ["init", "--quiet", "--template=", "."]);
        init.umask(UMASK).done("make the export's repository").await
    }

    fn write(&self, path: &str, content: impl AsRef<[u8]>) -> Result<(), Error> {
        let file = self.folder.join(".git").join(path);
        if let Some(parent) = file.parent() {
            fs::create_dir_all(parent).map_err(Error::folder(parent))?;
        }
        fs::write(&file, content).map_err(Error::folder(&file))
    }

    /// Copies a file of the user's repository where it has one.
    fn copy(&self, path: &str) -> Result<(), Error> {
        let from = self.git.places.common_dir.join(path);
        match fs::read(&from) {
            Ok(content) => self.write(path, content),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(Error::folder(&from)(error)),
        }
    }

    fn share_objects(&self) -> Result<(), Error> {
        let objects = self.git.places.common_dir.join("objects");
        let line = [objects.as_os_str().as_encoded_bytes(), b"\n"].concat();
        self.write("objects/info/alternates", line)?;
        self.copy("shallow")
    }

    /// What files went through on their way in, git inside the checkout has to know as well.
    async fn copy_settings(&self) -> Result<(), Error> {
        self.copy("info/attributes")?;
        let args = ["config", "--includes", "-z", "--get-regexp", r"^(filter|lfs)\."];
        let output = self.git.command(args).output().await?;
        let text = output.stdout_text();
        let copied = text.split('\0').filter_map(|entry| entry.split_once('\n'));
        for (key, value) in copied.chain(SETTINGS.iter().copied()) {
            self.command(["config", "--add", key, value]).done("set up the export's repository").await?;
        }
        Ok(())
    }

    /// Detaches HEAD, and copies tags as one packed file: a repository can have thousands of them.
    async fn copy_refs(&self, request: &ExportRequest) -> Result<(), Error> {
        let format = "--format=%(objectname) %(refname) %(*objectname)";
        let tags = self.git.command(["for-each-ref", format, "refs/tags"]).ok("list the tags").await?;
        self.write("packed-refs", packed_refs(&tags.stdout, &request.tags))?;
        let head = ["update-ref", "--no-deref", "HEAD", request.commit.as_str()];
        self.command(head).done("set HEAD of the export").await
    }

    async fn check_out(&self, request: &ExportRequest) -> Result<(), Error> {
        let command = self.git.command(["read-tree", "--reset", "-u", request.commit.as_str()]).umask(UMASK);
        let command = command.var("GIT_WORK_TREE", self.folder).var("GIT_INDEX_FILE", self.folder.join(".git/index"));
        let settings = [
            "core.sparseCheckout=false",
            "index.sparse=false",
            "core.autocrlf=false",
            "core.eol=lf",
            "core.bare=false",
            "submodule.recurse=false",
        ];
        let command = settings.iter().fold(command, |command, setting| command.setting(*setting));
        command.done("write the files of the export").await
    }

    async fn require_clean(&self, request: &ExportRequest) -> Result<(), Error> {
        let args = ["status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames"];
        let output = self.command(args).ok("compare the export with its commit").await?;
        let files: Vec<String> = status::paths(&output.stdout).iter().map(ToString::to_string).collect();
        if files.is_empty() {
            return Ok(());
        }
        Err(Error::ExportDiffers { commit: request.commit.short().to_owned(), files })
    }
}

/// The lines of a packed-refs file, sorted by name; tags of the request win over the repository's own.
fn packed_refs(listed: &[u8], tags: &[Tag]) -> Vec<u8> {
    let own = listed.lines().filter_map(|line| {
        let mut fields = line.splitn(3, |byte| *byte == b' ');
        let (object, name) = (fields.next()?, fields.next()?);
        Some((name.to_vec(), (object.to_vec(), fields.next().unwrap_or_default().to_vec())))
    });
    let mut refs: std::collections::BTreeMap<Vec<u8>, (Vec<u8>, Vec<u8>)> = own.collect();
    for tag in tags {
        let name = format!("refs/tags/{}", tag.name).into_bytes();
        refs.insert(name, (tag.commit.as_str().as_bytes().to_vec(), Vec::new()));
    }
    let mut file = b"# pack-refs with: peeled fully-peeled sorted \n".to_vec();
    for (name, (object, peeled)) in refs {
        file.extend([object.as_slice(), b" ", &name, b"\n"].concat());
        if !peeled.is_empty() {
            file.extend([b"^", peeled.as_slice(), b"\n"].concat());
        }
    }
    file
}

//! Makes a throw-away checkout: a repository of its own that shares the user's objects, detached at a commit.
//!
//! Its files are written by the user's own repository, so that filters set up there are applied, partial clones fetch
//! what they lack, and neither sparseness nor a hook takes part. What attributes convert, line ends, `$Id$` and encodings,
//! is written anew as the commit holds it, so that a build does not depend on them. No link leads out.

use std::fs;
use std::path::{Path, PathBuf};

use gix::bstr::ByteSlice;
use gix::objs::Kind;
use releasekit_core::vcs::ExportRequest;

use crate::error::Error;
use crate::object::{object_id, read};
use crate::program::Invocation;
use crate::repository::Git;
use crate::tree::link::require_inside;
use crate::{status, submodules};

/// What nobody but the owner may write, and everybody may read.
const UMASK: u16 = 0o022;

/// Settings of the checkout, so that git inside it sees what was written and does nothing by itself.
const SETTINGS: &str = "[core]
\tautocrlf = false
\teol = lf
\tfsmonitor = false
\thooksPath = /dev/null
\tsparseCheckout = false
[gc]
\tauto = 0
[maintenance]
\tauto = false
";

/// Attributes of the checkout, after the user's own: nothing but filters stands between the commit and the files.
const ATTRIBUTES: &str = "\n* -text -eol -ident !working-tree-encoding\n";

/// Whether a value of an attribute converts files.
type Converts = fn(&[u8]) -> bool;

/// Attributes that convert files.
const CONVERSIONS: &[(&str, Converts)] = &[
    ("eol", |value| value == b"crlf"),
    ("ident", |value| value == b"set"),
    ("working-tree-encoding", |value| value != b"unspecified"),
];

/// Makes the checkout, and requires that git calls nothing in it changed.
pub(crate) async fn export(git: &Git, request: &ExportRequest) -> Result<(), Error> {
    let commit = object_id(request.commit.as_str())?;
    git.read(move |repo| read(repo, commit, Kind::Commit)).await?;
    prepare_folder(&request.into)?;
    let export = Export { git, folder: &request.into };
    export.init().await?;
    export.share_objects()?;
    export.copy_settings().await?;
    export.copy_refs(request).await?;
    export.check_out(request).await?;
    export.undo_conversions().await?;
    submodules::check_out(git, &request.into).await?;
    require_inside(&request.into)?;
    export.require_clean(request).await
}

/// An absent or empty folder that no repository surrounds, for tools climb up to outer ones.
pub(crate) fn prepare_folder(folder: &Path) -> Result<(), Error> {
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

    fn append(&self, path: &str, content: &str) -> Result<(), Error> {
        let file = self.folder.join(".git").join(path);
        let before = fs::read(&file).map_err(Error::folder(&file))?;
        self.write(path, [&before, content.as_bytes()].concat())
    }

    /// A file of the user's repository where it has one.
    fn users(&self, path: &str) -> Result<Option<Vec<u8>>, Error> {
        let from = self.git.places.common_dir.join(path);
        match fs::read(&from) {
            Ok(content) => Ok(Some(content)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::folder(&from)(error)),
        }
    }

    /// The last line that names an attribute wins, and this file outranks those of the commit.
    fn copy_attributes(&self) -> Result<(), Error> {
        let users = self.users("info/attributes")?.unwrap_or_default();
        self.write("info/attributes", [users.as_slice(), ATTRIBUTES.as_bytes()].concat())
    }

    fn share_objects(&self) -> Result<(), Error> {
        self.write("objects/info/alternates", alternates(self.git.places.objects()))?;
        self.users("shallow")?.map_or(Ok(()), |shallow| self.write("shallow", shallow))
    }

    /// What files went through on their way in, git inside the checkout has to know as well.
    async fn copy_settings(&self) -> Result<(), Error> {
        self.copy_attributes()?;
        let args = ["config", "--includes", "-z", "--get-regexp", r"^(filter|lfs)\."];
        let output = self.git.command(args).output().await?;
        let text = output.stdout_text();
        for (key, value) in text.split('\0').filter_map(|entry| entry.split_once('\n')) {
            self.command(["config", "--add", key, value]).done("set up the export's repository").await?;
        }
        self.append("config", SETTINGS)
    }

    /// Detaches HEAD, and copies tags as one packed file: a repository can have thousands of them.
    async fn copy_refs(&self, request: &ExportRequest) -> Result<(), Error> {
        let format = "--format=%(objectname) %(refname) %(*objectname)";
        let tags = self.git.command(["for-each-ref", format, "refs/tags"]).ok("list the tags").await?;
        self.write("packed-refs", packed_refs(&tags.stdout, request))?;
        self.write("HEAD", format!("{}\n", request.commit))
    }

    /// A command of the user's repository over the files of the checkout, which writes none.
    fn users_command<const N: usize>(&self, args: [&str; N]) -> Invocation<'a> {
        let command = self.git.command(args).folder(self.folder);
        command.var("GIT_WORK_TREE", self.folder).var("GIT_INDEX_FILE", self.folder.join(".git/index"))
    }

    async fn check_out(&self, request: &ExportRequest) -> Result<(), Error> {
        let command = self.users_command(["read-tree", "--reset", "-u", request.commit.as_str()]).umask(UMASK);
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

    /// Writes those files anew that attributes have converted. The checkout's own repository converts none.
    async fn undo_conversions(&self) -> Result<(), Error> {
        let files = self.users_command(["ls-files", "-z"]).ok("list the files of the export").await?;
        let names = CONVERSIONS.iter().map(|(name, _)| *name);
        let command = self.users_command(["check-attr", "-z", "--stdin"]).args(names).input(files.stdout);
        let converted = converted(&command.ok("read the attributes of the export's files").await?.stdout);
        if converted.is_empty() {
            return Ok(());
        }
        let command = self.command(["checkout-index", "-z", "--stdin", "--force", "--index"]);
        command.input(converted).done("write the files of the export as they are committed").await
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

/// The file that names further folders with objects.
pub(crate) fn alternates(folders: impl Iterator<Item = PathBuf>) -> Vec<u8> {
    folders.flat_map(|folder| [folder.as_os_str().as_encoded_bytes(), b"\n"].concat()).collect()
}

/// The paths, each with a zero byte, of files that an attribute converts. The listing has path, attribute and value in turn.
fn converted(listing: &[u8]) -> Vec<u8> {
    let mut found: Vec<&[u8]> = Vec::new();
    let mut fields = listing.split(|byte| *byte == 0);
    while let (Some(path), Some(name), Some(value)) = (fields.next(), fields.next(), fields.next()) {
        let converts = CONVERSIONS.iter().any(|(known, converts)| known.as_bytes() == name && converts(value));
        if converts && found.last() != Some(&path) {
            found.push(path);
        }
    }
    found.iter().flat_map(|path| path.iter().copied().chain([0])).collect()
}

/// The lines of a packed-refs file, sorted by name; tags of the request win over the repository's own.
fn packed_refs(listed: &[u8], request: &ExportRequest) -> Vec<u8> {
    let own = listed.lines().filter_map(|line| {
        let mut fields = line.splitn(3, |byte| *byte == b' ');
        let (object, name) = (fields.next()?, fields.next()?);
        Some((name.to_vec(), (object.to_vec(), fields.next().unwrap_or_default().to_vec())))
    });
    let mut refs: std::collections::BTreeMap<Vec<u8>, (Vec<u8>, Vec<u8>)> = own.collect();
    if request.alone {
        let commit = request.commit.as_str().as_bytes();
        refs.retain(|_, (object, peeled)| object != commit && peeled != commit);
    }
    for tag in &request.tags {
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

//! Makes a commit without checkout, index or ref: the rule of `git hash-object`, a throw-away index, and `commit-tree`.
//!
//! Blobs are hashed as they are, never through a filter, so a file stored with CRLF keeps its bytes whatever
//! `core.autocrlf` and the attributes in the work tree say.

use std::fs;
use std::path::{Path, PathBuf};

use gix::ObjectId;
use gix::objs::Kind;
use gix::objs::tree::EntryKind;
use releasekit_core::edit::FileEdit;
use releasekit_core::model::{CommitId, RepoPath};
use releasekit_core::vcs::{Author, CommitRequest};

use crate::error::Error;
use crate::history::graph::Cache;
use crate::history::trees::Trees;
use crate::object::{object_id, read, tree_of};
use crate::program::Invocation;
use crate::read::commit::is_signed;
use crate::repository::Git;
use crate::scratch;
use crate::sign::{self, Signed, signing_failed};
use crate::tree::find_entry;

/// Makes the commit. The same request gives the same commit, unless a signature holds the time it was made.
pub(crate) async fn commit(git: &Git, request: &CommitRequest) -> Result<CommitId, Error> {
    let parent = object_id(request.parent.as_str())?;
    let modes = modes(git, parent, &request.edits).await?;
    let folder = scratch::folder(&git.places.scratch)?;
    let index = Index { git, file: folder.path().join("index") };
    index.command(["read-tree"]).args([request.parent.as_str()]).done("read the tree of the parent").await?;
    refuse_filtered(&index, &request.edits).await?;
    let blobs =
        write_blobs(git, folder.path(), request.edits.iter().filter_map(|edit| edit.content.as_deref())).await?;
    let info = index_info(&request.edits, &modes, blobs);
    index.command(["update-index", "-z", "--index-info"]).input(info).done("edit the tree").await?;
    let tree = index.command(["write-tree", "--missing-ok"]).text("write the tree").await?;
    let sign = sign::wanted(git, request.sign, Signed::Commit).await?;
    let variables = request.author.as_ref().map(variables).unwrap_or_default();
    let by = By { variables, time: format!("@{} +0000", request.time) };
    write(git, New { tree: &tree, parent: &request.parent, message: &request.message, by: &by }, sign).await
}

/// What names somebody as author and committer.
fn variables(Author { name, email }: &Author) -> Vec<(&'static str, String)> {
    let roles = [("GIT_AUTHOR_NAME", name), ("GIT_AUTHOR_EMAIL", email)];
    let committer = [("GIT_COMMITTER_NAME", name), ("GIT_COMMITTER_EMAIL", email)];
    roles.into_iter().chain(committer).map(|(variable, value)| (variable, value.clone())).collect()
}

/// Who and when a commit names, where it is not the user and not now.
#[derive(Clone)]
pub(crate) struct By {
    /// Variables for git, such as `GIT_AUTHOR_NAME`.
    pub(crate) variables: Vec<(&'static str, String)>,
    /// The date of both author and committer, unless a variable says otherwise.
    pub(crate) time: String,
}

/// A commit to be written.
#[derive(Clone, Copy)]
pub(crate) struct New<'a> {
    pub(crate) tree: &'a str,
    pub(crate) parent: &'a CommitId,
    pub(crate) message: &'a str,
    pub(crate) by: &'a By,
}

/// Writes a commit object, and looks for its signature where there is to be one.
pub(crate) async fn write(git: &Git, commit: New<'_>, sign: bool) -> Result<CommitId, Error> {
    let New { tree, parent, message, by } = commit;
    let command = git.command(["commit-tree"]).args(sign.then_some("-S"));
    let mut command = command.args(["-p", parent.as_str(), "-F", "-", tree]).input(message);
    command = command.var("GIT_AUTHOR_DATE", &by.time).var("GIT_COMMITTER_DATE", &by.time);
    for (name, value) in &by.variables {
        command = command.var(name, value);
    }
    let written = command.text("write the commit").await;
    let id = if sign { written.map_err(|error| signing_failed(error, "the commit"))? } else { written? };
    let name = object_id(&id)?;
    let bytes = git.read(move |repo| read(repo, name, Kind::Commit)).await?;
    if sign && !is_signed(&bytes) {
        return Err(Error::Unsigned { what: format!("commit {id}"), output: String::new() });
    }
    Ok(CommitId::new(id))
}

/// An index of our own, with the objects and settings of the user's repository.
struct Index<'a> {
    git: &'a Git,
    file: PathBuf,
}

impl<'a> Index<'a> {
    fn command<const N: usize>(&self, args: [&str; N]) -> Invocation<'a> {
        let command = self.git.command(args).var("GIT_INDEX_FILE", &self.file);
        command.setting("core.sparseCheckout=false").setting("index.sparse=false")
    }
}

/// The modes that the edited files have in the parent, in the order of the edits.
async fn modes(git: &Git, parent: ObjectId, edits: &[FileEdit]) -> Result<Vec<&'static str>, Error> {
    let edits: Vec<_> = edits.iter().map(|edit| (edit.path.clone(), edit.content.is_some())).collect();
    let find = move |repo: &gix::Repository, known: &Cache| {
        let tree = tree_of(repo, parent)?;
        let mut trees = Trees::new(repo, known.packs(repo));
        edits.iter().map(|(path, is_write)| mode(&mut trees, (parent, tree), path, *is_write)).collect()
    };
    git.read_graph(find).await
}

/// A file keeps its mode. What is no file, or lies where a file is, cannot be written.
fn mode(
    trees: &mut Trees<'_>,
    (commit, tree): (ObjectId, ObjectId),
    path: &RepoPath,
    is_write: bool,
) -> Result<&'static str, Error> {
    let not_a_file = |path: &RepoPath| Err(Error::NotAFile { path: path.to_string(), commit: commit.to_string() });
    for folder in std::iter::successors(path.parent(), RepoPath::parent).filter(|folder| is_write && !folder.is_root())
    {
        if find_entry(trees, tree, &folder)?.is_some_and(|(kind, _)| kind != EntryKind::Tree) {
            return not_a_file(&folder);
        }
    }
    match find_entry(trees, tree, path)? {
        None | Some((EntryKind::Blob, _)) => Ok("100644"),
        Some((EntryKind::BlobExecutable, _)) => Ok("100755"),
        Some((EntryKind::Link | EntryKind::Commit, _)) if !is_write => Ok("0"),
        Some(_) => not_a_file(path),
    }
}

/// Attributes are looked up in the tree that the commit stands on, as git would after checking it out.
async fn refuse_filtered(index: &Index<'_>, edits: &[FileEdit]) -> Result<(), Error> {
    let written = edits.iter().filter(|edit| edit.content.is_some());
    let paths: Vec<u8> = written.flat_map(|edit| edit.path.as_str().bytes().chain([0])).collect();
    let command = index.command(["check-attr", "-z", "--stdin", "--cached", "filter"]).input(paths);
    let output = command.ok("read the attributes").await?;
    let text = output.stdout_text();
    let mut fields = text.split('\0');
    while let (Some(path), Some(_), Some(value)) = (fields.next(), fields.next(), fields.next()) {
        if !matches!(value, "unspecified" | "unset") {
            return Err(Error::Filtered { path: path.to_owned(), filter: value.to_owned() });
        }
    }
    Ok(())
}

/// Stores contents, byte for byte, and gives their names in the same order.
async fn write_blobs<'a>(
    git: &Git,
    folder: &Path,
    contents: impl Iterator<Item = &'a [u8]>,
) -> Result<Vec<String>, Error> {
    let paths = write_numbered(folder, contents)?;
    let command = git.command(["hash-object", "-w", "--no-filters", "--stdin-paths"]).folder(folder);
    let names = command.input(paths).text("store the files").await?;
    Ok(names.lines().map(str::to_owned).collect())
}

/// Writes contents to files named by number, and gives the list of names that git takes at its standard input.
pub(crate) fn write_numbered(folder: &Path, contents: impl Iterator<Item = impl AsRef<[u8]>>) -> Result<String, Error> {
    let mut list = String::new();
    for (number, content) in contents.enumerate() {
        let file = folder.join(number.to_string());
        fs::write(&file, content).map_err(Error::folder(&file))?;
        list += &format!("{number}\n");
    }
    Ok(list)
}

fn index_info(edits: &[FileEdit], modes: &[&str], blobs: Vec<String>) -> Vec<u8> {
    let mut blobs = blobs.into_iter();
    let mut info = Vec::new();
    for (edit, mode) in edits.iter().zip(modes) {
        let blob = edit.content.as_ref().and_then(|_| blobs.next());
        let line = match blob {
            Some(blob) => format!("{mode} {blob}\t{}\0", edit.path.as_str()),
            None => format!("0 {}\t{}\0", ObjectId::null(gix::hash::Kind::Sha1), edit.path.as_str()),
        };
        info.extend_from_slice(line.as_bytes());
    }
    info
}

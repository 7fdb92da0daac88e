//! What can go wrong with a git repository.

use std::io;
use std::path::PathBuf;

use releasekit_core::model::TagName;
use releasekit_core::{BackendError, Code, Diagnostic, Redactor};

use crate::codes;

/// A failure of the git backend. Texts that git printed are free of credentials.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No git on the `PATH`.
    #[error("`git` is not installed, or not on `PATH`")]
    NotInstalled,
    /// A git that lacks what we rely on.
    #[error("git {found} is too old; releasekit needs {least} or later")]
    TooOld {
        /// Its version as it says.
        found: String,
        /// The least that will do.
        least: String,
    },
    /// Another user's repository.
    #[error("the repository at `{}` belongs to another user", .path.display())]
    DubiousOwnership {
        /// Its work tree or git folder.
        path: PathBuf,
    },
    /// A bare repository, or the inside of a git folder.
    #[error("the repository at `{}` has no work tree", .path.display())]
    NoWorkTree {
        /// Its git folder.
        path: PathBuf,
    },
    /// A branch before its first commit.
    #[error("`{branch}` has no commit yet")]
    NoCommit {
        /// The branch that is checked out.
        branch: String,
    },
    /// An object that is not in the clone.
    #[error("the clone lacks the {what} `{id}`")]
    Missing {
        /// What kind of object.
        what: &'static str,
        /// Its name.
        id: String,
    },
    /// An object that a partial clone has left out.
    #[error("the clone is partial, and lacks the {what} `{id}`")]
    Partial {
        /// What kind of object.
        what: &'static str,
        /// Its name.
        id: String,
    },
    /// An answer that depends on commits that the clone lacks.
    #[error("the history of this clone ends at {commit}, so {question} is unknown")]
    HistoryCut {
        /// A commit whose parents are missing.
        commit: String,
        /// What was asked.
        question: String,
    },
    /// History that a shallow clone lacks.
    #[error("history is cut off at {at}, and the answer lies beyond it")]
    Shallow {
        /// Where it ends.
        at: String,
    },
    /// Tags that only the remote has.
    #[error("the clone lacks {} that the remote has", lacking(.tags))]
    TagsMissing {
        /// The tags.
        tags: Vec<TagName>,
    },
    /// A commit that somebody named.
    #[error("{}", commit_text(.name, *.setting))]
    CommitMissing {
        /// As it was named.
        name: String,
        /// The setting that names it; `None` where the user did.
        setting: Option<&'static str>,
    },
    /// Bytes that are not what they should be.
    #[error("{what} of the repository is corrupt")]
    Corrupt {
        /// Which object.
        what: String,
    },
    /// A read that failed.
    #[error("{what} of the repository cannot be read: {source}")]
    Read {
        /// What was read.
        what: &'static str,
        /// Why it failed.
        source: gix::Error,
    },
    /// A text that names no object.
    #[error("`{text}` is not the full name of an object")]
    NoObjectId {
        /// The text.
        text: String,
    },
    /// A malformed glob.
    #[error("`{glob}` is not a glob: {why}")]
    Glob {
        /// As written.
        glob: String,
        /// What is wrong with it.
        why: String,
    },
    /// A name that git forbids.
    #[error("`{name}` is no legal name of a tag or branch")]
    RefName {
        /// The name.
        name: String,
    },
    /// A ref that is named twice.
    #[error("`{name}` is to be set twice at once")]
    RefTwice {
        /// Its full name.
        name: String,
    },
    /// A git command that failed.
    #[error("git could not {what}")]
    Failed {
        /// What it was to do.
        what: String,
        /// What it printed.
        output: String,
    },
    /// A git command that could not be run, or hung.
    #[error(transparent)]
    Process(releasekit_process::Error),
    /// A folder that cannot be used.
    #[error("`{}` {why}", .path.display())]
    Folder {
        /// Which.
        path: PathBuf,
        /// What is the matter.
        why: String,
        /// What the system said.
        source: Option<io::Error>,
    },
    /// A file of the work tree that cannot be written.
    #[error("`{path}` of the work tree cannot be written: {source}")]
    WorkTreeFile {
        /// Which, from the root.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// Nobody to be named as author.
    #[error("git does not know the name and address to {what} with")]
    NoIdentity {
        /// What it was to do.
        what: String,
        /// What it printed.
        output: String,
    },
    /// Asked to be signed, and not signed.
    #[error("{what} was to be signed and is not")]
    Unsigned {
        /// Which commit or tag.
        what: String,
        /// What git printed.
        output: String,
    },
    /// A file behind a filter.
    #[error("`{path}` is stored through the filter `{filter}`")]
    Filtered {
        /// Which file.
        path: String,
        /// The filter.
        filter: String,
    },
    /// A link, a submodule or a folder in a file's place.
    #[error("`{path}` is not a plain file in {commit}")]
    NotAFile {
        /// Where.
        path: String,
        /// In which commit.
        commit: String,
    },
    /// A link to what is not under version control here.
    #[error("{}", link_text(.path, .link, .leads))]
    LinkOutside {
        /// What was to be read.
        path: String,
        /// The link that is met on the way.
        link: String,
        /// Where it leads.
        leads: &'static str,
    },
    /// A commit that does not fit.
    #[error("commit {commit} conflicts with its new base in {}", quoted(.files))]
    ReplayConflict {
        /// Which commit.
        commit: String,
        /// The files in conflict.
        files: Vec<String>,
    },
    /// A branch under a checkout.
    #[error("`{branch}` is checked out in `{folder}`")]
    BranchCheckedOut {
        /// Which branch.
        branch: String,
        /// Where.
        folder: String,
    },
    /// A ref of this repository that is elsewhere.
    #[error("`{name}` is at {found}, not at {expected}")]
    RefConflict {
        /// Which ref.
        name: String,
        /// Where it is.
        found: String,
        /// Where it was expected.
        expected: String,
    },
    /// A remote nobody configured.
    #[error("there is no remote `{remote}`")]
    NoRemote {
        /// As asked for.
        remote: String,
    },
    /// A remote on the network, offline.
    #[error("`{remote}` is on the network, which is off limits")]
    Offline {
        /// Which remote.
        remote: String,
    },
    /// A remote that does not answer.
    #[error("the remote `{remote}` cannot be reached")]
    Unreachable {
        /// Which remote.
        remote: String,
        /// What git printed.
        output: String,
    },
    /// A remote that knows no credential of ours.
    #[error("the remote `{remote}` does not accept the credential")]
    Unauthenticated {
        /// Which remote.
        remote: String,
        /// What git printed.
        output: String,
    },
    /// A remote that lets us not do this.
    #[error("the credential may not do this on the remote `{remote}`")]
    Forbidden {
        /// Which remote.
        remote: String,
        /// What git printed.
        output: String,
    },
    /// A remote that refused.
    #[error("the remote `{remote}` refused the push: {}", .reasons.join("; "))]
    Rejected {
        /// Which remote.
        remote: String,
        /// Ref by ref, why.
        reasons: Vec<String>,
        /// What git and the server printed.
        output: String,
    },
    /// A remote without an object.
    #[error("the remote `{remote}` does not have `{id}`")]
    NotOnRemote {
        /// Which remote.
        remote: String,
        /// The object.
        id: String,
    },
    /// An export that git calls changed.
    #[error("the export of {commit} differs from it in {}", quoted(.files))]
    ExportDiffers {
        /// Which commit.
        commit: String,
        /// The files that differ.
        files: Vec<String>,
    },
}

/// How many names a message lists.
const MOST_NAMES: usize = 10;

fn quoted(names: &[String]) -> String {
    let mut list: Vec<String> = names.iter().take(MOST_NAMES).map(|name| format!("`{name}`")).collect();
    if names.len() > MOST_NAMES {
        list.push(format!("{} more", names.len() - MOST_NAMES));
    }
    list.join(", ")
}

impl Error {
    /// Says what was read when a read failed.
    pub(crate) fn read(what: &'static str) -> impl FnOnce(gix::Error) -> Self {
        move |source| Self::Read { what, source }
    }

    /// Says which folder it was when the system refused.
    pub(crate) fn folder(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Folder { path: path.into(), why: format!("cannot be used: {source}"), source: Some(source) }
    }
}

fn lacking(tags: &[TagName]) -> String {
    match tags {
        [only] => format!("the release tag `{only}`"),
        [first, ..] => format!("{} release tags, `{first}` among them,", tags.len()),
        [] => "no tag".to_owned(),
    }
}

fn commit_text(name: &str, setting: Option<&str>) -> String {
    match setting {
        Some(setting) => format!("`{setting}` is `{name}`, and the clone has no such commit"),
        None => format!("the clone has no commit `{name}`"),
    }
}

/// Where a link leads that nothing is read through.
fn link_text(path: &str, link: &str, leads: &str) -> String {
    if path == link {
        format!("`{link}` is a link that leads {leads}")
    } else {
        format!("`{path}` cannot be read: `{link}` is a link that leads {leads}")
    }
}

impl Diagnostic for Error {
    fn code(&self) -> Code {
        match self {
            Self::NotInstalled => codes::NOT_INSTALLED,
            Self::TooOld { .. } => codes::TOO_OLD,
            Self::DubiousOwnership { .. } => codes::DUBIOUS_OWNERSHIP,
            Self::NoWorkTree { .. } => codes::NO_WORK_TREE,
            Self::NoCommit { .. } => codes::NO_COMMIT,
            Self::Missing { .. } => codes::OBJECT_MISSING,
            Self::Partial { .. } => codes::PARTIAL,
            Self::HistoryCut { .. } => codes::HISTORY_CUT,
            Self::Shallow { .. } => codes::SHALLOW,
            Self::TagsMissing { .. } => codes::TAGS_MISSING,
            Self::CommitMissing { .. } => codes::COMMIT_MISSING,
            Self::Corrupt { .. } | Self::Read { .. } => codes::READ,
            Self::NoObjectId { .. } => codes::NO_OBJECT_NAME,
            Self::Glob { .. } => codes::INVALID_GLOB,
            Self::RefName { .. } => codes::INVALID_REF_NAME,
            Self::RefTwice { .. } => codes::REF_TWICE,
            Self::Failed { .. } => codes::FAILED,
            Self::Process(error) => error.code(),
            Self::Folder { .. } => codes::FOLDER,
            Self::WorkTreeFile { .. } => codes::FILE_UNWRITABLE,
            Self::NoIdentity { .. } => codes::NO_IDENTITY,
            Self::Unsigned { .. } => codes::UNSIGNED,
            Self::Filtered { .. } => codes::FILTERED_FILE,
            Self::NotAFile { .. } => codes::NOT_A_FILE,
            Self::LinkOutside { .. } => codes::LINK_OUTSIDE,
            Self::ReplayConflict { .. } => codes::REPLAY_CONFLICT,
            Self::BranchCheckedOut { .. } => codes::BRANCH_CHECKED_OUT,
            Self::RefConflict { .. } => codes::REF_CONFLICT,
            Self::NoRemote { .. } => codes::NO_REMOTE,
            Self::Offline { .. } => codes::OFFLINE,
            Self::Unreachable { .. } => codes::REMOTE_UNREACHABLE,
            Self::Unauthenticated { .. } => codes::UNAUTHENTICATED,
            Self::Forbidden { .. } => codes::FORBIDDEN,
            Self::Rejected { .. } => codes::PUSH_REJECTED,
            Self::NotOnRemote { .. } => codes::NOT_ON_REMOTE,
            Self::ExportDiffers { .. } => codes::EXPORT_DIFFERS,
        }
    }

    fn inner(&self) -> Option<&dyn Diagnostic> {
        match self {
            Self::Process(error) => Some(error),
            _ => None,
        }
    }

    fn specific_help(&self) -> Option<String> {
        let help = match self {
            Self::TooOld { least, .. } => format!("install git {least} or later"),
            Self::DubiousOwnership { path } => {
                format!("if you trust it, run `git config --global --add safe.directory {}`", path.display())
            }
            Self::Filtered { path, .. } => format!("take `{path}` out of the filter in `.gitattributes`"),
            Self::NotAFile { path, .. } => {
                format!("commit a file in the place of `{path}`, or where it is a link, name the file that it leads to")
            }
            // Git says so of a ref that was not where a lease expected it.
            Self::Rejected { reasons, .. } if reasons.iter().any(|reason| reason.contains("(stale info)")) => {
                "somebody else has pushed there meanwhile: run the same command again, which looks at what is there"
                    .into()
            }
            Self::LinkOutside { link, .. } => format!("commit the file itself in the place of `{link}`"),
            Self::BranchCheckedOut { folder, .. } => format!("run `git -C {folder} switch --detach`"),
            Self::Unreachable { remote, .. } => {
                format!("run the command again; if it stays so, `git ls-remote {remote}` has to work first")
            }
            Self::NoRemote { remote } => format!("run `git remote add {remote} URL`, or set `remote`"),
            Self::Unauthenticated { remote, .. } => format!("check the credential with `git ls-remote {remote}`"),
            // What makes a folder unfit to be checked out into is where it lies, unless the system refused.
            Self::Folder { source: None, .. } => {
                "name a cache folder outside of any repository with `XDG_CACHE_HOME`".to_owned()
            }
            _ => return None,
        };
        Some(help)
    }

    fn output(&self) -> Option<String> {
        match self {
            Self::Failed { output, .. }
            | Self::NoIdentity { output, .. }
            | Self::Unsigned { output, .. }
            | Self::Unreachable { output, .. }
            | Self::Unauthenticated { output, .. }
            | Self::Forbidden { output, .. }
            | Self::Rejected { output, .. } => Some(Redactor::new().redact(output)).filter(|output| !output.is_empty()),
            Self::Process(error) => error.output(),
            _ => None,
        }
    }
}

impl From<Error> for BackendError {
    fn from(error: Error) -> Self {
        Self::from_diagnostic(error)
    }
}

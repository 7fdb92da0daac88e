//! The bare repository of a repository on the forge, through the git program.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;

use super::time::Moment;

/// Refuses pushes; see the file.
const UPDATE_HOOK: &str = include_str!("update.sh");

/// How a bare repository is set up: pushes come over HTTP, commits that nobody points to may be fetched, and nothing is
/// tidied while requests come.
const SETTINGS: &str = "[http]\n\treceivepack = true\n[uploadpack]\n\tallowAnySHA1InWant = true\n[gc]\n\tauto = 0\n";

/// Where rules for pushes lie in a bare repository.
const RULES: &str = "releasekit-rules";

/// Variables by which git would look elsewhere than it is told.
const ELSEWHERE: &[&str] = &[
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_PARAMETERS",
    "GIT_NAMESPACE",
];

/// A bare repository.
#[derive(Debug, Clone, Default)]
pub(super) struct Git {
    folder: PathBuf,
}

/// Who makes a commit, and when.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) name: String,
    pub(super) email: String,
    pub(super) at: Moment,
}

impl Person {
    pub(super) fn new(name: &str, email: &str, at: Moment) -> Self {
        Self { name: name.to_owned(), email: email.to_owned(), at }
    }

    /// As a header of a commit has it.
    pub(super) fn line(&self) -> String {
        format!("{} <{}> {} +0000", self.name, self.email, self.at.seconds())
    }
}

impl Git {
    /// Makes an empty one whose default branch is `main`.
    pub(super) fn init(folder: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        let git = Self { folder };
        git.text(&["init", "--quiet", "--bare", "--initial-branch=main", "."])?;
        git.prepare()?;
        Ok(git)
    }

    /// Makes one with all branches and tags of another.
    pub(super) fn fork(of: &Self, folder: PathBuf) -> io::Result<Self> {
        let git = Self::init(folder)?;
        let from = of.folder.display().to_string();
        git.text(&["fetch", "--quiet", &from, "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"])?;
        Ok(git)
    }

    /// Makes a first commit without files on a branch.
    pub(super) fn begin(&self, branch: &str, who: &Person) -> io::Result<()> {
        let message = "Initial commit\n";
        let (line, length) = (who.line(), message.len());
        let input = format!("commit refs/heads/{branch}\ncommitter {line}\ndata {length}\n{message}");
        self.fed(&["fast-import", "--quiet"], input.as_bytes()).map(drop)
    }

    fn prepare(&self) -> io::Result<()> {
        let config = self.folder.join("config");
        let own = fs::read_to_string(&config)?;
        fs::write(&config, own + SETTINGS)?;
        let hook = self.folder.join("hooks/update");
        fs::create_dir_all(self.folder.join("hooks"))?;
        fs::write(&hook, UPDATE_HOOK)?;
        executable(&hook)?;
        self.set_rules("")
    }

    /// Replaces the rules that the hook reads.
    pub(super) fn set_rules(&self, rules: &str) -> io::Result<()> {
        fs::write(self.folder.join(RULES), rules)
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The commit of a branch.
    pub(super) fn branch(&self, name: &str) -> Option<String> {
        self.commit(&format!("refs/heads/{name}"))
    }

    /// The commit that a revision means.
    pub(super) fn commit(&self, revision: &str) -> Option<String> {
        self.text(&["rev-parse", "--verify", "--quiet", &format!("{revision}^{{commit}}")]).ok()
    }

    /// A file at a commit: the object that it is, and its bytes.
    pub(super) fn blob(&self, commit: &str, path: &str) -> Option<(String, Vec<u8>)> {
        let id = self.text(&["rev-parse", "--verify", "--quiet", &format!("{commit}:{path}")]).ok()?;
        let output = self.run(&["cat-file", "blob", &id], b"", &[]).ok()?;
        output.status.success().then_some((id, output.stdout))
    }

    /// The object that a ref points to, and its kind.
    pub(super) fn reference(&self, name: &str) -> Option<(String, String)> {
        let line = self.text(&["for-each-ref", "--format=%(objectname) %(objecttype) %(refname)", name]).ok()?;
        let exact = line.lines().find_map(|line| line.strip_suffix(name)?.strip_suffix(' '))?;
        exact.split_once(' ').map(|(id, kind)| (id.to_owned(), kind.to_owned()))
    }

    /// Every ref with its object, in the order of their names.
    pub(super) fn references(&self, prefix: &str) -> Vec<(String, String, String)> {
        let said = self.text(&["for-each-ref", "--format=%(refname) %(objectname) %(objecttype)", prefix]);
        let said = said.unwrap_or_default();
        let fields = |line: &str| {
            let mut fields = line.split(' ').map(str::to_owned);
            Some((fields.next()?, fields.next()?, fields.next()?))
        };
        said.lines().filter_map(fields).collect()
    }

    /// The object of every ref, by name.
    pub(super) fn commits(&self) -> BTreeMap<String, String> {
        self.references("refs").into_iter().map(|(name, id, _)| (name, id)).collect()
    }

    pub(super) fn set(&self, reference: &str, id: &str) -> io::Result<()> {
        self.text(&["update-ref", reference, id]).map(drop)
    }

    pub(super) fn delete(&self, reference: &str) -> io::Result<()> {
        self.text(&["update-ref", "-d", reference]).map(drop)
    }

    /// Whether all that a commit holds is in another.
    pub(super) fn contains(&self, whole: &str, part: &str) -> bool {
        self.run(&["merge-base", "--is-ancestor", part, whole], b"", &[]).is_ok_and(|output| output.status.success())
    }

    /// Brings the objects of another repository's revision here, and names its commit.
    pub(super) fn take(&self, from: &Path, revision: &str) -> io::Result<String> {
        self.text(&["fetch", "--quiet", "--no-tags", &from.display().to_string(), revision])?;
        self.text(&["rev-parse", "FETCH_HEAD"])
    }

    /// What a command prints, without the end of its last line. Fails with what it said where it fails.
    pub(super) fn text(&self, args: &[&str]) -> io::Result<String> {
        self.fed(args, b"")
    }

    /// The same of a command that reads.
    pub(super) fn fed(&self, args: &[&str], input: &[u8]) -> io::Result<String> {
        let output = self.run(args, input, &[])?;
        Ok(checked(args, output)?.trim_end_matches('\n').to_owned())
    }

    pub(super) fn run(&self, args: &[&str], input: &[u8], variables: &[(&str, &str)]) -> io::Result<Output> {
        run_in(&self.folder, args, input, variables)
    }
}

/// Runs git in a folder, with nothing of the machine's own settings.
#[expect(clippy::disallowed_methods, reason = "the git of the far side has surroundings of its own, and is waited for")]
pub(super) fn run_in(folder: &Path, args: &[&str], input: &[u8], variables: &[(&str, &str)]) -> io::Result<Output> {
    let mut command = Command::new("git");
    command.args(args).current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    for name in ELSEWHERE {
        command.env_remove(name);
    }
    command.envs([("GIT_CONFIG_NOSYSTEM", "1"), ("GIT_CONFIG_GLOBAL", "/dev/null"), ("LC_ALL", "C")]);
    command.envs([("GIT_COMMITTER_NAME", "GitHub"), ("GIT_COMMITTER_EMAIL", "noreply@github.com")]);
    command.envs(variables.iter().copied());
    let mut child = command.spawn()?;
    let stdin = child.stdin.take();
    thread::scope(|scope| {
        scope.spawn(move || {
            // A command that reads no more has what it needs; its own status says how it went.
            let _closed = stdin.map(|mut stdin| stdin.write_all(input));
        });
        child.wait_with_output()
    })
}

/// What a command printed; fails with what it said where it failed.
pub(super) fn checked(args: &[&str], output: Output) -> io::Result<String> {
    if output.status.success() {
        return String::from_utf8(output.stdout).map_err(io::Error::other);
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(io::Error::other(format!("`git {}` failed: {said}", args.join(" "))))
}

fn executable(path: &Path) -> io::Result<()> {
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

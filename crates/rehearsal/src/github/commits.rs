//! Commits of a bare repository: read, and made with a signature.

use std::collections::BTreeMap;
use std::io;

use super::git::{Git, Person};

/// What the forge puts where a signature is. Nobody can check it, as nobody has a key; that it is there is what counts.
const SIGNATURE: &str = "-----BEGIN PGP SIGNATURE-----\n\nreleasekit rehearsal\n-----END PGP SIGNATURE-----";

/// What is told of a commit, one field a line, the message last.
const FORMAT: &str = "--format=%H%n%T%n%P%n%an%n%ae%n%aI%n%cn%n%ce%n%cI";

/// A commit.
#[derive(Debug)]
pub(super) struct Commit {
    pub(super) id: String,
    pub(super) tree: String,
    pub(super) parents: Vec<String>,
    /// Name, address, date.
    pub(super) author: [String; 3],
    pub(super) committer: [String; 3],
    pub(super) message: String,
    pub(super) signed: Signed,
    pub(super) signature: Option<String>,
}

/// Whether a commit bears a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signed {
    ByForge,
    BySomebody,
    No,
}

/// A file that a commit changes.
#[derive(Debug)]
pub(super) struct Changed {
    pub(super) path: String,
    /// The word of the API for what was done to it.
    pub(super) status: &'static str,
    /// What it is afterwards; what it was where it is gone.
    pub(super) blob: String,
    pub(super) additions: u64,
    pub(super) deletions: u64,
}

/// A file of a commit that is made.
#[derive(Debug)]
pub(super) enum Change {
    Write(String, Vec<u8>),
    Delete(String),
}

impl Git {
    /// Reads the commit that a revision means.
    pub(super) fn read(&self, revision: &str) -> Option<Commit> {
        let id = self.commit(revision)?;
        let said = self.text(&["show", "--no-patch", FORMAT, &id]).ok()?;
        let raw = self.text(&["cat-file", "commit", &id]).ok()?;
        let (head, message) = raw.split_once("\n\n")?;
        let mut fields = said.lines().map(str::to_owned);
        let mut next = || fields.next().unwrap_or_default();
        let (id, tree, parents) = (next(), next(), next());
        let parents = parents.split_whitespace().map(str::to_owned).collect();
        let (author, committer) = ([next(), next(), next()], [next(), next(), next()]);
        let signature = signature(head);
        let signed = match &signature {
            Some(text) if text == SIGNATURE => Signed::ByForge,
            Some(_) => Signed::BySomebody,
            None => Signed::No,
        };
        Some(Commit { id, tree, parents, author, committer, message: message.to_owned(), signed, signature })
    }

    /// The files that a commit changes, against its first parent.
    pub(super) fn files(&self, commit: &Commit) -> io::Result<Vec<Changed>> {
        let compare = |how: &str| {
            let ends = match commit.parents.first() {
                Some(parent) => [parent.as_str(), &commit.id],
                None => ["--root", &commit.id],
            };
            self.text(&[&["diff-tree", "-r", "-z", "--no-renames", "--no-commit-id", how], &ends[..]].concat())
        };
        let (raw, counts) = (compare("--raw")?, compare("--numstat")?);
        let counts: Vec<[u64; 2]> = counts.split_terminator('\0').map(counted).collect();
        let raw: Vec<&str> = raw.split_terminator('\0').collect();
        let files = raw.chunks_exact(2).zip(counts);
        Ok(files.filter_map(|(pair, counts)| changed(pair[0], pair[1], counts)).collect())
    }

    /// The tree of a commit with changes.
    pub(super) fn changed(&self, parent: &str, changes: &[Change]) -> io::Result<String> {
        let modes = self.modes(parent)?;
        let scratch = "refs/releasekit/scratch";
        let mut input = format!("commit {scratch}\ncommitter a <a@b> 0 +0000\ndata 0\nfrom {parent}\n").into_bytes();
        for change in changes {
            match change {
                Change::Delete(path) => input.extend(format!("D {}\n", quoted(path)).bytes()),
                Change::Write(path, bytes) => {
                    let mode = modes.get(path).map_or("100644", String::as_str);
                    input.extend(format!("M {mode} inline {}\ndata {}\n", quoted(path), bytes.len()).bytes());
                    input.extend_from_slice(bytes);
                    input.push(b'\n');
                }
            }
        }
        self.fed(&["fast-import", "--quiet", "--force"], &input)?;
        let tree = self.text(&["rev-parse", &format!("{scratch}^{{tree}}")]);
        self.delete(scratch)?;
        tree
    }

    /// The modes of the files of a commit, by path.
    fn modes(&self, commit: &str) -> io::Result<BTreeMap<String, String>> {
        let listed = self.text(&["ls-tree", "-r", "-z", commit])?;
        let entry = |line: &str| {
            let (about, path) = line.split_once('\t')?;
            Some((path.to_owned(), about.split(' ').next()?.to_owned()))
        };
        Ok(listed.split('\0').filter_map(entry).collect())
    }

    /// Makes a commit as somebody does who has no key.
    pub(super) fn plain(&self, tree: &str, parent: &str, author: &Person, message: &str) -> io::Result<String> {
        let line = author.line();
        let text = format!("tree {tree}\nparent {parent}\nauthor {line}\ncommitter {line}\n\n{message}\n");
        self.fed(&["hash-object", "-t", "commit", "-w", "--stdin"], text.as_bytes())
    }

    /// Makes a commit that the forge signs.
    pub(super) fn sign(&self, tree: &str, parent: &str, author: &Person, message: &str) -> io::Result<String> {
        let forge = Person::new("GitHub", "noreply@github.com", author.at);
        let signature = SIGNATURE.replace('\n', "\n ");
        let text = format!(
            "tree {tree}\nparent {parent}\nauthor {}\ncommitter {}\ngpgsig {signature}\n\n{message}",
            author.line(),
            forge.line()
        );
        self.fed(&["hash-object", "-t", "commit", "-w", "--stdin"], text.as_bytes())
    }
}

/// Lines that came and went, of which a binary file has none.
fn counted(line: &str) -> [u64; 2] {
    let mut numbers = line.split('\t').map(|number| number.parse().unwrap_or_default());
    [numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default()]
}

fn changed(about: &str, path: &str, [additions, deletions]: [u64; 2]) -> Option<Changed> {
    let fields: Vec<&str> = about.split(' ').collect();
    let (status, blob) = match *fields.get(4)? {
        "A" => ("added", fields[3]),
        "D" => ("removed", fields[2]),
        _ => ("modified", fields[3]),
    };
    Some(Changed { path: path.to_owned(), status, blob: blob.to_owned(), additions, deletions })
}

/// The signature in the headers of a commit.
fn signature(headers: &str) -> Option<String> {
    let mut lines = headers.lines().skip_while(|line| !line.starts_with("gpgsig "));
    let first = lines.next()?.strip_prefix("gpgsig ")?.to_owned();
    let rest = lines.map_while(|line| line.strip_prefix(' '));
    Some(rest.fold(first, |text, line| format!("{text}\n{line}")))
}

/// A path as the importer reads it.
fn quoted(path: &str) -> String {
    let escaped = path.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("\"{escaped}\"")
}

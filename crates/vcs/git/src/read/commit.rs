//! A commit's bytes.

use gix::ObjectId;
use memchr::memchr;
use memchr::memmem;

/// The lines of a commit that the history needs.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// The root tree.
    pub(crate) tree: ObjectId,
    /// The parents, first parent first.
    pub(crate) parents: Vec<ObjectId>,
    /// The committer's date in seconds since 1970.
    pub(crate) time: i64,
}

impl Header {
    /// Reads the header of a commit; `None` where the bytes are no commit.
    pub(crate) fn parse(commit: &[u8]) -> Option<Self> {
        let mut rest = Some(commit);
        let mut lines = std::iter::from_fn(|| {
            let (line, after) = split_line(rest?);
            rest = after;
            Some(line)
        });
        let tree = ObjectId::from_hex(lines.next()?.strip_prefix(b"tree ")?).ok()?;
        let mut parents = Vec::new();
        let mut author = lines.next()?;
        while let Some(parent) = author.strip_prefix(b"parent ") {
            parents.push(ObjectId::from_hex(parent).ok()?);
            author = lines.next()?;
        }
        let committer = author.strip_prefix(b"author ").and(lines.next()?.strip_prefix(b"committer "))?;
        Some(Self { tree, parents, time: time(committer) })
    }
}

/// The first line, and what comes after it, if it ends.
fn split_line(text: &[u8]) -> (&[u8], Option<&[u8]>) {
    memchr(b'\n', text).map_or((text, None), |end| (&text[..end], Some(&text[end + 1..])))
}

/// The seconds in `Name <address> 1700000000 +0100`; 0 where they cannot be read, as git has it.
fn time(signature: &[u8]) -> i64 {
    let after = memchr::memrchr(b'>', signature).map_or(&[][..], |end| &signature[end + 1..]);
    let text = std::str::from_utf8(after).unwrap_or_default();
    text.split_ascii_whitespace().next().and_then(|seconds| seconds.parse().ok()).unwrap_or(0)
}

/// Who and when, as text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Signature {
    /// The name.
    pub(crate) name: String,
    /// The address.
    pub(crate) email: String,
    /// Seconds and zone as git takes them in a variable, `@1700000000 +0100`.
    pub(crate) date: String,
}

impl Signature {
    /// Takes `Name <address> 1700000000 +0100` apart.
    pub(crate) fn parse(line: &str) -> Self {
        let (who, date) = line.rsplit_once('>').unwrap_or((line, ""));
        let (name, email) = who.split_once('<').unwrap_or((who, ""));
        Self { name: name.trim().to_owned(), email: email.trim().to_owned(), date: format!("@{}", date.trim()) }
    }
}

/// The line that names the author.
pub(crate) fn author_line(commit: &[u8]) -> String {
    line(commit, b"author ")
}

/// The line that names the committer.
pub(crate) fn committer_line(commit: &[u8]) -> String {
    line(commit, b"committer ")
}

fn line(commit: &[u8], key: &[u8]) -> String {
    let line = header(commit).split(|byte| *byte == b'\n').find_map(|line| line.strip_prefix(key));
    text(commit, line.unwrap_or_default())
}

fn header(commit: &[u8]) -> &[u8] {
    &commit[..memmem::find(commit, b"\n\n").unwrap_or(commit.len())]
}

/// The whole message.
pub(crate) fn message(commit: &[u8]) -> String {
    let start = memmem::find(commit, b"\n\n").map_or(commit.len(), |end| end + 2);
    text(commit, &commit[start..])
}

/// Whether the commit carries a signature.
pub(crate) fn is_signed(commit: &[u8]) -> bool {
    header(commit).split(|byte| *byte == b'\n').any(|line| line.starts_with(b"gpgsig"))
}

/// Decodes a part of a commit: UTF-8, or Latin-1 where the commit says so.
fn text(commit: &[u8], part: &[u8]) -> String {
    match std::str::from_utf8(part) {
        Ok(text) => text.to_owned(),
        Err(_) if is_latin1(commit) => part.iter().map(|byte| char::from(*byte)).collect(),
        Err(_) => String::from_utf8_lossy(part).into_owned(),
    }
}

fn is_latin1(commit: &[u8]) -> bool {
    let header = header(commit);
    let Some(start) = memmem::find(header, b"\nencoding ") else { return false };
    let line = &header[start + b"\nencoding ".len()..];
    let name = &line[..memchr(b'\n', line).unwrap_or(line.len())];
    [&b"iso-8859-1"[..], b"iso8859-1", b"latin1", b"latin-1"].iter().any(|latin| name.eq_ignore_ascii_case(latin))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TREE: &str = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
    const PARENT: &str = "1111111111111111111111111111111111111111";

    fn commit(extra: &str, message: &[u8]) -> Vec<u8> {
        let header = format!(
            "tree {TREE}\nparent {PARENT}\nauthor A B <a@b> 1700000000 +0100\ncommitter C <c@d> 1700000001 -0500\n{extra}\n"
        );
        [header.as_bytes(), message].concat()
    }

    #[test]
    fn a_commit_is_taken_apart() {
        let bytes = commit("", b"feat: x\n\nbody\n");
        let header = Header::parse(&bytes).expect("a commit");
        assert_eq!(header.tree.to_string(), TREE);
        assert_eq!(header.parents.iter().map(ToString::to_string).collect::<Vec<_>>(), [PARENT]);
        assert_eq!(header.time, 1_700_000_001);
        assert_eq!(message(&bytes), "feat: x\n\nbody\n");
        let author = Signature::parse(&author_line(&bytes));
        assert_eq!(
            (author.name.as_str(), author.email.as_str(), author.date.as_str()),
            ("A B", "a@b", "@1700000000 +0100")
        );
        assert_eq!(committer_line(&bytes), "C <c@d> 1700000001 -0500");
        assert!(!is_signed(&bytes));
        assert!(is_signed(&commit("gpgsig -----BEGIN\n more\n", b"")));
    }

    #[test]
    fn an_old_encoding_is_read() {
        assert_eq!(message(&commit("encoding ISO-8859-1\n", b"fix: caf\xe9")), "fix: café");
        assert_eq!(message(&commit("", b"fix: caf\xe9")), "fix: caf\u{fffd}");
    }

    #[test]
    fn what_is_no_commit_is_refused() {
        assert_eq!(Header::parse(b"tree zzz\n"), None);
        assert_eq!(Header::parse(b""), None);
    }
}

//! The mark by which a commit of ours is known: a digest of its message and of the files it changed.

use releasekit_core::FileEdit;
use sha2::{Digest, Sha256};

/// How the line of a message begins that bears the mark.
const MARK: &str = "Releasekit-Commit: ";

/// The message of a release commit with its mark.
pub(crate) fn marked(message: &str, edits: &[FileEdit]) -> String {
    format!("{}\n\n{MARK}{}", message.trim_end(), of(message, edits))
}

/// A digest of a message and edits.
pub(super) fn of(message: &str, edits: &[FileEdit]) -> String {
    let mut sorted: Vec<&FileEdit> = edits.iter().collect();
    sorted.sort_by(|a, b| a.path.cmp(&b.path));
    let mut lines = vec![sha256(message.trim_end().as_bytes())];
    for edit in sorted {
        let content = edit.content.as_deref().map_or_else(|| "-".to_owned(), sha256);
        lines.push(format!("{content} {}", edit.path));
    }
    sha256(lines.join("\n").as_bytes())
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The message and the mark at its end.
pub(super) fn read(message: &str) -> Option<(&str, &str)> {
    let (message, mark) = message.trim_end().rsplit_once(MARK)?;
    (!mark.contains('\n') && message.ends_with("\n\n")).then_some((message, mark))
}

/// Whether a message bears a mark anywhere.
pub(super) fn is_in(message: &str) -> bool {
    message.contains(MARK)
}

#[cfg(test)]
mod tests {
    use releasekit_core::model::RepoPath;

    use super::*;

    fn write(path: &str, content: &str) -> FileEdit {
        FileEdit::write(RepoPath::new(path).expect("a legal path"), content)
    }

    #[test]
    fn a_mark_tells_every_change_of_message_and_files() {
        let edits = [write("a", "1"), write("b", "2")];
        let message = marked("chore: release", &edits);
        let (first, found) = read(&message).expect("it bears a mark");
        assert_eq!(first.trim_end(), "chore: release");
        assert_eq!(of(first, &[write("b", "2"), write("a", "1")]), found, "the order does not count");
        let path = RepoPath::new("b").expect("a legal path");
        let others = [
            vec![write("a", "1")],
            vec![write("a", "1"), write("b", "")],
            vec![write("a", "1"), FileEdit::delete(path)],
            vec![write("a", "1"), write("b", "2"), write("c", "")],
        ];
        for other in others {
            assert_ne!(of(first, &other), found, "{other:?}");
        }
        assert_ne!(of("chore: release it", &edits), found);
    }

    #[test]
    fn a_mark_stands_at_the_end_of_a_message() {
        for none in ["", "chore: release", "Releasekit-Commit: a", "a\n\nReleasekit-Commit: b\n\nSigned-off-by: me"] {
            assert_eq!(read(none), None, "{none:?}");
        }
        assert_eq!(read("a\n\nb\n\nReleasekit-Commit: c\n"), Some(("a\n\nb\n\n", "c")));
    }
}

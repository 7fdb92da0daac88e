//! The difference between two states of a text file, in the form that `diff -u` made customary.

use releasekit_core::{BackendError, FileEdit, Tree};

use super::style::{Meaning, clean};

/// Lines that are shown around a change.
const CONTEXT: usize = 3;

/// Larger changes are shown as everything gone and everything new: nobody compares them line by line.
const MOST_CELLS: usize = 4_000_000;

/// How a line of the result comes about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Same,
    Gone,
    New,
}

type Line<'a> = (Mark, &'a str);

/// What an edit changes in a tree.
pub(crate) fn of_edit(tree: &dyn Tree, edit: &FileEdit) -> Result<String, BackendError> {
    let before = tree.read(&edit.path)?;
    Ok(unified(edit.path.as_str(), before.as_deref(), edit.content.as_deref()))
}

/// The difference with its heading; `None` stands for no file. Equal states give nothing.
fn unified(path: &str, before: Option<&[u8]>, after: Option<&[u8]>) -> String {
    if before == after {
        return String::new();
    }
    let name = |side: &str, there: bool| if there { format!("{side}/{path}") } else { "/dev/null".to_owned() };
    let mut text = Meaning::Strong.paint(&format!("--- {}", name("a", before.is_some()))) + "\n";
    text.push_str(&(Meaning::Strong.paint(&format!("+++ {}", name("b", after.is_some()))) + "\n"));
    let (Ok(before), Ok(after)) = (as_text(before), as_text(after)) else { return text + "binary files differ\n" };
    let lines = compare(&before.lines().collect::<Vec<_>>(), &after.lines().collect::<Vec<_>>());
    text + &hunks(&lines)
}

fn as_text(content: Option<&[u8]>) -> Result<&str, std::str::Utf8Error> {
    content.map_or(Ok(""), std::str::from_utf8)
}

fn compare<'a>(before: &[&'a str], after: &[&'a str]) -> Vec<Line<'a>> {
    let head = before.iter().zip(after).take_while(|(a, b)| a == b).count();
    let rest = before.len().min(after.len()) - head;
    let tail = before.iter().rev().zip(after.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
    let same = |lines: &[&'a str]| lines.iter().map(|line| (Mark::Same, *line)).collect::<Vec<_>>();
    let mut lines = same(&before[..head]);
    lines.extend(middle(&before[head..before.len() - tail], &after[head..after.len() - tail]));
    lines.extend(same(&before[before.len() - tail..]));
    lines
}

/// Compares by the longest common subsequence.
fn middle<'a>(before: &[&'a str], after: &[&'a str]) -> Vec<Line<'a>> {
    if before.len() * after.len() > MOST_CELLS {
        let gone = before.iter().map(|line| (Mark::Gone, *line));
        return gone.chain(after.iter().map(|line| (Mark::New, *line))).collect();
    }
    let common = lengths(before, after);
    let (mut i, mut j) = (0, 0);
    let mut lines = Vec::new();
    while i < before.len() || j < after.len() {
        if i < before.len() && j < after.len() && before[i] == after[j] {
            lines.push((Mark::Same, before[i]));
            (i, j) = (i + 1, j + 1);
        } else if j == after.len() || (i < before.len() && common[i + 1][j] >= common[i][j + 1]) {
            lines.push((Mark::Gone, before[i]));
            i += 1;
        } else {
            lines.push((Mark::New, after[j]));
            j += 1;
        }
    }
    lines
}

/// For every pair of ends, how much they have in common.
fn lengths(before: &[&str], after: &[&str]) -> Vec<Vec<u32>> {
    let mut common = vec![vec![0; after.len() + 1]; before.len() + 1];
    for i in (0..before.len()).rev() {
        for j in (0..after.len()).rev() {
            let longer = common[i + 1][j].max(common[i][j + 1]);
            common[i][j] = if before[i] == after[j] { common[i + 1][j + 1] + 1 } else { longer };
        }
    }
    common
}

fn hunks(lines: &[Line<'_>]) -> String {
    let mut text = String::new();
    let mut at = 0;
    while let Some(first) = lines[at..].iter().position(is_change).map(|offset| at + offset) {
        let start = first.saturating_sub(CONTEXT).max(at);
        let end = end_of_hunk(lines, first);
        text.push_str(&Meaning::Faint.paint(&heading(lines, start, end)));
        text.push('\n');
        text.extend(lines[start..end].iter().map(line));
        at = end;
    }
    text
}

fn is_change(line: &Line<'_>) -> bool {
    line.0 != Mark::Same
}

/// Behind the last change that the next one is far away from.
fn end_of_hunk(lines: &[Line<'_>], first: usize) -> usize {
    let mut last = first;
    while let Some(next) = lines[last + 1..].iter().take(2 * CONTEXT + 1).position(is_change) {
        last += 1 + next;
    }
    (last + 1 + CONTEXT).min(lines.len())
}

fn heading(lines: &[Line<'_>], start: usize, end: usize) -> String {
    let side = |other: Mark| {
        let before = lines[..start].iter().filter(|line| line.0 != other).count();
        let inside = lines[start..end].iter().filter(|line| line.0 != other).count();
        (if inside == 0 { before } else { before + 1 }, inside)
    };
    let ((old, old_length), (new, new_length)) = (side(Mark::New), side(Mark::Gone));
    format!("@@ -{old},{old_length} +{new},{new_length} @@")
}

fn line((mark, text): &Line<'_>) -> String {
    let (sign, meaning) = match mark {
        Mark::Same => (' ', Meaning::Plain),
        Mark::Gone => ('-', Meaning::Bad),
        Mark::New => ('+', Meaning::Good),
    };
    format!("{}\n", meaning.paint(&format!("{sign}{}", clean(text))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(before: Option<&str>, after: Option<&str>) -> String {
        let text = unified("f", before.map(str::as_bytes), after.map(str::as_bytes));
        anstream::adapter::strip_str(&text).to_string()
    }

    #[test]
    fn a_changed_line_is_shown_between_its_neighbours() {
        let before = "1\n2\n3\n4\n5\n6\n7\n8\n";
        let after = "1\n2\n3\n4\nfive\n6\n7\n8\n";
        let expected = "--- a/f\n+++ b/f\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n";
        assert_eq!(plain(Some(before), Some(after)), expected);
    }

    #[test]
    fn changes_far_apart_are_hunks_of_their_own() {
        let before: String = (0..20).map(|line| format!("{line}\n")).collect();
        let after = before.replace("2\n3\n", "2\nx\n3\n").replace("\n17\n", "\n");
        assert_eq!(plain(Some(&before), Some(&after)).matches("@@ -").count(), 2);
    }

    #[test]
    fn new_gone_equal_and_binary_files() {
        assert_eq!(plain(None, Some("a\n")), "--- /dev/null\n+++ b/f\n@@ -0,0 +1,1 @@\n+a\n");
        assert_eq!(plain(Some("a\n"), None), "--- a/f\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-a\n");
        assert_eq!(plain(Some("a"), Some("a")), "");
        assert!(unified("f", Some(&[0xff]), Some(b"a")).ends_with("binary files differ\n"));
    }

    #[test]
    fn what_is_common_is_found_in_the_middle_too() {
        let lines = compare(&["a", "x", "b", "c"], &["x", "b", "y", "c"]);
        let marks: Vec<Mark> = lines.iter().map(|line| line.0).collect();
        assert_eq!(marks, [Mark::Gone, Mark::Same, Mark::Same, Mark::New, Mark::Same]);
    }
}

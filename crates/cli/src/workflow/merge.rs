//! A newer text and what people changed in the older one, by lines.

use diffy::{ConflictStyle, IncompleteHunkStyle, MergeOptions};

/// How a line begins at which people must choose.
const MARK: &str = "<<<<<<< ";

/// What marks are called here, by what the library calls them.
const SIDES: &[(&str, &str)] = &[("<<<<<<< ours\n", "<<<<<<< yours\n"), (">>>>>>> theirs\n", ">>>>>>> releasekit\n")];

/// What came of a merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Merged {
    /// The text, with both sides between marks where both changed the same lines.
    pub(crate) text: String,
    /// The lines, counted from 1, at which such a place begins.
    pub(crate) conflicts: Vec<usize>,
}

/// Brings what changed between two generated texts into the one that people have.
pub(crate) fn merge(generated_before: &str, present: &str, generated: &str) -> Merged {
    let mut options = MergeOptions::new();
    options.set_conflict_style(ConflictStyle::Merge).set_incomplete_hunk_style(IncompleteHunkStyle::Git);
    let named = |text: String| SIDES.iter().fold(text, |text, (theirs, ours)| text.replace(theirs, ours));
    let text = options.merge(generated_before, present, generated).unwrap_or_else(named);
    Merged { conflicts: conflicts(&text), text }
}

/// The lines at which people have not yet chosen.
pub(crate) fn conflicts(text: &str) -> Vec<usize> {
    let lines = text.lines().enumerate().filter(|(_, line)| line.starts_with(MARK));
    lines.map(|(index, _)| index + 1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: &str = "a\nb\nc\nd\ne\n";

    #[test]
    fn what_people_changed_stays_and_the_rest_follows() {
        let merged = merge(BEFORE, "a\nmine\nc\nd\ne\nmore\n", "a\nb\nc\nnew\ne\n");
        assert_eq!(merged, Merged { text: "a\nmine\nc\nnew\ne\nmore\n".to_owned(), conflicts: Vec::new() });
    }

    #[test]
    fn where_nobody_changed_anything_the_newer_text_is_what_comes_of_it() {
        assert_eq!(merge(BEFORE, BEFORE, "x\n").text, "x\n");
        assert_eq!(merge(BEFORE, "mine\n", BEFORE).text, "mine\n");
        assert_eq!(merge(BEFORE, "both\n", "both\n").text, "both\n");
    }

    #[test]
    fn where_both_changed_a_line_people_choose() {
        let merged = merge(BEFORE, "a\nb\nmine\nd\ne\n", "a\nb\nnew\nd\ne\n");
        assert_eq!(merged.text, "a\nb\n<<<<<<< yours\nmine\n=======\nnew\n>>>>>>> releasekit\nd\ne\n");
        assert_eq!((merged.conflicts, conflicts(BEFORE)), (vec![3], vec![]));
    }
}

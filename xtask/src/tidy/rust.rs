//! Rules for Rust sources.

use super::{File, Finding};

/// Lints are expected with a reason, never allowed.
const ALLOWED: &[&str] = &[concat!("#[all", "ow("), concat!("#![all", "ow(")];

/// Marks of work that is not finished.
const UNFINISHED: &[&str] =
    &[concat!("to", "do!("), concat!("unimple", "mented!("), concat!("FIX", "ME"), concat!("XX", "X")];

/// Every module opens with what it is for.
pub(super) fn module_doc(file: &File) -> Vec<Finding> {
    let missing = file.is(".rs") && !file.is_fixture() && !file.text.starts_with("//! ");
    missing
        .then(|| file.at(1, "the module does not open with a `//!` line that says what it is for"))
        .into_iter()
        .collect()
}

/// No lint is silenced without a reason.
pub(super) fn allowed(file: &File) -> Vec<Finding> {
    find(file, ALLOWED, |found| format!("`{found}`: write `expect` with a reason, or mend it"))
}

/// Nothing is left for later without an issue.
pub(super) fn unfinished(file: &File) -> Vec<Finding> {
    find(file, UNFINISHED, |found| format!("`{found}`: finish it, or open an issue"))
}

fn find(file: &File, needles: &[&str], message: impl Fn(&str) -> String) -> Vec<Finding> {
    if !file.is(".rs") {
        return Vec::new();
    }
    file.lines(|line| needles.iter().find(|needle| line.contains(**needle)).map(|found| message(found)))
}

#[cfg(test)]
mod tests {
    use super::super::file;
    use super::{ALLOWED, UNFINISHED, allowed, module_doc, unfinished};

    #[test]
    fn a_module_without_a_doc_is_found() {
        assert_eq!(module_doc(&file("a.rs", "use std::fs;\n")).len(), 1);
        assert_eq!(module_doc(&file("a.rs", "//! Reads files.\n")), []);
        assert_eq!(module_doc(&file("a.md", "text\n")), []);
    }

    #[test]
    fn silenced_lints_are_found() {
        for needle in ALLOWED {
            assert_eq!(allowed(&file("a.rs", &format!("{needle}dead_code)]\n"))).len(), 1);
        }
        assert_eq!(allowed(&file("a.rs", "#[expect(dead_code, reason = \"…\")]\n")), []);
    }

    #[test]
    fn unfinished_work_is_found() {
        for needle in UNFINISHED {
            assert_eq!(unfinished(&file("a.rs", &format!("    {needle} x\n"))).len(), 1);
        }
        assert_eq!(unfinished(&file("a.rs", "let fixme = 1;\n")), []);
    }
}

//! `gen`: documents that are made from the code, and `gen --check`, which says whether they still are.

use std::fs;
use std::path::Path;

use clap::Args;
use releasekit::reference;

use crate::failure::{Failure, Result};
use crate::repository::{read, root, write};
use crate::shell;

/// The folder in which nothing is written by hand.
const GENERATED: &str = "docs/reference";

/// A generated file: where it lies, and what makes its text.
type Document = (&'static str, fn() -> String);

/// Every generated file. A new one is a line here.
const DOCUMENTS: &[Document] = &[
    ("docs/reference/cli.md", reference::cli_markdown),
    ("docs/reference/configuration.md", reference::config_markdown),
    ("docs/reference/errors.md", reference::errors_markdown),
    ("docs/reference/github.md", releasekit_github::markdown),
    ("docs/reference/releasekit.schema.json", reference::config_schema),
];

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Write nothing, and fail where a document is not what the code gives
    #[arg(long)]
    check: bool,
}

/// Writes the documents that differ, or lists them.
pub(crate) fn run(options: &Options) -> Result<()> {
    let stale = stale(&root(), DOCUMENTS);
    let strays = strays(&root(), DOCUMENTS);
    for path in &strays {
        println!("{path}: nothing generates this file");
    }
    for (path, text) in &stale {
        if options.check {
            println!("{path}: not what the code gives");
        } else {
            write(&root().join(path), text)?;
            shell::say(format_args!("wrote {path}"));
        }
    }
    if strays.is_empty() && (stale.is_empty() || !options.check) {
        return Ok(());
    }
    let help = format!("run `cargo xtask gen`, and keep files written by hand out of {GENERATED}");
    Err(Failure::new("generated documents are out of date").with_help(help))
}

/// The documents whose file is missing or has another text.
fn stale(root: &Path, documents: &[Document]) -> Vec<(&'static str, String)> {
    let made = documents.iter().map(|(path, make)| (*path, make()));
    made.filter(|(path, text)| read(&root.join(path)).ok().as_ref() != Some(text)).collect()
}

/// Files among the generated ones that no generator writes any more.
fn strays(root: &Path, documents: &[Document]) -> Vec<String> {
    let Ok(items) = fs::read_dir(root.join(GENERATED)) else { return Vec::new() };
    let names = items.flatten().map(|item| format!("{GENERATED}/{}", item.file_name().display()));
    let mut strays: Vec<_> = names.filter(|path| !documents.iter().any(|(known, _)| known == path)).collect();
    strays.sort();
    strays
}

#[cfg(test)]
mod tests {
    use std::env;

    use super::{Document, stale, strays};
    use crate::repository::{remove_folder, write};

    const DOCUMENTS: &[Document] = &[("docs/reference/a.md", || "a\n".into()), ("b.md", || "b\n".into())];

    #[test]
    fn missing_and_changed_documents_are_stale_and_unknown_ones_are_strays() {
        let root = env::temp_dir().join(format!("xtask-gen-{}", std::process::id()));
        write(&root.join("docs/reference/a.md"), "a\n").unwrap();
        assert_eq!(stale(&root, DOCUMENTS), [("b.md", "b\n".into())]);
        write(&root.join("b.md"), "by hand\n").unwrap();
        assert_eq!(stale(&root, DOCUMENTS), [("b.md", "b\n".into())]);
        write(&root.join("b.md"), "b\n").unwrap();
        assert_eq!(stale(&root, DOCUMENTS), []);

        write(&root.join("docs/reference/old.md"), "").unwrap();
        assert_eq!(strays(&root, DOCUMENTS), ["docs/reference/old.md"]);
        remove_folder(&root).unwrap();
    }
}

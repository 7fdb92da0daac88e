//! The page that lists every operation with the permission it needs.

use std::fmt::Write;

use crate::endpoint::{ENDPOINTS, Endpoint};

/// Where GitHub says what its operations take and answer.
const DOCUMENTATION: &str = "https://docs.github.com/en/rest";

/// The page, as Markdown.
pub fn markdown() -> String {
    let mut text = String::from(
        "# What is asked of GitHub\n\nEvery request that releasekit sends to GitHub, with the permission that it needs in the \
         repository: what a workflow names under\n`permissions`, and what the settings of a fine-grained token list. A classic \
         token needs the scope `repo`.\n\nReleasing needs `contents: write`, the Release PR `pull-requests: write`. ",
    );
    let rest = format!("[GitHub's documentation]({DOCUMENTATION}) describes each\noperation under its name.\n\n");
    text.push_str(&rest);
    text.push_str("| operation | request | permission | for |\n|---|---|---|---|\n");
    for Endpoint { operation, method, path, permission, purpose } in ENDPOINTS {
        writeln!(text, "| `{operation}` | `{} {path}` | {permission} | {purpose} |", method.as_str())
            .expect("a string takes every character");
    }
    text
}

//! Finds the inputs that tests already hold: the string literals of their sources.

use std::fs;
use std::path::Path;

/// The literals of all sources below a folder, in the order of their paths. What cannot be read is left out.
pub(crate) fn below(folder: &Path) -> Vec<Vec<u8>> {
    let mut paths: Vec<_> = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            found.extend(below(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.extend(literals(&fs::read_to_string(&path).unwrap_or_default()));
        } else {
            found.extend(fs::read(&path));
        }
    }
    found
}

/// The literals of a source, as far as they can be told without a parser.
fn literals(source: &str) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let mut rest = source;
    while let Some(quote) = rest.find('"') {
        let hashes = rest[..quote].bytes().rev().take_while(|&byte| byte == b'#').count();
        let is_raw = rest[..quote - hashes].ends_with('r');
        let body = &rest[quote + 1..];
        let end = if is_raw { body.find(&format!("\"{}", "#".repeat(hashes))) } else { end(body) };
        let Some(end) = end else { break };
        found.push(if is_raw { body[..end].to_owned() } else { unescaped(&body[..end]) }.into_bytes());
        rest = &body[end + 1..];
    }
    found.retain(|literal| literal.len() > 1);
    found
}

/// Where the quote is that is not escaped.
fn end(body: &str) -> Option<usize> {
    let bytes = body.as_bytes();
    let mut at = 0;
    while at < bytes.len() && bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    (at < bytes.len()).then_some(at)
}

fn unescaped(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        plain.push_str(&rest[..at]);
        let mut after = rest[at + 1..].chars();
        match after.next() {
            Some('n') => plain.push('\n'),
            Some('r') => plain.push('\r'),
            Some('t') => plain.push('\t'),
            Some('0') => plain.push('\0'),
            Some('\n') => after = after.as_str().trim_start().chars(),
            Some(other) => plain.push(other),
            None => {}
        }
        rest = after.as_str();
    }
    plain + rest
}

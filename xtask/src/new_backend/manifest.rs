//! The root manifest, with one member more.

/// The text with a member in this folder, which others may depend on by its name; every list stays in its order. `None` where
/// the text has no such lists, or no version for all.
pub(super) fn with_member(text: &str, folder: &str, name: &str) -> Option<String> {
    let version = text.lines().find(|line| line.starts_with("version = "))?;
    let text = inserted(text, "members = [", &format!("    \"{folder}\","))?;
    let line = format!("releasekit-{name} = {{ {version}, path = \"{folder}\" }}");
    inserted(&text, "[workspace.dependencies]", &line)
}

/// A line among the first ones after a head that begin like it does, in their order.
fn inserted(text: &str, head: &str, line: &str) -> Option<String> {
    let mut lines: Vec<&str> = text.lines().collect();
    let first = lines.iter().position(|known| *known == head)? + 1;
    let goes_after = |known: &&str| !known.is_empty() && !known.starts_with([']', '[', '#']) && **known < *line;
    let count = lines[first..].iter().take_while(|known| goes_after(known)).count();
    lines.insert(first + count, line);
    Some(lines.join("\n") + "\n")
}

#[cfg(test)]
mod tests {
    use super::with_member;

    #[test]
    fn lists_stay_in_their_order() {
        let text = "[workspace]\nmembers = [\n    \"crates/a/x\",\n    \"tests\",\n]\n\n\
                    [workspace.package]\nversion = \"0.1.0\"\n\n[workspace.dependencies]\n\
                    releasekit = { path = \"crates/cli\" }\nreleasekit-x = { path = \"crates/a/x\" }\n\n# Others.\nb = \"1\"\n";
        let expected = "[workspace]\nmembers = [\n    \"crates/a/x\",\n    \"crates/b/y\",\n    \"tests\",\n]\n\n\
                        [workspace.package]\nversion = \"0.1.0\"\n\n[workspace.dependencies]\n\
                        releasekit = { path = \"crates/cli\" }\nreleasekit-x = { path = \"crates/a/x\" }\n\
                        releasekit-y = { version = \"0.1.0\", path = \"crates/b/y\" }\n\n\
                        # Others.\nb = \"1\"\n";
        assert_eq!(with_member(text, "crates/b/y", "y").as_deref(), Some(expected));
        assert_eq!(with_member("[workspace]\n", "crates/b/y", "y"), None);
    }
}

//! The configuration of the Python tool of the same name: a file that has our name and other keys. It is recognised as a
//! whole, so that its author learns at once what each key is here.

use toml_edit::TableLike;

use crate::error::Error;
use crate::read::entry;
use crate::source::Source;
use crate::tables::TABLES;

/// A key of the original and what it is here; nothing where the words are empty.
struct Key(&'static str, &'static str);

const ROOT: &[Key] = &[
    Key("forge", "`kind` in `[forge]`, found by the remote without it"),
    Key("repo_owner", "`owner` in `[forge]`, found by the remote without it"),
    Key("repo_name", "`name` in `[forge]`, found by the remote without it"),
    Key("pr_title_template", "`title` in `[pull_request]`, with `{version}` where all have one"),
    Key("default_branch", "`default_branch`, as it is"),
    Key("publish_from", "`publish_from`, as it is"),
    Key("http_pool_size", ""),
    Key("color", ""),
    Key("license", ""),
    Key("license_headers", ""),
    Key("announcements", ""),
    Key("ai", ""),
    Key("hooks", "`prepare_commands` and `build_commands` in `[ecosystems.LABEL]`"),
    Key("branches", ""),
    Key("schedule", ""),
    Key("versioning_scheme", ""),
    Key("calver_format", ""),
    Key("release_mode", ""),
];

const WORKSPACE: &[Key] = &[
    Key("ecosystem", "`ecosystem`, which the labels py, js, rust and go imply"),
    Key("tool", "`tool`, found by the files without it"),
    Key("root", "`workspace_root`"),
    Key("tag_format", "`tag_format`, as it is; found by the tags without it"),
    Key("bootstrap_sha", "`bootstrap_sha` at the root of the file, for packages without a tag"),
    Key("groups", "`[groups.NAME]`, and `group` in `[packages.NAME]`"),
    Key("exclude", "`exclude`, globs of paths"),
    Key("exclude_publish", "`release = \"none\"` or `\"tag\"` in `[packages.NAME]`"),
    Key("exclude_bump", "`release = \"none\"` in `[packages.NAME]`"),
    Key("synchronize", "`synchronize` at the root of the file, for all packages"),
    Key("propagate_bumps", "`propagate` at the root of the file"),
    Key("major_on_zero", "`breaking_below_one` at the root of the file"),
    Key("smoke_test", "`smoke_test` in `[publish]`"),
    Key("registry_url", "`registry_url` to read, `publish_url` to send"),
    Key("changelog_template", "`template` in `[changelog]`"),
    Key("changelog", "`changelog = \"\"` in `[packages.NAME]` for none"),
    Key("packages", "`[packages.NAME]`"),
    Key("hooks", "`prepare_commands` and `build_commands`"),
];

/// What shows that a file is the original's: no file of ours has such a key.
const MARKS: &[&str] = &["pr_title_template", "repo_owner", "repo_name", "http_pool_size"];

/// The one error of a file that is written for the original; `None` for any other.
pub(crate) fn recognise(document: &dyn TableLike, source: &Source) -> Option<Error> {
    let workspaces = document.get("workspace").and_then(|item| item.as_table_like());
    let is_forge = document.get("forge").is_some_and(toml_edit::Item::is_str);
    let is_marked = MARKS.iter().any(|mark| document.contains_key(mark));
    let is_workspace = workspaces.is_some_and(|table| table.iter().any(|(_, item)| item.is_table_like()));
    if !(is_forge || is_marked || is_workspace) {
        return None;
    }
    let mut said = Said::default();
    for (key, item) in document.iter().filter(|(key, _)| *key != "workspace") {
        // A key that both have stays what it is.
        let root = TABLES.iter().filter(|table| table.header().is_empty());
        let is_ours = root.flat_map(|table| table.keys(|facts, _| facts.name)).any(|own| own == key);
        if !is_ours || ROOT.iter().any(|known| known.0 == key) {
            said.key("", key, item.is_table_like(), ROOT);
        }
    }
    for (label, item) in workspaces.into_iter().flat_map(TableLike::iter) {
        for (key, _) in item.as_table_like().into_iter().flat_map(TableLike::iter) {
            said.key(label, key, false, WORKSPACE);
        }
    }
    let spans = document.iter().filter_map(|(key, _)| entry(document, key)).map(|(span, _)| span);
    let first = spans.min_by_key(|span| span.start);
    let place = source.place(first.unwrap_or(0..0), "a key of the Python tool");
    Some(Error::Original { help: said.help(), place })
}

/// What is said of the keys of a file.
#[derive(Default)]
struct Said {
    here: Vec<String>,
    nowhere: Vec<String>,
}

impl Said {
    fn key(&mut self, label: &str, key: &str, is_table: bool, known: &[Key]) {
        let name = match (label, is_table) {
            ("", true) => format!("`[{key}]`"),
            _ => format!("`{key}`"),
        };
        match known.iter().find(|known| known.0 == key).filter(|known| !known.1.is_empty()) {
            Some(Key(_, here)) => {
                let place = if label.is_empty() { String::new() } else { format!(" of `[workspace.{label}]`") };
                self.here.push(format!("  {name}{place}: {here}"));
            }
            None if !self.nowhere.contains(&name) => self.nowhere.push(name),
            None => {}
        }
    }

    fn help(self) -> String {
        let mut lines = vec![
            "write the file anew, or look without it first with `--config none`; `[workspace.LABEL]` is `[ecosystems.LABEL]` \
             here, and:"
                .to_owned(),
        ];
        lines.extend(self.here);
        if !self.nowhere.is_empty() {
            lines.push(format!("  nothing here: {}", self.nowhere.join(", ")));
        }
        lines.join("\n")
    }
}

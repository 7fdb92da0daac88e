//! Package files in an export without what closes a circle: dependencies of developers that require a version of what
//! needs the package itself. cargo leaves out of a crate what has a path and no version.

use std::fs;
use std::path::{Component, Path, PathBuf};

use releasekit_core::Result;
use toml_edit::{DocumentMut, InlineTable, Item, TableLike, Value};

use crate::error::Error;
use crate::metadata::{Member, Metadata, Need};

/// Package files that were changed, and are written back in the end whatever happens.
#[derive(Debug, Default)]
pub(crate) struct Uncircled(Vec<(PathBuf, Vec<u8>)>);

impl Uncircled {
    /// Changes the package files of these members where it has to be. The root's is the one that members inherit from.
    pub(crate) fn write<'a>(
        metadata: &Metadata,
        members: impl IntoIterator<Item = &'a Member>,
        root: &Path,
    ) -> Result<Self> {
        let mut changed = Self::default();
        for member in members {
            let needs: Vec<&Need> = metadata.circular(member).collect();
            if needs.is_empty() {
                continue;
            }
            let path = &member.manifest_path;
            let before = fs::read_to_string(path).map_err(Error::folder(path))?;
            let inherited = fs::read_to_string(root).map_err(Error::folder(root))?;
            let after = without_versions(&before, member.folder(), &needs, &inherited);
            changed.0.push((path.clone(), before.into_bytes()));
            fs::write(path, after).map_err(Error::folder(path))?;
        }
        Ok(changed)
    }

    /// Whether none was changed.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this package file was changed.
    pub(crate) fn has(&self, manifest: &Path) -> bool {
        self.0.iter().any(|(path, _)| path == manifest)
    }
}

impl Drop for Uncircled {
    fn drop(&mut self) {
        for (path, content) in &self.0 {
            // The export is thrown away; where it can no longer be written to, nobody builds in it either.
            let _ = fs::write(path, content);
        }
    }
}

/// A package file in which these dependencies of developers have no version.
pub(crate) fn without_versions(text: &str, folder: &Path, needs: &[&Need], root: &str) -> String {
    // cargo has read both a moment ago.
    let (Ok(mut manifest), Ok(root)) = (text.parse::<DocumentMut>(), root.parse::<DocumentMut>()) else {
        return text.to_owned();
    };
    let inherited = root.get("workspace").and_then(|workspace| workspace.get("dependencies"));
    for table in dev_tables(manifest.as_table_mut()) {
        for need in needs {
            if let Some(item) = table.get_mut(need.key()) {
                drop_version(item, need, folder, inherited.and_then(|all| all.get(need.key())));
            }
        }
    }
    manifest.to_string()
}

/// The tables of dependencies of developers, those of targets too.
fn dev_tables(manifest: &mut dyn TableLike) -> Vec<&mut dyn TableLike> {
    let mut found: Vec<&mut dyn TableLike> = Vec::new();
    for (key, item) in manifest.iter_mut() {
        if is_dev(&key) {
            found.extend(item.as_table_like_mut());
        } else if key == "target" {
            let targets = item.as_table_like_mut().into_iter().flat_map(TableLike::iter_mut);
            let tables = targets.filter_map(|(_, target)| target.as_table_like_mut()).flat_map(TableLike::iter_mut);
            found.extend(tables.filter(|(key, _)| is_dev(key)).filter_map(|(_, item)| item.as_table_like_mut()));
        }
    }
    found
}

fn is_dev(key: &str) -> bool {
    matches!(key, "dev-dependencies" | "dev_dependencies")
}

fn drop_version(item: &mut Item, need: &Need, folder: &Path, inherited: Option<&Item>) {
    let Some(own) = item.as_table_like_mut() else { return };
    let had_version = own.remove("version").is_some();
    if own.remove("workspace").is_none() {
        if let Some(inline) = item.as_inline_table_mut().filter(|_| had_version) {
            inline.fmt();
        }
        return;
    }
    let Some(path) = &need.path else { return };
    let mut table = inherited.map(written_out).unwrap_or_default();
    table.insert("path", relative(folder, path).into());
    let features = [features(table.get("features")), features(own.get("features").and_then(Item::as_value))].concat();
    if !features.is_empty() {
        table.insert("features", features.into_iter().collect());
    }
    let more = own.iter().filter(|(key, _)| *key != "features");
    let more: Vec<_> = more.filter_map(|(key, item)| Some((key.to_owned(), item.as_value()?.clone()))).collect();
    table.extend(more);
    *item = Item::Value(table.into());
}

/// What a member inherits, without version.
fn written_out(item: &Item) -> InlineTable {
    let entries = item.as_table_like().into_iter().flat_map(TableLike::iter);
    let kept = entries.filter(|(key, _)| *key != "version");
    kept.filter_map(|(key, item)| Some((key, item.as_value()?.clone()))).collect()
}

fn features(value: Option<&Value>) -> Vec<String> {
    let all = value.and_then(Value::as_array).into_iter().flatten();
    all.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The way from one folder to another, as package files write it.
fn relative(from: &Path, to: &Path) -> String {
    let (from, to): (Vec<Component<'_>>, Vec<Component<'_>>) = (from.components().collect(), to.components().collect());
    let shared = from.iter().zip(&to).take_while(|(one, other)| one == other).count();
    let down = to[shared..].iter().map(|part| part.as_os_str().to_string_lossy().into_owned());
    let parts: Vec<String> = vec!["..".to_owned(); from.len() - shared].into_iter().chain(down).collect();
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_go_and_paths_stay_wherever_they_stand() {
        let need = |name: &str, rename: Option<&str>| {
            let text = format!(
                r#"{{"name":"{name}","req":"^1","kind":"dev","rename":{},"path":"/w/p/{name}"}}"#,
                rename.map_or("null".to_owned(), |rename| format!("\"{rename}\""))
            );
            serde_json::from_str::<Need>(&text).expect("a dependency")
        };
        let needs = [need("kit", None), need("real", Some("other")), need("root", None)];
        let text = "[dependencies]\nkit = { path = \"../kit\", version = \"1\" }\n\n[dev-dependencies]\n\
            # ours\nkit = { path = \"../kit\", version = \"1\" }\nleaf = { path = \"../leaf\", version = \"1\" }\n\
            root = { workspace = true, features = [\"b\"] }\n\n\
            [target.'cfg(unix)'.dev-dependencies.other]\npackage = \"real\"\npath = \"../real\"\nversion = \"1\"\n";
        let root = "[workspace.dependencies]\nroot = { path = \"p/root\", version = \"1\", features = [\"a\"], \
            default-features = false }\n";
        let found = without_versions(text, Path::new("/w/p/core"), &needs.iter().collect::<Vec<_>>(), root);
        let expected = "[dependencies]\nkit = { path = \"../kit\", version = \"1\" }\n\n[dev-dependencies]\n\
            # ours\nkit = { path = \"../kit\" }\nleaf = { path = \"../leaf\", version = \"1\" }\n\
            root = { path = \"../root\", features = [\"a\", \"b\"], default-features = false }\n\n\
            [target.'cfg(unix)'.dev-dependencies.other]\npackage = \"real\"\npath = \"../real\"\n";
        assert_eq!(found, expected);
        assert_eq!(relative(Path::new("/w"), Path::new("/w")), ".");
        assert_eq!(relative(Path::new("/w/a/b"), Path::new("/w/c")), "../../c");
    }
}

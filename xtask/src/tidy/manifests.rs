//! Rules for `Cargo.toml`.

use toml_edit::{Document, Item, TableLike};

use super::{File, Finding};

const TABLES: &[&str] = &["dependencies", "dev-dependencies", "build-dependencies"];

/// Crates that are no members, and so have nothing to inherit.
const APART: &[&str] = &["docs/examples/", "tests/fuzz/"];

/// Versions of dependencies stand in the root manifest only.
pub(super) fn inherited(file: &File) -> Vec<Finding> {
    let apart = APART.iter().any(|folder| file.path.starts_with(folder));
    if !file.is("/Cargo.toml") || apart || file.is_fixture() {
        return Vec::new();
    }
    match Document::parse(file.text.as_str()) {
        Err(error) => vec![file.at(1, format!("cannot be read: {error}"))],
        Ok(manifest) => tables(manifest.as_table()).flat_map(|table| own_versions(file, table)).collect(),
    }
}

/// The tables of dependencies, those for some targets included.
fn tables(manifest: &dyn TableLike) -> impl Iterator<Item = &dyn TableLike> {
    let targets = manifest.get("target").and_then(Item::as_table_like).into_iter().flat_map(TableLike::iter);
    let places = std::iter::once(manifest).chain(targets.filter_map(|(_, target)| target.as_table_like()));
    places.flat_map(|place| TABLES.iter().filter_map(|name| place.get(name)?.as_table_like()))
}

fn own_versions(file: &File, table: &dyn TableLike) -> Vec<Finding> {
    let inherits = |item: &Item| item.get("workspace").and_then(Item::as_bool) == Some(true);
    let own = table.iter().filter(|(_, item)| !inherits(item));
    own.map(|(name, _)| file.at(line(file, name), format!("`{name}`: write `{name}.workspace = true`"))).collect()
}

/// Where a dependency stands; line 1 where it is spelled in a way one does not expect.
fn line(file: &File, name: &str) -> usize {
    file.text.lines().position(|line| line.starts_with(name)).map_or(1, |index| index + 1)
}

#[cfg(test)]
mod tests {
    use super::super::file;
    use super::inherited;

    #[test]
    fn versions_outside_the_root_are_found() {
        let text = "[dependencies]\na.workspace = true\nb = { workspace = true }\nc = \"1\"\n\
                    [target.'cfg(unix)'.dev-dependencies]\nd = { version = \"1\" }\n";
        let found: Vec<_> = inherited(&file("crates/x/Cargo.toml", text)).into_iter().map(|f| f.place).collect();
        assert_eq!(found, ["crates/x/Cargo.toml:4", "crates/x/Cargo.toml:6"]);
    }

    #[test]
    fn the_root_and_crates_apart_have_their_own() {
        let text = "[dependencies]\nc = \"1\"\n";
        assert_eq!(inherited(&file("Cargo.toml", text)), []);
        assert_eq!(inherited(&file("docs/examples/embed/Cargo.toml", text)), []);
        assert_eq!(inherited(&file("xtask/Cargo.toml", text)).len(), 1);
    }

    #[test]
    fn a_broken_manifest_is_found() {
        assert_eq!(inherited(&file("xtask/Cargo.toml", "[dependencies\n")).len(), 1);
    }
}

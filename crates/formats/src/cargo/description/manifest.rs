//! The package file as cargo writes it into an archive: every value is there, and none is inherited.

use std::collections::BTreeMap;

use semver::VersionReq;
use toml_edit::{DocumentMut, Item, TableLike};

use super::{Dependency, Description};
use crate::cargo::{CRATES_IO_GIT, is_crates_io};

/// The tables of dependencies in the order in which cargo reads them, each with its old name and its kind.
const TABLES: [(&str, &str, &str); 3] = [
    ("dependencies", "", "normal"),
    ("dev-dependencies", "dev_dependencies", "dev"),
    ("build-dependencies", "build_dependencies", "build"),
];

/// Reads the package file of a crate for the registry with this index. The text of the README is not in it. Fails with what is
/// wrong, for people.
pub(super) fn read(text: &str, index: &str) -> Result<Description, String> {
    let document: DocumentMut = text.parse().map_err(|error| format!("its `Cargo.toml` is no TOML: {error}"))?;
    let package = document.get("package").and_then(Item::as_table_like).ok_or("its `Cargo.toml` has no `[package]`")?;
    let text = |key: &str| package.get(key).and_then(Item::as_str).map(str::to_owned);
    let needed = |key: &str| text(key).ok_or_else(|| format!("its `Cargo.toml` has no `package.{key}`"));
    let list = |key: &str| strings(package.get(key));
    Ok(Description {
        name: needed("name")?,
        vers: needed("version")?,
        deps: dependencies(&document, index)?,
        features: table(document.get("features"))
            .map(|(name, turns_on)| (name.to_owned(), strings(Some(turns_on))))
            .collect(),
        authors: list("authors"),
        description: text("description"),
        documentation: text("documentation"),
        homepage: text("homepage"),
        readme: None,
        readme_file: text("readme"),
        keywords: list("keywords"),
        categories: list("categories"),
        license: text("license"),
        license_file: text("license-file"),
        repository: text("repository"),
        badges: table(document.get("badges")).map(|(service, badge)| (service.to_owned(), badge_of(badge))).collect(),
        links: text("links"),
        rust_version: text("rust-version"),
    })
}

/// All requirements: those for every platform first, then those of each platform, and each table sorted by its keys.
fn dependencies(document: &DocumentMut, index: &str) -> Result<Vec<Dependency>, String> {
    let mut found = of_tables(document.as_table(), None, index)?;
    let platforms: BTreeMap<&str, &Item> = table(document.get("target")).collect();
    for (platform, tables) in platforms {
        if let Some(tables) = tables.as_table_like() {
            found.extend(of_tables(tables, Some(platform), index)?);
        }
    }
    Ok(found)
}

fn of_tables(tables: &dyn TableLike, target: Option<&str>, index: &str) -> Result<Vec<Dependency>, String> {
    let mut found = Vec::new();
    for (name, old_name, kind) in TABLES {
        let entries: BTreeMap<&str, &Item> = table(tables.get(name).or_else(|| tables.get(old_name))).collect();
        for (key, entry) in entries {
            found.push(dependency(key, entry, kind, target, index)?);
        }
    }
    Ok(found)
}

fn dependency(
    key: &str,
    entry: &Item,
    kind: &'static str,
    target: Option<&str>,
    index: &str,
) -> Result<Dependency, String> {
    let get = |name: &str| entry.as_table_like().and_then(|table| table.get(name));
    let flag = |name: &str| get(name).and_then(Item::as_bool);
    let renamed = get("package").and_then(Item::as_str);
    let requirement = entry.as_str().or_else(|| get("version").and_then(Item::as_str)).unwrap_or("*");
    let requirement = VersionReq::parse(requirement).map_err(|error| {
        format!("its `Cargo.toml` requires `{key}` {requirement}, which is no requirement: {error}")
    })?;
    Ok(Dependency {
        optional: flag("optional").unwrap_or(false),
        default_features: flag("default-features").or_else(|| flag("default_features")).unwrap_or(true),
        name: renamed.unwrap_or(key).to_owned(),
        features: strings(get("features")),
        version_req: requirement.to_string(),
        target: target.map(str::to_owned),
        kind,
        registry: registry(get("registry-index").and_then(Item::as_str), index),
        explicit_name_in_toml: renamed.map(|_| key.to_owned()),
    })
}

/// Where a dependency comes from, as the registry is told: a package file leaves crates.io out, a request the registry itself.
fn registry(named: Option<&str>, index: &str) -> Option<String> {
    let is_public = is_crates_io(index);
    let is_same =
        |url: &str| (is_public && is_crates_io(url)) || url.trim_end_matches('/') == index.trim_end_matches('/');
    match named {
        Some(url) => (!is_same(url)).then(|| url.to_owned()),
        None => (!is_public).then(|| CRATES_IO_GIT.to_owned()),
    }
}

fn table(item: Option<&Item>) -> impl Iterator<Item = (&str, &Item)> {
    item.and_then(Item::as_table_like).into_iter().flat_map(TableLike::iter)
}

fn strings(item: Option<&Item>) -> Vec<String> {
    let array = item.and_then(Item::as_array);
    array.into_iter().flatten().filter_map(|value| value.as_str().map(str::to_owned)).collect()
}

fn badge_of(badge: &Item) -> BTreeMap<String, String> {
    table(Some(badge)).filter_map(|(key, value)| Some((key.to_owned(), value.as_str()?.to_owned()))).collect()
}

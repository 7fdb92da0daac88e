//! The index: one line for each version. Values in, text out.

use serde_json::{Map, Value, json};

use super::registry::Stored;

/// The file of a crate, oldest version first.
pub(super) fn file(versions: &[Stored]) -> String {
    let mut versions: Vec<&Stored> = versions.iter().collect();
    versions.sort_by_key(|stored| stored.arrived);
    versions.into_iter().flat_map(lines).map(|line| format!("{line}\n")).collect()
}

/// The line of a version, and the second one that a fault adds.
fn lines(stored: &Stored) -> Vec<Value> {
    let digests = [Some(&stored.listing.digest), stored.listing.again.as_ref()];
    digests.into_iter().flatten().map(|digest| line(stored, digest)).collect()
}

fn line(stored: &Stored, digest: &str) -> Value {
    let description = &stored.meta.description;
    let (old, new) = features(&description["features"]);
    let deps = description["deps"].as_array().into_iter().flatten().map(dependency);
    let mut line = json!({
        "name": description["name"],
        "vers": description["vers"],
        "deps": deps.collect::<Vec<_>>(),
        "cksum": digest,
        "features": old,
        "yanked": stored.listing.yanked,
    });
    for key in ["links", "rust_version"] {
        if !description[key].is_null() {
            line[key] = description[key].clone();
        }
    }
    if !new.is_empty() {
        (line["features2"], line["v"]) = (Value::Object(new), json!(2));
    }
    line
}

/// A requirement: the name is that in the package's own code, and the registry's stands beside it where it is another one.
fn dependency(told: &Value) -> Value {
    let own = &told["explicit_name_in_toml"];
    let mut dependency = json!({
        "name": if own.is_null() { &told["name"] } else { own },
        "req": told["version_req"],
        "features": told["features"],
        "optional": told["optional"],
        "default_features": told["default_features"],
        "target": told["target"],
        "kind": told["kind"],
    });
    if !told["registry"].is_null() {
        dependency["registry"] = told["registry"].clone();
    }
    if !own.is_null() {
        dependency["package"] = told["name"].clone();
    }
    dependency
}

/// Features that every cargo understands, and those that name dependencies in ways that old ones do not.
fn features(told: &Value) -> (Map<String, Value>, Map<String, Value>) {
    let is_new = |turns_on: &Value| {
        let names = turns_on.as_array().into_iter().flatten().filter_map(Value::as_str);
        names.into_iter().any(|name| name.starts_with("dep:") || name.contains("?/"))
    };
    let told = told.as_object().cloned().unwrap_or_default();
    told.into_iter().partition(|(_, turns_on)| !is_new(turns_on))
}

//! What names of registries stand for.

use std::collections::BTreeMap;

use releasekit_cargo::CargoWorkspace;
use releasekit_core::workspace::{DiscoverRequest, NamedRegistries};
use releasekit_core::{Diagnostic, Environment, Workspace};

use crate::common::{member, path, tree};

const OUTER: &str = "[registries]\nhouse = { index = \"sparse+https://outer.invalid/\" }\n\
    old.index = \"https://git.invalid/index\"\n[registry]\ndefault = \"house\"\n";
const INNER: &str = "[registries.house]\nindex = \"sparse+https://inner.invalid/\"\n";

async fn found(
    environment: Environment,
    files: &[(&str, &str)],
) -> Result<NamedRegistries, releasekit_core::BackendError> {
    let package = member("a", "publish = [\"house\", \"my-own\"]\n");
    let mut all = vec![("rs/Cargo.toml", package.as_str())];
    all.extend_from_slice(files);
    let request = DiscoverRequest::new(tree(&all), path("rs"));
    Ok(CargoWorkspace::new(environment).discover(&request).await?.registries)
}

fn urls(registries: &NamedRegistries) -> BTreeMap<&str, &str> {
    let one = |(name, target): (&'_ String, &'_ releasekit_core::model::Target)| {
        assert_eq!(target.name.as_ref(), Some(name));
        assert_eq!(target.read_url, target.publish_url, "where files are sent, the index says");
    };
    registries.known.iter().for_each(one);
    registries.known.iter().map(|(name, target)| (name.as_str(), target.read_url.as_str())).collect()
}

#[tokio::test]
async fn the_innermost_file_counts_and_variables_before_all() {
    let public = ("crates-io", "sparse+https://index.crates.io/");
    let files = [(".cargo/config.toml", OUTER), ("rs/.cargo/config.toml", INNER), ("other/.cargo/config.toml", "[")];
    let registries = found(Environment::new(), &files).await.expect("it can be read");
    let (old, house) = (("old", "https://git.invalid/index"), ("house", "sparse+https://inner.invalid/"));
    assert_eq!(urls(&registries), BTreeMap::from([public, house, old]));
    assert_eq!(registries.usual.as_deref(), Some("house"));

    let environment = Environment::new()
        .with("CARGO_REGISTRIES_HOUSE_INDEX", "sparse+https://variable.invalid/")
        .with("CARGO_REGISTRIES_MY_OWN_INDEX", "sparse+https://own.invalid/")
        .with("CARGO_REGISTRY_DEFAULT", "crates-io");
    let registries = found(environment, &files).await.expect("it can be read");
    let (house, own) = (("house", "sparse+https://variable.invalid/"), ("my-own", "sparse+https://own.invalid/"));
    assert_eq!(urls(&registries), BTreeMap::from([public, house, old, own]));
    assert_eq!(registries.usual, None, "the public one");
}

#[tokio::test]
async fn the_users_own_configuration_counts_last() {
    let home = tempfile::tempdir().expect("the temporary folder is writable");
    std::fs::write(home.path().join("config.toml"), OUTER).expect("it is writable");
    let environment = Environment::new().with("CARGO_HOME", home.path());
    let registries = found(environment.clone(), &[("rs/.cargo/config", INNER)]).await.expect("it can be read");
    assert_eq!(urls(&registries)["house"], "sparse+https://inner.invalid/");
    assert_eq!(urls(&registries)["old"], "https://git.invalid/index");

    std::fs::write(home.path().join("config.toml"), "[").expect("it is writable");
    let error = found(environment, &[]).await.expect_err("it is no TOML");
    assert_eq!(error.code().as_str(), "RK-CARGO-CONFIG-INVALID");
    assert!(error.labels()[0].path.ends_with("config.toml"));
}

//! Where packages are published, by who says so.

use releasekit_core::Diagnostic;
use releasekit_core::model::EcosystemLabel;
use releasekit_core::policy::{EcosystemPolicy, PackagePolicy, RegistryPolicy};
use releasekit_engine::findings;

use crate::world::World;

/// A package that names a registry in its file, or not, in a workspace that knows `house` and `spare`.
fn world(more: &str) -> World {
    let mut world = World::new(&[("a", &[])]);
    world.package("a", "1.0.0", more);
    world.put_file("workspace.txt", "registry = house http://house.invalid/\nregistry = spare http://spare.invalid/\n");
    world
}

fn url(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn label(world: &mut World, policy: EcosystemPolicy) {
    world.policy.ecosystems.insert(EcosystemLabel::new("mem"), policy);
}

fn package(world: &mut World, policy: PackagePolicy) {
    world.policy.packages.insert("a".to_owned(), policy);
}

fn registry(world: &mut World, name: &str, registry_url: Option<String>) {
    let policy = RegistryPolicy { registry_url, ..RegistryPolicy::default() };
    world.policy.registries.insert(name.to_owned(), policy);
}

/// The registries that the package is at after it was published.
async fn places(world: &World) -> Vec<String> {
    let report = world.publish().await.unwrap();
    assert!(report.is_complete());
    report.packages[0].registries.clone()
}

#[tokio::test(start_paused = true)]
async fn what_is_said_nearest_to_the_package_counts() {
    let elsewhere = EcosystemPolicy { registry_url: url("http://label.invalid/"), ..Default::default() };
    let mut world = world("");
    assert_eq!(places(&world).await, ["http://index.invalid/simple"], "the public one");
    world.put_file("workspace.txt", "registry = house http://house.invalid/\nusual = house\n");
    assert_eq!(places(&world).await, ["http://house.invalid/"], "what the ecosystem's files say of all packages");
    label(&mut world, elsewhere.clone());
    assert_eq!(places(&world).await, ["http://label.invalid/"], "what the configuration says of the label");

    let mut world = self::world("goes-to = house\n");
    label(&mut world, elsewhere);
    assert_eq!(places(&world).await, ["http://house.invalid/"], "what the package file says");
    package(&mut world, PackagePolicy { registries: vec!["spare".to_owned()], ..Default::default() });
    assert_eq!(places(&world).await, ["http://spare.invalid/"], "what the configuration says of the package");
    package(&mut world, PackagePolicy { registry_url: url("http://own.invalid/"), ..Default::default() });
    assert_eq!(places(&world).await, ["http://own.invalid/"], "by a URL too");
}

#[tokio::test(start_paused = true)]
async fn what_the_configuration_says_of_a_name_counts_before_what_files_say() {
    let mut world = world("goes-to = house\n");
    registry(&mut world, "house", url("http://mended.invalid/"));
    assert_eq!(places(&world).await, ["http://mended.invalid/"]);
    registry(&mut world, "house", None);
    assert_eq!(places(&world).await, ["http://house.invalid/"], "a table without a URL leaves that of the files");
}

#[tokio::test(start_paused = true)]
async fn a_registry_that_nobody_knows_stops_a_release_before_anything_is_built() {
    let mut world = world("goes-to = huose\n");
    let error = world.publish().await.unwrap_err();
    assert_eq!(error.code().as_str(), "RK-REGISTRY-UNNAMED");
    assert_eq!(error.labels()[0].path, "a/package.txt");
    assert!(error.help().unwrap().starts_with("did you mean `house`?"), "{:?}", error.help());
    assert_eq!((world.builds().built.len(), world.index().uploads.len()), (0, 0));

    let session = world.session();
    let snapshot = session.work_tree().await.unwrap();
    let checked = findings::work_tree(&session, &snapshot, false).await.unwrap();
    let codes: Vec<_> = checked.findings.iter().map(|finding| finding.code.as_str()).collect();
    assert_eq!(codes, ["RK-REGISTRY-UNNAMED"], "`check` finds it");

    registry(&mut world, "huose", None);
    let error = world.publish().await.unwrap_err();
    assert_eq!(error.code().as_str(), "RK-REGISTRY-UNNAMED", "a table that says no URL does not help");
    registry(&mut world, "huose", url("http://house.invalid/"));
    assert_eq!(places(&world).await, ["http://house.invalid/"]);
}

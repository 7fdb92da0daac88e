//! How files travel, and how they are told apart: by whom they are sent, under which names, and with which files of others.

use std::fs;

use releasekit_core::Diagnostic;
use releasekit_core::model::TagName;
use releasekit_core::package_manager::Route;
use releasekit_engine::artifacts::{self, Sources};
use releasekit_engine::cancel::Cancel;

use crate::world::World;
use crate::{outcomes, pairs};
use releasekit_testkit::memory::Fault;

/// Two packages, as `@a/x` and `@b/x` of npm, whose files have the same names.
fn namesakes() -> World {
    let mut world = World::new(&[]);
    for name in ["a", "b"] {
        world.package(name, "1.0.0", "file = x\n");
        world.row(name, "1.0.0");
    }
    world
}

#[tokio::test(start_paused = true)]
async fn files_of_one_name_are_each_sent_and_proven() {
    let world = namesakes();
    let report = world.publish().await.unwrap();
    assert_eq!(outcomes(&report), pairs(&[("a", "published"), ("b", "published")]));
    let mut sent = world.index().uploads.clone();
    sent.sort();
    assert_eq!(sent, ["a/x-1.0.0.bin", "a/x-1.0.0.src", "b/x-1.0.0.bin", "b/x-1.0.0.src"]);
    assert!(world.second_clone().publish().await.is_ok());
    assert_eq!(world.index().uploads.len(), 4, "a second run sends nothing");
}

/// That one was accepted and never shown says nothing of the other.
#[tokio::test(start_paused = true)]
async fn what_is_remembered_of_one_file_is_not_believed_of_its_namesake() {
    let world = namesakes();
    world.index().fault("a/x-1.0.0.bin", Fault::Dropped);
    world.index().fault("b/x-1.0.0.bin", Fault::Reset);
    let first = outcomes(&world.publish().await.unwrap());
    assert_eq!(first[0].1, "RK-PUBLISH-NOT-VISIBLE");
    let second = outcomes(&world.publish().await.unwrap());
    assert_eq!(second, pairs(&[("a", "RK-PUBLISH-NOT-VISIBLE"), ("b", "published")]));
}

#[tokio::test(start_paused = true)]
async fn files_of_one_name_lie_apart_in_a_folder() {
    let world = namesakes();
    let session = world.session();
    let sources = Sources::of_commit(&session, &world.commit().id).await.unwrap();
    let out = world.folder.path().join("out");
    artifacts::build_into(&session, &sources, &[0, 1], Some(&out), &Cancel::never()).await.unwrap();
    for name in ["a", "b"] {
        let text = fs::read_to_string(out.join(format!("mem/{name}/x-1.0.0.bin"))).unwrap();
        assert!(text.starts_with(&format!("name = {name}\n")), "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn files_of_one_name_are_all_offered_to_a_build() {
    let mut world = namesakes();
    world.package("uses", "1.0.0", "builds-with = a\nbuilds-with = b\n");
    world.row("uses", "1.0.0");
    world.publish().await.unwrap();
    let (offered, _) = &world.builds().saw["uses"];
    assert_eq!(*offered, ["x-1.0.0.bin", "x-1.0.0.src", "x-1.0.0.bin", "x-1.0.0.src"]);
}

#[tokio::test(start_paused = true)]
async fn a_registry_may_list_a_file_by_another_name_than_it_is_packed_under() {
    let mut world = World::new(&[]);
    world.package("a", "1.0.0", "file = scope-a\n");
    world.row("a", "1.0.0");
    assert_eq!(outcomes(&world.publish().await.unwrap()), pairs(&[("a", "published")]));
    assert_eq!(world.index().uploads, ["a-1.0.0.bin", "a-1.0.0.src"]);
    assert!(world.second_clone().publish().await.unwrap().is_complete());
    assert_eq!(world.index().uploads.len(), 2, "what is listed is found again");
}

#[tokio::test(start_paused = true)]
async fn where_the_route_is_the_api_the_registry_takes_the_file() {
    let world = World::new(&[("a", &[])]);
    world.builds().route = Some(Route::Api);
    world.index().takes_files = true;
    assert!(world.rehearse().await.unwrap().is_complete(), "a dry run records what the API would be sent");
    assert_eq!(world.index().uploads.len(), 0);
    assert_eq!(outcomes(&world.publish().await.unwrap()), pairs(&[("a", "published")]));
    assert_eq!(world.index().uploads, ["a-1.0.0.bin", "a-1.0.0.src"]);
}

/// What the tool alone may send it makes again, from an export of its own, and the registry is asked to send nothing.
#[tokio::test(start_paused = true)]
async fn where_the_tool_alone_has_the_credential_it_is_given_what_the_file_was_built_from() {
    let world = World::new(&[("a", &[])]);
    world.builds().route = Some(Route::Api);
    (world.index().takes_files, world.index().is_the_tools_alone) = (true, true);
    assert!(world.rehearse().await.unwrap().is_complete(), "what is only recorded is not made again");
    world.index().fault("a-1.0.0.bin", Fault::LostReply);
    assert_eq!(outcomes(&world.publish().await.unwrap()), pairs(&[("a", "published")]));
    assert_eq!(world.index().uploads, ["a-1.0.0.bin", "a-1.0.0.src"], "what was lost is found and not sent twice");
    assert_eq!(world.builds().built, ["a", "a"], "once for the dry run, once to publish");
}

/// A backend that speaks of an API which its registry does not have.
#[tokio::test(start_paused = true)]
async fn a_route_that_the_registry_does_not_have_is_refused() {
    let world = World::new(&[("a", &[])]);
    world.builds().route = Some(Route::Api);
    let report = world.publish().await.unwrap();
    assert_eq!(outcomes(&report), pairs(&[("a", "RK-BACKEND-UNSUPPORTED")]));
    let said = crate::world::failures(&report).next().unwrap().to_string();
    assert!(
        said.contains("is not supported") && said.contains("an upload by the API"),
        "it was the registry that was asked: {said}"
    );
    assert_eq!(world.index().uploads.len(), 0);
}

/// Whoever looks makes it fetch: nothing is sent, and what it then serves is proven.
#[tokio::test(start_paused = true)]
async fn a_registry_that_fills_itself_is_sent_nothing() {
    let world = World::new(&[("a", &[])]);
    world.builds().route = Some(Route::Tag);
    world.index().fills_itself = true;
    let missing = world.publish().await.unwrap();
    assert_eq!(outcomes(&missing), pairs(&[("a", "RK-PUBLISH-NOT-VISIBLE")]));
    let built = world.release_folder().join("artifacts/mem/a");
    for file in ["a-1.0.0.bin", "a-1.0.0.src"] {
        let bytes = fs::read(built.join(file)).unwrap();
        world.index().from_tags.insert(file.to_owned(), bytes);
    }
    assert!(world.publish().await.unwrap().is_complete());
    assert_eq!(world.index().uploads.len(), 0);
}

/// A package whose version stands in tags only is live at its last one, or is not.
#[tokio::test(start_paused = true)]
async fn what_is_needed_is_asked_for_at_the_version_of_its_tag() {
    let mut world = World::new(&[("top", &["dep"])]);
    world.put_file("dep/package.txt", "name = dep\n");
    world.local_tags.push(TagName::new("dep-v0.7.0"));
    let error = world.publish().await.unwrap_err();
    assert_eq!(error.code().as_str(), "RK-PUBLISH-DEPENDENCY-NOT-LIVE");
    assert!(error.to_string().contains("`mem:dep`") && error.to_string().contains("0.7.0"), "{error}");
    assert_eq!(world.index().uploads.len(), 0);
    world.index().put("dep-0.7.0.bin", "live since long");
    assert!(world.publish().await.unwrap().is_complete());
}

/// Maven's set: several files of one kind, each with a classifier of its own.
#[tokio::test(start_paused = true)]
async fn a_release_may_have_files_of_one_kind_that_a_classifier_tells_apart() {
    let world = World::new(&[("a", &[])]);
    let more = |name: &str| (name.to_owned(), String::new());
    world.builds().files.insert("a".to_owned(), vec![more("a-1.0.0-docs.src")]);
    assert!(world.rehearse().await.unwrap().is_complete());
    world.builds().files.insert("a".to_owned(), vec![more("a-1.0.0-docs.src"), more("a-1.0.0-docs-again.src")]);
    let report = world.second_clone().publish().await.unwrap();
    assert_eq!(outcomes(&report), pairs(&[("a", "RK-BUILD-INCOMPLETE")]));
}

#[tokio::test(start_paused = true)]
async fn a_registry_knows_a_version_by_the_name_that_the_tool_gives() {
    let world = World::new(&[("a", &[])]);
    world.builds().published.insert("a".to_owned(), "a-v2".to_owned());
    assert_eq!(outcomes(&world.publish().await.unwrap()), pairs(&[("a", "published")]));
    assert_eq!(world.index().uploads, ["a-v2/a-1.0.0.bin", "a-v2/a-1.0.0.src"]);
    assert!(world.second_clone().publish().await.unwrap().is_complete(), "it is found by that name");
    assert_eq!(world.index().uploads.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_upload_says_what_is_to_point_to_its_version_where_names_can() {
    for (version, has_channels, expected) in
        [("1.0.0", true, Some("latest")), ("1.0.0rc1", true, Some("rc")), ("1.0.0", false, None)]
    {
        let mut world = World::new(&[]);
        world.package("a", version, "");
        world.row("a", version);
        world.index().has_channels = has_channels;
        assert!(world.publish().await.unwrap().is_complete());
        let wanted: Vec<_> = world.index().channels.iter().map(|(_, channel)| channel.clone()).collect();
        assert_eq!(wanted, vec![expected.map(str::to_owned); 2], "{version}");
    }
}

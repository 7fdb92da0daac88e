//! What is wanted against what is there.

use releasekit_core::model::{CommitId, ObjectId, TagName};
use releasekit_core::vcs::{RefName, RemoteRef, RemoteRefs};
use releasekit_engine::status::{RegistryState, StatusRow, TagState, status};

use crate::world::{World, snapshot};

fn remote(tags: &[(&str, &str)]) -> RemoteRefs {
    let tag = |(name, at): &(&str, &str)| {
        RemoteRef::new(RefName::Tag(TagName::new(*name)), ObjectId::new(*at), CommitId::new(*at))
    };
    RemoteRefs::new(None, tags.iter().map(tag).collect())
}

async fn rows(world: &World, tags: &[(&str, &str)]) -> Vec<StatusRow> {
    status(&world.session(), &world.release(), &remote(tags)).await.unwrap().rows
}

fn served(row: &StatusRow) -> &RegistryState {
    &row.registries[0].state
}

#[tokio::test(start_paused = true)]
async fn each_package_is_shown_as_it_stands() {
    let mut world = World::new(&[("a", &[]), ("b", &[])]);
    let at = world.commit().id;
    let before = rows(&world, &[("a-v1.0.0", at.as_str()), ("b-v1.0.0", "elsewhere")]).await;
    assert_eq!(before[0].tag, TagState::There(TagName::new("a-v1.0.0")));
    assert_eq!(before[1].tag, TagState::Elsewhere(TagName::new("b-v1.0.0"), CommitId::new("elsewhere")));
    assert_eq!(served(&before[0]), &RegistryState::Absent);
    assert!(snapshot(world.folder.path()).is_empty(), "reading makes nothing");
    assert_eq!(rows(&world, &[]).await[0].tag, TagState::Missing(TagName::new("a-v1.0.0")));

    world.publish().await.unwrap();
    world.index().remove("b-1.0.0.src");
    let after = rows(&world, &[]).await;
    let both = ["a-1.0.0.bin", "a-1.0.0.src"].map(str::to_owned).to_vec();
    assert_eq!(served(&after[0]), &RegistryState::Proven(both.clone()));
    assert_eq!(after[0].registries[0].registry, "http://index.invalid/simple");
    assert_eq!(served(&after[1]), &RegistryState::Partial(vec!["b-1.0.0.bin".to_owned()]));
    let elsewhere = world.second_clone();
    assert_eq!(served(&rows(&elsewhere, &[]).await[0]), &RegistryState::Live(both.clone()));
    world.declare("a", &["*.exe"]);
    assert_eq!(served(&rows(&world, &[]).await[0]), &RegistryState::Proven(both), "a receipt knows what there was");
    assert_eq!(rows(&world, &[]).await[0].registries[0].yanked, Vec::<String>::new());
    world.index().yanked = vec!["a-1.0.0.src".to_owned()];
    let yanked = rows(&world, &[]).await;
    assert!(matches!(served(&yanked[0]), RegistryState::Proven(_)), "a yanked file is still the one that was proven");
    assert_eq!(yanked[0].registries[0].yanked, ["a-1.0.0.src"]);
    world.index().down = true;
    assert!(matches!(served(&rows(&world, &[]).await[0]), RegistryState::Unknown(_)));
}

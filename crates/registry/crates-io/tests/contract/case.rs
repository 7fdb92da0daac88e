//! The contract, case by case.

use releasekit_core::package_manager::Reply;
use releasekit_core::registry::Observed;
use releasekit_core::{Diagnostic, ErrorKind};
use releasekit_testkit::sha256;

use crate::world::World;

type Case = fn(&World);

/// Every case by its name.
pub(crate) const TABLE: &[(&str, Case)] = &[
    ("what_we_publish_cargo_installs", what_we_publish_cargo_installs),
    ("what_cargo_publishes_we_see", what_cargo_publishes_we_see),
    ("what_is_there_is_a_conflict_to_us", what_is_there_is_a_conflict_to_us),
    ("what_cargo_yanks_we_see_as_yanked", what_cargo_yanks_we_see_as_yanked),
];

fn what_we_publish_cargo_installs(world: &World) {
    let reply = world.upload("1.0.0", "by us");
    assert!(matches!(reply, Reply::Accepted), "{reply:?}");
    assert_eq!(world.install("1.0.0").ok(), "by us");
    let digest = sha256(&world.package("1.0.0", "by us"));
    assert_eq!(world.stored().into_values().collect::<Vec<_>>(), [digest]);
    let again = world.publish("1.0.0", "by us");
    assert!(again.stderr.contains("already exists on"), "{again}");
}

fn what_cargo_publishes_we_see(world: &World) {
    assert!(matches!(world.observe("1.0.0"), Observed::Absent));
    world.publish("1.0.0", "by cargo").ok();
    let observed = world.observe("1.0.0");
    let Observed::Live(files) = &observed else { unreachable!("it is {observed:?}") };
    let digest = files[0].digests[0].value.clone();
    assert_eq!(world.stored(), [(files[0].file_name.clone(), digest)].into());
    assert!(!files[0].yanked);
}

fn what_is_there_is_a_conflict_to_us(world: &World) {
    world.publish("1.0.0", "by cargo").ok();
    for text in ["by us", "by cargo"] {
        let reply = world.upload("1.0.0", text);
        let is_conflict = matches!(&reply, Reply::Refused(error) if error.kind() == ErrorKind::Conflict);
        assert!(is_conflict, "{reply:?}");
    }
}

fn what_cargo_yanks_we_see_as_yanked(world: &World) {
    world.publish("1.0.0", "by cargo").ok();
    let yanked = |undo: &[&str]| {
        world.cargo(&[&["yank", "--quiet", "demo-lib@1.0.0", "--registry", "house"], undo].concat()).ok();
        let observed = world.observe("1.0.0");
        let Observed::Live(files) = observed else { unreachable!("it is {observed:?}") };
        files[0].yanked
    };
    assert_eq!([yanked(&[]), yanked(&["--undo"])], [true, false]);
}

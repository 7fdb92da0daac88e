//! The contract, case by case.

use releasekit_core::Registry;
use releasekit_core::model::{PackageName, Version};
use releasekit_core::registry::{ChannelRequest, Observed, Offer, YankRequest};
use releasekit_testkit::sha512;

use crate::world::World;

type Case = fn(&World);

/// Every case by its name.
pub(crate) const TABLE: &[(&str, Case)] = &[
    ("what_npm_publishes_we_see", what_npm_publishes_we_see),
    ("what_we_point_npm_installs", what_we_point_npm_installs),
    ("what_we_deprecate_npm_says", what_we_deprecate_npm_says),
    ("what_npm_deprecates_we_see", what_npm_deprecates_we_see),
];

fn live(world: &World, version: &str) -> releasekit_core::model::LiveFile {
    let observed = world.observe(version);
    let Observed::Live(mut files) = observed else { unreachable!("it is {observed:?}") };
    files.remove(0)
}

fn what_npm_publishes_we_see(world: &World) {
    assert!(matches!(world.observe("1.0.0"), Observed::Absent));
    world.publish("1.0.0", "by npm", "latest").ok();
    let file = live(world, "1.0.0");
    let bytes = std::fs::read(world.artifact("1.0.0", "by npm").path).expect("it was written");
    assert_eq!(file.digests[0].to_string(), format!("sha512:{}", sha512(&bytes)));
    assert_eq!((file.yanked, file.channels), (false, vec!["latest".to_owned()]));
    assert_eq!(world.install(world.name), "by npm");
}

fn what_we_point_npm_installs(world: &World) {
    world.publish("1.0.0", "old", "latest").ok();
    world.publish("2.0.0", "new", "next").ok();
    assert_eq!(world.install(world.name), "old");
    let point = |channel: &str, version: &str| {
        let request = ChannelRequest::new(PackageName::new(world.name), channel, Version::from_canonical(version));
        world.wait(world.registry.set_channel(&request)).expect("it is ours");
    };
    point("latest", "2.0.0");
    point("release-1.0", "1.0.0");
    assert_eq!(world.install(world.name), "new");
    assert_eq!(world.install(&format!("{}@release-1.0", world.name)), "old");
}

fn deprecated(world: &World) -> String {
    world.npm(&["view", &format!("{}@1.0.0", world.name), "deprecated"]).ok()
}

fn what_we_deprecate_npm_says(world: &World) {
    world.publish("1.0.0", "by npm", "latest").ok();
    for (offer, said) in [(Offer::Withdrawn, "withdrawn by its publisher"), (Offer::Offered, "")] {
        let request = YankRequest::new(PackageName::new(world.name), Version::from_canonical("1.0.0"), offer);
        world.wait(world.registry.yank(&request)).expect("it is ours");
        assert_eq!(deprecated(world), said);
    }
}

fn what_npm_deprecates_we_see(world: &World) {
    world.publish("1.0.0", "by npm", "latest").ok();
    let yanked = |reason: &str| {
        world.npm(&["deprecate", &format!("{}@1.0.0", world.name), reason]).ok();
        live(world, "1.0.0").yanked
    };
    assert_eq!([yanked("old"), yanked("")], [true, false]);
}

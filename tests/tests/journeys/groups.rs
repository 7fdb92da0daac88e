//! Two packages with one version and one tag, from a commit to what the index serves.

use std::collections::BTreeMap;

use releasekit_e2e::{Journey, Merge, Role, Sample, Scene};

/// New tags are shared; those of the time before are still read.
const KIT: &str = "
[groups.kit]
versioning = \"fixed\"
tag_format = [\"kit-v{version}\", \"{name}-v{version}\"]

[packages.\"BASE\"]
group = \"kit\"

[packages.\"TOP\"]
group = \"kit\"
";

pub(crate) fn a_fixed_group_with_one_tag_is_released_again_and_again(scene: &Scene) {
    let journey = Journey::released_once(scene, Sample::Pair, scene.world().rehearsal());
    let names = [Role::Base, Role::Top].map(|role| journey.name(role));
    journey.configure(&KIT.replace("BASE", names[0]).replace("TOP", names[1]));
    journey.sandbox().commit("chore: make them one");
    for (message, version) in [("fix(top): greet", "0.1.1"), ("feat(top): greet twice", "0.2.0")] {
        journey.change(Role::Top, message);
        let both = names.map(|name| (name.to_owned(), version.to_owned()));
        assert_eq!(journey.planned(), BTreeMap::from(both), "{message}");
        let before = journey.remote_tags().len();
        let head = journey.prepared().merge(Merge::Squash);
        journey.releasekit(["release", "--yes"]).ok();
        let tag = format!("kit-v{version}");
        assert_eq!(journey.remote_tag(&tag).as_deref(), Some(head.as_str()));
        assert_eq!(journey.remote_tags().len(), before + 1, "one tag for both");
        journey.releasekit(["publish", "--yes"]).ok();
        assert_eq!(journey.planned(), BTreeMap::new());
        journey.releasekit(["status"]).ok();
    }
    journey.stores(&["0.1.0", "0.1.1", "0.2.0"].map(|version| journey.pair(version)));
}

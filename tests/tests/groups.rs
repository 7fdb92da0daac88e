//! Two packages with one version and one tag, from a commit to what the index serves.

use std::collections::BTreeMap;

use releasekit_e2e::{Journey, Merge, duo};
use releasekit_rehearsal::pypi::{Options, Server};
use releasekit_testkit::Tools;
use releasekit_testkit::servers::{PASSWORD, USERNAME};

/// New tags are shared; those of the time before are still read.
const KIT: &str = "
[groups.kit]
versioning = \"fixed\"
tag_format = [\"kit-v{version}\", \"{name}-v{version}\"]

[packages.duo-base]
group = \"kit\"

[packages.duo-top]
group = \"kit\"
";

#[test]
fn a_fixed_group_with_one_tag_is_released_again_and_again() {
    let Some(tools) = Tools::require() else { return };
    let options = Options::default().with_login(USERNAME, releasekit_core::Secret::new(PASSWORD));
    let server = std::sync::Arc::new(Server::start(options).expect("loopback has a free port"));
    let journey = Journey::released_once(&tools, crate::binary(), duo(), server);
    journey.configure(KIT);
    journey.sandbox().commit("chore: make them one");
    for (message, version) in [("fix(top): greet", "0.1.1"), ("feat(top): greet twice", "0.2.0")] {
        journey.change("duo-top", message);
        let both = ["duo-base", "duo-top"].map(|name| (name.to_owned(), version.to_owned()));
        assert_eq!(journey.planned(), BTreeMap::from(both), "{message}");
        let before = journey.remote_refs();
        let head = journey.prepared().merge(Merge::Squash);
        journey.releasekit(["release", "--yes"]).ok();
        let tag = format!("kit-v{version}");
        assert_eq!(journey.remote_tag(&tag).as_deref(), Some(head.as_str()));
        let tags = |refs: &BTreeMap<String, String>| refs.keys().filter(|name| name.starts_with("refs/tags/")).count();
        assert_eq!(tags(&journey.remote_refs()), tags(&before) + 1, "one tag for both");
        journey.releasekit(["publish", "--yes"]).ok();
        assert_eq!(journey.planned(), BTreeMap::new());
        journey.releasekit(["status"]).ok();
    }
    assert_eq!(journey.index().stored().len(), 3 * 4);
}

//! What releasekit released, it plans again as it was.

use releasekit_e2e::{Journey, Merge, Role, Sample, Scene};
use serde_json::{Value, json};

pub(crate) fn what_was_released_is_planned_again(scene: &Scene) {
    let journey = Journey::released_once(scene, Sample::Six, scene.world().rehearsal());
    journey.change(Role::Core, "feat(core): greet twice");
    let planned = journey.planned();
    journey.released().releasekit(["publish", "--yes"]).ok();
    journey.change(Role::Stamp, "fix(stamp): write the version down");
    journey.prepared().merge(Merge::Squash);
    journey.releasekit(["release", "--yes"]).ok();
    let before = (journey.local_refs(), journey.checkout());

    let replay = journey.json(["replay", "--last", "3", "--offline", "--format", "json"]);
    assert_eq!((&replay["schema"], &replay["head"]), (&json!(1), &json!(journey.sandbox().head())));
    let releases = replay["releases"].as_array().expect("there are releases");
    assert_eq!(releases.len(), 3, "{replay:#}");
    let rows = |release: &Value| release["packages"].as_array().expect("there are packages").clone();
    for row in releases.iter().flat_map(rows) {
        assert_eq!((&row["planned"], &row["difference"]), (&row["shipped"], &Value::Null), "{row:#}");
    }
    assert_eq!(rows(&releases[1]).len(), planned.len());
    assert!(releases.iter().all(|release| release["waiting"] == json!([])), "{replay:#}");

    let table = journey.releasekit(["replay"]).ok();
    assert!(table.contains("0.4.0") && !table.contains("unexplained"), "{table}");
    before.1.assert_same(&journey.checkout());
    assert_eq!(before.0, journey.local_refs());
}

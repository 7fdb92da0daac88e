//! The releases of a repository that people released by hand, in every way that differs from what commits say.

use std::collections::BTreeMap;
use std::path::Path;

use releasekit_testkit::{Sandbox, Tools, run};
use serde_json::Value;

/// A repository of two packages, and more where a test says so.
struct Past(Sandbox);

impl Past {
    fn begun(tools: &Tools) -> Self {
        let past = Self(Sandbox::new().with_tools(tools));
        past.0.write("pyproject.toml", "[tool.uv.workspace]\nmembers = [\"packages/*\"]\n");
        past.set("a", "1.0.0").set("b", "1.0.0").0.commit("feat: begin");
        past.tag(&["a-v1.0.0", "b-v1.0.0"]);
        past
    }

    fn set(&self, name: &str, version: &str) -> &Self {
        let text = format!(
            "[project]\nname = \"{name}\"\nversion = \"{version}\"\nrequires-python = \">=3.10\"\n\n\
             [build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"\n"
        );
        self.0.write(format!("packages/{name}/pyproject.toml"), text);
        self
    }

    fn change(&self, name: &str, message: &str) -> &Self {
        self.0.write(format!("packages/{name}/src/{name}.py"), format!("# {message}\n"));
        self.0.commit(message);
        self
    }

    fn tag(&self, names: &[&str]) {
        for name in names {
            self.0.git(["tag", name]);
        }
    }

    /// Raises a package in a commit of its own, and tags it.
    fn release(&self, name: &str, version: &str) -> String {
        let commit = self.set(name, version).0.commit(&format!("Release {name} {version}"));
        self.tag(&[&format!("{name}-v{version}")]);
        commit
    }

    #[track_caller]
    fn releasekit(&self, binary: &Path, args: &[&str]) -> String {
        run(self.0.command(binary).args(args)).ok()
    }
}

#[test]
fn each_difference_has_its_reason() {
    let Some(scene) = super::scene() else { return };
    let past = Past::begun(scene.tools());
    past.change("a", "feat: more").release("a", "1.1.0");
    past.change("a", "Make it better (#1)\n\n- in every way").release("a", "1.1.1");
    past.change("a", "docs: say more\n\nRelease-As: 2.0.0").release("a", "2.0.0");
    past.0.git(["switch", "--quiet", "--create", "hotfix"]);
    past.change("a", "fix: now").release("a", "2.0.1");
    past.0.git(["switch", "--quiet", "main"]);
    past.change("a", "fix: now").release("a", "2.0.2");
    let chosen = past.change("b", "fix: less").release("b", "1.1.0");
    past.0.git(["mv", "packages/b", "packages/c"]);
    past.change("a", "fix: this too");
    past.set("c", "1.2.0").set("a", "2.0.3").0.commit("Release a 2.0.3, and b as c");
    past.tag(&["c-v1.2.0", "a-v2.0.3"]);

    let text = past.releasekit(crate::binary(), &["replay", "--last", "20", "--offline", "--format", "json"]);
    let replay: Value = serde_json::from_str(&text).expect("one JSON document");
    let releases = replay["releases"].as_array().expect("there are releases").iter();
    let rows = releases.flat_map(|release| release["packages"].as_array().expect("a release has packages"));
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let line = |row: &Value| {
        let why = row["difference"]["kind"].as_str().unwrap_or("exact");
        (text(&row["tag"]), format!("{} {why}", text(&row["planned"])))
    };
    let found: BTreeMap<String, String> = rows.clone().map(line).collect();
    let expected = [
        ("a-v1.0.0", "1.0.0 exact"),
        ("a-v1.1.0", "1.1.0 exact"),
        ("a-v1.1.1", "- no-known-type"),
        // The plan reads the line, so there is no difference.
        ("a-v2.0.0", "2.0.0 exact"),
        ("a-v2.0.1", "2.0.1 exact"),
        ("a-v2.0.2", "2.0.1 off-branch"),
        ("a-v2.0.3", "2.0.3 exact"),
        ("b-v1.0.0", "1.0.0 exact"),
        ("b-v1.1.0", "1.0.1 chosen"),
        ("c-v1.2.0", "- not-there"),
    ];
    assert_eq!(found, expected.map(|(tag, line)| (tag.to_owned(), line.to_owned())).into());
    let people: Vec<&Value> = rows.filter(|row| row["difference"]["kind"] == "chosen").collect();
    assert_eq!(people[0]["difference"]["commit"], chosen.as_str());

    let table = past.releasekit(crate::binary(), &["replay", "--offline"]);
    for part in [
        "people chose 1.1.0 where the plan says a patch",
        "`a-v2.0.1` lies on another branch",
        "8 releases, 10 versions: 6 exact, 1 chosen, 1 no-known-type, 1 not-there, 1 off-branch",
    ] {
        assert!(table.contains(part), "{part}\n{table}");
    }
}

//! Packages whose versions stand in tags alone, from commits to a verified release: those of the three build plugins that ask
//! git, and one whose package file holds a placeholder. No file ever says a version, and another machine builds the same.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;

use releasekit_e2e::worlds::uv::Venv;
use releasekit_e2e::{Journey, Merge, Registry};
use releasekit_testkit::servers::PypiServer;
use releasekit_testkit::{Sandbox, sha256};

/// The packages, each with what its build asks for and its package file says of the version. They need those before them.
const PACKAGES: [(&str, &str); 4] = [
    (
        "tagged-scm",
        "[build-system]\nrequires = [\"setuptools>=80\", \"setuptools-scm>=10\"]\nbuild-backend = \"setuptools.build_meta\"\n\n\
         [tool.setuptools_scm]\nroot = \"../..\"\ntag_regex = \"^tagged-scm-v(?P<version>.+)$\"\n\
         git_describe_command = [\"git\", \"describe\", \"--dirty\", \"--tags\", \"--long\", \"--match\", \"tagged-scm-v*\"]\n",
    ),
    (
        "tagged-hatch",
        "[build-system]\nrequires = [\"hatchling>=1.20\", \"hatch-vcs>=0.5\"]\nbuild-backend = \"hatchling.build\"\n\n\
         [tool.hatch.version]\nsource = \"vcs\"\n\n[tool.hatch.version.raw-options]\nroot = \"../..\"\n\
         tag_regex = \"^tagged-hatch-v(?P<version>.+)$\"\n\
         git_describe_command = [\"git\", \"describe\", \"--dirty\", \"--tags\", \"--long\", \"--match\", \"tagged-hatch-v*\"]\n",
    ),
    (
        "tagged-dunamai",
        "[build-system]\nrequires = [\"hatchling>=1.20\", \"uv-dynamic-versioning>=0.14\"]\n\
         build-backend = \"hatchling.build\"\n\n[tool.hatch.version]\nsource = \"uv-dynamic-versioning\"\n\n\
         [tool.uv-dynamic-versioning]\nvcs = \"git\"\npattern-prefix = \"tagged-dunamai-\"\n",
    ),
    ("tagged-placeholder", "[build-system]\nrequires = [\"uv_build>=0.13,<0.14\"]\nbuild-backend = \"uv_build\"\n"),
];

const PLACEHOLDER: &str = "version = \"0.0.0\"";

/// Writes the workspace; every package needs all that stand before it.
fn write(sandbox: &Sandbox) {
    sandbox.write("pyproject.toml", "[tool.uv.workspace]\nmembers = [\"packages/*\"]\n");
    sandbox.write(".gitignore", "dist/\n.venv/\n__pycache__/\n*.egg-info/\n");
    for (index, (name, build)) in PACKAGES.into_iter().enumerate() {
        let needs: Vec<&str> = PACKAGES[..index].iter().map(|(name, _)| *name).collect();
        let sources: String = needs.iter().map(|need| format!("{need} = {{ workspace = true }}\n")).collect();
        let version = if name == "tagged-placeholder" { PLACEHOLDER } else { "dynamic = [\"version\"]" };
        let manifest = format!(
            "[project]\nname = \"{name}\"\n{version}\nrequires-python = \">=3.11\"\ndependencies = {needs:?}\n\n\
             [tool.uv.sources]\n{sources}\n{build}"
        );
        let module = name.replace('-', "_");
        sandbox.write(format!("packages/{name}/pyproject.toml"), manifest);
        sandbox.write(format!("packages/{name}/src/{module}/__init__.py"), "");
    }
    sandbox.run("uv", ["lock", "--quiet"]).ok();
}

fn versions(next: &[(&str, &str)]) -> BTreeMap<String, String> {
    next.iter().map(|(name, version)| ((*name).to_owned(), (*version).to_owned())).collect()
}

/// Commits a change of a package.
fn change(journey: &Journey, name: &str, message: &str) {
    let file = format!("packages/{name}/src/{}/__init__.py", name.replace('-', "_"));
    let text = format!("{}# {message}\n", journey.sandbox().read(&file));
    journey.sandbox().write(file, text);
    journey.sandbox().commit(message);
}

/// From the commits on `main` to files that an installer takes, and that another clone builds and finds equal.
#[track_caller]
fn release(journey: &Journey, next: &[(&str, &str)]) {
    assert_eq!(journey.planned(), versions(next));
    journey.prepared();
    let proposed = journey.proposed("packages/tagged-placeholder/pyproject.toml");
    assert!(proposed.contains(PLACEHOLDER), "no file takes a version\n{proposed}");
    journey.merge(Merge::Squash);
    journey.releasekit(["release", "--yes"]).ok();
    journey.releasekit(["publish", "--yes"]).ok();
    assert_eq!(journey.planned(), BTreeMap::new(), "right after a release nothing is planned");

    let venv = Venv::new(journey.sandbox(), "venv");
    venv.install(["--default-index", &journey.registry().read_url()], &["tagged-placeholder"]).ok();
    let installed = venv.installed();
    let found: BTreeMap<_, _> =
        next.iter().map(|(name, _)| ((*name).to_owned(), installed.versions[*name].clone())).collect();
    assert_eq!(found, versions(next), "{installed:?}");
    for need in &installed.requires["tagged-placeholder"] {
        let (name, version) = need.split_once("==").expect("siblings are pinned");
        assert_eq!(installed.versions.get(name).map(String::as_str), Some(version), "{installed:?}");
    }

    let second = journey.clone("second", &[]);
    let writes = journey.registry().stored();
    journey.releasekit_in(&second, ["publish", "--yes"]).ok();
    assert_eq!(journey.registry().stored(), writes, "another clone finds everything proven");
    let again = journey.sandbox().path().join("again");
    journey.releasekit_in(&second, ["build", "--out", &again.to_string_lossy()]).ok();
    for (name, version) in next {
        let wheel = format!("{}-{version}-py3-none-any.whl", name.replace('-', "_"));
        let bytes = fs::read(again.join("py").join(name).join(&wheel)).expect("it was built");
        let (_, digest) = writes.iter().find(|(file, _)| file.name == wheel).expect("it is live");
        assert_eq!(sha256(&bytes), *digest, "{wheel} is built alike elsewhere");
    }
    for folder in [second, again] {
        fs::remove_dir_all(folder).expect("the sandbox is writable");
    }
}

#[test]
fn what_stands_in_tags_alone_is_released_again_and_again() {
    let Some(scene) = super::scene() else { return };
    let server: Arc<dyn Registry> = Arc::new(PypiServer::start(scene.tools()));
    let journey = Journey::begun(&scene, server, write);
    journey.configure("\n[packages.tagged-placeholder]\nversion_from = \"tags\"\n");
    journey.sandbox().commit("feat: begin");
    let all = |version| PACKAGES.map(|(name, _)| (name, version));
    release(&journey, &all("0.1.0"));

    change(&journey, "tagged-hatch", "feat: read tags");
    change(&journey, "tagged-scm", "fix: read them right");
    release(
        &journey,
        &[
            ("tagged-scm", "0.1.1"),
            ("tagged-hatch", "0.2.0"),
            ("tagged-dunamai", "0.1.1"),
            ("tagged-placeholder", "0.1.1"),
        ],
    );
    assert_eq!(journey.registry().stored().len(), 16, "a wheel and an sdist of each, twice");
}

//! Builds by the real uv and the real build backends.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::common::tool::{build_request, context, folder, open, sandbox, write};
use crate::common::{disk, packages};
use releasekit_core::model::{Artifact, ArtifactKind, Package};
use releasekit_core::{Diagnostic, Environment, ErrorKind};
use releasekit_testkit::Sandbox;

fn project(name: &str, version: &str, backend: &str, rest: &str) -> String {
    let module = if backend == "hatchling" { "hatchling.build" } else { "setuptools.build_meta" };
    format!(
        "[project]\nname = \"{name}\"\nversion = \"{version}\"\nrequires-python = \">=3.9\"\n{rest}\n\
         [build-system]\nrequires = [\"{backend}\"]\nbuild-backend = \"{module}\"\n"
    )
}

/// Builds one package of an export into a folder of its own.
async fn build(sandbox: &Sandbox, export: &Path, name: &str, siblings: &Path, out: PathBuf) -> Vec<Artifact> {
    let request = build_request(export, find(export, name).await, siblings, out);
    open(&context(sandbox)).build(&request).await.unwrap_or_else(|error| panic!("{error}: {:?}", error.output()))
}

async fn find(export: &Path, name: &str) -> Package {
    let all = packages(&disk(export), "").await;
    all.into_iter().find(|package| package.name.as_str() == name).expect("in the workspace")
}

#[tokio::test]
async fn a_build_is_the_same_in_another_folder() {
    let Some(sandbox) = sandbox() else { return };
    let mut found = Vec::new();
    for copy in ["one", "two"] {
        let export = folder(&sandbox, copy);
        write(
            &export,
            &[
                ("pyproject.toml", "[tool.uv.workspace]\nmembers = ['p/*']\n"),
                ("p/a/pyproject.toml", &project("My.Pkg", "1.0.0", "hatchling", "dependencies = [\"idna>=3\"]")),
                ("p/a/src/my_pkg/__init__.py", "x = 1\n"),
            ],
        );
        fs::set_permissions(export.join("p/a/src/my_pkg/__init__.py"), fs::Permissions::from_mode(0o664))
            .expect("ours");
        let (siblings, out) = (folder(&sandbox, &format!("s-{copy}")), folder(&sandbox, &format!("o-{copy}")));
        found.push(build(&sandbox, &export, "My.Pkg", &siblings, out).await);
    }
    let describe = |artifacts: &[Artifact]| -> Vec<_> {
        artifacts.iter().map(|a| (a.kind, a.file_name.clone(), a.size, a.digests.clone())).collect()
    };
    assert_eq!(describe(&found[0]), describe(&found[1]));
    let names: Vec<_> = found[0].iter().map(|a| (a.kind, a.file_name.as_str())).collect();
    let (wheel, sdist) = ("my_pkg-1.0.0-py3-none-any.whl", "my_pkg-1.0.0.tar.gz");
    assert_eq!(names, [(ArtifactKind::Binary, wheel), (ArtifactKind::Source, sdist)]);
    let uv = open(&context(&sandbox));
    for artifact in &found[0] {
        let inside = uv.inspect(&artifact.path).expect("an artifact");
        assert_eq!((inside.name.as_str(), inside.version.as_str()), ("My.Pkg", "1.0.0"));
        assert_eq!(inside.requirements[0].text, "idna>=3");
        assert_eq!(inside.platform, None);
    }
    assert_eq!(uv.artifact(Path::new("/x/notes.txt")).expect("no artifact"), None);
    let error = uv.artifact(Path::new("/x/odd.whl")).expect_err("a wheel by its ending alone");
    assert_eq!(error.code().as_str(), "RK-ARTIFACT-NAME");
}

/// A build backend that is a sibling: the local one is taken, not the stranger that an index has under its name.
#[tokio::test]
async fn a_sibling_that_a_build_requires_comes_from_the_siblings() {
    let Some(sandbox) = sandbox() else { return };
    let backend =
        |stamp: &str| format!("from hatchling.build import *\nprint('{stamp}')\nopen('{stamp}', 'w').close()\n");
    let strangers = folder(&sandbox, "strangers");
    let stranger = folder(&sandbox, "stranger");
    write(
        &stranger,
        &[
            ("pyproject.toml", &project("btool", "2.0.0", "hatchling", "dependencies = [\"hatchling\"]")),
            ("src/btool/__init__.py", &backend("stranger")),
        ],
    );
    build(&sandbox, &stranger, "btool", &strangers, strangers.clone()).await;

    let export = folder(&sandbox, "export");
    let uses = "[project]\nname = \"uses\"\nversion = \"1.0.0\"\nrequires-python = \">=3.9\"\n\
        [build-system]\nrequires = [\"btool==2.0.0\"]\nbuild-backend = \"btool\"\n";
    write(
        &export,
        &[
            (
                "pyproject.toml",
                "[tool.uv.workspace]\nmembers = ['p/*']\n[tool.uv.sources]\nbtool = { workspace = true }\n",
            ),
            ("p/btool/pyproject.toml", &project("btool", "2.0.0", "hatchling", "dependencies = [\"hatchling\"]")),
            ("p/btool/src/btool/__init__.py", &backend("ours")),
            ("p/uses/pyproject.toml", uses),
            ("p/uses/src/uses/__init__.py", ""),
        ],
    );
    let siblings = folder(&sandbox, "siblings");
    build(&sandbox, &export, "btool", &siblings, siblings.clone()).await;
    let house = sandbox.env().iter().find(|(name, _)| name == "UV_FIND_LINKS").expect("set").1.clone();
    let both = format!("{},{}", strangers.display(), house.to_string_lossy());
    let sandbox = sandbox.with_env("UV_FIND_LINKS", both);
    let artifacts = build(&sandbox, &export, "uses", &siblings, folder(&sandbox, "out")).await;
    assert_eq!(artifacts.len(), 2);
    let sdist = export.join("p/uses");
    assert!(sdist.join("ours").exists() && !sdist.join("stranger").exists(), "the local backend ran");
}

#[tokio::test]
async fn a_failing_build_says_what_the_backend_said_and_sees_no_credential() {
    let Some(sandbox) = sandbox() else { return };
    let export = folder(&sandbox, "export");
    let setup = "import os, sys\nfrom setuptools import setup\nsys.stderr.write('SEEN ' + ' '.join(sorted(os.environ)) + '\\n')\n\
        sys.stderr.write('MASK %o\\n' % os.umask(0))\nraise SystemExit('deliberately broken')\n";
    write(&export, &[("pyproject.toml", &project("broken", "1.0.0", "setuptools", "")), ("setup.py", setup)]);
    let sandbox = sandbox
        .with_env("UV_PUBLISH_TOKEN", "hunter2")
        .with_env("UV_INDEX_PRIVATE_PASSWORD", "hunter2")
        .with_env("GITHUB_TOKEN", "hunter2");
    let mut request =
        build_request(&export, find(&export, "broken").await, &folder(&sandbox, "s"), folder(&sandbox, "o"));
    request.environment = Environment::new().with("FOR_BUILDS", "1");
    let error = open(&context(&sandbox)).build(&request).await.expect_err("it is broken");
    assert_eq!(error.code().as_str(), "RK-PUBLISH-BUILD-FAILED");
    assert_eq!(error.kind(), ErrorKind::ToolFailed);
    assert!(error.to_string().contains("`broken`"), "{error}");
    assert_eq!(error.labels()[0].path, "pyproject.toml");
    let output = error.output().expect("uv's words");
    assert!(output.contains("deliberately broken"), "{output}");
    let seen = output.lines().find(|line| line.contains("SEEN ")).expect("the backend ran");
    assert!(seen.contains("FOR_BUILDS") && seen.contains("SOURCE_DATE_EPOCH"), "{seen}");
    assert!(!seen.contains("TOKEN") && !seen.contains("PASSWORD") && !seen.contains("UV_PUBLISH"), "{seen}");
    assert!(output.contains("MASK 22"), "{output}");
}

#[tokio::test]
async fn a_build_that_takes_too_long_is_ended() {
    let Some(sandbox) = sandbox() else { return };
    let export = folder(&sandbox, "export");
    let setup = "import time\ntime.sleep(600)\n";
    write(&export, &[("pyproject.toml", &project("slow", "1.0.0", "setuptools", "")), ("setup.py", setup)]);
    let mut request =
        build_request(&export, find(&export, "slow").await, &folder(&sandbox, "s"), folder(&sandbox, "o"));
    request.timeout = std::time::Duration::from_secs(3);
    let error = open(&context(&sandbox)).build(&request).await.expect_err("it never ends");
    assert_eq!(error.code().as_str(), "RK-PUBLISH-BUILD-FAILED");
    assert_eq!(error.to_string(), "`slow` could not be built in time");
}

/// What is compared before every upload: the requirements in an artifact are those that the package file declares.
#[tokio::test]
async fn what_an_artifact_requires_is_what_the_package_file_says() {
    let Some(sandbox) = sandbox() else { return };
    let requires = r#"
dependencies = [
    "Sib_Ling[Ex_Tra,other] == 1.0.0 ; python_version < '4' and (sys_platform == \"linux\" or os_name != 'nt')",
    "idna>=3,<4,!=3.5",
    "direct @ https://example.invalid/direct-1.0.tar.gz",
    "plain",
    "star==2.*",
    "candidate >= 1.0-RC.1",
]
[project.optional-dependencies]
fast = ["numpy~=1.2 ; implementation_name == 'cpython'", "plain>1"]
"with-dash_and.dot" = ["certifi"]
all = ["pkg[fast]"]
"#;
    for backend in ["hatchling", "setuptools", "uv_build", "flit_core"] {
        let export = folder(&sandbox, backend);
        let text = project("pkg", "1.0.0", backend, requires).replace("with-dash_and.dot", "with-dash-and-dot");
        let text = match backend {
            "uv_build" => text.replace("setuptools.build_meta", "uv_build"),
            "flit_core" => text.replace("setuptools.build_meta", "flit_core.buildapi"),
            "hatchling" => format!("{text}[tool.hatch.metadata]\nallow-direct-references = true\n"),
            _ => text,
        };
        let text = text.replace("version = \"1.0.0\"", "version = \"1.0.0\"\ndescription = \"x\"");
        write(&export, &[("pyproject.toml", &text), ("src/pkg/__init__.py", "\"\"\"x\"\"\"\n")]);
        let declared = find(&export, "pkg").await.requirements;
        assert_eq!(declared.len(), 11);
        let out = folder(&sandbox, &format!("out-{backend}"));
        let artifacts = build(&sandbox, &export, "pkg", &folder(&sandbox, &format!("s-{backend}")), out).await;
        assert_eq!(artifacts.len(), 2);
        for artifact in artifacts {
            let inside = open(&context(&sandbox)).inspect(&artifact.path).expect("an artifact");
            assert_eq!(inside.requirements, declared, "{backend} {}", artifact.file_name);
        }
    }
}

//! Installing what was released, from a real index.

use std::fs;

use crate::common::tool::{LIMIT, build_request, context, folder, open, write};
use crate::common::{disk, packages};
use releasekit_core::model::{PackageName, Target};
use releasekit_core::package_manager::SmokeRequest;
use releasekit_core::{Diagnostic, ErrorKind};
use releasekit_testkit::servers::PypiServer;
use releasekit_testkit::{Sandbox, Tools};

#[tokio::test]
async fn a_released_package_installs_with_its_siblings_from_the_index_alone() {
    let Some(tools) = Tools::require() else { return };
    let server = PypiServer::start(&tools);
    let sandbox = Sandbox::new().with_tools(&tools);
    let export = folder(&sandbox, "export");
    let build = "[build-system]\nrequires = [\"uv_build\"]\nbuild-backend = \"uv_build\"\n";
    let lib = format!("[project]\nname = \"lib\"\nversion = \"1.0.0\"\nrequires-python = \">=3.9\"\n{build}");
    let app = lib.replace("name = \"lib\"", "name = \"My.App\"\ndependencies = [\"lib==1.0.0\"]");
    write(
        &export,
        &[
            ("pyproject.toml", "[tool.uv.workspace]\nmembers = ['p/*']\n"),
            ("p/lib/pyproject.toml", &lib),
            ("p/lib/src/lib/__init__.py", ""),
            ("p/app/pyproject.toml", &app),
            ("p/app/src/my_app/__init__.py", ""),
        ],
    );
    let offline = sandbox.with_env("UV_OFFLINE", "1");
    let uv = open(&context(&offline));
    for package in packages(&disk(&export), "").await {
        let out = folder(&offline, &format!("out-{}", package.name));
        let request = build_request(&export, package, &out, out.clone());
        for artifact in uv.build(&request).await.expect("it builds") {
            fs::copy(&artifact.path, server.storage().join(&artifact.file_name)).expect("writable");
        }
    }
    // A setting that would hide everything that is new, and a house that must not be asked.
    write(&offline.path().join("home/.config/uv"), &[("uv.toml", "exclude-newer = \"2020-01-01T00:00:00Z\"\n")]);
    let sandbox = offline.with_env("UV_OFFLINE", "0").with_env("UV_EXCLUDE_NEWER", "2020-01-01T00:00:00Z");
    let uv = open(&context(&sandbox));
    let request = |name: &str, version: &str, place: &str| {
        SmokeRequest::new(
            PackageName::new(name),
            crate::common::version(version),
            Target::new("pypi", server.simple_url(), server.upload_url()),
            folder(&sandbox, place),
            LIMIT,
        )
    };
    uv.smoke_test(&request("My.App", "1.0.0", "s1")).await.expect("it installs");

    let error = uv.smoke_test(&request("My.App", "2.0.0", "s2")).await.expect_err("not there");
    assert_eq!(error.code().as_str(), "RK-PUBLISH-SMOKE-FAILED");
    assert_eq!(error.kind(), ErrorKind::ToolFailed);
    assert!(error.output().expect("uv's words").contains("my-app"), "{:?}", error.output());

    fs::remove_file(server.storage().join("lib-1.0.0-py3-none-any.whl")).expect("it was there");
    fs::remove_file(server.storage().join("lib-1.0.0.tar.gz")).expect("it was there");
    let error = uv.smoke_test(&request("My.App", "1.0.0", "s3")).await.expect_err("a sibling is missing");
    assert_eq!(error.code().as_str(), "RK-PUBLISH-SMOKE-FAILED");
}

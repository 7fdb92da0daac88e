//! What is released is installed and loaded.

use std::fs;

use releasekit_core::model::PackageName;
use releasekit_core::package_manager::SmokeRequest;
use releasekit_core::{BackendError, Diagnostic, ErrorKind};
use releasekit_rehearsal::npm::{Options, Server};
use releasekit_testkit::{Pnpm, Ran, run};

use crate::common::{LIMIT, folder, manager, sandbox, target, version, write};

/// What loads an installed package.
const LOAD: &str = include_str!("../../src/smoke/load.mjs");

fn manifest(more: &str) -> String {
    format!("{{\"name\": \"@scope/demo\", \"version\": \"1.0.0\"{more}}}")
}

/// Puts a package into a registry, and has it installed from there by both and loaded.
async fn installed(code: &str) -> Option<Result<(), BackendError>> {
    let sandbox = sandbox(Pnpm::V12)?;
    let server = Server::start(Options::default()).expect("loopback");
    let package = folder(&sandbox, "package");
    write(&package, &[("package.json", &manifest(", \"main\": \"a.js\"")), ("a.js", code)]);
    let command = sandbox.command("npm");
    run({ command }.args(["pack", "--ignore-scripts"]).current_dir(&package)).ok();
    let packed = fs::read(package.join("scope-demo-1.0.0.tgz")).expect("it was packed");
    server.put("scope-demo-1.0.0.tgz", packed).expect("memory takes it");
    sandbox.write("../home/.npmrc", "min-release-age=1000\n");
    let name = PackageName::new("@scope/demo");
    let request = SmokeRequest::new(name, version("1.0.0"), target(&server), folder(&sandbox, "smoke"), LIMIT);
    let variables =
        [("NPM_TOKEN", "secret"), ("NODE_AUTH_TOKEN", "secret"), ("pnpm_config_minimum_release_age", "9999")];
    Some(manager(&sandbox, &variables).smoke_test(&request).await)
}

#[tokio::test]
async fn both_install_what_is_new_and_its_code_sees_no_credential() {
    let code = "if (process.env.NPM_TOKEN || process.env.NODE_AUTH_TOKEN) require('./a-credential');";
    let Some(found) = installed(code).await else { return };
    assert!(found.is_ok(), "{found:?} {:?}", found.as_ref().err().and_then(Diagnostic::output));
    let error = installed("require('./none');").await.expect("the tools are there").expect_err("it cannot be loaded");
    assert_eq!((error.code().as_str(), error.kind()), ("RK-PUBLISH-SMOKE-FAILED", ErrorKind::ToolFailed));
    assert!(
        error.output().is_some_and(|output| output.contains("Cannot find module './none'")),
        "{:?}",
        error.output()
    );
}

/// Loads a package that was installed by hand.
fn loaded(more: &str, files: &[(&str, &str)]) -> Option<Ran> {
    let sandbox = sandbox(Pnpm::V12)?;
    let project = folder(&sandbox, "project");
    let package = project.join("node_modules/@scope/demo");
    write(&package, &[("package.json", &manifest(more))]);
    write(&package, files);
    write(&project, &[("load.mjs", LOAD)]);
    let command = sandbox.command("node");
    Some(run({ command }.args(["load.mjs", "@scope/demo", "1.0.0"]).current_dir(&project)))
}

#[test]
fn entry_points_that_load_are_well() {
    for (manifest, files) in [
        (", \"main\": \"a.js\"", &[("a.js", "module.exports = 1;")][..]),
        (
            ", \"type\": \"module\", \"exports\": {\".\": \"./a.js\", \"./b\": {\"import\": \"./b.mjs\"}}",
            &[("a.js", "export default 1;"), ("b.mjs", "import './a.js';")],
        ),
        (
            ", \"exports\": {\".\": {\"import\": \"./a.mjs\", \"require\": \"./a.cjs\"}, \"./package.json\": \
             \"./package.json\", \"./style.css\": \"./s.css\", \"./types\": {\"types\": \"./t.d.ts\"}}",
            &[("a.mjs", ""), ("a.cjs", ""), ("s.css", "")],
        ),
        (", \"main\": \"a.js\"", &[("a.js", "document.title = 'for browsers'; process.exit(3);")]),
        (", \"main\": \"a.js\"", &[("a.js", "process.exit(3);")]),
        (", \"main\": \"a.js\", \"optionalDependencies\": {\"none\": \"*\"}", &[("a.js", "require('none');")]),
        (", \"bin\": \"cli.js\"", &[("cli.js", "#!/usr/bin/env node\nnot JavaScript")]),
    ] {
        let Some(found) = loaded(manifest, files) else { return };
        assert_eq!(found.code, Some(0), "{manifest}: {found}");
    }
}

#[test]
fn what_node_cannot_load_is_told() {
    for (manifest, files, words) in [
        (", \"main\": \"a.js\"", &[("a.js", "require('./none');")][..], "Cannot find module './none'"),
        (", \"main\": \"a.js\"", &[("a.js", "require('not-required');")], "not-required"),
        (", \"exports\": {\"./b\": \"./none.js\"}", &[("a.js", "")], "@scope/demo/b"),
        (", \"type\": \"module\", \"main\": \"a.js\"", &[("a.js", "import './none.js';")], "none.js"),
        (", \"main\": \"a.js\"", &[("a.js", "this is no JavaScript")], "SyntaxError"),
        (", \"main\": \"a.js\", \"bin\": {\"x\": \"./none.js\"}", &[("a.js", "")], "its program"),
        (", \"exports\": {\"./s.css\": \"./none.css\"}", &[("a.js", "")], "none.css"),
    ] {
        let Some(found) = loaded(manifest, files) else { return };
        assert!(found.code == Some(1) && found.stderr.contains(words), "{manifest}: {found}");
    }
}

//! What is released is installed and loaded.

use std::fs;

use releasekit_core::model::PackageName;
use releasekit_core::package_manager::SmokeRequest;
use releasekit_core::{BackendError, Diagnostic, ErrorKind};
use releasekit_rehearsal::npm::{Options, Server};
use releasekit_testkit::Pnpm;

use crate::common::{LIMIT, folder, manager, sandbox, target, version};

/// Packs by npm's own program, which packs anything, and installs from a registry that has it.
async fn installed(manifest: &str, files: &[(&str, &str)]) -> Option<Result<(), BackendError>> {
    let sandbox = sandbox(Pnpm::V12)?;
    let server = Server::start(Options::default()).expect("loopback");
    let package = folder(&sandbox, "package");
    let manifest = format!("{{\"name\": \"@scope/demo\", \"version\": \"1.0.0\"{manifest}}}");
    crate::common::write(&package, &[("package.json", manifest.as_str())]);
    crate::common::write(&package, files);
    let command = sandbox.command("npm");
    releasekit_testkit::run({ command }.args(["pack", "--ignore-scripts"]).current_dir(&package)).ok();
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
async fn entry_points_that_load_are_well() {
    for (manifest, files) in [
        (", \"main\": \"a.js\"", &[("a.js", "module.exports = 1;")][..]),
        (
            ", \"type\": \"module\", \"exports\": {\".\": \"./a.js\", \"./b\": {\"import\": \"./b.mjs\"}}",
            &[("a.js", "export default 1;"), ("b.mjs", "import './a.js';")],
        ),
        (
            ", \"exports\": {\".\": {\"import\": \"./a.mjs\", \"require\": \"./a.cjs\"}, \"./package.json\": \"./package.json\", \
           \"./style.css\": \"./s.css\", \"./types\": {\"types\": \"./t.d.ts\"}}",
            &[("a.mjs", ""), ("a.cjs", ""), ("s.css", "")],
        ),
        (", \"main\": \"a.js\"", &[("a.js", "document.title = 'for browsers'; process.exit(3);")]),
        (", \"main\": \"a.js\"", &[("a.js", "process.exit(3);")]),
        (", \"main\": \"a.js\", \"optionalDependencies\": {\"none\": \"*\"}", &[("a.js", "require('none');")]),
        (", \"bin\": \"cli.js\"", &[("cli.js", "#!/usr/bin/env node\nnot JavaScript")]),
        (
            ", \"main\": \"a.js\"",
            &[("a.js", "if (process.env.NPM_TOKEN || process.env.NODE_AUTH_TOKEN) require('./a-credential');")],
        ),
    ] {
        let Some(found) = installed(manifest, files).await else { return };
        assert!(found.is_ok(), "{manifest}: {found:?} {:?}", found.as_ref().err().and_then(Diagnostic::output));
    }
}

#[tokio::test]
async fn what_node_cannot_load_is_told() {
    for (manifest, files, words) in [
        (", \"main\": \"a.js\"", &[("a.js", "require('./none');")][..], "Cannot find module './none'"),
        (", \"main\": \"a.js\"", &[("a.js", "require('not-required');")], "not-required"),
        (", \"exports\": {\"./b\": \"./none.js\"}", &[("a.js", "")], "@scope/demo/b"),
        (", \"type\": \"module\", \"main\": \"a.js\"", &[("a.js", "import './none.js';")], "none.js"),
        (", \"main\": \"a.js\"", &[("a.js", "this is no JavaScript")], "SyntaxError"),
        (", \"main\": \"a.js\", \"bin\": {\"x\": \"./none.js\"}", &[("a.js", "")], "its program"),
    ] {
        let Some(found) = installed(manifest, files).await else { return };
        let error = found.expect_err(manifest);
        assert_eq!((error.code().as_str(), error.kind()), ("RK-PUBLISH-SMOKE-FAILED", ErrorKind::ToolFailed));
        let output = error.output().unwrap_or_default();
        assert!(output.contains(words), "{manifest}: {output}");
    }
}

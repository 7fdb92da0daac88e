//! What stands in the way of a release.

use std::fs;

use releasekit_core::model::{RepoPath, Target};
use releasekit_core::package_manager::{CheckRequest, CheckedPackage, Finding};
use releasekit_core::workspace::DiscoverRequest;
use releasekit_core::{Diagnostic, ErrorKind};
use releasekit_pnpm::PnpmWorkspace;
use releasekit_testkit::{Pnpm, Sandbox, tree_of};

use crate::common::{BOTH, LIMIT, folder, manager, sandbox, write};

const PUBLIC: &str = "https://registry.npmjs.org/";

async fn request(sandbox: &Sandbox, registry: &str) -> CheckRequest {
    let export = folder(sandbox, "export");
    let tree = || std::sync::Arc::new(tree_of(&export));
    let found = DiscoverRequest::new(tree(), RepoPath::root());
    let found = releasekit_core::Workspace::discover(&PnpmWorkspace::default(), &found).await.expect("packages");
    let target = || vec![Target::new("npm", registry, registry)];
    let checked = |package| CheckedPackage::new(package).with_targets(target()).with_released(true);
    let packages = found.packages.into_iter().filter(|one| one.private.is_none() || one.name.as_str() == "closed");
    let request = CheckRequest::new(tree(), export.clone(), RepoPath::root(), LIMIT);
    request.with_packages(packages.map(checked).collect()).with_offline(true)
}

fn told(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(|one| format!("{} {}", one.code, one.message)).collect()
}

/// A workspace of one package with `a.js`, a readme, and this in its package file.
async fn findings(registry: &str, name: &str, more: &str) -> Option<Vec<String>> {
    let sandbox = sandbox(Pnpm::V12)?;
    let manifest = format!("{{\"name\": \"{name}\", \"version\": \"1.0.0\"{more}}}");
    let files = [("package.json", manifest.as_str()), ("a.js", ""), ("README.md", "")];
    write(&folder(&sandbox, "export"), &files);
    let found = manager(&sandbox, &[]).check(&request(&sandbox, registry).await).await.expect("it can be looked at");
    Some(told(&found))
}

#[tokio::test]
async fn a_package_file_that_cannot_be_read_whole_is_not_taken_for_an_empty_one() {
    let Some(sandbox) = sandbox(Pnpm::V12) else { return };
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    let manifest = format!("{{\"name\": \"a\", \"version\": \"1.0.0\", \"main\": \"gone.js\", \"x\": {deep}}}");
    write(&folder(&sandbox, "export"), &[("package.json", manifest.as_str())]);
    let request = request(&sandbox, PUBLIC).await;
    let error = manager(&sandbox, &[]).check(&request).await.expect_err("it is nested too deep");
    assert_eq!((error.code().as_str(), error.labels().len()), ("RK-PNPM-MANIFEST-INVALID", 1), "{error}");
}

#[tokio::test]
async fn each_thing_is_told() {
    let (house, whole) = ("https://house.test/", ", \"license\": \"MIT\", \"repository\": \"a/b\"");
    for (registry, name, more, expected) in [
        (house, "a", "", None),
        (house, "a", ", \"main\": \"a\", \"exports\": \"./a.js\"", None),
        (
            house,
            "a",
            ", \"main\": \"b.js\"",
            Some("RK-PNPM-ENTRY-MISSING `a` has not what it promises: `main` names `b.js`"),
        ),
        (
            house,
            "a",
            ", \"main\": \"b.js\", \"bin\": [], \"exports\": {\"./1\": \"./1\", \"./2\": \"./2\", \"./3\": \"./3\", \"./4\": \"./4\", \"./5\": \"./5\"}",
            Some(
                "RK-PNPM-ENTRY-MISSING `a` has not what it promises: `main` names `b.js`, `exports[\"./1\"]` names `./1`, \
                 `exports[\"./2\"]` names `./2`, `exports[\"./3\"]` names `./3`, `exports[\"./4\"]` names `./4`, and 1 more",
            ),
        ),
        (house, "a", ", \"main\": \"b.js\", \"publishConfig\": {\"main\": \"a.js\"}", None),
        (house, "a", ", \"main\": \"b.js\", \"publishConfig\": {\"directory\": \"dist\"}", None),
        (
            house,
            "a",
            ", \"files\": [\"dist\"]",
            Some("RK-PNPM-ENTRY-DOUBTFUL `a` has not all that it names: `files` names `dist`"),
        ),
        (
            house,
            "a",
            ", \"dependencies\": {\"b\": \"link:../b\"}",
            Some("RK-PNPM-PROTOCOL-LEFT `a` requires `b` as `link:../b`, which is no package of this workspace"),
        ),
        (house, "a", ", \"devDependencies\": {\"b\": \"link:../b\"}", None),
        (
            house,
            "a",
            ", \"bundledDependencies\": [\"b\"]",
            Some("RK-PNPM-BUNDLED `a` bundles `b`, which a release does not install"),
        ),
        (
            house,
            "a",
            ", \"publishConfig\": {\"provenance\": true}",
            Some("RK-PNPM-REPOSITORY-MISSING `a` asks for provenance, and names no repository"),
        ),
        (
            house,
            "a",
            ", \"publishConfig\": {\"registry\": \"https://other.test\"}",
            Some(
                "RK-PNPM-REGISTRY-OTHER the package file of `a` names https://other.test, and it goes to https://house.test/",
            ),
        ),
        (house, "a", ", \"publishConfig\": {\"registry\": \"https://house.test\"}", None),
        (house, "@s/a", "", None),
        (PUBLIC, "@s/a", whole, Some("RK-PNPM-ACCESS-UNSAID nobody says who may read `@s/a`")),
        (PUBLIC, "a", whole, None),
        (house, "_a", "", Some("RK-PNPM-NAME-ILLEGAL no registry takes a package called `_a`")),
        (PUBLIC, "a", "", Some("RK-PNPM-METADATA-THIN `a` has no `license` and no `repository`")),
        (
            house,
            "closed",
            ", \"private\": true",
            Some("RK-PNPM-PRIVATE-PUBLISHED `closed` is to be published, and says that it is private"),
        ),
    ] {
        let Some(found) = findings(registry, name, more).await else { return };
        assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "{name}{more}");
    }
}

#[tokio::test]
async fn what_a_build_makes_is_not_missed() {
    let Some(sandbox) = sandbox(Pnpm::V12) else { return };
    write(
        &folder(&sandbox, "export"),
        &[("package.json", "{\"name\": \"a\", \"version\": \"1.0.0\", \"main\": \"b.js\"}")],
    );
    let request = request(&sandbox, "https://house.test/").await.with_complete(false);
    assert_eq!(told(&manager(&sandbox, &[]).check(&request).await.expect("it can be looked at")), [""; 0]);
}

#[tokio::test]
async fn a_lockfile_that_was_left_behind_is_found_and_made_anew() {
    for pnpm in BOTH {
        let Some(sandbox) = sandbox(pnpm) else { return };
        let export = folder(&sandbox, "export");
        let manifest = |range: &str| {
            format!(
                "{{\"name\": \"top\", \"version\": \"1.0.0\", \"dependencies\": {{\"base\": \"workspace:{range}\"}}}}"
            )
        };
        write(&export, &[("pnpm-workspace.yaml", "packages: [p/*]\n"), ("package.json", "{\"private\": true}")]);
        write(&export, &[("p/a/package.json", "{\"name\": \"base\", \"version\": \"1.0.0\"}"), ("p/a/a.js", "")]);
        write(&export, &[("p/b/package.json", &manifest("^1.0.0")), ("p/b/b.js", "")]);
        let lock = ["install", "--lockfile-only", "--offline"];
        releasekit_testkit::run(sandbox.command("pnpm").args(lock).current_dir(&export)).ok();
        let manager = manager(&sandbox, &[]);
        let asked = request(&sandbox, "https://house.test/").await;
        assert_eq!(told(&manager.check(&asked).await.expect("it can be looked at")), [""; 0]);
        write(&export, &[("p/b/package.json", &manifest("*"))]);
        let asked = request(&sandbox, "https://house.test/").await;
        let found = manager.check(&asked).await.expect("it can be looked at");
        assert_eq!(told(&found), ["RK-PNPM-LOCK-STALE `pnpm-lock.yaml` does not fit the package files"]);
        assert!(
            found[0].fixable && found[0].output.as_ref().is_some_and(|output| output.contains("OUTDATED_LOCKFILE"))
        );
        assert_eq!(told(&manager.check(&asked.clone().with_refreshed(true)).await.expect("it can be")), [""; 0]);
        for edit in manager.fix(&asked).await.expect("it can be mended") {
            fs::write(edit.path.on_disk(&export), edit.content.expect("written")).expect("writable");
        }
        assert_eq!(told(&manager.check(&asked).await.expect("it can be looked at")), [""; 0]);
    }
}

#[tokio::test]
async fn what_newer_versions_fetch_while_they_pack_is_said() {
    for pnpm in BOTH {
        let Some(sandbox) = sandbox(pnpm) else { return };
        let settings = "configDependencies:\n  shared: 1.0.0+sha512-AA==\n";
        let files = [("package.json", "{\"name\": \"a\", \"version\": \"1.0.0\"}"), ("a.js", "")];
        write(&folder(&sandbox, "export"), &[files[0], files[1], ("pnpm-workspace.yaml", settings)]);
        let asked = request(&sandbox, "https://house.test/").await;
        let found = manager(&sandbox, &[]).check(&asked).await.expect("it can be looked at");
        let said = "RK-PNPM-CONFIG-FETCHED `pnpm-workspace.yaml` has `configDependencies`".to_owned();
        assert_eq!(told(&found), if pnpm == Pnpm::V10 { vec![] } else { vec![said] });
    }
}

#[tokio::test]
async fn a_repository_that_wants_another_pnpm_says_so() {
    for pnpm in BOTH {
        let Some(sandbox) = sandbox(pnpm) else { return };
        let export = folder(&sandbox, "export");
        let manifest = |engines: &str| format!("{{\"name\": \"a\", \"version\": \"1.0.0\"{engines}}}");
        write(&export, &[("package.json", &manifest("")), ("a.js", ""), ("pnpm-workspace.yaml", "packages: [p/*]\n")]);
        let lock = ["install", "--lockfile-only", "--offline"];
        releasekit_testkit::run(sandbox.command("pnpm").args(lock).current_dir(&export)).ok();
        write(&export, &[("package.json", &manifest(", \"engines\": {\"pnpm\": \"9.x\"}"))]);
        let asked = request(&sandbox, "https://house.test/").await;
        let error = manager(&sandbox, &[]).check(&asked).await.expect_err("it is another one");
        assert_eq!((error.code().as_str(), error.kind()), ("RK-PNPM-ENGINE-UNFIT", ErrorKind::ToolMissing));
        assert!(error.output().is_some_and(|output| output.contains("9.x")), "{error:?}");
    }
}

//! What pnpm packs.

use std::fs;

use releasekit_core::model::{DigestAlgorithm, Target};
use releasekit_core::{Diagnostic, ErrorKind};

use crate::common::{BOTH, build, demo, folder, log_in, manager, package, sandbox, write};

#[tokio::test]
async fn a_package_is_packed_alike_each_time_and_runs_nothing() {
    for pnpm in BOTH {
        let Some(sandbox) = sandbox(pnpm) else { return };
        let ran = folder(&sandbox, "ran").join("it");
        let touch = format!("touch {}", ran.display());
        let scripts = format!(r#", "scripts": {{"prepack": "{touch}", "prepare": "{touch}", "postpack": "{touch}"}}"#);
        let package = demo(&sandbox, &format!(r#"{scripts}, "packageManager": "pnpm@9.0.0""#));
        let hook = format!("require('fs').writeFileSync({ran:?}, ''); module.exports = {{hooks: {{}}}}");
        write(&folder(&sandbox, "export"), &[(".pnpmfile.cjs", &hook)]);
        let one = build(&sandbox, package.clone(), "one").await.expect("it can be packed").remove(0);
        let other = build(&sandbox, package, "other").await.expect("it can be packed").remove(0);
        assert_eq!((one.file_name.as_str(), one.digests.len()), ("scope-demo-1.0.0.tgz", 2));
        assert!(one.digest(DigestAlgorithm::Sha512).is_some() && one.digests == other.digests, "{one:?} {other:?}");
        assert!(!ran.exists(), "a script ran");
        let identity = manager(&sandbox, &[]).inspect(&one.path).expect("it is one inside");
        assert_eq!((identity.name.as_str(), identity.version.as_str()), ("@scope/demo", "1.0.0"));
    }
}

#[tokio::test]
async fn the_pnpm_that_is_there_packs_whatever_a_workspace_asks_for() {
    for pnpm in BOTH {
        let Some(sandbox) = sandbox(pnpm) else { return };
        let package = demo(&sandbox, "");
        let root = r#"{"private": true, "packageManager": "pnpm@9.0.0"}"#;
        let settings = "packages: [p/*]\nmanagePackageManagerVersions: true\npmOnFail: download\n";
        let nowhere = "registry=http://127.0.0.1:1/\nfetch-retries=0\n";
        let files = [("package.json", root), ("pnpm-workspace.yaml", settings), (".npmrc", nowhere)];
        write(&folder(&sandbox, "export"), &files);
        build(&sandbox, package, "out").await.expect("nothing is downloaded for it");
    }
}

#[tokio::test]
async fn what_a_workspace_would_fetch_for_itself_is_left_out() {
    let Some(sandbox) = sandbox(BOTH[0]) else { return };
    let package = demo(&sandbox, "");
    let settings = "packages: [p/*]\nconfigDependencies:\n  shared: 1.0.0+sha512-AA==\n";
    let nowhere = "registry=http://127.0.0.1:1/\nfetch-retries=0\n";
    write(&folder(&sandbox, "export"), &[("pnpm-workspace.yaml", settings), (".npmrc", nowhere)]);
    build(&sandbox, package, "out").await.expect("nothing is fetched for it");
}

#[tokio::test]
async fn what_its_owners_alone_may_read_needs_a_login_that_reads() {
    let Some(sandbox) = sandbox(BOTH[1]) else { return };
    let package = demo(&sandbox, r#", "publishConfig": {"access": "restricted"}"#);
    let artifact = build(&sandbox, package, "out").await.expect("it can be packed").remove(0);
    let public = Target::new("npm", "https://registry.npmjs.org/", "https://registry.npmjs.org/");
    let readable = |more: &[(&str, &str)], target: &Target| manager(&sandbox, more).check_readable(&artifact, target);
    for (npmrc, is_enough) in [("", false), ("${NPM_TOKEN}", false), ("reads", true), ("${READER}", true)] {
        log_in(&sandbox, &public.read_url, npmrc);
        let checked = readable(&[("NPM_TOKEN", "writes"), ("NODE_AUTH_TOKEN", "writes"), ("READER", "reads")], &public);
        assert_eq!(
            checked.as_ref().err().map(Diagnostic::kind),
            (!is_enough).then_some(ErrorKind::Unauthenticated),
            "{npmrc}"
        );
        let Err(error) = checked else { continue };
        assert_eq!(error.code().as_str(), "RK-PNPM-READ-LOGIN-MISSING");
        assert!(error.help().is_some_and(|help| help.contains("token that may read")), "{npmrc}");
    }
    log_in(&sandbox, &public.read_url, "");
    let house = Target::new("npm", "https://house.test/", "https://house.test/");
    readable(&[], &house).expect("who reads there, it decides by itself");
}

#[tokio::test]
async fn the_folder_that_is_published_is_packed_where_it_is_of_the_package() {
    for pnpm in BOTH {
        let Some(sandbox) = sandbox(pnpm) else { return };
        let package = demo(&sandbox, r#", "publishConfig": {"directory": "dist"}"#);
        let stale = r#"{"name": "@scope/demo", "version": "0.9.0", "main": "dist.js"}"#;
        let dist = folder(&sandbox, "export/p/demo/dist");
        write(&dist, &[("package.json", stale), ("dist.js", "")]);
        let error = build(&sandbox, package.clone(), "stale").await.expect_err("it is of another version");
        assert_eq!(error.code().as_str(), "RK-PNPM-DIRECTORY-STALE");
        assert!(error.to_string().contains("`dist` of `@scope/demo` says that it is `@scope/demo@0.9.0`"), "{error}");
        write(&dist, &[("package.json", &stale.replace("0.9.0", "1.0.0"))]);
        let built = build(&sandbox, package, "fresh").await.expect("it can be packed").remove(0);
        let identity = manager(&sandbox, &[]).inspect(&built.path).expect("it is one inside");
        let members: Vec<_> = identity.members.iter().map(|member| member.path.as_str()).collect();
        assert_eq!(members, ["package/dist.js", "package/package.json"]);
    }
}

#[tokio::test]
async fn what_a_package_promises_has_to_be_there() {
    let Some(sandbox) = sandbox(BOTH[1]) else { return };
    let package = demo(&sandbox, r#", "exports": {"./x": "./dist/x.js"}"#);
    let error = build(&sandbox, package, "missing").await.expect_err("it is not there");
    assert_eq!((error.code().as_str(), error.kind()), ("RK-PNPM-ENTRY-MISSING", ErrorKind::Invalid));
    assert!(error.to_string().contains("`exports[\"./x\"]` names `./dist/x.js`"), "{error}");
    let package = demo(&sandbox, r#", "files": ["dist"]"#);
    fs::remove_file(folder(&sandbox, "export/p/demo").join("index.js")).expect("it is there");
    let error = build(&sandbox, package, "empty").await.expect_err("nothing is there");
    assert_eq!(error.code().as_str(), "RK-PNPM-NOTHING-INSIDE");
}

#[tokio::test]
async fn what_only_a_workspace_has_does_not_leave_it() {
    let Some(sandbox) = sandbox(BOTH[1]) else { return };
    let package = demo(&sandbox, r#", "dependencies": {"other": "link:../other"}"#);
    let error = build(&sandbox, package, "linked").await.expect_err("nobody could install it");
    assert_eq!((error.code().as_str(), error.kind()), ("RK-PNPM-PROTOCOL-LEFT", ErrorKind::Invalid));
    assert!(error.to_string().contains("requires `other` as `link:../other` inside"), "{error}");
}

#[tokio::test]
async fn a_build_that_fails_says_what_pnpm_said() {
    for pnpm in BOTH {
        let Some(sandbox) = sandbox(pnpm) else { return };
        write(&folder(&sandbox, "export"), &[("p/a/package.json", r#"{"name": "nameless"}"#)]);
        let error = build(&sandbox, package("nameless", "1.0.0", "p/a"), "out").await.expect_err("it has no version");
        assert_eq!((error.code().as_str(), error.kind()), ("RK-PUBLISH-BUILD-FAILED", ErrorKind::ToolFailed));
        assert!(error.output().is_some_and(|output| output.contains("version is not defined")), "{:?}", error.output());
    }
}

#[tokio::test]
async fn what_changesets_say_of_access_and_what_developers_alone_need_is_written_out() {
    for pnpm in BOTH {
        let Some(sandbox) = sandbox(pnpm) else { return };
        let package = demo(&sandbox, r#", "devDependencies": {"tools": "workspace:*"}"#);
        let tools = r#"{"name": "tools", "private": true}"#;
        let files = [(".changeset/config.json", r#"{"access": "public"}"#), ("p/tools/package.json", tools)];
        write(&folder(&sandbox, "export"), &files);
        let built = build(&sandbox, package, "out").await.expect("it can be packed").remove(0);
        let unpacked = sandbox.run("tar", ["-xzOf", built.path.to_str().expect("UTF-8"), "package/package.json"]).ok();
        for expected in [r#""access": "public""#, r#""tools": "*""#] {
            assert!(unpacked.contains(expected), "{unpacked}");
        }
    }
}

//! What is packed, and with what.

use std::fs;
use std::path::Path;

use releasekit_core::{Diagnostic, ErrorKind, PackageManager};

use crate::common::*;

/// Three levels, with a requirement that is inherited.
const MEMBERS: &[(&str, &str)] = &[
    ("base", ""),
    ("mid", "[dependencies]\nbase = { path = \"../base\", version = \"1.0\" }\n"),
    ("top", "[dependencies]\nmid = { path = \"../mid\", version = \"1.0\" }\nbase.workspace = true\n"),
];

const INHERITED: &str = "[workspace.dependencies]\nbase = { path = \"p/base\", version = \"1\", features = [] }\n";

#[tokio::test]
async fn crates_built_together_and_one_after_another_are_the_same_bytes_at_the_commit() {
    let sandbox = sandbox();
    workspace(&sandbox, &format!("{ROOT}{INHERITED}"), MEMBERS);
    let cargo = cargo(&sandbox);
    let one = export(&sandbox, "one");
    let requests = ["base", "mid", "top"].map(|name| request(&sandbox, &one, name, &[]));
    let together = built(cargo.build_together(&requests).await).concat();
    let names: Vec<_> = together.iter().map(|artifact| artifact.file_name.as_str()).collect();
    assert_eq!(names, ["base-1.0.0.crate", "mid-1.0.0.crate", "top-1.0.0.crate"]);

    let (two, mut apart, mut siblings) = (export(&sandbox, "two"), Vec::new(), Vec::new());
    for name in ["base", "mid", "top"] {
        let offered: Vec<&Path> = siblings.iter().map(std::path::PathBuf::as_path).collect();
        let request = request(&sandbox, &two, name, &offered);
        apart.extend(built(cargo.build(&request).await));
        siblings.push(request.out);
    }
    assert_eq!(digests(&apart), digests(&together));
    let commit = sandbox.git(["rev-parse", "HEAD"]);
    let info = inside(&sandbox, &together[2], ".cargo_vcs_info.json");
    assert!(info.contains(commit.trim()) && info.contains("\"path_in_vcs\": \"p/top\"") && !info.contains("dirty"));
    let checksum = digests(&together[..1])[0].replace("sha256:", "");
    assert!(inside(&sandbox, &together[2], "Cargo.lock").contains(&checksum), "it is that very sibling");
    assert_eq!(sandbox.git_in(&one, ["status", "--porcelain"]), "");
}

#[tokio::test]
async fn a_crate_that_does_not_build_is_told_with_the_words_of_cargo_and_packed_unless_verified() {
    let sandbox = sandbox();
    workspace(&sandbox, ROOT, MEMBERS.get(..2).expect("two"));
    sandbox.write("p/mid/src/lib.rs", "compile_error!(\"deliberately broken\");\n");
    sandbox.commit("feat: break it");
    let (cargo, export) = (cargo(&sandbox), export(&sandbox, "export"));
    let [base, mid] = ["base", "mid"].map(|name| request(&sandbox, &export, name, &[]));
    let error = cargo.build_together(&[base.clone(), mid.clone()]).await.expect_err("it does not build");
    assert_eq!((error.code().as_str(), error.kind()), ("RK-PUBLISH-BUILD-FAILED", ErrorKind::ToolFailed));
    assert_eq!(error.to_string(), "`base` and `mid` could not be packed");
    assert!(error.output().is_some_and(|output| output.contains("deliberately broken")));
    built(cargo.build(&base).await);
    let out = base.out.clone();
    let mid = mid.with_siblings(vec![out]);
    assert!(cargo.build(&mid).await.is_err());
    built(cargo.build(&mid.clone().with_verify(false)).await);
}

#[tokio::test]
async fn crates_of_other_registries_are_packed_in_one_go_too() {
    let sandbox = sandbox();
    sandbox.write(".cargo/config.toml", "[registries.house]\nindex = \"sparse+http://127.0.0.1:9/\"\n");
    workspace(&sandbox, ROOT, &[MEMBERS[0], ("house", "publish = [\"house\"]\n"), MEMBERS[1]]);
    let export = export(&sandbox, "export");
    let requests = ["mid", "house", "base"].map(|name| request(&sandbox, &export, name, &[]));
    let together = built(cargo(&sandbox).build_together(&requests).await).concat();
    let names: Vec<_> = together.iter().map(|artifact| artifact.file_name.as_str()).collect();
    assert_eq!(names, ["mid-1.0.0.crate", "house-1.0.0.crate", "base-1.0.0.crate"]);
}

#[tokio::test]
async fn a_sibling_that_comes_out_otherwise_is_told() {
    let sandbox = sandbox();
    workspace(&sandbox, ROOT, &MEMBERS[..2]);
    let (cargo, export) = (cargo(&sandbox), export(&sandbox, "export"));
    let base = request(&sandbox, &export, "base", &[]);
    built(cargo.build(&base).await);
    sandbox.git_in(&export, ["commit", "--quiet", "--allow-empty", "--message", "feat: go on"]);
    let error = cargo.build(&request(&sandbox, &export, "mid", &[&base.out])).await.expect_err("other bytes");
    assert_eq!(error.code().as_str(), "RK-CARGO-BUILD-CHANGED");
    assert!(error.to_string().contains("base-1.0.0.crate"), "{error}");
}

#[tokio::test]
async fn a_folder_in_the_place_of_crates_io_is_no_registry_to_pack_over() {
    let sandbox = sandbox();
    third_party(&sandbox, "other", "1.0.0");
    workspace(&sandbox, ROOT, &MEMBERS[..2]);
    let (cargo, export) = (cargo(&sandbox), export(&sandbox, "export"));
    let requests = ["base", "mid"].map(|name| request(&sandbox, &export, name, &[]));
    let error = cargo.build_together(&requests).await.expect_err("it is no registry");
    assert_eq!(error.code().as_str(), "RK-CARGO-VENDORED", "{error}: {:?}", error.output());
    let said = error.to_string();
    assert!(said.starts_with("`base` and `mid` cannot be packed together, for the folder `"), "{said}");
}

#[tokio::test]
async fn what_is_in_no_commit_is_not_packed() {
    let sandbox = sandbox();
    let kit = "[dependencies]\nbase = { path = \"../base\", version = \"1\" }\n";
    let cycle = "[dev-dependencies]\nkit = { path = \"../kit\", version = \"1\" }\n";
    workspace(&sandbox, ROOT, &[("base", cycle), ("kit", kit)]);
    let (cargo, export) = (cargo(&sandbox), export(&sandbox, "export"));
    fs::write(export.join("p/kit/src/made.rs"), "").expect("the folder is ours");
    let requests = ["base", "kit"].map(|name| request(&sandbox, &export, name, &[]));
    let error = cargo.build_together(&requests).await.expect_err("a file is new");
    assert_eq!(error.code().as_str(), "RK-CARGO-EXPORT-DIRTY");
    assert!(error.to_string().contains("`kit`"), "{error}");
    let text = fs::read_to_string(export.join("p/base/Cargo.toml")).expect("it is there");
    assert!(text.ends_with(cycle), "the package file is as it was: {text}");
}

#[tokio::test]
async fn what_closes_a_circle_is_packed_without_its_version() {
    let sandbox = sandbox();
    let root = format!("{ROOT}[workspace.dependencies]\nkit = {{ path = \"p/kit\", version = \"1.0.0\" }}\n");
    let kit = "[dependencies]\nbase = { path = \"../base\", version = \"1\" }\n";
    workspace(&sandbox, &root, &[("base", "[dev-dependencies]\nkit.workspace = true\n"), ("kit", kit)]);
    let (cargo, export) = (cargo(&sandbox), export(&sandbox, "export"));
    let requests = ["base", "kit"].map(|name| request(&sandbox, &export, name, &[]));
    let artifacts = built(cargo.build_together(&requests).await).concat();
    assert!(!inside(&sandbox, &artifacts[0], "Cargo.toml").contains("kit"), "cargo leaves it out");
    assert!(inside(&sandbox, &artifacts[0], ".cargo_vcs_info.json").contains("\"dirty\": true"));
    assert!(!inside(&sandbox, &artifacts[1], ".cargo_vcs_info.json").contains("dirty"));
    assert_eq!(sandbox.git_in(&export, ["status", "--porcelain"]), "", "the package file is as it was");
}

#[tokio::test]
async fn a_workspace_without_lockfile_has_none_afterwards() {
    let sandbox = sandbox();
    workspace(&sandbox, ROOT, &MEMBERS[..1]);
    sandbox.git(["rm", "--quiet", "Cargo.lock"]);
    sandbox.commit("chore: no lockfile");
    let (cargo, export) = (cargo(&sandbox), export(&sandbox, "export"));
    built(cargo.build(&request(&sandbox, &export, "base", &[])).await);
    assert_eq!(sandbox.git_in(&export, ["status", "--porcelain"]), "");
}

#[tokio::test]
async fn a_build_script_that_changes_what_was_packed_is_found_out() {
    let sandbox = sandbox();
    workspace(&sandbox, ROOT, &[("base", ""), ("evil", "build = \"build.rs\"\n")]);
    let script = "fn main() {\n    let out = std::env::var(\"EVIL\").unwrap();\n    std::fs::write(out, \"other\").unwrap();\n}\n";
    sandbox.write("p/evil/build.rs", script);
    sandbox.commit("feat: evil");
    let (cargo, export) = (cargo(&sandbox), export(&sandbox, "export"));
    let [base, evil] = ["base", "evil"].map(|name| request(&sandbox, &export, name, &[]));
    let place = base.out.join("base-1.0.0.crate");
    let environment = [("EVIL".into(), place.into_os_string())].into_iter().collect();
    let requests = [base.with_environment(environment), evil];
    let error = cargo.build_together(&requests).await.expect_err("it was written to");
    assert_eq!(error.code().as_str(), "RK-CARGO-BUILD-CHANGED");
}

#[tokio::test]
async fn a_build_sees_no_credential() {
    let sandbox =
        sandbox().with_env("CARGO_REGISTRY_TOKEN", "secret").with_env("CARGO_REGISTRIES_HOUSE_TOKEN", "secret");
    workspace(&sandbox, ROOT, &[("base", "build = \"build.rs\"\n")]);
    sandbox.write(
        "p/base/build.rs",
        "fn main() {\n    let names: Vec<_> = std::env::vars().map(|(name, _)| name).collect();\n    \
         panic!(\"SEEN {}\", names.join(\" \"));\n}\n",
    );
    sandbox.commit("feat: look around");
    let (cargo, export) = (cargo(&sandbox), export(&sandbox, "export"));
    let error = cargo.build(&request(&sandbox, &export, "base", &[])).await.expect_err("it panics");
    let output = error.output().unwrap_or_default();
    assert!(output.contains("SEEN") && output.contains("CARGO_TARGET_DIR") && !output.contains("TOKEN"), "{output}");
}

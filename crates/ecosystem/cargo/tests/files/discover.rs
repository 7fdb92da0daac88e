//! What crates say of themselves and need of each other.

use releasekit_core::model::{DependencyKind, Order, Package, Propagation, Published, Worded};

use crate::common::{discover, find, member, packages, parts, tree};

/// Name, kind, requirement and table of each dependency.
fn needs(package: &Package) -> Vec<(&str, DependencyKind, &str, &str)> {
    package.dependencies.iter().map(|it| (it.name.as_str(), it.kind, &*it.requirement, &*it.table)).collect()
}

const ROOT: &str = "\
[workspace]
members = [\"crates/*\"]
exclude = [\"crates/apart\"]

[workspace.package]
version = \"2.1.0\"
publish = [\"house\"]

[workspace.dependencies]
base = { path = \"crates/base\", version = \"1\" }
other_name = { package = \"renamed\", path = \"crates/renamed\", version = \"=1.0.0\" }
serde = \"1.0.100\"
";

const TOP: &str = "\
[package]
name = \"top\"
version.workspace = true
publish.workspace = true

[features]
extra = [\"dep:maybe\", \"base/std\"]

[dependencies]
base.workspace = true
other_name = { workspace = true, optional = true }
maybe = { path = \"../maybe\", version = \"1.0\", optional = true }
serde = { workspace = true, features = [\"derive\"] }
pathless = \"1\"
unversioned = { path = \"../unversioned\" }

[target.'cfg(unix)'.dependencies]
unixes = { path = \"../unixes\", version = \"~1.0\" }

[build-dependencies]
made = { path = \"../made\", version = \">=1, <2\" }

[dev-dependencies]
base = { workspace = true, features = [\"testing\"] }
helper = { path = \"../helper\" }
top = { path = \".\", features = [\"extra\"] }
";

pub(crate) fn files() -> Vec<(&'static str, String)> {
    let mut files = vec![("Cargo.toml", ROOT.to_owned()), ("crates/top/Cargo.toml", TOP.to_owned())];
    files.extend([
        ("crates/base/Cargo.toml", member("base", "")),
        ("crates/renamed/Cargo.toml", member("renamed", "publish = false\n")),
        ("crates/maybe/Cargo.toml", member("maybe", "publish = []\n")),
        ("crates/unversioned/Cargo.toml", "[package]\nname = \"unversioned\"\n".to_owned()),
        ("crates/unixes/Cargo.toml", member("unixes", "publish = [\"crates-io\", \"house\"]\n")),
        ("crates/made/Cargo.toml", member("made", "publish = true\n")),
        ("crates/helper/Cargo.toml", member("helper", "")),
        ("crates/pathless/Cargo.toml", member("pathless", "")),
        (
            "crates/apart/Cargo.toml",
            member("apart", "[dependencies]\nbase = { path = \"../base\", version = \"1\" }\n"),
        ),
    ]);
    files
}

async fn found() -> Vec<Package> {
    let files = files();
    let files: Vec<(&str, &str)> = files.iter().map(|(file, text)| (*file, text.as_str())).collect();
    packages(&tree(&files), "").await
}

#[tokio::test]
async fn every_form_of_dependency_is_an_edge_of_its_kind() {
    use DependencyKind::{Build, Dev, Optional, Runtime};
    let found = found().await;
    let expected = [
        ("base", Runtime, "1", "dependencies.base"),
        ("renamed", Optional, "=1.0.0", "dependencies.other_name"),
        ("maybe", Optional, "1.0", "dependencies.maybe"),
        ("unversioned", Runtime, "*", "dependencies.unversioned"),
        ("made", Build, ">=1, <2", "build-dependencies.made"),
        ("base", Dev, "1", "dev-dependencies.base"),
        ("helper", Dev, "*", "dev-dependencies.helper"),
        ("unixes", Runtime, "~1.0", "target.\"cfg(unix)\".dependencies.unixes"),
    ];
    assert_eq!(needs(find(&found, "top")), expected);
}

#[tokio::test]
async fn what_an_edge_means_follows_from_what_cargo_publishes() {
    let found = found().await;
    for need in &find(&found, "top").dependencies {
        let says = (need.orders, need.published, need.propagates, need.worded);
        let expected = match (need.kind, need.name.as_str()) {
            // cargo looks for what developers require in a version, and leaves out what they take from a folder alone.
            (DependencyKind::Dev, "base") => (Order::UnlessCircular, Published::No, Propagation::Never),
            (DependencyKind::Dev, _) => (Order::Any, Published::No, Propagation::Never),
            _ => (Order::First, Published::Required, Propagation::Configured),
        };
        assert_eq!(says, (expected.0, expected.1, expected.2, Worded::AsWritten), "{need:?}");
    }
    // One that belongs to another workspace keeps its own pace.
    let apart = &find(&found, "apart").dependencies[0];
    assert_eq!((apart.propagates, apart.orders), (Propagation::OutOfRange, Order::First));
}

#[tokio::test]
async fn what_is_inherited_is_that_of_the_root() {
    let found = found().await;
    let top = find(&found, "top");
    assert_eq!(top.version.as_ref().map(|version| version.as_str()), Some("2.1.0"));
    assert_eq!(top.version_file.as_ref().map(|file| file.as_str()), Some("Cargo.toml"));
    assert_eq!(top.version_group.as_deref(), Some("Cargo.toml"));
    assert_eq!(top.registries, ["house"]);
    assert_eq!(find(&found, "base").version_group, None);
}

#[tokio::test]
async fn whom_nobody_publishes_is_private_and_names_of_registries_are_kept() {
    let found = found().await;
    let says = |name: &str| {
        let package = find(&found, name);
        (package.private.as_deref(), package.registries.join(" "))
    };
    for (name, private, registries) in [
        ("base", None, ""),
        ("made", None, ""),
        ("renamed", Some("`publish = false`"), ""),
        ("maybe", Some("`publish = false`"), ""),
        ("unversioned", Some("no `version`"), ""),
        ("unixes", None, "crates-io house"),
    ] {
        assert_eq!(says(name), (private, registries.to_owned()), "{name}");
    }
}

#[tokio::test]
async fn requirements_are_those_that_are_published() {
    let found = found().await;
    let top = &find(&found, "top").requirements;
    let said: Vec<String> = top.iter().map(|it| format!("{} {}", it.name, it.text)).collect();
    let expected = [
        "base ^1",
        "made >=1, <2",
        "maybe ^1.0",
        "pathless ^1",
        "renamed =1.0.0",
        "serde ^1.0.100",
        "unixes ~1.0",
        "unversioned *",
    ];
    assert_eq!(said, expected, "sorted, with what is inherited, and without what developers require");
}

#[tokio::test]
async fn what_the_root_patches_is_an_edge_unless_the_registry_has_another() {
    let root = "[workspace]\nmembers = [\"a\", \"b\", \"hack\"]\n[patch.crates-io]\nb = { path = \"b\" }\n\
        hack = { path = \"hack\" }\nfar = { git = \"https://example.invalid/far\" }\n";
    let a = member("a", "[dependencies]\nb = \"1\"\nhack = \"0.1\"\nfar = \"1\"\n");
    let (b, hack) = (member("b", ""), member("hack", "publish = false\n"));
    let files = [("Cargo.toml", root), ("a/Cargo.toml", &a), ("b/Cargo.toml", &b), ("hack/Cargo.toml", &hack)];
    let found = packages(&tree(&files), "").await;
    assert_eq!(needs(find(&found, "a")), [("b", DependencyKind::Runtime, "1", "dependencies.b")]);
}

#[tokio::test]
async fn old_spellings_are_read() {
    let text = "[project]\nname = \"a\"\nversion = \"1.0.0\"\n[build_dependencies]\nb = { path = \"b\", version = \"1\" }\n\
        [target.x86_64-unknown-none.dev_dependencies]\nb = { path = \"b\", version = \"1\" }\n";
    let found = packages(&tree(&[("Cargo.toml", text), ("b/Cargo.toml", &member("b", ""))]), "").await;
    let kinds: Vec<_> = find(&found, "a").dependencies.iter().map(|need| need.kind).collect();
    assert_eq!(kinds, [DependencyKind::Build, DependencyKind::Dev]);
}

#[tokio::test]
async fn what_is_wrong_is_said_at_its_place_and_all_of_it() {
    use releasekit_core::Diagnostic;
    let a = "[package]\nname = \"a\"\nversion.workspace = true\npublish = \"no\"\n[dependencies]\nx = { workspace = true }\n\
        y = \"one\"\n";
    let files = [
        ("Cargo.toml", "[workspace]\nmembers = [\"a\", \"b\", \"c\", \"gone\", \"../out\"]\n"),
        ("a/Cargo.toml", a),
        ("b/Cargo.toml", "[package]\nversion = \"1.0\"\n"),
        ("c/Cargo.toml", "[package\n"),
    ];
    let error = discover(&tree(&files), "").await.expect_err("it is full of mistakes");
    let said: Vec<String> = parts(&error).into_iter().map(|(code, message)| format!("{code} {message}")).collect();
    for expected in [
        "RK-CARGO-MANIFEST-INVALID `a/Cargo.toml` is not valid: `publish` must be `true`, `false` or an array of names",
        "RK-CARGO-MANIFEST-INVALID `a/Cargo.toml` is not valid: it inherits `x`, which `Cargo.toml` does not say",
        "RK-CARGO-MANIFEST-INVALID `a/Cargo.toml` is not valid: it inherits `version`, and `[workspace.package]` of `Cargo.toml` does not say it",
        "RK-CARGO-MANIFEST-INVALID `b/Cargo.toml` is not valid: `[package]` has no `name`",
        "RK-CARGO-MANIFEST-INVALID `Cargo.toml` is not valid: `../out` leads out of the repository",
        "RK-CARGO-MEMBER-MISSING workspace member `gone` has no `Cargo.toml`",
    ] {
        assert!(said.iter().any(|line| line == expected), "{expected} is not in\n{}", said.join("\n"));
    }
    let is_about = |text: &str| said.iter().any(|line| line.contains(text));
    assert!(is_about("`y`: ") || is_about("`one` is no requirement"), "{said:#?}");
    assert!(is_about("`c/Cargo.toml` is not valid"), "{said:#?}");
    for part in error.parts() {
        assert!(!part.labels().is_empty(), "{part} has a place");
    }
    let twice = [
        ("Cargo.toml", "[workspace]\nmembers = [\"a\", \"b\"]\n"),
        ("a/Cargo.toml", &member("a", "")),
        ("b/Cargo.toml", &member("a", "")),
    ];
    let error = discover(&tree(&twice), "").await.expect_err("two crates have one name");
    assert_eq!((error.code().as_str(), error.labels().len()), ("RK-CARGO-NAME-DUPLICATE", 2));
    let error = discover(&tree(&[("README.md", "")]), "rs").await.expect_err("there is nothing");
    assert_eq!(error.code().as_str(), "RK-CARGO-ROOT-MISSING");
}

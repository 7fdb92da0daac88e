//! Edits of package files: what is in, what comes out, and that nothing else moves.

use std::sync::Arc;

use releasekit_cargo::CargoWorkspace;
use releasekit_core::Workspace;
use releasekit_core::model::{PackageName, Version};
use releasekit_core::requirements::Pin;
use releasekit_core::workspace::{EditRequest, PinRequest};

use crate::common::{edits, member, moved, packages, path, texts, tree};

/// A single crate in, and the same with another version out.
async fn single(text: &str, to: &str) -> Option<String> {
    let tree = tree(&[("Cargo.toml", text)]);
    texts(&edits(&tree, "", vec![moved("p", to)]).await).pop().map(|(_, text)| text)
}

#[tokio::test]
async fn only_the_version_changes_however_it_is_written() {
    let cases = [
        ("[package]\nname = \"p\"\nversion = \"1.0.0\"\n", "plain"),
        ("[package]\r\nname = \"p\"\r\nversion = \"1.0.0\"\r\n", "CRLF"),
        ("\u{feff}[package]\nname = \"p\"\nversion = \"1.0.0\"\n", "byte order mark"),
        ("[package]\nname = \"p\"\nversion = \"1.0.0\"", "no final newline"),
        ("# 1.0.0\n[package] # 1.0.0\nname = 'p'\nversion   =  '1.0.0'   # version = \"1.0.0\"\n\n\n", "comments"),
        ("package.name = \"p\"\npackage.version = \"\"\"1.0.0\"\"\"\n", "dotted keys"),
        ("package = { name = \"p\", version = '''1.0.0''' }", "inline table"),
        ("[\"package\"]\n'name' = \"p\"\n\"version\" = \"1.0.0\"\n", "quoted keys"),
        (
            "[badges.x]\nversion = \"1.0.0\"\n[package]\nversion = \"1.0.0\"\nname = \"p\"\ndescription = \"é 日本\"\n\t\n",
            "others",
        ),
        (
            "[package]\nname = \"p\"\nversion = { workspace = true }\n[workspace.package]\nversion = \"1.0.0\" # all\n",
            "inherited",
        ),
    ];
    for (text, what) in cases {
        assert_eq!(single(text, "1.0.0").await, None, "{what}");
        let after = single(text, "2.0.0-rc.1").await.unwrap_or_else(|| panic!("{what}: no edit"));
        assert_eq!(after.matches("2.0.0-rc.1").count(), 1, "{what}");
        // Changing it back gives the very bytes.
        assert_eq!(single(&after, "1.0.0").await.as_deref(), Some(text), "{what}");
    }
}

/// A root with a version and requirements for all, and a member with requirements in every table there is.
const ROOT: &str = "\
[workspace]\r
members = [\"crates/*\"]\r
[workspace.package]\r
version = \"1.0.0\" # of all\r
[workspace.dependencies]\r
lib = { path = \"crates/lib\", version = \"1.0\" } # lib 1.0\r
alias = { path = \"crates/lib\", package = \"lib\", version = '=1.0.0', features = [\"x\"] }\r
serde = \"1.0\"\r
";
const APP: &str = "\
[package]
name = \"app\"
version.workspace = true

[dependencies] # lib = \"1\"
lib.workspace = true
alias = { workspace = true, optional = true }
two = { package = \"lib\", path = \"../lib\", version = \"^1\" }
three = { path = '../lib', package = 'lib', version = '>=0.9, <2' } # < 2
four = { path = \"../lib\", package = \"lib\" }
lib-of-others = \"1.0\"

[target.\"cfg(unix)\".dependencies.five]
version = \"~1.0.0\"
path = \"../lib\"
package = \"lib\"

[build-dependencies]
six = { path = \"../lib\", package = \"lib\", version = \"1.*\" }

[dev-dependencies]
seven = { path = \"../lib\", package = \"lib\", version = \"1.0.0\" }
eight = { path = \"../lib\", package = \"lib\", version = \">=1\" }
";
const LIB: &str = "[package]\nname = \"lib\"\nversion.workspace = true\n[dev-dependencies]\nlib = { path = \".\", version = \"1\" }\n";

fn changed<'a>(after: &'a str, before: &str) -> Vec<&'a str> {
    assert_eq!(after.split('\n').count(), before.split('\n').count());
    after.split('\n').zip(before.split('\n')).filter(|(new, old)| new != old).map(|(new, _)| new).collect()
}

#[tokio::test]
async fn requirements_that_the_new_version_leaves_move_wherever_they_stand() {
    let files = tree(&[("Cargo.toml", ROOT), ("crates/app/Cargo.toml", APP), ("crates/lib/Cargo.toml", LIB)]);
    assert_eq!(edits(&files, "", vec![moved("lib", "1.0.0"), moved("app", "1.0.0")]).await, []);
    // What shares a version moves together, and the root is edited once for all.
    let after = texts(&edits(&files, "", vec![moved("lib", "2.1.0"), moved("app", "2.1.0")]).await);
    let names: Vec<&str> = after.iter().map(|(file, _)| file.as_str()).collect();
    assert_eq!(names, ["Cargo.toml", "crates/app/Cargo.toml", "crates/lib/Cargo.toml"]);
    let root = changed(&after[0].1, ROOT);
    let expected = [
        "version = \"2.1.0\" # of all\r",
        "lib = { path = \"crates/lib\", version = \"2.1\" } # lib 1.0\r",
        "alias = { path = \"crates/lib\", package = \"lib\", version = '=2.1.0', features = [\"x\"] }\r",
    ];
    assert_eq!(root, expected);
    let app = changed(&after[1].1, APP);
    let expected = [
        "two = { package = \"lib\", path = \"../lib\", version = \"^2\" }",
        "three = { path = '../lib', package = 'lib', version = '>=2.1, <4' } # < 2",
        "version = \"~2.1.0\"",
        "six = { path = \"../lib\", package = \"lib\", version = \"2.*\" }",
        "seven = { path = \"../lib\", package = \"lib\", version = \"2.1.0\" }",
    ];
    assert_eq!(app, expected, "what admits the new version stays, and so does what is of others");
    assert_eq!(changed(&after[2].1, LIB), ["lib = { path = \".\", version = \"2\" }"]);
}

#[tokio::test]
async fn what_admits_a_version_stays_and_a_prerelease_has_to_be_named() {
    let user = member("user", "[dependencies]\np = { path = \"p\", version = \"1.0\" }\n");
    let files = tree(&[("Cargo.toml", &user), ("p/Cargo.toml", &member("p", ""))]);
    let after = texts(&edits(&files, "", vec![moved("p", "1.4.2")]).await);
    assert_eq!(after.len(), 1, "the requirement admits it");
    let after = texts(&edits(&files, "", vec![moved("p", "1.1.0-rc.1")]).await);
    assert_eq!(changed(&after[0].1, &user), ["p = { path = \"p\", version = \"1.1.0-rc.1\" }"]);
}

#[tokio::test]
async fn who_takes_a_crate_from_another_workspace_moves_with_it() {
    let fuzz =
        member("fuzz", "publish = false\n[workspace]\n[dependencies]\np = { path = \"..\", version = \"=1.0.0\" }\n");
    let files = tree(&[("Cargo.toml", &member("p", "")), ("fuzz/Cargo.toml", &fuzz)]);
    let after = texts(&edits(&files, "", vec![moved("p", "1.0.1")]).await);
    assert_eq!(after[1], ("fuzz/Cargo.toml".to_owned(), fuzz.replace("=1.0.0", "=1.0.1")));
}

/// Each has a label of its own, and the one takes a crate of the other from its folder.
#[tokio::test]
async fn who_takes_a_crate_from_a_workspace_of_another_label_can_still_be_built() {
    let root = "[workspace]\nmembers = [\"*\"]\n";
    let shared = format!("{root}[workspace.dependencies]\np = {{ path = \"../a/p\", version = \"=1.0.0\" }}\n");
    let said = member("said", "[dependencies]\np = { path = \"../../a/p\", version = \"1.0\" }\n");
    let inherits = member("inherits", "[dependencies]\np.workspace = true\n");
    let elsewhere = member("elsewhere", "[dependencies]\np = \"1\"\n");
    let files = tree(&[
        ("a/Cargo.toml", root),
        ("a/p/Cargo.toml", &member("p", "")),
        ("a/q/Cargo.toml", &member("q", "")),
        ("b/Cargo.toml", &shared),
        ("b/said/Cargo.toml", &said),
        ("b/inherits/Cargo.toml", &inherits),
        ("b/elsewhere/Cargo.toml", &elsewhere),
        ("vendor/x/Cargo.toml", &member("x", "[dependencies]\np = { path = \"../../a/p\", version = \"=1.0.0\" }\n")),
        ("b/broken/Cargo.toml", "[package\n"),
    ]);
    let mut packages = packages(&files, "a").await;
    packages.retain(|package| package.path.starts_with(&path("a")));
    let request = EditRequest::new(Arc::clone(&files), path("a"), packages, vec![moved("p", "2.0.0")]);
    let request = request.with_exclude(vec!["vendor/**".to_owned()]);
    let after = texts(&CargoWorkspace::default().edits(&request).await.expect("the files can be read"));
    let expected = [
        ("a/p/Cargo.toml", member("p", "").replace("1.0.0", "2.0.0")),
        ("b/Cargo.toml", shared.replace("=1.0.0", "=2.0.0")),
        ("b/said/Cargo.toml", said.replace("\"1.0\"", "\"2.0\"")),
    ];
    assert_eq!(after, expected.map(|(file, text)| (file.to_owned(), text)));
}

#[tokio::test]
async fn what_lies_above_is_never_lowered() {
    let user = member("user", "[dependencies]\np = { path = \"p\", version = \"3\" }\n");
    let files = tree(&[("Cargo.toml", &user), ("p/Cargo.toml", &member("p", ""))]);
    let after = texts(&edits(&files, "", vec![moved("p", "2.0.0")]).await);
    assert_eq!(after.iter().map(|(file, _)| file.as_str()).collect::<Vec<_>>(), ["p/Cargo.toml"]);
}

#[tokio::test]
async fn nothing_is_pinned_unless_somebody_says_so() {
    let files = tree(&[("Cargo.toml", ROOT), ("crates/app/Cargo.toml", APP), ("crates/lib/Cargo.toml", LIB)]);
    let versions = vec![(PackageName::new("lib"), Version::from_canonical("1.0.0"))];
    let request = PinRequest::new(files.clone(), path(""), packages(&files, "").await, versions);
    assert_eq!(CargoWorkspace::default().pins(&request).await.expect("it can be edited"), []);
    let request = request.with_pin(Some(Pin::Exact));
    let after = texts(&CargoWorkspace::default().pins(&request).await.expect("it can be edited"));
    let app = changed(&after[1].1, APP);
    let expected = [
        "two = { package = \"lib\", path = \"../lib\", version = \"=1.0.0\" }",
        "three = { path = '../lib', package = 'lib', version = '=1.0.0' } # < 2",
        "version = \"=1.0.0\"",
        "six = { path = \"../lib\", package = \"lib\", version = \"=1.0.0\" }",
    ];
    assert_eq!(app, expected, "what developers require stays");
    assert_eq!(changed(&after[0].1, ROOT).len(), 1, "of what is inherited one is exact already");
}

#[tokio::test]
async fn a_version_that_stands_in_tags_takes_the_place_of_what_a_file_says() {
    let files = tree(&[("Cargo.toml", &member("p", ""))]);
    let mut found = packages(&files, "").await;
    found[0].without_version();
    let versions = vec![(PackageName::new("p"), Version::from_canonical("1.4.0"))];
    let request = PinRequest::new(files, path(""), found, versions);
    let after = texts(&CargoWorkspace::default().pins(&request).await.expect("it can be edited"));
    assert_eq!(after[0].1, member("p", "").replace("1.0.0", "1.4.0"));
}

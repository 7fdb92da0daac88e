//! Edits of package files: what is in, what comes out, and that nothing else moves.

use releasekit_core::Workspace;
use releasekit_core::model::{PackageName, Version};
use releasekit_core::requirements::Pin;
use releasekit_core::workspace::{EditRequest, PinRequest};
use releasekit_pnpm::PnpmWorkspace;

use crate::common::{ROOT, edits, member, moved, packages, parts, path, texts, tree};

/// A single package in, and the same with another version out.
async fn single(text: &str, to: &str) -> Option<String> {
    let tree = tree(&[("package.json", text)]);
    texts(&edits(&tree, "", vec![moved("p", to)]).await).pop().map(|(_, text)| text)
}

#[tokio::test]
async fn only_the_version_changes_however_it_is_written() {
    let cases = [
        ("{\n  \"name\": \"p\",\n  \"version\": \"1.0.0\"\n}\n", "plain"),
        ("{\r\n\t\"name\": \"p\",\r\n\t\"version\": \"1.0.0\"\r\n}\r\n", "CRLF and tabs"),
        ("\u{feff}{\"name\": \"p\", \"version\": \"1.0.0\"}", "byte order mark, no final newline"),
        (
            "{\"version\":\"1.0.0\",\"name\":\"p\",\"x\":{\"version\":\"1.0.0\"},\"y\":[\"1.0.0\"]}\n\n",
            "others, no blanks",
        ),
        ("{ \"name\" : \"p\" ,\n\n \"description\": \"é 日本 1.0.0\", \"version\" :\n   \"1.0.0\" }", "odd blanks"),
        ("{\"n\\u0061me\": \"p\", \"version\": \"1.0.0\", \"scripts\": {\"a\": \"x\\n\\\"1.0.0\\\"\"}}", "escapes"),
    ];
    for (text, what) in cases {
        assert_eq!(single(text, "1.0.0").await, None, "{what}");
        let after = single(text, "2.0.0-rc.1").await.unwrap_or_else(|| panic!("{what}: no edit"));
        assert_eq!(after.matches("2.0.0-rc.1").count(), 1, "{what}");
        // Changing it back gives the very bytes.
        assert_eq!(single(&after, "1.0.0").await.as_deref(), Some(text), "{what}");
    }
}

/// A root with catalogs, and a member with requirements in every form there is.
const SETTINGS: &str = "\u{feff}# base: ^1.0.0\r
packages: [ 'p/*' ]\r
catalog:\r
  base: workspace:^1.0.0 # ours\r
  react: ^19.0.0\r
catalogs:\r
  'old': { \"base\": \"workspace:1.x\", react: 18 - 19 }\r
  free: {base: 'workspace:*'}\r
linkWorkspacePackages: false\r
";

const TOP: &str = r#"{
  "name": "top", "version": "1.0.0",
  "dependencies": {
    "base": "workspace:^1.0.0",  "a": "workspace:base@~1.0.0",
    "b": "workspace:base@*", "c": "workspace:base@>=1 <2",
    "d": "link:../base", "e": "npm:base@^1.0.0", "f": "latest"
  },
  "optionalDependencies": {"base": "workspace:^"},
  "peerDependencies": { "base": "^0.9.0 || ^1.0.0", "react": "^18" },
  "devDependencies": {
	"base": "workspace:1.0 - 1.4"
  },
  "pnpm": {"overrides": {"base": "^1.0.0"}}
}"#;

#[tokio::test]
async fn requirements_that_are_left_move_in_every_table_and_catalog() {
    let files = [
        ("pnpm-workspace.yaml", SETTINGS),
        ("p/base/package.json", &member("base", "")),
        ("p/top/package.json", TOP),
        ("p/nameless/package.json", "{\"private\":true,\"dependencies\":{\"base\":\"workspace:^1.0.0\"}}"),
        ("p/user/package.json", &member("user", "\"dependencies\": {\"base\": \"catalog:old\"}")),
    ];
    let tree = tree(&files);
    assert_eq!(edits(&tree, "", vec![moved("base", "1.0.0")]).await, []);
    let admitted = texts(&edits(&tree, "", vec![moved("base", "1.0.1")]).await);
    let paths: Vec<_> = admitted.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(paths, ["p/base/package.json"]);

    let after = texts(&edits(&tree, "", vec![moved("base", "2.1.0")]).await);
    let find = |file: &str| after.iter().find(|(path, _)| path == file).map(|(_, text)| text.as_str());
    let settings = SETTINGS
        .replace("base: workspace:^1.0.0 # ours", "base: workspace:^2.1.0 # ours")
        .replace("workspace:1.x", "workspace:2.x");
    assert_eq!(find("pnpm-workspace.yaml"), Some(settings.as_str()));
    let top = TOP
        .replace("\"base\": \"workspace:^1.0.0\"", "\"base\": \"workspace:^2.1.0\"")
        .replace("base@~1.0.0", "base@~2.1.0")
        .replace("base@>=1 <2", "base@>=2 <3")
        .replace("^0.9.0 || ^1.0.0", "^1.0.0 || ^2.1.0")
        .replace("1.0 - 1.4", "2.1 - 2.5");
    assert_eq!(find("p/top/package.json"), Some(top.as_str()));
    let nameless = "{\"private\":true,\"dependencies\":{\"base\":\"workspace:^2.1.0\"}}";
    assert_eq!(find("p/nameless/package.json"), Some(nameless));
    assert_eq!(after.len(), 4, "{after:?}");
}

#[tokio::test]
async fn what_lies_above_the_plan_is_left() {
    let files = [
        ("pnpm-workspace.yaml", ROOT),
        ("p/base/package.json", &member("base", "")),
        ("p/top/package.json", &member("top", "\"dependencies\": {\"base\": \"workspace:^3.0.0\"}")),
    ];
    let after = texts(&edits(&tree(&files), "", vec![moved("base", "2.0.0")]).await);
    assert_eq!(after.len(), 1, "{after:?}");
}

#[tokio::test]
async fn one_text_for_two_that_move_apart_is_refused() {
    let files = [
        ("pnpm-workspace.yaml", "packages: [p/*]\ncatalog: {a: &one 'workspace:^1.0.0', b: *one}\n"),
        ("p/a/package.json", &member("a", "")),
        ("p/b/package.json", &member("b", "")),
    ];
    let tree = tree(&files);
    let together = texts(&edits(&tree, "", vec![moved("a", "2.0.0"), moved("b", "2.0.0")]).await);
    assert!(together[2].1.contains("&one 'workspace:^2.0.0', b: *one"), "{together:?}");
    let moves = vec![moved("a", "2.0.0"), moved("b", "3.0.0")];
    let request = EditRequest::new(tree.clone(), path(""), packages(&tree, "").await, moves);
    let error = PnpmWorkspace::default().edits(&request).await.expect_err("one text cannot be two");
    assert_eq!(parts(&error)[0].0, "RK-PNPM-REQUIREMENT-SHARED");
}

/// The text of `p/top/package.json` once it is pinned to `base` 1.2.3.
async fn pinned(says: &str, pin: Option<Pin>) -> String {
    let files = [
        ("pnpm-workspace.yaml", "packages: [p/*]\ncatalog: {base: 'workspace:~', react: ^19.0.0}\n"),
        ("p/base/package.json", "{\"name\": \"base\", \"version\": \"1.2.3\"}"),
        ("p/tool/package.json", "{\"name\": \"tool\", \"version\": \"0.1.0\", \"private\": true}"),
        ("p/top/package.json", &member("top", says)),
    ];
    let tree = tree(&files);
    let versions = vec![(PackageName::new("base"), Version::from_canonical("1.2.3"))];
    let request = PinRequest::new(tree.clone(), path(""), packages(&tree, "").await, versions).with_pin(pin);
    let edits = PnpmWorkspace::default().pins(&request).await.unwrap_or_else(|error| panic!("{error}"));
    texts(&edits).into_iter().find(|(path, _)| path == "p/top/package.json").map_or_else(String::new, |(_, text)| text)
}

#[tokio::test]
async fn what_is_exported_follows_no_version_and_no_catalog() {
    let says = "\"dependencies\": {\"base\": \"workspace:*\", \"a\": \"workspace:base@^\", \"b\": \"link:../base\", \
        \"c\": \"workspace:base@>=1 <2\", \"react\": \"catalog:\", \"d\": \"^1\"}, \
        \"peerDependencies\": {\"base\": \"catalog:\"}, \
        \"devDependencies\": {\"tool\": \"workspace:^\", \"base\": \"workspace:^\", \"react\": \"catalog:\"}";
    let expected = |exact: &str, range: &str, peer: &str| {
        member(
            "top",
            &says
                .replacen("\"base\": \"workspace:*\"", &format!("\"base\": \"workspace:{exact}\""), 1)
                .replacen("base@^", &format!("base@{}", if exact == "1.2.3" { range } else { exact }), 1)
                .replacen("link:../base", &format!("workspace:base@{exact}"), 1)
                .replacen("\"base\": \"catalog:\"", &format!("\"base\": \"workspace:{peer}\""), 1)
                .replace("\"catalog:\"", "\"^19.0.0\"")
                .replace("\"tool\": \"workspace:^\"", "\"tool\": \"workspace:^0.1.0\"")
                .replace("\"base\": \"workspace:^\"", "\"base\": \"workspace:^1.2.3\""),
        )
    };
    assert_eq!(pinned(says, None).await, expected("1.2.3", "^1.2.3", "~1.2.3"));
    assert_eq!(pinned(says, Some(Pin::Keep)).await, expected("1.2.3", "^1.2.3", "~1.2.3"));
    let compatible = expected("^1.2.3", "", "^1.2.3").replace("base@>=1 <2", "base@^1.2.3");
    assert_eq!(pinned(says, Some(Pin::Compatible)).await, compatible);
}

#[tokio::test]
async fn the_lockfile_of_an_export_says_what_was_pinned() {
    let lockfile = "lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n      base:\n        specifier: workspace:*\n        \
        version: link:p/base\n\n  p/base: {}\n\n  p/top:\n    dependencies:\n      base:\n        specifier: workspace:^\n        \
        version: link:../base\n      react:\n        specifier: ^19.0.0\n        version: 19.0.0\n";
    let files = [
        ("pnpm-workspace.yaml", ROOT),
        ("pnpm-lock.yaml", lockfile),
        ("package.json", "{\"private\": true, \"dependencies\": {\"base\": \"workspace:*\"}}"),
        ("p/base/package.json", &member("base", "")),
        ("p/top/package.json", &member("top", "\"dependencies\": {\"base\": \"workspace:^\", \"react\": \"^19.0.0\"}")),
    ];
    let tree = tree(&files);
    let versions = vec![(PackageName::new("base"), Version::from_canonical("1.0.0"))];
    let request = PinRequest::new(tree.clone(), path(""), packages(&tree, "").await, versions);
    let edits = PnpmWorkspace::default().pins(&request).await.unwrap_or_else(|error| panic!("{error}"));
    let found = texts(&edits).into_iter().find(|(path, _)| path == "pnpm-lock.yaml").map(|(_, text)| text);
    let expected = lockfile.replace("workspace:*", "workspace:1.0.0").replace("workspace:^", "workspace:^1.0.0");
    assert_eq!(found, Some(expected));
}

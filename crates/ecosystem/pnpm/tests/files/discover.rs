//! What a package says of itself.

use crate::common::{ROOT, discover, find, member, packages, parts, tree};

#[tokio::test]
async fn marks_say_why_nobody_publishes_a_package() {
    let files = [
        ("pnpm-workspace.yaml", ROOT),
        ("p/a/package.json", "{\"name\": \"a\", \"version\": \"1.0.0\", \"private\": false}"),
        ("p/b/package.json", "{\"name\": \"b\", \"version\": \"1.0.0\", \"private\": true}"),
        ("p/c/package.json", "{\"name\": \"c\"}"),
        ("p/d/package.json", "{\"name\": \"d\", \"version\": \"\"}"),
        ("p/e/package.json", "{\"name\": \"e\", \"version\": \"1.0\", \"private\": true}"),
        (
            "p/f/package.json",
            "{\"name\": \"@scope/f\", \"version\": \"2.0.0-rc.1\", \"engines\": {\"node\": \">=22\"}}",
        ),
    ];
    let found = packages(&tree(&files), "").await;
    let of = |name| {
        let package = find(&found, name);
        (package.version.as_ref().map(ToString::to_string), package.private.clone())
    };
    let version = |text: &str| Some(text.to_owned());
    assert_eq!(of("a"), (version("1.0.0"), None));
    assert_eq!(of("b"), (version("1.0.0"), Some("`private: true`".to_owned())));
    assert_eq!(of("c"), (None, Some("no `version`".to_owned())));
    assert_eq!(of("d"), (None, Some("no `version`".to_owned())));
    assert_eq!(of("e"), (None, Some("`private: true`".to_owned())));
    assert_eq!(of("@scope/f"), (version("2.0.0-rc.1"), None));
    assert_eq!(find(&found, "@scope/f").runtime.as_deref(), Some(">=22"));
}

#[tokio::test]
async fn faults_are_told_together_with_their_places() {
    let files = [
        ("pnpm-workspace.yaml", "packages: [p/*, 1]\npackages2: {}\ncatalogs: {x: {y: 1}}\n"),
        ("p/a/package.json", "{\"name\": \"a\", \"version\": \"v1\"}"),
        (
            "p/b/package.json",
            "{\"name\": \"b\", \"version\": \"1.0.0\", \"dependencies\": {\"c\": \"1\", \"c\": \"2\"}}",
        ),
        ("p/c/package.json", "{\"name\": \"c\", \"name\": \"d\", \"version\": \"1.0.0\", \"dependencies\": []}"),
        ("p/d/package.json", "{\"name\": \"e\", \"version\": \"1.0.0\", \"dependencies\": {\"f\": \"catalog:\"}}"),
        ("p/e/package.json", "{\"name\": \"f\","),
    ];
    let error = discover(&tree(&files), "").await.expect_err("nothing is right");
    let parts = parts(&error);
    let told = |code: &str, text: &str| parts.iter().any(|(found, message)| found == code && message.contains(text));
    for text in [
        "`pnpm-workspace.yaml` is not valid: `packages` must hold strings",
        "`pnpm-workspace.yaml` is not valid: `catalogs.x.y` must be a string",
        "`p/b/package.json` is not valid: `c` is there twice",
        "`p/c/package.json` is not valid: `name` is there twice",
        "`p/c/package.json` is not valid: `dependencies` must be an object",
        "`p/d/package.json` is not valid: no catalog `default` says what `f` is",
        "`p/e/package.json` is not valid: ",
    ] {
        assert!(told("RK-PNPM-MANIFEST-INVALID", text), "{text}: {parts:?}");
    }
    assert!(told("RK-VERSION-INVALID", "`p/a/package.json`: `v1`"), "{parts:?}");
    assert_eq!(parts.len(), 8, "{parts:?}");
}

#[tokio::test]
async fn a_name_occurs_once_among_what_is_released() {
    let files = |mark: &str| {
        [
            ("pnpm-workspace.yaml", "packages: ['p/*', 'q/*']\n".to_owned()),
            ("p/a/package.json", member("a", "")),
            ("q/a/package.json", member("a", mark)),
            ("q/b/package.json", member("b", "\"dependencies\": {\"a\": \"workspace:*\"}")),
        ]
    };
    let both = files("");
    let error = discover(&tree(&both.each_ref().map(|(file, text)| (*file, text.as_str()))), "").await;
    assert_eq!(parts(&error.expect_err("both are released"))[0].0, "RK-PNPM-NAME-DUPLICATE");
    let one = files("\"private\": true");
    let found = packages(&tree(&one.each_ref().map(|(file, text)| (*file, text.as_str()))), "").await;
    let paths: Vec<_> = found.iter().map(|package| package.path.as_str()).collect();
    assert_eq!(paths, ["p/a", "q/b"]);
    assert_eq!(find(&found, "b").dependencies[0].name.as_str(), "a");
}

#[tokio::test]
async fn what_cannot_be_read_where_demos_lie_stops_nobody() {
    let files = [
        ("pnpm-workspace.yaml", ROOT),
        ("p/a/package.json", &member("a", "")),
        ("p/a/test/fixtures/x/package.json", "{"),
        ("templates/y/package.json", "{{ name }}"),
    ];
    let found = discover(&tree(&files), "").await.expect("only demos are broken");
    assert_eq!(found.packages.len(), 1);
    let remarks: Vec<_> = found.remarks.iter().map(|remark| remark.code.to_string()).collect();
    assert_eq!(remarks, ["RK-PNPM-PROJECT-UNREADABLE"]);
}

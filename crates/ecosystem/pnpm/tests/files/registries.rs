//! Where packages go by what files say.

use releasekit_core::model::Target;
use releasekit_core::workspace::DiscoverRequest;
use releasekit_core::{Environment, Workspace};
use releasekit_pnpm::PnpmWorkspace;

use crate::common::{ROOT, member, path, tree};

const HOUSE: &str = "https://house.test/npm/";

#[tokio::test]
async fn a_package_goes_where_its_file_or_its_scope_says() {
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    let users =
        "@user:registry=http://127.0.0.1:4873\n@near:registry=https://wrong.test/\nregistry=https://mirror.test/\n";
    std::fs::write(folder.path().join(".npmrc"), users).expect("the folder is ours");
    let environment = Environment::new().with("HOME", folder.path()).with("HOST", "wrong.test");
    let files = [
        ("pnpm-workspace.yaml", ROOT),
        (".npmrc", "@near:registry = https://near.test/npm\n@secret:registry=https://${HOST}/\n"),
        ("p/a/package.json", &member("a", "\"publishConfig\": {\"registry\": \"https://house.test/npm\"}")),
        ("p/b/package.json", &member("@near/b", "")),
        ("p/c/package.json", &member("@near/c", "\"publishConfig\": {\"registry\": \"https://house.test/npm/\"}")),
        ("p/d/package.json", &member("@user/d", "\"publishConfig\": {\"access\": \"public\"}")),
        ("p/e/package.json", &member("e", "")),
        ("p/f/package.json", &member("@secret/f", "")),
        (
            "p/g/package.json",
            &member("@own/g", "\"publishConfig\": {\"@own:registry\": \"https://own.test\", \"registry\": \"x\"}"),
        ),
    ];
    let request = DiscoverRequest::new(tree(&files), path(""));
    let found = PnpmWorkspace::new(environment).discover(&request).await.expect("it can be read");
    let names: Vec<_> = found.packages.iter().flat_map(|it| it.registries.iter().map(String::as_str)).collect();
    let expected =
        [HOUSE, "https://near.test/npm/", HOUSE, "http://127.0.0.1:4873/", "https://${HOST}/", "https://own.test/"];
    assert_eq!(names, expected);
    let known: Vec<_> = found.registries.known.keys().map(String::as_str).collect();
    assert_eq!(known, ["http://127.0.0.1:4873/", HOUSE, "https://near.test/npm/", "https://own.test/"]);
    assert_eq!(found.registries.known[HOUSE], Target::new("npm", HOUSE, HOUSE));
    assert_eq!(found.registries.usual, None, "what the user reads from may be a mirror");
}

#[tokio::test]
async fn the_repository_says_where_packages_usually_go() {
    for (text, expected) in [
        ("registry=https://house.test/npm", Some(HOUSE)),
        ("registry=https://registry.npmjs.org", None),
        ("registry=https://registry.npmjs.org/\n", None),
        ("; registry=https://house.test/npm", None),
        ("registry=https://${HOST}/", Some("https://${HOST}/")),
    ] {
        let files = [("package.json", member("a", "")), (".npmrc", text.to_owned())];
        let files = files.each_ref().map(|(file, text)| (*file, text.as_str()));
        let request = DiscoverRequest::new(tree(&files), path(""));
        let found = PnpmWorkspace::default().discover(&request).await.expect("it can be read");
        assert_eq!(found.registries.usual.as_deref(), expected, "{text}");
        let is_known = expected.is_some_and(|url| found.registries.known.contains_key(url));
        assert_eq!(is_known, expected == Some(HOUSE), "{text}");
    }
}

#[tokio::test]
async fn what_holds_more_than_a_url_names_no_registry_that_is_known() {
    for more in [
        "\\nproxy=http://evil.test/",
        "\\rproxy=x",
        " x",
        "\\u0000",
        "\\u2028x",
        "${TOKEN}",
        "\\\\@r.test/",
        "?@r.test/",
        "#@r.test/",
    ] {
        let config = format!("\"publishConfig\": {{\"registry\": \"https://house.test/{more}\"}}");
        let files = [("package.json", member("a", &config))];
        let files = files.each_ref().map(|(file, text)| (*file, text.as_str()));
        let request = DiscoverRequest::new(tree(&files), path(""));
        let found = PnpmWorkspace::default().discover(&request).await.expect("it can be read");
        assert_eq!(found.registries.known.keys().next(), None, "{more}");
        assert_eq!(found.packages[0].registries.len(), 1, "its name stays, for whoever has to refuse it: {more}");
    }
}

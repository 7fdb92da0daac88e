//! Which folders are workspaces and packages, and to which root they belong.

use std::sync::Arc;

use releasekit_core::model::{Aside, RepoPath};
use releasekit_core::workspace::DetectRequest;
use releasekit_core::{BackendError, Tree, Workspace};
use releasekit_pnpm::PnpmWorkspace;

use crate::common::{ROOT, discover, member, packages, parts, path, remarks, tree};

/// A tree in which `p/linked` is a link to a folder, and `p/sub` and `apart` are repositories of their own.
#[derive(Debug)]
struct Apart(Arc<dyn Tree>);

impl Tree for Apart {
    fn read(&self, path: &RepoPath) -> Result<Option<Vec<u8>>, BackendError> {
        self.0.read(path)
    }

    fn files(&self) -> Result<Arc<[RepoPath]>, BackendError> {
        self.0.files()
    }

    fn links(&self) -> Result<Arc<[RepoPath]>, BackendError> {
        Ok(Arc::new([path("p/linked")]))
    }

    fn nested(&self) -> Result<Arc<[RepoPath]>, BackendError> {
        Ok(Arc::new([path("apart"), path("p/sub")]))
    }
}

async fn roots(files: &[(&str, &str)]) -> Vec<String> {
    let found = PnpmWorkspace::default().detect(&DetectRequest::new(tree(files))).await.expect("it can be read");
    found.iter().map(|root| root.as_str().to_owned()).collect()
}

#[tokio::test]
async fn a_workspace_has_its_members_and_its_root() {
    let (root, a, nested) = (member("root", "\"private\": true"), member("a", ""), member("nested", ""));
    let files = [
        ("pnpm-workspace.yaml", "packages: ['p/**', '!p/out/**']\ncatalog: {}\n"),
        ("package.json", root.as_str()),
        ("p/a/package.json", &a),
        ("p/a/b/package.json", &nested),
        ("p/a/node_modules/x/package.json", &member("installed", "")),
        ("p/out/b/package.json", &member("out", "\"private\": true")),
    ];
    assert_eq!(roots(&files).await, [""]);
    let found = packages(&tree(&files), "").await;
    let listed: Vec<_> =
        found.iter().filter(|it| it.aside.is_none()).map(|it| (it.name.as_str(), it.path.as_str())).collect();
    assert_eq!(listed, [("root", ""), ("a", "p/a"), ("nested", "p/a/b")]);
    assert_eq!(found[0].private.as_deref(), Some("`private: true`"));
}

#[tokio::test]
async fn without_globs_the_root_is_the_only_member() {
    for settings in ["", "packages: []\n", "onlyBuiltDependencies: [esbuild]\n"] {
        let files = [
            ("pnpm-workspace.yaml", settings),
            ("package.json", &member("a", "")),
            ("p/b/package.json", &member("b", "")),
        ];
        let found = packages(&tree(&files), "").await;
        let homes: Vec<_> =
            found.iter().map(|it| (it.name.as_str(), it.home.as_ref().map(|home| home.as_str()))).collect();
        assert_eq!(homes, [("a", Some("")), ("b", Some("p/b"))], "{settings}");
    }
}

#[tokio::test]
async fn packages_outside_of_workspaces_are_released_unless_they_are_demos() {
    let files = [
        ("js/pnpm-workspace.yaml", ROOT),
        ("js/p/a/package.json", &member("a", "")),
        ("js/examples/x/package.json", &member("x", "")),
        ("js/tool/package.json", &member("tool", "")),
        ("js/tooling/package.json", &member("tooling", "\"private\": true")),
        ("editor/package.json", &member("editor", "\"engines\": {\"vscode\": \"^1.90.0\"}")),
        ("package.json", "{\"private\": true, \"devDependencies\": {\"prettier\": \"3\"}}"),
    ];
    assert_eq!(roots(&files).await, ["js"]);
    let found = discover(&tree(&files), "js").await.expect("it can be read");
    let aside: Vec<_> = found.packages.iter().map(|it| (it.name.as_str(), it.aside)).collect();
    let expected = [
        ("editor", Some(Aside::Mark)),
        ("x", Some(Aside::Place)),
        ("a", None),
        ("tool", None),
        ("tooling", Some(Aside::Mark)),
    ];
    assert_eq!(aside, expected);
    assert_eq!(remarks(&found), []);
}

#[tokio::test]
async fn a_workspace_among_the_members_of_another_is_a_sample() {
    let files = [
        ("pnpm-workspace.yaml", ROOT),
        ("p/a/package.json", &member("a", "")),
        ("p/a/data/pnpm-workspace.yaml", ROOT),
        ("p/a/data/p/b/package.json", &member("b", "")),
    ];
    assert_eq!(roots(&files).await, [""]);
    let found = packages(&tree(&files), "").await;
    let aside: Vec<_> = found.iter().map(|it| (it.name.as_str(), it.aside)).collect();
    assert_eq!(aside, [("a", None), ("b", Some(Aside::Place))]);
}

#[tokio::test]
async fn what_other_tools_work_on_is_said_and_not_released() {
    let workspaces = member("root", "\"private\": true, \"workspaces\": [\"p/*\"]");
    let yarn = member("root", "\"private\": true, \"workspaces\": {\"packages\": [\"p/*\"]}");
    for root in [&workspaces, &yarn] {
        let files = [("package.json", root.as_str()), ("p/a/package.json", &member("a", ""))];
        assert_eq!(roots(&files).await, [""]);
        let found = discover(&tree(&files), "").await.expect("it can be read");
        assert!(found.packages.is_empty(), "{:?}", found.packages);
        let [(code, message)] = remarks(&found).try_into().expect("one remark");
        assert_eq!(code, "RK-PNPM-TOOL-UNSUPPORTED");
        assert!(message.ends_with(": `package.json`"), "{message}");
    }
    for lockfile in ["yarn.lock", "package-lock.json", "npm-shrinkwrap.json", "bun.lock", "bun.lockb"] {
        let files = [("package.json", member("a", "")), (lockfile, String::new())];
        let files = files.each_ref().map(|(file, text)| (*file, text.as_str()));
        let found = discover(&tree(&files), "").await.expect("it can be read");
        assert_eq!((found.packages.len(), found.remarks.len()), (0, 1), "{lockfile}");
    }
}

#[tokio::test]
async fn what_nobody_would_release_needs_no_word() {
    let tooling = "{\"private\": true, \"workspaces\": [\"p/*\"]}";
    let files = [("package.json", tooling), ("yarn.lock", ""), ("p/a/package.json", &member("a", "\"private\": true"))];
    assert_eq!(roots(&files).await, Vec::<String>::new());
    let files = [("package.json", "{\"private\": true}"), ("package-lock.json", "")];
    assert_eq!(roots(&files).await, Vec::<String>::new());
    // What pnpm works on is pnpm's, whatever else there is.
    let files = [
        ("package.json", tooling),
        ("pnpm-workspace.yaml", ROOT),
        ("yarn.lock", ""),
        ("p/a/package.json", &member("a", "")),
    ];
    let found = discover(&tree(&files), "").await.expect("it can be read");
    assert_eq!((found.packages.len(), remarks(&found)), (1, Vec::new()));
}

#[tokio::test]
async fn members_that_cannot_be_released_are_named() {
    let files = [
        ("pnpm-workspace.yaml", ROOT),
        ("p/a/package.json", &member("a", "")),
        ("p/nameless/package.json", "{\"version\": \"1.0.0\"}"),
        ("p/types/package.json", "{\"type\": \"module\"}"),
        ("p/yaml/package.yaml", "name: yaml\nversion: 1.0.0\n"),
        ("p/json5/package.json5", "{name: 'json5'}"),
        ("p/both/package.json", &member("both", "")),
        ("p/both/package.yaml", "name: both\n"),
    ];
    let found = discover(&tree(&files), "").await.expect("it can be read");
    let names: Vec<_> = found.packages.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["a", "both"]);
    let remarks = remarks(&found);
    let codes: Vec<_> = remarks.iter().map(|(code, _)| code.as_str()).collect();
    assert_eq!(codes, ["RK-PNPM-MEMBER-NAMELESS", "RK-PNPM-MANIFEST-UNSUPPORTED"]);
    assert!(remarks[0].1.ends_with(": `p/nameless/package.json`"), "{remarks:?}");
    assert!(remarks[1].1.ends_with(": `p/json5`, `p/yaml`"), "{remarks:?}");
}

#[tokio::test]
async fn members_behind_links_and_in_submodules_are_named() {
    let files = [("pnpm-workspace.yaml", ROOT), ("p/a/package.json", &member("a", ""))];
    let tree: Arc<dyn Tree> = Arc::new(Apart(tree(&files)));
    let found = discover(&tree, "").await.expect("it can be read");
    let [(code, message)] = remarks(&found).try_into().expect("one remark");
    assert_eq!(code, "RK-PNPM-MEMBER-PASSED-OVER");
    assert!(message.ends_with(": `p/linked`, `p/sub`"), "{message}");
}

#[tokio::test]
async fn a_root_that_is_none_is_refused() {
    let error = discover(&tree(&[("README.md", "")]), "js").await.expect_err("there is nothing");
    assert_eq!(parts(&error)[0].0, "RK-PNPM-ROOT-MISSING");
    let error = discover(&tree(&[("package.json", "{\"private\": true}")]), "").await.expect_err("it has no name");
    assert_eq!(parts(&error)[0].0, "RK-PNPM-ROOT-MISSING");
}

//! Which projects are found, where they lie, and to which root each belongs.

use std::sync::Arc;

use crate::common::{discover, packages, path, tree};
use releasekit_core::model::{Aside, DependencyKind, Propagation, RepoPath, Worded};
use releasekit_core::tree::MemoryTree;
use releasekit_core::workspace::{DetectRequest, DiscoverRequest};
use releasekit_core::{BackendError, Diagnostic, Tree, Workspace};
use releasekit_uv::UvWorkspace;

const BUILD: &str = "[build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"\n";
const ROOT: &str = "[tool.uv.workspace]\nmembers = [\"m\"]\n";

fn project(name: &str, rest: &str) -> String {
    format!("[project]\nname = \"{name}\"\nversion = \"1.0.0\"\n{rest}\n{BUILD}")
}

#[tokio::test]
async fn roots_are_found_wherever_they_lie() {
    let workspace = |members: &str, rest: &str| format!("{rest}[tool.uv.workspace]\nmembers = [{members}]\n");
    let virtual_root = workspace("\"packages/*\"", "");
    let member = project("m", "");
    let outer = workspace("\"packages/*\"", "[project]\nname = \"o\"\nversion = \"1\"\n")
        .replace("members", "exclude = [\"apart\"]\nmembers");
    let dotted = "[tool]\nuv = { workspace = { members = [\"x\"] } }\n";
    type Files<'a> = Vec<(&'a str, &'a str)>;
    let cases: Vec<(&str, Files<'_>, Vec<&str>)> = vec![
        ("none", vec![("a.txt", "")], vec![]),
        (
            "two workspaces",
            vec![("py/pyproject.toml", &virtual_root), ("b/py/pyproject.toml", dotted)],
            vec!["b/py", "py"],
        ),
        (
            "inside a member",
            vec![
                ("pyproject.toml", &virtual_root),
                ("packages/m/pyproject.toml", &member),
                ("packages/m/testdata/w/pyproject.toml", &virtual_root),
                ("packages/bad/pyproject.toml", &virtual_root),
                ("beside/pyproject.toml", &virtual_root),
            ],
            vec![".", "beside"],
        ),
        (
            "inside a root that is a project",
            vec![
                ("pyproject.toml", &outer),
                ("tests/w/pyproject.toml", &virtual_root),
                ("apart/pyproject.toml", &virtual_root),
                ("packages/m/pyproject.toml", &member),
            ],
            vec![".", "apart"],
        ),
        (
            "a demo makes no root",
            vec![("pyproject.toml", &virtual_root), ("samples/x/pyproject.toml", &member)],
            vec!["."],
        ),
        (
            "projects outside of workspaces share the folder that they have in common",
            vec![
                ("libs/a/pyproject.toml", &member),
                ("libs/b/c/pyproject.toml", &member),
                ("examples/w/pyproject.toml", &virtual_root),
            ],
            vec!["libs"],
        ),
        (
            "a project outside belongs to the root around it, else to the only one",
            vec![
                ("py/pyproject.toml", &virtual_root),
                ("py/tools/t/pyproject.toml", &member),
                ("other/pyproject.toml", &member),
            ],
            vec!["py"],
        ),
        (
            "or to a root of its own",
            vec![
                ("one/pyproject.toml", &virtual_root),
                ("two/pyproject.toml", &virtual_root),
                ("two/x/pyproject.toml", &member),
                ("three/a/pyproject.toml", &member),
                ("three/b/pyproject.toml", &member),
            ],
            vec!["one", "three", "two"],
        ),
        (
            "projects in each other",
            vec![
                ("a/pyproject.toml", &member),
                ("a/sub/pyproject.toml", &member),
                ("ab/pyproject.toml", &member),
                ("tools/pyproject.toml", "[tool.black]\n"),
                ("broken/pyproject.toml", "[project"),
            ],
            vec!["."],
        ),
        (
            "a broken root is for discovery to report",
            vec![("py/pyproject.toml", "[tool.uv.workspace]\nmembers = ")],
            vec!["py"],
        ),
    ];
    for (what, files, expected) in cases {
        let roots = UvWorkspace::default().detect(&DetectRequest::new(tree(&files))).await.expect("memory");
        assert_eq!(roots.iter().map(ToString::to_string).collect::<Vec<_>>(), expected, "{what}");
    }
}

/// Name, folder, why it is private and why it is counted only.
async fn found(tree: &Arc<dyn Tree>, root: &str) -> Vec<(String, String, Option<String>, Option<Aside>)> {
    let row = |it: releasekit_core::model::Package| (it.name.to_string(), it.path.to_string(), it.private, it.aside);
    packages(tree, root).await.into_iter().map(row).collect()
}

fn row(name: &str, path: &str, aside: Option<(&str, Aside)>) -> (String, String, Option<String>, Option<Aside>) {
    (name.to_owned(), path.to_owned(), aside.map(|(why, _)| why.to_owned()), aside.map(|(_, aside)| aside))
}

#[tokio::test]
async fn projects_outside_of_workspaces_are_released_unless_they_are_demos() {
    let unbuilt = "[project]\nname = \"script\"\nversion = \"1\"\n";
    let tree = tree(&[
        ("libs/a/pyproject.toml", &project("a", "")),
        ("libs/a/tests/fixture-x/pyproject.toml", &project("x", "")),
        ("libs/b/pyproject.toml", &project("b", "")),
        ("libs/b/script/pyproject.toml", unbuilt),
        ("libs/unmanaged/pyproject.toml", &project("un", "[tool.uv]\nmanaged = false")),
        ("examples/ws/pyproject.toml", ROOT),
        ("examples/ws/m/pyproject.toml", &project("demo", "")),
    ]);
    assert_eq!(
        found(&tree, "libs").await,
        [
            row("demo", "examples/ws/m", Some(("in `examples`", Aside::Place))),
            row("a", "libs/a", None),
            row("x", "libs/a/tests/fixture-x", Some(("in `tests`", Aside::Place))),
            row("b", "libs/b", None),
            row("script", "libs/b/script", Some(("no `[build-system]`", Aside::Mark))),
        ]
    );
    let homes: Vec<String> =
        packages(&tree, "libs").await.iter().map(|it| it.home_in(&path("libs")).to_string()).collect();
    assert_eq!(homes, ["examples/ws", "libs/a", "libs/a/tests/fixture-x", "libs/b", "libs/b/script"]);
}

#[tokio::test]
async fn a_workspace_has_the_projects_around_it_beside_its_members() {
    let tree = tree(&[
        ("pyproject.toml", "[tool.uv.workspace]\nmembers = [\"examples/m\"]\n"),
        ("examples/m/pyproject.toml", &project("m", "")),
        ("plugins/p/pyproject.toml", &project("p", "")),
        ("samples/s/pyproject.toml", &project("s", "")),
    ]);
    let expected = [
        row("m", "examples/m", None),
        row("p", "plugins/p", None),
        row("s", "samples/s", Some(("in `samples`", Aside::Place))),
    ];
    assert_eq!(found(&tree, "").await, expected, "what a workspace takes in is no demo");
}

#[tokio::test]
async fn what_is_excluded_or_named_decides_what_is_left() {
    let (a, b, demo) = (project("a", ""), project("b", ""), project("demo", ""));
    let tree = tree(&[
        ("libs/a/pyproject.toml", a.as_str()),
        ("libs/b/pyproject.toml", b.as_str()),
        ("ws/pyproject.toml", ROOT),
        ("ws/m/pyproject.toml", demo.as_str()),
    ]);
    let roots = |exclude: &[&str], named: &[&str]| {
        let exclude = exclude.iter().map(|glob| (*glob).to_owned()).collect();
        let named = named.iter().map(|root| path(root)).collect();
        let request = DetectRequest::new(tree.clone()).with_exclude(exclude).with_named(named);
        async move { UvWorkspace::default().detect(&request).await.expect("memory") }
    };
    assert_eq!(roots(&[], &[]).await, [path("ws")]);
    assert_eq!(roots(&["ws"], &[]).await, [path("libs")]);
    assert_eq!(roots(&["ws"], &["libs/a"]).await, [path("libs/a"), path("libs/b")][..1], "b belongs to the only root");
    assert_eq!(roots(&[], &["libs/a"]).await, [path("libs/a"), path("libs/b"), path("ws")]);
    let request = DiscoverRequest::new(tree.clone(), path("libs/a")).with_named(vec![path("libs/a")]);
    let own = UvWorkspace::default().discover(&request).await.expect("it is there").packages;
    assert_eq!(own.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["a"]);
}

#[tokio::test]
async fn names_are_unique_among_what_is_released() {
    let (a, core) = (project("a", ""), project("core", ""));
    let twice = |folder: &str| {
        let other = format!("{folder}/pyproject.toml");
        tree(&[("libs/a/pyproject.toml", &a), ("libs/core/pyproject.toml", &core), (&other, &core)])
    };
    for folder in ["libs/a/examples/core", "libs/zz/samples/core"] {
        let names: Vec<_> = packages(&twice(folder), "libs").await.iter().map(|it| it.path.to_string()).collect();
        assert_eq!(names, ["libs/a", "libs/core"], "the demo is left out");
    }
    let error = discover(&twice("libs/other"), "libs").await.expect_err("two are released");
    assert_eq!(error.code().as_str(), "RK-UV-NAME-DUPLICATE");
}

#[tokio::test]
async fn what_cannot_be_read_in_a_demo_stops_nobody() {
    let files = |folder: &'static str| {
        let broken = [(format!("{folder}/pyproject.toml"), "[project]\nname = \"demo\"\n".to_owned())];
        MemoryTree::new(
            [("libs/a/pyproject.toml".to_owned(), project("a", ""))]
                .into_iter()
                .chain(broken)
                .map(|(file, text)| (path(&file), text)),
        )
    };
    let discovered = |folder| {
        let tree: Arc<dyn Tree> = Arc::new(files(folder));
        async move {
            let roots = UvWorkspace::default().detect(&DetectRequest::new(tree.clone())).await.expect("memory");
            UvWorkspace::default().discover(&DiscoverRequest::new(tree, roots[0].clone())).await
        }
    };
    for folder in ["examples/demo", "libs/a/script"] {
        let found = discovered(folder).await.expect("it is nobody's");
        assert_eq!(found.packages.len(), 1);
        assert_eq!(found.remarks.len(), 1);
        assert_eq!(found.remarks[0].code.as_str(), "RK-UV-PROJECT-UNREADABLE");
        assert!(found.remarks[0].message.contains(&format!("`{folder}/pyproject.toml`")), "{:?}", found.remarks);
    }
}

/// A tree in which folders are links or other repositories.
#[derive(Debug)]
struct Apart(MemoryTree);

impl Tree for Apart {
    fn read(&self, file: &RepoPath) -> Result<Option<Vec<u8>>, BackendError> {
        self.0.read(file)
    }

    fn files(&self) -> Result<Arc<[RepoPath]>, BackendError> {
        let mut files: Vec<_> = self.0.files()?.iter().cloned().chain([path("packages/linked")]).collect();
        files.sort();
        Ok(files.into())
    }

    fn links(&self) -> Result<Arc<[RepoPath]>, BackendError> {
        Ok([path("packages/README.md"), path("packages/linked")].into())
    }

    fn nested(&self) -> Result<Arc<[RepoPath]>, BackendError> {
        Ok([path("other"), path("packages/sub")].into())
    }
}

#[tokio::test]
async fn members_behind_links_and_in_submodules_are_named() {
    let files = MemoryTree::new([
        (path("pyproject.toml"), "[tool.uv.workspace]\nmembers = [\"packages/*\"]\n".to_owned()),
        (path("packages/README.md"), "linked from elsewhere".to_owned()),
        (path("real/pyproject.toml"), project("real", "")),
    ]);
    let request = DiscoverRequest::new(Arc::new(Apart(files)), path(""));
    let found = UvWorkspace::default().discover(&request).await.expect("they are passed over");
    assert_eq!(found.packages.iter().map(|it| it.path.to_string()).collect::<Vec<_>>(), ["real"]);
    assert_eq!(found.remarks.len(), 1);
    assert_eq!(found.remarks[0].code.as_str(), "RK-UV-MEMBER-PASSED-OVER");
    assert!(found.remarks[0].message.ends_with(": `packages/linked`, `packages/sub`"), "{:?}", found.remarks);
}

#[tokio::test]
async fn a_source_by_path_is_an_edge_of_its_own_kind() {
    let b = "dependencies = [\"a>=1,<2\"]\noptional-dependencies.x = [\"a\"]\n[tool.uv.sources]\n\
        a = { path = \"../a\", editable = true }\nc = { path = \"../c\" }\nd = { path = \"../../../d\" }\n\
        [dependency-groups]\ndev = [\"c\"]\n";
    let tree = tree(&[
        ("libs/a/pyproject.toml", &project("a", "")),
        ("libs/b/pyproject.toml", &project("b", b)),
        ("libs/c/pyproject.toml", &project("c", "")),
    ]);
    let all = packages(&tree, "libs").await;
    let found: Vec<_> = all[1].dependencies.iter().map(|d| (d.name.as_str(), d.kind, d.propagates, d.worded)).collect();
    let expected = [DependencyKind::Runtime, DependencyKind::Optional]
        .map(|kind| ("a", kind, Propagation::OutOfRange, Worded::AsWritten));
    assert_eq!(found, expected, "a group needs nothing of `c` but its files");
}

#[tokio::test]
async fn what_only_the_build_backend_knows_is_read_from_the_lockfile() {
    let app = project(
        "app",
        "dynamic = [\"dependencies\"]\noptional-dependencies.x = []\n[tool.uv.sources]\nzed = { workspace = true }",
    );
    let root = "[tool.uv.workspace]\nmembers = [\"p/*\"]\n";
    let entry = |name: &str, needs: &str| {
        format!("[[package]]\nname = \"{name}\"\nsource = {{ editable = \"p/{name}\" }}\ndependencies = [{needs}]\n")
    };
    let lock = entry("app", "{ name = \"zed\" }, { name = \"requests\" }")
        + "[package.optional-dependencies]\nx = [{ name = \"zed\" }]\n"
        + &entry("zed", "{ name = \"app\" }")
        + "[[package]]\nname = \"requests\"\nsource = { registry = \"https://pypi.org/simple\" }\n";
    let (zed, files) = (project("zed", ""), [("pyproject.toml", root), ("p/app/pyproject.toml", app.as_str())]);
    let with = |lock: Option<&str>| {
        let lock = lock.map(|lock| ("uv.lock", lock));
        let files: Vec<_> = files.iter().copied().chain([("p/zed/pyproject.toml", zed.as_str())]).chain(lock).collect();
        let request = DiscoverRequest::new(tree(&files), path(""));
        async move { UvWorkspace::default().discover(&request).await.expect("it is read") }
    };
    let found = with(Some(&lock)).await;
    let edges = |index: usize| -> Vec<_> {
        found.packages[index].dependencies.iter().map(|d| (d.name.to_string(), d.kind, d.worded)).collect()
    };
    assert_eq!(edges(0), [("zed".to_owned(), DependencyKind::Runtime, Worded::ByBuild)], "extras are written down");
    assert!(edges(1).is_empty() && found.remarks.is_empty(), "what is written down is not looked up");
    for lock in [None, Some("[[")] {
        let found = with(lock).await;
        assert!(found.packages[0].dependencies.is_empty());
        assert_eq!(found.remarks[0].code.as_str(), "RK-UV-DEPENDENCIES-UNKNOWN");
        assert!(found.remarks[0].message.ends_with("`p/app/pyproject.toml`"), "{:?}", found.remarks);
    }
}

//! Which crates belong to which workspace, and to which root.

use std::sync::Arc;

use releasekit_cargo::CargoWorkspace;
use releasekit_core::model::{Aside, Package, RepoPath};
use releasekit_core::workspace::{DetectRequest, DiscoverRequest};
use releasekit_core::{BackendError, Tree, Workspace};

use crate::common::{discover, find, member, packages, path, tree};

/// A tree in which `crates/linked` is a link to `real`, and `crates/sub` a submodule.
#[derive(Debug)]
struct Apart(Arc<dyn Tree>);

impl Tree for Apart {
    fn read(&self, path: &RepoPath) -> Result<Option<Vec<u8>>, BackendError> {
        let below = path.as_str().strip_prefix("crates/linked/").map(|rest| format!("real/{rest}"));
        below.map_or_else(|| self.0.read(path), |file| self.0.read(&self::path(&file)))
    }

    fn files(&self) -> Result<Arc<[RepoPath]>, BackendError> {
        self.0.files()
    }

    fn links(&self) -> Result<Arc<[RepoPath]>, BackendError> {
        Ok(Arc::new([path("crates/linked")]))
    }

    fn nested(&self) -> Result<Arc<[RepoPath]>, BackendError> {
        Ok(Arc::new([path("crates/sub"), path("apart")]))
    }
}

async fn roots(tree: &Arc<dyn Tree>) -> Vec<String> {
    let found = CargoWorkspace::default().detect(&DetectRequest::new(Arc::clone(tree))).await.expect("it can be read");
    found.iter().map(RepoPath::to_string).collect()
}

/// The name of each crate, and the root of its workspace.
fn homes(packages: &[Package]) -> Vec<(&str, &str)> {
    packages.iter().map(|it| (it.name.as_str(), it.home.as_ref().map_or("-", RepoPath::as_str))).collect()
}

/// A workspace in `ws` with members of every kind, and crates that are none.
pub(crate) fn members() -> Vec<(&'static str, String)> {
    let root = "[workspace]\nmembers = [\"crates/*\", \"tools/../single\", \"kept/in\"]\nexclude = [\"crates/out\", \"kept\"]\n\
        default-members = [\"crates/a\"]\n[package]\nname = \"root\"\nversion = \"1.0.0\"\n\
        [target.'cfg(windows)'.dev-dependencies]\nby-path = { path = \"deep/by-path\" }\n";
    let by_path = member(
        "by-path",
        "[dependencies]\nfurther = { path = \"../further\" }\nbeside = { path = \"../../../beside\" }\n",
    );
    vec![
        ("ws/Cargo.toml", root.to_owned()),
        ("ws/crates/a/Cargo.toml", member("a", "")),
        ("ws/crates/.hidden/Cargo.toml", member("hidden", "")),
        ("ws/crates/file", "no folder".to_owned()),
        ("ws/crates/out/Cargo.toml", member("out", "")),
        ("ws/crates/a/deeper/Cargo.toml", member("deeper", "")),
        ("ws/single/Cargo.toml", member("single", "")),
        ("ws/kept/in/Cargo.toml", member("kept-in", "")),
        ("ws/kept/Cargo.toml", member("kept", "")),
        ("ws/deep/by-path/Cargo.toml", by_path),
        ("ws/deep/further/Cargo.toml", member("further", "")),
        ("beside/Cargo.toml", member("beside", "")),
        ("points/Cargo.toml", member("points", "workspace = \"../ws\"\n")),
    ]
}

#[tokio::test]
async fn members_are_those_that_cargo_takes() {
    let files = members();
    let files: Vec<(&str, &str)> = files.iter().map(|(file, text)| (*file, text.as_str())).collect();
    let found = packages(&tree(&files), "ws").await;
    let members: Vec<&str> =
        homes(&found).into_iter().filter(|(_, home)| *home == "ws").map(|(name, _)| name).collect();
    assert_eq!(members, ["root", "hidden", "a", "by-path", "further", "kept-in", "single"]);
    // What lies outside is a workspace of its own, and belongs to the only root that there is.
    for name in ["beside", "kept", "out"] {
        let package = find(&found, name);
        assert_eq!((package.home.as_ref(), &package.private), (Some(&package.path), &None), "{name}");
    }
    // cargo takes these for members, finds them not listed, and refuses to work on them.
    for name in ["deeper", "points"] {
        assert_eq!(find(&found, name).aside, Some(Aside::Mark), "{name}");
    }
}

#[tokio::test]
async fn a_crate_that_names_its_root_is_a_member_by_path() {
    let files = [
        ("ws/Cargo.toml", "[workspace]\nmembers = [\"a\"]\n"),
        ("ws/a/Cargo.toml", &member("a", "[dependencies]\nb = { path = \"../../b\" }\n")),
        ("b/Cargo.toml", &member("b", "workspace = \"../ws\"\n")),
    ];
    let found = packages(&tree(&files), "ws").await;
    assert_eq!(homes(&found), [("b", "ws"), ("a", "ws")]);
}

#[tokio::test]
async fn a_workspace_is_a_root_and_what_stands_alone_belongs_to_one() {
    let files = [
        ("Cargo.toml", "[workspace]\nmembers = [\"crates/*\"]\n"),
        ("crates/a/Cargo.toml", &member("a", "")),
        ("crates/a/fuzz/Cargo.toml", &member("a-fuzz", "[workspace]\n[dependencies]\na = { path = \"..\" }\n")),
        ("lone/Cargo.toml", &member("lone", "[workspace]\n")),
        ("inner/Cargo.toml", "[workspace]\nmembers = [\"*\"]\n"),
        ("inner/x/Cargo.toml", &member("x", "")),
        ("examples/Cargo.toml", "[workspace]\nmembers = [\"one\"]\n"),
        (
            "examples/one/Cargo.toml",
            &member("one", "[dependencies]\na = { path = \"../../crates/a\", version = \"1\" }\n"),
        ),
    ];
    let tree = tree(&files);
    assert_eq!(roots(&tree).await, [".", "inner"]);
    let found = packages(&tree, "").await;
    assert_eq!(homes(&found), [("a", ""), ("a-fuzz", "crates/a/fuzz"), ("one", "examples"), ("lone", "lone")]);
    let why = |name: &str| (find(&found, name).aside, find(&found, name).private.as_deref());
    assert_eq!(why("a-fuzz"), (Some(Aside::Place), Some("in `fuzz`")));
    assert_eq!(why("one"), (Some(Aside::Place), Some("in `examples`")));
    assert_eq!((why("a"), why("lone")), ((None, None), (None, None)));
    assert_eq!(find(&found, "one").dependencies.len(), 1, "what takes a crate from its folder needs it");
    assert_eq!(homes(&packages(&tree, "inner").await), [("x", "inner")]);
}

#[tokio::test]
async fn crates_without_a_workspace_share_the_folder_that_they_have_in_common() {
    let files = [
        ("rs/a/Cargo.toml", &*member("a", "")),
        ("rs/b/Cargo.toml", &member("b", "")),
        ("tests/x/Cargo.toml", &member("x", "")),
    ];
    assert_eq!(roots(&tree(&files)).await, ["rs"]);
    assert_eq!(roots(&tree(&[("Cargo.toml", &member("a", ""))])).await, ["."]);
}

#[tokio::test]
async fn what_cannot_be_read_where_nothing_is_released_stops_nobody() {
    let files = [
        ("Cargo.toml", "[workspace]\nmembers = [\"a\"]\n"),
        ("a/Cargo.toml", &*member("a", "")),
        ("tests/data/bad/Cargo.toml", "[package\n"),
        ("tests/data/worse/Cargo.toml", "[workspace]\nmembers = [\"gone\"]\n"),
    ];
    let found = discover(&tree(&files), "").await.expect("nobody releases those");
    assert_eq!(found.packages.len(), 1);
    let remarks: Vec<String> = found.remarks.iter().map(|it| format!("{} {}", it.code, it.message)).collect();
    let expected = "RK-CARGO-PROJECT-UNREADABLE package files that cannot be read, of crates that nobody releases: \
        `tests/data/bad/Cargo.toml`, `tests/data/worse/Cargo.toml`";
    assert_eq!(remarks, [expected]);
}

#[tokio::test]
async fn what_is_excluded_is_none_of_ours_and_missed_by_nobody() {
    let files = [
        ("Cargo.toml", "[workspace]\nmembers = [\"crates/*\"]\n"),
        ("crates/a/Cargo.toml", &*member("a", "[dependencies]\nb = { path = \"../b\", version = \"1\" }\n")),
        ("crates/b/Cargo.toml", "[package\n"),
        ("crates/c/README.md", "no crate"),
    ];
    let exclude = vec!["crates/b".to_owned(), "crates/c".to_owned()];
    let request = DiscoverRequest::new(tree(&files), path("")).with_exclude(exclude);
    let found = CargoWorkspace::default().discover(&request).await.expect("what is wrong is left out").packages;
    assert_eq!(homes(&found), [("a", "")]);
    assert_eq!(found[0].dependencies, []);
}

#[tokio::test]
async fn members_behind_links_and_in_submodules_are_named() {
    let files = tree(&[
        ("Cargo.toml", "[workspace]\nmembers = [\"crates/*\", \"crates/sub\", \"apart\", \"real\"]\n"),
        ("crates/a/Cargo.toml", &member("a", "")),
        ("real/Cargo.toml", &member("real", "")),
    ]);
    let tree: Arc<dyn Tree> = Arc::new(Apart(files));
    let found = discover(&tree, "").await.expect("they are passed over");
    assert_eq!(homes(&found.packages), [("a", ""), ("real", "")]);
    assert_eq!(found.remarks.len(), 1);
    assert_eq!(found.remarks[0].code.as_str(), "RK-CARGO-MEMBER-PASSED-OVER");
    assert!(found.remarks[0].message.ends_with(": `crates/linked`, `crates/sub`, `apart`"), "{:?}", found.remarks);
}

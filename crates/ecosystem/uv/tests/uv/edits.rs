//! Edits of package files: what is in, what comes out, and that nothing else moves.

use std::sync::Arc;

use crate::common::{moved, packages, path, texts, tree};
use proptest::prelude::*;
use releasekit_core::tree::Overlay;
use releasekit_core::workspace::{EditRequest, Move};
use releasekit_core::{BackendError, Diagnostic, FileEdit, Tree, Workspace};
use releasekit_uv::UvWorkspace;

async fn edits(tree: &Arc<dyn Tree>, root: &str, moves: Vec<Move>) -> Result<Vec<FileEdit>, BackendError> {
    let packages = packages(tree, root).await;
    UvWorkspace::default().edits(&EditRequest::new(Arc::clone(tree), path(root), packages, moves)).await
}

/// A single project in, and the same with another version out.
async fn single(text: &str, from: &str, to: &str) -> Option<String> {
    let tree = tree(&[("pyproject.toml", text)]);
    let edits = edits(&tree, "", vec![moved("p", from, to)]).await.expect("it can be edited");
    texts(&edits).pop().map(|(_, text)| text)
}

#[tokio::test]
async fn only_the_version_changes_however_it_is_written() {
    let cases = [
        ("[project]\nname = \"p\"\nversion = \"1.0.0\"\n", "plain"),
        ("[project]\r\nname = \"p\"\r\nversion = \"1.0.0\"\r\n", "CRLF"),
        ("\u{feff}[project]\nname = \"p\"\nversion = \"1.0.0\"\n", "byte order mark"),
        ("[project]\nname = \"p\"\nversion = \"1.0.0\"", "no final newline"),
        ("# 1.0.0\n[project] # 1.0.0\nname = 'p'\nversion   =  '1.0.0'   # version = \"1.0.0\"\n\n\n", "comments"),
        ("project.name = \"p\"\nproject.version = \"\"\"1.0.0\"\"\"\n", "dotted keys"),
        ("project = { name = \"p\", version = '''1.0.0''' }", "inline table"),
        ("[\"project\"]\n'name' = \"p\"\n\"version\" = \"1.0.0\"\n", "quoted keys"),
        (
            "[tool.x]\nversion = \"1.0.0\"\n[project]\nname = \"p\"\nversion = \"1.0.0\"\n[tool.y]\nversion = \"1.0.0\"\n",
            "others",
        ),
        ("[project]\nversion = \"1.0.0\"\nname = \"p\"\ndescription = \"é 日本 \\u00e9\"\n\t\n", "beyond ASCII"),
    ];
    for (text, what) in cases {
        assert_eq!(single(text, "1.0.0", "1.0.0").await, None, "{what}");
        let after = single(text, "1.0.0", "2.0.0rc1").await.unwrap_or_else(|| panic!("{what}: no edit"));
        assert_eq!(after.matches("2.0.0rc1").count(), 1, "{what}");
        // Changing it back gives the very bytes.
        let tree = tree(&[("pyproject.toml", &after)]);
        assert_eq!(packages(&tree, "").await[0].version, Some(crate::common::version("2.0.0rc1")), "{what}");
        assert_eq!(single(&after, "2.0.0rc1", "1.0.0").await.as_deref(), Some(text), "{what}");
    }
}

#[tokio::test]
async fn a_version_in_another_spelling_is_the_same_version() {
    let text = "[project]\nname = \"p\"\nversion = \"1.0.0-RC.1\"\n";
    assert_eq!(single(text, "1.0.0rc1", "1.0.0rc1").await, None);
    let after = single(text, "1.0.0rc1", "1.0.0").await.expect("an edit");
    assert_eq!(after, text.replace("1.0.0-RC.1", "1.0.0"));
}

#[tokio::test]
async fn a_version_elsewhere_is_edited_there() {
    let manifest = "[project]\nname = \"p\"\ndynamic = [\"version\"]\n[build-system]\nrequires = []\n\
        build-backend = \"hatchling.build\"\n[tool.hatch.version]\npath = \"p/v.py\"\n";
    let python = "# __version__ = 'x'\r\n__version__: str = '1.0.0' # __version__\r\nother = '1.0.0'\r\n";
    let files = tree(&[("pyproject.toml", manifest), ("p/v.py", python)]);
    let after = edits(&files, "", vec![moved("p", "1.0.0", "1.1.0")]).await.expect("it can be edited");
    let expected = "# __version__ = 'x'\r\n__version__: str = '1.1.0' # __version__\r\nother = '1.0.0'\r\n";
    assert_eq!(texts(&after), [("p/v.py".to_owned(), expected.to_owned())]);

    let manifest = manifest.replace("hatchling.build", "setuptools.build_meta");
    let manifest = format!("{manifest}[tool.setuptools.dynamic]\nversion.file = \"VERSION\"\n");
    let files = tree(&[("pyproject.toml", &manifest), ("VERSION", "\n1.0.0\n")]);
    let after = edits(&files, "", vec![moved("p", "1.0.0", "1.1.0")]).await.expect("it can be edited");
    assert_eq!(texts(&after), [("VERSION".to_owned(), "\n1.1.0\n".to_owned())]);
}

/// The version of a crate is written as crates have it, where it stands and where a lockfile records it.
#[tokio::test]
async fn a_version_in_a_crate_is_edited_there_and_in_its_lockfile() {
    let manifest = "[project]\nname = \"p\"\ndynamic = [\"version\"]\n[build-system]\nrequires = [\"maturin\"]\n\
        build-backend = \"maturin\"\n";
    let own = "[package]\nname = \"p-core\"\nversion = '1.0.0' # 1.0.0\n";
    let lock = "version = 4\n\n[[package]]\nname = \"p-core\"\nversion = \"1.0.0\"\n\n[[package]]\nname = \"p-other\"\n\
        version = \"1.0.0\"\n\n[[package]]\nname = \"p-core\"\nversion = \"1.0.0\"\nsource = \"registry+x\"\n";
    let files = tree(&[("p/pyproject.toml", manifest), ("p/Cargo.toml", own), ("Cargo.lock", lock)]);
    let after = edits(&files, "p", vec![moved("p", "1.0.0", "1.1.0rc2")]).await.expect("it can be edited");
    let expected = [
        ("Cargo.lock".to_owned(), lock.replacen("1.0.0", "1.1.0-rc.2", 1)),
        ("p/Cargo.toml".to_owned(), own.replacen("1.0.0", "1.1.0-rc.2", 1)),
    ];
    assert_eq!(texts(&after), expected);

    let inherits = |name: &str| format!("[package]\nname = \"{name}\"\nversion.workspace = true\n");
    let root = "[workspace]\nmembers = [\"*\"]\n[workspace.package]\nversion = \"1.0.0\"\n";
    let (core, other) = (inherits("p-core"), inherits("p-other"));
    let files = [
        ("p/pyproject.toml", manifest),
        ("p/Cargo.toml", &core),
        ("other/Cargo.toml", &other),
        ("Cargo.toml", root),
        ("Cargo.lock", lock),
    ];
    let after = edits(&tree(&files), "p", vec![moved("p", "1.0.0", "2.0.0")]).await.expect("it can be edited");
    let expected = [
        ("Cargo.lock".to_owned(), lock.replacen("1.0.0", "2.0.0", 2)),
        ("Cargo.toml".to_owned(), root.replace("1.0.0", "2.0.0")),
    ];
    assert_eq!(texts(&after), expected);
    let refused =
        edits(&tree(&files), "p", vec![moved("p", "1.0.0", "1.0.0.post1")]).await.expect_err("no crate has it");
    assert_eq!(refused.code().as_str(), "RK-UV-MANIFEST-INVALID");
}

/// A workspace whose root is virtual, with requirements on `lib` in every table there is.
const ROOT: &str = "[tool.uv.workspace]\nmembers = [\"p/*\"]\n[tool.uv.sources]\nlib = { workspace = true }\n\
    [dependency-groups]\ndev = [\"lib>=1.0,<2\", { include-group = \"x\" }]\nx = []\n";
const LIB: &str = "[project]\nname = \"Lib\"\nversion = \"1.0.0\"\n";
const APP: &str = "\
[project]
name = \"app\"
version = \"1.0.0\"
dependencies = [ # lib>=1.0,<2
    \"requests>=2\",   # first
    'lib[x, y] >= 1.0, < 2 ; python_version >= \"3.9\"', # lib
    \"LIB ~= 1.2 ; python_version < \\\"4\\\"\",
    \"lib\", \"lib>=0.9\",
]
[project.optional-dependencies]
\"a-b\" = [\"lib==1.0.0\"]
[build-system]
requires = [\"lib (<2)\"]
[tool.uv]
dev-dependencies = ['lib<2']
";

#[tokio::test]
async fn requirements_that_the_new_version_leaves_move_and_no_others() {
    let tree = tree(&[("pyproject.toml", ROOT), ("p/app/pyproject.toml", APP), ("p/lib/pyproject.toml", LIB)]);
    let staying = edits(&tree, "", vec![moved("lib", "1.0.0", "1.0.0")]).await.expect("nothing to do");
    assert_eq!(staying, []);
    let after = edits(&tree, "", vec![moved("Lib", "1.0.0", "2.1.0")]).await.expect("it can be edited");
    let files: Vec<_> = after.iter().map(|edit| edit.path.to_string()).collect();
    assert_eq!(files, ["p/app/pyproject.toml", "p/lib/pyproject.toml", "pyproject.toml"]);
    let app = texts(&after).remove(0).1;
    let changed: Vec<_> = app.lines().zip(APP.lines()).filter(|(new, old)| new != old).map(|(new, _)| new).collect();
    assert_eq!(
        changed,
        [
            "    'lib[x, y] >= 2.1, < 3 ; python_version >= \"3.9\"', # lib",
            "    \"LIB ~= 2.1 ; python_version < \\\"4\\\"\",",
            "\"a-b\" = [\"lib==2.1.0\"]",
            "requires = [\"lib (<3)\"]",
            "dev-dependencies = ['lib<3']",
        ]
    );
    assert!(texts(&after)[2].1.contains("dev = [\"lib>=2.1,<3\", { include-group = \"x\" }]"));
    // What was written asks for nothing more.
    let written: Arc<dyn Tree> = Arc::new(Overlay::new(Arc::clone(&tree), after));
    let again = edits(&written, "", vec![moved("lib", "1.0.0", "2.1.0")]).await.expect("nothing to do");
    assert_eq!(again, []);
}

#[tokio::test]
async fn requirements_on_strangers_stay() {
    let app = "[project]\nname = \"app\"\nversion = \"1\"\ndependencies = [\"lib<2\"]\n\
        [tool.uv.sources]\nlib = { index = \"other\" }\n";
    let tree = tree(&[("pyproject.toml", ROOT), ("p/app/pyproject.toml", app), ("p/lib/pyproject.toml", LIB)]);
    let after = edits(&tree, "", vec![moved("lib", "1.0.0", "2.0.0")]).await.expect("it can be edited");
    assert!(after.iter().all(|edit| edit.path != path("p/app/pyproject.toml")));
}

#[tokio::test]
async fn faults_of_many_requirements_are_reported_together() {
    let app = "[project]\nname = \"app\"\nversion = \"1\"\ndependencies = [\"lib @ https://x.invalid/a.whl\"]\n\
        optional-dependencies.a = [\"lib @ https://x.invalid/b.whl\"]\n";
    let tree = tree(&[("pyproject.toml", ROOT), ("p/app/pyproject.toml", app), ("p/lib/pyproject.toml", LIB)]);
    let error = edits(&tree, "", vec![moved("lib", "1.0.0", "2.0.0")]).await.expect_err("URLs cannot move");
    assert_eq!(crate::common::codes(&error), ["RK-REQUIREMENT-URL"; 2]);
    assert_eq!(error.parts()[0].labels()[0].path, "p/app/pyproject.toml");
}

fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        "# [a-z \"'\\[\\]=]{0,20}",
        "[ \t]{0,3}",
        "[a-z]{1,5}x = \"[a-z0-9. ]{0,8}\"",
        "[a-z]{1,5}y = \\[ 'v1', [1-9][0-9]{0,2} \\] # end",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever stands around them, only the lines of the version and of the requirement change.
    #[test]
    fn other_lines_stay(
        before in prop::collection::vec(line(), 0..6),
        after in prop::collection::vec(line(), 0..6),
        crlf: bool, mark: bool, last: bool, quote in prop::sample::select(vec!["\"", "'"]),
    ) {
        let mut lines = vec!["[project]".to_owned(), "name = \"p\"".to_owned()];
        lines.push(format!("version = {quote}1.0.0{quote} # here"));
        lines.push(format!("dependencies = [{quote}lib[x] >=1.0, <2{quote}, 'other<2']"));
        lines.push("[tool.before]".to_owned());
        lines.extend(unique(before));
        lines.push("[tool.after]".to_owned());
        lines.extend(unique(after));
        let end = if crlf { "\r\n" } else { "\n" };
        let text = format!("{}{}{}", if mark { "\u{feff}" } else { "" }, lines.join(end), if last { end } else { "" });
        let files = tree(&[("pyproject.toml", ROOT), ("p/p/pyproject.toml", &text), ("p/lib/pyproject.toml", LIB)]);
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let moves = vec![moved("p", "1.0.0", "1.1.0"), moved("lib", "1.0.0", "2.0.0")];
        let edits = runtime.block_on(edits(&files, "", moves)).expect("it can be edited");
        let after = texts(&edits).into_iter().find(|(file, _)| file == "p/p/pyproject.toml").expect("edited").1;
        let expected = text.replacen("1.0.0", "1.1.0", 1).replacen(">=1.0, <2", ">=2.0, <3", 1);
        prop_assert_eq!(after, expected);
    }
}

/// Keys of a table may not repeat.
fn unique(lines: Vec<String>) -> Vec<String> {
    lines.into_iter().enumerate().map(|(i, line)| line.replacen(" = ", &format!("{i} = "), 1)).collect()
}

//! Pins: requirements on siblings in what is built, and nothing else.

use std::sync::Arc;

use crate::common::{packages, path, texts, tree, version};
use releasekit_core::model::PackageName;
use releasekit_core::requirements::Pin;
use releasekit_core::workspace::{EditRequest, PinRequest};
use releasekit_core::{Diagnostic, FileEdit, Workspace};
use releasekit_uv::UvWorkspace;

const ROOT: &str = "[tool.uv.workspace]\nmembers = [\"p/*\"]\n[tool.uv.sources]\nlib = { workspace = true }\n\
    btool = { workspace = true }\ninner = { workspace = true }\nlater = { workspace = true }\n";
const BUILD: &str = "[build-system]\nrequires = [\"hatchling\"]\n";
const APP: &str = "\
[project]
name = \"app\"
version = \"1.0.0\"
dependencies = [
    \"Lib[x,y]>=0.1 ; python_version<'4'\", # sibling
    'inner',
    \"requests>=2\",
    \"later\"
]
optional-dependencies.all = [\"lib (<2)\"]
[dependency-groups]
dev = [\"lib\"]
[build-system]
requires = [\"hatchling\", 'btool', \"lib>0\"]
";

fn project(name: &str) -> String {
    format!("[project]\nname = \"{name}\"\nversion = \"1.0.0\"\n{BUILD}")
}

async fn pinned(app: &str, pin: Option<Pin>) -> releasekit_core::Result<Vec<FileEdit>> {
    let inner = "[project]\nname = \"inner\"\nversion = \"1.0.0\"\ndependencies = [\"lib\"]\n";
    let names = ["lib", "btool", "later"];
    let others: Vec<_> = names.iter().map(|name| (format!("p/{name}/pyproject.toml"), project(name))).collect();
    let mut files = vec![("pyproject.toml", ROOT), ("p/app/pyproject.toml", app), ("p/inner/pyproject.toml", inner)];
    files.extend(others.iter().map(|(file, text)| (file.as_str(), text.as_str())));
    let tree = tree(&files);
    let packages = packages(&tree, "").await;
    let versions = vec![(PackageName::new("LIB"), version("1.4.0")), (PackageName::new("btool"), version("0.2"))];
    UvWorkspace::default().pins(&PinRequest::new(Arc::clone(&tree), path(""), packages, versions).with_pin(pin)).await
}

async fn changed(pin: Pin) -> Vec<String> {
    let edits = pinned(APP, Some(pin)).await.expect("it can be pinned");
    assert_eq!(edits.len(), 1, "private and other packages stay: {edits:?}");
    let text = texts(&edits).remove(0).1;
    assert_eq!(text.lines().count(), APP.lines().count());
    text.lines().zip(APP.lines()).filter(|(new, old)| new != old).map(|(new, _)| new.trim().to_owned()).collect()
}

#[tokio::test]
async fn pins_keep_extras_markers_and_quotes_and_build_requirements_are_always_exact() {
    let requires = "requires = [\"hatchling\", 'btool==0.2', \"lib==1.4.0\"]";
    let cases = [
        (Pin::Exact, "\"Lib[x,y]==1.4.0 ; python_version<'4'\", # sibling", "lib (==1.4.0)"),
        (Pin::Compatible, "\"Lib[x,y]~=1.4.0 ; python_version<'4'\", # sibling", "lib (~=1.4.0)"),
        (Pin::Minimum, "\"Lib[x,y]>=1.4.0 ; python_version<'4'\", # sibling", "lib (>=1.4.0)"),
    ];
    for (pin, runtime, optional) in cases {
        let optional = format!("optional-dependencies.all = [\"{optional}\"]");
        assert_eq!(changed(pin).await, [runtime, optional.as_str(), requires], "{pin:?}");
    }
    assert_eq!(changed(Pin::Keep).await, [requires]);
}

#[tokio::test]
async fn a_url_cannot_be_pinned() {
    let app = APP.replace("Lib[x,y]>=0.1 ;", "lib @ https://x.invalid/l.whl ;");
    let error = pinned(&app, None).await.expect_err("a URL");
    assert_eq!(error.code().as_str(), "RK-REQUIREMENT-URL");
    assert_eq!(error.labels()[0].path, "p/app/pyproject.toml");
}

#[tokio::test]
async fn what_another_project_offers_by_its_path_is_published_as_written_unless_configured() {
    let app = project("app")
        .replace("version", "dependencies = [\"lib>=1,<2\"]\nversion")
        .replace("requires = [", "requires = [\"lib\", ")
        + "[tool.uv.sources]\nlib = { path = \"../lib\" }\n";
    let tree = tree(&[("a/app/pyproject.toml", &app), ("a/lib/pyproject.toml", &project("lib"))]);
    let packages = packages(&tree, "a").await;
    let pinned = |pin| {
        let versions = vec![(PackageName::new("lib"), version("1.4.0"))];
        let (tree, packages) = (Arc::clone(&tree), packages.clone());
        async move {
            let request = PinRequest::new(tree, path("a"), packages, versions).with_pin(pin);
            texts(&UvWorkspace::default().pins(&request).await.expect("it can be pinned")).remove(0).1
        }
    };
    let by_default = pinned(None).await;
    assert!(
        by_default.contains("\"lib>=1,<2\"") && by_default.contains("requires = [\"lib==1.4.0\", "),
        "{by_default}"
    );
    assert!(pinned(Some(Pin::Exact)).await.contains("[\"lib==1.4.0\"]"));
}

#[tokio::test]
async fn a_placeholder_is_replaced_by_the_version_of_the_tag_and_never_by_a_move() {
    let text = project("app").replace("1.0.0", "0.0.0");
    let tree = tree(&[("pyproject.toml", &text)]);
    let mut packages = packages(&tree, "").await;
    packages[0].without_version();
    let versions = vec![(PackageName::new("app"), version("1.4.0"))];
    let request = PinRequest::new(Arc::clone(&tree), path(""), packages.clone(), versions);
    let pinned = UvWorkspace::default().pins(&request).await.expect("it can be pinned");
    assert_eq!(texts(&pinned)[0].1, text.replace("0.0.0", "1.4.0"));
    let moves = vec![crate::common::moved("app", "1.3.0", "1.4.0")];
    let request = EditRequest::new(tree, path(""), packages, moves);
    assert_eq!(UvWorkspace::default().edits(&request).await.expect("nothing to write"), []);
}

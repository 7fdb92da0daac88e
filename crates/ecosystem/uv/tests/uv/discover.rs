//! What package files say, as tables over trees in memory.

use std::sync::Arc;

use crate::common::{codes, discover, packages, parts, path, tree};
use releasekit_core::model::DependencyKind::{Build, Dev, Optional, Runtime};
use releasekit_core::model::RepoPath;
use releasekit_core::tree::MemoryTree;
use releasekit_core::workspace::DiscoverRequest;
use releasekit_core::{BackendError, Code, Diagnostic, ErrorKind, Tree, Workspace};
use releasekit_uv::UvWorkspace;

const ROOT: &str = "[tool.uv.workspace]\nmembers = [\"packages/*\"]\n";
const BUILD: &str = "[build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"\n";

fn project(name: &str, rest: &str) -> String {
    format!("[project]\nname = \"{name}\"\nversion = \"1.0.0\"\n{rest}\n{BUILD}")
}

#[tokio::test]
async fn a_requirement_is_internal_only_where_a_source_says_so() {
    let root =
        format!("{ROOT}[tool.uv.sources]\nBy_Root = {{ workspace = true }}\noverruled = {{ workspace = true }}\n");
    let top = project(
        "top",
        r#"dependencies = [
            "by-root[x]>=0.5 ; python_version < '4'",
            "by.member",
            "in-list",
            "pinned==1.0.0",
            "overruled",
            "stranger",
        ]
        [tool.uv.sources]
        by-member = { workspace = true }
        in-list = [{ workspace = true, marker = "sys_platform == 'linux'" }, { index = "other" }]
        overruled = { index = "other" }
        stranger = { workspace = true }"#,
    );
    let mut files = vec![("pyproject.toml", root.as_str()), ("packages/top/pyproject.toml", top.as_str())];
    let names = ["by-root", "by-member", "in-list", "pinned", "overruled"];
    let others: Vec<_> =
        names.iter().map(|name| (format!("packages/{name}/pyproject.toml"), project(name, ""))).collect();
    files.extend(others.iter().map(|(file, text)| (file.as_str(), text.as_str())));
    let all = packages(&tree(&files), "").await;
    let top = all.iter().find(|package| package.name.as_str() == "top").expect("found");
    let internal: Vec<_> = top.dependencies.iter().map(|d| (d.name.as_str(), d.requirement.as_str())).collect();
    let first = "by-root[x]>=0.5 ; python_version < '4'";
    assert_eq!(internal, [("by-root", first), ("by-member", "by.member"), ("in-list", "in-list")]);
}

#[tokio::test]
async fn every_table_of_requirements_has_its_kind() {
    let root = format!("{ROOT}[tool.uv.sources]\nlib = {{ workspace = true }}\nbtool = {{ workspace = true }}\n");
    let top = "[project]\nname = \"top\"\nversion = \"1.0.0\"\ndependencies = [\"lib\"]\n\
        optional-dependencies.fast = [\"lib[c]>=1\", \"numpy\"]\n\
        [build-system]\nrequires = [\"btool\"]\n\
        [dependency-groups]\ntest = [\"lib\", { include-group = \"lint\" }]\nlint = []\n\
        [tool.uv]\ndev-dependencies = [\"lib\"]\n";
    let (lib, btool) = (project("lib", ""), project("btool", ""));
    let tree = tree(&[
        ("pyproject.toml", root.as_str()),
        ("packages/top/pyproject.toml", top),
        ("packages/lib/pyproject.toml", lib.as_str()),
        ("packages/btool/pyproject.toml", btool.as_str()),
    ]);
    let all = packages(&tree, "").await;
    let top = all.iter().find(|package| package.name.as_str() == "top").expect("found");
    let found: Vec<_> = top.dependencies.iter().map(|d| (d.name.as_str(), d.kind, d.table.as_str())).collect();
    let expected = [
        ("lib", Runtime, "project.dependencies"),
        ("lib", Optional, "project.optional-dependencies.fast"),
        ("btool", Build, "build-system.requires"),
        ("lib", Dev, "dependency-groups.test"),
        ("lib", Dev, "tool.uv.dev-dependencies"),
    ];
    assert_eq!(found, expected);
    let published: Vec<_> = top.requirements.iter().map(|r| r.text.as_str()).collect();
    assert_eq!(published, ["lib", "lib[c]>=1 ; extra == 'fast'", "numpy ; extra == 'fast'"]);
}

#[tokio::test]
async fn a_package_on_itself_is_an_edge_unless_it_only_gathers_its_extras() {
    let body = "dependencies = [\"own>=1\"]\n[project.optional-dependencies]\nall = [\"own[a,b]\"]\na = []\nb = []\n\
        [tool.uv.sources]\nown = { workspace = true }\n";
    let tree = tree(&[("pyproject.toml", &project("own", body))]);
    let all = packages(&tree, "").await;
    assert_eq!(all[0].dependencies.len(), 1);
    assert_eq!(all[0].dependencies[0].kind, Runtime);
}

#[tokio::test]
async fn marks_of_privacy() {
    let no_build = "[project]\nname = \"a\"\nversion = \"1\"\n";
    let cases: [(String, Option<&str>); 6] = [
        (project("a", ""), None),
        (project("a", "classifiers = [\"Private :: Do Not Upload\"]"), Some("classifier `Private :: Do Not Upload`")),
        (project("a", "classifiers = [\"Private :: Anything\"]"), Some("classifier `Private :: Anything`")),
        (project("a", "[tool.uv]\npackage = false"), Some("`tool.uv.package = false`")),
        (no_build.to_owned(), Some("no `[build-system]`")),
        (format!("{no_build}[tool.uv]\npackage = true\n"), None),
    ];
    for (text, expected) in cases {
        let all = packages(&tree(&[("pyproject.toml", &text)]), "").await;
        assert_eq!(all[0].private.as_deref(), expected, "{text}");
    }
}

#[tokio::test]
async fn versions_are_read_from_the_file_that_holds_them() {
    let dynamic = |backend: &str, tool: &str| {
        format!(
            "[project]\nname = \"my-pkg\"\ndynamic = [\"version\"]\n[build-system]\nrequires = []\nbuild-backend = \
             \"{backend}\"\n{tool}\n"
        )
    };
    let setuptools =
        |body: &str| dynamic("setuptools.build_meta", &format!("[tool.setuptools.dynamic]\nversion = {body}"));
    let hatch = dynamic("hatchling.build", "[tool.hatch.version]\npath = \"src/my_pkg/about.py\"");
    let pdm = dynamic("pdm.backend", "[tool.pdm.version]\nsource = \"file\"\npath = \"my_pkg/v.py\"");
    let src = format!("{}\n[tool.setuptools.package-dir]\n\"\" = \"lib\"", setuptools("{ attr = \"my_pkg.VERSION\" }"));
    let cases: [(String, &str, &str, &str); 9] = [
        (hatch.clone(), "src/my_pkg/about.py", "#!\n__version__ = \"1.2.3\"  # x\n", "1.2.3"),
        (hatch, "src/my_pkg/about.py", "import x\r\nversion: str = '1.2.3rc1'\r\n", "1.2.3rc1"),
        (pdm, "my_pkg/v.py", "__version__ = '1.2'", "1.2"),
        (dynamic("flit_core.buildapi", ""), "src/my_pkg/__init__.py", "\"doc\"\n__version__ = '0.1'\n", "0.1"),
        (setuptools("{ attr = \"my_pkg.__version__\" }"), "src/my_pkg/__init__.py", "__version__ = '0.1'\n", "0.1"),
        (setuptools("{ attr = \"my_pkg.v.NUMBER\" }"), "my_pkg/v.py", "OTHER = '9'\nNUMBER = '0.2'\n", "0.2"),
        (setuptools("{ file = \"VERSION\" }"), "VERSION", " 1.0.dev3\n", "1.0.dev3"),
        (setuptools("{ file = [\"VERSION\"] }"), "VERSION", "1.0", "1.0"),
        (src, "lib/my_pkg.py", "VERSION = '3'\n", "3"),
    ];
    for (manifest, file, text, expected) in cases {
        let all = packages(&tree(&[("pyproject.toml", &manifest), (file, text)]), "").await;
        assert_eq!(all[0].version.as_ref().map(ToString::to_string).as_deref(), Some(expected), "{manifest}");
        assert_eq!(all[0].version_file, Some(path(file)), "{manifest}");
    }
}

#[tokio::test]
async fn a_version_that_is_left_out_is_one_error() {
    let text = "[project]\nname = \"a\"\n[build-system]\nrequires = []\nbuild-backend = \"uv_build\"\n";
    let error = discover(&tree(&[("pyproject.toml", text)]), "").await.expect_err("no version");
    assert_eq!(error.code().as_str(), "RK-UV-MANIFEST-INVALID");
    assert!(error.parts().is_empty(), "{error}");
}

/// maturin takes the version of the crate, which may be that of its workspace.
#[tokio::test]
async fn the_version_of_a_wheel_may_stand_in_its_crate() {
    let wheel = |more: &str| {
        let head = "[project]\nname = \"a\"\ndynamic = [\"version\"]\n[build-system]\nrequires = [\"maturin\"]\nbuild-backend = \"maturin\"\n";
        format!("{head}{more}")
    };
    let own = "[package]\nname = \"a\"\nversion = \"1.0.0-rc.1\"\n";
    let inherits = "[package]\nname = \"a\"\nversion.workspace = true\n";
    let root = "[workspace]\nmembers = [\"py/*\"]\n[workspace.package]\nversion = \"2.0.0\"\n";
    let named = "[tool.maturin]\nmanifest-path = \"rust/Cargo.toml\"\n";
    for (more, files, expected) in [
        ("", vec![("py/a/Cargo.toml", own)], Some(("1.0.0rc1", "py/a/Cargo.toml"))),
        (named, vec![("py/a/rust/Cargo.toml", own)], Some(("1.0.0rc1", "py/a/rust/Cargo.toml"))),
        ("", vec![("py/a/Cargo.toml", inherits), ("Cargo.toml", root)], Some(("2.0.0", "Cargo.toml"))),
        ("", vec![("py/a/Cargo.toml", inherits)], None),
        ("", vec![("py/a/Cargo.toml", "[package]\nname = \"a\"\n")], None),
        ("", vec![("py/a/Cargo.toml", "no toml")], None),
    ] {
        let manifest = wheel(more);
        let files: Vec<_> = files.into_iter().chain([("py/a/pyproject.toml", manifest.as_str())]).collect();
        let all = packages(&tree(&files), "py/a").await;
        let found = all[0].version.as_ref().zip(all[0].version_file.as_ref());
        let found = found.map(|(version, file)| (version.as_str(), file.as_str()));
        assert_eq!(found, expected, "{files:?}");
        assert!(found.is_some() || all[0].unread.as_ref().is_some_and(|unread| !unread.is_in_file), "{files:?}");
    }
}

/// A crate that is a wheel too, which maturin builds and uv would not.
#[tokio::test]
async fn a_wheel_whose_version_is_its_crates_is_not_released_by_uv_and_stops_nobody() {
    let text = "[project]\nname = \"a\"\n[build-system]\nrequires = [\"maturin\"]\nbuild-backend = \"maturin\"\n";
    let all = packages(&tree(&[("pyproject.toml", text)]), "").await;
    assert_eq!(all[0].private.as_deref(), Some("`[project]` has neither a `version` nor `dynamic = [\"version\"]`"));
    let unread = all[0].unread.as_ref().expect("nobody knows its version");
    assert_eq!(unread.code.as_str(), "RK-UV-DYNAMIC-VERSION");
    assert_eq!(&unread.place.text.as_deref().expect("the text")[unread.place.span.clone().expect("a place")], "\"a\"");
}

#[tokio::test]
async fn a_version_that_no_file_holds_stops_nobody_who_does_not_need_it() {
    let head = "[project]\nname = \"a\"\ndynamic = [\"readme\", \"version\"]\n";
    let build = |backend: &str| format!("{head}[build-system]\nrequires = []\nbuild-backend = \"{backend}\"\n");
    let cases = [
        format!("{}[tool.hatch.version]\nsource = \"env\"\n", build("hatchling.build")),
        format!("{}[tool.hatch.version]\npath = \"a.py\"\npattern = \"x\"\n", build("hatchling.build")),
        format!("{}[tool.hatch.version]\npath = \"missing.py\"\n", build("hatchling.build")),
        build("setuptools.build_meta"),
        format!("{}[tool.pdm.version]\nsource = \"call\"\n", build("pdm.backend")),
        build("maturin"),
    ];
    for text in cases {
        let all = packages(&tree(&[("pyproject.toml", &text)]), "").await;
        assert_eq!((&all[0].version, &all[0].version_file), (&None, &None), "{text}");
        let unread = all[0].unread.as_ref().expect(&text);
        assert_eq!(unread.code.as_str(), "RK-UV-DYNAMIC-VERSION", "{text}");
        assert_eq!(unread.code.kind(), ErrorKind::Unsupported);
        for way in ["`exclude`", "`release = \"none\"`", "`version_from = \"tags\"`"] {
            assert!(unread.code.help().is_some_and(|help| help.contains(way)), "{way}");
        }
        let is_read_from_file = ["pattern = ", "missing.py"].iter().any(|mark| text.contains(mark));
        assert!(unread.is_in_file || !is_read_from_file, "{text}");
        let mut said_to_be_in_tags = all[0].clone();
        said_to_be_in_tags.without_version();
        assert_eq!(said_to_be_in_tags.is_in_tags(), !unread.is_in_file, "{text}");
        let span = unread.place.span.clone().expect("a place");
        assert_eq!(&unread.place.text.as_deref().expect("the text")[span], "\"version\"");
    }
}

#[tokio::test]
async fn versions_that_stand_in_tags_only_are_no_fault() {
    let head = "[project]\nname = \"a\"\ndynamic = [\"version\"]\n";
    let build = |requires: &str, backend: &str| {
        format!("{head}[build-system]\nrequires = [{requires}]\nbuild-backend = \"{backend}\"\n")
    };
    for text in [
        format!("{}[tool.hatch.version]\nsource = \"vcs\"\n", build("\"hatch-vcs\"", "hatchling.build")),
        format!("{}[tool.hatch.version]\nsource = \"uv-dynamic-versioning\"\n", build("", "hatchling.build")),
        build("\"setuptools\", \"setuptools_scm[simple]>=8\"", "setuptools.build_meta"),
        build("\"setuptools\", \"versioningit\"", "setuptools.build_meta"),
        build("\"poetry-core\", \"poetry-dynamic-versioning>=1\"", "poetry_dynamic_versioning.backend"),
        format!("{}[tool.pdm.version]\nsource = \"scm\"\n", build("\"pdm-backend\"", "pdm.backend")),
    ] {
        let all = packages(&tree(&[("pyproject.toml", &text)]), "").await;
        assert!(all[0].version.is_none() && all[0].is_in_tags(), "{text}");
    }
}

#[tokio::test]
async fn all_faults_are_reported_together_and_in_place() {
    let root = "[tool.uv.workspace]\nmembers = [\"packages/*\", \"bad**\"]\n";
    let same = project("Same.Name", "");
    let tree = tree(&[
        ("pyproject.toml", root),
        ("packages/a/pyproject.toml", &project("same-name", "")),
        ("packages/b/pyproject.toml", &same),
        ("packages/empty/README.md", ""),
        ("packages/.hidden/README.md", ""),
        ("packages/nested/pyproject.toml", "[project]\nname = \"n\"\nversion = \"1\"\n[tool.uv.workspace]\n"),
        ("packages/none/pyproject.toml", "[tool.black]\n"),
        ("packages/requires/pyproject.toml", &project("c", "dependencies = [\"x >< 1\"]")),
        ("packages/syntax/pyproject.toml", "[project\n"),
        ("packages/type/pyproject.toml", &project("d", "dependencies = \"x\"")),
        ("packages/version/pyproject.toml", &project("e", "").replace("1.0.0", "one")),
        ("packages/without/pyproject.toml", "[project]\nname = \"f\"\n"),
    ]);
    let error = discover(&tree, "").await.expect_err("many faults");
    let mut found = codes(&error);
    found.sort();
    let mut expected = [
        vec!["RK-UV-MANIFEST-INVALID"; 5],
        vec![
            "RK-UV-MEMBER-MISSING",
            "RK-UV-NESTED-WORKSPACE",
            "RK-UV-NAME-DUPLICATE",
            "RK-REQUIREMENT-INVALID",
            "RK-VERSION-INVALID",
        ],
    ]
    .concat();
    expected.sort_unstable();
    assert_eq!(found, expected, "{:#?}", parts(&error));
    for part in error.parts() {
        let label = part.labels().into_iter().next().expect("a place");
        assert!(label.path.ends_with("pyproject.toml"), "{label:?}");
    }
    let duplicate = error.parts().into_iter().find(|part| part.code().as_str() == "RK-UV-NAME-DUPLICATE");
    let labels = duplicate.expect("found above").labels();
    assert_eq!(labels[0].path, "packages/b/pyproject.toml");
    assert_eq!(labels[1].path, "packages/a/pyproject.toml");
    assert_eq!(&labels[0].text.as_deref().expect("text")[labels[0].span.clone().expect("span")], "\"Same.Name\"");
}

#[tokio::test]
async fn a_root_must_be_one() {
    for files in [vec![], vec![("py/pyproject.toml", "[tool.black]\n")]] {
        let error = discover(&tree(&files), "py").await.expect_err("no root");
        assert_eq!(error.code().as_str(), "RK-UV-ROOT-MISSING");
        assert_eq!(error.kind(), ErrorKind::Configuration);
    }
}

#[tokio::test]
async fn what_the_user_excludes_is_not_even_read() {
    let (a, b) =
        (project("a", "dependencies = [\"b\"]\n[tool.uv.sources]\nb = { workspace = true }"), project("b", ""));
    let tree = tree(&[
        ("py/pyproject.toml", ROOT),
        ("py/packages/a/pyproject.toml", &a),
        ("py/packages/b/pyproject.toml", &b),
        ("py/packages/broken/pyproject.toml", "["),
        ("py/packages/empty/x", ""),
    ]);
    let request = DiscoverRequest::new(tree, path("py"));
    let request = request.with_exclude(vec!["py/packages/b*".to_owned(), "**/empty".to_owned()]);
    let all = UvWorkspace::default().discover(&request).await.expect("faults are excluded").packages;
    assert_eq!(all.iter().map(|p| p.path.to_string()).collect::<Vec<_>>(), ["py/packages/a"]);
    assert!(all[0].dependencies.is_empty(), "an excluded package is no sibling");
}

#[tokio::test]
async fn a_byte_order_mark_and_crlf_are_no_obstacle_and_other_bytes_are() {
    let text = format!("\u{feff}{}", project("a", "").replace('\n', "\r\n"));
    let all = packages(&tree(&[("pyproject.toml", &text)]), "").await;
    assert_eq!(all[0].name.as_str(), "a");
    let bytes =
        releasekit_core::tree::MemoryTree::new([(path("pyproject.toml"), b"[project]\nname = \"\xff\"".to_vec())]);
    let tree: std::sync::Arc<dyn releasekit_core::Tree> = std::sync::Arc::new(bytes);
    let error = discover(&tree, "").await.expect_err("not UTF-8");
    assert_eq!(error.code().as_str(), "RK-UV-MANIFEST-INVALID");
}

/// A tree in which a path leads out.
#[derive(Debug)]
struct Linked {
    files: MemoryTree,
    link: &'static str,
    leads_out: bool,
}

impl Tree for Linked {
    fn read(&self, file: &RepoPath) -> Result<Option<Vec<u8>>, BackendError> {
        if !file.starts_with(&path(self.link)) {
            return self.files.read(file);
        }
        let message = format!("`{}` is a link that leads out", self.link);
        let refused = BackendError::new(Code::new("RK-TEST-LINK", ErrorKind::Precondition), message);
        if self.leads_out { Err(refused) } else { Ok(None) }
    }

    fn files(&self) -> Result<Arc<[RepoPath]>, BackendError> {
        let mut files: Vec<_> = self.files.files()?.iter().cloned().chain([path(self.link)]).collect();
        files.sort();
        Ok(files.into())
    }

    fn links(&self) -> Result<Arc<[RepoPath]>, BackendError> {
        Ok(Arc::new([path(self.link)]))
    }
}

#[tokio::test]
async fn a_link_in_the_place_of_a_package_is_named_and_never_passed_over() {
    let hatch = project("a", "").replace("version = \"1.0.0\"", "dynamic = [\"version\"]")
        + "[tool.hatch.version]\npath = \"about.py\"\n";
    let links = ["packages/b/pyproject.toml", "packages/b", "pyproject.toml", "packages/a/about.py"];
    for (link, leads_out) in links.into_iter().flat_map(|link| [(link, true), (link, false)]) {
        let all = [
            ("pyproject.toml", ROOT),
            ("packages/a/pyproject.toml", hatch.as_str()),
            ("packages/a/about.py", "__version__ = \"1\""),
        ];
        let files =
            MemoryTree::new(all.iter().filter(|(file, _)| *file != link).map(|(file, text)| (path(file), *text)));
        let tree: Arc<dyn Tree> = Arc::new(Linked { files, link, leads_out });
        let found = discover(&tree, "").await;
        // A folder that is a link inside of the repository is met where it lies.
        if link == "packages/b" && !leads_out {
            assert_eq!(found.expect("one package").len(), 1);
            continue;
        }
        // A version that is not there stops nobody who does not need it.
        if link == "packages/a/about.py" && !leads_out {
            assert!(found.expect("one package")[0].unread.is_some());
            continue;
        }
        let error = found.expect_err(link);
        let expected = if leads_out { format!("`{link}` is a link that leads out") } else { String::new() };
        assert!(error.to_string().contains(&expected), "{link}: {error}");
    }
}

#[tokio::test]
async fn a_list_of_globs_has_an_end() {
    let globs: String = (0..20_000).map(|number| format!("\"p{number}/*\",")).collect();
    let root = format!("[tool.uv.workspace]\nmembers = [{globs}]\n");
    let error = discover(&tree(&[("pyproject.toml", root.as_str())]), "").await.expect_err("too many");
    assert!(error.to_string().contains("a list of 20000 globs is too long, 10000 are the most"), "{error}");
}

/// A version that code of a package says too goes stale, unless the package takes its own from there.
#[tokio::test]
async fn modules_that_repeat_the_version_are_noted() {
    let root = project("top", "[tool.uv.workspace]\nmembers = [\"src/*\"]\n");
    let of = |name: &str| project(name, "");
    let dynamic = format!(
        "[project]\nname = \"d\"\ndynamic = [\"version\"]\n[tool.hatch.version]\npath = \"d/version.py\"\n{BUILD}"
    );
    let private = project("p", "classifiers = [\"Private :: Do Not Upload\"]");
    let says = "__version__ = \"1.0.0\"\n";
    let (my, other) = (of("My-Pkg"), of("other"));
    let all = packages(
        &tree(&[
            ("pyproject.toml", root.as_str()),
            ("src/my/pyproject.toml", my.as_str()),
            ("src/my/my_pkg/__init__.py", "import x\n__version__ = '1.0.0'  # x-release-please-version\n"),
            ("src/my/my_pkg/deep/er/_version.py", "VERSION: str = \"1.0.0\""),
            ("src/my/my_pkg/deep/__init__.py", says),
            ("src/my/docs/version.py", says),
            ("src/other/pyproject.toml", other.as_str()),
            ("src/other/src/other/__about__.py", "__version__ = \"0.9\"\n"),
            ("src/other/src/ns/other/version.py", says),
            ("src/d/pyproject.toml", dynamic.as_str()),
            ("src/d/d/version.py", says),
            ("src/p/pyproject.toml", private.as_str()),
            ("src/p/src/p/version.py", says),
        ]),
        "",
    )
    .await;
    let noted: Vec<(&str, Vec<&str>)> =
        all.iter().map(|it| (it.name.as_str(), it.repeated_in.iter().map(RepoPath::as_str).collect())).collect();
    let expected = [
        ("top", vec![]),
        ("d", vec![]),
        ("My-Pkg", vec!["src/my/my_pkg/__init__.py", "src/my/my_pkg/deep/er/_version.py"]),
        ("other", vec!["src/other/src/ns/other/version.py"]),
        ("p", vec![]),
    ];
    assert_eq!(noted, expected);
}

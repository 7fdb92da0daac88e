//! What becomes of files in which versions stand, and what is refused.

use releasekit_core::model::{EcosystemLabel, Package, PackageId, PackageName};
use releasekit_core::policy::{PackagePolicy, Participation};
use releasekit_core::tree::MemoryTree;
use releasekit_core::{Diagnostic, VersionScheme};
use releasekit_formats::python::Pep440;
use releasekit_formats::semver::SemVer;

use super::*;

fn path(text: &str) -> RepoPath {
    RepoPath::new(text).expect("a legal path")
}

/// A package in a folder of its name, and its files, `PATH` or `PATH SEARCH`.
fn member(name: &str, files: &[&str]) -> Member {
    let file = |text: &&str| match text.split_once(' ') {
        Some((path, search)) => ExtraFile { path: path.to_owned(), search: Some(search.to_owned()) },
        None => ExtraFile { path: (*text).to_owned(), search: None },
    };
    let manifest = path(&format!("{name}/pyproject.toml"));
    Member {
        id: PackageId::new(EcosystemLabel::new("py"), PackageName::new(name)),
        workspace: 0,
        package: Package::new(PackageName::new(name), path(name), manifest),
        policy: PackagePolicy { extra_files: files.iter().map(file).collect(), ..PackagePolicy::default() },
        release: Participation::Publish,
        depends_on: Vec::new(),
    }
}

/// What becomes of one file of a package that moves from one version to another: its text, or code, message and bytes.
fn moved(scheme: &dyn VersionScheme, (from, to): (&str, &str), search: Option<&str>, text: &str) -> String {
    let listed = search.map_or_else(|| "file".to_owned(), |search| format!("file {search}"));
    let member = member("core", &[&listed]);
    let parse = |text: &str| scheme.parse(text).expect("a legal version");
    let (from, to) = (parse(from), parse(to));
    let tree = MemoryTree::new([(path("core/file"), text)]);
    match edits(&tree, [Step { member: &member, scheme, from: &from, to: &to }]) {
        Ok(edits) => {
            let [edit] = edits.as_slice() else { panic!("one file, one edit: {edits:?}") };
            String::from_utf8(edit.content.clone().expect("it is written")).expect("text")
        }
        Err(error) => {
            let label = error.labels().pop().expect("a place");
            let at = label.span.map_or("", |span| &text[span]);
            format!("{} {error} @ {at}", error.code())
        }
    }
}

fn python(search: Option<&str>, text: &str) -> String {
    moved(&Pep440, ("1.2.3", "1.3.0"), search, text)
}

#[test]
fn the_only_version_of_a_file_moves_and_no_other_byte() {
    for text in [
        "__version__ = \"@\"\n",
        "\u{feff}__version__ = '@'\r\n# Gr\u{fc}\u{df}e",
        "<project><version>@</version><dependency>1.2.30</dependency></project>",
        "{\"version\": \"@\", \"of\": \"0.1.2.3\", \"other\": \"1.2.3rc1\"}",
        "See v@.",
        "acme-@.tar.gz",
        "@",
    ] {
        let (before, after) = (text.replace('@', "1.2.3"), text.replace('@', "1.3.0"));
        assert_eq!(python(None, &before), after);
    }
}

#[test]
fn marked_lines_move_and_others_stay() {
    for text in [
        "a = \"1.2.3\"\nb = \"@\"  # {x-release-please-version}\n",
        "a = \"1.2.3\"\r\nb = \"@\" # x-releasekit-version\r\nc = \"@ and @\" # x-releasekit-version",
        "1.2.3\n<!-- x-release-please-start-version -->\nacme==@ other==1.2.4\n@\n<!-- x-release-please-end -->\n1.2.3",
        "1.2.3 <!-- x-releasekit-start-version -->\n@\n",
        "# x-releasekit-start-version\n@\n# x-releasekit-start-version\n@\n# x-releasekit-end\n1.2.3\n",
    ] {
        let (before, after) = (text.replace('@', "1.2.3"), text.replace('@', "1.3.0"));
        assert_eq!(python(None, &before), after);
    }
}

#[test]
fn every_place_that_is_searched_for_moves() {
    for (search, text) in [
        ("acme=={version}", "pip install acme==@\nacme==@\nother==1.2.3 acme==1.2.30 acme==1.2.3.4\n"),
        ("\"version\": \"{version}\"", "{\"version\": \"@\", \"x\": \"1.2.3\"} // x-release-please-date"),
        ("{version}", "@ 1.2.30 v@ x1.2.3 @-py3-none-any.whl 1.2.3.dev4"),
        ("acme-{version}-linux", "acme-@-linux 1.2.3"),
    ] {
        let (before, after) = (text.replace('@', "1.2.3"), text.replace('@', "1.3.0"));
        assert_eq!(python(Some(search), &before), after);
    }
}

#[test]
fn a_file_with_many_places_or_one_endless_line_is_done_at_once() {
    let before = "core==1.2.3;\n".repeat(200_000);
    assert_eq!(python(Some("=={version};"), &before), before.replace("1.2.3", "1.3.0"));
    let endless = "-1.2.3".repeat(200_000);
    let after = python(Some("{version}"), &format!("{endless}\n1.2.3"));
    assert!(after.starts_with(&endless[..1_000_000]) && after.ends_with("\n1.3.0"));
}

#[test]
fn a_version_is_read_by_the_scheme_of_its_package() {
    let semver = |text| moved(&SemVer, ("1.0.0-rc.1", "1.0.0"), None, text);
    assert_eq!(semver("v1.0.0-rc.1 1.0.0-rc.10"), "v1.0.0 1.0.0-rc.10");
    assert_eq!(moved(&SemVer, ("1.0.0", "1.1.0"), None, "1.0.0-rc.1 is before 1.0.0."), "1.0.0-rc.1 is before 1.1.0.");
    assert_eq!(moved(&Pep440, ("1!2.0", "1!2.1"), None, "__version__ = '1!2.0'"), "__version__ = '1!2.1'");
}

#[test]
fn what_does_not_hold_the_version_is_refused_with_its_place() {
    for (search, text, said) in [
        (None, "x = 1.2.4\n", "RK-EXTRA-FILE-VERSION `core/file` does not hold `1.2.3`, the version of `py:core` @ "),
        (
            Some("acme=={version}"),
            "acme>=1.2.3",
            "RK-EXTRA-FILE-VERSION `core/file` does not hold `acme==1.2.3`, the version of `py:core` @ ",
        ),
        (
            Some("acme=={version}"),
            "acme==1.2.4rc1 # old",
            "RK-EXTRA-FILE-VERSION `core/file` says 1.2.4rc1 where `py:core` is at 1.2.3 @ 1.2.4rc1",
        ),
        (
            Some("v = '{version}'"),
            "v = '1.1.0'",
            "RK-EXTRA-FILE-VERSION `core/file` says 1.1.0 where `py:core` is at 1.2.3 @ 1.1.0",
        ),
        (
            None,
            "1.2.3\nv = '1.2.2' # x-release-please-version",
            "RK-EXTRA-FILE-VERSION `core/file` says 1.2.2 where `py:core` is at 1.2.3 @ 1.2.2",
        ),
        (
            None,
            "# x-releasekit-version\n1.2.3",
            "RK-EXTRA-FILE-VERSION `core/file` marks lines for the version of `py:core` that do not hold 1.2.3 @ # x-releasekit-version",
        ),
        (
            None,
            "a 1.2.3\nb\nc 1.2.3\n",
            "RK-EXTRA-FILE-UNCLEAR `core/file` holds 1.2.3 in several places, and which are of `py:core` is not said: lines 1, 3 @ 1.2.3",
        ),
        (
            None,
            "1 # x-release-please-major\n1.2.3 # x-release-please-version",
            "RK-EXTRA-FILE-UNCLEAR `core/file` has a mark that is not read @ 1 # x-release-please-major",
        ),
    ] {
        assert_eq!(python(search, text), said);
    }
}

#[test]
fn files_of_several_packages_are_edited_together_and_faults_reported_so() {
    let (core, web) =
        (member("core", &["../README.md core=={version}"]), member("web", &["../README.md web=={version}"]));
    let parse = |text: &str| Pep440.parse(text).expect("a legal version");
    let versions = [parse("1.0"), parse("1.1"), parse("1.2")];
    let steps = |core, web| {
        let step = |member, from, to| Step { member, scheme: &Pep440, from: &versions[from], to: &versions[to] };
        [step(core, 0, 1), step(web, 1, 2)]
    };
    let tree = |text: &str| MemoryTree::new([(path("README.md"), text.to_owned())]);
    let found = edits(&tree("core==1.0 web==1.1"), steps(&core, &web)).expect("both are there");
    assert_eq!(found, [FileEdit::write(path("README.md"), "core==1.1 web==1.2")]);
    let error = edits(&tree("nothing"), steps(&core, &web)).expect_err("neither is there");
    assert_eq!(error.parts().len(), 2, "{error}");
    let (core, web) = (member("core", &["../README.md", "gone.py"]), member("web", &["../README.md"]));
    let step = |member, to: usize| Step { member, scheme: &Pep440, from: &versions[0], to: &versions[to] };
    let error = edits(&tree("1.0"), [step(&core, 1), step(&web, 2)]).expect_err("one place, two versions");
    let codes: Vec<&str> = error.parts().iter().map(|part| part.code().as_str()).collect();
    assert_eq!(codes, ["RK-EXTRA-FILE-MISSING", "RK-EXTRA-FILE-UNCLEAR"]);
    let core = member("core", &["../README.md"]);
    assert!(edits(&tree("1.0"), [step(&core, 1), step(&web, 1)]).is_ok(), "one place, one version");
}

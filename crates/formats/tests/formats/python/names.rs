//! Names of packages and files.

use releasekit_formats::python::name::{FileName, SdistName, WheelName, escape, is_legal, normalize};

use crate::code;

#[test]
fn names_are_normalised_and_escaped() {
    let table = [
        ("Genkit", "genkit", "genkit"),
        ("genkit_plugin.Core", "genkit-plugin-core", "genkit_plugin_core"),
        ("a-_.-b", "a-b", "a_b"),
        ("A1", "a1", "a1"),
    ];
    for (name, normal, escaped) in table {
        assert_eq!(normalize(name), normal, "{name}");
        assert_eq!(escape(name), escaped, "{name}");
    }
    assert!(["a", "A.b-c_1"].into_iter().all(is_legal));
    assert!(!["", "-a", "a-", "a b", "ä", "a/b"].into_iter().any(is_legal));
}

#[test]
fn wheel_names_are_read() {
    let wheel = WheelName::parse("genkit_core-0.6.0-py3-none-any.whl").expect("legal");
    assert_eq!((wheel.name.as_str(), wheel.version.as_str()), ("genkit-core", "0.6.0"));
    assert_eq!((wheel.build, wheel.platform.as_str()), (None, "any"));

    let wheel =
        WheelName::parse("Foo.Bar-1.0.0_rc.1-2local-cp311.cp312-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl");
    let wheel = wheel.expect("legal");
    assert_eq!((wheel.name.as_str(), wheel.version.as_str()), ("foo-bar", "1.0.0rc1"));
    assert_eq!(wheel.build.as_deref(), Some("2local"));
    assert_eq!((wheel.python.as_str(), wheel.abi.as_str()), ("cp311.cp312", "abi3"));
    assert_eq!(wheel.platform, "manylinux_2_17_x86_64.manylinux2014_x86_64");
}

#[test]
fn what_is_no_wheel_name_is_refused() {
    let names = [
        "foo-1.0.whl",
        "foo-1.0-py3-none-any.zip",
        "foo-x.y-py3-none-any.whl",
        "foo-1.0-local-py3-none-any.whl",
        "-1.0-py3-none-any.whl",
        "foo-1.0-py3--any.whl",
        "foo-1.0-py3-none-a/b.whl",
        "foo- 1.0-py3-none-any.whl",
        "a-b-1.0-1-py3-none-any.whl",
    ];
    for name in names {
        assert_eq!(code(WheelName::parse(name)), "RK-ARTIFACT-NAME", "{name}");
    }
}

#[test]
fn sdist_names_are_read() {
    let table = [
        ("genkit_core-0.6.0.tar.gz", None, "genkit-core", "0.6.0"),
        ("a-b-1.0.tar.gz", None, "a-b", "1.0"),
        ("a-b-1.0.tar.gz", Some("a_b"), "a-b", "1.0"),
        ("a-b-1.0-1.tar.gz", Some("a.b"), "a-b", "1.0.post1"),
        ("a-1-2.0.tar.gz", Some("a-1"), "a-1", "2.0"),
        ("a-1-2.0.tar.gz", None, "a-1", "2.0"),
        ("foo-1.0.0-rc.1.zip", Some("Foo"), "foo", "1.0.0rc1"),
        ("foo-1.0.0.dev3.tgz", None, "foo", "1.0.0.dev3"),
    ];
    for (file, expected, name, version) in table {
        let sdist = SdistName::parse(file, expected).expect(file);
        assert_eq!((sdist.name.as_str(), sdist.version.as_str()), (name, version), "{file}");
    }
    assert_eq!(SdistName::parse("a-b-1.0.tar.gz", None).expect("legal").stem, "a-b-1.0");
}

#[test]
fn what_is_no_sdist_name_is_refused() {
    let names =
        [("foo.tar.gz", None), ("foo-1.0.exe", None), ("foo-bar.tar.gz", None), ("foo-1.0.tar.gz", Some("bar"))];
    for (name, expected) in names {
        assert_eq!(code(SdistName::parse(name, expected)), "RK-ARTIFACT-NAME", "{name}");
    }
}

#[test]
fn other_files_are_told_from_artifacts() {
    for name in ["README.md", "foo-1.0.tar.gz.asc", "SHA256SUMS", "foo.whl.metadata"] {
        assert_eq!(FileName::parse(name, None).expect(name), None, "{name}");
    }
    let sdist = FileName::parse("foo-1.0.tar.gz", None).expect("legal").expect("an artifact");
    assert_eq!((sdist.name(), sdist.version().as_str()), ("foo", "1.0"));
    let wheel = FileName::parse("foo-1.0-py3-none-any.whl", None).expect("legal").expect("an artifact");
    assert_eq!((wheel.name(), wheel.version().as_str()), ("foo", "1.0"));
    assert_eq!(code(FileName::parse("foo.whl", None)), "RK-ARTIFACT-NAME");
}

//! Python requirements: normal form and parts.

use releasekit_formats::python::requirement::{Parts, parse, parse_in_extra};

use crate::code;

#[test]
fn what_means_the_same_has_one_text() {
    let table: &[(&str, &[&str])] = &[
        ("core-lib==0.6.0", &["core-lib==0.6.0", "Core.Lib (==0.6.0)", "core_lib == 0.6.0", " core-lib  ==0.6.0 "]),
        ("core-lib[a,b-c]", &["core-lib[a,b_c]", "core-lib [B.C, a, a]", "core-lib[b-c,a]"]),
        ("core-lib", &["core-lib", "Core_Lib[]", "core-lib()"]),
        ("core-lib<1,>=0.5", &["core-lib>=0.5,<1", "core-lib <1 , >= 0.5", "core-lib (<1,>=0.5,<1)"]),
        ("core-lib==1.0.0rc1", &["core-lib==1.0.0-rc.1", "core-lib==1.0.0rc1", "core-lib==v1.0.0-c1"]),
        ("core-lib==1.*", &["core-lib == 1.*"]),
        (
            "core-lib ; python_full_version >= '3.10'",
            &[
                "core-lib ; python_version >= '3.10'",
                "core-lib; python_version>=\"3.10\"",
                "core-lib ; python_full_version >= '3.10'",
                "core-lib ; (python_version >= '3.10')",
                "core-lib ; python_version > '3.9'",
                "core-lib ; '3.10' <= python_version",
            ],
        ),
        (
            "core-lib==0.6.0 ; os_name == 'nt' and extra == 'my-extra'",
            &[
                "core-lib==0.6.0 ; os_name == 'nt' and extra == 'my-extra'",
                "core-lib (==0.6.0) ; extra == \"My_Extra\" and (os_name==\"nt\")",
            ],
        ),
        (
            "core-lib @ https://example.com/a.whl",
            &["core-lib @ https://example.com/a.whl", "core.lib@https://example.com/a.whl"],
        ),
    ];
    for (expected, spellings) in table {
        for spelling in *spellings {
            let requirement = parse(spelling).unwrap_or_else(|error| panic!("{spelling}: {error}"));
            assert_eq!(requirement.text, *expected, "{spelling}");
            assert_eq!(requirement.name, "core-lib", "{spelling}");
        }
    }
}

#[test]
fn what_means_something_else_has_another_text() {
    let different = [
        "core-lib",
        "core-lib[x]",
        "core-lib==0.6.0",
        "core-lib==0.6.1",
        "core-lib>=0.6.0",
        "core-lib~=0.6.0",
        "core-lib~=0.6",
        "core-lib==0.6.*",
        "core-lib ; python_version >= '3.10'",
        "core-lib ; python_version >= '3.11'",
        "core-lib ; extra == 'x'",
        "core-lib ; extra != 'x'",
        "core-lib ; os_name == 'nt' or extra == 'x'",
        "core-lib ; os_name == 'nt' and extra == 'x'",
        "core-lib ; python_version == 'nt'",
        "core-lib ; python_version == 'posix'",
    ];
    let mut texts: Vec<_> = different.iter().map(|text| parse(text).expect(text).text).collect();
    texts.sort();
    texts.dedup();
    assert_eq!(texts.len(), different.len(), "{texts:#?}");
}

#[test]
fn markers_that_cannot_be_normalised_are_kept_as_written() {
    let requirement = parse("core-lib ;  ( python_version   == 'nt')").expect("legal");
    assert_eq!(requirement.text, "core-lib ; (python_version == \"nt\")");
    let requirement = parse_in_extra("core-lib ; python_version=='nt'", "X").expect("legal");
    assert_eq!(requirement.text, "core-lib ; (python_version == \"nt\") and extra == 'x'");

    // Each further pair would double the normal form.
    let pairs: Vec<_> = (0..60).map(|n| format!("(extra == 'a{n}' or extra == 'b{n}')")).collect();
    let requirement = parse(&format!("core-lib ; {}", pairs.join(" and "))).expect("legal");
    assert!(requirement.text.ends_with("(extra == \"a59\" or extra == \"b59\")"), "{}", requirement.text);
}

#[test]
fn an_extra_adds_itself_to_the_marker() {
    let table = [
        ("core-lib>=1", "core-lib>=1 ; extra == 'my-extra'"),
        ("core-lib>=1 ; os_name == 'nt'", "core-lib>=1 ; os_name == 'nt' and extra == 'my-extra'"),
        (
            "core-lib ; os_name == 'nt' or os_name == 'posix'",
            "core-lib ; (os_name == 'nt' or os_name == 'posix') and extra == 'my-extra'",
        ),
    ];
    for (text, published) in table {
        assert_eq!(parse_in_extra(text, "My_Extra").expect(text), parse(published).expect(published), "{text}");
    }
}

#[test]
fn what_is_no_requirement_is_refused_and_quoted() {
    let texts = [
        "",
        "==1.0",
        "core-",
        "- >=1",
        "core- >=1",
        "core lib",
        "core[x",
        "core[x-]",
        "core[,]",
        "core(>=1",
        "core>=1)",
        "core>=1.0.*",
        "core~=1",
        "core==",
        "core @",
        "core ;",
        "core ; os_name",
        "core ; os_name == 'nt' and",
        "core ; (os_name == 'nt'",
        "core>=1 garbage",
        "core ; os_name ~= 'nt'",
        "core ; 'nt' ~= os_name",
        "core ; '3.8' ~= python_version",
        "core ; os_name == 'nt",
        "cöre",
        "core ; os_name == 'ö'",
    ];
    for text in texts {
        assert_eq!(code(parse(text)), "RK-REQUIREMENT-INVALID", "{text}");
        assert!(parse(text).expect_err("refused").to_string().starts_with(&format!("`{text}` ")), "{text}");
    }
}

#[test]
fn an_extra_has_a_legal_name() {
    for extra in ["", "x'", "-x"] {
        assert_eq!(code(parse_in_extra("core", extra)), "RK-REQUIREMENT-INVALID", "{extra}");
    }
}

#[test]
fn markers_that_are_meant_to_harm_are_refused() {
    let deep = format!("core ; {}os_name == 'nt'{}", "(".repeat(100_000), ")".repeat(100_000));
    assert_eq!(code(parse(&deep)), "RK-REQUIREMENT-INVALID");
    let nested = format!("core ; {}os_name == 'nt'{}", "(".repeat(60), ")".repeat(60));
    assert_eq!(code(parse(&nested)), "RK-REQUIREMENT-INVALID");
}

#[test]
fn parts_are_as_written() {
    let parts = Parts::parse("Gen.Kit [ x , Y ] ( >= 0.5 , <1 ) ; os_name == 'nt' ").expect("legal");
    assert_eq!(parts.name(), Some("Gen.Kit"));
    assert_eq!(parts.extras(), ["x", "Y"]);
    assert_eq!(parts.clauses().len(), 2);
    assert_eq!(parts.marker(), Some("os_name == 'nt'"));
    assert_eq!(parts.url(), None);
    let parts = Parts::parse("genkit @ file:///a/b;c ; os_name == 'nt'").expect("legal");
    assert_eq!((parts.url(), parts.marker()), (Some("file:///a/b;c"), Some("os_name == 'nt'")));
    assert_eq!(Parts::parse(">=1,").expect("legal").name(), None);
}

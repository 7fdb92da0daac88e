//! PEP 508: what requirements admit, how they move and how they are pinned.

use releasekit_core::requirements::{Pin, Requirements};
use releasekit_formats::python::{Pep440, Pep508};

use crate::{code, version};

#[test]
fn requirements_admit_versions() {
    let table = [
        ("genkit", "1.0.0rc1", true),
        ("genkit ; python_version > '3.9'", "0.1", true),
        ("", "1.0", true),
        (">=0.5,<1", "0.9.9", true),
        (">=0.5,<1", "1.0.0", false),
        (">=0.5,<1", "1.0.0rc1", false),
        ("genkit[x]>=0.5,<1 ; python_version > \"3.9\"", "0.6.0", true),
        ("genkit>=1.0.0rc1", "1.0.0rc1", true),
        ("genkit>=1.0.0rc1", "1.0.0rc2", true),
        ("genkit>=1.0.0rc1", "1.0.0", true),
        ("genkit>=0.5", "1.0.0rc1", true),
        ("genkit>=1.0.0", "1.0.0rc1", false),
        ("genkit (==0.6.0)", "0.6.0", true),
        ("==0.6", "0.6.0", true),
        ("==0.6.0", "0.6.0rc1", false),
        ("==0.6.*", "0.6.1rc1", true),
        ("==1.1.*", "1", false),
        ("!=1.1.*", "1", true),
        ("==1.0.*", "1", true),
        ("~=0.5", "0.9", true),
        ("~=0.5.0", "0.6", false),
        ("<1.0rc1", "1.0b1", true),
        ("<1.0rc1", "1.0rc1", false),
        ("<1.0", "1.0b1", false),
        (">1.0", "1.0.post1", false),
        ("!=1.0", "1.0.0", false),
        ("===1.0.0", "1.0.0", true),
        ("===1.0", "1.0.0", false),
        ("==1.0", "1.0+local", true),
        ("==1.0+a", "1.0+b", false),
        (">=1!0", "5.0", false),
    ];
    for (requirement, text, expected) in table {
        let found = Pep508.satisfies(requirement, &version(&Pep440, text)).expect(requirement);
        assert_eq!(found, expected, "{requirement} and {text}");
    }
}

#[test]
fn what_is_no_requirement_is_refused() {
    let one = version(&Pep440, "1.0");
    for text in ["genkit>=", "genkit>=1.x", "genkit 1.0", "genkit[", "genkit ; nonsense", "-genkit", "genkit>=1,,<2"] {
        assert_eq!(code(Pep508.satisfies(text, &one)), "RK-REQUIREMENT-INVALID", "{text}");
        assert_eq!(code(Pep508.rewrite(text, &one)), "RK-REQUIREMENT-INVALID", "{text}");
    }
    let url = "genkit @ https://example.com/genkit-1.0.tar.gz ; python_version > '3.9'";
    assert_eq!(code(Pep508.satisfies(url, &one)), "RK-REQUIREMENT-URL");
    assert_eq!(code(Pep508.rewrite(url, &one)), "RK-REQUIREMENT-URL");
    assert_eq!(code(Pep508.pin(url, &one, Pin::Exact)), "RK-REQUIREMENT-URL");
}

#[test]
fn requirements_are_rewritten_by_the_least_change() {
    let table = [
        // What admits the version stays, byte for byte.
        ("genkit >= 0.5 , < 1", "0.9.0", "genkit >= 0.5 , < 1"),
        ("genkit", "9.0", "genkit"),
        ("~=0.5", "0.6.0", "~=0.5"),
        // Equality takes the version.
        ("==0.5.0", "0.6.0", "==0.6.0"),
        ("== 0.5", "0.6.1", "== 0.6.1"),
        ("===0.5.0", "0.6.0", "===0.6.0"),
        ("genkit[x]==0.5.0 ; python_version > '3.9'", "1.0.0rc1", "genkit[x]==1.0.0rc1 ; python_version > '3.9'"),
        ("==0.5.*", "0.6.1", "==0.6.*"),
        ("==0.*", "1.2.3", "==1.*"),
        ("==0.5.1.*", "1.2", "==1.2.0.*"),
        // Compatible keeps its precision.
        ("~=0.5", "1.2.3", "~=1.2"),
        ("~=0.5.0", "0.6.1", "~=0.6.1"),
        ("~=0.5.3", "0.6.0a1", "~=0.6.0a1"),
        ("~=0.5", "1.2.0rc1", "~=1.2rc1"),
        ("~=0.5", "1.2.3rc1", "~=1.2"),
        ("~= 1.4.0.0", "1.5", "~= 1.5.0.0"),
        // A range moves as a whole and keeps its width.
        (">=0.1.0,<0.2.0", "0.2.0", ">=0.2.0,<0.3.0"),
        (">=0.5,<0.6", "0.6.0", ">=0.6,<0.7"),
        (">=0.5, <1", "1.2.0", ">=1.2, <2"),
        (">=0.5,<1.0", "1.0.0", ">=1.0,<2.0"),
        (">=0.5.0,<1.0.0", "1.0.0", ">=1.0.0,<2.0.0"),
        (">=0.3,<0.5", "0.5.2", ">=0.5,<0.7"),
        (">=1,<1.5", "1.5.3", ">=1.5,<1.10"),
        ("> 0.3, < 0.5", "0.6.0", ">= 0.6, < 0.8"),
        (">=0.5,<1", "1.0.0a1", ">=1.0.0a1,<2"),
        ("<2,>=1,!=1.3", "2.1.0", "<3,>=2,!=1.3"),
        // Upper bounds alone move to the next of their width.
        ("<0.6.0", "0.8.3", "<0.9.0"),
        ("<0.5.10", "0.6.0", "<0.6.1"),
        ("<1", "1.0.0a1", "<2"),
        ("<2.0.dev0", "2.0.0", "<3.0"),
        ("<1", "1!0.3", "<1!1"),
        ("<=0.5.9", "0.6.0", "<=0.6.0"),
        ("genkit<=0.5.9,>=0.5", "0.6.0", "genkit<=0.6.9,>=0.6.0"),
        // Exclusions of the version go.
        (">=0.5,!=0.6.0,<1", "0.6.0", ">=0.5,<1"),
        ("!=0.6.0, <1", "0.6.0", "<1"),
        ("!=0.6.0, !=0.6.*, >=0.5", "0.6.0", ">=0.5"),
        (">=0.5, !=0.6.0", "0.6.0", ">=0.5"),
        ("genkit !=0.6.0 ; os_name == 'nt'", "0.6.0", "genkit ; os_name == 'nt'"),
        ("genkit[x](!=0.6.0)", "0.6.0", "genkit[x]"),
        ("genkit!=0.6.0,", "0.6.0", "genkit"),
        ("!=0.6.0", "0.6.0", ""),
        // Parentheses, spaces and marker stay.
        (
            "Gen.Kit [ x , y ] ( >=0.5 , <0.6 ) ;os_name=='nt'",
            "0.6.0",
            "Gen.Kit [ x , y ] ( >=0.6 , <0.7 ) ;os_name=='nt'",
        ),
        // A local version counts in equality alone.
        ("==1.0", "1.1+cu12", "==1.1+cu12"),
        ("~=1.0.0", "1.1.0+cu12", "~=1.1.0"),
    ];
    for (requirement, text, expected) in table {
        let target = version(&Pep440, text);
        let rewritten = Pep508.rewrite(requirement, &target).expect(requirement);
        assert_eq!(rewritten, expected, "{requirement} to {text}");
        assert!(Pep508.satisfies(&rewritten, &target).expect("legal"), "{rewritten} does not admit {text}");
    }
}

#[test]
fn what_lies_above_a_version_is_never_lowered() {
    for text in [">=0.7", ">=0.7,<2", "> 0.6.0", "==0.7", "~=0.7", "==0.7.*", "===0.7", ">=0.6.1, !=0.6.0"] {
        assert_eq!(code(Pep508.rewrite(text, &version(&Pep440, "0.6.0"))), "RK-REQUIREMENT-AHEAD", "{text}");
    }
    assert_eq!(code(Pep508.rewrite(">=1.0.0", &version(&Pep440, "1.0.0rc1"))), "RK-REQUIREMENT-AHEAD");
}

#[test]
fn requirements_are_pinned() {
    let table = [
        ("genkit", Pin::Exact, "0.6.0", "genkit==0.6.0"),
        ("genkit>=0.5,<1", Pin::Exact, "0.6.0", "genkit==0.6.0"),
        ("genkit >= 0.5, < 1", Pin::Exact, "0.6.0", "genkit ==0.6.0"),
        ("Gen_Kit[x, y] ; os_name == 'nt'", Pin::Exact, "0.6.0", "Gen_Kit[x, y]==0.6.0 ; os_name == 'nt'"),
        ("genkit;os_name=='nt'", Pin::Exact, "0.6.0", "genkit==0.6.0;os_name=='nt'"),
        ("genkit[] ", Pin::Exact, "0.6.0", "genkit[]==0.6.0 "),
        ("genkit (>=0.5,<1)", Pin::Exact, "0.6.0", "genkit (==0.6.0)"),
        ("genkit ()", Pin::Exact, "0.6.0", "genkit (==0.6.0)"),
        ("genkit>=0.5", Pin::Exact, "1.0+cu12", "genkit==1.0+cu12"),
        ("genkit>=0.5", Pin::Minimum, "0.6.0", "genkit>=0.6.0"),
        ("genkit>=0.5", Pin::Minimum, "1.0+cu12", "genkit>=1.0"),
        ("genkit>=0.5", Pin::Compatible, "0.6.0", "genkit~=0.6.0"),
        ("genkit>=0.5", Pin::Compatible, "1.2", "genkit~=1.2.0"),
        ("genkit>=0.5", Pin::Compatible, "1.2.0rc1", "genkit~=1.2.0rc1"),
        ("genkit >=0.5 ; os_name == 'nt'", Pin::Keep, "0.6.0", "genkit >=0.5 ; os_name == 'nt'"),
        ("genkit @ file:///x", Pin::Keep, "0.6.0", "genkit @ file:///x"),
    ];
    for (requirement, pin, text, expected) in table {
        let target = version(&Pep440, text);
        let pinned = Pep508.pin(requirement, &target, pin).expect(requirement);
        assert_eq!(pinned, expected, "{requirement} {pin:?} {text}");
        if pin != Pin::Keep {
            assert!(Pep508.satisfies(&pinned, &target).expect("legal"), "{pinned} does not admit {text}");
        }
    }
    assert_eq!(code(Pep508.pin("genkit>=", &version(&Pep440, "1.0"), Pin::Exact)), "RK-REQUIREMENT-INVALID");
}

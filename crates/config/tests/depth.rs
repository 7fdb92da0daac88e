//! Files and globs that are nested or repeated without end.

use releasekit_config::parse;
use releasekit_core::Diagnostic;

#[test]
fn no_depth_takes_the_stack() {
    // The last ones open what they do not close, and close what they did not open, so that a count of depth stays low.
    for level in ["[", "{a = ", "[{a = ", "{[b]\n = ", "{[[b]]\n = ", "{{b}\n = ", "[}{]"] {
        let text = format!("remote = {}1", level.repeat(50_000));
        let error = parse("releasekit.toml", &text).expect_err(level);
        assert!(error.into_parts().iter().any(|part| part.code().as_str() == "RK-CONFIG-SYNTAX"), "{level}");
    }
}

#[test]
fn globs_that_cannot_be_matched_are_refused() {
    let nested = format!("{}{}", "{a,".repeat(300), "}".repeat(300));
    for glob in [nested, "a".repeat(900_000), "*a".repeat(3_000)] {
        for key in ["exclude", "release_branches"] {
            let error = parse("releasekit.toml", &format!("{key} = [\"{glob}\"]\n")).expect_err("it is no glob");
            assert_eq!(error.code().as_str(), "RK-CONFIG-INVALID-VALUE", "{key}");
        }
    }
}

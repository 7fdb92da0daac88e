//! `releasekit.toml`.

use releasekit_config::{Configuration, Error, check_ecosystems, check_names, check_propagation, parse};
use releasekit_core::Code;
use releasekit_core::Diagnostic;
use releasekit_core::model::{EcosystemLabel, PackageId, PackageName};

use super::{Target, documents, fixtures, many};
use crate::answer::{Answer, size};

const PATH: &str = "releasekit.toml";

pub(super) const TARGET: Target = Target {
    name: "config",
    answer,
    seeds,
    words: &[
        "[packages.core]\n",
        "[ecosystems.py]\n",
        "[publish]\n",
        "[[groups]]\n",
        "tag_format",
        "{name}",
        "{version}",
        "\"never\"",
        "propagate = ",
        "release = \"tag\"\n",
        "depends_on = [\"app\"]\n",
        "changelog",
        "registry_url",
        "publish_url",
        "https://user:pass@host/simple/?q=1",
        "exclude = [\"**/{a,b}*\"]\n",
        "branch = \"main\"\n",
        "\"\"\"",
        "'''",
        "1979-05-27",
        "poll_timeout",
        "10s",
        ".git/x",
        "../x",
        "ecosystem = \"python\"\n",
        "prerelease",
        "a.b.c = 1\n",
    ],
    codes: CODES,
};

const CODES: &[Code] = &[
    releasekit_config::SYNTAX,
    releasekit_config::TOO_LONG,
    releasekit_config::DUPLICATE,
    releasekit_config::UNKNOWN_KEY,
    releasekit_config::INVALID_VALUE,
    releasekit_config::CONTRADICTION,
    releasekit_config::UNKNOWN_PACKAGE,
    releasekit_config::UNKNOWN_ECOSYSTEM,
    releasekit_config::PACKAGE_AMBIGUOUS,
];

fn answer(input: &[u8]) -> Answer {
    let text = String::from_utf8_lossy(input);
    match parse(PATH, &text) {
        Ok(configuration) => checked(&configuration),
        Err(error) => errors(error.into_parts()),
    }
}

/// What is said once packages and ecosystems are known.
fn checked(configuration: &Configuration) -> Answer {
    let label = |text: &str| EcosystemLabel::new(text);
    let package = |text: &str, name: &str| PackageId::new(label(text), PackageName::new(name));
    let known = [package("py", "core"), package("py", "app"), package("js", "app")];
    let lower = |_: &EcosystemLabel, name: &str| name.to_lowercase();
    let mut errors_of = check_names(configuration, &known, &lower);
    errors_of.extend(check_ecosystems(configuration, &[("python", "py")], &[label("py"), label("js")]));
    errors_of.extend(check_propagation(configuration, &[label("py")]));
    let policy = &configuration.policy;
    Answer::value(format!("fine {}", size(policy.packages.len() + policy.ecosystems.len()))).and(errors(errors_of))
}

fn errors(errors: Vec<Error>) -> Answer {
    let answer = |error: &Error| {
        for label in error.labels() {
            let (text, span) = (label.text.unwrap_or_default(), label.span.unwrap_or_default());
            assert!(text.get(span.clone()).is_some(), "{error} points at {span:?} of {} bytes", text.len());
        }
        Answer::error(error)
    };
    errors.iter().map(answer).fold(Answer::default(), Answer::and)
}

fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = fixtures(&["crates/config/tests", "crates/config/src/tests", "crates/cli/tests", "tests/tests"]);
    seeds.extend(documents(&["docs/reference/configuration.md"]));
    seeds.extend([
        b"\xef\xbb\xbfremote = \"origin\"\r\n".to_vec(),
        b"remote = \"a\0b\"".to_vec(),
        b"[packages.app]\nrelease = \"tag\"\n".to_vec(),
        many("a = ", |_| "{[b]\n = ".to_owned(), 60_000, ""),
        many("a = ", |_| "[".to_owned(), 100_000, ""),
        many("", |_| "a.".to_owned(), 50_000, "a = 1"),
        many("", |_| "[".to_owned(), 100_000, ""),
        many("remote = \"", |_| "x".to_owned(), 900_000, "\"\n"),
        many("", |n| format!("key{n} = {n}\n"), 20_000, ""),
        many("", |n| format!("[packages.p{n}]\n"), 20_000, ""),
        many("exclude = [", |n| format!("\"a{n}/**\","), 40_000, "]\n"),
        many("exclude = [\"", |_| "{a,".to_owned(), 300, &format!("{}\"]\n", "}".repeat(300))),
        many("tag_format = \"", |_| "{version}".to_owned(), 50_000, "\"\n"),
    ]);
    seeds
}

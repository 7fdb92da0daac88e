//! `uv.lock`: the versions of members in it are moved.

use releasekit_core::Code;
use releasekit_core::model::{PackageName, RepoPath, Version};
use releasekit_core::workspace::Move;
use releasekit_uv::{codes, lockfile_edit};

use super::{Target, fixtures, many};
use crate::answer::Answer;

pub(super) const TARGET: Target = Target {
    name: "lockfile",
    answer,
    seeds,
    words: &[
        "[[package]]\n",
        "name = \"core\"\n",
        "version = \"0.1.0\"\n",
        "source = { editable = \"packages/core\" }\n",
        "source = { virtual = \".\" }\n",
        "source = { registry = \"https://pypi.org/simple\" }\n",
        "[package]\n",
        "[manifest]\n",
        "\"\"\"0.1.0\"\"\"",
        "'0.1.0'",
        "requires-dist = []\n",
        "dependencies = [{ name = \"core\" }]\n",
        "\"../x\"",
        "\"v0.1.0\"",
    ],
    codes: CODES,
};

const CODES: &[Code] = &[codes::MANIFEST_INVALID];

fn answer(input: &[u8]) -> Answer {
    let text = String::from_utf8_lossy(input);
    let to = Version::from_canonical("0.2.0");
    let from = |name: &str| (name == "app").then(|| Version::from_canonical("0.1.0"));
    let moves = ["core", "app"].map(|name| {
        let moved = Move::new(PackageName::new(name), from(name), to.clone());
        (RepoPath::new(name).expect("a path"), moved)
    });
    let file = RepoPath::new("uv.lock").expect("a path");
    match lockfile_edit(file.clone(), &text, &moves) {
        Ok(None) => Answer::value("nothing to move"),
        Ok(Some(edit)) => {
            let edited = String::from_utf8(edit.content.expect("a file")).expect("what was text is text");
            let again = lockfile_edit(file, &edited, &moves).expect("what was TOML is TOML");
            assert!(again.is_none(), "what moved once moves no further");
            Answer::value("moved")
        }
        Err(error) => Answer::error(&error),
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = fixtures(&["crates/ecosystem/uv/tests", "tests/src", "tests/tests"]);
    let locked = |name: &str| {
        format!("[[package]]\nname = \"{name}\"\nversion = \"0.1.0\"\nsource = {{ editable = \"{name}\" }}\n")
    };
    seeds.push(format!("version = 1\n{}{}", locked("core"), locked("app")).into_bytes());
    seeds.push(many("version = 1\n", |_| locked("core"), 8_000, ""));
    seeds.push(many("a = ", |_| "{[b]\n = ".to_owned(), 60_000, ""));
    seeds.push(many("a = ", |_| "[".to_owned(), 200_000, ""));
    seeds
}

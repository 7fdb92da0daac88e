//! The release manifest.

use releasekit_core::Code;
use releasekit_engine::codes;
use releasekit_engine::manifest::Manifest;

use super::{Target, fixtures, many};
use crate::answer::{Answer, size};

pub(super) const TARGET: Target = Target {
    name: "manifest",
    answer,
    seeds,
    words: &[
        "\"schema\": 1",
        "\"base\":",
        "\"branch\":",
        "\"packages\": []",
        "\"tag\": null",
        "\"next\": null",
        "\"version\":",
        "\"name\":",
        "\"label\":",
        "\"options\": {}",
        "{}",
        "[]",
        "\\u0000",
        "\\ud800",
        "\"supersede\": true",
        ", ",
    ],
    codes: CODES,
};

const CODES: &[Code] = &[codes::MANIFEST_UNREADABLE];

/// A manifest with two rows.
const WHOLE: &str = r#"{"schema": 1, "base": "0123456789012345678901234567890123456789", "branch": "main", "options": {},
"packages": [{"label": "py", "name": "core", "path": "packages/core", "last": null, "next": "0.1.0", "bump": "minor",
"tag": "core-v0.1.0", "level": 0, "release": "publish", "reasons": [], "targets": []},
{"label": "py", "name": "app", "path": "packages/app", "last": "1.0.0", "next": "1.0.1", "bump": "patch",
"tag": "app-v1.0.1", "level": 1, "release": "publish", "reasons": [], "targets": []}]}"#;

fn answer(input: &[u8]) -> Answer {
    match Manifest::from_json(input, "the manifest") {
        Ok(manifest) => {
            let text = manifest.to_json();
            let again = Manifest::from_json(text.as_bytes(), "its own text").expect("what we write can be read");
            assert_eq!(again, manifest, "what is written is what was read");
            Answer::value(format!("fine {}", size(manifest.packages.len())))
        }
        Err(error) => Answer::error(&error),
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = fixtures(&["crates/engine/tests", "tests/tests", "crates/cli/tests"]);
    seeds.push(WHOLE.into());
    seeds.push(WHOLE.replace("\"core-v0.1.0\"", "null").into());
    seeds.push(WHOLE.replace("packages/core", "../../x").into());
    seeds.push(WHOLE.replace("\"schema\": 1", "\"schema\": 2").into());
    seeds.push(many("", |_| "[".to_owned(), 300_000, ""));
    seeds.push(many("{\"schema\":", |_| "{\"a\":".to_owned(), 100_000, ""));
    seeds.push(many("{\"schema\": 1, \"packages\": [", |_| "{},".to_owned(), 100_000, "{}]}"));
    seeds
}

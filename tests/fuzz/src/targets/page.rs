//! Pages of package indexes, as HTML and as JSON.

use releasekit_core::Code;
use releasekit_pypi::{codes, listed};

use super::{Target, fixtures, many};
use crate::answer::{Answer, size};

pub(super) const TARGET: Target = Target {
    name: "page",
    answer,
    seeds,
    words: &[
        "<a href=\"a-1.0.tar.gz#sha256=",
        "</a>",
        "<base href=\"",
        "<meta name=\"pypi:repository-version\" content=\"1.0\">",
        "<!--",
        "-->",
        "<script>",
        "<textarea>",
        "data-yanked",
        "javascript:x",
        "//host/",
        "https://[::1]:99999/",
        "%2F",
        "%ZZ",
        "&amp;",
        "<input type=password>",
        "\"files\": [",
        "\"meta\": {\"api-version\": \"1.0\"}",
        "\"hashes\": {\"sha256\": \"",
        "\"url\": \"",
        "\"filename\": \"",
        "\"size\": 1e400",
        "\"yanked\": true",
        "\\ud800",
        "{}",
    ],
    codes: CODES,
};

/// Names and versions are not asked for here.
const CODES: &[Code] = &[codes::INVALID_INDEX];

const URL: &str = "https://user@index.test/simple/demo-lib/";

fn answer(input: &[u8]) -> Answer {
    let text = String::from_utf8_lossy(input);
    let own: String = text.lines().next().unwrap_or_default().chars().take(10).collect();
    let forms = ["application/vnd.pypi.simple.v1+json", "text/html", &own];
    forms.map(|form| read(form, &text)).into_iter().fold(Answer::default(), Answer::and)
}

fn read(form: &str, text: &str) -> Answer {
    match listed(form, text, URL) {
        Ok(files) => {
            let digests = files.iter().map(|file| file.digests.len()).max().unwrap_or(0);
            for file in &files {
                for digest in &file.digests {
                    assert!(digest.value.bytes().all(|byte| byte.is_ascii_hexdigit()), "{digest} is a digest");
                }
            }
            Answer::value(format!("{} {} files, {} digests", form.len() > 10, size(files.len()), size(digests)))
        }
        Err(error) => Answer::error(&error),
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = fixtures(&[
        "crates/registry/pypi/tests",
        "crates/registry/pypi/src",
        "crates/rehearsal/tests",
        "crates/http/tests",
    ]);
    let file = |n: usize| {
        format!("{{\"filename\":\"a-1.{n}.tar.gz\",\"url\":\"a\",\"hashes\":{{\"sha256\":\"{}\"}}}},", "1".repeat(64))
    };
    let head = "{\"meta\":{\"api-version\":\"1.0\"},\"name\":\"x\",\"files\":[";
    seeds.push(format!("{head}{}]}}", file(1).trim_end_matches(',')).into_bytes());
    seeds.push(many(head, file, 8_000, &format!("{}]}}", file(0).trim_end_matches(','))));
    seeds.push(many("", |_| "[".to_owned(), 200_000, ""));
    seeds.push(many("", |n| format!("<a href=\"a-1.{n}.tar.gz#sha256=0\">x</a>"), 20_000, ""));
    seeds.push(many("<a ", |n| format!("a{n}=1 "), 50_000, ">"));
    seeds.push(many("", |_| "<a href=".to_owned(), 50_000, ""));
    seeds.push(many("<a href=\"", |_| "../".to_owned(), 200_000, "\">"));
    seeds.push(many("<base href=\"https://", |_| "a.".to_owned(), 200_000, "\">"));
    seeds.push(many("", |_| "&".to_owned(), 500_000, ""));
    seeds
}

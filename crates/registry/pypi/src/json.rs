//! The JSON form of a page (PEP 691, PEP 700).

use std::collections::BTreeMap;

use releasekit_core::model::LiveFile;
use releasekit_http::resolve;
use serde::Deserialize;
use serde_json::Value;

use crate::page::{check_version, digest};

#[derive(Deserialize)]
struct Page {
    meta: Meta,
    files: Vec<File>,
}

#[derive(Deserialize)]
struct Meta {
    #[serde(rename = "api-version")]
    api_version: String,
}

#[derive(Deserialize)]
struct File {
    filename: String,
    url: String,
    hashes: BTreeMap<String, String>,
    size: Option<u64>,
    /// Either whether, or why.
    #[serde(default)]
    yanked: Value,
}

/// Reads the files of a page that was found at `url`.
pub(crate) fn files(text: &str, url: &str) -> Result<Vec<LiveFile>, String> {
    let page: Page = serde_json::from_str(text).map_err(|error| format!("its JSON cannot be read: {error}"))?;
    check_version(&page.meta.api_version)?;
    page.files.into_iter().map(|file| live(file, url)).collect()
}

fn live(file: File, base: &str) -> Result<LiveFile, String> {
    let url = resolve(base, &file.url).map_err(|error| error.to_string())?;
    let url = url.split('#').next().unwrap_or_default();
    let mut live = LiveFile::new(file.filename, url);
    live.size = file.size;
    live.digests = file.hashes.iter().filter_map(|(algorithm, value)| digest(algorithm, value)).collect();
    live.yanked = !matches!(file.yanked, Value::Null | Value::Bool(false));
    Ok(live)
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://index.test/simple/demo-lib/";

    #[test]
    fn a_page_of_pypi_is_read() {
        let files = files(include_str!("../tests/pages/pypi.json"), URL).expect("this is a page");
        let shown: Vec<_> = files.iter().map(|file| (file.file_name.as_str(), file.url.as_str())).collect();
        let expected = [
            (
                "demo_lib-1.0-py3-none-any.whl",
                "https://files.pythonhosted.org/packages/a4/a8/demo_lib-1.0-py3-none-any.whl",
            ),
            ("Demo.Lib-0.9.tar.gz", "https://index.test/packages/Demo.Lib-0.9.tar.gz"),
            ("demo_lib-1.0-py2-none-any.whl", "https://index.test/packages/demo_lib-1.0-py2-none-any.whl"),
        ];
        assert_eq!(shown, expected);
        let rest: Vec<_> = files.iter().map(|file| (file.size, file.yanked, file.digests.len())).collect();
        assert_eq!(rest, [(Some(1234), false, 1), (None, true, 0), (None, false, 1)]);
        let sha256 = "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
        assert_eq!(files[0].digests[0].to_string(), sha256);
    }

    #[test]
    fn what_is_no_page_is_refused() {
        let cases = [
            ("", "cannot be read"),
            ("<html></html>", "cannot be read"),
            (r#"{"meta": {"api-version": "1.0"}}"#, "missing field `files`"),
            (r#"{"files": []}"#, "missing field `meta`"),
            (r#"{"meta": {"api-version": "2.0"}, "files": []}"#, "version `2.0`"),
            (
                r#"{"meta": {"api-version": "1.0"}, "files": [{"filename": "a", "url": "data:x", "hashes": {}}]}"#,
                "data:x",
            ),
        ];
        for (text, reason) in cases {
            let error = files(text, URL).expect_err("this is no page");
            assert!(error.contains(reason), "{text}: {error}");
        }
    }
}

//! Tiny wheels and sdists, the same bytes for the same input.

use std::io::{Cursor, Write};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use releasekit_testkit::tar_gz;
use sha2::{Digest, Sha256};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A wheel `demo_lib-VERSION-py3-none-any.whl`, whose module says `text`.
pub(crate) fn wheel(version: &str, text: &str) -> (String, Vec<u8>) {
    let folder = format!("demo_lib-{version}.dist-info");
    let mut members = vec![
        ("demo_lib/__init__.py".to_owned(), format!("TEXT = {text:?}\n")),
        (format!("{folder}/METADATA"), metadata(version)),
        (format!("{folder}/WHEEL"), "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n".to_owned()),
    ];
    let rows: String = members.iter().map(|(path, content)| row(path, content.as_bytes())).collect();
    members.push((format!("{folder}/RECORD"), format!("{rows}{folder}/RECORD,,\n")));
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, content) in members {
        zip.start_file(path, SimpleFileOptions::default()).expect("memory takes everything");
        zip.write_all(content.as_bytes()).expect("memory takes everything");
    }
    let bytes = zip.finish().expect("memory takes everything").into_inner();
    (format!("demo_lib-{version}-py3-none-any.whl"), bytes)
}

fn row(path: &str, content: &[u8]) -> String {
    format!("{path},sha256={},{}\n", URL_SAFE_NO_PAD.encode(Sha256::digest(content)), content.len())
}

/// An sdist `demo_lib-VERSION.tar.gz`.
pub(crate) fn sdist(version: &str) -> (String, Vec<u8>) {
    let folder = format!("demo_lib-{version}");
    let bytes = tar_gz(&folder, &[("PKG-INFO", &metadata(version)), ("demo_lib.py", "")]);
    (format!("{folder}.tar.gz"), bytes)
}

fn metadata(version: &str) -> String {
    format!("Metadata-Version: 2.1\nName: Demo.Lib\nVersion: {version}\nRequires-Python: >=3.8\n\nA demo.\n")
}

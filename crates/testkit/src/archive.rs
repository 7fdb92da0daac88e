//! Archives, the same bytes for the same files.

use flate2::Compression;
use flate2::write::GzEncoder;
use tar::{Builder, Header};

/// A compressed tar of files with their texts, all in one folder.
pub fn tar_gz(folder: &str, files: &[(&str, &str)]) -> Vec<u8> {
    let mut tar = Builder::new(GzEncoder::new(Vec::new(), Compression::default()));
    for (path, content) in files {
        let mut header = Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, format!("{folder}/{path}"), content.as_bytes()).expect("memory takes everything");
    }
    tar.into_inner().and_then(GzEncoder::finish).expect("memory takes everything")
}

//! Proof of what was published: what the registry serves is what was built.

use std::fs;
use std::path::Path;

use jiff::Timestamp;
use releasekit_core::model::EcosystemLabel;
use releasekit_core::model::{CommitId, Digest, PackageId, PackageName, Version};
use serde::{Deserialize, Serialize};

use crate::durable;
use crate::error::Result;
use crate::failure::Failure;

/// The version of the receipt's JSON.
pub const SCHEMA: u32 = 1;

/// How it was found that the registry serves what was built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Proven {
    /// The same bytes.
    Bytes,
    /// The same content, in an archive made at another time.
    Content,
    /// Not compared, because the configuration says so.
    Unchecked,
}

/// A file as the registry serves it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ReceiptFile {
    /// Its name.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// The digests of what is served.
    pub digests: Vec<Digest>,
}

/// What one registry serves of one version of a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The version of this format.
    pub schema: u32,
    /// The package's name.
    pub package: PackageName,
    /// The label of its workspace.
    pub label: EcosystemLabel,
    /// Its version.
    pub version: Version,
    /// Where it is served.
    pub registry: String,
    /// The commit it was built from.
    pub commit: CommitId,
    /// When it was proven.
    pub time: Timestamp,
    /// How it was proven.
    pub proven: Proven,
    /// Its files, ordered by name.
    pub files: Vec<ReceiptFile>,
}

impl Receipt {
    /// The package it is about.
    pub fn id(&self) -> PackageId {
        PackageId::new(self.label.clone(), self.package.clone())
    }

    fn file_name(&self) -> String {
        let part = durable::path_part;
        format!("{}@{}@{}.json", part(self.label.as_str()), part(self.package.as_str()), part(&self.registry))
    }
}

/// Keeps a receipt in a folder, in place of an earlier one of the same package and registry.
pub(crate) fn keep(folder: &Path, receipt: &Receipt) -> Result<()> {
    let text = serde_json::to_vec_pretty(receipt).expect("a receipt is always JSON");
    durable::write(&folder.join(receipt.file_name()), &text)
}

/// The receipts of a folder; none where there is no folder.
pub(crate) fn read_folder(folder: &Path) -> Result<Vec<Receipt>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Failure::file("read", folder)(error).into()),
    };
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    paths.iter().map(|path| parse(path, &durable::read(path).map_err(Failure::file("read", path))?)).collect()
}

/// The receipts of a file that the user names; none where there is no such file, or an empty one as `mktemp` makes it.
pub fn read_file(path: &Path) -> Result<Vec<Receipt>> {
    // The user may name a link, but nothing that has to be waited for.
    let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    match durable::read(&real) {
        Ok(text) if text.trim_ascii().is_empty() => Ok(Vec::new()),
        Ok(text) => parse(path, &text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(Failure::file("read", path)(error).into()),
    }
}

/// Writes receipts where the user wants them, as one JSON array.
pub(crate) fn write_file(path: &Path, receipts: &[impl std::borrow::Borrow<Receipt> + Serialize]) -> Result<()> {
    let mut text = serde_json::to_vec_pretty(receipts).expect("receipts are always JSON");
    text.push(b'\n');
    durable::write(path, &text)
}

fn parse<T: serde::de::DeserializeOwned>(path: &Path, text: &[u8]) -> Result<T> {
    let unreadable =
        |error: serde_json::Error| Failure::StateUnreadable { path: path.to_owned(), why: error.to_string() };
    Ok(serde_json::from_slice(text).map_err(unreadable)?)
}

#[cfg(test)]
mod tests {
    use releasekit_core::Diagnostic;

    use super::*;

    #[test]
    fn an_empty_file_has_no_receipts_and_a_broken_one_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("receipts.json");
        for empty in ["", "\n"] {
            fs::write(&file, empty).unwrap();
            assert_eq!(read_file(&file).unwrap().len(), 0);
        }
        fs::write(&file, "[").unwrap();
        assert_eq!(read_file(&file).unwrap_err().code().as_str(), "RK-STATE-UNREADABLE");
    }

    #[test]
    fn receipts_are_kept_per_package_and_registry() {
        let folder = tempfile::tempdir().unwrap();
        let mut receipt = Receipt {
            schema: SCHEMA,
            package: PackageName::new("@scope/a"),
            label: EcosystemLabel::new("js"),
            version: Version::from_canonical("1.0.0"),
            registry: "http://localhost/simple".to_owned(),
            commit: CommitId::new("c"),
            time: Timestamp::UNIX_EPOCH,
            proven: Proven::Bytes,
            files: vec![ReceiptFile { name: "a.tgz".to_owned(), size: 1, digests: vec![Digest::sha256("00")] }],
        };
        keep(folder.path(), &receipt).unwrap();
        receipt.proven = Proven::Content;
        keep(folder.path(), &receipt).unwrap();
        assert_eq!(read_folder(folder.path()).unwrap(), [receipt.clone()]);
        receipt.registry = "http://localhost/other".to_owned();
        keep(folder.path(), &receipt).unwrap();
        let all = read_folder(folder.path()).unwrap();
        assert_eq!(all.len(), 2);
        let named = folder.path().join("out/receipts");
        write_file(&named, &all).unwrap();
        assert_eq!(read_file(&named).unwrap(), all);
        assert_eq!(read_file(&folder.path().join("absent")).unwrap(), []);
    }
}

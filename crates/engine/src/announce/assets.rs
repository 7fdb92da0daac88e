//! The files of a forge release: what its packages consist of, each under a name of its own.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use releasekit_core::forge::AssetRequest;
use releasekit_core::model::{Artifact, Digest, DigestAlgorithm, PackageId, TagName};

use super::wanted::Wanted;
use crate::artifacts::BuiltFile;
use crate::plan::Row;

/// A file that a release is to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AssetFile {
    /// The name that it is listed by.
    pub(super) name: String,
    /// Where it lies.
    pub(super) path: PathBuf,
    /// Its bytes.
    pub(super) size: u64,
    /// Their SHA-256.
    pub(super) digest: Digest,
}

impl AssetFile {
    /// What is sent.
    pub(super) fn request(&self, tag: &TagName, timeout: Duration) -> AssetRequest {
        let what = (self.size, self.digest.clone());
        AssetRequest::new(tag.clone(), &self.name, self.path.clone(), what).with_timeout(timeout)
    }
}

/// The files of the packages of a release that are at hand, sorted by name.
///
/// They are called as their registries call them, behind the label and the name of their package where another package of the
/// release may have a file of that name. Which ones are at hand says nothing: a name stays what it is.
pub(super) fn of(wanted: &Wanted<'_>, built: &BTreeMap<PackageId, Vec<BuiltFile>>) -> Vec<AssetFile> {
    let mut alike: BTreeMap<(&str, String), usize> = BTreeMap::new();
    for row in &wanted.rows {
        *alike.entry(stem(row)).or_default() += 1;
    }
    let asset = |row: &Row, file: &BuiltFile| {
        let Artifact { path, file_name, size, .. } = &file.artifact;
        let name =
            if alike[&stem(row)] > 1 { format!("{}-{}-{file_name}", row.label, row.name) } else { file_name.clone() };
        let digest = file.artifact.digest(DigestAlgorithm::Sha256)?.clone();
        Some(AssetFile { name: legal(&name), path: path.clone(), size: *size, digest })
    };
    let of_row = |row: &&Row| {
        let files = built.get(&row.id()).map(Vec::as_slice).unwrap_or_default();
        files.iter().filter_map(|file| asset(row, file)).collect::<Vec<_>>()
    };
    let mut assets: Vec<AssetFile> = wanted.rows.iter().flat_map(of_row).collect();
    assets.sort_by(|one, other| one.name.cmp(&other.name));
    assets
}

/// What the names of a package's files begin with, about: its own name without a scope.
fn stem(row: &Row) -> (&str, String) {
    let name = row.name.as_str().rsplit('/').next().unwrap_or_default();
    (&row.ecosystem, name.to_lowercase().replace(['-', '_', '.'], "-"))
}

/// A name that every forge lists as it is: others turn what is beyond letters, digits and these marks into something else.
fn legal(name: &str) -> String {
    let is_legal = |c: char| c.is_ascii_alphanumeric() || "._-+".contains(c);
    let name: String = name.chars().map(|c| if is_legal(c) { c } else { '-' }).collect();
    name.trim_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use releasekit_core::model::{ArtifactKind, EcosystemLabel, PackageName};

    use super::*;
    use crate::announce::wanted::tests::row;

    fn file(name: &str) -> BuiltFile {
        let digests = vec![Digest::sha256("00")];
        let artifact = Artifact::new(PathBuf::from(name), name.to_owned(), ArtifactKind::Source, 1, digests);
        BuiltFile { artifact, generator: None }
    }

    #[test]
    fn files_that_may_have_one_name_are_told_apart_and_others_keep_theirs() {
        let rows = [row("js", "@s/core"), row("old", "core"), row("js", "web"), row("py", "e")];
        let files = ["core-1.tgz", "core-1.tgz", "web-1.tgz", "e-1!2.0+cu.whl"];
        let tag = TagName::new("v1");
        let wanted = Wanted { tag: &tag, title: String::new(), rows: rows.iter().collect() };
        let names = |built: &BTreeMap<PackageId, Vec<BuiltFile>>| -> Vec<String> {
            of(&wanted, built).into_iter().map(|asset| asset.name).collect()
        };
        let mut built = rows.iter().zip(files).map(|(row, name)| (row.id(), vec![file(name)])).collect();
        let expected = ["e-1-2.0+cu.whl", "js--s-core-core-1.tgz", "old-core-core-1.tgz", "web-1.tgz"];
        assert_eq!(names(&built), expected);
        built.remove(&PackageId::new(EcosystemLabel::new("js"), PackageName::new("@s/core")));
        assert_eq!(names(&built), ["e-1-2.0+cu.whl", "old-core-core-1.tgz", "web-1.tgz"], "a name stays what it is");
    }
}

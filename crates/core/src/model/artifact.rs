//! The files that registries take, and how they are told apart.

use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{PackageName, Requirement, Version};

/// How a digest was computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum DigestAlgorithm {
    /// SHA-256 of the file's bytes.
    Sha256,
    /// SHA-512 of the file's bytes.
    Sha512,
    /// Go's `h1`, a hash over the files inside a module zip.
    H1,
}

impl DigestAlgorithm {
    /// The name that URLs and receipts use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
            Self::H1 => "h1",
        }
    }
}

/// A digest of a file.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Digest {
    /// How it was computed.
    pub algorithm: DigestAlgorithm,
    /// The value: lowercase hexadecimal, or what the algorithm prescribes.
    pub value: String,
}

impl Digest {
    /// A SHA-256 in hexadecimal.
    pub fn sha256(value: impl Into<String>) -> Self {
        Self { algorithm: DigestAlgorithm::Sha256, value: value.into().to_ascii_lowercase() }
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.algorithm.as_str(), self.value)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// What a file is to its registry. The order is the order of upload: what installers prefer comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ArtifactKind {
    /// Installs as it is: a wheel.
    Binary,
    /// Is built by whoever installs it: an sdist, a tarball, a crate, a module zip.
    Source,
}

/// A file that a registry takes, as it lies on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Artifact {
    /// Where it lies.
    pub path: PathBuf,
    /// The name the registry will list. Artifacts of one package differ by it; those of two packages may not.
    pub file_name: String,
    /// What it is.
    pub kind: ArtifactKind,
    /// What tells it from others of its kind in one package, as Maven's `sources` and `javadoc` do; `None` for the one that
    /// is meant where nothing is said.
    pub classifier: Option<String>,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of the bytes first, then what else its registry serves.
    pub digests: Vec<Digest>,
}

impl Artifact {
    /// Describes a file on disk.
    pub fn new(path: PathBuf, file_name: String, kind: ArtifactKind, size: u64, digests: Vec<Digest>) -> Self {
        Self { path, file_name, kind, classifier: None, size, digests }
    }

    /// Tells it from others of its kind.
    #[must_use]
    pub fn with_classifier(mut self, classifier: impl Into<String>) -> Self {
        self.classifier = Some(classifier.into());
        self
    }

    /// The digest of one kind.
    pub fn digest(&self, algorithm: DigestAlgorithm) -> Option<&Digest> {
        self.digests.iter().find(|digest| digest.algorithm == algorithm)
    }
}

/// One member of an archive, as far as its content goes: no times, no owners, no compression.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Member {
    /// The path inside the archive.
    pub path: String,
    /// Whether it is executable.
    pub executable: bool,
    /// SHA-256 of its bytes, or of the link's target.
    pub digest: String,
}

/// What an artifact says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Identity {
    /// The name inside, as written there.
    pub name: PackageName,
    /// The version inside.
    pub version: Version,
    /// The requirements inside, normalised.
    pub requirements: Vec<Requirement>,
    /// The platform it is bound to; `None` where it runs anywhere.
    pub platform: Option<String>,
    /// The build backend that made it and its version, where it says so.
    pub generator: Option<String>,
    /// Its members as far as they are content, sorted: what two builds of the same source have in common. Two artifacts with
    /// the same members count as the same, so an ecosystem that names none has any two of them taken for one.
    pub members: Vec<Member>,
}

impl Identity {
    /// An artifact of this name and version with no requirement and no member.
    pub fn new(name: PackageName, version: Version) -> Self {
        Self { name, version, requirements: Vec::new(), platform: None, generator: None, members: Vec::new() }
    }
}

/// A file as a registry lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LiveFile {
    /// The name it is listed under.
    pub file_name: String,
    /// Where it can be fetched.
    pub url: String,
    /// Bytes, where the registry says.
    pub size: Option<u64>,
    /// The digests that the registry serves; empty where it serves none.
    pub digests: Vec<Digest>,
    /// Whether it is withdrawn from resolution.
    pub yanked: bool,
    /// The channels that point to its version, as far as the registry names them beside it.
    pub channels: Vec<String>,
}

impl LiveFile {
    /// A file with no known size and no digest.
    pub fn new(file_name: impl Into<String>, url: impl Into<String>) -> Self {
        let (file_name, url, digests, channels) = (file_name.into(), url.into(), Vec::new(), Vec::new());
        Self { file_name, url, size: None, digests, yanked: false, channels }
    }

    /// The digest of one kind.
    pub fn digest(&self, algorithm: DigestAlgorithm) -> Option<&Digest> {
        self.digests.iter().find(|digest| digest.algorithm == algorithm)
    }
}

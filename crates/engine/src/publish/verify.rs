//! Whether what a registry serves is what was built: by digest, else by the file itself.

use std::fs;
use std::path::Path;

use releasekit_core::model::{Artifact, Digest, DigestAlgorithm, LiveFile};
use releasekit_core::policy::{PublishPolicy, VerifyChecksums};
use releasekit_core::registry::{FetchRequest, Fetched};
use releasekit_core::{PackageManager, Registry};

use super::bounds::Bounds;
use super::comparison::{self, Difference, Verdict};
use crate::artifacts::BuiltFile;
use crate::error::Result;
use crate::failure::Failure;
use crate::receipt::{Proven, ReceiptFile};

/// How a live file compares with a built one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Likeness {
    /// They are the same, and this is what the registry serves.
    Same(Proven, ReceiptFile),
    /// The live one is the beginning of the built one.
    Partial {
        /// Bytes there.
        theirs: u64,
    },
    /// The registry lists a digest that the file it serves does not have, so that no installer takes it.
    Mislisted {
        /// The digest that is listed.
        theirs: Digest,
        /// The size of what is served.
        size: u64,
    },
    /// They differ, and were made by different versions of the build backend.
    OtherMaker {
        /// Who made the built one.
        ours: String,
        /// Who made the live one.
        theirs: String,
        /// The digest of the live one.
        digest: Digest,
        /// Its size.
        size: u64,
    },
    /// The live one is longer than a file of the same content can be.
    Longer {
        /// As many bytes were taken.
        than: u64,
    },
    /// They differ.
    Different {
        /// The digest of the live one.
        theirs: Digest,
        /// Its size.
        size: u64,
        /// In which members, as far as both could be read.
        members: Vec<Difference>,
    },
}

/// Compares a live file with a built one of the same name. `scratch` is an empty folder for a download.
///
/// Fails where the live file has to be fetched and cannot be.
pub(super) async fn compare(
    registry: &dyn Registry,
    manager: &dyn PackageManager,
    policy: &PublishPolicy,
    built: &BuiltFile,
    live: &LiveFile,
    scratch: &Path,
) -> Result<Likeness> {
    let ours = &built.artifact;
    if policy.verify_checksums == VerifyChecksums::Off {
        return Ok(Likeness::Same(Proven::Unchecked, served(ours, live)));
    }
    if same_digest(registry, &ours.digests, live) == Some(true) {
        // The same bytes have the same length, whatever is listed.
        return Ok(Likeness::Same(Proven::Bytes, ReceiptFile { size: ours.size, ..served(ours, live) }));
    }
    let path = scratch.join(&ours.file_name);
    let Bounds { largest, timeout } = Bounds::alike(ours.size, policy);
    let request = FetchRequest { file: live.clone(), into: path.clone(), largest, timeout };
    if registry.fetch(&request).await? == Fetched::TooLong {
        return Ok(Likeness::Longer { than: largest });
    }
    let likeness = compare_files(registry, manager, built, live, &path);
    drop(fs::remove_file(&path));
    likeness
}

/// Whether the registry serves one of these digests; `None` where it serves none of the same kind.
pub(crate) fn same_digest(registry: &dyn Registry, ours: &[Digest], live: &LiveFile) -> Option<bool> {
    let of_kind = |algorithm: DigestAlgorithm| {
        let ours = ours.iter().find(|digest| digest.algorithm == algorithm)?;
        Some(*ours == *live.digest(algorithm)?)
    };
    let others = live.digests.iter().map(|digest| digest.algorithm);
    std::iter::once(registry.capabilities().digest).chain(others).find_map(of_kind)
}

fn served(ours: &Artifact, live: &LiveFile) -> ReceiptFile {
    let digests = if live.digests.is_empty() { ours.digests.clone() } else { live.digests.clone() };
    ReceiptFile { name: ours.file_name.clone(), size: live.size.unwrap_or(ours.size), digests }
}

fn compare_files(
    registry: &dyn Registry,
    manager: &dyn PackageManager,
    built: &BuiltFile,
    live: &LiveFile,
    theirs: &Path,
) -> Result<Likeness> {
    let ours = &built.artifact;
    let size = fs::metadata(theirs).map_err(Failure::file("read", theirs))?.len();
    if size < ours.size && is_beginning(theirs, &ours.path)? {
        return Ok(Likeness::Partial { theirs: size });
    }
    let Some(found) = manager.artifact(theirs)? else {
        return Ok(Likeness::Different { theirs: Digest::sha256("unknown"), size, members: Vec::new() });
    };
    if let (Some(false), Some(listed)) = (same_digest(registry, &found.digests, live), live.digests.first()) {
        return Ok(Likeness::Mislisted { theirs: listed.clone(), size });
    }
    let served = ReceiptFile { name: ours.file_name.clone(), size, digests: found.digests.clone() };
    if found.digests == ours.digests {
        return Ok(Likeness::Same(Proven::Bytes, served));
    }
    let digest = found.digests.into_iter().next().unwrap_or_else(|| Digest::sha256("unknown"));
    let different = Likeness::Different { theirs: digest.clone(), size, members: Vec::new() };
    let there = match manager.inspect(theirs) {
        Ok(there) => there,
        // What is refused when it is built proves nothing when it is served.
        Err(error) => {
            let members = vec![Difference::Unreadable(error.to_string())];
            return Ok(Likeness::Different { theirs: digest, size, members });
        }
    };
    let here = manager.inspect(&ours.path)?;
    if here.members.is_empty() || here.version != there.version {
        return Ok(different);
    }
    let comparison = comparison::compare(&here, &there);
    Ok(match (comparison.verdict(), comparison.generators) {
        (Verdict::Same, _) => Likeness::Same(Proven::Content, served),
        (Verdict::OtherBackend, Some((ours, theirs))) => Likeness::OtherMaker { ours, theirs, digest, size },
        _ => Likeness::Different { theirs: digest, size, members: comparison.differences },
    })
}

fn is_beginning(short: &Path, long: &Path) -> Result<bool> {
    let short_content = fs::read(short).map_err(Failure::file("read", short))?;
    let long_content = fs::read(long).map_err(Failure::file("read", long))?;
    Ok(long_content.starts_with(&short_content))
}

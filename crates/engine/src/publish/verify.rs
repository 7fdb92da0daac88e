//! Whether what a registry serves is what was built: by digest, else by the file itself.

use std::fs;
use std::path::Path;

use releasekit_core::Registry;
use releasekit_core::event::{Progress, Step};
use releasekit_core::model::{Artifact, Digest, DigestAlgorithm, LiveFile};
use releasekit_core::policy::VerifyChecksums;
use releasekit_core::registry::{FetchRequest, Fetched};

use super::bounds::Bounds;
use super::comparison::{self, Difference, Verdict};
use super::delivery::{Delivery, Origin};
use super::sent::{self, Past};
use crate::error::{Error, Result};
use crate::failure::Failure;
use crate::observe::registry_name;
use crate::receipt::{Proven, ReceiptFile};

/// How a live file compares with a built one.
#[derive(Debug, Clone, PartialEq, Eq)]
enum FileComparison {
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

/// How one file of a package is found to be live.
pub(super) struct Verified {
    pub(super) proven: Proven,
    pub(super) served: ReceiptFile,
    /// Whether this run sent it.
    pub(super) sent: bool,
    /// The channels that are listed to point to its version.
    pub(super) channels: Vec<String>,
}

impl Delivery<'_> {
    /// Compares a live file with ours. What this run or an earlier one sent, and the registry accepted, must come back byte
    /// by byte; what was there may be of another build of the same source.
    ///
    /// Fails with the fault that the difference is, and where the live file has to be fetched and cannot be.
    pub(super) async fn verify(&self, live: &LiveFile, origin: Origin) -> Result<Verified> {
        let verified = self.prove(live, origin).await;
        match &verified {
            Ok(it) => {
                let digest = it.served.digests.first().map(ToString::to_string).unwrap_or_default();
                self.report(Step::Verify, Progress::Done, Some(format!("{} {digest}", it.served.name)));
            }
            Err(error) => self.report(Step::Verify, Progress::Failed, Some(error.to_string())),
        }
        verified
    }

    async fn prove(&self, live: &LiveFile, origin: Origin) -> Result<Verified> {
        let folder = self.publisher().folder(self.package().member.to_string())?;
        let comparison = self.publisher().options.cancel.or(self.compare(live, &folder)).await??;
        let (journal, ours) = (self.publisher().journal, &self.file.artifact);
        let mut accepted = sent::accepted(journal, &self.sent_file());
        if origin == Origin::Accepted {
            accepted.extend(ours.digests.iter().cloned());
        }
        match comparison {
            FileComparison::Same(proven, served) if self.came_back(&accepted, proven, &served) => {
                if proven == Proven::Bytes {
                    sent::seen(journal, &self.sent_file(), &ours.digests)?;
                }
                Ok(Verified { proven, served, sent: origin != Origin::Found, channels: live.channels.clone() })
            }
            other => Err(self.difference(other, accepted.first())),
        }
    }

    /// Compares by digest, else by the file itself. `scratch` is an empty folder for a download.
    async fn compare(&self, live: &LiveFile, scratch: &Path) -> Result<FileComparison> {
        let (ours, policy) = (&self.file.artifact, self.publisher().policy);
        if policy.verify_checksums == VerifyChecksums::Off {
            return Ok(FileComparison::Same(Proven::Unchecked, served(ours, live)));
        }
        if same_digest(self.registry(), &ours.digests, live) == Some(true) {
            // The same bytes have the same length, whatever is listed.
            return Ok(FileComparison::Same(Proven::Bytes, ReceiptFile { size: ours.size, ..served(ours, live) }));
        }
        let path = scratch.join(&ours.file_name);
        let Bounds { largest, timeout } = Bounds::alike(ours.size, policy);
        let request = FetchRequest::new(live.clone(), path.clone(), largest, timeout);
        if self.registry().fetch(&request).await? == Fetched::TooLong {
            return Ok(FileComparison::Longer { than: largest });
        }
        let comparison = self.compare_with(&path, live);
        drop(fs::remove_file(&path));
        comparison
    }

    /// Compares with a file that was downloaded.
    fn compare_with(&self, theirs: &Path, live: &LiveFile) -> Result<FileComparison> {
        let (ours, manager) = (&self.file.artifact, self.manager());
        let size = fs::metadata(theirs).map_err(Failure::file("read", theirs))?.len();
        if size < ours.size && is_beginning(theirs, &ours.path)? {
            return Ok(FileComparison::Partial { theirs: size });
        }
        let Some(found) = manager.artifact(theirs)? else {
            return Ok(FileComparison::Different { theirs: Digest::sha256("unknown"), size, members: Vec::new() });
        };
        if let (Some(false), Some(listed)) = (same_digest(self.registry(), &found.digests, live), live.digests.first())
        {
            return Ok(FileComparison::Mislisted { theirs: listed.clone(), size });
        }
        if found.digests == ours.digests {
            let served = ReceiptFile { name: ours.file_name.clone(), size, digests: found.digests };
            return Ok(FileComparison::Same(Proven::Bytes, served));
        }
        self.compare_content(theirs, &found)
    }

    /// Compares what two archives hold. `found` is the downloaded one.
    fn compare_content(&self, theirs: &Path, found: &Artifact) -> Result<FileComparison> {
        let (ours, manager, size) = (&self.file.artifact, self.manager(), found.size);
        let digest = found.digests.first().cloned().unwrap_or_else(|| Digest::sha256("unknown"));
        let different = |members| FileComparison::Different { theirs: digest.clone(), size, members };
        let there = match manager.inspect(theirs) {
            Ok(there) => there,
            // What is refused when it is built proves nothing when it is served.
            Err(error) => return Ok(different(vec![Difference::Unreadable(error.to_string())])),
        };
        let here = manager.inspect(&ours.path)?;
        if here.members.is_empty() || here.version != there.version {
            return Ok(different(Vec::new()));
        }
        let comparison = comparison::compare(&here, &there);
        Ok(match (comparison.verdict(), comparison.generators) {
            (Verdict::Same, _) => {
                let digests = found.digests.clone();
                FileComparison::Same(Proven::Content, ReceiptFile { name: ours.file_name.clone(), size, digests })
            }
            (Verdict::OtherBackend, Some((ours, theirs))) => FileComparison::OtherMaker { ours, theirs, digest, size },
            _ => different(comparison.differences),
        })
    }

    fn came_back(&self, accepted: &[Digest], proven: Proven, served: &ReceiptFile) -> bool {
        let is_served = |digest: &Digest| {
            served.digests.contains(digest) || (proven == Proven::Bytes && self.file.artifact.digests.contains(digest))
        };
        let strict = self.publisher().policy.verify_checksums == VerifyChecksums::Bytes;
        !strict || accepted.is_empty() || accepted.iter().any(is_served)
    }

    /// What is wrong with a live file. `accepted` is the digest of what the registry took from us.
    fn difference(&self, comparison: FileComparison, accepted: Option<&Digest>) -> Error {
        let (name, ours) = (self.file.artifact.file_name.clone(), self.file.artifact.size);
        let interrupted = self.past() == Past::Uncertain;
        let served = match comparison {
            FileComparison::Partial { theirs } => return self.partial(theirs),
            FileComparison::Different { size, .. } if interrupted && size < ours => return self.partial(size),
            FileComparison::OtherMaker { ours, theirs, .. } if accepted.is_none() => {
                return Failure::Unproven { package: self.package().id.clone(), file: name, ours, theirs }.into();
            }
            FileComparison::Mislisted { theirs, .. } => return self.mismatch(accepted, theirs.to_string()),
            FileComparison::OtherMaker { digest, .. } => digest.to_string(),
            FileComparison::Longer { than } => format!("more than {than} bytes"),
            FileComparison::Different { theirs, members, .. } => match accepted {
                Some(_) => theirs.to_string(),
                None => format!("{theirs}{}", listed(&members)),
            },
            FileComparison::Same(_, served) => {
                let theirs = served.digests.first().map_or_else(|| "other bytes".to_owned(), ToString::to_string);
                return self.mismatch(accepted, theirs);
            }
        };
        match accepted {
            Some(_) => self.mismatch(accepted, served),
            None => self.publication.conflict(format!("`{name}` is served as {served}")),
        }
    }

    fn partial(&self, theirs: u64) -> Error {
        Failure::PartialFile {
            package: self.package().id.clone(),
            file: self.file.artifact.file_name.clone(),
            registry: registry_name(self.registry().target()),
            ours: self.file.artifact.size,
            theirs,
        }
        .into()
    }

    fn mismatch(&self, accepted: Option<&Digest>, theirs: String) -> Error {
        let ours = accepted.or(self.file.artifact.digests.first()).cloned();
        Failure::ChecksumMismatch {
            package: self.package().id.clone(),
            file: self.file.artifact.file_name.clone(),
            registry: registry_name(self.registry().target()),
            ours: ours.unwrap_or_else(|| Digest::sha256("unknown")),
            theirs,
        }
        .into()
    }
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

fn is_beginning(short: &Path, long: &Path) -> Result<bool> {
    let short_content = fs::read(short).map_err(Failure::file("read", short))?;
    let long_content = fs::read(long).map_err(Failure::file("read", long))?;
    Ok(long_content.starts_with(&short_content))
}

/// The first members that differ.
fn listed(members: &[Difference]) -> String {
    const SHOWN: usize = 3;
    let shown: String = members.iter().take(SHOWN).map(|member| format!("; {member}")).collect();
    let more = members.len().saturating_sub(SHOWN);
    if more == 0 { shown } else { format!("{shown}; and {more} more differences") }
}

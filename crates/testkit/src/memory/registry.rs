//! A registry over an [`Index`].

use std::collections::BTreeMap;
use std::fs;
use std::future::pending;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use releasekit_core::model::{Digest, DigestAlgorithm, LiveFile, PackageName, Target, Version};
use releasekit_core::package_manager::{Reply, UploadRequest};
use releasekit_core::registry::{
    ChannelRequest, FetchRequest, Fetched, Keeper, NameStatus, Observed, Offer, RegistryCapabilities, Wanted,
    YankRequest,
};
use releasekit_core::{BackendError, ErrorKind, Registry, Result};

use super::builds::Builds;
use super::error::{demand, fault, invalid, lock};
use super::index::{Index, Silence};
use super::upload;
use crate::sha256;

/// A registry that serves what an index holds, verified by sha256. What it is sent it stores only where the index
/// [takes files](Index::takes_files).
#[derive(Debug, Clone)]
pub struct MemoryRegistry {
    index: Arc<Mutex<Index>>,
    builds: Arc<Mutex<Builds>>,
    target: Target,
}

impl MemoryRegistry {
    /// A view of the index; uploads tamper with what the build tool is to tamper with.
    pub fn new(index: Arc<Mutex<Index>>, builds: Arc<Mutex<Builds>>, target: Target) -> Self {
        Self { index, builds, target }
    }

    /// What the index shows of a version now.
    fn look(index: &Index, wanted: &Wanted) -> Observed {
        if index.down {
            return Observed::Unknown(fault(ErrorKind::Transient));
        }
        if wanted.name.as_str().is_empty() || wanted.version.as_str().is_empty() {
            return Observed::Unknown(invalid("nothing is asked for"));
        }
        let name = PackageName::new(wanted.name.as_str().to_lowercase());
        let mut live: Vec<LiveFile> = index.listed(&name, &wanted.version).map(|(key, _)| live(index, key)).collect();
        for file in &mut live {
            file.channels = index.channels_of(&name, &wanted.version);
        }
        if live.is_empty() { Observed::Absent } else { Observed::Live(live) }
    }
}

fn live(index: &Index, key: &str) -> LiveFile {
    let bytes = index.bytes(key).unwrap_or_default();
    let mut file = LiveFile::new(key.rsplit('/').next().unwrap_or(key), format!("memory:{key}"));
    file.yanked = index.yanked.iter().any(|yanked| yanked == key);
    if !index.silent_on_digests {
        file.digests = vec![Digest::sha256(sha256(bytes))];
    }
    file
}

#[async_trait]
impl Registry for MemoryRegistry {
    fn capabilities(&self) -> RegistryCapabilities {
        let index = lock(&self.index);
        let mut capabilities = RegistryCapabilities::new(DigestAlgorithm::Sha256);
        capabilities.channels = index.has_channels;
        capabilities.filled_from_tags = index.fills_itself;
        capabilities.yank = index.yanks;
        capabilities.pacing = index.pacing;
        capabilities
    }

    fn target(&self) -> &Target {
        &self.target
    }

    fn check_credential(&self) -> Result<()> {
        if lock(&self.index).lacks_credential { Err(fault(ErrorKind::Unauthenticated)) } else { Ok(()) }
    }

    fn keeper(&self) -> Keeper {
        if lock(&self.index).is_the_tools_alone { Keeper::Tool } else { Keeper::Backend }
    }

    async fn observe(&self, wanted: &[Wanted]) -> Vec<Observed> {
        let silence = {
            let mut index = lock(&self.index);
            index.looks += 1;
            (!index.silences.is_empty()).then(|| index.silences.remove(0))
        };
        match silence {
            Some(Silence::Drip) => pending().await,
            Some(Silence::Slow(time)) => tokio::time::sleep(time).await,
            Some(Silence::Later(time)) => {
                let later = |_| Observed::Unknown(fault(ErrorKind::RateLimited).with_retry_after(time));
                return wanted.iter().map(later).collect();
            }
            None => {}
        }
        let mut index = lock(&self.index);
        if index.fills_itself {
            for (file, bytes) in std::mem::take(&mut index.from_tags) {
                index.put(&file, bytes);
            }
        }
        wanted.iter().map(|wanted| Self::look(&index, wanted)).collect()
    }

    async fn name_status(&self, names: &[PackageName]) -> Vec<NameStatus> {
        let index = lock(&self.index);
        let status = |name: &PackageName| match index.pacing {
            None => NameStatus::Unknown(BackendError::unsupported("a question for a name")),
            Some(_) if index.down => NameStatus::Unknown(fault(ErrorKind::Transient)),
            Some(_) if index.knows(name) => NameStatus::Known,
            Some(_) => NameStatus::New,
        };
        names.iter().map(status).collect()
    }

    async fn fetch(&self, request: &FetchRequest) -> Result<Fetched> {
        demand(!request.into.exists(), "a download never goes over a file")?;
        let index = lock(&self.index);
        let key = request.file.url.strip_prefix("memory:").unwrap_or_default();
        let bytes = index.bytes(key).ok_or_else(|| fault(ErrorKind::NotFound))?;
        if bytes.len() as u64 > request.largest {
            return Ok(Fetched::TooLong);
        }
        fs::write(&request.into, bytes).map_err(|error| invalid(error.to_string()))?;
        Ok(Fetched::Whole)
    }

    async fn upload(&self, request: &UploadRequest) -> Reply {
        if !lock(&self.index).takes_files || lock(&self.index).is_the_tools_alone {
            return Reply::Refused(BackendError::unsupported("an upload by the API"));
        }
        upload::send(&self.index, &self.builds, request).await
    }

    async fn channels(&self, package: &PackageName) -> Result<BTreeMap<String, Version>> {
        let index = lock(&self.index);
        if !index.has_channels {
            return Err(BackendError::unsupported("a question for channels"));
        }
        if let Some(kind) = index.silent_on_points {
            return Err(fault(kind));
        }
        let points = index.points.iter().filter(|((of, _), _)| of == package);
        Ok(points.map(|((_, channel), version)| (channel.clone(), version.clone())).collect())
    }

    async fn set_channel(&self, request: &ChannelRequest) -> Result<()> {
        let mut index = lock(&self.index);
        if !index.has_channels {
            return Err(BackendError::unsupported("moving channels"));
        }
        index.moved.push(request.clone());
        if let Some(kind) = index.keeps_channels {
            return Err(fault(kind));
        }
        if index.listed(&request.package, &request.version).next().is_none() {
            return Err(fault(ErrorKind::NotFound));
        }
        index.points.insert((request.package.clone(), request.channel.clone()), request.version.clone());
        match index.lost_moves.pop() {
            Some(kind) => Err(fault(kind)),
            None => Ok(()),
        }
    }

    async fn yank(&self, request: &YankRequest) -> Result<()> {
        let mut index = lock(&self.index);
        if !index.yanks {
            return Err(BackendError::unsupported("yanking"));
        }
        let files: Vec<String> = index.listed(&request.package, &request.version).map(|(key, _)| key.clone()).collect();
        if files.is_empty() {
            return Err(fault(ErrorKind::NotFound));
        }
        index.yanked.retain(|yanked| !files.contains(yanked));
        if request.offer == Offer::Withdrawn {
            index.yanked.extend(files);
        }
        Ok(())
    }
}

//! The repository of the world: each method does what core's contract says, in memory.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use releasekit_core::model::*;
use releasekit_core::vcs::*;
use releasekit_core::*;
use releasekit_testkit::memory::fault;

#[derive(Debug, Clone)]
pub(crate) struct MemoryVcs {
    pub(crate) root: PathBuf,
    pub(crate) private: PathBuf,
    pub(crate) tree: Arc<dyn Tree>,
    pub(crate) commit: CommitInfo,
    /// What the remote has tagged.
    pub(crate) tags: Vec<TagName>,
    /// What the clone has tagged at the commit.
    pub(crate) local_tags: Vec<TagName>,
}

fn nowhere<T>() -> Result<T> {
    Err(fault(ErrorKind::Unsupported))
}

#[async_trait]
impl Vcs for MemoryVcs {
    fn capabilities(&self) -> VcsCapabilities {
        VcsCapabilities::NONE
    }
    fn root(&self) -> &Path {
        &self.root
    }
    fn private_folder(&self) -> PathBuf {
        self.private.clone()
    }
    fn bookkeeping(&self) -> &[RepoPath] {
        &[]
    }
    async fn trusted_files(&self) -> Result<Vec<PathBuf>> {
        Ok(vec![self.root.join("settings"), self.root.join("more-settings")])
    }
    fn hint(&self, need: &Need) -> String {
        format!("`memory {need:?}`")
    }
    fn incomplete(&self, lack: Lack) -> BackendError {
        let error = BackendError::new(Code::new("RK-TEST-INCOMPLETE", ErrorKind::Precondition), format!("{lack:?}"));
        error.with_help("bring it")
    }
    async fn head(&self) -> Result<Head> {
        Ok(Head::new(self.commit.id.clone(), None, false))
    }
    async fn status(&self) -> Result<Vec<RepoPath>> {
        Ok(Vec::new())
    }
    async fn tags(&self) -> Result<Vec<Tag>> {
        let tag = |name: &TagName| Tag::new(name.clone(), self.commit.id.clone());
        Ok(self.local_tags.iter().map(tag).collect())
    }
    async fn resolve(&self, revision: &str) -> Result<Option<CommitId>> {
        Ok((revision == self.commit.id.as_str()).then(|| self.commit.id.clone()))
    }
    async fn commits(&self, ids: &[CommitId]) -> Result<Vec<CommitInfo>> {
        if ids.iter().all(|id| *id == self.commit.id) { Ok(vec![self.commit.clone(); ids.len()]) } else { nowhere() }
    }
    async fn ancestors_among(&self, candidates: &[CommitId], descendant: &CommitId) -> Result<Vec<bool>> {
        Ok(candidates.iter().map(|candidate| candidate == descendant).collect())
    }
    async fn commits_between(&self, hidden: &CommitId, head: &CommitId) -> Result<Vec<CommitInfo>> {
        if hidden == head { Ok(Vec::new()) } else { nowhere() }
    }
    async fn own_changes(&self, _commit: &CommitId) -> Result<OwnChanges> {
        nowhere()
    }
    async fn is_contained(&self, _commit: &CommitId, _into: &CommitId) -> Result<bool> {
        nowhere()
    }
    async fn work_tree(&self) -> Result<Arc<dyn Tree>> {
        Ok(self.tree.clone())
    }
    async fn write_work_tree(&self, _edits: &[FileEdit]) -> Result<()> {
        nowhere()
    }
    async fn tree(&self, commit: &CommitId) -> Result<Arc<dyn Tree>> {
        if *commit == self.commit.id { Ok(self.tree.clone()) } else { nowhere() }
    }
    async fn history(&self, _request: &HistoryRequest) -> Result<History> {
        Ok(History::default())
    }
    async fn path_runs(&self, from: &CommitId, path: &RepoPath) -> Result<Vec<PathRun>> {
        let content = self.tree(from).await?.read(path)?;
        Ok(vec![PathRun::new(from.clone(), from.clone(), content, false)])
    }
    async fn remote_url(&self, _remote: &str) -> Result<Option<String>> {
        Ok(None)
    }
    async fn remote_refs(&self, _remote: &str) -> Result<RemoteRefs> {
        let main = BranchName::new("main");
        let names = [RefName::Branch(main.clone())].into_iter().chain(self.tags.iter().cloned().map(RefName::Tag));
        let at = |name| RemoteRef::new(name, self.commit.id.clone().into(), self.commit.id.clone());
        Ok(RemoteRefs::new(Some(main), names.map(at).collect()))
    }
    async fn fetch(&self, _remote: &str, _objects: &[ObjectId]) -> Result<()> {
        nowhere()
    }
    async fn export(&self, request: &ExportRequest) -> Result<()> {
        let tree = self.tree(&request.commit).await?;
        fs::create_dir_all(&request.into).unwrap();
        for file in tree.files()?.iter() {
            let place = file.on_disk(&request.into);
            fs::create_dir_all(place.parent().unwrap()).unwrap();
            fs::write(place, tree.read(file)?.unwrap()).unwrap();
        }
        Ok(())
    }
    async fn commit(&self, _request: &CommitRequest) -> Result<CommitId> {
        nowhere()
    }
    async fn replay(&self, _request: &ReplayRequest) -> Result<CommitId> {
        nowhere()
    }
    async fn tag(&self, _request: &TagRequest) -> Result<Vec<RefUpdate>> {
        nowhere()
    }
    async fn push(&self, _remote: &str, _updates: &[RefUpdate]) -> Result<Pushed> {
        nowhere()
    }
    async fn update_refs(&self, _updates: &[RefUpdate]) -> Result<()> {
        nowhere()
    }
    async fn scratch(&self, _into: &Path) -> Result<Arc<dyn Vcs>> {
        nowhere()
    }
}

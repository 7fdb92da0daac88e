//! The other side of a forge in memory.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use releasekit_core::Forge;
use releasekit_core::forge::{Asset, AssetState, ChangeRequest, ChangeRequestState, ForgeCapabilities};
use releasekit_core::model::{BranchName, CommitId};
use tempfile::TempDir;

use super::{Content, ForgeFault, MemoryForge, StoredComment, StoredRequest};
use crate::suite::forge::{Event, ForgeWorld};

/// A forge in memory, with a folder and with what people do there.
#[derive(Debug)]
pub struct MemoryForgeWorld {
    memory: Arc<MemoryForge>,
    forge: Arc<dyn Forge>,
    folder: TempDir,
}

impl MemoryForgeWorld {
    /// A forge that can do this.
    pub fn new(capabilities: ForgeCapabilities) -> Self {
        Self::with(capabilities, |memory| memory)
    }

    /// A forge that stands before one in memory and may break promises.
    pub fn with(capabilities: ForgeCapabilities, wrap: impl FnOnce(Arc<MemoryForge>) -> Arc<dyn Forge>) -> Self {
        let memory = Arc::new(MemoryForge::new(capabilities));
        let folder = TempDir::new().expect("a folder can be made");
        Self { forge: wrap(memory.clone()), memory, folder }
    }
}

#[async_trait]
impl ForgeWorld for MemoryForgeWorld {
    fn forge(&self) -> &dyn Forge {
        self.forge.as_ref()
    }

    fn folder(&self) -> &Path {
        self.folder.path()
    }

    async fn happens(&self, event: &Event) -> bool {
        match event {
            Event::ReplyLost => self.memory.order(ForgeFault::LostReply),
            Event::Refused => self.memory.order(ForgeFault::Refused),
            Event::Silent => self.memory.silence(true),
            Event::Answering => self.memory.silence(false),
            _ => self.memory.meddle(|content| content.change(event)),
        }
        true
    }

    fn people(&self) -> [String; 2] {
        ["ana", "ben"].map(str::to_owned)
    }

    async fn writes(&self) -> usize {
        self.memory.writes()
    }

    async fn dispatched(&self) -> usize {
        self.memory.look(|content| content.dispatched.len())
    }

    async fn tip(&self, branch: &BranchName) -> Option<CommitId> {
        self.memory.look(|content| content.branches.get(branch).cloned())
    }
}

impl Content {
    fn change(&mut self, event: &Event) {
        match event {
            Event::Pushed(branch) => {
                let before = self.branches.get(branch).map_or("", CommitId::as_str);
                let commit = CommitId::new(format!("pushed{before}"));
                self.branches.insert(branch.clone(), commit);
            }
            Event::Branched(branch) => {
                self.branches.insert(branch.clone(), CommitId::new("base"));
            }
            Event::Tagged(tag) => {
                self.tags.insert(tag.clone());
            }
            Event::Forked(head) => {
                let branches = [head.clone(), BranchName::new("main")];
                let request = ChangeRequest::new(self.fresh_id(), "", branches, CommitId::new("theirs"));
                self.requests.push(StoredRequest::new(request, true));
            }
            Event::Commented(number, body) => {
                self.comments.push(StoredComment { number: *number, id: self.fresh_id(), body: body.clone() });
            }
            _ => {
                self.change_request(event);
                self.change_release(event);
            }
        }
    }

    fn change_request(&mut self, event: &Event) {
        let (Event::Merged(number)
        | Event::Closed(number)
        | Event::Undrafted(number)
        | Event::Labelled(number, _)
        | Event::Reviewed(number, _)
        | Event::ChecksPassed(number)) = event
        else {
            return;
        };
        for StoredRequest { request, is_ready, reviewed, .. } in &mut self.requests {
            if request.number == *number {
                match event {
                    Event::Merged(_) => request.state = ChangeRequestState::Merged,
                    Event::Closed(_) => request.state = ChangeRequestState::Closed,
                    Event::Undrafted(_) => request.draft = false,
                    Event::Reviewed(_, name) => {
                        request.reviewers.retain(|asked| asked != name);
                        reviewed.push(name.clone());
                    }
                    Event::Labelled(_, label) => request.labels.push((*label).to_owned()),
                    _ => *is_ready = true,
                }
            }
        }
    }

    fn change_release(&mut self, event: &Event) {
        let (Event::HalfUploaded(tag, _) | Event::DraftedTwice(tag) | Event::Frozen(tag)) = event else { return };
        let Some(at) = self.releases.iter().position(|stored| stored.release.tag == *tag) else { return };
        let release = &mut self.releases[at].release;
        match event {
            Event::HalfUploaded(_, name) => {
                let mut asset = Asset::new(*name, 2, "");
                asset.state = AssetState::Half;
                release.assets.push(asset);
            }
            Event::Frozen(_) => release.immutable = true,
            _ => {
                let twin = self.releases[at].clone();
                self.releases.push(twin);
            }
        }
    }
}

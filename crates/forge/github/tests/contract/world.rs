//! A repository on a GitHub in this process, and what people and the network do there.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use releasekit_core::event::Silent;
use releasekit_core::forge::{ForgeSite, MergeMethod, Place};
use releasekit_core::model::{BranchName, CommitId};
use releasekit_core::{BackendContext, Environment, Forge};
use releasekit_github::GitHub;
use releasekit_rehearsal::github::{Grant, Options, Repository, Server};
use releasekit_rehearsal::{Fault, On};
use releasekit_testkit::suite::forge::{Event, ForgeWorld, World};
use tempfile::TempDir;

/// How long a call may take, on whichever machine.
const PATIENT: Duration = Duration::from_secs(60);

/// How long a forge that says nothing is asked again.
const HASTY: Duration = Duration::from_secs(1);

#[derive(Debug)]
struct GitHubWorld {
    server: Server,
    repository: Repository,
    downstream: Repository,
    patient: GitHub,
    hasty: GitHub,
    is_silent: AtomicBool,
    folder: TempDir,
    pushes: AtomicUsize,
}

/// A forge whose lists have two entries a page.
pub(crate) fn open() -> World {
    let server = Server::start(Options::default().with_page(2)).expect("the forge starts");
    let [repository, downstream] =
        ["owner/name", "owner/downstream"].map(|name| server.create(name).expect("a repository can be made"));
    repository.require_checks(true);
    ["ana", "ben"].iter().for_each(|login| repository.invite(login));
    let folder = TempDir::new().expect("a folder can be made");
    let environment = Environment::new().with("GH_TOKEN", server.grant(Grant::maintainer("releaser")));
    let context = BackendContext::new(environment, folder.path().join("cache"), Arc::new(Silent));
    let place = Place::of(&repository.clone_url()).expect("its address is a place");
    // What people do in between is to be seen at once.
    let opened = |time| GitHub::open(&context, &ForgeSite::new(place.clone(), time)).expect("it opens").forgetful();
    let (patient, hasty) = (opened(PATIENT), opened(HASTY));
    let (is_silent, pushes) = (AtomicBool::new(false), AtomicUsize::new(0));
    Box::new(GitHubWorld { server, repository, downstream, patient, hasty, is_silent, folder, pushes })
}

#[async_trait]
impl ForgeWorld for GitHubWorld {
    fn forge(&self) -> &dyn Forge {
        if self.is_silent.load(Ordering::Relaxed) { &self.hasty } else { &self.patient }
    }

    fn folder(&self) -> &Path {
        self.folder.path()
    }

    async fn happens(&self, event: &Event) -> bool {
        self.happen(event).expect("what people do there is possible");
        true
    }

    fn people(&self) -> [String; 2] {
        ["ana", "ben"].map(str::to_owned)
    }

    async fn writes(&self) -> usize {
        self.server.changes()
    }

    async fn dispatched(&self) -> usize {
        self.downstream.dispatches().len()
    }

    async fn tip(&self, branch: &BranchName) -> Option<CommitId> {
        self.repository.tip(branch.as_str()).map(CommitId::new)
    }
}

impl GitHubWorld {
    fn happen(&self, event: &Event) -> io::Result<()> {
        let repository = &self.repository;
        match event {
            Event::Pushed(branch) => self.push(repository, branch)?,
            Event::Branched(branch) => repository.set_branch(branch.as_str(), "main")?,
            Event::Tagged(tag) => repository.tag(tag.as_str(), "main")?,
            Event::Forked(branch) => {
                let fork = repository.fork("stranger")?;
                self.push(&fork, branch)?;
                repository.open(&fork, branch.as_str(), "theirs")?;
            }
            Event::Merged(number) => {
                repository.pass_checks(*number)?;
                repository.merge(*number, MergeMethod::Merge)?;
            }
            Event::Closed(number) => repository.close(*number, "ana"),
            Event::Undrafted(number) => repository.set_draft(*number, false),
            Event::Labelled(number, label) => repository.label(*number, label),
            Event::Reviewed(number, who) => repository.review(*number, who),
            Event::Commented(number, text) => repository.comment(*number, "ana", text),
            Event::ChecksPassed(number) => repository.pass_checks(*number)?,
            Event::HalfUploaded(tag, name) => repository.half_upload(tag.as_str(), name),
            Event::DraftedTwice(tag) => repository.draft(tag.as_str()),
            Event::Frozen(tag) => repository.freeze(tag.as_str()),
            event => self.network(event),
        }
        Ok(())
    }

    /// A commit of its own each time.
    fn push(&self, repository: &Repository, branch: &BranchName) -> io::Result<()> {
        let number = self.pushes.fetch_add(1, Ordering::Relaxed);
        repository.commit(branch.as_str(), "pushed.txt", &number.to_string()).map(drop)
    }

    fn network(&self, event: &Event) {
        let faults = self.server.faults();
        self.is_silent.store(matches!(event, Event::Silent), Ordering::Relaxed);
        match event {
            Event::ReplyLost => faults.once(On::AnyWrite, Fault::LoseReply),
            Event::Refused => faults.once(On::AnyWrite, Fault::Status(403)),
            Event::Silent => [On::AnyRead, On::AnyWrite].into_iter().for_each(|on| faults.always(on, Fault::Reset)),
            _ => faults.clear(),
        }
    }
}

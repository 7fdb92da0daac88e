//! A release, as the commands make it: from the pull request to the published files.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use releasekit_core::event::Silent;
use releasekit_core::forge::{
    AskRequest, AssetRequest, AutoMergeRequest, ChangeRequestState, ChangeRequestUpsert, CommentUpsert,
    DispatchRequest, ForgeCommitRequest, ForgeSite, LabelRequest, MergeMethod, Place, PublishReleaseRequest,
    ReleaseUpsert,
};
use releasekit_core::model::{BranchName, CommitId, Digest, RepoPath, TagName};
use releasekit_core::{BackendContext, BackendError, Environment, FileEdit, Forge};
use releasekit_github::GitHub;
use releasekit_rehearsal::github::{Grant, Level, Options, Repository, Server};
use releasekit_testkit::sha256;
use serde_json::{Value, json};
use tempfile::TempDir;

const HEAD: &str = "releasekit--release--main";

/// The pull request that the release has.
const NUMBER: u64 = 1;

/// A forge with a branch that is to be released.
#[derive(Debug)]
pub(crate) struct Cycle {
    pub(crate) server: Server,
    pub(crate) repository: Repository,
    pub(crate) folder: TempDir,
}

impl Cycle {
    /// A private repository, which shows what a token may read.
    pub(crate) fn new() -> Self {
        let server = Server::start(Options::default().with_page(2)).expect("the forge starts");
        let repository = server.create("owner/name").expect("a repository can be made");
        server.create("owner/downstream").expect("a repository can be made");
        repository.hide();
        repository.require_checks(true);
        repository.invite("ana");
        repository.commit(HEAD, "CHANGELOG.md", "notes\n").expect("a commit can be made");
        Self { server, repository, folder: TempDir::new().expect("a folder can be made") }
    }

    /// Opens it with a token, and with more time than anything takes here.
    pub(crate) fn open(&self, grant: Grant) -> GitHub {
        self.open_behind(grant, None)
    }

    /// The same with something between that passes the API on, as a job in the CI may be told.
    pub(crate) fn open_behind(&self, grant: Grant, proxy: Option<&str>) -> GitHub {
        let environment = Environment::new().with("GH_TOKEN", self.server.grant(grant));
        let between = proxy.into_iter().flat_map(|url| {
            let (server, graphql) = (self.server.url(), self.server.graphql_url());
            [("GITHUB_SERVER_URL", server), ("GITHUB_API_URL", url.to_owned()), ("GITHUB_GRAPHQL_URL", graphql)]
        });
        let environment = between.fold(environment, |environment, (name, value)| environment.with(name, value));
        let context = BackendContext::new(environment, self.folder.path().join("cache"), Arc::new(Silent));
        let place = Place::of(&self.repository.clone_url()).expect("its address is a place");
        GitHub::open(&context, &ForgeSite::new(place, Duration::from_secs(60))).expect("it opens")
    }

    /// The whole release; what was done before is found. People merge where `prepare` has ended.
    pub(crate) async fn run(&self, github: &GitHub) -> Result<(), BackendError> {
        self.prepare(github).await?;
        if self.repository.pull(NUMBER).is_some_and(|pull| pull["state"] == "open") {
            self.repository.pass_checks(NUMBER).expect("it is told to merge itself");
            self.repository.tag("v1", "main").expect("the tag is pushed");
        }
        self.release(github).await
    }

    async fn prepare(&self, github: &GitHub) -> Result<(), BackendError> {
        let [head, base] = [HEAD, "main"].map(BranchName::new);
        let found = github.change_requests(&head, &base).await?;
        if found.iter().any(|request| request.state != ChangeRequestState::Open) {
            return Ok(());
        }
        let body = "| package | version |\n|---|---|\n| a | 1 |\n";
        let wanted = ChangeRequestUpsert::new([head, base], "Release", body);
        let opened = github.upsert_change_request(&wanted).await.value()?;
        github.set_labels(&LabelRequest::new(NUMBER, labels("pending"))).await.value()?;
        let asked = AskRequest::new(NUMBER, vec!["ana".to_owned()]).with_assignees(vec!["ana".to_owned()]);
        github.ask(&asked).await.value()?;
        github.upsert_comment(&CommentUpsert::new(NUMBER, "releasekit:plan", "as planned")).await.value()?;
        let merge = AutoMergeRequest::new(NUMBER, opened.head_commit, MergeMethod::Merge);
        github.auto_merge(&merge).await.value().map(drop)
    }

    async fn release(&self, github: &GitHub) -> Result<(), BackendError> {
        let tag = TagName::new("v1");
        github.upsert_release(&ReleaseUpsert::new(tag.clone(), "a 1", "notes").with_draft()).await.value()?;
        github.upload_asset(&self.asset(&tag)).await.value()?;
        github.publish_release(&PublishReleaseRequest::new(tag, true)).await.value()?;
        let labels = LabelRequest::new(NUMBER, labels("tagged")).with_remove(labels("pending"));
        github.set_labels(&labels).await.value().map(drop)
    }

    pub(crate) fn asset(&self, tag: &TagName) -> AssetRequest {
        let path = self.folder.path().join("a-1.whl");
        fs::write(&path, "bytes").expect("the folder is writable");
        AssetRequest::new(tag.clone(), "a-1.whl", path, (5, Digest::sha256(sha256(b"bytes"))))
    }

    /// What comes last, and what comes in the place of a push where signatures are required.
    pub(crate) async fn rest(&self, github: &GitHub) -> Result<(), BackendError> {
        github.commit(&self.signed()).await.value()?;
        github.dispatch(&DispatchRequest::new("owner/downstream", "releasekit", "{}")).await.value()
    }

    /// A commit on a branch that is not there yet.
    pub(crate) fn signed(&self) -> ForgeCommitRequest {
        let tip = CommitId::new(self.repository.tip("main").expect("the branch is there"));
        let path = RepoPath::new("docs/a b.md").expect("a path");
        let edits = vec![FileEdit::write(path, b"\xff\r\n".as_slice())];
        ForgeCommitRequest::new(BranchName::new("releasekit--signed"), tip, edits, "chore: release")
    }

    /// What people see in the end.
    pub(crate) fn state(&self) -> Value {
        let pull = self.repository.pull(NUMBER).unwrap_or_default();
        let releases: Vec<Value> = self.repository.releases().iter().map(shown).collect();
        json!({
            "pulls": self.repository.pulls(),
            "pull": [pull["state"], pull["merged"], pull["title"], pull["body"]],
            "reviewers": pull["requested_reviewers"].as_array().map(Vec::len),
            "assignees": pull["assignees"].as_array().map(Vec::len),
            "labels": self.repository.labels(NUMBER),
            "comments": self.repository.comments(NUMBER),
            "releases": releases,
            "made tags": self.repository.made_tags(),
        })
    }
}

/// A token that may do what the reference says is needed, and nothing else.
pub(crate) fn documented() -> Grant {
    Grant::new("releaser").with("contents", Level::Write).with("pull_requests", Level::Write)
}

fn labels(which: &str) -> Vec<String> {
    vec![format!("autorelease: {which}")]
}

fn shown(release: &Value) -> Value {
    let assets = release["assets"].as_array().into_iter().flatten();
    let assets: Vec<Value> = assets.map(|asset| json!([asset["name"], asset["state"], asset["size"]])).collect();
    json!([release["tag_name"], release["name"], release["body"], release["draft"], assets])
}

//! How many requests a release takes: GitHub grants the token of a job a thousand in an hour.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use libtest_mimic::{Failed, Trial};
use releasekit_core::event::Silent;
use releasekit_core::forge::{AssetRequest, ForgeSite, Place, PublishReleaseRequest, ReleaseUpsert};
use releasekit_core::model::{Digest, TagName};
use releasekit_core::{BackendContext, Environment, Forge};
use releasekit_github::GitHub;
use releasekit_rehearsal::github::{Options, Repository, Server};
use releasekit_testkit::sha256;
use tempfile::TempDir;

use crate::cycle::documented;

/// What a run takes however many packages there are, pages aside.
const ONCE: usize = 10;

/// Of each package: a look before its release is made, the release, two files, and making it public.
const RELEASE: usize = 5;

/// Of each package: its receipts, and making the release public where that was left to this run.
const PUBLISH: usize = 2;

pub(crate) fn trial() -> Trial {
    Trial::test("budget::a_release_takes_few_requests_of_each_package", || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| Failed::from(error.to_string()))?;
        for packages in [50, 300] {
            runtime.block_on(Many::of(packages).is_within_bounds());
        }
        Ok(())
    })
}

/// A repository that releases many packages at once.
struct Many {
    server: Server,
    repository: Repository,
    folder: TempDir,
    tags: Vec<TagName>,
}

impl Many {
    fn of(packages: usize) -> Self {
        let server = Server::start(Options::default()).expect("the forge starts");
        let repository = server.create("owner/name").expect("a repository can be made");
        let tags: Vec<TagName> = (0..packages).map(|number| TagName::new(format!("p{number}-v1"))).collect();
        for tag in &tags {
            repository.tag(tag.as_str(), "main").expect("a tag can be pushed");
        }
        Self { server, repository, folder: TempDir::new().expect("a folder can be made"), tags }
    }

    async fn is_within_bounds(&self) {
        let pages = 2 * self.tags.len().div_ceil(100);
        let most = |each: usize| each * self.tags.len() + ONCE + pages;
        let runs = [
            ("release", self.requests_of(async |github| self.release(github).await).await, most(RELEASE)),
            ("publish", self.requests_of(async |github| self.publish(github).await).await, most(PUBLISH)),
            ("publish again", self.requests_of(async |github| self.publish(github).await).await, most(0)),
        ];
        for (run, requests, most) in runs {
            assert!(requests <= most, "{run} of {} packages: {requests} requests", self.tags.len());
        }
        assert!(self.repository.releases().iter().all(|release| release["draft"] == false));
    }

    /// How many requests a run sends, on a machine that knows nothing yet.
    async fn requests_of(&self, run: impl AsyncFn(&GitHub)) -> usize {
        let before = self.server.requests().len();
        let environment = Environment::new().with("GH_TOKEN", self.server.grant(documented()));
        let context = BackendContext::new(environment, self.folder.path().join("cache"), Arc::new(Silent));
        let place = Place::of(&self.repository.clone_url()).expect("its address is a place");
        let site = ForgeSite::new(place, Duration::from_secs(60));
        run(&GitHub::open(&context, &site).expect("it opens")).await;
        self.server.requests().len() - before
    }

    /// As a release is made that is published from elsewhere, but that every second one is made public at once.
    async fn release(&self, github: &GitHub) {
        for (number, tag) in self.tags.iter().enumerate() {
            assert_eq!(github.release(tag).await.expect("it is looked for"), None);
            let wanted = ReleaseUpsert::new(tag.clone(), tag.as_str(), "notes").with_draft();
            github.upsert_release(&wanted).await.value().expect("it is made");
            for name in ["a.whl", "a.tar.gz"] {
                github.upload_asset(&self.file(tag, name)).await.value().expect("it is sent");
            }
            if number % 2 == 0 {
                let public = PublishReleaseRequest::new(tag.clone(), false);
                github.publish_release(&public).await.value().expect("it is published");
            }
        }
    }

    async fn publish(&self, github: &GitHub) {
        for tag in &self.tags {
            let found = github.release(tag).await.expect("it is looked for").expect("it is there");
            github.upload_asset(&self.file(tag, "receipts.json")).await.value().expect("it is sent");
            if found.draft {
                let public = PublishReleaseRequest::new(tag.clone(), false);
                github.publish_release(&public).await.value().expect("it is published");
            }
        }
    }

    fn file(&self, tag: &TagName, name: &str) -> AssetRequest {
        let path: &Path = &self.folder.path().join(name);
        fs::write(path, name).expect("the folder is writable");
        let digest = Digest::sha256(sha256(name.as_bytes()));
        AssetRequest::new(tag.clone(), name, path.to_path_buf(), (name.len() as u64, digest))
    }
}

//! The registry: what is live there, and the files themselves.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use futures::future::join_all;
use releasekit_core::model::{DigestAlgorithm, LiveFile, Target, Version};
use releasekit_core::registry::{FetchRequest, Fetched, Observed, Offer, RegistryCapabilities, Wanted, YankRequest};
use releasekit_core::{BackendContext, Environment, Registry, Result, VersionScheme};
use releasekit_formats::python::Pep440;
use releasekit_formats::python::name::{FileName, is_legal, normalize};
use releasekit_http::{Bounds, Client, Request, Settings};

use crate::error::Error;
use crate::page::{self, Page};

/// The page of a project; `None` where the index does not know it.
type Listed = Result<Option<Page>, Error>;

/// One package index.
#[derive(Debug, Clone)]
pub struct PyPi {
    target: Target,
    client: Client,
}

impl PyPi {
    /// Opens the index that a target names; nothing is asked yet.
    ///
    /// Fails with `Invalid` where the URL, or a network setting of the environment, cannot be used.
    pub fn open(context: &BackendContext, target: &Target) -> Result<Self> {
        Self::with_settings(target.clone(), &context.environment, Settings::default().with_offline(context.offline))
    }

    /// Opens the index at a URL, which is where it is read, without anything else of releasekit around it; nothing is asked
    /// yet. The environment says which proxies, certificates and logins count.
    ///
    /// Fails with `Invalid` where the URL, or a network setting of the environment, cannot be used.
    pub fn new(url: &str, environment: &Environment) -> Result<Self> {
        Self::with_settings(Target::new(crate::ID, url, url), environment, Settings::default())
    }

    fn with_settings(target: Target, environment: &Environment, settings: Settings) -> Result<Self> {
        let settings = settings.with_base(target.observe_url());
        Ok(Self { client: Client::new(environment, settings)?, target })
    }

    /// Where an owner manages a release by hand; `None` where the index is none of those that are known.
    fn page_for_people(&self, project: &str, version: &Version) -> Option<String> {
        let host = self.target.read_url.split_once("://")?.1.split('/').next()?;
        let known = ["pypi.org", "test.pypi.org"].contains(&host);
        known.then(|| format!("https://{host}/manage/project/{project}/release/{version}/"))
    }

    /// What the index lists of a project; `None` where it does not know the project.
    async fn page(&self, project: &str) -> Listed {
        let url = format!("{}/{project}/", self.target.observe_url().trim_end_matches('/'));
        // What is polled must not come from a cache on the way.
        let request = Request::get(url).with_header("accept", page::ACCEPT).with_header("cache-control", "no-cache");
        match self.client.send(&request).await {
            Ok(response) => Page::read(&response).map(Some),
            Err(error) if error.status() == Some(404) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

#[async_trait]
impl Registry for PyPi {
    fn capabilities(&self) -> RegistryCapabilities {
        RegistryCapabilities::new(DigestAlgorithm::Sha256)
    }

    fn target(&self) -> &Target {
        &self.target
    }

    async fn observe(&self, wanted: &[Wanted]) -> Vec<Observed> {
        let projects: BTreeSet<String> = wanted.iter().filter_map(project).collect();
        let pages = projects.into_iter().map(|project| async {
            let page = self.page(&project).await;
            (project, page)
        });
        let pages: BTreeMap<String, Listed> = join_all(pages).await.into_iter().collect();
        wanted.iter().map(|wanted| observed(wanted, &pages)).collect()
    }

    async fn fetch(&self, request: &FetchRequest) -> Result<Fetched> {
        let bounds = Bounds { bytes: request.largest, time: request.timeout };
        match self.client.download(&request.file.url, &request.into, bounds).await {
            Ok(_) => Ok(Fetched::Whole),
            Err(releasekit_http::Error::TooLarge { .. }) => Ok(Fetched::TooLong),
            Err(error) => Err(error.into()),
        }
    }

    async fn yank(&self, request: &YankRequest) -> Result<()> {
        let project = normalize(request.package.as_str());
        let page = self.page_for_people(&project, &request.version);
        let what = match request.offer {
            Offer::Withdrawn => "yanked",
            Offer::Offered => "offered again",
        };
        let (index, version) = (self.target.to_string(), request.version.clone());
        Err(Error::NoYank { index, project, version, what, page }.into())
    }
}

/// The name by which the index knows a package; `None` where it is no name or its version no version.
fn project(wanted: &Wanted) -> Option<String> {
    let asked = is_legal(wanted.name.as_str()) && Pep440.parse(wanted.version.as_str()).is_ok();
    asked.then(|| normalize(wanted.name.as_str()))
}

/// What the page of its project says of a version.
fn observed(wanted: &Wanted, pages: &BTreeMap<String, Listed>) -> Observed {
    let page = project(wanted).and_then(|project| pages.get_key_value(&project));
    match page {
        None => {
            let (name, version) = (wanted.name.clone(), wanted.version.clone());
            Observed::Unknown(Error::InvalidPackage { name, version }.into())
        }
        Some((_, Err(error))) => Observed::Unknown(error.clone().into()),
        Some((_, Ok(None))) => Observed::Absent,
        Some((project, Ok(Some(page)))) => match page.agreed(|file| is_of(file, project, &wanted.version)) {
            Ok(files) if files.is_empty() => Observed::Absent,
            Ok(files) => Observed::Live(files),
            Err(error) => Observed::Unknown(error.into()),
        },
    }
}

/// Whether a file is one of this version by its name. What is no wheel and no sdist belongs to none.
fn is_of(file: &LiveFile, project: &str, version: &Version) -> bool {
    let name = FileName::parse(&file.file_name, Some(project)).ok().flatten();
    name.is_some_and(|name| name.name() == project && Pep440.compare(name.version(), version).is_eq())
}

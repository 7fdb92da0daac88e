//! What GitHub says, as far as it is needed, and how it is said in core's words.

use releasekit_core::forge::{Asset, AssetState, ChangeRequest, ChangeRequestState, Release};
use releasekit_core::model::{BranchName, CommitId, Digest, TagName};
use serde::Deserialize;

/// The repository.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Home {
    pub(crate) id: u64,
    pub(crate) full_name: String,
    pub(crate) default_branch: String,
}

impl Home {
    /// Owner and name.
    pub(crate) fn parts(&self) -> [&str; 2] {
        self.full_name.split_once('/').map_or(["", &self.full_name], |(owner, name)| [owner, name])
    }

    pub(crate) fn owner(&self) -> &str {
        self.parts()[0]
    }
}

/// Somebody, or a program.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct User {
    pub(crate) login: String,
}

/// Several people of an organization.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Team {
    pub(crate) slug: String,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Label {
    pub(crate) name: String,
}

/// One side of a pull request.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Side {
    #[serde(rename = "ref")]
    pub(crate) branch: String,
    pub(crate) sha: String,
    /// Nothing where the fork is gone.
    pub(crate) repo: Option<Identity>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Identity {
    pub(crate) id: u64,
}

/// A pull request.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Pull {
    pub(crate) number: u64,
    pub(crate) node_id: String,
    pub(crate) html_url: String,
    pub(crate) state: String,
    pub(crate) title: String,
    pub(crate) body: Option<String>,
    #[serde(default)]
    pub(crate) draft: bool,
    pub(crate) merged_at: Option<String>,
    pub(crate) head: Side,
    pub(crate) base: Side,
    #[serde(default)]
    pub(crate) labels: Vec<Label>,
    #[serde(default)]
    pub(crate) requested_reviewers: Vec<User>,
    #[serde(default)]
    pub(crate) requested_teams: Vec<Team>,
    #[serde(default)]
    pub(crate) assignees: Vec<User>,
    pub(crate) auto_merge: Option<AutoMerge>,
    /// Whether it could be merged now; only where one is asked for, and `unknown` until that is found out.
    pub(crate) mergeable_state: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct AutoMerge {}

/// A pull request, as an issue: with who closed it, which the pull request does not say.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Issue {
    pub(crate) closed_by: Option<User>,
    #[serde(default)]
    pub(crate) assignees: Vec<User>,
}

/// What somebody said of a pull request.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Review {
    /// Nothing where the account is gone.
    pub(crate) user: Option<User>,
}

impl Pull {
    pub(crate) fn is_open(&self) -> bool {
        self.state == "open"
    }

    pub(crate) fn state(&self) -> ChangeRequestState {
        match (self.is_open(), &self.merged_at) {
            (true, _) => ChangeRequestState::Open,
            (false, Some(_)) => ChangeRequestState::Merged,
            (false, None) => ChangeRequestState::Closed,
        }
    }

    /// Whether it comes from a branch of the repository itself.
    pub(crate) fn is_of(&self, home: &Home) -> bool {
        self.head.repo.as_ref().is_some_and(|repository| repository.id == home.id)
    }

    /// Who is asked, teams by their organization.
    pub(crate) fn asked(&self, home: &Home) -> Vec<String> {
        let people = self.requested_reviewers.iter().map(|user| user.login.clone());
        let teams = self.requested_teams.iter().map(|team| format!("{}/{}", home.owner(), team.slug));
        people.chain(teams).collect()
    }

    pub(crate) fn assigned(&self) -> Vec<String> {
        sorted(self.assignees.iter().map(|user| user.login.clone()).collect())
    }

    /// In core's words, with those who have reviewed it.
    pub(crate) fn shown(&self, home: &Home, reviewed: &[String]) -> ChangeRequest {
        let branches = [&self.head, &self.base].map(|side| BranchName::new(&side.branch));
        let mut shown = ChangeRequest::new(self.number, &self.html_url, branches, CommitId::new(&self.head.sha));
        shown.state = self.state();
        shown.title.clone_from(&self.title);
        shown.body = self.body.clone().unwrap_or_default();
        shown.draft = self.draft;
        shown.labels = sorted(self.labels.iter().map(|label| label.name.clone()).collect());
        shown.reviewers = sorted([self.asked(home), reviewed.to_vec()].concat());
        shown.assignees = self.assigned();
        shown.auto_merge = self.auto_merge.is_some();
        shown
    }
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct StoredComment {
    pub(crate) id: u64,
    pub(crate) body: Option<String>,
    /// What its author is to the repository.
    pub(crate) author_association: Option<String>,
    /// Nothing where the account is gone.
    pub(crate) user: Option<Account>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Account {
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
}

impl StoredComment {
    /// Whether its author belongs to the repository, or is a program that was let into it: anybody may write the others.
    pub(crate) fn is_of_staff(&self) -> bool {
        let is_program = self.user.as_ref().is_some_and(|user| user.kind.as_deref() == Some("Bot"));
        let is_close = |association: &String| ["OWNER", "MEMBER", "COLLABORATOR"].contains(&association.as_str());
        is_program || self.author_association.as_ref().is_none_or(is_close)
    }
}

/// A release.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct StoredRelease {
    pub(crate) id: u64,
    pub(crate) tag_name: String,
    pub(crate) name: Option<String>,
    pub(crate) body: Option<String>,
    pub(crate) draft: bool,
    pub(crate) prerelease: bool,
    #[serde(default)]
    pub(crate) immutable: bool,
    pub(crate) html_url: String,
    pub(crate) upload_url: String,
    #[serde(default)]
    pub(crate) assets: Vec<StoredAsset>,
}

/// A file of a release.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct StoredAsset {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) state: String,
    pub(crate) size: u64,
    pub(crate) digest: Option<String>,
    pub(crate) browser_download_url: String,
}

impl StoredRelease {
    pub(crate) fn asset(&self, name: &str) -> Option<&StoredAsset> {
        self.assets.iter().find(|asset| asset.name == name)
    }

    /// The same with a file, in the place of one of its name.
    pub(crate) fn with(&self, asset: &StoredAsset) -> Self {
        let mut with = self.clone();
        with.assets.retain(|other| other.name != asset.name);
        with.assets.push(asset.clone());
        with
    }

    /// Where it takes files: its address is a template, of which only the beginning counts.
    pub(crate) fn uploads(&self) -> &str {
        self.upload_url.split('{').next().unwrap_or_default()
    }

    pub(crate) fn shown(&self, is_latest: bool) -> Release {
        let mut shown = Release::new(TagName::new(&self.tag_name), &self.html_url);
        shown.title = self.name.clone().unwrap_or_default();
        shown.body = self.body.clone().unwrap_or_default();
        (shown.draft, shown.prerelease, shown.immutable) = (self.draft, self.prerelease, self.immutable);
        shown.latest = Some(is_latest);
        shown.assets = self.assets.iter().map(StoredAsset::shown).collect();
        shown.assets.sort_by(|one, other| one.name.cmp(&other.name));
        shown
    }
}

impl StoredAsset {
    /// GitHub's description calls what is not there whole `open`, and its text `starter`.
    pub(crate) fn is_whole(&self) -> bool {
        self.state == "uploaded"
    }

    pub(crate) fn digest(&self) -> Option<Digest> {
        Some(Digest::sha256(self.digest.as_deref()?.strip_prefix("sha256:")?))
    }

    pub(crate) fn shown(&self) -> Asset {
        let mut shown = Asset::new(&self.name, self.size, &self.browser_download_url);
        shown.digest = self.digest();
        shown.state = if self.is_whole() { AssetState::Complete } else { AssetState::Half };
        shown
    }
}

/// A branch or a tag.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Ref {
    #[serde(rename = "ref")]
    pub(crate) name: String,
    pub(crate) object: Object,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Object {
    pub(crate) sha: String,
}

/// A commit, with the files that it changes.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct StoredCommit {
    pub(crate) commit: CommitText,
    pub(crate) parents: Vec<Object>,
    #[serde(default)]
    pub(crate) files: Vec<Changed>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct CommitText {
    pub(crate) message: String,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Changed {
    pub(crate) filename: String,
}

/// Sorted, each once.
pub(crate) fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.sort();
    names.dedup();
    names
}

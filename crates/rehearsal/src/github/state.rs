//! Everything that the forge knows, behind one lock.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::SystemTime;

use super::account::{Grant, Issued};
use super::model::{Merged, Pull, Repo};
use super::time::Moment;

/// How many requests an hour somebody has who says who it is.
const HOURLY: u64 = 5_000;

/// How long it takes until the requests of an hour are there again, in seconds.
const HOUR: i64 = 3_600;

/// What the forge knows.
#[derive(Debug, Clone)]
pub(super) struct State {
    /// Where bare repositories lie.
    pub(super) folder: PathBuf,
    pub(super) clock: fn() -> SystemTime,
    pub(super) page: usize,
    pub(super) urls: Urls,
    pub(super) repositories: Vec<Repo>,
    pub(super) issued: Vec<Issued>,
    /// Everybody, in the order in which they were first heard of.
    pub(super) people: Vec<String>,
    pub(super) quota: Quota,
    /// How many requests have changed something.
    pub(super) changes: usize,
    /// What was asked in GraphQL.
    pub(super) documents: Vec<String>,
    ids: u64,
}

/// Where clients find what.
#[derive(Debug, Clone)]
pub(super) struct Urls {
    /// Pages and git.
    pub(super) web: String,
    pub(super) api: String,
    pub(super) uploads: String,
    pub(super) downloads: String,
}

/// How many requests are left, and when there are more.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quota {
    pub(super) left: u64,
    pub(super) again: i64,
}

impl Quota {
    pub(super) const LIMIT: u64 = HOURLY;

    fn full(now: Moment) -> Self {
        Self { left: HOURLY, again: now.seconds() + HOUR }
    }

    /// Takes one request off; whether there was one.
    pub(super) fn take(&mut self, now: Moment) -> bool {
        if now.seconds() >= self.again {
            *self = Self::full(now);
        }
        let had = self.left > 0;
        self.left = self.left.saturating_sub(1);
        had
    }
}

impl State {
    pub(super) fn new(folder: PathBuf, clock: fn() -> SystemTime, page: usize, urls: Urls) -> Self {
        let quota = Quota::full(Moment::of(clock()));
        let (repositories, issued, people, documents) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { folder, clock, page, urls, repositories, issued, people, quota, changes: 0, documents, ids: 1_000 }
    }

    pub(super) fn now(&self) -> Moment {
        Moment::of((self.clock)())
    }

    /// A number that nothing else has.
    pub(super) fn id(&mut self) -> u64 {
        self.ids += 1;
        self.ids
    }

    /// Somebody's number, who is known from now on.
    pub(super) fn meet(&mut self, login: &str) {
        if !self.people.iter().any(|known| known == login) {
            self.people.push(login.to_owned());
        }
    }

    pub(super) fn person(&self, login: &str) -> u64 {
        self.people.iter().position(|known| known == login).map_or(0, |index| index as u64 + 1)
    }

    /// Makes a token.
    pub(super) fn issue(&mut self, grant: Grant) -> String {
        self.meet(&grant.login);
        let token = format!("github_pat_rehearsal_{:04}", self.issued.len() + 1);
        self.issued.push(Issued { token: token.clone(), grant });
        token
    }

    /// What a token may do, where it has not expired; that it was used counts.
    pub(super) fn grant(&mut self, token: &str) -> Option<Grant> {
        let issued = self.issued.iter_mut().find(|issued| issued.token == token)?;
        let grant = issued.grant.clone();
        match &mut issued.grant.requests {
            Some(0) => None,
            Some(left) => {
                *left -= 1;
                Some(grant)
            }
            None => Some(grant),
        }
    }

    /// Where a repository of this name is, or was.
    pub(super) fn find(&self, full_name: &str) -> Option<usize> {
        let found = self.repositories.iter().position(|repo| repo.goes_by(full_name));
        found.or_else(|| self.repositories.iter().position(|repo| repo.went_by(full_name)))
    }

    pub(super) fn repo(&self, id: u64) -> Option<&Repo> {
        self.repositories.iter().find(|repo| repo.id == id)
    }

    /// The name, the type and the bytes of a complete file, by its number.
    pub(super) fn asset(&self, id: &str) -> Option<(String, String, Vec<u8>)> {
        let id: u64 = id.parse().ok()?;
        let releases = self.repositories.iter().flat_map(|repo| &repo.releases);
        let asset = releases.flat_map(|release| &release.assets).find(|asset| asset.id == id && asset.complete)?;
        Some((asset.name.clone(), asset.content_type.clone(), asset.bytes.clone()))
    }

    /// Brings pull requests up to what git says: heads that moved, branches that went, what a push brought into a base.
    pub(super) fn refresh(&mut self, repo: usize) {
        if !self.repositories[repo].pulls.iter().any(Pull::is_open) {
            return;
        }
        let refs = self.repositories[repo].git.commits();
        for index in 0..self.repositories[repo].pulls.len() {
            let mut pull = self.repositories[repo].pulls[index].clone();
            if pull.is_open() {
                self.look(repo, &refs, &mut pull);
                self.repositories[repo].pulls[index] = pull;
            }
        }
    }

    fn look(&self, repo: usize, refs: &BTreeMap<String, String>, pull: &mut Pull) {
        let now = self.now();
        let to = &self.repositories[repo];
        let branch = |name: &str| refs.get(&format!("refs/heads/{name}")).cloned();
        let is_own = pull.from == to.id;
        let fork = || self.repo(pull.from).and_then(|from| from.git.branch(&pull.head));
        let Some(head) = (if is_own { branch(&pull.head) } else { fork() }) else {
            pull.closed = Some((now, to.owner.clone()));
            return;
        };
        if head != pull.head_sha {
            (pull.head_sha, pull.updated, pull.checks_passed) = (head, now, false);
        }
        if refs.get(&pull.reference()) != Some(&pull.head_sha) {
            self.mirror(to, pull);
        }
        let Some(base) = branch(&pull.base) else { return };
        if base != pull.base_sha && to.git.contains(&base, &pull.head_sha) {
            pull.merged = Some(Merged { by: to.owner.clone(), sha: pull.head_sha.clone() });
            (pull.closed, pull.auto_merge) = (Some((now, to.owner.clone())), None);
        }
    }

    /// Keeps the head of a pull request where everybody can fetch it, also after its branch has gone.
    pub(super) fn mirror(&self, to: &Repo, pull: &Pull) {
        let Some(from) = self.repo(pull.from) else { return };
        // The objects of a fork are brought first; where that fails the head is not shown, as on a forge that lags.
        let brought = from.id == to.id || to.git.take(from.git.folder(), &pull.head_sha).is_ok();
        let _shown = brought.then(|| to.git.set(&pull.reference(), &pull.head_sha));
    }
}

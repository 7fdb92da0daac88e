//! The remote of a journey: merging there, and what it has.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use super::{Journey, Merge};
use crate::samples::Role;

/// The branch that `prepare` pushes.
const BRANCH: &str = "releasekit--release--main";

impl Journey {
    /// Merges the release branch into `main` and pushes it.
    #[track_caller]
    pub fn merge(&self, how: Merge) -> String {
        let (git, branch) = (&self.sandbox, format!("origin/{BRANCH}"));
        git.git(["fetch", "--quiet", "origin"]);
        match how {
            Merge::Commit => {
                git.git(["merge", "--quiet", "--no-ff", "-m", "Merge the release", &branch]);
            }
            Merge::Squash => {
                git.git(["merge", "--quiet", "--squash", &branch]);
                git.git(["commit", "--quiet", "-m", "chore: release (#1)"]);
            }
            Merge::Rebase => {
                git.git(["checkout", "--quiet", "-B", "rebased", &branch]);
                git.git(["rebase", "--quiet", "--force-rebase", "main"]);
                git.git(["checkout", "--quiet", "main"]);
                git.git(["merge", "--quiet", "--ff-only", "rebased"]);
                git.git(["branch", "--quiet", "-D", "rebased"]);
            }
        }
        git.git(["push", "--quiet", "origin", "main"]);
        git.head()
    }

    /// Every ref of the remote, by its name.
    #[track_caller]
    pub fn remote_refs(&self) -> BTreeMap<String, String> {
        refs(&self.sandbox.refs(&self.sandbox.remote()))
    }

    /// The commit that a tag of the remote leads to; `None` where the remote has no such tag.
    #[track_caller]
    pub fn remote_tag(&self, tag: &str) -> Option<String> {
        let name = format!("refs/tags/{tag}^{{commit}}");
        let found = self.sandbox.try_git(&self.sandbox.remote(), ["rev-parse", "--quiet", "--verify", &name]);
        found.success().then(|| found.ok())
    }

    /// A file of the release branch as the remote has it.
    #[track_caller]
    pub fn proposed(&self, path: &str) -> String {
        self.sandbox.git_in(&self.sandbox.remote(), ["show", &format!("{BRANCH}:{path}")])
    }

    /// The branches and tags of the work tree's repository, by their names.
    #[track_caller]
    pub fn local_refs(&self) -> BTreeMap<String, String> {
        self.refs_of(&self.sandbox.work())
    }

    /// The same of another clone.
    #[track_caller]
    pub fn refs_of(&self, clone: &Path) -> BTreeMap<String, String> {
        let mut refs = refs(&self.sandbox.refs(clone));
        refs.retain(|name, _| !name.starts_with("refs/remotes/"));
        refs
    }

    /// The tip of the release branch at the remote.
    #[track_caller]
    pub fn branch_tip(&self) -> Option<String> {
        self.remote_refs().remove(&format!("refs/heads/{BRANCH}"))
    }

    /// Asserts that the release branch brings a package to a version, in its manifest where versions stand there.
    #[track_caller]
    pub fn proposes(&self, role: Role, version: &str) {
        let planned: Value = serde_json::from_str(&self.proposed(".releasekit/manifest.json")).expect("it is JSON");
        let rows = planned["packages"].as_array().expect("it has rows");
        let row = rows.iter().find(|row| row["name"] == self.name(role)).expect("it has a row of the package");
        assert_eq!(row["next"], version, "{role:?}");
        let written = self.world().version_of(&self.proposed(&self.world().manifest(role)));
        assert!(written.as_deref().is_none_or(|written| written == version), "{role:?}: {written:?}");
    }

    /// The tags of the remote.
    #[track_caller]
    pub fn remote_tags(&self) -> Vec<String> {
        let names = self.remote_refs().into_keys();
        names.filter_map(|name| Some(name.strip_prefix("refs/tags/")?.to_owned())).collect()
    }
}

fn refs(text: &str) -> BTreeMap<String, String> {
    text.lines().filter_map(|line| line.split_once(' ')).map(|(id, name)| (name.to_owned(), id.to_owned())).collect()
}

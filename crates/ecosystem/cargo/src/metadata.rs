//! What cargo itself says of a workspace: its members, with all that they inherit written out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use releasekit_core::Result;
use releasekit_core::model::{PackageName, RepoPath};
use releasekit_process::{Error as ProcessError, Output};
use serde::Deserialize;

use crate::environment;
use crate::error::Error;
use crate::tool::{Bench, help};

/// The requirement of a dependency that has none.
const ANY: &str = "*";

/// A workspace as `cargo metadata --no-deps` describes it.
#[derive(Debug, Deserialize)]
pub(crate) struct Metadata {
    packages: Vec<Member>,
}

/// A member of it.
#[derive(Debug, Deserialize)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) manifest_path: PathBuf,
    pub(crate) dependencies: Vec<Need>,
    /// The registries that it may be published to, where it says so.
    pub(crate) publish: Option<Vec<String>>,
    pub(crate) description: Option<String>,
    pub(crate) license: Option<String>,
    pub(crate) license_file: Option<PathBuf>,
    pub(crate) readme: Option<PathBuf>,
}

/// A dependency of a member.
#[derive(Debug, Deserialize)]
pub(crate) struct Need {
    pub(crate) name: String,
    req: String,
    source: Option<String>,
    /// The index that it is required from; the public one is not named.
    pub(crate) registry: Option<String>,
    kind: Option<String>,
    /// The name that the package file gives it, where that is another.
    pub(crate) rename: Option<String>,
    /// The folder that it is taken from, where it is.
    pub(crate) path: Option<PathBuf>,
}

impl Need {
    /// The key under which it stands in the package file.
    pub(crate) fn key(&self) -> &str {
        self.rename.as_deref().unwrap_or(&self.name)
    }

    pub(crate) fn is_dev(&self) -> bool {
        self.kind.as_deref() == Some("dev")
    }

    /// Whether it requires a version, so that it stands in what is published.
    pub(crate) fn has_version(&self) -> bool {
        self.req != ANY
    }

    /// Whether it is taken from a repository of git.
    pub(crate) fn is_of_git(&self) -> bool {
        self.source.as_ref().is_some_and(|source| source.starts_with("git+"))
    }

    /// Whether it takes part in what is published: dependencies of developers without a version are left out.
    pub(crate) fn is_published(&self) -> bool {
        !self.is_dev() || self.has_version()
    }
}

impl Member {
    /// The name of its `.crate`.
    pub(crate) fn file_name(&self) -> String {
        format!("{}-{}.crate", self.name, self.version)
    }

    /// Its folder.
    pub(crate) fn folder(&self) -> &Path {
        self.manifest_path.parent().unwrap_or(Path::new("/"))
    }
}

impl Metadata {
    /// Asks cargo. Nothing is resolved, so neither a lockfile nor a registry is needed.
    pub(crate) async fn of(bench: &Bench<'_>, root: &RepoPath) -> Result<Self> {
        let environment = environment::strict(&bench.context.environment);
        let manifest = root.join(crate::config::MANIFEST).unwrap_or_default();
        let args = ["metadata", "--no-deps", "--format-version", "1"];
        let output = bench.run(environment, &args).await.and_then(Output::checked);
        let output = output.map_err(|error| match error {
            ProcessError::NotFound { .. } => help(error),
            source => Error::Metadata { manifest: manifest.clone(), source: Box::new(source) }.into(),
        })?;
        Self::read(&output.stdout, manifest)
    }

    /// What cargo answered of the workspace with this package file at its root.
    pub(crate) fn read(answer: &[u8], manifest: RepoPath) -> Result<Self> {
        Ok(serde_json::from_slice(answer).map_err(|source| Error::Answer { manifest, source })?)
    }

    /// The members, sorted by name.
    pub(crate) fn members(&self) -> impl Iterator<Item = &Member> {
        let all: BTreeMap<&str, &Member> = self.packages.iter().map(|member| (member.name.as_str(), member)).collect();
        all.into_values()
    }

    /// A member by its name.
    pub(crate) fn find(&self, name: &str) -> Option<&Member> {
        self.packages.iter().find(|member| member.name == name)
    }

    /// A member by its name, which has to be there.
    pub(crate) fn member(&self, name: &PackageName, root: &RepoPath) -> Result<&Member> {
        let manifest = || root.join(crate::config::MANIFEST).unwrap_or_default();
        let found = self.find(name.as_str());
        Ok(found.ok_or_else(|| Error::Unknown { package: name.clone(), manifest: manifest() })?)
    }

    /// The member that a dependency takes from its folder.
    pub(crate) fn taken(&self, need: &Need) -> Option<&Member> {
        let folder = need.path.as_deref()?;
        self.packages.iter().find(|member| member.folder() == folder)
    }

    /// What members need of each other in what is published, directly or not, themselves included. What closes a circle is
    /// left out of what is published, so it does not count.
    pub(crate) fn closure<'a>(&'a self, wanted: impl IntoIterator<Item = &'a Member>) -> BTreeSet<&'a str> {
        let mut found = BTreeSet::new();
        let mut open: Vec<&Member> = wanted.into_iter().collect();
        while let Some(member) = open.pop() {
            if found.insert(member.name.as_str()) {
                let circular: BTreeSet<&str> = self.circular(member).map(Need::key).collect();
                let kept = member.dependencies.iter().filter(|need| !need.is_dev() || !circular.contains(need.key()));
                open.extend(kept.filter(|need| need.is_published()).filter_map(|need| self.taken(need)));
            }
        }
        found
    }

    /// The dependencies of developers that require a version of what needs the member itself: with them no order of
    /// publishing would do.
    pub(crate) fn circular<'a>(&'a self, member: &'a Member) -> impl Iterator<Item = &'a Need> {
        let versioned = member.dependencies.iter().filter(|need| need.is_dev() && need.has_version());
        versioned.filter(|need| self.taken(need).is_some_and(|other| self.reaches(other, member)))
    }

    fn reaches(&self, from: &Member, to: &Member) -> bool {
        let mut seen = BTreeSet::new();
        let mut open = vec![from];
        while let Some(member) = open.pop() {
            if member.name == to.name {
                return true;
            }
            if seen.insert(&member.name) {
                let needs = member.dependencies.iter().filter(|need| need.is_published());
                open.extend(needs.filter_map(|need| self.taken(need)));
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Name, requirement and kind.
    type Row = (&'static str, &'static str, Option<&'static str>);

    fn workspace(packages: &[(&str, &[Row])]) -> Metadata {
        let need = |(name, req, kind): &Row| Need {
            registry: None,
            name: (*name).to_owned(),
            req: (*req).to_owned(),
            source: None,
            kind: kind.map(str::to_owned),
            rename: None,
            path: Some(PathBuf::from("/w").join(name)),
        };
        let member = |(name, needs): &(&str, &[Row])| Member {
            name: (*name).to_owned(),
            version: "1.0.0".to_owned(),
            manifest_path: PathBuf::from("/w").join(name).join("Cargo.toml"),
            dependencies: needs.iter().map(need).collect(),
            publish: None,
            description: None,
            license: None,
            license_file: None,
            readme: None,
        };
        Metadata { packages: packages.iter().map(member).collect() }
    }

    fn circular(metadata: &Metadata, name: &str) -> Vec<String> {
        let member = metadata.find(name).expect("a member");
        metadata.circular(member).map(|need| need.name.clone()).collect()
    }

    #[test]
    fn a_dev_dependency_closes_a_circle_where_what_it_names_needs_it() {
        let metadata = workspace(&[
            ("core", &[("kit", "^1", Some("dev")), ("leaf", "^1", Some("dev"))]),
            ("kit", &[("mid", "^1", None)]),
            ("mid", &[("core", "^1", None)]),
            ("leaf", &[]),
            ("path-only", &[("user", "*", Some("dev"))]),
            ("user", &[("path-only", "^1", Some("build"))]),
            ("self", &[("self", "^1", Some("dev"))]),
        ]);
        assert_eq!(circular(&metadata, "core"), ["kit"]);
        assert_eq!(circular(&metadata, "path-only"), [""; 0]);
        assert_eq!(circular(&metadata, "user"), [""; 0]);
        assert_eq!(circular(&metadata, "self"), ["self"]);
        let closure = |name| metadata.closure(metadata.find(name)).into_iter().collect::<Vec<_>>();
        assert_eq!(closure("core"), ["core", "leaf"]);
        assert_eq!(closure("kit"), ["core", "kit", "leaf", "mid"]);
        assert_eq!(closure("user"), ["path-only", "user"]);
    }
}

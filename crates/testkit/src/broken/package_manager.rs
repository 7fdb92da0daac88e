//! Package managers in memory that break a promise each.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use releasekit_core::model::{
    Artifact, ArtifactKind, Identity, Member, Package, PackageName, RepoPath, Target, Version,
};
use releasekit_core::package_manager::{
    BuildRequest, CheckRequest, Finding, LockRequest, PackageManagerCapabilities, Reply, ResolveRequest, Resolved,
    Route, SmokeRequest, ToolInfo, UploadRequest,
};
use releasekit_core::{Diagnostic, ErrorKind, FileEdit, PackageManager, Result};

use crate::memory::{Index, MemoryPackageManager, key};
use crate::suite::Caught;

/// What it does other than it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lie {
    /// Its tool has no name.
    Nameless,
    /// Its tool is older than it may be.
    Aged,
    /// Any program will do.
    TakesOld,
    /// A file counts that lies wherever it runs.
    Relative,
    /// A moved package is no change of the lockfile.
    ForgetsLocks,
    /// A lockfile that fits is written again.
    Relocks,
    /// A lockfile that was stale before is written over.
    Overrules,
    /// Where there is no lockfile it makes one.
    MakesLock,
    /// It says that it keeps a lockfile.
    SaysLockfile,
    /// It keeps one and does not say so.
    HidesLockfile,
    /// It finds nothing.
    FindsNothing,
    /// It finds one thing at a time.
    FindsOne,
    /// It mends nothing.
    MendsNothing,
    /// It says that it checks.
    SaysChecks,
    /// It checks and does not say so.
    HidesChecks,
    /// It says that it makes sources alone.
    SaysSources,
    /// Sources come first.
    Disorders,
    /// It describes a file that it has built in another way.
    Redescribes,
    /// It logs beside what it builds.
    Logs,
    /// The content of an artifact depends on where it lies.
    Varies,
    /// It takes away what was built before.
    Clears,
    /// What it builds together it gives in another order.
    MixesUp,
    /// It says that it builds together.
    SaysTogether,
    /// It builds together and does not say so.
    HidesTogether,
    /// It finds no content in any artifact.
    Empties,
    /// What cannot be built is nothing.
    Shrugs,
    /// Artifacts are of another version.
    Misversions,
    /// Artifacts note where they were built.
    Places,
    /// Artifacts require nothing.
    Unrequires,
    /// Members are told in another order.
    Shuffles,
    /// Artifacts require what they require in other words.
    Rewords,
    /// All artifacts have one content.
    Blurs,
    /// Everything is an artifact inside.
    Reads,
    /// The version is that of the file name.
    Names,
    /// It sends files that it says it does not send.
    Sends,
    /// It describes a file as it was at first.
    Remembers,
    /// It says that it sends files, and does not.
    SaysFiles,
    /// It notes that it has looked.
    Touches,
    /// Other bytes take the place of the first ones.
    Overwrites,
    /// What is not there is no artifact.
    Vanishes,
    /// It refuses other bytes as if they were no file.
    Misnames,
    /// A half file is an artifact.
    TakesHalf,
    /// It says that it tells delays.
    SaysDelays,
    /// It tells them and does not say so.
    HidesDelays,
    /// It chooses whatever is asked for alone.
    ChoosesAll,
    /// It chooses each package by itself.
    ChoosesApart,
    /// It says that it resolves.
    SaysResolves,
    /// It sends nothing, and says that it resolves.
    SaysResolvesAlone,
    /// It resolves and does not say so.
    HidesResolves,
    /// It installs whatever version is asked for.
    InstallsAll,
    /// It looks whether something is there, and installs nothing.
    InstallsNothing,
    /// It installs what is asked for, and nothing that it requires.
    InstallsAlone,
    /// It says that it installs.
    SaysInstalls,
    /// It sends nothing, and says that it installs.
    SaysInstallsAlone,
    /// It installs and does not say so.
    HidesInstalls,
}

impl Lie {
    /// Each with the cases of [the suite](crate::suite::package_manager) that catch it.
    pub const CAUGHT: &[Caught<Self>] = &[
        (Self::Nameless, &["the_tool_says_which_it_is"]),
        (Self::Aged, &["the_tool_says_which_it_is"]),
        (Self::TakesOld, &["a_tool_that_is_too_old_is_told"]),
        (Self::Relative, &["what_counts_lies_outside_of_exports"]),
        (Self::ForgetsLocks, &["locks_follow_the_package_files"]),
        (Self::Relocks, &["a_lock_that_fits_is_left"]),
        (Self::Overrules, &["a_lock_that_was_stale_is_told"]),
        (Self::MakesLock, &["where_there_is_no_lock_none_is_made"]),
        (Self::SaysLockfile, LOCKS),
        (Self::HidesLockfile, LOCKS),
        (Self::FindsNothing, &["what_is_in_the_way_is_found"]),
        (Self::FindsOne, &["all_that_is_in_the_way_is_told"]),
        (Self::MendsNothing, &["what_is_fixable_is_mended"]),
        (Self::SaysChecks, CHECKS),
        (Self::HidesChecks, CHECKS),
        (Self::SaysSources, &["a_build_makes_the_usual_artifacts"]),
        (Self::Disorders, &["artifacts_are_ordered_as_they_are_uploaded"]),
        (Self::Redescribes, &["artifacts_are_what_lies_in_the_folder"]),
        (Self::Logs, &["nothing_else_lies_beside_artifacts"]),
        (Self::Varies, &["two_builds_have_one_content"]),
        (Self::Clears, &["nothing_else_lies_beside_artifacts"]),
        (Self::MixesUp, &["what_is_built_together_is_what_is_built_alone"]),
        (Self::SaysTogether, &["what_is_built_together_is_what_is_built_alone"]),
        (Self::HidesTogether, &["what_is_built_together_is_what_is_built_alone"]),
        (Self::Empties, &["two_builds_have_one_content"]),
        (Self::Shrugs, &["a_build_of_nothing_is_told"]),
        (Self::Misversions, &["an_artifact_says_whose_it_is"]),
        (Self::Places, &["two_builds_have_one_content"]),
        (Self::Unrequires, &["an_artifact_says_what_it_requires"]),
        (Self::Shuffles, &["two_builds_have_one_content"]),
        (Self::Rewords, &["an_artifact_says_what_it_requires"]),
        (Self::Blurs, &["other_sources_have_other_content"]),
        (Self::Reads, &["what_is_no_artifact_is_told"]),
        (Self::Names, &["what_is_inside_counts_whatever_its_file_is_called"]),
        (Self::Sends, &["a_file_goes_by_the_route"]),
        (Self::Remembers, &["a_file_is_described_as_it_is_now"]),
        (Self::SaysFiles, SENDS),
        (Self::Touches, &["what_is_inspected_stays_as_it_is"]),
        (Self::Overwrites, &["other_bytes_are_refused"]),
        (Self::Vanishes, &["what_is_no_artifact_is_told"]),
        (Self::Misnames, &["other_bytes_are_refused"]),
        (Self::TakesHalf, &["what_is_no_artifact_is_told"]),
        (Self::SaysDelays, &["a_delay_is_told_where_it_is_known"]),
        (Self::HidesDelays, &["a_delay_is_told_where_it_is_known"]),
        (Self::ChoosesAll, &["installers_choose_what_is_live"]),
        (Self::ChoosesApart, &["what_contradicts_is_not_chosen"]),
        (Self::SaysResolves, RESOLVES),
        (Self::SaysResolvesAlone, RESOLVES),
        (Self::HidesResolves, RESOLVES),
        (Self::InstallsAll, &["what_is_live_can_be_installed"]),
        (Self::InstallsNothing, &["what_is_live_can_be_installed"]),
        (Self::InstallsAlone, &["what_is_required_is_installed_too"]),
        (Self::SaysInstalls, INSTALLS),
        (Self::SaysInstallsAlone, INSTALLS),
        (Self::HidesInstalls, INSTALLS),
    ];
}

const LOCKS: &[&str] = &[
    "locks_follow_the_package_files",
    "a_lock_that_fits_is_left",
    "a_lock_that_was_stale_is_told",
    "where_there_is_no_lock_none_is_made",
];

const CHECKS: &[&str] = &["what_is_in_the_way_is_found", "all_that_is_in_the_way_is_told", "what_is_fixable_is_mended"];

const RESOLVES: &[&str] = &["installers_choose_what_is_live", "what_contradicts_is_not_chosen"];

const INSTALLS: &[&str] = &["what_is_live_can_be_installed", "what_is_required_is_installed_too"];

/// What needs a file that was sent.
const SENDS: &[&str] = &[
    "a_file_goes_by_the_route",
    "other_bytes_are_refused",
    "a_delay_is_told_where_it_is_known",
    "installers_choose_what_is_live",
    "what_contradicts_is_not_chosen",
    "what_is_live_can_be_installed",
    "what_is_required_is_installed_too",
];

/// A lockfile that says nothing.
fn lock() -> FileEdit {
    FileEdit::write(RepoPath::new("lock.txt").expect("a legal path"), "")
}

/// A package manager in memory that breaks one promise.
#[derive(Debug)]
pub struct Broken {
    inner: MemoryPackageManager,
    index: Arc<Mutex<Index>>,
    /// What it said of a file first.
    seen: Mutex<BTreeMap<PathBuf, Option<Artifact>>>,
    lie: Lie,
}

impl Broken {
    /// Lets a tool whose registry is an index break a promise.
    pub fn new(inner: MemoryPackageManager, index: Arc<Mutex<Index>>, lie: Lie) -> Self {
        Self { inner, index, seen: Mutex::default(), lie }
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl PackageManager for Broken {
    fn capabilities(&self) -> PackageManagerCapabilities {
        let mut says = self.inner.capabilities();
        match self.lie {
            Lie::SaysLockfile => says.lockfile = true,
            Lie::HidesLockfile => says.lockfile = false,
            Lie::SaysChecks => says.checks = true,
            Lie::HidesChecks => says.checks = false,
            Lie::SaysTogether => says.builds_together = true,
            Lie::HidesTogether => says.builds_together = false,
            Lie::SaysSources => says.artifacts = &[ArtifactKind::Source],
            Lie::Sends => says.route = Route::Api,
            Lie::SaysFiles => says.route = Route::Files,
            Lie::SaysDelays => says.retry_after = true,
            Lie::HidesDelays => says.retry_after = false,
            Lie::SaysResolves | Lie::SaysResolvesAlone => says.resolves = true,
            Lie::HidesResolves => says.resolves = false,
            Lie::SaysInstalls | Lie::SaysInstallsAlone => says.smoke_test = true,
            Lie::HidesInstalls => says.smoke_test = false,
            _ => {}
        }
        says
    }

    fn trusted_files(&self) -> Vec<PathBuf> {
        if self.lie == Lie::Relative { vec![PathBuf::from("settings")] } else { self.inner.trusted_files() }
    }

    async fn tool(&self) -> Result<ToolInfo> {
        let tool = self.inner.tool().await;
        if self.lie == Lie::TakesOld && tool.is_err() {
            return Ok(ToolInfo::new("memory", "0.1.0", "1.0.0"));
        }
        let mut tool = tool?;
        if self.lie == Lie::Aged {
            tool.version = "0.9.0".to_owned();
        }
        if self.lie == Lie::Nameless {
            tool.name.clear();
        }
        Ok(tool)
    }

    async fn check(&self, request: &CheckRequest) -> Result<Vec<Finding>> {
        let mut found = self.inner.check(request).await;
        match (self.lie, &mut found) {
            (Lie::FindsNothing, Ok(found)) if found.len() == 1 => found.clear(),
            (Lie::FindsOne, Ok(found)) => found.truncate(1),
            _ => {}
        }
        found
    }

    async fn fix(&self, request: &CheckRequest) -> Result<Vec<FileEdit>> {
        if self.lie == Lie::MendsNothing { Ok(Vec::new()) } else { self.inner.fix(request).await }
    }

    async fn refresh_locks(&self, request: &LockRequest) -> Result<Vec<FileEdit>> {
        match self.lie {
            Lie::Relocks if request.moves.iter().all(|(_, step)| step.to.as_str() == "1.0.0") => Ok(vec![lock()]),
            _ => {
                let done = self.inner.refresh_locks(request).await;
                let is_stale = done.as_ref().is_err_and(|error| error.kind() == ErrorKind::Precondition);
                let is_missing = done.as_ref().is_ok_and(Vec::is_empty) && !request.folder.join("lock.txt").exists();
                match self.lie {
                    Lie::Overrules if is_stale => Ok(vec![lock()]),
                    Lie::ForgetsLocks => done.map(|_| Vec::new()),
                    Lie::MakesLock if is_missing => Ok(vec![lock()]),
                    _ => done,
                }
            }
        }
    }

    async fn build(&self, request: &BuildRequest) -> Result<Vec<Artifact>> {
        let built = self.inner.build(request).await;
        if self.lie == Lie::Shrugs && built.is_err() {
            return Ok(Vec::new());
        }
        let mut artifacts = built?;
        let made = match self.lie {
            Lie::Logs => fs::write(request.out.join("build.log"), "done"),
            Lie::Clears => request.siblings.iter().try_for_each(fs::remove_dir_all),
            _ => Ok(()),
        };
        made.expect("the folder is the case's");
        match self.lie {
            Lie::Disorders => artifacts.reverse(),
            Lie::Places => {
                for artifact in &mut artifacts {
                    let text = fs::read_to_string(&artifact.path).unwrap_or_default();
                    let noted = fs::write(&artifact.path, format!("{text}place = {}\n", request.folder.display()));
                    noted.expect("the folder is the case's");
                    *artifact = self.inner.artifact(&artifact.path)?.unwrap_or_else(|| artifact.clone());
                }
            }
            _ => {}
        }
        Ok(artifacts)
    }

    async fn build_together(&self, requests: &[BuildRequest]) -> Result<Vec<Vec<Artifact>>> {
        if !self.inner.capabilities().builds_together {
            return self.inner.build_together(requests).await;
        }
        let mut built = Vec::new();
        for request in requests {
            built.push(self.build(request).await?);
        }
        if self.lie == Lie::MixesUp {
            built.reverse();
        }
        Ok(built)
    }

    fn inspect(&self, file: &Path) -> Result<Identity> {
        let read = self.inner.inspect(file);
        if self.lie == Lie::Reads && read.is_err() {
            return Ok(Identity::new(PackageName::new("base"), Version::from_canonical("1.0.0")));
        }
        let mut identity = read?;
        match self.lie {
            Lie::Varies if file.parent().is_some_and(|folder| folder.ends_with("other")) => {
                let path = file.display().to_string();
                identity.members.push(Member { path, executable: false, digest: String::new() });
            }
            Lie::Empties => identity.members.clear(),
            Lie::Shuffles => identity.members.reverse(),
            Lie::Blurs => {
                let path = "content".to_owned();
                identity.members = vec![Member { path, executable: false, digest: String::new() }];
            }
            Lie::Names if file.to_string_lossy().contains("9.9.9") => {
                identity.version = Version::from_canonical("9.9.9");
            }
            Lie::Touches => fs::write(file.with_extension("seen"), "").expect("the folder is the case's"),
            Lie::Unrequires => identity.requirements.clear(),
            Lie::Rewords => identity.requirements.iter_mut().for_each(|it| it.text.push(' ')),
            Lie::Misversions => identity.version = Version::from_canonical("0.0.0"),
            _ => {}
        }
        Ok(identity)
    }

    fn artifact(&self, file: &Path) -> Result<Option<Artifact>> {
        match self.lie {
            Lie::Vanishes if !file.exists() => return Ok(None),
            Lie::TakesHalf if file.extension().is_some_and(|end| end == "part") => {
                let (name, kind) = (file.display().to_string(), ArtifactKind::Source);
                return Ok(Some(Artifact::new(file.to_owned(), name, kind, 0, Vec::new())));
            }
            _ => {}
        }
        let described = self.inner.artifact(file)?;
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let first = seen.entry(file.to_owned()).or_insert_with(|| described.clone());
        Ok(match self.lie {
            Lie::Remembers => first.clone(),
            Lie::Redescribes => described.map(|artifact| artifact.with_classifier("again")),
            _ => described,
        })
    }

    fn published_name(&self, package: &Package, version: &Version) -> PackageName {
        self.inner.published_name(package, version)
    }

    fn check_readable(&self, artifact: &Artifact, target: &Target) -> Result<()> {
        self.inner.check_readable(artifact, target)
    }

    async fn upload(&self, request: &UploadRequest) -> Reply {
        let reply = self.inner.upload(request).await;
        if self.lie == Lie::Overwrites {
            let bytes = fs::read(&request.artifact.path).unwrap_or_default();
            let key = key(&request.package, &request.artifact.file_name);
            let mut index = self.index.lock().unwrap_or_else(PoisonError::into_inner);
            if matches!(&reply, Reply::Refused(_)) && index.bytes(&key).is_some_and(|stored| stored != bytes) {
                index.put(&key, bytes);
                return Reply::Accepted;
            }
        }
        match reply {
            Reply::Refused(error) if self.lie == Lie::Misnames && error.kind() == ErrorKind::Conflict => {
                Reply::Refused(error.with_kind(ErrorKind::Invalid))
            }
            reply => reply,
        }
    }

    async fn resolve(&self, request: &ResolveRequest) -> Result<Resolved> {
        match self.lie {
            Lie::ChoosesAll if request.packages.len() == 1 => Ok(Resolved::Chosen),
            Lie::ChoosesApart if request.packages.len() > 1 => {
                for one in &request.packages {
                    let (target, folder) = (request.target.clone(), request.folder.clone());
                    let alone = ResolveRequest::new(target, folder, request.timeout).with_packages(vec![one.clone()]);
                    let chosen = self.inner.resolve(&alone).await?;
                    if chosen != Resolved::Chosen {
                        return Ok(chosen);
                    }
                }
                Ok(Resolved::Chosen)
            }
            _ => self.inner.resolve(request).await,
        }
    }

    async fn smoke_test(&self, request: &SmokeRequest) -> Result<()> {
        let done = self.inner.smoke_test(request).await;
        match self.lie {
            Lie::InstallsAll if request.version.as_str() == "9.9.9" => Ok(()),
            Lie::InstallsNothing if done.is_ok() => {
                let emptied = fs::remove_dir_all(&request.folder).and_then(|()| fs::create_dir(&request.folder));
                emptied.expect("the folder is the case's");
                done
            }
            Lie::InstallsAlone if request.package.as_str() == "top" => Ok(()),
            _ => done,
        }
    }
}

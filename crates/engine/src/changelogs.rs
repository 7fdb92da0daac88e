//! Which changelog each package that moves has, and the edits of these files.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use releasekit_core::forge::Links;
use releasekit_core::model::{PackageId, RepoPath, TagName, Version};
use releasekit_core::vcs::{CommitInfo, Head, RemoteRefs};
use releasekit_core::{FileEdit, Templates, Tree};

use crate::discover::Discovery;
use crate::error::{Error, Result};
use crate::forge;
use crate::history::AskedByFile;
use crate::manifest::Manifest;
use crate::notes::{self, Changelog, Notes, Remark, read_text};
use crate::plan::{self, Planned};
use crate::session::{Policies, Session, Snapshot};

/// The changelog's name in a package's folder, where the configuration says no other.
const NAME: &str = "CHANGELOG.md";

/// Ends of the names of files in Markdown.
const MARKDOWN: &[&str] = &["md", "markdown", "mdown", "mkd", "mkdn", "mdx"];

/// Ends of the names of changelogs that are written in something else, with that of none.
const OTHER_PROSE: &[&str] = &["", "rst", "txt", "adoc", "asciidoc", "org", "rdoc", "textile", "html"];

/// The edits of changelogs, and what the people whose files they are should know.
#[derive(Debug, Default)]
pub(crate) struct Changelogs {
    /// One edit for each file.
    pub edits: Vec<FileEdit>,
    /// Sentences, each with what to do.
    pub remarks: Vec<(String, String)>,
    /// The notes of each package that moves, whether or not it has a changelog.
    pub notes: BTreeMap<PackageId, String>,
}

/// A merged release that was not released, and is planned anew.
#[derive(Debug)]
pub(crate) struct Superseded {
    /// Its manifest.
    pub manifest: Manifest,
    /// Its sections as they were written; none where that cannot be found out any more.
    sections: BTreeMap<PackageId, String>,
    /// What the change files that it used up said of its packages.
    pub used: Vec<(PackageId, AskedByFile)>,
}

impl Superseded {
    /// Makes the sections of a release again, from the commit that it planned and the tags that were there.
    pub(crate) async fn new(session: &Session, manifest: Manifest, remote: &RemoteRefs) -> Self {
        // A section that is not known to be ours is taken for people's, which loses nothing.
        let (sections, used) = made_of(session, &manifest, remote).await.unwrap_or_default();
        Self { manifest, sections, used }
    }

    fn version(&self, package: &PackageId) -> Option<&Version> {
        self.manifest.packages.iter().find(|row| row.id() == *package)?.next.as_ref()
    }
}

/// Sections by package, and what change files said of packages.
type Made = (BTreeMap<PackageId, String>, Vec<(PackageId, AskedByFile)>);

async fn made_of(session: &Session, manifest: &Manifest, remote: &RemoteRefs) -> Result<Made> {
    let base = session.describe(&manifest.base).await?;
    let own: BTreeSet<_> = manifest.tags().into_iter().collect();
    let mut tags = remote.tags();
    tags.retain(|tag| !own.contains(&tag.name));
    let head = Head::new(base.id.clone(), None, session.vcs.head().await?.shallow);
    let snapshot = session.snapshot_at(&base.id, Policies::Committed).await?;
    let planned = plan::plan_with_tags(session, snapshot, &head, &tags, &manifest.options.asked()).await?;
    let files = Files::of(&planned.snapshot)?;
    let template = notes::template(&planned)?;
    let links = forge::links(session, &planned.snapshot.policy).await?;
    let sources = Sources { planned: &planned, head: &base, links: links.as_ref() };
    let (mut packages, mut notes, mut used) = (Vec::new(), Vec::new(), Vec::new());
    for (index, member) in planned.snapshot.discovery.members.iter().enumerate() {
        let Some(next) = &planned.bumps.0[index].next else { continue };
        used.extend(planned.changes.members[index].by_files.iter().map(|asked| (member.id.clone(), asked.clone())));
        let Some(path) = &files.paths[index] else { continue };
        packages.push(member.id.clone());
        notes.push(sources.notes((index, next), files.is_shared(path))?);
    }
    let texts = notes::to_markdown(&notes, template.as_deref(), session.context.templates.as_deref()).await?;
    Ok((packages.into_iter().zip(texts).collect(), used))
}

/// What notes are made of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sources<'a> {
    /// The plan.
    pub planned: &'a Planned,
    /// The commit that is planned.
    pub head: &'a CommitInfo,
    /// What they link to; `None` for nothing.
    pub links: Option<&'a Links>,
}

impl Sources<'_> {
    fn notes(self, (index, next): (usize, &Version), shared: bool) -> Result<Notes> {
        let notes = notes::for_member(self.planned, index, next, &notes::date_of(self.head))?;
        let notes = Notes { shared, ..notes };
        Ok(match self.links {
            Some(links) => notes::linked(notes, links, self.tags((index, next))),
            None => notes,
        })
    }

    /// The tag of the version that the notes begin after, and the one to come.
    fn tags(&self, (index, next): (usize, &Version)) -> Option<(&TagName, &TagName)> {
        let Planned { snapshot, changes, plan, .. } = self.planned;
        let member = &snapshot.discovery.members[index];
        let changes = &changes.members[index];
        let is_final = !snapshot.discovery.scheme(member).is_prerelease(next);
        let from = match &changes.since_final {
            Some(since) if is_final => {
                changes.tagged.iter().find(|(version, _)| *version == since.version).map(|it| &it.1)
            }
            _ => changes.last.as_ref().map(|last| &last.tag),
        };
        let to = plan.included().find(|row| row.name == member.id.name && row.label == member.id.label)?.tag.as_ref();
        from.zip(to)
    }
}

/// The edits of changelogs, one section for each package that moves. A template of the user's takes `templates`.
pub(crate) async fn edits(
    sources: Sources<'_>,
    superseded: Option<&Superseded>,
    templates: Option<&dyn Templates>,
) -> Result<Changelogs> {
    let planned = sources.planned;
    let mut writer = Writer {
        planned,
        files: Files::of(&planned.snapshot)?,
        superseded,
        texts: BTreeMap::new(),
        remarks: BTreeSet::new(),
    };
    let template = notes::template(planned)?;
    let moving = writer.moving();
    let mut notes = Vec::new();
    for (index, next, path) in &moving {
        let shared = path.as_ref().is_some_and(|path| writer.files.is_shared(path));
        notes.push(sources.notes((*index, next), shared)?);
    }
    let sections = notes::to_markdown(&notes, template.as_deref(), templates).await?;
    let mut notes = BTreeMap::new();
    for ((index, next, path), section) in moving.into_iter().zip(sections) {
        if let Some(path) = path {
            writer.write(index, &path, next, &section)?;
        }
        notes.insert(planned.snapshot.discovery.members[index].id.clone(), section);
    }
    let edits = writer.texts.into_iter().map(|(path, text)| FileEdit::write(path, text)).collect();
    Ok(Changelogs { edits, remarks: writer.remarks.into_iter().collect(), notes })
}

/// The changelog of a package as it stands in a tree, where it is one that releasekit writes.
pub(crate) fn written(planned: &Planned, tree: &dyn Tree, index: usize) -> Result<Option<(RepoPath, String)>> {
    let path = Files::of(&planned.snapshot)?.paths[index].clone().filter(is_markdown);
    path.map(|path| Ok((path.clone(), read_text(tree, &path)?.unwrap_or_default()))).transpose()
}

/// The sections that the changelogs of some files have by now, whoever wrote them.
pub(crate) struct Sections<'a> {
    snapshot: &'a Snapshot,
    files: Files,
}

impl<'a> Sections<'a> {
    /// Finds the changelog of every package.
    pub(crate) fn of(snapshot: &'a Snapshot) -> Result<Self> {
        Ok(Self { snapshot, files: Files::of(snapshot)? })
    }

    /// What a package's changelog says of a version, below its heading; `None` where it says nothing, or is none that
    /// releasekit writes.
    pub(crate) fn find(&self, index: usize, version: &Version) -> Result<Option<(&RepoPath, String)>> {
        let Some(path) = self.files.paths[index].as_ref().filter(|path| is_markdown(path)) else { return Ok(None) };
        let text = read_text(self.snapshot.tree.as_ref(), path)?.unwrap_or_default();
        let section = self.files.changelog(self.snapshot, index, path).section(&text, version);
        Ok(section.filter(|text| !text.is_empty()).map(|text| (path, text)))
    }
}

/// The files while they are being written.
struct Writer<'a> {
    planned: &'a Planned,
    files: Files,
    superseded: Option<&'a Superseded>,
    texts: BTreeMap<RepoPath, String>,
    remarks: BTreeSet<(String, String)>,
}

impl<'a> Writer<'a> {
    fn remark(&mut self, message: String, help: String) {
        self.remarks.insert((message, help));
    }

    /// The packages that move, each with its version to come and the file that gets a section. Files that are left alone are
    /// remarked.
    fn moving(&mut self) -> Vec<(usize, &'a Version, Option<RepoPath>)> {
        let mut moving = Vec::new();
        for (index, bump) in self.planned.bumps.0.iter().enumerate() {
            let Some(next) = &bump.next else { continue };
            let path = self.files.paths[index].clone();
            let other = path.as_ref().filter(|path| !is_markdown(path));
            other.into_iter().for_each(|path| self.leave_alone(index, path));
            moving.push((index, next, path.filter(is_markdown)));
        }
        moving
    }

    fn leave_alone(&mut self, index: usize, path: &RepoPath) {
        let package = &self.planned.snapshot.discovery.members[index].id;
        self.remark(
            format!("`{path}` is no Markdown file by its name, and is left alone"),
            format!("name a Markdown file, or `\"\"` for none, as the `changelog` of `{package}`"),
        );
    }

    fn write(&mut self, index: usize, path: &RepoPath, next: &Version, section: &str) -> Result<()> {
        let member = &self.planned.snapshot.discovery.members[index];
        let text = match self.texts.remove(path) {
            Some(text) => text,
            None => read_text(self.planned.snapshot.tree.as_ref(), path)?.unwrap_or_default(),
        };
        let changelog = self.files.changelog(&self.planned.snapshot, index, path);
        let (text, entries) = self.without_superseded(&changelog, &member.id, path, text);
        let written = changelog.insert(&text, next, section, &entries);
        for remark in &written.remarks {
            let (message, help) = said(*remark, path, next);
            self.remark(message, help);
        }
        self.texts.insert(path.clone(), written.text);
        Ok(())
    }

    /// The text without the section of the release that is planned anew, and what people added to that.
    fn without_superseded(
        &mut self,
        changelog: &Changelog<'_>,
        package: &PackageId,
        path: &RepoPath,
        text: String,
    ) -> (String, String) {
        let old = self.superseded.and_then(|old| Some((old.version(package)?, old.sections.get(package))));
        let Some((version, section)) = old.filter(|(version, _)| changelog.has(&text, version)) else {
            return (text, String::new());
        };
        if let Some(taken) = section.and_then(|section| changelog.take_out(&text, version, section)) {
            return taken;
        }
        self.remark(
            format!("the section of {version} in `{path}` is not as it was prepared, and stays"),
            format!("{version} was never released: move what should be kept to the new section, and delete it"),
        );
        (text, String::new())
    }
}

fn said(remark: Remark, path: &RepoPath, next: &Version) -> (String, String) {
    match remark {
        Remark::HasNotes => (
            format!("`{path}` has notes for {next}, which stay; those made from the commits are left out"),
            "delete them for those from the commits".to_owned(),
        ),
        Remark::Unreleased => (
            format!("`{path}` has entries under `Unreleased`, which stay there"),
            "move them by hand, or let `unreleased = \"move\"` in `[changelog]` do it".to_owned(),
        ),
    }
}

/// The changelog of every package, by its index in the discovery; `None` where there is to be none.
struct Files {
    paths: Vec<Option<RepoPath>>,
    writers: BTreeMap<RepoPath, Vec<usize>>,
}

impl Files {
    fn of(snapshot: &Snapshot) -> Result<Self> {
        let there = There::of(snapshot.tree.as_ref())?;
        let mut files = Self { paths: Vec::new(), writers: BTreeMap::new() };
        for (index, member) in snapshot.discovery.members.iter().enumerate() {
            let wanted = member.policy.changelog.as_deref();
            let join =
                |name: &str| member.package.path.join(name).map_err(|error| Error::InvalidPath { path: error.0 });
            let path = match wanted {
                Some("") => None,
                Some(name) => Some(there.in_use(join(name)?)),
                None => Some(there.usual(join(NAME)?)),
            };
            if let Some(path) = &path {
                files.writers.entry(path.clone()).or_default().push(index);
            }
            files.paths.push(path);
        }
        Ok(files)
    }

    fn is_shared(&self, path: &RepoPath) -> bool {
        self.writers.get(path).is_some_and(|writers| writers.len() > 1)
    }

    /// How the sections of a package stand in its file.
    fn changelog<'s>(&self, snapshot: &'s Snapshot, index: usize, path: &RepoPath) -> Changelog<'s> {
        let Snapshot { discovery, policy, .. } = snapshot;
        let member = &discovery.members[index];
        Changelog {
            scheme: discovery.scheme(member),
            name: notes::folded(member.id.name.as_str()),
            names: self.names(discovery, path),
            unreleased: policy.changelog.unreleased,
            // Who has a template of his own has said how headings read.
            spelled_as_there: policy.changelog.template.is_none(),
        }
    }

    /// The names that headings of a file may carry.
    fn names(&self, discovery: &Discovery, path: &RepoPath) -> Vec<String> {
        let writers = self.writers.get(path).into_iter().flatten();
        writers.map(|index| notes::folded(discovery.members[*index].id.name.as_str())).collect()
    }
}

/// The files that are there, by their paths without regard to case.
struct There(HashMap<String, RepoPath>);

impl There {
    fn of(tree: &dyn Tree) -> Result<Self> {
        let files = tree.files()?;
        Ok(Self(files.iter().rev().map(|path| (path.as_str().to_lowercase(), path.clone())).collect()))
    }

    /// A path as the file there is spelled: on some systems two spellings are one file.
    fn in_use(&self, path: RepoPath) -> RepoPath {
        self.0.get(&path.as_str().to_lowercase()).cloned().unwrap_or(path)
    }

    /// The usual changelog of a folder, or the one that is there under the same name in another format.
    fn usual(&self, path: RepoPath) -> RepoPath {
        let found = self.in_use(path);
        if self.0.contains_key(&found.as_str().to_lowercase()) {
            return found;
        }
        let stem = found.as_str().strip_suffix(".md").unwrap_or_default().to_lowercase();
        let names = OTHER_PROSE.iter().map(|end| if end.is_empty() { stem.clone() } else { format!("{stem}.{end}") });
        names.into_iter().find_map(|name| self.0.get(&name).cloned()).unwrap_or(found)
    }
}

fn is_markdown(path: &RepoPath) -> bool {
    let name = path.file_name().unwrap_or_default().to_lowercase();
    name.rsplit_once('.').is_some_and(|(_, end)| MARKDOWN.contains(&end))
}

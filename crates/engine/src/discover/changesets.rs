//! What the settings of changesets say of packages, where change files count. What the configuration says counts before that.

use std::collections::{BTreeMap, BTreeSet};

use globset::{GlobBuilder, GlobSet};
use releasekit_core::Tree;
use releasekit_core::model::RepoPath;
use releasekit_core::policy::{BumpSource, GroupPolicy, PackagePolicy, Participation, Policy, Versioning};
use releasekit_core::workspace::Remark;

use super::{Discovery, Member};
use crate::changeset::{self, Settings};
use crate::codes;
use crate::error::{ChangeFault, Error, Result, Unclear};
use crate::globs;
use crate::words::quoted;

/// The configuration with what the settings of a tree add to it, and what of them means nothing here.
pub(super) fn lay(discovery: &Discovery, tree: &dyn Tree, policy: &Policy) -> Result<(Policy, Vec<Remark>)> {
    let mut policy = policy.clone();
    let mut remarks: Vec<Remark> = elsewhere(discovery, tree, &policy)?.into_iter().collect();
    let path = RepoPath::new(changeset::CONFIG).expect("a constant path is legal");
    let Some(content) = tree.read(&path)? else { return Ok((policy, remarks)) };
    if policy.bump_sources.is_empty() {
        policy.bump_sources = vec![BumpSource::ChangeFiles, BumpSource::Trailers];
    }
    if !policy.counts(BumpSource::ChangeFiles) {
        return Ok((policy, remarks));
    }
    let file = File { text: String::from_utf8_lossy(&content).into_owned(), path };
    let settings = Settings::parse(&file.text).map_err(|it| file.fault(it.why, it.span))?;
    let mut laying = Laying::new(discovery, &mut policy, &file);
    laying.ignore(&settings.ignore)?;
    laying.groups(&settings.fixed, Versioning::Fixed, "fixed")?;
    laying.groups(&settings.linked, Versioning::Linked, "linked")?;
    remarks.extend(laying.remarks(&settings));
    Ok((policy, remarks))
}

/// Change files that count for changesets and are not read here, because they lie beside a workspace below the root. Where the
/// configuration says that none count, none are missed.
fn elsewhere(discovery: &Discovery, tree: &dyn Tree, policy: &Policy) -> Result<Option<Remark>> {
    if !policy.bump_sources.is_empty() && !policy.counts(BumpSource::ChangeFiles) {
        return Ok(None);
    }
    let holds_packages = |folder: &RepoPath| {
        let mut members = discovery.members.iter().filter(|member| member.package.private.is_none());
        members.any(|it| it.package.path == *folder || it.package.path.strip_prefix(folder).is_some())
    };
    let mut found = Vec::new();
    for file in tree.files()?.iter() {
        let folder = file.as_str().strip_suffix(changeset::CONFIG).and_then(|folder| folder.strip_suffix('/'));
        let folder = folder.and_then(|folder| RepoPath::new(folder).ok());
        found.extend(folder.filter(&holds_packages).map(|folder| format!("{folder}/{}", changeset::FOLDER)));
    }
    let verb = if found.len() == 1 { "lies" } else { "lie" };
    let message = || format!("{} {verb} below the root, and change files there are not read", quoted(&found));
    Ok((!found.is_empty()).then(|| Remark { code: codes::CHANGE_FILES_ELSEWHERE, message: message() }))
}

struct File {
    path: RepoPath,
    text: String,
}

impl File {
    fn fault(&self, why: String, span: std::ops::Range<usize>) -> Error {
        let (path, text, why) = (self.path.clone(), self.text.clone(), Unclear::Settings(why));
        Error::ChangeFile(Box::new(ChangeFault { path, text, span, why }))
    }
}

/// A configuration while settings are laid over it.
struct Laying<'a> {
    discovery: &'a Discovery,
    policy: &'a mut Policy,
    file: &'a File,
    /// By which name the configuration speaks of a package.
    keys: BTreeMap<usize, String>,
    /// The packages that are in a group of the settings.
    grouped: BTreeSet<usize>,
    /// What the configuration says otherwise.
    overruled: BTreeSet<String>,
    /// Globs that are for no package.
    idle: Vec<String>,
}

impl<'a> Laying<'a> {
    fn new(discovery: &'a Discovery, policy: &'a mut Policy, file: &'a File) -> Self {
        let keys = policy.packages.keys().filter_map(|name| Some((discovery.find(name).ok()?, name.clone())));
        let keys = keys.collect();
        Self { discovery, policy, file, keys, grouped: BTreeSet::new(), overruled: BTreeSet::new(), idle: Vec::new() }
    }

    fn ignore(&mut self, globs: &[String]) -> Result<()> {
        for index in self.matching(globs)? {
            self.say(index, |package| {
                let is_said = package.release.is_some_and(|release| release != Participation::None);
                package.release = package.release.or(Some(Participation::None));
                !is_said
            });
        }
        Ok(())
    }

    fn groups(&mut self, groups: &[Vec<String>], versioning: Versioning, word: &str) -> Result<()> {
        for globs in groups {
            let members = self.matching(globs)?;
            if let Some(twice) = members.iter().find(|index| self.grouped.contains(index)) {
                let name = &self.discovery.members[*twice].id.name;
                return Err(self.file.fault(format!("`{name}` is in several of its groups"), 0..0));
            }
            self.grouped.extend(&members);
            let name = self.free_name(word);
            let mut is_used = false;
            for index in members {
                is_used |= self.say(index, |package| {
                    let is_said = package.group.is_some();
                    package.group = package.group.take().or_else(|| Some(name.clone()));
                    !is_said
                });
            }
            if is_used {
                self.policy.groups.insert(name, GroupPolicy { versioning, ..GroupPolicy::default() });
            }
        }
        Ok(())
    }

    /// A name for a group that no other one has.
    fn free_name(&self, word: &str) -> String {
        let taken = |name: &String| self.policy.groups.contains_key(name);
        let numbered = (2..).map(|number| format!("{word}-{number}"));
        let mut names = std::iter::once(word.to_owned()).chain(numbered);
        names.find(|name| !taken(name)).expect("one of names without end is free")
    }

    /// Lays something over what the configuration says of a package, and gives whether it may.
    fn say(&mut self, index: usize, lay: impl FnOnce(&mut PackagePolicy) -> bool) -> bool {
        let id = self.discovery.members[index].id.to_string();
        // Of packages that no name tells apart the configuration says nothing either.
        if self.discovery.find(&id).is_err() {
            return false;
        }
        let key = self.keys.entry(index).or_insert_with(|| id.clone()).clone();
        let may = lay(self.policy.packages.entry(key).or_default());
        if !may {
            self.overruled.insert(id);
        }
        may
    }

    /// The packages that globs are for, as changesets reads them: an `!` takes out what those before it let in.
    fn matching(&mut self, globs: &[String]) -> Result<Vec<usize>> {
        let patterns: Vec<Pattern> = globs.iter().map(|glob| self.pattern(glob)).collect::<Result<_>>()?;
        let mut found = BTreeSet::new();
        if !patterns.is_empty() && patterns.iter().all(|pattern| pattern.takes_out) {
            found.extend(0..self.discovery.members.len());
        }
        for (pattern, text) in patterns.iter().zip(globs) {
            let members = self.discovery.members.iter().enumerate();
            let meant = members.filter(|(_, member)| pattern.is_for(member)).map(|(index, _)| index);
            let meant: Vec<usize> = meant.collect();
            if meant.is_empty() {
                self.idle.push(text.clone());
            }
            if pattern.takes_out {
                found.retain(|index| !meant.contains(index));
            } else {
                found.extend(meant);
            }
        }
        Ok(found.into_iter().collect())
    }

    fn pattern(&self, text: &str) -> Result<Pattern> {
        Pattern::read(text).map_err(|why| self.file.fault(format!("`{text}` is no glob: {why}"), 0..0))
    }

    fn remarks(self, settings: &Settings) -> Vec<Remark> {
        let remark = |message: String| Remark { code: codes::CHANGE_SETTINGS_UNREAD, message };
        let path = &self.file.path;
        let unread = (!settings.unread.is_empty())
            .then(|| remark(format!("`{path}` says {}, which is not read here", quoted(&settings.unread))));
        let idle = (!self.idle.is_empty())
            .then(|| remark(format!("`{path}` names {}, and no package is called so", quoted(&self.idle))));
        let overruled: Vec<String> = self.overruled.into_iter().collect();
        let overruled = (!overruled.is_empty()).then(|| {
            remark(format!("`releasekit.toml` says otherwise than `{path}` of {}, and counts", quoted(&overruled)))
        });
        unread.into_iter().chain(idle).chain(overruled).collect()
    }
}

/// A glob over names.
struct Pattern {
    glob: GlobSet,
    /// Without the marks of negation.
    text: String,
    /// Whether it takes out what others let in.
    takes_out: bool,
    /// Whether it is for all names but these, as `!(a|b)` is, as far as they have no scope.
    is_for_others: bool,
}

impl Pattern {
    fn read(text: &str) -> Result<Self, String> {
        let others =
            text.strip_prefix("!(").and_then(|rest| rest.strip_suffix(')')).filter(|it| !it.contains(['(', ')']));
        let plain = others.or_else(|| text.strip_prefix('!')).unwrap_or(text);
        let source = if others.is_some() { format!("({plain})") } else { plain.to_owned() };
        Ok(Self {
            glob: globs::compiled(GlobBuilder::new(&alternatives(&source)?).literal_separator(true))?,
            text: plain.to_owned(),
            takes_out: others.is_none() && text.starts_with('!'),
            is_for_others: others.is_some(),
        })
    }

    fn is_for(&self, member: &Member) -> bool {
        let (name, label) = (member.id.name.as_str(), member.id.label.as_str());
        let labelled = self.text.strip_prefix(label).and_then(|rest| rest.strip_prefix(':'));
        let is_named = self.glob.is_match(name) || labelled == Some(name);
        if self.is_for_others { !is_named && !name.contains('/') } else { is_named }
    }
}

/// A glob with `(a|b)` and `@(a|b)` as `{a,b}`. There are more kinds of groups, which nobody needs for names.
fn alternatives(glob: &str) -> Result<String, String> {
    let mut written = String::new();
    let mut depth = 0_usize;
    for c in glob.chars() {
        match c {
            '(' if written.ends_with(['!', '+', '*', '?']) => {
                return Err(format!("`{glob}` has a group of a kind that is not read"));
            }
            '(' => {
                if written.ends_with('@') {
                    written.pop();
                }
                written.push('{');
                depth += 1;
            }
            ')' if depth > 0 => {
                written.push('}');
                depth -= 1;
            }
            '|' if depth > 0 => written.push(','),
            c => written.push(c),
        }
    }
    Ok(written)
}

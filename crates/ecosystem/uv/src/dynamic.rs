//! Which file holds a version: the package file, the one that its build backend reads, or none.

use std::ops::Range;

use releasekit_core::model::{DependencyKind, Version};
use releasekit_core::{BackendError, Tree, VersionScheme};
use releasekit_formats::manifest::toml::at;
use releasekit_formats::manifest::{Replacement, Source, requoted};
use releasekit_formats::python::Pep440;
use releasekit_formats::semver::SemVer;
use toml_edit::Item;

use crate::error::Error;
use crate::maturin;
use crate::pyproject::{Project, PyProject};

/// Where a version stands.
#[derive(Debug)]
pub(crate) struct VersionPlace {
    pub(crate) source: Source,
    /// The version as written.
    pub(crate) literal: String,
    /// Its bytes, with the quotes that belong to its spelling.
    pub(crate) span: Range<usize>,
    pub(crate) spelling: Spelling,
}

/// How a version is written in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spelling {
    /// As Python has it.
    Bare,
    /// The same in quotes.
    Quoted,
    /// As crates have it, in quotes.
    Crate,
}

impl VersionPlace {
    /// The version in the spelling of the place. Fails where it cannot be spelled so.
    pub(crate) fn spelled(&self, version: &Version) -> Result<Version, BackendError> {
        if self.spelling != Spelling::Crate {
            return Ok(version.clone());
        }
        let numbers = Pep440.neutral(version).ok_or_else(|| {
            let place = self.source.place(Some(self.span.clone()));
            Error::PyProject { place, reason: format!("no crate can have the version {version}") }
        })?;
        SemVer.spell(&numbers)
    }

    /// The replacement that writes another version, spelled so, there.
    pub(crate) fn replacement(&self, version: &Version) -> Replacement {
        let raw = &self.source.text[self.span.clone()];
        let is_bare = self.spelling == Spelling::Bare;
        (self.span.clone(), if is_bare { version.to_string() } else { requoted(raw, version.as_str()) })
    }
}

/// Why no file holds a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Absent {
    /// The build backend takes it from tags.
    InTags,
    /// Nobody but the build backend knows, or it is not where it should be.
    Unread(String),
    /// The build backend takes it from a file in which it cannot be found.
    InFile(String),
}

impl From<String> for Absent {
    fn from(reason: String) -> Self {
        Self::Unread(reason)
    }
}

impl From<&str> for Absent {
    fn from(reason: &str) -> Self {
        Self::Unread(reason.to_owned())
    }
}

/// What takes versions from tags, among the requirements of a build and as a source of hatchling's.
const FROM_TAGS: &[&str] = &[
    "dunamai",
    "flit-scm",
    "hatch-vcs",
    "poetry-dynamic-versioning",
    "setuptools-git-versioning",
    "setuptools-scm",
    "uv-dynamic-versioning",
    "vcs-versioning",
    "versioneer",
    "versioningit",
];

/// Finds the version. The outer result is the tree's, the inner one ours: why no file holds it.
pub(crate) fn version(
    tree: &dyn Tree,
    manifest: &PyProject,
    project: &Project,
) -> Result<Result<VersionPlace, Absent>, BackendError> {
    if let Some(version) = &project.version {
        let source = manifest.source.clone();
        let literal = version.value.clone();
        return Ok(Ok(VersionPlace { source, literal, span: version.span.clone(), spelling: Spelling::Quoted }));
    }
    if backend(manifest) == maturin::BACKEND {
        return maturin::place(tree, manifest);
    }
    let holder = match holder(manifest, &project.name.value) {
        Ok(holder) => holder,
        Err(absent) => return Ok(Err(absent)),
    };
    for candidate in &holder.candidates {
        let Ok(file) = manifest.folder.join(candidate) else { continue };
        let Some(source) = Source::read(tree, &file)?.transpose().map_err(Error::from)? else { continue };
        if let Some((span, literal)) = holder.form.find(&source.text) {
            return Ok(Ok(VersionPlace { source, literal, span, spelling: Spelling::Bare }));
        }
    }
    let looked = holder.candidates.join("`, `");
    Ok(Err(Absent::InFile(format!("there is no {} in `{looked}`", holder.form.describe()))))
}

/// The files that may hold a version, the first first, and the form in which they hold it.
#[derive(Debug)]
struct Holder {
    candidates: Vec<String>,
    form: Form,
}

#[derive(Debug)]
enum Form {
    /// `NAME = "1.0"`, for any of these names.
    Assignment { names: Vec<String>, any_case: bool },
    /// Nothing else is in the file.
    Whole,
}

/// What the build backend says of its version, or why that does not help.
fn holder(manifest: &PyProject, package: &str) -> Result<Holder, Absent> {
    match backend(manifest) {
        "hatchling.build" => hatchling(manifest),
        "flit_core.buildapi" => Ok(flit(manifest, package)),
        "pdm.backend" => pdm(manifest),
        "" | "setuptools.build_meta" | "setuptools.build_meta:__legacy__" => setuptools(manifest),
        "scikit_build_core.build" if scikit_asks_tags(manifest) => Err(Absent::InTags),
        _ if builds_from_tags(manifest) => Err(Absent::InTags),
        other => Err(format!("build backend `{other}` computes it").into()),
    }
}

fn backend(manifest: &PyProject) -> &str {
    text(manifest, &["build-system", "build-backend"]).unwrap_or_default()
}

fn text<'a>(manifest: &'a PyProject, path: &[&str]) -> Option<&'a str> {
    at(&manifest.table, path).and_then(Item::as_str)
}

/// Whether the build requires something that takes versions from tags.
fn builds_from_tags(manifest: &PyProject) -> bool {
    let requires = manifest.requirements.iter().filter(|entry| entry.kind == DependencyKind::Build);
    requires.into_iter().any(|entry| FROM_TAGS.contains(&entry.name.as_str()))
}

fn scikit_asks_tags(manifest: &PyProject) -> bool {
    let provider = text(manifest, &["tool", "scikit-build", "metadata", "version", "provider"]);
    provider == Some("scikit_build_core.metadata.setuptools_scm")
}

fn hatchling(manifest: &PyProject) -> Result<Holder, Absent> {
    let key = |key| text(manifest, &["tool", "hatch", "version", key]);
    if let Some(source) = key("source").filter(|source| *source != "regex") {
        let from_tags = source == "vcs" || FROM_TAGS.contains(&source);
        return Err(if from_tags { Absent::InTags } else { format!("hatchling takes it from `{source}`").into() });
    }
    let Some(path) = key("path") else { return Err("`[tool.hatch.version]` names no `path`".into()) };
    if at(&manifest.table, &["tool", "hatch", "version", "pattern"]).is_some() {
        return Err(Absent::InFile("`[tool.hatch.version]` has a `pattern` of its own".to_owned()));
    }
    let names = vec!["__version__".to_owned(), "VERSION".to_owned()];
    Ok(Holder { candidates: vec![path.to_owned()], form: Form::Assignment { names, any_case: true } })
}

fn pdm(manifest: &PyProject) -> Result<Holder, Absent> {
    match (text(manifest, &["tool", "pdm", "version", "source"]), text(manifest, &["tool", "pdm", "version", "path"])) {
        (Some("file"), Some(path)) => Ok(Holder { candidates: vec![path.to_owned()], form: dunder() }),
        (Some("scm"), _) => Err(Absent::InTags),
        (source, _) => Err(format!("pdm takes it from `{}`", source.unwrap_or("nowhere")).into()),
    }
}

fn flit(manifest: &PyProject, package: &str) -> Holder {
    let module = text(manifest, &["tool", "flit", "module", "name"]).map(str::to_owned);
    let module = module.unwrap_or_else(|| package.replace('-', "_"));
    Holder { candidates: files_of(&module, &["", "src/"]), form: dunder() }
}

fn setuptools(manifest: &PyProject) -> Result<Holder, Absent> {
    let version = at(&manifest.table, &["tool", "setuptools", "dynamic", "version"]);
    if version.is_none() && builds_from_tags(manifest) {
        return Err(Absent::InTags);
    }
    let version = version.ok_or("nothing in `[tool.setuptools.dynamic]` says where it is")?;
    let table = version.as_table_like().ok_or("`[tool.setuptools.dynamic] version` is no table")?;
    if let Some(attr) = table.get("attr").and_then(Item::as_str) {
        let (module, name) = attr.rsplit_once('.').ok_or_else(|| format!("`{attr}` names no module"))?;
        let form = Form::Assignment { names: vec![name.to_owned()], any_case: false };
        return Ok(Holder { candidates: files_of(module, &setuptools_folders(manifest)), form });
    }
    let file = table.get("file").ok_or("`[tool.setuptools.dynamic] version` has neither `attr` nor `file`")?;
    let only = file.as_array().filter(|files| files.len() == 1).and_then(|files| files.get(0)?.as_str());
    let file = file.as_str().or(only).ok_or("`[tool.setuptools.dynamic] version` names several files")?;
    Ok(Holder { candidates: vec![file.to_owned()], form: Form::Whole })
}

/// The folders that modules lie in: what `package-dir` and `packages.find` say, and the two usual ones.
fn setuptools_folders(manifest: &PyProject) -> Vec<&str> {
    let mut folders = Vec::new();
    folders.extend(text(manifest, &["tool", "setuptools", "package-dir", ""]));
    let found = at(&manifest.table, &["tool", "setuptools", "packages", "find", "where"]).and_then(Item::as_array);
    folders.extend(found.into_iter().flatten().filter_map(|folder| folder.as_str()));
    folders.extend(["", "src"]);
    folders
}

/// The files that a module may be, in each of the folders.
fn files_of(module: &str, folders: &[&str]) -> Vec<String> {
    let path = module.replace('.', "/");
    let below = |folder: &&str| match folder.trim_end_matches('/') {
        "" => path.clone(),
        folder => format!("{folder}/{path}"),
    };
    folders.iter().map(below).flat_map(|path| [format!("{path}/__init__.py"), format!("{path}.py")]).collect()
}

/// What a module says of its own version.
pub(crate) fn said(text: &str) -> Option<&str> {
    assignment(text, &["__version__".to_owned(), "VERSION".to_owned()], false).map(|span| &text[span])
}

fn dunder() -> Form {
    Form::Assignment { names: vec!["__version__".to_owned()], any_case: false }
}

impl Form {
    fn describe(&self) -> String {
        match self {
            Self::Assignment { names, .. } => format!("`{} = \"…\"`", names.join("` or `")),
            Self::Whole => "version".to_owned(),
        }
    }

    /// The bytes of the version in a text, and what they say.
    fn find(&self, text: &str) -> Option<(Range<usize>, String)> {
        let span = match self {
            Self::Whole => {
                let start = text.len() - text.trim_start().len();
                start..start + text.trim().len()
            }
            Self::Assignment { names, any_case } => assignment(text, names, *any_case)?,
        };
        (!span.is_empty()).then(|| (span.clone(), text[span].to_owned()))
    }
}

/// The bytes between the quotes of the first `NAME = "…"` or `NAME: str = "…"` that begins a line.
fn assignment(text: &str, names: &[String], any_case: bool) -> Option<Range<usize>> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if let Some(span) = names.iter().find_map(|name| quoted_after(line, name, any_case)) {
            return Some(start + span.start..start + span.end);
        }
        start += line.len();
    }
    None
}

fn quoted_after(line: &str, name: &str, any_case: bool) -> Option<Range<usize>> {
    let head = line.get(..name.len())?;
    if !(head == name || (any_case && head.eq_ignore_ascii_case(name))) {
        return None;
    }
    let mut rest = line[name.len()..].trim_start_matches(' ');
    if let Some(annotation) = rest.strip_prefix(':') {
        rest = annotation.trim_start_matches(' ').strip_prefix("str")?.trim_start_matches(' ');
    }
    let rest = rest.strip_prefix('=')?.trim_start_matches([' ', '\t']);
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let value = &rest[1..];
    let start = line.len() - value.len();
    Some(start..start + value.find(quote)?)
}

//! Tag formats: written, read back, detected, and never mistaken for each other.

use std::cmp::Ordering;

use async_trait::async_trait;
use proptest::prelude::*;
use releasekit_core::model::{
    Bump, EcosystemLabel, Neutral, PackageId, PackageName, Prerelease, RepoPath, TagName, Version,
};
use releasekit_core::workspace::{DetectRequest, DiscoverRequest, Discovered, EditRequest, PinRequest};
use releasekit_core::{BackendError, Code, ErrorKind, FileEdit, Requirements, Result, VersionScheme, Workspace};
use releasekit_formats::python::{Pep440, Pep508};
use releasekit_formats::semver::SemVer;

use super::{Reader, TagFormat, foreign};

fn id(name: &str) -> PackageId {
    PackageId::new(EcosystemLabel::new("py"), PackageName::new(name))
}

fn path(text: &str) -> RepoPath {
    RepoPath::new(text).expect("a legal path")
}

/// Packages whose names are Python's, numbered in some way.
#[derive(Debug)]
struct Rules(&'static dyn VersionScheme);

fn no_files<T>() -> Result<T> {
    Err(BackendError::unsupported("files"))
}

#[async_trait]
impl Workspace for Rules {
    fn scheme(&self) -> &dyn VersionScheme {
        self.0
    }

    fn requirements(&self) -> &dyn Requirements {
        &Pep508
    }

    fn normalize(&self, name: &str) -> String {
        releasekit_formats::python::name::normalize(name)
    }

    async fn detect(&self, _request: &DetectRequest) -> Result<Vec<RepoPath>> {
        no_files()
    }

    async fn discover(&self, _request: &DiscoverRequest) -> Result<Discovered> {
        no_files()
    }

    async fn edits(&self, _request: &EditRequest) -> Result<Vec<FileEdit>> {
        no_files()
    }

    async fn pins(&self, _request: &PinRequest) -> Result<Vec<FileEdit>> {
        no_files()
    }
}

fn read_by(
    format: &str,
    id: &PackageId,
    path: &RepoPath,
    (tag, scheme): (&str, &'static dyn VersionScheme),
) -> Option<Version> {
    Reader::new(&TagFormat::new(format), id, path, &Rules(scheme)).read(&TagName::new(tag))
}

fn read(format: &str, name: &str, tag: &str) -> Option<String> {
    let version = read_by(format, &id(name), &path("packages/x"), (tag, &Pep440));
    version.map(|version| version.to_string())
}

#[test]
fn a_tag_is_read_for_one_package_only() {
    let cases = [
        ("{name}-v{version}", "core", "core-v1.2.0", Some("1.2.0")),
        ("{name}-v{version}", "core", "core-extra-v1.2.0", None),
        ("{name}-v{version}", "core", "my-core-v1.2.0", None),
        ("{name}-{version}", "core", "core-2-1.0.0", None),
        ("{name}-{version}", "core", "core-v1.0.0", None),
        ("{name}@{version}", "core", "core@1.0.0rc1", Some("1.0.0rc1")),
        ("{name}@{version}", "core", "core@latest", None),
        ("{label}/{name}-v{version}", "core", "py/core-v1.0.0", Some("1.0.0")),
        ("{label}/{name}-v{version}", "core", "js/core-v1.0.0", None),
        ("{path}/v{version}", "core", "packages/x/v1.0.0", Some("1.0.0")),
        ("v{version}", "core", "v1.0.0", Some("1.0.0")),
        ("v{version}", "core", "vnext", None),
        ("release/{version}/final", "core", "release/1.0.0/final", Some("1.0.0")),
        ("{version}-{name}", "core", "1.0.0-core", Some("1.0.0")),
        ("{name}-v{version}", "acme-core", "acme_core-v1.0.0", Some("1.0.0")),
        ("{name}-v{version}", "acme_core", "Acme.Core-v1.0.0", Some("1.0.0")),
        ("{label}/{name}/v{version}", "acme-core", "py/acme__core/v1.0.0", Some("1.0.0")),
        ("{name}-v{version}", "acme-core", "acmecore-v1.0.0", None),
        ("{name}-v{version}", "acme-core", "acme_core_x-v1.0.0", None),
    ];
    for (format, name, tag, expected) in cases {
        assert_eq!(read(format, name, tag).as_deref(), expected, "{format} {tag}");
    }
}

/// Versions with a `v` in front, as Go's are.
#[derive(Debug)]
struct WithV;

impl WithV {
    fn bare(version: &Version) -> Version {
        Version::from_canonical(version.as_str().trim_start_matches('v'))
    }

    fn marked(bare: &Version) -> Version {
        Version::from_canonical(format!("v{bare}"))
    }
}

impl VersionScheme for WithV {
    fn id(&self) -> &'static str {
        "with-v"
    }

    fn parse(&self, text: &str) -> Result<Version> {
        let bare = text.strip_prefix('v').ok_or_else(|| {
            BackendError::new(Code::new("RK-TEST-VERSION", ErrorKind::Invalid), format!("`{text}` has no `v`"))
        })?;
        Ok(Self::marked(&SemVer.parse(bare)?))
    }

    fn compare(&self, a: &Version, b: &Version) -> Ordering {
        SemVer.compare(&Self::bare(a), &Self::bare(b))
    }

    fn bump(&self, from: &Version, bump: Bump, pre: Option<&Prerelease>) -> Result<Version> {
        Ok(Self::marked(&SemVer.bump(&Self::bare(from), bump, pre)?))
    }

    fn finalize(&self, version: &Version) -> Version {
        Self::marked(&SemVer.finalize(&Self::bare(version)))
    }

    fn without_dev(&self, version: &Version) -> Version {
        Self::marked(&SemVer.without_dev(&Self::bare(version)))
    }

    fn is_prerelease(&self, version: &Version) -> bool {
        SemVer.is_prerelease(&Self::bare(version))
    }

    fn neutral(&self, version: &Version) -> Option<Neutral> {
        SemVer.neutral(&Self::bare(version))
    }

    fn spell(&self, neutral: &Neutral) -> Result<Version> {
        Ok(Self::marked(&SemVer.spell(neutral)?))
    }
}

#[test]
fn a_version_may_begin_with_what_its_scheme_writes_there() {
    let (core, folder) = (id("core"), path("sub/core"));
    let read = |format: &str, tag: &str| {
        let version = read_by(format, &core, &folder, (tag, &WithV));
        version.map(|version| version.to_string())
    };
    assert_eq!(read("{path}/{version}", "sub/core/v1.2.0").as_deref(), Some("v1.2.0"));
    assert_eq!(read("{path}/{version}", "sub/core/v1.2.0-rc.1").as_deref(), Some("v1.2.0-rc.1"));
    for tag in ["sub/core/1.2.0", "sub/core/vv1.2.0", "sub/core/v/1.2.0", "sub/core/v"] {
        assert_eq!(read("{path}/{version}", tag), None, "{tag}");
    }
    let version = WithV.parse("v1.2.0").expect("legal");
    assert_eq!(TagFormat::new("{path}/{version}").render(&core, &folder, &version).as_str(), "sub/core/v1.2.0");
}

#[test]
fn tags_of_nobody_are_counted_by_shape() {
    let tags = [
        "other-v1.0.0",
        "other-v1.10.0",
        "2024.1.5",
        "nightly",
        "core-v1.0.0",
        "x86-64",
        "a/v0.1.1.dev0-base7",
        "a/v0.2.0-base12",
        "w0.65b0",
        "b1.2",
        "1.2b",
    ];
    let tags = tags.map(TagName::new);
    let shapes = foreign(&tags, |tag| tag.as_str().starts_with("core-"));
    let shapes: Vec<(&str, usize)> = shapes.iter().map(|(shape, tags)| (shape.as_str(), tags.len())).collect();
    assert_eq!(shapes, [("a/v{version}-baseN", 2), ("other-v{version}", 2), ("w{version}", 1), ("{version}", 1)]);
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(
        format in proptest::sample::select(vec!["{name}-v{version}", "{label}/{name}@{version}", "{path}/v{version}"]),
        name in "[a-z][a-z0-9-]{0,8}",
        numbers in (0u64..50, 0u64..50, 0u64..50),
    ) {
        let version = Pep440.parse(&format!("{}.{}.{}", numbers.0, numbers.1, numbers.2)).expect("legal");
        let (id, path) = (id(&name), path("packages/x"));
        let format = TagFormat::new(format);
        let tag = format.render(&id, &path, &version);
        prop_assert_eq!(read_by(format.as_str(), &id, &path, (tag.as_str(), &Pep440)), Some(version));
    }
}

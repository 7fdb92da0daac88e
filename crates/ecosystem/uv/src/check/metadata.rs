//! Metadata that an index would refuse. Nobody is asked: what only the index knows, such as the last word of a classifier, is
//! left to it.

use std::ops::Range;

use releasekit_core::Label;
use releasekit_core::model::Target;
use releasekit_core::package_manager::Finding;
use releasekit_formats::manifest::toml::{Reader, Spanned, at};
use releasekit_formats::python::name::is_legal;
use releasekit_formats::python::requirement::Parts;

use super::Subject;
use crate::codes;
use crate::config::PYPI_HOSTS;

/// The first words of classifiers that there are. `Private` is none of them, which is what it is for.
/// <https://pypi.org/classifiers/>
const CATEGORIES: &[&str] = &[
    "Development Status",
    "Environment",
    "Framework",
    "Intended Audience",
    "License",
    "Natural Language",
    "Operating System",
    "Programming Language",
    "Topic",
    "Typing",
];

/// Core metadata, `Description-Content-Type`.
const CONTENT_TYPES: &[&str] = &["text/plain", "text/x-rst", "text/markdown"];

/// The same, for `text/markdown`.
const VARIANTS: &[&str] = &["CommonMark", "GFM"];

/// Characters of a summary that PyPI takes: warehouse, `_LENGTH_LIMITS`.
const LONGEST_SUMMARY: usize = 512;

/// Characters of a label of `Project-URL`: core metadata, and warehouse.
const LONGEST_LABEL: usize = 32;

/// All that is wrong with a package's metadata.
pub(super) fn findings(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    found.extend(requires_python(subject));
    found.extend(readme_type(subject));
    found.extend(extras(subject));
    if subject.checked.targets.iter().any(is_pypi) {
        found.extend(local_version(subject));
        found.extend(direct_references(subject));
        found.extend(classifiers(subject));
        found.extend(summary(subject));
        found.extend(urls(subject));
    }
    found
}

/// Whether a target is PyPI or its trial index.
fn is_pypi(target: &Target) -> bool {
    let host = target.publish_url.split_once("://").and_then(|(_, rest)| rest.split(['/', ':']).next());
    host.is_some_and(|host| PYPI_HOSTS.contains(&host))
}

/// Core metadata, `Requires-Python`: version specifiers.
fn requires_python(subject: &Subject<'_>) -> Option<Finding> {
    let text = subject.manifest.project.as_ref()?.requires_python.as_ref()?;
    let why = match Parts::parse(&text.value) {
        Ok(parts) if parts.name().is_none() && parts.marker().is_none() => return None,
        Ok(_) => "version specifiers are wanted, such as `>=3.9`".to_owned(),
        Err(error) => error.to_string(),
    };
    let message = format!("`requires-python` of `{}` is not a set of version specifiers", subject.name());
    let help = "write it like `>=3.9`; wildcards go with `==` and `!=` alone";
    Some(Finding::new(codes::REQUIRES_PYTHON_INVALID, message, subject.place(Some(text.span.clone()), &why), help))
}

/// Core metadata, `Description-Content-Type`: one of three types, UTF-8, and a known variant of Markdown.
fn readme_type(subject: &Subject<'_>) -> Option<Finding> {
    let text = subject.string(&["project", "readme", "content-type"])?;
    let why = wrong_type(&text.value)?;
    let message = format!("the readme of `{}` has a content type that no index renders", subject.name());
    let help = "write `text/markdown`, `text/x-rst` or `text/plain`";
    Some(Finding::new(codes::README_TYPE_INVALID, message, subject.place(Some(text.span), &why), help))
}

fn wrong_type(text: &str) -> Option<String> {
    let mut parts = text.split(';').map(str::trim);
    let kind = parts.next().unwrap_or_default().to_ascii_lowercase();
    if !CONTENT_TYPES.contains(&kind.as_str()) {
        return Some(format!("`{kind}` is not among them"));
    }
    for (key, value) in parts.filter_map(|part| part.split_once('=')) {
        let value = value.trim().trim_matches('"');
        let known = match key.trim().to_ascii_lowercase().as_str() {
            "charset" => value.eq_ignore_ascii_case("utf-8"),
            "variant" => kind != "text/markdown" || VARIANTS.contains(&value),
            _ => true,
        };
        if !known {
            return Some(format!("`{value}` is not known"));
        }
    }
    None
}

/// Core metadata, `Provides-Extra`: a name like that of a package.
fn extras(subject: &Subject<'_>) -> Vec<Finding> {
    let table = at(&subject.manifest.table, &["project", "optional-dependencies"]);
    let extras = Reader::new(&subject.manifest.source).entries(table, "");
    let illegal = extras.into_iter().filter(|(name, ..)| !is_legal(name));
    let finding = |(name, span, _): (String, Range<usize>, _)| {
        let message = format!("`{name}` of `{}` is no name of an extra", subject.name());
        let help = "use letters, digits, `-`, `_` and `.`, and begin and end with a letter or digit";
        Finding::new(codes::EXTRA_INVALID, message, subject.place(Some(span), "this name"), help)
    };
    illegal.map(finding).collect()
}

/// PEP 440: local versions are not for public indexes; warehouse: `The use of local versions … is not allowed`.
fn local_version(subject: &Subject<'_>) -> Option<Finding> {
    let version = subject.checked.package.version.as_ref().filter(|version| version.as_str().contains('+'))?;
    let message = format!("`{}` {version} is a local version, which PyPI refuses", subject.name());
    let help = "leave out the `+` and what follows it";
    let written = subject.manifest.project.as_ref()?.version.as_ref();
    Some(match (written, &subject.checked.package.version_file) {
        (None, Some(file)) => {
            Finding::new(codes::VERSION_LOCAL, message, Label::file(file.to_string(), "the version stands here"), help)
        }
        (written, _) => {
            let span = written.map(|text| text.span.clone());
            Finding::new(codes::VERSION_LOCAL, message, subject.place(span, "this version"), help)
        }
    })
}

/// PEP 440: public indexes take no direct references; warehouse: `Can't have direct dependency`.
fn direct_references(subject: &Subject<'_>) -> Vec<Finding> {
    use releasekit_core::model::DependencyKind::{Optional, Runtime};
    let published = subject.manifest.requirements.iter().filter(|entry| matches!(entry.kind, Runtime | Optional));
    let direct = published.filter(|entry| Parts::parse(&entry.text.value).is_ok_and(|parts| parts.url().is_some()));
    let finding = |entry: &crate::pyproject::Entry| {
        let message = format!("`{}` requires `{}` from a URL, which PyPI refuses", subject.name(), entry.name);
        let help = "require a version here, and name the URL in `[tool.uv.sources]`, which is not published";
        let span = Some(entry.text.span.clone());
        Finding::new(codes::REQUIREMENT_URL, message, subject.place(span, "published as it stands here"), help)
    };
    direct.map(finding).collect()
}

/// warehouse: `… is not a valid classifier`.
fn classifiers(subject: &Subject<'_>) -> Vec<Finding> {
    let known = |text: &Spanned| text.value.split_once(" :: ").is_some_and(|(first, _)| CATEGORIES.contains(&first));
    let unknown = subject.strings(&["project", "classifiers"]).into_iter().filter(|text| !known(text));
    let finding = |text: Spanned| {
        let message = format!("`{}` of `{}` is no classifier that PyPI knows", text.value, subject.name());
        let help = "choose one of https://pypi.org/classifiers/, or leave it out";
        Finding::new(
            codes::CLASSIFIER_UNKNOWN,
            message,
            subject.place(Some(text.span), "its first words are unknown"),
            help,
        )
    };
    unknown.map(finding).collect()
}

fn summary(subject: &Subject<'_>) -> Option<Finding> {
    let text = subject.string(&["project", "description"])?;
    let length = text.value.chars().count();
    if length <= LONGEST_SUMMARY {
        return None;
    }
    let message = format!("the description of `{}` is longer than PyPI takes", subject.name());
    let (why, help) =
        (format!("{length} characters"), format!("use at most {LONGEST_SUMMARY}; the readme may be longer"));
    Some(Finding::new(codes::SUMMARY_TOO_LONG, message, subject.place(Some(text.span), &why), &help))
}

/// Core metadata, `Project-URL`: a label of limited length; warehouse: a URL with `http` or `https`.
fn urls(subject: &Subject<'_>) -> Vec<Finding> {
    let entries = Reader::new(&subject.manifest.source).entries(at(&subject.manifest.table, &["project", "urls"]), "");
    let mut found = Vec::new();
    for (label, span, item) in entries {
        let url = item.as_str().unwrap_or_default();
        let is_url = ["http://", "https://"].iter().any(|scheme| url.to_ascii_lowercase().starts_with(scheme));
        let why = match label.chars().count() {
            0 => "a label is wanted".to_owned(),
            length if length > LONGEST_LABEL => format!("{length} characters, and {LONGEST_LABEL} are allowed"),
            _ if !is_url => "its value is no URL of the web".to_owned(),
            _ => continue,
        };
        let message = format!("PyPI refuses `{label}` among the URLs of `{}`", subject.name());
        found.push(Finding::new(
            codes::URL_INVALID,
            message,
            subject.place(Some(span), &why),
            "write `Label = \"https://…\"`",
        ));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pypi_is_known_by_its_hosts() {
        let is = |url: &str| is_pypi(&Target::new("pypi", "https://read.example/simple/", url));
        assert!(is("https://upload.pypi.org/legacy/") && is("https://test.pypi.org/legacy/"));
        assert!(!is("https://house.example/upload.pypi.org/") && !is("http://127.0.0.1:8080/"));
    }

    #[test]
    fn content_types_are_those_of_core_metadata() {
        for fine in
            ["text/markdown", "Text/Markdown; charset=UTF-8; variant=GFM", "text/x-rst; charset=utf-8", "text/plain"]
        {
            assert_eq!(wrong_type(fine), None, "{fine}");
        }
        for wrong in ["", "text/html", "text/markdown; variant=Mine", "text/plain; charset=latin-1"] {
            assert!(wrong_type(wrong).is_some(), "{wrong}");
        }
    }
}

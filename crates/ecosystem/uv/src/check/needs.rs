//! Requirements that others could not meet, or would meet with a stranger's package.

use releasekit_core::model::DependencyKind;
use releasekit_core::package_manager::Finding;
use releasekit_formats::python::name::normalize;
use releasekit_formats::python::requirement::Parts;

use super::Subject;
use crate::codes;
use crate::pyproject::Entry;

/// All of them.
pub(super) fn findings(subject: &Subject<'_>) -> Vec<Finding> {
    let entries = subject.manifest.requirements.iter();
    entries.filter_map(|entry| private_extra(subject, entry).or_else(|| stranger(subject, entry))).collect()
}

/// Whoever installs the extra looks for a package that no index has, and finds whatever somebody puts there.
fn private_extra(subject: &Subject<'_>, entry: &Entry) -> Option<Finding> {
    let extra = entry.extra.as_deref().filter(|_| entry.kind == DependencyKind::Optional)?;
    let needed = subject.siblings.required(subject.manifest, entry)?.name;
    // Siblings are named as their package files write them.
    subject.request.packages.iter().find(|one| one.package.name == *needed && !one.is_published())?;
    let message = format!("the extra `{extra}` of `{}` needs `{needed}`, which is never published", subject.name());
    let help = format!("publish `{needed}` too, or move the requirement to a group in `[dependency-groups]`");
    let span = Some(entry.text.span.clone());
    Some(Finding::new(codes::EXTRA_PRIVATE, message, subject.place(span, "nobody else can install it"), &help))
}

/// A release is built without `[tool.uv.sources]`, and only internal requirements are pinned to the siblings built with it.
fn stranger(subject: &Subject<'_>, entry: &Entry) -> Option<Finding> {
    let of_ours = entry.kind == DependencyKind::Build && subject.repository.contains(&entry.name);
    let internal = subject.siblings.required(subject.manifest, entry).is_some();
    if !of_ours || internal || entry.name == normalize(subject.name()) || is_exact(&entry.text.value) {
        return None;
    }
    let message = format!("the build of `{}` would take `{}` from an index, not from here", subject.name(), entry.name);
    let help = format!(
        "say `{} = {{ workspace = true }}` in `[tool.uv.sources]`, or require the version of the index with `==`",
        entry.name
    );
    let why = "a package of this repository, and not said to be";
    Some(Finding::new(
        codes::BUILD_REQUIREMENT_STRANGER,
        message,
        subject.place(Some(entry.text.span.clone()), why),
        &help,
    ))
}

/// Whether one version alone is required, so that it is known which.
fn is_exact(requirement: &str) -> bool {
    let exact = |text: &str| text.starts_with("==") && !text.ends_with(".*");
    Parts::parse(requirement)
        .is_ok_and(|parts| parts.clauses().iter().any(|clause| exact(&requirement[clause.span.clone()])))
}

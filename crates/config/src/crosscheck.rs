//! Values that are legal each, and cannot hold together. Only a file that could be read whole is checked.

use std::collections::BTreeMap;
use std::ops::Range;

use globset::{GlobBuilder, GlobSet};
use releasekit_core::model::EcosystemLabel;
use releasekit_core::nearest;
use releasekit_core::policy::{ForgeReleases, Policy, Propagate, Versioning};
use releasekit_core::requirements::Pin;

use crate::error::{Error, listed};
use crate::read::Mention;
use crate::rule::Rule;
use crate::source::Source;
use crate::table::dotted;

/// A package can only be in a group that the file describes.
pub(crate) fn groups(policy: &Policy, mentions: &[Mention], source: &Source) -> Vec<Error> {
    let joined = mentions.iter().filter(|mention| mention.rule == Rule::Group && mention.key.ends_with(".group"));
    let unknown = joined.filter(|mention| !policy.groups.contains_key(&mention.text));
    let error = |mention: &Mention| Error::InvalidValue {
        key: mention.key.clone(),
        reason: format!("is `{}`, and there is no `[groups.{}]`", mention.text, mention.text),
        help: Some(match nearest(&mention.text, policy.groups.keys().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "describe the group in a table of its own, with its `versioning`".to_owned(),
        }),
        place: source.place(mention.span.clone(), "names no group"),
    };
    unknown.map(error).collect()
}

/// A package goes to registries by their names or to one by its URLs.
pub(crate) fn registries(policy: &Policy, set: &BTreeMap<String, Range<usize>>, source: &Source) -> Vec<Error> {
    let named = policy.packages.iter().filter(|(_, package)| !package.registries.is_empty());
    let urls = named.flat_map(|(name, _)| ["registry_url", "publish_url"].map(|key| dotted(["packages", name, key])));
    let said = urls.filter_map(|key| set.get_key_value(&key));
    let error = |(key, span): (&String, &Range<usize>)| Error::Contradiction {
        key: key.clone(),
        reason: "names one registry by its URL, and `registries` of the same package names some".to_owned(),
        help: "put the URL into a table `[registries.NAME]`, and that name into `registries`".to_owned(),
        place: source.place(span.clone(), "is a registry beside those that are named"),
    };
    said.map(error).collect()
}

/// `synchronize` gives all packages one version, whatever a group of them says.
pub(crate) fn synchronized(policy: &Policy, set: &BTreeMap<String, Range<usize>>, source: &Source) -> Vec<Error> {
    let apart = policy.groups.iter().filter(|(_, group)| policy.synchronize && group.versioning != Versioning::Fixed);
    let said = apart.filter_map(|(name, _)| set.get_key_value(&dotted(["groups", name, "versioning"])));
    let error = |(key, span): (&String, &Range<usize>)| Error::Contradiction {
        key: key.clone(),
        reason: "lets packages have versions of their own, and `synchronize = true` gives all of them one".to_owned(),
        help: "leave `synchronize` out, and put the packages that move together into fixed groups".to_owned(),
        place: source.place(span.clone(), "is overruled by `synchronize`"),
    };
    said.map(error).collect()
}

/// The umbrella tag has the version that all packages share, or that of one of them.
pub(crate) fn umbrella(policy: &Policy, set: &BTreeMap<String, Range<usize>>, source: &Source) -> Option<Error> {
    let says = |key: &str| set.contains_key(key);
    let has_tag = policy.umbrella_tag.is_some();
    let (key, reason, help) = if has_tag && !says("umbrella_version") && !policy.synchronize {
        let reason = "needs a version, and packages have versions of their own";
        ("umbrella_tag", reason, "name the package whose version it has in `umbrella_version`, or set `synchronize`")
    } else if !says("umbrella_tag") && says("umbrella_version") {
        ("umbrella_version", "is the version of a tag that there is not", "give the tag a name with `umbrella_tag`")
    } else if !has_tag && policy.forge.releases == ForgeReleases::Umbrella {
        let reason = "is for the release of a tag that there is not";
        ("forge.releases", reason, "give the tag a name with `umbrella_tag`")
    } else {
        return None;
    };
    let place = source.place(set.get(key)?.clone(), "lacks its other half");
    Some(Error::Contradiction { key: key.to_owned(), reason: reason.to_owned(), help: help.to_owned(), place })
}

/// No forge merges a draft.
pub(crate) fn drafts(policy: &Policy, set: &BTreeMap<String, Range<usize>>, source: &Source) -> Option<Error> {
    policy.pull_request.auto_merge.filter(|_| policy.pull_request.draft)?;
    let key = "pull_request.auto_merge";
    Some(Error::Contradiction {
        key: key.to_owned(),
        reason: "has the forge merge what `draft = true` opens as a draft, which no forge does".to_owned(),
        help: "leave one of them out".to_owned(),
        place: source.place(set.get(key)?.clone(), "is for what is no draft"),
    })
}

/// The release branch is pushed over, so it can be none of the branches that releases are made from, whatever its base.
/// What the remote's default branch is, only the engine can know.
pub(crate) fn release_branch(policy: &Policy, mentions: &[Mention], source: &Source) -> Option<Error> {
    let own = policy.default_branch.as_deref();
    let globs: Vec<(&str, GlobSet)> = policy.release_branches.iter().filter_map(|text| glob(text)).collect();
    let examples = own.into_iter().chain(globs.iter().map(|(text, _)| *text)).map(example);
    let branches = examples.map(|base| policy.pull_request.branch.replace("{base}", &base).to_lowercase());
    let taken = branches.into_iter().find_map(|branch| {
        let same = own.filter(|own| own.to_lowercase() == branch);
        let matching = globs.iter().find(|(_, glob)| glob.is_match(&branch)).map(|(text, _)| *text);
        Some((branch, same.or(matching)?))
    });
    let (branch, by) = taken?;
    let keys = ["pull_request.branch", "release_branches", "default_branch"];
    let mention = keys.iter().find_map(|key| mentions.iter().find(|mention| mention.key == *key))?;
    let reason =
        format!("makes `{branch}` the release branch, which is pushed over, and `{by}` makes releases from it");
    let help = "give `pull_request.branch` a name that neither `default_branch` nor `release_branches` takes in";
    let place = source.place(mention.span.clone(), "the release branch would be one that releases are made from");
    Some(Error::InvalidValue { key: mention.key.clone(), reason, help: Some(help.to_owned()), place })
}

fn glob(text: &str) -> Option<(&str, GlobSet)> {
    let glob = GlobBuilder::new(text).case_insensitive(true).build();
    Some((text, glob.and_then(|glob| GlobSet::new([glob])).ok()?))
}

/// A branch that a glob matches, near enough.
fn example(glob: &str) -> String {
    glob.replace("**", "x").replace(['*', '?'], "x")
}

/// `propagate = "never"` is refused where the file itself pins requirements on siblings exactly.
pub(crate) fn propagation(policy: &Policy, propagate: Range<usize>, source: &Source) -> Option<Error> {
    let exact = policy.ecosystems.iter().filter(|(_, ecosystem)| ecosystem.pin == Some(Pin::Exact));
    left_behind(policy, &exact.map(|(label, _)| label).collect::<Vec<_>>(), propagate, source)
}

/// The same where it is known whose requirements are pinned exactly, be it because nobody said how: a dependent that is left
/// behind would keep asking for the old version.
pub(crate) fn left_behind(
    policy: &Policy,
    pinned: &[&EcosystemLabel],
    propagate: Range<usize>,
    source: &Source,
) -> Option<Error> {
    let first = pinned.first().filter(|_| policy.propagate == Propagate::Never)?;
    let labels: Vec<&str> = pinned.iter().map(|label| label.as_str()).collect();
    Some(Error::Contradiction {
        key: "propagate".to_owned(),
        reason: format!("cannot be `never`, for requirements on siblings are pinned exactly in {}", listed(&labels)),
        help: format!("use `always` or `out-of-range`, or set another `pin` in `[ecosystems.{first}]`"),
        place: source.place(propagate, "leaves dependents behind that ask for the old version"),
    })
}

//! The tag that all packages of a release have together.

use releasekit_core::model::TagName;
use releasekit_core::policy::Policy;

/// Whether a tag is an umbrella's by its name, and so no package's that nobody knows.
pub(crate) fn is_umbrella(policy: &Policy, tag: &TagName) -> bool {
    let Some((before, after)) = policy.umbrella_tag.as_ref().and_then(|format| format.split_once("{version}")) else {
        return false;
    };
    let version = tag.as_str().strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
    version.is_some_and(|version| version.starts_with(|first: char| first.is_ascii_digit()))
}

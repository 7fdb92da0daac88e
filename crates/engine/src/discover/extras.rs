//! What is published and can be installed by nobody else, and stops no release.

use std::collections::BTreeSet;

use releasekit_core::model::{DependencyKind, Published};
use releasekit_core::policy::Participation;
use releasekit_core::workspace::Remark;

use super::{Discovery, Member};
use crate::codes;
use crate::words::quoted;

/// Extras of published packages that need packages which nobody publishes.
pub(super) fn private(discovery: &Discovery) -> Option<Remark> {
    let of = |member: &Member| {
        let optional = member.package.dependencies.iter().filter(|it| {
            it.published == Published::Optional
                && it.kind == DependencyKind::Optional
                && is_private(discovery, member, it.name.as_str())
        });
        optional.map(|it| format!("{} of {}", it.name, member.id)).collect::<Vec<_>>()
    };
    let published = discovery.members.iter().filter(|member| member.release == Participation::Publish);
    let found: BTreeSet<String> = published.flat_map(of).collect();
    if found.is_empty() {
        return None;
    }
    let found: Vec<String> = found.into_iter().collect();
    let message =
        format!("extras need packages that are never published, so nobody else can install them: {}", quoted(&found));
    Some(Remark { code: codes::EXTRA_PRIVATE, message })
}

fn is_private(discovery: &Discovery, member: &Member, name: &str) -> bool {
    let same = |other: &&Member| other.id.label == member.id.label && other.id.name.as_str() == name;
    discovery.members.iter().find(same).is_some_and(|other| other.release != Participation::Publish)
}

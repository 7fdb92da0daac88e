//! Files that repeat the version of their package, and that a release leaves as they are.

use releasekit_core::policy::Participation;
use releasekit_core::workspace::Remark;

use super::{Discovery, Member};
use crate::codes;
use crate::words::few;

/// The files that would say an old version in a new package.
pub(super) fn left_behind(discovery: &Discovery) -> Option<Remark> {
    let released = discovery.members.iter().filter(|member| member.release != Participation::None);
    let of = |member: &Member| {
        let left = member.package.repeated_in.iter().filter(|path| !member.lists(path));
        left.map(|path| format!("`{path}` of `{}`", member.id)).collect::<Vec<_>>()
    };
    let found: Vec<String> = released.flat_map(of).collect();
    if found.is_empty() {
        return None;
    }
    let message =
        format!("no release changes files that repeat the version of their package: {}", few(found.into_iter()));
    Some(Remark { code: codes::VERSION_REPEATED, message })
}

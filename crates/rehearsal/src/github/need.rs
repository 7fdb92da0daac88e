//! The permissions that operations need, as GitHub's documentation lists them.

use super::account::Level::{Read, Write};
use super::account::Need;

/// What everybody may, who sees the repository.
pub(super) const NOTHING: &[Need] = &[];
pub(super) const CONTENTS: &[Need] = &[("contents", Write)];
pub(super) const READ_CONTENTS: &[Need] = &[("contents", Read)];
/// What somebody needs besides whose push changes workflows.
pub(super) const WORKFLOWS: &[Need] = &[("workflows", Write)];
pub(super) const PULLS: &[Need] = &[("pull_requests", Write)];
pub(super) const READ_PULLS: &[Need] = &[("pull_requests", Read)];
pub(super) const ISSUES: &[Need] = &[("issues", Write), ("pull_requests", Write)];
pub(super) const READ_ISSUES: &[Need] = &[("issues", Read), ("pull_requests", Read)];

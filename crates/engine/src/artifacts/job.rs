//! What those who build share.

use super::Sources;
use crate::cancel::Cancel;
use crate::session::Session;

/// What is built, where it is shown, and how it is asked to stop.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Job<'a> {
    pub(crate) session: &'a Session,
    pub(crate) sources: &'a Sources,
    pub(crate) cancel: &'a Cancel,
}

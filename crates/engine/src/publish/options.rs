//! What `publish` is asked to do.

use std::path::PathBuf;

use jiff::Timestamp;

use crate::cancel::Cancel;

/// How a release is to be published.
#[derive(Debug, Clone)]
pub struct PublishOptions {
    /// A folder with artifacts that were built elsewhere; without it they are built.
    pub artifacts: Option<PathBuf>,
    /// A file whose receipts are read, where it exists, and which gets all receipts.
    pub receipt: Option<PathBuf>,
    /// Sends a file again that was accepted and is not listed.
    pub resend: bool,
    /// When the command was started.
    pub now: Timestamp,
    /// The request to stop.
    pub cancel: Cancel,
}

impl PublishOptions {
    /// Builds what is missing, and sends nothing twice.
    pub fn new(now: Timestamp, cancel: Cancel) -> Self {
        Self { artifacts: None, receipt: None, resend: false, now, cancel }
    }
}

//! What `publish` is asked to do.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use releasekit_core::Forge;

use crate::cancel::Cancel;
use crate::receipt::Receipt;

/// How a release is to be published.
#[derive(Debug, Clone)]
pub struct PublishOptions {
    /// A folder with artifacts that were built elsewhere; without it they are built.
    pub artifacts: Option<PathBuf>,
    /// A file whose receipts are read, where it exists, and which gets all receipts.
    pub receipt: Option<PathBuf>,
    /// The receipts of what the same command published before, which the file gets too.
    pub earlier: Vec<Receipt>,
    /// Sends a file again that was accepted and is not listed.
    pub resend: bool,
    /// The forge of the repository, where it can be asked.
    pub forge: Option<Arc<dyn Forge>>,
    /// When the command was started.
    pub now: Timestamp,
    /// The request to stop.
    pub cancel: Cancel,
}

impl PublishOptions {
    /// Builds what is missing, and sends nothing twice.
    pub fn new(now: Timestamp, cancel: Cancel) -> Self {
        Self { artifacts: None, receipt: None, earlier: Vec::new(), resend: false, forge: None, now, cancel }
    }
}

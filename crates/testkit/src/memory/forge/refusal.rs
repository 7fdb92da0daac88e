//! What a forge in memory refuses.

use releasekit_core::{BackendError, Code, ErrorKind, Result};

const CODE: Code = Code::new("RK-TEST-FORGE", ErrorKind::Internal);

/// A failure of this kind.
pub(super) fn error(kind: ErrorKind, message: impl Into<String>) -> BackendError {
    BackendError::new(CODE, message).with_kind(kind)
}

/// What has to be so, or the failure of this kind.
pub(super) fn demand(is_so: bool, kind: ErrorKind, message: &str) -> Result<()> {
    if is_so { Ok(()) } else { Err(error(kind, message)) }
}

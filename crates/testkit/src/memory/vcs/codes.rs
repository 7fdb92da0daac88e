//! How things are refused.

use std::fmt::Display;

use releasekit_core::{BackendError, Code, ErrorKind};

/// What is asked for is not here.
pub const MISSING: Code = Code::new("RK-TEST-VCS-MISSING", ErrorKind::NotFound);
/// Something is elsewhere than expected.
pub const CONFLICT: Code = Code::new("RK-TEST-VCS-CONFLICT", ErrorKind::Conflict);
/// What can never work.
pub const INVALID: Code = Code::new("RK-TEST-VCS-INVALID", ErrorKind::Invalid);
/// The repository is not as it would have to be.
pub const PRECONDITION: Code = Code::new("RK-TEST-VCS-PRECONDITION", ErrorKind::Precondition);

/// Says no.
pub(super) fn refused(code: Code, why: impl Display) -> BackendError {
    BackendError::new(code, why.to_string())
}

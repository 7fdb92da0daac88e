//! How backends in memory fail: to order, or because a request is not what the contract says.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use releasekit_core::{BackendError, Code, ErrorKind};

/// The code of faults to order.
pub const FAULT: Code = Code::new("RK-TEST-FAULT", ErrorKind::Transient);

/// The code of requests that a contract forbids.
pub const FORBIDDEN: Code = Code::new("RK-TEST-FORBIDDEN", ErrorKind::Internal);

/// A failure of this kind, as a test orders it.
pub fn fault(kind: ErrorKind) -> BackendError {
    BackendError::new(FAULT, "a fault to order").with_kind(kind)
}

/// What a backend in memory answers to a request that the contract forbids.
pub(super) fn forbidden(why: impl Into<String>) -> BackendError {
    BackendError::new(FORBIDDEN, why)
}

/// What is not as the contract says it is to be is the caller's mistake.
pub(super) fn demand(is_so: bool, why: &str) -> Result<(), BackendError> {
    if is_so { Ok(()) } else { Err(forbidden(why)) }
}

pub(super) fn invalid(why: impl Into<String>) -> BackendError {
    BackendError::new(FAULT, why).with_kind(ErrorKind::Invalid)
}

/// A test that panicked while it looked has failed already.
pub(super) fn lock<T>(shared: &Arc<Mutex<T>>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

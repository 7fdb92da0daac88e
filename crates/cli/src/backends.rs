//! The only place where all built-in backends are named.

use std::sync::Arc;

use releasekit_core::Backends;
use releasekit_formats::semver::SemVer;

/// Registers what this binary is built with.
pub(crate) fn register(backends: &mut Backends) {
    releasekit_git::register(backends);
    releasekit_uv::register(backends);
    releasekit_pypi::register(backends);
    backends.add_scheme(Arc::new(SemVer));
    for codes in [
        crate::codes::CODES,
        releasekit_core::codes::CODES,
        releasekit_config::CODES,
        releasekit_engine::codes::CODES,
        releasekit_formats::codes::CODES,
        releasekit_http::codes::CODES,
        releasekit_process::codes::CODES,
    ] {
        backends.add_codes(codes);
    }
}

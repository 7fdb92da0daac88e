//! The only place where all built-in backends are named.

use releasekit_core::Backends;

/// Registers what this binary is built with.
pub(crate) fn register(backends: &mut Backends) {
    releasekit_git::register(backends);
    releasekit_github::register(backends);
    releasekit_cargo::register(backends);
    releasekit_pnpm::register(backends);
    releasekit_uv::register(backends);
    releasekit_crates_io::register(backends);
    releasekit_npm::register(backends);
    releasekit_pypi::register(backends);
    for codes in [
        crate::codes::CODES,
        releasekit_core::codes::CODES,
        releasekit_core::forge::codes::CODES,
        releasekit_config::CODES,
        releasekit_engine::codes::CODES,
        releasekit_formats::codes::CODES,
        releasekit_http::codes::CODES,
        releasekit_process::codes::CODES,
    ] {
        backends.add_codes(codes);
    }
}

//! Where a download ends, whatever a registry sends.

use std::time::Duration;

use releasekit_core::policy::PublishPolicy;

/// How large a download may be, and how long it may take, to tell whether it is a file of this size.
pub(super) struct Bounds {
    pub(super) largest: u64,
    pub(super) timeout: Duration,
}

impl Bounds {
    /// Bytes of a download that a second has to bring.
    const SLOWEST: u64 = 256 << 10;

    /// For exactly this file: one byte more is another one.
    pub(super) fn exact(size: u64, policy: &PublishPolicy) -> Self {
        Self { largest: size, timeout: policy.poll_timeout + Duration::from_secs(size / Self::SLOWEST) }
    }

    /// For a file of the same content, which another build may have packed otherwise.
    pub(super) fn alike(size: u64, policy: &PublishPolicy) -> Self {
        Self::exact(size.saturating_mul(2).saturating_add(1 << 20), policy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_download_ends_a_little_after_the_size_that_is_expected() {
        let policy = PublishPolicy::default();
        assert_eq!(Bounds::exact(1000, &policy).largest, 1000);
        assert_eq!(Bounds::exact(1000, &policy).timeout, policy.poll_timeout);
        assert!(Bounds::alike(1000, &policy).largest < 2_000_000);
        assert!(Bounds::exact(1 << 30, &policy).timeout > Duration::from_secs(3600));
        assert_eq!(Bounds::alike(u64::MAX, &policy).largest, u64::MAX);
    }
}

//! A forge that can be opened, and which one a repository is on.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::{Forge, Place};
use crate::ecosystem::{BackendContext, Backends};
use crate::error::Result;

/// A repository on a forge, to be opened.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ForgeSite {
    /// Where it is.
    pub place: Place,
    /// How long a call may take, with all that is tried again and the pauses that the forge asks for; a file's own time aside.
    pub timeout: Duration,
}

impl ForgeSite {
    /// The repository of this place.
    pub fn new(place: Place, timeout: Duration) -> Self {
        Self { place, timeout }
    }
}

type ServesHost = dyn Fn(&str) -> bool + Send + Sync;
type OpenForge = dyn Fn(&BackendContext, &ForgeSite) -> Result<Arc<dyn Forge>> + Send + Sync;

/// A kind of forge that can be opened.
#[derive(Clone)]
#[non_exhaustive]
pub struct ForgeBackend {
    /// Its name: what `kind` of a repository's forge says.
    pub id: &'static str,
    /// The variables that carry the right to write to it, as [`EcosystemBackend::credentials`].
    ///
    /// [`EcosystemBackend::credentials`]: crate::ecosystem::EcosystemBackend::credentials
    pub credentials: &'static [&'static str],
    serves: Arc<ServesHost>,
    open: Arc<OpenForge>,
}

impl ForgeBackend {
    /// A forge that is opened so, and known by no host.
    pub fn new(
        id: &'static str,
        open: impl Fn(&BackendContext, &ForgeSite) -> Result<Arc<dyn Forge>> + Send + Sync + 'static,
    ) -> Self {
        Self { id, credentials: &[], serves: Arc::new(|_| false), open: Arc::new(open) }
    }

    /// Is known by hosts, in lower case and with what port a URL names: those that everybody knows, and those of which the
    /// surroundings say so.
    #[must_use]
    pub fn with_hosts(mut self, serves: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        self.serves = Arc::new(serves);
        self
    }

    /// Names the variables that carry the right to write to it.
    #[must_use]
    pub fn with_credentials(mut self, credentials: &'static [&'static str]) -> Self {
        self.credentials = credentials;
        self
    }

    /// Opens a repository. Asks nobody yet; fails with `Forbidden` where the host may not have the credential.
    pub fn open(&self, context: &BackendContext, site: &ForgeSite) -> Result<Arc<dyn Forge>> {
        (self.open)(context, site)
    }
}

impl fmt::Debug for ForgeBackend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ForgeBackend").field(&self.id).finish()
    }
}

impl Backends {
    /// The forge that a place is on, by its host: the first by name that knows it. `None` where none does; then whoever
    /// configures it names one, and `forges` has it by that name.
    pub fn forge_at(&self, place: &Place) -> Option<&ForgeBackend> {
        self.forges.values().find(|backend| (backend.serves)(&place.host))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::BackendError;

    fn backend(id: &'static str, domain: &'static str) -> ForgeBackend {
        ForgeBackend::new(id, |_, site| Err(BackendError::unsupported(&site.place.path)))
            .with_hosts(move |host| host == domain || host.ends_with(&format!(".{domain}")))
    }

    #[test]
    fn a_forge_is_chosen_by_the_host_of_the_remote() {
        let mut backends = Backends::default();
        backends.add_forge(backend("one", "one.test").with_credentials(&["ONE_LOGIN"]));
        backends.add_forge(backend("two", "two.test"));
        let chosen = |url: &str| backends.forge_at(&Place::of(url)?).map(|backend| backend.id);
        assert_eq!(chosen("https://one.test/o/n"), Some("one"));
        assert_eq!(chosen("user@ssh.two.test:o/n"), Some("two"));
        assert_eq!(chosen("https://phone.test/o/n"), None, "a name that only ends alike");
        assert!(backends.is_credential("ONE_LOGIN"));
    }

    #[test]
    #[should_panic(expected = "a backend called `one` is registered already")]
    fn a_second_forge_of_one_name_is_refused() {
        let mut backends = Backends::default();
        backends.add_forge(backend("one", "one.test"));
        backends.add_forge(backend("one", "two.test"));
    }
}

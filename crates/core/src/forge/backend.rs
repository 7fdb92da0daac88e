//! A forge that can be opened, and which one a repository is on.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::{Forge, Links, Place};
use crate::ecosystem::{BackendContext, Backends};
use crate::environment::Environment;
use crate::error::Result;

/// A repository on a forge, to be opened.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ForgeSite {
    /// Where it is.
    pub place: Place,
    /// The root of the forge's API, where the configuration says it; `None` where it follows from the place.
    pub api_url: Option<String>,
    /// How long a call may take, with all that is tried again and the pauses that the forge asks for; a file's own time aside.
    pub timeout: Duration,
}

impl ForgeSite {
    /// The repository of this place.
    pub fn new(place: Place, timeout: Duration) -> Self {
        Self { place, api_url: None, timeout }
    }

    /// The same with an API elsewhere.
    #[must_use]
    pub fn with_api_url(mut self, api_url: Option<String>) -> Self {
        self.api_url = api_url;
        self
    }
}

type ServesHost = dyn Fn(&Environment, &str) -> bool + Send + Sync;
type FindLinks = dyn Fn(&ForgeSite) -> Links + Send + Sync;
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
    links: Option<Arc<FindLinks>>,
    open: Arc<OpenForge>,
}

impl ForgeBackend {
    /// A forge that is opened so, and known by no host.
    pub fn new(
        id: &'static str,
        open: impl Fn(&BackendContext, &ForgeSite) -> Result<Arc<dyn Forge>> + Send + Sync + 'static,
    ) -> Self {
        Self { id, credentials: &[], serves: Arc::new(|_, _| false), links: None, open: Arc::new(open) }
    }

    /// Is known by hosts, in lower case and with what port a URL names: those that everybody knows, and those of which the
    /// environment says so.
    #[must_use]
    pub fn with_hosts(mut self, serves: impl Fn(&Environment, &str) -> bool + Send + Sync + 'static) -> Self {
        self.serves = Arc::new(serves);
        self
    }

    /// Knows the pages of a repository by its place alone, without any credential.
    #[must_use]
    pub fn with_links(mut self, links: impl Fn(&ForgeSite) -> Links + Send + Sync + 'static) -> Self {
        self.links = Some(Arc::new(links));
        self
    }

    /// The same backend, with something around every repository that it opens.
    #[must_use]
    pub fn around(
        mut self,
        wrap: impl Fn(&BackendContext, Arc<dyn Forge>) -> Arc<dyn Forge> + Send + Sync + 'static,
    ) -> Self {
        let open = self.open;
        self.open = Arc::new(move |context, site| Ok(wrap(context, open(context, site)?)));
        self
    }

    /// Names the variables that carry the right to write to it.
    #[must_use]
    pub fn with_credentials(mut self, credentials: &'static [&'static str]) -> Self {
        self.credentials = credentials;
        self
    }

    /// The pages of a repository. Asks nobody and needs no credential; `None` where the backend knows them only once it is
    /// open.
    pub fn links(&self, site: &ForgeSite) -> Option<Links> {
        self.links.as_ref().map(|links| links(site))
    }

    /// Opens a repository. Asks nobody yet; fails with `Unauthenticated` where there is no credential for the host, and with
    /// `Forbidden` where the host may not have the one that there is.
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
    /// The forge that a place is on, by its host and the environment: the first by name that knows it. `None` where none
    /// does; then whoever configures it names one, and `forges` has it by that name.
    pub fn forge_at(&self, environment: &Environment, place: &Place) -> Option<&ForgeBackend> {
        self.forges.values().find(|backend| (backend.serves)(environment, &place.host))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::BackendError;

    fn backend(id: &'static str, domain: &'static str) -> ForgeBackend {
        ForgeBackend::new(id, |_, site| Err(BackendError::unsupported(&site.place.path))).with_hosts(
            move |environment, host| {
                host == domain || host.ends_with(&format!(".{domain}")) || environment.text("HOUSE") == Some(host)
            },
        )
    }

    #[test]
    fn a_forge_is_chosen_by_the_host_of_the_remote() {
        let mut backends = Backends::default();
        backends.add_forge(backend("one", "one.test").with_credentials(&["ONE_LOGIN"]));
        backends.add_forge(backend("two", "two.test"));
        let house = Environment::new().with("HOUSE", "git.house.test");
        let chosen = |url: &str| backends.forge_at(&house, &Place::of(url)?).map(|backend| backend.id);
        assert_eq!(chosen("https://one.test/o/n"), Some("one"));
        assert_eq!(chosen("user@ssh.two.test:o/n"), Some("two"));
        assert_eq!(chosen("https://phone.test/o/n"), None, "a name that only ends alike");
        assert_eq!(chosen("https://git.house.test/o/n"), Some("one"), "the environment knows it");
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

//! The API of the registry that is published to: where it is, and who asks it.

use std::sync::Arc;

use releasekit_core::event::Reporter;
use releasekit_core::model::Target;
use releasekit_core::registry::Keeper;
use releasekit_core::{BackendContext, Environment, Secret};
use releasekit_formats::cargo::is_crates_io;
use releasekit_http::{Client, Settings};

use crate::error::Error;
use crate::index::Index;
use crate::provider::Reader;
use crate::token::Named;

/// How tokens of crates.io begin. It has revoked those that it made before July 2020, which did not, and promises in its source
/// never to change it.
const PREFIX: &str = "cio";

/// The API. Clones share what is known of its registry.
#[derive(Debug, Clone)]
pub(crate) struct Api {
    target: Target,
    environment: Environment,
    pub(crate) reporter: Arc<dyn Reporter>,
    /// Of the registry.
    pub(crate) index: Index,
    /// Sends what writes.
    pub(crate) client: Client,
}

impl Api {
    /// The API of the registry that a target is published to; nothing is asked yet.
    pub(crate) fn new(
        context: &BackendContext,
        target: &Target,
        settings: Settings,
        reader: Reader,
    ) -> Result<Self, Error> {
        let environment = context.environment.clone();
        let index = Index::new(&target.publish_url, &environment, settings.clone(), reader)?;
        let client = Client::new(&environment, settings.patient())?;
        Ok(Self { target: target.clone(), environment, reporter: Arc::clone(&context.reporter), index, client })
    }

    /// The registry, as it is shown.
    pub(crate) fn name(&self) -> String {
        self.target.publish_name()
    }

    /// What lets one publish there.
    pub(crate) fn token(&self) -> Result<Secret, Error> {
        let named = named(&self.target);
        let missing =
            || Error::NoToken { registry: self.name(), help: named.help(&self.environment, &self.target.publish_url) };
        named.token(&self.environment)?.ok_or_else(missing)
    }

    /// Who has what lets one publish there.
    pub(crate) fn keeper(&self) -> Keeper {
        let is_cargos = named(&self.target).is_cargos_alone(&self.environment, &self.target.publish_url);
        if is_cargos { Keeper::Tool } else { Keeper::Backend }
    }

    /// Fails where it is sure that the registry takes nothing of ours: there is no token, or none of those that it makes.
    pub(crate) fn check_token(&self) -> Result<(), Error> {
        if self.keeper() == Keeper::Tool {
            return Ok(());
        }
        let token = self.token()?;
        let text = token.expose();
        let is_known = text.strip_prefix("Bearer ").unwrap_or(text).starts_with(PREFIX);
        match is_known || !is_crates_io(&self.target.publish_url) {
            true => Ok(()),
            false => Err(Error::ForeignToken { prefix: PREFIX }),
        }
    }

    /// A place of the API, below that of all crates.
    pub(crate) async fn url(&self, path: &str) -> Result<String, Error> {
        let missing = || Error::NoApi { index: self.name() };
        let config = self.index.config().await?;
        let api = config.api.as_deref().filter(|api| !api.is_empty()).ok_or_else(missing)?;
        Ok(format!("{}/api/v1/crates/{path}", api.trim_end_matches('/')))
    }
}

/// As whose a target's token is kept.
pub(crate) fn named(target: &Target) -> Named<'_> {
    match target.name.as_deref().filter(|name| *name != "crates-io") {
        _ if is_crates_io(&target.publish_url) => Named::Usual,
        Some(name) => Named::Registry(name),
        None => Named::Nameless,
    }
}

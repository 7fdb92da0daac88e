//! GitHub: github.com, companies' own domains below `ghe.com`, and Enterprise Server.
//!
//! Everything is asked over REST but two mutations that it does not have. A write looks first, is sent once, and is never
//! repeated blindly; limits are heeded; a token goes to the hosts of its GitHub and nowhere else.

mod api;
mod assets;
mod backend;
mod comments;
mod commits;
mod endpoint;
mod error;
mod graphql;
mod known;
mod limit;
mod merge;
mod pace;
mod people;
mod pulls;
mod reference;
mod refusal;
mod releases;
mod site;
mod token;
mod wire;

use std::sync::Arc;

use releasekit_core::Backends;
use releasekit_core::Forge;
use releasekit_core::forge::ForgeBackend;

pub use backend::GitHub;
pub use endpoint::{ENDPOINTS, Endpoint};
pub use error::Error;
pub use reference::markdown;
pub use refusal::Refusal;

/// What `kind` of a repository's forge says.
pub const ID: &str = "github";

/// Adds the forge.
pub fn register(backends: &mut Backends) {
    let open = |context: &_, site: &_| GitHub::open(context, site).map(|it| Arc::new(it) as Arc<dyn Forge>);
    let backend =
        ForgeBackend::new(ID, open).with_hosts(site::serves).with_links(site::links).with_credentials(token::VARIABLES);
    backends.add_forge(backend);
}

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

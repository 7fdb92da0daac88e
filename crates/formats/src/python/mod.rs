//! Python: PEP 440 versions, PEP 503 names, PEP 508 requirements, wheels and sdists.

#[cfg(feature = "archives")]
pub mod archive;
pub mod name;
pub mod pep440;
#[cfg(feature = "requirements")]
pub mod requirement;

pub use pep440::Pep440;
#[cfg(feature = "requirements")]
pub use requirement::Pep508;

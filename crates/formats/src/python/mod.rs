//! Python: PEP 440 versions, PEP 503 names, PEP 508 requirements, wheels and sdists.

pub mod archive;
pub mod name;
pub mod pep440;
pub mod requirement;

pub use pep440::Pep440;
pub use requirement::Pep508;

//! What came of a write.

use crate::error::{BackendError, Result};

/// What came of a write to a forge, with what is there now.
#[derive(Debug)]
pub enum Written<T> {
    /// It was not there, and is.
    Created(T),
    /// It was there, and is now as asked.
    Updated(T),
    /// It was there as asked; no request that writes was sent.
    Unchanged(T),
    /// Nothing was changed, where the method does not say otherwise: by a complete answer, or because nothing was sent.
    Refused(BackendError),
    /// Nobody knows what was changed; the same call again finds out.
    Unknown(BackendError),
}

impl<T> Written<T> {
    /// The same with a part of what is there, or with something made of it.
    pub fn map<U>(self, make: impl FnOnce(T) -> U) -> Written<U> {
        match self {
            Self::Created(value) => Written::Created(make(value)),
            Self::Updated(value) => Written::Updated(make(value)),
            Self::Unchanged(value) => Written::Unchanged(make(value)),
            Self::Refused(error) => Written::Refused(error),
            Self::Unknown(error) => Written::Unknown(error),
        }
    }

    /// What is there now, whichever way it came there; the error of what was refused or is unknown.
    pub fn value(self) -> Result<T> {
        match self {
            Self::Created(value) | Self::Updated(value) | Self::Unchanged(value) => Ok(value),
            Self::Refused(error) | Self::Unknown(error) => Err(error),
        }
    }
}

//! Values that must never be printed.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

/// A credential. It has no `Display`, its `Debug` shows nothing, and its memory is wiped on drop.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Takes a credential.
    pub fn new(text: impl Into<String>) -> Self {
        Self(SecretString::from(text.into()))
    }

    /// The text, for the one process or request that needs it.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// `text` with every occurrence of the secret replaced by `***`.
    pub fn redact(&self, text: &str) -> String {
        let secret = self.expose();
        if secret.is_empty() { text.to_owned() } else { text.replace(secret, "***") }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_neither_prints_nor_survives_redaction() {
        let secret = Secret::new("hunter2");
        assert_eq!(format!("{secret:?}"), "***");
        assert_eq!(secret.redact("password hunter2 refused"), "password *** refused");
        assert_eq!(Secret::new("").redact("unchanged"), "unchanged");
    }
}

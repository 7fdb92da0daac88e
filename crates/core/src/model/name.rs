//! Names of packages and of the ecosystems they live in.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The name of a package as its package file writes it. Names are compared by the ecosystem's own rule, not here.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PackageName(String);

/// The label of an `[ecosystems.<label>]`, by which users tell the ecosystems of a repository apart.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EcosystemLabel(String);

/// A package of the repository: `label:name`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PackageId {
    /// Which ecosystem of the repository.
    pub label: EcosystemLabel,
    /// The package's name there.
    pub name: PackageName,
}

macro_rules! text_type {
    ($($type:ident),+) => {$(
        impl $type {
            /// Takes the text as it is.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

pub(super) use text_type;

text_type!(PackageName, EcosystemLabel);

impl PackageId {
    /// Names a package.
    pub fn new(label: EcosystemLabel, name: PackageName) -> Self {
        Self { label, name }
    }
}

/// As one text, `label:name`. No label holds a colon, so the first one parts them.
impl Serialize for PackageId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PackageId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.split_once(':') {
            Some((label, name)) if !label.is_empty() && !name.is_empty() => {
                Ok(Self::new(EcosystemLabel::new(label), PackageName::new(name)))
            }
            _ => Err(de::Error::custom(format_args!("`{text}` is no `label:name`"))),
        }
    }
}

impl fmt::Display for PackageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.label, self.name)
    }
}

impl fmt::Debug for PackageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

//! Core metadata, `METADATA` and `PKG-INFO`: header fields, then a description.

use releasekit_core::VersionScheme;
use releasekit_core::model::{Requirement, Version};

use crate::python::{Pep440, name, requirement};
use crate::{Error, Result};

/// The fields of a metadata file, unfolded, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metadata {
    file: String,
    fields: Vec<(String, String)>,
}

impl Metadata {
    /// Reads metadata; `file` is the artifact it comes from, for messages. Fails with `Invalid` where it is no list of
    /// fields, or where the name or the version is missing, given twice, or not legal.
    pub fn parse(file: &str, bytes: &[u8]) -> Result<Self> {
        let text = String::from_utf8_lossy(bytes);
        let metadata = Self { file: file.to_owned(), fields: fields(file, &text)? };
        metadata.version()?;
        if !name::is_legal(metadata.name()?) {
            return Err(Error::invalid(
                file,
                format!("its metadata names `{}`, which is no package name", metadata.name()?),
            ));
        }
        Ok(metadata)
    }

    /// The first field of that name, in any case.
    pub fn first(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// All fields of that name, in any case.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.fields.iter().filter(move |(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The package's name as written. Fails with `Invalid`.
    pub fn name(&self) -> Result<&str> {
        self.only("Name")
    }

    /// The version, spelled canonically. Fails with `Invalid`.
    pub fn version(&self) -> Result<Version> {
        let text = self.only("Version")?;
        Pep440.parse(text).map_err(|error| Error::invalid(&self.file, format!("in its metadata {error}")))
    }

    /// `Requires-Dist`, normalised and sorted. Fails with `Invalid`.
    pub fn requirements(&self) -> Result<Vec<Requirement>> {
        let read = |text| {
            requirement::parse(text).map_err(|error| Error::invalid(&self.file, format!("in its metadata {error}")))
        };
        let mut requirements = self.all("Requires-Dist").map(read).collect::<Result<Vec<_>>>()?;
        requirements.sort();
        Ok(requirements)
    }

    fn only(&self, field: &str) -> Result<&str> {
        let mut values = self.all(field);
        match (values.next(), values.next()) {
            (Some(value), None) => Ok(value),
            (None, _) => Err(Error::invalid(&self.file, format!("its metadata has no `{field}`"))),
            (Some(_), Some(_)) => Err(Error::invalid(&self.file, format!("its metadata has `{field}` twice"))),
        }
    }
}

/// The fields up to the first empty line; a line that begins with a space goes on with the field before it.
fn fields(file: &str, text: &str) -> Result<Vec<(String, String)>> {
    let mut fields: Vec<(String, String)> = Vec::new();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for line in text.lines().map(|line| line.trim_end_matches('\r')).take_while(|line| !line.is_empty()) {
        if line.starts_with([' ', '\t'])
            && let Some((_, value)) = fields.last_mut()
        {
            value.push('\n');
            value.push_str(line.trim());
            continue;
        }
        let (field, value) = line
            .split_once(':')
            .filter(|(field, _)| !field.is_empty() && !field.contains(char::is_whitespace))
            .ok_or_else(|| Error::invalid(file, format!("`{line}` in its metadata is not a field")))?;
        fields.push((field.to_owned(), value.trim().to_owned()));
    }
    Ok(fields)
}

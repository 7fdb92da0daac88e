//! The body of a request to publish: a description, and the file, each after its length.

use serde_json::Value;

use super::answer::Refusal;

/// What was sent.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) description: Value,
    pub(super) file: Vec<u8>,
}

impl Request {
    pub(super) fn read(body: &[u8]) -> Result<Self, Refusal> {
        let (description, rest) = part(body).ok_or_else(|| Refusal::bad("invalid metadata length"))?;
        let (file, rest) = part(rest).ok_or_else(|| Refusal::bad("invalid tarball length"))?;
        if !rest.is_empty() {
            return Err(Refusal::bad(format!("invalid tarball length: {} bytes are left", rest.len())));
        }
        let description = serde_json::from_slice(description)
            .map_err(|error| Refusal::bad(format!("invalid upload request: {error}")))?;
        Ok(Self { description, file: file.to_vec() })
    }

    /// A text of the description; empty where there is none.
    pub(super) fn text(&self, key: &str) -> &str {
        self.description[key].as_str().unwrap_or_default()
    }
}

/// What follows its length in four bytes, and what is behind it; `None` where it is cut off.
fn part(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    rest.split_at_checked(u32::from_le_bytes(*length) as usize)
}

//! The form of an upload: its fields, and the file as far as it arrived.

use axum::extract::Multipart;
use axum::extract::multipart::Field;

/// What was sent.
#[derive(Debug, Default)]
pub(super) struct Form {
    fields: Vec<(String, String)>,
    /// The name of the file and its bytes.
    pub(super) content: Option<(String, Vec<u8>)>,
    /// Whether it came to its end.
    pub(super) whole: bool,
}

impl Form {
    /// Reads a form to its end, or to where the connection broke.
    pub(super) async fn read(mut multipart: Multipart) -> Self {
        let mut form = Self::default();
        loop {
            let field = match multipart.next_field().await {
                Ok(Some(field)) => field,
                end => {
                    form.whole = end.is_ok();
                    return form;
                }
            };
            if !form.take(field).await {
                return form;
            }
        }
    }

    /// Takes in one field; says whether it was whole.
    async fn take(&mut self, mut field: Field<'_>) -> bool {
        let name = field.name().unwrap_or_default().to_owned();
        let file_name = field.file_name().map(str::to_owned);
        let mut bytes = Vec::new();
        let whole = loop {
            match field.chunk().await {
                Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
                Ok(None) => break true,
                Err(_) => break false,
            }
        };
        match (name.as_str(), file_name) {
            ("content", Some(file_name)) => self.content = Some((file_name, bytes)),
            _ => self.fields.push((name, String::from_utf8_lossy(&bytes).into_owned())),
        }
        whole
    }

    /// The first field of that name that says something.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        let field = self.fields.iter().find(|(field, _)| field == name)?;
        Some(field.1.as_str()).filter(|value| !value.is_empty())
    }

    /// The name of the file, once it has begun to arrive.
    pub(super) fn file_name(&self) -> &str {
        self.content.as_ref().map_or("", |(name, _)| name)
    }
}

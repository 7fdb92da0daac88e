//! The forms in which a secret may come back: as it is, and as headers, URLs, JSON, HTML and dumps write it.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::Secret;

/// Shorter pieces of base64 or hexadecimal digits stand in innocent words.
const LEAST_ENCODED: usize = 6;

/// Shorter lines of a secret of several lines are no secret.
const LEAST_LINE: usize = 16;

/// What stands around a form and goes with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Around {
    /// Nothing.
    Nothing,
    /// The rest of a word of base64, which holds the rest of the secret and of what was encoded with it.
    Base64,
    /// The rest of a number in hexadecimal digits.
    Hexadecimal,
}

impl Around {
    /// Whether a byte beside the form goes with it.
    pub(super) fn takes(self, byte: u8) -> bool {
        match self {
            Self::Nothing => false,
            Self::Base64 => byte.is_ascii_alphanumeric() || b"+/-_=".contains(&byte),
            Self::Hexadecimal => byte.is_ascii_hexdigit(),
        }
    }
}

/// A text to be looked for.
#[derive(Debug, Clone)]
pub(super) struct Form {
    pub(super) text: Secret,
    pub(super) around: Around,
}

/// Every form of a secret.
pub(super) fn of(secret: &str) -> Vec<Form> {
    let decoded = percent_decode_str(secret).decode_utf8_lossy().into_owned();
    let mut texts = vec![secret.to_owned()];
    texts.extend(secret.lines().filter(|line| line.len() >= LEAST_LINE).map(str::to_owned));
    if decoded != secret {
        texts.push(decoded);
    }
    let mut forms: Vec<Form> = Vec::new();
    for text in texts.iter().filter(|text| !text.is_empty()) {
        let plain = [text.clone(), in_json(text), in_html(text), in_url(text), in_url(text).to_ascii_lowercase()];
        forms.extend(plain.into_iter().map(|text| form(text, Around::Nothing)));
        forms.extend(in_base64(text).into_iter().map(|text| form(text, Around::Base64)));
        let digits: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
        if digits.len() >= LEAST_ENCODED {
            forms.push(form(digits.to_ascii_uppercase(), Around::Hexadecimal));
            forms.push(form(digits, Around::Hexadecimal));
        }
    }
    forms
}

/// What basic authentication sends, for passwords too short to be recognised inside it.
pub(super) fn of_login(user: &str, password: &str) -> Vec<Form> {
    let login = format!("{user}:{password}");
    let encoded = [STANDARD_NO_PAD.encode(&login), URL_SAFE_NO_PAD.encode(&login)];
    encoded.into_iter().map(|text| form(text, Around::Base64)).collect()
}

fn form(text: String, around: Around) -> Form {
    Form { text: Secret::new(text), around }
}

/// The digits of base64 that stand for a text wherever it begins in what was encoded: three ways, in two alphabets. The
/// digits at both ends, which also hold bits of the neighbours, are left out.
fn in_base64(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for before in 0..3_usize {
        let bytes = [&[0; 2][..before], text.as_bytes()].concat();
        let digits = (before * 8).div_ceil(6)..bytes.len() * 8 / 6;
        if digits.len() >= LEAST_ENCODED {
            found.push(STANDARD_NO_PAD.encode(&bytes)[digits.clone()].to_owned());
            found.push(URL_SAFE_NO_PAD.encode(&bytes)[digits].to_owned());
        }
    }
    found
}

fn in_url(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

fn in_json(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

fn in_html(text: &str) -> String {
    let named = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    named.replace('"', "&quot;").replace('\'', "&#39;")
}

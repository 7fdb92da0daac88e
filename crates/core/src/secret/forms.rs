//! The forms in which a secret may come back: as it is, and as headers and dumps write it. What URLs, JSON, HTML and mail
//! make of it is read back instead, for each of them may escape as much of it as it likes.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use super::Secret;
use super::view::{self, View};

/// Shorter pieces of base64 or hexadecimal digits stand in innocent words.
const LEAST_ENCODED: usize = 6;

/// Shorter lines of a secret of several lines are no secret.
const LEAST_LINE: usize = 16;

/// What is left of a secret whose escapes are read, from this length on, is looked for.
const LEAST_READ: usize = 3;

/// Longer texts are not looked for as lists of numbers.
const LONGEST_LISTED: usize = 256;

/// How many escapes inside each other are read: JSON in JSON in a URL.
pub(super) const ROUNDS: usize = 3;

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

impl Form {
    /// How long it may be in a text: eight bytes for each, as `&#x2F;` and `\\u002f` have them, with a little between;
    /// what is encoded has little to escape.
    pub(super) fn longest(&self) -> usize {
        let each = if self.around == Around::Nothing { 8 } else { 1 };
        self.text.expose().len().saturating_mul(each)
    }
}

/// Every form of a secret that no reading of escapes brings back.
pub(super) fn of(secret: &str) -> Vec<Form> {
    let mut texts = vec![secret.to_owned()];
    texts.extend(secret.lines().filter(|line| line.len() >= LEAST_LINE).map(str::to_owned));
    texts.extend(read(secret));
    let mut forms: Vec<Form> = Vec::new();
    for text in texts.iter().filter(|text| !text.is_empty()) {
        forms.push(form(text.clone(), Around::Nothing));
        if text.contains(' ') {
            // What a form sends.
            forms.push(form(text.replace(' ', "+"), Around::Nothing));
        }
        forms.extend(in_base64(text).into_iter().map(|text| form(text, Around::Base64)));
        forms.extend(in_numbers(text));
    }
    forms
}

/// The secret as readers of escapes see it, where it holds some itself: they read what stands beside them too.
fn read(secret: &str) -> Vec<String> {
    let mut found = Vec::new();
    let text = |view: View| String::from_utf8(view.bytes).ok();
    for reading in [view::quoted_printable, view::filler] {
        found.extend(View::read(secret.as_bytes(), reading).and_then(text));
    }
    let mut last = secret.to_owned();
    for _ in 0..ROUNDS {
        let Some(next) = View::read(last.as_bytes(), view::escape).and_then(text) else { break };
        found.push(next.clone());
        last = next;
    }
    found.retain(|text| text.len() >= LEAST_READ);
    found
}

/// The bytes one by one: as a word of hexadecimal digits, and with what dumps set between them.
fn in_numbers(text: &str) -> Vec<Form> {
    let bytes = |write: fn(u8) -> String, between: &str| text.bytes().map(write).collect::<Vec<_>>().join(between);
    let hexadecimal: [fn(u8) -> String; 2] = [|byte| format!("{byte:02x}"), |byte| format!("{byte:02X}")];
    let mut found = Vec::new();
    if text.len() * 2 >= LEAST_ENCODED {
        found.extend(hexadecimal.map(|write| form(bytes(write, ""), Around::Hexadecimal)));
    }
    if (LEAST_ENCODED..=LONGEST_LISTED).contains(&text.len()) {
        for between in [":", " ", "-"] {
            found.extend(hexadecimal.map(|write| form(bytes(write, between), Around::Nothing)));
        }
        found.extend([", ", ",", " "].map(|between| form(bytes(|byte| byte.to_string(), between), Around::Nothing)));
    }
    found
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

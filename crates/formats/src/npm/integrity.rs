//! Digests as registries write them: `sha512-` and base64, several with spaces between (<https://www.w3.org/TR/SRI/>).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use releasekit_core::model::{Digest, DigestAlgorithm};

use crate::archive::digest::hex;

/// How many bytes a SHA-512 has.
const LENGTH: usize = 64;

/// The SHA-512 that an integrity names. `None` where it names none that can be read, or two that differ.
///
/// ```
/// use releasekit_formats::npm::integrity;
///
/// let text = format!("sha1-old sha512-{}== sha512-{}==?option", "A".repeat(86), "A".repeat(86));
/// assert_eq!(integrity::sha512(&text).map(|digest| digest.value), Some("0".repeat(128)));
/// assert_eq!(integrity::sha512("sha512-AAAA"), None);
/// ```
pub fn sha512(integrity: &str) -> Option<Digest> {
    let mut values = integrity.split_whitespace().filter_map(|one| one.strip_prefix("sha512-"));
    let first = value(values.next()?)?;
    let is_one = values.all(|other| value(other).as_ref() == Some(&first));
    is_one.then_some(Digest { algorithm: DigestAlgorithm::Sha512, value: first })
}

fn value(text: &str) -> Option<String> {
    let (base64, _) = text.split_once('?').unwrap_or((text, ""));
    let bytes = STANDARD.decode(base64).ok().filter(|bytes| bytes.len() == LENGTH)?;
    Some(hex(&bytes))
}

/// A digest, given in hexadecimal, as an integrity. `None` where it is no whole number of bytes in hexadecimal.
///
/// ```
/// use releasekit_formats::npm::integrity;
///
/// assert_eq!(integrity::written("sha512", "00ff"), Some("sha512-AP8=".to_owned()));
/// assert_eq!(integrity::written("sha512", "0x"), None);
/// ```
pub fn written(algorithm: &str, hexadecimal: &str) -> Option<String> {
    let pairs = hexadecimal.as_bytes().chunks(2);
    let bytes =
        pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok().filter(|it| it.len() == 2)?, 16).ok());
    let bytes: Vec<u8> = bytes.collect::<Option<_>>()?;
    Some(format!("{algorithm}-{}", STANDARD.encode(bytes)))
}

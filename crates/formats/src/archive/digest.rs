//! Digests of bytes, read as a stream.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use releasekit_core::model::{Digest, DigestAlgorithm};
use sha2::{Digest as _, Sha256, Sha512};

use crate::{Error, Result};

/// How much is read at once.
const CHUNK: usize = 64 * 1024;

/// A file's size and digests.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Hashed {
    /// Bytes.
    pub size: u64,
    /// The digests in the order they were asked for.
    pub digests: Vec<Digest>,
}

enum Hasher {
    Sha256(Sha256),
    Sha512(Sha512),
}

impl Hasher {
    fn new(algorithm: DigestAlgorithm) -> Result<Self> {
        match algorithm {
            DigestAlgorithm::Sha256 => Ok(Self::Sha256(Sha256::new())),
            DigestAlgorithm::Sha512 => Ok(Self::Sha512(Sha512::new())),
            other => Err(Error::DigestUnsupported { algorithm: other.as_str() }),
        }
    }

    fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha256(hasher) => hasher.update(bytes),
            Self::Sha512(hasher) => hasher.update(bytes),
        }
    }

    fn finish(self) -> Digest {
        match self {
            Self::Sha256(hasher) => Digest::sha256(hex(&hasher.finalize())),
            Self::Sha512(hasher) => Digest { algorithm: DigestAlgorithm::Sha512, value: hex(&hasher.finalize()) },
        }
    }
}

/// Reads a file once and takes its digests. Fails with `NotFound`, with `Precondition` where it cannot be read, and with
/// `Unsupported` for a digest that is not one of bytes.
pub fn file(path: &Path, algorithms: &[DigestAlgorithm]) -> Result<Hashed> {
    let unreadable = |source| Error::Unreadable { file: path.display().to_string(), source };
    let mut file = File::open(path).map_err(unreadable)?;
    reader(&mut file, algorithms)?.map_err(unreadable)
}

/// Reads to the end and takes digests; the inner error is the reader's own. Fails with `Unsupported`.
pub fn reader(reader: &mut impl Read, algorithms: &[DigestAlgorithm]) -> Result<io::Result<Hashed>> {
    let mut hashers: Vec<_> = algorithms.iter().map(|&algorithm| Hasher::new(algorithm)).collect::<Result<_>>()?;
    let mut buffer = vec![0; CHUNK];
    let mut size = 0;
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => {
                size += count as u64;
                hashers.iter_mut().for_each(|hasher| hasher.update(&buffer[..count]));
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Ok(Err(error)),
        }
    }
    Ok(Ok(Hashed { size, digests: hashers.into_iter().map(Hasher::finish).collect() }))
}

/// The SHA-256 of bytes, in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |half: u8| char::from(DIGITS[usize::from(half)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

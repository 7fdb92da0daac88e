//! What of a child's output is kept: the end of it, without the secrets.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use releasekit_core::Secret;
use tokio::io::{AsyncRead, AsyncReadExt};

const CHUNK: usize = 64 * 1024;

/// The last bytes of a stream.
#[derive(Debug)]
pub(crate) struct Tail {
    bytes: Vec<u8>,
    limit: usize,
    truncated: bool,
}

impl Tail {
    pub(crate) fn new(limit: usize) -> Self {
        Self { bytes: Vec::new(), limit, truncated: false }
    }

    /// Reads to the end of the stream.
    pub(crate) async fn drain(&mut self, mut stream: impl AsyncRead + Unpin) -> io::Result<()> {
        let mut chunk = vec![0; CHUNK];
        loop {
            match stream.read(&mut chunk).await? {
                0 => return Ok(()),
                read => self.push(&chunk[..read]),
            }
        }
    }

    /// Reads the end of a file that a child wrote.
    pub(crate) fn read_file(&mut self, file: &mut File) -> io::Result<()> {
        let size = file.metadata()?.len();
        let limit = u64::try_from(self.limit).unwrap_or(u64::MAX);
        self.truncated = size > limit;
        file.seek(SeekFrom::Start(size.saturating_sub(limit)))?;
        file.take(limit).read_to_end(&mut self.bytes)?;
        Ok(())
    }

    fn push(&mut self, chunk: &[u8]) {
        self.bytes.extend_from_slice(chunk);
        // Cut only now and then, so that a long stream is not moved about for each chunk.
        if self.bytes.len() > self.limit.saturating_mul(2).saturating_add(CHUNK) {
            self.cut();
        }
    }

    fn cut(&mut self) {
        let excess = self.bytes.len().saturating_sub(self.limit);
        if excess > 0 {
            self.bytes.drain(..excess);
            self.truncated = true;
        }
    }

    /// The bytes kept, without the secrets, and whether anything before them was dropped.
    pub(crate) fn finish(mut self, secrets: &[Secret]) -> (Vec<u8>, bool) {
        self.cut();
        if self.truncated && !secrets.is_empty() {
            // The cut may have gone through a secret, whose rest nothing would recognise.
            let longest = secrets.iter().map(|secret| secret.expose().len()).max().unwrap_or(0);
            self.bytes.drain(..longest.min(self.bytes.len()));
        }
        (redact(self.bytes, secrets), self.truncated)
    }
}

/// Replaces every secret, longest first, so that one inside another leaves no rest.
pub(crate) fn redact(bytes: Vec<u8>, secrets: &[Secret]) -> Vec<u8> {
    let mut needles: Vec<&[u8]> = secrets.iter().map(|secret| secret.expose().as_bytes()).collect();
    needles.retain(|needle| !needle.is_empty());
    needles.sort_by_key(|needle| std::cmp::Reverse(needle.len()));
    needles.iter().fold(bytes, |bytes, needle| replace(&bytes, needle))
}

fn replace(bytes: &[u8], needle: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        if let Some(after) = rest.strip_prefix(needle) {
            out.extend_from_slice(b"***");
            rest = after;
        } else {
            out.push(*first);
            rest = after;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_end_of_a_long_stream_is_kept() {
        let text: Vec<u8> = (0..1_000_000_u32).flat_map(u32::to_le_bytes).collect();
        let mut tail = Tail::new(1000);
        tail.drain(text.as_slice()).await.expect("memory");
        let (kept, truncated) = tail.finish(&[]);
        assert!(truncated);
        assert_eq!(kept, text[text.len() - 1000..]);
    }

    #[tokio::test]
    async fn a_secret_that_the_limit_cuts_in_two_leaves_no_rest() {
        let mut tail = Tail::new(12);
        tail.drain(&b"xx hunter2secret end"[..]).await.expect("memory");
        let (kept, truncated) = tail.finish(&[Secret::new("hunter2secret")]);
        assert!(truncated);
        assert_eq!(kept, b"");
    }

    #[test]
    fn a_secret_inside_another_leaves_no_rest() {
        let secrets = [Secret::new("abc"), Secret::new("abcdef"), Secret::new("")];
        assert_eq!(redact(b"abcdef abc \xff".to_vec(), &secrets), b"*** *** \xff");
    }
}

//! What of a child's output is kept: the end of it, without the secrets.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use releasekit_core::Redactor;
use tokio::io::{AsyncRead, AsyncReadExt};

const CHUNK: usize = 64 * 1024;

/// Where what is kept of a stream begins in the middle of a line that is not longer, and others follow, the line goes.
const LONGEST_LINE: usize = 4096;

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
    pub(crate) fn finish(mut self, secrets: &Redactor) -> (Vec<u8>, bool) {
        self.cut();
        if self.truncated {
            // The cut may have gone through a secret, or between a secret and the word that tells that it is one.
            let begun = self.bytes.iter().take(LONGEST_LINE).position(|byte| *byte == b'\n').map_or(0, |at| at + 1);
            let begun = if begun < self.bytes.len() { begun } else { 0 };
            self.bytes.drain(..begun.max(secrets.longest()).min(self.bytes.len()));
        }
        (redact(self.bytes, secrets), self.truncated)
    }
}

/// Replaces every secret.
pub(crate) fn redact(bytes: Vec<u8>, secrets: &Redactor) -> Vec<u8> {
    secrets.known_bytes(&bytes)
}

#[cfg(test)]
mod tests {
    use releasekit_core::Secret;

    use super::*;

    #[tokio::test]
    async fn the_end_of_a_long_stream_is_kept_from_a_line_on() {
        let text = "0123456789\n".repeat(100_000);
        let mut tail = Tail::new(1000);
        tail.drain(text.as_bytes()).await.expect("memory");
        let (kept, truncated) = tail.finish(&Redactor::new());
        assert!(truncated);
        assert_eq!(kept, text.as_bytes()[text.len() - 990..]);
    }

    #[tokio::test]
    async fn a_secret_that_the_limit_cuts_in_two_leaves_no_rest() {
        let mut tail = Tail::new(12);
        tail.drain(&b"xx hunter2secret end"[..]).await.expect("memory");
        let (kept, truncated) = tail.finish(&Redactor::new().with(&Secret::new("hunter2secret")));
        assert!(truncated);
        assert_eq!(kept, b"");
    }
}

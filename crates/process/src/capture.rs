//! What of a child's output is kept: its beginning and its end, without the secrets.
//!
//! The beginning says what a tool was about to do, the end how it went; what is between them is dropped beyond a limit, and
//! said to be.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use releasekit_core::Redactor;
use releasekit_core::words::{count, verb};
use tokio::io::{AsyncRead, AsyncReadExt};

const CHUNK: usize = 64 * 1024;

/// Where the end of a stream is kept from the middle of a line on that is not longer, and others follow, the line goes.
const LONGEST_LINE: usize = 4096;

/// The first and the last bytes of a stream: a quarter of the limit from its beginning, the rest from its end.
#[derive(Debug)]
pub(crate) struct Captured {
    beginning: Vec<u8>,
    end: Vec<u8>,
    limit: usize,
    dropped: u64,
}

impl Captured {
    pub(crate) fn new(limit: usize) -> Self {
        Self { beginning: Vec::new(), end: Vec::new(), limit, dropped: 0 }
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

    /// Reads what a child wrote to a file.
    pub(crate) fn read_file(&mut self, file: &mut File) -> io::Result<()> {
        let size = file.metadata()?.len();
        let limit = u64::try_from(self.limit).unwrap_or(u64::MAX);
        let (first, last) = (self.first() as u64, self.last() as u64);
        file.seek(SeekFrom::Start(0))?;
        if size <= limit {
            file.take(limit).read_to_end(&mut self.beginning)?;
            return Ok(());
        }
        self.dropped = size - limit;
        Read::by_ref(file).take(first).read_to_end(&mut self.beginning)?;
        file.seek(SeekFrom::Start(size - last))?;
        file.take(last).read_to_end(&mut self.end)?;
        Ok(())
    }

    fn first(&self) -> usize {
        self.limit / 4
    }

    fn last(&self) -> usize {
        self.limit - self.first()
    }

    fn push(&mut self, chunk: &[u8]) {
        let room = self.first().saturating_sub(self.beginning.len()).min(chunk.len());
        self.beginning.extend_from_slice(&chunk[..room]);
        self.end.extend_from_slice(&chunk[room..]);
        // Cut only now and then, so that a long stream is not moved about for each chunk.
        if self.end.len() > self.last().saturating_mul(2).saturating_add(CHUNK) {
            self.cut();
        }
    }

    fn cut(&mut self) {
        let excess = self.end.len().saturating_sub(self.last());
        if excess > 0 {
            self.end.drain(..excess);
            self.dropped += excess as u64;
        }
    }

    /// What was kept, without the secrets and with a line where something was dropped, and whether anything was.
    pub(crate) fn finish(mut self, secrets: &Redactor) -> (Vec<u8>, bool) {
        self.cut();
        if self.dropped == 0 {
            self.beginning.append(&mut self.end);
            return (redact(self.beginning, secrets), false);
        }
        let (mut beginning, mut end) = (redact(self.beginning, secrets), redact(self.end, secrets));
        // Both cuts may have gone through a secret, whose rest nothing recognises, and the second one between a secret and
        // the word that tells that it is one.
        let longest = secrets.longest();
        let line = end.iter().take(LONGEST_LINE).position(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let line = if line < end.len() { line } else { 0 };
        beginning.truncate(beginning.len().saturating_sub(longest));
        end.drain(..line.max(longest).min(end.len()));
        let dropped = usize::try_from(self.dropped).unwrap_or(usize::MAX);
        let (bytes, are) = (count(dropped, "byte"), verb(dropped, "is", "are"));
        beginning.extend_from_slice(format!("\n[{bytes} {are} left out here]\n").as_bytes());
        beginning.append(&mut end);
        (beginning, true)
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

    async fn captured(text: &[u8], limit: usize, secrets: &Redactor) -> (Vec<u8>, bool) {
        let mut piped = Captured::new(limit);
        piped.drain(text).await.expect("memory");
        let mut file = tempfile::tempfile().expect("the temporary folder is writable");
        std::io::Write::write_all(&mut file, text).expect("the temporary folder is writable");
        let mut filed = Captured::new(limit);
        filed.read_file(&mut file).expect("it was just written");
        let kept = piped.finish(secrets);
        assert_eq!(filed.finish(secrets), kept, "a file is kept as a pipe is");
        kept
    }

    #[tokio::test]
    async fn the_beginning_and_the_end_of_a_long_stream_are_kept_from_a_line_on() {
        let text = "0123456789\n".repeat(100_000);
        let (kept, truncated) = captured(text.as_bytes(), 1000, &Redactor::new()).await;
        assert!(truncated);
        let between = format!("\n[{} bytes are left out here]\n", text.len() - 1000);
        let expected = [&text.as_bytes()[..250], between.as_bytes(), &text.as_bytes()[text.len() - 748..]].concat();
        assert_eq!(String::from_utf8_lossy(&kept), String::from_utf8_lossy(&expected));
    }

    #[tokio::test]
    async fn what_fits_is_kept_as_it_is() {
        for length in [0, 1, 249, 250, 251, 999, 1000] {
            let text = vec![b'x'; length];
            assert_eq!(captured(&text, 1000, &Redactor::new()).await, (text, false));
        }
        let (kept, truncated) = captured(&[b'x'; 1001], 1000, &Redactor::new()).await;
        assert!(truncated && String::from_utf8_lossy(&kept).contains("\n[1 byte is left out here]\n"));
    }

    #[tokio::test]
    async fn a_secret_that_the_limit_cuts_in_two_leaves_no_rest() {
        let secrets = Redactor::new().with(&Secret::new("hunter2secret"));
        for text in
            ["xx hunter2secret end of it all, and more of it", "it all begins here, goes on xx hunter2secret end"]
        {
            for limit in 1..text.len() {
                let (kept, truncated) = captured(text.as_bytes(), limit, &secrets).await;
                let kept = String::from_utf8(kept).expect("text");
                let rest = ["hun", "nter", "r2s", "2sec", "cret"].iter().find(|rest| kept.contains(**rest));
                assert!(truncated && rest.is_none(), "{limit}: {kept}");
            }
        }
    }
}

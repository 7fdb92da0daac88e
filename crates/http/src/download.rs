//! Downloading a file, so that it is complete on disk or not there at all.

use std::ffi::OsString;
use std::fmt::Write;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest, Sha256};
use tokio::fs::{self, File};
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;

use crate::client::Reply;
use crate::transport::failure;
use crate::{Client, Error, Method, Request, Result, url};

/// Where a download ends, whatever is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// How many bytes are taken at most.
    pub bytes: u64,
    /// How long it may take, with all that is tried again.
    pub time: Duration,
}

/// A file that was downloaded.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Download {
    /// Bytes.
    pub size: u64,
    /// SHA-256 of the bytes, in lowercase hexadecimal.
    pub sha256: String,
}

impl Client {
    /// Downloads a file into a path at which there is none; the bytes are synced before they get their name.
    ///
    /// Retried like every read. On failure nothing is left: also where the file is longer than the bounds say
    /// ([`Error::TooLarge`]) or takes longer ([`Error::Timeout`]). Where something is at the path nothing is asked, and that
    /// stays ([`Error::Disk`]).
    pub async fn download(&self, url: &str, into: &Path, bounds: Bounds) -> Result<Download> {
        self.download_by(&Request::get(url), into, bounds).await
    }

    /// Downloads what a request asks for, with its headers and its authorization, as [`download`](Self::download) does.
    pub async fn download_by(&self, request: &Request, into: &Path, bounds: Bounds) -> Result<Download> {
        if fs::symlink_metadata(into).await.is_ok() {
            return Err(disk(into, io::ErrorKind::AlreadyExists.into()));
        }
        let part = part(into);
        let attempt = || async {
            let reply = self.open_file(request).await?;
            write(reply, &part, bounds.bytes).await
        };
        let result = match timeout(bounds.time, self.retrying(Method::Get, attempt)).await {
            Ok(Ok(download)) => settle(&part, into).await.map(|()| download).map_err(|source| disk(into, source)),
            Ok(Err(error)) => Err(error),
            Err(_) => Err(Error::Timeout { url: url::shown(&request.url) }),
        };
        if result.is_err() {
            // It may never have been made.
            let _gone = fs::remove_file(&part).await;
        }
        result
    }
}

fn part(path: &Path) -> PathBuf {
    let mut name = path.file_name().map_or_else(OsString::new, OsString::from);
    name.push(".part");
    path.with_file_name(name)
}

async fn write(mut reply: Reply, path: &Path, limit: u64) -> Result<Download> {
    let too_large = |reply: &Reply| Error::TooLarge { url: url::show(&reply.url), limit };
    if reply.response.content_length().is_some_and(|length| length > limit) {
        return Err(too_large(&reply));
    }
    let mut file = File::create(path).await.map_err(|source| disk(path, source))?;
    let (mut hash, mut size) = (Sha256::new(), 0);
    while let Some(chunk) = reply.response.chunk().await.map_err(|error| failure(error, &reply.url))? {
        hash.update(&chunk);
        size += chunk.len() as u64;
        if size > limit {
            return Err(too_large(&reply));
        }
        file.write_all(&chunk).await.map_err(|source| disk(path, source))?;
    }
    file.sync_all().await.map_err(|source| disk(path, source))?;
    Ok(Download { size, sha256: hex(&hash.finalize()) })
}

/// Gives the file its name, and makes that durable.
async fn settle(part: &Path, into: &Path) -> io::Result<()> {
    fs::rename(part, into).await?;
    match into.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => File::open(folder).await?.sync_all().await,
        _ => Ok(()),
    }
}

fn disk(path: &Path, source: io::Error) -> Error {
    Error::Disk { path: path.to_owned(), source }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes every character");
        text
    })
}

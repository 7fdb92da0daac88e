//! How a file gets into an index, whoever sends it.

use std::fs;
use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use releasekit_core::model::DigestAlgorithm;
use releasekit_core::package_manager::{Reply, UploadRequest};
use releasekit_core::{ErrorKind, Result};
use tokio::time::Instant;

use super::builds::Builds;
use super::error::{demand, fault, invalid, lock};
use super::index::{Fault, Index, key};
use crate::sha256;

/// Sends a file, as its request is to be.
pub(super) async fn send(index: &Arc<Mutex<Index>>, builds: &Arc<Mutex<Builds>>, request: &UploadRequest) -> Reply {
    let bytes = match read(request, lock(index).has_channels) {
        Ok(bytes) => bytes,
        Err(error) => return Reply::Refused(error),
    };
    let key = key(&request.package, &request.artifact.file_name);
    let pace = begin(&mut lock(index), &key, request);
    tokio::time::sleep(pace).await;
    let reply = arrive(&mut lock(index), &key, bytes, request);
    if let Err(error) = lock(builds).tamper(&format!("upload {key}")) {
        return Reply::Refused(invalid(error.to_string()));
    }
    match reply {
        Some(reply) => reply,
        None => pending().await,
    }
}

/// The bytes of the file, which is complete and what it is said to be.
fn read(request: &UploadRequest, has_channels: bool) -> Result<Vec<u8>> {
    let artifact = &request.artifact;
    let bytes = fs::read(&artifact.path).map_err(|error| invalid(error.to_string()))?;
    demand(request.hold.is_some(), "an upload holds a lock")?;
    demand(bytes.len() as u64 == artifact.size, "what is sent is not complete")?;
    let digest = artifact.digest(DigestAlgorithm::Sha256).map(|digest| digest.value.as_str());
    demand(digest == Some(&sha256(&bytes)), "what is sent is not what was described")?;
    demand(request.channel.is_some() == has_channels, "a channel is named where there are channels, and only there")?;
    Ok(bytes)
}

fn begin(index: &mut Index, key: &str, request: &UploadRequest) -> Duration {
    index.channels.push((key.to_owned(), request.channel.clone()));
    index.uploads.push(key.to_owned());
    index.at_once += 1;
    index.most_at_once = index.most_at_once.max(index.at_once);
    index.pace
}

fn arrive(index: &mut Index, key: &str, bytes: Vec<u8>, request: &UploadRequest) -> Option<Reply> {
    index.sent_at.push(Instant::now());
    index.at_once -= 1;
    let fault = index.next_fault(key);
    let is_pointed = !matches!(fault, Some(Fault::Unpointed));
    let reply = match fault.as_ref().and_then(|fault| refusal(fault, index)) {
        Some(reply) => return Some(reply),
        None => store(index, key, bytes, fault),
    };
    if let (Some(Reply::Accepted), Some(channel), true) = (&reply, &request.channel, is_pointed) {
        index.points.insert((request.package.clone(), channel.clone()), request.version.clone());
    }
    reply
}

/// What is answered where nothing is stored.
fn refusal(ordered: &Fault, index: &Index) -> Option<Reply> {
    Some(match ordered {
        Fault::Refused(kind) => Reply::Refused(fault(*kind)),
        Fault::Reset => Reply::Unknown(fault(ErrorKind::Transient)),
        Fault::Busy(asked) => {
            let error = fault(ErrorKind::RateLimited);
            Reply::Refused(match asked.filter(|_| index.says_delays) {
                Some(seconds) => error.with_retry_after(Duration::from_secs(seconds)),
                None => error,
            })
        }
        Fault::ServerError(status, None) => server_error(*status),
        Fault::Dropped => Reply::Accepted,
        Fault::Staged => Reply::Staged,
        _ => return None,
    })
}

/// Stores a file under a name that is free; what is `None` is a reply that never comes.
fn store(index: &mut Index, key: &str, bytes: Vec<u8>, ordered: Option<Fault>) -> Option<Reply> {
    if let Some(Fault::Overtaken) = &ordered {
        let other = String::from_utf8_lossy(&bytes).replace("stamp = ", "stamp = theirs-");
        index.put(key, other);
    }
    if let Some(there) = index.bytes(key) {
        let is_same = index.takes_again && there == bytes;
        return Some(if is_same { Reply::Accepted } else { Reply::Refused(fault(ErrorKind::Conflict)) });
    }
    match &ordered {
        Some(Fault::Half) => index.put(key, &bytes[..bytes.len() / 2]),
        Some(Fault::Endless(more)) => index.put(key, [bytes.as_slice(), &vec![b'x'; *more]].concat()),
        Some(Fault::OtherBytes) => index.put(key, [bytes.as_slice(), b"more = x\n"].concat()),
        _ => index.put(key, bytes),
    }
    if let (Some(Fault::Late(delay) | Fault::ServerError(_, Some(delay))), Some(stored)) =
        (&ordered, index.files.get_mut(key))
    {
        stored.from += *delay;
    }
    match ordered {
        Some(Fault::ServerError(status, _)) => Some(server_error(status)),
        Some(Fault::LostReply | Fault::Half) => Some(Reply::Unknown(fault(ErrorKind::Transient))),
        Some(Fault::Hang) => None,
        _ => Some(Reply::Accepted),
    }
}

fn server_error(status: u16) -> Reply {
    Reply::ServerError { status, error: fault(ErrorKind::Transient) }
}

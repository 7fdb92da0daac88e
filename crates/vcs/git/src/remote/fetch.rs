//! Brings objects of a remote into this repository without setting any ref.

use std::collections::BTreeSet;

use releasekit_core::model::ObjectId;
use releasekit_process::Output;

use super::classify::classify;
use super::{Transport, refs, require};
use crate::error::Error;
use crate::object::object_id;
use crate::ref_name;
use crate::repository::Git;

/// Fetches what is missing. A server that gives only what its refs show is asked for those refs.
pub(crate) async fn fetch(git: &Git, remote: &str, objects: &[ObjectId]) -> Result<(), Error> {
    let missing = missing(git, objects).await?;
    if missing.is_empty() {
        return Ok(());
    }
    let transport = require(git, remote).await?;
    let output = run(git, &transport, remote, &missing).await?;
    if output.success() {
        return Ok(());
    }
    if !is_unadvertised(&output) {
        return Err(classify(remote, "fetch from the remote", &output));
    }
    fetch_by_name(git, &transport, remote, &missing).await
}

/// Fetches the refs that show the objects, else all branches and tags.
async fn fetch_by_name(git: &Git, transport: &Transport, remote: &str, wanted: &[String]) -> Result<(), Error> {
    let known = refs(git, remote).await?.refs;
    let shows =
        |object: &String| known.iter().find(|known| known.object.as_str() == object || known.commit.as_str() == object);
    let shown: Option<BTreeSet<String>> =
        wanted.iter().map(|object| Some(ref_name::full(&shows(object)?.name))).collect();
    let names: Vec<String> = match shown {
        Some(shown) => shown.into_iter().collect(),
        None => known.iter().map(|known| ref_name::full(&known.name)).collect(),
    };
    let output = run(git, transport, remote, &names).await?;
    if !output.success() {
        return Err(classify(remote, "fetch from the remote", &output));
    }
    let objects: Vec<ObjectId> = wanted.iter().map(ObjectId::new).collect();
    match missing(git, &objects).await?.into_iter().next() {
        None => Ok(()),
        Some(id) => Err(Error::NotOnRemote { remote: remote.to_owned(), id }),
    }
}

async fn missing(git: &Git, objects: &[ObjectId]) -> Result<Vec<String>, Error> {
    let names = objects.iter().map(|object| object_id(object.as_str())).collect::<Result<Vec<_>, _>>()?;
    let find = move |repo: &gix::Repository| {
        let missing = names.into_iter().filter(|name| !repo.has_object(name));
        Ok(missing.map(|name| name.to_string()).collect())
    };
    git.read(find).await
}

async fn run(git: &Git, transport: &Transport, remote: &str, what: &[String]) -> Result<Output, Error> {
    let args = [
        "fetch",
        "--quiet",
        "--no-tags",
        "--no-write-fetch-head",
        "--no-recurse-submodules",
        "--no-auto-maintenance",
        "--no-prune",
        "--refmap=",
        "--stdin",
        "--",
        remote,
    ];
    let command = git.command(args).input(what.join("\n")).setting("fetch.writeCommitGraph=false");
    transport.apply(command).output().await
}

fn is_unadvertised(output: &Output) -> bool {
    let text = output.stderr_text();
    ["unadvertised object", "not our ref"].iter().any(|sign| text.contains(sign))
}

//! Uploads, where cargo alone has the credential: one `cargo publish` for one crate, once.
//!
//! cargo sends nothing but what it packs itself. So it packs the crate once more, in the same way, and publishes it only if that
//! gave the very bytes that were checked before.

use std::fs;

use releasekit_core::ecosystem::BackendContext;
use releasekit_core::model::Artifact;
use releasekit_core::package_manager::{BuildRequest, Reply, UploadRequest};
use releasekit_core::{BackendError, Diagnostic, ErrorKind, Result};
use releasekit_process::{Command, Error as ProcessError, Output};

use crate::apart::Apart;
use crate::build::PACKED;
use crate::config::{LOCKFILE, MANIFEST, PUBLIC};
use crate::crate_file;
use crate::error::Error;
use crate::metadata::Metadata;
use crate::tool::help;
use crate::uncircled::Uncircled;
use crate::words::{Fault, Sent, sent};

/// Sends one file.
pub(crate) async fn upload(context: &BackendContext, request: &UploadRequest) -> Reply {
    let Some(source) = request.source.as_deref() else {
        return Reply::Refused(BackendError::unsupported("an upload by cargo of a file that is there"));
    };
    let sending = match Sending::prepare(context, request, source).await {
        Ok(sending) => sending,
        Err(error) => return Reply::Refused(error),
    };
    match sending.require_same().await {
        Ok(()) => sending.send().await,
        Err(error) => Reply::Refused(error),
    }
}

/// A crate that cargo may be asked to publish.
struct Sending<'a> {
    context: &'a BackendContext,
    request: &'a UploadRequest,
    apart: Apart,
    /// What it is packed without, as it was when it was built.
    uncircled: Uncircled,
}

impl<'a> Sending<'a> {
    async fn prepare(context: &'a BackendContext, request: &'a UploadRequest, source: &BuildRequest) -> Result<Self> {
        let apart = Apart::of(context, source).map_err(Error::folder(&source.folder))?;
        let command = apart.command(&["metadata", "--no-deps", "--format-version", "1"], request.timeout);
        let output = command.redact(&context.redactor).run().await.and_then(Output::checked);
        let manifest = || source.root.join(MANIFEST).unwrap_or_default();
        let output = output.map_err(|error| match error {
            ProcessError::NotFound { .. } => help(error),
            error => Error::Metadata { manifest: manifest(), source: Box::new(error) }.into(),
        })?;
        let metadata = Metadata::read(&output.stdout, manifest())?;
        let member = metadata.member(&source.package.name, &source.root)?;
        let uncircled = Uncircled::write(&metadata, [member], &apart.folder.join(MANIFEST))?;
        Ok(Self { context, request, apart, uncircled })
    }

    /// Packs the crate. Fails where that does not give the bytes that are to be sent.
    async fn require_same(&self) -> Result<()> {
        let output = self.command("package").run().await.and_then(Output::checked);
        output.map(drop).map_err(|error| match error {
            ProcessError::NotFound { .. } => help(error),
            error => self.not_sent(Fault::new(ErrorKind::ToolFailed, "cargo cannot pack it again"), error).into(),
        })?;
        let wanted = &self.request.artifact;
        let path = self.apart.target.join(PACKED).join(&wanted.file_name);
        let is_same = |now: &Artifact| now.digests == wanted.digests;
        match path.exists().then(|| crate_file::artifact(&path)).transpose()?.flatten().filter(is_same) {
            Some(_) => Ok(fs::remove_file(&path).map_err(Error::folder(&path))?),
            None => Err(Error::Repacked { file: wanted.file_name.clone() }.into()),
        }
    }

    async fn send(&self) -> Reply {
        let command = self.command("publish").protected();
        let command = match &self.request.hold {
            Some(lock) => command.hold(lock.clone()),
            None => command,
        };
        match command.run().await {
            Ok(output) if output.success() => Reply::Accepted,
            Ok(output) => self.judge(&output),
            Err(ProcessError::TimedOut { stderr, .. }) => {
                Reply::Unknown(self.failed("cargo did not finish in time", ErrorKind::Transient, stderr).into())
            }
            Err(error @ ProcessError::NotFound { .. }) => Reply::Refused(help(error)),
            // Most likely it never ran, but what failed may also have been to hear how it ended.
            Err(error) => Reply::Unknown(help(error)),
        }
    }

    /// What it means that cargo failed. Where it says too little nobody knows, and the index is looked at.
    fn judge(&self, output: &Output) -> Reply {
        let text = output.stderr_text();
        let known = if output.stderr_truncated || output.code.is_none() { Sent::Unclear } else { sent(&text) };
        match known {
            Sent::Not(fault) => Reply::Refused(self.refused(fault, text).into()),
            Sent::Failed(status) => {
                let why = format!("the registry answered {status}");
                Reply::ServerError { status, error: self.failed(&why, ErrorKind::Transient, text).into() }
            }
            Sent::Unclear => {
                Reply::Unknown(self.failed("the registry gave no answer", ErrorKind::Transient, text).into())
            }
        }
    }

    /// A command line that packs, with all that decides on what comes out.
    fn command(&self, what: &str) -> Command {
        let registry = self.request.target.name.as_deref().unwrap_or(PUBLIC);
        let mut args = vec![what, "--no-verify", "--package", self.request.package.as_str(), "--registry", registry];
        if self.apart.folder.join(LOCKFILE).exists() {
            args.push("--locked");
        }
        if !self.uncircled.is_empty() {
            args.push("--allow-dirty");
        }
        self.apart.command(&args, self.request.timeout).redact(&self.context.redactor)
    }

    fn not_sent(&self, fault: Fault, source: ProcessError) -> Error {
        let output = source.output().unwrap_or_default();
        match sent(&output) {
            Sent::Not(known) if known.kind != ErrorKind::ToolFailed => self.refused(known, output),
            _ => self.refused(fault, output),
        }
    }

    fn refused(&self, fault: Fault, output: String) -> Error {
        Error::NotPublished { file: self.file(), target: self.target(), why: fault.why, kind: fault.kind, output }
    }

    fn failed(&self, why: &str, kind: ErrorKind, output: String) -> Error {
        Error::Upload { file: self.file(), target: self.target(), why: why.to_owned(), kind, output }
    }

    fn file(&self) -> String {
        self.request.artifact.file_name.clone()
    }

    fn target(&self) -> String {
        self.request.target.publish_name()
    }
}

//! Uploads: one `npm publish` for one tarball, once.
//!
//! npm is told on its command line all that decides, for options outrank what a tarball and any file of settings say: the
//! registry twice, since one for the scope outranks the other, and the tag, which would be `latest`. It works in a folder that
//! is made for it, so that it finds neither a project nor settings, and nothing of an earlier upload in its cache.

use std::fs;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use releasekit_core::ecosystem::BackendContext;
use releasekit_core::package_manager::{Reply, UploadRequest};
use releasekit_core::secret::without_login;
use releasekit_core::{Environment, ErrorKind, Redactor, Result};
use releasekit_formats::npm::credential::{self, Credential};
use releasekit_formats::npm::name;
use releasekit_process::{Command, Error as ProcessError, Output};

use crate::config::UPLOADER;
use crate::error::{Error, Refusal};
use crate::project::CONNECTION;
use crate::reply::{Answer, Failure, Printed};
use crate::tool::help;
use crate::{credentials, environment, identity, tarball};

/// How much longer than the upload may take npm gets to say that it took too long.
const GRACE: Duration = Duration::from_secs(5);

/// How long a question may take that follows an upload.
const ASKING: Duration = Duration::from_secs(30);

/// The variable that our own settings name, in that process alone.
const TOKEN: &str = "RELEASEKIT_NPM_TOKEN";

/// The name that a version gets where nobody says which.
const LATEST: &str = "latest";

/// Sends one file.
pub(crate) async fn upload(context: &BackendContext, request: &UploadRequest) -> Reply {
    let sending = match Sending::new(context, request) {
        Ok(sending) => sending,
        Err(error) => return Reply::Refused(error),
    };
    let reply = sending.send().await;
    // Whoever runs on after us has its folder still.
    let _ = fs::remove_dir_all(&sending.place.folder);
    reply
}

/// A folder that is made for one run of npm.
struct Place {
    folder: PathBuf,
}

impl Place {
    /// A new one in another folder.
    fn new(parent: &Path) -> Result<Self, Error> {
        static COUNTER: AtomicU64 = AtomicU64::new(0);
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        fs::create_dir_all(parent).map_err(Error::folder(parent))?;
        let folder = parent.join(format!("npm-{}-{number}", process::id()));
        // One of a process that had our number, and did not come to its end.
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).map_err(Error::folder(&folder))?;
        let place = Self { folder };
        fs::create_dir(place.work()).map_err(Error::folder(place.work()))?;
        Ok(place)
    }

    /// Where npm runs. Nothing is in it.
    fn work(&self) -> PathBuf {
        self.folder.join("work")
    }

    fn settings(&self) -> PathBuf {
        self.folder.join("npmrc")
    }
}

/// An upload that can begin.
struct Sending<'a> {
    request: &'a UploadRequest,
    place: Place,
    environment: Environment,
    /// What is sent, from whichever folder it is looked for.
    file: PathBuf,
    /// Where to, as npm wants it: without a login, and with a slash at its end.
    registry: String,
    provenance: bool,
    redactor: Redactor,
}

impl<'a> Sending<'a> {
    /// Fails where it must not begin: nobody says who we are, or what is to be stated cannot be.
    fn new(context: &BackendContext, request: &'a UploadRequest) -> Result<Self> {
        let all = &context.environment;
        let settings = credentials::read(all)?;
        let registry = format!("{}/", without_login(&request.target.publish_url).trim_end_matches('/'));
        let credential = credentials::find(all, &request.target)?;
        let credential = credential.ok_or_else(|| no_credentials(request, &registry))?;
        let mut environment = environment::strict(all);
        for key in CONNECTION {
            let value = credential::setting(all, &settings, key);
            environment
                .extend(value.map(|value| (format!("npm_config_{}", key.replace('-', "_")).into(), value.into())));
        }
        let provenance = credential::setting(all, &settings, "provenance").map(|value| value == "true");
        let provenance = match provenance {
            Some(wanted) => wanted,
            None => tarball::read(&request.artifact.path)?.provenance,
        };
        if provenance {
            let missing = || Error::IdentityMissing { file: request.artifact.file_name.clone() };
            let variables = identity::variables(all).ok_or_else(missing)?;
            environment.extend(variables.iter().map(|(name, value)| (name.to_owned(), value.to_owned())));
        }
        let file = std::path::absolute(&request.artifact.path).map_err(Error::folder(&request.artifact.path))?;
        let place = Place::new(request.folder.as_ref().unwrap_or(&context.cache))?;
        let (key, secret) = credential.setting();
        let line = format!("{}:{key}=${{{TOKEN}}}\n", credential::key(&registry));
        fs::write(place.settings(), line).map_err(Error::folder(place.settings()))?;
        environment.set(TOKEN, secret.expose());
        let redactor = redactor(context, request, &credential);
        Ok(Self { request, place, environment, file, registry, provenance, redactor })
    }

    async fn send(&self) -> Reply {
        let failure = Failure {
            file: self.request.artifact.file_name.clone(),
            target: self.registry.clone(),
            redactor: self.redactor.clone(),
        };
        let output = match self.command().run().await {
            Ok(output) => output,
            Err(ProcessError::TimedOut { stderr, .. }) => {
                return failure.unfinished("npm did not finish in time", &stderr);
            }
            Err(error @ ProcessError::NotFound { .. }) => return Reply::Refused(help(UPLOADER, error)),
            // Most likely it never ran, but what failed may also have been to hear how it ended.
            Err(error) => return Reply::Unknown(help(UPLOADER, error)),
        };
        let text = output.stderr_text();
        let printed = Printed { text: &text, truncated: output.stderr_truncated };
        match output.code {
            Some(0) => failure.judge(printed),
            Some(_) => match failure.classify(printed) {
                Answer::Known(reply) => reply,
                Answer::NotFound => self.ask(&failure, &text).await,
            },
            None => failure.unfinished("npm was ended by a signal", &text),
        }
    }

    fn command(&self) -> Command {
        let request = self.request;
        let channel = request.channel.as_deref().unwrap_or(LATEST);
        let milliseconds = request.timeout.as_millis().max(1000).to_string();
        let mut command = self.npm("publish");
        if let Some(scope) = name::scope(request.package.as_str()) {
            command = command.arg(format!("--{scope}:registry={}", self.registry));
        }
        let (tag, provenance) = (format!("--tag={channel}"), format!("--provenance={}", self.provenance));
        let command = command.args([&tag, &provenance, "--loglevel=http", "--fetch-timeout", &milliseconds]);
        let command = command.arg("--").arg(&self.file).protected().timeout(request.timeout + GRACE);
        match &request.hold {
            Some(lock) => command.hold(lock.clone()),
            None => command,
        }
    }

    /// A command line of npm with what decides in every one.
    fn npm(&self, what: &str) -> Command {
        let (place, settings) = (&self.place, self.place.settings());
        let command = Command::new(UPLOADER).arg(what).current_dir(place.work());
        let command = command.arg("--registry").arg(&self.registry).arg("--userconfig").arg(&settings);
        let command = command.arg("--globalconfig").arg(place.folder.join("none")).arg("--prefix").arg(place.work());
        let command = command.arg("--cache").arg(place.folder.join("cache"));
        command.args(["--ignore-scripts", "--fetch-retries=0", "--color=false"]).env(self.environment.clone())
    }

    /// A registry that does not find the package says so to strangers, too, and to who may not publish. Asks it who we are,
    /// and whether it has the package.
    async fn ask(&self, failure: &Failure, text: &str) -> Reply {
        let asked =
            |what: &str, words: &[&str]| self.npm(what).arg("--").args(words.iter().copied()).timeout(ASKING).run();
        let is_unknown = |output: &Output| {
            let text = output.stderr_text();
            ["code E401", "code ENEEDAUTH"].iter().any(|code| text.contains(code))
        };
        if asked("whoami", &[]).await.is_ok_and(|output| !output.success() && is_unknown(&output)) {
            return failure.refused(Refusal::BadCredentials, ErrorKind::Unauthenticated, text);
        }
        let name = self.request.package.as_str();
        if asked("view", &[name, "name"]).await.is_ok_and(|output| output.success()) {
            return failure.refused(Refusal::BadCredentials, ErrorKind::Forbidden, text);
        }
        failure.refused(Refusal::File, ErrorKind::NotFound, text)
    }
}

fn no_credentials(request: &UploadRequest, registry: &str) -> Error {
    Error::Refused {
        file: request.artifact.file_name.clone(),
        target: registry.to_owned(),
        refusal: Refusal::NoCredentials,
        kind: ErrorKind::Unauthenticated,
        output: String::new(),
    }
}

/// What may not be said of an upload: all that we know, what it authenticates with, and the logins in its URLs.
fn redactor(context: &BackendContext, request: &UploadRequest, credential: &Credential) -> Redactor {
    let (_, secret) = credential.setting();
    let target = &request.target;
    context.redactor.clone().with(secret).with_url(&target.publish_url).with_url(target.observe_url())
}

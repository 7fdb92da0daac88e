//! Whether the name that an upload let point to its version points there, and what is done where it does not.
//!
//! An upload moves its channel by itself. So there is something to do only where the registry took the file and left the channel, as
//! where two publishers write at once. What nobody here sent is none of ours to move: its channel may have been set back on purpose.

use std::collections::BTreeMap;

use releasekit_core::event::{Progress, Step};
use releasekit_core::model::Version;
use releasekit_core::registry::ChannelRequest;
use releasekit_core::{BackendError, Diagnostic, ErrorKind, VersionScheme};
use tokio::time::timeout;

use super::channel::LATEST;
use super::delivery::Delivery;
use super::publication::Publication;
use super::sent::Past;
use super::verify::Verified;
use crate::error::Result;
use crate::observe::{no_answer, registry_name};

impl Publication<'_> {
    /// Sees to it that the channel points to the version, now that all its files are verified.
    ///
    /// A channel is never moved to a lower version than it points to. Where the credential may upload and nothing else it is left as it
    /// is, with a warning. Fails as the registry does where nobody knows in the end where it points.
    pub(super) async fn settle_channel(&self, files: &[Verified]) -> Result<()> {
        let Some(channel) = self.channel() else { return Ok(()) };
        let listed = |channel: &str| files.iter().any(|file| file.channels.iter().any(|it| it == channel));
        let was_sent = files.iter().any(|file| file.sent) || self.was_sent_before()?;
        if channel != LATEST && was_sent && listed(LATEST) {
            self.warn_of_first();
        }
        if listed(&channel) || !(was_sent || channel == LATEST) {
            return Ok(());
        }
        let points = self.points().await?.remove(&channel);
        match points {
            Some(at) if self.scheme().compare(&at, &self.package.version).is_ge() => Ok(()),
            at if was_sent => self.point(&channel, at.as_ref()).await,
            at => {
                self.warn_of_found(at.as_ref());
                Ok(())
            }
        }
    }

    /// Whether an earlier run has sent a file of the package, and may have ended before this was settled.
    fn was_sent_before(&self) -> Result<bool> {
        let files = self.publisher.files(self.package)?;
        let past = |file| Delivery { publication: *self, file }.past();
        Ok(files.iter().any(|file| past(file) != Past::Unsent))
    }

    /// Where the channels of the package point now.
    pub(super) async fn points(&self) -> Result<BTreeMap<String, Version>> {
        let within = self.publisher.policy.poll_timeout;
        let asked = timeout(within, self.registry.channels(&self.package.published_name));
        match self.publisher.options.cancel.or(asked).await? {
            Ok(points) => Ok(points?),
            Err(_) => Err(no_answer(self.registry, within).into()),
        }
    }

    /// Moves the channel, once. Whatever is answered, where it points then is what counts.
    async fn point(&self, channel: &str, at: Option<&Version>) -> Result<()> {
        let version = &self.package.version;
        let from = at.map_or_else(|| "nowhere".to_owned(), ToString::to_string);
        self.report(Progress::Waiting, format!("`{channel}` points to {from}; pointing it to {version}"));
        let request = ChannelRequest::new(self.package.published_name.clone(), channel, version.clone());
        let answer = {
            let _credential = self.publisher.apart.read().await;
            self.registry.set_channel(&request).await
        };
        let Err(error) = answer else {
            self.report(Progress::Done, format!("`{channel}` points to {version}"));
            return Ok(());
        };
        match error.kind() {
            ErrorKind::Unauthenticated | ErrorKind::Forbidden | ErrorKind::Unsupported => {
                self.warn_of_left(channel, &from, &error);
                Ok(())
            }
            _ if self.points().await?.get(channel) == Some(version) => Ok(()),
            _ => Err(error.into()),
        }
    }

    pub(super) fn scheme(&self) -> &dyn VersionScheme {
        let discovery = &self.publisher.sources.snapshot.discovery;
        discovery.scheme(&discovery.members[self.package.member])
    }

    fn report(&self, progress: Progress, detail: String) {
        self.publisher.report(self.package, Step::Upload, progress, Some(detail));
    }

    /// Registries point `latest` to the first version of all, whatever is asked for.
    fn warn_of_first(&self) {
        let (id, version, registry) = (&self.package.id, &self.package.version, registry_name(self.target));
        self.publisher.session.warn(
            format!("`{LATEST}` of `{id}` at {registry} points to {version}, for it is the first version there"),
            Some("the next version that is to be the latest takes it along".to_owned()),
        );
    }

    fn warn_of_found(&self, at: Option<&Version>) {
        let (id, version, registry) = (&self.package.id, &self.package.version, registry_name(self.target));
        let from = at.map_or_else(|| "nowhere".to_owned(), ToString::to_string);
        self.publisher.session.warn(
            format!("`{LATEST}` of `{id}` at {registry} points to {from}, and not to {version}, which is live there"),
            Some("if nobody set it back on purpose, point it there by the registry's own tool".to_owned()),
        );
    }

    fn warn_of_left(&self, channel: &str, from: &str, error: &BackendError) {
        let (id, version) = (&self.package.id, &self.package.version);
        let left = format!("`{channel}` of `{id}` still points to {from}; {version} is live all the same");
        let help = error.help().map_or_else(|| left.clone(), |help| format!("{left}; {help}"));
        self.publisher.session.warn_of(error, &help);
    }
}

//! Names that point to versions, as `npm dist-tag` reads and moves them.

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use releasekit_core::VersionScheme;
use releasekit_core::model::{PackageName, Version};
use releasekit_core::registry::ChannelRequest;
use releasekit_formats::npm::name::{escaped, is_legal};
use releasekit_formats::semver::SemVer;
use releasekit_http::{Method, Request};
use serde_json::json;

use crate::api::Api;
use crate::error::{Error, Write};
use crate::reply::Asked;

/// What is not left as it is in a part of a URL.
const PART: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Where the names of a package point; what points to no version points nowhere.
pub(crate) async fn points(api: &Api, package: &PackageName) -> Result<BTreeMap<String, Version>, Error> {
    if !is_legal(package.as_str()) {
        return Err(Error::InvalidName { name: package.clone() });
    }
    let url = place(api, package);
    let request = Request::get(&url).with_header("accept", "application/json").with_header("cache-control", "no-cache");
    let answer = match api.ask(request).await {
        Err(error) if error.status() == Some(404) => return Ok(BTreeMap::new()),
        answer => answer?,
    };
    let points: BTreeMap<String, String> = serde_json::from_slice(&answer.body)
        .map_err(|error| Error::InvalidDocument { url, reason: error.to_string() })?;
    let version = |text: &str| SemVer.parse(text).ok();
    Ok(points.into_iter().filter_map(|(name, to)| Some((name, version(&to)?))).collect())
}

/// Points a name to a version.
pub(crate) async fn set(api: &Api, request: &ChannelRequest) -> Result<(), Error> {
    let ChannelRequest { package, channel, version, .. } = request;
    let what = Write::Channel(format!("to point `{channel}` of `{package}` to {version}"));
    let asked = Asked { registry: api.name().to_owned(), what };
    let authorization = api.publisher()?.authorization();
    // Some say yes to what they do not have.
    let document = if is_legal(package.as_str()) { api.document(package.as_str()).await? } else { None };
    let spelling = document.as_ref().and_then(|document| document.spelling(version));
    let missing =
        || Error::NoVersion { registry: api.name().to_owned(), name: package.clone(), version: version.clone() };
    let spelling = spelling.ok_or_else(missing)?;
    let url = format!("{}/{}", place(api, package), utf8_percent_encode(channel, PART));
    let sent = Request::new(Method::Put, url).with_header("content-type", "application/json");
    asked.send(&api.writer, &sent.with_authorization(authorization).with_body(json!(spelling).to_string())).await
}

fn place(api: &Api, package: &PackageName) -> String {
    api.place(&format!("-/package/{}/dist-tags", escaped(package.as_str())))
}

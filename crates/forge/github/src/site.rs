//! Where a repository's GitHub is: its pages, its API, and the hosts that belong to it.

use std::net::Ipv4Addr;

use releasekit_core::Environment;
use releasekit_core::forge::{ForgeSite, LinkTemplates, Links, Place, without_port};
use releasekit_http::{resolve, shown};

use crate::error::{Error, Result};

/// The public instance: its pages, its API, and where files are uploaded. Whoever has a domain below `ghe.com` has all three there.
const PUBLIC: Instance = Instance { web: "github.com", api: "api.github.com", uploads: "uploads.github.com" };

/// Below it each customer has a name of its own.
const CLOUD: &str = ".ghe.com";

/// The host on which GitHub takes SSH where the usual port is closed.
const SSH: &str = "ssh.github.com";

struct Instance {
    web: &'static str,
    api: &'static str,
    uploads: &'static str,
}

/// A repository on one GitHub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Site {
    /// The host of its pages, with what port there is: what users call this GitHub.
    pub(crate) host: String,
    /// The root of its API, without a slash at its end.
    pub(crate) api: String,
    /// Where GraphQL is spoken.
    pub(crate) graphql: String,
    /// The owner and the name of the repository, as the remote has them.
    pub(crate) path: [String; 2],
}

impl Site {
    /// Where a repository is. The API is where the configuration says, else where the CI says of this host, else where it is
    /// on each GitHub.
    pub(crate) fn of(environment: &Environment, site: &ForgeSite) -> Result<Self> {
        let (host, web) = (canonical(&site.place.host), web(&site.place));
        let of_the_ci = |name| of_the_ci(environment, &host, name).filter(|_| site.api_url.is_none());
        let api = site.api_url.clone().or_else(|| of_the_ci("GITHUB_API_URL")).unwrap_or_else(|| usual(&host, &web));
        let api = as_asked(&api)?;
        let beside = || format!("{}/graphql", api.strip_suffix("/v3").unwrap_or(&api));
        let graphql = as_asked(&of_the_ci("GITHUB_GRAPHQL_URL").unwrap_or_else(beside))?;
        [&api, &graphql].into_iter().try_for_each(|url| is_secure(url))?;
        Ok(Self { api, graphql, host, path: path(&site.place)? })
    }

    /// The host of the API.
    pub(crate) fn api_host(&self) -> String {
        host_of(&self.api)
    }

    /// Where the API is if nobody says otherwise, by the host alone: the root of the pages may be spelled to lead
    /// elsewhere.
    pub(crate) fn usual_api_host(&self) -> String {
        let usual = usual(&self.host, &format!("https://{}", self.host));
        as_asked(&usual).map(|url| host_of(&url)).unwrap_or_default()
    }

    /// Whether files may be sent to a URL that a release names, with the token: to the API's own host, to the one for uploads
    /// beside it, and on this machine to this machine.
    pub(crate) fn takes_uploads(&self, url: &str) -> bool {
        let Ok(url) = as_asked(url) else { return false };
        let (host, api) = (host_of(&url), self.api_host());
        let is_secure = url.starts_with("https://") || !self.api.starts_with("https://");
        let is_ours = host == api || host == self.host || host == self.uploads_host();
        is_secure && (is_ours || is_loopback(&host) && is_loopback(&api))
    }

    fn uploads_host(&self) -> String {
        if self.host == PUBLIC.web { PUBLIC.uploads.to_owned() } else { format!("uploads.{}", self.host) }
    }
}

/// The pages of a repository. Asks nobody and needs no token.
pub(crate) fn links(site: &ForgeSite) -> Links {
    let place = &site.place;
    let templates = LinkTemplates {
        commit: "/commit/{commit}",
        compare: "/compare/{from}...{to}",
        change_request: "/pull/{number}",
        new_change_request: "/compare/{from}...{to}?expand=1",
        tag: "/tree/{tag}",
        release: Some("/releases/tag/{tag}"),
    };
    Links::new(format!("{}/{}", web(place), without_suffix(&place.path)), &templates)
}

/// Whether everybody knows that a host is GitHub's, or the surroundings say so.
pub(crate) fn serves(environment: &Environment, host: &str) -> bool {
    let host = canonical(host);
    is_public(&host) || named(environment).contains(&host)
}

/// Whether it is an instance of which GitHub itself is the host.
pub(crate) fn is_public(host: &str) -> bool {
    // Of a name with other characters nobody knows where it leads: behind a backslash begins a path.
    let is_name =
        |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    host == PUBLIC.web || host.strip_suffix(CLOUD).is_some_and(is_name)
}

/// The hosts of GitHub that variables of the CI and of the user name.
pub(crate) fn named(environment: &Environment) -> Vec<String> {
    let server = environment.text("GITHUB_SERVER_URL").map(host_of);
    let user = environment.text("GH_HOST").map(|host| canonical(&host.to_ascii_lowercase()));
    server.into_iter().chain(user).collect()
}

/// Whether a host is this machine.
pub(crate) fn is_loopback(host: &str) -> bool {
    let name = without_port(host);
    // A name such as `127.example.com` is anybody's.
    name == "localhost" || name.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback()) || name == "[::1]"
}

/// The host of a URL, in lower case, with what port it names.
pub(crate) fn host_of(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host).to_ascii_lowercase();
    match url.starts_with("https://") {
        true => host.strip_suffix(":443").map_or(host.clone(), str::to_owned),
        false => host,
    }
}

/// Where a redirection or a page's link leads, seen from where it was said.
pub(crate) fn seen_from(url: &str, reference: &str) -> Result<String> {
    Ok(resolve(url, reference)?)
}

/// A URL as it will be asked, without a slash at its end: one that is judged otherwise than it is asked leads
/// elsewhere.
fn as_asked(url: &str) -> Result<String> {
    Ok(seen_from(url, url)?.trim_end_matches('/').to_owned())
}

fn canonical(host: &str) -> String {
    if host == SSH || host == "www.github.com" { PUBLIC.web.to_owned() } else { host.to_owned() }
}

/// The root of its pages.
fn web(place: &Place) -> String {
    place.url.replacen(&place.host, &canonical(&place.host), 1)
}

/// Whether a host is the one that the CI runs for.
pub(crate) fn is_of_the_ci(environment: &Environment, host: &str) -> bool {
    environment.text("GITHUB_SERVER_URL").is_some_and(|url| host_of(url) == host)
}

/// What the CI says of its own host.
fn of_the_ci(environment: &Environment, host: &str, name: &str) -> Option<String> {
    environment.text(name).filter(|_| is_of_the_ci(environment, host)).map(str::to_owned)
}

fn usual(host: &str, web: &str) -> String {
    match host {
        _ if host == PUBLIC.web => format!("https://{}", PUBLIC.api),
        _ if is_public(host) => format!("https://api.{host}"),
        _ if is_loopback(host) => format!("{web}/api/v3"),
        _ => format!("{}/api/v3", web.replacen("http://", "https://", 1)),
    }
}

/// What carries the token is encrypted, or stays on this machine.
fn is_secure(url: &str) -> Result<()> {
    if url.starts_with("https://") || is_loopback(&host_of(url)) {
        return Ok(());
    }
    Err(Error::Insecure { url: shown(url) })
}

fn path(place: &Place) -> Result<[String; 2]> {
    let parts: Vec<&str> = without_suffix(&place.path).split('/').collect();
    match parts[..] {
        [owner, name] if !owner.is_empty() && !name.is_empty() => Ok([owner.to_owned(), name.to_owned()]),
        _ => Err(Error::RepositoryPath { path: place.path.clone() }),
    }
}

fn without_suffix(path: &str) -> &str {
    path.strip_suffix(".git").unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn at(url: &str, environment: &Environment) -> Site {
        let place = Place::of(url).expect("a place");
        Site::of(environment, &ForgeSite::new(place, Duration::from_secs(1))).expect("a repository")
    }

    #[test]
    fn the_api_is_where_each_github_has_it() {
        let cases = [
            ("https://github.com/o/n.git", "https://api.github.com", "https://api.github.com/graphql"),
            ("git@github.com:o/n.git", "https://api.github.com", "https://api.github.com/graphql"),
            ("ssh://git@ssh.github.com:443/o/n", "https://api.github.com", "https://api.github.com/graphql"),
            ("https://acme.ghe.com/o/n", "https://api.acme.ghe.com", "https://api.acme.ghe.com/graphql"),
            ("git@code.acme.test:o/n", "https://code.acme.test/api/v3", "https://code.acme.test/api/graphql"),
            ("http://code.acme.test/o/n", "https://code.acme.test/api/v3", "https://code.acme.test/api/graphql"),
            ("http://127.0.0.1:80/o/n", "http://127.0.0.1/api/v3", "http://127.0.0.1/api/graphql"),
            ("http://127.0.0.1:8080/o/n", "http://127.0.0.1:8080/api/v3", "http://127.0.0.1:8080/api/graphql"),
        ];
        for (url, api, graphql) in cases {
            let site = at(url, &Environment::new());
            assert_eq!((site.api.as_str(), site.graphql.as_str()), (api, graphql), "{url}");
            assert_eq!(site.path, ["o", "n"], "{url}");
        }
    }

    #[test]
    fn the_ci_says_where_the_api_of_its_own_host_is() {
        let environment = Environment::new()
            .with("GITHUB_SERVER_URL", "https://code.acme.test")
            .with("GITHUB_API_URL", "https://api.code.acme.test/")
            .with("GITHUB_GRAPHQL_URL", "https://code.acme.test/graphql");
        let site = at("https://code.acme.test/o/n", &environment);
        assert_eq!(site.api, "https://api.code.acme.test");
        assert_eq!(site.graphql, "https://code.acme.test/graphql");
        assert_eq!(at("https://github.com/o/n", &environment).api, "https://api.github.com");
    }

    #[test]
    fn what_the_configuration_says_of_the_api_counts_first() {
        let place = Place::of("https://github.com/o/n").expect("a place");
        let site =
            ForgeSite::new(place, Duration::from_secs(1)).with_api_url(Some("http://127.0.0.1:8080/".to_owned()));
        let site = Site::of(&Environment::new(), &site).expect("a repository");
        assert_eq!((site.api.as_str(), site.host.as_str()), ("http://127.0.0.1:8080", "github.com"));
    }

    #[test]
    fn the_api_is_judged_as_it_is_asked() {
        let place = Place::of("https://github.com/o/n").expect("a place");
        let site = ForgeSite::new(place, Duration::from_secs(1));
        for (url, host) in [
            ("https://evil.test\\@api.github.com", "evil.test"),
            ("https:evil.test://api.github.com", "evil.test"),
            ("HTTPS://API.github.com:443", "api.github.com"),
        ] {
            let site = site.clone().with_api_url(Some(url.to_owned()));
            let site = Site::of(&Environment::new(), &site).expect("a repository");
            assert_eq!((site.api_host().as_str(), host_of(&site.graphql).as_str()), (host, host), "{url}");
        }
    }

    #[test]
    fn hosts_are_known_by_name_or_by_the_surroundings() {
        let nothing = Environment::new();
        let known = ["github.com", "ssh.github.com", "acme.ghe.com"];
        assert!(known.iter().all(|host| serves(&nothing, host)));
        let unknown = [
            "ghe.com",
            "a.b.ghe.com",
            "github.com.evil.test",
            "evilghe.com",
            "code.acme.test",
            "127.0.0.1:8080",
            // A backslash ends the host that is asked.
            "dev\\.ghe.com",
            "2130706433\\.ghe.com",
        ];
        assert!(unknown.iter().all(|host| !serves(&nothing, host)));
        for environment in [("GITHUB_SERVER_URL", "https://Code.acme.test"), ("GH_HOST", "code.ACME.test")] {
            let environment = Environment::new().with(environment.0, environment.1);
            assert!(serves(&environment, "code.acme.test") && !serves(&environment, "acme.test"));
        }
    }

    #[test]
    fn this_machine_is_known_by_its_whole_name() {
        for host in ["localhost", "localhost:1", "127.0.0.1", "127.1.2.3:8080", "[::1]", "[::1]:1"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in
            ["127.evil.test", "127.0.0.1.evil.test", "127.0.0.1.evil.test:80", "localhost.evil.test", "128.0.0.1"]
        {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn files_go_to_the_hosts_of_their_github_alone() {
        let public = at("https://github.com/o/n", &Environment::new());
        assert!(public.takes_uploads("https://uploads.github.com/repos/o/n/releases/1/assets"));
        for url in [
            "http://uploads.github.com/x",
            "https://uploads.evil.test/x",
            "http://127.0.0.1:1/x",
            "https://evil.test\\@uploads.github.com/x",
            "https:evil.test://uploads.github.com/x",
        ] {
            assert!(!public.takes_uploads(url), "{url}");
        }
        let server = at("https://code.acme.test/o/n", &Environment::new());
        assert!(server.takes_uploads("https://code.acme.test/api/uploads/repos/o/n/releases/1/assets"));
        assert!(!server.takes_uploads("https://uploads.github.com/x"));
        assert!(at("http://127.0.0.1:1/o/n", &Environment::new()).takes_uploads("http://127.0.0.1:2/x"));
    }

    #[test]
    fn a_path_is_an_owner_and_a_name() {
        let place = Place::of("https://github.com/group/sub/name").expect("a place");
        let refused = Site::of(&Environment::new(), &ForgeSite::new(place, Duration::from_secs(1)));
        assert!(matches!(refused, Err(Error::RepositoryPath { .. })));
    }

    #[test]
    fn links_lead_to_the_pages_of_the_public_host() {
        let place = Place::of("ssh://git@ssh.github.com:443/o/n.git").expect("a place");
        let site = ForgeSite::new(place, Duration::from_secs(1));
        assert_eq!(links(&site).change_request(7), "https://github.com/o/n/pull/7");
    }
}

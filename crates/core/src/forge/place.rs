//! Where a repository is hosted, as the URL of a remote says it.

/// A host and the path of a repository on it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// The root of the forge's pages, `https://host`: as the URL says it where it is one of HTTP, else what a host is used to.
    pub url: String,
    /// The host, in lower case, with the port where the URL is one of HTTP and names one.
    pub host: String,
    /// The path, without slashes at its ends: `owner/name`, deeper where there are groups. A suffix that a version control
    /// system puts there is still on it; forges know theirs.
    pub path: String,
}

impl Place {
    /// Reads the URL of a remote: `https://host/owner/name`, `ssh://user@host:22/owner/name` or `user@host:owner/name`.
    /// `None` where it names no host, as a path or a `file://` URL does. Logins in it are dropped.
    pub fn of(url: &str) -> Option<Self> {
        let (scheme, host, path) = match url.split_once("://") {
            Some((scheme @ ("http" | "https"), rest)) => {
                let (host, path) = rest.split_once('/')?;
                (scheme, without_default_port(without_login(host), scheme), path)
            }
            Some(("ssh", rest)) => {
                let (host, path) = rest.split_once('/')?;
                ("https", without_port(without_login(host)), path)
            }
            Some(_) => return None,
            None => scp(url).map(|(host, path)| ("https", host, path))?,
        };
        let host = host.to_ascii_lowercase();
        let path = path.trim_matches('/');
        let is_place = !host.is_empty() && path.contains('/');
        is_place.then(|| Self { url: format!("{scheme}://{host}"), host, path: path.to_owned() })
    }
}

/// `user@host:owner/name`; a colon after a slash is part of a path, and one letter before it is a drive of Windows.
fn scp(url: &str) -> Option<(&str, &str)> {
    let (host, path) = url.split_once(':')?;
    let host = without_login(host);
    (host.len() > 1 && !host.contains(['/', '\\'])).then_some((host, path))
}

fn without_login(host: &str) -> &str {
    host.rsplit_once('@').map_or(host, |(_, host)| host)
}

/// The host without its port, where it names one: `[::1]` names none.
pub fn without_port(host: &str) -> &str {
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    host.rsplit_once(':').filter(|(_, port)| is_port(port)).map_or(host, |(host, _)| host)
}

fn without_default_port<'a>(host: &'a str, scheme: &str) -> &'a str {
    host.strip_suffix(if scheme == "https" { ":443" } else { ":80" }).unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_remote_names_one_place() {
        for url in [
            "https://forge.test/owner/name",
            "https://user:pass@Forge.test:443/owner/name/",
            "ssh://user@forge.test/owner/name",
            "ssh://user@forge.test:2222/owner/name",
            "user@forge.test:owner/name",
            "forge.test:/owner/name",
        ] {
            let place = Place::of(url).unwrap_or_else(|| panic!("{url} names a place"));
            assert_eq!((place.host.as_str(), place.path.as_str()), ("forge.test", "owner/name"), "{url}");
            assert_eq!(place.url, "https://forge.test", "{url}");
        }
        let nested = Place::of("http://127.0.0.1:8080/group/sub/name").expect("a place");
        assert_eq!((nested.host.as_str(), nested.path.as_str()), ("127.0.0.1:8080", "group/sub/name"));
        assert_eq!(nested.url, "http://127.0.0.1:8080");
    }

    #[test]
    fn what_names_no_host_is_no_place() {
        for url in [
            "/srv/owner/name",
            "../name",
            "file:///srv/owner/name",
            "C:\\owner\\name",
            "c:/owner/name",
            "./a:b/c",
            "https://forge.test/name",
        ] {
            assert_eq!(Place::of(url), None, "{url}");
        }
    }
}

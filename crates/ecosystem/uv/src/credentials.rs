//! What an upload authenticates with: the variables that uv itself knows.

use releasekit_core::{Environment, Secret};

const TOKEN: &str = "UV_PUBLISH_TOKEN";
const USERNAME: &str = "UV_PUBLISH_USERNAME";
const PASSWORD: &str = "UV_PUBLISH_PASSWORD";

/// The variables of an upload, and the secrets in them.
#[derive(Debug, Default)]
pub(crate) struct Credentials {
    pub(crate) variables: Environment,
    pub(crate) secrets: Vec<Secret>,
}

impl Credentials {
    /// Takes the token, or else name and password. Never both, and nothing that is empty, for uv refuses either. Secrets
    /// in the URLs count as secrets too.
    pub(crate) fn of(environment: &Environment, urls: &[&str]) -> Self {
        let mut credentials = Self::default();
        let names: &[&str] = if environment.get(TOKEN).is_some() { &[TOKEN] } else { &[USERNAME, PASSWORD] };
        for name in names {
            let Some(value) = environment.text(name) else { continue };
            credentials.variables.set(*name, value);
            if *name != USERNAME {
                credentials.secrets.push(Secret::new(value));
            }
        }
        credentials.secrets.extend(urls.iter().filter_map(|url| password(url)).map(Secret::new));
        credentials
    }
}

/// The password that a URL carries before its host.
fn password(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    let (user, _) = authority.rsplit_once('@')?;
    user.split_once(':').map(|(_, password)| password)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(variables: &[(&str, &str)]) -> Vec<String> {
        let environment = variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let credentials = Credentials::of(&environment, &[]);
        credentials.variables.iter().map(|(name, _)| name.to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn a_token_outranks_a_name_and_what_is_empty_does_not_count() {
        assert_eq!(names(&[(TOKEN, "t"), (USERNAME, "u"), (PASSWORD, "p")]), [TOKEN]);
        assert_eq!(names(&[(TOKEN, ""), (USERNAME, "u"), (PASSWORD, "p")]), [PASSWORD, USERNAME]);
        assert_eq!(names(&[(TOKEN, ""), (USERNAME, "")]), [""; 0]);
    }

    #[test]
    fn a_password_in_a_url_is_a_secret() {
        let credentials = Credentials::of(&Environment::new(), &["https://me:s3cret@host/x", "https://host/a@b:c"]);
        let secrets: Vec<_> = credentials.secrets.iter().map(Secret::expose).collect();
        assert_eq!(secrets, ["s3cret"]);
    }
}

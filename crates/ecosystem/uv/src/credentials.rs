//! What an upload authenticates with: the variables that uv itself knows.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use releasekit_core::{Environment, Secret};

const TOKEN: &str = "UV_PUBLISH_TOKEN";
const USERNAME: &str = "UV_PUBLISH_USERNAME";
const PASSWORD: &str = "UV_PUBLISH_PASSWORD";

/// The name that uv sends with a token.
const TOKEN_USER: &str = "__token__";

/// The variables of an upload, and the secrets in them.
#[derive(Debug, Default)]
pub(crate) struct Credentials {
    pub(crate) variables: Environment,
    pub(crate) secrets: Vec<Secret>,
}

impl Credentials {
    /// Takes the token, or else name and password. Never both, and nothing that is empty, for uv refuses either. Secrets
    /// in the URLs count as secrets too, and so do the forms in which uv sends them: indexes quote what they were sent.
    pub(crate) fn of(environment: &Environment, urls: &[&str]) -> Self {
        let mut credentials = Self::default();
        let names: &[&str] = if environment.get(TOKEN).is_some() { &[TOKEN] } else { &[USERNAME, PASSWORD] };
        for name in names {
            let Some(value) = environment.text(name) else { continue };
            credentials.variables.set(*name, value);
            if *name != USERNAME {
                let user = if *name == TOKEN { TOKEN_USER } else { environment.text(USERNAME).unwrap_or_default() };
                credentials.secrets.extend(forms(user, value));
            }
        }
        for (user, password) in urls.iter().filter_map(|url| login(url)) {
            credentials.secrets.extend(forms(user, password));
        }
        credentials
    }
}

/// A password as it is, decoded from a URL, and as basic authentication sends it.
fn forms(user: &str, password: &str) -> Vec<Secret> {
    let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let basic = |user: &str, password: &str| STANDARD.encode(format!("{user}:{password}"));
    let (plain_user, plain) = (decode(user), decode(password));
    let forms = [basic(user, password), basic(&plain_user, &plain), password.to_owned(), plain];
    forms.into_iter().map(Secret::new).collect()
}

/// The name and the password that a URL carries before its host.
fn login(url: &str) -> Option<(&str, &str)> {
    let (_, rest) = url.split_once("://")?;
    let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    let (user, _) = authority.rsplit_once('@')?;
    user.split_once(':')
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

    fn redacted(variables: &[(&str, &str)], urls: &[&str], text: &str) -> String {
        let environment = variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let secrets = Credentials::of(&environment, urls).secrets;
        secrets.iter().fold(text.to_owned(), |text, secret| secret.redact(&text))
    }

    #[test]
    fn a_password_in_a_url_is_a_secret() {
        let urls = ["https://me:s3cr%40t@host/x", "https://host/a@b:c"];
        // `me:s3cr@t` is what the header holds.
        let text = "s3cr%40t s3cr@t Basic bWU6czNjckB0 b:c";
        assert_eq!(redacted(&[], &urls, text), "*** *** Basic *** b:c");
    }

    #[test]
    fn what_an_index_quotes_of_the_header_is_a_secret() {
        let named = [(USERNAME, "rk"), (PASSWORD, "hunter2")];
        assert_eq!(redacted(&named, &[], "rk sent Basic cms6aHVudGVyMg=="), "rk sent Basic ***");
        assert_eq!(redacted(&[(TOKEN, "t0ken")], &[], "t0ken Basic X190b2tlbl9fOnQwa2Vu"), "*** Basic ***");
    }
}
